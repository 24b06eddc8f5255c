"""The first listing of go, started before BUILD files are read: the two take the same time.

Comes in: the entries of directories, and the configuration. Goes out: the modules, and a listing that go is
at work on. Directives may hide directories from the workspace, so the caller compares the input of the
listing with the right one. Failures are left to the caller, who meets them in their order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import Executor
from pathlib import Path

from attrs import evolve, field, frozen

from bazel_xc.config import Config
from bazel_xc.errors import BazelXcError
from bazel_xc.golang.first_listing import StartedListing, listing_places
from bazel_xc.golang.go_tree import is_module_root
from bazel_xc.golang.listing import GoLister
from bazel_xc.golang.modules import ListingGroup, Module, listing_groups, read_modules
from bazel_xc.golang.toolchain import Run, RunGo, Toolchain, build_tags, run_go
from bazel_xc.model import Progress, silent
from bazel_xc.tree import Entry, EntryKind, Tree


@frozen(kw_only=True)
class GoGround:
    """The modules in some directories of a tree, and how go lists them.

    ``config`` has the choices that depend on modules and on go.
    """

    directories: tuple[str, ...]
    modules: tuple[Module, ...]
    groups: tuple[ListingGroup, ...]
    config: Config
    go: GoLister

    @classmethod
    def of(
        cls, tree: Tree, directories: tuple[str, ...], config: Config, toolchain: Toolchain, ask: Ask
    ) -> GoGround:
        """Reads the go.mod of each directory. Raises ``WorkspaceError`` and ``GoError``."""
        run = ask.run(toolchain)
        modules = read_modules(tree, directories, toolchain, run)
        used = any(module.vendored for module in modules)
        config = evolve(
            config,
            external=config.external or ("vendored" if used else "module"),
            tags=tuple(dict.fromkeys((*config.tags, *build_tags(toolchain.environment)))),
        )
        return cls(
            directories=directories,
            modules=modules,
            groups=listing_groups(tree, modules, toolchain, run),
            config=config,
            go=GoLister(
                toolchain=toolchain,
                run=run,
                tags=config.tags,
                whole=ask.whole,
                verify=ask.verify,
                progress=ask.progress,
            ),
        )

    @property
    def vendored(self) -> bool:
        """Whether code from ``vendor`` is used."""
        return self.config.external == "vendored"


@frozen
class Ask:
    """How go is asked: seconds for a run, and the choices ``whole`` and ``verify`` of a ``GoLister``."""

    timeout: float
    whole: bool
    verify: bool
    progress: Progress = field(default=silent, eq=False)

    def run(self, toolchain: Toolchain) -> RunGo:
        """The function that runs the go command; equal ones are equal values."""
        return _Runner(toolchain.command, self.timeout)


@frozen
class _Runner:
    command: str
    timeout: float

    def __call__(self, arguments: list[str], directory: Path, environment: Mapping[str, str]) -> Run:
        return run_go(self.command, arguments, directory, environment, self.timeout)


def started_listing(
    tree: Tree,
    folders: Mapping[str, list[Entry]],
    config: Config,
    toolchain: Toolchain,
    ask: Ask,
    pool: Executor,
) -> tuple[GoGround, StartedListing] | None:
    """The ground and a listing at work; None if anything is odd, such as a pipe that go might wait for."""
    odd = (EntryKind.PIPE, EntryKind.DEVICE)
    if any(each.kind in odd for entries in folders.values() for each in entries):
        return None
    found = (path for path, entries in folders.items() if _has_go_mod(entries))
    directories = tuple(path for path in found if is_module_root(path))
    try:
        ground = GoGround.of(tree, directories, config, toolchain, ask)
    except BazelXcError:
        return None
    if not ground.groups:
        return None
    places = listing_places(tree, ground.groups, folders, vendored=ground.vendored)
    return ground, StartedListing.of(places, config.platforms, ground.go, pool)


def _has_go_mod(entries: Iterable[Entry]) -> bool:
    return any(each.name == "go.mod" and each.kind is EntryKind.FILE for each in entries)
