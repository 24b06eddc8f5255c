"""The paths that a command depends on, for each sort of thing that a workspace may lead to."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest
from attrs import evolve
from requirements import require

from bazel_xc.commands.inputs import Inputs, inputs_of
from bazel_xc.commands.options import Options
from bazel_xc.commands.snapshot import Snapshot, take_snapshot
from bazel_xc.memory.watch import state
from bazel_xc.tree import MemoryTree

_ROOT_FILES = ("go.mod", "go.work", "MODULE.bazel", "WORKSPACE", "REPO.bazel")
GO_MOD = "module example.com/m\n\ngo 1.21\n"
NEAR_MOD = "module example.com/near\n\ngo 1.21\n"
USES_NEAR = f"{GO_MOD}\nrequire example.com/near v0.0.0\n\nreplace example.com/near => ../near\n"


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    require("go")
    monkeypatch.setenv("GOFLAGS", "")
    monkeypatch.delenv("GOWORK", raising=False)


def _snapshot(base: Path, files: Mapping[str, str]) -> Snapshot:
    """The snapshot of the workspace ``w`` in a folder with some files."""
    for path, text in {"w/go.mod": GO_MOD, "w/a/a.go": "package a\n", **files}.items():
        (base / path).parent.mkdir(parents=True, exist_ok=True)
        (base / path).write_text(text)
    return take_snapshot(Options(root=base / "w"))


def _inputs(base: Path, files: Mapping[str, str]) -> Inputs:
    found = inputs_of(_snapshot(base, files), None)
    assert found is not None
    return found


def _paths(base: Path, files: Mapping[str, str]) -> set[str]:
    """The inputs in a folder, relative to it."""
    found = (os.path.relpath(each, base) for each in _inputs(base, files).paths)
    return {each for each in found if not each.startswith("..")}


def test_directories_and_files_of_the_workspace(tmp_path: Path) -> None:
    files = {
        "w/MODULE.bazel": "",
        "w/a/BUILD.bazel": "",
        "w/a/a.h": "",
        "w/a/notes.txt": "",
        "w/empty/notes.txt": "",
        "w/testdata/t.go": "package t\n",
        "w/_hidden/h.go": "package h\n",
        "w/.dotted/d.go": "package d\n",
        "w/.git/config": "",
        "w/vendor/modules.txt": "",
    }

    found = _paths(tmp_path, files)

    assert found >= {"w", "w/a", "w/empty", "w/testdata", "w/_hidden", "w/.dotted"}
    assert found >= {path for path in files if not path.endswith(("notes.txt", ".git/config"))}
    assert found >= {"w/go.mod", "w/a/a.go"}
    assert found.isdisjoint({"w/a/notes.txt", "w/empty/notes.txt", "w/.git", "w/.git/config"})


def test_files_that_are_not_there(tmp_path: Path) -> None:
    missing = {*_ROOT_FILES, "bazel_xc.toml", ".bazelignore"}

    found = _paths(tmp_path, {})

    assert found >= {f"w/{name}" for name in missing}
    assert found >= missing


def test_another_configuration(tmp_path: Path) -> None:
    (tmp_path / "other.toml").write_text("")
    found = inputs_of(_snapshot(tmp_path, {}), tmp_path / "other.toml")

    assert found is not None
    assert str(tmp_path / "other.toml") in found.paths


def test_go_and_places_where_another_one_would_be_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", f"{tmp_path}/early{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("GOENV", str(tmp_path / "goenv"))
    snapshot = _snapshot(tmp_path, {"goenv": ""})
    found = inputs_of(snapshot, None)

    assert found is not None
    toolchain = snapshot.toolchain
    assert {str(tmp_path / "early" / "go"), str(tmp_path / "goenv"), toolchain.command} <= found.paths
    assert f"{toolchain.goroot}/VERSION" in found.paths
    assert not [each for each in found.paths if each.startswith(f"{toolchain.goroot}/src")]


@pytest.mark.skipif(os.name == "nt", reason="a script is no program of Windows")
def test_go_that_the_environment_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may be a link, or a script that starts another go tomorrow."""
    script = tmp_path / "bin" / "mygo"
    script.parent.mkdir()
    script.write_text(f'#!/bin/sh\nexec "{require("go")}" "$@"\n')
    script.chmod(0o755)
    monkeypatch.setenv("BAZEL_XC_GO", str(script))
    assert str(script) in _inputs(tmp_path, {}).paths

    monkeypatch.setenv("BAZEL_XC_GO", "mygo")
    monkeypatch.setenv("PATH", f"{tmp_path}/early{os.pathsep}{script.parent}{os.pathsep}{os.environ['PATH']}")
    assert {str(tmp_path / "early" / "mygo"), str(script)} <= _inputs(tmp_path, {}).paths


