load("@bazel_gazelle//:deps.bzl", "go_repository")

def go_dependencies():
    go_repository(
        name = "one_repo",
        build_naming_convention = "import",
        importpath = "example.org/one",
        version = "v1.0.0",
    )
    go_repository(
        name = "two_repo",
        importpath = "example.org/two",
        version = "v1.0.0",
    )
