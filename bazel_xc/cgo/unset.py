"""The macros that nothing defines, so that ``#ifdef`` of them is false.

Comes in: the texts of one compiler run with their directives, the macros that are known already, and the
headers outside of the tree that the run includes. Goes out: names that a condition asks for and that no text,
no flag and no compiler defines. A name that a header outside of the tree may define stays undecidable: a
reserved or lower-case name, a name as systems have it (``data/c_macros.toml``), or one like the name of a
header that is included. Nothing is followed here.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping

from attrs import frozen

from bazel_xc.cgo.conditions import Macros, names_in
from bazel_xc.cgo.preprocess import Directive
from bazel_xc.tables import table

_WORD = re.compile(r"[a-z]+(?:[0-9]+[a-z]+)*")
_SHORTEST = 2  # letters in the name of a header
_MAY_SET_ALL = "config"  # in the name of a header that a build writes


@frozen
class TextNames:
    """The macros of one text: those that its conditions ask for, and those that it defines."""

    asked: frozenset[str] = frozenset()
    defined: frozenset[str] = frozenset()

    @classmethod
    def of(cls, directives: Iterable[Directive]) -> TextNames:
        """The names in some directives, whatever the conditions around them."""
        asked: set[str] = set()
        defined: set[str] = set()
        for each in directives:
            if each.word == "define":
                defined.add(each.text)
            elif each.condition:
                asked.update(names_in(each.condition))
        return cls(frozenset(asked), frozenset(defined))


def unset_macros(
    texts: Iterable[TextNames], macros: Macros, headers: Iterable[str], open_names: frozenset[str]
) -> Mapping[str, None]:
    """The names that are certainly not defined; ``open_names`` are those that a flag elsewhere defines."""
    asked: set[str] = set()
    defined = set(open_names)
    for text in texts:
        asked |= text.asked
        defined |= text.defined
    left = asked - defined - macros.keys()
    if not left:
        return {}
    stems = {word for header in headers for word in _words(header)}
    if any(_MAY_SET_ALL in each for each in stems):
        return {}
    return dict.fromkeys(name for name in left if not _may_be_outside(name, stems))


def _may_be_outside(name: str, stems: Iterable[str]) -> bool:
    if name[0] == "_" or name == name.lower() or _of_systems().fullmatch(name):
        return True
    plain = name.lower().replace("_", "")
    return plain.startswith(tuple(stems))


def _words(header: str) -> Iterable[str]:
    """The folders and the name of a header, without numbers at their ends, each with and without "lib"."""
    for part in header.lower().rpartition(".")[0].split("/"):
        found = _WORD.match(part.replace("-", "").replace("_", ""))
        if found and len(found[0]) >= _SHORTEST:
            yield found[0]
            yield f"lib{found[0]}"


@functools.cache
def _of_systems() -> re.Pattern[str]:
    raw = table("c_macros.toml")["of_systems"]
    starts = "|".join(map(re.escape, raw["prefixes"]))
    parts = "|".join(map(re.escape, raw["parts"]))
    words = "|".join(map(re.escape, raw["names"]))
    return re.compile(rf"(?:{starts})\w*|\w*(?:{parts})\w*|{words}|E[A-Z0-9]+")
