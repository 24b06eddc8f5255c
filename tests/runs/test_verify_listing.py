"""``--verify-listing``: go lists every platform of every example as sources show, and else it is reported."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from attrs import evolve
from goldens import CASES, GOLDEN, TESTDATA, isolate, lay_out
from requirements import require

from bazel_xc.cli import main
from bazel_xc.golang import asking
from bazel_xc.golang.derived import Derived, derived

EXAMPLES = ("example", "cgo_example", "third_party_example")
COMMANDS = (("generate", "--check"), ("report", "--allow-incomplete"))
DIFFERS = "go lists it otherwise"


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    require("go")
    isolate(monkeypatch, tmp_path_factory.mktemp("modules"))


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
@pytest.mark.parametrize("name", CASES)
def test_go_lists_what_sources_show(
    name: str, command: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lay_out(GOLDEN / name, tmp_path / "w")
    main([*command, "-C", str(tmp_path / "w"), "--verify-listing"])

    assert _differences(capsys) == []


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
@pytest.mark.parametrize("name", EXAMPLES)
def test_examples(
    name: str, command: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(TESTDATA / name, tmp_path / "w", symlinks=True)
    found = main([*command, "-C", str(tmp_path / "w")]), *capsys.readouterr()
    verified = main([*command, "-C", str(tmp_path / "w"), "--verify-listing"]), *capsys.readouterr()

    assert verified == found


def _differences(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return [line for line in capsys.readouterr().err.splitlines() if DIFFERS in line]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_wrong_derivation_is_an_error(
    command: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "go.mod").write_text("module example.com/m\n\ngo 1.21\n")
    (tmp_path / "a.go").write_text("package m\n")
    toml = "[platforms]\nlinux_amd64 = { cgo = true }\nwindows_amd64 = { cgo = false }\n"
    (tmp_path / "bazel_xc.toml").write_text(toml)
    main(["generate", "-C", str(tmp_path), "--verify-listing"])
    assert _differences(capsys) == []

    def wrong(*given: object, **named: object) -> Derived:
        made = derived(*given, **named)  # type: ignore[arg-type]
        packages = {path: evolve(each, go_files=("b.go",)) for path, each in made.packages.items()}
        return evolve(made, packages=packages)

    monkeypatch.setattr(asking, "derived", wrong)
    code = main([*command, "-C", str(tmp_path), "--verify-listing"])

    assert code == 1
    assert _differences(capsys)[-1] == (
        "example.com/m: error: on windows_amd64, go lists it otherwise: files: derived b.go, listed a.go"
        " (please report it; --verify-listing uses go's answer)"
    )


def test_answer_of_go_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(TESTDATA / "example", tmp_path / "w")
    main(["generate", "--diff", "-C", str(tmp_path / "w")])
    wanted = capsys.readouterr().out
    nothing = Derived(packages={}, unsure=(), unknown=())
    monkeypatch.setattr(asking, "derived", lambda *_, **__: nothing)

    assert main(["generate", "--diff", "-C", str(tmp_path / "w"), "--verify-listing"]) == 1
    assert capsys.readouterr().out == wanted
