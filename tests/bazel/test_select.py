"""Strings per platform as one select, and reading it back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bazel_xc.bazel.select import (
    Conditions,
    Form,
    Marks,
    build,
    build_by_cgo,
    build_set,
    build_set_by_cgo,
    exclusion,
    follow,
    select_conditions,
    where_cgo_is_on,
)
from bazel_xc.bazel.selected import platform_of_key, project, same_meaning, same_parts, settings
from bazel_xc.buildfile.parser import parse
from bazel_xc.buildfile.printer import DEFAULT, format_value, strings
from bazel_xc.buildfile.repositories import Repositories
from bazel_xc.buildfile.syntax import Branch, ListValue, Opaque, Select, String, Sum, Value, strings_in
from bazel_xc.golang.constraints import GAZELLE_PLATFORMS, KNOWN_PLATFORMS
from bazel_xc.golang.gazelle import Family, Reading
from bazel_xc.model import ByCgo, ByPlatform, Platform

FOUR = frozenset({"linux_amd64", "linux_arm64", "windows_amd64", "windows_arm64"})
CONDITIONS = Conditions("rules_go", FOUR)
INCOMPATIBLE = "//platforms:incompatible"
MARKS = Marks(INCOMPATIBLE, "//platforms:requires_cgo", "//platforms:requires_no_cgo")


def _value(text: str) -> Value:
    (call,) = parse("BUILD", f"f(x = {text})".encode()).calls
    return call.attributes[0].value


def _keys(value: Value | None) -> list[str]:
    """The keys of a value's select, the default left out."""
    parts = value.parts if isinstance(value, Sum) else (value,)
    choices = [part for part in parts if isinstance(part, Select)]
    assert len(choices) <= 1
    return sorted(
        branch.key.rpartition(":")[2]
        for choice in choices
        for branch in choice.branches
        if branch.key != DEFAULT
    )


def _set(where: dict[str, frozenset[str]], conditions: Conditions = CONDITIONS) -> Value | None:
    """The value for strings without keys of their own."""
    return build_set({text: Reading(platforms=held) for text, held in where.items()}, conditions)


def _held(*names: str) -> frozenset[str]:
    return frozenset(name for name in FOUR if set(names) & {name, *name.split("_")})


@pytest.mark.parametrize(
    ("some", "keys"),
    [
        pytest.param({"w": ["windows"]}, ["windows"], id="system"),
        pytest.param({"w": ["arm64"]}, ["arm64"], id="processor"),
        pytest.param({"w": ["windows_arm64"]}, ["windows_arm64"], id="pair"),
        pytest.param({"w": ["windows"], "l": ["linux"]}, ["linux", "windows"], id="two_systems"),
        pytest.param(
            {"w": ["windows"], "a": ["arm64"]},
            ["linux_arm64", "windows_amd64", "windows_arm64"],
            id="system_and_processor",
        ),
        pytest.param({"e": ["linux", "windows"]}, [], id="everywhere"),
        pytest.param({}, [], id="nothing"),
    ],
)
def test_fewest_keys(some: dict[str, list[str]], keys: list[str]) -> None:
    assert _keys(_set({text: _held(*names) for text, names in some.items()})) == keys


def test_nothing_is_no_value() -> None:
    assert _set({}) is None
    assert _set({"x": frozenset({"plan9_386"})}) is None
    assert build(ByPlatform(), CONDITIONS, Form.FLAGS) is None
    assert exclusion(ByCgo(), CONDITIONS, MARKS) is None
    assert exclusion(ByCgo.both(frozenset({"plan9_386"})), CONDITIONS, MARKS) is None


def test_text() -> None:
    value = _set({"//b": FOUR, "//w": _held("windows"), "//a": FOUR})
    assert value is not None
    assert format_value(value, 0) == (
        '[\n    "//a",\n    "//b",\n] + select({\n    "@rules_go//go/platform:windows": [\n'
        '        "//w",\n    ],\n    "//conditions:default": [],\n})'
    )


