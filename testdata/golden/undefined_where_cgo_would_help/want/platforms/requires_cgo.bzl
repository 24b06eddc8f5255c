"""Written by bazel-xc generate: asks for a C toolchain where cgo is needed."""

_CC = "@bazel_tools//tools/cpp:toolchain_type"

def _with_c_toolchain_impl(ctx):
    toolchain = ctx.toolchains[_CC]
    compiler = getattr(getattr(toolchain, "cc", toolchain), "compiler", "")
    if compiler in ["clang-cl", "msvc-cl"]:
        fail("cgo is needed, but rules_go turns it off for the compiler " + compiler)
    return [ctx.attr.constraint[platform_common.ConstraintValueInfo]]

with_c_toolchain = rule(
    doc = "A constraint_value that cannot be analysed without a C toolchain for the target platform.",
    implementation = _with_c_toolchain_impl,
    attrs = {
        "constraint": attr.label(
            mandatory = True,
            providers = [platform_common.ConstraintValueInfo],
        ),
    },
    toolchains = [_CC],
)
