"""The list of programs that cannot be built somewhere: its text, and when it is left alone."""

from __future__ import annotations

import pytest

from bazel_xc.bazel.incompatible import incompatible_list
from bazel_xc.model import Label, Platform

PLATFORMS = (Platform("linux", "arm64", cgo=True), Platform("windows", "arm64", cgo=False))

HEAD = b'"""Written by bazel-xc generate: programs, and the platforms on which they cannot be built."""\n\n'


@pytest.mark.parametrize(
    ("absent", "table"),
    [
        pytest.param({}, b"{}", id="everything_can_be_built"),
        pytest.param(
            {
                Label("", "cmd/b", "b"): frozenset({"windows_arm64", "linux_arm64"}),
                Label("", "cmd/a", "tool"): frozenset({"windows_arm64"}),
            },
            b'{\n    "//cmd/a:tool": ["windows_arm64"],\n'
            b'    "//cmd/b:b": ["linux_arm64", "windows_arm64"],\n}',
            id="sorted_labels_with_names",
        ),
        pytest.param({Label("", "a", "a"): frozenset({"plan9_386"})}, b"{}", id="only_configured_platforms"),
    ],
)
def test_the_list_names_programs(absent: dict[Label, frozenset[str]], table: bytes) -> None:
    new = incompatible_list(b"", absent, PLATFORMS)

    assert new == HEAD + b"INCOMPATIBLE = " + table + b"\n"
    assert incompatible_list(new, absent, PLATFORMS) == new


@pytest.mark.parametrize(
    "old",
    [pytest.param(None, id="no_file"), pytest.param(b'INCOMPATIBLE = ["mine"]\n', id="of_somebody_else")],
)
def test_who_did_not_ask_gets_none(old: bytes | None) -> None:
    assert incompatible_list(old, {}, PLATFORMS) is None
