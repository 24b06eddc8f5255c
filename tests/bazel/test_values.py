"""Merging one attribute's value: what there is, what is wanted, what comes out."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bazel_xc.bazel.select import Conditions, build_by_cgo
from bazel_xc.bazel.selected import project, settings
from bazel_xc.bazel.values import Left, merge_value, with_others
from bazel_xc.buildfile.parser import parse
from bazel_xc.buildfile.printer import DEFAULT, arrange, format_value, strings
from bazel_xc.buildfile.syntax import Branch, ListValue, Notes, Select, String, Sum, Value, strings_in
from bazel_xc.golang.constraints import GAZELLE_PLATFORMS
from bazel_xc.model import ByPlatform, Label

LINUX = "@rules_go//go/platform:linux"
ON, OFF = "//platforms:cgo_is_on", "//platforms:cgo_is_off"
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
    texts = ", ".join(f'"{keys[name]}": {text}' for name, text in branches.items())
    return "select({" + texts.replace("\n, ", "\n") + "})"


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
            _select(linux="[]", default='["k"]').replace('"k"', '"k",  # keep\n'),
            id="kept_where_nothing_else_is_left",
        ),
        pytest.param(
            "deps",
            _select(arm64='["a"]', default='["k"],  # keep: plugin\n')
            + " + "
            + _select(linux='["old"]', default="[]"),
            "",
            _select(arm64="[]", default='["k"],  # keep: plugin\n'),
            id="kept_default_of_the_first_select",
        ),
        pytest.param(
            "deps",
            _select(linux='["old"]', default='["a"]')
            + " + "
            + _select(arm64='["b"]', default='["k"],  # keep\n'),
            _select(linux='["new"]', default="[]"),
            _select(linux='["new"]', default="[]") + " + " + _select(arm64="[]", default='["k"],  # keep\n'),
            id="kept_default_of_the_last_select",
        ),
        pytest.param(
            "deps",
            _select(arm64='["k"],  # keep\n', default="[]"),
            _select(linux='["a"]', default="[]"),
            _select(linux='["a"]', default="[]") + " + " + _select(arm64='["k"],  # keep\n', default="[]"),
            id="kept_branch_beside_keys_of_another_sort",
        ),
        pytest.param(
            "deps",
            _select(linux='["k"],  # keep\n', windows='["w"]', default="[]"),
            _select(linux='["a"]', windows='["b"]', default="[]"),
            _select(linux='["k"],  # keep\n', windows='["b"]', default="[]"),
            id="kept_branch_under_a_wanted_key",
        ),
        pytest.param(
            "deps",
            _select(linux='["a"]', default='["k"],  # keep\n'),
            _select(linux='["a"]', windows='["b"]', default="[]"),
            _select(windows='["b", "k",  # keep\n]', linux='["a"]', default='["k"],  # keep\n'),
            id="kept_default_holds_under_a_new_key_too",
        ),
        pytest.param(
            "deps",
            _select(linux='["k"],  # keep\n', default="[]"),
            '["k"]',
            OPAQUE,
            id="kept_branch_that_is_wanted_everywhere",
        ),
        pytest.param(
            "deps",
            _select(linux='["a"]', windows_amd64='["b"]', default='["k"],  # keep\n'),
            "",
            OPAQUE,
            id="kept_default_of_mixed_keys",
        ),
        pytest.param(
            "deps",
            _select(linux='["a"]', default='["k"],  # keep\n')
            + " + "
            + _select(windows='["b"]', default="[]"),
            "",
            OPAQUE,
            id="kept_default_of_two_selects_of_one_sort",
        ),
        pytest.param(
            "cdeps",
            f'select({{"{OFF}": [\n"//k",  # keep\n], "{DEFAULT}": ["//a"]}})',
            f'select({{"{OFF}": [], "{DEFAULT}": ["//b"]}})',
            f'select({{"{OFF}": [\n"//k",  # keep\n], "{DEFAULT}": ["//b"]}})',
            id="kept_where_cgo_is_off",
        ),
        pytest.param(
            "deps",
            f'select({{"{OFF}": [\n"//k",  # keep\n], "{DEFAULT}": []}})',
            f'select({{"{OFF}_linux": ["//a"], "{DEFAULT}": []}})',
            OPAQUE,
            id="kept_where_another_key_matches_too",
        ),
        pytest.param(
            "deps",
            f'select({{"{ON}_linux": [\n"//k",  # keep\n], "{DEFAULT}": []}})',
            f'select({{"{ON}_arm64": ["//a"], "{DEFAULT}": []}})',
            OPAQUE,
            id="kept_on_a_system_beside_a_processor",
        ),
        pytest.param(
            "deps",
            'select({"//old:cgo_is_off": [], "//conditions:default": ["//a"]})',
            f'select({{"{OFF}": [], "{DEFAULT}": ["//a", "//b"]}})',
            f'select({{"{OFF}": [], "{DEFAULT}": ["//a", "//b"]}})',
            id="keys_for_cgo_in_another_package",
        ),
        pytest.param(
            "cdeps",
            f'select({{"{ON}_linux": ["//a"], "{DEFAULT}": []}})',
            '["//a"]',
            '["//a"]',
            id="no_longer_by_cgo",
        ),
        pytest.param(
            "pure",
            _select(linux='"off"', default='"auto"'),
            f'select({{"{OFF}": "auto", "{DEFAULT}": "off"}})',
            f'select({{"{OFF}": "auto", "{DEFAULT}": "off"}})',
            id="pure_by_platform_becomes_one_by_cgo",
        ),
        pytest.param(
            "pure",
            '"off"',
            f'select({{"{OFF}": "auto", "{DEFAULT}": "off"}})',
            f'select({{"{OFF}": "auto", "{DEFAULT}": "off"}})',
            id="pure_for_all_becomes_one_by_cgo",
        ),
        pytest.param(
            "pure",
            f'select({{"//my:key": "on", "{DEFAULT}": "off"}})',
            f'select({{"{OFF}": "auto", "{DEFAULT}": "off"}})',
            OPAQUE,
            id="pure_by_a_key_of_a_user",
        ),
        pytest.param(
            "pure",
            _select(linux='"off",  # keep\n', default='"auto"'),
            '"off"',
            OPAQUE,
            id="kept_branch_of_single_values",
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


KEPT = Notes(suffix="# keep")


def _lists(letters: str) -> st.SearchStrategy[ListValue]:
    items = st.builds(String, st.sampled_from(letters), notes=st.sampled_from([Notes(), KEPT]))
    return st.lists(items, max_size=2, unique_by=lambda item: item.value).map(
        lambda found: ListValue(tuple(found))
    )


# Sets of keys of which no two match on one platform.
CGO_KEYS = (
    (ON, OFF),
    (OFF, f"{ON}_linux"),
    (f"{ON}_arm64", f"{ON}_amd64"),
    (f"{ON}_linux_arm64", f"{OFF}_linux_arm64"),
    (f"{OFF}_linux", f"{ON}_windows"),
)


@st.composite
def _with_selects(draw: st.DrawFn) -> Value:
    """A list and a select or two, of different sorts of keys, no string in two of them."""
    parts: list[Value] = [draw(_lists("ab"))]
    for letters, names in (
        ("cd", ("linux", "windows")),
        ("ef", ("arm64", "amd64")),
        ("gh", ("linux_arm64",)),
        ("ij", draw(st.sampled_from(CGO_KEYS))),
    ):
        chosen = draw(st.lists(st.sampled_from(names), max_size=2, unique=True))
        keys = [*(name if ":" in name else f"@rules_go//go/platform:{name}" for name in chosen), DEFAULT]
        notes = st.sampled_from([Notes(), Notes(), Notes(("# keep: it",)), KEPT])
        branches = tuple(Branch(key, draw(_lists(letters)), draw(notes)) for key in keys)
        if chosen:
            parts.append(Select(branches))
    return Sum(tuple(parts)) if len(parts) > 1 else parts[0]


def _plain(value: Value) -> Value:
    """The value without a comment."""
    text = format_value(value, 1)
    found = _value(re.sub(r"#.*", "", text))
    assert found is not None
    return found


def _only_kept(value: Value | None, *, all_of_it: bool = False) -> Value | None:
    match value:
        case ListValue():
            items = (each for each in value.items if all_of_it or each.notes.keep)
            return ListValue(tuple(items))
        case Select():
            return Select(
                tuple(
                    Branch(each.key, _only_kept(each.value, all_of_it=each.notes.keep) or each.value)
                    for each in value.branches
                )
            )
        case Sum():
            return Sum(tuple(_only_kept(part) or part for part in value.parts))
    return value


@given(_with_selects(), _with_selects().map(_plain))
def test_what_is_kept_holds_where_it_did(before: Value, wanted: Value) -> None:
    found = merge_value("deps", before, wanted, "p", "rules_go")

    if not isinstance(found, Left):
        for platform, cgo in settings(sorted(GAZELLE_PLATFORMS), before, wanted):
            kept, held = project(_only_kept(before), platform, cgo=cgo), project(found, platform, cgo=cgo)
            assert kept is not None
            assert held is not None
            assert set(kept) <= set(held), platform
        again = _value(format_value(arrange("deps", found), 1)) if found else None
        second = merge_value("deps", again, wanted, "p", "rules_go")
        assert second is Left.SAME if again else found is None


def test_kept_items_by_cgo_hold_for_both_settings() -> None:
    """The default's kept item is also under the key that is new."""
    old = _value(f'select({{"{OFF}": ["//a"], "{DEFAULT}": [\n"//k",  # keep\n]}})')
    new = _value(f'select({{"{OFF}": [], "{ON}_linux": [], "{DEFAULT}": ["//b"]}})')

    found = merge_value("deps", old, new, "p", "rules_go")

    assert not isinstance(found, Left)
    assert project(found, "linux_arm64") == ("//k",)
    assert project(found, "windows_arm64") == ("//k", "//b")
    assert project(found, "windows_arm64", cgo=False) == ()


