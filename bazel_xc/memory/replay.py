"""The output of a command, repeated if everything that it depends on is unchanged.

Comes in: a command line, and after its run the paths that it depends on. Goes out: its exit code and output,
without a new run. A file whose state changed may still have the same facts, and the caller compares them. The
key of a run is everything that is not a file: arguments, environment, streams, and the program itself.
"""

from __future__ import annotations

import marshal
import os
import sys
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from typing import Any

from bazel_xc.memory import store
from bazel_xc.memory.watch import State, Watch, differing, names_in, watch

Key = tuple[object, ...]
Outcome = tuple[int, str, str]  # exit code, standard output, standard error
Kept = tuple[Watch, "Facts", Outcome, int]  # the last is a stamp, which is a time
# By path: the digest of a directory's names, or the plain values of a file, which the caller compares.
Facts = Mapping[str, Any]
HasFacts = Callable[[str, Any], bool]

_FORMAT = 1
# Variables that go, Bazel's files or our own output depend on. A prefix ends with an underscore or is GO.
_VARIABLES = frozenset(
    "APPDATA AR CC CXX FC HOME LANG LANGUAGE LOCALAPPDATA NO_COLOR PATH PKG_CONFIG TERM USERPROFILE".split()
)
_PREFIXES = ("BAZEL_XC_", "CGO_", "GO", "LC_", "PYTHON", "XDG_")
_MOST_CHANGED = 1024


def key_of(arguments: Sequence[str], environment: Mapping[str, str], columns: int = 0) -> Key:
    """Everything that the output depends on besides files. ``columns`` is the width of the terminal."""
    return (
        _FORMAT,
        tuple(arguments),
        os.getcwd(),  # noqa: PTH109 - see __init__
        settings_of(environment),
        tuple(each is not None and each.isatty() for each in (sys.stdout, sys.stderr)),
        columns,
        getattr(sys.stdout, "encoding", ""),
        getattr(os, "geteuid", int)(),
        sys.version,
        program(),
    )


def settings_of(environment: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The variables that go, Bazel's files or our own output depend on."""
    found = (each for each in environment.items() if each[0] in _VARIABLES or each[0].startswith(_PREFIXES))
    return tuple(sorted(found))


def recall(folder: str, key: Key) -> Kept | None:
    """What is kept of the last run with this key."""
    data = store.get(folder, _name(key))
    if data is None:
        return None
    try:
        known, *kept = marshal.loads(data)  # noqa: S302 - our own file with its checksum
        watched, facts, outcome, stamp = kept
    except (EOFError, ValueError, TypeError):
        return None
    return (watched, facts, outcome, stamp) if known == key else None


def changed(kept: Kept, has_facts: HasFacts) -> list[str] | None:
    """The files and directories whose facts changed since; None if something else did, too."""
    watched, facts, *_ = kept
    paths = differing(watched, _MOST_CHANGED)
    if paths is None or not all(path in facts for path in paths):
        return None
    return [
        path
        for path in paths
        if (
            names_in(path) != facts[path]
            if isinstance(facts[path], bytes)
            else not has_facts(path, facts[path])
        )
    ]


def remember(
    folder: str,
    key: Key,
    paths: Iterable[str],
    read: Mapping[str, State],
    facts: Facts,
    outcome: Outcome,
    *,
    start: int,
    unseen: Set[str] = frozenset(),
) -> Kept | None:
    """Keeps an outcome with the state of all paths.

    ``read`` has the state of some of them when they were read, ``start`` is the time at which the run began,
    and the paths in ``unseen`` were missing then. None if a path may have changed since, and nothing is kept.
    """
    watched: Watch | None = watch(paths, start, unseen)
    if watched is None or any(watched[path] != then for path, then in read.items()):
        return None
    kept: Kept = (watched, dict(facts), outcome, start)
    return kept if keep(folder, key, kept) else None


def keep(folder: str, key: Key, kept: Kept) -> bool:
    """Keeps an outcome; False if the disk refuses it."""
    whole: Any = (key, *kept)
    return store.put(folder, _name(key), marshal.dumps(whole))


def keep_plan(folder: str, key: Key, kept: Kept, plan: object) -> None:
    """Keeps any value beside an outcome."""
    import pickle  # noqa: PLC0415 - a repeated result needs nothing of it

    store.put(folder, _name(key, "plan"), pickle.dumps((key, kept[3], plan), pickle.HIGHEST_PROTOCOL))


def plan_of(folder: str, key: Key, kept: Kept) -> Any:  # noqa: ANN401 - whatever was kept
    """The value that was kept beside an outcome, None if there is none."""
    import pickle  # noqa: PLC0415 - as above

    data = store.get(folder, _name(key, "plan"))
    if data is None:
        return None
    try:
        known, stamp, plan = pickle.loads(data)  # noqa: S301 - written by this user and this program only
    except Exception:
        return None
    return plan if known == key and stamp == kept[3] else None


def _name(key: Key, kind: str = "run") -> str:
    return f"{kind}-{zlib.crc32(repr(key).encode('utf-8', 'surrogateescape')):08x}"


def program() -> tuple[object, ...]:
    """The state of this program's files, and of the folder that its libraries are installed in."""
    home = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120
    found: list[tuple[str, int, int]] = []
    folders = [home]
    for folder in folders:
        with os.scandir(folder) as entries:
            for each in entries:
                if each.is_dir():
                    folders += [] if each.name == "__pycache__" else [each.path]
                else:
                    state = each.stat()
                    found.append((each.path, state.st_mtime_ns, state.st_size))
    libraries = [path for path in sys.path if path.endswith("site-packages")]
    return sys.prefix, *sorted(found), *((path, os.stat(path).st_mtime_ns) for path in libraries)  # noqa: PTH116
