"""The whole pipeline on the bundled example: the order of what comes in does not show in what goes out."""

from __future__ import annotations

import random
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

from attrs import evolve
from requirements import require

from bazel_xc.buildfile.workspace import Workspace
from bazel_xc.commands.generate import generate
from bazel_xc.commands.init import initialise
from bazel_xc.commands.options import Options
from bazel_xc.commands.snapshot import Snapshot, take_snapshot
from bazel_xc.golang.listing import Listing
from bazel_xc.golang.universe import Universe
from bazel_xc.model import FileChange
from bazel_xc.write import write_files

V = TypeVar("V")
EXAMPLE = Path(__file__).parents[2] / "testdata" / "example"


def mixed(dice: random.Random, table: Mapping[str, V]) -> dict[str, V]:
    """A table in another order."""
    return dict(dice.sample(list(table.items()), len(table)))


def mixed_universe(dice: random.Random, universe: Universe) -> Universe:
    return Universe.of(
        universe.platforms,
        tuple(Listing(each.platform, mixed(dice, each.packages)) for each in universe.listings),
        mixed(dice, universe.own),
        undefined=universe.undefined,
    )


def shuffled(snapshot: Snapshot, dice: random.Random) -> Snapshot:
    """The same snapshot with every mapping in another order."""
    loaded = snapshot.loaded
    workspace = snapshot.workspace
    return evolve(
        snapshot,
        workspace=Workspace(workspace.tree, mixed(dice, workspace.directories), workspace.diagnostics),
        loaded=evolve(loaded, universe=mixed_universe(dice, loaded.universe)),
    )


def test_shuffled_input_gives_the_same_bytes(tmp_path: Path) -> None:
    require("go")
    shutil.copytree(EXAMPLE, tmp_path / "w")
    snapshot = take_snapshot(Options(root=tmp_path / "w"))
    wanted = generate(snapshot).result
    dice = random.Random(3)

    for _ in range(3):
        found = generate(shuffled(snapshot, dice)).result

        assert sorted(found.changes) == sorted(wanted.changes)
        assert found.diagnostics == wanted.diagnostics


def test_generate_after_generate_changes_nothing(tmp_path: Path) -> None:
    require("go")
    root = tmp_path / "w"
    shutil.copytree(EXAMPLE, root)
    written = write_files(root, generate(take_snapshot(Options(root=root))).result.changes)

    assert "platforms/BUILD.bazel" in written
    assert generate(take_snapshot(Options(root=root))).result.changes == ()


def test_only_some_directories(tmp_path: Path) -> None:
    require("go")
    shutil.copytree(EXAMPLE, tmp_path / "w")
    snapshot = take_snapshot(Options(root=tmp_path / "w"))

    assert [change.path for change in generate(snapshot, ["cmd"]).result.changes] == [
        "cmd/greet/BUILD.bazel",
        "cmd/host/BUILD.bazel",
    ]


def test_init_writes_once_and_overwrites_nothing(tmp_path: Path) -> None:
    (tmp_path / "go.mod").write_text("module example.com/My-App\n\ngo 1.21\n")
    (tmp_path / ".bazelrc").write_text("build --jobs=2")

    first = initialise(Options(root=tmp_path))
    write_files(tmp_path, first.changes)

    assert {change.path for change in first.changes} == {
        ".bazelrc",
        ".bazelversion",
        "BUILD.bazel",
        "MODULE.bazel",
        "bazel_xc.toml",
        "platforms/BUILD.bazel",
        "platforms/platforms.bazelrc",
    }
    rc = (tmp_path / ".bazelrc").read_text()
    assert rc == "build --jobs=2\ntry-import %workspace%/platforms/platforms.bazelrc\n"
    assert 'module(name = "my-app")' in (tmp_path / "MODULE.bazel").read_text()
    assert "@rules_go//go/toolchain:cgo_on" in (tmp_path / "platforms/BUILD.bazel").read_text()
    assert initialise(Options(root=tmp_path)).changes == ()


def test_init_only_adds_to_what_is_there(tmp_path: Path) -> None:
    old = 'module(name = "mine")\nbazel_dep(name = "rules_go", version = "0.50.1", repo_name = "go_rules")\n'
    (tmp_path / "MODULE.bazel").write_text(old)
    (tmp_path / "go.mod").write_text("module example.com/mine\n")
    (tmp_path / "bazel_xc.toml").write_text("[platforms.linux_arm64]\n")

    changes = {change.path: change for change in initialise(Options(root=tmp_path)).changes}

    assert "bazel_xc.toml" not in changes
    assert text(changes["MODULE.bazel"]).startswith(old)
    assert text(changes["MODULE.bazel"])[len(old) :] == 'bazel_dep(name = "platforms", version = "1.0.0")\n'
    assert "@go_rules//go/toolchain:cgo_on" in text(changes["platforms/BUILD.bazel"])


def text(change: FileChange) -> str:
    return change.text.decode()
