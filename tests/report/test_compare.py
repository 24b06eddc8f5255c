"""What changed between reports: over the bundled example, in git and in files."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from requirements import require

from bazel_xc.cli import main

EXAMPLE = Path(__file__).parents[2] / "testdata" / "example"


@pytest.fixture
def changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The example in a sub-directory of a repository, with an import added since the last commit."""
    require("go")
    require("git")
    root = tmp_path / "repository" / "code"
    shutil.copytree(EXAMPLE, root)
    for name, value in {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}.items():
        monkeypatch.setenv(name, value)
    for arguments in (
        ["init", "-q"],
        ["add", "-A"],
        ["-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-qm", "base"],
    ):
        subprocess.run(["git", *arguments], cwd=root.parent, check=True)
    path = root / "cmd" / "greet" / "main.go"
    path.write_text(path.read_text().replace("import (", 'import (\n\t_ "example.com/greet/sysinfo"', 1))
    return root


def test_an_import_that_loses_windows(changed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = subprocess.run(
        ["git", "status", "--porcelain"], cwd=changed, capture_output=True, text=True, check=True
    )
    assert main(["compare", "HEAD", "-C", str(changed), "--fail-on", "worse-verdict"]) == 1

    assert capsys.readouterr().out == (
        "cgo: HEAD → the workspace\n"
        "  //cmd/greet:greet on darwin_arm64: c-toolchain → blocked (worse)\n"
        "    example.com/greet/cmd/greet → example.com/greet/sysinfo\n"
        "    example.com/greet/cmd/greet imports example.com/greet/sysinfo (cmd/greet/main.go:5)\n"
        "    to undo this, remove one import: example.com/greet/cmd/greet imports example.com/greet/sysinfo"
        " (cmd/greet/main.go:5)\n"
        "  //cmd/greet:greet on windows_amd64, windows_arm64: pure → blocked (worse)\n"
        "    example.com/greet/cmd/greet → example.com/greet/sysinfo\n"
        "    example.com/greet/cmd/greet imports example.com/greet/sysinfo (cmd/greet/main.go:5)\n"
        "    to undo this, remove one import: example.com/greet/cmd/greet imports example.com/greet/sysinfo"
        " (cmd/greet/main.go:5)\n"
    )
    after = subprocess.run(
        ["git", "status", "--porcelain"], cwd=changed, capture_output=True, text=True, check=True
    )
    trees = subprocess.run(
        ["git", "worktree", "list"], cwd=changed, capture_output=True, text=True, check=True
    )
    assert (before.stdout, trees.stdout.count("\n")) == (after.stdout, 1)


def test_saved_reports_are_compared_without_git(
    changed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(EXAMPLE, tmp_path / "old")
    names = [str(tmp_path / "old.json"), str(tmp_path / "new.json")]
    for root, name in zip((tmp_path / "old", changed), names, strict=True):
        assert main(["report", "-C", str(root), "--format", "json", "-o", name]) == 0

    assert main(["compare", *names, "--format", "json", "--fail-on", "new-cgo,new-c-need"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [(each["label"], each["after"], each["worse"]) for each in found["verdicts"]] == [
        ("//cmd/greet:greet", "blocked", True),
        ("//cmd/greet:greet", "blocked", True),
    ]
    assert main(["compare", names[0], names[0]]) == 0
    assert "nothing changed" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["nonesuch"], "nonesuch: no such revision", id="revision"),
        pytest.param(["none.json"], "none.json: cannot be read", id="file"),
        pytest.param(["HEAD", "--fail-on", "worse"], "'worse' is none of new-cgo", id="gate"),
    ],
)
def test_what_cannot_be_compared(
    changed: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert main(["compare", "-C", str(changed), *arguments]) == 2
    assert said in capsys.readouterr().err


def test_why_names_places_and_near_names(changed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["why", "-C", str(changed), "./cmd/greet", "--platform", "windows_arm64"]) == 0
    assert capsys.readouterr().out == (
        "example.com/greet/cmd/greet on windows_arm64: blocked\n"
        "  example.com/greet/cmd/greet\n"
        "    -> example.com/greet/sysinfo  (cmd/greet/main.go:5)\n"
        "  every way passes example.com/greet/sysinfo\n"
        "  without this import there would be no way:\n"
        "    example.com/greet/cmd/greet imports example.com/greet/sysinfo  (cmd/greet/main.go:5)\n"
    )
    assert main(["why", "-C", str(changed), "//cmd/gree"]) == 2
    assert "did you mean" in capsys.readouterr().err
