"""The dependency graph: packages, modules, C needs and targets, with platforms on every edge.

Comes in: listings, folded packages, C needs and targets. Goes out: a ``DependencyGraph`` that answers which
packages import "C" below a target, through which chain, and which packages cannot be built where. The only
module that imports networkx. It knows no labels of providers and prints nothing.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from bazel_xc.cgo.needs import CNeed
from bazel_xc.golang.constraints import KNOWN_PLATFORMS
from bazel_xc.golang.listing import ListedPackage, Listing
from bazel_xc.golang.package import FileKind, GoPackage
from bazel_xc.model import Platform

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


@frozen
class Target:
    """A binary or test: its label, the rule's kind, its package, and what each platform makes it import.

    ``imports`` maps configured platforms to import paths; a platform on which it cannot be built is absent.
    """

    label: str
    kind: str
    package: str
    imports: Mapping[str, tuple[str, ...]] = field(hash=False)


@frozen(kw_only=True)
class Below:
    """What a node reaches on a platform, itself included, sorted.

    ``cgo`` are packages that import "C", those of the standard library apart; ``needs`` are nodes of C needs;
    ``blockers`` are nodes that cannot be built.
    """

    cgo: tuple[str, ...]
    standard_cgo: tuple[str, ...]
    needs: tuple[str, ...]
    blockers: tuple[str, ...]

    @property
    def verdict(self) -> Verdict:
        """What building the node takes."""
        if self.blockers:
            return Verdict.BLOCKED
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
    nodes have ``cgo`` and ``broken``, the names of platforms where they import "C" and where they cannot be
    built. Every edge has ``platforms``.
    """

    graph: nx.DiGraph[str] = field(eq=False)
    platforms: tuple[str, ...]
    _slices: dict[str, nx.DiGraph[str]] = field(factory=dict, eq=False, repr=False)

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
        for each in sorted(self.closure(node, platform)):
            data = nodes[each]
            if platform in data.get("cgo", ()):
                (standard_cgo if data["kind"] == NodeKind.STANDARD else cgo).append(each)
            if platform in data.get("broken", ()):
                blockers.append(each)
            if data["kind"] == NodeKind.NEED:
                needs.append(each)
        return Below(
            cgo=tuple(cgo), standard_cgo=tuple(standard_cgo), needs=tuple(needs), blockers=tuple(blockers)
        )

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


def targets_with_cgo(
    listings: Iterable[Listing], packages: Iterable[GoPackage], targets: Iterable[Target]
) -> Mapping[str, frozenset[str]]:
    """Target label -> platforms where a package outside the standard library below it imports "C".

    The same edges as ``build_graph``'s, walked backwards from those packages; the sources of the workspace
    tell where listings leave them out.
    """
    listings = tuple(listings)
    platforms = tuple(listing.platform.name for listing in listings)
    builder = _Builder()
    for listing in listings:
        for package in listing.packages.values():
            builder.add_package(package, listing.platform.name)
    for own in packages:
        builder.add_sources(own, platforms)
    labels = []
    for target in targets:
        builder.add_target(target, platforms)
        labels.append(target.label)
    tainted = {name: builder.above_cgo(name) for name in platforms}
    held = {label: frozenset(name for name in platforms if label in tainted[name]) for label in labels}
    return {label: names for label, names in held.items() if names}


def build_graph(
    listings: Iterable[Listing],
    needs: Mapping[str, tuple[CNeed, ...]],
    targets: Iterable[Target] = (),
) -> DependencyGraph:
    """Joins what is known; ``needs`` maps import paths to what those packages ask for."""
    listings = tuple(listings)
    builder = _Builder()
    for listing in listings:
        for package in listing.packages.values():
            builder.add_package(package, listing.platform.name)
    for path, asked in needs.items():
        for need in asked:
            builder.nodes[need_node(need)] = {"kind": NodeKind.NEED}
            builder.add_edge(path, need_node(need), need.platforms)
    platforms = tuple(listing.platform.name for listing in listings)
    for target in targets:
        builder.add_target(target, platforms)
    return DependencyGraph(builder.graph(), platforms)


