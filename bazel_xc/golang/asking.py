"""Asks go as little as possible: one platform is listed, the others are derived from it.

Comes in: the places as go lists them on one platform, and the scanned directories. Goes out: one ``Listing``
for each other platform, and the places where go failed. go is asked again only for packages that sources do
not decide. ``differences`` compares listings that were derived with those of go.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from attrs import frozen

from bazel_xc.golang.derived import ListedPlace, OwnDirectory, derived
from bazel_xc.golang.listed import FailedListingError, ListedPackage
from bazel_xc.golang.listing import FailedPlace, GoLister, Listing, ListingPlace, joined
from bazel_xc.golang.package import GoView
from bazel_xc.golang.sources import Sources
from bazel_xc.model import Diagnostic, Platform, Severity

_Packages = Mapping[str, ListedPackage]


def _nothing(_: Platform) -> None:
    """Nobody waits for the listings."""


@frozen(kw_only=True)
class PlaceOnce:
    """A place, and the directories of its modules that its patterns may match."""

    place: ListingPlace
    own: tuple[OwnDirectory, ...]


@frozen(kw_only=True)
class ListedOnce:
    """The places of a workspace as go lists them on one platform.

    ``root`` is the real path of the workspace. ``unfollowed`` are the import paths of its
    packages in vendored places, whose imports go does not list, and ``imports`` what those import.
    """

    listing: Listing
    places: tuple[PlaceOnce, ...]
    root: str
    sources: Sources
    unfollowed: frozenset[str] = frozenset()
    imports: frozenset[str] = frozenset()

    def on(
        self,
        platforms: tuple[Platform, ...],
        view: GoView,
        go: GoLister,
        said: Callable[[Platform], None] = _nothing,
    ) -> tuple[tuple[Listing, ...], tuple[FailedPlace, ...], tuple[Diagnostic, ...]]:
        """The listings of other platforms; ``view`` has the tags of their architectures.

        If go verifies them, its own are returned, and each difference is an error. ``said`` gets every
        platform before its turn.
        """
        listings, failed = self._derived(platforms, view, go, said)
        if not go.verify or not platforms:
            return listings, failed, ()
        asked, failed = go.places(tuple(each.place for each in self.places), platforms)
        if go.whole:
            asked = joined(asked, _standard(asked, self, go))
        return asked, failed, tuple(differences(listings, asked, self.unfollowed))

    def _derived(
        self,
        platforms: tuple[Platform, ...],
        view: GoView,
        go: GoLister,
        said: Callable[[Platform], None],
    ) -> tuple[tuple[Listing, ...], tuple[FailedPlace, ...]]:
        source = Path(go.toolchain.goroot) / "src"
        known = {
            each.place.directory: ListedPlace(
                platform=self.listing.platform,
                packages=self.listing.packages,
                own={own.import_path: own for own in each.own},
                root=self.root,
                source=source,
                vendored=each.place.vendored,
                sources=self.sources,
            )
            for each in self.places
        }
        failed: dict[Path, FailedPlace] = {}
        found: list[Listing] = []
        with ThreadPoolExecutor() as pool:
            pending = []
            for platform in platforms:
                said(platform)
                for each in self.places:
                    ground = known[each.place.directory]
                    made = self._parts(ground, each.place, platform, view, go, pool)
                    pending.append((platform, each.place, made))
            for platform, place, (packages, asked) in pending:
                try:
                    found.append(Listing(platform, asked.result() if asked else {}))
                except FailedListingError as e:
                    failed.setdefault(place.directory, FailedPlace(place, str(e)))
                found.append(Listing(platform, packages))
        if go.whole:
            found = [*map(_without_standard, found), *_standard(found, self, go)]
        listings = joined((Listing(platform, {}) for platform in platforms), found)
        return listings, tuple(failed.values())

    @staticmethod
    def _parts(
        known: ListedPlace,
        place: ListingPlace,
        platform: Platform,
        view: GoView,
        go: GoLister,
        pool: ThreadPoolExecutor,
    ) -> tuple[_Packages, Future[_Packages] | None]:
        """The packages of a place that are derived, and the answer of go for the others."""
        made = derived(known, platform, view, tests=go.wants_tests(platform))
        if not made.unsure and not made.unknown:
            return made.packages, None
        folders = tuple(f"{known.root}/{path}".rstrip("/") for path in made.unsure)
        return made.packages, pool.submit(go.ask, place, platform, folders, made.unknown)


def _without_standard(listing: Listing) -> Listing:
    packages = {path: each for path, each in listing.packages.items() if not each.standard}
    return Listing(listing.platform, packages)


def _standard(listings: Iterable[Listing], once: ListedOnce, go: GoLister) -> Iterator[Listing]:
    """The standard library's packages on each platform, as far as other packages import them."""
    wanted: dict[Platform, set[str]] = {}
    for listing in listings:
        names = wanted.setdefault(listing.platform, set(once.imports))
        for package in listing.packages.values():
            if not package.standard:
                names.update(package.imports)
    with ThreadPoolExecutor() as pool:
        root = Path(once.root)
        asked = [pool.submit(go.standard, names, root, (platform,)) for platform, names in wanted.items()]
        for each in asked:
            yield from each.result()


def differences(
    made: Iterable[Listing], asked: Iterable[Listing], unfollowed: frozenset[str] = frozenset()
) -> Iterator[Diagnostic]:
    """The packages that go lists otherwise than they were derived, each as an error.

    ``unfollowed`` are packages of vendored places, whose imports are not compared, and not followed.
    """
    for ours, theirs in zip(made, asked, strict=True):
        for path in sorted(ours.packages.keys() | theirs.packages.keys()):
            one, other = (each.packages.get(path) for each in (ours, theirs))
            there = [each for each in (one, other) if each]
            if any(each.standard for each in there) or (unfollowed and all(each.dep_only for each in there)):
                continue
            parts = [
                f"{name}: derived {_shown(mine)}, listed {_shown(its)}"
                for name, mine, its in zip(_FACTS, _facts(one), _facts(other), strict=True)
                if mine != its and not (path in unfollowed and "imports" in name)
            ]
            if parts:
                yield Diagnostic(
                    path=path,
                    severity=Severity.ERROR,
                    code="listing",
                    message=f"on {ours.platform.name}, go lists it otherwise: {'; '.join(parts)}",
                    remedy="please report it; --verify-listing uses go's answer",
                )


_FACTS = (
    "files",
    "cgo files",
    "tests",
    "imports",
    "imports of tests",
    "embedded files",
    "can be loaded",
    "name",
)


def _facts(package: ListedPackage | None) -> tuple[object, ...]:
    """What a run depends on; a package that is not compiled is the same as none."""
    own = package is not None and not package.dep_only
    tests = package is not None and own and (package.test_files or package.xtest_files)
    if package is None or not (package.buildable or package.is_unknown or tests):
        return ((),) * 6 + (True, "")
    return (
        tuple(sorted(package.go_files)),
        tuple(sorted(package.cgo_files)),
        tuple(sorted((*package.test_files, *package.xtest_files))) if own else (),
        tuple(sorted({*package.imports} - {"C", "unsafe"})),
        tuple(sorted({*package.test_imports, *package.xtest_imports})) if own else (),
        tuple(sorted({*package.embed_files, *package.test_embed_files})) if own else (),
        package.error is None or not package.error.is_obstacle,
        package.name,
    )


def _shown(value: object) -> str:
    return " ".join(value) or "none" if isinstance(value, tuple) else str(value)
