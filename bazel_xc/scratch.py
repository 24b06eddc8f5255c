"""The folder for what a run needs only while it writes: new contents, and links to the old ones.

Comes in: the workspace root. Goes out: a folder ``.bazel-xc-PID-N`` in it, and none that a dead run left. The
root is where renaming into any directory works, as a rule: it is the same file system, unlike ``.git``, which
lies elsewhere in a worktree and is not there at all in an export. Nobody takes the files in it for sources,
even where a run was killed: it is a Bazel package, by an empty BUILD.bazel, so that no ``glob(["**"])`` looks
into it; its name starts with a dot, so that go passes it by; ``buildfile`` leaves it out; .gitignore hides
it from git. It does not know what the files are for.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from itertools import count
from pathlib import Path

from bazel_xc.buildfile.workspace import SCRATCH

try:
    import fcntl
except ImportError:  # pragma: no cover - a system without it keeps what a killed run left
    fcntl = None  # type: ignore[assignment]

_OURS = re.compile(re.escape(SCRATCH) + r"([0-9]+)-[0-9]+")
_LOCK = "BUILD.bazel"
_KEPT = "kept-"


class Scratch:
    """One folder, locked while it is used, so that no other run takes it for a leftover."""

    def __init__(self, parent: str) -> None:
        self.path = _make_folder(parent)
        self._lock = -1
        try:
            self._lock = os.open(f"{self.path}/{_LOCK}", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
            _take(self._lock)
            os.close(write_new(f"{self.path}/.gitignore", b"*\n"))
        except BaseException:
            self.remove()
            raise

    def keep(self) -> None:
        """Gives the folder a name that no later run removes, as it has the only copy of somebody's text."""
        parent, _, name = self.path.rpartition("/")
        kept = f"{parent}/{SCRATCH}{_KEPT}{name.removeprefix(SCRATCH)}"
        with suppress(OSError):
            os.rename(self.path, kept)  # noqa: PTH104 - the layer below pathlib, as all of this module
            self.path = kept

    def remove(self, *files: str) -> None:
        """Removes the files of these names and the folder; what cannot be removed stays for a later run."""
        for name in (*files, ".gitignore", _LOCK):
            with suppress(OSError):
                os.unlink(f"{self.path}/{name}")  # noqa: PTH108
        with suppress(OSError):
            os.rmdir(self.path)  # noqa: PTH106
        self.release()

    def release(self) -> None:
        """Gives the lock up."""
        if self._lock >= 0:
            with suppress(OSError):
                os.close(self._lock)
            self._lock = -1


def write_new(path: str, data: bytes, mode: int = 0o666) -> int:
    """Makes a file, which must not exist; gives its handle, open. ``mode`` is less the umask."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        left = memoryview(data)
        while left:
            left = left[os.write(handle, left) :]
    except BaseException:
        os.close(handle)
        raise
    return handle


def remove_leftovers(root: Path | str) -> None:
    """Removes the folders in ``root`` whose runs are dead."""
    ours: list[os.DirEntry[str]] = []
    with suppress(OSError), os.scandir(root) as found:
        ours = [entry for entry in found if entry.name.startswith(SCRATCH)]
    for entry in ours:
        named = _OURS.fullmatch(entry.name)
        with suppress(OSError):
            if named and entry.is_dir(follow_symlinks=False) and not _is_alive(int(named[1])):
                _remove_unlocked(entry.path)


def _make_folder(parent: str) -> str:
    for number in count():
        path = f"{parent}/{SCRATCH}{os.getpid()}-{number}"
        with suppress(FileExistsError):
            os.mkdir(path)  # noqa: PTH102
            return path
    raise AssertionError


def _is_alive(pid: int) -> bool:
    if fcntl is None or os.name != "posix":  # pragma: no cover - there, asking would end the process
        return True
    if pid == os.getpid():  # of a run before, as in a container that numbers every run alike: its lock tells
        return False
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True
    return True


def _remove_unlocked(path: str) -> None:
    """Removes a folder unless somebody holds its lock: a run in another container has a number of its own."""
    try:
        lock = os.open(f"{path}/{_LOCK}", os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        lock = -1
    try:
        if lock >= 0:
            _take(lock)
        _empty(path)
    except BlockingIOError:
        return
    finally:
        if lock >= 0:
            os.close(lock)


def _empty(path: str) -> None:
    with os.scandir(path) as found:
        names = [entry.name for entry in found]
    for name in sorted(names, key=_LOCK.__eq__):
        os.unlink(f"{path}/{name}")  # noqa: PTH108
    os.rmdir(path)  # noqa: PTH106


def _take(handle: int) -> None:
    """Locks; raises ``BlockingIOError`` where somebody has the lock. Not every file system has locks."""
    if fcntl is None:  # pragma: no cover
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise
    except OSError:
        return
