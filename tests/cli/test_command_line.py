"""What every command shares: exit codes, interrupts, and one line for whatever goes wrong."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable
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
    monkeypatch.setattr("bazel_xc.commands.generate.generate", interrupt)
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


@pytest.fixture
def run(workspace: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs a command line of a shell in which ``bazel-xc`` is this one."""

    def execute(line: str, **environment: str) -> subprocess.CompletedProcess[str]:
        text = f'bazel-xc() {{ {shlex.quote(sys.executable)} -m bazel_xc "$@"; }}\n{line}'
        variables = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **environment}
        command = ["bash", "-c", text]
        return subprocess.run(command, env=variables, capture_output=True, text=True, check=False)

    return execute


@pytest.mark.parametrize(
    ("line", "code"),
    [
        pytest.param("bazel-xc generate --diff | true; exit ${PIPESTATUS[0]}", 1, id="differences"),
        pytest.param("bazel-xc report | true; exit ${PIPESTATUS[0]}", 0, id="none"),
        pytest.param("bazel-xc generate --check 2>&1 | true; exit ${PIPESTATUS[0]}", 1, id="both"),
    ],
)
def test_a_closed_pipe_keeps_the_exit_code(
    run: Callable[..., subprocess.CompletedProcess[str]], line: str, code: int
) -> None:
    done = run(line)
    assert (done.returncode, done.stderr) == (code, "")


FULL = "bazel-xc: standard output: No space left on device\n"
CLOSED = "bazel-xc: standard output: Bad file descriptor\n"


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        pytest.param("bazel-xc report >/dev/full", 2, FULL, id="full"),
        pytest.param("bazel-xc report >&-", 2, CLOSED, id="closed"),
        pytest.param("bazel-xc --help >&-", 2, CLOSED, id="help"),
        pytest.param("bazel-xc report 2>&- >&-", 2, "", id="both"),
        pytest.param("bazel-xc report >/dev/null 2>/dev/full", 0, "", id="diagnostics"),
        pytest.param(
            "bazel-xc scan-log <&-", 2, "bazel-xc: -: cannot be read: Bad file descriptor\n", id="input"
        ),
    ],
)
def test_streams_that_lead_nowhere(
    run: Callable[..., subprocess.CompletedProcess[str]], line: str, code: int, said: str
) -> None:
    done = run(line)
    assert (done.returncode, done.stderr) == (code, said)


def test_what_the_encoding_lacks_is_escaped(
    run: Callable[..., subprocess.CompletedProcess[str]], workspace: Path
) -> None:
    (workspace / "→.go").write_text("package m\n")
    done = run("bazel-xc generate --diff", PYTHONIOENCODING="cp1252")
    assert done.returncode == 1
    assert r"\u2192.go" in done.stdout


@pytest.mark.parametrize("seconds", ["nan", "inf", "1e400", "-1", "0", "soon"])
def test_time_limits_that_are_none(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], seconds: str
) -> None:
    monkeypatch.setenv("BAZEL_XC_TIMEOUT", seconds)
    assert main(["report"]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"bazel-xc: BAZEL_XC_TIMEOUT: {seconds!r} is not a number of seconds")
    assert said.count("\n") == 1


@pytest.mark.parametrize(
    ("error", "said"),
    [
        pytest.param(OSError(5, "Input/output error", "a/b"), "a/b: Input/output error", id="file"),
        pytest.param(OSError(5, "Input/output error"), "Input/output error; -v shows where", id="no file"),
        pytest.param(
            ValueError("odd\nthing"), "ValueError: odd; -v shows where, please report it", id="value"
        ),
        pytest.param(
            RecursionError(), "something is nested too deeply; -v shows where, please report it", id="depth"
        ),
        pytest.param(MemoryError(), "out of memory", id="memory"),
    ],
)
def test_what_nobody_foresaw_is_one_line(
    workspace: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: Exception,
    said: str,
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("bazel_xc.commands.generate.generate", fail)
    assert main(["generate"]) == 2
    assert capsys.readouterr().err == f"bazel-xc: {said}\n"
    assert main(["generate", "-v"]) == 2
    assert capsys.readouterr().err.startswith("Traceback (most recent call last):\n")


def test_a_root_whose_name_is_too_long(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "-C", "x/" * 3000]) == 2
    assert capsys.readouterr().err.endswith(": File name too long\n")


def test_a_deeply_nested_configuration(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (workspace / "bazel_xc.toml").write_text(f"x = {'[' * 5000}{']' * 5000}\n")
    assert main(["report"]) == 2
    assert capsys.readouterr().err == "bazel-xc: bazel_xc.toml: values are nested too deeply\n"
