"""What MODULE.bazel, WORKSPACE and macros say of repositories."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from bazel_xc.buildfile.module_file import BazelDep
from bazel_xc.buildfile.repositories import GazelleRun, GoRepository, Repositories, read_repositories
from bazel_xc.model import Diagnostic


def _read(files: Mapping[str, str]) -> tuple[Repositories, tuple[Diagnostic, ...]]:
    return read_repositories(lambda path: files[path].encode() if path in files else None)


def _repositories(files: Mapping[str, str]) -> Repositories:
    found, said = _read(files)
    assert said == ()
    return found


RULES_GO = """\
http_archive(
    name = "io_bazel_rules_go",
    urls = [
        "https://mirror.example/github.com/bazelbuild/rules_go/releases/download/v0.34.1/rules_go-v0.34.1.zip",
        "https://github.com/bazelbuild/rules_go/releases/download/v0.34.1/rules_go-v0.34.1.zip",
    ],
)
"""


def test_nothing_declared() -> None:
    assert _repositories({}) == Repositories()


def test_module() -> None:
    found = _repositories(
        {
            "MODULE.bazel": 'module(name = "mine", repo_name = "me")\n'
            'bazel_dep(name = "rules_go", version = "0.50.1")\n'
            'bazel_dep(name = "platforms", version = "0.0.10", repo_name = "plat")\n'
        }
    )
    assert found == Repositories(
        bzlmod=True,
        rules_go="rules_go",
        rules_go_version="0.50.1",
        bazel_deps=(BazelDep("rules_go", "0.50.1", "rules_go"), BazelDep("platforms", "0.0.10", "plat")),
        declared=True,
        own_names=("mine", "me"),
    )
    assert found.version_tuple == (0, 50, 1)
    assert found.bazel_dep("platforms") == BazelDep("platforms", "0.0.10", "plat")
    assert found.bazel_dep("gazelle") is None


def test_names_that_use_repo_brings_in() -> None:
    text = 'bazel_dep(name = "zlib")\nuse_repo(ext, "libpng", mine = "theirs")\nuse_repo(ext, "jpeg")\n'

    assert _repositories({"MODULE.bazel": text}).repository_names == {"libpng", "mine", "jpeg"}


def test_names_that_a_workspace_declares() -> None:
    files = {
        "WORKSPACE": 'workspace(name = "me")\nload("//:deps.bzl", "deps")\nhttp_archive(name = "libpng")\n',
        "deps.bzl": 'def deps():\n    maybe(http_archive, name = "zlib")\n',
    }
    assert _repositories(files).repository_names == {"libpng", "zlib"}


def test_module_override() -> None:
    text = """
go_deps = use_extension("@gazelle//:extensions.bzl", "go_deps")
go_deps.module_override(path = "e.com/a", repo_name = "special")
go_deps.module_override(path = "e.com/b", patches = ["//:b.patch"])
"""
    assert _repositories({"MODULE.bazel": text}).go_repositories == (GoRepository("e.com/a", "special"),)


@pytest.mark.parametrize(
    ("files", "bzlmod", "rules_go"),
    [
        pytest.param({"MODULE.bazel": ""}, True, "rules_go", id="empty_module"),
        pytest.param({"WORKSPACE": ""}, False, "io_bazel_rules_go", id="empty_workspace"),
        pytest.param({"WORKSPACE.bazel": RULES_GO}, False, "io_bazel_rules_go", id="workspace"),
        pytest.param(
            {"WORKSPACE": RULES_GO.replace("io_bazel_", "")}, False, "rules_go", id="workspace_newer_name"
        ),
        pytest.param(
            {"MODULE.bazel": "", "WORKSPACE": RULES_GO},
            False,
            "io_bazel_rules_go",
            id="module_without_rules_go",
        ),
        pytest.param(
            {"MODULE.bazel": 'bazel_dep(name = "rules_go", repo_name = "go")\n', "WORKSPACE": RULES_GO},
            True,
            "go",
            id="both",
        ),
    ],
)
def test_which_file_counts(files: Mapping[str, str], bzlmod: bool, rules_go: str) -> None:
    found = _repositories(files)
    assert (found.bzlmod, found.rules_go) == (bzlmod, rules_go)


@pytest.mark.parametrize(
    ("text", "version"),
    [
        pytest.param(RULES_GO, (0, 34, 1), id="urls"),
        pytest.param(
            'http_archive(name = "io_bazel_rules_go", strip_prefix = "rules_go-0.29.0")\n',
            (0, 29, 0),
            id="strip_prefix",
        ),
        pytest.param(
            'http_archive(name = "io_bazel_rules_go",'
            ' url = "https://github.com/bazelbuild/rules_go/archive/refs/tags/v0.46.0.tar.gz")\n',
            (0, 46, 0),
            id="tag",
        ),
        pytest.param('local_repository(name = "io_bazel_rules_go", path = "x")\n', (), id="unknown"),
    ],
)
def test_version_of_an_archive(text: str, version: tuple[int, ...]) -> None:
    assert _repositories({"WORKSPACE": text}).version_tuple == version


ONE = 'go_repository(name = "one", importpath = "e.com/one")\n'
TWO = """\
def more():
    go_repository(
        name = "two",
        build_naming_convention = "import",
        importpath = "e.com/two",
    )
