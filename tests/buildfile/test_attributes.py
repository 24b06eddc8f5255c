"""Changing attributes of a call where it stands."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from bazel_xc.buildfile.attributes import change_attributes
from bazel_xc.buildfile.edits import apply_edits
from bazel_xc.buildfile.parser import parse
from bazel_xc.buildfile.printer import strings
from bazel_xc.buildfile.syntax import String, Value


def _changed(text: str, changes: Mapping[str, Value | None]) -> str | None:
    file = parse("BUILD", text.encode())
    edits = change_attributes(file, file.calls[0], changes)
    return None if edits is None else apply_edits(file, edits).decode()


NEW: dict[str, Value | None] = {"name": String("n")}


@pytest.mark.parametrize(
    ("text", "changes", "wanted"),
    [
        pytest.param('f(\n  name="a",\n)\n', NEW, 'f(\n  name="n",\n)\n', id="only_the_value"),
        pytest.param(
            "f(\n    a = 1,\n    c = 3,\n)\n",
            {"b": String("2")},
            'f(\n    a = 1,\n    b = "2",\n    c = 3,\n)\n',
            id="between",
        ),
        pytest.param(
            "f(\n    b = 2\n)\n",
            {"a": String("1"), "c": String("3")},
            'f(\n    a = "1",\n    b = 2,\n    c = "3",\n)\n',
            id="around",
        ),
        pytest.param(
            "f(\n    a = 1,  # a\n    b = 2,  # b\n)\n",
            {"a": None},
            "f(\n    # a\n    b = 2,  # b\n)\n",
            id="comment_of_a_removed_one",
        ),
        pytest.param(
            "f(\n    a = 1,\n    b = [\n        2,\n    ]\n)\n",
            {"b": None, "c": strings(["x"])},
            'f(\n    a = 1,\n    c = ["x"],\n)\n',
            id="last_one_without_comma",
        ),
        pytest.param("f(a = 1, b = 2)\n", {"b": None}, "f(\n    a = 1,\n)\n", id="one_line"),
        pytest.param("f()\n", {"a": String("1")}, 'f(\n    a = "1",\n)\n', id="no_attribute_yet"),
        pytest.param(
            "f(a = 1, b = [\n  2,  # two\n  ], c = 3)\n",
            {"a": None},
            "f(\n    b = [\n  2,  # two\n  ],\n    c = 3,\n)\n",
            id="unchanged_values_as_they_are",
        ),
        pytest.param(
            "f(\n    a = 1\n    # late\n    , b = 2,\n    # end\n)\n",
            {"b": None},
            "f(\n    a = 1,\n    # late\n    # end\n)\n",
            id="comments_without_an_attribute",
        ),
        pytest.param(
            "f(\n    a =  # a\n        [  # b\n        1,  # c\n    ],  # d\n)\n",
            {"a": None, "b": String("2")},
            'f(\n    # a\n    # b\n    # c\n    # d\n    b = "2",\n)\n',
            id="comments_in_a_removed_one",
        ),
        pytest.param(
            "f(\n    a = [\n        # a\n        1,  # b\n    ],\n)\n",
            {"a": strings(["x"])},
            'f(\n    # a\n    # b\n    a = ["x"],\n)\n',
            id="comments_in_a_replaced_value",
        ),
        pytest.param(
            "f(a = [\n    1,  # a\n], b = [\n    2,  # b\n])  # c\n",
            {"a": strings(["x"]), "b": None},
            'f(\n    # a\n    a = ["x"],\n    # b\n)  # c\n',
            id="comments_in_values_of_a_call_laid_out_anew",
        ),
        pytest.param(
            'f(\n    "x",\n    name = "a",\n)\n', NEW, 'f(\n    "x",\n    name = "n",\n)\n', id="positional"
        ),
        pytest.param(
            'f(\n    name = "a",\n    **KW\n)\n', NEW, 'f(\n    name = "n",\n    **KW\n)\n', id="options"
        ),
    ],
)
def test_change(text: str, changes: Mapping[str, Value | None], wanted: str) -> None:
    assert _changed(text, changes) == wanted


@pytest.mark.parametrize(
    "text", ['f("x", name = "a")\n', 'f(name = "a", **KW)\n', 'f(\n    name = "a", **KW\n)\n']
)
def test_layout_that_cannot_be_changed(text: str) -> None:
    assert _changed(text, NEW) is None
