"""Trees: the one on disk and the one in memory agree, and a run opens each file once."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from requirements import require

from bazel_xc import tree
from bazel_xc.tree import DiskTree, EntryKind, MemoryTree, Tree, find, glance

EXAMPLES = Path(__file__).parent.parent / "testdata"
NAMES = st.sampled_from(["a", "b", "c.go"])
PATHS = st.lists(NAMES, min_size=1, max_size=3).map("/".join)
# Counts what a run of bazel-xc opens below the folder that it runs in.
COUNTER = """
import collections, json, os, sys
opened = collections.Counter()
def hook(event, args):
    if event == "open" and isinstance(args[0], str):
        opened[os.path.abspath(args[0])] += 1
sys.addaudithook(hook)
from bazel_xc.cli import main
main(sys.argv[2:])
here = os.getcwd() + os.sep
json.dump({path: n for path, n in opened.items() if path.startswith(here)}, open(sys.argv[1], "w"))
"""


def _files(paths: set[str]) -> Mapping[str, bytes]:
    """Files of some paths, without those that would have to be directories too."""
    return {path: path.encode() for path in paths if not any(o.startswith(f"{path}/") for o in paths)}


def _entries(tree: Tree, path: str) -> list[tuple[str, EntryKind]]:
    try:
        return sorted(((each.name, each.kind) for each in tree.entries(path)), key=lambda each: each[0])
    except OSError:
        return []


@given(st.sets(PATHS, max_size=6), st.lists(PATHS, max_size=4))
def test_memory_and_disk_agree(paths: set[str], asked: list[str]) -> None:
    files = _files(paths)
    with tempfile.TemporaryDirectory() as folder:
        for path, data in files.items():
            (Path(folder) / path).parent.mkdir(parents=True, exist_ok=True)
            (Path(folder) / path).write_bytes(data)
        disk, memory = DiskTree(Path(folder)), MemoryTree(files)
        for path in ["", *asked, *files]:
            assert glance(disk, path) == glance(memory, path)
            assert disk.is_file(path) == memory.is_file(path)
            assert _entries(disk, path) == _entries(memory, path)


def test_file_is_remembered_and_so_is_that_there_is_none(tmp_path: Path) -> None:
    tree = DiskTree(tmp_path)
    assert find(tree, "a") is None
    (tmp_path / "a").write_text("new")
    (tmp_path / "b").write_text("old")
    assert find(tree, "b") == b"old"
    (tmp_path / "b").write_text("new")

    assert (find(tree, "a"), find(tree, "b")) == (None, b"old")
    assert list(tree.record.opened) == [str(tmp_path / "b")]
    assert find(tree.at(tmp_path.parent), f"{tmp_path.name}/b") == b"old"


@pytest.mark.parametrize("command", [["generate"], ["report", "--format", "json"], ["modules"]])
def test_run_opens_each_file_once(command: list[str], tmp_path: Path) -> None:
    require("go")
    root = tmp_path / "w"
    shutil.copytree(EXAMPLES / "cgo_example", root)
    counts = tmp_path / "counts.json"
    subprocess.run(
        [sys.executable, "-c", COUNTER, str(counts), *command], cwd=root, capture_output=True, check=True
    )

    opened = json.loads(counts.read_text())
    written = {path for path in opened if ".bazel-xc-" in path or path.endswith(".bazelrc")}
    assert {path: n for path, n in opened.items() if n > 1 and path not in written} == {}
    assert len(opened) > 20


def test_large_files_that_are_read_once_are_not_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tree, "_KEPT_OF_ONCE", 3)
    (tmp_path / "a").write_bytes(b"12")
    (tmp_path / "b").write_bytes(b"34")
    disk = tree.DiskTree(tmp_path)

    assert (disk.read_once("a"), disk.read_once("b")) == (b"12", b"34")
    assert set(disk.record.kept) == {f"{tmp_path}/a"}
    assert disk.read("b") == b"34"
    assert disk.record.again == set()


def test_a_file_that_changes_between_two_reads_is_noted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tree, "_KEPT_OF_ONCE", 0)
    (tmp_path / "a").write_bytes(b"12")
    disk = tree.DiskTree(tmp_path)
    disk.read_once("a")
    (tmp_path / "a").write_bytes(b"345")
    disk.read_once("a")

    assert disk.record.again == {f"{tmp_path}/a"}