"""


@pytest.mark.parametrize(
    ("files", "names"),
    [
        pytest.param({"WORKSPACE": ONE}, ["one"], id="in_the_file"),
        pytest.param({"WORKSPACE": 'load("//:d.bzl", "more")\n', "d.bzl": TWO}, ["two"], id="loaded"),
        pytest.param(
            {"WORKSPACE": 'load("@//b:d.bzl", "more")\n', "b/d.bzl": TWO}, ["two"], id="loaded_by_main"
        ),
        pytest.param(
            {"WORKSPACE": 'load("//b:d.bzl", "more")\n', "b/d.bzl": 'load(":e.bzl", "x")\n', "b/e.bzl": TWO},
            ["two"],
            id="loaded_by_what_is_loaded",
        ),
        pytest.param(
            {"WORKSPACE": "# gazelle:repository_macro b/d.bzl%more\n", "b/d.bzl": TWO},
            ["two"],
            id="directive",
        ),
        pytest.param(
            {"WORKSPACE": 'workspace(name = "me")\nload("@me//b:d.bzl", "more")\n', "b/d.bzl": TWO},
            ["two"],
            id="loaded_by_the_workspaces_own_name",
        ),
        pytest.param({"WORKSPACE": 'load("@other//:d.bzl", "more")\n', "d.bzl": TWO}, [], id="of_others"),
        pytest.param({"WORKSPACE": 'load("//:none.bzl", "more")\n'}, [], id="not_there"),
        pytest.param(
            {"WORKSPACE": 'load("//:d.bzl", "x")\n', "d.bzl": 'load("//:d.bzl", "x")\n' + TWO},
            ["two"],
            id="loads_itself",
        ),
        pytest.param(
            {"WORKSPACE": 'deps.go_repository(name = "x", importpath = "y")\n'}, ["x"], id="of_a_struct"
        ),
    ],
)
def test_go_repositories(files: Mapping[str, str], names: list[str]) -> None:
    assert [each.name for each in _repositories(files).go_repositories] == names


def test_naming_of_a_repository() -> None:
    found = _repositories({"WORKSPACE": 'load("//:d.bzl", "more")\n', "d.bzl": TWO})
    assert found.go_repositories == (GoRepository("e.com/two", "two", "import"),)


@pytest.mark.parametrize("name", ["MODULE.bazel", "WORKSPACE"])
def test_broken_file_is_said(name: str) -> None:
    found, said = _read({name: "x(\n"})
    assert found.go_repositories == ()
    assert [(each.path, each.line, each.code, each.severity) for each in said] == [
        (name, 1, "syntax", "error")
    ]


def test_runs_of_gazelle_in_repositories_of_modules() -> None:
    tags = """\
go_deps.gazelle_default_attributes(directives = ["gazelle:proto disable"])
go_deps.gazelle_override(path = "a.org/a", build_file_generation = "off")
go_deps.gazelle_override(
    path = "a.org/b",
    directives = [
        "gazelle:go_naming_convention   import",
        "gazelle:go_naming_convention_external go_default_library",
    ],
)
go_deps.module_override(path = "a.org/c", patches = ["//:c.patch"])
"""
    assert _repositories({"MODULE.bazel": tags}).gazelle_runs == (
        GazelleRun(path="", has_directives=True),
        GazelleRun(path="a.org/a", generation="off"),
        GazelleRun(path="a.org/b", naming="import", has_directives=True),
    )


def test_runs_of_gazelle_in_repositories_of_a_workspace() -> None:
    rules = """\
go_repository(name = "a", importpath = "a.org/a")
go_repository(name = "b", importpath = "a.org/b", build_naming_convention = "go_default_library")
go_repository(
    name = "c",
    build_directives = ["gazelle:go_naming_convention import"],
    build_file_generation = "on",
    build_naming_convention = "go_default_library",
    importpath = "a.org/c",
)
"""
    assert _repositories({"WORKSPACE": rules}).gazelle_runs == (
        GazelleRun(path="a.org/a", generation="auto"),
        GazelleRun(path="a.org/b", generation="auto", naming="go_default_library"),
        GazelleRun(path="a.org/c", naming="import", has_directives=True),
    )


def test_the_longest_import_path_decides() -> None:
    rules = """\
go_repository(name = "a", importpath = "a.org/a")
go_repository(name = "deep", importpath = "a.org/a/deep")
"""
    found = _repositories({"WORKSPACE": rules})
    names = {path: found.go_repository(path) for path in ("a.org/a/deep/x", "a.org/a/x", "a.org/ab", "x")}
    assert {path: each.name if each else "" for path, each in names.items()} == {
        "a.org/a/deep/x": "deep",
        "a.org/a/x": "a",
        "a.org/ab": "",
        "x": "",
    }


def test_files_are_utf_8_whatever_they_say() -> None:
    text = '\ufeff# coding: latin-1\nbazel_dep(name = "rules_go", version = "0.50.1", repo_name = "ü")\n'

    found = _repositories({"MODULE.bazel": text})

    assert found.bazel_deps == (BazelDep("rules_go", "0.50.1", "ü"),)
