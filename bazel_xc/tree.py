"""A tree of files: every byte of the workspace, or of a module, that is read comes through here.

Comes in: paths from the root of the tree, with slashes; absolute ones, such as go's, lead out of it. Goes
out: bytes and entries of directories, or an ``OSError`` with the reason. Links are followed. A pipe would
block the run and a device may be endless, so neither is read. A file is read once and remembered; requested
paths are recorded. It does not know the meaning of the files.
"""

from __future__ import annotations

import enum
import errno
import io
import os
import stat
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import BinaryIO, Protocol, TypeVar

from attrs import define, field, frozen

from bazel_xc.errors import WorkspaceError

LIMIT = 64 << 20
# The number of bytes that are remembered: more than a workspace of a thousand packages has.
_KEPT = 64 << 20
# The number of bytes up to which Go files are remembered: a workspace of a few hundred packages has fewer.
_KEPT_OF_ONCE = 8 << 20
# Times of the last modification and of the last change of its inode in nanoseconds, inode, size.
FileState = tuple[int, int, int, int]
# Opening a pipe does not wait for a writer, and a terminal does not become ours.
_FLAGS = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_NONBLOCK", "O_NOCTTY", "O_BINARY"))


_T = TypeVar("_T")


class NotReadError(OSError):
    """A thing that is never read: not a regular file, or one that is too large."""


class EntryKind(enum.Enum):
    """The kind of a directory's entry. Links to directories and broken links are ``OTHER``."""

    FILE = enum.auto()
    FOLDER = enum.auto()
    PIPE = enum.auto()  # or a socket or a block device: go would wait for it
    DEVICE = enum.auto()
    OTHER = enum.auto()


@frozen
class Entry:
    """An entry of a directory."""

    name: str
    kind: EntryKind


class FactStore(Protocol):
    """Facts that an earlier run found in single files, by path, as it is spelled, and kind."""

    def get(self, path: str, kind: str, state: FileState) -> object | None:
        """The fact of a file in this state, None if it is not known."""

    def put(self, path: str, kind: str, state: FileState, fact: object) -> None:
        """Keeps a fact."""


class Tree(Protocol):
    """Files below a root."""

    @property
    def root(self) -> Path:
        """The root of the tree on disk."""

    def read(self, path: str) -> bytes:
        """The bytes of a regular file. Raises ``OSError``, or ``NotReadError`` for anything else."""

    def read_once(self, path: str) -> bytes:
        """As ``read``, for the many files that few readers ask for again: the bytes of a few MB of them are
        remembered, those of the others are read again if need be.
        """

    def fact(self, path: str, kind: str, find: Callable[[bytes], _T]) -> _T:
        """The result of ``find`` for the bytes of a file, which is not read if the result is known already.

        The result must depend on nothing else but the path; ``kind`` names the function. Raises as ``read``.
        """

    def open(self, path: str) -> BinaryIO:
        """The same as a stream, for files that are read in part."""

    def entries(self, path: str) -> list[Entry]:
        """The entries of a directory, in no order. Raises ``OSError``."""

    def is_file(self, path: str) -> bool:
        """Whether a regular file is there, or a link to one."""

    def at(self, root: Path) -> Tree:
        """Another tree, such as a module's, which shares the remembered files."""

    def forget(self, suffix: str) -> None:
        """Forgets the files of the tree with a suffix, once their facts are known."""


def find(tree: Tree, path: str) -> bytes | None:
    """The bytes of a file, None if there is none.

    Raises ``WorkspaceError`` if there is one that may not be read, because without it other files would be
    written wrong.
    """
    try:
        return tree.read(path)
    except (NotReadError, PermissionError) as e:
        raise WorkspaceError(f"{path}: cannot be read: {e.strerror}; {remedy(e)}") from None
    except (OSError, ValueError):  # a name that no file system accepts
        return None


def glance(tree: Tree, path: str) -> bytes | None:
    """The bytes of a file, None if there is none that can be read."""
    try:
        return tree.read(path)
    except (OSError, ValueError):
        return None


