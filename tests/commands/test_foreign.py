"""C of modules outside of the workspace: one route for reports, findings and overrides."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from requirements import require

from bazel_xc.cli import main

CONFIG = "[platforms]\nlinux_amd64 = { cgo = true }\n"
OWN = 'package main\n\nimport _ "e.org/other/c"\n\nfunc main() {}\n'
CGO = 'package c\n\n// #cgo LDFLAGS: -lz\n// #include <zlib.h>\nimport "C"\n'


def _report(root: Path, capsys: pytest.CaptureFixture[str]) -> Any:  # noqa: ANN401 - raw JSON
    main(["report", "-C", str(root), "--format", "json"])
    return json.loads(capsys.readouterr().out)


def _needs(report: Any) -> list[tuple[str, int, str]]:  # noqa: ANN401 - raw JSON
    return sorted(
        (need["path"], need["line"], need["name"])
        for package in report["packages"]
        if package["import_path"] == "e.org/other/c"
        for need in package["needs"]
    )


def test_needs_of_a_module_have_places_in_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    require("go")
    root, other = tmp_path / "w", tmp_path / "other"
    (root).mkdir()
    (other / "c").mkdir(parents=True)
    (other / "go.mod").write_text("module e.org/other\n\ngo 1.21\n")
    (other / "c" / "c.go").write_text(CGO)
    (root / "go.mod").write_text(
        "module e.org/m\n\ngo 1.21\n\nrequire e.org/other v1.0.0\n\nreplace e.org/other => ../other\n"
    )
    (root / "main.go").write_text(OWN)
    (root / "bazel_xc.toml").write_text(CONFIG)

    found = _needs(_report(root, capsys))

    assert found == [("e.org/other/c/c.go", 3, "z"), ("e.org/other/c/c.go", 4, "zlib.h")]


def test_needs_of_a_vendored_module_that_bazel_takes_from_elsewhere(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    require("go")
    package = tmp_path / "vendor" / "e.org" / "other" / "c"
    package.mkdir(parents=True)
    (package / "c.go").write_text(CGO)
    (tmp_path / "vendor" / "modules.txt").write_text("# e.org/other v1.0.0\n## explicit\ne.org/other/c\n")
    (tmp_path / "go.mod").write_text("module e.org/m\n\ngo 1.16\n\nrequire e.org/other v1.0.0\n")
    (tmp_path / "main.go").write_text(OWN)
    (tmp_path / "bazel_xc.toml").write_text(f'[build]\nexternal = "module"\n\n{CONFIG}')

    found = _needs(_report(tmp_path, capsys))

    assert found == [("e.org/other/c/c.go", 3, "z"), ("e.org/other/c/c.go", 4, "zlib.h")]


def test_needs_on_platforms_for_which_no_package_imports_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As of a module with libraries for one machine, beside others for other machines."""
    report = _imported_on_amd64(tmp_path, CGO.replace("-lz", "-lnobody ${SRCDIR}/lib/libgone.a"), capsys)
    messages = [each["message"] for each in report["findings"] if each["code"] != "no-override"]

    assert sorted(each.split()[1] for each in messages) == ["is", "nobody", "zlib.h"]
    assert all(each.endswith(" [linux_amd64], below e.org/m") for each in messages)


def test_needs_of_a_report_on_platforms_for_which_it_is_imported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    packages = _imported_on_amd64(tmp_path, CGO, capsys)["packages"]

    assert {tuple(need["platforms"]) for each in packages for need in each["needs"]} == {("linux_amd64",)}


def _imported_on_amd64(folder: Path, code: str, capsys: pytest.CaptureFixture[str]) -> Any:  # noqa: ANN401 - raw JSON
    """The report on a program that imports a module's package on linux_amd64, and not on linux_arm64."""
    require("go")
    root, other = folder / "w", folder / "other"
    root.mkdir()
    (other / "c").mkdir(parents=True)
    (other / "go.mod").write_text("module e.org/other\n\ngo 1.21\n")
    (other / "c" / "c.go").write_text(code)
    (root / "go.mod").write_text(
        "module e.org/m\n\ngo 1.21\n\nrequire e.org/other v1.0.0\n\nreplace e.org/other => ../other\n"
    )
    (root / "main.go").write_text("package main\n\nfunc main() {}\n")
    (root / "main_amd64.go").write_text('package main\n\nimport _ "e.org/other/c"\n')
    (root / "bazel_xc.toml").write_text(f"{CONFIG}linux_arm64 = {{ cgo = true }}\n")
    return _report(root, capsys)
