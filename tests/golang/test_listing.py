"""go list's output into packages, errors into one line, and real listings of a small module."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

import pytest
from requirements import require

from bazel_xc.errors import GoError
from bazel_xc.golang.listed import FIELDS, ListedError, ListedPackage
from bazel_xc.golang.listing import Listing, ListingPlace, command_line, explain_failure, list_packages
from bazel_xc.golang.toolchain import Run, Toolchain, find_go, run_go
from bazel_xc.model import Platform

LINUX = Platform("linux", "amd64", cgo=True)
WINDOWS = Platform("windows", "arm64", cgo=False)
TOOLCHAIN = Toolchain("go", "go1.26", (1, 26), "/go", {"GOFLAGS": "-tags=one,two -mod=mod"})
OUTPUT = dedent(
    """\
    {
    \t"ImportPath": "example.com/m",
    \t"Name": "m",
    \t"GoFiles": [
    \t\t"m.go"
    \t]
    }
    {
    \t"ImportPath": "fmt",
    \t"Standard": true
    }
    """
)


def place(directory: Path) -> ListingPlace:
    return ListingPlace(directory=directory, patterns=("./...",))


def test_vendored_closure_is_asked_for_once(tmp_path: Path) -> None:
    asked: list[tuple[str, str]] = []

    def run(arguments: list[str], directory: Path, environment: Mapping[str, str]) -> Run:
        asked.append((environment["GOOS"], arguments[2]))
        assert environment["GODEBUG"] == "goindex=0"
        return Run(0, OUTPUT.encode(), "")

    vendored = ListingPlace(directory=tmp_path, patterns=("./...",), vendored=True)
    for whole in (False, True):
        asked.clear()
        list_packages(TOOLCHAIN, run, [vendored], [LINUX, WINDOWS], whole=whole)
        assert sorted(asked) == [("linux", "-deps"), ("windows", "-find")]


def test_one_call_per_platform_with_everything_set(tmp_path: Path) -> None:
    calls: list[tuple[list[str], Mapping[str, str]]] = []

    def run(arguments: list[str], directory: Path, environment: Mapping[str, str]) -> Run:
        calls.append((arguments, environment))
        assert directory == tmp_path
        return Run(0, OUTPUT.encode(), "")

    listings, _ = list_packages(TOOLCHAIN, run, [place(tmp_path)], [LINUX, WINDOWS], ["mine", "one"])

    assert [sorted(listing.packages) for listing in listings] == [["example.com/m", "fmt"]] * 2
    assert {environment["GOOS"]: environment["CGO_ENABLED"] for _, environment in calls} == {
        "linux": "1",
        "windows": "0",
    }
    assert calls[0][0] == [
        "list", "-e", "-deps", f"-json={','.join(FIELDS)}", "-tags=mine,one", "--", "./...",
    ]  # fmt: skip


def test_imports_of_tests_are_listed_too(tmp_path: Path) -> None:
    patterns: list[list[str]] = []

    def run(arguments: list[str], directory: Path, environment: Mapping[str, str]) -> Run:
        patterns.append(arguments[arguments.index("--") + 1 :])
        if len(patterns) == 1:
            return Run(0, b'{"ImportPath": "example.com/m", "TestImports": ["example.com/t", "C"]}', "")
        return Run(0, b'{"ImportPath": "example.com/t"}', "")

    (listing,), _ = list_packages(TOOLCHAIN, run, [place(tmp_path)], [LINUX])

    assert patterns == [["./..."], ["example.com/t"]]
    assert listing.packages["example.com/t"].dep_only


def test_modules_are_joined_and_what_loads_wins(tmp_path: Path) -> None:
    """A dependency that one module has vendored may be missing for another."""
    answers = {
        "one": b'{"ImportPath": "x.y/dep", "DepOnly": true, "GoFiles": ["a.go"]}',
        "two": b'{"ImportPath": "x.y/dep", "DepOnly": true, "Error": {"Err": "missing"}}',
    }

    def run(arguments: list[str], directory: Path, environment: Mapping[str, str]) -> Run:
        return Run(0, answers[directory.name], "")

    for order in (("one", "two"), ("two", "one")):
        (listing,), _ = list_packages(TOOLCHAIN, run, [place(tmp_path / name) for name in order], [LINUX])

        assert listing.packages["x.y/dep"].error is None


@pytest.mark.parametrize(
    "done",
    [
        pytest.param(Run(-9, OUTPUT.encode(), ""), id="killed"),
        pytest.param(Run(2, OUTPUT.encode(), "panic"), id="exit_status"),
        pytest.param(Run(0, OUTPUT.encode()[:-12], ""), id="cut_off"),
        pytest.param(Run(1, b"", "go: no"), id="nothing"),
    ],
)
def test_listing_that_did_not_come_to_its_end_has_failed(tmp_path: Path, done: Run) -> None:
    """What it printed is not taken for all there is."""

    def run(arguments: list[str], directory: Path, environment: Mapping[str, str]) -> Run:
        return done if directory.name == "two" else Run(0, OUTPUT.encode(), "")

    places = [place(tmp_path / name) for name in ("one", "two")]
    _, failed = list_packages(TOOLCHAIN, run, places, [LINUX])

    assert [each.place.directory.name for each in failed] == ["two"]


def test_position_of_an_error_is_absolute(tmp_path: Path) -> None:
    """Go tells it from where it ran, which is not the workspace's root in a nested module."""
    text = b'{"ImportPath": "m/a", "Error": {"Err": "expected", "Pos": "a/a.go:2:10"}}'
    (tmp_path / "sub").mkdir()

    (listing,), _ = list_packages(TOOLCHAIN, lambda *_: Run(0, text, ""), [place(tmp_path / "sub")], [LINUX])

    error = listing.packages["m/a"].error
    assert error is not None
    assert error.place() == (f"{tmp_path}/sub/a/a.go", 2, 10)


