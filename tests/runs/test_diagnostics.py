"""Errors reach the exit code of every command, and options that a command cannot honour are refused."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from goldens import without_count
from requirements import require

from bazel_xc.cli import main

FILES = {
    "go.mod": "module example.com/m\n\ngo 1.21\n",
    "MODULE.bazel": 'bazel_dep(name = "rules_go", version = "0.62.0")\n',
    "bazel_xc.toml": "[platforms.linux_arm64]\n\n[platforms.windows_arm64]\n",
    "cmd/main.go": "package main\n\nfunc main() {}\n",
}
BROKEN = "go_library(\n"
SYNTAX = "p/BUILD.bazel:1:11: error: '(' was never closed (fix it; the file is left unchanged)\n"


@pytest.fixture(autouse=True)
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small workspace, the current directory."""
    require("go")
    monkeypatch.setenv("GOFLAGS", "")
    monkeypatch.setenv("GOENV", "off")
    _write(tmp_path, FILES)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _write(root: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)


def _git(*arguments: str) -> None:
    require("git")
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.com")
    subprocess.run(["git", *identity, *arguments], check=True, capture_output=True)


@pytest.mark.parametrize("command", [("report",), ("why", "//cmd"), ("matrix",), ("generate", "--check")])
def test_error_is_printed_and_fails(
    command: tuple[str, ...], workspace: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    _write(workspace, {"p/BUILD.bazel": BROKEN})

    assert main([*command]) == 1
    assert SYNTAX in capfd.readouterr().err


def test_compare_prints_errors_of_both_sides_and_fails(
    workspace: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    _write(workspace, {"p/BUILD.bazel": BROKEN})
    _git("init", "-q")
    _git("add", ".")
    _git("commit", "-q", "-m", "broken")
    _write(workspace, {"p/BUILD.bazel": ""})

    assert main(["compare", "HEAD"]) == 1
    assert capfd.readouterr().err == f"HEAD:{SYNTAX}"


def test_compare_names_the_revision_that_has_no_go_mod(
    workspace: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    _git("init", "-q")
    _git("add", "MODULE.bazel")
    _git("commit", "-q", "-m", "no Go yet")

    assert main(["compare", "HEAD"]) == 2
    expected = "bazel-xc: HEAD: no go.mod in this directory or below; run: go mod init MODULE\n"
    assert capfd.readouterr().err == expected


def test_report_on_a_target_that_is_not_there_says_so(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "--target", "cm"]) == 2
    expected = "bazel-xc: --target cm: no target matches; did you mean //cmd?\n"
    assert capfd.readouterr() == ("", expected)


@pytest.mark.parametrize("command", ["generate", "modules", "init"])
def test_commands_that_write_do_so_for_all_platforms(
    command: str, workspace: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main([command, "--platform", "linux_arm64"]) == 2
    expected = f"--platform: {command} writes for all platforms at once; choose them in bazel_xc.toml\n"
    assert capfd.readouterr().err == f"bazel-xc: {expected}"
    assert sorted(path.name for path in workspace.rglob("BUILD*")) == []


def test_platform_named_twice_is_shown_once(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "--platform", "linux_arm64", "--platform", "linux_arm64"]) == 0
    assert capfd.readouterr().out.startswith("example.com/m, go")
    main(["report", "--platform", "linux_arm64"])
    once = capfd.readouterr().out
    main(["report", "--platform", "linux_arm64", "--platform", "linux_arm64"])
    assert capfd.readouterr().out == once


def test_module_in_a_hidden_directory_is_used_by_go_work(
    workspace: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """It is listed with the others, not apart: it imports one of them, which no go.mod requires."""
    tool = 'package main\n\nimport _ "example.com/m/lib"\n\nfunc main() {}\n'
    _write(
        workspace,
        {
            "go.work": "go 1.21\n\nuse .\nuse ./.github/tool\n",
            ".github/tool/go.mod": "module example.com/tool\n\ngo 1.21\n",
            ".github/tool/main.go": tool,
            "lib/lib.go": "package lib\n",
        },
    )

    assert main(["report", "--target", "//.github/..."]) == 0
    out, err = capfd.readouterr()
    assert err == ""
    assert "//.github/tool  pure everywhere" in out


def test_directory_may_be_named_before_the_command(
    workspace: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))

    assert main(["-C", str(workspace), "generate"]) == 0
    assert main([f"-C{workspace}", "generate", "--check"]) == 0
    assert main([f"--root={workspace}", "generate", "--check"]) == 0


def test_import_that_nothing_provides_is_said_at_its_line(
    workspace: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    _write(workspace, {"p/p.go": 'package p\n\nimport (\n\t_ "example.com/m/gone"\n\t_ "other.org/x"\n)\n'})

    assert main(["generate"]) == 0
    what = "warning: no rule and no required module provides import"
    assert without_count(capfd.readouterr().err) == (
        f"p/p.go:4: {what} 'example.com/m/gone' (add the package or a rule that makes it, or choose with:"
        " # gazelle:resolve go example.com/m/gone LABEL)\n"
        f"p/p.go:5: {what} 'other.org/x' (run: go mod tidy, or choose with:"
        " # gazelle:resolve go other.org/x LABEL)\n"
    )
