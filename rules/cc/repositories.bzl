"""Repositories with a C toolchain each, for a compiler on this machine.

A workspace without bzlmod calls `prefixed_cc_toolchain` and `zig_cc_toolchain`, then
`register_toolchains("@NAME//:toolchain")`; one with bzlmod uses `extensions.bzl` beside this file. Nothing is
downloaded. The repositories contain paths of this machine, so that they are no use for remote execution, except
`zig_cc_toolchain` with an `sdk`: its zig is an input of every action.

If the compiler is missing, the repository has a toolchain that fits no platform, so that builds for other
platforms still work.
"""

_CPUS = {"amd64": "x86_64", "arm64": "aarch64"}
_PLATFORMS = ["linux_amd64", "linux_arm64", "windows_amd64", "windows_arm64"]

_MISSING = """\
# %s
constraint_setting(name = "compiler")

constraint_value(
    name = "missing",
    constraint_setting = ":compiler",
)

filegroup(name = "none")

toolchain(
    name = "toolchain",
    target_compatible_with = [":missing"],
    toolchain = ":none",
    toolchain_type = "@bazel_tools//tools/cpp:toolchain_type",
    visibility = ["//visibility:public"],
)
"""

def _prefixed_impl(rctx):
    for driver in ("gcc", "clang"):
        compiler = _program(rctx, rctx.attr.prefix + driver)
        if compiler:
            _write_prefixed(rctx, driver, compiler)
            return
    _write_missing(rctx, "neither %sgcc nor %sclang is on PATH" % (rctx.attr.prefix, rctx.attr.prefix))

def _write_prefixed(rctx, driver, compiler):
    goos = rctx.attr.platform.partition("_")[0]
    prefix = compiler[:-len(driver)]
    tools = {
        name: prefix + name
        for name in ("ar", "cpp", "dwp", "gcov", "ld", "nm", "objcopy", "objdump", "strip")
        if rctx.path(prefix + name).exists
    }
    tools["gcc"] = compiler
    if driver == "clang" and goos == "windows":
        rctx.template("bin/cc", Label("//rules/cc:clang.sh.tpl"), {"%{compiler}": compiler}, executable = True)
        tools["gcc"] = "bin/cc"
    _write_build(
        rctx,
        # Without it, gcc reports the real path of a header, which may be outside of the include directories.
        compile_flags = ["-fno-canonical-system-headers"] if driver == "gcc" else [],
        compiler = driver,
        cxx_flags = _cxx_flags(rctx, driver, compiler, goos),
        files = [],
        include_directories = _include_directories(rctx, [compiler]),
        libc = "mingw" if goos == "windows" else "gnu",
        target = rctx.attr.prefix.rpartition("/")[2].rstrip("-"),
        tools = tools,
    )

def _cxx_flags(rctx, driver, compiler, goos):
    """The flags that link the C++ library into programs that need it; none if only C is installed."""
    if driver == "clang":
        return ["-lc++" if goos == "windows" else "-lstdc++"]
    for name in ("libstdc++.so", "libstdc++.a"):
        # gcc prints the bare name if it finds no such file.
        if "/" in rctx.execute([compiler, "-print-file-name=" + name]).stdout:
            return ["-Wl,--push-state,--as-needed", "-lstdc++", "-lm", "-Wl,--pop-state"]
    return []

# Bazel runs the wrapper in the execution root, rules_go runs it by its whole path in another directory. The headers that
# a compilation names must be relative for Bazel; for a link, zig compiles its run-time library, and needs a whole path.
_LOCATE_SDK = """\
sdk='external/%s'
if [ ! -e "$sdk/zig" ]; then
    sdk="${0%%/*}/../../%s"
elif [ -z "$compiles" ]; then
    sdk="$PWD/$sdk"
fi
export ZIG_LIB_DIR="$sdk/lib"
zig="$sdk/zig\""""

def _zig_impl(rctx):
    zig = None if rctx.attr.sdk else _find_zig(rctx)
    if not zig and not rctx.attr.sdk:
        _write_missing(rctx, "there is no zig: not %s, and python3 has no module ziglang" % (
            rctx.attr.zig or "in BAZEL_XC_ZIG, not on PATH"
        ))
        return
    goos, _, goarch = rctx.attr.platform.partition("_")
    libc = "gnu" if goos == "windows" else rctx.attr.libc
    target = "%s-%s-%s" % (_CPUS[goarch], goos, libc)
    locate = "zig='%s'" % zig
    includes = None
    files = []
    if rctx.attr.sdk:
        name = rctx.attr.sdk.workspace_name
        locate = _LOCATE_SDK % (name, name)
        includes = ["external/%s/lib" % name]
        files = [_main_label(rctx.attr.sdk_files or rctx.attr.sdk.relative(":files"))]
    words = {"%{locate}": locate, "%{target}": target}
    rctx.template("bin/cc", Label("//rules/cc:zig.sh.tpl"), words, executable = True)
    rctx.template("bin/ar", Label("//rules/cc:zig_ar.sh.tpl"), words, executable = True)
    _write_build(
        rctx,
        compile_flags = [],
        compiler = "zig",
        cxx_flags = ["-lstdc++"],
        files = files,
        include_directories = includes or _include_directories(rctx, [str(rctx.path("bin/cc"))]),
        libc = libc,
        target = target,
        tools = {"ar": "bin/ar", "cpp": "bin/cc", "gcc": "bin/cc", "ld": "bin/cc"},
    )

