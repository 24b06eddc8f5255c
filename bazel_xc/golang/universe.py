"""The ``Universe``: on which platforms each package is there, for every import path of the build.

Comes in: the listings of all platforms and the folded packages of the workspace. Goes out: a ``Universe``: a
``Package`` by import path, whose facts are integer masks with one bit per platform. There are three answers:
a package is there, it is not there, or it is unknown because go could not load it. Nothing is read, and no
fact is inherited along imports here.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path

from attrs import define, field, frozen

from bazel_xc.golang.listed import ListedError, ListedModule, ListedPackage
from bazel_xc.golang.listing import Listing
from bazel_xc.golang.package import FileKind, GoPackage
from bazel_xc.golang.undefined import Undefined
from bazel_xc.model import Platform

# The errors of go for an import that no go.mod leads to, and for one that looks like the standard library's.
_NOWHERE = ("no required module provides package", "is not in std", "but does not contain package")
_NO_PACKAGE = frozenset({"C", "unsafe"})


@define(kw_only=True)
class Package:
    """A package on all platforms of a universe; each mask has the bits of the platforms where the fact is
    true.

    ``listed``: go lists it. ``buildable``: it has files to compile besides tests. ``cgo``: one of them
    imports "C". ``unknown``: go could not load it. ``imports`` maps import paths to the platforms of the
    import; ``test_imports`` are the imports of first-party packages' tests on any platform. ``directory`` is
    absolute, and empty if the package is not on disk. ``error`` is the first error that go reports for it.
    No module but one of the workspace can have a package that is ``of_workspace``.
    """

    import_path: str
    name: str = ""
    directory: str = ""
    module: ListedModule | None = None
    standard: bool = False
    first_party: bool = False
    listed: int = 0
    buildable: int = 0
    cgo: int = 0
    unknown: int = 0
    imports: dict[str, int] = field(factory=dict)
    test_imports: frozenset[str] = frozenset()
    error: ListedError | None = None
    of_workspace: bool = False

    @property
    def is_nowhere(self) -> bool:
        """Whether no module has the package. Of one of the workspace's, go may blame go.sum instead."""
        if self.of_workspace and self.unknown and not self.directory:
            return True
        message = self.error.message if self.unknown and self.error else ""
        return any(text in message for text in _NOWHERE)

    @property
    def is_missing(self) -> bool:
        """Whether its module is not on disk. A package that no module provides may be made by a rule, and is
        not missing; about a relative import path, go reports an error of the importer.
        """
        is_relative = self.import_path.startswith(".")
        known = self.first_party or self.directory or self.is_nowhere or is_relative
        return bool(self.unknown) and not known