NEAR = {"near/go.mod": NEAR_MOD, "near/n/n.go": "package n\n", "near/n/n.txt": "", "near/o/o.h": ""}
WATCHED = {"near", "near/go.mod", "near/n", "near/n/n.go", "near/o", "near/o/o.h"}


@pytest.mark.parametrize(
    "code",
    [
        pytest.param('package b\n\nimport _ "example.com/near/n"\n', id="imported"),
        pytest.param('package b\n\nimport _ "example.com/near/gone"\n', id="imported_package_is_not_there"),
        pytest.param("package b\n", id="not_imported"),
    ],
)
def test_module_beside_the_workspace(code: str, tmp_path: Path) -> None:
    found = _paths(tmp_path, {**NEAR, "w/go.mod": USES_NEAR, "w/b/b.go": code})

    assert found >= WATCHED
    assert "near/n/n.txt" not in found


def test_module_beside_the_workspace_that_is_not_there(tmp_path: Path) -> None:
    code = 'package b\n\nimport _ "example.com/near/n"\n'

    assert "near" in _paths(tmp_path, {"w/go.mod": USES_NEAR, "w/b/b.go": code})


@pytest.mark.parametrize("used", ["use (\n\t.\n\t../near\n)\n", 'use .\n\nuse "../near" // ../no //no\n'])
def test_module_that_go_work_uses(used: str, tmp_path: Path) -> None:
    found = _paths(tmp_path, {**NEAR, "w/go.work": f"go 1.21\n\n{used}"})

    assert found >= WATCHED


def test_go_work_that_the_environment_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOWORK", str(tmp_path / "my.work"))
    found = _paths(tmp_path, {**NEAR, "my.work": "go 1.21\n\nuse ./w\n\nuse ./near\n"})

    assert found >= WATCHED | {"my.work"}


@pytest.mark.skipif(os.name == "nt", reason="Windows needs a privilege for links")
def test_import_through_a_link_to_a_directory(tmp_path: Path) -> None:
    (tmp_path / "w").mkdir()
    (tmp_path / "w" / "link").symlink_to("../away")
    files = {"away/x/x.go": "package x\n", "w/b/b.go": 'package b\n\nimport _ "example.com/m/link/x"\n'}

    assert _paths(tmp_path, files) >= {"w/link/x", "w/link/x/x.go"}


SUMMED = "example.com/{0} v1.0.0 h1:{1}=\nexample.com/{0} v1.0.0/go.mod h1:{1}=\n"


def _cache_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("GOMODCACHE", str(tmp_path / "cache"))
    return "cache/example.com"


def test_modules_that_are_not_downloaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also those that a module requires, which only go.sum names before Go 1.17."""
    cache = _cache_of(tmp_path, monkeypatch)
    files = {
        "w/go.mod": f"{GO_MOD}\nrequire example.com/One v1.0.0\n",
        "w/go.sum": SUMMED.format("One", "A" * 43) + SUMMED.format("two", "A" * 43),
        "w/b/b.go": 'package b\n\nimport _ "example.com/One"\n',
    }

    found = _paths(tmp_path, files)

    assert found >= {f"{cache}/!one@v1.0.0", f"{cache}/two@v1.0.0"}
    download = "cache/cache/download/example.com"
    assert found >= {f"{download}/!one/@v/v1.0.0.mod", f"{download}/two/@v/v1.0.0.mod"}


@pytest.mark.parametrize("there", [True, False])
def test_where_go_looks_for_downloads(there: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The module cache may be missing as a whole, because all modules are vendored."""
    cache = _cache_of(tmp_path, monkeypatch)
    if there:
        (tmp_path / cache).mkdir(parents=True)
    files = {
        "w/go.mod": f"{GO_MOD}\nrequire example.com/one v1.0.0\n",
        "w/vendor/modules.txt": "# example.com/one v1.0.0\n## explicit\nexample.com/one\n",
        "w/vendor/example.com/one/one.go": "package one\n",
    }

    found = _inputs(tmp_path, files)

    modules = {f"{tmp_path}/{cache}/one@v1.0.0"}
    downloads = {f"{tmp_path}/cache/cache/download/example.com/one/@v/v1.0.0.mod"}
    assert found.paths >= modules | downloads
    assert found.downloads == (downloads if there else modules | downloads)


