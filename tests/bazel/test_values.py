"""Merging one attribute's value: what there is, what is wanted, what comes out."""

from __future__ import annotations

import re

import pytest

from bazel_xc.bazel.select import Conditions
from bazel_xc.bazel.values import Left, merge_value, with_others
from bazel_xc.buildfile.printer import arrange, format_value
from bazel_xc.buildfile.syntax import Value, parse
from bazel_xc.model import Label

LINUX = "@rules_go//go/platform:linux"
SAME, OPAQUE = Left.SAME, Left.OPAQUE


def _value(text: str) -> Value | None:
    if not text:
        return None
    (call,) = parse("BUILD", f"f(x = {text})".encode()).calls
    return call.attributes[0].value


def _select(**branches: str) -> str:
    keys = {
        "default": "//conditions:default",
        **{name: f"@rules_go//go/platform:{name}" for name in branches},
    }
    keys["default"] = "//conditions:default"
    return "select({" + ", ".join(f'"{keys[name]}": {text}' for name, text in branches.items()) + "})"


@pytest.mark.parametrize(
    ("name", "old", "new", "merged"),
    [
        pytest.param("srcs", "", '["a"]', '["a"]', id="new"),
        pytest.param("srcs", '["a"]', "", None, id="gone"),
        pytest.param("srcs", '["a"]', '["a"]', SAME, id="same"),
        pytest.param("srcs", '["b", "a"]', '["a", "b"]', SAME, id="order_of_a_set"),
        pytest.param("copts", '["b", "a"]', '["a", "b"]', '["a", "b"]', id="order_of_flags"),
        pytest.param("srcs", '["a", "b"]', '["b", "c"]', '["b", "c"]', id="items_replaced"),
        pytest.param("srcs", '[\n"x",  # keep\n]', '["a"]', '["x",  # keep\n"a"]', id="item_kept"),
        pytest.param("srcs", '[\n"x",  # keep\n]', "", SAME, id="kept_item_alone"),
        pytest.param("srcs", "[\nX,  # keep\n]", '["a"]', '[X,  # keep\n"a"]', id="expression_kept"),
        pytest.param("srcs", '["a", X]', '["a"]', OPAQUE, id="expression_not_kept"),
        pytest.param("srcs", "glob(['*'])", '["a"]', OPAQUE, id="glob"),
        pytest.param("srcs", 'X + ["a"]', '["a"]', OPAQUE, id="sum_with_a_name"),
        pytest.param("srcs", "glob(['*'])", "", OPAQUE, id="glob_and_nothing"),
        pytest.param(
            "copts",
            '[\n"-x",\n"-k",  # keep\n"-y",\n]',
            '["-y", "-z"]',
            '["-y", "-z", "-k"  # keep\n]',
            id="kept_flag_follows",
        ),
        pytest.param(
            "clinkopts",
            '[\n"-f",  # f\n"A",\n]',
            '["-f", "A", "-f", "B"]',
            '[\n"-f",  # f\n"A", "-f", "B"]',
            id="flag_that_repeats",
        ),
        pytest.param(
            "srcs",
            '[\n"a",\n# two\n"a",  # keep\n]',
            '["a", "b"]',
            '[\n# two\n# keep\n"a",\n"b",\n]',
            id="item_that_repeats",
        ),
        pytest.param("srcs", '["\\303\\274.go"]', '["ü.go"]', SAME, id="letters_as_bytes"),
        pytest.param("importpath", '"a"', '"b"', '"b"', id="string"),
        pytest.param("importpath", "'a'", '"a"', SAME, id="string_in_other_quotes"),
        pytest.param("cgo", "True", "", None, id="constant_gone"),
        pytest.param("cgo", "False", "True", "True", id="constant"),
        pytest.param("cgo", "CGO", "True", OPAQUE, id="name_for_a_constant"),
        pytest.param("srcs", '"a"', '["b"]', OPAQUE, id="string_for_a_list"),
        pytest.param("deps", '["//p:x", "//a:a", "@//b"]', '[":x", "//a", "//b"]', SAME, id="labels_spelt"),
        pytest.param("deps", '["@me//a"]', '["//a"]', SAME, id="own_name"),
        pytest.param("embedsrcs", '["//a:a"]', '["//a"]', '["//a"]', id="not_a_label_attribute"),
        pytest.param("deps", '["bad:la:bel"]', '["//a"]', '["//a"]', id="no_label"),
        pytest.param(
            "deps",
            '["a"] + ' + _select(linux='["b"]', default="[]"),
            '["a"] + ' + _select(linux='["c"]', default="[]"),
            '["a"] + ' + _select(linux='["c"]', default="[]"),
            id="branch_replaced",
        ),
        pytest.param(
            "deps",
            _select(linux='[\n"x",  # keep\n]', default="[]"),
            '["a"]',
            '["a"] + ' + _select(linux='[\n"x",  # keep\n]', default="[]"),
            id="item_in_a_branch_kept",
        ),
        pytest.param(
            "deps",
            _select(linux='["b"]', default="[]") + " + " + _select(arm64='["c"]', default="[]"),
            _select(linux_arm64='["b"]', default="[]"),
            _select(linux_arm64='["b"]', default="[]"),
            id="two_selects_become_one",
        ),
        pytest.param(
            "deps",
            _select(linux='["b"]', default="[]"),
            _select(linux_amd64='["b"]', default="[]"),
            _select(linux_amd64='["b"]', default="[]"),
            id="other_platforms",
        ),
        pytest.param(
            "deps", 'select({"//my:key": ["a"], "//conditions:default": []})', '["a"]', OPAQUE, id="own_key"
        ),
        pytest.param(
            "deps",
            'select({"@io_bazel_rules_go//go/platform:linux": ["a"], "//conditions:default": []})',
            _select(linux='["a"]', default="[]"),
            _select(linux='["a"]', default="[]"),
            id="key_with_the_name_of_a_workspace",
        ),
        pytest.param(
            "deps",
            'select({"@platforms//os:linux": ["a"], "//conditions:default": []})',
            _select(linux='["a"]', default="[]"),
            SAME,
            id="constraint_value_as_key",
        ),
        pytest.param(
            "deps",
            _select(linux='["a", "k"]', default="[]").replace('"k"', '"k",  # keep\n'),
            _select(linux_arm64='["a"]', default="[]"),
            _select(linux_arm64='["a"]', default="[]")
            + " + "
            + _select(linux='["k"]', default="[]").replace('"k"', '"k",  # keep\n'),
            id="kept_under_a_key_of_another_sort",
        ),
        pytest.param(
            "deps",
            _select(linux='["a"]', default='["k"]').replace('"k"', '"k",  # keep\n'),
            None,
            _select(default='["k"]').replace('"k"', '"k",  # keep\n'),
            id="kept_where_nothing_else_is_left",
        ),
    ],
)
def test_merge_value(name: str, old: str, new: str, merged: str | Left | None) -> None:
    found = merge_value(name, _value(old), _value(new), "p", "rules_go", ("me",))
    if isinstance(merged, str):
        value = _value(merged)
        assert value is not None
        assert not isinstance(found, Left)
        assert found is not None
        assert format_value(arrange(name, found), 1) == format_value(arrange(name, value), 1)
    else:
        assert found is merged


