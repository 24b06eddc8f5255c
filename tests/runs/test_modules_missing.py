"""``modules`` takes nothing away while modules are missing: nobody knows then what they want."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from requirements import require

from bazel_xc.cli import main

GOLDEN = Path(__file__).parents[2] / "testdata" / "golden"


@pytest.mark.parametrize(
    "name", ["modules_headers_of_a_module", "modules_headers_of_a_module_in_a_workspace", "modules_use_repo"]
)
def test_overrides_and_names_stay(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    require("go")
    monkeypatch.setenv("GOFLAGS", "")
    monkeypatch.setenv("GOENV", "off")
    monkeypatch.setenv("GOMODCACHE", str(tmp_path / "empty"))
    root = tmp_path / "workspace"
    shutil.copytree(GOLDEN / name / "input", root)
    shutil.copytree(GOLDEN / name / "want", root, dirs_exist_ok=True)
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}

    main(["modules", "-C", str(root)])

    assert "could not be loaded" in capfd.readouterr().err
    assert {path: path.read_bytes() for path in before} == before
