"""Builds the report's model from the graph.

Comes in: ``Material``: the dependency graphs for both settings of cgo, targets, outcomes of C needs, places
of imports. Goes out: a ``Report`` of plain values, sorted, so that equal inputs give equal bytes in every
renderer. It reads nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any

from attrs import field, frozen

from bazel_xc.clibs.outcome import Outcome
from bazel_xc.graph.dependency import Below, DependencyGraph, NodeKind, Target, Verdict
from bazel_xc.graph.reach import Reach
from bazel_xc.model import Diagnostic
from bazel_xc.report.model import (
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

_NOWHERE: frozenset[str] = frozenset()


@frozen(kw_only=True)
class Material:
    """The input of a report.

    ``graph`` is for the configured settings of cgo, ``other`` for the opposite ones. ``outcomes`` are the
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
        self.left_out: dict[str, Reach] = {}

    def packages(self) -> Iterator[PackageEntry]:
        graph = self.material.graph
        for node in sorted({*graph.nodes, *self.material.other.nodes}):
            data = self._data(graph, node) or self._data(self.material.other, node)
            if data.get("kind") != NodeKind.PACKAGE:
                continue
            states = {name: self._state(node, name) for name in graph.platforms}
            used = {*states.values()}
            lacking = data["first_party"] and State.ABSENT in used and used != {State.ABSENT}
            if used - {State.PURE, State.ABSENT} or lacking:
                yield PackageEntry(
                    import_path=node,
                    module=self._module(node),
                    first_party=data["first_party"],
                    states=states,
                    needs=tuple(map(_need, self.material.outcomes.get(node, ()))),
                )

    def _state(self, node: str, platform: str) -> State:
        on, off = self.material.graph, self.material.other
        if not self.cgo[platform]:
            on, off = off, on
        if platform in self._data(self.material.graph, node).get("unknown", _NOWHERE):
            return State.UNKNOWN
        uses_c = platform in self._data(on, node).get("cgo", _NOWHERE)
        here = _is_there(self._data(self.material.graph, node), platform)
        without = _is_there(self._data(off, node), platform)
        if not here:
            there = _is_there(self._data(on, node), platform)
            return State.BROKEN if there and not self.cgo[platform] else State.ABSENT
        if not uses_c:
            return State.PURE
        return State.FALLBACK if without else State.CGO

    def _data(self, graph: DependencyGraph, node: str) -> Mapping[str, Any]:
        return graph.nodes.get(node, {})

    def _module(self, node: str) -> str:
        return self.modules.get(node, "")

    def nodes(self) -> Iterator[GraphNode]:
        """The nodes that reach C, or a package that cannot be built."""
        for node in sorted(self.drawn):
            data = self._data(self.material.graph, node)
            yield GraphNode(
                name=node,
                kind=NodeKind(data["kind"]),
                first_party=bool(data.get("first_party", data["kind"] == NodeKind.TARGET)),
                cgo=tuple(sorted(data.get("cgo", _NOWHERE))),
                blocked=tuple(sorted(data.get("broken", _NOWHERE))),
                unknown=tuple(sorted(data.get("unknown", _NOWHERE))),
            )

    def edges(self) -> Iterator[GraphEdge]:
        """The edges between those nodes."""
        for (source, target), held in sorted(self.material.graph.edges.items(), key=lambda edge: edge[0]):
            if source in self.drawn and target in self.drawn:
                yield GraphEdge(source=source, target=target, platforms=tuple(sorted(held)))

    def target(self, target: Target) -> TargetEntry:
        return TargetEntry(
            label=target.label,
            kind=target.kind,
            package=target.package,
            platforms={name: self._target_on(target, name) for name in self.material.graph.platforms},
        )

    def _target_on(self, target: Target, platform: str) -> TargetOn:
        graph = self.material.graph
        below = graph.below(target.label, platform)
        category = "broken" if below.blockers else "unknown" if below.unknown else "cgo"
        return TargetOn(
            verdict=below.verdict,
            chain=graph.nearest(target.label, category, platform),
            cgo_packages=below.cgo,
            standard_cgo_packages=below.standard_cgo,
            needs=tuple(node.removeprefix("need:") for node in below.needs),
            blockers=below.blockers,
            unknown=below.unknown,
            fallbacks=tuple(self._fallbacks(target, platform)),
            without_cgo=self._without_cgo(target, platform, below),
        )

    def _fallbacks(self, target: Target, platform: str) -> Iterator[str]:
        """The packages below a target whose C is left out."""
        if self.cgo[platform]:
            return
        if platform not in self.left_out:
            self.left_out[platform] = self._left_out(platform)
        reach = self.left_out[platform]
        yield from reach.names(reach.masks.get(target.label, 0))

    def _left_out(self, platform: str) -> Reach:
        """The nodes that reach a listed package that would import "C" with cgo on."""
        graph = self.material.graph
        marked = (
            node
            for node, data in self.material.other.nodes.items()
            if data["kind"] == NodeKind.PACKAGE
            and platform in data["cgo"]
            and _is_there(self._data(graph, node), platform)
        )
        return Reach.of(graph.on(platform).successors, marked)

    def _without_cgo(self, target: Target, platform: str, below: Below) -> WithoutCgo | None:
        other = self.material.other
        if not self.cgo[platform] or target.label not in other.nodes:
            return None
        if below.blockers or below.unknown or not (below.cgo or below.standard_cgo):
            return None
        flipped = other.below(target.label, platform)
        return WithoutCgo(
            verdict=flipped.verdict if flipped.blockers or flipped.unknown else Verdict.PURE,
            vanished=tuple(node for node in flipped.blockers if node != target.label),
            fallbacks=tuple(node for node in below.cgo if _is_there(self._data(other, node), platform)),
            effects=effects(below.standard_cgo, platform.partition("_")[0], self.material.release),
        )

    def imports(self, targets: Iterable[TargetEntry]) -> Iterator[ImportPlace]:
        for target in targets:
            for on in target.platforms.values():
                for pair in pairwise(on.chain):
                    if pair in self.material.places:
                        yield ImportPlace(*pair, *self.material.places[pair])


def _need(end: Outcome) -> NeedEntry:
    return NeedEntry(
        kind=end.need.kind,
        name=end.need.name,
        platforms=tuple(sorted(end.platforms)),
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
    """Package -> its module."""
    pairs = sorted((node, each) for node, each in graph.edges if each.startswith("module:"))
    return {node: each.removeprefix("module:") for node, each in reversed(pairs)}


def _relevant(graph: DependencyGraph) -> frozenset[str]:
    """The nodes that lead to C, to a need, to an unknown package, or to a package of the workspace that some
    platform lacks.
    """
    nodes = graph.nodes
    above: dict[str, list[str]] = {}
    for source, target in graph.edges:
        above.setdefault(target, []).append(source)
    kinds = (NodeKind.PACKAGE, NodeKind.TARGET, NodeKind.NEED)
    found = {
        node
        for node, data in nodes.items()
        if data["kind"] == NodeKind.NEED
        or (
            data["kind"] == NodeKind.PACKAGE
            and (data["cgo"] or data["unknown"] or (data["first_party"] and data["broken"]))
        )
    }
    pending = list(found)
    while pending:
        for node in above.get(pending.pop(), ()):
            if node not in found and nodes[node]["kind"] in kinds:
                found.add(node)
                pending.append(node)
    return frozenset(found)


def _is_there(data: Mapping[str, Any], platform: str) -> bool:
    """Whether a package was listed on a platform and has files to compile there."""
    return platform in data.get("listed", _NOWHERE) and platform not in data.get("broken", _NOWHERE)
