"""The page of ``generate``: the BUILD files of the workspace and its platforms package.

Comes in: a ``Snapshot`` and the directories to write. Goes out: a ``Result`` with file changes and findings,
such as overrides that third-party modules lack. Nothing is written here.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from attrs import frozen

from bazel_xc.bazel import incompatible
from bazel_xc.bazel.cgo_settings import names_in
from bazel_xc.bazel.compatibility import Compatibility
from bazel_xc.bazel.files import FileMaker, bazelrc_path, checked
from bazel_xc.bazel.visible import missing_findings, missing_repositories
from bazel_xc.buildfile.bazelrc import read_bazelrc
from bazel_xc.commands.plan import Planned, plan_tree
from bazel_xc.commands.snapshot import Snapshot
from bazel_xc.commands.summary import summary
from bazel_xc.model import LOAD, OPEN_CODES, Diagnostic, FileChange, Result, Severity, is_inside, unique


@frozen
class Generated:
    """The result, its plan, and the maker of its files. ``missing`` are repositories that MODULE.bazel lacks
    and BUILD files name.
    """

    result: Result
    planned: Planned
    maker: FileMaker
    missing: frozenset[str]

    @property
    def has_other_errors(self) -> bool:
        """Whether there are errors besides those of go about packages.

        go's error about a package depends on the package and its importers alone, and no kept plan covers
        those.
        """
        errors = (each for each in self.result.diagnostics if each.severity is Severity.ERROR)
        return any(each.code != LOAD for each in errors)


def generate(snapshot: Snapshot, only: Iterable[str] = ()) -> Generated:
    """Plans and merges every BUILD file and the platforms package; ``only`` limits what is written."""
    chosen = partial(_is_chosen, tuple(only))
    config, site, home = snapshot.config, snapshot.site, snapshot.config.platforms_package
    diagnostics: tuple[Diagnostic, ...] = (*snapshot.diagnostics, *site.diagnostics)
    solved = foreign = absence = None
    if snapshot.has_c:
        from bazel_xc.commands.c_side import Resolver, c_findings, solve  # noqa: PLC0415 - few trees have C

        solved = solve(site, Resolver.of(snapshot))
        diagnostics += c_findings(solved, site, config.unresolved)
    if snapshot.has_foreign_c and config.external != "vendored":
        from bazel_xc.commands.foreign import ForeignModules  # noqa: PLC0415 - as above
        from bazel_xc.commands.overrides import findings_of  # noqa: PLC0415 - as above

        foreign = ForeignModules.of(snapshot)
        absence = foreign.absence(solved)
        diagnostics += findings_of(foreign)
    if config.resolves:
        from bazel_xc.commands.c_side import unused_tables  # noqa: PLC0415 - as above

        trees = [each.solved for each in foreign.modules] if foreign else []
        diagnostics += unused_tables(snapshot, [solved, *trees] if solved else trees)
    rc = read_bazelrc(snapshot.look, bazelrc_path(config))
    maker = FileMaker(
        config=config,
        repositories=snapshot.repositories,
        workspace=snapshot.workspace,
        conditions=site.conditions,
        marks=site.marks,
        rc=rc,
    )
    planned = plan_tree(site, solved, maker, chosen, absence=absence)
    changes = dict(planned.changes)
    beside = changes.pop(home, None)  # rules of the platforms package besides platforms
    written = list(changes.values())
    if chosen(home):
        used = _names_for_cgo(snapshot, [*written, *([beside] if beside else [])])
        package, problems = maker.platforms_package(snapshot.look, used, beside)
        written += [*package, *_incompatible_list(snapshot, planned.where)]
        diagnostics += problems
    good, bad = checked(written)
    diagnostics += (*planned.diagnostics, *bad)
    missing = _missing_repositories(snapshot, good)
    diagnostics += missing_findings(missing)
    refused = any(each.code in OPEN_CODES and each.severity is Severity.ERROR for each in diagnostics)
    files = {each.build_path for each in snapshot.workspace.directories.values() if each.build_file}
    left = len(files - {each.path for each in good})
    result = Result(
        changes=good,
        diagnostics=unique(diagnostics),
        refused=refused,
        summary=summary(good, left, planned.absence),
    )
    return Generated(result, planned, maker, missing)


def _missing_repositories(snapshot: Snapshot, changes: Iterable[FileChange]) -> frozenset[str]:
    """The repositories of Go modules that labels name and MODULE.bazel lacks."""
    if snapshot.config.external == "vendored":
        return frozenset()
    packages = snapshot.universe.packages.values()
    modules = {each.module.path for each in packages if each.module and not each.module.main}
    texts = _build_texts(snapshot, changes).values()
    return missing_repositories(texts, modules, snapshot.repositories)


def _is_chosen(only: tuple[str, ...], path: str) -> bool:
    """Whether a directory is to be written; without ``only``, every one is."""
    return not only or any(is_inside(path, each) for each in only)


def _names_for_cgo(snapshot: Snapshot, changes: Iterable[FileChange]) -> frozenset[str]:
    """The names of the platforms package for cgo in all BUILD files, as they will be."""
    texts = _build_texts(snapshot, changes).values()
    return frozenset().union(*(names_in(data, snapshot.site.keys) for data in texts))


def _build_texts(snapshot: Snapshot, changes: Iterable[FileChange]) -> dict[str, bytes]:
    """The texts of all BUILD files by path, as they will be."""
    files = (each.build_file for each in snapshot.workspace.directories.values() if each.build_file)
    return {each.path: each.data for each in files} | {each.path: each.text for each in changes}


def _incompatible_list(snapshot: Snapshot, where: Compatibility) -> tuple[FileChange, ...]:
    """The change of the list of binaries that cannot be built somewhere, if the workspace has that file."""
    path = f"{snapshot.config.platforms_package}/{incompatible.FILE_NAME}"
    old = snapshot.look(path)
    new = incompatible.incompatible_list(old, where.absent_binaries, snapshot.config.platforms)
    return () if new is None else (FileChange(path, old, new),)
