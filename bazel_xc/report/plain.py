"""Names out of source trees, made harmless for people's eyes.

Comes in: any text. Goes out: one line without control characters and without marks that reorder what is
shown; each of those is written as its code point.
"""

from __future__ import annotations

import unicodedata

_HIDDEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})


def plain(text: str) -> str:
    """The text with every character that does not show, or changes how others show, spelt out."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(f"\\u{ord(each):04x}" if unicodedata.category(each) in _HIDDEN else each for each in text)
