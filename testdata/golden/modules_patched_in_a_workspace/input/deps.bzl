load("@bazel_gazelle//:deps.bzl", "go_repository")

def go_dependencies():
    go_repository(
        name = "com_example_sealer",
        importpath = "example.com/sealer",
        patch_args = ["-p1"],
        patches = ["//patches:seal.patch"],
        sum = "h1:IGvllEpZC/qrXdLBYU2BziZF57+bnI69Qwam1DpbbVw=",
        version = "v1.3.0",
    )
