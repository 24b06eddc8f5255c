"""The first listing, which starts before BUILD files are read."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from requirements import require

from bazel_xc.buildfile.workspace import list_folders
from bazel_xc.commands import ahead, snapshot
from bazel_xc.commands.options import Options
from bazel_xc.config import Config
from bazel_xc.golang.first_listing import StartedListing
from bazel_xc.golang.toolchain import Toolchain, find_go
from bazel_xc.tree import DiskTree


@pytest.fixture
def go(tmp_path: Path) -> Toolchain:
    require("go")
    return find_go(os.environ, tmp_path)


def write(root: Path, files: Mapping[str, str]) -> None:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")


def started(root: Path, go: Toolchain) -> tuple[ahead.GoGround, StartedListing] | None:
    tree = DiskTree(root)
    ask = ahead.Ask(60, whole=False, verify=False)
    with ThreadPoolExecutor(max_workers=1) as pool:
        return ahead.started_listing(tree, list_folders(tree), Config(), go, ask, pool)


MODULE = {"go.mod": "module m\n\ngo 1.21\n", "a.go": "package m\n"}


def test_listing_of_all_modules(tmp_path: Path, go: Toolchain) -> None:
    write(tmp_path, {**MODULE, "n/go.mod": "module n\n\ngo 1.21\n", "n/b.go": "package n\n"})
    found = started(tmp_path, go)

    assert found
    assert [each.path for each in found[0].modules] == ["m", "n"]
    (listing,), failed = found[1].answer.result()
    assert set(listing.packages) == {"m", "n"}
    assert failed == ()


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"a.go": "package m\n"}, id="no module"),
        pytest.param({**MODULE, "n/go.mod": "mod\n"}, id="broken go.mod"),
        pytest.param({**MODULE, "go.work": "use\n(\n"}, id="broken go.work"),
    ],
)
def test_whatever_is_odd_is_left_to_the_caller(files: dict[str, str], tmp_path: Path, go: Toolchain) -> None:
    write(tmp_path, files)

    assert started(tmp_path, go) is None


def test_go_is_not_started_where_it_would_wait(tmp_path: Path, go: Toolchain) -> None:
    write(tmp_path, MODULE)
    os.mkfifo(tmp_path / "b.go")

    assert started(tmp_path, go) is None


@pytest.mark.parametrize("text", ["module n\n\ngo 1.21\n", "mod\n"], ids=["right", "broken"])
def test_a_module_that_a_directive_hides_is_not_listed(text: str, tmp_path: Path, go: Toolchain) -> None:
    hidden = {"n/go.mod": text, "n/b.go": "package n\n"}
    write(tmp_path, {**MODULE, **hidden, "BUILD.bazel": "# gazelle:exclude n\n"})
    found = snapshot.take_snapshot(Options(root=tmp_path), whole=False)

    assert [each.path for each in found.modules] == ["m"]
    assert set(found.universe.own) == {""}
    assert found.diagnostics == ()


def test_a_listing_with_the_right_input_is_used(
    tmp_path: Path, go: Toolchain, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, MODULE)
    asked: list[str] = []
    run = subprocess.run

    def noted(command: list[str], **rest: object) -> object:
        asked.extend(each for each in command if each in ("-deps", "-find"))
        return run(command, **rest)  # type: ignore[call-overload]

    monkeypatch.setattr(subprocess, "run", noted)
    snapshot.take_snapshot(Options(root=tmp_path), whole=False)

    assert asked == ["-deps"]
