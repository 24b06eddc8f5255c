"""Labels: what Bazel takes for one, and what it refuses. Values by platform."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bazel_xc.model import ByPlatform, Label, some_of


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


PLATFORMS = st.sampled_from(["a", "b", "c"])
LISTS = st.dictionaries(PLATFORMS, st.lists(st.sampled_from("xyz"), max_size=3))
WHERE = st.dictionaries(st.sampled_from("xyz"), st.frozensets(PLATFORMS))


@given(LISTS)
def test_each_platform_has_the_values_that_it_was_given(lists: dict[str, list[str]]) -> None:
    found = ByPlatform.fold(lists)

    assert {name: list(found.on(name)) for name in "abc"} == {name: lists.get(name, []) for name in "abc"}
    assert found.platforms == {name for name, values in lists.items() if values}
    assert bool(found) == any(lists.values())


@given(WHERE)
def test_values_hold_where_they_were_said_to_and_keep_their_order(where: dict[str, frozenset[str]]) -> None:
    found = ByPlatform.held(where)

    assert found.where == {value: held for value, held in where.items() if held}
    assert all(list(found.on(name)) == [v for v, held in where.items() if name in held] for name in "abc")
    assert found == ByPlatform.fold({name: found.on(name) for name in "cba"})


@given(LISTS, LISTS)
def test_merged_values_come_after_and_none_is_added_twice(
    one: dict[str, list[str]], other: dict[str, list[str]]
) -> None:
    found = ByPlatform.fold(one).merge(ByPlatform.fold(other))

    for name in "abc":
        own = one.get(name, [])
        assert list(found.on(name)) == own + [value for value in other.get(name, []) if value not in own]


def test_map_knows_the_platform() -> None:
    found = ByPlatform.fold({"a": "x", "b": "xy"}).map(lambda name, values: [f"{name}{v}" for v in values])

    assert found == ByPlatform.fold({"a": ["ax"], "b": ["bx", "by"]})


@pytest.mark.parametrize(
    ("most", "length", "expected"),
    [
        (3, 0, "a, b, c"),
        (2, 0, "a, b and 1 more"),
        (None, 0, "a, b, c"),
        (None, 5, "a, b, c and 2 more"),
        (1, 5, "a and 4 more"),
    ],
)
def test_some_names_and_how_many_there_are_besides(most: int | None, length: int, expected: str) -> None:
    assert some_of(["a", "b", "c"], most, length) == expected
