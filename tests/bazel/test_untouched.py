"""The comparison of a BUILD file with what is to be written: whatever a merge does wrong, it is found."""

from __future__ import annotations

import ast
from collections import Counter

import pytest
from build_texts import build_files
from hypothesis import given
from hypothesis import strategies as st

from bazel_xc.bazel.cgo_settings import marks
from bazel_xc.bazel.merge import MergeContext
from bazel_xc.bazel.outline import Slot
from bazel_xc.bazel.ownership import KEPT_BY_US
from bazel_xc.bazel.select import Conditions
from bazel_xc.bazel.touched import touched_rules
from bazel_xc.bazel.untouched import damage, defect
from bazel_xc.bazel.wanted import WantedRule
from bazel_xc.buildfile.parser import comments_in, parse
from bazel_xc.buildfile.rules import written_rules
from bazel_xc.buildfile.settings import Settings
from bazel_xc.golang.constraints import KNOWN_PLATFORMS

LOAD = 'load("@rules_go//go:def.bzl", "go_library", "go_test")\n\n'
LIBRARY = 'go_library(\n    name = "p",\n    srcs = ["a.go"],\n    x = 11,\n)\n'
TEST = '\ngo_test(\n    name = "t",\n    srcs = ["t.go"],\n)\n'


def _damage(old: str, new: str, *, stale: bool = True, cgo_only: bool = False) -> str:
    """The rule p is one that changes, the rule t one that may go."""
    context = MergeContext(
        settings=Settings(),
        package="p",
        rules_go="rules_go",
        marks=marks("//platforms:incompatible", "//platforms"),
        cgo_only=cgo_only,
        conditions=Conditions("rules_go", KNOWN_PLATFORMS),
    )
    file = parse("p/BUILD.bazel", old.encode())
    named = {rule.name: rule for rule in written_rules(file, Settings(), "p")}
    wanted = [WantedRule(Slot("go_library", "go_library", "p", named["p"]))] if "p" in named else []
    gone = [named["t"]] if stale and "t" in named else []
    return damage(file, new.encode(), touched_rules(wanted, gone, context))