def _find_zig(rctx):
    """The path of zig: the attribute, $BAZEL_XC_ZIG, PATH, or the package ziglang of PyPI."""
    named = rctx.attr.zig or rctx.os.environ.get("BAZEL_XC_ZIG", "")
    if named or rctx.which("zig"):
        return _program(rctx, named or "zig")
    python = rctx.which("python3")
    found = python and rctx.execute([python, "-c", "import os, ziglang; print(os.path.dirname(ziglang.__file__))"])
    return found.stdout.strip() + "/zig" if found and found.return_code == 0 else None

def _program(rctx, name):
    """The path of a program, given by a path or a name on PATH; None if there is none."""
    found = rctx.path(name) if "/" in name else rctx.which(name)
    return str(found) if found and found.exists else None

def _main_label(label):
    """A label for use in another repository; old Bazels omit the main repository's name."""
    text = str(label)
    return "@" + text if text.startswith("//") else text

def _include_directories(rctx, command):
    """The include directories that the compiler prints, and their real paths."""
    found = {}
    for language in ("c", "c++"):
        done = rctx.execute(command + ["-E", "-v", "-x", language, "/dev/null"], environment = {"LC_ALL": "C"})
        _, _, after = done.stderr.partition("#include <...> search starts here:")
        for line in after.partition("End of search list.")[0].splitlines():
            path = line.strip()
            if path and rctx.path(path).exists:
                found[str(rctx.path(path))] = True
                found[str(rctx.path(path).realpath)] = True
    if not found:
        fail("%s does not print its include directories" % command[0])
    return sorted(found)

def _write_build(rctx, **values):
    goos, _, goarch = rctx.attr.platform.partition("_")
    target = [
        "@platforms//cpu:" + _CPUS[goarch],
        "@platforms//os:" + goos,
    ] + [_main_label(label) for label in rctx.attr.constraints]
    texts = {"%%{%s}" % name: value if type(value) == "string" else repr(value) for name, value in values.items()}
    rctx.template("BUILD.bazel", Label("//rules/cc:BUILD.tpl"), dict(
        texts,
        **{
            "%{config}": str(Label("//rules/cc:config.bzl")),
            "%{cpu}": _CPUS[goarch],
            "%{exec_constraints}": repr(_exec_constraints(rctx)),
            "%{goos}": goos,
            "%{target_constraints}": repr(target),
        }
    ))

def _exec_constraints(rctx):
    """The constraints of this machine, whose paths the toolchain contains."""
    machine = rctx.execute(["uname", "-m"]).stdout.strip()
    cpu = {"amd64": "x86_64", "arm64": "aarch64"}.get(machine, machine)
    system = "osx" if rctx.os.name.startswith("mac") else "linux"
    return ["@platforms//cpu:" + cpu, "@platforms//os:" + system]

def _write_missing(rctx, reason):
    # buildifier: disable=print
    print("%s: no C toolchain for %s: %s" % (rctx.name, rctx.attr.platform, reason))
    rctx.file("BUILD.bazel", _MISSING % reason)

_ATTRS = {
    "constraints": attr.label_list(
        doc = "Further constraint values that a platform needs to get this toolchain, to distinguish two " +
              "for the same system and processor.",
    ),
    "platform": attr.string(
        doc = "The platform to compile for: `<goos>_<goarch>`.",
        mandatory = True,
        values = _PLATFORMS,
    ),
}

PREFIXED_ATTRS = dict(
    _ATTRS,
    prefix = attr.string(
        doc = "The text before gcc or clang in the compiler's name, such as `aarch64-linux-gnu-` or " +
              "`aarch64-w64-mingw32-`; a path may come first.",
        mandatory = True,
    ),
)

ZIG_ATTRS = dict(
    _ATTRS,
    libc = attr.string(
        doc = "On Linux: `gnu.` and the oldest version of glibc that the program must run with, or `musl`.",
        default = "gnu.2.28",
    ),
    sdk = attr.label(
        doc = "The program `zig` in the root of a repository with an unpacked zig, beside its directory `lib`: zig is " +
              "then an input of every action, as remote execution needs it, and nothing of this machine is used.",
        allow_single_file = True,
    ),
    sdk_files = attr.label(
        doc = "The files of `sdk` that actions need; default: the target `files` beside it.",
    ),
    zig = attr.string(
        doc = "Path or name of zig. Otherwise: $BAZEL_XC_ZIG, `zig` on PATH, python3's package `ziglang`.",
    ),
)

prefixed_cc_toolchain = repository_rule(
    _prefixed_impl,
    attrs = PREFIXED_ATTRS,
    configure = True,
    doc = "A C toolchain of a GNU-style cross compiler: gcc, or the clang of llvm-mingw.",
    environ = ["PATH"],
)

zig_cc_toolchain = repository_rule(
    _zig_impl,
    attrs = ZIG_ATTRS,
    configure = True,
    doc = "A C toolchain of zig, which has headers and C libraries for all of its targets.",
    environ = ["BAZEL_XC_ZIG", "PATH"],
)
