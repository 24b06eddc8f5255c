"""What every command shares: exit codes, interrupts, and one line for whatever goes wrong."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from bazel_xc.cli import main
from bazel_xc.scratch import Scratch

GO_MOD = "module example.com/m\n\ngo 1.21\n"


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A module with one package and the working directory in it."""
    root = tmp_path / "w"
    root.mkdir()
    (root / "go.mod").write_text(GO_MOD)
    (root / "a.go").write_text("package m\n")
    (root / "MODULE.bazel").write_text('bazel_dep(name = "rules_go", version = "0.62.0")\n')
    monkeypatch.chdir(root)
    return root


def interrupt(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def test_interrupted_before_writing(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("bazel_xc.cli.generate.generate", interrupt)
    assert main(["generate"]) == 128 + signal.SIGINT
    assert capsys.readouterr().err == "bazel-xc: interrupted; no file was changed\n"


def test_interrupted_after_writing(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is said of files that may have been changed."""
    monkeypatch.setattr("bazel_xc.cli.generate.print", interrupt, raising=False)
    assert main(["generate"]) == 128 + signal.SIGINT
    assert capsys.readouterr().err == "bazel-xc: interrupted\n"
    assert (workspace / "BUILD.bazel").exists()


def test_interrupted_while_writing(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def prepare(parent: str) -> Scratch:
        signal.raise_signal(signal.SIGTERM)
        return Scratch(parent)

    monkeypatch.setattr("bazel_xc.write.Scratch", prepare)
    assert main(["generate"]) == 128 + signal.SIGTERM
    assert capsys.readouterr().err == "bazel-xc: interrupted; nothing was changed\n"
    assert sorted(path.name for path in workspace.iterdir()) == ["MODULE.bazel", "a.go", "go.mod"]
