"""Build constraints: parsing, what go decides, and what Gazelle leaves open."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bazel_xc.golang.constraints import (
    GAZELLE_PLATFORMS,
    KNOWN_PLATFORMS,
    NEVER,
    RULES_GO_SINCE,
    And,
    Expr,
    Not,
    Or,
    Tag,
    all_of,
    file_name_constraint,
    holds,
    may_hold,
    parse_go_build,
    parse_plus_build,
    with_cgo,
)
from bazel_xc.model import Platform

LINUX = Platform("linux", "amd64", cgo=True)
A, B, C = Tag("a"), Tag("b"), Tag("c")


def _on(*goos: str) -> frozenset[str]:
    return frozenset(name for name in KNOWN_PLATFORMS if name.split("_")[0] in goos)


def _platform(name: str) -> Platform:
    goos, goarch = name.split("_")
    return Platform(goos, goarch)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("a", A, id="tag"),
        pytest.param("!a", Not(A), id="not"),
        pytest.param("a && b && c", And((A, B, C)), id="and_is_flat"),
        pytest.param("a||b&&c", Or((A, And((B, C)))), id="and_binds_tighter"),
        pytest.param("(a || b) && c", And((Or((A, B)), C)), id="parentheses"),
        pytest.param("!(a\t&& !b)", Not(And((A, Not(B)))), id="nested_not"),
        pytest.param("go1.18 && 386 && x_y.z", And((Tag("go1.18"), Tag("386"), Tag("x_y.z"))), id="odd_tags"),
    ],
)
def test_parse_go_build(text: str, expected: Expr) -> None:
    assert expected == parse_go_build(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("", "column 1 of '': unexpected end", id="empty"),
        pytest.param("a b", "column 2 of 'a b': unexpected b", id="two_tags"),
        pytest.param("a & b", "column 3 of 'a & b': invalid syntax at &", id="single_ampersand"),
        pytest.param("!!a", "column 1 of '!!a': unexpected !", id="double_negation"),
        pytest.param("(a || b", "column 8 of '(a || b': missing )", id="open_parenthesis"),
        pytest.param("a)", "column 2 of 'a)': unexpected )", id="stray_parenthesis"),
        pytest.param("a && ", "column 5 of 'a && ': unexpected end", id="dangling_and"),
        pytest.param("a,b", "column 2 of 'a,b': invalid syntax at ,", id="old_syntax"),
    ],
)
def test_parse_go_build_refuses(text: str, message: str) -> None:
    with pytest.raises(ValueError, match="column") as refused:
        parse_go_build(text)

    assert message == str(refused.value)


def test_deep_nesting_is_refused_and_not_a_crash() -> None:
    with pytest.raises(ValueError, match="nested too deeply"):
        parse_go_build("(" * 5000 + "a" + ")" * 5000)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param(["a b"], Or((A, B)), id="blank_is_or"),
        pytest.param(["a,!b c"], Or((And((A, Not(B))), C)), id="comma_is_and"),
        pytest.param(["a", "b c"], And((A, Or((B, C)))), id="lines_are_and"),
        pytest.param([""], Tag("ignore"), id="empty_line"),
        pytest.param(["!!a"], Tag("ignore"), id="double_negation"),
        pytest.param(["!a-b"], Not(Tag("ignore")), id="malformed_tag"),
        pytest.param(["a " * 200], And(()), id="too_complex_says_nothing"),
    ],
)
def test_parse_plus_build(lines: list[str], expected: Expr) -> None:
    assert expected == parse_plus_build(lines)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("x.go", None, id="plain"),
        pytest.param("linux.go", None, id="whole_name_never_counts"),
        pytest.param("linux_test.go", None, id="whole_name_of_a_test"),
        pytest.param("x_linux.go", Tag("linux"), id="goos"),
        pytest.param("x_arm64_test.go", Tag("arm64"), id="goarch_test"),
        pytest.param("x_linux_arm64.s", And((Tag("linux"), Tag("arm64"))), id="goos_goarch"),
        pytest.param("linux_arm64.go", Tag("arm64"), id="only_arch_after_leading_part"),
        pytest.param("x_arm64_linux.c", Tag("linux"), id="wrong_order"),
        pytest.param("x_sparc64.go", Tag("sparc64"), id="known_to_go_only"),
        pytest.param("x_unix.go", None, id="unix_is_no_goos"),
        pytest.param("x_osx.go", None, id="osx_is_no_goos_of_go"),
        pytest.param("_linux.go", Tag("linux"), id="empty_leading_part"),
        pytest.param("x_linux.pb.go", Tag("linux"), id="cut_at_first_dot"),
        pytest.param("x.pb_linux.go", None, id="suffix_behind_first_dot"),
        pytest.param("x_test_linux.go", Tag("linux"), id="test_inside"),
        pytest.param("x_linux_test_test.go", None, id="one_test_is_stripped"),
        pytest.param("_test.go", None, id="nothing_left"),
    ],
)
def test_file_name_constraint(name: str, expected: Expr | None) -> None:
    assert expected == file_name_constraint(name)


@pytest.mark.parametrize(
    ("exprs", "expected"),
    [
        pytest.param((), None, id="nothing"),
        pytest.param((None, None), None, id="no_constraints"),
        pytest.param((None, A), A, id="single"),
        pytest.param((A, And((B, C))), And((A, B, C)), id="flattened"),
        pytest.param((A, Or((B, C))), And((A, Or((B, C)))), id="or_is_kept"),
    ],
)
def test_all_of(exprs: tuple[Expr | None, ...], expected: Expr | None) -> None:
    assert expected == all_of(*exprs)


@pytest.mark.parametrize(
    ("text", "platform", "expected"),
    [
        pytest.param("linux && amd64", LINUX, True, id="goos_goarch"),
        pytest.param("!linux || arm64", LINUX, False, id="other"),
        pytest.param("cgo", LINUX, True, id="cgo_on"),
        pytest.param("cgo", Platform("linux", "amd64"), False, id="cgo_off"),
        pytest.param("unix", LINUX, True, id="unix"),
        pytest.param("unix", Platform("windows", "arm64"), False, id="windows_is_no_unix"),
        pytest.param("unix", Platform("qnx", "arm64"), False, id="qnx_is_no_unix"),
        pytest.param("linux", Platform("android", "arm64"), True, id="android_is_linux"),
        pytest.param("solaris", Platform("illumos", "amd64"), True, id="illumos_is_solaris"),
        pytest.param("darwin && unix", Platform("ios", "arm64"), True, id="ios_is_darwin"),
        pytest.param("android", LINUX, False, id="linux_is_no_android"),
        pytest.param("gc && !gccgo", LINUX, True, id="compiler"),
        pytest.param("go1.21", LINUX, True, id="older_release"),
        pytest.param("go1.22", LINUX, True, id="this_release"),
        pytest.param("go1.23 || go1.0 || go2.1", LINUX, False, id="no_such_release"),
        pytest.param("mine && !other", LINUX, True, id="user_tags"),
        pytest.param("goexperiment.arenas", LINUX, False, id="experiment_off"),
        pytest.param("goexperiment.x", LINUX, True, id="experiment_on"),
        pytest.param("boringcrypto", LINUX, False, id="boringcrypto_off"),
        pytest.param("ignore", LINUX, False, id="ignore"),
    ],
)
def test_holds(text: str, platform: Platform, expected: bool) -> None:
    tags = frozenset({"mine", "goexperiment.x"})

    assert expected is holds(parse_go_build(text), platform, tags, 22)


def test_holds_without_constraint_or_release() -> None:
    assert holds(None, LINUX)
    assert holds(Tag("go1.99"), LINUX)
    assert not holds(Tag("go1.22"), LINUX, release=(1, 21))
    assert not holds(NEVER, LINUX)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("linux", _on("linux", "android"), id="android_with_linux"),
        pytest.param("darwin", _on("darwin", "ios"), id="ios_but_not_osx_with_darwin"),
        pytest.param("solaris", _on("solaris"), id="illumos_not_with_solaris"),
        pytest.param("osx", _on("osx"), id="osx"),
        pytest.param("qnx && !unix", _on("qnx"), id="qnx_is_no_unix"),
        pytest.param("wasip1", frozenset({"wasip1_wasm"}), id="wasip1"),
        pytest.param("wasm", frozenset({"wasip1_wasm", "js_wasm"}), id="wasm"),
        pytest.param("loong64", frozenset({"linux_loong64"}), id="loong64"),
        pytest.param("sparc64", frozenset(), id="unknown_arch"),
        pytest.param("!(cgo && linux)", KNOWN_PLATFORMS, id="de_morgan_leaves_not_cgo_open"),
        pytest.param("!(cgo || linux)", KNOWN_PLATFORMS - _on("linux", "android"), id="de_morgan_and"),
        pytest.param("!cgo && !go1.20 && !race", KNOWN_PLATFORMS, id="negated_deferred"),
        pytest.param("goexperiment.x && purego && msan && race", KNOWN_PLATFORMS, id="deferred"),
        pytest.param("asan", frozenset(), id="asan_is_a_custom_tag_for_gazelle"),
        pytest.param("gc || windows", KNOWN_PLATFORMS, id="gc"),
        pytest.param("gccgo", frozenset(), id="gccgo"),
        pytest.param("mine && !mine && windows", _on("windows"), id="build_tags_directive"),
        pytest.param("other", frozenset(), id="custom_tag"),
        pytest.param("!other", KNOWN_PLATFORMS, id="negated_custom_tag"),
        pytest.param("go1.", frozenset(), id="no_release"),
    ],
)
def test_may_hold(text: str, expected: frozenset[str]) -> None:
    assert expected == may_hold(parse_go_build(text), frozenset({"mine"}))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("known", KNOWN_PLATFORMS, id="known"),
        pytest.param("!known", frozenset(), id="negated"),
        pytest.param("!known || !mine", KNOWN_PLATFORMS, id="open_beside"),
        pytest.param("!known || windows", _on("windows"), id="platform_beside"),
        pytest.param("!(known && other)", KNOWN_PLATFORMS, id="other"),
    ],
)
def test_may_hold_with_known_tags(text: str, expected: frozenset[str]) -> None:
    """A known tag is true even if a directive leaves it open."""
    open_tags = frozenset({"known", "mine"})
    assert expected == may_hold(parse_go_build(text), open_tags, frozenset({"known"}))


def test_may_hold_gives_the_table_itself_where_nothing_is_ruled_out() -> None:
    assert may_hold(None) is KNOWN_PLATFORMS
    assert may_hold(Tag("cgo")) is KNOWN_PLATFORMS


def test_tables() -> None:
    assert len(GAZELLE_PLATFORMS) == 54
    assert {"linux_loong64", "wasip1_wasm"} == KNOWN_PLATFORMS - GAZELLE_PLATFORMS
    assert {name for name in RULES_GO_SINCE if "_" in name} == _on("osx", "qnx", "wasip1") | {"linux_loong64"}


_PLAIN_TAGS = st.sampled_from("linux windows darwin arm64 amd64 unix custom wasm".split()).map(Tag)
_EXPRS: st.SearchStrategy[Expr] = st.recursive(
    _PLAIN_TAGS,
    lambda inner: st.one_of(
        inner.map(Not),
        st.lists(inner, max_size=3).map(lambda terms: And(tuple(terms))),
        st.lists(inner, max_size=3).map(lambda terms: Or(tuple(terms))),
    ),
)


@given(_EXPRS)
def test_may_hold_is_what_go_decides_where_nothing_is_deferred(expr: Expr) -> None:
    names = KNOWN_PLATFORMS - _on("illumos")  # go takes it for a solaris, Gazelle does not
    decided = {name for name in names if holds(expr, _platform(name))}

    assert decided == may_hold(expr) & names


@given(_EXPRS)
def test_text_of_an_expression_parses_to_the_same_meaning(expr: Expr) -> None:
    assert may_hold(_reread(expr)) == may_hold(expr)


@given(st.text(alphabet="ab!&|() \t.é_,1", max_size=30))
def test_any_text_is_an_expression_or_refused(text: str) -> None:
    found = _read(text)
    if isinstance(found, str):
        refused = re.match(r"column (\d+) of ", found)
        assert refused
        assert 1 <= int(refused[1]) <= len(text) + 1
    for expr in (parse_plus_build([text]), *([] if isinstance(found, str) else [found])):
        again = _reread(expr)
        for tags in (frozenset[str](), frozenset("a"), frozenset("b"), frozenset(("a", "b", "é"))):
            assert holds(again, LINUX, tags) is holds(expr, LINUX, tags)
            assert may_hold(again, tags) == may_hold(expr, tags) <= KNOWN_PLATFORMS


def _read(text: str) -> Expr | str:
    """The expression, or why it is refused."""
    try:
        return parse_go_build(text)
    except ValueError as e:
        return str(e)


def _reread(expr: Expr) -> Expr:
    """Reads the text of an expression; go has no words for true and false, and refuses "!!"."""
    text = str(expr).replace("true", "!nothing").replace("false", "nothing")
    return parse_go_build(text.replace("!!", ""))


@pytest.mark.parametrize(
    ("text", "on", "off"),
    [
        pytest.param("cgo", set(KNOWN_PLATFORMS), set(), id="cgo"),
        pytest.param("!cgo", set(), set(KNOWN_PLATFORMS), id="not_cgo"),
        pytest.param("who_knows && cgo", set(), set(), id="with_a_tag_that_nobody_sets"),
        pytest.param("plan9 && !cgo", set(), {"plan9_386", "plan9_amd64", "plan9_arm"}, id="without_cgo"),
        pytest.param(
            "cgo || plan9", set(KNOWN_PLATFORMS), {"plan9_386", "plan9_amd64", "plan9_arm"}, id="or"
        ),
    ],
)
def test_constraint_for_one_setting_of_cgo(text: str, on: set[str], off: set[str]) -> None:
    expr = parse_go_build(text)
    assert may_hold(with_cgo(expr, cgo=True)) == on
    assert may_hold(with_cgo(expr, cgo=False)) == off


def test_constraint_without_cgo_is_the_same_for_both_settings() -> None:
    expr = parse_go_build("linux && !arm64")
    assert with_cgo(expr, cgo=True) is with_cgo(expr, cgo=False) is expr
    assert with_cgo(None, cgo=False) is None
