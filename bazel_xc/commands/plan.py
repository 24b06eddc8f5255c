"""Plans the BUILD files of a tree, in the same way for the workspace and for a third-party module.

Comes in: a ``Site``, and its solved C, if it has any. Goes out: a ``Planned``: changes of files and findings.
Nothing is read or written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from attrs import frozen

from bazel_xc import parallel
from bazel_xc.bazel.compatibility import Compatibility, compatibility, of_module
from bazel_xc.bazel.files import FileMaker
from bazel_xc.bazel.import_index import Externals, build_index
from bazel_xc.bazel.outline import Outline
from bazel_xc.bazel.plan import Planner
from bazel_xc.bazel.wanted import WantedRule
from bazel_xc.buildfile.rules import ExistingRule
from bazel_xc.buildfile.workspace import Directory
from bazel_xc.commands.site import Site
from bazel_xc.graph.imports import AbsenceByCgo, absence_by_cgo
from bazel_xc.model import ByCgo, Diagnostic, FileChange

if TYPE_CHECKING:
    from bazel_xc.commands.c_side import Solved

Chosen = Callable[[str], bool]  # whether a directory is to be written


@frozen(kw_only=True)
class Planned:
    """The changes by directory, the compatibility of the rules and its origin, and the findings.

    ``planner`` planned all directories; ``with_c`` have rules for C besides.
    """

    changes: Mapping[str, FileChange]
    where: Compatibility
    absence: AbsenceByCgo
    planner: Planner
    with_c: frozenset[str]
    diagnostics: tuple[Diagnostic, ...]


@frozen
class _Made:
    """The result of one directory, as another process returns it: without the bytes that are there already.

    ``new`` and ``objection`` are of a ``FileChange`` that changes something.
    """

    problems: tuple[Diagnostic, ...]
    is_planned: bool = False
    is_change: bool = False
    new: bytes | None = None
    objection: str = ""

    @classmethod
    def of(cls, change: FileChange, problems: tuple[Diagnostic, ...]) -> _Made:
        if not change.is_change:
            return cls(problems, is_planned=True)
        return cls(problems, True, True, change.new, change.objection)

    def change(self, directory: Directory) -> FileChange:
        old = directory.build_file.data if directory.build_file else None
        new = self.new if self.is_change else old
        return FileChange(directory.build_path, old, new, objection=self.objection)


def plan_tree(
    site: Site,
    solved: Solved | None,
    maker: FileMaker,
    chosen: Chosen,
    *,
    empty: bool = True,
    absence: AbsenceByCgo | None = None,
) -> Planned:
    """Plans and merges the BUILD files of ``chosen`` directories, and C rules elsewhere that these need.

    With ``empty``, BUILD files without any wanted rule are tidied too. ``absence`` is by default that of
    ``solved``. Many directories are shared out among processes.
    """
    if absence is None:
        absence = solved.absence if solved else absence_by_cgo(site.universe, site.flipped, made=site.made)
    if solved and site.third_party:
        where = of_module(solved.wiring, site.outlines, site.view.platforms)
    else:
        where = compatibility(
            site.outlines,
            site.packages,
            absence,
            solved.wiring if solved else None,
            always_cgo=maker.config.require_cgo == "always",
        )
    planner = _planner(site, solved, where, absence)

    def made(each: Outline) -> _Made:
        directory = each.directory
        wanted, stale, problems = _wanted_rules(each, chosen, planner, solved, site)
        if not (wanted or stale or (empty and directory.build_file and chosen(directory.path))):
            return _Made(problems)
        change, more = maker.build_file(directory, wanted, stale)
        return _Made.of(change, (*problems, *more))

    changes: dict[str, FileChange] = {}
    found = list(site.workspace.existing.diagnostics)
    for each, one in zip(site.outlines, parallel.mapped(made, site.outlines), strict=True):
        found += one.problems
        if one.is_planned:
            changes[each.directory.path] = one.change(each.directory)
    rules = solved.wiring.rules if solved else None
    return Planned(
        changes=changes,
        where=where,
        absence=absence,
        planner=planner,
        with_c=frozenset((*rules.rules, *rules.stale)) if rules else frozenset(),
        diagnostics=tuple(found),
    )


def _planner(site: Site, solved: Solved | None, where: Compatibility, absence: AbsenceByCgo) -> Planner:
    externals = Externals.known(
        site.repositories,
        site.modules,
        site.build,
        source=site.source,
        vendored=site.vendored,
        untouched=site.untouched,
    )
    of_c = frozenset(solved.wiring.rules.rules) if solved else frozenset[str]()
    return Planner(
        workspace=site.workspace,
        index=build_index(site.outlines, externals, site.convention, site.workspace.existing),
        conditions=site.conditions,
        facts=where.facts,
        marks=site.marks,
        packages=frozenset(each.directory.path for each in site.outlines if each.is_package) | of_c,
        absent_labels=where.absent_labels,
        blocked=_nowhere if site.third_party else absence.blocked,
        filters_tests=site.repositories.filters_tests,
        assembles_with_c=site.repositories.assembles_with_c,
        beside_gazelle=site.beside_gazelle,
    )


def _nowhere(_: str) -> ByCgo:
    return ByCgo()


def _wanted_rules(
    each: Outline, chosen: Chosen, planner: Planner, solved: Solved | None, site: Site
) -> tuple[tuple[WantedRule, ...], tuple[ExistingRule, ...], tuple[Diagnostic, ...]]:
    """The Go and C rules wanted in a directory, the stale rules, and the findings."""
    path = each.directory.path
    wanted: tuple[WantedRule, ...] = ()
    stale: tuple[ExistingRule, ...] = ()
    problems: tuple[Diagnostic, ...] = ()
    if chosen(path) and site.may_write(each):
        wanted, problems = planner.plan(each)
        stale = each.stale
    if solved and each.directory.writable:
        rules = solved.wiring.rules
        if any(map(chosen, (path, *sorted(rules.consumers.get(path, ()))))):
            wanted += rules.rules.get(path, ())
        stale += rules.stale.get(path, ()) if chosen(path) else ()
    return wanted, stale, problems
