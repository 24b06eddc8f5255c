"""The listings of platforms that go was not asked for, from the listing of one platform and from sources.

Comes in: a place as go lists it on one platform, and the scanned directories of the workspace. Goes out: the
packages that go would list there on another platform. Some only go can answer for: packages that only the
other platform imports, and packages whose files do not decide. Heads of files outside of the workspace are
read; go is not started.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from attrs import evolve, field, frozen

from bazel_xc.golang.compiled import (
    compiled,
    excluded_package,
    has_go,
    is_refused,
    package_of,
    standard_package,
)
from bazel_xc.golang.constraints import file_name_constraint
from bazel_xc.golang.folding import ReadDirectory
from bazel_xc.golang.listed import ListedModule, ListedPackage
from bazel_xc.golang.listing import is_standard
from bazel_xc.golang.package import GO_KINDS, SWIG, FileKind, GoView, base_name, kind_of, kind_of_name
from bazel_xc.golang.source import SourceFile
from bazel_xc.golang.sources import Sources
from bazel_xc.model import Platform

_NO_PACKAGE = frozenset({"C", "unsafe"})
# go reports an error for them if the package does not use cgo.
_FORTRAN = (".f", ".F", ".for", ".f90")


@frozen(kw_only=True)
class OwnDirectory:
    """A directory of the workspace that go lists at a place: its files, its import path and its module."""

    read: ReadDirectory
    import_path: str
    module: ListedModule


@frozen(kw_only=True)
class ListedPlace:
    """A place as go lists it on ``platform``.

    ``own`` are the directories that ``./...`` may match there, ``root`` is the workspace's real path and
    ``source`` Go's source folder. In a ``vendored`` place, the sources of other packages decide.
    """

    platform: Platform
    packages: Mapping[str, ListedPackage]
    own: Mapping[str, OwnDirectory]
    root: str
    source: Path
    vendored: bool
    sources: Sources
    _scanned: dict[str, tuple[SourceFile, ...]] = field(factory=dict, eq=False, repr=False)
    _made: dict[object, ListedPackage | None] = field(factory=dict, eq=False, repr=False)
    _others: dict[object, ListedPackage] = field(factory=dict, eq=False, repr=False)

    def own_package(
        self, own: OwnDirectory, here: list[SourceFile], platform: Platform
    ) -> ListedPackage | None:
        """The package of a directory with the files that are compiled; None if there is no Go among them.

        Most platforms have the same files, so it is made once for them.
        """
        key = (own.import_path, platform.cgo, *(each.name for each in here))
        if key not in self._made:
            known = self.packages.get(own.import_path)
            self._made[key] = _own_package(own, known, here, self.root, platform)
        return self._made[key]

    def other_package(
        self, known: ListedPackage, files: tuple[SourceFile, ...], here: list[SourceFile], platform: Platform
    ) -> ListedPackage:
        """The same for another package, which ``known`` is on the listed platform."""
        key = (known.import_path, platform.cgo, *(each.name for each in here))
        if key not in self._others:
            self._others[key] = _made_of(known, files, here, platform)
        return self._others[key]

    def files(self, package: ListedPackage) -> tuple[SourceFile, ...]:
        """The files of a package outside of the workspace that any platform may compile, tests left out.

        Empty if all of them are compiled everywhere.
        """
        if package.directory not in self._scanned:
            self._scanned[package.directory] = tuple(_files_of(package, self.sources))
        return self._scanned[package.directory]


@frozen(kw_only=True)
class Derived:
    """The packages of a place on a platform. ``unsure`` are directories of the workspace, and ``unknown``
    import paths, that only go can answer for.
    """

    packages: Mapping[str, ListedPackage]
    unsure: tuple[str, ...]
    unknown: tuple[str, ...]


def derived(place: ListedPlace, platform: Platform, view: GoView, *, tests: bool) -> Derived:
    """What go would list on a platform; with ``tests``, what tests of the workspace import is included."""
    found: dict[str, ListedPackage] = {}
    unsure: list[str] = []
    for path, own in place.own.items():
        known = place.packages.get(path)
        if known is None and has_go(compiled(own.read.sources, place.platform, view)):
            continue  # go leaves it out for a reason of its own
        here = compiled(own.read.sources, platform, view)
        if _is_unsure(own, known, here, place, platform, view):
            unsure.append(own.read.path)
        elif package := place.own_package(own, here, platform):
            found[path] = package
    if place.vendored:
        return Derived(packages=found, unsure=tuple(unsure), unknown=())
    unknown: set[str] = set()
    pending = [name for each in found.values() for name in _imports(each, tests=tests)]
    while pending:
        path = pending.pop()
        if path in found or path in unknown or path in _NO_PACKAGE:
            continue
        package = _other_package(path, place, platform, view)
        if package is None:
            unknown.add(path)
        else:
            found[path] = package
            pending += _imports(package, tests=False)
    for path in list(_importers_of_programs(found, place)):
        del found[path]
        if path in place.own:
            unsure.append(place.own[path].read.path)
        else:
            unknown.add(path)
    return Derived(packages=found, unsure=tuple(unsure), unknown=tuple(sorted(unknown)))


def listed_by_sources(
    read: ReadDirectory, import_path: str, root: str, view: GoView
) -> Mapping[str, ListedPackage] | None:
    """The package of a directory on each platform; None if only go knows whether it loads."""
    own = OwnDirectory(read=read, import_path=import_path, module=ListedModule("", "", root, main=True))
    found: dict[str, ListedPackage] = {}
    if any(each.embeds for each in read.sources):
        return None
    for platform in view.platforms:
        here = compiled(read.sources, platform, view)
        if _has_errors(read.sources, here, platform, view):
            return None
        package = _own_package(own, None, here, root, platform)
        if package:
            found[platform.name] = package
    return found


def _importers_of_programs(found: Mapping[str, ListedPackage], place: ListedPlace) -> Iterator[str]:
    """The packages for which go reports that they import a program, whether it is compiled or not."""
    own = {path: {s.package for s in each.read.sources} - {""} for path, each in place.own.items()}
    programs = {path for path, names in own.items() if names == {"main"}}
    programs.update(path for path, each in found.items() if each.name == "main")
    for path, each in found.items() if programs else ():
        if each.derived and not programs.isdisjoint(_imports(each, tests=False)):
            yield path


def _imports(package: ListedPackage, *, tests: bool) -> Iterator[str]:
    renamed = dict(package.import_map)
    names = (*package.imports, *package.test_imports, *package.xtest_imports) if tests else package.imports
    for name in names:
        yield renamed.get(name, name)


# Packages of the workspace


def _is_unsure(
    own: OwnDirectory,
    known: ListedPackage | None,
    here: list[SourceFile],
    place: ListedPlace,
    platform: Platform,
    view: GoView,
) -> bool:
    """Whether go may report an error, or files to embed, that sources do not show; ``here`` are the files
    that are compiled.
    """
    error = known.error if known else None
    if error and error.is_obstacle:
        return True
    if any(name.endswith((*SWIG, *_FORTRAN)) for name in _other_names(own, known, place)):
        return True
    if _has_errors(own.read.sources, here, platform, view):
        return True
    if not any(each.embeds for each in own.read.sources):
        return False
    embedding = {each.name for each in here if each.embeds}
    there = {each.name for each in compiled(own.read.sources, place.platform, view) if each.embeds}
    return embedding != there or bool(embedding and known is None)


def _has_errors(
    sources: tuple[SourceFile, ...], here: list[SourceFile], platform: Platform, view: GoView
) -> bool:
    """Whether go may refuse the files of a directory; ``here`` are compiled."""
    if any(each.error for each in sources if view.includes(each, platform)):
        return True
    go = [each for each in here if kind_of(each) in GO_KINDS]
    if len(set(map(base_name, go))) > 1 or is_refused(here, platform):
        return True
    tests = (each for each in sources if each.name.endswith("_test.go"))
    # go refuses tests with cgo, also where it is off
    return any(each.uses_cgo and view.includes(each, platform) for each in tests)


def _other_names(own: OwnDirectory, known: ListedPackage | None, place: ListedPlace) -> Iterable[str]:
    """The names in a directory of files that are not scanned; without cgo, go does not list all of them."""
    if known and place.platform.cgo:
        return (*known.other_files, *known.ignored_files)
    return _all_names(f"{place.root}/{own.read.path}")


def _own_package(
    own: OwnDirectory, known: ListedPackage | None, here: list[SourceFile], root: str, platform: Platform
) -> ListedPackage | None:
    """The package of a directory; None if no file of it is compiled, because ``./...`` leaves it out then."""
    if not has_go(here):
        return None
    path = own.read.path
    return package_of(
        own.import_path,
        f"{root}/{path}" if path else root,
        next(
            base_name(each)
            for kind in (FileKind.GO, FileKind.TEST, FileKind.XTEST)
            for each in here
            if kind_of(each) is kind
        ),
        own.module,
        own.read.sources,
        here,
        platform,
        embeds=(known.embed_files, known.test_embed_files) if known else ((), ()),
    )


# Other packages


def _other_package(path: str, place: ListedPlace, platform: Platform, view: GoView) -> ListedPackage | None:
    """A package that is imported; None if only go knows it."""
    if path in place.own:  # no file of it is compiled here
        own = place.own[path]
        folder = f"{place.root}/{own.read.path}".rstrip("/")
        return excluded_package(path, folder, own.module)
    known = place.packages.get(path)
    if known is None:
        return standard_package(path, place.source) if is_standard(path, place.source) else None
    if known.standard or (known.is_unknown and not known.directory):
        return known
    if known.is_unknown:
        return None
    files = place.files(known)
    if not files:
        return known
    here = compiled(files, platform, view)
    others = (*known.other_files, *known.ignored_files)
    if _has_errors(files, here, platform, view) or any(name.endswith(_FORTRAN) for name in others):
        return None
    return place.other_package(known, files, here, platform)


def _made_of(
    known: ListedPackage, files: tuple[SourceFile, ...], here: list[SourceFile], platform: Platform
) -> ListedPackage:
    """A package outside of the workspace with the files that are compiled."""
    path = known.import_path
    names = [known.name, *(each.package for each in here if kind_of(each) is FileKind.GO)]
    name = next(filter(None, names), "")
    here = [each for each in here if kind_of(each) is not FileKind.GO or each.package == name]
    if not any(kind_of(each) is FileKind.GO for each in here):
        ignored = tuple(each.name for each in files)
        return evolve(excluded_package(path, known.directory, known.module), name=name, ignored_files=ignored)
    package = package_of(path, known.directory, name, known.module, files, here, platform)
    return evolve(package, dep_only=True, import_map=known.import_map)


def _files_of(package: ListedPackage, sources: Sources) -> Iterator[SourceFile]:
    """See ``ListedPlace.files``."""
    names = [*package.go_files, *package.cgo_files]
    others = [name for name in package.ignored_files if not name.endswith("_test.go")]
    with_c = bool(package.cgo_files) or any(
        name.endswith(".go") and sources.scan(f"{package.directory}/{name}").uses_cgo for name in others
    )
    if not (others or with_c) and not any(
        _is_constrained(f"{package.directory}/{name}", name, sources) for name in names
    ):
        return
    every = {*names, *others, *package.other_files}
    if with_c:  # without cgo, go lists no C file, not even as ignored
        every |= _all_names(package.directory)
    for name in sorted(every):
        if kind_of_name(name) is not None and not name.endswith("_test.go"):
            yield sources.scan(f"{package.directory}/{name}")


def _all_names(directory: str) -> set[str]:
    try:
        with os.scandir(directory) as entries:
            return {each.name for each in entries if each.name[:1] not in "_." and each.is_file()}
    except OSError:
        return set()


def _is_constrained(path: str, name: str, sources: Sources) -> bool:
    """Whether a Go file may have a build constraint."""
    return file_name_constraint(name) is not None or sources.fact(path, "constrained", _has_constraint)


def _has_constraint(data: bytes) -> bool:
    """Whether there may be a constraint before the package clause of a Go file."""
    at = 0 if data.startswith(b"package ") else data.find(b"\npackage ")
    return b"build" in (data[:at] if at >= 0 else data)
