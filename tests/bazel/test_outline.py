"""Which rules a directory gets, and which existing rule each of them is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pytest

from bazel_xc.bazel.outline import Outline, outline
from bazel_xc.buildfile.directives import settings_for
from bazel_xc.buildfile.parser import parse
from bazel_xc.buildfile.rules import ExistingRule
from bazel_xc.buildfile.settings import Settings
from bazel_xc.buildfile.workspace import Directory
from bazel_xc.golang.package import FileKind, GoPackage, PackageFile
from bazel_xc.golang.source import scan_go
from bazel_xc.model import ByCgo, Diagnostic

LIBRARY = 'go_library(name = "{0}", srcs = ["p.go"], importpath = "{1}")\n'


def _directory(build: str | None, files: Iterable[str] = (), path: str = "p") -> Directory:
    file = None if build is None else parse(f"{path}/BUILD.bazel", build.encode())
    settings, _ = settings_for(Settings(), file, path, lambda _: None)
    return Directory(
        path=path, files=tuple(files), build_file=file, build_path=f"{path}/BUILD.bazel", settings=settings
    )


def _package(files: Mapping[str, str], import_path: str = "e.com/p", path: str = "p") -> GoPackage:
    found: list[PackageFile] = []
    for name, text in files.items():
        source = scan_go(name, text.encode())
        kind = FileKind.GO
        if name.endswith("_test.go"):
            kind = FileKind.XTEST if source.package.endswith("_test") else FileKind.TEST
        held = frozenset({"linux_amd64"})
        found.append(
            PackageFile(name=name, kind=kind, source=source, may=held, active=held, by_cgo=ByCgo.both(held))
        )
    name = found[0].source.package.removesuffix("_test")
    return GoPackage(directory=path, import_path=import_path, name=name, files=tuple(found))


PLAIN = {"p.go": "package p\n"}
TESTED = {**PLAIN, "a_test.go": "package p\n", "b_test.go": "package p_test\n"}
COMMAND = {"p.go": "package main\n\nfunc main() {}\n"}


def _outline(
    build: str | None, files: Mapping[str, str], convention: str = "import"
) -> tuple[Outline, tuple[Diagnostic, ...]]:
    package = _package(files) if files else None
    return outline(_directory(build, files), package, convention, "checkout")


def _slots(made: Outline) -> list[tuple[str, str, str]]:
    """Kind, name, and how the rule stands today: its line, ``new`` or ``blocked``."""
    return [
        (
            slot.kind,
            slot.name,
            "blocked" if slot.blocked else str(slot.existing.source.line) if slot.existing else "new",
        )
        for slot in made.slots
    ]


@pytest.mark.parametrize(
    ("files", "convention", "slots"),
    [
        pytest.param(PLAIN, "import", ["go_library p"], id="library"),
        pytest.param(TESTED, "import", ["go_library p", "go_test p_test"], id="tests_in_one_rule"),
        pytest.param(COMMAND, "import", ["go_library p_lib", "go_binary p"], id="binary"),
        pytest.param({"p.go": "package main\n"}, "import", ["go_library p_lib"], id="no_func_main"),
        pytest.param({"a_test.go": "package p\n"}, "import", ["go_test p_test"], id="only_a_test"),
        pytest.param(
            PLAIN, "import_alias", ["go_library p", "alias go_default_library"], id="alias_of_a_library"
        ),
        pytest.param(COMMAND, "import_alias", ["go_library p_lib", "go_binary p"], id="no_alias_of_a_binary"),
        pytest.param(
            TESTED,
            "go_default_library",
            ["go_library go_default_library", "go_test go_default_test"],
            id="default_names",
        ),
    ],
)
def test_new_rules(files: Mapping[str, str], convention: str, slots: list[str]) -> None:
    made, said = _outline(None, files, convention)
    assert [f"{kind} {name}" for kind, name, _ in _slots(made)] == slots
    assert all(state == "new" for _, _, state in _slots(made))
    assert said == ()


def test_no_package_no_rule() -> None:
    made, _ = _outline("x()\n", {})
    assert (made.slots, made.stale) == ((), ())


MATCHES = [
    pytest.param(LIBRARY.format("p", "other"), PLAIN, [("go_library", "p", "1")], id="by_name"),
    pytest.param(LIBRARY.format("q", "e.com/p"), PLAIN, [("go_library", "q", "1")], id="by_importpath"),
    pytest.param(
        LIBRARY.format("q", "e.com/p") + LIBRARY.format("p", "x"),
        PLAIN,
        [("go_library", "p", "2")],
        id="name_before_importpath",
    ),
    pytest.param(LIBRARY.format("q", "e.com/q"), PLAIN, [("go_library", "p", "new")], id="neither"),
    pytest.param('filegroup(name = "p")\n', PLAIN, [("go_library", "p", "blocked")], id="other_kind"),
    pytest.param(
        LIBRARY.format("a", "e.com/p") + LIBRARY.format("b", "e.com/p"),
        PLAIN,
        [("go_library", "p", "blocked")],
        id="two_of_one_importpath",
    ),
    pytest.param(
        'go_binary(name = "tool")\n',
        COMMAND,
        [("go_library", "p_lib", "new"), ("go_binary", "tool", "1")],
        id="the_only_binary",
    ),
    pytest.param(
        'go_binary(name = "a")\ngo_binary(name = "b")\n',
        COMMAND,
        [("go_library", "p_lib", "new"), ("go_binary", "p", "blocked")],
        id="two_binaries",
    ),
    pytest.param(
        'go_test(name = "unit", srcs = ["a_test.go"])\n',
        TESTED,
        [("go_library", "p", "new"), ("go_test", "unit", "1")],
        id="test_by_its_sources",
    ),
    pytest.param(
        'go_test(name = "a", srcs = ["a_test.go"])\ngo_test(name = "b", srcs = ["b_test.go"])\n',
        TESTED,
        [("go_library", "p", "new"), ("go_test", "p_test", "new")],
        id="tests_of_two_rules",
    ),
    pytest.param(
        '# gazelle:map_kind go_library our_library //:x.bzl\n\nour_library(name = "p")\n',
        PLAIN,
        [("go_library", "p", "3")],
        id="mapped_kind",
    ),
    pytest.param(
        '# gazelle:alias_kind our_macro go_library\n\nour_macro(name = "p")\n',
        PLAIN,
        [("go_library", "p", "3")],
        id="alias_kind",
    ),
]


@pytest.mark.parametrize(("build", "files", "slots"), MATCHES)
def test_matching(build: str, files: Mapping[str, str], slots: list[tuple[str, str, str]]) -> None:
    made, _ = _outline(build, files)
    assert _slots(made) == slots


def test_what_stands_in_the_way_is_said() -> None:
    _, said = _outline('x()\nfilegroup(name = "p")\n', PLAIN)
    assert [(each.line, each.severity) for each in said] == [(2, "note")]
    _, said = _outline(LIBRARY.format("a", "e.com/p") + LIBRARY.format("b", "e.com/p"), PLAIN)
    assert [(each.line, each.severity) for each in said] == [(1, "warning")]


def test_mapped_kind_is_what_is_written() -> None:
    made, _ = _outline("# gazelle:map_kind go_library our_library //:x.bzl\n", PLAIN)
    assert made.library is not None
    assert (made.library.kind, made.library.written) == ("go_library", "our_library")


def test_each_test_file_has_a_rule() -> None:
    made, _ = _outline("# gazelle:go_test file\n", TESTED)
    assert [(test.slot.name, [file.name for file in test.files]) for test in made.tests] == [
        ("a_test", ["a_test.go"]),
        ("b_test", ["b_test.go"]),
    ]


@pytest.mark.parametrize(
    ("build", "files", "stale"),
    [
        pytest.param(LIBRARY.format("p", "e.com/p"), {}, ["p"], id="package_gone"),
        pytest.param(LIBRARY.format("mine", "e.com/p"), {}, ["mine"], id="sources_gone"),
        pytest.param('go_library(name = "mine", srcs = [":made"])\n', {}, [], id="made_source"),
        pytest.param('go_library(name = "mine", deps = ["//x"])\n', {}, [], id="name_of_its_own"),
        pytest.param('go_test(name = "p_test", srcs = ["a_test.go"])\n', PLAIN, ["p_test"], id="tests_gone"),
        pytest.param('go_binary(name = "p", embed = [":p_lib"])\n', PLAIN, ["p"], id="no_command_any_more"),
        pytest.param('go_binary(name = "p", embed = ["//q:q_lib"])\n', PLAIN, [], id="binary_of_another"),
        pytest.param('go_library(name = "p", **OPTIONS)\n', {}, [], id="options"),
        pytest.param(
            'genrule(name = "g", outs = ["made.go"])\ngo_library(name = "q", srcs = ["made.go"])\n',
            {},
            [],
            id="source_that_is_made",
        ),
        pytest.param(
            'go_proto_library(name = "pb", importpath = "x")\ngo_library(name = "p", embed = [":pb"])\n',
            {},
            [],
            id="embeds_what_others_make",
        ),
        pytest.param(
            LIBRARY.format("p", "e.com/p") + 'alias(name = "go_default_library", actual = ":p")\n',
            PLAIN,
            ["go_default_library"],
            id="alias_without_use",
        ),
        pytest.param(
            LIBRARY.format("p", "e.com/p") + 'alias(name = "go_default_library", actual = ":x")\n',
            PLAIN,
            [],
            id="alias_of_something_else",
        ),
    ],
)
def test_stale(build: str, files: Mapping[str, str], stale: list[str]) -> None:
    made, _ = _outline(build, files)
    assert [call.name for call in made.stale] == stale


def test_alias_is_wanted_with_import_alias() -> None:
    made, _ = _outline('alias(name = "go_default_library", actual = ":p")\n', PLAIN, "import_alias")
    assert made.stale == ()
    assert made.alias is not None
    assert made.alias.existing is not None


@pytest.mark.parametrize(
    ("build", "files"),
    [
        pytest.param('g(name = "x", outs = ["a.go", "b.go"])\n', {"a.go", "b.go"}, id="outs"),
        pytest.param('g(name = "x", out = "a.go")\n', {"a.go"}, id="out"),
        pytest.param(
            'g(name = "x", outs = ["a.go"])\nh(name = "y", srcs = ["a.go"])\n', set(), id="consumed_by_name"
        ),
        pytest.param(
            'g(name = "x", outs = ["a.go"])\nh(name = "y", src = ":a.go")\n', set(), id="consumed_by_label"
        ),
        pytest.param(
            'g(name = "x", outs = ["a.go"])\ngo_library(name = "y", srcs = ["a.go"])\n',
            {"a.go"},
            id="ours_is_no_consumer",
        ),
        pytest.param('go_library(name = "y", out = "a.go")\n', set(), id="ours_makes_none"),
        pytest.param(
            '# gazelle:exclude a.go\n\ng(name = "x", outs = ["a.go", "b.go"])\n', {"b.go"}, id="excluded"
        ),
    ],
)
def test_generated_files(build: str, files: set[str]) -> None:
    assert _directory(build).generated == files


def test_binary_of_the_root_is_named_after_the_module() -> None:
    package = _package(COMMAND, "e.com/the/tool", "")
    made, _ = outline(_directory(None, COMMAND, ""), package, "import", "checkout")
    assert made.binary is not None
    assert made.binary.name == "tool"


def test_a_name_that_a_loop_gives_is_taken() -> None:
    made = ExistingRule(directory="p", kind="go_library", written="go_library", name="p")

    found, said = outline(_directory(None, PLAIN), _package(PLAIN), "import", "checkout", [made])

    assert _slots(found) == [("go_library", "p", "blocked")]
    assert [each.message for each in said] == [
        "no go_library 'p' is written: the name belongs to go_library that a loop makes"
    ]