@pytest.mark.parametrize(
    ("old", "new", "merged"),
    [
        pytest.param("", '[":p_cgo"]', '[":p_cgo"]', id="nothing_before"),
        pytest.param('["//mine"]', "", '["//mine"]', id="of_a_user_alone"),
        pytest.param('[":old_cgo"]', "", "", id="ours_goes"),
        pytest.param('["//mine", ":old_cgo"]', '[":p_cgo"]', '["//mine", ":p_cgo"]', id="both"),
        pytest.param('["//b", "//a"]', '["//a", ":p_cgo"]', '["//b", "//a", ":p_cgo"]', id="no_label_twice"),
        pytest.param("glob([])", '[":p_cgo"]', '[":p_cgo"]', id="expression"),
        pytest.param('select({"//c:x": ["//a"]})', '["//b"]', '["//b"]', id="select_of_a_user"),
        pytest.param(
            _select(linux='["//mine", ":old_cgo"]', default='[":old_cgo"]'),
            _select(windows='[":w_cgo"]', default="[]"),
            _select(linux='["//mine"]', windows='[":w_cgo"]', default="[]"),
            id="platform_by_platform",
        ),
        pytest.param('["//lib:lib"]', '["//lib"]', '["//lib:lib"]', id="another_spelling"),
        pytest.param('["@//lib"]', '["//lib:lib", ":a"]', '["@//lib", ":a"]', id="of_the_main_repository"),
        pytest.param('["//p:a", ":a"]', '["a"]', '["//p:a"]', id="twice_already"),
        pytest.param(
            '["//x:lib"] + ' + _select(linux='["//lib:lib"]', default="[]"),
            '["//lib"]',
            '["//x:lib", "//lib:lib"]',
            id="another_spelling_in_a_select",
        ),
    ],
)
def test_with_others(old: str, new: str, merged: str) -> None:
    conditions = Conditions("rules_go", frozenset({"linux_amd64", "windows_amd64", "darwin_arm64"}))

    ours = {Label.parse(text, "p") for text in re.findall(r'"([^"]*_cgo)"', old + new)}

    found = with_others(_value(old), _value(new), ours, "p", conditions)

    assert found == _value(merged)
