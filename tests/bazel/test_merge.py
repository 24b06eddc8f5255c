"""Merging wanted rules into BUILD files: what changes, and that nothing else does."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest
from attrs import evolve
from build_texts import UNKNOWN_ATTRIBUTES, calls, comments_alone, lists, numbered, other_statements, values
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, composite

from bazel_xc.bazel.cgo_settings import marks
from bazel_xc.bazel.merge import MergeContext, merge
from bazel_xc.bazel.outline import Slot
from bazel_xc.bazel.select import Conditions, exclusion
from bazel_xc.bazel.selected import project
from bazel_xc.bazel.touched import touched_rules
from bazel_xc.bazel.untouched import damage
from bazel_xc.bazel.wanted import WantedRule
from bazel_xc.buildfile.parser import parse
from bazel_xc.buildfile.printer import DEFAULT, strings
from bazel_xc.buildfile.rules import written_kind, written_rules
from bazel_xc.buildfile.settings import MappedKind, Settings
from bazel_xc.buildfile.syntax import (
    Branch,
    BuildFile,
    Call,
    ListValue,
    Notes,
    Opaque,
    Select,
    Span,
    String,
    Sum,
    Value,
    strings_in,
)
from bazel_xc.golang.constraints import KNOWN_PLATFORMS
from bazel_xc.model import ByCgo, Diagnostic, Label

CONDITIONS = Conditions("rules_go", KNOWN_PLATFORMS)
INCOMPATIBLE = "//platforms:incompatible"
MARKS = marks(INCOMPATIBLE, "//platforms")


def _context(*, mapped: tuple[tuple[str, MappedKind], ...] = (), cgo_only: bool = False) -> MergeContext:
    return MergeContext(
        settings=Settings(map_kinds=mapped),
        package="p",
        rules_go="rules_go",
        marks=MARKS,
        our_cdeps=frozenset({Label("", "p", "old_cgo"), Label("", "p", "p_cgo")}),
        cgo_only=cgo_only,
        conditions=CONDITIONS,
    )


class Wanted(NamedTuple):
    """A rule to merge, matched by its name."""

    kind: str
    name: str
    attributes: Mapping[str, Value]


def _library(**attributes: list[str] | Value) -> Wanted:
    return Wanted(
        "go_library",
        "p",
        {name: strings(value) if isinstance(value, list) else value for name, value in attributes.items()},
    )


def _rules(file: BuildFile, wanted: Iterable[Wanted], context: MergeContext) -> list[WantedRule]:
    rules = written_rules(file, context.settings, context.package)
    named = {rule.name: rule for rule in rules if rule.name}
    found: list[WantedRule] = []
    for each in wanted:
        mapped = written_kind(each.kind, context.settings)
        written = mapped.kind if mapped else each.kind
        slot = Slot(each.kind, written, each.name, named.get(each.name))
        found.append(WantedRule(slot, each.attributes))
    return found


def _merge(
    data: bytes, wanted: Iterable[Wanted], stale: Iterable[str] = (), context: MergeContext | None = None
) -> tuple[bytes, tuple[Diagnostic, ...]]:
    context = context or _context()
    file = parse("p/BUILD.bazel", data)
    names = set(stale)
    gone = [rule for rule in written_rules(file, context.settings, context.package) if rule.name in names]
    rules = _rules(file, wanted, context)
    new, said = merge(file, rules, gone, context)
    found = damage(file, new, touched_rules(rules, gone, context))
    assert found == ""
    return new, said


def _merged(
    text: str, *wanted: Wanted, stale: Iterable[str] = (), context: MergeContext | None = None
) -> str:
    """The new text; the same merge of it changes nothing."""
    data, _ = _merge(text.encode(), wanted, stale, context)
    assert _merge(data, wanted, (), context)[0] == data
    return data.decode()


LOAD = 'load("@rules_go//go:def.bzl", "go_library")\n\n'


@pytest.mark.parametrize(
    ("old", "wanted", "new"),
    [
        pytest.param(
            'go_library(\n    name = "p",\n)\n',
            _library(srcs=["a.go"], importpath=String("e/p")),
            'go_library(\n    name = "p",\n    srcs = ["a.go"],\n    importpath = "e/p",\n)\n',
            id="attributes_added",
        ),
        pytest.param(
            'go_library(\n    name = "p",\n    srcs = ["a.go"],\n    deps = ["//b"],\n)\n',
            _library(srcs=["a.go"]),
            'go_library(\n    name = "p",\n    srcs = ["a.go"],\n)\n',
            id="attribute_removed",
        ),
        pytest.param(
            'go_library(\n    name = "p",\n    srcs = ["a.go"],  # s\n    # b\n    deps = ["//b"],  # d\n)\n',
            _library(srcs=["a.go"]),
            'go_library(\n    name = "p",\n    srcs = ["a.go"],  # s\n    # b\n    # d\n)\n',
            id="comments_of_a_removed_attribute_stay",
        ),
        pytest.param(
            'go_library(\n    name = "p",\n    srcs = ["a.go"]\n)\n',
            _library(srcs=["a.go"], deps=["//b"]),
            'go_library(\n    name = "p",\n    srcs = ["a.go"],\n    deps = ["//b"],\n)\n',
            id="comma_added",
        ),
        pytest.param(
            'go_library(\n    name = "p",\n    deps = ["//b"]\n)\n',
            _library(srcs=["a.go"], visibility=["//v"]),
            'go_library(\n    name = "p",\n    srcs = ["a.go"],\n    visibility = ["//v"],\n)\n',
            id="last_attribute_without_comma_replaced_by_others",
        ),
        pytest.param(
            'go_library(\n    name = "p"\n    ,\n    srcs = ["a.go"]  # s\n    ,\n)\n',
            _library(deps=["//b"]),
            'go_library(\n    name = "p",\n    deps = ["//b"],\n    # s\n)\n',
            id="commas_on_lines_of_their_own",
        ),
        pytest.param(
            'go_library(name = "p", srcs = ["a.go"])\n',
            _library(srcs=["a.go"]),
            'go_library(name = "p", srcs = ["a.go"])\n',
            id="one_line_without_change",
        ),
        pytest.param(
            'go_library(name = "p", srcs = ["a.go"])\n',
            _library(srcs=["b.go"]),
            'go_library(\n    name = "p",\n    srcs = ["b.go"],\n)\n',
            id="one_line_laid_out",
        ),
        pytest.param(
            'go_library(  # c0\n    name = "p", tags = ["t"],  # c1\n    # c2\n)\n',
            _library(srcs=["b.go"]),
            'go_library(\n    # c0\n    name = "p",\n    srcs = ["b.go"],\n'
            '    tags = ["t"],  # c1\n    # c2\n)\n',
            id="comments_of_a_rule_laid_out",
        ),
        pytest.param(
            'go_library(\n    name = "p",\n    srcs = [\n        "b.go",  # b\n'
            '        "gone.go",\n    ],\n)\n',
            _library(srcs=["a.go", "b.go"]),
            'go_library(\n    name = "p",\n    srcs = [\n        "a.go",\n        "b.go",  # b\n    ],\n)\n',
            id="item_replaced",
        ),
        pytest.param(
            'go_library(\n    name = "p",\n    tags = ["t"],\n    visibility = ["//mine"],\n)\n',
            _library(srcs=["a.go"], visibility=["//visibility:public"]),
            'go_library(\n    name = "p",\n    srcs = ["a.go"],\n    tags = ["t"],\n'
            '    visibility = ["//mine"],\n)\n',
            id="attributes_set_once",
        ),
        pytest.param(
            'go_library(\n    name = "p",\n    **OPTIONS\n)\n',
            _library(srcs=["a.go"], visibility=["//v"]),
            'go_library(\n    name = "p",\n    srcs = ["a.go"],\n    **OPTIONS\n)\n',
            id="attributes_that_options_may_hold_are_not_added",
        ),
    ],
)
def test_existing_rule(old: str, wanted: Wanted, new: str) -> None:
    assert _merged(LOAD + old, wanted) == LOAD + new


@pytest.mark.parametrize(
    ("old", "wanted", "new"),
    [
        pytest.param('["//mine"]', [], '["//mine"]', id="of_a_user"),
        pytest.param('["//mine"]', [":p_cgo"], '["//mine", ":p_cgo"]', id="ours_follows"),
        pytest.param('[":old_cgo", "//mine"]', [":p_cgo"], '["//mine", ":p_cgo"]', id="ours_replaced"),
        pytest.param('[":old_cgo"]', [], None, id="ours_goes"),
        pytest.param('["//p:p_cgo"]', [":p_cgo"], '["//p:p_cgo"]', id="another_spelling"),
        pytest.param("LABELS", [":p_cgo"], "LABELS", id="expression"),
        pytest.param('LABELS + ["//x"]', [], 'LABELS + ["//x"]', id="sum_with_a_name"),
        pytest.param(
            'select({"//my:condition": ["//mine"], "//conditions:default": []})',
            [":p_cgo"],
            'select({"//my:condition": ["//mine"], "//conditions:default": []})',
            id="select_of_a_user",
        ),
        pytest.param(
            '["//mine"] + select({"@rules_go//go/platform:linux": ["//l"], "//conditions:default": []})',
            [],
            '["//mine"] + select({"@rules_go//go/platform:linux": ["//l"], "//conditions:default": []})',
            id="select_on_platforms",
        ),
    ],
)
def test_cdeps_of_users_stay(old: str, wanted: list[str], new: str | None) -> None:
    head = f'{LOAD}go_library(\n    name = "p",\n    srcs = ["a.go"],\n'
    attributes: dict[str, list[str] | Value] = {"srcs": ["a.go"], **({"cdeps": wanted} if wanted else {})}

    text = _merged(f"{head}    cdeps = {old},\n)\n", _library(**attributes))

    (call,) = (call for call in parse("BUILD", text.encode()).calls if call.kind == "go_library")
    if new is None:
        assert call.get("cdeps") is None
    else:
        expected = parse("BUILD", f"f(cdeps = {new})".encode()).calls[0].get("cdeps")
        found = call.get("cdeps")
        assert found is not None
        assert expected is not None
        assert found.value == expected.value


def test_kept_cdeps_stay_whatever_is_wanted() -> None:
    head = f'{LOAD}go_library(\n    name = "p",\n    srcs = ["a.go"],\n'
    kept = f'{head}    cdeps = [":old_cgo"],  # keep\n)\n'
    item = f'{head}    cdeps = [\n        ":old_cgo",  # keep\n    ],\n)\n'

    assert _merged(kept, _library(srcs=["a.go"], cdeps=[":p_cgo"])) == kept
    assert _merged(item, _library(srcs=["a.go"])) == item


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('go_library("positional", name = "p", srcs = ["a.go"])\n', id="positional"),
        pytest.param('go_library(name = "p", **OPTIONS)\n', id="options"),
        pytest.param('go_library(\n    name = "p", **OPTIONS\n)\n', id="options_behind_an_attribute"),
    ],
)
def test_layout_that_cannot_be_changed_is_left_and_said(text: str) -> None:
    data, said = _merge((LOAD + text).encode(), [_library(srcs=["b.go"])])
    assert data.decode() == LOAD + text
    assert [each.code for each in said] == ["merge"]


def test_new_rules_follow_the_old_ones() -> None:
    test = Wanted("go_test", "p_test", {"srcs": strings(["p_test.go"])})
    assert _merged('# mine\nfoo(name = "x")\n\n\n', _library(srcs=["p.go"]), test) == (
        'load("@rules_go//go:def.bzl", "go_library", "go_test")\n\n# mine\nfoo(name = "x")\n\n'
        'go_library(\n    name = "p",\n    srcs = ["p.go"],\n)\n\n'
        'go_test(\n    name = "p_test",\n    srcs = ["p_test.go"],\n)\n'
    )


def test_new_file() -> None:
    assert (
        _merged("", _library(srcs=["p.go"]))
        == LOAD + 'go_library(\n    name = "p",\n    srcs = ["p.go"],\n)\n'
    )


OLD = f"""\
{LOAD}\
# Stays.