def test_module_cache_that_vanishes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = _cache_of(tmp_path, monkeypatch)
    module = {
        f"{cache}/one@v1.0.0/one.go": "package one\n",
        f"{cache}/one@v1.0.0/go.mod": "module example.com/one\n",
    }
    mod = f"{GO_MOD}\nrequire example.com/one v1.0.0\n\nreplace example.com/one => ../{cache}/one@v1.0.0\n"
    used = 'package a\n\nimport _ "example.com/one"\n'
    snapshot = _snapshot(tmp_path, {**module, "w/go.mod": mod, "w/a/a.go": used})
    assert inputs_of(snapshot, None) is not None
    (tmp_path / "cache").rename(tmp_path / "hidden")

    assert inputs_of(snapshot, None) is None


def test_module_of_the_cache_is_one_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = _cache_of(tmp_path, monkeypatch)
    snapshot = _snapshot(tmp_path, {f"{cache}/one@v1.0.0/sub/one.go": "package one\n"})
    tree = snapshot.workspace.tree
    tree.read(f"{tmp_path}/{cache}/one@v1.0.0/sub/one.go")
    tree.read(f"{snapshot.toolchain.goroot}/src/os/file.go")
    found = inputs_of(snapshot, None)

    assert found is not None
    below = {each for each in found.paths if each.startswith(f"{tmp_path}/cache")}
    assert below == {f"{tmp_path}/{cache}/one@v1.0.0"}


def test_files_have_the_state_in_which_they_were_read(tmp_path: Path) -> None:
    snapshot = _snapshot(tmp_path, {})
    file = tmp_path / "w" / "a" / "a.go"
    then = state(str(file))
    file.write_text("package changed\n")
    found = inputs_of(snapshot, None)

    assert found is not None
    assert found.read[str(file)] == then != state(str(file))


def test_facts_are_of_files_with_a_head(tmp_path: Path) -> None:
    snapshot = _snapshot(tmp_path, {"w/b/b.go": "package b\n", "w/b/broken.go": "package\n"})
    found = inputs_of(snapshot, None)

    assert found is not None
    of_go = {path for path, each in found.facts.items() if isinstance(each, tuple) and len(each) > 1}
    assert {os.path.relpath(each, tmp_path) for each in of_go} == {"w/a/a.go", "w/b/b.go"}


def test_file_that_changes_between_two_reads_has_no_inputs(tmp_path: Path) -> None:
    snapshot = _snapshot(tmp_path, {})
    tree = snapshot.workspace.tree
    file = tmp_path / "w" / "notes"
    for text in ("one", "another"):
        file.write_text(text)
        with tree.open("notes"):
            pass

    assert inputs_of(snapshot, None) is None


@pytest.mark.parametrize("flag", ["-modfile=other.mod", "-overlay=x.json", "-v -overlay x", "--modfile=x"])
def test_flags_that_name_other_files(flag: str, tmp_path: Path) -> None:
    snapshot = _snapshot(tmp_path, {})
    toolchain = evolve(snapshot.toolchain, environment={**snapshot.toolchain.environment, "GOFLAGS": flag})

    assert inputs_of(snapshot, None) is not None
    assert inputs_of(evolve(snapshot, toolchain=toolchain), None) is None


def test_tree_in_memory_has_no_inputs(tmp_path: Path) -> None:
    snapshot = _snapshot(tmp_path, {})
    workspace = evolve(snapshot.workspace, tree=MemoryTree({}))

    assert inputs_of(evolve(snapshot, workspace=workspace), None) is None