@given(
    st.lists(st.sampled_from(["//u", "//v"]), unique=True),
    st.lists(st.sampled_from([":a_cgo", ":b_cgo"]), unique=True, max_size=2),
    st.sampled_from(["linux", "windows", "amd64", ""]),
)
def test_labels_of_users_hold_with_cgo_and_without(users: list[str], ours: list[str], where: str) -> None:
    """However often the labels of ours change, those of the user are there on every platform."""
    conditions = Conditions("rules_go", frozenset(GAZELLE_PLATFORMS))
    names = {name for name in GAZELLE_PLATFORMS if not where or where in name.split("_")}
    table = ByPlatform.fold({name: tuple(ours) for name in names})
    wanted = build_by_cgo(table, ByPlatform(), conditions)
    old = strings([*ours[:1], *users])

    labels = {Label.parse(text, "p") for text in (":a_cgo", ":b_cgo")}
    found = with_others(old, wanted, labels, "p", conditions)

    texts = [set(strings_in(part)) for part in (found.parts if isinstance(found, Sum) else ())]
    assert sum(map(len, texts)) == len(set().union(*texts))
    for platform in GAZELLE_PLATFORMS:
        assert set(project(found, platform, cgo=False) or ()) == set(users)
        assert set(project(found, platform) or ()) == {*users, *(ours if platform in names else ())}
