"""Where packages cannot be built: own ones by directory, others by import path, and never what is unknown."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from attrs import evolve

from bazel_xc.golang.folding import flipped_package, fold, read_directory
from bazel_xc.golang.listed import ListedPackage
from bazel_xc.golang.listing import Listing
from bazel_xc.golang.package import GoPackage, GoView
from bazel_xc.golang.undefined import Undefined
from bazel_xc.golang.universe import Universe
from bazel_xc.graph.imports import Absence, absence, absence_by_cgo
from bazel_xc.model import ByCgo, Platform
from bazel_xc.tree import MemoryTree

LINUX, WINDOWS = Platform("linux", "amd64", cgo=True), Platform("windows", "amd64", cgo=False)
PLATFORMS = (LINUX, WINDOWS)


def _own(path: str, import_path: str, files: dict[str, str]) -> GoPackage:
    """A package of the workspace that go lists wherever its files are compiled."""
    directory, _ = read_directory(
        path,
        import_path,
        sorted(files),
        MemoryTree({f"{path}/{name}": text.encode() for name, text in files.items()}),
    )
    view = GoView(platforms=PLATFORMS, release=(1, 26))
    seen, _ = fold(directory, {}, view)
    assert seen is not None
    listed = {
        platform.name: ListedPackage.from_json(
            {"Name": seen.name, "GoFiles": [f.name for f in seen.files if platform.name in f.active]}
        )
        for platform in PLATFORMS
    }
    package, said = fold(directory, listed, view)
    assert package is not None
    assert said == ()
    return package


def _listing(platform: Platform, *packages: ListedPackage) -> Listing:
    return Listing(platform, {each.import_path: each for each in packages})


def _absence(
    own: Iterable[GoPackage],
    listings: Iterable[Listing] = (),
    undefined: Iterable[Undefined] = (),
    made: frozenset[str] = frozenset(),
) -> Absence:
    packages = {each.directory: each for each in own}
    universe = Universe.of(PLATFORMS, tuple(listings), packages, undefined=tuple(undefined))
    return absence(universe, made=made)


def _other(path: str, *imports: str, empty: bool = False, error: str = "") -> ListedPackage:
    raw: dict[str, object] = {"ImportPath": path, "DepOnly": True, "Imports": list(imports)}
    if error:
        raw["Error"] = {"Err": error}
    elif not empty:
        raw["GoFiles"] = ["x.go"]
    return ListedPackage.from_json(raw)


def test_import_of_another_module_that_cannot_be_built_counts_through_others() -> None:
    own = _own("p", "m/p", {"p.go": 'package p\n\nimport _ "o/a"\n'})
    listings = [
        _listing(LINUX, _other("o/a", "o/b"), _other("o/b")),
        _listing(WINDOWS, _other("o/a", "o/b"), _other("o/b", empty=True)),
    ]

    found = _absence([own], listings)

    assert found.libraries["p"] == {"windows_amd64"}
    assert found.absent["o/b"] == 2


def test_package_that_go_could_not_load_is_unknown_and_stops_nothing() -> None:
    own = _own("p", "m/p", {"p.go": 'package p\n\nimport _ "o/a"\n'})
    gone = _other("o/a", error="module lookup disabled by GOPROXY=off")

    found = _absence([own], [_listing(LINUX, gone), _listing(WINDOWS, gone)])

    assert found.libraries["p"] == frozenset()
    assert found.unknown == {"o/a": 3}
    assert "o/a" not in found.absent


def test_package_that_a_rule_makes_is_neither() -> None:
    gone = _other("m/gen", error="no required module provides package m/gen")

    found = _absence([], [_listing(LINUX, gone)], made=frozenset({"m/gen"}))

    assert (found.absent, found.unknown) == ({}, {})


def test_vendored_copy_of_an_own_package_has_tests_of_its_own() -> None:
    tested = _own("client", "m/client", {"c.go": "package c\n", "c_test.go": "package c\n"})
    copy = _own("vendor/m/client", "m/client", {"c.go": "package c\n"})

    found = _absence([tested, copy])

    assert found.tests["client"] == frozenset()
    assert "linux_amd64" in found.tests["vendor/m/client"]


def test_what_does_not_compile_elsewhere_is_absent() -> None:
    use = Undefined(
        import_path="o/a",
        file="a.go",
        line=1,
        name="x",
        declared_in=("b.go",),
        platforms=("windows_amd64",),
    )
    own = _own("p", "m/p", {"p_test.go": 'package p\n\nimport _ "o/a"\n'})
    listings = [_listing(platform, _other("o/a")) for platform in PLATFORMS]

    found = _absence([own], listings, [use])

    assert found.tests["p"] == {"windows_amd64"}


WITH, WITHOUT = LINUX.name, WINDOWS.name


@pytest.mark.parametrize(
    ("here", "there", "on", "off"),
    [
        pytest.param(set(), set(), set(), set(), id="nowhere"),
        pytest.param({WITH, WITHOUT}, set(), {WITH}, {WITHOUT}, id="as_configured"),
        pytest.param(set(), {WITH, WITHOUT}, {WITHOUT}, {WITH}, id="inverted"),
        pytest.param({WITHOUT}, {WITH}, set(), {WITH, WITHOUT}, id="without_cgo"),
        pytest.param({WITH}, {WITHOUT}, {WITH, WITHOUT}, set(), id="with_cgo"),
        pytest.param({WITH}, {WITH}, {WITH}, {WITH}, id="one_platform_at_all"),
    ],
)
def test_join_puts_platforms_by_their_setting(
    here: set[str], there: set[str], on: set[str], off: set[str]
) -> None:
    universe = Universe.of(PLATFORMS, (), {})
    where = absence_by_cgo(universe, None)

    assert where.join(frozenset(here), frozenset(there)) == ByCgo(frozenset(on), frozenset(off))


def test_absence_of_a_package_with_cgo_alone() -> None:
    """It is absent without cgo on every platform, with whatever setting that is configured."""
    own = _own("p", "m/p", {"p.go": 'package p\n\nimport "C"\n'})
    turned = tuple(evolve(each, cgo=not each.cgo) for each in PLATFORMS)
    other = flipped_package(own, GoView(platforms=turned, release=(1, 26)))

    where = absence_by_cgo(Universe.of(PLATFORMS, (), {"p": own}), Universe.of(turned, (), {"p": other}))

    assert where.library("p") == where.blocked("m/p") == ByCgo(off=frozenset({WITH, WITHOUT}))
    assert where.tests("p") == ByCgo.both(frozenset({WITH, WITHOUT}))


def test_a_missing_archive_counts_with_cgo_alone() -> None:
    own = _own("p", "m/p", {"p.go": "package p\n"})
    universe = Universe.of(PLATFORMS, (), {"p": own})
    turned = Universe.of(tuple(evolve(each, cgo=not each.cgo) for each in PLATFORMS), (), {"p": own})

    where = absence_by_cgo(universe, turned, lacking={"p": frozenset({WITH, WITHOUT})})

    assert where.library("p") == ByCgo(on=frozenset({WITH, WITHOUT}))
