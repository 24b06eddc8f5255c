"""Versions of tools and modules as tuples of numbers, which compare as versions do.

Comes in: text such as ``go1.26.1``, ``v0.50.1`` or ``GLIBC_2.31``. Goes out: numbers; an empty tuple if there
are none. PEP 440 (``packaging``) refuses or misorders releases of Go, Bazel, rules_go and glibc. Pre-releases
are not recognised: ``1.26rc1`` is ``(1, 26, 1)``.
"""

from __future__ import annotations

import re

_DIGITS = re.compile(r"\d+")
_DOTTED = re.compile(r"\d+(?:\.\d+)*")


def version_numbers(text: str) -> tuple[int, ...]:
    """All numbers of a version, with any separators."""
    return tuple(map(int, _DIGITS.findall(text)))


def dotted_numbers(text: str) -> tuple[int, ...]:
    """The numbers of a text that has only numbers and dots, such as ``2.31``; empty for any other."""
    return version_numbers(text) if _DOTTED.fullmatch(text) else ()
