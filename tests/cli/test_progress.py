"""The line about the work at hand: on a terminal only, and gone when the work ends."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from requirements import require
from terminals import on_terminal, visible

COMMAND = [sys.executable, "-m", "bazel_xc", "report", "--no-cache"]


@pytest.fixture
def slow(tmp_path: Path) -> dict[str, str]:
    """A workspace in ``tmp_path``, and variables for a go that lists slowly."""
    real = require("go")
    (tmp_path / "go.mod").write_text("module example.com/m\n\ngo 1.21\n", encoding="utf-8")
    (tmp_path / "main.go").write_text("package main\n\nfunc main() {}\n", encoding="utf-8")
    go = tmp_path / "root" / "bin" / "go"
    go.parent.mkdir(parents=True)
    home = f'sed "1s|.*|{go.parent.parent}|"'  # the go command is looked for in its GOROOT
    cases = f'"list -e"*) sleep 1;;\nenv*) {real} "$@" | {home}; exit;;'
    go.write_text(f'#!/bin/sh\ncase "$*" in\n{cases}\nesac\nexec {real} "$@"\n', encoding="utf-8")
    go.chmod(0o755)
    asked = subprocess.run([real, "env", "GOROOT"], capture_output=True, text=True, check=True)
    goroot = asked.stdout.strip()
    (go.parent.parent / "src").symlink_to(Path(goroot, "src"))
    return {"BAZEL_XC_GO": str(go)}


def test_line_is_drawn_and_erased(tmp_path: Path, slow: dict[str, str]) -> None:
    text, code = on_terminal(COMMAND, tmp_path, errors=True, variables=slow)

    assert code == 0
    assert re.search(r"\r\033\[Klisting linux_amd64 \(1 of 10\)… [1-9]\d* s", text)
    assert text.endswith("\r\033[K")
    assert visible(text) == ""


def test_narrow_terminal_is_not_filled(tmp_path: Path, slow: dict[str, str]) -> None:
    text, _ = on_terminal(COMMAND, tmp_path, errors=True, variables={**slow, "COLUMNS": "20"})

    assert max(len(each) for each in text.split("\r\033[K")) == 19


@pytest.mark.parametrize(
    ("options", "variables"),
    [
        pytest.param(["-q"], {}, id="quiet"),
        pytest.param([], {"TERM": "dumb"}, id="dumb"),
        pytest.param([], {"TERM": ""}, id="no_kind_of_terminal"),
    ],
)
def test_no_line(tmp_path: Path, slow: dict[str, str], options: list[str], variables: dict[str, str]) -> None:
    assert on_terminal([*COMMAND, *options], tmp_path, errors=True, variables={**slow, **variables}) == (
        "",
        0,
    )


def test_pipe_has_no_line(tmp_path: Path, slow: dict[str, str]) -> None:
    done = subprocess.run(
        COMMAND, cwd=tmp_path, env={**os.environ, **slow}, capture_output=True, text=True, check=True
    )

    assert (done.stderr, "\033" in done.stdout) == ("", False)


def test_line_is_gone_before_an_error(tmp_path: Path, slow: dict[str, str]) -> None:
    """The message is on a line of its own."""
    text, code = on_terminal(COMMAND, tmp_path, errors=True, variables={**slow, "BAZEL_XC_TIMEOUT": "0.7"})

    assert code == 2
    assert "\033[K" in text
    assert visible(text).startswith("bazel-xc: go ")


def test_signal_erases_the_line(tmp_path: Path, slow: dict[str, str]) -> None:
    text, code = on_terminal(COMMAND, tmp_path, errors=True, until=lambda data: b" s" in data, variables=slow)

    assert code == -15
    assert text.endswith("\r\033[K")


def test_kept_run_repeats_no_progress_and_no_time(tmp_path: Path, slow: dict[str, str]) -> None:
    command = [each for each in COMMAND if each != "--no-cache"]
    kept = {**slow, "BAZEL_XC_CACHE": str(tmp_path / "kept")}
    first, _ = on_terminal(command, tmp_path, errors=True, variables=kept)
    again, _ = on_terminal(command, tmp_path, errors=True, variables=kept)

    assert visible(first) == visible(again)


def test_generate_ends_with_numbers_and_time(tmp_path: Path, slow: dict[str, str]) -> None:
    (tmp_path / "MODULE.bazel").write_text('module(name = "m")\n', encoding="utf-8")
    command = [sys.executable, "-m", "bazel_xc", "generate", "--no-cache"]
    text, code = on_terminal(command, tmp_path, errors=True, variables=slow)

    assert code == 0
    assert re.search(
        r"^wrote (\d+) files \(\1 new, 0 changed\) in \d+\.\d s\b.*; 0 up to date$", visible(text), re.M
    )
