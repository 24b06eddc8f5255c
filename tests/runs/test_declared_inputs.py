"""Declared inputs suffice: golden trees compile from nothing but the files that their rules name.

For every golden case with a go_library that uses cgo and needs no C from outside. What is compiled is the
workspace as it stands after the run: ``input`` with ``want`` over it.
"""

from __future__ import annotations

import platform
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import declared_inputs
import pytest

GOLDEN = Path(__file__).parents[2] / "testdata" / "golden"
# Cases about which the host's compiler cannot be asked, and why.
LEFT_OUT: Mapping[str, str] = {
    **{
        case.name: "its C comes from rules and modules that are made up"
        for case in GOLDEN.glob("c_*")
        if (case / "want").is_dir()
    },
    "beside_gazelle": "go does not build all of its packages",
    "cgo_below_vendored_on_one_platform": "go wants all of vendor/, of which rules declare their part",
    "cgo_macro_that_nothing_defines": "its headers are found by includes of rules, which are not followed",
    "cdeps_spelt_another_way": "it shows a label of nothing",
    "cgo_cdeps_of_another_repository": "a header is in a repository that is made up",
    "cgo_flags_of_tags": "it builds with its tags only; test_goldens_build does so with Bazel",
    "glob_in_a_condition": "it shows a header whose library cannot be known",
    "mode_cgo_beside_gazelle": "its sources are what Gazelle once wrote, and gone",
}
# Linking is slow, and only where libraries are in the tree does it tell more than compiling.
LINKED = "cgo_archive_"
# The flags that go lets through by itself are fewer than those that rules_go hands on.
ENVIRONMENT = {"GOPROXY": "off", "CGO_CFLAGS_ALLOW": ".*", "CGO_LDFLAGS_ALLOW": ".*"}
BROKEN = frozenset({"broken_build_file", "many_lists_added"})  # they cannot be parsed
PARTS = ("input", "want")
CASES = sorted(
    case.name
    for case in GOLDEN.iterdir()
    if case.name not in BROKEN and any(declared_inputs.cgo_packages(case / part) for part in PARTS)
)


@pytest.mark.parametrize("name", [each for each in CASES if each not in LEFT_OUT])
def test_declared_inputs_suffice(name: str, require: Callable[[str], str], tmp_path: Path) -> None:
    _needs_compiler(require)
    _after_the_run(name, tmp_path)

    packages = declared_inputs.cgo_packages(tmp_path)
    link = name.startswith(LINKED)
    said = {path: declared_inputs.compile_alone(tmp_path, path, ENVIRONMENT, link=link) for path in packages}

    assert said == dict.fromkeys(packages, "")


def test_undeclared_input_is_noticed(require: Callable[[str], str], tmp_path: Path) -> None:
    _needs_compiler(require)
    _after_the_run("cgo_include_of_sibling_in_root_package", tmp_path)
    build_file = tmp_path / "pkg" / "draw" / "BUILD.bazel"
    build_file.write_text(build_file.read_text().replace('"//:pkg_draw_cgo"', ""))

    assert "draw.h: No such file" in declared_inputs.compile_alone(tmp_path, "pkg/draw", ENVIRONMENT)


def test_undeclared_library_is_noticed(require: Callable[[str], str], tmp_path: Path) -> None:
    _needs_compiler(require)
    _after_the_run("cgo_archive_named_by_path", tmp_path)
    build_file = tmp_path / "one" / "BUILD.bazel"
    build_file.write_text(build_file.read_text().replace('"libone.a"', '"other.a"'))

    said = declared_inputs.compile_alone(tmp_path, "one", ENVIRONMENT, link=True)

    assert "libone.a: No such file" in said


def test_there_are_cases() -> None:
    assert len(CASES) > len(LEFT_OUT)
    assert any(name.startswith(LINKED) for name in CASES)
    assert set(CASES) >= LEFT_OUT.keys()


def _needs_compiler(require: Callable[[str], str]) -> None:
    require("go")
    require("gcc")
    require("pkg-config")  # go runs it for the flags of some
    if platform.system() != "Linux" or platform.machine() != "x86_64":
        pytest.skip("the libraries of the cases are for linux_amd64")


def _after_the_run(name: str, root: Path) -> None:
    for part in PARTS:
        if (GOLDEN / name / part).is_dir():
            shutil.copytree(GOLDEN / name / part, root, symlinks=True, dirs_exist_ok=True)