def _selects(value: Value | None) -> list[list[str]]:
    """The names in the keys of each select, the default left out."""
    parts = value.parts if isinstance(value, Sum) else (value,)
    return [
        [branch.key.rpartition(":")[2] for branch in part.branches if branch.key != DEFAULT]
        for part in parts
        if isinstance(part, Select)
    ]


@pytest.mark.parametrize(
    ("where", "keys"),
    [
        pytest.param({"e": Reading()}, [], id="everywhere"),
        pytest.param(
            {"o": Reading(Family.OS, _held("windows")), "a": Reading(Family.ARCH, _held("arm64"))},
            [["windows"], ["arm64"]],
            id="a_select_for_each_family",
        ),
        pytest.param(
            {"o": Reading(Family.OS, FOUR)}, [["linux", "windows"]], id="keys_although_it_is_everywhere"
        ),
        pytest.param(
            {"p": Reading(Family.PAIR, _held("linux"))},
            [["linux_amd64", "linux_arm64"]],
            id="pairs_of_a_system",
        ),
        pytest.param(
            {"o": Reading(Family.OS, frozenset({"linux_arm64"}))}, [["linux_arm64"]], id="part_of_a_system"
        ),
        pytest.param(
            {"e": Reading(Family.EVERYWHERE, _held("linux"))}, [["linux"]], id="fewest_keys_of_all_others"
        ),
        pytest.param({"o": Reading(Family.OS, frozenset({"plan9_386"}))}, [], id="unknown_to_rules_go"),
    ],
)
def test_keys_of_gazelle(where: dict[str, Reading], keys: list[list[str]]) -> None:
    value = build_set(where, CONDITIONS)

    assert _selects(value) == keys
    for platform in FOUR:
        expected = {text for text, reading in where.items() if platform in reading.platforms}
        assert set(project(value, platform) or ()) == expected


def test_parts_are_the_same_in_any_order() -> None:
    one = _value('["a", "b"] + select({"x": ["c", "d"], "y": []})')

    assert same_parts(one, _value('["b", "a"] + select({"y": [], "x": ["d", "c"]})'))
    assert not same_parts(one, _value('["a", "b"] + select({"x": ["c d"], "y": []})'))
    assert not same_parts(one, None)
    assert same_parts(None, None)


def test_platforms_unknown_to_gazelle_have_keys_if_they_are_configured() -> None:
    new = Repositories(rules_go_version="0.61.1")

    assert select_conditions(new, ["linux_amd64"]).platforms == GAZELLE_PLATFORMS
    assert select_conditions(new, ["wasip1_wasm"]).platforms == GAZELLE_PLATFORMS | {"wasip1_wasm"}
    assert "wasip1_wasm" not in select_conditions(Repositories(), ["wasip1_wasm"]).platforms


@pytest.mark.parametrize(
    ("absent", "keys", "default"),
    [
        pytest.param(["windows"], ["windows"], (), id="one_system_out"),
        pytest.param(["windows_arm64"], ["windows_arm64"], (), id="one_pair_out"),
        pytest.param(
            ["linux", "windows_amd64"], ["windows_arm64"], (INCOMPATIBLE,), id="one_pair_in_is_shorter"
        ),
        pytest.param(["linux_amd64", "windows_arm64"], ["linux_amd64", "windows_arm64"], (), id="crosswise"),
    ],
)
def test_exclusion_takes_the_shorter_form(absent: list[str], keys: list[str], default: tuple[str]) -> None:
    value = exclusion(ByCgo.both(_held(*absent)), CONDITIONS, MARKS)
    assert _keys(value) == keys
    assert project(value, "plan9_386") == default


def test_exclusion_from_everywhere_is_a_plain_list() -> None:
    assert exclusion(ByCgo.both(FOUR), CONDITIONS, MARKS) == strings([INCOMPATIBLE])


def test_flags_share_their_beginning() -> None:
    flags = {name: ("-a", "-b", "-w") if name in _held("windows") else ("-a", "-b") for name in FOUR}
    value = build(ByPlatform.fold(flags), CONDITIONS, Form.FLAGS)
    assert isinstance(value, Sum)
    assert value.parts[0] == strings(["-a", "-b"])
    assert _keys(value) == ["windows"]


