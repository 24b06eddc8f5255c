"""The functions and variables that C text declares and defines, as far as a reader without types can see.

Comes in: the bytes of a C file, or the text of a preamble. Goes out: ``Symbols``: names that are declared
with external linkage, and names that are defined. Both branches of every ``#if`` count. Macros are not
expanded: a declaration made by one is not seen, and neither is what a file includes. ``extern "C"`` is read
through; other braces are skipped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from attrs import frozen

# Begins with a set of characters, which Python searches for much faster than for alternatives.
_NOISE = re.compile(
    rb"""["'/](?:(?<=/)(?:\*[^*]*+(?:\*(?!/)[^*]*+)*+(?:\*/|\Z)|/(?:[^\n\\]++|\\\r?\n|\\)*+)"""
    rb"""|(?<=("))(?:[^"\\\n]++|\\.)*+"?|(?<=')(?:[^'\\\n]++|\\.)*+'?)"""
)
_DIRECTIVE = re.compile(rb"^[ \t]*#(?:[^\n\\]++|\\\r?\n|\\)*+", re.MULTILINE)
_BRACE = re.compile(rb"[{}]")
_EXTERN_C = re.compile(rb'\bextern\s*"\s*\Z')
_EXTERN_C_LENGTH = 40
_TOKEN = re.compile(rb"[A-Za-z_]\w*|[^\s\w]")
_NAME = re.compile(r"[A-Za-z_]\w*")
_STRING = '"'
# Words that may be before a parenthesis and are no function.
_NO_NAMES = frozenset(
    "__attribute__ __attribute __declspec __asm__ __asm asm __nonnull __extension__ _Alignas alignas sizeof"
    " typeof __typeof__ if while for switch return void char short int long float double signed unsigned"
    " defined noexcept throw".split()
)
_TYPES = frozenset({"struct", "union", "enum", "class", "namespace"})


@frozen
class Symbols:
    """Names that are declared, and names that are defined; ``static`` ones are only defined."""

    declared: frozenset[str] = frozenset()
    defined: frozenset[str] = frozenset()

    @classmethod
    def of(cls, data: bytes) -> Symbols:
        """The names in a text."""
        declared: set[str] = set()
        defined: set[str] = set()
        for words, has_body in _statements(_tokens(data)):
            name = "" if "typedef" in words else _function(words) or _variable(words)
            if name:
                is_own = has_body or "static" in words or ("extern" not in words and not _function(words))
                (defined if is_own else declared).add(name)
        return cls(frozenset(declared - defined), frozenset(defined))

    @classmethod
    def merged(cls, parts: Iterable[Symbols]) -> Symbols:
        """The names of several texts that are compiled together."""
        some = tuple(parts)
        defined = frozenset().union(*(each.defined for each in some))
        return cls(frozenset().union(*(each.declared for each in some)) - defined, defined)


def _tokens(data: bytes) -> Iterator[str]:
    plain = _DIRECTIVE.sub(b"", _NOISE.sub(lambda found: (found[1] or b"") + b" ", data))
    for found in _TOKEN.finditer(b"".join(_outside(plain))):
        yield found[0].decode("latin-1")


def _outside(text: bytes) -> Iterator[bytes]:
    """The parts of a text that are outside of braces; those of ``extern "C"`` do not count."""
    depth = at = 0
    for brace in _BRACE.finditer(text):
        place = brace.start()
        if depth:
            depth += -1 if brace[0] == b"}" else 1
            at = at if depth else place
        elif brace[0] == b"{" and not _EXTERN_C.search(text, max(at, place - _EXTERN_C_LENGTH), place):
            yield text[at : brace.end()]
            depth = 1
    if not depth:
        yield text[at:]


def _statements(tokens: Iterator[str]) -> Iterator[tuple[list[str], bool]]:
    """The statements outside of braces, and whether each is a definition with a body."""
    words: list[str] = []
    for word in tokens:
        if word == "{":
            if words[-2:] == ["extern", _STRING]:
                words = []  # its own brace is met below
                continue
            next(tokens, None)  # nothing is left between the two
            if _function(words) and not (_TYPES & set(words[:2]) and ")" not in words):
                yield words, True
                words = []
            else:
                words.append("{}")
        elif word == "}":
            words = []
        elif word == ";":
            yield words, False
            words = []
        else:
            words.append(word)


def _function(words: list[str]) -> str:
    """The first name with a parenthesis behind it and a type before it."""
    depth = 0
    for at, word in enumerate(words):
        if word in "()":
            depth += 1 if word == "(" else -1
        elif depth or not at or words[at + 1 : at + 2] != ["("] or words[at + 2 : at + 3] == ["*"]:
            continue
        elif word == "=":
            return ""
        elif _NAME.fullmatch(word) and word not in _NO_NAMES:
            return "" if "=" in words[:at] else word
    return ""


def _variable(words: list[str]) -> str:
    """The name of a variable that is declared alone, empty for anything else."""
    if "(" in words or len(words) < 2:
        return ""
    head = words[: words.index("=")] if "=" in words else words
    head = head[: head.index("[")] if "[" in head else head
    is_one = "," not in head and len(head) > 1 and _NAME.fullmatch(head[-1])
    return head[-1] if is_one and head[-2] not in _TYPES else ""
