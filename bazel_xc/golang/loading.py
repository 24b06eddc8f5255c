"""Loads the Go packages of a tree: lists them on every platform and folds one package per directory.

Comes in: a ``GoTree``, which is the workspace or a third-party module, a go command and a view of the
configuration. Goes out: a ``Loaded`` with a ``Universe``, or the packages of a module. Files are read and
scanned while go lists. A package that does not load is left out and reported; nothing is planned.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module

from attrs import evolve, field, frozen

from bazel_xc.errors import GoError
from bazel_xc.golang import unloaded
from bazel_xc.golang.constraints import is_ignored
from bazel_xc.golang.derived import listed_by_sources
from bazel_xc.golang.first_listing import (
    StartedListing,
    directories_of,
    first_platform,
    listed_once,
    numbered,
    places_of,
)
from bazel_xc.golang.flipped import flipped_listings
from bazel_xc.golang.folding import (
    ReadDirectory,
    active_platforms,
    flipped_package,
    fold,
)
from bazel_xc.golang.go_tree import (
    GoTree,
    go_directories,
    ignored_directories,
    is_unlisted,
    read_directories,
)
from bazel_xc.golang.listed import ListedPackage
from bazel_xc.golang.listing import GoLister, Listing, joined
from bazel_xc.golang.modules import ListingGroup, is_of_workspace
from bazel_xc.golang.package import GO_KINDS, GoPackage, GoView
from bazel_xc.golang.source import Head, SourceFile
from bazel_xc.golang.sources import Sources
from bazel_xc.golang.undefined import (
    Undefined,
    cgo_of_others,
    undefined_anywhere,
    undefined_findings,
)
from bazel_xc.golang.universe import Universe, by_directory
from bazel_xc.model import Diagnostic, Severity, is_inside

_Listings = tuple[Listing, ...]
_ByDirectory = Mapping[str, Mapping[str, ListedPackage]]


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


@frozen(kw_only=True)
class Later:
    """Names of Python modules that the caller needs, some of them only for C."""

    always: tuple[str, ...] = ()
    for_c: tuple[str, ...] = ()

    def names(self, *, uses_c: bool) -> tuple[str, ...]:
        """The modules to import."""
        return (*self.always, *(self.for_c if uses_c else ()))


NOTHING_LATER = Later()


def load(
    tree: GoTree,
    groups: tuple[ListingGroup, ...],
    view: GoView,
    go: GoLister,
    *,
    both: bool,
    started: StartedListing | None = None,
    later: Later = NOTHING_LATER,
) -> Loaded:
    """Lists, reads and folds the workspace. With ``both``, go lists ``flipped``; otherwise sources decide.

    In a vendored place the imports come from the sources; go lists only its own packages, to find which of
    their files are compiled. With inverted cgo it is not listed at all. A listing that is ``started`` is
    used if it has the same input. While go is at work, the Python modules ``later`` are imported. Raises
    ``GoError`` if go lists nothing.
    """
    places = places_of(tree, groups)
    opposite = tuple(evolve(each, cgo=not each.cgo) for each in view.platforms) if both else ()
    first = first_platform(view.platforms)
    with ThreadPoolExecutor(max_workers=1) as pool:
        if started is None or (started.places, started.go) != (places, go):
            started = StartedListing.of(places, view.platforms, go, pool)
        directories, unreadable = read_directories(tree, view.tags)
        said = numbered(go.progress, len(view.platforms) + len(opposite))
        said(first)
        for name in later.names(uses_c=_may_use_c(tree, directories)):
            if not started.answer.done():
                import_module(name)
        (listing,), failed = started.answer.result()
    sources = Sources(tree.workspace.tree)
    vendored = directories_of([place for place in places if place.vendored], tree, groups)
    once = listed_once(
        tree, groups, started, listing, directories, sources, {each.place.directory for each in failed}
    )
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
    unlisted = directories_of((each.place for each in failed), tree, groups)
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
    ignored = frozenset(ignored_directories(tree))
    of_own = (each for each in universe.undefined if each.import_path in universe.own_paths)
    here = {each.import_path for each in directories}
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
            *unloaded.missing_packages(universe, here, groups, tree.root),
            *unloaded.broken_packages(universe, here, groups, tree.root),
            *unloaded.not_listed(universe.own),
            *unloaded.mains_findings(universe.own, universe.names),
            *(unloaded.failed_listing(each, tree.root) for each in failed),
        ),
    )


def _may_use_c(tree: GoTree, directories: Iterable[ReadDirectory]) -> bool:
    """Whether there is cgo in the workspace, or may be in a module that it requires."""
    own = any(file.uses_cgo for each in directories for file in each.sources)
    return own or any(each.requires for each in tree.modules)


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
    directories, unreadable = read_directories(tree, view.tags, listed)
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
    untouched = frozenset(path for path, _ in go_directories(tree)) & rest
    diagnostics = (*unreadable, *folded.diagnostics)
    return universe, Folded(packages=universe.own, untouched=untouched, diagnostics=diagnostics)


def _below(
    tree: GoTree, tops: Iterable[str], listed: Container[str], view: GoView
) -> tuple[ReadDirectory, ...]:
    """The directories of a module below some others that are not listed, without test data."""
    tops = tuple(tops)
    chosen = {
        path
        for path, _ in go_directories(tree)
        if path not in listed and not is_unlisted(path) and any(is_inside(path, each) for each in tops)
    }
    return read_directories(tree, view.tags, chosen)[0]


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
    universe = Universe.of(
        view.platforms, listings, own, cgo=cgo, undefined=found, modules=modules, listed=listed
    )
    for path, each in universe.packages.items():
        each.of_workspace = bool(each.unknown) and is_of_workspace(path, tree.modules)
    return universe


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


def _imports(files: Iterable[SourceFile]) -> frozenset[str]:
    """The imports in files, on any platform and with any tags."""
    return frozenset(imported.path for file in files for imported in file.imports)


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
