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


WORSE = """\
C: HEAD → the workspace
1 target got worse

Worse: cmd/greet/main.go:5 imports ./sysinfo (COMMIT)
  C toolchain → cannot build on darwin_arm64: //cmd/greet
  pure → cannot build on windows: //cmd/greet
  through ./cmd/greet -> ./sysinfo
  To undo this, remove that import.
"""


def git(root: Path, *arguments: str) -> str:
    command = ["git", "-c", "user.name=t", "-c", "user.email=t@example.com", *arguments]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout.strip()


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

    assert capsys.readouterr().out == WORSE.replace("COMMIT", "not committed")
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
        pytest.param(["HEAD", "--fail-on", "worse"], "'worse' is not one of new-cgo", id="gate"),
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
        "cannot build everywhere: 1 package below ./cmd/greet cannot be built\n"
        "  ./sysinfo  (main.go:5): no file of it compiles there\n"
        "  Removing this import would let it build:\n"
        "    cmd/greet/main.go:5 imports ./sysinfo\n"
    )
    assert main(["why", "-C", str(changed), "//cmd/gree"]) == 2
    assert "did you mean" in capsys.readouterr().err


def test_commit_with_the_import_is_named_and_undoing_it_is_better(
    changed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    git(changed, "commit", "-qam", "Show the system")
    short = git(changed, "rev-parse", "--short", "HEAD")
    main(["compare", "HEAD~1", "-C", str(changed)])

    text = WORSE.replace("COMMIT", f"{short} Show the system").replace("C: HEAD →", "C: HEAD~1 →")
    assert capsys.readouterr().out == text
    main(["compare", "HEAD", "HEAD~1", "-C", str(changed)])
    out = capsys.readouterr().out
    assert "1 target got better\n\nBetter: through " in out
    assert "To undo" not in out


def test_pull_request_begins_with_what_got_worse(changed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["compare", "HEAD", "-C", str(changed), "--format", "markdown"])

    assert capsys.readouterr().out.startswith(
        "### C: 1 target got worse\n\n`HEAD` → `the workspace`\n\n"
        "**Worse**: `cmd/greet/main.go:5` imports `./sysinfo` (not committed)\n"
    )


def test_several_formats_from_one_run(changed: Path, tmp_path: Path) -> None:
    files = [tmp_path / "c.html", tmp_path / "c.json", tmp_path / "c.sarif"]
    assert main(["compare", "HEAD", "-C", str(changed), "-o", ",".join(map(str, files))]) == 0

    page, text, _ = (each.read_text("utf-8") for each in files)
    raw = json.loads(text)
    assert "<h1>C: 1 target got worse</h1>" in page
    assert "<script" not in page
    assert raw["schema"] == 1
    assert [block["kind"] for block in raw["blocks"]] == ["worse"]
    assert raw["verdicts"][0]["cut"][0]["path"] == "cmd/greet/main.go"


def test_revision_is_remembered(
    changed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A tree is checked out once; another configuration, or --no-cache, is another question."""
    trace, command = tmp_path / "trace", ["compare", "HEAD", "-C", str(changed)]
    monkeypatch.setenv("GIT_TRACE", str(trace))

    def outcome(*more: str) -> tuple[str, bool]:
        trace.unlink(missing_ok=True)
        main([*command, *more])
        return capsys.readouterr().out, "worktree add" in trace.read_text("utf-8")

    first = outcome()
    assert first == (WORSE.replace("COMMIT", "not committed"), True)
    assert outcome() == (first[0], False)
    assert outcome("--no-cache") == first
    git(changed, "commit", "--allow-empty", "-qm", "the same tree")
    assert outcome()[1] is False
    (changed / "bazel_xc.toml").write_text("[platforms.linux_amd64]\ncgo = true\n", encoding="utf-8")
    assert outcome()[1] is True


def test_revision_with_unknown_parts_is_not_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    require("go")
    require("git")
    monkeypatch.setenv("GOFLAGS", "-mod=mod")
    (tmp_path / "go.mod").write_text("module m\n\ngo 1.21\n\nrequire example.com/gone v1.0.0\n", "utf-8")
    (tmp_path / "main.go").write_text(
        'package main\n\nimport _ "example.com/gone"\n\nfunc main() {}\n', "utf-8"
    )
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "base")
    trace = tmp_path / "trace"
    monkeypatch.setenv("GIT_TRACE", str(trace))
    for _ in range(2):
        trace.unlink(missing_ok=True)
        main(["compare", "HEAD", "-C", str(tmp_path)])
        capsys.readouterr()
        assert "worktree add" in trace.read_text("utf-8")
