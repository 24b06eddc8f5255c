"""The samples of the README are what the commands write for the bundled example."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from documents import README, REPOSITORY, codes
from requirements import require


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    require("go")
    return Path(shutil.copytree(REPOSITORY / "testdata" / "example", tmp_path / "greet"))


def _run(root: Path, *arguments: str) -> str:
    path = os.pathsep.join(filter(None, (os.environ.get("PYTHONPATH"), str(REPOSITORY))))
    command = [sys.executable, "-m", "bazel_xc", *arguments, "-C", str(root)]
    env = os.environ | {"GOFLAGS": "", "PYTHONPATH": path}
    return subprocess.run(command, check=True, capture_output=True, text=True, env=env).stdout


def test_the_rule_is_the_generated_one(workspace: Path) -> None:
    (sample,) = [each.text for each in codes(README) if each.language == "python"]
    _run(workspace, "generate")
    written = (workspace / "greeting" / "BUILD.bazel").read_text(encoding="utf-8")

    assert sample in written.replace("@io_bazel_rules_go//", "@rules_go//")


def test_the_report_is_the_printed_one(workspace: Path) -> None:
    (sample,) = [each.text for each in codes(README) if each.text.startswith("example.com/greet, ")]
    printed = _run(workspace, "report")
    head = re.compile(r"^example.com/greet, .*")

    assert head.sub("", printed).startswith(head.sub("", sample))


def test_two_commands_set_up_a_checkout() -> None:
    commands = [each.text for each in codes(README) if each.text.startswith("make")]

    assert [line.split(" #")[0].strip() for line in "".join(commands).splitlines()] == [
        "make demo",
        "make test",
    ]
