"""A Python whose regular expressions are wrong is refused, before a file is read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bazel_xc.cli import interpreter, main


class _Broken:
    """The ``re`` of Python 3.11.2: the pointer stays where the last round failed."""

    @staticmethod
    def match(_: str, text: str) -> re.Match[str] | None:
        return re.match("a", text)


def test_this_python_is_good() -> None:
    assert not interpreter.problem()


def test_a_broken_one_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(interpreter, "re", _Broken)
    (tmp_path / "go.mod").write_text("module example.com/m\n")

    assert main(["generate", "-C", str(tmp_path)]) == 2

    shown = capsys.readouterr().err
    assert "matches possessive patterns wrong (gh-106052); install Python 3.11.5 or newer" in shown
    assert shown.count("\n") == 1
    assert [each.name for each in tmp_path.iterdir()] == ["go.mod"]


def test_help_and_version_work_there(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(interpreter, "re", _Broken)
    with pytest.raises(SystemExit) as left:
        main(["--version"])

    assert left.value.code == 0
    assert capsys.readouterr().out.startswith("bazel-xc ")
