"""A small cc_toolchain_config for gcc, clang and zig.

It has only flags that all of them understand; the wrapper of a compiler handles its special flags.
"""

load("@bazel_tools//tools/build_defs/cc:action_names.bzl", "ACTION_NAMES")
load(
    "@bazel_tools//tools/cpp:cc_toolchain_config_lib.bzl",
    "artifact_name_pattern",
    "feature",
    "flag_group",
    "flag_set",
    "tool_path",
    "with_feature_set",
)

_COMPILE = [
    ACTION_NAMES.assemble,
    ACTION_NAMES.c_compile,
    ACTION_NAMES.cpp_compile,
    ACTION_NAMES.cpp_header_parsing,
    ACTION_NAMES.cpp_module_codegen,
    ACTION_NAMES.cpp_module_compile,
    ACTION_NAMES.linkstamp_compile,
    ACTION_NAMES.preprocess_assemble,
]

_LINK = [
    ACTION_NAMES.cpp_link_dynamic_library,
    ACTION_NAMES.cpp_link_executable,
    ACTION_NAMES.cpp_link_nodeps_dynamic_library,
]

# Same inputs, same output: no time of day in an object file.
_REPRODUCIBLE = [
    "-Wno-builtin-macro-redefined",
    "-D__DATE__=\"redacted\"",
    "-D__TIME__=\"redacted\"",
    "-D__TIMESTAMP__=\"redacted\"",
]

_TOOLS = ["ar", "cpp", "dwp", "gcc", "gcov", "ld", "llvm-cov", "nm", "objcopy", "objdump", "strip"]

def _flags(flags, feature_name = None):
    return flag_set(
        actions = _COMPILE,
        flag_groups = [flag_group(flags = flags)],
        with_features = [with_feature_set(features = [feature_name])] if feature_name else [],
    )

def _cxx_library(flags):
    """The C++ library, for links of Bazel itself.

    rules_go also asks for link flags, without an output path. It gets none for C++ here: a Go program with C++
    has the flag in clinkopts, and other programs must not need the library.
    """
    return flag_set(
        actions = _LINK,
        flag_groups = [flag_group(flags = flags, expand_if_available = "output_execpath")],
    )

def _features(windows, compile_flags, cxx_flags):
    features = [
        feature(name = "dbg"),
        feature(name = "opt"),
        feature(
            name = "xc_compile_flags",
            enabled = True,
            flag_sets = [
                _flags(["-g"], "dbg"),
                _flags(["-O2", "-DNDEBUG", "-ffunction-sections", "-fdata-sections"], "opt"),
            ],
        ),
        feature(
            name = "default_link_libs",
            enabled = True,
            flag_sets = [_cxx_library(cxx_flags)] if cxx_flags else [],
        ),
        feature(name = "unfiltered_compile_flags", enabled = True, flag_sets = [_flags(_REPRODUCIBLE + compile_flags)]),
        feature(name = "supports_dynamic_linker", enabled = not windows),
    ]
    return features if windows else features + [feature(name = "supports_pic", enabled = True)]

def _windows_names():
    return [
        artifact_name_pattern(category_name = "executable", prefix = "", extension = ".exe"),
        artifact_name_pattern(category_name = "dynamic_library", prefix = "", extension = ".dll"),
    ]

def _xc_cc_toolchain_config_impl(ctx):
    windows = ctx.attr.goos == "windows"

    # Bazel 4 has no other cc_common than the global one.
    # buildifier: disable=native-cc-common
    return cc_common.create_cc_toolchain_config_info(
        ctx = ctx,
        abi_libc_version = ctx.attr.libc,
        abi_version = ctx.attr.compiler,
        artifact_name_patterns = _windows_names() if windows else [],
        compiler = ctx.attr.compiler,
        cxx_builtin_include_directories = ctx.attr.include_directories,
        features = _features(windows, ctx.attr.compile_flags, ctx.attr.cxx_flags),
        host_system_name = "local",
        target_cpu = ctx.attr.cpu,
        target_libc = ctx.attr.libc,
        target_system_name = ctx.attr.target,
        tool_paths = [
            tool_path(name = name, path = ctx.attr.tools.get(name, "/bin/false"))
            for name in _TOOLS
        ],
        toolchain_identifier = "bazel_xc_%s_%s" % (ctx.attr.compiler, ctx.attr.target),
    )

xc_cc_toolchain_config = rule(
    _xc_cc_toolchain_config_impl,
    attrs = {
        "compile_flags": attr.string_list(doc = "Flags of this compiler for every compilation."),
        "compiler": attr.string(doc = "gcc, clang or zig.", mandatory = True),
        "cpu": attr.string(doc = "The processor, as in GNU triples: aarch64.", mandatory = True),
        "cxx_flags": attr.string_list(doc = "Flags that link the C++ library; empty if the compiler has none."),
        "goos": attr.string(doc = "The system, as Go names it.", mandatory = True),
        "include_directories": attr.string_list(doc = "The directories of the compiler's own headers."),
        "libc": attr.string(doc = "The C library: gnu.2.28, musl, mingw.", mandatory = True),
        "target": attr.string(doc = "The compiler's name of the target.", mandatory = True),
        "tools": attr.string_dict(
            doc = "Tool to path, absolute or from the package of this target. A missing tool fails when it is called.",
        ),
    },
    doc = "Describes a C compiler to `cc_toolchain`.",
    provides = [CcToolchainConfigInfo],
)
