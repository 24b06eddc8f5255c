"""Changes the disk: all files or, if a run fails or is interrupted, none.

Comes in: the new bytes for each path, and the bytes that were read. Goes out: files.
Files that already have the new bytes are not touched, nor is anything outside the workspace. It does not know
the meaning of the files.

First every new content is written into the folder of ``scratch``, beside a hard link to each file that will
change. Then each is moved into place in one step, so that a file is old or new even if the run is killed. A
file is only replaced if it still is the file that was read. If one cannot be moved, all files before it are
moved back, with their modes and times. Signals only set a flag, which is checked between files.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from attrs import define

from bazel_xc.errors import InterruptedRunError, WriteError
from bazel_xc.model import FileChange
from bazel_xc.scratch import Scratch, remove_leftovers, write_new
from bazel_xc.signals import NotedSignal, noted_signals

# The errors of file systems without hard links, or that refuse this one.
_NO_LINKS = frozenset(
    {errno.EPERM, errno.EACCES, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}
)

# The identity and state of a file: inode, time of change, size.
_Identity = tuple[int, int, int]


class _RefusedError(Exception):
    """A file is not written. ``advice`` follows the sentence about what was changed."""

    def __init__(self, reason: str, advice: str = "") -> None:
        super().__init__(reason)
        self.advice = advice


class _StoppedError(Exception):
    """A signal arrived."""


@define(kw_only=True, eq=False)
class _Step:
    """One file, ready to be moved.

    ``staged`` and ``backup`` are names in ``scratch``, empty for a deleted or new file; ``seen`` is the file
    that was read and ``made`` its replacement.
    """

    path: str
    target: str
    scratch: Scratch
    staged: str = ""
    backup: str = ""
    seen: _Identity | None = None
    made: _Identity | None = None

    def at(self, name: str) -> str:
        """The path of a name in ``scratch``."""
        return f"{self.scratch.path}/{name}"


_Item = TypeVar("_Item", FileChange, _Step)


def write_files(root: Path, changes: Iterable[FileChange]) -> tuple[str, ...]:
    """Writes the changed files and returns their paths, sorted.

    Raises ``WriteError``, also if a file was changed by another program since it was read or is outside the
    workspace, and ``InterruptedRunError`` if a signal arrived.
    """
    wanted = sorted(change for change in changes if change.is_change)
    with noted_signals() as seen:
        if wanted:
            _WriteRun(root, seen).write_or_undo(wanted)
        else:
            remove_leftovers(root)
    if seen.number:
        what = " after all files were written" if wanted else "; nothing was changed"
        raise InterruptedRunError(f"interrupted{what}", seen.number)
    return tuple(change.path for change in wanted)


class _WriteRun:
    """The prepared and the finished steps of a run, so that it can be undone."""

    def __init__(self, root: Path, seen: NotedSignal) -> None:
        self._root = os.path.realpath(root)
        self._seen = seen
        self._at = ""
        self._folders = {"": self._root}
        self._made: list[str] = []
        self._steps: list[_Step] = []
        self._done: list[_Step] = []
        self._lost: list[_Step] = []
        self._scratches: dict[str, Scratch] = {}

    def write_or_undo(self, wanted: Iterable[FileChange]) -> None:
        """Writes all files, or restores all and raises."""
        try:
            self._write(wanted)
        except BaseException as e:
            error = self._give_up(e)
            raise error from (None if error is e else e)
        finally:
            self._clean()

    def _write(self, wanted: Iterable[FileChange]) -> None:
        """Prepares everything, then moves everything."""
        for change in self._each(wanted):
            self._prepare(change)
        for step in self._each(self._steps):
            self._done.append(step)  # before the move, so that every move is known
            try:
                self._move(step)
            except _RefusedError:  # it is another program's file now
                self._done.pop()
                raise

    def _give_up(self, cause: BaseException) -> BaseException:
        """Undoes everything; returns the exception to raise."""
        self._undo()
        what = "nothing was changed"
        if self._lost:
            for scratch in {id(step.scratch): step.scratch for step in self._lost}.values():
                scratch.keep()
            what = f"could not be put back: {', '.join(map(_kept, self._lost))}"
        if isinstance(cause, _StoppedError):
            return InterruptedRunError(f"interrupted; {what}", self._seen.number)
        if isinstance(cause, _RefusedError):
            return WriteError(f"{self._at}: {cause}; {what}{cause.advice}")
        if isinstance(cause, OSError):
            return WriteError(f"{self._at}: cannot be written ({cause.strerror}); {what}")
        return cause

    def _clean(self) -> None:
        """Removes the temporary files of this run, except those that could not be restored."""
        names: dict[int, list[str]] = {id(scratch): [] for scratch in self._scratches.values()}
        for step in self._steps:
            names[id(step.scratch)] += [name for name in (step.staged, step.backup) if name]
        kept = {id(step.scratch) for step in self._lost}
        for scratch in self._scratches.values():
            if id(scratch) in kept:
                scratch.release()
            else:
                scratch.remove(*names[id(scratch)])

    def _each(self, items: Iterable[_Item]) -> Iterator[_Item]:
        """The items, until a signal arrives; the current one is known meanwhile."""
        for item in items:
            if self._seen.number:
                raise _StoppedError
            self._at = item.path
            yield item

    def _prepare(self, change: FileChange) -> None:
        target, mode = self._target(change.path)
        if (mode is None) != (change.old is None):
            raise _changed()
        step = _Step(path=change.path, target=target, scratch=self._scratch_for(target))
        self._steps.append(step)
        number = len(self._steps)
        if change.old is not None:
            self._back_up(step, f"{number}.old", change.old)
        if change.new is not None:
            self._stage(step, f"{number}.new", change.new, mode)

    def _target(self, path: str) -> tuple[str, int | None]:
        """The path for the bytes, and the mode of an existing file. A link is written through."""
        if path.startswith("/") or ".." in path.split("/"):
            raise _RefusedError("lies outside the workspace")
        folder, _, name = path.rpartition("/")
        target = f"{self._folder(folder)}/{name}"
        try:
            mode = os.lstat(target).st_mode
        except FileNotFoundError:
            return target, None
        if stat.S_ISLNK(mode):
            target = self._inside(target)
            mode = _mode_of_linked(target)
        if not stat.S_ISREG(mode):
            raise _RefusedError("is not a regular file", "; move it out of the way")
        return target, stat.S_IMODE(mode)

    def _folder(self, path: str) -> str:
        """The real path of a directory of the workspace, which is made if it is missing."""
        if path not in self._folders:
            above, _, name = path.rpartition("/")
            place = f"{self._folder(above)}/{name}"
            try:
                linked = stat.S_ISLNK(os.lstat(place).st_mode)
            except FileNotFoundError:
                linked = False
                self._make(place)
            self._folders[path] = self._inside(place) if linked else place
        return self._folders[path]

    def _make(self, folder: str) -> None:
        self._made.append(folder)
        try:
            os.mkdir(folder)  # noqa: PTH102
        except FileExistsError:  # another program made it, so it is not ours to remove
            self._made.remove(folder)

    def _inside(self, link: str) -> str:
        """The target of a link; raises if it is not in the workspace."""
        real = os.path.realpath(link)
        if not f"{real}/".startswith(f"{self._root.rstrip('/')}/"):
            raise _RefusedError(f"is reached through a link that leaves the workspace, to {real}")
        return real

    def _scratch(self, beside: str = "") -> Scratch:
        """The folder in the root, or one beside a file that links and moves from the root cannot reach."""
        parent = beside.rpartition("/")[0] if beside else self._root
        if parent not in self._scratches:
            remove_leftovers(parent)
            self._scratches[parent] = Scratch(parent)
        return self._scratches[parent]

    def _scratch_for(self, target: str) -> Scratch:
        try:
            return self._scratch()
        except PermissionError:
            return self._scratch(target)

    def _back_up(self, step: _Step, name: str, old: bytes) -> None:
        if not os.access(step.target, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        step.backup = name
        try:
            self._link(step, step.target, name)
        except OSError as e:
            if e.errno not in _NO_LINKS:
                raise
            data, step.seen = _copy(step.target, step.at(name))
        else:
            data, step.seen = _read(step.at(name))
        if data != old:
            raise _changed()

    def _link(self, step: _Step, source: str, name: str) -> None:
        try:
            os.link(source, step.at(name))
        except OSError as e:
            if e.errno != errno.EXDEV:
                raise
            step.scratch = self._scratch(step.target)
            os.link(source, step.at(name))

    def _stage(self, step: _Step, name: str, data: bytes, mode: int | None) -> None:
        step.staged = name
        handle = write_new(step.at(name), data, 0o666 if mode is None else mode)
        try:
            if mode is not None:  # without the umask
                os.chmod(step.at(name), mode)  # noqa: PTH101
            step.made = _identity(os.fstat(handle))
        finally:
            os.close(handle)

    def _move(self, step: _Step) -> None:
        if step.seen is None:
            self._place(step)
            return
        if _there(step.target) != step.seen:
            raise _changed()
        if step.staged:
            os.replace(step.at(step.staged), step.target)  # noqa: PTH105
        else:
            os.unlink(step.target)  # noqa: PTH108

    def _place(self, step: _Step) -> None:
        """Puts a new file in place, unless there is one by now."""
        try:
            os.link(step.at(step.staged), step.target)
        except FileExistsError:
            raise _changed() from None
        except OSError as e:
            if e.errno == errno.EXDEV:
                self._place_across(step)
            elif e.errno in _NO_LINKS:
                _claim(step)
            else:
                raise

    def _place_across(self, step: _Step) -> None:
        """Places it from a folder on the same file system as the target, which the root is not on."""
        near = self._scratch(step.target)
        if near is step.scratch:
            raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))
        far = step.at(step.staged)
        data, _ = _read(far)
        os.unlink(far)  # noqa: PTH108
        step.scratch = near
        self._stage(step, step.staged, data, None)
        self._place(step)

    def _undo(self) -> None:
        for step in reversed(self._done):
            try:
                _put_back(step)
            except (OSError, _RefusedError):
                self._lost.append(step)
        for folder in reversed(self._made):
            with suppress(OSError):  # a file is in it, or it was never made
                os.rmdir(folder)  # noqa: PTH106


def _mode_of_linked(target: str) -> int:
    try:
        return os.lstat(target).st_mode
    except FileNotFoundError:
        raise _RefusedError("is a broken link", "; remove the link") from None


def _put_back(step: _Step) -> None:
    """Undoes one move, if it was made. Raises if the file is not ours any more, or cannot be moved."""
    now = _there(step.target)
    if now == step.seen:
        return
    if now != step.made:
        raise _changed()
    if step.backup:
        os.replace(step.at(step.backup), step.target)  # noqa: PTH105
    else:
        os.unlink(step.target)  # noqa: PTH108


def _claim(step: _Step) -> None:
    """Puts a new file in place without a link: an empty file takes the name, if it is free."""
    try:
        handle = os.open(step.target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    except FileExistsError:
        raise _changed() from None
    try:
        os.close(handle)
        os.replace(step.at(step.staged), step.target)  # noqa: PTH105
    except BaseException:
        os.unlink(step.target)  # noqa: PTH108
        raise


def _kept(step: _Step) -> str:
    return f"{step.path} (it was {step.at(step.backup)})" if step.backup else step.path


def _changed() -> _RefusedError:
    return _RefusedError("changed while bazel-xc ran", "; run again")


def _there(path: str) -> _Identity | None:
    try:
        return _identity(os.lstat(path))
    except FileNotFoundError:
        return None


def _identity(found: os.stat_result) -> _Identity:
    return found.st_ino, found.st_mtime_ns, found.st_size


def _read(path: str) -> tuple[bytes, _Identity]:
    with open(path, "rb") as file:  # noqa: PTH123
        return file.read(), _identity(os.fstat(file.fileno()))


def _copy(source: str, target: str) -> tuple[bytes, _Identity]:
    """Copies a file with its mode and times; returns its bytes."""
    data, identity = _read(source)
    found = os.stat(source)  # noqa: PTH116
    os.close(write_new(target, data))
    os.chmod(target, stat.S_IMODE(found.st_mode))  # noqa: PTH101
    os.utime(target, ns=(found.st_atime_ns, found.st_mtime_ns))
    return data, identity
