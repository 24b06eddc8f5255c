"""String literals of Go.

Comes in: a literal with its quotes. Goes out: its value, or None if go would refuse the literal.
"""

from __future__ import annotations

import re
from types import MappingProxyType

_ESCAPE = re.compile(
    r"\\(?:([abfnrtv\\\"])|([0-7]{3})|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|)"
)
_ESCAPED = MappingProxyType(dict(zip('abfnrtv\\"', '\a\b\f\n\r\t\v\\"', strict=True)))


def unquoted(literal: str) -> str | None:
    """The value of a Go string literal; None if it has an escape that Go does not know."""
    body = literal[1:-1]
    if literal[0] == "`":
        return body.replace("\r", "")
    if "\\" not in body:
        return body
    try:
        return _ESCAPE.sub(_unescaped, body)
    except (KeyError, ValueError, OverflowError):
        return None


def _unescaped(match: re.Match[str]) -> str:
    letter, octal, *hexadecimal = match.groups()
    if letter:
        return _ESCAPED[letter]
    code = int(octal, 8) if octal else int("".join(filter(None, hexadecimal)), 16)
    if 0xD800 <= code < 0xE000:
        raise ValueError("half of a surrogate pair")
    return chr(code)
