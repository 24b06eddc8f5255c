"""Writing where something goes wrong: each system call fails in turn, signals come, the process is killed."""

from __future__ import annotations

import errno
import os
import random
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from attrs import define

from bazel_xc import scratch, write
from bazel_xc.buildfile.workspace import SCRATCH, read_workspace
from bazel_xc.errors import BazelXcError, InterruptedRunError, WriteError
from bazel_xc.model import FileChange
from bazel_xc.scratch import remove_leftovers
from bazel_xc.signals import SIGNALS
from bazel_xc.write import write_files

# Every function of os that writing calls by itself.
CALLS = frozenset(
    "access chmod close fstat link lstat mkdir open rename replace rmdir scandir stat unlink utime "
    "write".split()
)
MODES = {"changed": 0o755, "gone": 0o700, "last": 0o640}
CHANGES = (
    FileChange("changed", b"1\n", b"2\n"),
    FileChange("gone", b"3\n", None),
    FileChange("last", b"4\n", b"5\n"),
    FileChange("made/below/new", None, b"6\n"),
    FileChange("new", None, b"7\n"),
)
KILLS = 20

Act = Callable[[int, Callable[..., Any]], Callable[..., Any]]

# Path, bytes and mode of all files, and all directories.
Tree = tuple[dict[str, tuple[bytes, int]], set[str]]


@define
class Calls:
    """Stands in for the module ``os``; ``act`` comes in place of a call and gets its number and the call."""

    act: Act
    count: int = 0

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - stands for all of a module
        real = getattr(os, name)
        if name not in CALLS:
            return real

        def call(*args: Any, **keywords: Any) -> Any:  # noqa: ANN401
            self.count += 1
            return self.act(self.count, real)(*args, **keywords)

        return call


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make(tmp_path / "w")


def make(root: Path) -> Path:
    root.mkdir()
    for change in CHANGES:
        if change.old is not None:
            (root / change.path).write_bytes(change.old)
            (root / change.path).chmod(MODES[change.path])
            os.utime(root / change.path, ns=(1, 1_000_000_001))
    return root


def tree(root: Path) -> Tree:
    paths = [path for path in root.rglob("*") if SCRATCH not in str(path)]
    files = {path for path in paths if path.is_file()}
    return (
        {
            str(path.relative_to(root)): (path.read_bytes(), stat.S_IMODE(path.stat().st_mode))
            for path in files
        },
        {str(path.relative_to(root)) for path in paths if path.is_dir()},
    )


def old() -> Tree:
    return {each.path: (each.old, MODES[each.path]) for each in CHANGES if each.old is not None}, set()


def new() -> Tree:
    umask = os.umask(0)
    os.umask(umask)
    files = {
        each.path: (each.new, MODES.get(each.path, 0o666 & ~umask))
        for each in CHANGES
        if each.new is not None
    }
    return files, {"made", "made/below"}


def leftovers(root: Path) -> list[str]:
    return [path.name for path in root.iterdir() if path.name.startswith(SCRATCH)]


def number_of_calls(folder: Path, patch: pytest.MonkeyPatch) -> int:
    return run(make(folder), patch, lambda _, real: real)


def run(root: Path, patch: pytest.MonkeyPatch, act: Act) -> int:
    calls = Calls(act)
    with patch.context() as inner:
        inner.setattr(write, "os", calls)
        inner.setattr(scratch, "os", calls)
        write_files(root, CHANGES)
    return calls.count


def at_call(wanted: int, happens: Callable[[Callable[..., Any]], Callable[..., Any]]) -> Act:
    """Something happens at one call: it gives what is called then."""
    return lambda number, real: happens(real) if number == wanted else real


def refused(code: int) -> Callable[..., Any]:
    def fail(*_: object, **__: object) -> None:
        raise OSError(code, os.strerror(code))

    return fail


