"""Where packages cannot be built, and where that is not known: the one answer for generate and for reports.

Comes in: the workspace's folded packages, the listings of everything they import, what does not compile, and
the packages that rules of BUILD files make. Goes out: an ``Absence``. A package that go could not load is
unknown, never absent. What an own package inherits from another own one is not told here: Bazel finds it out
by itself, and reports follow the graph.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from attrs import field, frozen

from bazel_xc.golang.constraints import KNOWN_PLATFORMS
from bazel_xc.golang.listing import ListedPackage, Listing
from bazel_xc.golang.package import FileKind, GoPackage, PackageFile
from bazel_xc.golang.undefined import Undefined
from bazel_xc.model import Platform

_NOWHERE: frozenset[str] = frozenset()
TEST_KINDS = (FileKind.TEST, FileKind.XTEST)


@frozen(kw_only=True)
class Absence:
    """Names of platforms, for packages outside the standard library.

    By directory for own packages: ``libraries`` are known platforms where a package cannot be built,
    ``tests`` where its tests have nothing to compile or import what cannot be built. By import path, for all
    packages: ``absent`` where they cannot be built, and ``unknown`` configured platforms where nobody knows.
    """

    libraries: Mapping[str, frozenset[str]] = field(factory=dict)
    tests: Mapping[str, frozenset[str]] = field(factory=dict)
    absent: Mapping[str, frozenset[str]] = field(factory=dict)
    unknown: Mapping[str, frozenset[str]] = field(factory=dict)

    def of(self, package: GoPackage) -> frozenset[str]:
        """The known platforms on which an own package cannot be built, whatever else of the workspace can."""
        return self.libraries.get(package.directory, _NOWHERE)


def absence(
    packages: Iterable[GoPackage],
    listings: Iterable[Listing],
    undefined: Iterable[Undefined] = (),
    *,
    platforms: Iterable[Platform],
    lacking: Mapping[str, frozenset[str]] | None = None,
    made: frozenset[str] = frozenset(),
) -> Absence:
    """Works it out once. ``lacking`` are platforms, by directory, for which an archive is missing;
    ``made`` are import paths of rules, whose sources nobody sees.
    """
    packages, listings, platforms = tuple(packages), tuple(listings), tuple(platforms)
    own = frozenset(package.import_path for package in packages)
    absent: dict[str, frozenset[str]] = {}
    unknown: dict[str, frozenset[str]] = {}
    for listing in listings:
        here = frozenset({listing.platform.name})
        for path, package in listing.packages.items():
            if path in own or path in made or package.standard:
                continue
            if package.is_unknown:
                unknown[path] = unknown.get(path, _NOWHERE) | here
            elif not package.buildable:
                absent[path] = absent.get(path, _NOWHERE) | here
    for use in undefined:
        if use.import_path not in own:  # own packages know it
            absent[use.import_path] = absent.get(use.import_path, _NOWHERE) | frozenset(use.platforms)
    foreign = {listing.platform.name: _unusable(listing, own, absent) for listing in listings}
    libraries: dict[str, frozenset[str]] = {}
    tests: dict[str, frozenset[str]] = {}
    for each in packages:
        here = absent_platforms(each, platforms) | _importing(each.of(FileKind.GO), foreign)
        libraries[each.directory] = here | (lacking or {}).get(each.directory, _NOWHERE)
        tests[each.directory] = absent_for_tests(each, platforms) | _importing(each.of(*TEST_KINDS), foreign)
        if each.unknown:
            unknown[each.import_path] = each.unknown
    # A vendored copy of a module of the workspace has the same import paths.
    by_path: dict[str, frozenset[str]] = {}
    for each in packages:
        here = libraries[each.directory]
        by_path[each.import_path] = here & by_path.get(each.import_path, here)
    return Absence(libraries=libraries, tests=tests, absent=absent | by_path, unknown=unknown)


def _unusable(listing: Listing, own: frozenset[str], absent: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """The packages of other modules that cannot be built on a platform, by themselves or for another one."""
    name = listing.platform.name
    others = {path: each for path, each in listing.packages.items() if path not in own and not each.standard}
    pending = [path for path in others if name in absent.get(path, _NOWHERE)]
    importers = _importers(others) if pending else {}
    found = set(pending)
    while pending:
        for importer in importers.get(pending.pop(), ()):
            if importer not in found:
                found.add(importer)
                pending.append(importer)
    return frozenset(found)


def _importers(packages: Mapping[str, ListedPackage]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for path, package in packages.items():
        for imported in package.imports:
            found.setdefault(imported, []).append(path)
    return found


def _importing(files: Iterable[PackageFile], foreign: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """The platforms on which a file that is compiled imports one of the packages of that platform."""
    return frozenset(_platforms_importing(tuple(files), foreign))


def _platforms_importing(
    files: tuple[PackageFile, ...], foreign: Mapping[str, frozenset[str]]
) -> Iterator[str]:
    for platform, paths in foreign.items():
        active = (file for file in files if paths and platform in file.active)
        if any(each.path in paths for file in active for each in file.source.imports):
            yield platform


def absent_platforms(package: GoPackage, platforms: Iterable[Platform]) -> frozenset[str]:
    """The known platforms on which a package's library has nothing to build, or does not compile.

    For configured platforms go has said so; for the others no file's constraint may hold there.
    """
    if any(not name.endswith("_test.go") for name in package.generated):
        return frozenset()  # nobody knows what will be in them
    configured = frozenset(platform.name for platform in platforms)
    may: frozenset[str] = frozenset().union(*(file.may for file in package.of(FileKind.GO)))
    return (configured - package.buildable) | package.undefined | (KNOWN_PLATFORMS - configured - may)


def absent_for_tests(package: GoPackage, platforms: Iterable[Platform]) -> frozenset[str]:
    """The known platforms on which a package has no test file to compile."""
    configured = frozenset(platform.name for platform in platforms)
    files = package.of(*TEST_KINDS)
    may: frozenset[str] = frozenset().union(*(file.may for file in files))
    active: frozenset[str] = frozenset().union(*(file.active for file in files))
    return (configured - active) | (KNOWN_PLATFORMS - configured - may)


def broken_on(
    packages: Iterable[GoPackage], platforms: Iterable[Platform], absence: Absence
) -> Mapping[str, frozenset[str]]:
    """Import path -> configured platforms on which it, or something that go compiles into it, is absent."""
    packages = tuple(packages)
    found: dict[str, set[str]] = {}
    for platform in platforms:
        importers: dict[str, list[str]] = {}
        for package in packages:
            for file in package.of(FileKind.GO):
                if platform.name in file.active:
                    for each in file.source.imports:
                        importers.setdefault(each.path, []).append(package.import_path)
        pending = [each.import_path for each in packages if platform.name in absence.of(each)]
        seen = set(pending)
        while pending:
            for importer in importers.get(pending.pop(), ()):
                if importer not in seen:
                    seen.add(importer)
                    pending.append(importer)
        for path in seen:
            found.setdefault(path, set()).add(platform.name)
    return {path: frozenset(names) for path, names in found.items()}
