"""The last stages of generate and init: plan rules and merge them into files.

Comes in: a ``Reading``. Goes out: a ``Result`` with file changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from attrs import frozen

from bazel_xc.bazel import incompatible, setup
from bazel_xc.bazel.cc_toolchains import cc_toolchains
from bazel_xc.bazel.compatibility import Compatibility, compatibility
from bazel_xc.bazel.files import FileMaker, bazelrc_path, checked
from bazel_xc.bazel.index import Externals, build_index
from bazel_xc.bazel.outline import Outline, outline
from bazel_xc.bazel.plan import Planner, WantedRule
from bazel_xc.bazel.platforms import incompatible_label
from bazel_xc.bazel.select import select_conditions
from bazel_xc.buildfile.evaluate import MadeRule, evaluate
from bazel_xc.buildfile.repositories import read_repositories
from bazel_xc.buildfile.syntax import Call
from bazel_xc.buildfile.workspace import Directory, read_workspace
from bazel_xc.clibs.findings import OPEN_CODES
from bazel_xc.golang.loading import is_inside
from bazel_xc.model import Diagnostic, FileChange, Severity
from bazel_xc.pipeline.reading import Options, Reading, configuration, reader
from bazel_xc.pipeline.solving import Solved, may_write, said_of, solve


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
    where = compatibility(outlines, loaded.packages, loaded.listings, config.platforms, solved.wiring)
    planner, more = planner_of(reading, outlines, solved, where)
    said += (*said_of(solved, reading), *more)
    maker = FileMaker(config, reading.repositories)
    changes: list[FileChange] = []
    for each in outlines:
        wanted, stale, problems = wanted_rules(each, only, planner, solved, reading)
        said += problems
        if wanted or stale or (each.directory.build_file and _is_chosen(each.directory.path, only)):
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


def wanted_rules(
    each: Outline, only: tuple[str, ...], planner: Planner, solved: Solved, reading: Reading
) -> tuple[tuple[WantedRule, ...], tuple[Call, ...], tuple[Diagnostic, ...]]:
    """The rules wanted in a directory, Go's and C's, those that are stale, and what there is to say."""
    path, c_side = each.directory.path, solved.wiring.rules
    wanted: tuple[WantedRule, ...] = ()
    stale: tuple[Call, ...] = ()
    problems: tuple[Diagnostic, ...] = ()
    chosen = _is_chosen(path, only)
    if chosen and may_write(each, reading):
        wanted, problems = planner.plan(each)
        stale = each.stale
    if each.directory.writable and path != reading.config.platforms_package:
        if chosen or any(_is_chosen(consumer, only) for consumer in c_side.consumers.get(path, ())):
            wanted += c_side.rules.get(path, ())
        stale += c_side.stale.get(path, ()) if chosen else ()
    return wanted, stale, problems


def _incompatible_list(reading: Reading, where: Compatibility) -> tuple[FileChange, ...]:
    """The change of the list of binaries that cannot be built somewhere, where the workspace wants one."""
    path = f"{reading.config.platforms_package}/{incompatible.FILE_NAME}"
    old = reader(reading.workspace.root)(path)
    new = incompatible.incompatible_list(old, where.absent_binaries, reading.config.platforms)
    return () if new is None else (FileChange(path, old, new),)


def _is_chosen(path: str, only: tuple[str, ...]) -> bool:
    return not only or any(is_inside(path, each) for each in only)


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


def outlines_of(reading: Reading) -> tuple[tuple[Outline, ...], tuple[Diagnostic, ...]]:
    """The rules of every directory, without their attributes."""
    loaded, said = reading.loaded, list[Diagnostic]()
    convention = reading.convention
    found: list[Outline] = []
    for path, directory in reading.workspace.directories.items():
        if path in loaded.untouched:
            found.append(Outline(directory=directory, package=None))
            continue
        each, problems = outline(directory, loaded.packages.get(path), convention, reading.root_name)
        found.append(each)
        said.extend(problems)
    return tuple(found), tuple(said)


def planner_of(
    reading: Reading,
    outlines: tuple[Outline, ...],
    solved: Solved,
    where: Compatibility,
    incompatible: str = "",
) -> tuple[Planner, tuple[Diagnostic, ...]]:
    """What plans rules; ``incompatible`` marks what cannot be built, by default as the workspace does."""
    loaded, config, workspace = reading.loaded, reading.config, reading.workspace
    made, said = _made_rules(workspace.directories)
    externals = Externals.known(
        reading.repositories,
        reading.modules,
        loaded.listings,
        source=Path(reading.toolchain.goroot) / "src",
        vendored=config.external == "vendored",
        untouched=loaded.untouched,
    )
    planner = Planner(
        workspace=workspace,
        index=build_index(outlines, externals, reading.convention, made),
        conditions=select_conditions(reading.repositories),
        facts=where.facts,
        incompatible=incompatible or incompatible_label(reading.repositories, config.platforms_package),
        packages=frozenset(each.directory.path for each in outlines if each.is_package) | solved.packages,
        absent_labels=where.absent_labels,
        filters_tests=reading.repositories.filters_tests,
        assembles_with_c=reading.repositories.assembles_with_c,
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
    said = tuple(
        Diagnostic(
            path=dynamic[path].path,
            severity=Severity.NOTE,
            code="evaluate",
            message=f"cannot be run to see which rules it makes: {message}",
        )
        for path, message in sorted(errors.items())
    )
    return dict(made), said


def unique(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Each diagnostic once, in order."""
    return tuple(sorted(set(diagnostics)))