def outcome(root: Path, patch: pytest.MonkeyPatch, act: Act) -> BazelXcError | None:
    try:
        run(root, patch, act)
    except BazelXcError as e:
        return e
    return None


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EPERM, errno.EXDEV], ids=errno.errorcode.get)
def test_each_call_fails_in_turn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    """All files are the old ones, with modes and times, and that is said; or all are the new ones."""
    total = number_of_calls(tmp_path / "count", monkeypatch)
    outcomes = set()
    for at in range(1, total + 1):
        root = make(tmp_path / str(at))
        error = outcome(root, monkeypatch, at_call(at, lambda _: refused(code)))
        outcomes.add(type(error))
        assert tree(root) == (old() if error else new())
        assert len(leftovers(root)) <= 1
        if error:
            assert str(error).endswith("; nothing was changed")
            assert str(error).split(": ")[0] in {change.path for change in CHANGES}
            assert (root / "changed").stat().st_mtime_ns == 1_000_000_001
    assert outcomes == {WriteError, type(None)}
    assert total > 50


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_at_each_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """It does not end the run in the middle; what is said of the files is true."""

    def signalled(real: Callable[..., Any]) -> Callable[..., Any]:
        signal.raise_signal(number)
        return real

    total = number_of_calls(tmp_path / "count", monkeypatch)
    outcomes = set()
    former = signal.signal(number, signal.default_int_handler)
    try:
        for at in range(1, total + 1):
            root = make(tmp_path / str(at))
            error = outcome(root, monkeypatch, at_call(at, signalled))
            outcomes.add(str(error))
            assert isinstance(error, InterruptedRunError)
            assert error.number == number
            assert tree(root) == (old() if "nothing" in str(error) else new())
            assert leftovers(root) == []
        assert signal.getsignal(number) is signal.default_int_handler
    finally:
        signal.signal(number, former)
    assert outcomes == {"interrupted; nothing was changed", "interrupted after all files were written"}


