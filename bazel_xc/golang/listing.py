"""Runs ``go list`` once per platform.

Comes in: a toolchain, the places to list and the platforms. Goes out: one ``Listing`` per platform with a
``ListedPackage`` for every package in the closure, the standard library included. It does not compare
platforms and does not interpret the errors of packages.
"""

from __future__ import annotations

import enum
import os
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import MappingProxyType
from typing import Any

from attrs import evolve, field, frozen

from bazel_xc.errors import GoError
from bazel_xc.golang.listed import FIELDS, FailedListingError, ListedPackage, objects
from bazel_xc.golang.toolchain import Run, RunGo, Toolchain, first_line
from bazel_xc.model import Platform, Progress, silent

_NOTHING: Mapping[str, str] = MappingProxyType({})


@frozen
class Listing:
    """All packages of one platform by import path, in the order go listed them."""

    platform: Platform
    packages: Mapping[str, ListedPackage]


@frozen
class FailedPlace:
    """A place that go did not list, or not completely, on some platform, and the reason."""

    place: ListingPlace
    reason: str


@frozen(kw_only=True)
class ListingPlace:
    """The input of one go list: patterns relative to a directory, and additions to its environment.

    If it is ``vendored``, its vendor tree has all of its dependencies except the standard library.
    """

    directory: Path
    patterns: tuple[str, ...]
    environment: Mapping[str, str] = field(factory=dict)
    vendored: bool = False


@frozen(kw_only=True)
class GoLister:
    """A go command that lists. ``tags`` are build tags. ``whole`` adds the packages that only tests import on
    platforms without cgo; they have no cgo there. With ``verify``, all platforms are listed by go, too.
    """

    toolchain: Toolchain
    run: RunGo
    tags: tuple[str, ...] = ()
    whole: bool = True
    verify: bool = False
    progress: Progress = field(default=silent, eq=False, repr=False)

    def places(
        self, places: tuple[ListingPlace, ...], platforms: tuple[Platform, ...]
    ) -> tuple[tuple[Listing, ...], tuple[FailedPlace, ...]]:
        """See ``list_packages``."""
        return list_packages(self.toolchain, self.run, places, platforms, self.tags, whole=self.whole)

    def ask(
        self, place: ListingPlace, platform: Platform, directories: Iterable[str], imports: Iterable[str]
    ) -> Mapping[str, ListedPackage]:
        """Some directories of a place, given by their absolute paths, and some imports with all that they
        import. Raises ``FailedListingError``.
        """
        lister = _Lister.at(place, self.run, self.tags, self.toolchain.environment, self._source)
        return lister.some(platform, directories, imports, tests=self.wants_tests(platform))

    def wants_tests(self, platform: Platform) -> bool:
        """Whether the packages that only tests import are listed on a platform."""
        return self.whole or platform.cgo

    @property
    def _source(self) -> Path:
        return Path(self.toolchain.goroot) / "src"

    def standard(
        self, imports: Iterable[str], directory: Path, platforms: tuple[Platform, ...]
    ) -> tuple[Listing, ...]:
        """The packages of the standard library among ``imports``, with their dependencies."""
        patterns = tuple(sorted(path for path in imports if is_standard(path, self._source)))
        if not patterns:
            return tuple(Listing(platform, {}) for platform in platforms)
        place = ListingPlace(directory=directory, patterns=patterns)
        return list_packages(self.toolchain, self.run, [place], platforms, whole=False)[0]


def list_packages(
    toolchain: Toolchain,
    run: RunGo,
    places: Iterable[ListingPlace],
    platforms: Iterable[Platform],
    tags: Iterable[str] = (),
    *,
    whole: bool = True,
) -> tuple[tuple[Listing, ...], tuple[FailedPlace, ...]]:
    """Lists all places and their closures for every platform in parallel, imports of tests included.

    If several listings contain a package, the one that lists it directly wins, then one that loaded without
    error. Two parts of the closure are left out. Without ``whole``, the packages that only tests import are
    not listed on platforms without cgo. The dependencies of a vendored place are listed on one platform only,
    because their sources are in the workspace; on the others, its packages have no imports. Raises
    ``GoError`` with go's first line if go fails in every place.
    """
    platforms, places = tuple(platforms), tuple(places)
    processors = os.cpu_count() or 2
    source = Path(toolchain.goroot) / "src"
    with ThreadPoolExecutor(max_workers=processors) as pool:
        pending = [
            (
                place,
                platform,
                pool.submit(
                    _Lister.at(place, run, tags, settings, source).listing,
                    platform,
                    _reach(place, platform, platforms, whole=whole),
                ),
            )
            for place in places
            for platform, settings in _shared_out(platforms, processors, toolchain.environment)
        ]
        merged: dict[str, dict[str, ListedPackage]] = {platform.name: {} for platform in platforms}
        failed: dict[Path, FailedPlace] = {}
        for place, platform, future in pending:
            try:
                _add_listing(merged[platform.name], future.result())
            except FailedListingError as e:
                failed.setdefault(place.directory, FailedPlace(place, str(e)))
    if failed and len(failed) == len(places):
        raise GoError(next(iter(failed.values())).reason)
    listings = tuple(Listing(platform, merged[platform.name]) for platform in platforms)
    return listings, tuple(failed.values())


