"""The rules that bazel-xc wants, as values, and the facts that their attributes are made of.

Comes in: plain values. Goes out: frozen classes. ``plan`` makes the rules, ``merge`` writes them.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from attrs import field, frozen

from bazel_xc.bazel.outline import Slot
from bazel_xc.buildfile.syntax import Value
from bazel_xc.model import ByCgo, ByPlatform, Label, Platform

if TYPE_CHECKING:
    from bazel_xc.cgo.flags import CgoFlags


@frozen
class WantedRule:
    """One wanted rule; ``slot`` has its existing twin.

    ``uncertain`` attributes could not be found out completely: existing values stay, more may be added.
    Gazelle would write ``contested`` attributes in another way.
    """

    slot: Slot
    attributes: Mapping[str, Value] = field(factory=dict)
    uncertain: frozenset[str] = frozenset()
    contested: frozenset[str] = frozenset()


@frozen(kw_only=True)
class RuleFacts:
    """Facts of later stages about packages, by directory.

    ``absent``: known platforms on which the library cannot be built. ``needs_cgo``: per slot name the
    configured platforms on which a binary or test is to be built with cgo only. ``flags``: C flags.
    ``cdeps``: by known platform, in link order, for cgo on. ``uncertain``: labels of rules and import paths
    of packages that need something that could not be loaded.
    """

    absent: Mapping[str, ByCgo]
    absent_tests: Mapping[str, ByCgo]
    needs_cgo: Mapping[tuple[str, str], frozenset[str]]
    flags: Mapping[str, CgoFlags]
    test_flags: Mapping[str, CgoFlags]
    platforms: tuple[Platform, ...]
    cdeps: Mapping[str, ByPlatform[Label]] = field(factory=dict)
    uncertain: frozenset[str] = frozenset()

    @cached_property
    def configured(self) -> ByCgo:
        """The names of the configured platforms, by their settings of cgo."""
        on = frozenset(each.name for each in self.platforms if each.cgo)
        off = frozenset(each.name for each in self.platforms if not each.cgo)
        return ByCgo(on, off)
