"""Dependencies."""

load("@bazel_gazelle//:deps.bzl", "go_repository")

def go_dependencies():
    """All of them."""
    go_repository(
        name = "com_example_gone",
        importpath = "example.com/gone",
        sum = "h1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        version = "v1.0.0",
    )

    # Its tests want a display.
    go_repository(
        name = "com_example_old",
        build_extra_args = ["-exclude=ui"],
        importpath = "example.com/old",
        sum = "h1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        version = "v1.0.0",
    )
