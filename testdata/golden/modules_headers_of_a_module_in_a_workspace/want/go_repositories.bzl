"""The Go modules that this workspace uses."""

load("@bazel_gazelle//:deps.bzl", "go_repository")

def go_repositories():
    """Declares a repository for every module of the build."""
    go_repository(
        name = "com_example_sealer",
        build_directives = ["gazelle:exclude seal"],
        importpath = "example.com/sealer",
        patch_args = ["-p1"],
        patches = ["//third_party/bazel_xc:com_example_sealer/build.patch"],
        sum = "h1:IGvllEpZC/qrXdLBYU2BziZF57+bnI69Qwam1DpbbVw=",
        version = "v1.3.0",
    )