SELECT = """select({
    "@rules_go//go/platform:linux": ["l"],
    "@rules_go//go/platform:linux_arm64": ["la"],
    "@platforms//os:macos": ["d"],
    "//conditions:default": ["x"],
})"""


@pytest.mark.parametrize(
    ("text", "platform", "strings_there"),
    [
        pytest.param('"a"', "linux_amd64", ("a",), id="string"),
        pytest.param('["a", "b"]', "linux_amd64", ("a", "b"), id="list"),
        pytest.param('["a", B]', "linux_amd64", None, id="expression"),
        pytest.param(SELECT, "linux_amd64", ("l",), id="system"),
        pytest.param(SELECT, "linux_arm64", ("la",), id="the_pair_is_more_special"),
        pytest.param(SELECT, "darwin_arm64", ("d",), id="another_name"),
        pytest.param(SELECT, "windows_386", ("x",), id="default"),
        pytest.param(f'["a"] + {SELECT}', "linux_amd64", ("a", "l"), id="sum"),
        pytest.param('select({"//my:key": ["a"]})', "linux_amd64", None, id="unknown_key"),
        pytest.param('select({"@rules_go//go/platform:linux": ["a"]})', "darwin_arm64", None, id="no_match"),
        pytest.param(
            'select({"@rules_go//go/platform:linux": ["a"], "@rules_go//go/platform:arm64": ["b"]})',
            "linux_arm64",
            None,
            id="two_match",
        ),
    ],
)
def test_project(text: str, platform: str, strings_there: tuple[str, ...] | None) -> None:
    assert project(_value(text), platform) == strings_there


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("@rules_go//go/platform:linux", "linux"),
        ("@@rules_go//go/platform:linux_arm64", "linux_arm64"),
        ("@io_bazel_rules_go//go/toolchain:arm64", "arm64"),
        ("@platforms//os:macos", "darwin"),
        ("@platforms//os:osx", "darwin"),
        ("@platforms//os:windows", "windows"),
        ("@my_go//go/platform:linux", "linux"),
        ("//config:fips", None),
        ("//platforms:cgo_is_on", "cgo_is_on"),
        ("@@//build/platforms:cgo_is_off", "cgo_is_off"),
        ("@main//third_party/bazel_xc:cgo_is_on_linux", "cgo_is_on_linux"),
        ("//platforms:cgo_is_off_linux_arm64", "cgo_is_off_linux_arm64"),
        ("//platforms:cgo_is_on_beos", None),
        ("//platforms:cgo_is_maybe", None),
        ("@rules_go//go/toolchain:cgo_on", None),
        (DEFAULT, None),
    ],
)
def test_platform_of_key(key: str, name: str | None) -> None:
    assert platform_of_key(key) == name


@pytest.mark.parametrize(
    ("one", "other", "ordered", "same"),
    [
        pytest.param('["a", "b"]', '["b", "a"]', False, True, id="order_of_a_set"),
        pytest.param('["a", "b"]', '["b", "a"]', True, False, id="order_of_flags"),
        pytest.param('["a"]', '["a", "a"]', False, False, id="twice"),
        pytest.param(
            'select({"@rules_go//go/platform:linux": ["a"], "//conditions:default": []})',
            'select({"@io_bazel_rules_go//go/platform:linux_amd64": ["a"],'
            ' "@rules_go//go/platform:linux_arm64": ["a"], "//conditions:default": []})',
            False,
            True,
            id="system_or_its_pairs",
        ),
        pytest.param(
            '["a"] + select({"@rules_go//go/platform:linux": ["b"], "//conditions:default": []})',
            'select({"@rules_go//go/platform:linux": ["a", "b"], "//conditions:default": ["a"]})',
            True,
            True,
            id="common_or_in_every_branch",
        ),
        pytest.param("X", "X", False, False, id="expressions_are_not_known"),
    ],
)
def test_same_meaning(one: str, other: str, ordered: bool, same: bool) -> None:
    assert same_meaning(_value(one), _value(other), FOUR, ordered=ordered) is same


