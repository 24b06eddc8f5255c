"""The hooks for pre-commit: valid command lines, for the files that they depend on."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from bazel_xc.cli.command_line import _parsed

HOOKS = YAML(typ="safe").load(Path(__file__).parents[2] / ".pre-commit-hooks.yaml")


@pytest.mark.parametrize("hook", HOOKS, ids=[each["id"] for each in HOOKS])
def test_the_command_is_valid(hook: dict[str, str]) -> None:
    program, *arguments = shlex.split(hook["entry"])
    assert program == "bazel-xc"
    assert _parsed(arguments).check


@pytest.mark.parametrize(
    ("path", "hooks"),
    [
        pytest.param("a/b.go", ["bazel-xc-generate", "bazel-xc-modules"], id="Go"),
        pytest.param("a/b.h", ["bazel-xc-generate"], id="header"),
        pytest.param("a/BUILD", ["bazel-xc-generate"], id="BUILD"),
        pytest.param("a/BUILD.bazel", ["bazel-xc-generate"], id="BUILD.bazel"),
        pytest.param("go.sum", ["bazel-xc-modules"], id="go.sum"),
        pytest.param("go.mod", ["bazel-xc-generate", "bazel-xc-modules"], id="go.mod"),
        pytest.param("docs/go.md", [], id="document"),
        pytest.param("REBUILD", [], id="end of a name"),
    ],
)
def test_the_files_that_start_it(path: str, hooks: list[str]) -> None:
    assert [each["id"] for each in HOOKS if re.search(each["files"], path)] == hooks
