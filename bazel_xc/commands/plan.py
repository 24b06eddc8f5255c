"""Plans the BUILD files of a tree: the same way for the workspace and for somebody else's module.

Comes in: a ``Site``, and what is known of its C, if it has any. Goes out: a ``Planned``: changes of files and
what is to be said. Nothing is read or written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from attrs import frozen

from bazel_xc.bazel.compatibility import Compatibility, compatibility
from bazel_xc.bazel.files import FileMaker
from bazel_xc.bazel.index import Externals, build_index
from bazel_xc.bazel.outline import Outline
from bazel_xc.bazel.plan import Planner, WantedRule
from bazel_xc.bazel.select import select_conditions
from bazel_xc.buildfile.evaluate import MadeRule, evaluate
from bazel_xc.buildfile.starlark import NOT_TRIED, TOO_MUCH
from bazel_xc.buildfile.syntax import Call
from bazel_xc.buildfile.workspace import Directory
from bazel_xc.commands.site import Site
from bazel_xc.graph.imports import absence
from bazel_xc.model import Diagnostic, FileChange, Severity

if TYPE_CHECKING:
    from bazel_xc.commands.c_side import Solved

Chosen = Callable[[str], bool]  # whether a directory is to be written


@frozen(kw_only=True)
class Planned:
    """The changes by directory, where the rules can be built, and the findings."""

    changes: Mapping[str, FileChange]
    where: Compatibility
    diagnostics: tuple[Diagnostic, ...]


def plan_tree(
    site: Site, solved: Solved | None, maker: FileMaker, chosen: Chosen, *, empty: bool = True
) -> Planned:
    """Plans and merges the BUILD files of ``chosen`` directories, and C rules that these need elsewhere.

    With ``empty`` BUILD files are tidied too in which no rule is wanted.
    """
    where = compatibility(
        site.outlines,
        site.build,
        site.packages,
        solved.absence if solved else absence(site.universe, made=site.made),
        solved.wiring if solved else None,
    )
    planner, said = _planner(site, solved, where)
    changes: dict[str, FileChange] = {}
    found = list(said)
    for each in site.outlines:
        path = each.directory.path
        wanted, stale, problems = _wanted_rules(each, chosen, planner, solved, site)
        found += problems
        if wanted or stale or (empty and each.directory.build_file and chosen(path)):
            changes[path], problems = maker.build_file(each.directory, wanted, stale)
            found += problems
    return Planned(changes=changes, where=where, diagnostics=tuple(found))


def _planner(
    site: Site, solved: Solved | None, where: Compatibility
) -> tuple[Planner, tuple[Diagnostic, ...]]:
    made, said = _made_rules(site.workspace.directories)
    externals = Externals.known(
        site.repositories,
        site.modules,
        site.build,
        source=site.source,
        vendored=site.vendored,
        untouched=site.untouched,
    )
    of_c = frozenset(solved.wiring.rules.rules) if solved else frozenset[str]()
    planner = Planner(
        workspace=site.workspace,
        index=build_index(site.outlines, externals, site.convention, made),
        conditions=select_conditions(site.repositories),
        facts=where.facts,
        incompatible=site.incompatible,
        packages=frozenset(each.directory.path for each in site.outlines if each.is_package) | of_c,
        absent_labels=where.absent_labels,
        filters_tests=site.repositories.filters_tests,
        assembles_with_c=site.repositories.assembles_with_c,
    )
    return planner, said


def _made_rules(
    directories: Mapping[str, Directory],
) -> tuple[dict[str, tuple[MadeRule, ...]], tuple[Diagnostic, ...]]:
    """The rules of BUILD files with loops and the like, by directory; such files are run."""
    dynamic = {path: each.build_file for path, each in directories.items() if each.build_file}
    texts = {path: file.data for path, file in dynamic.items() if file.dynamic}
    if not texts:
        return {}, ()
    made, errors = evaluate(texts)
    said = tuple(_not_run(dynamic[path].path, message) for path, message in sorted(errors.items()))
    return dict(made), said


def _not_run(path: str, message: str) -> Diagnostic:
    """What does not run alone is common, as it may rest on what it loads; what never ends is news."""
    endless = message in (TOO_MUCH, NOT_TRIED)
    return Diagnostic(
        path=path,
        severity=Severity.WARNING if endless else Severity.NOTE,
        code="evaluate",
        message=f"cannot be run to see which rules it makes: {message}",
        remedy="make sure that no name is there twice" if endless else "",
    )


def _wanted_rules(
    each: Outline, chosen: Chosen, planner: Planner, solved: Solved | None, site: Site
) -> tuple[tuple[WantedRule, ...], tuple[Call, ...], tuple[Diagnostic, ...]]:
    """The rules wanted in a directory, Go's and C's, those that are stale, and the findings."""
    path = each.directory.path
    wanted: tuple[WantedRule, ...] = ()
    stale: tuple[Call, ...] = ()
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
