"""Builds the dependency graph out of listings, C needs and targets.

Comes in: listings, folded packages, C needs and targets. Goes out: a ``DependencyGraph``, or for generate,
which does without networkx, only the targets that have cgo below them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from attrs import frozen

from bazel_xc.cgo.needs import CNeed
from bazel_xc.golang.listing import ListedPackage, Listing
from bazel_xc.golang.package import FileKind, GoPackage
from bazel_xc.graph.absence import Absence
from bazel_xc.graph.dependency import DependencyGraph, NodeKind, Target, need_node

NOTHING_ABSENT = Absence()


@frozen
class Reached:
    """What matters below nodes: target label -> platforms where a package outside the standard library below
    it imports "C"; and the labels and import paths above something that could not be loaded.
    """

    cgo: Mapping[str, frozenset[str]]
    unknown: frozenset[str]


def reached(
    listings: Iterable[Listing],
    packages: Iterable[GoPackage],
    targets: Iterable[Target],
    absence: Absence = NOTHING_ABSENT,
) -> Reached:
    """Walks the same edges as ``build_graph``'s backwards; the sources of the workspace tell where listings
    leave them out.
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
    builder.add_absence(absence, platforms)
    importers = builder.importers()
    tainted = {name: builder.above("cgo", name, importers) for name in platforms}
    held = {label: frozenset(name for name in platforms if label in tainted[name]) for label in labels}
    unknown = (builder.above("unknown", name, importers) for name in platforms if absence.unknown)
    return Reached({label: names for label, names in held.items() if names}, frozenset().union(*unknown))


def build_graph(
    listings: Iterable[Listing],
    needs: Mapping[str, tuple[CNeed, ...]],
    targets: Iterable[Target] = (),
    packages: Iterable[GoPackage] = (),
    absence: Absence = NOTHING_ABSENT,
    vendored: Mapping[str, str] | None = None,
) -> DependencyGraph:
    """Joins what is known; ``needs`` maps import paths to what those packages ask for.

    Of the workspace's ``packages`` that are in no listing the sources tell. ``vendored`` maps the import
    paths of vendored packages to their modules.
    """
    listings, vendored = tuple(listings), vendored or {}
    platforms = tuple(listing.platform.name for listing in listings)
    builder = _Builder()
    for listing in listings:
        for package in listing.packages.values():
            builder.add_package(package, listing.platform.name)
    listed = frozenset(builder.nodes)
    for own in packages:
        if own.import_path not in listed:
            builder.add_sources(own, platforms)
            first_party = own.import_path not in vendored
            builder.nodes[own.import_path] |= {"listed": own.buildable, "first_party": first_party}
            builder.add_module(own.import_path, vendored.get(own.import_path, ""), own.buildable)
    builder.add_absence(absence, platforms)
    for path, asked in needs.items():
        for need in asked:
            builder.nodes[need_node(need)] = {"kind": NodeKind.NEED}
            builder.add_edge(path, need_node(need), need.platforms)
    for target in targets:
        builder.add_target(target, platforms)
    builder.add_imported()
    return DependencyGraph(builder.nodes, builder.edges, platforms)


class _Builder:
    """Collects nodes and edges in plain tables, which is much faster than growing a graph edge by edge."""

    def __init__(self) -> None:
        self.nodes: dict[str, dict[str, Any]] = {}
        self.edges: dict[tuple[str, str], frozenset[str]] = {}
        self.singles: dict[str, frozenset[str]] = {}

    def add_imported(self) -> None:
        """Nodes for what is imported, but never listed."""
        for pair in self.edges:
            for node in pair:
                if node not in self.nodes:
                    standard = "." not in node.partition("/")[0]
                    self.nodes[node] = _package_data(NodeKind.STANDARD if standard else NodeKind.PACKAGE)

    def above(self, key: str, platform: str, importers: Mapping[str, list[str]]) -> frozenset[str]:
        """Everything that reaches a package, outside the standard library, with ``key`` on a platform."""
        found = {
            node
            for node, data in self.nodes.items()
            if data["kind"] == NodeKind.PACKAGE and platform in data[key]
        }
        pending = list(found)
        while pending:
            target = pending.pop()
            for source in importers.get(target, ()):
                if source not in found and platform in self.edges[source, target]:
                    found.add(source)
                    pending.append(source)
        return frozenset(found)

    def importers(self) -> dict[str, list[str]]:
        """Who imports a node, on whatever platform."""
        found: dict[str, list[str]] = {}
        for source, target in self.edges:
            found.setdefault(target, []).append(source)
        return found

    def add_package(self, package: ListedPackage, platform: str) -> None:
        node, here = package.import_path, self._single(platform)
        data = self.nodes.setdefault(node, _package_data(NodeKind.PACKAGE))
        data["kind"] = NodeKind.STANDARD if package.standard else NodeKind.PACKAGE
        data["first_party"] |= not package.dep_only
        data["listed"] |= here
        if package.cgo_files:
            data["cgo"] |= here
        self.add_module(node, package.module.path if package.module else "", here)
        renamed = dict(package.import_map)
        for path in package.imports:
            if path not in ("C", "unsafe"):
                self.add_edge(node, renamed.get(path, path), here)

    def add_module(self, package: str, path: str, platforms: frozenset[str]) -> None:
        """The module that a package belongs to, where one is known."""
        if path:
            self.nodes.setdefault(f"module:{path}", {"kind": NodeKind.MODULE})
            self.add_edge(package, f"module:{path}", platforms)

    def add_absence(self, absence: Absence, platforms: tuple[str, ...]) -> None:
        """Where packages cannot be built, and where nobody knows."""
        for key, found in (("broken", absence.absent), ("unknown", absence.unknown)):
            for path, held in found.items():
                if path in self.nodes:
                    self.nodes[path][key] |= held.intersection(platforms)

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
        absent = frozenset(platforms) - target.imports.keys() - target.unknown
        self.nodes[target.label] = {"kind": NodeKind.TARGET, "broken": absent, "unknown": target.unknown}
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
    nothing: frozenset[str] = frozenset()
    platforms = dict.fromkeys(("cgo", "broken", "unknown", "listed"), nothing)
    return {"kind": kind, **platforms, "first_party": False}