def test_nothing_means_an_empty_list() -> None:
    assert same_meaning(None, ListValue(()), FOUR, ordered=True)
    assert not same_meaning(None, strings(["a"]), FOUR, ordered=True)


# Properties


def _platforms() -> st.SearchStrategy[frozenset[str]]:
    """Sets of known platforms as constraints make them, and any others."""
    names = sorted({part for name in KNOWN_PLATFORMS for part in name.split("_")})
    of_parts = st.lists(st.sampled_from(names), max_size=3).map(
        lambda parts: frozenset(name for name in KNOWN_PLATFORMS if set(parts) & set(name.split("_")))
    )
    return st.one_of(
        of_parts,
        of_parts.map(lambda held: KNOWN_PLATFORMS - held),
        st.frozensets(st.sampled_from(sorted(KNOWN_PLATFORMS))),
    )


ALL = Conditions("rules_go", KNOWN_PLATFORMS)


@given(st.dictionaries(st.sampled_from("abcd"), _platforms()))
def test_each_platform_gets_its_strings(where: dict[str, frozenset[str]]) -> None:
    value = _set(where, ALL)
    for platform in KNOWN_PLATFORMS:
        wanted = {text for text, held in where.items() if platform in held}
        found = project(value, platform)
        assert found is not None
        assert sorted(found) == sorted(wanted)


@given(st.dictionaries(st.sampled_from("abcd"), _platforms()))
def test_no_string_stands_in_the_list_and_in_the_select(where: dict[str, frozenset[str]]) -> None:
    value = _set(where, ALL)
    if isinstance(value, Sum):
        common, choice = value.parts
        assert isinstance(common, ListValue)
        assert isinstance(choice, Select)
        assert not {item.value for item in common.items if isinstance(item, String)} & {
            text for platform in KNOWN_PLATFORMS for text in project(choice, platform) or ()
        }


@given(
    st.dictionaries(st.sampled_from(sorted(KNOWN_PLATFORMS)), st.lists(st.sampled_from("abc"), max_size=4))
)
def test_each_platform_gets_its_flags_in_order(by_platform: dict[str, list[str]]) -> None:
    flags = {name: tuple(words) for name, words in by_platform.items()}
    value = build(ByPlatform.fold(flags), ALL, Form.FLAGS)
    for platform in KNOWN_PLATFORMS:
        assert project(value, platform) == flags.get(platform, ())


@given(_platforms(), _platforms())
def test_exclusion_leaves_out_what_is_absent(on: frozenset[str], off: frozenset[str]) -> None:
    """One label for each platform: absent with both settings of cgo, without it, with it, or with none."""
    value = exclusion(ByCgo(on, off), ALL, MARKS)
    for platform in KNOWN_PLATFORMS:
        mark = {
            (True, True): (MARKS.incompatible,),
            (False, True): (MARKS.requires_cgo,),
            (True, False): (MARKS.requires_no_cgo,),
            (False, False): (),
        }[platform in on, platform in off]
        assert project(value, platform) == project(value, platform, cgo=False) == mark


@given(st.dictionaries(st.sampled_from("abcd"), _platforms()))
def test_a_value_means_what_it_means_when_read_again(where: dict[str, frozenset[str]]) -> None:
    value = _set(where, ALL)
    if value is not None:
        assert same_meaning(value, _value(format_value(value, 0)), KNOWN_PLATFORMS, ordered=True)


def test_branch_of_a_string_is_projected() -> None:
    value = Select((Branch("@rules_go//go/platform:linux", String("off")), Branch(DEFAULT, String("auto"))))
    assert project(value, "linux_arm64") == ("off",)
    assert project(value, "windows_arm64") == ("auto",)
    assert project(Opaque("True"), "linux_arm64") is None


def test_what_holds_nearly_everywhere_stands_under_the_default() -> None:
    """A dependency that is left out on two platforms does not name the fifty others."""
    conditions = Conditions("rules_go", KNOWN_PLATFORMS)
    left_out = frozenset({"windows_amd64", "windows_arm64"})

    value = _set({"//fast": KNOWN_PLATFORMS - left_out}, conditions)

    assert isinstance(value, Select)
    assert {branch.key.rpartition(":")[2] for branch in value.branches} == {*left_out, "default"}
    for platform in KNOWN_PLATFORMS:
        assert project(value, platform) == (() if platform in left_out else ("//fast",))


