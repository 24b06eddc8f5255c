"""The dependency graph of reports: its nodes, and the nodes that each reaches on a platform.

Comes in: a universe, C needs, targets, and the platforms on which packages cannot be built. Goes out: a
``DependencyGraph``, which knows the packages below a target that import "C", the chain to each, and the
packages that cannot be built. It knows no labels of providers and prints nothing.
"""

from __future__ import annotations

import enum
from collections.abc import Container, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from attrs import define, field, frozen

from bazel_xc.golang.universe import Universe
from bazel_xc.graph.imports import Absence, Edges, above
from bazel_xc.graph.reach import Nearest, Reach, chains, walked

if TYPE_CHECKING:
    from bazel_xc.cgo.needs import CNeed

NOTHING_ABSENT = Absence()


class NodeKind(enum.StrEnum):
    """The kind of a node."""

    PACKAGE = "package"
    STANDARD = "standard"
    MODULE = "module"
    NEED = "need"
    TARGET = "target"


class Verdict(enum.StrEnum):
    """The requirements for building a target for a platform."""

    PURE = "pure"
    C_TOOLCHAIN = "c-toolchain"
    C_LIBRARIES = "c-libraries"
    BLOCKED = "blocked"
    UNKNOWN = "unknown"


@frozen
class Target:
    """A binary or test: its label, the rule's kind, its package, and its imports.

    ``imports`` maps configured platforms to import paths; a platform on which it cannot be built is absent.
    On ``unknown`` platforms its imports are not known, and ``elsewhere`` it is never built, because its rule
    sets the platform ``only`` and whether cgo is on. ``why`` has, by platform, a reason in its own files that
    it cannot be built, other than that none is compiled there.
    """

    label: str
    kind: str
    package: str
    imports: Mapping[str, tuple[str, ...]] = field(hash=False)
    unknown: frozenset[str] = frozenset()
    why: Mapping[str, str] = field(factory=dict, hash=False)
    only: str = ""
    elsewhere: frozenset[str] = frozenset()


@frozen(kw_only=True)
class Below:
    """The nodes that a node reaches on a platform, itself included, sorted.

    ``cgo`` are packages that import "C", without the standard library; ``needs`` are nodes of C needs;
    ``blockers`` are nodes that cannot be built, ``unknown`` nodes that could not be loaded. ``lengths`` has
    the whole length of each field that is shortened, by its name.
    """

    cgo: tuple[str, ...]
    standard_cgo: tuple[str, ...]
    needs: tuple[str, ...]
    blockers: tuple[str, ...]
    unknown: tuple[str, ...] = ()
    lengths: Mapping[str, int] = field(factory=dict, hash=False)

    @property
    def verdict(self) -> Verdict:
        """The requirements for building the node. A known obstacle wins over an unknown one."""
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


@frozen(kw_only=True)
class Node:
    """A node with the masks of the platforms on which it imports "C", cannot be built, could not be loaded,
    and is listed.
    """

    kind: NodeKind
    cgo: int = 0
    broken: int = 0
    unknown: int = 0
    listed: int = 0
    first_party: bool = False

    def is_there(self, bit: int) -> bool:
        """Whether it is listed on a platform and can be built there."""
        return bool(self.listed & bit & ~self.broken)


@frozen
class Slice:
    """The graph on one platform: successors and predecessors by node, sorted, and the reachable nodes.

    ``reach`` covers the nodes that matter for a build: those in a category of ``masks``.
    """

    successors: Mapping[str, tuple[str, ...]]
    predecessors: Mapping[str, tuple[str, ...]]
    reach: Reach
    masks: Mapping[str, int]

    def closure(self, node: str) -> frozenset[str]:
        """All nodes that a node reaches, itself included."""
        return walked([node], self.successors)

    def origins(self, nodes: Iterable[str]) -> frozenset[str]:
        """All nodes that reach one of some nodes, themselves included."""
        return walked(nodes, self.predecessors)


