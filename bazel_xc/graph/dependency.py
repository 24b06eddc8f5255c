"""The dependency graph itself: what its nodes are, and what a node reaches on a platform.

Comes in: nodes, and edges with their platforms. Goes out: a ``DependencyGraph`` that answers which
packages import "C" below a target, through which chain, and which packages cannot be built where. It knows no
labels of providers and prints nothing.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from typing import Any

from attrs import field, frozen

from bazel_xc.cgo.needs import CNeed
from bazel_xc.graph.reach import Reach, distances, shortest


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
class Slice:
    """The graph on one platform: successors and predecessors by node, sorted, and what is reached.

    ``reach`` is over the nodes that matter for building something: those with a category of ``masks``.
    """

    successors: Mapping[str, tuple[str, ...]]
    predecessors: Mapping[str, tuple[str, ...]]
    reach: Reach
    masks: Mapping[str, int]

    def closure(self, node: str) -> frozenset[str]:
        """Everything that a node reaches, itself included."""
        return _walked(node, self.successors)

    def origins(self, node: str) -> frozenset[str]:
        """Everything that reaches a node, itself included."""
        return _walked(node, self.predecessors)


def _walked(node: str, edges: Mapping[str, tuple[str, ...]]) -> frozenset[str]:
    seen, pending = {node}, [node]
    while pending:
        for each in edges.get(pending.pop(), ()):
            if each not in seen:
                seen.add(each)
                pending.append(each)
    return frozenset(seen)


@frozen
class DependencyGraph:
    """A directed graph over all configured platforms.

    ``nodes`` are import paths, ``module:PATH``, ``need:KIND:NAME`` and target labels, each with ``kind``;
    package nodes have ``cgo``, ``broken`` and ``unknown``, the names of platforms where they import "C",
    where they cannot be built and where go could not load them, ``listed`` ones where go lists them, and
    whether they are ``first_party``. ``edges`` map pairs of nodes to platforms.
    """

    nodes: Mapping[str, Mapping[str, Any]] = field(eq=False)
    edges: Mapping[tuple[str, str], frozenset[str]] = field(eq=False)
    platforms: tuple[str, ...]
    _slices: dict[str, Slice] = field(factory=dict, eq=False, repr=False)
    _away: dict[tuple[str, str], dict[str, int]] = field(factory=dict, eq=False, repr=False)

    def on(self, platform: str) -> Slice:
        """The part of the graph whose edges hold on a platform."""
        if platform not in self._slices:
            self._slices[platform] = self._sliced(platform)
        return self._slices[platform]

    def _sliced(self, platform: str) -> Slice:
        pairs = sorted(pair for pair, held in self.edges.items() if platform in held)
        marked = {key: self._marked(key, platform) for key in _CATEGORIES}
        successors = dict.fromkeys(sorted(self.nodes), ()) | _grouped(pairs)
        reach = Reach.of(successors, frozenset().union(*marked.values()))
        return Slice(
            successors=successors,
            predecessors=_grouped((b, a) for a, b in pairs),
            reach=reach,
            masks={key: reach.mask_of(names) for key, names in marked.items()},
        )

    def _marked(self, category: str, platform: str) -> frozenset[str]:
        """The nodes of a category: what cannot be built is in none of the others but ``broken``."""
        return frozenset(node for node, data in self.nodes.items() if _is_in(category, data, platform))

    def below(self, node: str, platform: str) -> Below:
        """What a node reaches on a platform that matters for building it there."""
        part = self.on(platform)
        mask = part.reach.masks.get(node, 0)
        found = {key: part.reach.names(mask & held) for key, held in part.masks.items()}
        return Below(
            cgo=found["cgo"],
            standard_cgo=found["standard_cgo"],
            needs=found["needs"],
            blockers=found["broken"],
            unknown=found["unknown"],
        )

    def nearest(self, source: str, category: str, platform: str) -> tuple[str, ...]:
        """The shortest chain to the nearest node of a category, other than targets; names settle ties."""
        key = (category, platform)
        if key not in self._away:
            ends = (
                node
                for node in self._marked(category, platform)
                if self.nodes[node]["kind"] != NodeKind.TARGET
            )
            self._away[key] = distances(self.on(platform).predecessors, ends)
        return shortest(source, self.on(platform).successors, self._away[key])

    def chain(self, source: str, ends: Iterable[str], platform: str) -> tuple[str, ...]:
        """The shortest chain of edges to the nearest of some nodes; names settle ties.

        Empty where none of them is reached.
        """
        part = self.on(platform)
        return shortest(source, part.successors, distances(part.predecessors, ends))


_CATEGORIES = ("cgo", "standard_cgo", "needs", "broken", "unknown")


def _is_in(category: str, data: Mapping[str, Any], platform: str) -> bool:
    if category == "needs":
        return bool(data["kind"] == NodeKind.NEED)
    if category == "unknown":
        return platform in data.get("unknown", ()) and platform not in data.get("broken", ())
    if category in ("cgo", "standard_cgo"):
        standard = data["kind"] == NodeKind.STANDARD
        return platform in data.get("cgo", ()) and standard == (category == "standard_cgo")
    return platform in data.get(category, ())


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for one, other in pairs:
        found.setdefault(one, []).append(other)
    return {node: tuple(others) for node, others in found.items()}
