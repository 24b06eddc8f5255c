"""Edits of a file by span."""

from __future__ import annotations

import pytest

from bazel_xc.buildfile.edits import Edit, apply_edits, remove_lines
from bazel_xc.buildfile.parser import parse
from bazel_xc.buildfile.syntax import BuildFile


def _file(text: str) -> BuildFile:
    return parse("BUILD", text.encode())


@pytest.mark.parametrize(
    ("edits", "text"),
    [
        pytest.param([], "abc()\n", id="none"),
        pytest.param([Edit(0, 1, "x")], "xbc()\n", id="replacement"),
        pytest.param([Edit(3, 3, "d"), Edit(0, 1, "")], "bcd()\n", id="any_order"),
        pytest.param([Edit(1, 1, "1"), Edit(1, 1, "2")], "a12bc()\n", id="insertions_at_one_place"),
        pytest.param([Edit(1, 1, "1"), Edit(1, 2, "")], "a1c()\n", id="insertion_before_a_removal"),
        pytest.param([Edit(2, 2, "1"), Edit(1, 2, "")], "a1c()\n", id="insertion_behind_a_removal"),
        pytest.param([Edit(0, 2, ""), Edit(1, 3, "")], "()\n", id="removals_that_overlap"),
        pytest.param([Edit(6, 6, "end\n")], "abc()\nend\n", id="at_the_end"),
    ],
)
def test_apply(edits: list[Edit], text: str) -> None:
    assert apply_edits(_file("abc()\n"), edits).decode() == text


def test_overlap_is_an_error() -> None:
    with pytest.raises(ValueError, match="overlap at byte 1"):
        apply_edits(_file("abc()\n"), [Edit(0, 2, "x"), Edit(1, 3, "y")])


@pytest.mark.parametrize(
    ("text", "inserted", "wanted"),
    [
        pytest.param("a()\r\nb()\r\n", "x\ny\n", "x\r\ny\r\na()\r\nb()\r\n", id="crlf"),
        pytest.param("a()\r\nb()\r\n", "x\r\ny\n", "x\r\ny\r\na()\r\nb()\r\n", id="crlf_from_the_file"),
        pytest.param("a()\n", "x\r\n", "x\na()\n", id="lf"),
    ],
)
def test_line_ends_follow_the_file(text: str, inserted: str, wanted: str) -> None:
    assert apply_edits(_file(text), [Edit(0, 0, inserted)]).decode() == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        pytest.param("go()\n", "", id="alone"),
        pytest.param("a()\n\ngo()\n\nb()\n", "a()\n\nb()\n", id="between"),
        pytest.param("go()\n\n\nb()\n", "b()\n", id="first"),
        pytest.param("a()\n\n\ngo()\n", "a()\n", id="last"),
        pytest.param("a()\n\ngo()", "a()\n", id="without_a_line_end"),
        pytest.param("a()\ngo()\nb()\n", "a()\nb()\n", id="without_blank_lines"),
        pytest.param("go(); a()\n", "a()\n", id="before_another"),
        pytest.param("# a\ngo() ;a()  # b\n", "# a\na()  # b\n", id="comments_of_the_line_stay"),
        pytest.param("a(); go()  # b\n", "a()  # b\n", id="behind_another"),
        pytest.param("a(); go();\n", "a();\n", id="last_semicolon"),
        pytest.param("go();\n\nb()\n", "b()\n", id="semicolon_and_nothing"),
        pytest.param("a(); go(); b()\n", "a(); b()\n", id="between_others"),
        pytest.param("a(\n); go(\n); b(\n)\n", "a(\n); b(\n)\n", id="between_others_of_several_lines"),
        pytest.param("\ufeffgo()\n", "\ufeff", id="byte_order_mark"),
        pytest.param("# head\n\n# its\n# own\ngo(\n)  # behind\n\nb()\n", "# head\n\nb()\n", id="comments"),
    ],
)
def test_remove_lines(text: str, wanted: str) -> None:
    file = _file(text)
    (call,) = [call for call in file.calls if call.kind == "go"]
    assert apply_edits(file, [remove_lines(file, call)]).decode() == wanted


def test_lines_that_are_to_stay() -> None:
    file = _file("# one\n# two\n# three\ngo()\n")
    (call,) = file.calls
    assert apply_edits(file, [remove_lines(file, call, frozenset({2}))]).decode() == "# one\n# two\n"