@define
class DependencyGraph:
    """A directed graph over all configured platforms.

    ``nodes`` are import paths, ``module:PATH``, ``need:KIND:NAME`` and target labels. ``edges`` maps a node
    to its successors, each with a mask of platforms; the bits follow the order of ``platforms``.
    """

    nodes: Mapping[str, Node] = field(eq=False)
    edges: Edges = field(eq=False)
    platforms: tuple[str, ...]
    _slices: dict[str, Slice] = field(factory=dict, init=False, eq=False, repr=False)
    _nearest: dict[tuple[str, str], Nearest] = field(factory=dict, init=False, eq=False, repr=False)

    def bit(self, platform: str) -> int:
        """The bit of a platform in all masks."""
        return 1 << self.platforms.index(platform)

    def names(self, mask: int) -> tuple[str, ...]:
        """The platforms of a mask, in the order of their bits."""
        return tuple(name for at, name in enumerate(self.platforms) if mask >> at & 1)

    def on(self, platform: str) -> Slice:
        """The edges of the graph that exist on a platform."""
        if platform not in self._slices:
            self._slices[platform] = self._sliced(platform)
        return self._slices[platform]

    def _sliced(self, platform: str) -> Slice:
        bit = self.bit(platform)
        successors: dict[str, tuple[str, ...]] = dict.fromkeys(sorted(self.nodes), ())
        predecessors: dict[str, list[str]] = {}
        for source in successors:
            targets = sorted(each for each, mask in self.edges.get(source, {}).items() if mask & bit)
            successors[source] = tuple(targets)
            for target in targets:
                predecessors.setdefault(target, []).append(source)
        marked = {key: self._marked(key, bit) for key in _CATEGORIES}
        reach = Reach.of(successors, frozenset().union(*marked.values()))
        return Slice(
            successors=successors,
            predecessors={node: tuple(sources) for node, sources in predecessors.items()},
            reach=reach,
            masks={key: reach.mask_of(names) for key, names in marked.items()},
        )

    def _marked(self, category: str, bit: int) -> frozenset[str]:
        """The nodes of a category. A node that cannot be built is in ``blockers`` only."""
        return frozenset(node for node, data in self.nodes.items() if _is_in(category, data, bit))

    def below(self, node: str, platform: str, most: int | None = None) -> Below:
        """The nodes that a node reaches on a platform and that matter for building it there.

        If there are more than ``most`` of a kind, only the first are given. Packages of the standard library
        are always given: it has few with cgo.
        """
        part = self.on(platform)
        mask = part.reach.masks.get(node, 0)
        found: dict[str, tuple[str, ...]] = {}
        lengths: dict[str, int] = {}
        for key, held in part.masks.items():
            limit = None if key == "standard_cgo" else most
            found[key] = part.reach.names(mask & held, limit)
            if limit is not None and (mask & held).bit_count() > limit:
                lengths[key] = (mask & held).bit_count()
        return Below(**found, lengths=lengths)

    def nearest(self, source: str, category: str, platform: str) -> tuple[str, ...]:
        """The shortest chain to the nearest node of a category, without targets; ties are broken by name.

        The categories are the names of the fields of ``Below``.
        """
        key = (category, platform)
        if key not in self._nearest:
            marked = self._marked(category, self.bit(platform))
            ends = (node for node in marked if self.nodes[node].kind is not NodeKind.TARGET)
            self._nearest[key] = Nearest.of(self.on(platform).predecessors, ends)
        return self._nearest[key].chain(source)

    def chain(self, source: str, ends: Iterable[str], platform: str) -> tuple[str, ...]:
        """The shortest chain of edges to the nearest of some nodes; ties are broken by name.

        Empty if none of them is reached.
        """
        return next(iter(self.chains(source, ends, platform).values()), ())

    def chains(self, source: str, ends: Iterable[str], platform: str) -> dict[str, tuple[str, ...]]:
        """The shortest chain to each of some nodes, nearest first; one walk finds all of them."""
        return chains(source, self.on(platform).successors, frozenset(ends))


_CATEGORIES = ("cgo", "standard_cgo", "needs", "blockers", "unknown")


