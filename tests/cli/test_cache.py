"""``bazel-xc cache``, and the options and variables that choose where results are kept."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from requirements import require

from bazel_xc.cli import main, remembering
from bazel_xc.cli.remembering import Memory
from bazel_xc.commands import snapshot
from bazel_xc.golang.loading import load
from bazel_xc.memory import replay, store


def _cache() -> Path:
    """The folder of this test, which does not exist yet."""
    return Path(os.environ["BAZEL_XC_CACHE"])


def _results() -> list[Path]:
    """The results that are kept."""
    return sorted(_cache().glob("run-*"))


def test_show_and_clear(capsys: pytest.CaptureFixture[str]) -> None:
    cache = _cache()
    store.put(str(cache), "one", b"x" * 1_572_864)
    (cache / "notes.txt").write_text("mine\n")
    for arguments, said in (
        (["cache"], f"1 file, 1.5 MB in {cache}\n"),
        (["cache", "show"], f"1 file, 1.5 MB in {cache}\n"),
        (["cache", "clear"], f"removed 1 file, 1.5 MB in {cache}\n"),
        (["cache"], f"0 files, 0.0 MB in {cache}\n"),
    ):
        assert main(arguments) == 0
        assert capsys.readouterr() == (said, "")
    assert [each.name for each in cache.iterdir()] == ["notes.txt"]


def test_another_directory(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store.put(str(_cache()), "one", b"x")

    assert main(["cache", "--cache-dir", str(tmp_path / "other")]) == 0
    assert capsys.readouterr().out == f"0 files, 0.0 MB in {tmp_path}/other\n"


def test_no_directory(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("BAZEL_XC_CACHE", "HOME", "XDG_CACHE_HOME", "LOCALAPPDATA", "USERPROFILE"):
        monkeypatch.delenv(name, raising=False)

    assert main(["cache", "clear"]) == 0
    assert capsys.readouterr().out.startswith("nothing is kept: no cache directory is known")


@pytest.mark.parametrize(
    ("arguments", "folder"),
    [
        pytest.param(["generate"], "{cache}", id="variable"),
        pytest.param(["-C", "w", "report"], "{cache}", id="after_options"),
        pytest.param(["generate", "--cache-dir", "here"], "here", id="two_words"),
        pytest.param(["why", "x", "--cache-dir=here"], "here", id="one_word"),
        pytest.param(["why", "x", "--cache", "here"], "here", id="start_of_the_word"),
        pytest.param(["generate", "--c", "here"], "{cache}", id="start_of_several_words"),
        pytest.param(["generate", "--cache-dir"], "{cache}", id="nothing_behind_it"),
        pytest.param(["generate", "--no-cache"], None, id="off"),
        pytest.param(["doctor"], None, id="another_command"),
        pytest.param([], None, id="no_command"),
    ],
)
def test_where_results_are_kept(arguments: list[str], folder: str | None) -> None:
    memory = Memory.of(arguments)

    assert (memory and memory.folder) == (folder and folder.format(cache=_cache()))


# Whole runs


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace whose BUILD files are up to date, and no kept results."""
    require("go")
    root = tmp_path / "w"
    root.mkdir()
    (root / "go.mod").write_text("module example.com/m\n\ngo 1.21\n")
    (root / "ä.go").write_text("package m\n")
    main(["generate", "-q", "-C", str(root), "--no-cache"])
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every run seems to begin long after the last change."""
    remember = replay.remember

    def later(*given: object, start: int, unseen: frozenset[str]) -> replay.Kept | None:
        return remember(*given, start=start + 10**10, unseen=unseen)  # type: ignore[arg-type]

    monkeypatch.setattr(replay, "remember", later)


@pytest.fixture
def hits(monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """The number of repeated results so far."""
    found: list[bool] = []
    changed = replay.changed

    def counting(kept: replay.Kept, has_facts: replay.HasFacts) -> list[str] | None:
        paths = changed(kept, has_facts)
        found.append(paths == [])
        return paths

    monkeypatch.setattr(replay, "changed", counting)
    return lambda: sum(found)


@pytest.mark.usefixtures("settled")
def test_unchanged_result_is_repeated(
    workspace: Path, hits: Callable[[], int], capsys: pytest.CaptureFixture[str]
) -> None:
    for arguments in (["generate"], ["generate", "--check", "-v"], ["report"], ["why", "example.com/m"]):
        before = hits()
        first = main(arguments), *capsys.readouterr()
        assert hits() == before
        again = main(arguments), *capsys.readouterr()
        assert hits() == before + 1
        assert again == first


@pytest.mark.usefixtures("settled")
def test_no_cache_neither_uses_nor_keeps(workspace: Path, hits: Callable[[], int]) -> None:
    for spelled in ("--no-cache", "--no-c"):
        main(["generate", spelled])
        main(["generate", spelled])
    assert (hits(), _cache().exists()) == (0, False)

    main(["generate"])
    main(["generate", "--no-cache"])
    assert hits() == 0


@pytest.mark.usefixtures("settled")
def test_result_that_cannot_be_kept_is_no_failure(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> None:
        raise TypeError("odd")

    monkeypatch.setattr("bazel_xc.commands.inputs.inputs_of", fail)
    assert main(["generate"]) == 0
    assert "Error" not in capsys.readouterr().err


@pytest.mark.usefixtures("settled")
def test_cache_dir_is_used_instead(workspace: Path, hits: Callable[[], int]) -> None:
    for spelled in (["--cache-dir", "../one"], ["--cache-dir=../one"], ["--cache-d=../one"]):
        before = hits()
        for _ in range(2):
            main(["generate", *spelled])
        assert hits() == before + 1
    assert not _cache().exists()
    assert len(list((workspace.parent / "one").glob("run-*"))) == 3


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["report", "-o", "out.txt"], id="report_into_a_file"),
        pytest.param(["why", "nothing"], id="failed_run"),
        pytest.param(["generate", "--check", "nowhere"], id="wrong_argument"),
    ],
)
def test_other_results_are_not_kept(workspace: Path, arguments: list[str]) -> None:
    main(arguments)

    assert not _results()


@pytest.mark.usefixtures("settled")
def test_run_that_writes_is_not_kept(workspace: Path) -> None:
    (workspace / "BUILD.bazel").unlink()

    main(["generate"])
    assert not _results()
    assert (workspace / "BUILD.bazel").exists()


def test_other_files_beside_those_that_count_may_change_during_a_run(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, hits: Callable[[], int]
) -> None:
    """As in the directory of a user, where shells and editors write all the time."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(workspace.parent / "settings"))
    monkeypatch.delenv("GOENV", raising=False)
    (workspace.parent / "settings").mkdir()
    time.sleep(0.05)

    def loaded(*given: object, **named: object) -> object:
        for folder in (workspace.parent, workspace.parent / "settings"):
            (folder / ".history").touch()
        return load(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(snapshot, "load", loaded)
    before = hits()
    for _ in range(2):
        assert main(["generate"]) == 0

    assert hits() == before + 1


def test_fresh_change_is_not_kept(workspace: Path) -> None:
    """The workspace was written just now: a change within the same tick of the clock could not be seen."""
    (workspace / "b.go").write_text("package m\n")

    main(["generate", "--check"])
    assert not _results()


@pytest.mark.usefixtures("settled")
def test_repeated_output_survives_its_streams(workspace: Path) -> None:
    """An encoding without some character, a reader that is gone, a closed handle: as in the run itself."""
    (workspace / "ä.go").write_text("package m\n\nfunc (\n")
    (workspace / "BUILD.bazel").unlink()
    command = f"'{sys.executable}' -m bazel_xc generate --diff"
    main(["cache", "clear"])
    for line in (
        f"PYTHONIOENCODING=ascii {command}",
        f"{command} | head -c 1",
        f"{command} >&-",
        f"{command} 2>&-",
        f"{command} > /dev/full",
    ):
        shell = ["sh", "-c", f"sleep 0.1; {line}; echo $?"]
        done = [subprocess.run(shell, capture_output=True, check=False) for _ in range(2)]

        assert (done[0].stdout, done[0].stderr) == (done[1].stdout, done[1].stderr)


def test_the_copy_of_a_closed_stream_ends_quietly() -> None:
    """From Python 3.13 on, an error at the end of a file object is a message on standard error."""
    stream = io.StringIO()
    copy = remembering._Copy(stream)
    copy.write("text")
    stream.close()
    copy.flush()
    assert copy.text() == "text"