def test_output_that_is_no_json_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(GoError, match="output cannot be read"):
        list_packages(TOOLCHAIN, lambda *_: Run(0, b"{", ""), [place(tmp_path)], [LINUX])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("[]", "expected an object, got []", id="array"),
        pytest.param("[[1]]", "expected an object, got [[1]]", id="nested"),
        pytest.param("7", "expected an object, got 7", id="number"),
        pytest.param("null", "expected an object, got null", id="null"),
        pytest.param('{"ImportPath": 1}', "ImportPath: expected a string, got 1", id="path"),
        pytest.param('{"GoFiles": "a.go"}', 'GoFiles: expected a list of strings, got "a.go"', id="string"),
        pytest.param('{"CFiles": [1]}', "CFiles: expected a list of strings, got [1]", id="list_of_numbers"),
        pytest.param('{"Imports": {"a": 1}}', "Imports: expected a list of strings", id="object"),
        pytest.param('{"Standard": "yes"}', 'Standard: expected true or false, got "yes"', id="flag"),
        pytest.param('{"Module": "m"}', 'Module: expected an object, got "m"', id="module"),
        pytest.param('{"Module": {"Path": []}}', "Module.Path: expected a string", id="inside"),
        pytest.param('{"Module": {"Replace": 1}}', "Module.Replace: expected an object", id="replace"),
        pytest.param('{"Error": ["no"]}', 'Error: expected an object, got ["no"]', id="error"),
        pytest.param('{"Error": {"Err": ["a"]}}', "Error.Err: expected a string", id="inside_error"),
        pytest.param('{"ImportMap": ["a"]}', 'ImportMap: expected an object, got ["a"]', id="map"),
        pytest.param('{"ImportMap": {"a": 1}}', "ImportMap: expected strings", id="map_of_numbers"),
        pytest.param("[" * 200_000, "output cannot be read", id="deep"),
    ],
)
def test_json_of_another_shape_is_one_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(GoError) as raised:
        list_packages(TOOLCHAIN, lambda *_: Run(0, text.encode(), ""), [place(tmp_path)], [LINUX])

    assert str(raised.value).startswith(f"go list: {said}")
    assert "\n" not in str(raised.value)


def test_null_is_absent(tmp_path: Path) -> None:
    """As Go itself reads JSON."""
    text = b'{"ImportPath": "m", "Module": null, "GoFiles": null, "Standard": null, "ImportMap": null}'

    (listing,), _ = list_packages(TOOLCHAIN, lambda *_: Run(0, text, ""), [place(tmp_path)], [LINUX])

    assert listing.packages["m"].module is None
    assert listing.packages["m"].go_files == ()