@frozen(kw_only=True)
class Universe:
    """All packages by import path; ``own`` maps directories to the folded packages of the workspace.

    ``undefined`` are packages that lack a declaration; ``cgo`` are import paths of packages outside of the
    tree that have a file with cgo for some platform, compiled or not. The raw listings are kept for readers
    of single files: ``listings``, and for the packages of the tree ``listed``, by directory and platform.
    """

    platforms: tuple[Platform, ...]
    packages: Mapping[str, Package]
    own: Mapping[str, GoPackage]
    undefined: tuple[Undefined, ...] = ()
    cgo: frozenset[str] = frozenset()
    listings: tuple[Listing, ...] = ()
    listed: Mapping[str, Mapping[str, ListedPackage]] = field(factory=dict)

    @classmethod
    def of(
        cls,
        platforms: tuple[Platform, ...],
        listings: tuple[Listing, ...],
        own: Mapping[str, GoPackage],
        *,
        cgo: frozenset[str] = frozenset(),
        undefined: tuple[Undefined, ...] = (),
        modules: Mapping[str, str] | None = None,
        listed: Mapping[str, Mapping[str, ListedPackage]] | None = None,
    ) -> Universe:
        """Joins listings, one per platform or none at all, with folded packages. ``modules`` maps import
        paths of vendored packages, which listings may leave out, to the paths of their modules.
        """
        found: dict[str, Package] = {}
        folded = frozenset(package.import_path for package in own.values())
        for at, listing in enumerate(listings):
            for package in listing.packages.values():
                _add_listed(found, package, 1 << at, folded)
        bits = {platform.name: 1 << at for at, platform in enumerate(platforms)}
        for each in own.values():
            _add_folded(found, each, bits, (modules or {}).get(each.import_path, ""))
        return cls(
            platforms=platforms,
            packages=found,
            own=own,
            undefined=undefined,
            cgo=cgo,
            listings=listings,
            listed=listed or {},
        )

    @cached_property
    def own_paths(self) -> frozenset[str]:
        """The import paths of the workspace's own packages."""
        return frozenset(package.import_path for package in self.own.values())

    @cached_property
    def importers(self) -> Mapping[str, Mapping[str, int]]:
        """Import path -> the packages that import it, and on which platforms."""
        return turned({path: package.imports for path, package in self.packages.items()})

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of the platforms, in the order of their bits."""
        return tuple(platform.name for platform in self.platforms)

    def mask(self, names: Iterable[str]) -> int:
        """The bits of those of the names that are platforms of this universe."""
        names = frozenset(names)
        return sum(1 << at for at, name in enumerate(self.names) if name in names)

    def on(self, mask: int) -> frozenset[str]:
        """The names of the platforms of a mask."""
        return frozenset(name for at, name in enumerate(self.names) if mask >> at & 1)


def turned(edges: Mapping[str, Mapping[str, int]]) -> dict[str, dict[str, int]]:
    """The same edges by target: imports become importers."""
    found: dict[str, dict[str, int]] = {}
    for source, targets in edges.items():
        for target, mask in targets.items():
            found.setdefault(target, {})[source] = mask
    return found


def by_directory(listings: Iterable[Listing], root: Path) -> dict[str, dict[str, ListedPackage]]:
    """Directory below a root -> platform -> the package that go lists there. Paths of go are not used
    further.
    """
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


def _add_listed(found: dict[str, Package], package: ListedPackage, bit: int, own: frozenset[str]) -> None:
    path = package.import_path
    seen = found.get(path)
    if seen is None:
        seen = found[path] = Package(import_path=path, name=package.name, standard=package.standard)
    seen.listed |= bit
    seen.directory = seen.directory or package.directory
    seen.module = seen.module or package.module
    if not package.dep_only and not package.standard:
        seen.first_party = True
        seen.test_imports = seen.test_imports.union(package.test_imports, package.xtest_imports)
    if path in own:
        return  # the other facts come from its files
    if package.is_unknown:
        seen.unknown |= bit
        seen.error = seen.error or package.error
    if package.buildable:
        seen.buildable |= bit
    if package.cgo_files:
        seen.cgo |= bit
    renamed = dict(package.import_map)
    for name in package.imports:
        if name not in _NO_PACKAGE:
            target = renamed.get(name, name) if renamed else name
            seen.imports[target] = seen.imports.get(target, 0) | bit


def _add_folded(found: dict[str, Package], own: GoPackage, bits: Mapping[str, int], module: str) -> None:
    """Adds the facts of an own package's files; a vendored copy of it shares its import path."""
    path = own.import_path
    seen = found.get(path)
    if seen is None:
        seen = found[path] = Package(import_path=path, name=own.name)
        seen.first_party = "vendor" not in own.directory.split("/")
        seen.module = ListedModule(module, "", "", main=False) if module else None
    seen.listed |= _mask(own.buildable, bits)
    seen.buildable |= _mask(own.buildable, bits)
    seen.unknown |= _mask(own.unknown, bits)
    for name, mask in _imports(own, bits):
        if name == "C":
            seen.cgo |= mask
        elif mask and name not in _NO_PACKAGE:
            seen.imports[name] = seen.imports.get(name, 0) | mask


def _imports(own: GoPackage, bits: Mapping[str, int]) -> Iterator[tuple[str, int]]:
    for file in own.of(FileKind.GO):
        mask = _mask(file.active, bits)
        for each in file.source.imports:
            yield each.path, mask


def _mask(names: Iterable[str], bits: Mapping[str, int]) -> int:
    found = 0
    for name in names:
        found |= bits.get(name, 0)
    return found