def remedy(error: OSError) -> str:
    """The remedy for a file that is not read."""
    return "move it out of the way" if isinstance(error, NotReadError) else "let it be read"


@define
class Record:
    """The files that were opened, with their remembered bytes, and the paths without a file.

    ``opened`` maps each file to its ``FileState`` when it was read; ``again`` are those that changed between
    two reads. ``asked`` are paths that could not be read, and those that only had to be there. Files whose
    ``facts`` were known count as opened.
    """

    facts: FactStore | None = None

    opened: dict[str, FileState] = field(factory=dict)
    again: set[str] = field(factory=set)
    asked: set[str] = field(factory=set)
    missing: set[str] = field(factory=set)
    kept: dict[str, bytes] = field(factory=dict)
    size: int = 0

    def note(self, path: str, state: FileState) -> None:
        """Remembers that a file is opened."""
        if self.opened.setdefault(path, state) != state:
            self.again.add(path)
            self.opened[path] = state

    def keep(self, path: str, data: bytes, room: int = _KEPT) -> None:
        """Remembers a file if there is room for so many bytes in all."""
        if self.size + len(data) <= room:
            self.kept[path] = data
            self.size += len(data)


@frozen
class DiskTree:
    """A tree on disk; each file is in the state of its first read."""

    root: Path
    record: Record = field(factory=Record, eq=False, repr=False)
    _base: str = field(init=False, eq=False, repr=False)

    @_base.default
    def _prefix(self) -> str:
        return str(self.root)

    def read(self, path: str) -> bytes:
        """See ``Tree.read``; a second read comes from memory."""
        return self._read(path, _KEPT)

    def read_once(self, path: str) -> bytes:
        """See ``Tree.read_once``."""
        return self._read(path, _KEPT_OF_ONCE)

    def _read(self, path: str, room: int) -> bytes:
        full = os.path.join(self._base, path)  # noqa: PTH118 - ten thousand files; a Path for each is slow
        known = self.record.kept.get(full)
        if known is not None:
            return known
        if full in self.record.missing:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), full)
        try:
            data, state = read_with_state(full)
        except FileNotFoundError:
            self.record.missing.add(full)
            raise
        except OSError:
            self.record.asked.add(full)
            raise
        self.record.note(full, state)
        self.record.keep(full, data, room)
        return data

    def fact(self, path: str, kind: str, find: Callable[[bytes], _T]) -> _T:
        """See ``Tree.fact``."""
        facts = self.record.facts
        if facts is None:
            return find(self.read_once(path))
        full = os.path.join(self._base, path)  # noqa: PTH118 - the spelling of ``read``
        try:
            state = _state(os.stat(full))  # noqa: PTH116 - as above
            known = facts.get(full, kind, state)
        except (OSError, ValueError):
            known = None
        if known is not None:
            self.record.note(full, state)
            return known  # type: ignore[return-value] # the kind belongs to the function
        found = find(self.read_once(path))
        if full not in self.record.again:
            facts.put(full, kind, self.record.opened[full], found)
        return found

    def open(self, path: str) -> BinaryIO:
        """See ``Tree.open``."""
        full = os.path.join(self._base, path)  # noqa: PTH118 - the spelling of ``read``
        stream = Path(full).open("rb")  # noqa: SIM115 - the caller closes it
        self.record.note(full, _state(os.fstat(stream.fileno())))
        return stream

    def entries(self, path: str) -> list[Entry]:
        """See ``Tree.entries``."""
        with os.scandir(self.root / path) as found:
            return [Entry(each.name, _kind(each)) for each in found]

    def is_file(self, path: str) -> bool:
        """See ``Tree.is_file``."""
        full = os.path.join(self._base, path)  # noqa: PTH118 - the spelling of ``read``
        self.record.asked.add(full)
        try:
            return Path(full).is_file()
        except (OSError, ValueError):
            return False

    def at(self, root: Path) -> DiskTree:
        """See ``Tree.at``."""
        return DiskTree(root, self.record)

    def forget(self, suffix: str) -> None:
        """See ``Tree.forget``."""
        start = os.path.join(self._base, "")  # noqa: PTH118 - as above
        kept = self.record.kept
        for path in [each for each in kept if each.startswith(start) and each.endswith(suffix)]:
            self.record.size -= len(kept.pop(path))


