"""Collects the input of doctor and fingerprint: configuration, go, versions that the workspace names.

Comes in: the choices of the command line. Goes out: the ``Surroundings``. Parts of the workspace may be
missing; only a configuration with mistakes ends the run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

from bazel_xc.artifact.running import Done, run
from bazel_xc.artifact.surroundings import Surroundings
from bazel_xc.buildfile.registered import read_toolchains
from bazel_xc.buildfile.repositories import read_repositories
from bazel_xc.commands.options import Options, configuration
from bazel_xc.config import FILE_NAME
from bazel_xc.errors import GoError
from bazel_xc.golang.go_mod import go_version
from bazel_xc.golang.toolchain import Toolchain, find_go
from bazel_xc.model import WORKSPACE_NAMES
from bazel_xc.tree import DiskTree, find, read_file
from bazel_xc.versions import version_numbers

TIMEOUT_SECONDS = 600


def surroundings(options: Options) -> Surroundings:
    """The surroundings to examine. Raises ``ConfigError`` for a configuration with mistakes."""
    config = configuration(options)
    root = options.root
    problem, toolchain = "", None
    try:
        toolchain = find_go(options.environment, root, TIMEOUT_SECONDS)
    except GoError as e:
        problem = str(e)
    look = partial(find, DiskTree(root))
    repositories, _ = read_repositories(look)
    settings = dict(toolchain.environment) if toolchain else dict(options.environment)
    if not (root / "go.work").is_file():  # one above it does not count, as in a listing
        settings["GOWORK"] = "off"

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
        uses_modules=(root / "MODULE.bazel").exists()
        and not any((root / each).exists() for each in WORKSPACE_NAMES),
        bazel_version=_first_line(root / ".bazelversion"),
        rules_go=repositories.rules_go_version,
        toolchains=read_toolchains(look),
        tags=config.tags,
        patterns=_patterns(toolchain, root, start),
        ignores_go_work=settings.get("GOWORK") == "off",
    )


def _patterns(
    toolchain: Toolchain | None, root: Path, start: Callable[[tuple[str, ...], Path, Mapping[str, str]], Done]
) -> tuple[str, ...]:
    """The packages of every module of the workspace, for go."""
    command = (_command(toolchain), "list", "-m", "-f", "{{.Dir}}")
    done = start(command, root, {}) if toolchain and (root / "go.work").is_file() else Done()
    top = root.resolve()
    folders = [Path(line) for line in done.stdout.splitlines()] if done.good else []
    below = sorted(each.relative_to(top).as_posix() for each in folders if each.is_relative_to(top))
    return tuple("./..." if each == "." else f"./{each}/..." for each in below) or ("./...",)


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
