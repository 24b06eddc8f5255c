"""The page of ``generate``: the BUILD files of the workspace and its platforms package.

Comes in: a ``Snapshot`` and the directories to write. Goes out: a ``Result`` with file changes, and what
modules of other people lack.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from bazel_xc.bazel import incompatible
from bazel_xc.bazel.compatibility import Compatibility
from bazel_xc.bazel.files import FileMaker, bazelrc_path, checked
from bazel_xc.buildfile.bazelrc import read_bazelrc
from bazel_xc.commands.plan import plan_tree
from bazel_xc.commands.snapshot import Snapshot
from bazel_xc.model import OPEN_CODES, Diagnostic, FileChange, Result, Severity, is_inside, unique


def generate(snapshot: Snapshot, only: Iterable[str] = ()) -> Result:
    """Plans and merges every BUILD file and the platforms package; ``only`` restricts what is written."""
    chosen = partial(_is_chosen, tuple(only))
    config, site, home = snapshot.config, snapshot.site, snapshot.config.platforms_package
    said: tuple[Diagnostic, ...] = (*snapshot.diagnostics, *site.diagnostics)
    solved = None
    if snapshot.has_c:
        from bazel_xc.commands.c_side import Resolver, said_of, solve  # noqa: PLC0415 - few trees have C

        solved = solve(site, Resolver.of(snapshot))
        said += said_of(solved, site, config.unresolved)
    if snapshot.has_foreign_c:
        from bazel_xc.commands.overrides import lacking_overrides  # noqa: PLC0415 - as above

        said += lacking_overrides(snapshot)
    rc = read_bazelrc(snapshot.look, bazelrc_path(config))
    maker = FileMaker(config, snapshot.repositories, snapshot.workspace, rc)
    planned = plan_tree(site, solved, maker, chosen)
    changes = dict(planned.changes)
    beside = changes.pop(home, None)  # what the platforms package has besides platforms
    written = list(changes.values())
    if chosen(home):
        package, problems = maker.platforms_package(snapshot.look(bazelrc_path(config)), beside)
        written += [*package, *_incompatible_list(snapshot, planned.where)]
        said += problems
    good, bad = checked(written)
    said += (*planned.diagnostics, *bad)
    refused = any(each.code in OPEN_CODES and each.severity is Severity.ERROR for each in said)
    return Result(changes=good, diagnostics=unique(said), refused=refused)


def _is_chosen(only: tuple[str, ...], path: str) -> bool:
    """Whether a directory is among those that are to be written, all of them where none is named."""
    return not only or any(is_inside(path, each) for each in only)


def _incompatible_list(snapshot: Snapshot, where: Compatibility) -> tuple[FileChange, ...]:
    """The change of the list of binaries that cannot be built somewhere, where the workspace wants one."""
    path = f"{snapshot.config.platforms_package}/{incompatible.FILE_NAME}"
    old = snapshot.look(path)
    new = incompatible.incompatible_list(old, where.absent_binaries, snapshot.config.platforms)
    return () if new is None else (FileChange(path, old, new),)
