"""The examples for CI: valid, and each command of the workflow runs on a copy of the bundled example."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from documents import DOCS, PAGES, REPOSITORY, codes
from requirements import require
from ruamel.yaml import YAML

FILES = tuple(sorted((DOCS / "ci").iterdir()))
HOOKS = REPOSITORY / ".pre-commit-hooks.yaml"
_SCHEMAS = {"gitlab": "vendor.gitlab-ci", "github": "vendor.github-workflows"}
_STUB = '#!/bin/sh\nexec "{python}" -m bazel_xc "$@"\n'


def _yaml(path: Path) -> Any:  # noqa: ANN401 - YAML
    return YAML(typ="safe").load(path)


@pytest.mark.parametrize(
    "path", [each for each in FILES if each.stem != "pre-commit"], ids=lambda each: each.name
)
def test_it_is_valid(path: Path) -> None:
    schema = _SCHEMAS[path.stem.partition("-")[0]]
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout


def test_the_hooks_exist() -> None:
    (repository,) = _yaml(DOCS / "ci" / "pre-commit.yml")["repos"]

    assert [each["id"] for each in repository["hooks"]] == [each["id"] for each in _yaml(HOOKS)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_yaml_of_pages_is_a_file(page: Path) -> None:
    """A block of YAML is one of the files here, so that it is checked."""
    shown = [each.text for each in codes(page) if each.language.split(" ")[0] in ("yaml", "yml")]

    assert [each for each in shown if each not in {path.read_text(encoding="utf-8") for path in FILES}] == []


def _scripts(job: dict[str, Any]) -> Iterator[str]:
    for step in job["steps"]:
        if "run" in step and "if" not in step:
            yield step["run"]


def test_the_workflow_runs(tmp_path: Path) -> None:
    require("go")
    require("git")
    workspace, programs, output = tmp_path / "workspace", tmp_path / "bin", tmp_path / "output"
    shutil.copytree(REPOSITORY / "testdata" / "example", workspace)
    programs.mkdir()
    texts = {
        "bazel-xc": _STUB.format(python=sys.executable),
        "pipx": "#!/bin/sh\n",
        "bazel": '#!/bin/sh\necho "$@"\n',
    }
    for name, text in texts.items():
        (programs / name).write_text(text)
        (programs / name).chmod(0o755)
    env = os.environ | {
        "GITHUB_OUTPUT": str(output),
        "GOFLAGS": "",
        "HOME": str(tmp_path),
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": os.pathsep.join(filter(None, (os.environ.get("PYTHONPATH"), str(REPOSITORY)))),
        "RUNNER_TEMP": str(tmp_path),
    }

    def run(script: str, **more: str) -> str:
        command = ["bash", "-e", "-c", script]  # as the runner starts it
        done = subprocess.run(
            command, cwd=workspace, env=env | more, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{script}\n{done.stdout}{done.stderr}"
        return done.stdout

    run("bazel-xc generate")
    jobs = _yaml(DOCS / "ci" / "github.yml")["jobs"]
    for script in (*_scripts(jobs["check"]), *_scripts(jobs["matrix"])):
        run(script)
    matrix = json.loads(output.read_text().partition("matrix=")[2])
    first = matrix["include"][0]
    *_, said = [
        run(each, PLATFORM=first["platform"], TARGETS=first["targets"]) for each in _scripts(jobs["build"])
    ]

    assert f"--config={first['platform']}" in said
    assert (tmp_path / "targets").read_text().split() == first["targets"].split()
    assert re.search(r"^key=[0-9a-f]{64}$", output.read_text(), re.MULTILINE)
