"""The import graph as plain tables with a mask of platforms for each import, and the ``Absence`` of packages.

Comes in: a ``Universe`` for each setting of cgo. Goes out: the nodes above others, and the ``Absence``, which
answers for every command where a package cannot be built. Nodes are names; nothing here knows C libraries.
Cycles are allowed: a workspace that does not load may have some.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import cached_property

from attrs import field, frozen

from bazel_xc.golang.package import FileKind, GoPackage, PackageFile
from bazel_xc.golang.universe import Universe
from bazel_xc.model import ByCgo

Edges = Mapping[str, Mapping[str, int]]
TEST_KINDS = (FileKind.TEST, FileKind.XTEST)
_NOWHERE: frozenset[str] = frozenset()


def above(edges: Edges, marked: Mapping[str, int], besides: Collection[str] = ()) -> dict[str, int]:
    """Node -> the platforms on which it reaches a marked node; a node reaches itself.

    ``edges`` maps packages to their importers; packages in ``besides`` are not followed.
    """
    found = {node: mask for node, mask in marked.items() if mask}
    pending = list(found)
    while pending:
        node = pending.pop()
        for source, edge in edges.get(node, {}).items():
            before = found.get(source, 0)
            more = edge & found[node] & ~before
            if more and source not in besides:
                found[source] = before | more
                pending.append(source)
    return found


@frozen(kw_only=True)
class Absence:
    """The configured platforms on which packages cannot be built.

    By directory, for own packages, names: ``libraries``, where the library cannot be built because of its own
    files, its C or a package of another module; ``tests``, where its tests have nothing to compile, use a
    name that is declared nowhere, or import such a package. By import path, masks: ``absent``, the same for
    all packages; ``unknown``, where go could not load the package; ``blocked``, which adds packages that
    reach an absent one.
    """

    libraries: Mapping[str, frozenset[str]] = field(factory=dict)
    tests: Mapping[str, frozenset[str]] = field(factory=dict)
    absent: Mapping[str, int] = field(factory=dict)
    unknown: Mapping[str, int] = field(factory=dict)
    blocked: Mapping[str, int] = field(factory=dict)


@frozen(kw_only=True)
class AbsenceByCgo:
    """The absence with the configured settings of cgo, and with the opposite ones.

    ``universe`` has the configured settings, ``opposite`` the others; they are the same if nothing depends
    on cgo. On the platforms in ``without_libraries`` a package of another module lacks a library.
    """

    universe: Universe
    configured: Absence
    opposite: Universe
    flipped: Absence
    without_libraries: frozenset[str] = frozenset()

    @cached_property
    def _with_cgo(self) -> frozenset[str]:
        """The configured platforms with cgo."""
        return frozenset(each.name for each in self.universe.platforms if each.cgo)

    def join(self, here: frozenset[str], there: frozenset[str]) -> ByCgo:
        """Joins configured platforms: ``here`` with their settings of cgo, ``there`` with the opposite."""
        on = self._with_cgo
        return ByCgo((here & on) | (there - on), (here - on) | (there & on))

    def library(self, directory: str) -> ByCgo:
        """The configured platforms on which the library of a directory cannot be built by itself."""
        both = (each.libraries.get(directory, _NOWHERE) for each in (self.configured, self.flipped))
        return self.join(*both)

    def tests(self, directory: str) -> ByCgo:
        """The configured platforms on which the tests of a directory cannot be built by themselves."""
        both = (each.tests.get(directory, _NOWHERE) for each in (self.configured, self.flipped))
        return self.join(*both)

    def blocked(self, import_path: str) -> ByCgo:
        """The configured platforms on which a package, or one that it reaches, cannot be built."""
        here, there = (each.blocked.get(import_path, 0) for each in (self.configured, self.flipped))
        return self.join(self.universe.on(here), self.universe.on(there)) if here or there else ByCgo()


def absence_by_cgo(
    universe: Universe,
    flipped: Universe | None,
    *,
    lacking: Mapping[str, frozenset[str]] | None = None,
    foreign: Mapping[str, frozenset[str]] | None = None,
    made: frozenset[str] = frozenset(),
) -> AbsenceByCgo:
    """Computes both; see ``absence``."""
    here = absence(universe, lacking=lacking, foreign=foreign, made=made)
    there = absence(flipped, lacking=lacking, foreign=foreign, made=made) if flipped else here
    return AbsenceByCgo(
        universe=universe,
        configured=here,
        opposite=flipped or universe,
        flipped=there,
        without_libraries=_NOWHERE.union(*(foreign or {}).values()),
    )


def absence(
    universe: Universe,
    *,
    lacking: Mapping[str, frozenset[str]] | None = None,
    foreign: Mapping[str, frozenset[str]] | None = None,
    made: frozenset[str] = frozenset(),
) -> Absence:
    """Computes it. ``lacking`` maps directories to the platforms on which an archive is missing if cgo is on,
    and ``foreign`` import paths of other modules; ``made`` are the import paths of rules, whose sources may
    be unknown.
    """
    own = universe.own_paths
    absent, unknown = _others(universe, made)
    configured = frozenset(universe.names)
    with_c = frozenset(platform.name for platform in universe.platforms if platform.cgo)
    for path, platforms in (foreign or {}).items():
        if path in universe.packages and platforms & with_c:
            absent[path] = absent.get(path, 0) | universe.mask(platforms & with_c)
    unusable = above(universe.importers, absent, besides=own)
    libraries: dict[str, frozenset[str]] = {}
    tests: dict[str, frozenset[str]] = {}
    by_path: dict[str, frozenset[str]] = {}
    for each in universe.own.values():
        path, directory = each.import_path, each.directory
        here = _absent_platforms(each, configured) | _importing(each.of(FileKind.GO), unusable, universe)
        libraries[directory] = here | (lacking or {}).get(directory, _NOWHERE) & with_c
        nothing = configured - _NOWHERE.union(*(file.active for file in each.of(*TEST_KINDS)))
        nothing |= each.undefined_in_tests
        tests[directory] = nothing | _importing(each.of(*TEST_KINDS), unusable, universe)
        # A vendored copy of a module of the workspace has the same import paths.
        by_path[path] = libraries[directory] & by_path.get(path, libraries[directory])
        if each.unknown:
            unknown[path] = universe.mask(each.unknown)
    absent |= {path: universe.mask(held) for path, held in by_path.items() if held}
    return Absence(
        libraries=libraries,
        tests=tests,
        absent=absent,
        unknown=unknown,
        blocked=above(universe.importers, absent),
    )


def _others(universe: Universe, made: frozenset[str]) -> tuple[dict[str, int], dict[str, int]]:
    """The masks of absent and of unknown packages that are neither own nor standard."""
    absent: dict[str, int] = {}
    unknown: dict[str, int] = {}
    own = universe.own_paths
    for path, package in universe.packages.items():
        if path in own or path in made or package.standard:
            continue
        nothing = package.listed & ~package.buildable & ~package.unknown
        if nothing:
            absent[path] = nothing
        if package.unknown:
            unknown[path] = package.unknown
    for use in universe.undefined:
        if use.import_path not in own:  # own packages have it themselves
            absent[use.import_path] = absent.get(use.import_path, 0) | universe.mask(use.platforms)
    return absent, unknown


def _importing(files: Iterable[PackageFile], paths: Mapping[str, int], universe: Universe) -> frozenset[str]:
    """The platforms on which a compiled file imports one of the packages that are marked there."""
    found = 0
    for file in files if paths else ():
        for each in file.source.imports:
            if each.path in paths:
                found |= paths[each.path] & universe.mask(file.active)
    return universe.on(found)


def _absent_platforms(package: GoPackage, configured: frozenset[str]) -> frozenset[str]:
    """The configured platforms on which a package's library has nothing to build, or does not compile."""
    if is_generated(package):
        return _NOWHERE
    twice = frozenset(name for name in configured if len(package.mains(name)) > 1)
    return (configured - package.buildable) | package.undefined | twice


def is_generated(package: GoPackage) -> bool:
    """Whether rules make some of its files, which may have any constraint."""
    return any(not name.endswith("_test.go") for name in package.generated)
