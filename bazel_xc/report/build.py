"""Builds the report's model from the graph.

Comes in: ``Material``: the dependency graphs for both settings of cgo, targets, outcomes of C needs, places
of imports. Goes out: a ``Report`` of plain values, sorted, so that equal inputs give equal bytes in every
renderer. It reads nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from attrs import field, frozen

from bazel_xc.clibs.resolution import Outcome
from bazel_xc.golang.universe import turned
from bazel_xc.graph.dependency import Below, DependencyGraph, Node, NodeKind, Target, Verdict
from bazel_xc.graph.reach import Reach
from bazel_xc.model import Diagnostic
from bazel_xc.report.model import (
    MOST,
    GraphEdge,
    GraphNode,
    ImportPlace,
    NeedEntry,
    Origin,
    PackageEntry,
    Report,
    ReportGraph,
    State,
    TargetEntry,
    TargetOn,
    WithoutCgo,
)
from bazel_xc.report.standard import effects

_NO_NODE = Node(kind=NodeKind.PACKAGE)
_KEYS = {"cgo": "cgo_packages"}  # the names in a report of the fields of Below that are named otherwise


@frozen(kw_only=True)
class Material:
    """The input of a report.

    ``graph`` and ``targets`` are for the configured settings of cgo, ``other`` and ``flipped`` for the
    opposite ones. ``outcomes`` are the
    resolved needs by import path. ``places`` are path and line of the imports of the workspace's own code, by
    importer and imported package. ``release`` is Go's minor release.
    """

    graph: DependencyGraph
    other: DependencyGraph
    targets: tuple[Target, ...]
    outcomes: Mapping[str, tuple[Outcome, ...]]
    run: Origin
    places: Mapping[tuple[str, str], tuple[str, int]] = field(factory=dict)
    findings: tuple[Diagnostic, ...] = ()
    release: int = 0
    flipped: tuple[Target, ...] = ()
    _elsewhere: Mapping[str, frozenset[str]] = field(init=False, repr=False)
    _elsewhere_flipped: Mapping[str, frozenset[str]] = field(init=False, repr=False)

    @_elsewhere.default
    def _of_targets(self) -> Mapping[str, frozenset[str]]:
        return _elsewhere(self.targets)

    @_elsewhere_flipped.default
    def _of_flipped(self) -> Mapping[str, frozenset[str]]:
        return _elsewhere(self.flipped)

    def graph_of(self, node: str, platform: str) -> DependencyGraph | None:
        """The graph in which a node is built for a platform: ``graph``, or ``other`` for a target whose rule
        sets its platform and the opposite of its cgo; None if it is never built for it.
        """
        if platform not in self._elsewhere.get(node, ()):
            return self.graph
        if node not in self.other.nodes or platform in self._elsewhere_flipped.get(node, ()):
            return None
        return self.other

    def below(self, node: str, platform: str) -> Below:
        """The nodes that a node reaches on a platform for which it is built."""
        return (self.graph_of(node, platform) or self.graph).below(node, platform)

    def verdict(self, node: str, platform: str, below: Below) -> tuple[Verdict, str]:
        """The verdict on a node for a platform for which it is built, and the reason if that is its rule.

        ``below`` are the nodes that it reaches there; its lists may be shortened.
        """
        verdict = below.verdict
        if verdict is Verdict.C_TOOLCHAIN and platform in self._elsewhere.get(node, ()):
            # Its C libraries were not looked for.
            return Verdict.UNKNOWN, f"its rule turns cgo on, which is off for {platform}"
        return verdict, ""


def _elsewhere(targets: Iterable[Target]) -> Mapping[str, frozenset[str]]:
    return {each.label: each.elsewhere for each in targets if each.elsewhere}


def build_report(material: Material) -> Report:
    """The report on all targets."""
    builder = _ReportBuilder(material)
    targets = tuple(builder.target(each) for each in sorted(material.targets, key=lambda each: each.label))
    return Report(
        run=material.run,
        packages=tuple(builder.packages()),
        targets=targets,
        imports=tuple(sorted(set(builder.imports(targets)))),
        findings=material.findings,
        graph=ReportGraph(nodes=tuple(builder.nodes()), edges=tuple(builder.edges())),
    )


class _ReportBuilder:
    def __init__(self, material: Material) -> None:
        self.material = material
        self.cgo = {each.name: each.cgo for each in material.run.platforms}
        self.drawn = _relevant(material.graph)
        self.modules = _modules(material.other) | _modules(material.graph)
        self.left_out: dict[tuple[str, bool], Reach] = {}
        self.turned_off: dict[str, tuple[int, int]] = {}

    def packages(self) -> Iterator[PackageEntry]:
        graph, other = self.material.graph, self.material.other
        for name in sorted({*graph.nodes, *other.nodes}):
            node = graph.nodes.get(name) or other.nodes[name]
            if node.kind is not NodeKind.PACKAGE:
                continue
            states = {platform: self._state(name, platform) for platform in graph.platforms}
            used = {*states.values()}
            lacking = node.first_party and State.ABSENT in used and used != {State.ABSENT}
            if used - {State.PURE, State.ABSENT} or lacking:
                yield PackageEntry(
                    import_path=name,
                    module=self.modules.get(name, ""),
                    first_party=node.first_party,
                    states=states,
                    needs=tuple(
                        _need(each, graph.platforms) for each in self.material.outcomes.get(name, ())
                    ),
                )

    def _state(self, name: str, platform: str) -> State:
        bit = self.material.graph.bit(platform)
        here, there = (
            graph.nodes.get(name, _NO_NODE) for graph in (self.material.graph, self.material.other)
        )
        on, off = (here, there) if self.cgo[platform] else (there, here)
        if here.unknown & bit:
            return State.UNKNOWN
        if not here.is_there(bit):
            return State.BROKEN if on.is_there(bit) and not self.cgo[platform] else State.ABSENT
        if not on.cgo & bit:
            return State.PURE
        return State.FALLBACK if off.is_there(bit) else State.CGO

    def nodes(self) -> Iterator[GraphNode]:
        """The nodes that reach C, or a package that cannot be built."""
        graph = self.material.graph
        for name in sorted(self.drawn):
            node = graph.nodes[name]
            yield GraphNode(
                name=name,
                kind=node.kind,
                first_party=node.first_party or node.kind is NodeKind.TARGET,
                cgo=graph.names(node.cgo),
                blocked=graph.names(node.broken),
                unknown=graph.names(node.unknown),
            )

    def edges(self) -> Iterator[GraphEdge]:
        """The edges between those nodes."""
        graph = self.material.graph
        for source in sorted(self.drawn):
            for target, mask in sorted(graph.edges.get(source, {}).items()):
                if target in self.drawn:
                    yield GraphEdge(source=source, target=target, platforms=graph.names(mask))

    def target(self, target: Target) -> TargetEntry:
        graphs = {name: self.material.graph_of(target.label, name) for name in self.material.graph.platforms}
        return TargetEntry(
            label=target.label,
            kind=target.kind,
            package=target.package,
            platforms={name: self._target_on(target, name, graph) for name, graph in graphs.items() if graph},
            only=target.only,
        )

    def _target_on(self, target: Target, platform: str, graph: DependencyGraph) -> TargetOn:
        below = graph.below(target.label, platform, MOST)
        verdict, why = self.material.verdict(target.label, platform, below)
        is_other = graph is not self.material.graph
        fallbacks, lengths = (
            ((), {}) if self.cgo[platform] != is_other else self._fallbacks(target, platform, graph)
        )
        lengths |= {_KEYS.get(key, key): length for key, length in below.lengths.items()}
        category = "blockers" if below.blockers else "unknown" if below.unknown else "cgo"
        return TargetOn(
            verdict=verdict,
            chain=graph.nearest(target.label, category, platform),
            cgo_packages=below.cgo,
            standard_cgo_packages=below.standard_cgo,
            needs=tuple(node.removeprefix("need:") for node in below.needs),
            blockers=below.blockers,
            unknown=below.unknown,
            fallbacks=fallbacks,
            without_cgo=None if target.only else self._without_cgo(target, platform, below),
            why=why or target.why.get(platform, ""),
            lengths=lengths,
        )

    def _fallbacks(
        self, target: Target, platform: str, graph: DependencyGraph
    ) -> tuple[tuple[str, ...], dict[str, int]]:
        """The packages below a target whose C is left out, and their number if these are not all."""
        key = platform, graph is self.material.graph
        if key not in self.left_out:
            self.left_out[key] = self._left_out(platform, graph)
        reach = self.left_out[key]
        return _first(reach, reach.masks.get(target.label, 0), "fallbacks")

    def _left_out(self, platform: str, graph: DependencyGraph) -> Reach:
        """The nodes that reach a listed package that would import "C" with cgo on."""
        bit = graph.bit(platform)
        other = self.material.other if graph is self.material.graph else self.material.graph
        marked = (
            name
            for name, node in other.nodes.items()
            if node.kind is NodeKind.PACKAGE
            and node.cgo & bit
            and graph.nodes.get(name, _NO_NODE).is_there(bit)
        )
        return Reach.of(graph.on(platform).successors, marked)

    def _without_cgo(self, target: Target, platform: str, below: Below) -> WithoutCgo | None:
        other = self.material.other
        if not self.cgo[platform] or target.label not in other.nodes:
            return None
        if below.blockers or below.unknown or not (below.cgo or below.standard_cgo):
            return None
        if platform not in self.turned_off:
            self.turned_off[platform] = self._turned_off(platform)
        here, there = self.material.graph.on(platform).reach, other.on(platform).reach
        blockers, replaced = self.turned_off[platform]
        flipped = other.below(target.label, platform, MOST)
        vanished, lengths = _first(there, there.masks.get(target.label, 0) & blockers, "vanished")
        fallbacks, more = _first(here, here.masks.get(target.label, 0) & replaced, "fallbacks")
        return WithoutCgo(
            verdict=flipped.verdict if flipped.blockers or flipped.unknown else Verdict.PURE,
            vanished=vanished,
            fallbacks=fallbacks,
            effects=effects(below.standard_cgo, platform.partition("_")[0], self.material.release),
            lengths=lengths | more,
        )

    def _turned_off(self, platform: str) -> tuple[int, int]:
        """The masks of the packages that cannot be built without cgo, and of those with C that can."""
        nodes, bit = self.material.other.nodes, self.material.other.bit(platform)
        here, there = self.material.graph.on(platform), self.material.other.on(platform)
        targets = {name for name, node in nodes.items() if node.kind is NodeKind.TARGET}
        replaced = {name for name, node in nodes.items() if node.is_there(bit)}
        lost = there.masks["blockers"] & ~there.reach.mask_of(targets)
        return lost, here.masks["cgo"] & here.reach.mask_of(replaced)

    def imports(self, targets: Iterable[TargetEntry]) -> Iterator[ImportPlace]:
        for target in targets:
            for on in target.platforms.values():
                for pair in pairwise(on.chain):
                    if pair in self.material.places:
                        yield ImportPlace(*pair, *self.material.places[pair])


def _first(reach: Reach, mask: int, key: str) -> tuple[tuple[str, ...], dict[str, int]]:
    """The first nodes of a mask, and the number of all by the key of their list if there are more."""
    count = mask.bit_count()
    return reach.names(mask, MOST), {key: count} if count > MOST else {}


def _need(end: Outcome, order: tuple[str, ...]) -> NeedEntry:
    return NeedEntry(
        kind=end.need.kind,
        name=end.need.name,
        platforms=tuple(name for name in order if name in end.platforms),
        path=end.need.path,
        line=end.need.line,
        certain=end.need.certain,
        status=end.status,
        labels=tuple(map(str, end.labels)),
        how=end.how,
        candidates=end.candidates,
        tried=end.tried,
        remedy=end.remedy,
    )


def _modules(graph: DependencyGraph) -> dict[str, str]:
    """The module of each package that has one."""
    return {
        source: min(each for each in targets if each.startswith("module:")).removeprefix("module:")
        for source, targets in graph.edges.items()
        if any(each.startswith("module:") for each in targets)
    }


def _relevant(graph: DependencyGraph) -> frozenset[str]:
    """The nodes above C, a need, something unknown, or an own package that some platform lacks."""
    kinds = (NodeKind.PACKAGE, NodeKind.TARGET, NodeKind.NEED)
    found = {
        name
        for name, node in graph.nodes.items()
        if node.kind is NodeKind.NEED
        or (
            node.kind is NodeKind.PACKAGE and (node.cgo or node.unknown or (node.first_party and node.broken))
        )
    }
    importers = turned(graph.edges)
    pending = list(found)
    while pending:
        for name in importers.get(pending.pop(), ()):
            if name not in found and graph.nodes[name].kind in kinds:
                found.add(name)
                pending.append(name)
    return frozenset(found)
