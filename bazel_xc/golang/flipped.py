"""Listings with the cgo setting of every platform inverted, worked out from sources.

Comes in: the listings of go, and the packages outside of the workspace that may use cgo. Goes out: the
listings that go would give with the other setting, as far as the files of those packages decide: the files
that are compiled, and their imports. Packages that only the other setting imports are not in them. go is not
started.
"""

from __future__ import annotations

from collections.abc import Iterable

from attrs import evolve

from bazel_xc.golang.listed import ListedPackage
from bazel_xc.golang.listing import Listing
from bazel_xc.golang.package import GoView
from bazel_xc.golang.sources import Sources
from bazel_xc.model import Platform


def flipped_listings(
    listings: Iterable[Listing], cgo: frozenset[str], sources: Sources, view: GoView
) -> tuple[Listing, ...]:
    """The listings with inverted cgo; ``cgo`` are the import paths of packages with files that import "C".

    Packages that import one of them are looked at as well, because they may do so with cgo only. ``listings``
    were made with ``view``.
    """
    found: list[Listing] = []
    for listing in listings:
        platform = evolve(listing.platform, cgo=not listing.platform.cgo)
        packages = dict(listing.packages)
        for path, package in listing.packages.items():
            if path in cgo or (not package.standard and not cgo.isdisjoint(package.imports)):
                packages[path] = _flipped(package, platform, sources, view)
        found.append(Listing(platform, packages))
    return tuple(found)


def _flipped(package: ListedPackage, platform: Platform, sources: Sources, view: GoView) -> ListedPackage:
    names = {*package.go_files, *package.cgo_files, *package.ignored_files}
    files = [
        sources.scan(f"{package.directory}/{name}")
        for name in sorted(names)
        if name.endswith(".go") and not name.endswith("_test.go")
    ]
    files = [each for each in files if not package.name or each.package == package.name]
    compiled = [each for each in files if view.compiles(each, platform)]
    built = frozenset(each.name for each in compiled)
    cgo = frozenset(each.name for each in compiled if each.uses_cgo)
    return evolve(
        package,
        error=None,
        go_files=tuple(each.name for each in compiled if each.name not in cgo),
        cgo_files=tuple(sorted(cgo)),
        ignored_files=tuple(each.name for each in files if each.name not in built),
        imports=tuple(sorted({imported.path for each in compiled for imported in each.imports})),
    )
