"""Collects the input of doctor and fingerprint: configuration, go, versions that the workspace names.

Comes in: the choices of the command line. Goes out: the ``Surroundings``. Parts of the workspace may be
missing; only a configuration with mistakes ends the run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

from bazel_xc.artifact.doctor import Surroundings
from bazel_xc.artifact.running import Done, run
from bazel_xc.buildfile.repositories import read_repositories
from bazel_xc.commands.options import Options, configuration
from bazel_xc.config import FILE_NAME
from bazel_xc.errors import GoError
from bazel_xc.golang.go_mod import go_version
from bazel_xc.golang.toolchain import Toolchain, find_go
from bazel_xc.model import WORKSPACE_NAMES
from bazel_xc.tree import DiskTree, find, read_file
from bazel_xc.versions import version_numbers

TIMEOUT_SECONDS = 120


def surroundings(options: Options) -> Surroundings:
    """The surroundings to examine. Raises ``ConfigError`` for a configuration with mistakes."""
    config = configuration(options)
    root = options.root
    problem, toolchain = "", None
    try:
        toolchain = find_go(options.environment, root, TIMEOUT_SECONDS)
    except GoError as e:
        problem = str(e)
    repositories, _ = read_repositories(partial(find, DiskTree(root)))
    settings = dict(toolchain.environment) if toolchain else dict(options.environment)

    def start(command: tuple[str, ...], folder: Path, variables: Mapping[str, str]) -> Done:
        return run(command, {**settings, **variables}, TIMEOUT_SECONDS, folder)

    return Surroundings(
        platforms=config.platforms,
        certain=bool(options.config_file or options.platforms or (root / FILE_NAME).exists()),
        root=root,
        environment=options.environment,
        run=start,
        go=_command(toolchain),
        go_version=toolchain.version if toolchain else "",
        go_problem=problem,
        go_mod=max(_go_versions(root), key=version_numbers, default=""),
        uses_bazel=any((root / name).exists() for name in ("MODULE.bazel", *WORKSPACE_NAMES)),
        bazel_version=_first_line(root / ".bazelversion"),
        rules_go=repositories.rules_go_version,
    )


def _command(toolchain: Toolchain | None) -> str:
    return toolchain.command if toolchain else ""


def _go_versions(root: Path) -> Iterator[str]:
    """The versions that go.mod and go.work of the root require; go may be missing, so they are read here."""
    for name in ("go.mod", "go.work"):
        try:
            text = read_file(root / name).decode()
        except (OSError, UnicodeDecodeError):
            continue
        yield go_version(text)


def _first_line(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip().partition("\n")[0].strip()
    except (OSError, UnicodeDecodeError):
        return ""
