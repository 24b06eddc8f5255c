"""Dependencies."""

load("@bazel_gazelle//:deps.bzl", "go_repository")

def go_dependencies():
    """All of them."""
    go_repository(
        name = "com_example_forked",
        importpath = "example.com/forked",
        replace = "example.org/fork",
        sum = "h1:0pRn5uwFM147u3TfwZBw4146NBIOI/jkWIxzDgMd240=",
        version = "v1.9.0",
    )
    go_repository(
        name = "com_example_new",
        importpath = "example.com/new",
        sum = "h1:QR+6qE/s7bIcVfhdgkhPRcakgtcbWNQkeoDK4rvDoX8=",
        version = "v1.0.0",
    )
    # Its tests want a display.
    go_repository(
        name = "com_example_old",
        build_extra_args = ["-exclude=ui"],
        importpath = "example.com/old",
        sum = "h1:qmXwD91fALcjGa+BDlmKsvUjSHQGIqHaok6qLFwxHts=",
        version = "v1.1.0",
    )
