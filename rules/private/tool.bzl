"""`xc_tool` starts the program of bazel-xc for `bazel run`: where the caller is, with the Go of the toolchain."""

load(":launch.bzl", "launch_tool")

_GO_TOOLCHAIN = "@io_bazel_rules_go//go:toolchain"

def _xc_tool_impl(ctx):
    return launch_tool(ctx, ctx.toolchains[_GO_TOOLCHAIN].sdk.go)

xc_tool = rule(
    _xc_tool_impl,
    attrs = {
        "tool": attr.label(
            doc = "The program: an executable target that is bazel-xc.",
            cfg = "exec",
            executable = True,
            mandatory = True,
        ),
        "_template": attr.label(
            allow_single_file = True,
            cfg = "exec",
            default = "//rules/private:tool",
        ),
    },
    doc = "Runs bazel-xc with the command line of `bazel run`, in the directory in which that was called.",
    executable = True,
    toolchains = [_GO_TOOLCHAIN],
)