def _select(arm: str, default: str, keep: str = "        # keep: plugin\n") -> str:
    return (
        f'select({{\n        "@rules_go//go/platform:arm64": [{arm}],\n{keep}'
        f'        "//conditions:default": [{default}],\n    }})'
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(LOAD + LIBRARY, LOAD + LIBRARY.replace("a.go", "b.go"), id="owned_value"),
        pytest.param(
            LOAD + LIBRARY, LOAD + LIBRARY.replace("    x", '    deps = ["//d"],\n    x'), id="added"
        ),
        pytest.param(LOAD + LIBRARY, LOAD + LIBRARY.replace('    srcs = ["a.go"],\n', ""), id="owned_gone"),
        pytest.param(LOAD + LIBRARY + TEST, LOAD + LIBRARY, id="stale_rule"),
        pytest.param(LOAD + LIBRARY + "# t" + TEST, LOAD + LIBRARY, id="comment_of_a_stale_rule"),
        pytest.param(LOAD + TEST, "", id="everything_and_the_load"),
        pytest.param(
            LOAD + LIBRARY, LOAD + 'go_library(name = "p", x = 1 + 10)\n'.replace("1 + 10", "11"), id="layout"
        ),
        pytest.param(
            "f()\n" + LIBRARY, "f()\n" + LIBRARY + '\ngo_test(name = "new")\n', id="rule_behind_the_others"
        ),
        pytest.param(
            LOAD + LIBRARY.replace('"a.go"', '"a.go",  # a\n'),
            LOAD + LIBRARY.replace("    srcs", "    # a\n    srcs"),
            id="comment_that_moved",
        ),
        pytest.param(
            LOAD + LIBRARY.replace("    srcs", f"    {KEPT_BY_US}\n    srcs"),
            LOAD + LIBRARY.replace("    srcs", f"    {KEPT_BY_US}\n    srcs").replace("a.go", "b.go"),
            id="kept_from_others",
        ),
        pytest.param(
            LIBRARY.replace("x = 11", 'deps = ["//d", "//d"]'),
            LIBRARY.replace("x = 11", 'deps = ["//d", "//d"]').replace("a.go", "b.go"),
            id="label_that_was_twice_already",
        ),
    ],
)
def test_what_may_change(old: str, new: str) -> None:
    assert _damage(old, new) == ""


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        pytest.param(
            LOAD + LIBRARY + TEST.rstrip() + '; my_macro(name = "precious")\n',
            LOAD + LIBRARY,
            "the statement of line 12 is lost or out of place",
            id="statement_behind_a_stale_rule",
        ),
        pytest.param(
            "# coding: latin-1\n" + LIBRARY,
            "# coding: latin-1\n" + LIBRARY.replace("    x = 11,\n", ""),
            "x of 'p' is lost or changed",
            id="attribute_that_is_not_ours",
        ),
        pytest.param(LIBRARY, LIBRARY.replace("11", "12"), "x of 'p' is lost or changed", id="its_value"),
        pytest.param(
            LIBRARY.replace("x = 11", "**X"),
            LIBRARY.replace("x = 11", "**Y"),
            "an argument of 'p' is lost",
            id="args",
        ),
        pytest.param(LIBRARY, "", "the statement of line 1 is lost", id="rule_that_is_not_stale"),
        pytest.param(LIBRARY, LIBRARY.replace('"p"', '"q"'), "the statement of line 1 is lost", id="name"),
        pytest.param(
            LIBRARY, LIBRARY.replace("go_library", "go_test"), "the statement of line 1 is lost", id="kind"
        ),
        pytest.param(
            "f()\n" + LIBRARY + "g()\n", "g()\n" + LIBRARY + "f()\n", "the statement of line 2", id="order"
        ),
        pytest.param(
            "X = [1]\n" + LIBRARY, "X = [2]\n" + LIBRARY, "the statement of line 1", id="assignment"
        ),
        pytest.param(
            LIBRARY.replace("x = 11", "deps = " + _select('"//y:arm"', '"//y"')),
            LIBRARY.replace("x = 11", "deps = " + _select("", "")),
            "an item of deps of 'p' that is marked # keep is lost",
            id="kept_branch",
        ),
        pytest.param(
            LIBRARY.replace("x = 11", "deps = " + _select('"//y:arm"', '"//y"')),
            LIBRARY.replace("x = 11", 'deps = ["//y:arm"] + ' + _select("", '"//z"')),
            "an item of deps of 'p' that is marked # keep is lost",
            id="item_of_a_kept_branch",
        ),
        pytest.param(
            LIBRARY.replace('"a.go"', 'X,  # keep\n"a.go"'),
            LIBRARY.replace('"a.go"', 'Y,  # keep\n"a.go"'),
            "an item of srcs of 'p' that is marked # keep is lost",
            id="kept_expression",
        ),
        pytest.param(
            LIBRARY.replace('["a.go"],', '["a.go"],  # keep'),
            LIBRARY.replace('["a.go"],', '["b.go"],  # keep'),
            "srcs of 'p' is lost or changed",
            id="kept_attribute",
        ),
        pytest.param(
            "# keep\n" + LIBRARY,
            "# keep\n" + LIBRARY.replace("a.go", "b.go"),
            "the statement of line 2",
            id="kept_rule",
        ),
        pytest.param(
            LIBRARY + TEST.replace('["t.go"],', '["t.go"],  # keep'),
            LIBRARY,
            "the statement of line 7 is lost",
            id="stale_rule_with_what_is_kept",
        ),
        pytest.param(
            LIBRARY + TEST.replace("srcs", "x = 1,\n    srcs"),
            LIBRARY + TEST.replace('srcs = ["t.go"]', "x = 2"),
            "x of 't' is lost or changed",
            id="what_is_left_of_a_stale_rule",
        ),
        pytest.param(
            "\ufeff" + LIBRARY,
            'load("//x", "y")\n\ufeff' + LIBRARY,
            "it cannot be parsed",
            id="byte_order_mark",
        ),
        pytest.param("\ufeff" + LIBRARY, LIBRARY, "the byte order mark is not where it was", id="mark_lost"),
        pytest.param(LIBRARY, LIBRARY + "\x00", "it cannot be parsed", id="no_text"),
        pytest.param(LIBRARY, LIBRARY + ")", "it cannot be parsed", id="no_starlark"),
        pytest.param(
            LIBRARY.replace("[", "  # why\n["),
            LIBRARY,
            "the comment of line 3 is lost",
            id="comment_in_a_rule",
        ),
        pytest.param(
            "# a\n\n# a\n" + LIBRARY, "# a\n" + LIBRARY, "the comment of line 3", id="one_of_two_comments"
        ),
        pytest.param(
            "# far\n\n# near" + TEST,
            "",
            "the comment of line 1",
            id="comment_above_a_blank_line",
        ),
        pytest.param(
            LIBRARY + "\n# gazelle:prefix x" + TEST,
            LIBRARY,
            "the comment of line 7 is lost",
            id="directive_above_a_stale_rule",
        ),
        pytest.param(
            "# gazelle:prefix a\n# gazelle:prefix b\n" + LIBRARY,
            "# gazelle:prefix b\n# gazelle:prefix a\n" + LIBRARY,
            "the directives are not the ones that were there",
            id="order_of_directives",
        ),
        pytest.param(LIBRARY, LIBRARY + LIBRARY, "two rules have the name 'p'", id="name_twice"),
        pytest.param(
            LIBRARY,
            LIBRARY.replace("x = 11", 'x = 11, deps = ["//d", "//d:d"]'),
            "deps of 'p' has a label twice",
            id="label_twice",
        ),
        pytest.param(
            LIBRARY,
            LIBRARY.replace("x = 11", 'x = 11, deps = ["//d"] + ' + _select('"//d"', "", "")),
            "deps of 'p' has a label twice",
            id="label_in_a_list_and_a_select",
        ),
        pytest.param(
            'load("//:my.bzl", "my")\n' + LIBRARY, LIBRARY, "the load of my is lost", id="load_of_the_users"
        ),
        pytest.param(LOAD + LIBRARY, LIBRARY, "the load of go_library is lost", id="load_that_is_used"),
        pytest.param(LOAD + LIBRARY, LOAD + LOAD + LIBRARY, "go_library is loaded twice", id="load_twice"),
    ],
)
def test_what_may_not(old: str, new: str, found: str) -> None:
    assert _damage(old, new).startswith(found)