def test_commands_work_below_a_go_work(tmp_path: Path) -> None:
    (tmp_path / "m").mkdir()
    off = {"GOWORK": "off"}
    assert command_line("go mod tidy", tmp_path / "m", off) == "go mod tidy"
    (tmp_path / "go.work").touch()
    assert command_line("go mod tidy", tmp_path / "m", off) == "GOWORK=off go mod tidy"
    assert command_line("go mod tidy", tmp_path / "m", {}) == "go mod tidy"


@pytest.mark.parametrize(
    ("stderr", "said"),
    [
        pytest.param(
            "go: downloading x v1\ngo: go.mod requires go >= 1.99 (running go 1.26)", "BAZEL_XC_GO", id="old"
        ),
        pytest.param("go: inconsistent vendoring in /w:\n\tx@v1: is not", "run: go mod vendor", id="vendor"),
        pytest.param("go: cannot find main module", "run: go mod init MODULE", id="no_module"),
        pytest.param(
            "go: x/y@v1: module lookup disabled by GOPROXY=off",
            "w: x/y@v1 is not in the module cache; run: go mod download",
            id="not_downloaded",
        ),
        pytest.param("boom", "go list failed in", id="other"),
        pytest.param("", "no output", id="silent"),
    ],
)
def test_failure_is_one_line_with_a_remedy(stderr: str, said: str) -> None:
    text = explain_failure(stderr, Path("w"))

    assert said in text
    assert "\n" not in text
    assert "downloading" not in text


@pytest.mark.parametrize(
    ("position", "place"),
    [
        pytest.param("a/b.go:3:7", ("a/b.go", 3, 7), id="column"),
        pytest.param("a/b.go:3", ("a/b.go", 3, 0), id="line"),
        pytest.param("", ("", 0, 0), id="nothing"),
    ],
)
def test_place_of_an_error(position: str, place: tuple[str, int, int]) -> None:
    assert ListedError("x", position).place() == place


def test_error_about_a_directory_has_no_place() -> None:
    """go tells the first import of it that it met."""
    assert ListedError("found packages a (a.go) and b (b.go) in p", "q/q.go:3:8").place() == ("", 0, 0)


@pytest.mark.parametrize(
    ("stack", "expected"),
    [
        pytest.param(["m/z", "m/a", "m/b", "m/a"], ": m/a -> m/b -> m/a", id="not_what_leads_to_it"),
        pytest.param(["m/a", "m/b", "m/a", "m/a"], ": m/a -> m/a", id="the_last_one"),
        pytest.param(["m/a", "m/b"], "", id="no_cycle"),
        pytest.param([], "", id="nothing"),
    ],
)
def test_cycle_is_told(stack: list[str], expected: str) -> None:
    raw = {"ImportPath": "m/a", "Error": {"ImportStack": stack, "Err": "import cycle not allowed"}}

    error = ListedPackage.from_json(raw).error

    assert error == ListedError(f"import cycle not allowed{expected}", "")


def test_files_of_a_package() -> None:
    package = ListedPackage.from_json(
        {
            "GoFiles": ["a.go"],
            "CgoFiles": ["b.go"],
            "CFiles": ["c.c"],
            "SFiles": ["d.s"],
            "TestGoFiles": ["a_test.go"],
        }
    )

    assert package.files == {"a.go", "b.go", "c.c", "d.s", "a_test.go"}
    assert package.buildable
    assert not ListedPackage.from_json({"TestGoFiles": ["a_test.go"]}).buildable


def test_real_go_agrees(tmp_path: Path) -> None:
    """A cgo package with a fallback: its files change sides with cgo."""
    require("go")
    (tmp_path / "go.mod").write_text("module example.com/m\n\ngo 1.21\n")
    (tmp_path / "cgo.go").write_text('package m\n\n// #cgo LDFLAGS: -lm\n// #include <math.h>\nimport "C"\n')
    (tmp_path / "pure.go").write_text("//go:build !cgo\n\npackage m\n")
    toolchain = find_go(os.environ, tmp_path)

    def run(arguments: list[str], directory: Path, environment: Mapping[str, str]) -> Run:
        return run_go(toolchain.command, arguments, directory, environment, 60)

    (linux, windows), _ = list_packages(toolchain, run, [place(tmp_path)], [LINUX, WINDOWS])

    assert own(linux).cgo_files == ("cgo.go",)
    assert own(linux).cgo["LDFLAGS"] == ("-lm",)
    assert own(windows).go_files == ("pure.go",)
    assert linux.packages["runtime/cgo"].standard


def own(listing: Listing) -> ListedPackage:
    return listing.packages["example.com/m"]
