"""The page of ``init``: the first files of a workspace.

Comes in: the choices of the command line and the name of a C toolchain. Goes out: a ``Result`` with
bazel_xc.toml, the platforms package and lines for Bazel's own files. It does not run go.
"""

from __future__ import annotations

from pathlib import PurePosixPath

from attrs import evolve

from bazel_xc.bazel import setup
from bazel_xc.bazel.cc_toolchains import cc_toolchains
from bazel_xc.bazel.files import FileMaker, bazelrc_path, platforms_directory
from bazel_xc.bazel.platforms import platform_marks, read_platforms
from bazel_xc.bazel.select import select_conditions
from bazel_xc.buildfile.bazelrc import read_bazelrc
from bazel_xc.buildfile.repositories import read_repositories
from bazel_xc.buildfile.workspace import Workspace, read_workspace
from bazel_xc.commands.options import Options, configuration
from bazel_xc.config import FILE_NAME, Config
from bazel_xc.errors import WorkspaceError
from bazel_xc.golang.constraints import KNOWN_PLATFORMS
from bazel_xc.golang.go_tree import is_module_root
from bazel_xc.model import Diagnostic, FileChange, Result, Severity, unique


def initialise(options: Options, toolchain: str | None = None) -> Result:
    """The first files of a workspace: configuration, platforms package, lines for Bazel's own files.

    ``toolchain`` names one of ``cc_toolchains`` to add.
    """
    chosen = cc_toolchains()[toolchain] if toolchain else None
    workspace = read_workspace(options.root)
    look = workspace.look
    state, problems = _initial_state(options, workspace)
    config = _configuration(options, state)
    texts = setup.first_files(state, config, chosen)
    made = texts.get("MODULE.bazel")
    repositories = state.repositories
    if made is not None:  # its declarations decide the labels in the platforms package
        repositories, _ = read_repositories(lambda path: made if path == "MODULE.bazel" else look(path))
    changes = [FileChange(path, look(path), text) for path, text in texts.items()]
    keys, names = f"//{config.platforms_package}", (each.name for each in config.platforms)
    maker = FileMaker(
        config=config,
        repositories=repositories,
        workspace=workspace,
        conditions=select_conditions(repositories, names, keys),
        marks=platform_marks(repositories, config.platforms_package),
        rc=state.rc,
    )
    package, more = maker.platforms_package(look, frozenset())
    tags = setup.tag_findings(state.rc, config.tags)
    home = PurePosixPath(config.platforms_package)
    broken = (each for each in workspace.diagnostics if PurePosixPath(each.path).parent == home)
    return Result(
        changes=tuple(change for change in (*changes, *package) if change.is_change),
        diagnostics=unique((*problems, *broken, *map(_as_warning, more), *tags)),
        advice=setup.advice(repositories, config, chosen),
    )


def _initial_state(
    options: Options, workspace: Workspace
) -> tuple[setup.InitialState, tuple[Diagnostic, ...]]:
    """The state before ``init``. Raises ``WorkspaceError`` if there is no Go module."""
    look, config = workspace.look, configuration(options)
    directories = workspace.directories
    go_mods = tuple(
        path for path, each in directories.items() if "go.mod" in each.files and is_module_root(path)
    )
    if not go_mods and "go.work" not in directories[""].files:
        raise WorkspaceError(f"{options.root}: no go.mod in this directory or below; run: go mod init MODULE")
    repositories, problems = read_repositories(look)
    rc = read_bazelrc(look, bazelrc_path(config))
    rules = read_platforms(platforms_directory(workspace, config).build_file, KNOWN_PLATFORMS)
    state = setup.InitialState(
        look=look,
        repositories=repositories,
        rc=rc,
        found=setup.found_platforms(rc, rules, KNOWN_PLATFORMS),
        go_mods=go_mods,
        root_name=options.root.resolve().name,
    )
    return state, problems


def _configuration(options: Options, state: setup.InitialState) -> Config:
    """bazel_xc.toml; for a new one, the platforms that the workspace already has."""
    config = configuration(options)
    begun = options.config_file or options.platforms or state.look(FILE_NAME) is not None
    return config if begun or not state.found else evolve(config, platforms=state.found)


def _as_warning(each: Diagnostic) -> Diagnostic:
    """A note of ``generate`` as a warning, because it is new to the user of ``init``."""
    return evolve(each, severity=Severity.WARNING) if each.code == "config-taken" else each
