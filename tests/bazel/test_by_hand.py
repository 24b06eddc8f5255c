"""Whose the labels in cdeps are."""

from __future__ import annotations

import pytest

from bazel_xc.bazel.by_hand import flags_by_hand
from bazel_xc.buildfile.workspace import read_workspace
from bazel_xc.tree import MemoryTree

NO_CGO = '"//platforms:cgo_is_off": [], "//conditions:default":'
OURS = """
cc_library(
    name = "p_cgo",
    tags = ["bazel_xc"],
)
"""


@pytest.mark.parametrize(
    ("attributes", "flags"),
    [
        pytest.param('clinkopts = ["-la"]', None, id="no_cdeps"),
        pytest.param('cdeps = ["//l"], clinkopts = ["-la", "-l", "b", "-s"]', {"-la", "-lb", "-s"}, id="own"),
        pytest.param('cdeps = ["//lib"]', set(), id="own_without_flags"),
        pytest.param('cdeps = [":p_cgo", "//gone:gone_cgo"]', None, id="of_bazel_xc"),
        pytest.param(f'cdeps = select({{{NO_CGO} ["//lib"]}})', None, id="behind_cgo"),
        pytest.param(
            f'cdeps = ["//lib"] + select({{{NO_CGO} [":p_cgo"]}})',
            set(),
            id="both",
        ),
        pytest.param('cdeps = select({"@platforms//os:linux": ["//lib"]})', set(), id="by_system"),
        pytest.param('cdeps = select({"//my:key": ["//lib"]})', set(), id="key_of_their_own"),
        pytest.param("cdeps = LIBRARIES", set(), id="expression"),
    ],
)
def test_flags_by_hand(attributes: str, flags: set[str] | None) -> None:
    text = f'go_library(name = "p", {attributes})\n{OURS}'
    workspace = read_workspace(MemoryTree({"p/BUILD.bazel": text.encode()}))
    directory = workspace.directories["p"]
    rule = next(each for each in directory.rules if each.name == "p")

    assert flags_by_hand(rule, directory, workspace, ["darwin_arm64", "linux_amd64"]) == flags
