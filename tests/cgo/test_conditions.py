"""Conditions of #if: true, false or undecidable, with C's precedence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bazel_xc.cgo.conditions import (
    OPEN_VALUE,
    Condition,
    both,
    either,
    evaluate,
    guarded_name,
    is_defined,
    opposite,
    parse_condition,
)

MACROS = {"YES": "1", "NO": None, "EMPTY": "", "GCC": OPEN_VALUE, "TWO": "(2)", "ALIAS": "TWO", "SUM": "1+1"}
MACROS |= {"SELF": "SELF", "GROUPS": "(1)+(1)", "MINUS": "(-1)", "OPEN": "((1"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("defined(YES) && defined YES", True, id="defined"),
        pytest.param("defined ( NO )", False, id="not_defined"),
        pytest.param("defined(EMPTY) && defined GCC", True, id="without_a_value"),
        pytest.param("defined(OTHER)", None, id="unknown"),
        pytest.param("OTHER || 1", True, id="or_settles"),
        pytest.param("OTHER && NO", False, id="and_settles"),
        pytest.param("OTHER || 0", None, id="or_leaves_open"),
        pytest.param("OTHER == OTHER", None, id="unknown_values_are_not_compared"),
        pytest.param("!YES == 0", True, id="not_binds_tighter_than_equals"),
        pytest.param("!(YES == 0)", True, id="parentheses"),
        pytest.param("2 + 3 * 4 == 14 && (2 + 3) * 4 == 20", True, id="precedence"),
        pytest.param("10 - 4 - 3 == 3", True, id="from_the_left"),
        pytest.param("-7 / 2 == -3 && -7 % 2 == -1", True, id="division_towards_zero"),
        pytest.param("1 / 0", None, id="division_by_zero"),
        pytest.param("1 << 4 == 16 && 16 >> 4", True, id="shifts"),
        pytest.param("1 << 999999999999", None, id="absurd_shift"),
        pytest.param("0x1F == 31u && 0b11 == 3 && 010 == 8 && 1'000 == 1000LL", True, id="spellings"),
        pytest.param("201112L >= 199901L", True, id="dates"),
        pytest.param("1.5", None, id="no_integer"),
        pytest.param("~0 == -1 && +1 && (6 & 3) == 2 && (6 | 1) == 7 && (6 ^ 3) == 5", True, id="bits"),
        pytest.param("NO", False, id="undefined_is_zero"),
        pytest.param("ALIAS == 2 && MINUS < 0", True, id="macros_of_macros"),
        pytest.param("SUM", None, id="open_sum"),
        pytest.param("GROUPS", None, id="two_groups"),
        pytest.param("SELF", None, id="names_itself"),
        pytest.param("OPEN", None, id="open_text"),
        pytest.param("EMPTY", None, id="empty_text"),
        pytest.param("GCC >= 4", None, id="value_unknown"),
        pytest.param("__has_include(<a.h>) || F((1), 2)", None, id="calls"),
        pytest.param("0 && __has_include(<a.h>)", False, id="call_behind_false"),
        pytest.param("YES ? 1 : 0", None, id="ternary"),
        pytest.param("'a' == 97", None, id="character"),
        pytest.param("", None, id="nothing"),
        pytest.param("(1", None, id="open_parenthesis"),
        pytest.param("1)", None, id="closed_too_often"),
        pytest.param("1 1", None, id="two_operands"),
        pytest.param("1 (2)", None, id="call_of_a_number"),
        pytest.param("* 1", None, id="no_left_side"),
        pytest.param("1 +", None, id="no_right_side"),
        pytest.param("1 ! 2", None, id="not_between"),
        pytest.param("defined", None, id="defined_what"),
        pytest.param("F(", None, id="open_call"),
        pytest.param("9" * 5000, None, id="long_number"),
        pytest.param("(" * 5000 + "1" + ")" * 5000, True, id="deep"),
        pytest.param("0" + " || 0" * 5000, False, id="long"),
    ],
)
def test_evaluate(text: str, expected: bool | None) -> None:
    assert evaluate(parse_condition(text), MACROS) is expected


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        pytest.param(is_defined("X", negated=True), "X", id="ifndef"),
        pytest.param(parse_condition("!defined(X)"), "X", id="spelled_out"),
        pytest.param(is_defined("X"), "", id="ifdef"),
        pytest.param(parse_condition("!defined(X) && 1"), "", id="more"),
    ],
)
def test_guarded_name(condition: Condition, expected: str) -> None:
    assert guarded_name(condition) == expected


@pytest.mark.parametrize("left", [True, False, None])
@pytest.mark.parametrize("right", [True, False, None])
def test_three_values(left: bool | None, right: bool | None) -> None:
    """What is said of unknown values holds whichever they are."""
    lefts, rights = ([value] if value is not None else [True, False] for value in (left, right))

    assert either(left, right) is _common({a or b for a in lefts for b in rights})
    assert both(left, right) is _common({a and b for a in lefts for b in rights})
    assert opposite(left) is _common({not a for a in lefts})


def _common(values: set[bool]) -> bool | None:
    return next(iter(values)) if len(values) == 1 else None


_WORDS = st.sampled_from("YES NO GCC TWO OTHER 0 1 7u defined ( ) ! && || == < + - * / % ? F(".split())
_TEXT = st.lists(_WORDS, max_size=12).map(" ".join)


@given(_TEXT)
def test_a_condition_and_its_negation_are_never_both_true(text: str) -> None:
    value, negated = (evaluate(parse_condition(each), MACROS) for each in (text, f"!({text})"))

    assert negated is opposite(value) or (value, negated) == (None, None)


@given(_TEXT, st.sampled_from([None, "0", "1"]))
def test_what_is_decided_stays_so_when_more_is_known(text: str, other: str | None) -> None:
    condition = parse_condition(text)
    value = evaluate(condition, MACROS)

    assert value is None or evaluate(condition, {**MACROS, "OTHER": other}) is value


@given(st.text() | _TEXT)
def test_any_text_is_an_expression_or_undecidable(text: str) -> None:
    condition = parse_condition(text)
    value = evaluate(condition, {})

    assert condition in ((), parse_condition(f"({text})"))
    assert condition or value is None
    assert value is None or evaluate(condition, MACROS) is value
