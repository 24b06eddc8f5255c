"""Regular expressions that need time linear in the length of the text, as in Go.

Comes in: a pattern in the syntax of Go (RE2), and a text. Goes out: the first match, or none. The engine is
RE2 itself: Python's own needs exponential time for some patterns, and patterns come from directives of a
workspace, texts from any build. google-re2 has wheels for Linux, macOS and Windows, on 64-bit Intel and ARM.
This is the only module that imports re2.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Protocol

from attrs import frozen


@frozen
class Match:
    """The texts that the groups of an expression matched, the whole first; None for an unused group."""

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
        """Whether there is a group with that name or number; ``01`` is a name, as in Go."""
        engine = _engine(self.pattern)
        if name.isdecimal() and (name == "0" or not name.startswith("0")):
            return int(name) <= engine.groups
        return name in engine.groupindex


def compiled(pattern: str) -> Expression:
    """The expression of a pattern. Raises ValueError if it is invalid or needs too much memory."""
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


@lru_cache(maxsize=4096)  # a compiled expression takes some kilobytes
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