# Goes.
go_library(
    name = "p",
    srcs = ["gone.go"],
    importpath = "e/p",
)

# Next.
foo()
"""


def test_stale_rule_goes_with_its_comment_and_load() -> None:
    assert _merged(OLD, stale=["p"]) == "# Stays.\n\n# Next.\nfoo()\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("# Goes.\n", "# Goes.\n# keep\n", id="rule"),
        pytest.param('["gone.go"],', '["gone.go"],  # keep', id="attribute"),
        pytest.param('["gone.go"]', '["gone.go"] + OTHERS', id="expression"),
    ],
)
def test_stale_rule_stays_for_what_is_not_ours(before: str, after: str) -> None:
    text = OLD.replace(before, after)
    assert after in _merged(text, stale=["p"])


def test_kept_item_saves_a_stale_rule() -> None:
    text = OLD.replace('["gone.go"]', '[\n        "gone.go",\n        "kept.go",  # keep\n    ]')
    new = _merged(text, stale=["p"])
    assert 'srcs = [\n        "kept.go",  # keep\n    ],' in new
    assert "importpath" not in new


def test_directive_above_a_stale_rule_stays() -> None:
    text = OLD.replace("# Goes.", "# gazelle:exclude x\n# Goes.")
    assert "# gazelle:exclude x\n" in _merged(text, stale=["p"])
    assert "# Goes." not in _merged(text, stale=["p"])


def test_mapped_kind_is_renamed_and_loaded() -> None:
    context = _context(mapped=(("go_library", MappedKind("our_library", "//b:our.bzl")),))
    text = LOAD + 'go_library(\n    name = "p",\n    srcs = ["p.go"],\n)\n'
    assert _merged(text, _library(srcs=["p.go"]), context=context) == (
        'load("//b:our.bzl", "our_library")\n\nour_library(\n    name = "p",\n    srcs = ["p.go"],\n)\n'
    )


def test_mode_cgo_changes_cgo_attributes_only() -> None:
    text = LOAD + 'go_library(\n    name = "p",\n    srcs = ["old.go"],\n    copts = ["-Dx -Dy"],\n)\n'
    wanted = _library(srcs=["p.go"], copts=["-Dx", "-Dy"], cgo=Opaque("True"), importpath=String("e/p"))
    other = Wanted("go_test", "p_test", {"srcs": strings(["p_test.go"])})
    assert _merged(text, wanted, other, context=_context(cgo_only=True)) == (
        LOAD + 'go_library(\n    name = "p",\n    srcs = ["old.go"],\n    cgo = True,\n'
        '    copts = ["-Dx -Dy"],\n)\n'
    )


def test_mode_cgo_keeps_gazelle_from_its_own_flags() -> None:
    rule = 'go_library(\n    name = "p",\n    cgo = True,\n{}    copts = [{}],\n)\n'
    wanted = _library(copts=["-Dx"], cgo=Opaque("True"))
    old, new = (LOAD + rule.format("", '"-Ip/p/inc"'), LOAD + rule.format("    # keep: bazel_xc\n", '"-Dx"'))
    assert _merged(old, wanted, context=_context(cgo_only=True)) == new
    assert _merged(new, wanted, context=_context(cgo_only=True)) == new
    nothing = _library(cgo=Opaque("True"))
    assert _merged(new, nothing, context=_context(cgo_only=True)) == new.replace('"-Dx"', "")


@pytest.mark.parametrize(
    ("old", "ours"),
    [
        pytest.param(f'["{INCOMPATIBLE}"]', True, id="ours"),
        pytest.param(
            f'select({{"//x:y": ["{INCOMPATIBLE}"], "{DEFAULT}": []}})', True, id="ours_in_a_select"
        ),
        pytest.param('["@platforms//os:linux"]', False, id="theirs"),
        pytest.param("[]", False, id="empty"),
    ],
)
def test_target_compatible_with_of_people_stays(old: str, ours: bool) -> None:
    text = f'{LOAD}go_library(\n    name = "p",\n    target_compatible_with = {old},\n)\n'
    new, _ = _merge(text.encode(), [_library()])
    assert (new.decode() == text) is (not ours or "//x:y" in old)


PURE = f'select({{"//platforms:cgo_is_off": "auto", "{DEFAULT}": "off"}})'
OLD_PURE = f'select({{"@rules_go//go/platform:linux": "off", "{DEFAULT}": "auto"}})'


@pytest.mark.parametrize(
    ("old", "wanted", "new"),
    [
        pytest.param("", PURE, PURE, id="new"),
        pytest.param(OLD_PURE, PURE, PURE, id="by_platform_is_replaced"),
        pytest.param(OLD_PURE, "", "", id="by_platform_goes"),
        pytest.param(PURE, "", "", id="by_cgo_goes"),
        pytest.param('"off"', PURE, PURE, id="off_where_cgo_is_needed"),
        pytest.param('"off"', "", '"off"', id="off_where_it_is_not"),
        pytest.param('"on"', PURE, '"on"', id="another_word"),
        pytest.param(
            f'select({{"//my:key": "off", "{DEFAULT}": "auto"}})',
            PURE,
            f'select({{"//my:key": "off", "{DEFAULT}": "auto"}})',
            id="keys_of_a_user",
        ),
        pytest.param('"off",  # keep', PURE, '"off",  # keep', id="kept"),
    ],
)
def test_pure(old: str, wanted: str, new: str) -> None:
    head = f'{LOAD}go_binary(\n    name = "p",\n    embed = [":lib"],\n'.replace("go_library", "go_binary")
    attributes: dict[str, Value] = {"embed": strings([":lib"])}
    if wanted:
        attributes["pure"] = parse("BUILD", f"f(x = {wanted})".encode()).calls[0].attributes[0].value

    text = _merged(
        f"{head}    pure = {old}\n)\n" if old else f"{head})\n", Wanted("go_binary", "p", attributes)
    )

    call = next(call for call in parse("BUILD", text.encode()).calls if call.kind == "go_binary")
    found = call.get("pure")
    if not new:
        assert found is None
    else:
        assert found is not None
        wanted_value = parse("BUILD", f"f(x = {new}\n)".encode()).calls[0].attributes[0].value
        assert project(found.value, "linux_arm64") == project(wanted_value, "linux_arm64")
        assert _words(found.value) == _words(wanted_value)


def _words(value: Value) -> list[tuple[str, str]]:
    """The keys and strings of a value."""
    if isinstance(value, Select):
        return [(branch.key, text) for branch in value.branches for text in strings_in(branch.value)]
    return [("", text) for text in strings_in(value)]


def test_what_cannot_be_found_out_stays_incompatible_for_each_setting_of_cgo() -> None:
    old = f'select({{"@rules_go//go/platform:linux": ["//platforms:requires_cgo"], "{DEFAULT}": []}})'
    text = f'{LOAD}go_library(\n    name = "p",\n    target_compatible_with = {old},\n)\n'
    file = parse("p/BUILD.bazel", text.encode())
    on = frozenset(name for name in KNOWN_PLATFORMS if name.startswith("linux"))
    new = exclusion(ByCgo(on=on), CONDITIONS, MARKS)
    assert new is not None
    (rule,) = _rules(file, [_library(target_compatible_with=new)], _context())
    uncertain = evolve(rule, uncertain=frozenset({"target_compatible_with"}))

    data, _ = merge(file, [uncertain], (), _context())

    attribute = parse("BUILD", data).calls[1].get("target_compatible_with")
    assert attribute is not None
    assert project(attribute.value, "linux_arm64") == (INCOMPATIBLE,)
    assert project(attribute.value, "windows_arm64") == ()


# Properties

OWNED = ("srcs", "deps", "embedsrcs", "copts", "clinkopts", "importpath", "cgo")
SUBSTANCE = ("srcs", "deps", "embed")
_LISTS = ("srcs", "deps", "embedsrcs", "copts", "clinkopts")
_WANTED_WORDS = "a.go b_test.go new.go //dep/one:lib //new :local -Dx".split()


@composite
def _existing_rules(draw: DrawFn, kind: str, name: str) -> str:
    names = draw(st.lists(st.sampled_from([*OWNED, *UNKNOWN_ATTRIBUTES]), max_size=5, unique=True))
    attributes = [("name", f'"{name}"')]
    for each in names:
        value = draw(values() if each not in ("importpath", "cgo") else st.sampled_from(['"e/old"', "True"]))
        attributes.append((each, value))
    return draw(comments_alone("")) + draw(calls(kind, attributes)) + "\n"


@composite
def _files(draw: DrawFn) -> bytes:
    """A file with other statements around a library and a test."""
    out = [draw(st.sampled_from(["", LOAD, "# head\n\n"]))]
    rules = [_existing_rules("go_library", "p"), _existing_rules("go_test", "p_test"), other_statements()]
    for rule in draw(st.permutations(rules)):
        if draw(st.integers(0, 4)) != 4:
            out.append(draw(rule) + draw(st.sampled_from(["\n", "\n", "", "\n\n"])))
    text = numbered("".join(out))
    if draw(st.integers(0, 4)) == 4:
        text = text.rstrip("\n")
    return text.replace("\n", draw(st.sampled_from(["\n", "\n", "\r\n"]))).encode()


def _new_values() -> st.SearchStrategy[Value]:
    words = st.lists(st.sampled_from(_WANTED_WORDS), min_size=1, max_size=3, unique=True).map(strings)
    other = st.lists(st.sampled_from(["//only", "only.go", "//other"]), min_size=1, max_size=2, unique=True)
    sorts = (("linux", "windows"), ("arm64", "amd64"), ("linux_arm64", "windows_amd64"))  # one in a select
    choice = st.one_of(
        *(
            st.dictionaries(
                st.sampled_from([f"@rules_go//go/platform:{name}" for name in names]),
                other.map(strings),
                min_size=1,
                max_size=2,
            )
            for names in sorts
        )
    ).map(_choice)
    return st.one_of(words, choice, st.tuples(words, choice).map(Sum))


def _choice(table: Mapping[str, ListValue]) -> Select:
    branches = [Branch(key, value) for key, value in sorted(table.items())]
    return Select((*branches, Branch(DEFAULT, ListValue(()))))


@composite
def _wanted(draw: DrawFn, kind: str, name: str) -> Wanted:
    attributes: dict[str, Value] = {
        each: draw(_new_values()) for each in draw(st.lists(st.sampled_from(_LISTS), unique=True))
    }
    if draw(st.booleans()):
        attributes["importpath"] = String("e/new")
        attributes["visibility"] = strings(["//visibility:public"])
    return Wanted(kind, name, attributes)


def _both() -> st.SearchStrategy[list[Wanted]]:
    return st.tuples(_wanted("go_library", "p"), _wanted("go_test", "p_test")).map(list)


def _rules_of(file: BuildFile) -> list[Call]:
    return [call for call in file.calls if call.kind in ("go_library", "go_test")]


def test_a_mark_of_the_user_counts_more_than_ours() -> None:
    """As where an attribute with our mark went from between them, and the mark stayed."""
    text = LOAD + (
        'go_library(\n    name = "p",\n    # keep: bazel_xc\n    # keep: ours\n    copts = ["-DMINE"],\n)\n'
    )
    data = text.encode()

    assert _merge(data, [_library()])[0] == data


@given(_files(), _both())
def test_nothing_but_owned_values_changes(data: bytes, wanted: list[Wanted]) -> None:
    old = parse("p/BUILD.bazel", data)
    result, _ = _merge(data, wanted)
    new = parse("p/BUILD.bazel", result)
    owned = [
        attribute.value_span
        for call in _rules_of(old)
        for attribute in call.attributes
        if attribute.name in OWNED
    ]
    comments = {comment.text for comment in new.comments}
    for comment in old.comments:
        if not any(span.start <= comment.span.start < span.end for span in owned):
            assert comment.text in comments
    text = result.decode().replace("\r\n", "\n")
    for call in _rules_of(old):
        for attribute in call.attributes:
            if attribute.name not in OWNED:
                assert _spelt(data, attribute.value_span) in text
            else:
                assert [mark for mark in _kept(attribute.value) if mark not in comments] == []
    assert _statements(new) >= _statements(old)


def _spelt(data: bytes, span: Span) -> str:
    return data[span.start : span.end].decode("utf-8").replace("\r\n", "\n")


def _kept(value: Value) -> list[str]:
    """The ``# keep`` comments of items and branches."""
    match value:
        case ListValue():
            return [mark for item in value.items for mark in _marks(item.notes)]
        case Select():
            marks = [mark for branch in value.branches for mark in _marks(branch.notes)]
            return marks + [mark for branch in value.branches for mark in _kept(branch.value)]
        case Sum():
            return [mark for part in value.parts for mark in _kept(part)]
    return []


