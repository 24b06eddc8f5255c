"""The GitHub action: valid, and each of its scripts runs on a clone of the bundled example."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from documents import DOCS, REPOSITORY
from requirements import require
from ruamel.yaml import YAML

ACTION = REPOSITORY / "action.yml"
_STUB = '#!/bin/sh\nexec "{python}" -m bazel_xc "$@"\n'
_RECORD = '#!/bin/sh\necho "$@" >> "{log}"\n'
_GIT_CONFIG = "[safe]\n\tdirectory = *\n[uploadpack]\n\tallowAnySHA1InWant = true\n"
_GIT = ("git", "-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "protocol.file.allow=always")


def _action() -> Any:  # noqa: ANN401 - YAML
    return YAML(typ="safe").load(ACTION)


def _script(name: str) -> str:
    (step,) = (each for each in _action()["runs"]["steps"] if each["name"] == name)
    return str(step["run"])


def test_it_is_valid() -> None:
    command = [
        sys.executable,
        "-m",
        "check_jsonschema",
        "--builtin-schema",
        "vendor.github-actions",
        str(ACTION),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_inputs_are_declared_and_used() -> None:
    action = _action()
    used = set(re.findall(r"inputs\.([\w-]+)", ACTION.read_text()))
    assert used == set(action["inputs"])
    shown = YAML(typ="safe").load(DOCS / "ci" / "github-action.yml")
    (step,) = (each for each in shown["jobs"]["check"]["steps"] if each["uses"].startswith("bazel-xc/"))
    assert set(step["with"]) <= used


def test_no_expression_is_part_of_a_script() -> None:
    """A title of a pull request or an input must not become commands."""
    assert [each["name"] for each in _action()["runs"]["steps"] if "${{" in each.get("run", "")] == []


@pytest.fixture
def machine(tmp_path: Path) -> tuple[Path, dict[str, str]]:
    """A shallow clone of a repository with a change, and the environment of a runner."""
    require("go")
    require("git")
    origin, clone, programs = tmp_path / "origin", tmp_path / "clone", tmp_path / "bin"
    programs.mkdir()
    for name, text in {
        "bazel-xc": _STUB.format(python=sys.executable),
        "gh": _RECORD.format(log=tmp_path / "gh.log"),
        "pipx": _RECORD.format(log=tmp_path / "pipx.log"),
    }.items():
        (programs / name).write_text(text)
        (programs / name).chmod(0o755)
    env = os.environ | {
        "BAZEL_XC_CACHE": str(tmp_path / "cache"),
        "GITHUB_ENV": str(tmp_path / "env"),
        "GITHUB_OUTPUT": str(tmp_path / "output"),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
        "GIT_CONFIG_GLOBAL": str(tmp_path / "gitconfig"),
        "GOFLAGS": "",
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": os.pathsep.join(filter(None, (os.environ.get("PYTHONPATH"), str(REPOSITORY)))),
        "RUNNER_TEMP": str(tmp_path / "temp"),
    }
    (tmp_path / "temp").mkdir()
    (tmp_path / "gitconfig").write_text(_GIT_CONFIG)
    shutil.copytree(REPOSITORY / "testdata" / "example", origin)
    subprocess.run([*_GIT, "init", "-q"], cwd=origin, check=True, env=env)
    _run("bazel-xc generate", origin, env)
    _commit(origin, env, "base")
    env["BASE"] = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=origin, capture_output=True, text=True, check=True
    ).stdout.strip()
    (origin / "internal" / "posix" / "c.go").write_text('package posix\n\n// int one(void);\nimport "C"\n')
    _commit(origin, env, "change")
    subprocess.run(["git", "clone", "-q", "--depth=1", origin.as_uri(), str(clone)], check=True, env=env)
    return clone, env


def _commit(folder: Path, env: dict[str, str], message: str) -> None:
    subprocess.run([*_GIT, "add", "-A"], cwd=folder, check=True, env=env)
    subprocess.run([*_GIT, "commit", "-q", "-m", message], cwd=folder, check=True, env=env)


def _run(script: str, folder: Path, env: dict[str, str], expect: int = 0, **more: str) -> str:
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]  # as the runner starts it
    done = subprocess.run(command, cwd=folder, env=env | more, capture_output=True, text=True, check=False)
    assert done.returncode == expect, f"{script}\n{done.stdout}{done.stderr}"
    return done.stdout


def test_the_scripts_run(machine: tuple[Path, dict[str, str]], tmp_path: Path) -> None:
    clone, env = machine
    _run(_script("Install bazel-xc"), clone, env, VERSION="0.1.0")
    _run(_script("Install bazel-xc"), clone, env, VERSION="")
    assert (tmp_path / "pipx.log").read_text() == "install bazel-xc==0.1.0\ninstall bazel-xc\n"
    _run(_script("Download the modules of Go"), clone, env)
    _run(_script("Work out the key of caches"), clone, env)
    assert re.fullmatch(r"key=[0-9a-f]{64}\n", (tmp_path / "output").read_text())
    _run(_script("Check the modules"), clone, env)
    diff = _run(_script("Check the BUILD files"), clone, env, expect=1)
    assert "+++ b/internal/posix/BUILD.bazel" in diff
    _run(_script("Compare with the base"), clone, env, expect=1, FAIL_ON="new-cgo")
    assert "internal/posix" in (tmp_path / "summary").read_text()
    _run(_script("Comment on the pull request"), clone, env, NUMBER="7")
    assert (tmp_path / "gh.log").read_text().startswith("pr comment 7 --edit-last")
    _run(_script("Write the findings"), clone, env)
    assert (tmp_path / "temp" / "bazel-xc.sarif").read_text().startswith("{")


def test_a_comparison_that_fails_leaves_no_comment(
    machine: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    clone, env = machine
    _run(_script("Compare with the base"), clone, env, expect=128, BASE="0" * 40, FAIL_ON="")
    _run(_script("Comment on the pull request"), clone, env, NUMBER="7")
    assert not (tmp_path / "gh.log").exists()
