"""Patterns of ``//go:embed``: our reading against go's own."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from bazel_xc.bazel.embeds import embeddable, matched
from bazel_xc.buildfile.workspace import read_workspace

FILES = """
a.txt b.txt c.md A.txt _hidden.txt .hidden.txt ünï.txt with space.txt x[1].txt sh$ell.txt
dir/a.txt dir/.hidden.txt dir/_under.txt dir/.sub/a.txt dir/_sub/a.txt dir/sub/a.txt dir/sub/b.md
dir/sub/module/go.mod dir/sub/module/a.txt dir/sub/em—dash/a.txt dir/sub/nul.x/a.txt dir/sub/semi;colon/a.txt
deep/er/est/a.txt
""".replace("with space", "with\0space").split()
PATTERNS = """
a.txt *.txt ?.txt [ab].txt [^a].txt [a-c]* [a-zA]* *.t?t x\\[1].txt x[[]1].txt \\a.txt
dir all:dir dir/* all:dir/*
dir/sub dir/s*/a.txt dir/[s_.]ub dir/.sub all:dir/.sub d*r deep/*/*/a.txt deep deep/er all:deep * .hidden.txt
_hidden.txt ünï.txt [à-ÿ]nï.txt sh$ell.txt with*
""".split()


def _write(root: Path) -> list[str]:
    names = [name.replace("\0", " ") for name in FILES]
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("module example.com/other\n" if name.endswith("go.mod") else "x")
    return names


def test_files_are_those_that_go_embeds(require: Callable[[str], str], tmp_path: Path) -> None:
    (tmp_path / "go.mod").write_text("module example.com/m\n\ngo 1.21\n")
    for number, pattern in enumerate(PATTERNS):
        folder = tmp_path / f"p{number}"
        _write(folder)
        source = f'package p\n\nimport "embed"\n\n//go:embed {json.dumps(pattern, ensure_ascii=False)}\n'
        (folder / "p.go").write_text(source + "var files embed.FS\n")
    wanted = _listed(require("go"), tmp_path)
    workspace = read_workspace(tmp_path)
    found = {
        pattern: sorted(matched(pattern, embeddable(workspace, f"p{number}", frozenset())))
        for number, pattern in enumerate(PATTERNS)
    }
    assert found == wanted


def _listed(go: str, root: Path) -> dict[str, list[str]]:
    """What go says that each pattern embeds; nothing where it reports an error."""
    settings = {**os.environ, "GOFLAGS": "", "GOWORK": "off", "GOPROXY": "off", "GOENV": "off"}
    command = [go, "list", "-e", "-json=EmbedFiles,Dir", "./..."]
    done = subprocess.run(command, cwd=root, env=settings, capture_output=True, text=True, check=True)
    found: dict[str, list[str]] = {}
    for text in done.stdout.replace("}\n{", "}\0{").split("\0"):
        package = json.loads(text)
        number = int(Path(package["Dir"]).name.removeprefix("p"))
        found[PATTERNS[number]] = sorted(package.get("EmbedFiles", []))
    return found


@pytest.mark.parametrize("pattern", ["[", "[]a]", "[a", "a\\", "[z-a]", "[-a]", "x[^]"])
def test_malformed_patterns_match_nothing(pattern: str) -> None:
    assert matched(pattern, ["a", "[", "z", "-", "a\\", "x"]) == ()


def test_bazel_packages_below_are_left_out(tmp_path: Path) -> None:
    for name in ("p/a/x.txt", "p/a/b/y.txt", "p/c/z.txt"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    files = embeddable(read_workspace(tmp_path), "p", frozenset({"p/a/b"}))
    assert files == ("a/x.txt", "c/z.txt")
