"""The stages about C: what packages need, who provides it, how that is wired.

Comes in: a ``Snapshot``. Goes out: a ``Solved``, from which generate plans and report tells.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from attrs import evolve, frozen

from bazel_xc.bazel.outline import Outline, import_paths
from bazel_xc.bazel.select import select_conditions
from bazel_xc.bazel.wiring import Wiring, WiringInput, wire
from bazel_xc.cgo.external import external_needs
from bazel_xc.cgo.needs import CNeed
from bazel_xc.cgo.survey import Survey, survey
from bazel_xc.clibs.findings import archive_findings, findings
from bazel_xc.clibs.index import CIndex, build_c_index
from bazel_xc.clibs.registry import load_registry, load_system
from bazel_xc.clibs.resolution import Outcome, Providers
from bazel_xc.clibs.resolve import resolve
from bazel_xc.commands.snapshot import Snapshot
from bazel_xc.golang.listing import Listing
from bazel_xc.graph.absence import Absence, absence
from bazel_xc.model import Diagnostic, Label


@frozen(kw_only=True)
class Solved:
    """The C side of the workspace; ``outcomes`` are by import path, ``wiring`` by directory. ``absence`` says
    where packages cannot be built, for lack of C or for any other reason.
    """

    survey: Survey
    outcomes: Mapping[str, tuple[Outcome, ...]]
    wiring: Wiring
    absence: Absence

    @property
    def packages(self) -> frozenset[str]:
        """Directories that become Bazel packages for the sake of their C."""
        return frozenset(self.wiring.rules.rules)


def may_write(each: Outline, snapshot: Snapshot) -> bool:
    """Whether the BUILD file of a directory may be written, or made, for the sake of Go."""
    directory = each.directory
    untouched = directory.path in snapshot.loaded.untouched
    if not directory.writable or untouched:
        return False
    return directory.build_file is not None or (bool(each.slots) and _may_make(each, snapshot))


def solve(snapshot: Snapshot, outlines: Iterable[Outline], *, external: bool) -> Solved:
    """Finds a provider for every C need of the workspace, with ``external`` of other modules too."""
    loaded, workspace = snapshot.loaded, snapshot.workspace
    found = survey(workspace, loaded.packages, loaded.listings, snapshot.view)
    needs: dict[str, tuple[CNeed, ...]] = {}
    own = {package.import_path: path for path, package in loaded.packages.items()}
    if external:
        needs |= external_needs(loaded.listings, frozenset(own), snapshot.view)
    needs |= found.needs
    outlines = tuple(outlines)
    index = _index(snapshot) if found.flags or needs else CIndex()
    outcomes = {path: _resolve(path, each, own.get(path), snapshot, index) for path, each in needs.items()}
    by_directory = {own[path]: each for path, each in outcomes.items() if path in own}
    wiring = wire(found, by_directory, _ground(snapshot, outlines, index))
    where = _absence(snapshot, outlines, wiring, loaded.listings)
    return Solved(survey=found, outcomes=outcomes, wiring=wiring, absence=where)


def _absence(
    snapshot: Snapshot, outlines: Iterable[Outline], wiring: Wiring, listings: Iterable[Listing]
) -> Absence:
    loaded = snapshot.loaded
    return absence(
        loaded.packages.values(),
        listings,
        loaded.undefined,
        platforms=snapshot.config.platforms,
        lacking=wiring.absent,
        made=import_paths(outlines),
    )


def solve_module(
    module: Snapshot, outlines: Iterable[Outline], main: Snapshot, spell: Callable[[Label], Label]
) -> Solved:
    """As ``solve``, for a module of somebody else's that the ``main`` workspace uses.

    The main workspace's providers count; ``spell`` says what their labels are called in the module.
    """
    loaded = module.loaded
    found = survey(module.workspace, loaded.packages, loaded.listings, main.view)
    own = {package.import_path: path for path, package in loaded.packages.items()}
    index = _index(main) if found.needs else CIndex()
    outcomes = {path: _resolve(path, each, None, main, index) for path, each in found.needs.items()}
    spelt = {
        own[path]: tuple(evolve(each, labels=tuple(map(spell, each.labels))) for each in some)
        for path, some in outcomes.items()
    }
    outlines = tuple(outlines)
    wiring = wire(found, spelt, _ground(module, outlines, _index(module)))
    where = _absence(module, outlines, wiring, ())  # what it imports of others is marked there
    return Solved(survey=found, outcomes=outcomes, wiring=wiring, absence=where)


def _ground(snapshot: Snapshot, outlines: tuple[Outline, ...], index: CIndex) -> WiringInput:
    return WiringInput(
        workspace=snapshot.workspace,
        packages=snapshot.loaded.packages,
        platforms=snapshot.config.platforms,
        built=frozenset(each.directory.path for each in outlines if _becomes_package(each, snapshot)),
        wired=frozenset(each.directory.path for each in outlines if _has_wanted_rule(each, snapshot)),
        taken={each.directory.path: frozenset(slot.name for slot in each.slots) for each in outlines},
        index=index,
        root_name=snapshot.root_name,
        conditions=select_conditions(snapshot.repositories),
        assembles_with_c=snapshot.repositories.assembles_with_c,
        tidy=snapshot.loaded.untouched <= snapshot.loaded.ignored,
    )


def said_of(solved: Solved, snapshot: Snapshot) -> tuple[Diagnostic, ...]:
    """What is worth saying of the C of the workspace's own packages."""
    own = {package.import_path for package in snapshot.loaded.packages.values()}
    outcomes = (each for path, some in solved.outcomes.items() if path in own for each in some)
    asked = frozenset(platform.name for platform in snapshot.config.platforms if platform.cgo)
    lacking = (
        each
        for path, archives in solved.survey.archives.items()
        for each in archive_findings(solved.survey.asked[path], archives, asked, path)
    )
    return (
        *lacking,
        *solved.survey.diagnostics,
        *solved.wiring.diagnostics,
        *findings(outcomes, snapshot.config.unresolved),
    )


def _may_make(each: Outline, snapshot: Snapshot) -> bool:
    return snapshot.config.mode != "cgo" and not each.directory.settings.update_only


def _becomes_package(each: Outline, snapshot: Snapshot) -> bool:
    stands = bool(each.directory.build_file or each.directory.broken)
    return stands or (each.is_package and _may_make(each, snapshot))


def _has_wanted_rule(each: Outline, snapshot: Snapshot) -> bool:
    """Whether a rule will be written that may have cdeps; mode "cgo" adds none that is not there."""
    slots = [slot for slot in each.slots if not slot.blocked]
    stand = [slot for slot in slots if slot.existing or snapshot.config.mode != "cgo"]
    return bool(stand) and may_write(each, snapshot)


def _index(snapshot: Snapshot) -> CIndex:
    return build_c_index(snapshot.workspace)


def _resolve(
    import_path: str, needs: tuple[CNeed, ...], directory: str | None, snapshot: Snapshot, index: CIndex
) -> tuple[Outcome, ...]:
    """The outcomes of one package; one outside of the workspace sees the settings of the root."""
    config, found = snapshot.config, snapshot.workspace.directories.get(directory or "")
    providers = Providers(
        resolves=config.resolves,
        directives=found.settings.c_resolves if found else (),
        system=frozenset(config.system),
        index=index,
        registry=load_registry(),
        systems=load_system(),
        repositories=snapshot.repositories,
    )
    return resolve(needs, providers, directory or "", import_path)
