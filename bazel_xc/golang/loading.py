"""Everything that Go says of a workspace: listings, and one folded package per directory.

Comes in: the directories of the workspace, its modules, a go command and the configuration. Goes out: a
``Loaded``: the listings of every platform and the packages by directory. While go lists, the files are
read and scanned here. What does not load is left out and said; nothing is planned.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from attrs import evolve, frozen

from bazel_xc.buildfile.workspace import Directory, Workspace
from bazel_xc.config import Config
from bazel_xc.golang.listing import FailedPlace, ListedPackage, Listing, ListingPlace, RunGo, list_packages
from bazel_xc.golang.modules import ListingGroup, Module, module_of
from bazel_xc.golang.package import GoPackage, GoView, ReadDirectory, fold, read_directory
from bazel_xc.golang.toolchain import Toolchain
from bazel_xc.golang.undefined import said_of_undefined, undefined_in_packages
from bazel_xc.model import Diagnostic, Platform, Severity

# What go says of an import that no go.mod leads to, and of one that looks like the standard library's.
_NOWHERE = ("no required module provides package", "is not in std")


@frozen(kw_only=True)
class Loaded:
    """What go and the sources say. ``packages`` are by directory; ``untouched`` are directories whose rules
    have to stay as they are, because what is in them could not be understood. ``flipped`` are the listings
    with cgo on where it is off and the other way round, empty where nobody asked; ``unlisted`` and
    ``flipped_unlisted`` are then the packages that no listing has, as either setting makes them.
    """

    listings: tuple[Listing, ...]
    flipped: tuple[Listing, ...] = ()
    unlisted: tuple[GoPackage, ...] = ()
    flipped_unlisted: tuple[GoPackage, ...] = ()
    packages: Mapping[str, GoPackage]
    untouched: frozenset[str]
    diagnostics: tuple[Diagnostic, ...]


@frozen(kw_only=True)
class Loader:
    """What loading needs. ``vendored`` says that code from ``vendor`` is used; ``generated`` maps directories
    to Go files that rules of their BUILD files make; ``both`` asks for ``flipped``; ``whole`` is as for
    ``list_packages``.
    """

    workspace: Workspace
    modules: tuple[Module, ...]
    groups: tuple[ListingGroup, ...]
    toolchain: Toolchain
    run: RunGo
    config: Config
    vendored: bool
    generated: Mapping[str, tuple[str, ...]]
    whole: bool = True
    both: bool = False

    def load(self) -> Loaded:
        """Lists, reads and folds. Raises ``GoError`` where go lists nothing at all."""
        with ThreadPoolExecutor(max_workers=1) as pool:
            pending = pool.submit(self._list, self.config.platforms)
            directories, unreadable = self._read()
            listings, gone = pending.result()
            flipped = tuple(evolve(each, cgo=not each.cgo) for each in self.config.platforms)
            others = self._list(flipped)[0] if self.both else ()
        unlisted = self._below(gone, (directory.path for directory in directories))
        directories = tuple(each for each in directories if each.path not in unlisted)
        packages, load_errors = self._fold(directories, listings)
        packages, lacking = self._without_undefined(packages)
        failed = frozenset(directory.path for directory in directories) - packages.keys()
        own = frozenset(directory.import_path for directory in directories)
        return Loaded(
            listings=listings,
            flipped=others,
            unlisted=self._unlisted(directories, listings) if self.both else (),
            flipped_unlisted=self._unlisted(directories, others),
            packages=packages,
            untouched=_untouched(failed, load_errors, unreadable) | unlisted,
            diagnostics=(
                *unreadable,
                *load_errors,
                *lacking,
                *_missing_packages(listings, own),
                *(_nothing_listed(each, self.workspace.root) for each in gone),
            ),
        )

    def load_listed(self, listings: tuple[Listing, ...]) -> Loaded:
        """Reads and folds what listings have here, tests left out: of a module of other people."""
        directories, unreadable = self._read()
        where = by_directory(listings, self.workspace.root)
        used = tuple(
            evolve(each, sources=tuple(s for s in each.sources if not s.name.endswith("_test.go")))
            for each in directories
            if each.path in where
        )
        packages, said = self._fold(used, listings)
        packages, _ = self._without_undefined(packages)
        rest = frozenset(self.workspace.directories) - packages.keys()
        return Loaded(
            listings=listings,
            packages=packages,
            untouched=frozenset(each.path for each in directories) & rest,
            diagnostics=(*unreadable, *said),
        )

    def _without_undefined(
        self, packages: Mapping[str, GoPackage]
    ) -> tuple[dict[str, GoPackage], tuple[Diagnostic, ...]]:
        """The packages, told where they do not compile without cgo, and what to say of that."""
        found = undefined_in_packages(
            packages.values(), self.config.platforms, _reader_of_some(self.workspace.root)
        )
        where = {each.import_path: frozenset(each.platforms) for each in found}
        nowhere: frozenset[str] = frozenset()
        told = {
            path: evolve(each, undefined=where.get(each.import_path, nowhere)) if where else each
            for path, each in packages.items()
        }
        own = {each.import_path: path for path, each in packages.items()}
        return told, tuple(said_of_undefined(found, own))

    def _below(self, gone: Iterable[FailedPlace], directories: Iterable[str]) -> frozenset[str]:
        """The directories whose module go could not list."""
        roots = {each.place.directory for each in gone}
        broken = {
            module.directory
            for group in self.groups
            for module in group.modules
            if self.workspace.root / group.directory in roots
        }
        found = ((path, module_of(path, self.modules)) for path in directories)
        return frozenset(path for path, module in found if module and module.directory in broken)

    def _list(self, platforms: tuple[Platform, ...]) -> tuple[tuple[Listing, ...], tuple[FailedPlace, ...]]:
        """One listing per platform over all groups of modules."""
        places = [
            ListingPlace(
                directory=self.workspace.root / group.directory,
                patterns=group.patterns(),
                environment=group.environment(),
                vendored=self.vendored and all(module.vendored for module in group.modules),
            )
            for group in self.groups
        ]
        return list_packages(
            self.toolchain,
            self.run,
            places,
            platforms,
            self.config.tags,
            whole=self.whole,
        )

    def _read(self) -> tuple[tuple[ReadDirectory, ...], tuple[Diagnostic, ...]]:
        found: list[ReadDirectory] = []
        said: list[Diagnostic] = []
        read = _reader(self.workspace.root)
        for path, import_path in self._go_directories():
            directory = self.workspace.directories[path]
            each, problems = read_directory(
                path,
                import_path,
                directory.files,
                read,
                directory.settings.build_tags | frozenset(self.config.tags),
                unlisted=_is_unlisted(path),
            )
            found.append(each)
            said.extend(problems)
        return tuple(found), tuple(said)

    def _go_directories(self) -> Iterator[tuple[str, str]]:
        """The directories with Go in them, and their import paths."""
        foreign = {
            path
            for path, each in self.workspace.directories.items()
            if "go.mod" in each.files and not is_module_root(path)
        }
        for path, directory in self.workspace.directories.items():
            has_go = any(name.endswith(".go") for name in directory.files) or self.generated.get(path)
            module = module_of(path, self.modules) if has_go else None
            if module is None or any(is_inside(path, other) for other in foreign):
                continue
            import_path = _import_path(directory, module, vendored=self.vendored)
            if import_path is not None:
                yield path, import_path

    def _view(self, platforms: tuple[Platform, ...]) -> GoView:
        tags = frozenset((*self.config.tags, *self.toolchain.tool_tags))
        return GoView(platforms=platforms, release=self.toolchain.release, tags=tags)

    def _unlisted(
        self, directories: Iterable[ReadDirectory], listings: tuple[Listing, ...]
    ) -> tuple[GoPackage, ...]:
        """The packages, with the settings of some listings, that none of these has."""
        view = self._view(tuple(listing.platform for listing in listings))
        listed = frozenset(path for listing in listings for path in listing.packages)
        hidden = (each for each in directories if each.unlisted and each.import_path not in listed)
        found = (fold(each, {}, view)[0] for each in hidden) if listings else ()
        return tuple(each for each in found if each)

    def _fold(
        self, directories: Iterable[ReadDirectory], listings: tuple[Listing, ...]
    ) -> tuple[dict[str, GoPackage], tuple[Diagnostic, ...]]:
        where = by_directory(listings, self.workspace.root)
        view = self._view(self.config.platforms)
        packages: dict[str, GoPackage] = {}
        said: list[Diagnostic] = []
        for directory in directories:
            package, problems = fold(directory, where.get(directory.path, {}), view)
            said.extend(_without_root(each, self.workspace.root) for each in problems)
            made = self.generated.get(directory.path, ())
            if package is None and made and not problems and not directory.sources:
                package = _generated_package(directory, view)
            if package:
                packages[directory.path] = evolve(package, generated=made)
        return packages, tuple(said)


def is_module_root(path: str) -> bool:
    """Whether a go.mod here makes a module of the workspace; test data and vendored code do not."""
    return not {"testdata", "vendor"} & set(path.split("/"))


def is_inside(path: str, other: str) -> bool:
    """Whether a directory is another one or below it."""
    return not other or path == other or path.startswith(other + "/")


def by_directory(listings: Iterable[Listing], root: Path) -> dict[str, dict[str, ListedPackage]]:
    """Directory -> platform -> the package that go listed there."""
    base = str(root.resolve())
    prefix = base.rstrip(os.sep) + os.sep
    found: dict[str, dict[str, ListedPackage]] = {}
    for listing in listings:
        for package in listing.packages.values():
            if package.directory == base:
                path = ""
            elif package.directory.startswith(prefix):
                path = package.directory[len(prefix) :].replace(os.sep, "/")
            else:
                continue
            found.setdefault(path, {})[listing.platform.name] = package
    return found


def _reader(root: Path) -> Callable[[str], bytes]:
    base = os.path.join(root, "")  # noqa: PTH118 - ten thousand files; a Path for each is slow

    def read(path: str) -> bytes:
        with open(base + path, "rb") as file:  # noqa: PTH123
            return file.read()

    return read


def _reader_of_some(root: Path) -> Callable[[str], bytes | None]:
    """As ``_reader``, but files may be gone."""
    whole = _reader(root)

    def read(path: str) -> bytes | None:
        try:
            return whole(path)
        except OSError:
            return None

    return read


def _is_unlisted(path: str) -> bool:
    """Whether ``./...`` leaves a directory out, though rules are written for it."""
    return any(part in ("testdata", "vendor") or part[:1] in ("_", ".") for part in path.split("/"))


def _import_path(directory: Directory, module: Module, *, vendored: bool) -> str | None:
    """The import path of a directory; None for vendored code that is not used from ``vendor``."""
    parts = directory.path.split("/")
    if "vendor" in parts:
        return "/".join(parts[parts.index("vendor") + 1 :]) or None if vendored else None
    prefix, base = directory.settings.prefix, directory.settings.prefix_directory
    if prefix is not None and len(base) >= len(module.directory):
        below = directory.path[len(base) :].strip("/")
        return "/".join(part for part in (prefix, below) if part)
    return module.import_path(directory.path)


def _generated_package(directory: ReadDirectory, view: GoView) -> GoPackage:
    """A package of which every source is made by a rule; what is in them is not known."""
    names = frozenset(platform.name for platform in view.platforms)
    return GoPackage(
        directory=directory.path,
        import_path=directory.import_path,
        name=directory.import_path.rpartition("/")[2],
        files=(),
        listed=names,
        buildable=names,
    )


def _without_root(each: Diagnostic, root: Path) -> Diagnostic:
    """Messages of go have absolute paths; people want them from the workspace root."""
    prefix = str(root.resolve()).rstrip(os.sep) + os.sep
    path = each.path.removeprefix(prefix).replace(os.sep, "/")
    return evolve(each, path=path, message=each.message.replace(prefix, ""))


def _untouched(
    failed: frozenset[str], load_errors: Iterable[Diagnostic], unreadable: Iterable[Diagnostic]
) -> frozenset[str]:
    told = {each.path for each in (*load_errors, *unreadable) if each.severity is Severity.ERROR}
    broken = {path for path in failed if any(each and is_inside(each, path) for each in told)}
    return frozenset(broken | {each.path.rpartition("/")[0] for each in unreadable})


def _nothing_listed(failed: FailedPlace, root: Path) -> Diagnostic:
    place = failed.place.directory.relative_to(root)
    return Diagnostic(
        path=(place / "go.mod").as_posix(),
        severity=Severity.ERROR,
        code="load",
        message=failed.reason.removeprefix(f"{failed.place.directory}: "),
        remedy="the rules of this module stay as they are",
    )


def _missing_packages(listings: Iterable[Listing], own: frozenset[str]) -> Iterator[Diagnostic]:
    """Packages that are not on disk, nor the workspace's own: one warning, with the first of them named."""
    missing: dict[str, str] = {}
    for listing in listings:
        for package in listing.packages.values():
            message = " ".join(package.error.message.split()) if package.error else ""
            gone = message and package.dep_only and not package.directory
            # What no module provides may be made by a rule; if not, resolving the import says so.
            if gone and package.import_path not in own and not any(text in message for text in _NOWHERE):
                missing.setdefault(package.import_path, message)
    if missing:
        first = min(missing)
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        yield Diagnostic(
            path="go.mod",
            code="missing-module",
            message=f"package {first}{more} cannot be loaded: {missing[first]}",
            remedy="run: go mod download; what they import is not known",
        )