def test_an_ignored_signal_stays_ignored(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As under nohup."""
    former = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:

        def hang_up(_: int, real: Callable[..., Any]) -> Callable[..., Any]:
            signal.raise_signal(signal.SIGHUP)
            return real

        run(root, monkeypatch, hang_up)
    finally:
        signal.signal(signal.SIGHUP, former)
    assert tree(root) == new()


def test_another_thread_writes_without_signals(root: Path) -> None:
    thread = threading.Thread(target=write_files, args=(root, CHANGES))
    thread.start()
    thread.join()
    assert tree(root) == new()


KILLED = """
import os, signal, sys
from pathlib import Path
import test_write_faults as faults
from bazel_xc import scratch, write

def act(number, real):
    if number == int(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)
    return real

scratch.os = write.os = faults.Calls(act)
write.write_files(Path(sys.argv[1]), faults.CHANGES)
"""


def test_a_killed_run_leaves_whole_files_and_the_next_one_mends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each file is the old or the new one; nobody sees the temporary ones; the next run removes them."""
    total = number_of_calls(tmp_path / "count", monkeypatch)
    left = 0
    for at in random.Random(20).sample(range(1, total + 1), KILLS):
        root = make(tmp_path / str(at))
        command = [sys.executable, "-c", KILLED, str(root), str(at)]
        search = os.pathsep.join([str(Path(__file__).parent), *sys.path])
        done = subprocess.run(command, env=os.environ | {"PYTHONPATH": search}, check=False)
        assert done.returncode == -signal.SIGKILL

        files, _ = tree(root)
        assert all(files[path] in (old()[0].get(path), new()[0].get(path)) for path in files)
        assert {"changed", "last"} <= set(files)
        assert all(SCRATCH not in each for each in read_workspace(root).directories)
        left += len(leftovers(root))
        write_files(root, _still_to_do(root))
        assert tree(root) == new()
        assert leftovers(root) == []
    assert left > KILLS / 2


def _still_to_do(root: Path) -> list[FileChange]:
    current = {path: data for path, (data, _) in tree(root)[0].items()}
    return [FileChange(each.path, current.get(each.path), each.new) for each in CHANGES]


@pytest.mark.parametrize("code", [errno.EPERM, errno.ENOTSUP], ids=errno.errorcode.get)
def test_a_file_system_without_hard_links(root: Path, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    """Old files are copied and a new name is claimed first; a failure is undone all the same."""

    def without_links(_: int, real: Callable[..., Any]) -> Callable[..., Any]:
        return refused(code) if real is os.link else real

    def failing_at_the_end(_: int, real: Callable[..., Any]) -> Callable[..., Any]:
        def replace(source: str, target: str) -> None:
            if target == str(root / "new"):
                raise OSError(errno.EIO, "Input/output error")
            os.replace(source, target)  # noqa: PTH105

        return replace if real is os.replace else without_links(0, real)

    with pytest.raises(
        WriteError, match=r"^new: cannot be written \(Input/output error\); nothing was changed$"
    ):
        run(root, monkeypatch, failing_at_the_end)
    assert tree(root) == old()
    assert (root / "changed").stat().st_mtime_ns == 1_000_000_001
    run(root, monkeypatch, without_links)
    assert tree(root) == new()
    assert leftovers(root) == []


@pytest.mark.parametrize("path", ["last", "new"])
@pytest.mark.parametrize("links", [True, False])
def test_what_changes_while_files_are_moved_is_not_overwritten(
    root: Path, monkeypatch: pytest.MonkeyPatch, path: str, links: bool
) -> None:
    def meddle(_: int, real: Callable[..., Any]) -> Callable[..., Any]:
        if real is os.replace:  # the first one: everything is prepared by now
            (root / path).write_bytes(b"theirs\n")
        return refused(errno.EPERM) if real is os.link and not links else real

    with pytest.raises(
        WriteError, match=f"^{path}: changed while bazel-xc ran; nothing was changed; run again$"
    ):
        run(root, monkeypatch, meddle)
    files, _ = tree(root)
    assert files.pop(path)[0] == b"theirs\n"
    assert files == {each: value for each, value in old()[0].items() if each != path}


def test_the_file_that_failed_is_named(root: Path) -> None:
    """Not the first one, in whatever phase it is."""
    (root / "made").write_bytes(b"no directory")
    with pytest.raises(WriteError, match=r"^made/below/new: cannot be written \(Not a directory\); nothing"):
        write_files(root, CHANGES)
    assert tree(root)[0] == old()[0] | {"made": tree(root)[0]["made"]}


def test_what_cannot_be_put_back_is_named_and_kept(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def break_off(_: int, real: Callable[..., Any]) -> Callable[..., Any]:
        def replace(source: str, target: str) -> None:
            if source.endswith(".old") or target.endswith("last"):
                raise OSError(errno.EIO, "Input/output error")
            os.replace(source, target)  # noqa: PTH105

        return replace if real is os.replace else real

    with pytest.raises(WriteError, match=r"^last: cannot be written") as caught:
        run(root, monkeypatch, break_off)

    (kept,) = leftovers(root)
    said = f"could not be put back: gone (it was {root}/{kept}/2.old), changed (it was {root}/{kept}/1.old)"
    assert str(caught.value).endswith(said)
    assert [(root / kept / name).read_bytes() for name in ("1.old", "2.old")] == [b"1\n", b"3\n"]
    remove_leftovers(root)
    assert leftovers(root) == [kept]


def test_a_run_that_lives_keeps_its_folder(root: Path) -> None:
    """Its number is one of another container's, but its lock is taken."""
    alive = scratch.Scratch(str(root))
    strange = root / f"{SCRATCH}999999999-0"
    (root / leftovers(root)[0]).rename(strange)

    remove_leftovers(root)
    assert leftovers(root) == [strange.name]
    alive.release()
    remove_leftovers(root)
    assert leftovers(root) == []


def test_a_folder_that_is_not_ours_is_left_alone(root: Path) -> None:
    for name in (f"{SCRATCH}notes", f"{SCRATCH}999999999-0-x", f"{SCRATCH}999999999-1"):
        (root / name / "more").mkdir(parents=True)
    (root / f"{SCRATCH}999999999-2").symlink_to(root)
    remove_leftovers(root)
    assert tree(root) == old()
    assert len(leftovers(root)) == 4


def test_nobody_takes_the_folder_for_sources(root: Path) -> None:
    folder = Path(scratch.Scratch(str(root)).path)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
        "BUILD.bazel": b"",
        ".gitignore": b"*\n",
    }


@pytest.mark.parametrize(
    ("path", "said"),
    [
        pytest.param("../x", "lies outside the workspace", id="above"),
        pytest.param(
            "out/x", "is reached through a link that leaves the workspace, to {outside}", id="folder"
        ),
        pytest.param(
            "out/deep/x", "is reached through a link that leaves the workspace, to {outside}", id="deep"
        ),
        pytest.param(
            "link", "is reached through a link that leaves the workspace, to {outside}/file", id="link"
        ),
        pytest.param("dangling", "is a broken link", id="dangling"),
        pytest.param("fifo", "is not a regular file", id="fifo"),
        pytest.param("folder", "is not a regular file", id="directory"),
    ],
)
def test_refused_targets(tmp_path: Path, root: Path, path: str, said: str) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "file").write_bytes(b"theirs\n")
    (root / "out").symlink_to(outside)
    (root / "link").symlink_to(outside / "file")
    (root / "dangling").symlink_to("nothing")
    (root / "folder").mkdir()
    os.mkfifo(root / "fifo")
    before = (tree(root), tree(outside))

    for content in (None, b"theirs\n"):
        with pytest.raises(WriteError) as caught:
            write_files(root, [FileChange("a/b", None, b"x"), FileChange(path, content, b"new")])
        assert str(caught.value).startswith(f"{path}: {said.format(outside=outside)}; nothing was changed")
        assert "\n" not in str(caught.value)
    assert (tree(root), tree(outside)) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["outside", "w"]


def test_links_within_the_workspace_are_followed(root: Path) -> None:
    (root / "real").mkdir()
    (root / "link").symlink_to("real")
    (root / "absolute").symlink_to(root / "last")
    write_files(root, [FileChange("link/x", None, b"x"), FileChange("absolute", b"4\n", b"5\n")])
    assert ((root / "real/x").read_bytes(), (root / "last").read_bytes()) == (b"x", b"5\n")
    assert (root / "absolute").is_symlink()