def _is_in(category: str, node: Node, bit: int) -> bool:
    match category:
        case "needs":
            return node.kind is NodeKind.NEED
        case "blockers":
            return bool(node.broken & bit)
        case "unknown":
            return bool(node.unknown & ~node.broken & bit)
    return bool(node.cgo & bit) and (node.kind is NodeKind.STANDARD) == (category == "standard_cgo")


def build_graph(
    universe: Universe,
    needs: Mapping[str, tuple[CNeed, ...]],
    targets: Iterable[Target] = (),
    absence: Absence = NOTHING_ABSENT,
) -> DependencyGraph:
    """Joins the facts to a graph; ``needs`` maps import paths to the needs of those packages."""
    nodes = _package_nodes(universe, absence)
    edges: dict[str, dict[str, int]] = {}
    for path, package in universe.packages.items():
        edges[path] = dict(package.imports)
        if package.module and package.module.path and not package.standard:
            module = f"module:{package.module.path}"
            nodes[module] = Node(kind=NodeKind.MODULE)
            edges[path][module] = package.listed
    for path, asked in needs.items():
        for need in asked:
            nodes[need_node(need)] = Node(kind=NodeKind.NEED)
            of_path = edges.setdefault(path, {})
            of_path[need_node(need)] = of_path.get(need_node(need), 0) | universe.mask(need.platforms)
    known = frozenset(nodes)
    for target in targets:
        nodes[target.label] = _target_node(target, universe)
        edges[target.label] = _target_edges(target, universe, known)
    for path in {each for of_node in edges.values() for each in of_node} - nodes.keys():
        nodes[path] = Node(kind=_kind_of(path))  # imported, but never listed
    return DependencyGraph(nodes, edges, universe.names)


def cgo_above(universe: Universe, targets: Iterable[Target]) -> Mapping[str, frozenset[str]]:
    """Target label -> the platforms on which a package below it, outside of the standard library, imports
    "C". Agrees with ``build_graph``.
    """
    cgo = {path: each.cgo for path, each in universe.packages.items() if each.cgo and not each.standard}
    tainted = above(universe.importers, cgo)
    return {target.label: universe.on(here) for target, here in _targets_at(tainted, universe, targets)}


def unknown_above(universe: Universe, targets: Iterable[Target], absence: Absence) -> frozenset[str]:
    """The labels and import paths above a package that could not be loaded. Agrees with ``build_graph``."""
    unknown = above(universe.importers, absence.unknown)
    return frozenset((*unknown, *(target.label for target, _ in _targets_at(unknown, universe, targets))))


def _targets_at(
    masks: Mapping[str, int], universe: Universe, targets: Iterable[Target]
) -> Iterator[tuple[Target, int]]:
    """The targets with an edge to a node with a mask, and the platforms of those edges."""
    for target in targets if masks else ():
        if here := _below(_target_edges(target, universe, universe.packages.keys()), masks):
            yield target, here


def _below(edges: Mapping[str, int], masks: Mapping[str, int]) -> int:
    """The platforms on which an edge leads to a node with one of some masks."""
    found = 0
    for node, mask in edges.items():
        found |= mask & masks.get(node, 0)
    return found


def _package_nodes(universe: Universe, absence: Absence) -> dict[str, Node]:
    return {
        path: Node(
            kind=NodeKind.STANDARD if package.standard else NodeKind.PACKAGE,
            cgo=package.cgo,
            broken=absence.absent.get(path, 0),
            unknown=absence.unknown.get(path, 0),
            listed=package.listed,
            first_party=package.first_party,
        )
        for path, package in universe.packages.items()
    }


def _target_node(target: Target, universe: Universe) -> Node:
    absent = frozenset(universe.names) - target.imports.keys() - target.unknown - target.elsewhere
    return Node(kind=NodeKind.TARGET, broken=universe.mask(absent), unknown=universe.mask(target.unknown))


def _target_edges(target: Target, universe: Universe, known: Container[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for at, platform in enumerate(universe.names):
        for path in target.imports.get(platform, ()):
            if path in known:
                found[path] = found.get(path, 0) | 1 << at
    return found


def _kind_of(path: str) -> NodeKind:
    return NodeKind.STANDARD if "." not in path.partition("/")[0] else NodeKind.PACKAGE
