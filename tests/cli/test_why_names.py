"""``why``: the spellings of a package or target."""

from __future__ import annotations

from pathlib import Path

import pytest
from requirements import require

from bazel_xc.cli import main

FILES = {
    "go.mod": "module example.com/m\n\ngo 1.21\n",
    "bazel_xc.toml": "[platforms.linux_amd64]\ncgo = true\n",
    "m.go": 'package m\n\nimport "C"\n',
    "a/p/p.go": 'package p\n\nimport _ "example.com/m"\n',
    "b/q/q.go": 'package q\n\nimport _ "example.com/m"\n',
    "c/q/q.go": 'package q\n\nimport _ "example.com/m"\n',
}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    require("go")
    folder = tmp_path_factory.mktemp("why")
    for path, text in FILES.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("text", "name"),
    [
        pytest.param("example.com/m/a/p", "./a/p", id="import path"),
        pytest.param("./a/p", "./a/p", id="directory"),
        pytest.param("a/p", "./a/p", id="directory without a dot"),
        pytest.param("p", "./a/p", id="end of a directory"),
        pytest.param("//a/p", "./a/p", id="label"),
        pytest.param("//a/p:p", "./a/p", id="label of the library"),
    ],
)
def test_spellings(text: str, name: str, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["why", "-q", "-C", str(root), text]) == 0
    assert f"1 package below {name} imports" in capsys.readouterr().out


def test_the_root_by_its_label(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["why", "-q", "-C", str(root), "//:m"]) == 0
    assert capsys.readouterr().out == 'C toolchain everywhere: imports "C"\n'


def test_an_end_of_two_directories(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["why", "-q", "-C", str(root), "q"]) == 2
    assert "did you mean example.com/m/b/q or example.com/m/c/q?" in capsys.readouterr().err
