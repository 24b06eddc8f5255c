"""go_library, go_binary and go_test that check their attributes and compile nothing."""

GoLibrary = provider(
    doc = "A Go package.",
    fields = {
        "cgo": "whether it, or what it embeds, says cgo = True",
        "importpath": "what Go code imports it as",
    },
)

_C_ATTRIBUTES = ["cdeps", "copts", "cppopts", "cxxopts", "clinkopts"]

_C_SOURCES = ["c", "cc", "cpp", "cxx", "hh", "hpp", "hxx"]

_SOURCES = _C_SOURCES + ["go", "s", "S", "h", "inc", "m", "mm", "syso"]

_TERNARY = ["auto", "off", "on"]

def _check_cgo(ctx, cgo):
    if cgo:
        return
    for name in _C_ATTRIBUTES:
        if getattr(ctx.attr, name):
            fail(name + " set without cgo = True")
    for file in ctx.files.srcs:
        if file.extension in _C_SOURCES:
            fail("source {} has C/C++ extension, but cgo was not enabled (set 'cgo = True')".format(file.path))

def _check_pure(ctx):
    cgo_off = ctx.attr._cgo_off[platform_common.ConstraintValueInfo]
    if ctx.attr.pure == "off" and ctx.target_platform_has_constraint(cgo_off):
        fail("{} has pure explicitly set to off, but cgo is off on its platform".format(ctx.label))

def _check_dependencies(ctx):
    for name in ["deps", "embed"]:
        for target in getattr(ctx.attr, name):
            if target[DefaultInfo].files_to_run and target[DefaultInfo].files_to_run.executable:
                fail("{} depends on executable {} via {}".format(ctx.label, target.label, name))

def _package(ctx):
    """The GoLibrary of a rule together with what it embeds."""
    _check_dependencies(ctx)
    embedded = [target[GoLibrary] for target in ctx.attr.embed]
    if len([library for library in embedded if library.cgo]) + int(ctx.attr.cgo) > 1:
        fail("multiple libraries with cgo enabled")
    cgo = ctx.attr.cgo or any([library.cgo for library in embedded])
    _check_cgo(ctx, cgo)
    importpath = ctx.attr.importpath
    for library in embedded:
        importpath = importpath or library.importpath
    return GoLibrary(cgo = cgo, importpath = importpath)

def _library_impl(ctx):
    library = _package(ctx)
    if not library.importpath:
        fail("importpath must be specified in this library or one of its embedded libraries")
    return [library, DefaultInfo(files = depset(ctx.files.srcs))]

def _program_impl(ctx):
    library = _package(ctx)
    _check_pure(ctx)
    program = ctx.actions.declare_file(ctx.label.name + "_/" + ctx.label.name)
    ctx.actions.write(
        output = program,
        content = "#!/bin/sh\necho '{} {}'\n".format(ctx.label, library.importpath),
        is_executable = True,
    )
    return [library, DefaultInfo(
        executable = program,
        files = depset([program]),
        runfiles = ctx.runfiles(files = ctx.files.data),
    )]

_PACKAGE = {
    "cdeps": attr.label_list(),
    "cgo": attr.bool(),
    "clinkopts": attr.string_list(),
    "copts": attr.string_list(),
    "cppopts": attr.string_list(),
    "cxxopts": attr.string_list(),
    "data": attr.label_list(allow_files = True),
    "deps": attr.label_list(providers = [GoLibrary]),
    "embed": attr.label_list(providers = [GoLibrary]),
    "embedsrcs": attr.label_list(allow_files = True),
    "gc_goopts": attr.string_list(),
    "importmap": attr.string(),
    "importpath": attr.string(),
    "srcs": attr.label_list(allow_files = ["." + extension for extension in _SOURCES]),
    "x_defs": attr.string_dict(),
}

_LIBRARY = dict(_PACKAGE, importpath_aliases = attr.string_list())

_PROGRAM = dict(
    _PACKAGE,
    gc_linkopts = attr.string_list(),
    goarch = attr.string(default = "auto"),
    goos = attr.string(default = "auto"),
    gotags = attr.string_list(),
    linkmode = attr.string(default = "normal"),
    msan = attr.string(default = "auto", values = _TERNARY),
    pure = attr.string(default = "auto", values = _TERNARY),
    race = attr.string(default = "auto", values = _TERNARY),
    static = attr.string(default = "auto", values = _TERNARY),
    _cgo_off = attr.label(default = "//go/toolchain:cgo_off"),
)

go_library = rule(
    implementation = _library_impl,
    attrs = _LIBRARY,
)

_go_binary = rule(
    implementation = _program_impl,
    attrs = dict(
        _PROGRAM,
        basename = attr.string(),
        env = attr.string_dict(),
        out = attr.string(),
    ),
    executable = True,
)

def go_binary(name, **kwargs):
    """A program; as in rules_go, one with a platform of its own takes no select()."""
    if "goos" in kwargs or "goarch" in kwargs:
        for key, value in kwargs.items():
            if type(value) == type(select({"//conditions:default": ""})):
                fail("Cannot use select for go_binary with goos/goarch set, but {} was a select".format(key))
    _go_binary(name = name, **kwargs)

go_test = rule(
    implementation = _program_impl,
    attrs = dict(
        _PROGRAM,
        env = attr.string_dict(),
        rundir = attr.string(),
    ),
    test = True,
)
