"""Beside Gazelle: after one tool has run, the other one changes nothing, in both modes.

The real Gazelle is ``gazelle`` on PATH, or the program that ``BAZEL_XC_GAZELLE_COMMAND`` names. Install it
with ``go install github.com/bazelbuild/bazel-gazelle/cmd/gazelle@v0.53.0``.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from goldens import GOLDEN, Tree, isolate, lay_out, read_tree

from bazel_xc.cli import main

CASE = GOLDEN / "beside_gazelle"
MODES = [pytest.param((), id="full"), pytest.param(("--mode", "cgo"), id="cgo")]


@pytest.fixture
def gazelle(require: Callable[[str], str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    program = require(os.environ.get("BAZEL_XC_GAZELLE_COMMAND", "gazelle"))
    isolate(monkeypatch, tmp_path / "modules")
    return program


@pytest.mark.parametrize("mode", MODES)
def test_us_after_gazelle(mode: tuple[str, ...], gazelle: str, tmp_path: Path) -> None:
    root = tmp_path / "workspace"
    lay_out(CASE, root)
    _gazelle(gazelle, root)
    by_gazelle = _rules(read_tree(root))
    _generate(root, mode)
    first = read_tree(root)

    assert _foreign_changes(by_gazelle, _rules(first)) == {}
    assert _gazelle(gazelle, root) == first
    assert _generate(root, mode) == first


def test_gazelle_after_us(gazelle: str, tmp_path: Path) -> None:
    root = tmp_path / "workspace"
    lay_out(CASE, root)
    first = _generate(root, ())

    assert _gazelle(gazelle, root) == first
    assert _generate(root, ()) == first


def test_gazelle_leaves_what_we_write_by_default_to_mode_cgo(gazelle: str, tmp_path: Path) -> None:
    root = tmp_path / "workspace"
    lay_out(CASE, root)
    _generate(root, ())
    first = _generate(root, ("--mode", "cgo"))

    assert _gazelle(gazelle, root) == first


def _gazelle(program: str, root: Path) -> Tree:
    command = [program, "update", "-bzlmod", "-external", "static"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return read_tree(root)


def _generate(root: Path, mode: tuple[str, ...]) -> Tree:
    assert main(["generate", "-C", str(root), *mode]) == 0
    return read_tree(root)


def _rules(tree: Tree) -> dict[str, list[str]]:
    """The BUILD files outside of the platforms package, by path."""
    return {
        path: data.decode().splitlines()
        for path, data in tree.items()
        if path.endswith("BUILD.bazel") and not path.startswith("platforms/")
    }


def _foreign_changes(old: dict[str, list[str]], new: dict[str, list[str]]) -> dict[str, list[str]]:
    """The attributes of Gazelle that we changed, by file.

    C flags, C sources that belong to some platforms only, and our own attributes are left out.
    """
    ours = ("clinkopts", "copts", "cppopts", "cxxopts", "pure", "target_compatible_with", "# keep: bazel_xc")
    found: dict[str, list[str]] = {}
    for path in old.keys() | new.keys():
        kept = "    # keep: bazel_xc\n    srcs" in "\n".join(new.get(path, []))
        names = (*ours, "srcs") if kept else ours
        before, after = (_attributes(each.get(path, []), names) for each in (old, new))
        if before != after:
            found[path] = sorted(set(before) ^ set(after))
    return found


def _attributes(lines: list[str], without: tuple[str, ...]) -> list[str]:
    """The attributes of a formatted file, each as one text."""
    found: list[str] = []
    for line in lines:
        if found and (line.startswith(("     ", "    ]", "    }"))):
            found[-1] += f"\n{line}"
        else:
            found.append(line)
    return [each for each in found if not each.strip().startswith(without)]
