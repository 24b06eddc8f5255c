"""``go list`` once per platform, into typed packages.

Comes in: a toolchain, the directory to list in and the platforms. Goes out: one ``Listing`` per platform
with a ``ListedPackage`` for every package in the closure, the standard library included. JSON is read only
here, field by field. It does not compare platforms and does not decide what an error means.
"""

from __future__ import annotations

import enum
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from attrs import evolve, field, frozen

from bazel_xc.errors import GoError
from bazel_xc.golang.toolchain import Run, RunGo, Toolchain, first_line
from bazel_xc.model import Platform

_SHARED = ("ImportPath", "Dir", "Name", "Standard", "DepOnly", "Incomplete", "Module", "ImportMap", "Error",
           "GoFiles", "CgoFiles", "Imports")  # fmt: skip
_FILES = ("CFiles", "CXXFiles", "MFiles", "HFiles", "FFiles", "SFiles", "SysoFiles", "SwigFiles",
          "SwigCXXFiles")  # fmt: skip
_FIRST_PARTY = ("IgnoredGoFiles", "IgnoredOtherFiles", "TestGoFiles", "XTestGoFiles", "TestImports",
                "XTestImports", "EmbedFiles", "TestEmbedFiles", "XTestEmbedFiles")  # fmt: skip
# The verbs of ``#cgo`` lines.
_CGO: Mapping[str, str] = {
    "CFLAGS": "CgoCFLAGS", "CPPFLAGS": "CgoCPPFLAGS", "CXXFLAGS": "CgoCXXFLAGS", "LDFLAGS": "CgoLDFLAGS",
    "pkg-config": "CgoPkgConfig",
}  # fmt: skip
FIELDS = (*_SHARED, *_FILES, *_FIRST_PARTY, *_CGO.values())
C_WITHOUT_CGO = "source files not allowed when not using cgo"
CGO_IN_TEST = "use of cgo in test"  # go refuses it, rules_go does not
# Errors of go list that leave its answer whole: what is missing may be there for Bazel, or is said later.
NO_OBSTACLE = (
    "build constraints exclude all Go files",
    "contains no embeddable files",
    "no Go files in",
    "no matching files found",
    "no non-test Go files",
)
_STRING = frozenset({str})
_SHOWN = 60
_T = TypeVar("_T")
_POSITION = re.compile(r"^(?P<path>.*?):(?P<line>\d+)(?::(?P<column>\d+))?$")


@frozen
class ListedModule:
    """The module of a package; ``directory`` is empty where it is not on disk."""

    path: str
    version: str
    directory: str
    main: bool


@frozen
class ListedError:
    """Why a package did not load; ``position`` is absolute where go named a file."""

    message: str
    position: str
    import_stack: tuple[str, ...]

    def place(self) -> tuple[str, int, int]:
        """Path, line and column out of the position; empty and 0 where go gave none."""
        found = _POSITION.match(self.position)
        if not found:
            return self.position, 0, 0
        return found["path"], int(found["line"]), int(found["column"] or 0)


@frozen(kw_only=True)
class ListedPackage:
    """One package as go list sees it on one platform. File names are relative to ``directory``; ``cgo`` has
    the words of ``#cgo`` lines by verb, with ``${SRCDIR}`` expanded and conditions evaluated.
    """

    import_path: str
    directory: str
    name: str
    standard: bool
    dep_only: bool
    incomplete: bool
    module: ListedModule | None
    error: ListedError | None
    go_files: tuple[str, ...]
    cgo_files: tuple[str, ...]
    other_files: tuple[str, ...]
    ignored_files: tuple[str, ...]
    test_files: tuple[str, ...]
    xtest_files: tuple[str, ...]
    imports: tuple[str, ...]
    test_imports: tuple[str, ...]
    xtest_imports: tuple[str, ...]
    embed_files: tuple[str, ...]
    test_embed_files: tuple[str, ...]
    import_map: tuple[tuple[str, str], ...]
    cgo: Mapping[str, tuple[str, ...]]

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> ListedPackage:
        """Reads one object of ``go list -json``. Raises ``GoError`` where it has another shape."""
        get = _Getter(raw)
        module, error = get.inner("Module"), get.inner("Error")
        return cls(
            import_path=get.text("ImportPath"),
            directory=get.text("Dir"),
            name=get.text("Name"),
            standard=get.flag("Standard"),
            dep_only=get.flag("DepOnly"),
            incomplete=get.flag("Incomplete"),
            module=_module(module) if module.raw else None,
            error=_error(error) if error.raw else None,
            go_files=get("GoFiles"),
            cgo_files=get("CgoFiles"),
            other_files=get(*_FILES),
            ignored_files=get("IgnoredGoFiles", "IgnoredOtherFiles"),
            test_files=get("TestGoFiles"),
            xtest_files=get("XTestGoFiles"),
            imports=get("Imports"),
            test_imports=get("TestImports"),
            xtest_imports=get("XTestImports"),
            embed_files=get("EmbedFiles"),
            test_embed_files=get("TestEmbedFiles", "XTestEmbedFiles"),
            import_map=get.pairs("ImportMap"),
            cgo={verb: get(key) for verb, key in _CGO.items()} if "CgoFiles" in raw else {},
        )

    @property
    def files(self) -> frozenset[str]:
        """Everything that is compiled here, tests included."""
        return frozenset(
            (*self.go_files, *self.cgo_files, *self.other_files, *self.test_files, *self.xtest_files)
        )

    @property
    def buildable(self) -> bool:
        """Whether there is anything to compile that is no test."""
        return bool(self.go_files or self.cgo_files)

    @property
    def is_unknown(self) -> bool:
        """Whether go could not load it, so that nobody knows if it can be built."""
        known = (*NO_OBSTACLE, C_WITHOUT_CGO, CGO_IN_TEST)
        return self.error is not None and not any(text in self.error.message for text in known)


