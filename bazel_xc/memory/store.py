"""Bytes under names in a folder, each in a file of its own with a checksum.

Comes in: a folder, names, bytes. Goes out: the same bytes, or None if there are none, if they are damaged, or
if another user wrote them. A file is replaced in one step, so several runs may share a folder. The oldest
files are removed when there are too many. An error of the disk is never an error of the run.
"""

from __future__ import annotations

import os
import sys
import zlib
from collections.abc import Mapping

LIMIT = 512 << 20
_MAGIC = b"bazel-xc memory 1\n"
_SUFFIX = ".kept"
_USED_AGAIN_NS = 3600 * 10**9  # the time of a file is refreshed once in an hour of use


def default_folder(environment: Mapping[str, str]) -> str:
    """``$BAZEL_XC_CACHE``, else ``bazel-xc`` in the user's cache directory; empty if there is none."""
    chosen = environment.get("BAZEL_XC_CACHE")
    if chosen:
        return chosen
    home = environment.get("HOME") or environment.get("USERPROFILE") or ""
    if sys.platform == "win32":
        base = environment.get("LOCALAPPDATA") or ""
    elif sys.platform == "darwin":
        base = f"{home}/Library/Caches" if home else ""
    else:
        base = environment.get("XDG_CACHE_HOME") or (f"{home}/.cache" if home else "")
    return os.path.join(base, "bazel-xc") if os.path.isabs(base) else ""  # noqa: PTH118, PTH117 - see __init__


def get(folder: str, name: str) -> bytes | None:
    """The bytes under a name."""
    path = _path(folder, name)
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - see __init__
            found = os.fstat(file.fileno())
            data = file.read() if _is_own(found) else b""
    except OSError:
        return None
    start = len(_MAGIC) + 4
    if data[: len(_MAGIC)] != _MAGIC or int.from_bytes(data[start - 4 : start], "big") != zlib.crc32(
        data[start:]
    ):
        return None
    _refresh(path, found)
    return data[start:]


def put(folder: str, name: str, data: bytes, limit: int = LIMIT, *, alone: bool = True) -> bool:
    """Keeps bytes under a name; False if they are too many or the disk refuses them.

    The caller trims the folder after several that are not kept ``alone``.
    """
    if not folder or len(data) > limit // 4:
        return False
    path = _path(folder, name)
    made = f"{path}.{os.getpid()}"
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)  # noqa: PTH103 - see __init__
        if not _is_own(os.stat(folder)):  # noqa: PTH116 - as above
            return False
        handle = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0), 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(_MAGIC + zlib.crc32(data).to_bytes(4, "big"))
            file.write(data)
        os.replace(made, path)  # noqa: PTH105 - as above
    except OSError:
        _remove(made)
        return False
    if alone:
        trim(folder, limit)
    return True


def trim(folder: str, limit: int = LIMIT) -> None:
    """Removes the files that were not used for the longest time until the rest is within the limit."""
    found = sorted(_files(folder))
    total = sum(each for _, each, _ in found)
    for _, length, path in found:
        if total <= limit:
            return
        total -= length
        _remove(path)


def size(folder: str) -> tuple[int, int]:
    """The number of files in a folder and their bytes."""
    found = _files(folder)
    return len(found), sum(each for _, each, _ in found)


def clear(folder: str) -> tuple[int, int]:
    """Removes all files of a folder; returns their number and bytes. Other files are left there."""
    found = [each for each in _files(folder) if _remove(each[2])]
    return len(found), sum(each for _, each, _ in found)


def _path(folder: str, name: str) -> str:
    return os.path.join(folder, name + _SUFFIX)  # noqa: PTH118 - see __init__


def _is_own(found: os.stat_result) -> bool:
    """Whether this user made a file and only this user may change it."""
    if sys.platform == "win32":
        return True
    return found.st_uid == os.geteuid() and not found.st_mode & 0o022


def _refresh(path: str, found: os.stat_result) -> None:
    """Marks a file as used, so that it is removed later than others."""
    from time import time_ns  # noqa: PLC0415 - see __init__

    if time_ns() - found.st_mtime_ns > _USED_AGAIN_NS:
        try:
            os.utime(path)
        except OSError:
            return


def _files(folder: str) -> list[tuple[int, int, str]]:
    """Time of use, size and path of each file, temporary ones of dead runs included."""
    found: list[tuple[int, int, str]] = []
    try:
        with os.scandir(folder) as entries:
            for each in entries:
                if _is_kept(each.name) and each.is_file(follow_symlinks=False):
                    state = each.stat(follow_symlinks=False)
                    found.append((state.st_mtime_ns, state.st_size, each.path))
    except OSError:
        return found
    return found


def _is_kept(name: str) -> bool:
    """Whether ``put`` makes files of such a name: in the end, or while it writes."""
    _, suffix, process = name.rpartition(_SUFFIX)
    return bool(suffix) and (not process or (process[:1] == "." and process[1:].isdigit()))


def _remove(path: str) -> bool:
    try:
        os.unlink(path)  # noqa: PTH108 - see __init__
    except OSError:
        return False
    return True
