"""The first stages: reads the configuration and the workspace, and lists its packages.

Comes in: the workspace root and a few choices of the command line. Goes out: a ``Snapshot``, the facts that
every command decides by. Nothing is decided or written here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from functools import cached_property
from pathlib import Path

from attrs import field, frozen

from bazel_xc.bazel.platforms import platform_marks
from bazel_xc.buildfile.repositories import Repositories, read_repositories
from bazel_xc.buildfile.workspace import Workspace, list_folders, read_workspace
from bazel_xc.commands.ahead import Ask, GoGround, started_listing
from bazel_xc.commands.options import Options, configuration, timeout_of
from bazel_xc.commands.site import Site
from bazel_xc.config import Config
from bazel_xc.errors import WorkspaceError
from bazel_xc.golang.go_tree import GoTree, is_module_root
from bazel_xc.golang.loading import NOTHING_LATER, Later, Loaded, load
from bazel_xc.golang.modules import Module
from bazel_xc.golang.package import SWIG, GoView
from bazel_xc.golang.toolchain import RunGo, Toolchain, find_go, tool_tags
from bazel_xc.golang.universe import Universe
from bazel_xc.model import MISSING_MODULE, Diagnostic
from bazel_xc.tree import DiskTree, Record


@frozen(kw_only=True, slots=False)
class Snapshot:
    """The facts of a workspace before anything is planned.

    ``together`` are the modules that go lists from the root: those of its go.work, else its own.
    """

    config: Config
    workspace: Workspace
    repositories: Repositories
    toolchain: Toolchain
    modules: tuple[Module, ...]
    together: tuple[Module, ...]
    loaded: Loaded
    diagnostics: tuple[Diagnostic, ...]
    run: RunGo = field(eq=False, repr=False)
    view: GoView

    @property
    def root(self) -> Path:
        """The folder of the workspace."""
        return self.workspace.root

    @property
    def universe(self) -> Universe:
        """All packages, with the configured settings of cgo."""
        return self.loaded.universe

    def look(self, path: str) -> bytes | None:
        """The bytes of a file of the workspace, None if there is none."""
        return self.workspace.look(path)

    @property
    def is_whole(self) -> bool:
        """Whether every module that is used is on disk. Only then a thing without a user is really unused."""
        return not any(each.code == MISSING_MODULE for each in self.diagnostics)

    @property
    def has_c(self) -> bool:
        """Whether a package of the workspace may use C, or a BUILD file has rules of ours for it."""
        directories = self.workspace.directories
        return any(
            any(file.uses_cgo for file in package.files)
            or any(name.endswith(SWIG) for name in directories[path].files)
            for path, package in self.universe.own.items()
        ) or any(rule.ours for each in directories.values() for rule in each.rules)

    @property
    def has_foreign_c(self) -> bool:
        """Whether a package of a module outside of the workspace uses C."""
        own = self.universe.own_paths
        found = (each for path, each in self.universe.packages.items() if path not in own)
        return any(each.cgo and not each.standard for each in found)

    @cached_property
    def site(self) -> Site:
        """The workspace as a tree to plan."""
        config = self.config
        return Site(
            workspace=self.workspace,
            modules=self.modules,
            universe=self.universe,
            flipped=self.loaded.flipped,
            build=self.universe,
            untouched=self.loaded.untouched,
            ignored=self.loaded.ignored,
            view=self.view,
            repositories=self.repositories,
            source=Path(self.toolchain.goroot) / "src",
            sources=self.loaded.sources,
            mode=config.mode,
            vendored=config.external == "vendored",
            convention=config.naming or self.workspace.convention,
            root_name=self.root.resolve().name,
            marks=platform_marks(self.repositories, config.platforms_package),
            keys=f"//{config.platforms_package}",
            beside_gazelle=self.repositories.has_gazelle,
        )


def take_snapshot(
    options: Options, *, whole: bool = True, both: bool = False, later: Later = NOTHING_LATER
) -> Snapshot:
    """Reads the workspace and lists it with go, once per configured platform.

    See ``list_packages`` for ``whole``: reports need it, rules do not. ``both`` also lists with every
    platform's cgo setting inverted. ``later`` are Python modules that the caller needs.
    """
    with ThreadPoolExecutor(max_workers=2) as pool:
        return _taken(options, pool, whole=whole, both=both, later=later)


def _taken(options: Options, pool: Executor, *, whole: bool, both: bool, later: Later) -> Snapshot:
    root, tree = options.root, DiskTree(options.root, Record(options.facts))
    config = configuration(options)
    ask = Ask(timeout_of(options), whole, options.verify_listing, options.progress)
    options.progress("reading the workspace")
    searching = pool.submit(find_go, options.environment, root, ask.timeout)
    folders = list_folders(tree)
    ahead = tags = None
    if not searching.exception():
        ahead = started_listing(tree, folders, config, searching.result(), ask, pool)
        tags = pool.submit(_tool_tags, searching.result(), config, ask)
    workspace = read_workspace(tree, known=folders)
    _check_pipes(workspace)
    repositories, problems = read_repositories(workspace.look)
    found = (path for path, each in workspace.directories.items() if "go.mod" in each.files)
    go_mods = tuple(path for path in found if is_module_root(path))
    if not go_mods:
        raise WorkspaceError(f"{root}: no go.mod in this directory or below; run: go mod init MODULE")
    toolchain = searching.result()
    if ahead and set(ahead[0].directories) == set(go_mods):
        ground, started = ahead
    else:
        ground, started = GoGround.of(tree, go_mods, config, toolchain, ask), None
    config = ground.config
    view = GoView(
        platforms=config.platforms,
        release=toolchain.release,
        tags=frozenset(config.tags),
        tool_tags=tags.result() if tags else _tool_tags(toolchain, config, ask),
    )
    go_tree = GoTree(
        workspace=workspace,
        modules=ground.modules,
        vendored=ground.vendored,
        generated=dict(_generated(workspace)),
    )
    loaded = load(go_tree, ground.groups, view, ground.go, both=both, started=started, later=later)
    return Snapshot(
        config=config,
        workspace=workspace,
        repositories=repositories,
        toolchain=toolchain,
        modules=ground.modules,
        together=next((each.modules for each in ground.groups if not each.directory), ()),
        loaded=loaded,
        diagnostics=(*workspace.diagnostics, *problems, *loaded.diagnostics),
        run=ask.run(toolchain),
        view=view,
    )


def _tool_tags(toolchain: Toolchain, config: Config, ask: Ask) -> Mapping[str, tuple[str, ...]]:
    return tool_tags(toolchain, {each.goarch for each in config.platforms}, ask.run(toolchain))


def _check_pipes(workspace: Workspace) -> None:
    """Raises ``WorkspaceError`` if there is a pipe that go would wait for."""
    if workspace.pipes:
        raise WorkspaceError(
            f"{workspace.pipes[0]}: not a regular file, go might wait for it forever; move it out of the way"
        )


def _generated(workspace: Workspace) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Directory -> the Go files that rules make and that are not on disk."""
    for path, directory in workspace.directories.items():
        if directory.build_file:
            names = directory.generated - set(directory.files)
            made = tuple(sorted(name for name in names if name.endswith(".go") and "/" not in name))
            if made:
                yield path, made
