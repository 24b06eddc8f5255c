"""Facts about files: who may use them, and when they are gone."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from bazel_xc.memory.kept_facts import KeptFacts
from bazel_xc.tree import DiskTree, FactStore, Record

LATER = 10**10
MODULE = "cache/e.org/!m@v1.2.3"


def _facts(tmp_path: Path, *, workspace: str = "/w", program: str = "1", start: int = LATER) -> KeptFacts:
    return KeptFacts(str(tmp_path / "cache"), program, workspace=workspace, start=start)


def _state(size: int = 1) -> tuple[int, int, int, int]:
    return 1, 1, 1, size


def _kept(tmp_path: Path, path: str) -> str:
    """A file with a fact, by its full path."""
    file = tmp_path / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch()
    facts = _facts(tmp_path)
    facts.put(str(file), "length", _state(), 7)
    facts.save()
    return str(file)


@pytest.mark.parametrize(
    ("path", "workspace", "program", "known"),
    [
        pytest.param("a.go", "/w", "1", True, id="the same"),
        pytest.param("a.go", "/other", "1", False, id="another workspace"),
        pytest.param("a.go", "/w", "2", False, id="another program"),
        pytest.param(f"{MODULE}/a.go", "/w", "1", True, id="a module"),
        pytest.param(f"{MODULE}/a.go", "/other", "1", True, id="a module in another workspace"),
        pytest.param(f"{MODULE}/a.go", "/w", "2", False, id="a module and another program"),
    ],
)
def test_who_finds_a_fact(tmp_path: Path, path: str, workspace: str, program: str, *, known: bool) -> None:
    full = _kept(tmp_path, path)
    facts = _facts(tmp_path, workspace=workspace, program=program)
    assert facts.get(full, "length", _state()) == (7 if known else None)
    assert facts.get(full, "length", _state(2)) is None
    assert facts.get(full, "other", _state()) is None
    assert facts.get("b.go", "length", _state()) is None


def test_fresh_file_is_not_kept(tmp_path: Path) -> None:
    """A change in the same tick of the clock could leave the same state."""
    facts = _facts(tmp_path, start=1)
    facts.put("a.go", "length", _state(), 7)
    facts.save()
    assert not (tmp_path / "cache").exists()
    assert facts.get("a.go", "length", _state()) is None


@pytest.mark.parametrize("text", [b"", b"bazel-xc memory 1\n1234nothing", b"x" * 99])
def test_damaged_file_is_ignored(tmp_path: Path, text: bytes) -> None:
    full = _kept(tmp_path, "a.go")
    (file,) = (tmp_path / "cache").iterdir()
    file.write_bytes(text)
    facts = _facts(tmp_path)
    assert facts.get(full, "length", _state()) is None
    facts.put(full, "length", _state(), 8)
    facts.save()
    assert _facts(tmp_path).get(full, "length", _state()) == 8


def _written(tmp_path: Path, *numbers: int) -> KeptFacts:
    """Files with facts that are kept by one run."""
    facts = _facts(tmp_path)
    for at in numbers:
        (tmp_path / f"{at}.go").touch()
        facts.put(f"{tmp_path}/{at}.go", "length", _state(), at)
    facts.save()
    return _facts(tmp_path)


def test_a_few_new_facts_are_no_reason_to_write(tmp_path: Path) -> None:
    _written(tmp_path, *range(100))
    facts = _written(tmp_path, 100)
    assert facts.get(f"{tmp_path}/100.go", "length", _state()) is None
    facts = _written(tmp_path, *range(100, 110))
    assert [facts.get(f"{tmp_path}/{at}.go", "length", _state()) for at in (1, 100)] == [1, 100]


def test_files_that_are_gone_are_forgotten(tmp_path: Path) -> None:
    _written(tmp_path, 1, 2)
    (tmp_path / "1.go").unlink()
    facts = _written(tmp_path, 3)
    found = [facts.get(f"{tmp_path}/{at}.go", "length", _state()) for at in (1, 2, 3)]
    assert found == [None, 2, 3]


def test_a_tree_reads_only_what_changed(tmp_path: Path) -> None:
    (tmp_path / "w").mkdir()
    found: list[bytes] = []

    def length(data: bytes) -> int:
        found.append(data)
        return len(data)

    def lengths() -> list[int]:
        facts = _facts(tmp_path, start=time.time_ns() + LATER)
        tree = DiskTree(tmp_path / "w", Record(facts))
        answers = [tree.fact(name, "length", length) for name in ("a", "b", "a")]
        assert set(tree.record.opened) == {f"{tmp_path}/w/a", f"{tmp_path}/w/b"}
        facts.save()
        return answers

    for name in "ab":
        (tmp_path / "w" / name).write_bytes(b"one")
        os.utime(tmp_path / "w" / name, ns=(10**9, 10**9))
    assert lengths() == [3, 3, 3]
    assert found == [b"one"] * 2
    assert lengths() == [3, 3, 3]
    assert found == [b"one"] * 2
    (tmp_path / "w" / "b").write_bytes(b"seven")
    assert lengths() == [3, 5, 3]
    assert found == [b"one"] * 2 + [b"seven"]


def test_a_file_that_is_gone_has_no_facts(tmp_path: Path) -> None:
    facts: FactStore = _facts(tmp_path, start=time.time_ns() + LATER)
    (tmp_path / "a").write_bytes(b"one")
    assert DiskTree(tmp_path, Record(facts)).fact("a", "length", len) == 3
    (tmp_path / "a").unlink()
    with pytest.raises(FileNotFoundError):
        DiskTree(tmp_path, Record(facts)).fact("a", "length", len)
