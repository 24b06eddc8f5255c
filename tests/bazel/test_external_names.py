"""Names of libraries in repositories of modules, by how Gazelle is run there and what a module comes with."""

from __future__ import annotations

from pathlib import Path

import pytest

from bazel_xc.bazel.external_names import ExternalNames, LibraryName
from bazel_xc.buildfile.repositories import GazelleRun, Repositories

PATH = "a.org/m"
RULE = 'go_library(name = "own", importpath = "a.org/m/p")\n'
ALIASED = RULE + 'alias(name = "p", actual = ":own")\n'
EMBEDDED = 'go_proto_library(name = "p_proto", importpath = "a.org/m/p")\n' + RULE.replace(
    ")", ', embed = [":p_proto"])'
)
DIRECTIVE = "# gazelle:go_naming_convention go_default_library\n"


def name_of(root: Path | None, *runs: GazelleRun, bzlmod: bool = True, module: str = PATH) -> LibraryName:
    repositories = Repositories(bzlmod=bzlmod, gazelle_runs=runs)
    return ExternalNames(repositories, {module: root} if root else {}).of(f"{module}/p", module)


def lay_out(root: Path, in_root: str | None, in_package: str | None) -> Path:
    (root / "p").mkdir()
    for path, text in (("BUILD.bazel", in_root), ("p/BUILD", in_package)):
        if text is not None:
            (root / path).write_text(text)
    return root


def run(generation: str = "on", naming: str = "", directives: bool = False) -> GazelleRun:
    return GazelleRun(path=PATH, generation=generation, naming=naming, has_directives=directives)


WRITTEN = LibraryName(written=("own",), certain=True)
GENERATED = LibraryName(certain=True)


@pytest.mark.parametrize(
    ("in_root", "in_package", "runs", "found"),
    [
        pytest.param("", RULE, (), WRITTEN, id="comes with rules"),
        pytest.param("", ALIASED, (), LibraryName(written=("own", "p"), certain=True), id="and an alias"),
        pytest.param("", EMBEDDED, (), WRITTEN, id="that embed another"),
        pytest.param("", RULE + RULE, (), LibraryName(), id="two rules"),
        pytest.param("", "make()\n", (), LibraryName(), id="made by a macro"),
        pytest.param("", "broken(", (), LibraryName(), id="that cannot be read"),
        pytest.param("", None, (), LibraryName(), id="only in the root"),
        pytest.param(None, RULE, (), GENERATED, id="only below the root"),
        pytest.param(None, None, (), GENERATED, id="comes with none"),
        pytest.param("", RULE, (run("off"),), WRITTEN, id="off"),
        pytest.param(None, RULE, (run("off"),), WRITTEN, id="off, none in the root"),
        pytest.param("", RULE, (run("auto"),), WRITTEN, id="auto"),
        pytest.param("", RULE, (run("on"),), GENERATED, id="on"),
        pytest.param("", RULE, (run("clean"),), GENERATED, id="clean"),
        pytest.param(
            "",
            RULE,
            (run("on", "import", directives=True),),
            LibraryName(convention="import", certain=True),
            id="with a convention",
        ),
        pytest.param(
            DIRECTIVE,
            RULE,
            (run("on"),),
            LibraryName(convention="go_default_library", certain=True),
            id="a directive of its own",
        ),
        pytest.param(
            DIRECTIVE, RULE, (run("on", directives=True),), GENERATED, id="a directive that is overwritten"
        ),
        pytest.param(DIRECTIVE, RULE, (run("clean"),), GENERATED, id="a directive that is cleaned away"),
        pytest.param("", RULE, (GazelleRun(path=""),), GENERATED, id="on for all"),
        pytest.param("", RULE, (GazelleRun(path=""), run("off")), WRITTEN, id="on for all others"),
        pytest.param("", RULE, (GazelleRun(path="b.org/m"),), WRITTEN, id="on for another"),
    ],
)
def test_modules(
    in_root: str | None,
    in_package: str | None,
    runs: tuple[GazelleRun, ...],
    found: LibraryName,
    tmp_path: Path,
) -> None:
    assert name_of(lay_out(tmp_path, in_root, in_package), *runs) == found


def test_a_module_that_is_not_on_disk() -> None:
    assert name_of(None) == LibraryName()
    assert name_of(None, run("on")) == GENERATED
    assert name_of(None, run("auto", "import")) == LibraryName(convention="import", certain=True)


def test_what_gazelle_does_of_its_own_accord(tmp_path: Path) -> None:
    root = lay_out(tmp_path, None, None)
    default = LibraryName(convention="go_default_library", certain=True)
    cel = "github.com/google/cel-go"
    assert name_of(root, module=cel) == default
    assert name_of(root, GazelleRun(path=cel), module=cel) == GENERATED
    assert name_of(root, GazelleRun(path=""), module=cel) == default
    everywhere = GazelleRun(path="", naming="import", has_directives=True)
    assert name_of(root, everywhere, module=cel) == LibraryName(convention="import", certain=True)


def test_a_workspace_has_no_table_and_may_not_name_a_module(tmp_path: Path) -> None:
    root = lay_out(tmp_path, "", RULE)
    assert name_of(root, bzlmod=False) == LibraryName()
    assert name_of(root, run("auto"), bzlmod=False) == WRITTEN
    cel = GazelleRun(path="github.com/google/cel-go", generation="on")
    assert name_of(root, cel, bzlmod=False, module=cel.path) == GENERATED


def test_what_is_a_bazel_module_keeps_its_files(tmp_path: Path) -> None:
    names = ExternalNames(Repositories(), {PATH: lay_out(tmp_path, None, RULE)})
    assert names.of("a.org/m/p", PATH, is_bazel_module=True) == WRITTEN
