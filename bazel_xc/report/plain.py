"""Names from source trees, made safe to show.

Comes in: any text. Goes out: one line. Control characters and marks that reorder text are replaced by their
code points. It escapes no markup.
"""

from __future__ import annotations

import unicodedata

_HIDDEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})


def plain(text: str) -> str:
    """The text with every invisible or reordering character as its code point."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(f"\\u{ord(each):04x}" if unicodedata.category(each) in _HIDDEN else each for each in text)
