"""Patterns of paths, as ``exclude`` and ``ignore_directories`` have them, as regular expressions.

Comes in: the text of a pattern. Goes out: a regular expression for whole paths, relative to the
directory of the pattern. It looks at no files.
"""

from __future__ import annotations

import re
from functools import cache


@cache
def glob_pattern(pattern: str) -> re.Pattern[str]:
    """A doublestar pattern (``**``, ``*``, ``?``, ``[a-z]``, ``{a,b}``) as a regular expression.

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
    try:
        return re.compile("".join(out) + ")" * depth, re.DOTALL)
    except (re.error, RecursionError, OverflowError) as e:
        raise ValueError(f"{pattern!r} is no pattern: {getattr(e, 'msg', 'too deeply nested')}") from None
