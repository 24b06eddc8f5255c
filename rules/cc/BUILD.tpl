load("%{config}", "xc_cc_toolchain_config")

filegroup(
    name = "wrappers",
    srcs = glob(
        ["bin/*"],
        allow_empty = True,
    ) + %{files},
)

xc_cc_toolchain_config(
    name = "config",
    compile_flags = %{compile_flags},
    compiler = "%{compiler}",
    cpu = "%{cpu}",
    cxx_flags = %{cxx_flags},
    goos = "%{goos}",
    include_directories = %{include_directories},
    libc = "%{libc}",
    target = "%{target}",
    tools = %{tools},
)

cc_toolchain(
    name = "cc",
    all_files = ":wrappers",
    ar_files = ":wrappers",
    as_files = ":wrappers",
    compiler_files = ":wrappers",
    dwp_files = ":wrappers",
    linker_files = ":wrappers",
    objcopy_files = ":wrappers",
    strip_files = ":wrappers",
    supports_param_files = 1,
    toolchain_config = ":config",
)

toolchain(
    name = "toolchain",
    exec_compatible_with = %{exec_constraints},
    target_compatible_with = %{target_constraints},
    toolchain = ":cc",
    toolchain_type = "@bazel_tools//tools/cpp:toolchain_type",
    visibility = ["//visibility:public"],
)
