"""The JSON that every command prints fits the schema that is shipped for it."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from requirements import require

import bazel_xc
from bazel_xc.cli import main
from bazel_xc.cli.command_line import COMMANDS

DATA = Path(bazel_xc.__file__).parent / "data"
EXAMPLE = Path(__file__).parents[2] / "testdata" / "example"
LOG = """\
# example.com/app/sys
sys/sys.go:3:10: fatal error: madeup.h: No such file or directory
"""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The example, with a commit before a change that loses Windows."""
    require("go")
    require("git")
    root = tmp_path / "example"
    shutil.copytree(EXAMPLE, root)
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "base"]):
        identity = ["-c", "user.name=t", "-c", "user.email=t@example.com"]
        subprocess.run(["git", *identity, *command], cwd=root, check=True)
    path = root / "cmd" / "greet" / "main.go"
    path.write_text(path.read_text().replace("import (", 'import (\n\t_ "example.com/greet/sysinfo"', 1))
    (root / "build.log").write_text(LOG, encoding="utf-8")
    monkeypatch.chdir(root)
    return root


def schema(command: str) -> Any:  # noqa: ANN401 - JSON
    """The schema of a command."""
    return json.loads((DATA / f"{command}.schema.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["report"], id="report"),
        pytest.param(["why", "//cmd/greet"], id="why"),
        pytest.param(["why", "//banner:banner_test"], id="why_not"),
        pytest.param(["compare", "HEAD"], id="compare"),
        pytest.param(["matrix", "--cgo", "both"], id="matrix"),
        pytest.param(["doctor"], id="doctor"),
        pytest.param(["scan-log", "build.log"], id="scan_log"),
        pytest.param(["fingerprint"], id="fingerprint"),
        pytest.param(["verify", "go.mod", "--platform", "linux_amd64"], id="verify_no_binary"),
    ],
)
@pytest.mark.usefixtures("root")
def test_output_fits(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    main([*arguments, "--format", "json", "-q"])
    found = json.loads(capsys.readouterr().out)

    jsonschema.validate(found, schema(arguments[0]))
    assert found["schema"] == 1


def test_verified_binary_fits(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "main.go").write_text("package main\n\nfunc main() {}\n", encoding="utf-8")
    subprocess.run(["go", "build", "-o", "program", "main.go"], cwd=root, check=True)
    main(["verify", "program", "--platform", "linux_amd64", "--format", "json"])

    jsonschema.validate(json.loads(capsys.readouterr().out), schema("verify"))


def test_every_command_with_json_has_a_schema(capsys: pytest.CaptureFixture[str]) -> None:
    with_json = set()
    for command in COMMANDS:
        with pytest.raises(SystemExit):
            main([command, "--help"])
        text = capsys.readouterr().out.replace(" ", "")
        if "--format{" in text and "json" in text.partition("--format{")[2].partition("}")[0]:
            with_json.add(command)

    assert with_json == {path.name.partition(".")[0] for path in DATA.glob("*.schema.json")} - {"config"}
