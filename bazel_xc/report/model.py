"""The report as plain values, from which every renderer works.

Comes in: nothing. Goes out: frozen classes whose fields, in this order, are the keys of the JSON report; its
schema is made from them. All sequences are sorted where they are made, so that equal inputs give equal bytes
in every format; nothing in them changes from run to run or from machine to machine.
"""

from __future__ import annotations

import enum
import fnmatch
from collections.abc import Collection, Mapping
from types import MappingProxyType

from attrs import evolve, field, frozen

from bazel_xc.cgo.needs import NeedKind
from bazel_xc.clibs.resolution import Status
from bazel_xc.graph.dependency import NodeKind, Verdict
from bazel_xc.model import Diagnostic

SCHEMA_VERSION = 1
MOST = 50  # names in a list of a target: the size of a report is to grow with the number of targets only
OPTIONAL = MappingProxyType(
    {"optional": True}
)  # of fields that a saved report has only if they are not empty


class State(enum.StrEnum):
    """The state of a package on a platform, with cgo on or off as configured there."""

    PURE = "pure"
    CGO = "cgo"
    FALLBACK = "cgo-with-fallback"
    BROKEN = "broken-without-cgo"
    UNKNOWN = "unknown"
    ABSENT = "absent"


@frozen
class PlatformSetting:
    """A configured platform, and whether cgo is on there."""

    name: str
    cgo: bool


