"""Directives and inclusions: which files a compiler would open, and how surely."""

from __future__ import annotations

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from bazel_xc.cgo.conditions import OPEN_VALUE, is_defined, parse_condition
from bazel_xc.cgo.macros import Language, platform_macros
from bazel_xc.cgo.preprocess import Directive, Include, header_macros, inclusions, scan

LINUX = platform_macros("linux_amd64", Language.C)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param('#include <a.h>\n#include "b/c.h"', ("<a.h>:5", "b/c.h:6"), id="both_kinds"),
        pytest.param(" # \tinclude<a.h> // why", ("<a.h>:5",), id="blanks"),
        pytest.param("#import <a.h>\n#include_next <b.h>", ("<a.h>:5", "<b.h>:6"), id="other_spellings"),
        pytest.param("// #include <a.h>\n/* #include <b.h>\n#include <c.h> */", (), id="in_comments"),
        pytest.param("/* a\nb */ #include <c.h>", ("<c.h>:6",), id="behind_a_comment"),
        pytest.param('x = "/*";\n#include <a.h>\ny = "*/";', ("<a.h>:6",), id="comment_marker_in_a_string"),
        pytest.param("c = '\"';\n#include <a.h>", ("<a.h>:6",), id="quote_in_a_character"),
        pytest.param('x = "a\\\n#include <a.h>\\\n";\n#include <b.h>', ("<b.h>:8",), id="in_a_long_string"),
        pytest.param("#ifdef X\n#include <a.h>\n#endif", ("<a.h>:6",), id="conditional"),
        pytest.param("#include HEADER\nint include;", ("?HEADER:5",), id="no_literal_header"),
        pytest.param("#inc\\\nlude <a.h>\n#include <b.h>", ("<a.h>:5", "<b.h>:7"), id="continued"),
        pytest.param('#include <a//b.h>\n#include "c\'d.h"', ("<a//b.h>:5", "c'd.h:6"), id="odd_names"),
        pytest.param("// a \\\n#include <a.h>\n#include <b.h>", ("<b.h>:7",), id="continued_comment"),
        pytest.param("# /* x */ include /* y */ <a.h>", ("<a.h>:5",), id="comments_within"),
        pytest.param("a = 1'000'0;/*\n#include <a.h>\n*/", (), id="separators_of_digits"),
        pytest.param('R"x(\n#include <a.h>\n)" )x";\n#include <b.h>', ("<b.h>:8",), id="raw_string"),
        pytest.param("int a; /*\n*/ #include <a.h>", (), id="not_first_on_its_line"),
        pytest.param("\ufeff#include <a.h>\r\n#include <b.h>\r\n", ("<a.h>:5", "<b.h>:6"), id="windows"),
        pytest.param("#error don't\n#include <a.h>", ("<a.h>:6",), id="apostrophe"),
    ],
)
def test_includes(text: str, expected: tuple[str, ...]) -> None:
    found = inclusions(scan(text.encode(), 5), {})

    assert expected == tuple(_spelled(include) for include in found)


def _spelled(include: Include) -> str:
    header = f"<{include.header}>" if include.system else include.header
    return f"{'?' if include.computed else ''}{header}:{include.line}"


def test_scan_keeps_lines_names_and_values() -> None:
    text = b"""\
#ifndef A_H /* guard */
#define A_H
# define F(x) (x)
#define N \\
    42 // answer
#elif N > 41
#elifndef X
#undef N
#else
#endif
#pragma once
#define
#if
"""
    expected = (
        Directive(1, "if", condition=is_defined("A_H", negated=True)),
        Directive(2, "define", "A_H"),
        Directive(3, "define", "F", OPEN_VALUE),
        Directive(4, "define", "N", "42"),
        Directive(6, "elif", condition=parse_condition("N > 41")),
        Directive(7, "elif", condition=is_defined("X", negated=True)),
        Directive(8, "undef", "N"),
        Directive(9, "else"),
        Directive(10, "endif"),
        Directive(13, "if"),
    )

    assert expected == scan(text)


