"""The page of ``remove``: takes out of a workspace everything that bazel-xc owns.

Comes in: the choices of the command line. Goes out: a ``Result`` with changed and deleted files, findings
about what stays, and the next step. go is not run, and nothing is written here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from attrs import evolve

from bazel_xc.bazel.cgo_settings import GUARD_FILE, GUARD_KIND
from bazel_xc.bazel.files import bazelrc_path, checked, platforms_directory
from bazel_xc.bazel.override import FOLDER, is_ours
from bazel_xc.bazel.platforms import platform_marks
from bazel_xc.bazel.repository_macro import find_macro, macro_without_overrides
from bazel_xc.bazel.select import select_conditions
from bazel_xc.bazel.use_repo import without_overrides
from bazel_xc.bazel.without_ours import Leaving, without_ours
from bazel_xc.bazel.without_platforms import our_rules, split_by_use
from bazel_xc.buildfile.bazelrc import NAME as BAZELRC
from bazel_xc.buildfile.repositories import Repositories, read_repositories
from bazel_xc.buildfile.workspace import Directory, Workspace, read_workspace
from bazel_xc.commands.options import Options, configuration
from bazel_xc.config import DEFAULT_PLATFORMS, FILE_NAME, Config
from bazel_xc.model import Diagnostic, FileChange, Result, Severity, unique

_FRAGMENT_HEAD = b"# Written by bazel-xc"


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
    changes: dict[str, FileChange] = {}
    said = [*workspace.diagnostics, *problems]
    for path, directory in sorted(workspace.directories.items()):
        if path != home.path and directory.build_file and not _is_for_modules(path):
            change, more = without_ours(directory, directory.build_file, (), leaving)
            said += more
            changes[change.path] = change
    beside = [*_rc_change(workspace, config), *_configuration_change(workspace, config, said)]
    beside += [*_overrides(workspace, repositories, said)]
    texts = _texts(workspace, {**changes, **{each.path: each for each in beside}})
    package_changes, more = _platforms_package(home, workspace, repositories, config, leaving, texts)
    files = (*changes.values(), *package_changes)
    good, bad = checked(each for each in files if each.new is not None)
    gone = [each for each in files if each.new is None and each.old is not None]
    return Result(
        changes=tuple(sorted(each for each in (*good, *gone, *beside) if each.is_change)),
        diagnostics=unique((*said, *more, *bad)),
        advice=_next(repositories, [*good, *gone]),
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
    fragment = bazelrc_path(config)
    for path, is_going in (
        (fragment, True),
        (f"{home.path}/{GUARD_FILE}", all(each in going for each in ours if each.kind == GUARD_KIND)),
    ):
        old = workspace.look(path)
        if old is not None and is_going and old.startswith((_FRAGMENT_HEAD, b'"""Written by bazel-xc')):
            changes.append(FileChange(path, old, None))
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
    for path, directory in workspace.directories.items():
        names = [each for each in directory.files if PurePosixPath(each).suffix in (".bzl", ".bazelrc")]
        paths = {f"{path}/{name}".lstrip("/") for name in names}
        paths |= {directory.build_file.path} if directory.build_file else set()
        for each in paths:
            data = workspace.look(each)
            if data is not None:
                found[each] = data
    for name in ("MODULE.bazel", "WORKSPACE", "WORKSPACE.bazel", BAZELRC):
        data = workspace.look(name)
        if data is not None:
            found[name] = data
    return {
        path: changes[path].text if path in changes else data
        for path, data in found.items()
        if not data.startswith(_FRAGMENT_HEAD)
    }


def _next(repositories: Repositories, changes: list[FileChange]) -> tuple[str, ...]:
    """The step after the removal: Gazelle writes flags and sources in its own form again."""
    return ("next: if you use Gazelle, run it",) if changes and repositories.has_gazelle else ()
