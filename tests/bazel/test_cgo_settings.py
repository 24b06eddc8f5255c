"""The targets that tell whether cgo is on: which names files use, and the rules that define them."""

from __future__ import annotations

import pytest

from bazel_xc.bazel.cgo_settings import SettingRule, guard_file, marks, names_in, setting_rules
from bazel_xc.bazel.select import Marks
from bazel_xc.buildfile.printer import DEFAULT
from bazel_xc.buildfile.syntax import Select, String, strings_in

NAMES = (
    "requires_cgo",
    "requires_no_cgo",
    "cgo_is_off",
    "cgo_is_on",
    "cgo_is_on_linux",
    "cgo_is_on_arm64",
    "cgo_is_off_linux_arm64",
)


def _branches(rule: SettingRule) -> dict[str, str]:
    """The labels that an alias has, by key."""
    value = rule.attributes["actual"]
    assert isinstance(value, Select)
    return {branch.key: branch.value.value for branch in value.branches if isinstance(branch.value, String)}


def _rules(*names: str, guard: bool = False) -> dict[str, SettingRule]:
    return {rule.name: rule for rule in setting_rules(names, "rules_go", guard=guard)}


def test_marks_are_in_the_package() -> None:
    assert marks("@platforms//:incompatible", "//p") == Marks(
        "@platforms//:incompatible", "//p:requires_cgo", "//p:requires_no_cgo"
    )


@pytest.mark.parametrize(
    ("text", "names"),
    [
        pytest.param('"//platforms:cgo_is_off"', {"cgo_is_off"}, id="key"),
        pytest.param('"//platforms:cgo_is_on_linux_arm64"', {"cgo_is_on_linux_arm64"}, id="pair"),
        pytest.param(
            '["//platforms:requires_cgo", "//platforms:requires_no_cgo"]',
            {"requires_cgo", "requires_no_cgo"},
            id="marks",
        ),
        pytest.param('"//platforms:cgo_is_on_beos"', set(), id="no_such_system"),
        pytest.param('"//platforms:requires_cgo_but_cgo_is_off"', set(), id="name_inside_of_another"),
        pytest.param('"//platforms:linux_arm64"', set(), id="another_target"),
        pytest.param('"//other:cgo_is_off"', set(), id="another_package"),
        pytest.param('"//my/platforms:cgo_is_off"', set(), id="package_with_that_ending"),
        pytest.param("", set(), id="nothing"),
    ],
)
def test_names_in(text: str, names: set[str]) -> None:
    assert names_in(text.encode(), "//platforms") == names


def test_no_names_need_no_rules() -> None:
    assert list(setting_rules((), "rules_go", guard=True)) == []


@pytest.mark.parametrize(
    ("name", "key", "label", "otherwise"),
    [
        pytest.param(
            "requires_cgo", ":cgo_is_off", ":requires_cgo_but_cgo_is_off", ":requirement_met", id="cgo"
        ),
        pytest.param(
            "requires_no_cgo",
            ":cgo_is_off",
            ":requirement_met",
            ":requires_no_cgo_but_cgo_is_on",
            id="no_cgo",
        ),
        pytest.param("cgo_is_off", ":pure_flag", ":pure_flag", ":platform_without_cgo", id="off"),
        pytest.param("cgo_is_on", ":cgo_is_off", ":never", ":always", id="on"),
        pytest.param(
            "cgo_is_on_linux", ":cgo_is_off", ":never", "@rules_go//go/platform:linux", id="on_with_a_system"
        ),
        pytest.param(
            "cgo_is_on_arm64", ":cgo_is_off", ":never", "@rules_go//go/platform:arm64", id="on_with_processor"
        ),
        pytest.param(
            "cgo_is_off_linux_arm64",
            ":cgo_is_off",
            "@rules_go//go/platform:linux_arm64",
            ":never",
            id="off_with_a_pair",
        ),
    ],
)
def test_a_name_is_an_alias(name: str, key: str, label: str, otherwise: str) -> None:
    assert _branches(_rules(name)[name]) == {key: label, DEFAULT: otherwise}


@pytest.mark.parametrize("guard", [False, True])
@pytest.mark.parametrize("names", [*((name,) for name in NAMES), NAMES])
def test_what_a_rule_refers_to_is_defined(names: tuple[str, ...], guard: bool) -> None:
    """Before it, except that a setting names its default."""
    seen: set[str] = set()
    rules = list(setting_rules(names, "rules_go", guard=guard))
    for rule in rules:
        used = {
            text
            for name, value in rule.attributes.items()
            for text in strings_in(value)
            if name != "default_constraint_value" and text.startswith(":")
        }
        assert used <= seen, rule.name
        assert rule.name not in {text[1:] for text in seen}
        seen.add(f":{rule.name}")
    assert {f":{name}" for name in names} <= seen
    assert all(
        text in seen
        for rule in rules
        for text in strings_in(rule.attributes.get("default_constraint_value", String(":cgo_is_off")))
    )


def test_a_rule_that_is_not_needed_is_not_made() -> None:
    assert list(_rules("cgo_is_off")) == ["platform_without_cgo", "pure_flag", "cgo_is_off"]
    assert not {"never", "always"} & _rules("requires_cgo").keys()
    assert "always" not in _rules("cgo_is_on_linux")


def test_the_guard_is_asked_where_cgo_is_on() -> None:
    rules = _rules("requires_cgo", guard=True)

    assert _branches(rules["requires_cgo"])[DEFAULT] == ":c_toolchain_for_cgo"
    assert rules["c_toolchain_for_cgo"].attributes["constraint"] == String(":requirement_met")
    assert "c_toolchain_for_cgo" not in _rules("requires_no_cgo", "cgo_is_on", guard=True)


def test_the_file_of_the_guard_is_written_where_it_is_needed() -> None:
    text = guard_file(["requires_cgo"], None)

    assert text is not None
    assert guard_file(["requires_cgo"], text) == text
    assert guard_file(["requires_cgo"], b"# mine\n") is None
    assert guard_file(["cgo_is_on"], None) is None
    assert guard_file(["cgo_is_on"], text) is None
