"""The page of ``remove``: takes out of a workspace everything that bazel-xc owns.

Comes in: the choices of the command line. Goes out: a ``Result`` with changed and deleted files, findings
about what stays, and the next step. go is not run, and nothing is written here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from attrs import evolve

from bazel_xc.bazel.cgo_settings import GUARD_FILE, GUARD_KIND, is_our_guard
from bazel_xc.bazel.files import bazelrc_path, checked, platforms_directory
from bazel_xc.bazel.override import FOLDER, is_ours
from bazel_xc.bazel.platforms import is_our_fragment, platform_marks
from bazel_xc.bazel.repository_macro import find_macro, macro_without_overrides
from bazel_xc.bazel.select import select_conditions
from bazel_xc.bazel.use_repo import without_overrides
from bazel_xc.bazel.without_ours import Leaving, without_ours
from bazel_xc.bazel.without_platforms import our_rules, split_by_use
from bazel_xc.buildfile.bazelrc import NAME as BAZELRC
from bazel_xc.buildfile.module_file import NAME
from bazel_xc.buildfile.repositories import Repositories, read_repositories
from bazel_xc.buildfile.workspace import Directory, Workspace, read_workspace
from bazel_xc.commands.options import Options, configuration
from bazel_xc.config import DEFAULT_PLATFORMS, FILE_NAME, Config
from bazel_xc.model import WORKSPACE_NAMES, Diagnostic, FileChange, Result, Severity, unique


def remove(options: Options) -> Result:
    """The changes after which nothing of bazel-xc's is left.

    Go rules stay as they are with cgo, which is how Gazelle reads them. Raises ``ConfigError`` for a
    configuration with mistakes, because it names the platforms package.
    """
    config, workspace = configuration(options), read_workspace(options.root)
    repositories, problems = read_repositories(workspace.look)
    package = f"//{config.platforms_package}"
    names = (each.name for each in config.platforms)
    leaving = Leaving(
        workspace=workspace,
        conditions=select_conditions(repositories, names, package),
        marks=platform_marks(repositories, config.platforms_package),
        own_names=repositories.own_names,
    )
    home = platforms_directory(workspace, config)
    cleaned: list[FileChange] = []
    said = [*workspace.diagnostics, *problems]
    for path, directory in sorted(workspace.directories.items()):
        if path != home.path and directory.build_file and not _is_for_modules(path):
            change, more = without_ours(directory, directory.build_file, (), leaving)
            said += more
            cleaned.append(change)
    build, bad = checked(cleaned)
    beside = [*_rc_change(workspace, config), *_configuration_change(workspace, config, said)]
    beside += [*_overrides(workspace, repositories, said)]
    texts = _texts(workspace, {each.path: each for each in (*build, *beside)})
    found, more = _platforms_package(home, workspace, repositories, config, leaving, texts)
    beneath, worse = checked(found)
    return Result(
        changes=tuple(sorted(each for each in (*build, *beneath, *beside) if each.is_change)),
        diagnostics=unique((*said, *more, *bad, *worse)),
        advice=_next(repositories, (*build, *beneath)),
    )


def _is_for_modules(path: str) -> bool:
    return path == FOLDER or path.startswith(f"{FOLDER}/")


def _platforms_package(
    home: Directory,
    workspace: Workspace,
    repositories: Repositories,
    config: Config,
    leaving: Leaving,
    texts: Mapping[str, bytes],
) -> tuple[tuple[FileChange, ...], tuple[Diagnostic, ...]]:
    """The changes of the platforms package, as far as ``texts``, all other files by path, do not use it."""
    if home.build_file is None:
        return (), ()
    file = home.build_file
    ours = our_rules(file, config.platforms, repositories, home.path)
    going, said = split_by_use(ours, file, home.path, texts)
    change, more = without_ours(home, file, going, leaving)
    changes = [change]
    fragment, guard = bazelrc_path(config), f"{home.path}/{GUARD_FILE}"
    rc, bzl = workspace.look(fragment), workspace.look(guard)
    if rc is not None and is_our_fragment(rc):
        changes.append(FileChange(fragment, rc, None))
    if (
        bzl is not None
        and is_our_guard(bzl)
        and all(each in going for each in ours if each.kind == GUARD_KIND)
    ):
        changes.append(FileChange(guard, bzl, None))
    return tuple(changes), (*said, *more)


def _rc_change(workspace: Workspace, config: Config) -> Iterator[FileChange]:
    """.bazelrc without the line that imports our fragment; a file that had nothing else is deleted."""
    old = workspace.look(BAZELRC)
    if old is None:
        return
    path = bazelrc_path(config).encode()
    ours = {word + b" %workspace%/" + path for word in (b"import", b"try-import")}
    lines = [line for line in old.splitlines(keepends=True) if b" ".join(line.split()) not in ours]
    new = b"".join(lines)
    if new != old:
        yield FileChange(BAZELRC, old, new or None)


def _configuration_change(
    workspace: Workspace, config: Config, said: list[Diagnostic]
) -> Iterator[FileChange]:
    """bazel_xc.toml is deleted if it only chooses platforms; with other settings it is the user's work."""
    old = workspace.look(FILE_NAME)
    if old is None:
        return
    plain = not any(each.constraints or each.runner for each in config.platforms)
    if plain and evolve(config, platforms=DEFAULT_PLATFORMS) == Config():
        yield FileChange(FILE_NAME, old, None)
        return
    said.append(
        Diagnostic(
            path=FILE_NAME,
            severity=Severity.WARNING,
            code="left-behind",
            message="it has settings of your own and stays",
            remedy="delete it if you do not need them",
        )
    )


def _overrides(
    workspace: Workspace, repositories: Repositories, said: list[Diagnostic]
) -> Iterator[FileChange]:
    """MODULE.bazel, its inclusions and the macro without our overrides, and the files of the overrides."""
    for each in repositories.module_files:
        new, problems = without_overrides(each)
        said += problems
        yield FileChange(each.path, each.file.data, new)
    place = None if repositories.bzlmod else find_macro(workspace.look)
    old = workspace.look(place.file) if place else None
    if place and old is not None:
        new, problems = macro_without_overrides(place, old)
        said += problems
        yield FileChange(place.file, old, new)
    for path, directory in sorted(workspace.directories.items()):
        if _is_for_modules(path):
            for name in sorted(directory.files):
                file = f"{path}/{name}"
                data = workspace.look(file)
                if data is not None and is_ours(data):
                    yield FileChange(file, data, None)


def _texts(workspace: Workspace, changes: Mapping[str, FileChange]) -> dict[str, bytes]:
    """The files that may name targets of the platforms package, as they will be."""
    found: dict[str, bytes] = {}
    others = [NAME, *WORKSPACE_NAMES, BAZELRC]
    for path, directory in workspace.directories.items():
        if directory.build_file:
            found[directory.build_file.path] = directory.build_file.data
        names = (each for each in directory.files if PurePosixPath(each).suffix in (".bzl", ".bazelrc"))
        others += (f"{path}/{name}".lstrip("/") for name in names)
    for each in others:
        data = workspace.look(each)
        if data is not None and not is_our_fragment(data):
            found[each] = data
    return {path: changes[path].text if path in changes else data for path, data in found.items()}


def _next(repositories: Repositories, changes: tuple[FileChange, ...]) -> tuple[str, ...]:
    """The step after the removal: Gazelle writes flags and sources in its own form again."""
    return ("next: if you use Gazelle, run it",) if changes and repositories.has_gazelle else ()
