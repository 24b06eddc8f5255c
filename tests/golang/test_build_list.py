"""The modules of a build, as go and the files beside it tell."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from bazel_xc.golang.build_list import BuildModule, escaped, read_build_list
from bazel_xc.golang.modules import Module, Require
from bazel_xc.golang.toolchain import Run, Toolchain

TOOLCHAIN = Toolchain("go", "go1.26", (1, 26), "/go", {})
MAIN = Module(
    path="example.com/m",
    directory="",
    requires=(Require("a.org/a", "v1.0.0"), Require("b.org/B", "v2.0.0+incompatible", indirect=True)),
    replaced=(("a.org/a", "c.org/c"),),
    replaced_versions=(("a.org/a", "v1.5.0"),),
)
SUMS = """\
a.org/a v1.0.0 h1:aaa=
a.org/a v1.0.0/go.mod h1:no=
c.org/c v1.5.0 h1:ccc=
d.org/v2 v2.0.1-0.20200101000000-abcdefabcdef/go.mod h1:no=
"""


def build_list(
    tmp_path: Path, listed: list[dict[str, Any]], code: int = 0
) -> tuple[tuple[BuildModule, ...], bool]:
    (tmp_path / "go.sum").write_text(SUMS)
    cached = tmp_path / "cache" / "cache" / "download" / "b.org" / "!b" / "@v"
    cached.mkdir(parents=True)
    (cached / "v2.0.0+incompatible.ziphash").write_text("h1:bbb=\n")

    def run(arguments: list[str], directory: Path, environment: Mapping[str, str]) -> Run:
        if arguments[0] == "env":
            return Run(0, f"{tmp_path / 'cache'}\n".encode(), "")
        return Run(code, "\n".join(json.dumps(each, indent=1) for each in listed).encode(), "")

    found = read_build_list(tmp_path, [MAIN], TOOLCHAIN, run)
    return found.modules, found.whole


def test_what_go_lists(tmp_path: Path) -> None:
    listed: list[dict[str, Any]] = [
        {"Path": "example.com/m", "Main": True},
        {"Path": "d.org/v2", "Version": "v2.0.1-0.20200101000000-abcdefabcdef", "Indirect": True},
        {"Path": "a.org/a", "Version": "v1.0.0", "Replace": {"Path": "c.org/c", "Version": "v1.5.0"}},
        {"Path": "b.org/B", "Version": "v2.0.0+incompatible"},
        {"Path": "e.org/e", "Version": "v1.0.0", "Replace": {"Path": "./e"}},
    ]
    assert build_list(tmp_path, listed) == (
        (
            BuildModule(
                path="a.org/a",
                version="v1.0.0",
                replace_path="c.org/c",
                replace_version="v1.5.0",
                sum="h1:ccc=",
            ),
            BuildModule(path="b.org/B", version="v2.0.0+incompatible", sum="h1:bbb="),
            BuildModule(path="d.org/v2", version="v2.0.1-0.20200101000000-abcdefabcdef", indirect=True),
            BuildModule(path="e.org/e", version="v1.0.0", local="./e"),
        ),
        True,
    )


@pytest.mark.parametrize(
    ("listed", "code"),
    [
        pytest.param([], 1, id="go fails"),
        pytest.param(
            [{"Path": "a.org/a", "Version": "v1.0.0", "Error": {"Err": "no network"}}], 0, id="no go.mod"
        ),
    ],
)
def test_without_the_whole_list_go_mod_tells(tmp_path: Path, listed: list[dict[str, Any]], code: int) -> None:
    modules, whole = build_list(tmp_path, listed, code)
    assert not whole
    assert modules == (
        BuildModule(
            path="a.org/a", version="v1.0.0", replace_path="c.org/c", replace_version="v1.5.0", sum="h1:ccc="
        ),
        BuildModule(path="b.org/B", version="v2.0.0+incompatible", indirect=True, sum="h1:bbb="),
    )


@pytest.mark.parametrize(
    ("path", "text"),
    [
        pytest.param("github.com/BurntSushi/toml", "github.com/!burnt!sushi/toml", id="capitals"),
        pytest.param("v1.0.0-RC1", "v1.0.0-!r!c1", id="version"),
        pytest.param("a.org/b", "a.org/b", id="none"),
    ],
)
def test_escaped(path: str, text: str) -> None:
    assert escaped(path) == text
