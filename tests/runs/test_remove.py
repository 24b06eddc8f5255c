"""``remove`` after ``generate``: nothing of bazel-xc's is left, and nothing of the user's is lost."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from goldens import (
    CASES,
    GOLDEN,
    Tree,
    isolate,
    lay_out,
    read_tree,
    text_of,
    wanted_files,
    writes_everything,
)

from bazel_xc.bazel import without_ours
from bazel_xc.buildfile.parser import parse
from bazel_xc.buildfile.syntax import BuildSyntaxError, strings_in
from bazel_xc.cli import main

WRITTEN = [name for name in CASES if writes_everything(GOLDEN / name)]
MARK = b"# keep: bazel_xc"
_OURS = (b'"bazel_xc"', b"pure = select", b"//platforms:", b"go/toolchain:cgo_on")


def _is_new_to_us(name: str) -> bool:
    """Whether the input has nothing that bazel-xc would have written, and one prefix for Gazelle."""
    files = read_tree(GOLDEN / name / "input")
    return "go.work" not in files and not any(
        each in data for each in (*_OURS, MARK) for data in files.values()
    )


WITHOUT_US = [name for name in WRITTEN if _is_new_to_us(name)]


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    isolate(monkeypatch, tmp_path_factory.mktemp("modules"))


@pytest.fixture
def gazelle(require: Callable[[str], str]) -> str:
    return require(os.environ.get("BAZEL_XC_GAZELLE_COMMAND", "gazelle"))


def generated(name: str, root: Path) -> None:
    """The workspace of a case after its run."""
    case = GOLDEN / name
    lay_out(case, root)
    for path, data in wanted_files(case).items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)


def run(root: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main([*(arguments or ("remove",)), "-C", str(root), "--no-cache"])
    out, err = capsys.readouterr()
    return code, out, err


def build_texts(root: Path) -> dict[str, bytes]:
    files = read_tree(root)
    return {path: data for path, data in files.items() if re.search(r"(^|/)BUILD(\.bazel)?$", path)}


@pytest.mark.parametrize("name", WRITTEN)
def test_nothing_of_ours_is_left(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = tmp_path / "workspace"
    generated(name, root)
    code, _, err = run(root, capsys)
    assert "please report" not in err
    after = read_tree(root)
    assert run(root, capsys)[1].startswith("there is nothing of bazel-xc here")
    assert read_tree(root) == after
    if code == 0 and "left-behind" not in err and "stays" not in err:
        for path, text in build_texts(root).items():
            if path not in read_tree(GOLDEN / name / "input"):
                assert MARK not in text
                assert b"//platforms:requires" not in text
                assert b'"bazel_xc"' not in text
        assert "platforms/platforms.bazelrc" not in after
    assert [each for each in root.rglob("platforms") if each.is_dir() and not any(each.iterdir())] == []


def test_a_file_that_cannot_be_cleaned_stays_with_the_targets_that_it_uses(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "workspace"
    generated("cgo_only_package_is_incompatible", root)
    before = build_texts(root)
    used = {path for path, text in before.items() if b"//platforms:requires_cgo" in text}
    assert used
    monkeypatch.setattr(without_ours, "damage", lambda *_: "a comment is lost")
    code, _, err = run(root, capsys)
    after = build_texts(root)
    assert code == 1
    assert "a comment is lost" in err
    assert {path: after[path] for path in used} == {path: before[path] for path in used}
    assert b'name = "requires_cgo"' in after["platforms/BUILD.bazel"]


def test_a_platform_that_is_configured_no_more_goes_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "workspace"
    generated("cgo_only_package_is_incompatible", root)
    (root / "bazel_xc.toml").write_text("[platforms.linux_amd64]\n")
    path = root / "platforms" / "BUILD.bazel"
    mine = path.read_text().replace("windows_arm64", "windows_mine")  # a name that bazel-xc does not write
    path.write_text(mine)
    code, _, _ = run(root, capsys)
    assert code == 0
    assert [call.name for call in parse("", path.read_bytes()).calls] == ["windows_mine"]


@pytest.mark.parametrize("name", WITHOUT_US)
def test_gazelle_finds_its_own_files_again(
    name: str, tmp_path: Path, gazelle: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Gazelle, a trial in mode cgo, the end of it, and Gazelle again: every rule has the same strings."""
    root = tmp_path / "workspace"
    lay_out(GOLDEN / name, root)
    before = run_gazelle(gazelle, root)
    run(root, capsys, "generate", "--mode", "cgo")
    run(root, capsys)
    assert strings_of(run_gazelle(gazelle, root)) == strings_of(before)


def run_gazelle(program: str, root: Path) -> Tree:
    command = [program, "update", "-external", "static", "-repo_root", str(root)]
    if not (root / "WORKSPACE").exists():
        command.append("-bzlmod")
    if module := re.search(r"^module (\S+)", text_of(root / "go.mod"), re.MULTILINE):
        command += ["-go_prefix", module[1]]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(done.stderr.splitlines()[0])
    return build_texts(root)


def strings_of(files: Tree) -> dict[tuple[str, str, str], list[str]]:
    """The strings of attributes by file, rule and name; their order is Gazelle's business."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for path, data in files.items():
        try:
            calls = parse(path, data).calls
        except BuildSyntaxError:
            continue
        for call in calls:
            for each in call.attributes:
                found[path, call.name or call.kind, each.name] = sorted(strings_in(each.value))
    return found
