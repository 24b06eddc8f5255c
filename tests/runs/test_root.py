"""Commands are run from any directory of a workspace, and the workspace is reached by any path."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from goldens import GOLDEN, arguments, isolate, lay_out, read_tree, text_of, wanted_files, without_count
from requirements import require

from bazel_xc.cli import main
from bazel_xc.cli.common import find_root

MODULE = 'bazel_dep(name = "rules_go", version = "0.62.0")\n'
NOWHERE = (
    "bazel-xc: no go.mod, go.work, MODULE.bazel or WORKSPACE here or in any parent directory;"
    " cd into a Go module or use -C DIR\n"
)
FILES = {
    "MODULE.bazel": MODULE,
    "bazel_xc.toml": "[platforms.linux_amd64]\n",
    "go.mod": "module example.com/m\n\ngo 1.21\n",
    "a/a.go": "package a\n",
    "a/b/b.go": "package b\n",
    "cmd/main.go": 'package main\n\nimport _ "example.com/m/a"\n\nfunc main() {}\n',
}
REPOSITORY = Path(__file__).parents[2]
# How a workspace `w` is reached from its parent directory, where `link` leads to `w` and `above/here` to the
# parent: the directory to run in, and the root that is named.
WAYS = [
    pytest.param("w", (), id="inside"),
    pytest.param(".", ("-C", "w"), id="relative"),
    pytest.param("link", (), id="inside the link"),
    pytest.param("link", ("-C", "."), id="dot inside the link"),
    pytest.param(".", ("-C", "link"), id="link"),
    pytest.param("above/here/w", (), id="below a link"),
    pytest.param("w", ("-C", "../above/here/link/../w"), id="roundabout"),
]
WRITTEN = ["a/BUILD.bazel", "a/b/BUILD.bazel", "cmd/BUILD.bazel"]


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return make(tmp_path / "w", FILES)


def make(root: Path, files: dict[str, str]) -> Path:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root


@pytest.mark.parametrize(
    ("files", "start", "root"),
    [
        pytest.param(("go.mod", "MODULE.bazel"), "a/b", "", id="both in the root"),
        pytest.param(("WORKSPACE", "a/go.mod"), "a/b", "", id="Bazel's above go's"),
        pytest.param(("WORKSPACE.bazel", "a/MODULE.bazel"), "a/b", "a", id="the nearest of Bazel's"),
        pytest.param(("bazel_xc.toml", "a/go.mod"), "a/b", "", id="our own file"),
        pytest.param(("REPO.bazel",), "a/b", "", id="REPO.bazel"),
        pytest.param(("go.work", "a/go.mod"), "a/b", "", id="go.work above go.mod"),
        pytest.param(("go.mod", "a/go.mod"), "a/b", "a", id="the nearest go.mod"),
        pytest.param(("a/b/go.mod",), "a/b", "a/b", id="here"),
        pytest.param(("a/b/c/go.mod",), "a/b", None, id="only below"),
        pytest.param((), "a/b", None, id="nothing"),
    ],
)
def test_the_root(tmp_path: Path, files: tuple[str, ...], start: str, root: str | None) -> None:
    make(tmp_path, {**dict.fromkeys(files, ""), f"{start}/x": ""})
    assert find_root(tmp_path / start) == (None if root is None else tmp_path / root)


def test_a_directory_is_no_marker(tmp_path: Path) -> None:
    make(tmp_path, {"go.mod": "", "a/WORKSPACE/x": ""})
    assert find_root(tmp_path / "a") == tmp_path


@pytest.mark.parametrize(
    ("start", "arguments", "written"),
    [
        pytest.param("a", (), WRITTEN, id="everything"),
        pytest.param("a", (".",), WRITTEN[:2], id="here"),
        pytest.param("a", ("b",), WRITTEN[1:2], id="below"),
        pytest.param("a/b", ("../../cmd",), WRITTEN[2:], id="elsewhere"),
        pytest.param("a", ("..",), WRITTEN, id="the root"),
    ],
)
def test_generate(
    workspace: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    start: str,
    arguments: tuple[str, ...],
    written: list[str],
) -> None:
    """Arguments are relative to the current directory, what is printed to the root."""
    monkeypatch.chdir(workspace / start)
    assert main(["generate", *arguments]) == 0

    said = capsys.readouterr().out.splitlines()
    assert [line for line in said if "platforms/" not in line] == written
    assert all((workspace / path).is_file() for path in said)
    assert any("platforms/" in line for line in said) == (written == WRITTEN)


def test_with_a_root_that_is_named_arguments_are_relative_to_it(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(workspace / "cmd")
    assert main(["generate", "-C", str(workspace), "a/b"]) == 0
    assert capsys.readouterr().out == "a/b/BUILD.bazel\n"


def test_generate_of_the_root_is_generate(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(workspace)
    main(["generate", "--check"])
    whole = capsys.readouterr().out
    main(["generate", "--check", "."])
    assert capsys.readouterr().out == whole
    assert "platforms/BUILD.bazel" in whole


def test_generate_of_a_directory_takes_the_platforms_in_it(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (workspace / "bazel_xc.toml").write_text('[build]\nplatforms_package = "build/platforms"\n')
    (workspace / "build").mkdir()
    monkeypatch.chdir(workspace)
    main(["generate", "build"])
    assert capsys.readouterr().out.splitlines()[0] == "build/platforms/BUILD.bazel"
    assert main(["generate", "--check", "a"]) == 1
    assert capsys.readouterr().out.splitlines() == [f"stale: {path}" for path in WRITTEN[:2]]


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("report",), id="report"),
        pytest.param(("why", "./b"), id="why"),
        pytest.param(("matrix",), id="matrix"),
        pytest.param(("modules", "--check"), id="modules"),
        pytest.param(("fingerprint",), id="fingerprint"),
    ],
)
def test_other_commands_say_the_same_below(
    workspace: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
) -> None:
    monkeypatch.chdir(workspace / "a")
    below = main([*arguments]), capsys.readouterr().out
    monkeypatch.chdir(workspace)
    above = main(["./a/b" if each == "./b" else each for each in arguments]), capsys.readouterr().out
    assert below == above


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("generate",), id="generate"),
        pytest.param(("report",), id="report"),
        pytest.param(("why", "x"), id="why"),
        pytest.param(("compare", "HEAD"), id="compare"),
        pytest.param(("modules",), id="modules"),
        pytest.param(("doctor",), id="doctor"),
        pytest.param(("matrix",), id="matrix"),
        pytest.param(("fingerprint",), id="fingerprint"),
    ],
)
def test_outside_of_any_workspace(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    assert capsys.readouterr().err == NOWHERE


def test_what_needs_no_workspace_runs_anywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("log").write_text("all is well\n")
    assert main(["scan-log", "log"]) == 0
    main(["compare", "a.json", "b.json"])
    assert capsys.readouterr().err.startswith("bazel-xc: a.json: cannot be read")


# A workspace that is reached in another way


@pytest.mark.parametrize(
    "name",
    [
        "cgo_archive_in_other_directory",
        "go_work",
        "library_and_test",
        "modules_headers_of_a_module",
        "nested_module",
        "vendored_tree",
    ],
)
@pytest.mark.parametrize(("folder", "root"), WAYS)
def test_whole_runs(
    name: str, folder: str, root: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cases of test_golden that show each kind of workspace; PWD is as the shell sets it after ``cd``."""
    require("go")
    isolate(monkeypatch, tmp_path / "modules")
    case = GOLDEN / name
    lay_out(case, tmp_path / "w")
    link(tmp_path)
    before = read_tree(tmp_path / "w")

    path = os.pathsep.join(filter(None, (str(REPOSITORY), os.environ.get("PYTHONPATH"))))
    command, *options = arguments(case)
    done = subprocess.run(
        [sys.executable, "-m", "bazel_xc", command, *root, *options],
        cwd=tmp_path / folder,
        env={**os.environ, "PWD": str(tmp_path / folder), "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )

    after = read_tree(tmp_path / "w")
    changed = {path: data for path, data in after.items() if before.get(path) != data}
    assert (done.returncode, without_count(done.stderr)) == (0, text_of(case / "want.stderr"))
    assert changed == wanted_files(case)
    assert set(done.stdout.splitlines()) >= changed.keys()


@pytest.mark.parametrize(("folder", "root"), WAYS)
def test_reports(
    folder: str,
    root: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    require("go")
    isolate(monkeypatch, tmp_path / "modules")
    lay_out(GOLDEN / "report_of_several_binaries", tmp_path / "w")
    link(tmp_path)
    main(["report", "--format", "json", "-C", str(tmp_path / "w")])
    expected = capsys.readouterr()

    monkeypatch.chdir(tmp_path / folder)
    monkeypatch.setenv("PWD", str(tmp_path / folder))
    main(["report", "--format", "json", *root])

    assert capsys.readouterr() == expected


def link(parent: Path) -> None:
    """The links by which ``WAYS`` reach the workspace."""
    (parent / "link").symlink_to("w")
    (parent / "above").mkdir()
    (parent / "above" / "here").symlink_to(parent)
