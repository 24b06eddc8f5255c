"""The page of ``init``: the first files of a workspace.

Comes in: the choices of the command line and the name of a C toolchain. Goes out: a ``Result`` with
bazel_xc.toml, the platforms package and lines for Bazel's own files. It runs C compilers to see which
platforms have one, and does not run go.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path, PurePosixPath

from attrs import evolve

from bazel_xc.artifact.installed_bazel import installed_bazel
from bazel_xc.bazel import setup
from bazel_xc.bazel.cc_toolchains import CcToolchain, cc_toolchains
from bazel_xc.bazel.files import FileMaker, bazelrc_path, platforms_directory
from bazel_xc.bazel.platforms import platform_marks, read_platforms
from bazel_xc.bazel.select import select_conditions
from bazel_xc.buildfile.bazelrc import read_bazelrc
from bazel_xc.buildfile.registered import CToolchains, read_toolchains
from bazel_xc.buildfile.repositories import read_repositories
from bazel_xc.buildfile.workspace import Workspace, read_workspace
from bazel_xc.commands.first_platforms import (
    FirstPlatforms,
    cgo_summary,
    first_platforms,
    run_here,
    toolchain_offers,
)
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
    config = configuration(options)
    state, problems = _initial_state(options, config, workspace)
    toolchains = read_toolchains(look)
    first = _first_platforms(options, state, toolchains, chosen)
    if first:
        config = evolve(config, platforms=first.platforms)
    elif _is_new(options, state):
        config = evolve(config, platforms=state.found)
    lacking = frozenset(each.name for each in first.without_compiler) if first else frozenset()
    texts = setup.first_files(state, config, chosen, lacking)
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
        advice=(
            *([cgo_summary(first)] if first else []),
            *setup.advice(repositories, config, chosen),
            *toolchain_offers(config, first, toolchains, chosen),
        ),
    )


def _initial_state(
    options: Options, config: Config, workspace: Workspace
) -> tuple[setup.InitialState, tuple[Diagnostic, ...]]:
    """The state before ``init``. Raises ``WorkspaceError`` if there is no Go module."""
    look = workspace.look
    directories = workspace.directories
    go_mods = tuple(
        path for path, each in directories.items() if "go.mod" in each.files and is_module_root(path)
    )
    if not go_mods and "go.work" not in directories[""].files:
        raise WorkspaceError(f"{options.root}: no go.mod in this directory or below; run: go mod init MODULE")
    repositories, problems = read_repositories(look)
    rc = read_bazelrc(look, bazelrc_path(config))
    rules = read_platforms(platforms_directory(workspace, config).build_file, KNOWN_PLATFORMS)
    is_new = repositories.bzlmod and look("MODULE.bazel") is None
    state = setup.InitialState(
        look=look,
        repositories=repositories,
        rc=rc,
        found=setup.found_platforms(rc, rules, KNOWN_PLATFORMS),
        go_mods=go_mods,
        root_name=options.root.resolve().name,
        bazel=installed_bazel(options.environment, partial(run_here, options.environment)) if is_new else "",
        is_in_git=(options.root / ".git").exists(),
        packages_of_others=tuple(sorted(map(Path.as_posix, _packages_of_others(options.root)))),
    )
    return state, problems


def _packages_of_others(root: Path) -> Iterator[Path]:
    """Folders of the root that hold installed packages of npm or Python, which may have BUILD files."""
    for path in root.iterdir():
        if path.name == "node_modules" or (path / "pyvenv.cfg").is_file():
            yield path.relative_to(root)


def _is_new(options: Options, state: setup.InitialState) -> bool:
    """Whether this run writes bazel_xc.toml."""
    return not (options.config_file or options.platforms or state.look(FILE_NAME) is not None)


def _first_platforms(
    options: Options, state: setup.InitialState, toolchains: CToolchains, chosen: CcToolchain | None
) -> FirstPlatforms | None:
    """The default platforms for a new configuration; None if the workspace names its own."""
    if state.found or not _is_new(options, state):
        return None
    return first_platforms(toolchains, chosen, options.environment)


def _as_warning(each: Diagnostic) -> Diagnostic:
    """A note of ``generate`` as a warning, because it is new to the user of ``init``."""
    return evolve(each, severity=Severity.WARNING) if each.code == "config-taken" else each
