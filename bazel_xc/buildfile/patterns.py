"""Patterns of paths, as ``exclude`` and ``ignore_directories`` have them, as regular expressions.

Comes in: the text of a pattern. Goes out: what matches whole paths, relative to the
directory of the pattern. It looks at no files.
"""

from __future__ import annotations

import re
from functools import cache

from attrs import frozen

from bazel_xc.linear import Expression, compiled


@frozen
class PathPattern:
    """A pattern of paths; matching takes time that grows with the path, however many stars there are."""

    expression: Expression

    def fullmatch(self, path: str) -> bool:
        """Whether it matches a whole path."""
        return self.expression.search(path) is not None


@cache
def glob_pattern(pattern: str) -> PathPattern:
    """A doublestar pattern (``**``, ``*``, ``?``, ``[a-z]``, ``{a,b}``), to match with.

    A pattern that ends in ``/**`` matches the directory too, as the doublestar library has it. Raises
    ``ValueError`` for what is no pattern.
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
        compiled(text)  # alone, so that what is said of it is about what people wrote
        return PathPattern(compiled(rf"(?s)\A(?:{text})\z"))
    except ValueError as e:
        raise ValueError(f"{pattern!r} is no pattern: {e}") from None
