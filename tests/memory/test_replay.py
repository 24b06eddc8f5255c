"""Outcomes that are repeated while nothing changes."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from bazel_xc.memory import replay, store
from bazel_xc.memory.watch import State, state

OUTCOME: replay.Outcome = (1, "out\udcff", "errors")
LATER_NS = 10**10


class Memory:
    """A folder with files ``a`` and ``b`` in it, and the memory of one run that depended on them."""

    def __init__(self, tmp_path: Path) -> None:
        self.folder, self.key = str(tmp_path / "cache"), replay.key_of(["generate"], {})
        self.a, self.b = (tmp_path / name for name in "ab")
        self.a.write_text("a")
        self.b.write_text("b")

    def remember(
        self, *, facts: Mapping[str, object] | None = None, read: Mapping[str, State] | None = None
    ) -> bool:
        """Keeps the outcome of a run; it began long after the files were written."""
        paths, start = (str(self.a), str(self.b)), time.time_ns() + LATER_NS
        kept = replay.remember(self.folder, self.key, paths, read or {}, facts or {}, OUTCOME, start=start)
        return kept is not None

    def recall(self, *, agree: bool = False) -> replay.Outcome | None:
        """The outcome of the next run, in which changed files have their facts if they ``agree``."""
        kept = replay.recall(self.folder, self.key)
        changed = replay.changed(kept, lambda path, then: agree and then == f"of {path}") if kept else None
        return kept[2] if kept and changed == [] else None


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    return Memory(tmp_path)


def test_unchanged_run_is_repeated(memory: Memory) -> None:
    assert memory.recall() is None
    assert memory.remember()
    assert memory.recall() == OUTCOME


def test_changed_file_needs_a_run(memory: Memory) -> None:
    memory.remember()
    memory.a.write_text("changed")

    assert memory.recall() is None
    assert memory.recall(agree=True) is None


def test_changed_file_with_the_same_facts_is_repeated(memory: Memory) -> None:
    memory.remember(facts={str(memory.a): f"of {memory.a}"})
    memory.a.write_text("changed")
    assert memory.recall(agree=True) == OUTCOME
    assert memory.recall(agree=False) is None

    memory.b.write_text("changed")
    assert memory.recall(agree=True) is None


def test_file_that_changed_after_it_was_read_keeps_nothing(memory: Memory) -> None:
    then = state(str(memory.a))
    assert then is not None
    assert memory.remember(read={str(memory.a): then})
    memory.a.write_text("changed")

    assert not memory.remember(read={str(memory.a): then})


def test_file_that_is_gone_after_it_was_read_keeps_nothing(memory: Memory) -> None:
    then = state(str(memory.a))
    assert then is not None
    memory.a.unlink()

    assert not memory.remember(read={str(memory.a): then})
    assert memory.recall() is None


def test_file_that_changed_during_the_run_keeps_nothing(memory: Memory) -> None:
    start = time.time_ns()
    paths = (str(memory.a),)

    assert not replay.remember(memory.folder, memory.key, paths, {}, {}, OUTCOME, start=start)
    assert memory.recall() is None


def test_another_key_of_the_same_name_needs_a_run(memory: Memory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay, "_name", lambda _: "same")
    memory.remember()
    memory.key = (*memory.key, "other")

    assert memory.recall() is None


@pytest.mark.parametrize("data", [b"", b"no marshal", b"i\1\0\0\0", b")\1i\1\0\0\0"])
def test_other_bytes_need_a_run(memory: Memory, data: bytes) -> None:
    memory.remember()
    (file,) = Path(memory.folder).iterdir()
    store.put(memory.folder, file.name.removesuffix(".kept"), data)

    assert memory.recall() is None


def test_key_has_everything_that_is_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def key(*arguments: str, **environment: str) -> replay.Key:
        return replay.key_of(arguments, environment)

    plain = key("report")
    others = [
        key("report", "-v"),
        key("report", GOFLAGS="-tags=x"),
        key("report", GOFLAGS=""),
        key("report", CGO_CFLAGS="-O"),
        key("report", PATH="/bin"),
        key("report", BAZEL_XC_GO="/go"),
        key("report", NO_COLOR="1"),
        key("report", HOME="/h"),
    ]
    monkeypatch.chdir(tmp_path)
    others.append(key("report"))

    assert key("report", EDITOR="vi") == key("report") != plain
    assert len({plain, *others}) == len(others) + 1


def test_key_has_the_program_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    before = replay.key_of([], {})
    file = os.path.abspath(replay.__file__)  # noqa: PTH100 - as in replay
    scan = os.scandir
    assert repr(file) in repr(before)

    def without_it(path: str) -> object:
        found = scan(path)
        kept = [each for each in found if each.path != file]
        return _Entries(kept)

    monkeypatch.setattr(os, "scandir", without_it)
    assert replay.key_of([], {}) != before


class _Entries(list[object]):
    def __enter__(self) -> _Entries:
        return self

    def __exit__(self, *_: object) -> None:
        return
