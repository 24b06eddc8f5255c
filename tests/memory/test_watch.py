"""The state of files: which changes are seen, and which files are too young to be trusted."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bazel_xc.memory import watch as watching
from bazel_xc.memory.watch import TICK_NS, State, Watch, absent, differing, state, watch

SECOND_NS = 10**9
LATER_NS = 10 * SECOND_NS


def _watched(*paths: Path) -> Watch:
    """The state of paths, as of a run that begins later than any of them changed."""
    found = watch(map(str, paths), time.time_ns() + LATER_NS)
    assert found is not None
    return found


def _replace(path: Path) -> None:
    made = path.with_name("made")
    made.write_bytes(path.read_bytes())
    made.replace(path)


def _rewrite_with_the_old_time(path: Path) -> None:
    old = path.stat()
    path.write_text("six!")
    os.utime(path, ns=(old.st_atime_ns, old.st_mtime_ns))


def _wait(path: Path) -> None:
    """Lets the clock of the file system go on, so that a change has another time."""
    before, other = path.stat().st_ctime_ns, path.with_name(f"{path.name}.clock")
    while True:
        other.write_text("")
        if other.stat().st_ctime_ns > before:
            break
        time.sleep(0.001)
    other.unlink()


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda path: path.write_text("more than before"), id="another_size"),
        pytest.param(lambda path: path.write_text("five"), id="the_same_size"),
        pytest.param(_rewrite_with_the_old_time, id="the_same_size_and_time"),
        pytest.param(os.utime, id="touched"),
        pytest.param(_replace, id="replaced_by_the_same_bytes"),
        pytest.param(lambda path: path.chmod(0o600), id="permissions"),
        pytest.param(os.unlink, id="removed"),
        pytest.param(lambda path: (path.unlink(), path.mkdir()), id="a_directory_in_its_place"),
        pytest.param(lambda path: (path.unlink(), path.symlink_to("other")), id="a_link_in_its_place"),
        pytest.param(lambda path: (path.unlink(), path.symlink_to(path)), id="a_loop_in_its_place"),
    ],
)
def test_changed_file_differs(change: Callable[[Path], object], tmp_path: Path) -> None:
    file, other = tmp_path / "a.go", tmp_path / "other"
    file.write_text("four")
    other.write_text("four")
    watched = _watched(file, other)
    assert differing(watched, 9) == []

    _wait(file)
    change(file)

    assert differing(watched, 9) == [str(file)]


def test_new_file_differs(tmp_path: Path) -> None:
    file, below = tmp_path / "a.go", tmp_path / "no" / "b.go"
    watched = _watched(file, below)
    assert watched == {str(file): None, str(below): None}
    assert differing(watched, 9) == []

    file.touch()

    assert differing(watched, 9) == [str(file)]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda folder: (folder / "new").touch(), id="new_file"),
        pytest.param(lambda folder: (folder / "a").unlink(), id="removed_file"),
        pytest.param(lambda folder: (folder / "a").rename(folder / "b"), id="renamed_file"),
        pytest.param(lambda folder: (folder / "new").mkdir(), id="new_directory"),
    ],
)
def test_changed_names_make_a_directory_differ(change: Callable[[Path], object], tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a").touch()
    watched = _watched(folder)

    _wait(folder)
    change(folder)

    assert differing(watched, 9) == [str(folder)]


def test_target_of_a_link_counts(tmp_path: Path) -> None:
    (tmp_path / "one").write_text("1")
    (tmp_path / "two").write_text("2")
    link = tmp_path / "link"
    link.symlink_to("one")
    watched = _watched(link)

    link.unlink()
    link.symlink_to("two")

    assert differing(watched, 9) == [str(link)]


def test_too_many_differences_are_not_listed(tmp_path: Path) -> None:
    files = [tmp_path / str(number) for number in range(4)]
    watched = _watched(*files)
    for each in files:
        each.touch()

    assert differing(watched, 4) == [str(each) for each in files]
    assert differing(watched, 3) is None


@pytest.mark.parametrize("path", ["a\0b", "x" * 5000, ""])
def test_path_that_no_system_accepts_is_missing(path: str) -> None:
    watched = watch([path], time.time_ns())

    assert watched == {path: None}
    assert differing(watched, 9) == []


@pytest.mark.parametrize(
    ("modified", "changed", "kept"),
    [
        pytest.param(-SECOND_NS + 7, -SECOND_NS + 7, True, id="long_before"),
        pytest.param(-21_000_001, -21_000_001, True, id="a_little_before"),
        pytest.param(-19_999_999, -19_999_999, False, id="just_before"),
        pytest.param(1, 1, False, id="during_the_run"),
        pytest.param(-SECOND_NS + 7, 1, False, id="during_the_run_with_an_old_time"),
        pytest.param(LATER_NS, -SECOND_NS + 7, False, id="a_time_to_come"),
        pytest.param(-SECOND_NS, -SECOND_NS, False, id="whole_seconds"),
        pytest.param(-2 * SECOND_NS, -2 * SECOND_NS, True, id="whole_seconds_long_before"),
        pytest.param(-SECOND_NS, -SECOND_NS + 7, True, id="whole_second_set_by_hand"),
    ],
)
def test_file_that_may_change_unseen_is_not_watched(
    modified: int, changed: int, kept: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Times are those of a file, relative to the start of the run; systems with whole seconds are rare."""
    start = 1_700_000_000 * SECOND_NS
    found: State = (start + modified, start + changed, 1, 1)
    monkeypatch.setattr(watching, "state", lambda _: found)

    path = str(tmp_path / "a")
    Path(path).touch()
    assert watch([path], start) == ({path: found} if kept else None)


def test_file_that_changed_shortly_before_is_not_watched(tmp_path: Path) -> None:
    (tmp_path / "a").touch()

    assert watch([str(tmp_path / "a")], time.time_ns()) is None


@pytest.mark.parametrize("gone", ["folder/file", "folder"])
def test_file_that_vanished_during_the_run_is_not_watched(gone: str, tmp_path: Path) -> None:
    """The run may have read it, and later it is missing all the same."""
    path = tmp_path / "folder" / "file"
    path.parent.mkdir()
    path.touch()
    time.sleep(0.05)
    start = time.time_ns()
    missing = [str(tmp_path / "folder" / name) for name in ("none", "no/ne")]
    assert watch(missing, start) == dict.fromkeys(missing)
    shutil.rmtree(tmp_path / gone) if gone == "folder" else (tmp_path / gone).unlink()

    assert watch([str(path)], start) is None
    assert watch([str(path)], start, absent([str(path)])) == {str(path): None}, "it was not there before"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pipes in directories")
def test_pipe_has_a_state(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    assert state(str(tmp_path / "pipe")) is not None


def test_new_link_to_an_old_directory_is_a_change(tmp_path: Path) -> None:
    """The run may have seen nothing there: the times of the directory say nothing about the link."""
    (tmp_path / "old").mkdir()
    os.utime(tmp_path / "old", ns=(10**9, 10**9))
    old = (tmp_path / "old").stat().st_ctime_ns
    time.sleep(0.05)
    start = time.time_ns()
    assert start > old + TICK_NS
    paths = [str(tmp_path / name) for name in ("old", "link")]
    assert watch(paths, start) is not None
    (tmp_path / "link").symlink_to("old")
    assert watch(paths, start) is None
