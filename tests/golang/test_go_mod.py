"""Directives of go.mod and go.work, by go's own reader where there is go."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from requirements import require

from bazel_xc.golang.go_mod import directives, go_version, module_path

WORK = """
// use ./commented
go 1.23.0 // go 1.99
toolchain go1.26.1

use x // a directory without dots
use (
\t./y
\t"./a b"  // quoted

\t// ./none
)
replace example.com/m v1.0.0 => ../m
"""
MOD = """// Deprecated: use another.
module "example.com/m" // the path

go 1.24rc1
toolchain go1.26.1
require example.com/go v1.2.3 // go 1.99
require (
\texample.com/x v0.1.0 // indirect
)
tool example.com/x/cmd
"""


def by_go(folder: Path, kind: str, text: str) -> dict[str, Any]:
    go = require("go")
    path = folder / f"go.{kind}"
    path.write_text(text, encoding="utf-8")
    done = subprocess.run([go, kind, "edit", "-json", path.name], cwd=folder, capture_output=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_go_work_as_go_reads_it(tmp_path: Path) -> None:
    found = by_go(tmp_path, "work", WORK)

    used = [words[1] for words in directives(WORK) if words[0] == "use"]
    assert used == [each["DiskPath"] for each in found["Use"]] == ["x", "./y", "./a b"]
    assert go_version(WORK) == found["Go"] == "1.23.0"
    assert ("toolchain", "go1.26.1") in directives(WORK)


def test_go_mod_as_go_reads_it(tmp_path: Path) -> None:
    found = by_go(tmp_path, "mod", MOD)

    assert module_path(MOD) == found["Module"]["Path"] == "example.com/m"
    assert go_version(MOD) == found["Go"] == "1.24rc1"
    required = [words[1:] for words in directives(MOD) if words[0] == "require"]
    assert required == [(each["Path"], each["Version"]) for each in found["Require"]]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("", [], id="empty"),
        pytest.param("use x", [("use", "x")], id="no dots"),
        pytest.param("use(\nx\n)", [("use", "x")], id="no space"),
        pytest.param("use (x", [("use", "(", "x")], id="block on one line"),
        pytest.param("use (\nx", [("use", "x")], id="block without end"),
        pytest.param(')\nuse "x\\u0041"', [(")",), ("use", "xA")], id="escape"),
        pytest.param('use "x', [("use", "x")], id="quote without end"),
        pytest.param("use x//y", [("use", "x")], id="comment in a word"),
        pytest.param("\r\nuse x\r\n", [("use", "x")], id="line ends of Windows"),
        pytest.param("replace a => ../b", [("replace", "a", "=>", "../b")], id="arrow"),
    ],
)
def test_directives(text: str, words: list[tuple[str, ...]]) -> None:
    assert list(directives(text)) == words


@given(st.text(alphabet='use(x)./ "`\\\n\r\t=>,[]{}é\x00', max_size=30))
def test_every_text_gives_words(text: str) -> None:
    assert all(words and all(isinstance(word, str) for word in words) for words in directives(text))


@given(st.lists(st.from_regex(r"[a-z.\-/_]{1,8}", fullmatch=True).filter(lambda word: "//" not in word)))
def test_block_and_single_lines_are_the_same(paths: list[str]) -> None:
    block = "use (\n" + "".join(f"\t{path} // c\n" for path in paths) + ")\n"

    assert list(directives(block)) == list(directives("".join(f'use "{path}"\n' for path in paths)))