LABELS = st.lists(st.sampled_from([":a", "//b", "//c:d", "@e//:f"]), unique=True, max_size=3).map(tuple)


@given(st.dictionaries(st.sampled_from(sorted(KNOWN_PLATFORMS)), LABELS))
def test_label_list_says_what_it_was_given(table: dict[str, tuple[str, ...]]) -> None:
    conditions = Conditions("rules_go", KNOWN_PLATFORMS)

    value = build(ByPlatform.fold(table), conditions, Form.LABELS)

    assert {name: project(value, name) for name in KNOWN_PLATFORMS} == {
        name: table.get(name, ()) for name in KNOWN_PLATFORMS
    }
    assert (value is None) == (not any(table.values()))


@pytest.mark.parametrize(
    ("table", "text"),
    [
        pytest.param({}, "", id="nothing"),
        pytest.param(dict.fromkeys(FOUR, ("//b", ":a")), '["//b", ":a"]', id="everywhere_in_order"),
        pytest.param(
            dict.fromkeys(_held("linux"), (":a",)),
            'select({"@rules_go//go/platform:linux": [":a"], "//conditions:default": []})',
            id="one_system",
        ),
        pytest.param(
            dict.fromkeys(FOUR - {"windows_arm64"}, (":a",)),
            'select({"@rules_go//go/platform:windows_arm64": [], "//conditions:default": [":a"]})',
            id="nearly_everywhere",
        ),
        pytest.param(
            {name: (":a", "//b") if "linux" in name else (":a",) for name in FOUR},
            '[":a"] + select({"@rules_go//go/platform:linux": ["//b"], "//conditions:default": []})',
            id="common_beginning",
        ),
    ],
)
def test_label_list(table: dict[str, tuple[str, ...]], text: str) -> None:
    assert build(ByPlatform.fold(table), CONDITIONS, Form.LABELS) == (_value(text) if text else None)


# Values that depend on cgo


ON, OFF = "//platforms:cgo_is_on", "//platforms:cgo_is_off"


@pytest.mark.parametrize(
    ("on", "off", "text"),
    [
        pytest.param({}, {}, "", id="nothing"),
        pytest.param({"//a": FOUR}, {"//a": FOUR}, '["//a"]', id="both_everywhere"),
        pytest.param(
            {"//a": FOUR, "//b": FOUR},
            {"//a": FOUR},
            f'["//a"] + select({{"{OFF}": [], "{DEFAULT}": ["//b"]}})',
            id="with_cgo_everywhere",
        ),
        pytest.param(
            {},
            {"//a": FOUR},
            f'select({{"{ON}": [], "{DEFAULT}": ["//a"]}})',
            id="without_cgo_everywhere",
        ),
        pytest.param(
            {"//a": _held("linux")},
            {},
            f'select({{"{ON}_linux": ["//a"], "{DEFAULT}": []}})',
            id="with_cgo_on_a_system",
        ),
        pytest.param(
            {},
            {"//a": _held("arm64")},
            f'select({{"{OFF}_arm64": ["//a"], "{DEFAULT}": []}})',
            id="without_cgo_on_a_processor",
        ),
        pytest.param(
            {"//a": FOUR - {"windows_arm64"}},
            {},
            f'select({{"{OFF}": [], "{ON}_windows_arm64": [], "{DEFAULT}": ["//a"]}})',
            id="default_for_most_platforms",
        ),
        pytest.param(
            {"//a": _held("linux"), "//l": _held("linux")},
            {"//l": _held("linux")},
            'select({"@rules_go//go/platform:linux": ["//l"], "//conditions:default": []}) + '
            f'select({{"{ON}_linux": ["//a"], "{DEFAULT}": []}})',
            id="platform_and_cgo",
        ),
        pytest.param(
            {"//a": FOUR},
            {"//a": _held("windows")},
            f'select({{"{OFF}_linux": [], "{DEFAULT}": ["//a"]}})',
            id="without_cgo_on_some_platforms_too",
        ),
        pytest.param(
            {"//a": _held("linux")},
            {"//a": _held("windows")},
            f'select({{"{ON}_linux": ["//a"], "{OFF}_windows": ["//a"], "{DEFAULT}": []}})',
            id="by_either_setting_elsewhere",
        ),
    ],
)
def test_build_set_by_cgo(on: dict[str, frozenset[str]], off: dict[str, frozenset[str]], text: str) -> None:
    value = _set_by_cgo(on, off)

    wanted = _value(text) if text else None
    assert _tables(value) == _tables(wanted)


