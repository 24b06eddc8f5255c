"""``report``: several outputs from one run, saved reports, and what a terminal gets."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from argparse import Namespace
from pathlib import Path

import pytest
from requirements import require
from terminals import on_terminal

from bazel_xc.cli import main
from bazel_xc.cli.outputs import Output, outputs
from bazel_xc.cli.report import FORMATS
from bazel_xc.errors import ReportError

GOLDEN = Path(__file__).parents[2] / "testdata" / "golden"
SAVED = GOLDEN / "report_as_json" / "want.stdout"


@pytest.mark.parametrize(
    ("formats", "files", "want"),
    [
        pytest.param([], [], [("text", "-")], id="text_on_standard_output"),
        pytest.param(["html"], [], [("html", "-")], id="format_only"),
        pytest.param([], ["a.html"], [("html", "a.html")], id="by_ending"),
        pytest.param([], ["a"], [("text", "a")], id="no_ending"),
        pytest.param([], ["a.MD"], [("markdown", "a.MD")], id="capitals"),
        pytest.param(["json"], ["a.html"], [("json", "a.html")], id="format_wins"),
        pytest.param(["json"], ["a.odd"], [("json", "a.odd")], id="any_ending_with_format"),
        pytest.param(
            ["html", "sarif"], ["a", "b"], [("html", "a"), ("sarif", "b")], id="pairs_in_order"
        ),
        pytest.param(
            [], ["a.html,b.sarif,c.json"],
            [("html", "a.html"), ("sarif", "b.sarif"), ("json", "c.json")], id="commas",
        ),
        pytest.param(["text"], ["a,b"], [("text", "a,b")], id="comma_in_a_name"),
        pytest.param(["json"], ["-"], [("json", "-")], id="standard_output_by_name"),
        pytest.param(["text", "json"], ["-", "a"], [("text", "-"), ("json", "a")], id="both"),
    ],
)  # fmt: skip
def test_outputs(formats: list[str], files: list[str], want: list[tuple[str, str]]) -> None:
    found = outputs(Namespace(format=formats, output=files), tuple(FORMATS))

    assert found == tuple(Output(*each) for each in want)


@pytest.mark.parametrize(
    ("formats", "files", "said"),
    [
        pytest.param(["html", "json"], [], "2 formats need as many -o FILE", id="no_files"),
        pytest.param(["html"], ["a", "b"], "1 for 2 files", id="too_few_formats"),
        pytest.param([], ["a.odd"], "--output a.odd: no format has this ending", id="unknown_ending"),
        pytest.param([], ["a.json,a.json"], "a.json is named twice", id="twice"),
    ],
)
def test_outputs_that_do_not_go_together(formats: list[str], files: list[str], said: str) -> None:
    with pytest.raises(ReportError, match=re.escape(said)):
        outputs(Namespace(format=formats, output=files), tuple(FORMATS))


@pytest.fixture
def saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A saved report in an empty current directory, and no go."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BAZEL_XC_GO", "/nowhere/go")
    text = SAVED.read_text(encoding="utf-8").replace("$GO", "go1.26").replace("$VERSION", "0.1")
    (tmp_path / "saved.json").write_text(text, encoding="utf-8")
    return tmp_path / "saved.json"


def test_every_format_comes_from_a_saved_report_without_go(
    saved: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = [f"r.{ending}" for ending in ("txt", "md", "html", "json", "sarif", "dot", "mmd", "graphml")]

    assert main(["report", "--from", saved.name, "-o", ",".join(files), "-q"]) == 0

    assert capsys.readouterr().out == ""
    assert all(Path(each).stat().st_size > 99 for each in files)
    assert json.loads(Path("r.json").read_text("utf-8")) == json.loads(saved.read_text("utf-8"))


def test_saved_report_on_one_platform(saved: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["report", "--from", saved.name, "-q", "--platform", "linux_arm64"])

    text = capsys.readouterr().out
    assert "1 binary on 1 platform\n" in text
    assert "windows" not in text
    assert main(["report", "--from", saved.name, "--platform", "plan9_386"]) == 2
    assert "'plan9_386' is not one of linux_arm64, windows_arm64" in capsys.readouterr().err


def test_pattern_without_a_target_is_an_error(saved: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "--from", saved.name, "-q", "--target", "cmd/ap"]) == 2
    assert capsys.readouterr() == (
        "",
        "bazel-xc: --target cmd/ap: no target matches; did you mean //cmd/app?\n",
    )
    main(["report", "--from", saved.name, "-q", "--target", "app"])
    assert "Binaries (1)\n  //cmd/app\n" in capsys.readouterr().out


def test_no_saved_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "--from", str(tmp_path / "none.json")]) == 2
    assert "none.json: cannot be read" in capsys.readouterr().err


def test_terminal_has_colours_and_its_own_width(saved: Path) -> None:
    command = [sys.executable, "-m", "bazel_xc", "report", "--from", saved.name, "--all"]
    wide, _ = on_terminal(command, saved.parent, variables={"COLUMNS": "200"})
    narrow, _ = on_terminal(command, saved.parent, variables={"COLUMNS": "60"})
    dull, _ = on_terminal(command, saved.parent, variables={"COLUMNS": "60", "NO_COLOR": "1"})

    assert "\033[31mcannot build\033[0m on windows_arm64" in wide
    assert re.sub(r"\033\[\d+m", "", narrow) == dull
    assert max(map(len, dull.splitlines())) <= 60
    assert len(wide.splitlines()) < len(dull.splitlines())
    assert "\033" not in on_terminal(command, saved.parent, variables={"TERM": "dumb"})[0]


def test_pipe_is_plain_whatever_the_terminal(saved: Path) -> None:
    command = [sys.executable, "-m", "bazel_xc", "report", "--from", saved.name]
    environment = {**os.environ, "COLUMNS": "200", "TERM": "xterm"}
    text = subprocess.run(command, cwd=saved.parent, env=environment, capture_output=True, check=True).stdout

    assert b"\033" not in text
    assert text.decode("utf-8") == (GOLDEN / "report_as_text" / "want.stdout").read_text("utf-8").replace(
        "$GO", "go1.26"
    ).replace("$VERSION", "0.1")


def test_repeated_run_fits_the_terminal_of_today(tmp_path: Path) -> None:
    """A kept result is for one width; another width is another run."""
    require("go")
    (tmp_path / "go.mod").write_text("module example.com/m\n\ngo 1.21\n", encoding="utf-8")
    (tmp_path / "main.go").write_text("package main\n\nfunc main() {}\n", encoding="utf-8")
    command = [sys.executable, "-m", "bazel_xc", "report"]
    kept = {"BAZEL_XC_CACHE": str(tmp_path / "kept")}
    first = [on_terminal(command, tmp_path, variables={"COLUMNS": width, **kept}) for width in ("60", "100")]
    again = [on_terminal(command, tmp_path, variables={"COLUMNS": width, **kept}) for width in ("60", "100")]

    assert again == first
