"""The data of the HTML page: the report with every name once.

Comes in: a ``Report``. Goes out: values that ``json`` writes, a fifth of the size of the JSON report. Names
are numbers: indexes of ``names``. Platforms are numbers too, in their configured order, and sets of platforms
are masks of bits. ``data/html/data.js`` reads it; nothing else does, so it may change with any version.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from attrs import asdict, define, field

from bazel_xc.report.model import GraphEdge, GraphNode, NeedEntry, PackageEntry, Report, TargetEntry, TargetOn
from bazel_xc.report.summary import summarise

_LISTS = ("chain", "cgo_packages", "standard_cgo_packages", "needs", "blockers", "unknown", "fallbacks")


def page_data(report: Report) -> dict[str, Any]:
    """The data of the page: run, summary, targets, packages, imports, findings, graph and names."""
    packer = _Packer(platforms=report.run.names)
    return {
        "run": asdict(report.run),
        "summary": asdict(summarise(report)),
        "targets": [packer.target(each) for each in report.targets],
        "packages": [packer.package(each) for each in report.packages],
        "imports": [
            [*packer.numbers((each.importer, each.imported, each.path)), each.line] for each in report.imports
        ],
        "findings": [asdict(each) for each in report.findings],
        "graph": packer.graph(report.graph.nodes, report.graph.edges),
        "names": list(packer.known),
    }


@define
class _Packer:
    platforms: tuple[str, ...]
    known: dict[str, int] = field(factory=dict)

    def number(self, name: str) -> int:
        return self.known.setdefault(name, len(self.known))

    def numbers(self, names: Iterable[str]) -> list[int]:
        return [self.number(each) for each in names]

    def mask(self, platforms: Iterable[str]) -> int:
        """The bits of platforms; those that the report was shortened by have none."""
        return sum(1 << self.platforms.index(each) for each in platforms if each in self.platforms)

    def target(self, target: TargetEntry) -> list[Any]:
        """Label, kind, package, whether it is a test; states, and the number of the state per platform, which
        is -1 if it is never built for it.
        """
        states: list[dict[str, Any]] = []
        used: list[int] = []
        for name in self.platforms:
            state = self._state(target.platforms[name]) if name in target.platforms else None
            if state and state not in states:
                states.append(state)
            used.append(states.index(state) if state else -1)
        head = [self.number(target.label), target.kind, self.number(target.package), int(target.is_test)]
        return [*head, states, used]

    def _state(self, on: TargetOn) -> dict[str, Any]:
        """A target on a platform; what is empty is left out."""
        state: dict[str, Any] = {"verdict": str(on.verdict)}
        for key in _LISTS:
            if names := getattr(on, key):
                state[key] = self.numbers(names)
        if on.why:
            state["why"] = on.why
        if on.lengths:
            state["lengths"] = dict(on.lengths)
        if without := on.without_cgo:
            state["without_cgo"] = {
                "verdict": str(without.verdict),
                "vanished": self.numbers(without.vanished),
                "fallbacks": self.numbers(without.fallbacks),
                "effects": [self.numbers((each.package, each.effect)) for each in without.effects],
                "lengths": dict(without.lengths),
            }
        return state

    def package(self, package: PackageEntry) -> list[Any]:
        """Import path, module, whether it is of the workspace, the state per platform, C needs."""
        states = [str(package.states[name]) for name in self.platforms]
        head = [self.number(package.import_path), self.number(package.module), int(package.first_party)]
        return [*head, states, [self._need(each) for each in package.needs]]

    def _need(self, need: NeedEntry) -> dict[str, Any]:
        return {**asdict(need), "platforms": self.mask(need.platforms)}

    def graph(self, nodes: tuple[GraphNode, ...], edges: tuple[GraphEdge, ...]) -> dict[str, Any]:
        """Nodes and edges as flat lists: an edge is the indexes of two nodes and a mask."""
        at = {each.name: index for index, each in enumerate(nodes)}
        drawn = (each for each in edges if each.source in at and each.target in at)
        return {
            "nodes": [
                [
                    self.number(each.name),
                    str(each.kind),
                    int(each.first_party),
                    self.mask(each.cgo),
                    self.mask(each.blocked),
                    self.mask(each.unknown),
                ]
                for each in nodes
            ],
            "edges": [
                number
                for each in drawn
                for number in (at[each.source], at[each.target], self.mask(each.platforms))
            ],
        }
