"""How Gazelle reads the constraints of a file.

Comes in: a file's name and the constraint of its header. Goes out: a ``Reading``, the platforms that Gazelle
gives the file and the sort of keys by which it writes them. Gazelle differs from go: it reads the last suffix
of a name, knows only the platforms of its own table, and writes keys for each tag of a constraint even if
the constraint is true everywhere. Its output is only stable beside ours if ours follows it.

Source: ``language/go/fileinfo.go`` and ``language/go/package.go`` of bazel-gazelle, release 0.53.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from functools import cache

from attrs import frozen

from bazel_xc.golang.constraints import (
    GAZELLE_PLATFORMS,
    KNOWN_PLATFORMS,
    Expr,
    Not,
    Tag,
    all_of,
    may_hold,
)

_SYSTEMS = frozenset(name.partition("_")[0] for name in GAZELLE_PLATFORMS)
_PROCESSORS = frozenset(name.partition("_")[2] for name in GAZELLE_PLATFORMS)


class Family(enum.StrEnum):
    """The sort of select keys: none, operating systems, architectures, or pairs of both."""

    EVERYWHERE = ""
    OS = "os"
    ARCH = "arch"
    PAIR = "pair"


@frozen
class Reading:
    """Platforms, and the keys by which Gazelle writes what is needed there."""

    family: Family = Family.EVERYWHERE
    platforms: frozenset[str] = KNOWN_PLATFORMS

    def __or__(self, other: Reading) -> Reading:
        """The reading of something that two files need.

        What one file needs everywhere has no key, and different keys become pairs.
        """
        where = self.platforms | other.platforms
        families = {each.family for each in (self, other) if each.platforms}
        if not families or Family.EVERYWHERE in families:
            return Reading(Family.EVERYWHERE, where)
        return Reading(families.pop() if len(families) == 1 else Family.PAIR, where)


EVERYWHERE = Reading()
NOWHERE = Reading(Family.EVERYWHERE, frozenset())


def read_constraints(name: str, header: Expr | None, tags: frozenset[str] = frozenset()) -> Reading:
    """The platforms on which a file may be compiled for Gazelle.

    ``header`` is the constraint in the file itself, ``tags`` are the tags of the ``build_tags`` directive. A
    file that is not tied to any platform has all of ``KNOWN_PLATFORMS``.
    """
    return _reading(all_of(_name_constraint(name), header), tags)


@cache
def _reading(constraint: Expr | None, tags: frozenset[str]) -> Reading:
    where = may_hold(constraint, tags) & GAZELLE_PLATFORMS
    family = _family(constraint)
    if family is Family.EVERYWHERE and where == GAZELLE_PLATFORMS:
        where = KNOWN_PLATFORMS
    return Reading(family, where)


def _name_constraint(name: str) -> Expr | None:
    """The constraint of a file name; only the part before the last dot counts, and only known suffixes."""
    stem = name[: name.rfind(".")] if "." in name else name
    _, *parts = stem.removesuffix("_test").rsplit("_", 2)
    last = parts[-1] if parts else ""
    if len(parts) > 1 and parts[0] in _SYSTEMS and last in _PROCESSORS:
        return all_of(Tag(parts[0]), Tag(last))
    return Tag(last) if last in _SYSTEMS or last in _PROCESSORS else None


def _family(constraint: Expr | None) -> Family:
    names = set(_tags(constraint)) if constraint else set()
    os = "unix" in names or bool(names & _SYSTEMS)
    arch = bool(names & _PROCESSORS)
    if os and arch:
        return Family.PAIR
    return Family.OS if os else Family.ARCH if arch else Family.EVERYWHERE


def _tags(constraint: Expr) -> Iterator[str]:
    match constraint:
        case Tag():
            yield constraint.name
        case Not():
            yield from _tags(constraint.term)
        case _:
            for term in constraint.terms:
                yield from _tags(term)
