"""Directives: which comments are some, and the settings they add up to."""

from __future__ import annotations

from typing import Any

import pytest

from bazel_xc.buildfile.directives import BuildDirective, directives_in, settings_for
from bazel_xc.buildfile.parser import parse
from bazel_xc.buildfile.rules import resolved_kind, written_kind
from bazel_xc.buildfile.settings import CResolve, ImportOverride, MappedKind, Settings
from bazel_xc.linear import compiled
from bazel_xc.model import Diagnostic, Label


def _settings(text: str, above: Settings | None = None, path: str = "a/b") -> Settings:
    settings, said = _read(text, above, path)
    assert said == ()
    return settings


def _read(
    text: str, above: Settings | None = None, path: str = "a/b", files: dict[str, str] | None = None
) -> tuple[Settings, tuple[Diagnostic, ...]]:
    file = parse(f"{path}/BUILD", text.encode())
    return settings_for(above or Settings(), file, path, (files or {}).get)


def test_where_directives_stand() -> None:
    text = """\
# gazelle:one 1
#gazelle:two
x(
    # gazelle:inside a rule
    name = "# gazelle:string",
)  # gazelle:behind a rule
    # gazelle:three   two words  \t
# bazel_xc:four x
# gazelle:
# other:five
# gazelle: six
"""
    assert directives_in(parse("BUILD", text.encode())) == (
        BuildDirective("gazelle", "one", "1", 1),
        BuildDirective("gazelle", "two", "", 2),
        BuildDirective("gazelle", "three", "two words", 7),
        BuildDirective("bazel_xc", "four", "x", 8),
    )


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        pytest.param("prefix example.com/x", "prefix", "example.com/x", id="prefix"),
        pytest.param("prefix", "prefix", "", id="empty_prefix"),
        pytest.param("prefix example.com/x", "prefix_directory", "a/b", id="prefix_directory"),
        pytest.param("importmap_prefix x/y", "importmap_prefix", "x/y", id="importmap_prefix"),
        pytest.param("importmap_prefix x/y", "importmap_directory", "a/b", id="importmap_directory"),
        pytest.param("exclude **/*.pb.go", "excludes", (("a/b", "**/*.pb.go"),), id="exclude"),
        pytest.param("exclude dir/", "excludes", (("a/b", "dir"),), id="exclude_directory"),
        pytest.param("ignore", "ignore", True, id="ignore"),
        pytest.param("build_tags one,two", "build_tags", frozenset({"one", "two"}), id="build_tags"),
        pytest.param("build_tags", "build_tags", frozenset(), id="no_build_tags"),
        pytest.param("go_naming_convention import_alias", "naming", "import_alias", id="naming"),
        pytest.param(
            "go_naming_convention_external import", "naming_external", "import", id="naming_external"
        ),
        pytest.param("go_visibility //x:y", "visibility", ("//x:y",), id="visibility"),
        pytest.param("go_test file", "test_per_file", True, id="test_per_file"),
        pytest.param("go_test default", "test_per_file", False, id="test_default"),
        pytest.param("build_file_name A,B", "build_file_names", ("A", "B"), id="build_file_name"),
        pytest.param("generation_mode update_only", "update_only", True, id="update_only"),
        pytest.param("generation_mode create_and_update", "update_only", False, id="create_and_update"),
        pytest.param("cgo off", "cgo", False, id="cgo"),
        pytest.param("go_copts -a '-b c'", "flags", (("copts", ("-a", "-b c")),), id="flags"),
        pytest.param("go_copts", "flags", (("copts", ()),), id="no_flags"),
        pytest.param(
            "map_kind a b //c.bzl", "map_kinds", (("a", MappedKind("b", "//c.bzl")),), id="map_kind"
        ),
        pytest.param("alias_kind a b", "alias_kinds", (("a", "b"),), id="alias_kind"),
        pytest.param(
            "resolve go e.com/x :y",
            "overrides",
            (ImportOverride("e.com/x", Label("", "a/b", "y")),),
            id="resolve",
        ),
        pytest.param(
            "resolve proto go e.com/x @r//p",
            "overrides",
            (ImportOverride("e.com/x", Label("r", "p", "p")),),
            id="resolve_of_another_language_for_go",
        ),
        pytest.param("resolve proto go/x.proto //p", "overrides", (), id="resolve_of_another_language"),
        pytest.param(
            "resolve cc png.h @png//:png",
            "c_resolves",
            (CResolve("header", "png.h", Label("png", "", "png")),),
            id="resolve_cc",
        ),
        pytest.param("python_root", "ignore", False, id="another_language"),
        pytest.param("proto disable", "ignore", False, id="proto"),
    ],
)
def test_gazelle_directive(text: str, name: str, value: Any) -> None:  # noqa: ANN401 - any setting
    assert getattr(_settings(f"# gazelle:{text}\n"), name) == value


