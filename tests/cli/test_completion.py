"""Completion in shells: the words that a line may go on with, and the code for the shells themselves."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from requirements import require

from bazel_xc.cli.command_line import COMMANDS

TOML = "[platforms.linux_arm64]\n[platforms.freebsd_amd64]\n"


def completed(line: str, root: Path) -> list[str]:
    """The answer to a shell, by argcomplete's protocol."""
    answer = root / "answer"
    settings = {
        "_ARGCOMPLETE": "1",
        "_ARGCOMPLETE_IFS": "\n",
        "_ARGCOMPLETE_STDOUT_FILENAME": str(answer),
        "COMP_LINE": line,
        "COMP_POINT": str(len(line)),
    }
    command = [sys.executable, "-m", "bazel_xc"]
    subprocess.run(command, cwd=root, env=os.environ | settings, check=True, capture_output=True)
    return [each.strip() for each in answer.read_text().splitlines()]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        pytest.param("bazel-xc rep", ["report"], id="command"),
        pytest.param("bazel-xc report --fro", ["--from"], id="option"),
        pytest.param("bazel-xc report --format h", ["html"], id="value"),
        pytest.param("bazel-xc why --platform ", ["linux_arm64", "freebsd_amd64"], id="platform"),
        pytest.param("bazel-xc completion f", ["fish"], id="shell"),
        pytest.param("bazel-xc report 'x --fro", [], id="open quotation"),
    ],
)
def test_words(line: str, words: list[str], tmp_path: Path) -> None:
    (tmp_path / "bazel_xc.toml").write_text(TOML)
    (tmp_path / "go.mod").write_text("module m\n")
    assert completed(line, tmp_path) == words


def test_a_broken_configuration_completes_no_platform(tmp_path: Path) -> None:
    (tmp_path / "bazel_xc.toml").write_text("[")
    (tmp_path / "go.mod").write_text("module m\n")
    assert completed("bazel-xc why --platform ", tmp_path) == []


def test_every_command_is_a_word(tmp_path: Path) -> None:
    assert {*COMMANDS} <= {*completed("bazel-xc ", tmp_path)}


def test_bash_accepts_the_code(tmp_path: Path) -> None:
    bash = require("bash")
    code = _code("bash")
    done = subprocess.run(
        [bash, "--norc", "-c", f"{code}\ncomplete -p bazel-xc"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("bazel-xc\n")


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_accept_the_code(shell: str, tmp_path: Path) -> None:
    if not shutil.which(shell):
        pytest.skip(f"{shell} is not on PATH")
    script = tmp_path / "script"
    script.write_text(_code(shell))
    done = subprocess.run([shell, "-n", str(script)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def _code(shell: str) -> str:
    command = [sys.executable, "-m", "bazel_xc", "completion", shell]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
