"""The command as its users meet it: formats, exit codes, targets of a report."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from bazel_xc.cli import main

LOGS = Path(__file__).parent.parent.parent / "testdata" / "logs"
REPORT = {
    "schema": 1,
    "run": {"module": "example.com/fail", "revision": "", "go": "go1.26", "bazel_xc": "0", "platforms": []},
    "packages": [],
    "targets": [
        {
            "label": "//header:header",
            "kind": "binary",
            "package": "example.com/fail/header",
            "platforms": {
                "linux_arm64": {
                    "verdict": "c-libraries",
                    "chain": [],
                    "cgo_packages": ["example.com/fail/below"],
                    "standard_cgo_packages": [],
                    "needs": [],
                    "blockers": [],
                    "fallbacks": [],
                    "without_cgo": None,
                }
            },
        }
    ],
    "imports": [],
    "findings": [],
    "graph": {"nodes": [], "edges": []},
}
ScanLog = Callable[..., tuple[int, str, str]]


@pytest.fixture
def scan_log(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> ScanLog:
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> tuple[int, str, str]:
        code = main(["scan-log", *arguments])
        out, err = capsys.readouterr()
        return code, out, err

    return call


def log(name: str) -> str:
    return str(LOGS / f"{name}.log")


def test_text(scan_log: ScanLog) -> None:
    assert scan_log(log("zig_missing_header")) == (
        1,
        (
            "error: missing-header (line 2)\n"
            "  | # example.com/fail/header\n"
            "  | header/main.go:3:11: fatal error: 'png.h' file not found\n"
            "  |     3 |  #include <png.h>\n"
            "  |       |           ^~~~~~~\n"
            "  cause: the C compiler finds no png.h in its folders\n"
            '  do: name who provides it: [[resolve]] header = "png.h" in bazel_xc.toml, or install it'
            " in the sysroot of"
            " the target\n"
            '  known: libpng (@libpng//:libpng, bazel_dep(name = "libpng", version = "1.6.58"), Debian'
            " libpng-dev)\n"
            "  in: example.com/fail/header\n"
            "\n"
            "1 finding in 5 lines\n"
        ),
        "",
    )


def test_targets_of_a_report(scan_log: ScanLog) -> None:
    Path("report.json").write_text(json.dumps(REPORT), encoding="utf-8")
    _, out, _ = scan_log(log("zig_missing_header"), "--report", "report.json", "--format", "json")
    (found,) = json.loads(out)["findings"]
    assert (found["heading"], found["targets"]) == ("example.com/fail/header", ["//header:header"])


@pytest.mark.parametrize(
    "heading", ["# example.com/fail/below", "ERROR: {root}/header/BUILD:1:1: Linking failed"]
)
def test_targets_by_package_below_and_by_folder(heading: str, scan_log: ScanLog, tmp_path: Path) -> None:
    Path("report.json").write_text(json.dumps(REPORT), encoding="utf-8")
    text = heading.format(root=tmp_path.resolve()) + "\nld: cannot find -lpng\n"
    Path("log").write_text(text, encoding="utf-8")
    _, out, _ = scan_log("log", "--report", "report.json")
    assert "  stops: //header:header\n" in out


def test_targets_above_a_package_that_a_shortened_list_lacks(scan_log: ScanLog) -> None:
    report = json.loads(json.dumps(REPORT))
    on = report["targets"][0]["platforms"]["linux_arm64"]
    on["lengths"] = {"cgo_packages": 2}
    names = {
        "//header:header": "target",
        "example.com/fail/below": "package",
        "example.com/fail/z": "package",
    }
    report["graph"] = {
        "nodes": [
            {"name": name, "kind": kind, "first_party": True, "cgo": ["linux_arm64"] * (kind == "package")}
            | {"blocked": [], "unknown": []}
            for name, kind in names.items()
        ],
        "edges": [
            {"source": "//header:header", "target": name, "platforms": ["linux_arm64"]}
            for name in ("example.com/fail/below", "example.com/fail/z")
        ],
    }
    Path("report.json").write_text(json.dumps(report), encoding="utf-8")
    Path("log").write_text("# example.com/fail/z\nld: cannot find -lpng\n", encoding="utf-8")
    _, out, _ = scan_log("log", "--report", "report.json")

    assert "  stops: //header:header\n" in out


def test_symbol_leads_to_a_library(scan_log: ScanLog) -> None:
    _, out, _ = scan_log(log("gcc_undefined_symbol"))
    assert "  known: deflate is in -lz: zlib (@zlib//:zlib, " in out


def test_github(scan_log: ScanLog) -> None:
    code, out, _ = scan_log(log("rules_go_missing_header"), "--format", "github")
    assert (code, out) == (
        1,
        (
            "::error title=missing-header,file=gohdr.go,line=3::__main__/gohdr.go:3:11: fatal error:"
            " png/nothere.h: No"
            " such file or directory%0Athe C compiler finds no png/nothere.h in its folders%0Aname who"
            " provides it:"
            ' [[resolve]] header = "png/nothere.h" in bazel_xc.toml, or install it in the sysroot of'
            " the target\n"
        ),
    )


def test_github_escapes(scan_log: ScanLog) -> None:
    Path("log").write_text("a,b%.c:1:1: fatal error: 50%.h: No such file or directory\n", encoding="utf-8")
    _, out, _ = scan_log("log", "--format", "github")
    assert out.startswith(
        "::error title=missing-header,file=a%2Cb%25.c,line=1::a,b%25.c:1:1: fatal error: 50%25.h:"
    )


def test_good_logs(scan_log: ScanLog) -> None:
    assert scan_log(log("go_good")) == (0, "0 findings in 1 lines\n", "")
    assert scan_log(log("go_good"), "--format", "github") == (0, "", "")


@pytest.mark.parametrize(("limit", "code"), [("error", 0), ("warning", 1), ("note", 1), ("never", 0)])
def test_severity_decides(limit: str, code: int, scan_log: ScanLog) -> None:
    Path("log").write_text("ld: skipping incompatible ./libx.a when searching for -lx\n", encoding="utf-8")
    assert scan_log("log", "--fail-on", limit)[0] == code


def test_standard_input(scan_log: ScanLog, monkeypatch: pytest.MonkeyPatch) -> None:
    stream = SimpleNamespace(buffer=io.BytesIO(b"ld: cannot find -lpng\n"))
    monkeypatch.setattr(sys, "stdin", stream)
    assert scan_log()[0] == 1


def test_what_is_in_a_log_cannot_write_to_the_terminal(scan_log: ScanLog) -> None:
    Path("log").write_bytes("ld: cannot find -lpng\x07\u202e\n".encode())
    assert "\\u0007\\u202e" in scan_log("log")[1]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["gone"], "gone: cannot be read: No such file or directory"),
        (["."], ".: cannot be read: Is a directory"),
        (
            ["log", "--report", "log"],
            (
                "log: not a report: not JSON: Expecting value: line 1 column 1 (char 0)"
                "; make it again with report --format json"
            ),
        ),
    ],
)
def test_what_cannot_be_done(arguments: list[str], said: str, scan_log: ScanLog) -> None:
    Path("log").write_text("nothing\n", encoding="utf-8")
    assert scan_log(*arguments) == (2, "", f"bazel-xc: {said}\n")