@pytest.mark.parametrize("kind", ["header", "lib", "pkg_config"])
def test_own_resolve(kind: str) -> None:
    (found,) = _settings(f"# bazel_xc:resolve {kind} png.h //third:png\n").c_resolves
    assert found == CResolve(kind, "png.h", Label("", "third", "png"))


def test_resolve_regexp_keeps_its_pattern() -> None:
    (found,) = _settings("# gazelle:resolve_regexp go ^e/(.*)$ //$1:x\n").overrides
    assert found == ImportOverride("^e/(.*)$", Label("", "$1", "x"), compiled("^e/(.*)$"))


def test_a_pattern_for_another_language_says_nothing_of_one_for_go() -> None:
    _, said = _read("# gazelle:resolve_regexp go e/(x) //$2x\n# gazelle:resolve_regexp py f/(x) //$2x\n")
    assert [(each.line, each.message) for each in said] == [
        (1, "directive resolve_regexp: the pattern has no group '2x'; write ${2}x")
    ]


@pytest.mark.parametrize(
    ("pattern", "text", "named"),
    [
        pytest.param("(?<a>x)", "yx", {"a": "x"}, id="short"),
        pytest.param("(?P<a>x)", "yx", {"a": "x"}, id="long"),
        pytest.param("[](?<a>]", "<", {}, id="class with bracket"),
        pytest.param(r"a\z", "ba", {}, id="end"),
        pytest.param(r"\pL", "ü", {}, id="letters"),
        pytest.param("(([a-z])+.)+[A-Z]([a-z])+$", "a" * 100_000, None, id="no time"),
    ],
)
def test_patterns_are_gos(pattern: str, text: str, named: dict[str, str] | None) -> None:
    (found,) = _settings(f"# gazelle:resolve_regexp go {pattern} //x\n").overrides
    assert found.pattern is not None
    match = found.pattern.search(text)
    assert (match.named if match else None) == named


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("# gazelle:unheard of", "unknown directive 'unheard'", id="unknown"),
        pytest.param(
            "# gazelle:exlude x", "unknown directive 'exlude'; did you mean 'exclude'?", id="mistyped"
        ),
        pytest.param(
            "# bazel_xc:resolv x", "unknown directive 'resolv'; did you mean 'resolve'?", id="mistyped_ours"
        ),
        pytest.param(
            "# gazelle:map_kind go_library foo();bar //a.bzl",
            "directive map_kind: 'foo();bar' is not the name of a rule",
            id="no_kind",
        ),
        pytest.param("# bazel_xc:exclude x", "unknown directive 'exclude'", id="not_one_of_ours"),
        pytest.param("# gazelle:exclude", "directive exclude: needs a pattern", id="no_pattern"),
        pytest.param("# gazelle:resolve go x", "directive resolve: needs 3 to 4 values, has 2", id="too_few"),
        pytest.param(
            "# gazelle:map_kind a b", "directive map_kind: needs 3 values, has 2", id="exactly_three"
        ),
        pytest.param(
            "# gazelle:go_test each", "directive go_test: 'each' is not one of default, file", id="choice"
        ),
        pytest.param(
            "# gazelle:prefix /x", "directive prefix: '/x' is not an import path", id="no_import_path"
        ),
        pytest.param("# gazelle:cgo", "directive cgo: '' is not one of on, off", id="no_value"),
        pytest.param("# gazelle:resolve go x a:b", "directive resolve: not a label: 'a:b'", id="no_label"),
        pytest.param(
            "# bazel_xc:resolve macro x //y",
            "directive resolve: 'macro' is not one of header, lib, pkg_config",
            id="no_kind_of_c",
        ),
        pytest.param("# gazelle:go_copts 'a", "directive go_copts: No closing quotation", id="open_quote"),
        pytest.param(
            "# gazelle:directive_file none.txt",
            "cannot read directive file 'none.txt'",
            id="no_directive_file",
        ),
    ],
)
def test_mistakes_are_said_and_change_nothing(text: str, message: str) -> None:
    settings, said = _read(f"\n{text}\n")
    assert settings == Settings()
    assert [(each.line, each.message) for each in said] == [(2, message)]


