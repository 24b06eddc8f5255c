"""Builds the report's model from the graph.

Comes in: the dependency graph, its targets and C needs. Goes out: a ``Report`` of plain values, sorted, so
that equal inputs give equal bytes in every renderer. It finds nothing out that the graph does not know.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Mapping

from attrs import evolve, frozen

from bazel_xc.clibs.outcome import Outcome
from bazel_xc.graph import DependencyGraph, NodeKind, Target, Verdict

SCHEMA_VERSION = 1


@frozen(kw_only=True)
class Run:
    """What the report was made from."""

    module: str
    go_version: str
    tool_version: str
    platforms: tuple[tuple[str, bool], ...]  # name, cgo


@frozen(kw_only=True)
class PackageEntry:
    """A package outside the standard library that imports "C" somewhere."""

    import_path: str
    module: str
    first_party: bool
    platforms: tuple[str, ...]
    needs: tuple[Outcome, ...]


@frozen(kw_only=True)
class TargetOn:
    """A target on one platform. ``chain`` leads to the nearest package that decides the verdict."""

    platform: str
    verdict: Verdict
    chain: tuple[str, ...]
    cgo_packages: tuple[str, ...]
    standard_cgo_packages: tuple[str, ...]
    needs: tuple[str, ...]
    blockers: tuple[str, ...]


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


@frozen(kw_only=True)
class Report:
    """The whole report."""

    run: Run
    packages: tuple[PackageEntry, ...]
    targets: tuple[TargetEntry, ...]

    def only(self, pattern: str = "", *, cgo_only: bool = False) -> Report:
        """The report on the targets whose label matches ``//dir/...``, ``//dir:name`` or a glob."""
        chosen = (each for each in self.targets if not pattern or _matches(each.label, pattern))
        return evolve(self, targets=tuple(each for each in chosen if not (cgo_only and each.is_pure)))


def build_report(
    graph: DependencyGraph, targets: Iterable[Target], outcomes: Mapping[str, tuple[Outcome, ...]], run: Run
) -> Report:
    """The report on all targets; ``outcomes`` say by import path how the needs of packages end."""
    return Report(
        run=run,
        packages=tuple(_packages(graph, outcomes)),
        targets=tuple(
            TargetEntry(
                label=target.label,
                kind=target.kind,
                package=target.package,
                platforms=tuple(_target_on(graph, target, platform) for platform in graph.platforms),
            )
            for target in sorted(targets, key=lambda each: each.label)
        ),
    )


def _packages(graph: DependencyGraph, outcomes: Mapping[str, tuple[Outcome, ...]]) -> Iterable[PackageEntry]:
    for node in sorted(graph.graph):
        data = graph.graph.nodes[node]
        if data.get("kind") == NodeKind.PACKAGE and data["cgo"]:
            modules = [n for n in graph.graph.successors(node) if n.startswith("module:")]
            yield PackageEntry(
                import_path=node,
                module=modules[0].removeprefix("module:") if modules else "",
                first_party=data["first_party"],
                platforms=tuple(name for name in graph.platforms if name in data["cgo"]),
                needs=outcomes.get(node, ()),
            )


def _target_on(graph: DependencyGraph, target: Target, platform: str) -> TargetOn:
    below = graph.below(target.label, platform)
    ends = [node for node in below.blockers if node != target.label] if below.blockers else below.cgo
    return TargetOn(
        platform=platform,
        verdict=below.verdict,
        chain=graph.chain(target.label, ends, platform) if ends else (),
        cgo_packages=below.cgo,
        standard_cgo_packages=below.standard_cgo,
        needs=tuple(node.removeprefix("need:") for node in below.needs),
        blockers=below.blockers,
    )


def _matches(label: str, pattern: str) -> bool:
    if pattern.endswith("/..."):
        base = pattern.removesuffix("/...")
        return label.startswith((f"{base}/", f"{base}:")) or base in ("", "/")
    if ":" not in pattern and pattern.startswith("//") and not set(pattern) & set("*?["):
        return label.startswith(f"{pattern}:")
    return fnmatch.fnmatchcase(label, pattern)