def _set_by_cgo(
    on: dict[str, frozenset[str]], off: dict[str, frozenset[str]], conditions: Conditions = CONDITIONS
) -> Value | None:
    """The value for strings without keys of their own, from the platforms with cgo and without it."""
    nowhere = frozenset[str]()
    held = {text: ByCgo(on.get(text, nowhere), off.get(text, nowhere)) for text in (*on, *off)}
    return build_set_by_cgo(dict.fromkeys(held, Reading()), held, conditions)


def _tables(value: Value | None) -> list[list[str] | dict[str, list[str]]]:
    """Each part of a value: its strings, for a select by key."""
    parts = value.parts if isinstance(value, Sum) else () if value is None else (value,)
    return [
        {branch.key: list(strings_in(branch.value)) for branch in part.branches}
        if isinstance(part, Select)
        else list(strings_in(part))
        for part in parts
    ]


def test_labels_with_cgo_on_most_platforms_are_under_the_default() -> None:
    on = ByPlatform.held({"//a": FOUR - {"windows_arm64"}})

    value = build_by_cgo(on, ByPlatform(), CONDITIONS)

    assert _tables(value) == [{OFF: [], f"{ON}_windows_arm64": [], DEFAULT: ["//a"]}]


def test_keys_of_dependencies_for_both_settings_are_those_of_gazelle() -> None:
    """The platforms of a string may be fewer than those of its reading, which decides the keys."""
    families = {"//a": Reading(Family.OS), "//b": Reading(Family.ARCH, _held("arm64"))}
    held = {"//a": ByCgo.both(FOUR), "//b": ByCgo(_held("arm64"), frozenset())}

    value = build_set_by_cgo(families, held, CONDITIONS)

    assert _selects(value) == [["linux", "windows"], ["cgo_is_on_arm64"]]


def test_labels_in_order_share_their_beginning_with_either_setting() -> None:
    on = ByPlatform.fold(dict.fromkeys(FOUR, ("//b", "//a")))
    off = ByPlatform.fold(dict.fromkeys(FOUR, ("//b",)))

    value = build_by_cgo(on, off, CONDITIONS)

    assert _tables(value) == [["//b"], {OFF: [], DEFAULT: ["//a"]}]


def test_labels_that_would_stand_in_two_selects_stand_in_one() -> None:
    """What comes first with cgo alone leaves nothing that both lists begin with."""
    on = ByPlatform.fold(dict.fromkeys(FOUR, ("//c", "//mine")))
    off = ByPlatform.fold(dict.fromkeys(FOUR, ("//mine",)))

    value = build_by_cgo(on, off, CONDITIONS)

    assert isinstance(value, Select)
    for platform in FOUR:
        assert project(value, platform, cgo=True) == ("//c", "//mine")
        assert project(value, platform, cgo=False) == ("//mine",)


def test_keys_for_cgo_are_in_the_package_of_the_conditions() -> None:
    conditions = Conditions("rules_go", FOUR, "@//build/platforms")
    value = _set_by_cgo({"//a": _held("linux")}, {}, conditions)
    assert isinstance(value, Select)
    assert value.branches[0].key == "@//build/platforms:cgo_is_on_linux"


