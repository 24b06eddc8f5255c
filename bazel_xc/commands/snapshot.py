"""The first stages: read the configuration and the workspace, ask go.

Comes in: the workspace root and a few choices of the command line. Goes out: a ``Snapshot``, everything that
is known before anything is decided.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from attrs import evolve, field, frozen

from bazel_xc.buildfile.repositories import Repositories, read_repositories
from bazel_xc.buildfile.workspace import Workspace, read_workspace
from bazel_xc.commands.options import Options, configuration, timeout_of
from bazel_xc.config import Config
from bazel_xc.errors import WorkspaceError
from bazel_xc.golang.loading import Loaded, Loader, is_module_root
from bazel_xc.golang.modules import Module, listing_groups, read_modules
from bazel_xc.golang.package import GoView
from bazel_xc.golang.toolchain import (
    Run,
    RunGo,
    Toolchain,
    build_tags,
    find_go,
    run_go,
    tool_tags,
)
from bazel_xc.model import MISSING_MODULE, Diagnostic
from bazel_xc.regular import read_if_there


@frozen(kw_only=True)
class Snapshot:
    """Everything that is known of a workspace before anything is planned.

    ``together`` are the modules that go sees from the root: those of its go.work, else its own. ``name`` is
    set where the root's directory has a name that tells nothing.
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
    tool_tags: Mapping[str, tuple[str, ...]]
    name: str = ""

    @property
    def root_name(self) -> str:
        """What rules of the root are named after where nothing else gives a name."""
        return self.name or self.workspace.root.resolve().name

    @property
    def is_whole(self) -> bool:
        """Whether every module that is used is at hand, so that what nothing wants is really not wanted."""
        return not any(each.code == MISSING_MODULE for each in self.diagnostics)

    @property
    def convention(self) -> str:
        """The naming convention where no directive says other."""
        return self.config.naming or self.workspace.convention

    @property
    def view(self) -> GoView:
        """The go in use and its configuration, for evaluating constraints."""
        return GoView(
            platforms=self.config.platforms,
            release=self.toolchain.release,
            tags=frozenset(self.config.tags),
            tool_tags=self.tool_tags,
        )


def take_snapshot(options: Options, *, whole: bool = True, both: bool = False) -> Snapshot:
    """Reads the workspace and asks go about it, once per configured platform.

    ``whole`` is as for ``list_packages``: reports want it, rules do without. With ``both`` go is asked about
    the other setting of cgo too.
    """
    root = options.root
    config = configuration(options)
    timeout = timeout_of(options)
    with ThreadPoolExecutor(max_workers=1) as pool:
        searching = pool.submit(find_go, options.environment, root, timeout)
        workspace = read_workspace(root)
        _check_pipes(workspace)
    repositories, said = read_repositories(reader(root))
    found = (path for path, each in workspace.directories.items() if "go.mod" in each.files)
    go_mods = [path for path in found if is_module_root(path)]
    if not go_mods:
        raise WorkspaceError(f"{root}: no go.mod in this directory or below; run: go mod init MODULE")
    toolchain = searching.result()

    def run(arguments: list[str], directory: Path, environment: Mapping[str, str]) -> Run:
        return run_go(toolchain.command, arguments, directory, environment, timeout)

    with ThreadPoolExecutor(max_workers=1) as pool:
        tags = pool.submit(tool_tags, toolchain, {each.goarch for each in config.platforms}, run)
        modules = read_modules(root, go_mods, toolchain, run)
    used = any(module.vendored for module in modules)
    config = evolve(
        config,
        external=config.external or ("vendored" if used else "module"),
        tags=tuple(dict.fromkeys((*config.tags, *build_tags(toolchain.environment)))),
    )
    groups = listing_groups(root, modules, toolchain, run)
    loader = Loader(
        workspace=workspace,
        modules=modules,
        groups=groups,
        toolchain=toolchain,
        run=run,
        config=config,
        vendored=config.external == "vendored",
        generated=dict(_generated(workspace)),
        tool_tags=tags.result(),
        whole=whole,
        both=both,
    )
    loaded = loader.load()
    return Snapshot(
        config=config,
        workspace=workspace,
        repositories=repositories,
        toolchain=toolchain,
        modules=modules,
        together=next((each.modules for each in groups if not each.directory), ()),
        loaded=loaded,
        diagnostics=(*workspace.diagnostics, *said, *loaded.diagnostics),
        run=run,
        tool_tags=tags.result(),
    )


def _check_pipes(workspace: Workspace) -> None:
    """Raises ``WorkspaceError`` where go would wait for what a pipe never says."""
    if workspace.pipes:
        raise WorkspaceError(
            f"{workspace.pipes[0]}: no regular file, go could wait for it for ever; move it out of the way"
        )


def reader(root: Path) -> Callable[[str], bytes | None]:
    """Gives the bytes of a file by its path from the root, None where there is none."""
    return partial(read_if_there, root)


def _generated(workspace: Workspace) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The Go files, by directory, that rules make and that are not on disk."""
    for path, directory in workspace.directories.items():
        if directory.build_file:
            names = directory.generated - set(directory.files)
            made = tuple(sorted(name for name in names if name.endswith(".go") and "/" not in name))
            if made:
                yield path, made
