"""``//go:embed`` patterns as the files of a Bazel package.

Comes in: patterns, and the files that a Bazel package may use: its own directory and those below it that
are no packages themselves. Goes out: the files each pattern means, as Go defines it (``path.Match``, whole
directories, hidden files only with ``all:``), and which patterns found none. It does not read the disk.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable, Iterator
from functools import cache

from bazel_xc.buildfile.workspace import Workspace


def embeddable(workspace: Workspace, directory: str, packages: frozenset[str]) -> tuple[str, ...]:
    """Files that a rule of ``directory`` may embed, relative to it; ``packages`` are Bazel packages."""
    return tuple(_below(workspace, directory, "", packages))


def _below(workspace: Workspace, path: str, prefix: str, packages: frozenset[str]) -> Iterator[str]:
    directory = workspace.directories.get(path)
    if directory is None:
        return
    yield from (prefix + name for name in sorted({*directory.files, *directory.hidden}))
    for name in directory.subdirectories:
        child = f"{path}/{name}" if path else name
        if child not in packages:
            yield from _below(workspace, child, f"{prefix}{name}/", packages)


def matched(pattern: str, files: Iterable[str]) -> tuple[str, ...]:
    """The files that one pattern embeds."""
    every = pattern.startswith("all:")
    glob = _glob(pattern.removeprefix("all:").rstrip("/"))
    return tuple(path for path in files if _matches(glob, path, every))


def _matches(glob: re.Pattern[str], path: str, every: bool) -> bool:
    parts = path.split("/")
    for count in range(len(parts), 0, -1):
        if glob.fullmatch("/".join(parts[:count])):
            below = parts[count:]
            return every or not any(part[0] in "._" for part in below)
    return False


@cache
def _glob(pattern: str) -> re.Pattern[str]:
    """``path.Match``: as fnmatch, but no wildcard crosses a slash."""
    parts = [fnmatch.translate(part).removeprefix("(?s:").removesuffix(r")\Z") for part in pattern.split("/")]
    return re.compile("/".join(part.replace(".*", "[^/]*") for part in parts), re.DOTALL)