@given(
    st.dictionaries(st.sampled_from("abcd"), _platforms()),
    st.dictionaries(st.sampled_from("abcd"), _platforms()),
)
def test_each_setting_of_cgo_gets_its_strings(
    on: dict[str, frozenset[str]], off: dict[str, frozenset[str]]
) -> None:
    value = _set_by_cgo(on, off, ALL)

    _check_no_label_in_two_parts(value)
    for platform in KNOWN_PLATFORMS:
        for cgo, where in ((True, on), (False, off)):
            found = project(value, platform, cgo=cgo)
            assert found is not None
            assert sorted(found) == sorted(text for text, held in where.items() if platform in held)


BY_PLATFORM = st.one_of(
    LABELS.map(lambda texts: dict.fromkeys(KNOWN_PLATFORMS, texts)),
    st.dictionaries(st.sampled_from(sorted(KNOWN_PLATFORMS)), LABELS),
    st.tuples(st.sampled_from(["linux", "windows", "arm64", "amd64"]), LABELS, LABELS).map(
        lambda case: {
            name: case[1] if case[0] in name.split("_") else case[2] for name in sorted(KNOWN_PLATFORMS)
        }
    ),
)


@given(BY_PLATFORM, BY_PLATFORM)
def test_each_setting_of_cgo_gets_its_labels_in_order(
    on: dict[str, tuple[str, ...]], off: dict[str, tuple[str, ...]]
) -> None:
    value = build_by_cgo(ByPlatform.fold(on), ByPlatform.fold(off), ALL)

    _check_no_label_in_two_parts(value)
    for platform in KNOWN_PLATFORMS:
        assert project(value, platform, cgo=True) == on.get(platform, ())
        assert project(value, platform, cgo=False) == off.get(platform, ())
    if value is not None:
        again = _value(format_value(value, 0))
        assert same_meaning(value, again, KNOWN_PLATFORMS, ordered=True)


def _check_no_label_in_two_parts(value: Value | None) -> None:
    """Bazel does not load a rule with a label in two selects, or in a list and a select."""
    parts = [set(strings_in(part)) for part in (value.parts if isinstance(value, Sum) else ())]
    assert sum(map(len, parts)) == len(set().union(*parts))


@pytest.mark.parametrize(
    ("held", "keys"),
    [
        pytest.param(FOUR, {OFF: "auto", DEFAULT: "off"}, id="everywhere"),
        pytest.param(KNOWN_PLATFORMS, {OFF: "auto", DEFAULT: "off"}, id="on_more_platforms"),
        pytest.param(_held("linux"), {f"{ON}_linux": "off", DEFAULT: "auto"}, id="one_system"),
        pytest.param(
            frozenset({"linux_arm64", "plan9_386"}),
            {f"{ON}_linux_arm64": "off", DEFAULT: "auto"},
            id="one_pair_that_rules_go_has",
        ),
    ],
)
def test_where_cgo_is_on(held: frozenset[str], keys: dict[str, str]) -> None:
    value = where_cgo_is_on(held, CONDITIONS, "off", "auto")

    assert isinstance(value, Select)
    assert {
        branch.key: branch.value.value for branch in value.branches if isinstance(branch.value, String)
    } == keys
    for platform in FOUR:
        assert project(value, platform, cgo=True) == (("off",) if platform in held else ("auto",))
        assert project(value, platform, cgo=False) == ("auto",)


@pytest.mark.parametrize(
    ("on", "off", "table"),
    [
        pytest.param([], ["linux", "windows"], [MARKS.requires_cgo], id="cgo_everywhere"),
        pytest.param(["linux", "windows"], [], [MARKS.requires_no_cgo], id="no_cgo_everywhere"),
        pytest.param(
            ["windows"],
            ["linux", "windows"],
            {"windows": [INCOMPATIBLE], "default": [MARKS.requires_cgo]},
            id="cgo_or_not_at_all",
        ),
        pytest.param(
            ["windows_amd64"],
            ["linux"],
            {
                "windows_amd64": [MARKS.requires_no_cgo],
                "windows_arm64": [],
                "default": [MARKS.requires_cgo],
            },
            id="three_labels",
        ),
    ],
)  # fmt: skip
def test_exclusion_by_cgo(on: list[str], off: list[str], table: list[str] | dict[str, list[str]]) -> None:
    value = exclusion(ByCgo(_held(*on), _held(*off)), CONDITIONS, MARKS)

    if isinstance(table, dict):
        assert isinstance(value, Select)
        assert {
            branch.key.rpartition(":")[2]: list(strings_in(branch.value)) for branch in value.branches
        } == table
    else:
        assert value == strings(table)