def _marks(notes: Notes) -> list[str]:
    return [text for text in (*notes.before, notes.suffix) if text.startswith("# keep")]


def _statements(file: BuildFile) -> set[str]:
    """The texts of statements that are none of ours."""
    text = file.data.decode("utf-8-sig").replace("\r\n", "\n")
    found: set[str] = set()
    for node in ast.parse(text).body:
        spelt = ast.get_source_segment(text, node) or ""
        if not spelt.startswith(("go_library(", "go_test(", "load(")):
            found.add(spelt)
    return found


@given(_files(), _both())
def test_merging_twice_changes_nothing_more(data: bytes, wanted: list[Wanted]) -> None:
    once, _ = _merge(data, wanted)
    assert _merge(once, wanted)[0] == once


@given(_files(), _both(), st.randoms(use_true_random=False))
def test_the_order_of_what_is_wanted_does_not_matter(
    data: bytes, wanted: list[Wanted], random: object
) -> None:
    shuffled = [each._replace(attributes=_shuffled(each.attributes, random)) for each in wanted]
    assert _merge(data, shuffled)[0] == _merge(data, wanted)[0]


def _shuffled(attributes: Mapping[str, Value], random: object) -> Mapping[str, Value]:
    names = list(attributes)
    random.shuffle(names)  # type: ignore[attr-defined]
    table: dict[str, Value] = {}
    for name in names:
        value = attributes[name]
        if isinstance(value, ListValue) and name not in ("copts", "clinkopts"):
            items = list(value.items)
            random.shuffle(items)  # type: ignore[attr-defined]
            value = ListValue(tuple(items))
        table[name] = value
    return table


