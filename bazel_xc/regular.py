"""The one place that decides which files are read: regular ones of bearable size.

Comes in: a path. Goes out: the bytes of the file, or an ``OSError`` that says why there are none. Links are
followed. A pipe would make the run wait for ever and a device may have no end, so neither is read. It does
not know what the files mean.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from bazel_xc.errors import WorkspaceError

LIMIT = 64 << 20
# Opening a pipe does not wait for a writer, and a terminal does not become ours.
_FLAGS = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_NONBLOCK", "O_NOCTTY", "O_BINARY"))


class NotReadError(OSError):
    """Something is there that is never read: no regular file, or one that is too large."""


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


def read_if_there(root: Path, path: str) -> bytes | None:
    """The bytes of a file of the workspace, None where there is none.

    Raises ``WorkspaceError`` where there is one that may not be read: to go on as if it were not there would
    make other files wrong.
    """
    try:
        return read_file(root / path)
    except (NotReadError, PermissionError) as e:
        raise WorkspaceError(f"{path}: cannot be read: {e.strerror}; {remedy(e)}") from None
    except (OSError, ValueError):  # a name that no file system takes
        return None


def remedy(error: OSError) -> str:
    """What to do about a file that is not read."""
    return "move it out of the way" if isinstance(error, NotReadError) else "let it be read"


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