def test_label_in_branches_that_exclude_each_other() -> None:
    new = LIBRARY.replace("x = 11", "x = 11, deps = " + _select('"//d"', '"//d"', ""))

    assert _damage(LIBRARY, new) == ""


@pytest.mark.parametrize(
    ("names", "deps", "found"),
    [
        pytest.param(("p", "t"), '["//d", "//e"]', "", id="sound"),
        pytest.param(("p", "p"), '["//d"]', "two rules have the name 'p'", id="name_twice"),
        pytest.param(("p",), '["//d", "//d:d"]', "deps of 'p' has a label twice", id="label_twice"),
        pytest.param(
            ("p",),
            '["//d"] + ' + _select('"//d"', "", ""),
            "deps of 'p' has a label twice",
            id="in_two_parts",
        ),
        pytest.param(("p",), _select('"//d"', '"//d"', ""), "", id="in_two_branches"),
    ],
)
def test_file_with_new_rules_alone(names: tuple[str, ...], deps: str, found: str) -> None:
    value = parse("BUILD", f"x(deps = {deps})\n".encode()).calls[0].get("deps")
    assert value
    rules = [WantedRule(Slot("go_library", "go_library", name), {"deps": value.value}) for name in names]

    assert defect("a/BUILD.bazel", rules) == found


def test_mode_cgo_leaves_what_is_gazelles() -> None:
    new = LIBRARY.replace("a.go", "b.go")

    assert _damage(LIBRARY, new, cgo_only=True) == "srcs of 'p' is lost or changed"


def test_rule_that_nobody_may_take_out() -> None:
    assert _damage(LIBRARY + TEST, LIBRARY, stale=False) == "the statement of line 7 is lost or out of place"


def _tree(text: bytes) -> str | None:
    """What a text says besides its loads, None where it says nothing that can be read."""
    try:
        tree = ast.parse(text.decode())
    except (SyntaxError, ValueError):
        return None
    return "\n".join(line for node in tree.body if not (line := ast.dump(node)).startswith(LOADS))


LOADS = "Expr(value=Call(func=Name(id='load'"


@given(build_files(), st.data())
def test_whatever_is_cut_out_is_missed(old: bytes, data: st.DataObject) -> None:
    """No cut of bytes passes, unless the text says the same without them."""
    start = data.draw(st.integers(0, len(old)))
    end = data.draw(st.integers(start, min(len(old), start + 60)))
    new = old[:start] + old[end:]
    file = parse("p/BUILD.bazel", old)

    found = damage(file, new, ())

    if _tree(new) != _tree(old) or Counter(comments_in(old)) - Counter(comments_in(new)):
        assert found