@given(_files())
def test_stale_rules_lose_no_comment_of_others(data: bytes) -> None:
    old = parse("p/BUILD.bazel", data)
    result, _ = _merge(data, [], [call.name for call in _rules_of(old)])
    new = parse("p/BUILD.bazel", result)
    comments = {comment.text for comment in new.comments}
    inside = [call.span for call in _rules_of(old)]
    above = {text for call in _rules_of(old) for text in (*call.notes.before, call.notes.suffix)}
    for comment in old.comments:
        if comment.text not in above and not any(s.start <= comment.span.start < s.end for s in inside):
            assert comment.text in comments
    assert _statements(new) >= _statements(old)
    substance = [each for call in _rules_of(old) for each in call.attributes if each.name in SUBSTANCE]
    assert {mark for each in substance for mark in _kept(each.value)} <= comments


@given(lists(expressions=False))
def test_equal_value_is_not_touched(text: str) -> None:
    data = numbered(f'{LOAD}go_library(\n    name = "p",\n    srcs = {text},\n)\n').encode()
    names = parse("BUILD", data).calls[1].strings("srcs")
    if names:
        assert _merge(data, [_library(srcs=list(names))])[0] == data


def test_what_buildifier_laid_out_stays_so(require: Callable[[str], str], tmp_path: Path) -> None:
    """Files as buildifier has them are so after merging too."""
    buildifier = [require("buildifier"), "-type=build"]
    cases: dict[Path, list[Wanted]] = {}

    @settings(max_examples=200)
    @given(_files(), _both())
    def collect(data: bytes, wanted: list[Wanted]) -> None:
        path = tmp_path / f"{len(cases)}.bazel"
        path.write_bytes(data.replace(b"\r\n", b"\n"))
        cases[path] = wanted

    collect()
    subprocess.run([*buildifier, "-mode=fix", *cases], check=True)
    for path, wanted in cases.items():
        path.write_bytes(_merge(path.read_bytes(), wanted)[0])
    done = subprocess.run([*buildifier, "-mode=check", *cases], capture_output=True, text=True, check=False)
    assert done.stdout + done.stderr == ""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(
            'go_library(name = "p", srcs = ["a.go"]); go_test(name = "t", srcs = ["t.go"]); precious()\n',
            'go_library(name = "p", srcs = ["a.go"]); precious()\n',
            id="between",
        ),
        pytest.param(
            'go_library(name = "p", srcs = ["old.go"]); go_test(name = "t", srcs = ["t.go"])\n',
            'go_library(\n    name = "p",\n    srcs = ["a.go"],\n)\n',
            id="beside_a_rule_that_changes",
        ),
        pytest.param(
            'go_test(\n    name = "t",\n    srcs = ["t.go"],\n); '
            'go_library(\n    name = "p",\n    srcs = ["b.go"],\n)\n',
            'go_library(\n    name = "p",\n    srcs = ["a.go"],\n)\n',
            id="on_the_last_line",
        ),
    ],
)
def test_stale_rule_on_the_line_of_another_statement(old: str, new: str) -> None:
    assert _merged(LOAD + old, _library(srcs=["a.go"]), stale=["t"]) == LOAD + new


