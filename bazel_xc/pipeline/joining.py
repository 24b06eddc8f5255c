"""The stages of reports: join what is known into graphs, for the configured settings of cgo and the others.

Comes in: a ``Reading`` of both settings. Goes out: ``Material`` for a report, from which ``why`` is
answered too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from attrs import evolve

from bazel_xc import __version__
from bazel_xc.bazel.compatibility import rule_targets
from bazel_xc.cgo.needs import CNeed
from bazel_xc.clibs.outcome import Status
from bazel_xc.golang.listing import ListedPackage, Listing
from bazel_xc.golang.package import GoPackage
from bazel_xc.golang.undefined import Sources, said_of_undefined, undefined_in_listings
from bazel_xc.graph.build import build_graph
from bazel_xc.graph.dependency import Target
from bazel_xc.pipeline.reading import Reading, reader
from bazel_xc.pipeline.rules import outlines_of, unique
from bazel_xc.pipeline.solving import Solved, said_of, solve
from bazel_xc.pipeline.third_party import module_findings
from bazel_xc.report.build import Material
from bazel_xc.report.model import Run


def join(reading: Reading) -> Material:
    """Builds the dependency graphs that reports are made from; the other one is empty without ``both``."""
    outlines, _ = outlines_of(reading)
    loaded = reading.loaded
    solved = solve(reading, outlines, external=True)
    targets = tuple(rule_targets(outlines, reading.config.platforms))
    hidden = {package.import_path: package for package in loaded.flipped_unlisted}
    flipped = tuple(_flipped_target(each, loaded.flipped, hidden.get(each.package)) for each in targets)
    # Go gives absolute paths, which stay what they are below the root.
    sources = Sources(reader(reading.workspace.root))
    own = frozenset(package.import_path for package in loaded.packages.values())
    cgo = frozenset(_with_cgo((*loaded.listings, *loaded.flipped)))
    lacking = undefined_in_listings(loaded.listings, loaded.unlisted, cgo, sources)
    otherwise = undefined_in_listings(loaded.flipped, loaded.flipped_unlisted, cgo, sources)
    foreign = (each for each in lacking if each.import_path not in own)
    return Material(
        graph=build_graph(loaded.listings, _foreign_needs(solved), targets, loaded.unlisted, lacking),
        other=build_graph(loaded.flipped, {}, flipped, loaded.flipped_unlisted, otherwise),
        targets=targets,
        outcomes=solved.outcomes,
        places=dict(_places(reading)),
        findings=unique(
            (
                *reading.diagnostics,
                *said_of(solved, reading),
                *said_of_undefined(foreign, {}),
                *module_findings(reading),
            )
        ),
        release=reading.toolchain.release[1],
        run=Run(
            module=reading.modules[0].path,
            go_version=reading.toolchain.version,
            tool_version=__version__,
            platforms=tuple((platform.name, platform.cgo) for platform in reading.config.platforms),
        ),
    )


def _with_cgo(listings: Iterable[Listing]) -> Iterator[str]:
    """The packages that import "C" on some platform, with either setting of cgo."""
    for listing in listings:
        for path, package in listing.packages.items():
            if package.cgo_files:
                yield path


def _foreign_needs(solved: Solved) -> dict[str, tuple[CNeed, ...]]:
    """The needs by import path, without those that every system of the platform fulfils by itself."""
    found: dict[str, tuple[CNeed, ...]] = {}
    for path, outcomes in solved.outcomes.items():
        where: dict[CNeed, frozenset[str]] = {}
        for each in outcomes:
            if each.status is not Status.SYSTEM and each.need.certain:
                where[each.need] = where.get(each.need, frozenset()) | each.platforms
        found[path] = tuple(evolve(need, platforms=held) for need, held in where.items())
    return {path: needs for path, needs in found.items() if needs}


def _flipped_target(target: Target, listings: Iterable[Listing], hidden: GoPackage | None) -> Target:
    """The target as it is with cgo the other way round; ``hidden`` is its package where go lists none."""
    imports: dict[str, tuple[str, ...]] = {}
    if hidden and target.kind != "go_test":
        return evolve(target, imports=dict.fromkeys(sorted(hidden.buildable), (target.package,)))
    for listing in listings:
        package = listing.packages.get(target.package)
        paths = _imports(target, package) if package else ()
        if paths:
            imports[listing.platform.name] = paths
    return evolve(target, imports=imports)


def _imports(target: Target, package: ListedPackage) -> tuple[str, ...]:
    if target.kind != "go_test":
        return (target.package,) if package.buildable else ()
    if not (package.test_files or package.xtest_files):
        return ()
    own = (target.package,) if package.test_files and package.buildable else ()
    return tuple(sorted({*own, *package.test_imports, *package.xtest_imports} - {"C"}))


def _places(reading: Reading) -> Iterator[tuple[tuple[str, str], tuple[str, int]]]:
    """Where each import of the workspace's own packages stands first; tests stand behind other files."""
    found: dict[tuple[str, str], tuple[str, int]] = {}
    for package in reading.loaded.packages.values():
        base = f"{package.directory}/" if package.directory else ""
        for file in sorted(package.files, key=lambda each: (each.name.endswith("_test.go"), each.name)):
            for each in file.source.imports:
                found.setdefault((package.import_path, each.path), (base + file.name, each.line))
    yield from found.items()
