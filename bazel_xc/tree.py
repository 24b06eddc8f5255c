"""A tree of files: every byte of the workspace, or of a module, that is read comes through here.

Comes in: paths from the root of the tree, with slashes; absolute ones lead out of it, as those that go
reports. Goes out: bytes and entries of directories, or an ``OSError`` that says why there are none. Links are
followed. A pipe would make the run wait for ever and a device may have no end, so neither is read. What was
read is remembered, so that it is read once; what was asked for is on record. It does not know what the files
mean.
"""

from __future__ import annotations

import enum
import errno
import io
import os
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import BinaryIO, Protocol

from attrs import define, field, frozen

from bazel_xc.errors import WorkspaceError

LIMIT = 64 << 20
# How many bytes are remembered: more than a workspace of a thousand packages has.
_KEPT = 64 << 20
# Opening a pipe does not wait for a writer, and a terminal does not become ours.
_FLAGS = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_NONBLOCK", "O_NOCTTY", "O_BINARY"))


class NotReadError(OSError):
    """Something is there that is never read: no regular file, or one that is too large."""


class EntryKind(enum.Enum):
    """What an entry of a directory is. Links to directories and to nothing are ``OTHER``."""

    FILE = enum.auto()
    FOLDER = enum.auto()
    PIPE = enum.auto()  # or a socket or a disk: go would wait for it
    DEVICE = enum.auto()
    OTHER = enum.auto()


@frozen
class Entry:
    """An entry of a directory."""

    name: str
    kind: EntryKind


class Tree(Protocol):
    """Files below a root."""

    @property
    def root(self) -> Path:
        """Where the tree is."""

    def read(self, path: str) -> bytes:
        """The bytes of a regular file. Raises ``OSError``, ``NotReadError`` for anything else."""

    def open(self, path: str) -> BinaryIO:
        """The same as a stream, for files of which only a part is needed."""

    def entries(self, path: str) -> list[Entry]:
        """The entries of a directory, in no order. Raises ``OSError``."""

    def is_file(self, path: str) -> bool:
        """Whether a regular file is there, or a link to one."""

    def at(self, root: Path) -> Tree:
        """Another tree, such as that of a module, which shares what is remembered."""

    def forget(self, suffix: str) -> None:
        """Lets go of the files of the tree with an ending, whose facts are known by now."""


def find(tree: Tree, path: str) -> bytes | None:
    """The bytes of a file, None where there is none.

    Raises ``WorkspaceError`` where there is one that may not be read: to go on as if it were not there would
    make other files wrong.
    """
    try:
        return tree.read(path)
    except (NotReadError, PermissionError) as e:
        raise WorkspaceError(f"{path}: cannot be read: {e.strerror}; {remedy(e)}") from None
    except (OSError, ValueError):  # a name that no file system takes
        return None


def glance(tree: Tree, path: str) -> bytes | None:
    """The bytes of a file, None where there is none that can be read."""
    try:
        return tree.read(path)
    except (OSError, ValueError):
        return None


def remedy(error: OSError) -> str:
    """What to do about a file that is not read."""
    return "move it out of the way" if isinstance(error, NotReadError) else "let it be read"


@define
class Record:
    """The files that were opened, with what is remembered of them, and the paths where there is none."""

    opened: list[str] = field(factory=list)
    missing: set[str] = field(factory=set)
    kept: dict[str, bytes] = field(factory=dict)
    size: int = 0

    def keep(self, path: str, data: bytes) -> None:
        """Remembers a file as long as there is room."""
        if self.size + len(data) <= _KEPT:
            self.kept[path] = data
            self.size += len(data)


