"""Patterns of paths as regular expressions, in the two dialects that are needed.

Comes in: the text of a pattern: one of doublestar, as in ``exclude``, ``ignore_directories`` and Bazel's
``glob``, or one of Go's ``path.Match``, as in ``//go:embed``. Goes out: an expression for whole paths,
relative to the directory of the pattern. No file is looked at.
"""

from __future__ import annotations

import re
from functools import cache

from attrs import frozen

from bazel_xc.linear import Expression, compiled

_TOKEN = re.compile(
    r"""\[(?P<not>\^?)(?P<set>(?:\\.|[^]\\-])(?:\\.|[^]\\])*)\]|\\(?P<escaped>.)|[^[\\]""", re.DOTALL
)
_NOTHING = re.compile(r"(?!)")


@frozen
class PathPattern:
    """A pattern of paths. Matching takes time that grows with the path only, however many stars it has."""

    expression: Expression

    def fullmatch(self, path: str) -> bool:
        """Whether it matches a whole path."""
        return self.expression.search(path) is not None


@cache
def glob_pattern(pattern: str) -> PathPattern:
    """A doublestar pattern (``**``, ``*``, ``?``, ``[a-z]``, ``{a,b}``).

    As in the doublestar library, a pattern that ends in ``/**`` matches the directory too. Raises
    ``ValueError`` if the text is not a pattern.
    """
    out: list[str] = []
    at = 0
    depth = 0
    while at < len(pattern):
        char = pattern[at]
        if pattern.startswith("/**", at) and at + 3 == len(pattern):
            out.append("(?:/.*)?")
            at += 2
        elif pattern.startswith("**/", at):
            out.append("(?:[^/]+/)*")
            at += 2
        elif pattern.startswith("**", at):
            out.append(".*")
            at += 1
        elif char == "[" and "]" in pattern[at + 2 :]:
            end = pattern.index("]", at + 2)
            inner = re.sub(r"[\\\[&~|]", r"\\\g<0>", pattern[at + 1 : end])
            out.append(f"[^{inner[1:]}]" if inner[0] in "!^" else f"[{inner}]")
            at = end
        elif char == "{" or (char == "}" and depth):
            depth += 1 if char == "{" else -1
            out.append("(?:" if char == "{" else ")")
        else:
            out.append(
                {"*": "[^/]*", "?": "[^/]"}.get(char, "|" if char == "," and depth else re.escape(char))
            )
        at += 1
    text = "".join(out) + ")" * depth
    try:
        compiled(text)  # alone, so that the error is about the text that people wrote
        return PathPattern(compiled(rf"(?s)\A(?:{text})\z"))
    except ValueError as e:
        raise ValueError(f"{pattern!r} is not a pattern: {e}") from None


@cache
def path_match(pattern: str) -> re.Pattern[str]:
    """A pattern of Go's ``path.Match`` as a regular expression; a malformed one matches nothing."""
    out: list[str] = []
    at = 0
    while at < len(pattern):
        found = _TOKEN.match(pattern, at)
        if found is None:
            return _NOTHING
        out.append(_translated(found))
        at = found.end()
    try:
        return re.compile("".join(out), re.DOTALL)
    except re.error:  # a range that goes backwards
        return _NOTHING


def _translated(found: re.Match[str]) -> str:
    if found["set"] is None:
        return {"*": "[^/]*", "?": "[^/]"}.get(found[0]) or re.escape(found["escaped"] or found[0])
    members = re.sub(r"\\?(.)", _member, found["set"], flags=re.DOTALL)
    return f"(?!/)[{found['not']}{members}]"


def _member(found: re.Match[str]) -> str:
    """One character of a set; a hyphen without a backslash makes a range."""
    return "-" if found[0] == "-" else "\\" + found[1] if not found[1].isalnum() else found[1]
