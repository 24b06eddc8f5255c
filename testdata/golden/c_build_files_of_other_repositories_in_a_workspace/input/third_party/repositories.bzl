load("@bazel_tools//tools/build_defs/repo:http.bzl", "http_archive")
load("@bazel_tools//tools/build_defs/repo:utils.bzl", "maybe")

def repositories():
    maybe(
        http_archive,
        name = "codec",
        build_file = Label("//third_party:codec.BUILD"),
        urls = ["https://example.com/codec.tar.gz"],
    )
    native.new_local_repository(
        name = "virt",
        build_file = "@repo//third_party:virt.BUILD",
        path = "/opt/sysroot",
    )
