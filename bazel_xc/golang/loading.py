"""Everything that Go says of a workspace: listings, and one folded package per directory.

Comes in: the directories of the workspace, its modules, a go command and the configuration. Goes out: a
``Loaded``: the listings of every platform and the packages by directory. While go lists, the files are
read and scanned here. What does not load is left out and said; nothing is planned.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from attrs import evolve, field, frozen

from bazel_xc.buildfile.workspace import Directory, Workspace
from bazel_xc.config import Config
from bazel_xc.errors import GoError
from bazel_xc.golang.listing import FailedPlace, ListedPackage, Listing, ListingPlace, list_packages
from bazel_xc.golang.modules import ListingGroup, Module, module_of
from bazel_xc.golang.package import (
    GoPackage,
    GoView,
    ReadDirectory,
    RuleTags,
    active_platforms,
    fold,
    read_directory,
)
from bazel_xc.golang.toolchain import RunGo, Toolchain
from bazel_xc.golang.undefined import Sources, Undefined, said_of_undefined, undefined_anywhere
from bazel_xc.model import MISSING_MODULE, NOT_LISTED, Diagnostic, Platform, Severity
from bazel_xc.regular import read_file

# What go says of an import that no go.mod leads to, and of one that looks like the standard library's.
_NOWHERE = ("no required module provides package", "is not in std", "but does not contain package")


@frozen(kw_only=True)
class Loaded:
    """What go and the sources say.

    ``packages`` are by directory. ``untouched`` are directories whose rules have to stay as they are, because
    what is in them could not be understood, or because go.mod takes them out of its module: these are
    ``ignored``. ``undefined`` is what does not compile for lack of a declaration, of whatever package.
    ``flipped`` are the listings with cgo on where it is off and the other way round, empty where nobody
    asked; ``flipped_packages`` and ``flipped_undefined`` are the rest in that setting.
    """

    listings: tuple[Listing, ...]
    packages: Mapping[str, GoPackage]
    undefined: tuple[Undefined, ...] = ()
    flipped: tuple[Listing, ...] = ()
    flipped_packages: Mapping[str, GoPackage] = field(factory=dict)
    flipped_undefined: tuple[Undefined, ...] = ()
    untouched: frozenset[str]
    ignored: frozenset[str] = frozenset()
    diagnostics: tuple[Diagnostic, ...]


@frozen(kw_only=True)
class Loader:
    """What loading needs. ``vendored`` says that code from ``vendor`` is used; ``generated`` maps directories
    to Go files that rules of their BUILD files make; ``both`` asks for ``flipped``; ``whole`` is as for
    ``list_packages``, ``tool_tags`` as for ``GoView``.
    """

    workspace: Workspace
    modules: tuple[Module, ...]
    groups: tuple[ListingGroup, ...]
    toolchain: Toolchain
    run: RunGo
    config: Config
    vendored: bool
    generated: Mapping[str, tuple[str, ...]]
    tool_tags: Mapping[str, tuple[str, ...]] = field(factory=dict)
    whole: bool = True
    both: bool = False

    def load(self) -> Loaded:
        """Lists, reads and folds. Raises ``GoError`` where go lists nothing at all."""
        with ThreadPoolExecutor(max_workers=1) as pool:
            pending = pool.submit(self._list, self.config.platforms)
            directories, unreadable = self._read()
            listings, failed = pending.result()
            flipped = tuple(evolve(each, cgo=not each.cgo) for each in self.config.platforms)
            others, failed_there = self._list(flipped) if self.both else ((), ())
        failed = _once((*failed, *failed_there))
        unlisted = self._below(failed, (directory.path for directory in directories))
        directories = tuple(each for each in directories if each.path not in unlisted)
        self._check_listed(directories, listings)
        packages, said, broken = self._fold(directories, listings)
        view = self._view(self.config.platforms)
        sources = Sources.below(self.workspace.root)
        packages, undefined = _with_undefined(packages, listings, sources, view)
        own = {directory.import_path for directory in directories}
        ignored = frozenset(self._ignored())
        loaded = Loaded(
            listings=listings,
            packages=packages,
            undefined=undefined,
            untouched=broken | unlisted | _parents(unreadable) | ignored,
            ignored=ignored,
            diagnostics=(
                *unreadable,
                *said,
                *_said_of_own(undefined, packages),
                *_missing_packages(listings, own, self.modules),
                *_not_listed(packages),
                *(_failed_listing(each, self.workspace.root) for each in failed),
            ),
        )
        return self._with_flipped(loaded, directories, others, sources) if self.both else loaded

    def _with_flipped(
        self,
        loaded: Loaded,
        directories: tuple[ReadDirectory, ...],
        listings: tuple[Listing, ...],
        sources: Sources,
    ) -> Loaded:
        """What holds with the other setting of cgo, added to what is known."""
        packages, _, _ = self._fold(directories, listings)
        view = self._view(tuple(listing.platform for listing in listings))
        packages, undefined = _with_undefined(packages, listings, sources, view)
        return evolve(loaded, flipped=listings, flipped_packages=packages, flipped_undefined=undefined)

    def load_listed(self, listings: tuple[Listing, ...]) -> Loaded:
        """Reads and folds what listings have here, tests left out: of a module of other people."""
        directories, unreadable = self._read()
        where = by_directory(listings, self.workspace.root)
        used = tuple(
            evolve(each, sources=tuple(s for s in each.sources if not s.name.endswith("_test.go")))
            for each in directories
            if each.path in where
        )
        packages, said, _ = self._fold(used, listings)
        view = self._view(self.config.platforms)
        packages, _ = _with_undefined(packages, (), Sources.below(self.workspace.root), view)
        rest = frozenset(self.workspace.directories) - packages.keys()
        return Loaded(
            listings=listings,
            packages=packages,
            untouched=frozenset(each.path for each in directories) & rest,
            diagnostics=(*unreadable, *said),
        )

    def _check_listed(self, directories: Iterable[ReadDirectory], listings: tuple[Listing, ...]) -> None:
        """Raises ``GoError`` where there are Go files to compile, and go lists none of their directories."""
        view = self._view(self.config.platforms)
        expected = [each.path for each in directories if not each.unlisted and active_platforms(each, view)]
        if expected and by_directory(listings, self.workspace.root).keys().isdisjoint(expected):
            raise GoError(
                f"{self.workspace.root}: go lists no package here, although there are Go files"
                f" (first: {expected[0] or '.'}); run there: go list ./..."
            )

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
                rule_tags=tuple(_rule_tags(directory)),
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
            if module is None or module.ignores(path) or any(is_inside(path, other) for other in foreign):
                continue
            import_path = _import_path(directory, module, vendored=self.vendored)
            if import_path is not None:
                yield path, import_path

    def _ignored(self) -> Iterator[str]:
        for path in self.workspace.directories:
            module = module_of(path, self.modules)
            if module and module.ignores(path):
                yield path

    def _view(self, platforms: tuple[Platform, ...]) -> GoView:
        return GoView(
            platforms=platforms,
            release=self.toolchain.release,
            tags=frozenset(self.config.tags),
            tool_tags=self.tool_tags,
        )

    def _fold(
        self, directories: Iterable[ReadDirectory], listings: tuple[Listing, ...]
    ) -> tuple[dict[str, GoPackage], tuple[Diagnostic, ...], frozenset[str]]:
        """The packages by directory, what there is to say, and the directories whose package is broken."""
        where = by_directory(listings, self.workspace.root)
        view = self._view(tuple(listing.platform for listing in listings))
        packages: dict[str, GoPackage] = {}
        said: list[Diagnostic] = []
        broken: set[str] = set()
        for directory in directories:
            package, problems = fold(directory, where.get(directory.path, {}), view)
            said.extend(without_root(each, self.workspace.root) for each in problems)
            made = self.generated.get(directory.path, ())
            if package is None and made and not problems and not directory.sources:
                package = _generated_package(directory, view)
            if package:
                packages[directory.path] = evolve(package, generated=made)
            elif any(each.severity is Severity.ERROR for each in problems):
                broken.add(directory.path)
        return packages, tuple(said), frozenset(broken)


def is_nowhere(package: ListedPackage) -> bool:
    """Whether go knows of no module that has an imported package."""
    return package.is_unknown and any(text in package.error.message for text in _NOWHERE if package.error)


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

    return lambda path: read_file(base + path)


def _rule_tags(directory: Directory) -> Iterator[RuleTags]:
    for call in directory.build_file.calls if directory.build_file else ():
        tags = frozenset(call.strings("gotags"))
        if tags:
            yield RuleTags(tags, frozenset(call.strings("srcs")))


def _is_unlisted(path: str) -> bool:
    """Whether ``./...`` leaves a directory out, though rules are written for it."""
    return any(part in ("testdata", "vendor") or part[:1] in ("_", ".") for part in path.split("/"))


def _import_path(directory: Directory, module: Module, *, vendored: bool) -> str | None:
    """The import path of a directory; None for vendored code that is not used from ``vendor``."""
    parts = directory.path.split("/")
    if "vendor" in parts:
        return "/".join(parts[parts.index("vendor") + 1 :]) or None if vendored else None
    prefix, base = directory.settings.prefix, directory.settings.prefix_directory
    if prefix is not None:  # also one above a nested go.mod, as Gazelle has it
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


def without_root(each: Diagnostic, root: Path) -> Diagnostic:
    """Messages of go have absolute paths; people want them from the workspace root."""
    prefix = str(root.resolve()).rstrip(os.sep) + os.sep
    path = each.path.removeprefix(prefix).replace(os.sep, "/")
    return evolve(each, path=path, message=each.message.replace(prefix, ""))


def _with_undefined(
    packages: Mapping[str, GoPackage], listings: tuple[Listing, ...], sources: Sources, view: GoView
) -> tuple[dict[str, GoPackage], tuple[Undefined, ...]]:
    """The packages, told where they do not compile for lack of a declaration, and all that is undefined."""
    found = undefined_anywhere(packages.values(), listings, sources, view)
    where = {each.import_path: frozenset(each.platforms) for each in found}
    told = {
        path: evolve(each, undefined=where[each.import_path]) if each.import_path in where else each
        for path, each in packages.items()
    }
    return told, found


def _said_of_own(found: Iterable[Undefined], packages: Mapping[str, GoPackage]) -> Iterator[Diagnostic]:
    own = {each.import_path: path for path, each in packages.items()}
    yield from said_of_undefined((each for each in found if each.import_path in own), own)


def _once(failed: Iterable[FailedPlace]) -> tuple[FailedPlace, ...]:
    return tuple({each.place.directory: each for each in failed}.values())


def _parents(unreadable: Iterable[Diagnostic]) -> frozenset[str]:
    return frozenset(each.path.rpartition("/")[0] for each in unreadable)


def _failed_listing(failed: FailedPlace, root: Path) -> Diagnostic:
    place = failed.place.directory.relative_to(root)
    return Diagnostic(
        path=(place / "go.mod").as_posix(),
        severity=Severity.ERROR,
        code="load",
        message=failed.reason.removeprefix(f"{failed.place.directory}: "),
        remedy="the rules of this module stay as they are",
    )


def _not_listed(packages: Mapping[str, GoPackage]) -> Iterator[Diagnostic]:
    """Directories that go should list and does not: one warning, with the first of them named."""
    found = sorted(path for path, each in packages.items() if each.unknown)
    if found:
        where = sorted(frozenset().union(*(packages[path].unknown for path in found)))
        more = f" and {len(found) - 1} more" if len(found) > 1 else ""
        yield Diagnostic(
            path=found[0] or ".",
            code=NOT_LISTED,
            message=f"go does not list this directory{more} on {', '.join(where)},"
            " although the constraints of its files hold there",
            remedy=f"its files decide; run: go list ./{found[0]}",
        )


def _missing_packages(
    listings: Iterable[Listing], own: Set[str], modules: tuple[Module, ...]
) -> Iterator[Diagnostic]:
    """Packages that are not on disk, nor the workspace's own: one warning, with the first of them named."""
    missing: dict[str, str] = {}
    for listing in listings:
        for path, package in listing.packages.items():
            message = " ".join(package.error.message.split()) if package.error else ""
            gone = package.is_unknown and package.dep_only and not package.directory
            # What no module provides may be made by a rule; if not, resolving the import says so.
            if gone and path not in own and not is_nowhere(package):
                missing.setdefault(path, message)
    if missing:
        first, one = min(missing), len(missing) == 1
        what = "1 package" if one else f"{len(missing)} packages"
        sums = any("go.sum" in message for message in missing.values())
        why = f"{'its module is' if one else 'their modules are'} not in the module cache"
        if sums:
            why = f"go.sum does not have {'its module' if one else 'all of their modules'}"
        yield Diagnostic(
            path=_go_mod_that_requires(first, modules),
            code=MISSING_MODULE,
            message=f"{what} could not be loaded because {why} (first: {first})",
            remedy=f"run: go mod {'tidy' if sums else 'download'}",
        )


def _go_mod_that_requires(import_path: str, modules: tuple[Module, ...]) -> str:
    """The go.mod that leads to a package, the first of the workspace's where none does."""
    asking = (
        module
        for module in modules
        if any(f"{import_path}/".startswith(f"{each.path}/") for each in module.requires)
    )
    module = next(asking, modules[0])
    return f"{module.directory}/go.mod" if module.directory else "go.mod"
