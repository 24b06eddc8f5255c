"""The C toolchains that a workspace registers, from its files alone."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from bazel_xc.buildfile.registered import CToolchains, read_toolchains
from bazel_xc.model import Platform

ARM = Platform("linux", "arm64", cgo=True)
AMD = Platform("linux", "amd64", cgo=True)
WINDOWS = Platform("windows", "arm64", cgo=True)
EXTENSION = 'cc = use_extension("@bazel_xc//rules/cc:extensions.bzl", "cc_toolchains")\n'


def read(files: Mapping[str, str]) -> CToolchains:
    return read_toolchains(lambda path: files[path].encode() if path in files else None)


def fitting(found: CToolchains, platform: Platform) -> list[tuple[str, str]]:
    """The labels that are for a platform, with their places."""
    return [(each.label, each.place) for each in found.for_platform(platform) if each.fits(platform)]


def test_no_file() -> None:
    assert read({}).for_platform(ARM) == ()


@pytest.mark.parametrize(
    ("files", "commands"),
    [
        pytest.param(
            {
                "MODULE.bazel": EXTENSION
                + 'cc.prefixed(name = "a", platform = "linux_arm64", prefix = "x-")\n'
                'use_repo(cc, "a")\nregister_toolchains("@a//:toolchain")\n'
            },
            (("x-gcc",), ("x-clang",)),
            id="prefix",
        ),
        pytest.param(
            {
                "MODULE.bazel": EXTENSION + 'cc.zig(name = "a", platform = "linux_arm64", libc = "musl")\n'
                'register_toolchains("@a//:toolchain")\n'
            },
            (
                ("$BAZEL_XC_ZIG", "cc", "-target", "aarch64-linux-musl", "-fno-sanitize=undefined"),
                ("zig", "cc", "-target", "aarch64-linux-musl", "-fno-sanitize=undefined"),
            ),
            id="zig",
        ),
        pytest.param(
            {
                "WORKSPACE": 'load("//:tools.bzl", "tools")\ntools()\n',
                "tools.bzl": "def tools():\n"
                '    zig_cc_toolchain(name = "a", platform = "linux_arm64", zig = "/z/zig")\n'
                '    native.register_toolchains("@a//:toolchain")\n',
            },
            (("/z/zig", "cc", "-target", "aarch64-linux-gnu.2.28", "-fno-sanitize=undefined"),),
            id="macro of a WORKSPACE",
        ),
        pytest.param(
            {
                "MODULE.bazel": 'include("//:c.MODULE.bazel")\n',
                "c.MODULE.bazel": EXTENSION
                + 'cc.prefixed(name = "a", platform = "linux_arm64", prefix = "x-")\n'
                + 'register_toolchains("@a//:toolchain")\n',
            },
            (("x-gcc",), ("x-clang",)),
            id="included file",
        ),
    ],
)
def test_own_rules(files: Mapping[str, str], commands: tuple[tuple[str, ...], ...]) -> None:
    (found,) = read(files).for_platform(ARM)
    assert (found.label, found.commands, found.complete) == ("@a//:toolchain", commands, True)
    assert found.fits(WINDOWS) is False


@pytest.mark.parametrize(
    ("label", "platforms"),
    [
        pytest.param("@llvm_toolchain//:cc-toolchain-aarch64-linux", [ARM], id="words"),
        pytest.param("@zig_sdk//toolchain:windows_arm64", [WINDOWS], id="system"),
        pytest.param("@tools//:cc-x86_64", [AMD], id="processor alone"),
        pytest.param("@rules_go//go/toolchain:linux_arm64", [], id="Go"),
        pytest.param("@python_3_11_aarch64-unknown-linux-gnu//:t", [], id="Python"),
        pytest.param("@local_config_cc_toolchains//:all", [], id="Bazel's own"),
        pytest.param("//go/toolchains:cc_linux_arm64", [ARM], id="C in a folder of Go"),
    ],
)
def test_words_of_other_labels(label: str, platforms: list[Platform]) -> None:
    found = read({"MODULE.bazel": f'register_toolchains("{label}")\n'})
    assert [each for each in (AMD, ARM, WINDOWS) if fitting(found, each)] == platforms


def test_a_label_that_says_nothing_may_be_for_any_platform() -> None:
    found = read({"MODULE.bazel": 'register_toolchains("@llvm_toolchain//:all")\n'})
    assert [each.fits(ARM) for each in found.for_platform(ARM)] == [None]


RULES = """\
load(":config.bzl", "arm_config")

arm_config(name = "config")

cc_toolchain(
    name = "cc",
    toolchain_config = ":config",
)

toolchain(
    name = "arm",
    target_compatible_with = [
        "@platforms//cpu:arm64",
        "@platforms//os:linux",
        "//constraints:old",
    ],
    toolchain = ":cc",
    toolchain_type = "@bazel_tools//tools/cpp:toolchain_type",
)

toolchain(
    name = "java_linux_arm64",
    toolchain_type = "@bazel_tools//tools/jdk:toolchain_type",
)
"""
CONFIG = """\
def _impl(ctx):
    return [tool_path(name = "gcc", path = "/opt/bin/gcc"), tool_path(name = "ld", path = "/opt/bin/ld")]

arm_config = rule(_impl)
"""


@pytest.mark.parametrize("label", ["//tools/cc:arm", "//tools/cc:all", "//tools/cc/...", "@//tools/cc:arm"])
def test_toolchain_rules_of_the_workspace(label: str) -> None:
    files = {
        "MODULE.bazel": f'register_toolchains(\n    "{label}",\n    "//tools/cc:java_linux_arm64",\n)\n',
        "tools/cc/BUILD.bazel": RULES,
        "tools/cc/config.bzl": CONFIG,
    }
    old = Platform("linux", "arm64", cgo=True, constraints=("//constraints:old",))
    found = read(files)
    assert fitting(found, ARM) == []  # it lacks a constraint
    assert fitting(found, old) == [(label, "MODULE.bazel:1")]
    assert found.for_platform(old)[0].commands == (("/opt/bin/gcc",),)


BAZELRC = """\
build --repo_env=CC=clang-15
build:arm --platforms=//platforms:linux_arm64 --config=cross
build:cross --extra_toolchains=//cc:linux_arm64,@x//:cc_linux_amd64
build:cross --repo_env=CC=gcc-12 --action_env=BAZEL_DO_NOT_DETECT_CPP_TOOLCHAIN=1
"""


def test_options_of_bazelrc_count_with_the_config_of_the_platform() -> None:
    found = read({".bazelrc": BAZELRC})
    assert fitting(found, ARM) == [("//cc:linux_arm64", ".bazelrc:3")]
    assert fitting(found, AMD) == []
    assert (found.compiler(ARM), found.compiler(AMD)) == ("gcc-12", "clang-15")
    assert (found.is_detecting(ARM), found.is_detecting(AMD)) == (False, True)
