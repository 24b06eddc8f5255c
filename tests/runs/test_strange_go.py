"""A go command that answers in JSON of another shape: one line and exit code 2, whichever answer it is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from requirements import require

from bazel_xc.cli import main
from bazel_xc.golang.toolchain import find_go

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the stand-in is a shell script")

# Which arguments the stand-in answers itself; the rest goes to the real go, under its own GOROOT.
STAND_IN = """\
#!/bin/sh
case "$1 $2 $3" in
"env GOROOT "*) '{go}' "$@" | sed '1s|.*|{goroot}|' ;;
{wanted}) printf '%s\\n' '{answer}' ;;
*) exec '{go}' "$@" ;;
esac
"""


@pytest.mark.parametrize("wanted", ["'list -e '*", "'mod edit '*", "'work edit '*", "'list -m '*"])
@pytest.mark.parametrize("answer", ["[]", "7", '"text"', '[{"Path": 1}]', '{"Require": 1, "Use": 1}', "{"])
def test_one_line(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    wanted: str,
    answer: str,
) -> None:
    require("go")
    (tmp_path / "go.mod").write_text("module m\n\ngo 1.21\n")
    (tmp_path / "go.work").write_text("go 1.21\n\nuse .\n")
    (tmp_path / "WORKSPACE").touch()
    (tmp_path / "a.go").write_text("package m\n")
    bin_ = tmp_path / "goroot" / "bin"
    bin_.mkdir(parents=True)
    real = find_go(os.environ, tmp_path).command
    text = STAND_IN.format(go=real, goroot=bin_.parent, wanted=wanted, answer=answer)
    (bin_ / "go").write_text(text)
    (bin_ / "go").chmod(0o755)
    monkeypatch.setenv("BAZEL_XC_GO", str(bin_ / "go"))
    monkeypatch.setenv("GOROOT", str(Path(real).parents[1]))

    code = main(["modules" if "list -m" in wanted else "generate", "-C", str(tmp_path)])

    said = capsys.readouterr().err
    assert code == 2
    assert said.count("\n") == 1
    assert said.startswith("bazel-xc: ")
    assert "go" in said
