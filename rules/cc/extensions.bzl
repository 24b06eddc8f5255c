"""The module extension for MODULE.bazel that makes the repositories of `repositories.bzl`."""

load(
    ":repositories.bzl",
    "PREFIXED_ATTRS",
    "ZIG_ATTRS",
    "prefixed_cc_toolchain",
    "zig_cc_toolchain",
)

_NAME = {"name": attr.string(doc = "The repository's name, for use_repo.", mandatory = True)}

def _cc_toolchains_impl(mctx):
    for module in mctx.modules:
        for tag in module.tags.prefixed:
            prefixed_cc_toolchain(
                name = tag.name,
                constraints = tag.constraints,
                platform = tag.platform,
                prefix = tag.prefix,
            )
        for tag in module.tags.zig:
            zig_cc_toolchain(
                name = tag.name,
                constraints = tag.constraints,
                libc = tag.libc,
                platform = tag.platform,
                sdk = tag.sdk,
                sdk_files = tag.sdk_files,
                zig = tag.zig,
            )

cc_toolchains = module_extension(
    _cc_toolchains_impl,
    doc = "C toolchains of compilers on this machine; `register_toolchains(\"@NAME//:toolchain\")` registers one.",
    tag_classes = {
        "prefixed": tag_class(attrs = dict(_NAME, **PREFIXED_ATTRS), doc = "A GNU-style cross compiler."),
        "zig": tag_class(attrs = dict(_NAME, **ZIG_ATTRS), doc = "zig for one target."),
    },
)