class _Reach(enum.Enum):
    """The packages that a listing includes: the matched ones, their imports, the imports of tests."""

    PACKAGES = enum.auto()
    IMPORTS = enum.auto()
    TESTS = enum.auto()


def _reach(
    place: ListingPlace, platform: Platform, platforms: tuple[Platform, ...], *, whole: bool
) -> _Reach:
    if place.vendored:
        return _Reach.IMPORTS if platform == platforms[0] else _Reach.PACKAGES
    return _Reach.TESTS if whole or platform.cgo else _Reach.IMPORTS


def _shared_out(
    platforms: tuple[Platform, ...], processors: int, environment: Mapping[str, str]
) -> Iterator[tuple[Platform, Mapping[str, str]]]:
    """The platforms, each with the environment that limits the processors of its listing.

    One listing per processor needs a quarter less time than listings that share processors. Only the last
    listings, which are fewer than the processors, share them.
    """
    rest = len(platforms) % processors
    for at, platform in enumerate(platforms):
        alone = at < len(platforms) - rest
        share = 1 if alone else max(1, processors // rest)
        yield platform, {"GOMAXPROCS": str(share), **environment}


def joined(listings: Iterable[Listing], others: Iterable[Listing]) -> tuple[Listing, ...]:
    """The listings of each platform, with the packages of ``others`` added."""
    tables = {each.platform: dict(each.packages) for each in listings}
    for each in others:
        _add_listing(tables.setdefault(each.platform, {}), each.packages)
    return tuple(Listing(platform, packages) for platform, packages in tables.items())


def _add_listing(table: dict[str, ListedPackage], packages: Mapping[str, ListedPackage]) -> None:
    for path, package in packages.items():
        known = table.get(path)
        if known is None or (known.error and not package.error) or (known.dep_only and not package.dep_only):
            table[path] = package


@frozen
class _Lister:
    run: RunGo
    directory: Path
    patterns: tuple[str, ...]
    tags: tuple[str, ...]
    environment: Mapping[str, str]
    source: Path
    only_own: bool = False

    @classmethod
    def at(
        cls,
        place: ListingPlace,
        run: RunGo,
        tags: Iterable[str],
        settings: Mapping[str, str],
        source: Path,
    ) -> _Lister:
        environment = {**settings, **place.environment}
        if place.vendored:  # an index does not pay for a tree that is read once
            environment["GODEBUG"] = ",".join(filter(None, (environment.get("GODEBUG"), "goindex=0")))
        return cls(run, place.directory, place.patterns, tuple(tags), environment, source, place.vendored)

    def listing(self, platform: Platform, reach: _Reach) -> dict[str, ListedPackage]:
        found = self._list(platform, self.patterns, "-find" if reach is _Reach.PACKAGES else "-deps")
        packages = {package.import_path: package for package in found}
        return self._with_tests(packages, platform) if reach is _Reach.TESTS else packages

    def some(
        self, platform: Platform, directories: Iterable[str], imports: Iterable[str], *, tests: bool
    ) -> dict[str, ListedPackage]:
        patterns, imports = tuple(directories), frozenset(imports)
        if not patterns and not imports:
            return {}
        how = "-find" if self.only_own else "-deps"
        found = self._list(platform, (*patterns, *sorted(imports)), how)
        packages = {
            each.import_path: evolve(each, dep_only=True) if each.import_path in imports else each
            for each in found
        }
        return self._with_tests(packages, platform) if tests and not self.only_own else packages

    def _with_tests(self, packages: dict[str, ListedPackage], platform: Platform) -> dict[str, ListedPackage]:
        """Adds the imports of tests, which are not in the closure, by a second, small listing."""
        missing = sorted(_test_imports(packages.values()) - packages.keys())
        missing = [path for path in missing if not is_standard(path, self.source)]
        if missing:
            for package in self._list(platform, tuple(missing), "-deps"):
                packages.setdefault(package.import_path, evolve(package, dep_only=True))
        return packages

    def _list(self, platform: Platform, patterns: tuple[str, ...], how: str) -> Iterator[ListedPackage]:
        arguments = ["list", "-e", how, f"-json={','.join(FIELDS)}"]
        if self.tags:
            arguments.append(f"-tags={','.join(self.tags)}")
        environment = {
            **self.environment,
            "GOOS": platform.goos,
            "GOARCH": platform.goarch,
            "CGO_ENABLED": "1" if platform.cgo else "0",
        }
        done = self.run([*arguments, "--", *patterns], self.directory, environment)
        return map(self._package, objects(self._whole(done)))

    def _whole(self, done: Run) -> bytes:
        """The output of a run that finished. With ``-e`` go exits with 0 or 1."""
        if done.code < 0:
            raise FailedListingError(f"go list was killed by signal {-done.code} in {self.directory}")
        if done.code > 1 or (done.code and not done.stdout.strip()):
            raise FailedListingError(explain_failure(done.stderr, self.directory, self.environment))
        return done.stdout

    def _package(self, raw: Mapping[str, Any]) -> ListedPackage:
        """A package; the position of its error, relative to the directory of the run, is made absolute."""
        package = ListedPackage.from_json(raw)
        error = package.error
        if error is None or not error.position or os.path.isabs(error.position):  # noqa: PTH117
            return package
        position = os.path.join(os.path.realpath(self.directory), error.position)  # noqa: PTH118
        return evolve(package, error=evolve(error, position=position))


def is_standard(path: str, source: Path) -> bool:
    """Whether an import without a listing is in the standard library; ``source`` is Go's source folder."""
    return "." not in path.partition("/")[0] and (source / path).is_dir()


def command_line(words: str, directory: Path, environment: Mapping[str, str]) -> str:
    """A command of go as it works in a directory: without the go.work above it if that does not count."""
    is_off = environment.get("GOWORK") == "off"
    here = directory.resolve()
    is_below = is_off and any((each / "go.work").is_file() for each in (here, *here.parents))
    return f"GOWORK=off {words}" if is_below else words


def explain_failure(stderr: str, directory: Path, environment: Mapping[str, str] = _NOTHING) -> str:
    """One line for a go list that listed nothing, with the remedy if the cause is known."""

    def command(words: str) -> str:
        return command_line(words, directory, environment)

    line = first_line(stderr) or "no output"
    text = stderr.replace("\n", " ")
    if "requires go >=" in text or "go.mod requires go" in text:
        return f"{line}; install that Go, or point BAZEL_XC_GO at one (GOTOOLCHAIN=local is set for listing)"
    if "inconsistent vendoring" in text:
        return f"{directory.name}: {line.rstrip(':')}; run: {command('go mod vendor')}"
    if "go.mod file not found" in text or "cannot find main module" in text:
        return f"{directory}: no go.mod found; run: go mod init MODULE"
    if "errors parsing" in text:
        details = [part.strip() for part in stderr.split("\n") if part.strip()]
        return " ".join(details[:2])
    if "module lookup disabled by GOPROXY=off" in text:
        module = line.removeprefix("go: ").partition(": module lookup")[0]
        return f"{directory}: {module} is not in the module cache; run: {command('go mod download')}"
    if "updates to go.mod needed" in text:
        return f"{directory}: go.mod is not up to date; run: {command('go mod tidy')}"
    if "missing go.sum entry" in text:
        detail = line.removeprefix("go: ").partition("; to add it")[0]
        return f"{directory}: {detail}; run: {command('go mod tidy')}"
    return f"go list failed in {directory}: {line}"


def _test_imports(packages: Iterable[ListedPackage]) -> set[str]:
    found: set[str] = set()
    for package in packages:
        if not package.dep_only and not package.standard:
            found.update(package.test_imports, package.xtest_imports)
    return {path for path in found if path != "C" and not path.startswith(".")}
