"""Binaries whose rules set a platform: reports judge them there, as rules_go builds them, and only there."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from pages import chromium, goto, texts
from requirements import require

from bazel_xc.cli import main
from bazel_xc.commands.material import material_of
from bazel_xc.commands.options import Options
from bazel_xc.commands.snapshot import take_snapshot
from bazel_xc.report.build import build_report

CASE = Path(__file__).parents[2] / "testdata" / "golden" / "binary_with_a_platform_of_its_own" / "input"
RULES = """
go_binary(name = "any", embed = [":probe_lib"], goarch = "auto", goos = "auto")

go_binary(name = "cross", embed = [":probe_lib"], goarch = "arm64", goos = "linux")

go_binary(name = "win", embed = [":probe_lib"], goarch = "arm64", goos = "windows", pure = "off")
"""
FALLBACK = {
    "c.go": 'package main\n\n// #define TWO 2\nimport "C"\n\nfunc n() int { return C.TWO }\n',
    "go.go": "//go:build !cgo\n\npackage main\n\nfunc n() int { return 2 }\n",
    "main.go": "package main\n\nfunc main() { println(n()) }\n",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    require("go")
    root = tmp_path / "w"
    shutil.copytree(CASE, root)
    probe = root / "cmd" / "probe" / "BUILD.bazel"
    probe.write_text(probe.read_text(encoding="utf-8") + RULES)
    other = root / "cmd" / "other"
    other.mkdir()
    for name, text in FALLBACK.items():
        (other / name).write_text(text)
    (other / "BUILD.bazel").write_text(
        'load("@rules_go//go:def.bzl", "go_binary")\n\n'
        'go_binary(name = "other", embed = [":other_lib"], goarch = "amd64", goos = "linux")\n'
    )
    above = root / "cmd" / "above"
    above.mkdir()
    (above / "main.go").write_text(
        'package main\n\nimport "example.com/repo/key"\n\nfunc main() { key.Sign() }\n'
    )
    (above / "BUILD.bazel").write_text(
        'load("@rules_go//go:def.bzl", "go_binary")\n\n'
        'go_binary(name = "above", embed = [":above_lib"], goarch = "arm64", goos = "windows",'
        ' pure = "off")\n'
    )
    (root / "key").mkdir()
    (root / "key" / "key.go").write_text('package key\n\nimport "C"\n\nfunc Sign() {}\n')
    main(["generate", "-C", str(root), "--no-cache"])
    return root


def told(root: Path, capfd: pytest.CaptureFixture[str]) -> Any:  # noqa: ANN401 - JSON is anything
    capfd.readouterr()
    main(["report", "-C", str(root), "--no-cache", "--format", "json", "--allow-incomplete"])
    return json.loads(capfd.readouterr().out)


def verdicts(report: Any, label: str) -> dict[str, str]:  # noqa: ANN401 - JSON is anything
    found = next(each for each in report["targets"] if each["label"] == label)
    return {name: on["verdict"] for name, on in found["platforms"].items()}


def test_verdicts_are_those_of_the_own_platform(root: Path, capfd: pytest.CaptureFixture[str]) -> None:
    report = told(root, capfd)

    assert verdicts(report, "//cmd/probe:probe_arm64") == {"linux_arm64": "c-toolchain"}
    assert verdicts(report, "//cmd/probe:cross") == {"linux_arm64": "blocked"}  # rules_go turns cgo off
    assert verdicts(report, "//cmd/other:other") == {"linux_amd64": "pure"}
    assert verdicts(report, "//cmd/probe:win") == {"windows_arm64": "unknown"}
    assert verdicts(report, "//cmd/page:page.wasm") == {}
    assert len(verdicts(report, "//cmd/probe:any")) == 5
    assert {each["label"]: each["only"] for each in report["targets"] if "only" in each} == {
        "//cmd/above:above": "windows_arm64",
        "//cmd/other:other": "linux_amd64",
        "//cmd/page:page.wasm": "js_wasm",
        "//cmd/probe:cross": "linux_arm64",
        "//cmd/probe:probe_arm64": "linux_arm64",
        "//cmd/probe:win": "windows_arm64",
    }


def test_go_instead_of_c_is_named_there(root: Path, capfd: pytest.CaptureFixture[str]) -> None:
    report = told(root, capfd)
    other = next(each for each in report["targets"] if each["label"] == "//cmd/other:other")

    assert other["platforms"]["linux_amd64"]["fallbacks"] == ["example.com/repo/cmd/other"]
    assert other["platforms"]["linux_amd64"]["without_cgo"] is None


def test_text_names_those_of_other_platforms(root: Path, capfd: pytest.CaptureFixture[str]) -> None:
    capfd.readouterr()
    main(["report", "-C", str(root), "--no-cache", "--allow-incomplete"])
    out = " ".join(capfd.readouterr().out.split())

    assert "1 target built for another platform only: //cmd/page:page.wasm (js_wasm)" in out
    assert "unknown on windows_arm64: its rule turns cgo on, which is off for windows_arm64" in out


REASON = "its rule turns cgo on, which is off for windows_arm64"


def test_what_a_rule_makes_unknown_has_its_reason_everywhere(
    root: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    def said(*arguments: str) -> str:
        capfd.readouterr()
        main([*arguments, "-C", str(root), "--no-cache"])
        return capfd.readouterr().out

    for label in ("//cmd/above", "//cmd/probe:win"):
        assert said("why", label).startswith(f"unknown on windows_arm64: {REASON}\n")
    assert json.loads(said("why", "//cmd/above", "--format", "json"))["platforms"][0]["verdict"] == "unknown"
    report = ("report", "--allow-incomplete")
    assert (
        f"  //cmd/above\n    unknown on windows_arm64\n      ./cmd/above -> ./key\n      {REASON}\n"
        in said(*report, "--all")
    )
    markdown = said(*report, "--format", "markdown")
    for label in ("//cmd/above", "//cmd/probe:win"):
        assert f"- `{label}`: unknown on windows_arm64 (`{REASON}`)" in markdown
    assert f"  - unknown on windows_arm64: `./cmd/above` → `./key`: `{REASON}`\n" in markdown


def test_why_asks_the_graph_in_which_it_is_built(root: Path, capfd: pytest.CaptureFixture[str]) -> None:
    capfd.readouterr()
    assert main(["why", "//cmd/probe:cross", "-C", str(root), "--no-cache"]) == 0
    assert capfd.readouterr().out.startswith("cannot build on linux_arm64:")

    assert main(["why", "//cmd/page:page.wasm", "-C", str(root), "--no-cache"]) == 2
    assert capfd.readouterr().err == (
        "bazel-xc: //cmd/page:page.wasm: its rule sets its own platform, js_wasm, which is not configured\n"
    )


def test_compare_names_those_whose_platform_changed(
    root: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """A binary that is no longer built for the other platforms has lost them."""
    saved = tmp_path / "old.json"
    saved.write_text(json.dumps(told(root, capfd)))
    probe = root / "cmd" / "probe" / "BUILD.bazel"
    text = probe.read_text(encoding="utf-8")
    assert text.count('"auto"') == 2
    probe.write_text(
        text.replace('goarch = "auto"', 'goarch = "amd64"').replace('goos = "auto"', 'goos = "linux"')
    )
    (tmp_path / "new.json").write_text(json.dumps(told(root, capfd)))

    def compared(*arguments: str) -> str:
        main(["compare", *arguments, "--allow-incomplete"])
        return capfd.readouterr().out

    said = compared(str(saved), str(tmp_path / "new.json"))
    assert "//cmd/probe:any is built for linux_amd64 only, because its rule sets that" in said
    assert "nothing changed" not in said
    back = compared(str(tmp_path / "new.json"), str(saved))
    assert "//cmd/probe:any is no longer built for linux_amd64 only" in back
    told_json = json.loads(compared(str(saved), str(tmp_path / "new.json"), "--format", "json"))
    assert told_json["own_platforms"] == [{"label": "//cmd/probe:any", "before": "", "after": "linux_amd64"}]


def test_matrix_builds_it_once(root: Path, capfd: pytest.CaptureFixture[str]) -> None:
    capfd.readouterr()
    main(["matrix", "-C", str(root), "--no-cache", "--allow-incomplete", "--cgo", "both"])
    done = capfd.readouterr()
    found = json.loads(done.out)

    assert [
        (each["platform"], each["cgo"])
        for each in found["jobs"]
        if "//cmd/probe:probe_arm64" in each["targets"]
    ] == [("linux_arm64", True)]
    assert {
        "target": "//cmd/page:page.wasm",
        "platform": "js_wasm",
        "cgo": False,
        "reason": "its rule sets this platform, which is not one of the matrix",
    } in found["left_out"]
    assert "left out: 1 target built for js_wasm only (-v lists them)\n" in done.err


def test_the_page_shows_where_it_is_not_built(root: Path, tmp_path: Path) -> None:
    made = build_report(material_of(take_snapshot(Options(root=root), both=True)))
    with chromium(tmp_path) as opened:
        page = opened.page(made, "#/targets?all=1")
        row = page.locator("#targets-view .grid tbody tr", has_text="probe_arm64")
        assert row.locator(".t-elsewhere").count() == 4
        goto(page, "#target=//cmd/probe:probe_arm64")
        assert sum(each.endswith("not built") for each in texts(page, "#drawer .strip li")) == 4
        goto(page, "#/graph?from=//cmd/probe:probe_arm64&on=windows_arm64")
        assert "is not built on windows_arm64" in page.locator("#graph-view").inner_text()
        goto(page, "#target=//cmd/page:page.wasm")
        assert texts(page, "#drawer .strip li") != []
        page.close()