def test_latin_1_is_read_where_it_is_no_utf_8() -> None:
    assert scan('#include "ä.h"'.encode("latin-1")) == (Directive(1, "include", '"ä.h"'),)
    assert scan('#include "ä.h"'.encode()) == (Directive(1, "include", '"ä.h"'),)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("#ifdef __linux__\nA\n#else\nB\n#endif\nC", "A C", id="decided"),
        pytest.param("#ifdef _WIN32\nA\n#elif 1\nB\n#else\nC\n#endif", "B", id="elif"),
        pytest.param("#ifdef X\nA\n#else\nB\n#endif\nC", "A? B? C", id="undecidable"),
        pytest.param("#ifdef X\nA\n#elif 1\nB\n#else\nC\n#endif", "A? B?", id="the_rest_is_decided"),
        pytest.param("#if 1\nA\n#elif X\nB\n#endif", "A", id="after_a_branch_that_is_taken"),
        pytest.param("#ifdef X\n#ifdef _WIN32\nA\n#else\nB\n#endif\n#endif", "B?", id="nested"),
        pytest.param("#ifdef _WIN32\n#if 1\nA\n#else\nB\n#endif\nC\n#endif\nD", "D", id="below_false"),
        pytest.param("#ifndef X\n#define X\nA\n#endif", "A", id="guard"),
        pytest.param("#if !defined(X)\n#define X 1\nA\n#endif", "A", id="guard_spelled_out"),
        pytest.param("#ifndef X\n#define Y\nA\n#endif", "A?", id="no_guard"),
        pytest.param("#define X 2\n#if X == 2\nA\n#endif", "A", id="defined_in_the_text"),
        pytest.param("#define X\n#undef X\n#ifdef X\nA\n#else\nB\n#endif", "B", id="undefined_in_the_text"),
        pytest.param("#if Y\n#undef __linux__\n#endif\n#ifdef __linux__\nA\n#endif", "A?", id="perhaps"),
        pytest.param("#if 0\n#define X\n#endif\n#ifdef X\nA\n#endif", "A?", id="defined_nowhere_here"),
        pytest.param("#else\n#endif\n#elif 0\nA", "A", id="nothing_is_open"),
        pytest.param("#if 0\nA", "", id="never_closed"),
    ],
)
def test_conditions(text: str, expected: str) -> None:
    text = "\n".join(f'#include "{line}"' if len(line) == 1 else line for line in text.split("\n"))
    found = inclusions(scan(text.encode()), LINUX)

    assert expected.split() == [each.header + ("" if each.certain else "?") for each in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("#define H <a.h>\n#include H", [Include("a.h", True, 2)], id="header"),
        pytest.param(
            '#define G "a.h"\n#define H G\n#include H', [Include("a.h", False, 3)], id="through_another"
        ),
        pytest.param(
            '#ifdef X\n#define H "a.h"\n#else\n#define H <b.h>\n#endif\n#include H',
            [Include("a.h", False, 6, certain=False), Include("b.h", True, 6, certain=False)],
            id="one_of_two",
        ),
        pytest.param("#include H", [Include("H", False, 1, computed=True)], id="unknown"),
        pytest.param("#include F(x)", [Include("F(x)", False, 1, computed=True)], id="call"),
        pytest.param("#define H H\n#include H", [Include("H", False, 2, computed=True)], id="names_itself"),
        pytest.param("#include", [], id="nothing"),
        pytest.param("#include_next <a.h>", [Include("a.h", True, 1, following=True)], id="next"),
    ],
)
def test_computed_inclusions(text: str, expected: list[Include]) -> None:
    assert expected == list(inclusions(scan(text.encode()), LINUX))


def test_a_header_may_come_from_a_flag() -> None:
    assert inclusions(scan(b"#include CONFIG"), {"CONFIG": '"c.h"'}) == (Include("c.h", False, 1),)


def test_header_macros() -> None:
    found = header_macros(scan(b'#define A "a.h"\n#define B <b.h>\n#define C 1\n#undef A'))

    assert list(found) == [("A", '"a.h"'), ("B", "<b.h>")]


_PIECES = st.sampled_from(
    [*"# 1 X ' \" \\ /* */ // ( ) ! && é <a.h> defined else endif".split(" "), " ", "\n", "\r\n", 'R"(', ')"']
) | st.sampled_from(["include ", "define ", "if ", "ifdef ", "elif "])


@given(st.lists(_PIECES).map("".join))
def test_lines_are_within_the_text(text: str) -> None:
    directives = scan(text.encode(), 7)

    assert all(7 <= directive.line <= 7 + text.count("\n") for directive in directives)
    assert {each.line for each in inclusions(directives, {})} <= {each.line for each in directives}


@given(st.binary() | st.lists(_PIECES).map(lambda pieces: "".join(pieces).encode("utf-16")))
def test_any_bytes_are_read_line_by_line(data: bytes) -> None:
    directives = scan(data)
    included = {each.line for each in directives if each.word.startswith("include")}

    assert scan(b"\n" + data) == tuple(evolve(each, line=each.line + 1) for each in directives)
    assert all(each.header and each.line in included for each in inclusions(directives, LINUX))


@given(st.lists(_PIECES).map("".join))
def test_what_holds_on_a_platform_is_possible_anywhere(text: str) -> None:
    directives = scan(text.encode())
    anywhere = inclusions(directives, platform_macros("", Language.C))
    possible = {(each.header, each.line) for each in anywhere}

    assert {(each.header, each.line) for each in inclusions(directives, LINUX)} <= possible
