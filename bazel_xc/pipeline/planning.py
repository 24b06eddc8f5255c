"""The last stages of generate and init: plan rules and merge them into files.

Comes in: a ``Reading``. Goes out: a ``Result`` with file changes.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath

from attrs import evolve, frozen

from bazel_xc.bazel import incompatible, setup
from bazel_xc.bazel.cc_toolchains import cc_toolchains
from bazel_xc.bazel.compatibility import Compatibility, compatibility
from bazel_xc.bazel.files import FileMaker, bazelrc_path, checked, platforms_directory
from bazel_xc.bazel.platforms import read_platforms
from bazel_xc.buildfile.bazelrc import read_bazelrc
from bazel_xc.buildfile.repositories import read_repositories
from bazel_xc.buildfile.workspace import Workspace, read_workspace
from bazel_xc.clibs.findings import OPEN_CODES
from bazel_xc.config import FILE_NAME, Config
from bazel_xc.errors import WorkspaceError
from bazel_xc.golang.constraints import KNOWN_PLATFORMS
from bazel_xc.golang.loading import is_module_root
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
    rc = read_bazelrc(reader(workspace.root), bazelrc_path(config))
    maker = FileMaker(config, reading.repositories, workspace, rc)
    changes: list[FileChange] = []
    beside: FileChange | None = None  # what the platforms package has besides platforms
    for each in outlines:
        wanted, stale, problems = wanted_rules(each, only, planner, solved, reading)
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
    look, workspace = reader(options.root), read_workspace(options.root)
    ground, said = _ground(options, workspace)
    config = _configuration(options, ground)
    texts = setup.first_files(ground, config, chosen)
    made = texts.get("MODULE.bazel")
    repositories = ground.repositories
    if made is not None:  # what it declares decides how the platforms package is spelt
        repositories, _ = read_repositories(lambda path: made if path == "MODULE.bazel" else look(path))
    changes = [FileChange(path, look(path), text) for path, text in texts.items()]
    maker = FileMaker(config, repositories, workspace, ground.rc)
    package, more = maker.platforms_package(look(bazelrc_path(config)))
    tags = setup.tag_findings(ground.rc, config.tags)
    home = PurePosixPath(config.platforms_package)
    broken = (each for each in workspace.diagnostics if PurePosixPath(each.path).parent == home)
    return Result(
        changes=tuple(change for change in (*changes, *package) if change.is_change),
        diagnostics=unique((*said, *broken, *map(_louder, more), *tags)),
        advice=setup.advice(repositories, config, chosen),
    )


def _ground(options: Options, workspace: Workspace) -> tuple[setup.Ground, tuple[Diagnostic, ...]]:
    """What is there before ``init``. Raises ``WorkspaceError`` where there is no Go module."""
    look, config = reader(options.root), configuration(options)
    directories = workspace.directories
    go_mods = tuple(
        path for path, each in directories.items() if "go.mod" in each.files and is_module_root(path)
    )
    if not go_mods and "go.work" not in directories[""].files:
        raise WorkspaceError(f"{options.root}: no go.mod in this directory or below; run: go mod init MODULE")
    repositories, said = read_repositories(look)
    rc = read_bazelrc(look, bazelrc_path(config))
    rules = read_platforms(platforms_directory(workspace, config).build_file, KNOWN_PLATFORMS)
    ground = setup.Ground(
        look=look,
        repositories=repositories,
        rc=rc,
        found=setup.found_platforms(rc, rules, KNOWN_PLATFORMS),
        go_mods=go_mods,
        root_name=options.root.resolve().name,
    )
    return ground, said


def _configuration(options: Options, ground: setup.Ground) -> Config:
    """bazel_xc.toml, or for a new one the platforms that the workspace has already."""
    config = configuration(options)
    begun = options.config_file or options.platforms or ground.look(FILE_NAME) is not None
    return config if begun or not ground.found else evolve(config, platforms=ground.found)


def _louder(each: Diagnostic) -> Diagnostic:
    """What ``generate`` only notes is news to who starts with it."""
    return evolve(each, severity=Severity.WARNING) if each.code == "config-taken" else each
