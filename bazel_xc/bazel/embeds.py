"""``//go:embed`` patterns as the files of a Bazel package.

Comes in: patterns, and the files that a Bazel package may use: those of its own directory and of directories
below it that are not packages. Goes out: the files of each pattern, as Go defines them (``path.Match``, whole
directories, hidden files only with ``all:``), and the patterns without files. The disk is not read.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Iterator

from bazel_xc.buildfile.patterns import path_match
from bazel_xc.buildfile.workspace import Workspace

_NAME_CHARACTERS = frozenset(string.ascii_letters + string.digits + "!#$%&()+,-.=@[]^_{}~ ")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[1-9]|lpt[1-9])(?:\..*)?", re.IGNORECASE | re.DOTALL)


def embeddable(workspace: Workspace, directory: str, packages: frozenset[str]) -> tuple[str, ...]:
    """Files that a rule of ``directory`` may embed, relative to it; ``packages`` are Bazel packages."""
    return tuple(_below(workspace, directory, "", packages))


def _below(workspace: Workspace, path: str, prefix: str, packages: frozenset[str]) -> Iterator[str]:
    directory = workspace.directories.get(path)
    if directory is None:
        return
    names = sorted({*directory.files, *directory.hidden})
    yield from (prefix + name for name in names if _is_embeddable(name))
    for name in directory.subdirectories:
        child = f"{path}/{name}" if path else name
        if child not in packages and _is_embeddable(name) and not _is_module(workspace, child):
            yield from _below(workspace, child, f"{prefix}{name}/", packages)


def _is_module(workspace: Workspace, path: str) -> bool:
    directory = workspace.directories.get(path)
    return directory is not None and "go.mod" in directory.files


def matched(pattern: str, files: Iterable[str]) -> tuple[str, ...]:
    """The files that one pattern embeds."""
    every = pattern.startswith("all:")
    glob = path_match(pattern.removeprefix("all:").rstrip("/"))
    return tuple(path for path in files if _matches(glob, path, every))


def _matches(glob: re.Pattern[str], path: str, every: bool) -> bool:
    parts = path.split("/")
    for count in range(len(parts), 0, -1):
        if glob.fullmatch("/".join(parts[:count])):
            below = parts[count:]
            return every or not any(part[0] in "._" for part in below)
    return False


def _is_embeddable(name: str) -> bool:
    """Whether go accepts a file of that name in a module (``module.CheckFilePath``)."""
    plain = all(c in _NAME_CHARACTERS or (c > "\x7f" and c.isalpha()) for c in name)
    return plain and not name.endswith(".") and not _RESERVED.fullmatch(name)
