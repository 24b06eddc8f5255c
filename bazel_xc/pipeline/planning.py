"""The last stages of generate and init: plan rules and merge them into files.

Comes in: a ``Reading``. Goes out: a ``Result`` with file changes.
"""

from __future__ import annotations

from collections.abc import Iterable

from attrs import frozen

from bazel_xc.bazel import incompatible, setup
from bazel_xc.bazel.cc_toolchains import cc_toolchains
from bazel_xc.bazel.compatibility import Compatibility, compatibility
from bazel_xc.bazel.files import FileMaker, bazelrc_path, checked
from bazel_xc.buildfile.repositories import read_repositories
from bazel_xc.buildfile.workspace import read_workspace
from bazel_xc.clibs.findings import OPEN_CODES
from bazel_xc.model import Diagnostic, FileChange, Severity
from bazel_xc.pipeline.reading import Options, Reading, configuration, reader
from bazel_xc.pipeline.rules import is_chosen, outlines_of, planner_of, unique, wanted_rules
from bazel_xc.pipeline.solving import said_of, solve
from bazel_xc.pipeline.third_party import module_findings


@frozen(kw_only=True)
class Result:
    """What a command would write, everything worth saying, and what it leaves to the user.

    It is ``refused`` where ``policy.unresolved`` forbids to write.
    """

    changes: tuple[FileChange, ...]
    diagnostics: tuple[Diagnostic, ...]
    advice: tuple[str, ...] = ()
    refused: bool = False


def generate(reading: Reading, only: Iterable[str] = ()) -> Result:
    """Plans and merges every BUILD file and the platforms package; ``only`` restricts what is written."""
    only = tuple(only)
    config, workspace = reading.config, reading.workspace
    outlines, said = outlines_of(reading)
    solved = solve(reading, outlines, external=False)
    loaded = reading.loaded
    where = compatibility(
        outlines, loaded.packages, loaded.listings, config.platforms, solved.wiring, solved.absence
    )
    planner, more = planner_of(reading, outlines, solved, where)
    said += (*said_of(solved, reading), *more, *module_findings(reading))
    maker = FileMaker(config, reading.repositories)
    changes: list[FileChange] = []
    for each in outlines:
        wanted, stale, problems = wanted_rules(each, only, planner, solved, reading)
        said += problems
        if wanted or stale or (each.directory.build_file and is_chosen(each.directory.path, only)):
            change, problems = maker.build_file(each.directory, wanted, stale)
            changes.append(change)
            said += problems
    if not only or config.platforms_package in only:
        old = reader(workspace.root)(bazelrc_path(config))
        package, problems = maker.platforms_package(workspace, old)
        changes += package
        said += problems
        changes += _incompatible_list(reading, where)
    good, bad = checked(changes)
    refused = any(each.code in OPEN_CODES and each.severity is Severity.ERROR for each in said)
    return Result(changes=good, diagnostics=unique((*reading.diagnostics, *said, *bad)), refused=refused)


def _incompatible_list(reading: Reading, where: Compatibility) -> tuple[FileChange, ...]:
    """The change of the list of binaries that cannot be built somewhere, where the workspace wants one."""
    path = f"{reading.config.platforms_package}/{incompatible.FILE_NAME}"
    old = reader(reading.workspace.root)(path)
    new = incompatible.incompatible_list(old, where.absent_binaries, reading.config.platforms)
    return () if new is None else (FileChange(path, old, new),)


def initialise(options: Options, toolchain: str | None = None) -> Result:
    """The first files of a workspace: configuration, platforms package, lines for Bazel's own files.

    ``toolchain`` names one of ``cc_toolchains``, which is brought in, too.
    """
    chosen = cc_toolchains()[toolchain] if toolchain else None
    config, workspace = configuration(options), read_workspace(options.root)
    look = reader(options.root)
    repositories, said = read_repositories(look)
    texts = setup.first_files(look, config, repositories, options.root.resolve().name, chosen)
    made = texts.get("MODULE.bazel")
    if made is not None:  # what it declares decides how the platforms package is spelt
        repositories, _ = read_repositories(lambda path: made if path == "MODULE.bazel" else look(path))
    changes = [FileChange(path, look(path), text) for path, text in texts.items()]
    package, more = FileMaker(config, repositories).platforms_package(workspace, look(bazelrc_path(config)))
    return Result(
        changes=tuple(change for change in (*changes, *package) if change.is_change),
        diagnostics=unique((*said, *more)),
        advice=setup.advice(repositories, config, chosen),
    )
