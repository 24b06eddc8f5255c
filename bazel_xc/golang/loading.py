"""Loads the Go packages of a tree: lists them on every platform and folds one package per directory.

Comes in: a ``GoTree``, which is the workspace or a third-party module, a go command and a view of the
configuration. Goes out: a ``Loaded`` with a ``Universe``, or the packages of a module. Files are read and
scanned while go lists. A package that does not load is left out and reported; nothing is planned.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import suppress
from functools import cached_property
from pathlib import Path

from attrs import evolve, field, frozen

from bazel_xc.buildfile.workspace import Directory, Workspace
from bazel_xc.errors import GoError
from bazel_xc.golang import unloaded
from bazel_xc.golang.asking import ListedOnce, PlaceOnce
from bazel_xc.golang.constraints import is_ignored
from bazel_xc.golang.derived import OwnDirectory, listed_by_sources
from bazel_xc.golang.flipped import flipped_listings
from bazel_xc.golang.folding import (
    ReadDirectory,
    RuleTags,
    active_platforms,
    flipped_package,
    fold,
    read_directory,
)
from bazel_xc.golang.listed import ListedModule, ListedPackage
from bazel_xc.golang.listing import FailedPlace, GoLister, Listing, ListingPlace, joined
from bazel_xc.golang.modules import ListingGroup, Module, module_of, vendored_modules
from bazel_xc.golang.package import GO_KINDS, GoPackage, GoView
from bazel_xc.golang.source import Head, SourceFile
from bazel_xc.golang.undefined import (
    Sources,
    Undefined,
    cgo_of_others,
    undefined_anywhere,
    undefined_findings,
)
from bazel_xc.golang.universe import Universe, by_directory
from bazel_xc.model import Diagnostic, Platform, Progress, Severity, is_inside
from bazel_xc.tree import EntryKind, Tree, names_in

_Listings = tuple[Listing, ...]
_ByDirectory = Mapping[str, Mapping[str, ListedPackage]]


@frozen(kw_only=True)
class GoTree:
    """Directories with Go in them: the workspace, or a third-party module.

    If it is ``vendored``, code from ``vendor`` is used. ``generated`` maps directories to Go files that rules
    of their BUILD files make.
    """

    workspace: Workspace
    modules: tuple[Module, ...]
    vendored: bool = False
    generated: Mapping[str, tuple[str, ...]] = field(factory=dict)

    @property
    def root(self) -> Path:
        """The root on disk."""
        return self.workspace.root

    @cached_property
    def vendor_lists(self) -> Mapping[str, Mapping[str, str]]:
        """Directory of a module -> import path -> module path of the packages in its ``vendor``."""
        vendored = (module.directory for module in self.modules if module.vendored)
        return {path: vendored_modules(self.workspace.tree, path) for path in vendored}


@frozen(kw_only=True)
class Folded:
    """The packages of a tree by directory, and the directories whose rules are left unchanged."""

    packages: Mapping[str, GoPackage]
    untouched: frozenset[str]
    diagnostics: tuple[Diagnostic, ...] = ()


@frozen(kw_only=True)
class Loaded:
    """The Go packages of the workspace.

    The rules of ``untouched`` directories are left unchanged: their Go could not be understood, or go.mod
    excludes them from its module; the latter are also ``ignored``. ``flipped`` is the universe with every
    platform's cgo setting inverted, None if nothing depends on cgo. ``heads`` are the heads of Go files,
    and ``sources`` the answers that were drawn from their bodies. ``imports`` are the import paths in
    all files that ``./...`` covers, with any build tags.
    """

    universe: Universe
    flipped: Universe | None = None
    untouched: frozenset[str]
    ignored: frozenset[str] = frozenset()
    diagnostics: tuple[Diagnostic, ...]
    heads: Mapping[str, Head] = field(factory=dict, eq=False, repr=False)
    imports: frozenset[str] = frozenset()
    sources: Sources = field(eq=False, repr=False)


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


def load(
    tree: GoTree,
    groups: tuple[ListingGroup, ...],
    view: GoView,
    go: GoLister,
    *,
    both: bool,
    started: StartedListing | None = None,
) -> Loaded:
    """Lists, reads and folds the workspace. With ``both``, go lists ``flipped``; otherwise sources decide.

    In a vendored place the imports come from the sources; go lists only its own packages, to find which of
    their files are compiled. With inverted cgo it is not listed at all. A listing that is ``started`` is
    used if it has the same input. Raises ``GoError`` if go lists nothing.
    """
    places = _places(tree, groups)
    opposite = tuple(evolve(each, cgo=not each.cgo) for each in view.platforms) if both else ()
    first = first_platform(view.platforms)
    with ThreadPoolExecutor(max_workers=1) as pool:
        if started is None or (started.places, started.go) != (places, go):
            started = StartedListing.of(places, view.platforms, go, pool)
        directories, unreadable = _read(tree, view.tags)
        said = _numbered(go.progress, len(view.platforms) + len(opposite))
        said(first)
        (listing,), failed = started.answer.result()
    sources = Sources(tree.workspace.tree)
    vendored = _directories_of([place for place in places if place.vendored], tree, groups)
    once = _once(tree, groups, listing, directories, sources, {each.place.directory for each in failed})
    if vendored and go.whole:
        once = evolve(
            once,
            imports=_imports(file for each in directories if each.path in vendored for file in each.sources),
        )
        (listing,) = joined((listing,), go.standard(once.imports, tree.root, (first,)))
    rest = tuple(each for each in view.platforms if each != first)
    listings, failed_there, wrong = once.on(rest, view, go, said)
    at = view.platforms.index(first)
    listings = (*listings[:at], listing, *listings[at:])
    failed = (*failed, *failed_there)
    others: _Listings = ()
    if both:
        in_modules = tuple(each for each in once.places if not each.place.vendored)
        others, failed_there, more = evolve(once, places=in_modules).on(opposite, view, go, said)
        wrong = (*wrong, *more)
        failed = (*failed, *failed_there)
    go.progress("reading packages")
    unlisted = _directories_of((each.place for each in failed), tree, groups)
    directories = tuple(each for each in directories if each.path not in unlisted)
    listed = by_directory(listings, tree.root)
    _check_listed(tree, directories, listed, view)
    folded = _fold(tree, directories, listed, view)
    universe = _judged(tree, folded.packages, listings, sources, view, listed)
    flipped = None
    if both:
        turned = evolve(view, platforms=opposite)
        unasked = (evolve(d, unlisted=True) if d.path in vendored else d for d in directories)
        packages = _fold(tree, unasked, by_directory(others, tree.root), turned).packages
        flipped = _judged(tree, packages, others, sources, turned, {})
    elif universe.cgo or any(map(_depends_on_cgo, folded.packages.values())):
        flipped = _flipped(tree, universe, sources, view)
    tree.workspace.tree.forget(".go")
    ignored = frozenset(_ignored(tree))
    of_own = (each for each in universe.undefined if each.import_path in universe.own_paths)
    return Loaded(
        heads=dict(_heads(directories)),
        imports=_imports(
            file
            for each in directories
            for file in each.sources
            if not each.unlisted and not is_ignored(file.constraint)
        ),
        sources=sources,
        universe=universe,
        flipped=flipped,
        untouched=folded.untouched | unlisted | _parents(unreadable) | ignored,
        ignored=ignored,
        diagnostics=(
            *unreadable,
            *wrong,
            *folded.diagnostics,
            *undefined_findings(of_own, {each.import_path: path for path, each in universe.own.items()}),
            *unloaded.missing_packages(
                universe, {each.import_path for each in directories}, groups, tree.root
            ),
            *unloaded.not_listed(universe.own),
            *unloaded.mains_findings(universe.own, universe.names),
            *(unloaded.failed_listing(each, tree.root) for each in failed),
        ),
    )


def _numbered(progress: Progress, total: int) -> Callable[[Platform], None]:
    """Says that the next of some platforms is listed. Reports list each with cgo turned round as well."""
    seen: dict[str, int] = {}

    def said(platform: Platform) -> None:
        turned = f" with cgo {'on' if platform.cgo else 'off'}" if platform.name in seen else ""
        seen[f"{platform.name}{turned}"] = len(seen) + 1
        progress(f"listing {platform.name}{turned} ({len(seen)} of {total})")

    return said


def _once(
    tree: GoTree,
    groups: tuple[ListingGroup, ...],
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
        for place, group in zip(_places(tree, groups), groups, strict=True)
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


def _heads(directories: Iterable[ReadDirectory]) -> Iterator[tuple[str, Head]]:
    for each in directories:
        base = f"{each.path}/" if each.path else ""
        for file in each.sources:
            if file.head:
                yield base + file.name, file.head


def _depends_on_cgo(package: GoPackage) -> bool:
    return any(file.by_cgo.on != file.by_cgo.off for file in package.of(*GO_KINDS))


def _flipped(tree: GoTree, universe: Universe, sources: Sources, view: GoView) -> Universe:
    """The universe with inverted cgo, by the sources of own packages and of packages that depend on cgo."""
    turned = evolve(view, platforms=tuple(evolve(each, cgo=not each.cgo) for each in view.platforms))
    listings = flipped_listings(universe.listings, universe.cgo, sources, view)
    packages = {path: flipped_package(each, turned) for path, each in universe.own.items()}
    suspects = universe.cgo.union(each.import_path for each in universe.own.values() if _depends_on_cgo(each))
    affected = [
        each
        for each in packages.values()
        if each.import_path in suspects
        or any(imported.path in suspects for file in each.files for imported in file.source.imports)
    ]
    found = undefined_anywhere(affected, listings, universe.cgo, sources, turned)
    judged = universe.cgo.union(each.import_path for each in affected)
    alike = tuple(each for each in universe.undefined if each.import_path not in judged)
    return _universe(tree, packages, listings, turned, universe.cgo, (*found, *alike), {})


def load_module(
    tree: GoTree, listings: _Listings, view: GoView, *, reachable: bool = False
) -> tuple[Universe, Folded]:
    """The packages of a third-party module that the build uses, without tests, and a universe of them.

    With ``reachable``, also the packages below those with cgo, which a label may name.
    """
    listed = dict(by_directory(listings, tree.root))
    directories, unreadable = _read(tree, view.tags, listed)
    if reachable:
        tops = [each.path for each in directories if any(file.uses_cgo for file in each.sources)]
        for each in _below(tree, tops, listed, view):
            packages = listed_by_sources(each, each.import_path, str(tree.root), view)
            if packages:
                listed[each.path] = dict(packages)
                directories += (each,)
    folded = _fold(tree, directories, listed, view)
    sources = Sources(tree.workspace.tree)
    universe = _judged(tree, folded.packages, (), sources, view, listed)
    rest = frozenset(tree.workspace.directories) - folded.packages.keys()
    untouched = frozenset(path for path, _ in _go_directories(tree)) & rest
    diagnostics = (*unreadable, *folded.diagnostics)
    return universe, Folded(packages=universe.own, untouched=untouched, diagnostics=diagnostics)


def _below(
    tree: GoTree, tops: Iterable[str], listed: Container[str], view: GoView
) -> tuple[ReadDirectory, ...]:
    """The directories of a module below some others that are not listed, without test data."""
    tops = tuple(tops)
    chosen = {
        path
        for path, _ in _go_directories(tree)
        if path not in listed and not _is_unlisted(path) and any(is_inside(path, each) for each in tops)
    }
    return _read(tree, view.tags, chosen)[0]


def _judged(
    tree: GoTree,
    packages: Mapping[str, GoPackage],
    listings: _Listings,
    sources: Sources,
    view: GoView,
    listed: _ByDirectory,
) -> Universe:
    """The universe of a tree, after a look for packages that lack a declaration."""
    own = frozenset(package.import_path for package in packages.values())
    cgo = cgo_of_others(listings, own, sources, view)
    found = undefined_anywhere(packages.values(), listings, cgo, sources, view)
    return _universe(tree, packages, listings, view, cgo, found, listed)


def _universe(
    tree: GoTree,
    packages: Mapping[str, GoPackage],
    listings: _Listings,
    view: GoView,
    cgo: frozenset[str],
    found: tuple[Undefined, ...],
    listed: _ByDirectory,
) -> Universe:
    """The universe of a tree; own packages learn the platforms on which they lack a declaration."""
    own = dict(_with_undefined(packages, found))
    modules = {path: module for each in tree.vendor_lists.values() for path, module in each.items()}
    return Universe.of(
        view.platforms, listings, own, cgo=cgo, undefined=found, modules=modules, listed=listed
    )


def _with_undefined(
    packages: Mapping[str, GoPackage], found: Iterable[Undefined]
) -> Iterator[tuple[str, GoPackage]]:
    where: dict[tuple[str, bool], frozenset[str]] = {}
    for use in found:
        key = use.import_path, use.in_tests
        where[key] = where.get(key, frozenset()).union(use.platforms)
    changed = {import_path for import_path, _ in where}
    for path, each in packages.items():
        name = each.import_path
        if name in changed:
            alone, tests = where.get((name, False), frozenset()), where.get((name, True), frozenset())
            yield path, evolve(each, undefined=alone, undefined_in_tests=tests)
        else:
            yield path, each


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


def _places(tree: GoTree, groups: Iterable[ListingGroup]) -> tuple[ListingPlace, ...]:
    workspace = tree.workspace
    return listing_places(workspace.tree, groups, workspace.directories, vendored=tree.vendored)


def _check_listed(
    tree: GoTree,
    directories: Iterable[ReadDirectory],
    listed: _ByDirectory,
    view: GoView,
) -> None:
    """Raises ``GoError`` if there are Go files to compile, but go lists none of their directories."""
    expected = [each.path for each in directories if not each.unlisted and active_platforms(each, view)]
    if expected and listed.keys().isdisjoint(expected):
        raise GoError(
            f"{tree.root}: go lists no package here, although there are Go files"
            f" (first: {expected[0] or '.'}); run there: go list ./..."
        )


def _has_vendored(tree: Tree, module: Module, directories: Container[str]) -> bool:
    """Whether all vendored packages of a module are in directories that are read."""
    vendor = f"{module.directory}/vendor".lstrip("/")
    listed = vendored_modules(tree, module.directory) if module.vendored else {}
    return module.vendored and all(f"{vendor}/{path}" in directories for path in listed)


def _directories_of(
    places: Iterable[ListingPlace], tree: GoTree, groups: Iterable[ListingGroup]
) -> frozenset[str]:
    """The directories of the modules that are listed in ``places``."""
    roots = {each.directory for each in places}
    chosen = (group for group in groups if tree.root / group.directory in roots)
    modules = {module.directory for group in chosen for module in group.modules}
    found = ((path, module_of(path, tree.modules)) for path in tree.workspace.directories if modules)
    return frozenset(path for path, module in found if module and module.directory in modules)


def _imports(files: Iterable[SourceFile]) -> frozenset[str]:
    """The imports in files, on any platform and with any tags."""
    return frozenset(imported.path for file in files for imported in file.imports)


def _nothing(platforms: Iterable[Platform]) -> _Listings:
    return tuple(Listing(platform, {}) for platform in platforms)


def _read(
    tree: GoTree, tags: frozenset[str], used: Container[str] | None = None
) -> tuple[tuple[ReadDirectory, ...], tuple[Diagnostic, ...]]:
    """The Go of all directories; or of ``used`` ones, without tests."""
    found: list[ReadDirectory] = []
    diagnostics: list[Diagnostic] = []
    for path, import_path in _go_directories(tree):
        if used is not None and path not in used:
            continue
        directory = tree.workspace.directories[path]
        each, problems = read_directory(
            path,
            import_path,
            [name for name in directory.files if used is None or not name.endswith("_test.go")],
            tree.workspace.tree,
            directory.settings.build_tags | tags,
            unlisted=_is_unlisted(path),
            rule_tags=tuple(rule_tags(directory)),
        )
        found.append(each)
        diagnostics.extend(problems)
    return tuple(found), tuple(diagnostics)


def _go_directories(tree: GoTree) -> Iterator[tuple[str, str]]:
    """The directories with Go in them, and their import paths."""
    directories = tree.workspace.directories
    # In vendored code a go.mod means nothing: go mod vendor left it there before Go 1.17.
    foreign = {
        path for path, each in directories.items() if "go.mod" in each.files and "testdata" in path.split("/")
    }
    for path, directory in directories.items():
        has_go = any(name.endswith(".go") for name in directory.files) or tree.generated.get(path)
        module = module_of(path, tree.modules) if has_go else None
        if module is None or module.ignores(path) or any(is_inside(path, other) for other in foreign):
            continue
        import_path = _import_path(directory, module, vendored=tree.vendored)
        if import_path is not None:
            yield path, import_path


def _ignored(tree: GoTree) -> Iterator[str]:
    for path in tree.workspace.directories:
        module = module_of(path, tree.modules)
        if module and module.ignores(path):
            yield path


def _fold(
    tree: GoTree,
    directories: Iterable[ReadDirectory],
    listed: _ByDirectory,
    view: GoView,
) -> Folded:
    """The packages by directory; ``untouched`` are the broken ones."""
    packages: dict[str, GoPackage] = {}
    diagnostics: list[Diagnostic] = []
    broken: set[str] = set()
    for directory in directories:
        package, problems = fold(directory, listed.get(directory.path, {}), view)
        diagnostics.extend(unloaded.without_root(each, tree.root) for each in problems)
        made = tree.generated.get(directory.path, ())
        if package is None and made and not problems and not directory.sources:
            package = _generated_package(directory, view)
        if package:
            packages[directory.path] = evolve(package, generated=made)
        elif any(each.severity is Severity.ERROR for each in problems):
            broken.add(directory.path)
    return Folded(packages=packages, untouched=frozenset(broken), diagnostics=tuple(diagnostics))


def is_module_root(path: str) -> bool:
    """Whether a go.mod here makes a module of the workspace; in test data and vendored code it does not."""
    return not {"testdata", "vendor"} & set(path.split("/"))


def rule_tags(directory: Directory) -> Iterator[RuleTags]:
    """The tags of rules in a BUILD file, with the sources they name."""
    for call in directory.build_file.calls if directory.build_file else ():
        tags = frozenset(call.strings("gotags"))
        if tags:
            yield RuleTags(tags, frozenset(call.strings("srcs")))


def _is_unlisted(path: str) -> bool:
    """Whether ``./...`` leaves a directory out, although rules are written for it."""
    return any(part in ("testdata", "vendor") or part[:1] in ("_", ".") for part in path.split("/"))


def _import_path(directory: Directory, module: Module, *, vendored: bool) -> str | None:
    """The import path of a directory; None for vendored code that is not used from ``vendor``."""
    parts = directory.path.split("/")
    if "vendor" in parts:
        return "/".join(parts[parts.index("vendor") + 1 :]) or None if vendored else None
    prefix, base = directory.settings.prefix, directory.settings.prefix_directory
    if prefix is not None:  # also one above a nested go.mod, as in Gazelle
        below = directory.path[len(base) :].strip("/")
        return "/".join(part for part in (prefix, below) if part)
    return module.import_path(directory.path)


def _generated_package(directory: ReadDirectory, view: GoView) -> GoPackage:
    """A package whose sources are all made by rules; their contents are not known."""
    names = frozenset(platform.name for platform in view.platforms)
    return GoPackage(
        directory=directory.path,
        import_path=directory.import_path,
        name=directory.import_path.rpartition("/")[2],
        files=(),
        listed=names,
        buildable=names,
    )


def _parents(unreadable: Iterable[Diagnostic]) -> frozenset[str]:
    return frozenset(each.path.rpartition("/")[0] for each in unreadable)
