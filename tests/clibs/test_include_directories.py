"""The directories of headers of pkg-config names."""

from __future__ import annotations

import pytest

from bazel_xc.clibs.include_directories import (
    VARYING,
    depends_on_processor,
    include_directories,
    include_flags,
)
from bazel_xc.clibs.registry import load_registry
from bazel_xc.tables import table


@pytest.mark.parametrize(
    ("name", "first"),
    [
        pytest.param("dbus-1", "dbus-1.0", id="dbus"),
        pytest.param("freetype2", "freetype2", id="freetype"),
        pytest.param("glib-2.0", "glib-2.0", id="glib"),
        pytest.param("libxml-2.0", "libxml2", id="libxml2"),
        pytest.param("opus", "opus", id="opus"),
        pytest.param("python3", VARYING, id="python"),
        pytest.param("zlib", "", id="none"),
        pytest.param("nobody", "", id="unknown"),
    ],
)
def test_table(name: str, first: str) -> None:
    assert (*include_directories(name), "")[0] == first


def test_every_name_of_the_table_is_one_of_a_known_library() -> None:
    known = {name for library in load_registry().libraries for name in library.pkg_config}
    assert table("c_includes.toml")["includes"].keys() <= known


@pytest.mark.parametrize(
    ("directories", "platform", "flags"),
    [
        pytest.param(["x"], "linux_s390x", ["-I=/usr/include/x", "-I/usr/include/x"], id="plain"),
        pytest.param(["x", VARYING], "windows_amd64", [], id="other_system"),
        pytest.param([VARYING], "linux_amd64", [], id="varying"),
        pytest.param(
            ["@lib/x/include"],
            "linux_arm64",
            [
                "-I=/usr/lib/aarch64-linux-gnu/x/include",
                "-I/usr/lib/aarch64-linux-gnu/x/include",
                "-I=/usr/lib64/x/include",
                "-I/usr/lib64/x/include",
                "-I=/usr/lib/x/include",
                "-I/usr/lib/x/include",
            ],
            id="beside_libraries",
        ),
    ],
)
def test_flags(directories: list[str], platform: str, flags: list[str]) -> None:
    assert list(include_flags(directories, platform)) == flags


def test_directories_beside_libraries_depend_on_the_processor() -> None:
    assert depends_on_processor(("x", "@lib/x/include"))
    assert not depends_on_processor(("x", VARYING))
