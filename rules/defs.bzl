"""The rules of bazel-xc for other workspaces: the generator, its check, and binaries for many platforms.

`bazel_xc` and `bazel_xc_test` run the tool on the source tree. `xc_binary` builds one program for several
platforms in one build, `xc_release` adds their SHA-256 sums, `xc_verify_test` checks the results.
"""

load("//rules/private:binary.bzl", _xc_binary = "xc_binary", _xc_platform_binary = "xc_platform_binary")
load("//rules/private:generate.bzl", _bazel_xc = "bazel_xc", _bazel_xc_test = "bazel_xc_test")
load("//rules/private:release.bzl", _xc_release = "xc_release")
load("//rules/private:verify.bzl", _xc_verify_test = "xc_verify_test")

bazel_xc = _bazel_xc
bazel_xc_test = _bazel_xc_test
xc_binary = _xc_binary
xc_platform_binary = _xc_platform_binary
xc_release = _xc_release
xc_verify_test = _xc_verify_test
