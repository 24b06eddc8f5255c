"""The stages of reports: join what is known into graphs, for the configured settings of cgo and the others.

Comes in: a ``Snapshot`` of both settings. Goes out: ``Material`` for a report, from which ``why`` is
answered too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from attrs import evolve

from bazel_xc import __version__
from bazel_xc.bazel.compatibility import rule_targets
from bazel_xc.bazel.outline import Outline, import_paths
from bazel_xc.cgo.needs import CNeed
from bazel_xc.clibs.resolution import Status
from bazel_xc.commands.c_side import Solved, said_of, solve
from bazel_xc.commands.overrides import module_findings
from bazel_xc.commands.plan import outlines_of
from bazel_xc.commands.snapshot import Snapshot
from bazel_xc.golang.listing import ListedPackage
from bazel_xc.golang.loading import is_nowhere, without_root
from bazel_xc.golang.modules import vendored_modules
from bazel_xc.golang.package import GoPackage
from bazel_xc.golang.undefined import said_of_undefined
from bazel_xc.graph.absence import absence
from bazel_xc.graph.build import build_graph
from bazel_xc.graph.dependency import Target
from bazel_xc.model import NOT_PROVIDED, Diagnostic, unique
from bazel_xc.report.build import Material
from bazel_xc.report.model import Run


def join(snapshot: Snapshot) -> Material:
    """Builds the dependency graphs that reports are made from; the other one is empty without ``both``."""
    outlines, _ = outlines_of(snapshot)
    loaded = snapshot.loaded
    solved = solve(snapshot, outlines, external=True)
    targets = tuple(rule_targets(outlines, snapshot.config.platforms))
    flipped = tuple(_flipped_targets(outlines, targets, snapshot))
    made = import_paths(outlines)
    other = absence(
        loaded.flipped_packages.values(),
        loaded.flipped,
        loaded.flipped_undefined,
        platforms=tuple(listing.platform for listing in loaded.flipped),
        made=made,
    )
    vendored = vendored_packages(snapshot)
    own = frozenset(package.import_path for package in loaded.packages.values())
    foreign = (each for each in loaded.undefined if each.import_path not in own)
    return Material(
        graph=build_graph(
            loaded.listings,
            _foreign_needs(solved),
            targets,
            loaded.packages.values(),
            solved.absence,
            vendored,
        ),
        other=build_graph(loaded.flipped, {}, flipped, loaded.flipped_packages.values(), other, vendored),
        targets=targets,
        outcomes=solved.outcomes,
        places=dict(_places(snapshot)),
        findings=unique(
            (
                *snapshot.diagnostics,
                *said_of(solved, snapshot),
                *said_of_undefined(foreign, {}),
                *module_findings(snapshot),
                *_not_provided(snapshot, made),
            )
        ),
        release=snapshot.toolchain.release[1],
        run=Run(
            module=snapshot.modules[0].path,
            go_version=snapshot.toolchain.version,
            tool_version=__version__,
            platforms=tuple((platform.name, platform.cgo) for platform in snapshot.config.platforms),
        ),
    )


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


def _not_provided(snapshot: Snapshot, made: frozenset[str]) -> Iterator[Diagnostic]:
    """Imported packages that are in no required module, and that no rule makes: one, the first named."""
    own = {package.import_path for package in snapshot.loaded.packages.values()}
    found: dict[str, ListedPackage] = {}
    for listing in snapshot.loaded.listings:
        for path, package in listing.packages.items():
            if path not in own and path not in made and is_nowhere(package):
                found.setdefault(path, package)
    if found:
        first = min(found)
        error = found[first].error
        path, line, column = error.place() if error else ("", 0, 0)
        what = "1 imported package is" if len(found) == 1 else f"{len(found)} imported packages are"
        said = Diagnostic(
            path=path or "go.mod",
            line=line,
            column=column,
            code=NOT_PROVIDED,
            message=f"{what} in no required module, and no rule has that importpath (first: {first})",
            remedy="run: go mod tidy",
        )
        yield without_root(said, snapshot.workspace.root)


def _flipped_targets(
    outlines: Iterable[Outline], targets: Iterable[Target], snapshot: Snapshot
) -> Iterator[Target]:
    """The targets as they are with cgo the other way round, in the same order."""
    loaded = snapshot.loaded
    if not loaded.flipped:
        return
    there = (_with_package(each, loaded.flipped_packages.get(each.directory.path)) for each in outlines)
    found = {each.label: each for each in rule_targets(there, snapshot.config.platforms)}
    for each in targets:
        yield found.get(each.label) or evolve(each, imports={})


def _with_package(each: Outline, package: GoPackage | None) -> Outline:
    """The rules of a directory over what another setting makes of its package."""
    if package is None or each.package is None:
        return evolve(each, package=None)
    files = {file.name: file for file in package.files}
    tests = (
        evolve(test, files=tuple(files[file.name] for file in test.files if file.name in files))
        for test in each.tests
    )
    return evolve(each, package=package, tests=tuple(tests))


def vendored_packages(snapshot: Snapshot) -> Mapping[str, str]:
    """The import paths of packages in ``vendor`` directories, and their modules as modules.txt names them."""
    found: dict[str, str] = {}
    for path, package in snapshot.loaded.packages.items():
        if "vendor" in path.split("/"):
            found[package.import_path] = ""
    for module in snapshot.modules:
        if module.vendored:
            found |= vendored_modules(snapshot.workspace.root / module.directory)
    return found


def _places(snapshot: Snapshot) -> Iterator[tuple[tuple[str, str], tuple[str, int]]]:
    """Where each import of the workspace's own packages stands first; tests stand behind other files."""
    found: dict[tuple[str, str], tuple[str, int]] = {}
    for package in snapshot.loaded.packages.values():
        base = f"{package.directory}/" if package.directory else ""
        for file in sorted(package.files, key=lambda each: (each.name.endswith("_test.go"), each.name)):
            for each in file.source.imports:
                found.setdefault((package.import_path, each.path), (base + file.name, each.line))
    yield from found.items()
