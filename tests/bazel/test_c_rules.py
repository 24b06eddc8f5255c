"""Which cc rules C in the tree gets, in which directory, and which of the old ones go."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from bazel_xc.bazel.c_rules import Assembly, CcRules, PackageReach, cc_rules
from bazel_xc.buildfile.parser import parse
from bazel_xc.buildfile.printer import NewAttribute, format_call, strings
from bazel_xc.buildfile.settings import Settings
from bazel_xc.buildfile.syntax import String
from bazel_xc.buildfile.workspace import Directory, Workspace
from bazel_xc.model import Label
from bazel_xc.tree import DiskTree

PUBLIC_P = 'visibility = ["//p:__pkg__"]'


def _workspace(build_files: Mapping[str, str], others: Iterable[str] = (), ignored: str = "-") -> Workspace:
    """Directories with the text of their BUILD files, and some without one."""
    texts: dict[str, str | None] = {**dict.fromkeys(others), **build_files}
    found = {}
    for path, text in sorted(texts.items()):
        name = f"{path}/BUILD.bazel".lstrip("/")
        file = parse(name, text.encode()) if text is not None else None
        found[path] = Directory(
            path=path,
            files=(),
            build_file=file,
            build_path=name,
            settings=Settings(ignore=path == ignored),
        )
    return Workspace(DiskTree(Path("/nowhere")), found)


def _planned(workspace: Workspace, *reaches: PackageReach, wired: str = "p q", tidy: bool = True) -> CcRules:
    built = frozenset(path for path, each in workspace.directories.items() if each.build_file)
    packages = frozenset(wired.split())
    return cc_rules(workspace, reaches, built | packages, "root", wired=packages, taken={}, tidy=tidy)


def _texts(rules: CcRules) -> dict[str, list[str]]:
    """The rules as text by directory, one line each, without the tag that all have."""
    found: dict[str, list[str]] = {}
    for path, wanted in rules.rules.items():
        for rule in wanted:
            attributes = {name: value for name, value in rule.attributes.items() if name != "tags"}
            new = [NewAttribute("name", String(rule.slot.name))]
            new += [NewAttribute(name, value) for name, value in attributes.items()]
            lines = format_call(rule.slot.kind, new).splitlines()
            text = " ".join(line.strip() for line in lines)
            found.setdefault(path, []).append(text.replace("( ", "(").replace(", )", ")"))
            assert rule.attributes["tags"] == strings(["bazel_xc", "manual"])
    return found


@pytest.mark.parametrize(
    ("others", "reach", "wanted"),
    [
        pytest.param(
            [],
            PackageReach(package="p", files=("p/inc/a.h", "p/inc/a.c"), directories=("p/inc",)),
            {
                "p": 'cc_library(name = "p_cgo", hdrs = ["inc/a.h"], includes = ["inc"], '
                'textual_hdrs = ["inc/a.c"], visibility = ["//visibility:private"])'
            },
            id="below_the_package",
        ),
        pytest.param(
            [],
            PackageReach(package="p", files=("lib/x/a.h", "lib/b.h"), directories=("lib",)),
            {
                "lib": 'cc_library(name = "p_cgo", hdrs = [ "b.h", "x/a.h", ], includes = ["."], '
                'visibility = ["//p:__pkg__"])'
            },
            id="the_topmost_directory_becomes_a_package",
        ),
        pytest.param(
            ["", "lib/x"],
            PackageReach(package="p", files=("lib/x/a.h", "lib/b.h"), directories=("lib/x",)),
            {
                "lib/x": 'cc_library(name = "p_cgo", hdrs = ["a.h"], includes = ["."], '
                'visibility = ["//p:__pkg__"])',
                "": 'cc_library(name = "p_cgo", hdrs = ["lib/b.h"], visibility = ["//p:__pkg__"])',
            },
            id="each_to_its_owner",
        ),
        pytest.param(
            [""],
            PackageReach(package="p", directories=("z", "a")),
            {
                "": 'cc_library(name = "p_cgo", includes = [ # do not sort "z", "a", ], '
                'visibility = ["//p:__pkg__"])'
            },
            id="order_of_directories",
        ),
        pytest.param(
            [""],
            PackageReach(package="p", archives=("lib/libx.a",)),
            {
                "": 'cc_import(name = "lib_libx_cgo", static_library = "lib/libx.a", '
                'visibility = ["//p:__pkg__"])'
            },
            id="archive",
        ),
        pytest.param(
            [""],
            PackageReach(package="p", archives=("libx.so.1.2",)),
            {
                "": 'cc_import(name = "libx.so.1_cgo", shared_library = "libx.so.1.2", '
                'visibility = ["//p:__pkg__"])'
            },
            id="versioned_shared_library",
        ),
        pytest.param(
            [],
            PackageReach(package="p", archives=("p/x.o",)),
            {"p": 'cc_library(name = "x_cgo", srcs = ["x.o"], visibility = ["//visibility:private"])'},
            id="object",
        ),
        pytest.param(
            [],
            PackageReach(
                package="p",
                files=("p/inc/a.h",),
                assembly=Assembly(sources=strings(["a.S"]), headers=("b.h",), copts=strings(["-DX"])),
            ),
            {
                "p": 'cc_library(name = "p_cgo", hdrs = ["inc/a.h"], '
                'visibility = ["//visibility:private"])\n'
                'cc_library(name = "p_asm_cgo", srcs = ["a.S"], hdrs = ["b.h"], copts = ["-DX"], '
                'includes = ["."], linkstatic = True, visibility = ["//visibility:private"], '
                'deps = [":p_cgo"])'
            },
            id="assembly",
        ),
    ],
)
def test_rules(others: list[str], reach: PackageReach, wanted: dict[str, str]) -> None:
    planned = _planned(_workspace(dict.fromkeys(others, ""), ["p", "lib", "lib/x"]), reach)

    assert {path: "\n".join(texts) for path, texts in _texts(planned).items()} == wanted
    assert planned.diagnostics == ()


@pytest.mark.parametrize(
    ("package", "owner", "name"),
    [
        pytest.param("a/b", "", "a_b_cgo", id="counted from the root"),
        pytest.param("a/b", "a", "b_cgo", id="counted from the owner"),
        pytest.param("a/b", "a/b", "b_cgo", id="its own"),
        pytest.param("a/b", "c", "a_b_cgo", id="beside"),
        pytest.param("", "c", "root_cgo", id="of the root package"),
        pytest.param("a b/é~", "", "a_b_é__cgo", id="odd characters"),
    ],
)
def test_names(package: str, owner: str, name: str) -> None:
    workspace = _workspace({owner: ""}, [package])
    file = f"{owner}/x/a.h".lstrip("/")
    planned = cc_rules(
        workspace,
        [PackageReach(package=package, files=(file,))],
        frozenset({owner}),
        "root",
        wired=frozenset({package}),
        taken={},
    )

    assert planned.headers == {package: (Label("", owner, name),)}


def test_an_archive_of_two_packages_is_one_rule() -> None:
    reaches = [PackageReach(package=package, archives=("lib/libx.a",)) for package in ("q", "p")]

    planned = _planned(_workspace({"lib": ""}, ["p", "q"]), *reaches)

    (text,) = _texts(planned)["lib"]
    assert text.endswith('static_library = "libx.a", visibility = [ "//p:__pkg__", "//q:__pkg__", ])')
    assert planned.archives == dict.fromkeys(
        (("p", "lib/libx.a"), ("q", "lib/libx.a")), Label("", "lib", "libx_cgo")
    )
    assert planned.consumers == {"lib": frozenset({"p", "q"})}


def test_two_archives_of_one_stem_have_names_of_their_own() -> None:
    planned = _planned(_workspace({"p": ""}), PackageReach(package="p", archives=("p/x.a", "p/x.so")))

    assert set(planned.archives.values()) == {Label("", "p", "x_cgo"), Label("", "p", "x.so_cgo")}


@pytest.mark.parametrize(
    ("build_files", "ignored", "wired", "said"),
    [
        pytest.param(
            {"lib": ""},
            "lib",
            "p",
            ["cc_library 'p_cgo' is needed here, but this file may not be written"],
            id="file_ignored",
        ),
        pytest.param({"lib": 'filegroup(name = "p_cgo")\n'}, "-", "", [], id="package_not_written"),
        pytest.param({"lib": ""}, "lib", "", [], id="neither_is_written"),
    ],
)
def test_what_cannot_be_written_is_said_and_not_wired(
    build_files: dict[str, str], ignored: str, wired: str, said: list[str]
) -> None:
    workspace = _workspace(build_files, ["p"], ignored)

    planned = _planned(workspace, PackageReach(package="p", files=("lib/a.h",)), wired=wired)

    assert [each.message for each in planned.diagnostics] == said
    assert (planned.rules, planned.headers) == ({}, {"p": ()})


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        pytest.param('filegroup(name = "p_cgo")\n', {}, id="of_another_kind"),
        pytest.param('cc_library(name = "p_cgo", defines = ["MINE"])\n', {}, id="of_a_user"),
        pytest.param("", {"lib": frozenset({"p_cgo"})}, id="of_a_rule_that_is_to_be_written"),
    ],
)
def test_name_that_another_rule_has_is_not_taken(text: str, taken: Mapping[str, frozenset[str]]) -> None:
    workspace = _workspace({"lib": text}, ["p"])
    reach, both = PackageReach(package="p", files=("lib/a.h",)), frozenset({"p", "lib"})

    planned = cc_rules(workspace, [reach], both, "root", wired=frozenset({"p"}), taken=taken)

    assert planned.headers == {"p": (Label("", "lib", "p_a64f74_cgo"),)}
    assert planned.diagnostics == ()


OLD = f"""cc_library(name = "p_cgo", tags = ["bazel_xc", "manual"], {PUBLIC_P})
cc_import(name = "gone_cgo", static_library = "gone.a", tags = ["bazel_xc"])
cc_import(name = "mine_cgo", static_library = "mine.a")
cc_library(name = "own")
go_library(name = "not_cc_cgo")
"""


def test_rules_that_nothing_wants_are_stale() -> None:
    planned = _planned(_workspace({"lib": OLD}, ["p"]), PackageReach(package="p", files=("lib/a.h",)))

    assert {path: [call.name for call in calls] for path, calls in planned.stale.items()} == {
        "lib": ["gone_cgo"]
    }
    assert [rule.slot.existing is not None for rule in planned.rules["lib"]] == [True]


def test_nothing_is_stale_where_not_all_is_known() -> None:
    assert _planned(_workspace({"lib": OLD}), tidy=False).stale == {}


def test_a_rule_of_a_package_that_is_not_written_is_kept_up_to_date() -> None:
    planned = _planned(
        _workspace({"lib": OLD}, ["p"]), PackageReach(package="p", files=("lib/a.h",)), wired=""
    )

    assert _texts(planned) == {
        "lib": ['cc_library(name = "p_cgo", hdrs = ["a.h"], visibility = ["//p:__pkg__"])']
    }
    assert planned.headers == {"p": (Label("", "lib", "p_cgo"),)}
