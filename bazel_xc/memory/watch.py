"""The state of files and directories, so that a later run sees whether one changed.

Comes in: paths. Goes out: the state of each, and later the paths whose state is another one. The state is as
in git's index: times of change, inode and size; of a directory it covers the names in it. A change within one
tick of the clock keeps the times. So a run is not remembered if a file changed shortly before or during it.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Mapping, Set

State = tuple[int, int, int, int]
Watch = dict[str, State | None]

# Linux stamps files with the time of its last timer interrupt. Some file systems keep whole seconds only.
TICK_NS = 20_000_000
_COARSE_NS = 2_000_000_000
_COARSE_UNIT_NS = 1_000_000


def state_of(found: os.stat_result) -> State:
    """The part of a file's state that changes with its content."""
    return found.st_mtime_ns, found.st_ctime_ns, found.st_ino, found.st_size


def state(path: str) -> State | None:
    """The state of what is at a path, None if nothing is there that can be reached."""
    try:
        return state_of(os.stat(path))  # noqa: PTH116 - ten thousand paths; a Path for each is slow
    except (OSError, ValueError):
        return None


def absent(paths: Iterable[str]) -> frozenset[str]:
    """The paths without a file or directory."""
    return frozenset(path for path in paths if state(path) is None)


def watch(paths: Iterable[str], start: int, unseen: Set[str] = frozenset()) -> Watch | None:
    """The state of paths. None if one may have changed since ``start``, in nanoseconds since 1970.

    A file that is not there may have been there at the start: then its directory has changed. It has not been
    there if it is one of ``unseen``.
    """
    found: Watch = {}
    folders: dict[str, bool] = {}
    for path in paths:
        each = found[path] = state(path)
        if each is None:
            if path not in unseen and _may_have_lost(os.path.dirname(path), start, folders):  # noqa: PTH120
                return None
        elif may_change_unseen(each, start) or _is_new_link(path, start):
            return None
    return found


def _may_have_lost(folder: str, start: int, known: dict[str, bool]) -> bool:
    """Whether a directory, or the nearest one above that is there, may have changed since ``start``."""
    if folder not in known:
        found, above = state(folder or os.curdir), os.path.dirname(folder)  # noqa: PTH120 - as above
        if found is not None or above == folder:
            known[folder] = found is not None and may_change_unseen(found, start)
        else:
            known[folder] = _may_have_lost(above, start, known)
    return known[folder]


def _is_new_link(path: str, start: int) -> bool:
    """Whether a path is a link that may be newer than ``start``; the state is that of its target."""
    try:
        found = os.lstat(path)
    except OSError:  # it is gone since
        return True
    return stat.S_ISLNK(found.st_mode) and may_change_unseen(state_of(found), start)


def differing(watched: Mapping[str, State | None], limit: int) -> list[str] | None:
    """The paths with another state than they had; None if there are more than ``limit``."""
    found: list[str] = []
    stat_of = os.stat
    for path, then in watched.items():
        try:
            now = stat_of(path)
        except (OSError, ValueError):
            if then is None:
                continue
        else:
            if then == (now.st_mtime_ns, now.st_ctime_ns, now.st_ino, now.st_size):
                continue
        found.append(path)
        if len(found) > limit:
            return None
    return found


def names_in(folder: str) -> bytes | None:
    """A digest of the names in a directory and of their kinds, None if it cannot be listed.

    A file that an editor replaced changes the state of its directory, but not this.
    """
    from hashlib import blake2b  # noqa: PLC0415 - few runs need it

    try:
        with os.scandir(folder) as entries:
            found = sorted(
                (each.name, each.is_dir(follow_symlinks=False), each.is_symlink()) for each in entries
            )
    except OSError:
        return None
    return blake2b(repr(found).encode("utf-8", "surrogatepass"), digest_size=16).digest()


def may_change_unseen(each: State, start: int) -> bool:
    """Whether a change after ``start`` could leave the same times."""
    modified, changed = each[:2]
    coarse = changed % _COARSE_UNIT_NS == 0
    return max(modified, changed) > start - (_COARSE_NS if coarse else TICK_NS)
