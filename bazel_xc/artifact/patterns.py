"""The known failures in build logs.

Comes in: the table ``log_patterns.toml`` that ships with the package, or the text of another. Goes out:
patterns in the order in which they are tried, and the libraries of symbols. It reads no log.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from attrs import frozen

from bazel_xc.linear import Expression, compiled
from bazel_xc.model import Severity
from bazel_xc.tables import parsed, shipped_text

_BY = ("symbol", "library", "header", "object", "package", "target", "flag", "platform", "compiler", "file")
_SECOND = re.compile(r"(\D+)2")  # a group cannot have the same name in two branches of an expression


@frozen(kw_only=True)
class Pattern:
    """A failure. A line must contain one of the texts ``find``; then the expressions ``match`` are tried in
    order.

    A line that begins with one of ``unless`` is no such failure. ``{group}`` in ``cause`` and ``remedy`` is
    replaced by a group of the match. Lines with equal groups ``by`` are repeats of one failure. ``source`` is
    the origin of the ``samples``.
    """

    id: str
    severity: Severity
    find: tuple[bytes, ...]
    match: tuple[Expression, ...]
    unless: tuple[bytes, ...]
    by: tuple[str, ...]
    cause: str
    remedy: str
    samples: tuple[str, ...]
    source: str

    def names(self, line: str) -> dict[str, str] | None:
        """The groups of the first match in a line; None if the line is no such failure."""
        for expression in self.match:
            found = expression.search(line)
            if found:
                named = {_SECOND.sub(r"\1", name): text for name, text in found.named.items() if text}
                return {name: text.strip() for name, text in named.items()}
        return None


@frozen
class Patterns:
    """The table; ``symbols`` maps the beginning of a symbol's name to its library."""

    patterns: tuple[Pattern, ...]
    symbols: Mapping[str, str]

    @classmethod
    def from_toml(cls, text: str) -> Patterns:
        """The table in a text."""
        raw = parsed(text)
        patterns = tuple(
            Pattern(
                id=each["id"],
                severity=Severity(each["severity"]),
                find=tuple(text.encode() for text in each["find"]),
                match=tuple(map(compiled, each["match"])),
                unless=tuple(text.encode() for text in each.get("unless", ())),
                by=tuple(each.get("by", _BY)),
                cause=each["cause"],
                remedy=each["remedy"],
                samples=tuple(each["samples"]),
                source=each["source"],
            )
            for each in raw["pattern"]
        )
        return cls(patterns, raw["symbols"])

    def library_of(self, symbol: str) -> str:
        """The library that defines a symbol, by the longest known beginning; empty if none is known."""
        known = [start for start in self.symbols if symbol.startswith(start)]
        return self.symbols[max(known, key=len)] if known else ""


@cache
def load_patterns() -> Patterns:
    """The table that ships with bazel-xc."""
    return Patterns.from_toml(shipped_text("log_patterns.toml"))
