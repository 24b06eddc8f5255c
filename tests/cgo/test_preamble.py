"""Preambles: #cgo lines as go splits them, C directives."""

from __future__ import annotations

from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bazel_xc.cgo.preamble import CgoLine, c_directives, cgo_lines, split_quoted
from bazel_xc.cgo.preprocess import Directive
from bazel_xc.golang.constraints import NEVER, And, Expr, Not, Or, Tag
from bazel_xc.golang.source import Preamble

LINUX, WINDOWS, ARM64 = Tag("linux"), Tag("windows"), Tag("arm64")


def _preamble(text: str, line: int = 1) -> Preamble:
    return Preamble(dedent(text), line)


def test_cgo_lines_in_order_with_their_lines() -> None:
    found = cgo_lines(
        _preamble(
            """
            #cgo CFLAGS: -I${SRCDIR}/inc "-DX=a b"
            #cgo\tlinux LDFLAGS: -lm
              #cgo pkg-config: libpng --static
            #include <png.h>
            #cgo noescape f
            #cgo nocallback f
            # cgo LDFLAGS: -lx
            """,
            line=3,
        )
    )

    expected = (
        CgoLine(4, None, "CFLAGS", ("-I${SRCDIR}/inc", "-DX=a b")),
        CgoLine(5, LINUX, "LDFLAGS", ("-lm",)),
        CgoLine(6, None, "pkg-config", ("libpng", "--static")),
    )
    assert expected == found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("linux,arm64 !windows", Or((And((LINUX, ARM64)), Not(WINDOWS))), id="old_syntax"),
        pytest.param("linux&&arm64", And((LINUX, ARM64)), id="new_syntax"),
        pytest.param("(linux||windows)&&!arm64", And((Or((LINUX, WINDOWS)), Not(ARM64))), id="parentheses"),
        pytest.param("linux && arm64", Or((LINUX, NEVER, ARM64)), id="blanks_part_conditions"),
        pytest.param("linux&&", NEVER, id="malformed"),
    ],
)
def test_conditions(text: str, expected: Expr) -> None:
    (found,) = cgo_lines(Preamble(f"#cgo {text} LDFLAGS: -lm", 1))

    assert CgoLine(1, expected, "LDFLAGS", ("-lm",)) == found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "#cgo LDFLAGS -lm", CgoLine(1, None, "", (), "invalid #cgo line: #cgo LDFLAGS -lm"), id="no_colon"
        ),
        pytest.param("#cgo : -lm", CgoLine(1, None, "", (), "invalid #cgo line: #cgo : -lm"), id="no_verb"),
        pytest.param(
            "#cgo linux LIBS: -lm",
            CgoLine(1, LINUX, "LIBS", ("-lm",), "invalid #cgo verb: #cgo linux LIBS: -lm"),
            id="unknown_verb",
        ),
        pytest.param(
            "#cgo CFLAGS: 'a",
            CgoLine(1, None, "CFLAGS", (), "invalid #cgo line: #cgo CFLAGS: 'a (unclosed quote)"),
            id="open_quote",
        ),
        pytest.param(
            "#cgo CFLAGS: `pwd`",
            CgoLine(1, None, "CFLAGS", ("`pwd`",), "malformed #cgo argument: `pwd`"),
            id="unsafe_argument",
        ),
        pytest.param(
            "#cgo CFLAGS: -I${PWD}",
            CgoLine(1, None, "CFLAGS", ("-I${PWD}",), "malformed #cgo argument: -I${PWD}"),
            id="other_variable",
        ),
    ],
)
def test_malformed_lines(text: str, expected: CgoLine) -> None:
    assert (expected,) == cgo_lines(Preamble(text, 1))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", (), id="empty"),
        pytest.param("  a\tb ", ("a", "b"), id="blanks"),
        pytest.param("""a b:"c d" 'e''f'  "g\\"" """, ("a", "b:c d", "ef", 'g"'), id="quotes"),
        pytest.param("a\\ b '\\'c'", ("a b", "'c"), id="backslashes"),
        pytest.param("'' a", ("", "a"), id="empty_word"),
    ],
)
def test_split_quoted(text: str, expected: tuple[str, ...]) -> None:
    assert expected == split_quoted(text)


@pytest.mark.parametrize("text", [pytest.param('a "b', id="quote"), pytest.param("a\\", id="escape")])
def test_split_quoted_refuses_what_is_not_finished(text: str) -> None:
    with pytest.raises(ValueError, match=r"unclosed quote|unfinished escape"):
        split_quoted(text)


def test_directives_of_all_preambles_of_a_file_with_their_lines() -> None:
    found = c_directives([Preamble("#include <a.h>", 3), Preamble("\n#define é 1\n#cgo LDFLAGS: -lx", 7)])

    assert found == (Directive(3, "include", "<a.h>"), Directive(8, "define", "é", "1"))


_TEXT = st.lists(
    st.sampled_from(
        [*"#cgo |CFLAGS:|LDFLAGS|include|<|>|\"|'|\\|\n|/*|*/|//|a.h|${SRCDIR}|&&| |\t|x".split("|")]
    )
).map("".join)


@given(_TEXT)
def test_nothing_raises_and_lines_are_within_the_text(text: str) -> None:
    preamble = Preamble(text, 7)
    numbers = [directive.line for directive in cgo_lines(preamble)]
    numbers += [directive.line for directive in c_directives([preamble])]

    assert all(7 <= number <= 7 + text.count("\n") for number in numbers)