@frozen
class MemoryTree:
    """A tree of given files, by path."""

    files: Mapping[str, bytes]
    root: Path = Path("/memory")

    def read(self, path: str) -> bytes:
        """See ``Tree.read``."""
        data = self.files.get(path)
        if data is None:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
        return data

    def read_once(self, path: str) -> bytes:
        """See ``Tree.read_once``."""
        return self.read(path)

    def fact(self, path: str, kind: str, find: Callable[[bytes], _T]) -> _T:  # noqa: ARG002 - see ``Tree``
        """See ``Tree.fact``."""
        return find(self.read(path))

    def open(self, path: str) -> BinaryIO:
        """See ``Tree.open``."""
        return io.BytesIO(self.read(path))

    def entries(self, path: str) -> list[Entry]:
        """See ``Tree.entries``."""
        start = f"{path}/" if path else ""
        below = [each[len(start) :].split("/") for each in self.files if each.startswith(start)]
        if not below and path:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
        kinds = {parts[0]: EntryKind.FOLDER if parts[1:] else EntryKind.FILE for parts in below}
        return [Entry(name, kind) for name, kind in kinds.items()]

    def is_file(self, path: str) -> bool:
        """See ``Tree.is_file``."""
        return path in self.files

    def at(self, root: Path) -> MemoryTree:
        """The same files: a tree in memory has no neighbours."""
        return MemoryTree(self.files, root)

    def forget(self, suffix: str) -> None:
        """Does nothing, because the files could not be read again."""


def read_file(path: str | Path) -> bytes:
    """The bytes of a regular file. Raises ``OSError``, or ``NotReadError`` for anything else."""
    return read_with_state(path)[0]


def read_with_state(path: str | Path) -> tuple[bytes, FileState]:
    """The bytes of a regular file and its state before it was read. Raises as ``read_file``."""
    handle = os.open(path, _FLAGS)
    try:
        found = os.fstat(handle)
        if stat.S_ISDIR(found.st_mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        if not stat.S_ISREG(found.st_mode):
            raise NotReadError(errno.EINVAL, "not a regular file", str(path))
        return _bytes(handle, found.st_size, str(path)), _state(found)
    finally:
        os.close(handle)


def _state(found: os.stat_result) -> FileState:
    return found.st_mtime_ns, found.st_ctime_ns, found.st_ino, found.st_size


def _bytes(handle: int, size: int, path: str) -> bytes:
    """All bytes, even if the file is larger or smaller than ``size`` by now."""
    parts: list[bytes] = []
    total = 0
    while part := os.read(handle, min(max(size - total, 0), LIMIT) + 1):
        parts.append(part)
        total += len(part)
        if max(size, total) > LIMIT:
            raise NotReadError(errno.EFBIG, f"larger than {LIMIT >> 20} MB", path)
        if total == size:
            break  # the end, because one byte more was asked for
    return b"".join(parts)


def _kind(entry: os.DirEntry[str]) -> EntryKind:
    try:
        if entry.is_dir(follow_symlinks=False):
            return EntryKind.FOLDER
        if entry.is_file():
            return EntryKind.FILE
        mode = entry.stat().st_mode
    except OSError:  # a broken link
        return EntryKind.OTHER
    if stat.S_ISDIR(mode):
        return EntryKind.OTHER
    return EntryKind.DEVICE if stat.S_ISCHR(mode) else EntryKind.PIPE


def names_in(entries: Iterable[Entry], kind: EntryKind) -> list[str]:
    """The names of entries of a kind, sorted."""
    return sorted(each.name for each in entries if each.kind is kind)