BY_CGO = f"""select({{
    "{OFF}": [],
    "{ON}_linux_arm64": ["la"],
    "{DEFAULT}": ["x"],
}})"""


@pytest.mark.parametrize(
    ("text", "platform", "cgo", "strings_there"),
    [
        pytest.param(BY_CGO, "linux_arm64", True, ("la",), id="pair_with_cgo"),
        pytest.param(BY_CGO, "linux_arm64", False, (), id="without_cgo"),
        pytest.param(BY_CGO, "linux_amd64", True, ("x",), id="default"),
        pytest.param(
            f'select({{"{ON}": ["a"], "{OFF}": ["b"]}})', "linux_386", False, ("b",), id="no_default"
        ),
        pytest.param(
            f'select({{"{ON}": ["a"], "{ON}_linux": ["a"], "{DEFAULT}": []}})',
            "linux_386",
            True,
            None,
            id="two",
        ),
        pytest.param(
            f'select({{"{ON}_arm64": ["a"], "{ON}_linux": ["a"], "{DEFAULT}": []}})',
            "linux_arm64",
            True,
            None,
            id="system_and_processor",
        ),
        pytest.param(
            f'select({{"{ON}_linux": ["a"], "{ON}_linux_arm64": ["b"], "{DEFAULT}": []}})',
            "linux_arm64",
            True,
            None,
            id="a_pair_is_not_more_special_behind_cgo",
        ),
        pytest.param(
            f'select({{"{ON}": ["a"], "@rules_go//go/platform:linux": ["b"], "{DEFAULT}": []}})',
            "linux_arm64",
            True,
            None,
            id="cgo_and_a_platform",
        ),
        pytest.param(
            f'select({{"{ON}": ["a"], "@rules_go//go/platform:linux": ["b"], "{DEFAULT}": []}})',
            "linux_arm64",
            False,
            ("b",),
            id="platform_alone",
        ),
    ],
)
def test_project_by_cgo(text: str, platform: str, cgo: bool, strings_there: tuple[str, ...] | None) -> None:
    assert project(_value(text), platform, cgo=cgo) == strings_there


def test_settings_have_cgo_off_only_where_it_matters() -> None:
    plain, by_cgo = _value(SELECT), _value(BY_CGO)
    assert list(settings(["linux_386"], plain, None)) == [("linux_386", True)]
    assert list(settings(["linux_386"], plain, by_cgo)) == [("linux_386", True), ("linux_386", False)]


def test_values_that_differ_without_cgo_do_not_mean_the_same() -> None:
    assert not same_meaning(_value(BY_CGO), _value(BY_CGO.replace("[]", '["x"]')), FOUR, ordered=False)


@pytest.mark.parametrize(
    ("held", "platforms", "inside", "outside"),
    [
        pytest.param((), "linux_arm64", set(), {"linux_386", "plan9_386"}, id="nowhere"),
        pytest.param(
            ("linux_arm64",), "linux_arm64", {"linux_386", "plan9_386"}, {"linux_arm64"}, id="everywhere"
        ),
        pytest.param(
            ("linux_arm64",),
            "linux_arm64 windows_arm64",
            {"linux_386"},
            {"windows_386", "plan9_386"},
            id="one_system",
        ),
        pytest.param(
            ("linux_arm64",), "linux_arm64 linux_amd64", set(), {"linux_386", "plan9_386"}, id="one_of_two"
        ),
        pytest.param((), "", set(), {"linux_386"}, id="no_platforms"),
    ],
)
def test_follow(held: tuple[str, ...], platforms: str, inside: set[str], outside: set[str]) -> None:
    parts = (name.split("_") for name in platforms.split())
    found = follow(frozenset(held), [Platform(goos, goarch) for goos, goarch in parts])
    assert found >= inside
    assert not found & outside
