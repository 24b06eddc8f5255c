"""What a module of somebody else's needs, and how its override is shaped."""

from __future__ import annotations

import pytest

from bazel_xc.bazel.c_rules import CcRules
from bazel_xc.bazel.override import (
    Reason,
    alias_name,
    aliases,
    is_ours,
    made_for,
    package_text,
    patch_head,
    shape,
)
from bazel_xc.bazel.wiring import Wiring
from bazel_xc.model import Label


def wiring(**consumers: frozenset[str]) -> Wiring:
    rules = CcRules(consumers={path.replace("__", "/"): names for path, names in consumers.items()})
    return Wiring(cdeps={}, flags={}, test_flags={}, absent={}, rules=rules)


@pytest.mark.parametrize(
    ("directories", "consumers", "directives", "whole"),
    [
        pytest.param(["a/b"], wiring(), ("gazelle:exclude a/b",), False, id="one package"),
        pytest.param(
            ["a", "a/b", "c"], wiring(), ("gazelle:exclude a", "gazelle:exclude c"), False, id="topmost"
        ),
        pytest.param(["", "a"], wiring(), (), True, id="the root"),
        pytest.param(["a"], wiring(lib=frozenset({"a"})), ("gazelle:exclude a",), False, id="C beside no Go"),
        pytest.param(
            ["a"],
            wiring(go=frozenset({"a"})),
            ("gazelle:exclude a", "gazelle:exclude go"),
            False,
            id="C beside other Go",
        ),
        pytest.param(
            ["a"], wiring(go=frozenset({"x"})), ("gazelle:exclude a",), False, id="C of another package"
        ),
    ],
)
def test_shape(directories: list[str], consumers: Wiring, directives: tuple[str, ...], whole: bool) -> None:
    why = [Reason(directory=each, text="x") for each in directories]
    found = shape(why, consumers, frozenset({"go", "a", "a/b", "c"}))
    assert (found.directives, found.whole) == (directives, whole)
    assert all(found.covers(each) for each in directories)


def test_the_head_of_a_patch_tells_its_version() -> None:
    head = patch_head(
        "github.com/a/b", "v1.2.3", [Reason(directory="c", text="flags of pkg-config")]
    ).encode()
    assert is_ours(head)
    assert made_for(head) == "v1.2.3"
    assert b"# github.com/a/b/c: flags of pkg-config\n" in head
    assert made_for(b"--- a\n") == ""


@pytest.mark.parametrize(
    ("label", "name"),
    [
        pytest.param(Label("libpng", "", "libpng"), "libpng", id="of its own name"),
        pytest.param(Label("boringssl", "", "ssl"), "boringssl_ssl", id="target"),
        pytest.param(Label("curl", "lib", "curl"), "curl_lib", id="package"),
    ],
)
def test_alias_names(label: Label, name: str) -> None:
    assert alias_name(label) == name


def test_aliases_stand_in_our_package() -> None:
    found = aliases([Label("libpng", "", "libpng"), Label("", "third_party", "x")])
    text = package_text(found)
    assert 'alias(\n    name = "libpng",\n    actual = "@libpng",' in text
    assert text.count("alias(") == 1