class _Builder:
    """Collects nodes and edges in plain tables, which is much faster than growing a graph edge by edge."""

    def __init__(self) -> None:
        self.nodes: dict[str, dict[str, Any]] = {}
        self.edges: dict[tuple[str, str], frozenset[str]] = {}
        self.singles: dict[str, frozenset[str]] = {}

    def graph(self) -> nx.DiGraph[str]:
        import networkx as nx  # noqa: PLC0415 - as above

        graph: nx.DiGraph[str] = nx.DiGraph()
        for source, target in self.edges:
            for node in (source, target):
                if node not in self.nodes:  # imported, but never listed
                    self.nodes[node] = _package_data(NodeKind.PACKAGE)
        graph.add_nodes_from(self.nodes.items())
        graph.add_edges_from((a, b, {"platforms": held}) for (a, b), held in self.edges.items())
        return graph

    def above_cgo(self, platform: str) -> frozenset[str]:
        """Everything that reaches a package, outside the standard library, that imports "C" on a platform."""
        found = {
            node
            for node, data in self.nodes.items()
            if data["kind"] == NodeKind.PACKAGE and platform in data["cgo"]
        }
        importers: dict[str, list[str]] = {}
        for (source, target), held in self.edges.items() if found else ():
            if platform in held:
                importers.setdefault(target, []).append(source)
        pending = list(found)
        while pending:
            new = set(importers.get(pending.pop(), ())) - found
            found |= new
            pending.extend(new)
        return frozenset(found)

    def add_package(self, package: ListedPackage, platform: str) -> None:
        node, here = package.import_path, self._single(platform)
        data = self.nodes.setdefault(node, _package_data(NodeKind.PACKAGE))
        data["kind"] = NodeKind.STANDARD if package.standard else NodeKind.PACKAGE
        data["first_party"] |= not package.dep_only
        if package.cgo_files:
            data["cgo"] |= here
        if not package.buildable and not package.standard:
            data["broken"] |= here
        if package.module:
            module = f"module:{package.module.path}"
            self.nodes.setdefault(module, {"kind": NodeKind.MODULE})
            self.add_edge(node, module, here)
        renamed = dict(package.import_map)
        for path in package.imports:
            if path not in ("C", "unsafe"):
                self.add_edge(node, renamed.get(path, path), here)

    def add_sources(self, package: GoPackage, platforms: tuple[str, ...]) -> None:
        """What a package imports by its files, for listings that do not tell."""
        node = package.import_path
        data = self.nodes.setdefault(node, _package_data(NodeKind.PACKAGE))
        for file in package.of(FileKind.GO):
            active = file.active.intersection(platforms)
            for each in file.source.imports if active else ():
                if each.path == "C":
                    data["cgo"] |= active
                else:
                    self.add_edge(node, each.path, active)

    def add_target(self, target: Target, platforms: tuple[str, ...]) -> None:
        absent = frozenset(platforms) - target.imports.keys()
        self.nodes[target.label] = {"kind": NodeKind.TARGET, "broken": absent}
        for platform, paths in target.imports.items():
            for path in paths:
                if path in self.nodes:
                    self.add_edge(target.label, path, self._single(platform))

    def add_edge(self, source: str, target: str, platforms: frozenset[str]) -> None:
        before = self.edges.get((source, target))
        self.edges[source, target] = platforms if before is None else before | platforms

    def _single(self, platform: str) -> frozenset[str]:
        return self.singles.setdefault(platform, frozenset({platform}))


def _package_data(kind: NodeKind) -> dict[str, Any]:
    return {"kind": kind, "cgo": frozenset(), "broken": frozenset(), "first_party": False}


def absent_platforms(package: GoPackage, platforms: Iterable[Platform]) -> frozenset[str]:
    """The known platforms on which a package's library has nothing to build.

    For configured platforms go has said so; for the others no file's constraint may hold there.
    """
    if any(not name.endswith("_test.go") for name in package.generated):
        return frozenset()  # nobody knows what will be in them
    configured = frozenset(platform.name for platform in platforms)
    may: frozenset[str] = frozenset().union(*(file.may for file in package.of(FileKind.GO)))
    return (configured - package.buildable) | (KNOWN_PLATFORMS - configured - may)


def absent_for_tests(package: GoPackage, platforms: Iterable[Platform]) -> frozenset[str]:
    """The known platforms on which a package has no test file to compile."""
    configured = frozenset(platform.name for platform in platforms)
    files = package.of(FileKind.TEST, FileKind.XTEST)
    may: frozenset[str] = frozenset().union(*(file.may for file in files))
    active: frozenset[str] = frozenset().union(*(file.active for file in files))
    return (configured - active) | (KNOWN_PLATFORMS - configured - may)


def broken_on(
    packages: Iterable[GoPackage], platforms: Iterable[Platform], absent: Mapping[str, frozenset[str]]
) -> Mapping[str, frozenset[str]]:
    """Import path -> configured platforms on which it, or something that go compiles into it, is absent."""
    packages = tuple(packages)
    found: dict[str, set[str]] = {}
    for platform in platforms:
        importers: dict[str, list[str]] = {}
        for package in packages:
            for file in package.of(FileKind.GO):
                if platform.name in file.active:
                    for each in file.source.imports:
                        importers.setdefault(each.path, []).append(package.import_path)
        pending = [p.import_path for p in packages if platform.name in absent.get(p.directory, ())]
        seen = set(pending)
        while pending:
            for importer in importers.get(pending.pop(), ()):
                if importer not in seen:
                    seen.add(importer)
                    pending.append(importer)
        for path in seen:
            found.setdefault(path, set()).add(platform.name)
    return {path: frozenset(names) for path, names in found.items()}
