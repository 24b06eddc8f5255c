"""The few directives of a text on which its inclusions depend.

Comes in: all directives of a text; later the names to which macros from elsewhere refer. Goes out: every
``#include`` and every directive that affects one, in order. ``inclusions`` gives the same result for them as
for the whole text. An amalgamated library has thousands of directives but only some dozens of inclusions, and
it is read many times. Nothing is evaluated here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from attrs import define, field

from bazel_xc.cgo.conditions import names_in
from bazel_xc.cgo.preprocess import Directive, named_header

_NAME = re.compile(r"[A-Za-z_$\x80-\U0010ffff][\w$]*")
_DEFINES = frozenset({"define", "undef"})
_BRANCHES = frozenset({"elif", "else", "endif"})
_HEAD = 2  # the directives that may guard the text
_NOWHERE = -1


@define(eq=False)
class Deciding:
    """The directives of a text with their places.

    ``group`` is the ``#if`` around each, ``groups`` are all directives of each ``#if`` itself, and
    ``defining`` are the definitions of each name.
    """

    directives: tuple[Directive, ...]
    group: list[int]
    groups: Mapping[int, list[int]]
    defining: Mapping[str, list[int]]
    _known: dict[frozenset[str], tuple[Directive, ...]] = field(factory=dict, init=False)

    @classmethod
    def of(cls, directives: tuple[Directive, ...]) -> Deciding:
        """Finds the groups."""
        group: list[int] = []
        groups: dict[int, list[int]] = {}
        defining: dict[str, list[int]] = {}
        open_groups: list[int] = []
        for at, each in enumerate(directives):
            if open_groups and each.word in _BRANCHES:
                groups[open_groups[-1]].append(at)
            if open_groups and each.word == "endif":
                open_groups.pop()
            group.append(open_groups[-1] if open_groups else _NOWHERE)
            if each.word == "if":
                open_groups.append(at)
                groups[at] = [at]
            elif each.word in _DEFINES:
                defining.setdefault(each.text, []).append(at)
        return cls(directives, group, groups, defining)

    def given(self, names: frozenset[str]) -> tuple[Directive, ...]:
        """Those that decide about inclusions, if macros from elsewhere refer to no other ``names``."""
        asked = names.intersection(self.defining)
        if asked not in self._known:
            self._known[asked] = tuple(self.directives[at] for at in sorted(self._chosen(asked)))
        return self._known[asked]

    def _chosen(self, names: frozenset[str]) -> set[int]:
        chosen: set[int] = set()
        asked = set(names)
        waiting = [at for at, each in enumerate(self.directives) if at < _HEAD or _includes(each)]
        waiting += [at for name in names for at in self.defining[name]]
        while waiting:
            at = waiting.pop()
            if at in chosen:
                continue
            chosen.add(at)
            waiting += self.groups.get(at, ())
            if self.group[at] != _NOWHERE:
                waiting.append(self.group[at])
            for name in _names_of(self.directives[at]):
                if name not in asked:
                    asked.add(name)
                    waiting += self.defining.get(name, ())
        return chosen


def names_of(text: str | None) -> Iterator[str]:
    """The names in the text of a macro."""
    return (found[0] for found in _NAME.finditer(text or ""))


def _includes(directive: Directive) -> bool:
    """Whether a directive includes something, or defines a macro that is a header."""
    return directive.word.startswith("include") or named_header(directive.value) is not None


def _names_of(directive: Directive) -> Iterator[str]:
    yield from names_in(directive.condition)
    yield from names_of(directive.value)
    if directive.word not in _DEFINES:
        yield from names_of(directive.text)
