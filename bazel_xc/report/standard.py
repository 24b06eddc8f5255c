"""The behaviour of the standard library without cgo, from the table that ships with the package.

Comes in: packages of the standard library that use C on a platform. Goes out: the effects of turning cgo off.
It does not know which packages a target uses.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from attrs import frozen

from bazel_xc.report.model import Effect
from bazel_xc.tables import table

_TABLE = "standard_without_cgo.toml"


@frozen
class Behaviour:
    """One row of the table; ``until`` is the last minor release of Go 1 with this behaviour, 0 for no end."""

    package: str
    goos: frozenset[str]
    effect: str
    until: int = 0


def effects(packages: Iterable[str], goos: str, release: int) -> tuple[Effect, ...]:
    """The effects for packages that are compiled with C; ``release`` is the minor release of Go."""
    asked = frozenset(packages)
    found = (
        Effect(package=each.package, effect=each.effect)
        for each in behaviours()
        if each.package in asked and goos in each.goos and (not each.until or release <= each.until)
    )
    return tuple(sorted(found, key=lambda each: each.package))


@cache
def behaviours() -> tuple[Behaviour, ...]:
    """The table, read once."""
    return tuple(
        Behaviour(raw["package"], frozenset(raw["goos"]), raw["effect"], raw.get("until", 0))
        for raw in table(_TABLE)["behaviour"]
    )
