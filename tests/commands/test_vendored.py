"""Reports on vendored code: the sources say what go would, and go is asked where they are not all there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from requirements import require

from bazel_xc.cli import main

FILES = {
    "go.mod": "module e.org/m\n\ngo 1.21\n\nrequire e.org/other v1.0.0\n",
    "main.go": 'package main\n\nimport _ "e.org/other/c"\n\nfunc main() {}\n',
    "main_test.go": 'package main\n\nimport (\n\t_ "net"\n\t"testing"\n)\n\nfunc TestX(*testing.T) {}\n',
    "vendor/modules.txt": "# e.org/other v1.0.0\n## explicit; go 1.21\ne.org/other/c\ne.org/other/d\n",
    "vendor/e.org/other/c/cgo.go": 'package c\n\nimport "C"\n\nimport _ "e.org/other/d"\n',
    "vendor/e.org/other/c/pure.go": '//go:build !cgo\n\npackage c\n\nimport _ "os/user"\n',
    "vendor/e.org/other/d/d.go": "package d\n",
    "bazel_xc.toml": "[platforms]\nlinux_amd64 = { cgo = true }\nwindows_amd64 = { cgo = false }\n",
}


def _report(root: Path, files: dict[str, str], capsys: pytest.CaptureFixture[str]) -> Any:  # noqa: ANN401 - JSON
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    main(["report", "-C", str(root), "--format", "json"])
    return json.loads(capsys.readouterr().out)


def test_verdicts_of_both_settings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    require("go")
    found = _report(tmp_path, FILES, capsys)

    package = next(each for each in found["packages"] if each["import_path"] == "e.org/other/c")
    on = {each["label"]: each["platforms"] for each in found["targets"]}
    assert package["module"] == "e.org/other"
    assert package["states"] == dict.fromkeys(("linux_amd64", "windows_amd64"), "cgo-with-fallback")
    assert on["//:m"]["linux_amd64"]["verdict"] == "c-toolchain"
    assert on["//:m"]["windows_amd64"]["verdict"] == "pure"
    assert on["//:m"]["linux_amd64"]["without_cgo"]["verdict"] == "pure"
    assert "net" in on["//:m_test"]["linux_amd64"]["standard_cgo_packages"]
    assert {(each["source"], each["target"]): each["platforms"] for each in found["graph"]["edges"]}[
        "e.org/m", "e.org/other/c"
    ] == ["linux_amd64", "windows_amd64"]


def test_go_is_asked_where_a_vendored_package_is_hidden(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    require("go")
    whole = _report(tmp_path / "whole", FILES, capsys)
    hidden = _report(tmp_path / "hidden", {**FILES, ".bazelignore": "vendor/e.org/other/c\n"}, capsys)

    assert [each["platforms"]["linux_amd64"]["verdict"] for each in hidden["targets"]] == [
        each["platforms"]["linux_amd64"]["verdict"] for each in whole["targets"]
    ]
