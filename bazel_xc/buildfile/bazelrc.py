"""Reads .bazelrc and the files that it imports.

Comes in: a ``read`` function that gives a file of the workspace by its path. Goes out: a ``Bazelrc``: every
line of options with its place, and the files that were read or named. Imports from outside of the workspace
are not followed. The meaning of the options is unknown here.
"""

from __future__ import annotations

import posixpath
import shlex
from collections.abc import Callable, Iterator

from attrs import frozen

NAME = ".bazelrc"
_IMPORTS = ("import", "try-import")
_EVERY_BUILD = ("always", "build", "common")
_TAGS_SETTING = "//go/config:tags"
_WORKSPACE = "%workspace%/"


@frozen(kw_only=True)
class RcLine:
    """One line ``command:config option…``; ``config`` is empty if the line always applies."""

    path: str
    line: int
    command: str
    config: str
    options: tuple[str, ...]

    @property
    def counts_for_builds(self) -> bool:
        """Whether the options apply to ``bazel build``."""
        return self.command in _EVERY_BUILD

    def values(self, option: str) -> tuple[str, ...]:
        """The values of ``--option=value`` and ``--option value``; a list of several values is split."""
        found: list[str] = []
        for at, word in enumerate(self.options):
            name, equals, value = word.partition("=")
            if name == f"--{option}":
                found += (value if equals else "".join(self.options[at + 1 : at + 2])).split(",")
        return tuple(each for each in found if each)

    @property
    def go_tags(self) -> tuple[str, ...]:
        """The build tags that the line gives rules_go's setting; of several options the last one counts."""
        options = (word.partition("=") for word in self.options)
        lists = [value for name, _, value in options if name.endswith(_TAGS_SETTING)]
        return tuple(filter(None, lists[-1].split(","))) if lists else ()


@frozen
class Bazelrc:
    """All lines in the order in which Bazel reads them, and the paths of imported files."""

    lines: tuple[RcLine, ...] = ()
    imported: frozenset[str] = frozenset()

    @property
    def go_tags(self) -> tuple[str, ...]:
        """The build tags that rules_go's setting has in every build; the last line decides."""
        always = (each for each in self.lines if each.counts_for_builds and not each.config)
        return next((tags for each in reversed(tuple(always)) if (tags := each.go_tags)), ())

    def defining(self, config: str) -> tuple[RcLine, ...]:
        """The lines that define ``--config=NAME``."""
        return tuple(each for each in self.lines if each.config == config)


def read_bazelrc(read: Callable[[str], bytes | None], without: str = "") -> Bazelrc:
    """Reads the workspace's .bazelrc; the file ``without`` is not read if it is imported."""
    reader = _RcReader(read, without)
    lines = tuple(reader.lines(NAME))
    return Bazelrc(lines, frozenset(reader.imported))


class _RcReader:
    """Follows imports, each file once."""

    def __init__(self, read: Callable[[str], bytes | None], without: str) -> None:
        self.read = read
        self.imported: set[str] = set()
        self.read_already = {without}

    def lines(self, path: str) -> Iterator[RcLine]:
        self.read_already.add(path)
        data = self.read(path)
        for number, words in _words(data.decode("utf-8", "replace") if data else ""):
            if words[0] in _IMPORTS and len(words) > 1:
                yield from self._import(words[1])
                continue
            command, _, config = words[0].partition(":")
            yield RcLine(path=path, line=number, command=command, config=config, options=tuple(words[1:]))

    def _import(self, text: str) -> Iterator[RcLine]:
        path = posixpath.normpath(text.removeprefix(_WORKSPACE))
        if path.startswith(("/", "../", "%", "~")):
            return
        self.imported.add(path)
        if path not in self.read_already:
            yield from self.lines(path)


def _words(text: str) -> Iterator[tuple[int, list[str]]]:
    """The words of each line with its number; a backslash at the end of a line joins it with the next."""
    pending, first = "", 0
    for number, line in enumerate(text.splitlines(), 1):
        first = first if pending else number
        pending += line
        if pending.endswith("\\"):
            pending = f"{pending[:-1]} "
            continue
        words = _split(pending)
        pending = ""
        if words:
            yield first, words


def _split(line: str) -> list[str]:
    try:
        return shlex.split(line, comments=True)
    except ValueError:  # a quote that is not closed
        return line.partition("#")[0].split()