@pytest.mark.parametrize("pattern", ["(", "(?!x)", "a{1000}{1000}"])
def test_broken_pattern_is_said(pattern: str) -> None:
    settings, said = _read(f"# gazelle:resolve_regexp go {pattern} //x\n")
    assert settings.overrides == ()
    assert said[0].message.startswith("directive resolve_regexp: ")


def test_directives_of_the_directory_above_hold_below() -> None:
    above = _settings(
        "# gazelle:prefix e.com/x\n# gazelle:ignore\n# gazelle:go_visibility //a\n# gazelle:exclude x\n"
        "# gazelle:go_copts -a\n# gazelle:resolve go x //one\n",
        path="",
    )
    below = _settings(
        "# gazelle:go_visibility //b\n# gazelle:exclude y\n# gazelle:go_copts -b\n"
        "# gazelle:resolve go x //two\n",
        above,
        "sub",
    )
    assert (below.prefix, below.prefix_directory) == ("e.com/x", "")
    assert not below.ignore
    assert below.visibility == ("//a", "//b")
    assert below.excludes == (("", "x"), ("sub", "y"))
    assert below.flags == (("copts", ("-a", "-b")),)
    assert [str(override.label) for override in below.overrides] == ["//two:two", "//one:one"]


def test_without_a_file_the_settings_above_hold() -> None:
    above = Settings(prefix="x", ignore=True)
    assert settings_for(above, None, "sub", lambda _: None) == (Settings(prefix="x"), ())


def test_directive_file_is_spliced_in_place() -> None:
    text = "# gazelle:go_test file\n# gazelle:directive_file d.txt\n# gazelle:cgo on\n"
    files = {"d.txt": "# a comment\n\ngo_test default\n# gazelle:cgo off\nprefix e.com/d\n"}
    settings, said = _read(text, files=files)
    assert (settings.test_per_file, settings.cgo, settings.prefix) == (False, True, "e.com/d")
    assert said == ()


@pytest.mark.parametrize(
    ("rule", "name", "value"),
    [
        ('gazelle(name = "g", prefix = "e.com/g")', "prefix", "e.com/g"),
        ('go_prefix("e.com/p")', "prefix", "e.com/p"),
        (
            'gazelle(name = "g", build_tags = ["a"], args = ["-build_tags=b,c"])',
            "build_tags",
            {"a", "b", "c"},
        ),
        ('gazelle(name = "g", args = ["-go_naming_convention", "import"])', "naming", "import"),
        (
            'gazelle(name = "g", extra_args = ["-go_naming_convention_external=import"])',
            "naming_external",
            "import",
        ),
    ],
)
def test_rules_that_set_something(rule: str, name: str, value: Any) -> None:  # noqa: ANN401 - any setting
    assert getattr(_settings(rule), name) == value


def test_directive_is_stronger_than_the_gazelle_rule() -> None:
    text = 'gazelle(name = "g", prefix = "e.com/rule")\n# gazelle:prefix e.com/directive\n'
    assert _settings(text).prefix == "e.com/directive"


def test_kinds_are_mapped_through_chains() -> None:
    settings = _settings(
        "# gazelle:map_kind go_library ours //a.bzl\n# gazelle:map_kind ours theirs //b.bzl\n"
        "# gazelle:alias_kind macro go_test\n"
    )
    assert written_kind("go_library", settings) == MappedKind("theirs", "//b.bzl")
    assert written_kind("go_test", settings) is None
    assert resolved_kind("theirs", settings) == "go_library"
    assert resolved_kind("macro", settings) == "go_test"
    assert resolved_kind("go_binary", settings) == "go_binary"


def test_mapping_in_a_circle_ends() -> None:
    settings = _settings("# gazelle:map_kind a b //x.bzl\n# gazelle:map_kind b a //y.bzl\n")
    assert written_kind("a", settings) == MappedKind("a", "//y.bzl")
    assert written_kind("b", settings) == MappedKind("b", "//x.bzl")
