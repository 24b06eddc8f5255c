"""The one listing that go is asked for, and the directories that the others are derived from.

Comes in: the groups of modules of a workspace, its directories as they were read, go's listing of the first
platform. Goes out: the places that go lists, a listing that is started before the workspace is read, and a
``ListedOnce``, which knows the other platforms. Nothing is folded here.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator
from concurrent.futures import Executor, Future
from contextlib import suppress
from pathlib import Path

from attrs import evolve, frozen

from bazel_xc.golang.asking import ListedOnce, PlaceOnce
from bazel_xc.golang.derived import OwnDirectory
from bazel_xc.golang.folding import (
    ReadDirectory,
    read_directory,
)
from bazel_xc.golang.go_tree import GoTree
from bazel_xc.golang.listed import ListedModule
from bazel_xc.golang.listing import FailedPlace, GoLister, Listing, ListingPlace
from bazel_xc.golang.modules import ListingGroup, Module, module_of, vendored_modules
from bazel_xc.golang.sources import Sources
from bazel_xc.golang.universe import by_directory
from bazel_xc.model import Platform, Progress
from bazel_xc.tree import EntryKind, Tree, names_in

_Listings = tuple[Listing, ...]


@frozen
class StartedListing:
    """A listing that go was asked for before the workspace was read: its input, and go's answer."""

    places: tuple[ListingPlace, ...]
    go: GoLister
    answer: Future[tuple[_Listings, tuple[FailedPlace, ...]]]

    @classmethod
    def of(
        cls, places: tuple[ListingPlace, ...], platforms: tuple[Platform, ...], go: GoLister, pool: Executor
    ) -> StartedListing:
        """Asks go for the first listing of some platforms."""
        return cls(places, go, pool.submit(go.places, places, (first_platform(platforms),)))


def first_platform(platforms: tuple[Platform, ...]) -> Platform:
    """The platform that go lists; the others are derived from it."""
    return next((each for each in platforms if each.cgo), platforms[0])


def listing_places(
    tree: Tree, groups: Iterable[ListingGroup], directories: Container[str], *, vendored: bool
) -> tuple[ListingPlace, ...]:
    """The places of the groups that go lists; ``directories`` are those of the workspace."""
    return tuple(
        ListingPlace(
            directory=tree.root / group.directory,
            patterns=group.patterns(),
            environment=group.environment(),
            vendored=vendored and all(_has_vendored(tree, each, directories) for each in group.modules),
        )
        for group in groups
    )


def places_of(tree: GoTree, groups: Iterable[ListingGroup]) -> tuple[ListingPlace, ...]:
    """The places of a tree that was read."""
    workspace = tree.workspace
    return listing_places(workspace.tree, groups, workspace.directories, vendored=tree.vendored)


def _has_vendored(tree: Tree, module: Module, directories: Container[str]) -> bool:
    """Whether all vendored packages of a module are in directories that are read."""
    vendor = f"{module.directory}/vendor".lstrip("/")
    listed = vendored_modules(tree, module.directory) if module.vendored else {}
    return module.vendored and all(f"{vendor}/{path}" in directories for path in listed)


def directories_of(
    places: Iterable[ListingPlace], tree: GoTree, groups: Iterable[ListingGroup]
) -> frozenset[str]:
    """The directories of the modules that are listed in ``places``."""
    roots = {each.directory for each in places}
    chosen = (group for group in groups if tree.root / group.directory in roots)
    modules = {module.directory for group in chosen for module in group.modules}
    found = ((path, module_of(path, tree.modules)) for path in tree.workspace.directories if modules)
    return frozenset(path for path, module in found if module and module.directory in modules)


def listed_once(
    tree: GoTree,
    groups: tuple[ListingGroup, ...],
    started: StartedListing,
    listing: Listing,
    directories: Iterable[ReadDirectory],
    sources: Sources,
    failed: Container[Path],
) -> ListedOnce:
    """The places that go lists, with the directories of their modules that patterns match."""
    root = str(tree.root.resolve())
    own: dict[str, list[OwnDirectory]] = {}
    seen = [_as_go_sees(each, tree) for each in directories if not each.unlisted]
    for each in (*seen, *_seen_by_go_only(tree, listing, root, frozenset(each.path for each in directories))):
        module = module_of(each.path, tree.modules)
        if module:
            folder = f"{root}/{module.directory}".rstrip("/")
            own.setdefault(module.directory, []).append(
                OwnDirectory(
                    read=each,
                    import_path=module.import_path(each.path),
                    module=ListedModule(module.path, "", folder, main=True),
                )
            )
    places = tuple(
        PlaceOnce(
            place=place,
            own=tuple(each for module in group.modules for each in own.get(module.directory, ())),
        )
        for place, group in zip(started.places, groups, strict=True)
        if place.directory not in failed
    )
    vendored = (each for each in places if each.place.vendored)
    return ListedOnce(
        listing=listing,
        places=places,
        root=root,
        sources=sources,
        unfollowed=frozenset(each.import_path for place in vendored for each in place.own),
    )


def _as_go_sees(directory: ReadDirectory, tree: GoTree) -> ReadDirectory:
    """The directory with the files that an ``exclude`` hides, which go compiles."""
    hidden = tree.workspace.directories[directory.path].hidden
    if not any(name.endswith(".go") for name in hidden):
        return directory
    more, _ = read_directory(directory.path, directory.import_path, sorted(hidden), tree.workspace.tree)
    return evolve(directory, sources=tuple(sorted((*directory.sources, *more.sources), key=lambda s: s.name)))


def _seen_by_go_only(
    tree: GoTree, listing: Listing, root: str, known: Container[str]
) -> Iterator[ReadDirectory]:
    """Directories that go lists although an ``exclude`` hides them from everybody else."""
    files = tree.workspace.tree
    for path, packages in by_directory((listing,), Path(root)).items():
        package = packages[listing.platform.name]
        if path not in known and not package.dep_only and not package.standard:
            with suppress(OSError):
                names = names_in(files.entries(path), EntryKind.FILE)
                yield read_directory(path, package.import_path, names, files)[0]


def numbered(progress: Progress, total: int) -> Callable[[Platform], None]:
    """Says that the next of some platforms is listed. Reports list each with cgo turned round as well."""
    seen: dict[str, int] = {}

    def said(platform: Platform) -> None:
        turned = f" with cgo {'on' if platform.cgo else 'off'}" if platform.name in seen else ""
        seen[f"{platform.name}{turned}"] = len(seen) + 1
        progress(f"listing {platform.name}{turned} ({len(seen)} of {total})")

    return said
