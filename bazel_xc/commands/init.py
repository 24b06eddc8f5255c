"""The page of ``init``: the first files of a workspace.

Comes in: the choices of the command line and the name of a C toolchain. Goes out: a ``Result`` with
bazel_xc.toml, the platforms package and lines for Bazel's own files. go is not asked.
"""

from __future__ import annotations

from pathlib import PurePosixPath

from attrs import evolve

from bazel_xc.bazel import setup
from bazel_xc.bazel.cc_toolchains import cc_toolchains
from bazel_xc.bazel.files import FileMaker, bazelrc_path, platforms_directory
from bazel_xc.bazel.platforms import read_platforms
from bazel_xc.buildfile.bazelrc import read_bazelrc
from bazel_xc.buildfile.repositories import read_repositories
from bazel_xc.buildfile.workspace import Workspace, read_workspace
from bazel_xc.commands.options import Options, configuration
from bazel_xc.config import FILE_NAME, Config
from bazel_xc.errors import WorkspaceError
from bazel_xc.golang.constraints import KNOWN_PLATFORMS
from bazel_xc.golang.loading import is_module_root
from bazel_xc.model import Diagnostic, FileChange, Result, Severity, unique


def initialise(options: Options, toolchain: str | None = None) -> Result:
    """The first files of a workspace: configuration, platforms package, lines for Bazel's own files.

    ``toolchain`` names one of ``cc_toolchains``, which is brought in, too.
    """
    chosen = cc_toolchains()[toolchain] if toolchain else None
    workspace = read_workspace(options.root)
    look = workspace.look
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


def _ground(options: Options, workspace: Workspace) -> tuple[setup.InitialState, tuple[Diagnostic, ...]]:
    """What is there before ``init``. Raises ``WorkspaceError`` where there is no Go module."""
    look, config = workspace.look, configuration(options)
    directories = workspace.directories
    go_mods = tuple(
        path for path, each in directories.items() if "go.mod" in each.files and is_module_root(path)
    )
    if not go_mods and "go.work" not in directories[""].files:
        raise WorkspaceError(f"{options.root}: no go.mod in this directory or below; run: go mod init MODULE")
    repositories, said = read_repositories(look)
    rc = read_bazelrc(look, bazelrc_path(config))
    rules = read_platforms(platforms_directory(workspace, config).build_file, KNOWN_PLATFORMS)
    ground = setup.InitialState(
        look=look,
        repositories=repositories,
        rc=rc,
        found=setup.found_platforms(rc, rules, KNOWN_PLATFORMS),
        go_mods=go_mods,
        root_name=options.root.resolve().name,
    )
    return ground, said


def _configuration(options: Options, ground: setup.InitialState) -> Config:
    """bazel_xc.toml, or for a new one the platforms that the workspace has already."""
    config = configuration(options)
    begun = options.config_file or options.platforms or ground.look(FILE_NAME) is not None
    return config if begun or not ground.found else evolve(config, platforms=ground.found)


def _louder(each: Diagnostic) -> Diagnostic:
    """What ``generate`` only notes is news to who starts with it."""
    return evolve(each, severity=Severity.WARNING) if each.code == "config-taken" else each