@frozen
class DiskTree:
    """A tree on disk, as it is when a file is first read."""

    root: Path
    record: Record = field(factory=Record, eq=False, repr=False)
    _base: str = field(init=False, eq=False, repr=False)

    @_base.default
    def _prefix(self) -> str:
        return str(self.root)

    def read(self, path: str) -> bytes:
        """As ``Tree.read``; a second time from memory."""
        full = os.path.join(self._base, path)  # noqa: PTH118 - ten thousand files; a Path for each is slow
        known = self.record.kept.get(full)
        if known is not None:
            return known
        if full in self.record.missing:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), full)
        try:
            data = read_file(full)
        except FileNotFoundError:
            self.record.missing.add(full)
            raise
        self.record.opened.append(full)
        self.record.keep(full, data)
        return data

    def open(self, path: str) -> BinaryIO:
        """As ``Tree.open``."""
        return (self.root / path).open("rb")

    def entries(self, path: str) -> list[Entry]:
        """As ``Tree.entries``."""
        with os.scandir(self.root / path) as found:
            return [Entry(each.name, _kind(each)) for each in found]

    def is_file(self, path: str) -> bool:
        """As ``Tree.is_file``."""
        try:
            return (self.root / path).is_file()
        except (OSError, ValueError):
            return False

    def at(self, root: Path) -> DiskTree:
        """As ``Tree.at``."""
        return DiskTree(root, self.record)

    def forget(self, suffix: str) -> None:
        """As ``Tree.forget``."""
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
        """As ``Tree.read``."""
        data = self.files.get(path)
        if data is None:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
        return data

    def open(self, path: str) -> BinaryIO:
        """As ``Tree.open``."""
        return io.BytesIO(self.read(path))

    def entries(self, path: str) -> list[Entry]:
        """As ``Tree.entries``."""
        start = f"{path}/" if path else ""
        below = [each[len(start) :].split("/") for each in self.files if each.startswith(start)]
        if not below and path:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
        kinds = {parts[0]: EntryKind.FOLDER if parts[1:] else EntryKind.FILE for parts in below}
        return [Entry(name, kind) for name, kind in kinds.items()]

    def is_file(self, path: str) -> bool:
        """As ``Tree.is_file``."""
        return path in self.files

    def at(self, root: Path) -> MemoryTree:
        """The same files: a tree in memory has no neighbours."""
        return MemoryTree(self.files, root)

    def forget(self, suffix: str) -> None:
        """Nothing: there is nowhere else to read them."""


def read_file(path: str | Path) -> bytes:
    """The bytes of a regular file. Raises ``OSError``, ``NotReadError`` for what is something else."""
    handle = os.open(path, _FLAGS)
    try:
        found = os.fstat(handle)
        if stat.S_ISDIR(found.st_mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        if not stat.S_ISREG(found.st_mode):
            raise NotReadError(errno.EINVAL, "no regular file", str(path))
        return _bytes(handle, found.st_size, str(path))
    finally:
        os.close(handle)


def _bytes(handle: int, size: int, path: str) -> bytes:
    """All bytes, though the size is only what was true a moment ago."""
    parts: list[bytes] = []
    total = 0
    while part := os.read(handle, min(max(size - total, 0), LIMIT) + 1):
        parts.append(part)
        total += len(part)
        if max(size, total) > LIMIT:
            raise NotReadError(errno.EFBIG, f"larger than {LIMIT >> 20} MB", path)
    return b"".join(parts)


def _kind(entry: os.DirEntry[str]) -> EntryKind:
    try:
        if entry.is_dir(follow_symlinks=False):
            return EntryKind.FOLDER
        if entry.is_file():
            return EntryKind.FILE
        mode = entry.stat().st_mode
    except OSError:  # a link to nothing
        return EntryKind.OTHER
    if stat.S_ISDIR(mode):
        return EntryKind.OTHER
    return EntryKind.DEVICE if stat.S_ISCHR(mode) else EntryKind.PIPE


def names_in(entries: Iterable[Entry], kind: EntryKind) -> list[str]:
    """The names of entries of a kind, sorted."""
    return sorted(each.name for each in entries if each.kind is kind)
