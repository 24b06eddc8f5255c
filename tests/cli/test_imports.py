"""A command imports what it needs, so that the light ones start quickly."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from requirements import require

from bazel_xc.golang.toolchain import find_go

HEAVY = ("bazel_xc.golang.listing", "bazel_xc.buildfile", "bazel_xc.bazel", "bazel_xc.graph", "networkx")
# The packages that a repeated result does without; most of its time would be theirs.
NOT_REPEATED = (
    *("argparse", "attrs", "networkx", "subprocess", "tomli"),
    *("bazel_xc.bazel", "bazel_xc.buildfile", "bazel_xc.commands", "bazel_xc.golang", "bazel_xc.tree"),
)
RUN = """
import sys
from bazel_xc.cli import main
try:
    code = main(sys.argv[1:])
except SystemExit as e:
    code = e.code
print(*sorted(sys.modules), sep="\\n", file=sys.stderr)
sys.exit(code)
"""


def loaded(*arguments: str, cwd: Path) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", RUN, *arguments], cwd=cwd, capture_output=True, text=True, check=True
    )
    return set(done.stderr.split())


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["--version"], id="version"),
        pytest.param(["--help"], id="help"),
        pytest.param(["scan-log", "--help"], id="help_of_scan_log"),
        pytest.param(["verify", "--help"], id="help_of_verify"),
        pytest.param(["scan-log", "log"], id="scan_log"),
    ],
)
def test_light_commands(arguments: list[str], tmp_path: Path) -> None:
    (tmp_path / "log").write_text("nothing is wrong\n", encoding="utf-8")
    found = loaded(*arguments, cwd=tmp_path)

    assert "bazel_xc.cli" in found
    assert {name for name in found if name.startswith(HEAVY)} == set()


def test_only_the_renderer_of_the_format_is_loaded(tmp_path: Path) -> None:
    found = loaded("report", "--help", cwd=tmp_path)

    renderers = {f"bazel_xc.report.{name}" for name in ("dot", "graphml", "html", "mermaid", "sarif")}
    assert found & renderers == set()


def test_other_commands_are_not_loaded(tmp_path: Path) -> None:
    found = loaded("verify", "--help", cwd=tmp_path)

    assert "bazel_xc.cli.verify" in found
    assert found.isdisjoint({"bazel_xc.cli.generate", "bazel_xc.cli.report", "bazel_xc.commands.snapshot"})


@pytest.fixture
def slow_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Go takes a while to answer, so that there is time to import modules."""
    require("go")
    real = Path(find_go(os.environ, tmp_path).goroot)
    slow = tmp_path / "go"
    (slow / "bin").mkdir(parents=True)
    for name in ("VERSION", "src", "pkg"):
        (slow / name).symlink_to(real / name)
    (slow / "bin" / "go").write_text(f'#!/bin/sh\n[ "$1" = env ] || sleep 1\nexec "{real}/bin/go" "$@"\n')
    (slow / "bin" / "go").chmod(0o755)
    monkeypatch.setenv("GOROOT", str(slow))


@pytest.mark.skipif(sys.platform == "win32", reason="the slow go is a script")
@pytest.mark.usefixtures("slow_go")
@pytest.mark.parametrize("import_path", ["C", "fmt"])
def test_what_is_needed_for_c_is_imported_while_go_works(import_path: str, tmp_path: Path) -> None:
    root = tmp_path / "w"
    root.mkdir()
    (root / "go.mod").write_text("module m\n\ngo 1.21\n", encoding="utf-8")
    (root / "a.go").write_text(f'package m\n\nimport _ "{import_path}"\n', encoding="utf-8")
    (root / "bazel_xc.toml").write_text("[platforms]\nlinux_arm64 = { cgo = false }\n", encoding="utf-8")
    found = loaded("generate", cwd=root)

    assert "bazel_xc.commands.generate" in found
    assert ("bazel_xc.commands.c_side" in found) == (import_path == "C")


def test_generate_without_c_loads_nothing_about_c_and_no_reports(tmp_path: Path) -> None:
    require("go")
    (tmp_path / "go.mod").write_text("module m\n\ngo 1.21\n", encoding="utf-8")
    (tmp_path / "a.go").write_text('package m\n\nimport _ "fmt"\n', encoding="utf-8")
    found = loaded("generate", cwd=tmp_path)

    rooms = tuple(f"bazel_xc.{name}" for name in ("artifact", "cgo", "clibs", "report"))
    assert "bazel_xc.golang.universe" in found
    assert {name for name in found if name.startswith((*rooms, "networkx", "starlark"))} == set()


@pytest.mark.parametrize("arguments", [["generate"], ["generate", "--check"], ["report"]], ids=" ".join)
def test_repeated_result_loads_nearly_nothing(arguments: list[str], tmp_path: Path) -> None:
    require("go")
    (tmp_path / "go.mod").write_text("module m\n\ngo 1.21\n", encoding="utf-8")
    (tmp_path / "a.go").write_text('package m\n\nimport _ "fmt"\n', encoding="utf-8")
    loaded("generate", cwd=tmp_path)
    time.sleep(0.1)  # fresh changes are not trusted
    first, again = (loaded(*arguments, cwd=tmp_path) for _ in range(2))

    assert "bazel_xc.golang" in first
    assert "bazel_xc.memory.replay" in again
    assert {name for name in again if name.startswith(NOT_REPEATED)} == set()
    assert "attr" not in again
