"""Labels: what Bazel takes for one, and what it refuses."""

from __future__ import annotations

import pytest

from bazel_xc.model import Label


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("//a/b", Label("", "a/b", "b")),
        ("//a:b", Label("", "a", "b")),
        ("//:x", Label("", "", "x")),
        ("//a:b/c.go", Label("", "a", "b/c.go")),
        (":x", Label("", "here", "x")),
        ("x", Label("", "here", "x")),
        ("x/y.h", Label("", "here", "x/y.h")),
        ("@repo", Label("repo", "", "repo")),
        ("@repo//", Label("repo", "", "repo")),
        ("@repo//:x", Label("repo", "", "x")),
        ("@repo//a", Label("repo", "a", "a")),
        ("@@repo//x", Label("repo", "x", "x")),
        ("@@rules_go++go_sdk+x~1.0//a:b", Label("rules_go++go_sdk+x~1.0", "a", "b")),
        ("@@//x:y", Label("", "x", "y")),
        ("@//x:y", Label("", "x", "y")),
        ("//a:y z", Label("", "a", "y z")),
        ("//a b:c", Label("", "a b", "c")),
        ("//a:caf\u00e9", Label("", "a", "caf\u00e9")),
        ("//a:!%-@^_#$&'()*+,;<=>?[]{|}~.", Label("", "a", "!%-@^_#$&'()*+,;<=>?[]{|}~.")),
        ("//a:..b", Label("", "a", "..b")),
        ("//a:.", Label("", "a", ".")),
        ("@com_$1//x/${2}:y", Label("com_$1", "x/${2}", "y")),
    ],
)
def test_labels(text: str, label: Label) -> None:
    assert Label.parse(text, "here") == label


@pytest.mark.parametrize(
    "text",
    [
        "",
        "/",
        "//",
        "//:",
        ":",
        "@",
        "@@",
        "@//",
        "@@//",
        "@:x",
        "@a b//x",
        "@@@a//x",
        "//a:",
        "//a/",
        "//a/:b",
        "//a//b:c",
        "///a:b",
        "//./a:b",
        "//a/..:b",
        "//...:b",
        "//a:/b",
        "//a:b/",
        "//a:b//c",
        "//a:b/../c",
        "//a:b/./c",
        "//a:..",
        "//a:b\\c",
        "//a:b\tc",
        "//a:b:c",
        "a:b",
        "a:b:c",
        "/a:b",
        "/a",
    ],
)
def test_what_is_no_label(text: str) -> None:
    with pytest.raises(ValueError, match="not a label"):
        Label.parse(text)