@frozen
class Listing:
    """All packages of one platform by import path, in the order go listed them."""

    platform: Platform
    packages: Mapping[str, ListedPackage]


@frozen
class FailedPlace:
    """A place that go did not list, or not to the end, on some platform, and why."""

    place: ListingPlace
    reason: str


@frozen(kw_only=True)
class ListingPlace:
    """What one go list looks at: patterns, relative to a directory, and what its environment adds.

    ``vendored`` says that everything it depends on, save the standard library, stands in its vendor tree.
    """

    directory: Path
    patterns: tuple[str, ...]
    environment: Mapping[str, str] = field(factory=dict)
    vendored: bool = False


def list_packages(
    toolchain: Toolchain,
    run: RunGo,
    places: Iterable[ListingPlace],
    platforms: Iterable[Platform],
    tags: Iterable[str] = (),
    *,
    whole: bool = True,
) -> tuple[tuple[Listing, ...], tuple[FailedPlace, ...]]:
    """Lists all places and their closures for every platform, side by side, tests' imports included.

    What a place lists itself wins over what it is to another as a dependency, and what loads over what does
    not. Without ``whole`` two parts of the closure are left out: what only tests import where cgo is off,
    since it holds no cgo there, and, on all platforms but one, what a vendored place depends on, since its
    sources are in the workspace; the packages of those platforms then have no imports. Raises ``GoError``
    where go fails in every place, with go's own first line.
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
            except _FailedListingError as e:
                failed.setdefault(place.directory, FailedPlace(place, str(e)))
    if failed and len(failed) == len(places):
        raise GoError(next(iter(failed.values())).reason)
    listings = tuple(Listing(platform, merged[platform.name]) for platform in platforms)
    return listings, tuple(failed.values())


class _FailedListingError(GoError):
    """go list gave no package for a place, or did not come to its end."""


class _Reach(enum.Enum):
    """How far a listing goes: the packages alone, with what they import, or what their tests import too."""

    PACKAGES = enum.auto()
    IMPORTS = enum.auto()
    TESTS = enum.auto()


def _reach(
    place: ListingPlace, platform: Platform, platforms: tuple[Platform, ...], *, whole: bool
) -> _Reach:
    if whole:
        return _Reach.TESTS
    if place.vendored:
        return _Reach.IMPORTS if platform == platforms[0] else _Reach.PACKAGES
    return _Reach.TESTS if platform.cgo else _Reach.IMPORTS


def _shared_out(
    platforms: tuple[Platform, ...], processors: int, environment: Mapping[str, str]
) -> Iterator[tuple[Platform, Mapping[str, str]]]:
    """The platforms with the processors that each listing may use.

    One listing per processor costs a quarter less in all than listings that share them; what is left over
    when all processors are taken shares them again.
    """
    rest = len(platforms) % processors
    for at, platform in enumerate(platforms):
        alone = at < len(platforms) - rest
        share = 1 if alone else max(1, processors // rest)
        yield platform, {"GOMAXPROCS": str(share), **environment}


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
        if place.vendored:  # an index of a tree that is read once costs more than it saves
            environment["GODEBUG"] = ",".join(filter(None, (environment.get("GODEBUG"), "goindex=0")))
        return cls(run, place.directory, place.patterns, tuple(tags), environment, source)

    def listing(self, platform: Platform, reach: _Reach) -> dict[str, ListedPackage]:
        found = self._list(platform, self.patterns, "-find" if reach is _Reach.PACKAGES else "-deps")
        packages = {package.import_path: package for package in found}
        if reach is not _Reach.TESTS:
            return packages
        missing = sorted(_test_imports(packages.values()) - packages.keys())
        missing = [path for path in missing if not is_standard(path, self.source)]
        if missing:  # what only tests import is not in the closure; a second, small call brings it
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
        return map(self._package, _objects(self._whole(done)))

    def _whole(self, done: Run) -> bytes:
        """The output of a run that came to its end. With ``-e`` go exits with 1 at worst."""
        if done.code < 0:
            raise _FailedListingError(f"go list was killed by signal {-done.code} in {self.directory}")
        if done.code > 1 or (done.code and not done.stdout.strip()):
            raise _FailedListingError(explain_failure(done.stderr, self.directory))
        return done.stdout

    def _package(self, raw: Mapping[str, Any]) -> ListedPackage:
        """A package with the position of its error from where go ran, made absolute."""
        package = ListedPackage.from_json(raw)
        error = package.error
        if error is None or not error.position or os.path.isabs(error.position):  # noqa: PTH117
            return package
        position = os.path.join(os.path.realpath(self.directory), error.position)  # noqa: PTH118
        return evolve(package, error=evolve(error, position=position))


def is_standard(path: str, source: Path) -> bool:
    """Whether an import that no listing knows is the standard library's; ``source`` is Go's own source."""
    return "." not in path.partition("/")[0] and (source / path).is_dir()


def explain_failure(stderr: str, directory: Path) -> str:
    """One line for a go list that listed nothing, with the remedy where the cause is known."""
    line = first_line(stderr) or "no output"
    text = stderr.replace("\n", " ")
    if "requires go >=" in text or "go.mod requires go" in text:
        return f"{line}; install that Go, or point BAZEL_XC_GO at one (GOTOOLCHAIN=local is set for listing)"
    if "inconsistent vendoring" in text:
        return f"{directory.name}: {line.rstrip(':')}; run: go mod vendor"
    if "go.mod file not found" in text or "cannot find main module" in text:
        return f"{directory}: no go.mod found; run: go mod init MODULE"
    if "errors parsing" in text:
        details = [part.strip() for part in stderr.split("\n") if part.strip()]
        return " ".join(details[:2])
    if "module lookup disabled by GOPROXY=off" in text:
        what = line.removeprefix("go: ").partition(": module lookup")[0]
        return f"{directory}: {what} is not in the module cache; run: go mod download"
    if "updates to go.mod needed" in text:
        return f"{directory}: go.mod is not up to date; run: go mod tidy"
    if "missing go.sum entry" in text:
        what = line.removeprefix("go: ").partition("; to add it")[0]
        return f"{directory}: {what}; run: go mod tidy"
    return f"go list failed in {directory}: {line}"


def _objects(stdout: bytes) -> list[Mapping[str, Any]]:
    """The objects of go list's output, which end in a line of their own that holds only a brace."""
    text = stdout.strip()
    if not text:
        return []
    try:
        found = json.loads(b"[" + text.replace(b"\n}\n{\n", b"\n},\n{\n") + b"]")
    except (ValueError, RecursionError) as e:
        raise _FailedListingError(f"go list: output cannot be read: {e}") from None
    for each in found:
        if type(each) is not dict:
            raise _unexpected("an object", each)
    return list(found)


