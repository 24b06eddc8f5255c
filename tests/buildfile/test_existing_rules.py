"""The rules that BUILD files have today."""

from __future__ import annotations

from pathlib import Path

import pytest

from bazel_xc.buildfile.directives import settings_for
from bazel_xc.buildfile.evaluate import Glob
from bazel_xc.buildfile.parser import parse
from bazel_xc.buildfile.rules import (
    ExistingRule,
    RuleTable,
    default_visibility,
    rule_table,
    shown_convention,
    written_rules,
)
from bazel_xc.buildfile.settings import Settings
from bazel_xc.buildfile.workspace import read_workspace
from bazel_xc.model import Severity


def _written(text: str) -> tuple[ExistingRule, ...]:
    file = parse("p/BUILD", text.encode())
    settings, _ = settings_for(Settings(), file, "p", lambda _: None)
    return written_rules(file, settings, "p")


def _table(text: str) -> RuleTable:
    file = parse("p/BUILD", text.encode())
    settings, _ = settings_for(Settings(), file, "p", lambda _: None)
    return rule_table({"p": (file, settings)}, {"p": written_rules(file, settings, "p")})


def test_kinds_are_resolved_and_statements_are_no_rules() -> None:
    text = """# gazelle:map_kind go_library ours //d.bzl
# gazelle:alias_kind macro go_test
load("//d.bzl", "ours")
package(default_visibility = ["//x:__pkg__"])
exports_files(["a"])
ours(name = "p", importpath = "e.com/p")
macro(name = "t")
native.cc_library(name = "c")
unnamed()
"""
    assert [(rule.kind, rule.written, rule.name, rule.import_path) for rule in _written(text)] == [
        ("go_library", "ours", "p", "e.com/p"),
        ("go_test", "macro", "t", ""),
        ("cc_library", "native.cc_library", "c", ""),
        ("unnamed", "unnamed", "", ""),
    ]
    assert default_visibility(parse("p/BUILD", text.encode())) == ("//x:__pkg__",)


@pytest.mark.parametrize(
    ("text", "ours"),
    [
        pytest.param('cc_library(name = "p_cgo", tags = ["bazel_xc", "manual"])', True, id="marked"),
        pytest.param('cc_import(name = "x", tags = ["bazel_xc"])', True, id="whatever_the_name"),
        pytest.param('cc_library(name = "p_cgo")', False, id="name_is_no_mark"),
        pytest.param('cc_library(name = "p_cgo", tags = ["manual"])', False, id="named_like_one_of_ours"),
        pytest.param('cc_library(name = "p_cgo", tags = ["manual"], data = ["x"])', False, id="of_a_user"),
        pytest.param('go_library(name = "p_cgo", tags = ["bazel_xc"])', False, id="of_another_kind"),
    ],
)
def test_rules_are_ours_by_their_mark(text: str, ours: bool) -> None:
    assert [rule.ours for rule in _written(text)] == [ours]


def test_a_run_adds_the_rules_of_loops_and_values() -> None:
    text = """go_library(name = "p", srcs = [x + ".go" for x in ["a", "b"]])
[go_library(name = n, importpath = "e.com/" + n) for n in ["x", "p"]]
"""
    table = _table(text)

    written, made = table.of("p")
    assert (written.made_by_evaluation, written.strings("srcs")) == (False, ("a.go", "b.go"))
    assert (made.made_by_evaluation, made.name, made.import_path) == (True, "x", "e.com/x")
    assert table.names("p") == {"p", "x"}
    with pytest.raises(ValueError, match="has no call of its own"):
        _ = made.source


def test_a_file_that_does_not_run_keeps_its_written_rules() -> None:
    table = _table('fail("no")\ncc_library(name = "c", hdrs = glob(["*.h"]) + ["x.h"] + V)\nif 1: pass\n')

    assert [rule.items("hdrs") for rule in table.of("p") if rule.name] == [(Glob(("*.h",)), "x.h")]
    assert [(each.code, each.severity) for each in table.diagnostics] == [("evaluate", Severity.NOTE)]


@pytest.mark.parametrize(
    ("text", "run"),
    [
        pytest.param('cc_library(name = "c", hdrs = ["a.h"] + glob(["*.h"]))', False, id="literals"),
        pytest.param('cc_library(name = "c", hdrs = select({"//x": ["a"]}))', False, id="select"),
        pytest.param('cc_library(name = "c", copts = [x for x in "ab".elems()])', False, id="not_read"),
        pytest.param('cc_library(name = "c", hdrs = [x for x in ["a.h"]])', True, id="comprehension"),
        pytest.param('cc_library(name = "c" + "d")', True, id="name"),
        pytest.param('genrule(name = "c", outs = [x for x in ["a.h"]])', False, id="no_c"),
        pytest.param('[genrule(name = n) for n in ["c"]]', True, id="loop"),
    ],
)
def test_files_are_run_where_reading_does_not_show_all(text: str, run: bool) -> None:
    assert any(rule.values is not None for rule in _table(text).of("p")) == run


def test_rules_of_a_workspace_are_computed_once(tmp_path: Path) -> None:
    (tmp_path / "BUILD").write_text('[f(name = n) for n in ["a"]]\ng(name = "b")\n')
    workspace = read_workspace(tmp_path)

    assert workspace.existing is workspace.existing
    assert workspace.directories[""].rules is workspace.directories[""].rules
    assert workspace.existing.names("") == {"a", "b"}


def test_mapped_kinds_show_no_convention() -> None:
    text = 'ours(name = "p", importpath = "e.com/p")\n'

    assert shown_convention(_written(f"# gazelle:map_kind go_library ours //d.bzl\n{text}")) is None
    assert shown_convention(_written(text.replace("ours", "go_library"))) == "import"
    assert shown_convention(_written('ours(name = "go_default_library")')) == "go_default_library"
