"""What the go command says about itself, whatever the user has set for modules."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

import pytest
from requirements import require

from bazel_xc.golang.toolchain import find_go, run_go, tool_tags


@pytest.mark.parametrize(
    ("name", "setting"),
    [
        ("GOENV", "GOFLAGS=-modfile=other.mod\n"),
        ("GOENV", "GOFLAGS=-overlay=gone.json\n"),
        ("GOENV", "GOFLAGS=-mod=vendor\n"),
        ("GOWORK", "broken\n"),
    ],
)
def test_tags_of_go_do_not_depend_on_settings_for_modules(tmp_path: Path, name: str, setting: str) -> None:
    require("go")
    settings = tmp_path / "settings"
    settings.write_text(setting)
    plain = {**os.environ, "GOENV": "off", "GOFLAGS": ""}

    tags = [
        tool_tags(toolchain, ["amd64", "arm64"], partial(run_go, toolchain.command, timeout=60))
        for environment in (plain, {**plain, name: str(settings)})
        for toolchain in [find_go(environment, tmp_path)]
    ]

    assert "amd64.v1" in tags[0]["amd64"]
    assert tags[1] == tags[0]
