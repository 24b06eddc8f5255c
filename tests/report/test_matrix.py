"""The CI matrix: what is in it, what is left out, and that both systems take it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import given, settings
from reports import reports
from ruamel.yaml import YAML

from bazel_xc.cli import main
from bazel_xc.errors import ReportError
from bazel_xc.graph.dependency import Verdict
from bazel_xc.report.json_format import render
from bazel_xc.report.matrix import Job, LeftOut, Matrix, MatrixRequest, matrix
from bazel_xc.report.matrix_format import FORMATS, github, gitlab, plain_json
from bazel_xc.report.model import (
    Origin,
    PlatformSetting,
    Report,
    ReportGraph,
    TargetEntry,
    TargetOn,
    WithoutCgo,
)

PLATFORMS = (PlatformSetting("linux_arm64", True), PlatformSetting("windows_arm64", False))


def on(verdict: Verdict, without: WithoutCgo | None = None) -> TargetOn:
    blockers = ("a.b/c",) if verdict is Verdict.BLOCKED else ()
    return TargetOn(
        verdict=verdict,
        chain=(),
        cgo_packages=(),
        standard_cgo_packages=(),
        needs=(),
        blockers=blockers,
        fallbacks=(),
        without_cgo=without,
    )


def target(label: str, linux: Verdict, windows: Verdict, without: WithoutCgo | None = None) -> TargetEntry:
    kind = "go_test" if label.endswith("test") else "go_binary"
    places = {"linux_arm64": on(linux, without), "windows_arm64": on(windows)}
    return TargetEntry(label=label, kind=kind, package="a.b", platforms=places)


def without(verdict: Verdict, *vanished: str) -> WithoutCgo:
    return WithoutCgo(verdict=verdict, vanished=vanished, fallbacks=(), effects=())


def report(*targets: TargetEntry) -> Report:
    run = Origin(module="a.b", go="go1", bazel_xc="1", platforms=PLATFORMS)
    graph = ReportGraph(nodes=(), edges=())
    return Report(run=run, packages=(), targets=targets, imports=(), findings=(), graph=graph)


PURE, NEEDS_C, BLOCKED = Verdict.PURE, Verdict.C_TOOLCHAIN, Verdict.BLOCKED
REPORT = report(
    target("//a:a", PURE, PURE),
    target("//b:b", NEEDS_C, BLOCKED, without(BLOCKED, "a.b/c")),
    target("//b:b_test", NEEDS_C, PURE, without(PURE)),
)


def pairs(found: Matrix) -> list[str]:
    return [
        f"{each.platform}{'' if each.cgo else '-nocgo'} {each.kind} {' '.join(each.targets)}"
        for each in found.jobs
    ]


def test_jobs_and_what_is_left_out() -> None:
    found = matrix(REPORT, MatrixRequest(runners={"linux_arm64": "arm"}))
    assert found.jobs[0] == Job(
        platform="linux_arm64", cgo=True, kind="binary", targets=("//a:a",), needs_c=False, runner="arm"
    )
    assert pairs(found) == [
        "linux_arm64 binary //a:a",
        "linux_arm64 binary //b:b",
        "linux_arm64 test //b:b_test",
        "windows_arm64-nocgo binary //a:a",
        "windows_arm64-nocgo test //b:b_test",
    ]
    assert found.left_out == (LeftOut("//b:b", "windows_arm64", False, "a.b/c cannot be built there"),)


@pytest.mark.parametrize(
    ("asked", "want"),
    [
        pytest.param(
            MatrixRequest(include=("//b/...",), kinds=("binary",)), ["linux_arm64 binary //b:b"], id="include"
        ),
        pytest.param(
            MatrixRequest(include=("//a:a", "//b:b_test@windows_arm64")),
            [
                "linux_arm64 binary //a:a",
                "windows_arm64-nocgo binary //a:a",
                "windows_arm64-nocgo test //b:b_test",
            ],
            id="include of one platform",
        ),
        pytest.param(
            MatrixRequest(exclude=("@linux_arm64", "//a:*")),
            ["windows_arm64-nocgo test //b:b_test"],
            id="exclude",
        ),
        pytest.param(
            MatrixRequest(both=True, kinds=("test",)),
            [
                "linux_arm64-nocgo test //b:b_test",
                "linux_arm64 test //b:b_test",
                "windows_arm64-nocgo test //b:b_test",
            ],
            id="both settings of cgo",
        ),
        pytest.param(
            MatrixRequest(grouped=True),
            [
                "linux_arm64 binary //a:a //b:b",
                "linux_arm64 test //b:b_test",
                "windows_arm64-nocgo binary //a:a",
                "windows_arm64-nocgo test //b:b_test",
            ],
            id="grouped",
        ),
        pytest.param(MatrixRequest(include=("//c/...",)), [], id="nothing"),
    ],
)
def test_what_is_asked(asked: MatrixRequest, want: list[str]) -> None:
    assert pairs(matrix(REPORT, asked)) == want


def test_without_cgo_blocked() -> None:
    found = matrix(REPORT, MatrixRequest(both=True, include=("//b:b@linux_arm64",)))
    assert found.left_out == (
        LeftOut("//b:b", "linux_arm64", False, "without cgo a.b/c cannot be built there"),
    )


@pytest.mark.parametrize(
    ("most", "jobs", "largest"), [(0, 40, 1), (40, 40, 1), (39, 20, 2), (7, 6, 7), (2, 2, 20)]
)
def test_targets_share_jobs_where_there_would_be_too_many(most: int, jobs: int, largest: int) -> None:
    many = report(*(target(f"//p{at:02}:p", PURE, PURE) for at in range(20)))
    found = matrix(many, MatrixRequest(most=most))
    assert (len(found.jobs), max(len(each.targets) for each in found.jobs)) == (jobs, largest)
    assert len({each.name for each in found.jobs}) == jobs


def test_fewer_jobs_than_platforms() -> None:
    with pytest.raises(
        ReportError, match=r"^--max-jobs: 3 is less than 4, which is one per platform, cgo and kind$"
    ):
        matrix(REPORT, MatrixRequest(most=3))


def test_github() -> None:
    first = json.loads(github(matrix(REPORT, MatrixRequest())))["include"][0]
    assert first == {
        "name": "binary //a:a for linux_arm64",
        "platform": "linux_arm64",
        "goos": "linux",
        "goarch": "arm64",
        "cgo": "1",
        "kind": "binary",
        "needs_c": "0",
        "targets": "//a:a",
        "runner": "ubuntu-latest",
    }


def test_json_says_what_is_left_out() -> None:
    raw = json.loads(plain_json(matrix(REPORT, MatrixRequest())))
    assert (raw["schema"], len(raw["jobs"]), raw["left_out"]) == (
        1,
        5,
        [
            {
                "target": "//b:b",
                "platform": "windows_arm64",
                "cgo": False,
                "reason": "a.b/c cannot be built there",
            }
        ],
    )


@pytest.mark.parametrize(
    "asked",
    [
        MatrixRequest(),
        MatrixRequest(grouped=True, runners=dict.fromkeys((each.name for each in PLATFORMS), "arm")),
    ],
)
def test_github_takes_it(asked: MatrixRequest, tmp_path: Path) -> None:
    """A workflow with the matrix written into it is one by the published schema."""
    workflow = {
        "on": "push",
        "jobs": {
            "build": {
                "strategy": {"matrix": json.loads(github(matrix(REPORT, asked)))},
                "runs-on": "${{ matrix.runner }}",
                "steps": [{"run": "bazel build ${{ matrix.targets }} --config=${{ matrix.platform }}"}],
            }
        },
    }
    _check("vendor.github-workflows", json.dumps(workflow), tmp_path / "workflow.yml")


@pytest.mark.parametrize(
    "asked",
    [
        MatrixRequest(),
        MatrixRequest(grouped=True, runners=dict.fromkeys((each.name for each in PLATFORMS), "arm")),
    ],
)
def test_gitlab_takes_it(asked: MatrixRequest, tmp_path: Path) -> None:
    """A pipeline that includes the text is one by the published schema."""
    job = 'build:\n  extends: .bazel-xc\n  script: ["bazel build $XC_TARGETS --config=$XC_PLATFORM"]\n'
    _check("vendor.gitlab-ci", gitlab(matrix(REPORT, asked)) + job, tmp_path / ".gitlab-ci.yml")


def _check(schema: str, text: str, path: Path) -> None:
    path.write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "ok -- validation done\n")


@given(reports())
@settings(max_examples=25)
def test_gitlab_is_yaml_whatever_the_names(drawn: Report) -> None:
    found = matrix(drawn, MatrixRequest(both=True))
    jobs = YAML(typ="safe").load(gitlab(found))[".bazel-xc"]["parallel"]["matrix"]
    names = [each["name"] for each in json.loads(github(found))["include"]]
    assert [each["XC_NAME"] for each in jobs] == names


@given(reports())
@settings(max_examples=25)
def test_order_of_targets_makes_no_difference(drawn: Report) -> None:
    other = evolve(drawn, targets=drawn.targets[::-1])
    for form in FORMATS.values():
        assert form(matrix(other, MatrixRequest())) == form(matrix(drawn, MatrixRequest()))


def test_saved_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    saved = tmp_path / "report.json"
    saved.write_text(render(REPORT), encoding="utf-8")
    (tmp_path / "bazel_xc.toml").write_text(
        '[platforms.linux_arm64]\nrunner = "arm"\n[platforms.windows_arm64]\n', encoding="utf-8"
    )
    code = main(["matrix", "-C", str(tmp_path), "--report", str(saved), "--platform", "linux_arm64"])
    out, err = capsys.readouterr()
    assert (code, [each["runner"] for each in json.loads(out)["jobs"]], err) == (0, ["arm"] * 3, "")


def test_nothing_left(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    saved = tmp_path / "report.json"
    saved.write_text(render(REPORT), encoding="utf-8")
    code = main(["matrix", "-C", str(tmp_path), "--report", str(saved), "--include", "//no/..."])
    assert (code, capsys.readouterr().err) == (1, "no job is left: CI would refuse an empty matrix\n")


def test_no_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["matrix", "-C", str(tmp_path), "--report", "gone.json"])
    assert (code, capsys.readouterr().err) == (
        2,
        "bazel-xc: gone.json: cannot be read: No such file or directory\n",
    )


@pytest.mark.parametrize(
    "name", ["x$(id)", "x;id", "x`id`", "x y", "x*", "x'", "x\\", "x\n", "x&", "x{a}", "ü"]
)
def test_names_that_a_shell_would_run_are_in_no_job(name: str) -> None:
    odd = target(f"//a:{name}", PURE, PURE)

    found = matrix(report(odd, target("//a:a+b=c~d,e@f-g_h.i", PURE, PURE)), MatrixRequest())

    assert {label for job in found.jobs for label in job.targets} == {"//a:a+b=c~d,e@f-g_h.i"}
    assert found.refused == (f"//a:{name}",)
    assert matrix(report(odd), MatrixRequest(exclude=("//a/...",))).refused == ()


def test_refused_names_are_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    saved = tmp_path / "report.json"
    saved.write_text(render(report(target("//a:a", PURE, PURE), target("//a:x$(id)", PURE, PURE))))

    code = main(["matrix", "-C", str(tmp_path), "--report", str(saved), "-q"])

    out, err = capsys.readouterr()
    assert code == 1
    assert "//a:a" in out
    assert "id" not in out.replace("windows", "")
    said = "//a:x$(id) is in no job: its name has a meaning to a shell"
    assert err == f"{said} (rename it, or exclude it with --exclude)\n"


def test_documented_jobs_keep_names_out_of_the_script() -> None:
    text = (Path(__file__).parent.parent.parent / "docs" / "ci.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    steps = [step for block in blocks if "…" not in block for step in _steps(YAML(typ="safe").load(block))]

    assert any("TARGETS" in step for step in steps)
    assert [step for step in steps if "${{" in step] == []


def _steps(value: object) -> list[str]:
    """Every script in a workflow."""
    match value:
        case dict():
            found = [text for each in value.values() for text in _steps(each)]
            scripts = [value[key] for key in ("run", "script") if key in value]
            return found + [text for each in scripts for text in ([each] if isinstance(each, str) else each)]
        case list():
            return [text for each in value for text in _steps(each)]
    return []
