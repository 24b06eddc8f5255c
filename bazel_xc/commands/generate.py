"""The last stages of generate and init: plan rules and merge them into files.

Comes in: a ``Snapshot``. Goes out: a ``Result`` with file changes.
"""

from __future__ import annotations

from collections.abc import Iterable

from bazel_xc.bazel import incompatible
from bazel_xc.bazel.compatibility import Compatibility, compatibility
from bazel_xc.bazel.files import FileMaker, bazelrc_path, checked
from bazel_xc.buildfile.bazelrc import read_bazelrc
from bazel_xc.clibs.findings import OPEN_CODES
from bazel_xc.commands.c_side import said_of, solve
from bazel_xc.commands.overrides import module_findings
from bazel_xc.commands.plan import is_chosen, outlines_of, planner_of, wanted_rules
from bazel_xc.commands.snapshot import Snapshot, reader
from bazel_xc.model import FileChange, Result, Severity, unique


def generate(snapshot: Snapshot, only: Iterable[str] = ()) -> Result:
    """Plans and merges every BUILD file and the platforms package; ``only`` restricts what is written."""
    only = tuple(only)
    config, workspace = snapshot.config, snapshot.workspace
    outlines, said = outlines_of(snapshot)
    solved = solve(snapshot, outlines, external=False)
    loaded = snapshot.loaded
    where = compatibility(
        outlines, loaded.packages, loaded.listings, config.platforms, solved.wiring, solved.absence
    )
    planner, more = planner_of(snapshot, outlines, solved, where)
    said += (*said_of(solved, snapshot), *more, *module_findings(snapshot))
    rc = read_bazelrc(reader(workspace.root), bazelrc_path(config))
    maker = FileMaker(config, snapshot.repositories, workspace, rc)
    changes: list[FileChange] = []
    beside: FileChange | None = None  # what the platforms package has besides platforms
    for each in outlines:
        wanted, stale, problems = wanted_rules(each, only, planner, solved, snapshot)
        said += problems
        if wanted or stale or (each.directory.build_file and is_chosen(each.directory.path, only)):
            change, problems = maker.build_file(each.directory, wanted, stale)
            said += problems
            if each.directory.path == config.platforms_package:
                beside = change
            else:
                changes.append(change)
    if is_chosen(config.platforms_package, only):
        old = reader(workspace.root)(bazelrc_path(config))
        package, problems = maker.platforms_package(old, beside)
        changes += package
        said += problems
        changes += _incompatible_list(snapshot, where)
    good, bad = checked(changes)
    refused = any(each.code in OPEN_CODES and each.severity is Severity.ERROR for each in said)
    return Result(changes=good, diagnostics=unique((*snapshot.diagnostics, *said, *bad)), refused=refused)


def _incompatible_list(snapshot: Snapshot, where: Compatibility) -> tuple[FileChange, ...]:
    """The change of the list of binaries that cannot be built somewhere, where the workspace wants one."""
    path = f"{snapshot.config.platforms_package}/{incompatible.FILE_NAME}"
    old = reader(snapshot.workspace.root)(path)
    new = incompatible.incompatible_list(old, where.absent_binaries, snapshot.config.platforms)
    return () if new is None else (FileChange(path, old, new),)
