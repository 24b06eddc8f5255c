"""The page behind ``report``, ``why``, ``compare`` and ``matrix``: graphs for both settings of cgo.

Comes in: a ``Snapshot`` of both settings. Goes out: ``Material`` for reports and for ``why``. Nothing is
rendered here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from attrs import evolve

from bazel_xc import __version__
from bazel_xc.bazel.compatibility import flipped_targets, rule_targets
from bazel_xc.cgo.needs import CNeed
from bazel_xc.clibs.resolution import Outcome, Status
from bazel_xc.commands.c_side import Resolver, c_findings, solve, unused_tables
from bazel_xc.commands.foreign import ForeignModules
from bazel_xc.commands.overrides import findings_of
from bazel_xc.commands.snapshot import Snapshot
from bazel_xc.golang.package import GoPackage
from bazel_xc.golang.undefined import undefined_findings
from bazel_xc.golang.unloaded import not_provided
from bazel_xc.graph.dependency import DependencyGraph, Target, build_graph
from bazel_xc.graph.imports import AbsenceByCgo
from bazel_xc.model import unique
from bazel_xc.report.build import Material
from bazel_xc.report.model import Origin, PlatformSetting


def material_of(snapshot: Snapshot) -> Material:
    """Builds the dependency graphs of reports; the second is empty if the snapshot has one setting only."""
    site, universe, config = snapshot.site, snapshot.universe, snapshot.config
    solved = solve(site, Resolver.of(snapshot))
    foreign = ForeignModules.of(snapshot)
    absence = foreign.absence(solved)
    outcomes = dict(solved.outcomes)
    for module in foreign.modules:
        outcomes |= dict(module.outcomes)
    targets = tuple(rule_targets(site.outlines, config.platforms))
    flipped = _flipped_targets(targets, snapshot)
    of_others = (each for each in universe.undefined if each.import_path not in universe.own_paths)
    return Material(
        graph=build_graph(universe, _unfulfilled(outcomes), targets, absence.configured),
        other=_flipped(absence, flipped, snapshot),
        targets=targets,
        flipped=flipped,
        outcomes=outcomes,
        places=dict(_places(universe.own)),
        findings=unique(
            (
                *snapshot.diagnostics,
                *c_findings(solved, site, config.unresolved),
                *undefined_findings(of_others, {}),
                *(findings_of(foreign) if config.external != "vendored" else ()),
                *unused_tables(snapshot, (solved, *(each.solved for each in foreign.modules))),
                *not_provided(universe, site.made, snapshot.root),
            )
        ),
        release=snapshot.toolchain.release[1],
        run=Origin(
            module=snapshot.modules[0].path,
            go=snapshot.toolchain.version,
            bazel_xc=__version__,
            platforms=tuple(PlatformSetting(each.name, each.cgo) for each in config.platforms),
        ),
    )


def _unfulfilled(outcomes: Mapping[str, tuple[Outcome, ...]]) -> dict[str, tuple[CNeed, ...]]:
    """The needs by import path, without those that the platform's system provides."""
    found: dict[str, tuple[CNeed, ...]] = {}
    for path, some in outcomes.items():
        where: dict[CNeed, frozenset[str]] = {}
        for each in some:
            if each.status is not Status.SYSTEM and each.need.certain:
                where[each.need] = where.get(each.need, frozenset()) | each.platforms
        found[path] = tuple(evolve(need, platforms=held) for need, held in where.items())
    return {path: needs for path, needs in found.items() if needs}


def _flipped_targets(targets: tuple[Target, ...], snapshot: Snapshot) -> tuple[Target, ...]:
    """The targets with inverted cgo; none if it was not listed."""
    universe = snapshot.loaded.flipped
    if universe is None:
        return ()
    there = flipped_targets(snapshot.site.outlines, universe.own, snapshot.config.platforms)
    found = {each.label: each for each in there}
    return tuple(found.get(each.label) or evolve(each, imports={}) for each in targets)


def _flipped(where: AbsenceByCgo, targets: tuple[Target, ...], snapshot: Snapshot) -> DependencyGraph:
    """The graph with inverted cgo; an empty one if it was not listed."""
    universe = snapshot.loaded.flipped
    if universe is None:
        return DependencyGraph({}, {}, ())
    return build_graph(universe, {}, targets, where.flipped)


def _places(own: Mapping[str, GoPackage]) -> Iterator[tuple[tuple[str, str], tuple[str, int]]]:
    """The first place of each import of the workspace's own packages; test files come last."""
    found: dict[tuple[str, str], tuple[str, int]] = {}
    for package in own.values():
        base = f"{package.directory}/" if package.directory else ""
        for file in sorted(package.files, key=lambda each: (each.name.endswith("_test.go"), each.name)):
            for each in file.source.imports:
                found.setdefault((package.import_path, each.path), (base + file.name, each.line))
    yield from found.items()
