"""The dependency graph itself: what its nodes are, and what a node reaches on a platform.

Comes in: a networkx graph with platforms on every edge. Goes out: a ``DependencyGraph`` that answers which
packages import "C" below a target, through which chain, and which packages cannot be built where. It knows no
labels of providers and prints nothing.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from attrs import field, frozen

from bazel_xc.cgo.needs import CNeed

if TYPE_CHECKING:
    import networkx as nx


class NodeKind(enum.StrEnum):
    """What a node stands for."""

    PACKAGE = "package"
    STANDARD = "standard"
    MODULE = "module"
    NEED = "need"
    TARGET = "target"


class Verdict(enum.StrEnum):
    """What building a target for a platform takes."""

    PURE = "pure"
    C_TOOLCHAIN = "c-toolchain"
    C_LIBRARIES = "c-libraries"
    BLOCKED = "blocked"
    UNKNOWN = "unknown"


@frozen
class Target:
    """A binary or test: its label, the rule's kind, its package, and what each platform makes it import.

    ``imports`` maps configured platforms to import paths; a platform on which it cannot be built is absent.
    On ``unknown`` ones nobody knows what it imports.
    """

    label: str
    kind: str
    package: str
    imports: Mapping[str, tuple[str, ...]] = field(hash=False)
    unknown: frozenset[str] = frozenset()


@frozen(kw_only=True)
class Below:
    """What a node reaches on a platform, itself included, sorted.

    ``cgo`` are packages that import "C", those of the standard library apart; ``needs`` are nodes of C needs;
    ``blockers`` are nodes that cannot be built, ``unknown`` ones that could not be loaded.
    """

    cgo: tuple[str, ...]
    standard_cgo: tuple[str, ...]
    needs: tuple[str, ...]
    blockers: tuple[str, ...]
    unknown: tuple[str, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """What building the node takes. What is known to stop it is said before what is not known."""
        if self.blockers:
            return Verdict.BLOCKED
        if self.unknown:
            return Verdict.UNKNOWN
        if self.needs:
            return Verdict.C_LIBRARIES
        return Verdict.C_TOOLCHAIN if self.cgo else Verdict.PURE


def need_node(need: CNeed) -> str:
    """The node of a C need."""
    return f"need:{need.kind}:{need.name}"


@frozen
class DependencyGraph:
    """A directed graph over all configured platforms.

    Nodes are import paths, ``module:PATH``, ``need:KIND:NAME`` and target labels, each with ``kind``; package
    nodes have ``cgo``, ``broken`` and ``unknown``, the names of platforms where they import "C", where they
    cannot be built and where go could not load them, ``listed`` ones where go lists them, and whether they
    are ``first_party``. Every edge has ``platforms``.
    """

    graph: nx.DiGraph[str] = field(eq=False)
    platforms: tuple[str, ...]
    _slices: dict[str, nx.DiGraph[str]] = field(factory=dict, eq=False, repr=False)
    _relevant: dict[str, frozenset[str]] = field(factory=dict, eq=False, repr=False)

    def on(self, platform: str) -> nx.DiGraph[str]:
        """The part of the graph whose edges hold on a platform."""
        if platform not in self._slices:
            part = self.graph.__class__()
            part.add_nodes_from(sorted(self.graph.nodes))
            edges = self.graph.edges(data=True)
            part.add_edges_from(sorted((a, b) for a, b, data in edges if platform in data["platforms"]))
            self._slices[platform] = part
        return self._slices[platform]

    def closure(self, node: str, platform: str) -> frozenset[str]:
        """Everything that a node reaches on a platform, itself included."""
        import networkx as nx  # noqa: PLC0415 - an eighth of a second that generate does without

        return frozenset(nx.descendants(self.on(platform), node)) | {node}

    def below(self, node: str, platform: str) -> Below:
        """What a node reaches on a platform that matters for building it there."""
        nodes = self.graph.nodes
        cgo: list[str] = []
        standard_cgo: list[str] = []
        needs: list[str] = []
        blockers: list[str] = []
        unknown: list[str] = []
        for each in sorted(self.closure(node, platform) & self._relevant_on(platform)):
            data = nodes[each]
            if platform in data.get("cgo", ()):
                (standard_cgo if data["kind"] == NodeKind.STANDARD else cgo).append(each)
            if platform in data.get("broken", ()):
                blockers.append(each)
            elif platform in data.get("unknown", ()):
                unknown.append(each)
            if data["kind"] == NodeKind.NEED:
                needs.append(each)
        return Below(
            cgo=tuple(cgo),
            standard_cgo=tuple(standard_cgo),
            needs=tuple(needs),
            blockers=tuple(blockers),
            unknown=tuple(unknown),
        )

    def _relevant_on(self, platform: str) -> frozenset[str]:
        """The nodes that matter for building something on a platform; few, where closures are large."""
        if platform not in self._relevant:
            self._relevant[platform] = frozenset(
                node
                for node, data in self.graph.nodes.items()
                if platform in data.get("cgo", ())
                or platform in data.get("broken", ())
                or platform in data.get("unknown", ())
                or data["kind"] == NodeKind.NEED
            )
        return self._relevant[platform]

    def chain(self, source: str, ends: Iterable[str], platform: str) -> tuple[str, ...]:
        """The shortest chain of edges to the nearest of some nodes; names settle ties.

        Empty where none of them is reached.
        """
        ends = frozenset(ends)
        part = self.on(platform)
        layer, before = [source], {source: ""}
        while layer:
            found = min((node for node in layer if node in ends), default=None)
            if found is not None:
                return _path_to(found, before)
            following: list[str] = []
            for node in layer:
                for successor in part.adj[node]:
                    if successor not in before:
                        before[successor] = node
                        following.append(successor)
            layer = sorted(following)
        return ()


def _path_to(node: str, before: Mapping[str, str]) -> tuple[str, ...]:
    path = [node]
    while before[path[-1]]:
        path.append(before[path[-1]])
    return tuple(reversed(path))
