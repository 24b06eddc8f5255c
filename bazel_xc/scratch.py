"""The temporary folder of a run while it writes: new contents, and links to the old files.

Comes in: the workspace root. Goes out: a folder ``.bazel-xc-PID-N`` in it; folders of dead runs are removed.
The folder is in the root, because renaming from there works for any directory: it is usually the same file
system. ``.git`` may be elsewhere (in a worktree) or missing (in an export). Even if a run is killed, no tool
takes its files for sources: an empty BUILD.bazel makes it a Bazel package, so no ``glob(["**"])`` looks into
it; its name starts with a dot, so go ignores it; ``buildfile`` ignores it; .gitignore hides it from git. It
does not know the purpose of the files.
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
except ImportError:  # pragma: no cover - a system without it keeps folders of killed runs
    fcntl = None  # type: ignore[assignment]

_OURS = re.compile(re.escape(SCRATCH) + r"([0-9]+)-[0-9]+")
_LOCK = "BUILD.bazel"
_KEPT = "kept-"


class Scratch:
    """One folder, locked while it is used, so that no other run removes it."""

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
        """Renames the folder so that no later run removes it: it has the only copy of a user's file."""
        parent, _, name = self.path.rpartition("/")
        kept = f"{parent}/{SCRATCH}{_KEPT}{name.removeprefix(SCRATCH)}"
        with suppress(OSError):
            os.rename(self.path, kept)  # noqa: PTH104 - below pathlib, as in all of this module
            self.path = kept

    def remove(self, *files: str) -> None:
        """Removes the files of these names and the folder; a file that cannot be removed is left for a later
        run.
        """
        for name in (*files, ".gitignore", _LOCK):
            with suppress(OSError):
                os.unlink(f"{self.path}/{name}")  # noqa: PTH108
        with suppress(OSError):
            os.rmdir(self.path)  # noqa: PTH106
        self.release()

    def release(self) -> None:
        """Releases the lock."""
        if self._lock >= 0:
            with suppress(OSError):
                os.close(self._lock)
            self._lock = -1


def write_new(path: str, data: bytes, mode: int = 0o666) -> int:
    """Creates a file, which must not exist; returns its open handle. The umask reduces ``mode``."""
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
    if fcntl is None or os.name != "posix":  # pragma: no cover - the check would end that process
        return True
    if pid == os.getpid():  # an earlier run, as in a container that numbers every run alike; the lock decides
        return False
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True
    return True


def _remove_unlocked(path: str) -> None:
    """Removes a folder unless it is locked: a run in another container may have the same process id."""
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
    """Locks; raises ``BlockingIOError`` if another run has the lock. Not every file system has locks."""
    if fcntl is None:  # pragma: no cover
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise
    except OSError:
        return
