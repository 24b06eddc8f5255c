"""Regular expressions whose time grows with the text and no faster, as Go's do.

Comes in: a pattern in RE2's syntax, which is Go's, and a text. Goes out: the first match, or none. The engine
is RE2 itself, since Python's own takes exponential time for some patterns, and patterns come from directives
of a workspace, texts from anybody's build. There are wheels of google-re2 for Linux, macOS and Windows, on
64-bit Intel and ARM. The only import of re2.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Protocol

from attrs import frozen


@frozen
class Match:
    """What the groups of an expression matched, the whole first; None for a group that took no part."""

    groups: tuple[str | None, ...]
    named: Mapping[str, str | None]


@frozen
class Expression:
    """A regular expression, made by ``compiled``."""

    pattern: str

    def search(self, text: str) -> Match | None:
        """The first match in a text."""
        found = _engine(self.pattern).search(text)
        return Match((found[0], *found.groups()), found.groupdict()) if found else None

    def has_group(self, name: str) -> bool:
        """Whether there is a group of that name or number; ``01`` is a name, as for Go."""
        engine = _engine(self.pattern)
        if name.isdecimal() and (name == "0" or not name.startswith("0")):
            return int(name) <= engine.groups
        return name in engine.groupindex


def compiled(pattern: str) -> Expression:
    """The expression of a pattern. Raises ValueError where it is none, or needs too much memory."""
    _engine(pattern)
    return Expression(pattern)


class _Match(Protocol):
    def __getitem__(self, group: int) -> str: ...
    def groups(self) -> tuple[str | None, ...]: ...
    def groupdict(self) -> dict[str, str | None]: ...


class _Engine(Protocol):
    groups: int
    groupindex: Mapping[str, int]

    def search(self, text: str) -> _Match | None: ...


@cache
def _engine(pattern: str) -> _Engine:
    import re2  # noqa: PLC0415 - only where used

    options = re2.Options()
    options.log_errors = False
    try:
        engine: _Engine = re2.compile(pattern, options)
        return engine
    except re2.error as e:
        reason = e.args[0] if e.args else "no regular expression"
        raise ValueError(
            reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
        ) from None
