"""Listings of all platforms from one: how little go is asked, and what it is asked to verify them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from bazel_xc.golang.asking import ListedOnce, PlaceOnce, differences
from bazel_xc.golang.derived import OwnDirectory
from bazel_xc.golang.folding import read_directory
from bazel_xc.golang.listed import ListedModule, ListedPackage
from bazel_xc.golang.listing import GoLister, Listing, ListingPlace
from bazel_xc.golang.package import GoView
from bazel_xc.golang.sources import Sources
from bazel_xc.golang.toolchain import Run, Toolchain
from bazel_xc.model import Diagnostic, Platform, Severity
from bazel_xc.tree import MemoryTree

LINUX = Platform("linux", "amd64", cgo=True)
WINDOWS = Platform("windows", "amd64", cgo=False)
DARWIN = Platform("darwin", "arm64", cgo=True)
VIEW = GoView(platforms=(LINUX, WINDOWS, DARWIN), release=(1, 26))
MODULE = ListedModule("m.org/m", "", "/w", main=True)


def _listed(path: str, **raw: object) -> ListedPackage:
    return ListedPackage.from_json({"ImportPath": path, "Dir": f"/{path}", "Name": "p", **raw})


class Go:
    """A go command that answers with the given packages, and remembers the questions."""

    def __init__(self, *answers: Mapping[str, object], code: int = 0) -> None:
        self.answers, self.code = answers, code
        self.asked: list[tuple[str, tuple[str, ...]]] = []

    def __call__(self, arguments: list[str], _: Path, environment: Mapping[str, str]) -> Run:
        platform = f"{environment['GOOS']}_{environment['GOARCH']}"
        self.asked.append((platform, tuple(arguments[arguments.index("--") + 1 :])))
        text = "".join(f"{json.dumps(each, indent=1)}\n" for each in self.answers)
        return Run(self.code, text.encode(), "go: out of luck")

    def lister(self, *, verify: bool = False, whole: bool = False) -> GoLister:
        toolchain = Toolchain("go", "go1.26", (1, 26), "/none", {})
        return GoLister(toolchain=toolchain, run=self, verify=verify, whole=whole)


def _once(files: Mapping[str, str], *known: ListedPackage) -> ListedOnce:
    """A workspace with the package ``p``, as go lists it on linux."""
    read, _ = read_directory(
        "p",
        "m.org/m/p",
        sorted(files),
        MemoryTree({f"p/{name}": text.encode() for name, text in files.items()}),
    )
    own = OwnDirectory(read=read, import_path="m.org/m/p", module=MODULE)
    place = ListingPlace(directory=Path("/w"), patterns=("./...",))
    return ListedOnce(
        listing=Listing(LINUX, {each.import_path: each for each in known}),
        places=(PlaceOnce(place=place, own=(own,)),),
        root="/w",
        sources=Sources(MemoryTree({})),
    )


PLAIN = {"a.go": "package p\n", "a_windows.go": "package p\n"}


def test_go_is_not_asked_where_sources_decide() -> None:
    go = Go()
    once = _once(PLAIN, _listed("m.org/m/p", GoFiles=["a.go"]))

    listings, failed, problems = once.on((WINDOWS, DARWIN), VIEW, go.lister())

    assert (failed, problems, go.asked) == ((), (), [])
    assert [each.platform for each in listings] == [WINDOWS, DARWIN]
    found = [each.packages["m.org/m/p"].go_files for each in listings]
    assert found == [("a.go", "a_windows.go"), ("a.go",)]


def test_no_other_platform_is_no_question() -> None:
    go = Go()

    assert _once(PLAIN).on((), VIEW, go.lister(verify=True)) == ((), (), ())
    assert go.asked == []


def test_go_is_asked_for_what_only_one_platform_imports() -> None:
    files = {"a.go": "package p\n", "a_windows.go": 'package p\n\nimport _ "o.org/o"\n'}
    go = Go({"ImportPath": "o.org/o", "GoFiles": ["o.go"]})
    once = _once(files, _listed("m.org/m/p", GoFiles=["a.go"]))

    (windows, darwin), failed, _ = once.on((WINDOWS, DARWIN), VIEW, go.lister())

    assert go.asked == [("windows_amd64", ("o.org/o",))]
    assert failed == ()
    assert windows.packages["o.org/o"].dep_only
    assert set(darwin.packages) == {"m.org/m/p"}


def test_go_is_asked_for_a_directory_that_may_have_errors() -> None:
    go = Go({"ImportPath": "m.org/m/p", "GoFiles": ["by_go.go"]})
    once = _once(
        {"a.go": "package p\n", "b_windows.go": "package q\n"}, _listed("m.org/m/p", GoFiles=["a.go"])
    )

    (windows, darwin), _, _ = once.on((WINDOWS, DARWIN), VIEW, go.lister())

    assert go.asked == [("windows_amd64", ("/w/p",))]
    assert windows.packages["m.org/m/p"].go_files == ("by_go.go",)
    assert not windows.packages["m.org/m/p"].dep_only
    assert darwin.packages["m.org/m/p"].go_files == ("a.go",)


def test_place_where_the_second_question_fails_has_failed() -> None:
    """What is derived there stays, so that other directories of it are not taken for missing."""
    files = {"a.go": "package p\n", "a_windows.go": 'package p\n\nimport _ "o.org/o"\n'}
    once = _once(files, _listed("m.org/m/p", GoFiles=["a.go"]))

    listings, failed, _ = once.on((WINDOWS, DARWIN), VIEW, Go(code=2).lister())

    assert [(each.place, each.reason) for each in failed] == [
        (once.places[0].place, "go list failed in /w: go: out of luck")
    ]
    assert [set(each.packages) for each in listings] == [{"m.org/m/p"}] * 2


def test_verified_listings_are_those_of_go() -> None:
    go = Go({"ImportPath": "m.org/m/p", "Name": "p", "GoFiles": ["a.go", "more.go"]})
    once = _once(PLAIN, _listed("m.org/m/p", GoFiles=["a.go"]))

    (listing,), failed, (problem,) = once.on((DARWIN,), VIEW, go.lister(verify=True))

    assert go.asked == [("darwin_arm64", ("./...",))]
    assert failed == ()
    assert listing.packages["m.org/m/p"].go_files == ("a.go", "more.go")
    assert problem == Diagnostic(
        path="m.org/m/p",
        severity=Severity.ERROR,
        code="listing",
        message="on darwin_arm64, go lists it otherwise: files: derived a.go, listed a.go more.go",
        remedy="please report it; --verify-listing uses go's answer",
    )


def _differences(one: ListedPackage | None, other: ListedPackage | None, *unfollowed: str) -> list[str]:
    """The messages about a package that is derived as ``one`` and listed as ``other``."""
    made, asked = (Listing(WINDOWS, {each.import_path: each} if each else {}) for each in (one, other))
    found = differences([made], [asked], frozenset(unfollowed))
    return [each.message.removeprefix("on windows_amd64, go lists it otherwise: ") for each in found]


BASE: Mapping[str, object] = {
    "GoFiles": ["a.go"],
    "CgoFiles": ["c.go"],
    "Imports": ["C", "os", "unsafe"],
    "TestGoFiles": ["a_test.go"],
    "TestImports": ["testing"],
    "EmbedFiles": ["x"],
}


@pytest.mark.parametrize(
    ("more", "message"),
    [
        pytest.param({}, "", id="nothing"),
        pytest.param({"GoFiles": ["b.go", "a.go"]}, "files: derived a.go, listed a.go b.go", id="files"),
        pytest.param({"CgoFiles": []}, "cgo files: derived c.go, listed none", id="cgo_files"),
        pytest.param(
            {"XTestGoFiles": ["b_test.go"]},
            "tests: derived a_test.go, listed a_test.go b_test.go",
            id="tests",
        ),
        pytest.param({"Imports": ["net", "os"]}, "imports: derived os, listed net os", id="imports"),
        pytest.param({"Imports": ["os"]}, "", id="imports_of_no_package"),
        pytest.param(
            {"XTestImports": ["os"]},
            "imports of tests: derived testing, listed os testing",
            id="test_imports",
        ),
        pytest.param({"TestEmbedFiles": ["y"]}, "embedded files: derived x, listed x y", id="embeds"),
        pytest.param({"XTestEmbedFiles": ["x"]}, "", id="embeds_of_tests"),
        pytest.param({"Error": {"Err": "new"}}, "can be loaded: derived True, listed False", id="error"),
        pytest.param({"Error": {"Err": "x: no matching files found"}}, "", id="no_obstacle"),
        pytest.param({"Name": "q"}, "name: derived p, listed q", id="name"),
        pytest.param({"CFiles": ["c.c"], "IgnoredGoFiles": ["i.go"]}, "", id="files_that_sources_show"),
        pytest.param({"Standard": True, "GoFiles": []}, "", id="standard_library"),
        pytest.param(
            {"GoFiles": [], "Name": ""},
            "files: derived a.go, listed none; name: derived p, listed ",
            id="both",
        ),
    ],
)
def test_differences_are_named(more: Mapping[str, object], message: str) -> None:
    one, other = _listed("o.org/o", **BASE), _listed("o.org/o", **{**BASE, **more})

    assert _differences(one, other) == ([message] if message else [])
    assert bool(_differences(other, one)) is bool(message)


def test_package_that_is_not_compiled_is_the_same_as_none() -> None:
    excluded = _listed("o.org/o", DepOnly=True, Error={"Err": "build constraints exclude all Go files in /o"})
    there = _listed("o.org/o", GoFiles=["a.go"], DepOnly=True)

    assert _differences(excluded, None) == _differences(None, excluded) == []
    assert _differences(there, None) == ["files: derived a.go, listed none; name: derived p, listed "]


def test_tests_of_other_modules_do_not_count() -> None:
    one = _listed("o.org/o", GoFiles=["a.go"], DepOnly=True)
    other = _listed("o.org/o", GoFiles=["a.go"], DepOnly=True, TestGoFiles=["a_test.go"])

    assert _differences(one, other) == []


def test_imports_of_vendored_places_are_not_compared() -> None:
    one, other = _listed("m.org/m/p", GoFiles=["a.go"]), _listed("m.org/m/p", GoFiles=["a.go"], Imports=["x"])
    below = _listed("o.org/o", GoFiles=["a.go"], DepOnly=True)

    assert _differences(one, other, "m.org/m/p") == []
    assert _differences(below, None, "m.org/m/p") == []
    assert _differences(one, None, "m.org/m/p") != []
