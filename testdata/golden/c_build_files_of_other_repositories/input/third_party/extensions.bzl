load("@bazel_tools//tools/build_defs/repo:local.bzl", "new_local_repository")

def _native_libs_impl(_ctx):
    new_local_repository(
        name = "virt",
        build_file = "//third_party:virt.BUILD",
        path = "/opt/sysroot",
    )

native_libs = module_extension(implementation = _native_libs_impl)
