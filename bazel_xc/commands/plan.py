"""The stage that plans rules: which there are in each directory, and with which attributes.

Comes in: a ``Snapshot`` and what was solved of its C. Goes out: outlines, a planner, wanted rules. No text is
made.
"""

from __future__ import annotations

from pathlib import Path

from bazel_xc.bazel.compatibility import Compatibility
from bazel_xc.bazel.import_index import Externals, build_index
from bazel_xc.bazel.outline import Outline, outline
from bazel_xc.bazel.plan import Planner
from bazel_xc.bazel.platforms import incompatible_label
from bazel_xc.bazel.select import select_conditions
from bazel_xc.bazel.wanted import WantedRule
from bazel_xc.buildfile.rules import ExistingRule
from bazel_xc.commands.c_side import Solved, may_write
from bazel_xc.commands.snapshot import Snapshot
from bazel_xc.golang.loading import is_inside
from bazel_xc.model import Diagnostic


def outlines_of(snapshot: Snapshot) -> tuple[tuple[Outline, ...], tuple[Diagnostic, ...]]:
    """The rules of every directory, without their attributes."""
    loaded, said = snapshot.loaded, list[Diagnostic]()
    convention = snapshot.convention
    found: list[Outline] = []
    for path, directory in snapshot.workspace.directories.items():
        if path in loaded.untouched:
            unread = path not in loaded.ignored
            found.append(Outline(directory=directory, package=None, unread=unread))
            continue
        made = (rule for rule in snapshot.workspace.existing.of(path) if rule.made_by_evaluation)
        each, problems = outline(directory, loaded.packages.get(path), convention, snapshot.root_name, made)
        found.append(each)
        said.extend(problems)
    return tuple(found), tuple(said)


def planner_of(
    snapshot: Snapshot,
    outlines: tuple[Outline, ...],
    solved: Solved,
    where: Compatibility,
    incompatible: str = "",
) -> tuple[Planner, tuple[Diagnostic, ...]]:
    """What plans rules; ``incompatible`` marks what cannot be built, by default as the workspace does."""
    loaded, config, workspace = snapshot.loaded, snapshot.config, snapshot.workspace
    externals = Externals.known(
        snapshot.repositories,
        snapshot.modules,
        loaded.listings,
        source=Path(snapshot.toolchain.goroot) / "src",
        vendored=config.external == "vendored",
        untouched=loaded.untouched,
    )
    planner = Planner(
        workspace=workspace,
        index=build_index(outlines, externals, snapshot.convention, workspace.existing),
        conditions=select_conditions(snapshot.repositories),
        facts=where.facts,
        incompatible=incompatible or incompatible_label(snapshot.repositories, config.platforms_package),
        packages=frozenset(each.directory.path for each in outlines if each.is_package) | solved.packages,
        absent_labels=where.absent_labels,
        filters_tests=snapshot.repositories.filters_tests,
        assembles_with_c=snapshot.repositories.assembles_with_c,
    )
    return planner, workspace.existing.diagnostics


def wanted_rules(
    each: Outline, only: tuple[str, ...], planner: Planner, solved: Solved, snapshot: Snapshot
) -> tuple[tuple[WantedRule, ...], tuple[ExistingRule, ...], tuple[Diagnostic, ...]]:
    """The rules wanted in a directory, Go's and C's, those that are stale, and what there is to say."""
    path, c_side = each.directory.path, solved.wiring.rules
    wanted: tuple[WantedRule, ...] = ()
    stale: tuple[ExistingRule, ...] = ()
    problems: tuple[Diagnostic, ...] = ()
    chosen = is_chosen(path, only)
    if chosen and may_write(each, snapshot):
        wanted, problems = planner.plan(each)
        stale = each.stale
    if each.directory.writable:
        if chosen or any(is_chosen(consumer, only) for consumer in c_side.consumers.get(path, ())):
            wanted += c_side.rules.get(path, ())
        stale += c_side.stale.get(path, ()) if chosen else ()
    return wanted, stale, problems


def is_chosen(path: str, only: tuple[str, ...]) -> bool:
    """Whether a directory is among those that are to be written, all of them where none is named."""
    return not only or any(is_inside(path, each) for each in only)