@frozen(kw_only=True)
class Origin:
    """The tree and the tools that the report was made from.

    ``go`` and ``bazel_xc`` are versions. ``revision`` is part of the format and always empty so far.
    """

    module: str
    revision: str = ""
    go: str
    bazel_xc: str
    platforms: tuple[PlatformSetting, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the platforms."""
        return tuple(each.name for each in self.platforms)

    @property
    def settings(self) -> tuple[str, ...]:
        """The platforms with their settings of cgo, for people."""
        return tuple(f"{each.name} (cgo {'on' if each.cgo else 'off'})" for each in self.platforms)


@frozen(kw_only=True)
class NeedEntry:
    """A C need of a package, and how it was resolved on some platforms.

    ``path`` and ``line`` are the first place that asks for it; it is not ``certain`` where that place may
    never be compiled. ``labels`` provide it, by ``how``; ``candidates`` are possible providers, ``tried``
    says what did not help.
    """

    kind: NeedKind
    name: str
    platforms: tuple[str, ...]
    path: str
    line: int
    certain: bool
    status: Status
    labels: tuple[str, ...]
    how: str
    candidates: tuple[str, ...]
    tried: tuple[str, ...]
    remedy: str

    @property
    def lack(self) -> str:
        """The reason why a library of the tree cannot be linked there, empty for any other need."""
        open_end = self.kind is NeedKind.ARCHIVE and self.status is Status.UNRESOLVED
        return ", ".join(self.tried) if open_end else ""


@frozen(kw_only=True)
class PackageEntry:
    """A package outside the standard library that imports "C" somewhere, that is missing on some platform, or
    that could not be loaded. ``states`` are by platform.
    """

    import_path: str
    module: str
    first_party: bool
    states: Mapping[str, State] = field(hash=False)
    needs: tuple[NeedEntry, ...]

    @property
    def groups(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """The states with their platforms, in the order of the first platform of each."""
        where: dict[str, list[str]] = {}
        for name, state in self.states.items():
            where.setdefault(str(state), []).append(name)
        return tuple((state, tuple(names)) for state, names in where.items())

    @property
    def cgo_platforms(self) -> tuple[str, ...]:
        """The platforms where it is compiled with C."""
        return tuple(name for name, state in self.states.items() if state in (State.CGO, State.FALLBACK))


@frozen(kw_only=True)
class Effect:
    """A difference in behaviour of a package of the standard library without cgo."""

    package: str
    effect: str


@frozen(kw_only=True)
class WithoutCgo:
    """A target if cgo were off: packages that vanish, packages that fall back on Go, changed behaviour.

    ``lengths`` as in TargetOn.
    """

    verdict: Verdict
    vanished: tuple[str, ...]
    fallbacks: tuple[str, ...]
    effects: tuple[Effect, ...]
    lengths: Mapping[str, int] = field(factory=dict, hash=False, metadata=OPTIONAL)


@frozen(kw_only=True)
class TargetOn:
    """A target on one platform. ``chain`` leads to the nearest package that decides the verdict; ``why`` is
    the reason if that is in the target's own files.

    ``blockers`` cannot be built, ``unknown`` packages could not be loaded. ``fallbacks`` are packages whose C
    is left out here because cgo is off; whether their other files compile is not checked. ``without_cgo`` is
    None where cgo is off already, or nothing would change. Lists end after 50 names; ``lengths`` has the
    whole length of every list that is shortened, by its key. The ``graph`` of the report has
    the other names, except those of ``fallbacks`` and ``vanished``.
    """

    verdict: Verdict
    chain: tuple[str, ...]
    cgo_packages: tuple[str, ...]
    standard_cgo_packages: tuple[str, ...]
    needs: tuple[str, ...]
    blockers: tuple[str, ...]
    unknown: tuple[str, ...] = ()
    fallbacks: tuple[str, ...]
    without_cgo: WithoutCgo | None
    why: str = field(default="", metadata=OPTIONAL)
    lengths: Mapping[str, int] = field(factory=dict, hash=False, metadata=OPTIONAL)


@frozen(kw_only=True)
class TargetEntry:
    """A binary or test, by name of the platform. If its rule sets the platform, that is ``only``, and others
    are left out.
    """

    label: str
    kind: str
    package: str
    platforms: Mapping[str, TargetOn] = field(hash=False)
    only: str = field(default="", metadata=OPTIONAL)

    @property
    def is_test(self) -> bool:
        """Whether it is a test, not a binary; its kind in the BUILD file can be mapped to another name."""
        return self.kind.endswith("test")

    @property
    def is_pure(self) -> bool:
        """Whether it needs no C on any platform."""
        return all(each.verdict is Verdict.PURE for each in self.platforms.values())


@frozen(order=True)
class ImportPlace:
    """The place where one of the user's own packages imports the next one of some chain."""

    importer: str
    imported: str
    path: str
    line: int


@frozen(kw_only=True)
class GraphNode:
    """A target, package or need that matters; platforms where it is C, cannot be built, or is unknown."""

    name: str
    kind: NodeKind
    first_party: bool
    cgo: tuple[str, ...]
    blocked: tuple[str, ...]
    unknown: tuple[str, ...] = ()


@frozen(kw_only=True)
class GraphEdge:
    """An import, or a need of a target or package, and the platforms where it exists."""

    source: str
    target: str
    platforms: tuple[str, ...]


@frozen
class ReportGraph:
    """The part of the dependency graph from which C, or a package that cannot be built, is reached."""

    nodes: tuple[GraphNode, ...]
    edges: tuple[GraphEdge, ...]


@frozen(kw_only=True)
class Report:
    """The whole report."""

    run: Origin
    packages: tuple[PackageEntry, ...]
    targets: tuple[TargetEntry, ...]
    imports: tuple[ImportPlace, ...]
    findings: tuple[Diagnostic, ...]
    graph: ReportGraph

    @property
    def unknown(self) -> tuple[Diagnostic, ...]:
        """The findings about what could not be found out."""
        return tuple(each for each in self.findings if each.is_unknown)

    @property
    def unknown_targets(self) -> tuple[TargetEntry, ...]:
        """The targets whose verdict is unknown on some platform."""
        return tuple(
            each
            for each in self.targets
            if any(on.verdict is Verdict.UNKNOWN for on in each.platforms.values())
        )

    @property
    def of_other_platforms(self) -> tuple[TargetEntry, ...]:
        """The targets that are built for none of the platforms, because their rules set another one."""
        return tuple(each for each in self.targets if each.only and not each.platforms)

    @property
    def is_whole(self) -> bool:
        """Whether everything could be found out."""
        return not (self.unknown or self.unknown_targets)

    def only(self, labels: Collection[str] | None = None, *, cgo_only: bool = False) -> Report:
        """The report on the targets with some labels, and on what they reach; all of them if there are none.

        ``cgo_only`` leaves out the targets that are pure everywhere.
        """
        chosen = (each for each in self.targets if labels is None or each.label in labels)
        targets = tuple(each for each in chosen if not (cgo_only and each.is_pure))
        return evolve(self, targets=targets) if labels is None else evolve(self, targets=targets)._drawn()

    def on(self, names: Collection[str]) -> Report:
        """The report for some of its platforms."""
        return evolve(
            self,
            run=evolve(self.run, platforms=tuple(each for each in self.run.platforms if each.name in names)),
            targets=tuple(
                evolve(each, platforms={name: on for name, on in each.platforms.items() if name in names})
                for each in self.targets
            ),
            packages=tuple(
                evolve(each, states={name: state for name, state in each.states.items() if name in names})
                for each in self.packages
            ),
        )

    def _drawn(self) -> Report:
        """The report with the packages and the part of the graph that its targets reach."""
        below: dict[str, list[str]] = {}
        for edge in self.graph.edges:
            below.setdefault(edge.source, []).append(edge.target)
        reached = {target.label for target in self.targets}
        pending = list(reached)
        while pending:
            new = set(below.get(pending.pop(), ())) - reached
            reached |= new
            pending.extend(new)
        graph = ReportGraph(
            nodes=tuple(each for each in self.graph.nodes if each.name in reached),
            edges=tuple(each for each in self.graph.edges if each.source in reached),
        )
        named = reached.union(
            *(
                (*on.cgo_packages, *on.blockers, *on.unknown, *on.fallbacks)
                for target in self.targets
                for on in target.platforms.values()
            )
        )
        packages = tuple(each for each in self.packages if each.import_path in named)
        return evolve(self, graph=graph, packages=packages)

    @property
    def places(self) -> Mapping[tuple[str, str], ImportPlace]:
        """The places of imports of the user's own code, by importer and imported package."""
        return {(each.importer, each.imported): each for each in reversed(self.imports)}


def matches(label: str, pattern: str) -> bool:
    """Whether a label matches ``//dir/...``, ``//dir``, ``//dir:name`` or a glob."""
    if pattern.endswith("/..."):
        base = pattern.removesuffix("/...")
        return label.startswith((f"{base}/", f"{base}:")) or base in ("", "/")
    if ":" not in pattern and pattern.startswith("//") and not set(pattern) & set("*?["):
        return label.startswith(f"{pattern}:")
    return fnmatch.fnmatchcase(label, pattern)
