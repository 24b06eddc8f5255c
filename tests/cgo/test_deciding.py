"""The few directives that decide about inclusions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bazel_xc.cgo.deciding import Deciding, names_of
from bazel_xc.cgo.macros import Language, definitions_in, platform_macros
from bazel_xc.cgo.preprocess import inclusions, scan

MACROS = tuple(
    platform_macros(platform, Language.C, definitions_in(words))
    for platform, words in [
        ("", ()),
        ("linux_amd64", ("-DA", "-DB=C")),
        ("windows_arm64", ("-UA", "-DC=0", "-DD=<b.h>", "-DE=(B)")),
    ]
)
# Few names, so that lines have to do with each other.
_NAMES = st.sampled_from("A B C D E".split())
_LINES = st.one_of(
    st.builds("#{} {}".format, st.sampled_from(["ifdef", "ifndef", "undef", "define", "if", "elif"]), _NAMES),
    st.builds("#{} {}".format, st.sampled_from(["if !defined", "elif defined"]), _NAMES),
    st.builds("#if {} > {}".format, _NAMES, _NAMES),
    st.builds("#define {} {}".format, _NAMES, _NAMES | st.sampled_from(["0", "2", "<a.h>", '"b.h"', "(1)"])),
    st.builds("#include {}".format, _NAMES | st.sampled_from(["<a.h>", '"c.h"'])),
    st.sampled_from(["#else", "#endif", "#endif"]),
)


@given(st.lists(_LINES, max_size=30).map("\n".join))
def test_inclusions_are_the_same(text: str) -> None:
    directives = scan(text.encode())
    deciding = Deciding.of(directives)

    for macros in MACROS:
        outside = frozenset(name for value in macros.values() for name in names_of(value))
        assert inclusions(deciding.given(outside), macros) == inclusions(directives, macros)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        pytest.param(
            "#define A\n#define B\n#define C 1\n#include <a.h>", [1, 2, 4], id="value_nobody_asks_for"
        ),
        pytest.param(
            "\n#define A\n#define B\n#define C\n#if C\n#include <a.h>\n#endif",
            [2, 3, 4, 5, 6, 7],
            id="condition",
        ),
        pytest.param(
            "#define A\n#define B\n#ifdef X\n#define Y\n#endif\n#ifdef Y\n#include <a.h>\n#endif",
            [1, 2, 3, 4, 5, 6, 7, 8],
            id="condition_of_a_value",
        ),
        pytest.param(
            "#define A\n#define B\n#ifdef X\n#define Y\n#endif\n#include <a.h>",
            [1, 2, 6],
            id="branch_without_an_inclusion",
        ),
        pytest.param(
            "#define A\n#define B\n#define C D\n#define D <a.h>\n#include C", [1, 2, 3, 4, 5], id="computed"
        ),
    ],
)
def test_only_what_decides_is_left(text: str, lines: list[int]) -> None:
    assert [each.line for each in Deciding.of(scan(text.encode())).given(frozenset())] == lines


def test_a_name_from_elsewhere_is_asked_for() -> None:
    deciding = Deciding.of(scan(b"#define A\n#define B\n#define C 0\n#if X\n#include <a.h>\n#endif"))

    assert len(deciding.given(frozenset())) == 5
    assert len(deciding.given(frozenset({"C", "D"}))) == 6