@pytest.mark.parametrize(
    "attributes",
    [
        pytest.param('    # mine\n    # keep: bazel_xc\n    copts = ["-DX"],\n', id="above"),
        pytest.param('    # mine\n    copts = ["-DX"],  # keep: bazel_xc\n', id="behind"),
    ],
)
def test_our_mark_goes_with_its_attribute(attributes: str) -> None:
    rule = 'go_library(\n    name = "p",\n    srcs = ["a.go"],\n{})\n'

    assert _merged(LOAD + rule.format(attributes), _library(srcs=["a.go"])) == LOAD + rule.format(
        "    # mine\n"
    )


def test_our_mark_goes_where_a_rule_is_laid_out_anew() -> None:
    old = 'go_library(name = "p", srcs = ["a.go"],\n    # keep: bazel_xc\n    copts = ["-DX"])\n'

    assert "keep" not in _merged(LOAD + old, _library(srcs=["a.go"]))


def test_byte_order_mark_stays_first() -> None:
    new = _merged("\ufeff# head\n", _library(srcs=["a.go"]))

    assert new == f'\ufeff# head\n\n{LOAD}go_library(\n    name = "p",\n    srcs = ["a.go"],\n)\n'


def test_an_alias_of_the_platforms_package_follows_the_name_of_rules_go() -> None:
    text = """\
alias(
    name = "cgo_is_on_linux",
    actual = select({
        ":cgo_is_off": ":never",
        "//conditions:default": "@io_bazel_rules_go//go/platform:linux",
    }),
    visibility = ["//visibility:public"],
)
"""
    file = parse("platforms/BUILD.bazel", text.encode())
    (existing,) = written_rules(file, Settings(), "platforms")
    branches = (
        Branch(":cgo_is_off", String(":never")),
        Branch(DEFAULT, String("@rules_go//go/platform:linux")),
    )
    slot = Slot("alias", "alias", "cgo_is_on_linux", existing, False)
    wanted = WantedRule(slot, {"actual": Select(branches), "visibility": strings(["//visibility:public"])})

    new, said = merge(file, [wanted], (), _context())

    assert new.decode() == text.replace("@io_bazel_rules_go", "@rules_go")
    assert said == ()
