"""The report as plain values, from which every renderer works.

Comes in: nothing. Goes out: frozen classes. All sequences are sorted where they are made, so that equal
inputs give equal bytes in every format; nothing in them changes from run to run or from machine to machine.
"""

from __future__ import annotations

import enum
import fnmatch

from attrs import evolve, frozen

from bazel_xc.clibs.resolution import Outcome
from bazel_xc.graph.dependency import Verdict
from bazel_xc.model import Diagnostic

SCHEMA_VERSION = 1


class State(enum.StrEnum):
    """What a package is on a platform, under the setting of cgo that is configured there."""

    PURE = "pure"
    CGO = "cgo"
    FALLBACK = "cgo-with-fallback"
    BROKEN = "broken-without-cgo"
    UNKNOWN = "unknown"
    ABSENT = "absent"


@frozen(kw_only=True)
class Run:
    """What the report was made from; ``revision`` is set where it is of a git revision."""

    module: str
    go_version: str
    tool_version: str
    platforms: tuple[tuple[str, bool], ...]  # name, cgo
    revision: str = ""


@frozen(kw_only=True)
class PackageEntry:
    """A package outside the standard library that imports "C" somewhere, that some platform lacks, or that
    could not be loaded.
    """

    import_path: str
    module: str
    first_party: bool
    states: tuple[tuple[str, State], ...]
    needs: tuple[Outcome, ...]

    @property
    def groups(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """The states with their platforms, in the order of the first platform of each."""
        where: dict[str, list[str]] = {}
        for name, state in self.states:
            where.setdefault(str(state), []).append(name)
        return tuple((state, tuple(names)) for state, names in where.items())

    @property
    def cgo_platforms(self) -> tuple[str, ...]:
        """Where it is compiled with C."""
        return tuple(name for name, state in self.states if state in (State.CGO, State.FALLBACK))


@frozen(kw_only=True)
class Effect:
    """What a package of the standard library does differently without cgo."""

    package: str
    effect: str


@frozen(kw_only=True)
class WithoutCgo:
    """What would be if cgo were off: packages that vanish, others that fall back on Go, other behaviour."""

    verdict: Verdict
    vanished: tuple[str, ...] = ()
    fallbacks: tuple[str, ...] = ()
    effects: tuple[Effect, ...] = ()


@frozen(kw_only=True)
class TargetOn:
    """A target on one platform. ``chain`` leads to the nearest package that decides the verdict.

    ``blockers`` cannot be built, ``unknown`` packages could not be loaded.
    ``without_cgo`` is None where cgo is off already, or nothing would change. ``fallbacks`` are packages
    whose C is left out here because cgo is off; that their other files suffice is likely, not certain.
    """

    platform: str
    verdict: Verdict
    chain: tuple[str, ...]
    cgo_packages: tuple[str, ...]
    standard_cgo_packages: tuple[str, ...]
    needs: tuple[str, ...]
    blockers: tuple[str, ...]
    unknown: tuple[str, ...] = ()
    fallbacks: tuple[str, ...] = ()
    without_cgo: WithoutCgo | None = None


@frozen(kw_only=True)
class TargetEntry:
    """A binary or test, with what holds on each platform."""

    label: str
    kind: str
    package: str
    platforms: tuple[TargetOn, ...]

    @property
    def is_pure(self) -> bool:
        """Whether it needs no C on any platform."""
        return all(each.verdict is Verdict.PURE for each in self.platforms)


@frozen(order=True)
class ImportPlace:
    """Where one of the user's own packages imports another one that stands behind it in some chain."""

    importer: str
    imported: str
    path: str
    line: int


@frozen(kw_only=True)
class GraphNode:
    """A target, package or need that matters; platforms where it is C, cannot be built, or is unknown."""

    name: str
    kind: str
    first_party: bool = False
    cgo: tuple[str, ...] = ()
    blocked: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


@frozen(kw_only=True)
class GraphEdge:
    """An import, or what a target or package asks for, and the platforms where that holds."""

    source: str
    target: str
    platforms: tuple[str, ...]


@frozen(kw_only=True)
class Report:
    """The whole report."""

    run: Run
    packages: tuple[PackageEntry, ...]
    targets: tuple[TargetEntry, ...]
    imports: tuple[ImportPlace, ...] = ()
    findings: tuple[Diagnostic, ...] = ()
    nodes: tuple[GraphNode, ...] = ()
    edges: tuple[GraphEdge, ...] = ()

    @property
    def unknown(self) -> tuple[Diagnostic, ...]:
        """What could not be found out, as the findings say it."""
        return tuple(each for each in self.findings if each.is_unknown)

    @property
    def unknown_targets(self) -> tuple[TargetEntry, ...]:
        """The targets with a platform on which nobody knows what they take."""
        return tuple(
            each for each in self.targets if any(on.verdict is Verdict.UNKNOWN for on in each.platforms)
        )

    @property
    def is_whole(self) -> bool:
        """Whether everything could be found out."""
        return not (self.unknown or self.unknown_targets)

    def only(self, pattern: str = "", *, cgo_only: bool = False) -> Report:
        """The report on the targets whose label matches ``//dir/...``, ``//dir:name`` or a glob."""
        chosen = (each for each in self.targets if not pattern or matches(each.label, pattern))
        targets = tuple(each for each in chosen if not (cgo_only and each.is_pure))
        return evolve(self, targets=targets)._drawn() if pattern else evolve(self, targets=targets)

    def _drawn(self) -> Report:
        """The report with the part of the graph that its targets reach."""
        below: dict[str, list[str]] = {}
        for edge in self.edges:
            below.setdefault(edge.source, []).append(edge.target)
        reached = {target.label for target in self.targets}
        pending = list(reached)
        while pending:
            new = set(below.get(pending.pop(), ())) - reached
            reached |= new
            pending.extend(new)
        return evolve(
            self,
            nodes=tuple(each for each in self.nodes if each.name in reached),
            edges=tuple(each for each in self.edges if each.source in reached),
        )

    def place(self, importer: str, imported: str) -> ImportPlace | None:
        """Where an import stands, as far as it is the user's own."""
        alike = (each for each in self.imports if (each.importer, each.imported) == (importer, imported))
        return next(alike, None)


def matches(label: str, pattern: str) -> bool:
    """Whether a label is meant by ``//dir/...``, ``//dir``, ``//dir:name`` or a glob."""
    if pattern.endswith("/..."):
        base = pattern.removesuffix("/...")
        return label.startswith((f"{base}/", f"{base}:")) or base in ("", "/")
    if ":" not in pattern and pattern.startswith("//") and not set(pattern) & set("*?["):
        return label.startswith(f"{pattern}:")
    return fnmatch.fnmatchcase(label, pattern)