def _test_imports(packages: Iterable[ListedPackage]) -> set[str]:
    found: set[str] = set()
    for package in packages:
        if not package.dep_only and not package.standard:
            found.update(package.test_imports, package.xtest_imports)
    return {path for path in found if path != "C" and not path.startswith(".")}


class _Getter:
    """Gives the fields of a raw object in their types; absent ones are empty.

    Raises ``GoError`` where a field has another type.
    """

    def __init__(self, raw: Mapping[str, Any], path: str = "") -> None:
        self.raw = raw
        self.path = path

    def __call__(self, *keys: str) -> tuple[str, ...]:
        if len(keys) == 1:
            return tuple(self._strings(keys[0]))
        return tuple(value for key in keys for value in self._strings(key))

    def text(self, key: str) -> str:
        value = self._typed(key, str, "a string")
        return value or ""

    def flag(self, key: str) -> bool:
        value = self._typed(key, bool, "true or false")
        return value or False

    def inner(self, key: str) -> _Getter:
        return _Getter(self._typed(key, dict, "an object") or {}, f"{self.path}{key}.")

    def pairs(self, key: str) -> tuple[tuple[str, str], ...]:
        value = self._typed(key, dict, "an object") or {}
        if not set(map(type, value.values())) <= _STRING:
            raise _unexpected("strings", value, self.path + key)
        return tuple(sorted(value.items()))

    def _strings(self, key: str) -> list[str]:
        value = self._typed(key, list, "a list of strings") or []
        if not set(map(type, value)) <= _STRING:
            raise _unexpected("a list of strings", value, self.path + key)
        return value

    def _typed(self, key: str, kind: type[_T], wanted: str) -> _T | None:
        value = self.raw.get(key)
        if value is None or type(value) is kind:
            return value
        raise _unexpected(wanted, value, self.path + key)


def _unexpected(wanted: str, value: object, key: str = "") -> _FailedListingError:
    """An error that names the field and the start of what is in it."""
    text = json.dumps(value)
    shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
    field_ = f"{key}: " if key else ""
    return _FailedListingError(
        f"go list: {field_}expected {wanted}, got {shown}; is BAZEL_XC_GO, or go on PATH, the go command?"
    )


def _module(get: _Getter) -> ListedModule:
    return ListedModule(
        path=get.text("Path"),
        version=get.text("Version"),
        directory=get.text("Dir") or get.inner("Replace").text("Dir"),
        main=get.flag("Main"),
    )


def _error(get: _Getter) -> ListedError:
    return ListedError(message=get.text("Err"), position=get.text("Pos"), import_stack=get("ImportStack"))
