"""BUILD files in the tree for other repositories: which are found, and what their rules offer."""

from __future__ import annotations

import pytest

from bazel_xc.buildfile.outside import OutsideFile
from bazel_xc.buildfile.repositories import read_repositories
from bazel_xc.clibs.index import CIndex
from bazel_xc.clibs.outside_rules import outside_rules

HTTP = 'http_archive = use_repo_rule("@bazel_tools//tools/build_defs/repo:http.bzl", "http_archive")\n'
EXTENSION = 'e = use_extension("//x:e.bzl", "e")\n'
MAKES = 'def _impl(ctx):\n    http_archive(name = "a", build_file = "//x:a.BUILD")\n'


def _found(files: dict[str, str]) -> list[tuple[str, str]]:
    found, said = read_repositories(lambda path: files[path].encode() if path in files else None)
    assert said == ()
    return [(each.repository, each.path or each.text) for each in found.outside]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param(
            {"MODULE.bazel": HTTP + 'http_archive(name = "a", build_file = "//x:a.BUILD")'},
            [("a", "x/a.BUILD")],
            id="rule_in_a_module",
        ),
        pytest.param(
            {"MODULE.bazel": HTTP + 'http_archive(name = "a", build_file_content = "x()")'},
            [("a", "x()")],
            id="content",
        ),
        pytest.param(
            {
                "MODULE.bazel": 'module(name = "m")\n'
                + HTTP
                + 'http_archive(name = "a", build_file = "@m//:a.b")'
            },
            [("a", "a.b")],
            id="own_name",
        ),
        pytest.param(
            {"MODULE.bazel": HTTP + 'http_archive(name = "a", build_file = "@other//:a.b")'},
            [],
            id="elsewhere",
        ),
        pytest.param(
            {"MODULE.bazel": EXTENSION + 'e.archive(name = "a", build_file = "//:a.b")\nuse_repo(e, "a")'},
            [("a", "a.b")],
            id="tag_of_an_extension",
        ),
        pytest.param(
            {"MODULE.bazel": EXTENSION + 'e.archive(name = "a", build_file = "//:a.b")'}, [], id="not_used"
        ),
        pytest.param(
            {"MODULE.bazel": EXTENSION + 'use_repo(e, mine = "a")', "x/e.bzl": MAKES},
            [("mine", "x/a.BUILD")],
            id="extension_of_the_workspace",
        ),
        pytest.param(
            {
                "MODULE.bazel": EXTENSION + 'use_repo(e, "a")',
                "x/e.bzl": 'load(":m.bzl", "m")\n',
                "x/m.bzl": MAKES,
            },
            [("a", "x/a.BUILD")],
            id="file_that_it_loads",
        ),
        pytest.param(
            {"MODULE.bazel": EXTENSION + 'use_repo(e, "a")', "x/e.bzl": "def ("}, [], id="unreadable"
        ),
        pytest.param(
            {"WORKSPACE": 'new_local_repository(name = "a", path = "/x", build_file = "//:a.b")'},
            [("a", "a.b")],
            id="workspace",
        ),
        pytest.param(
            {"WORKSPACE": 'load("//x:e.bzl", "e")\n', "x/e.bzl": MAKES}, [("a", "x/a.BUILD")], id="macro"
        ),
        pytest.param(
            {"WORKSPACE": 'maybe(http_archive, name = "a", build_file = Label("//:a.b"))'},
            [("a", "a.b")],
            id="label",
        ),
    ],
)
def test_files_that_are_found(files: dict[str, str], expected: list[tuple[str, str]]) -> None:
    assert _found(files) == expected


def _index(text: str, name: str = "codec") -> CIndex:
    return CIndex(outside_rules([OutsideFile(name, text=text)], lambda _: None))


PUBLIC = 'visibility = ["//visibility:public"]'


@pytest.mark.parametrize(
    ("attributes", "header", "expected"),
    [
        pytest.param('hdrs = ["inc/a.h"], includes = ["inc"]', "a.h", True, id="by_name"),
        pytest.param('hdrs = [":set"]', "set/a.h", True, id="filegroup"),
        pytest.param('hdrs = glob(["inc/gtk/*.h"]), includes = ["inc"]', "gtk/x.h", True, id="folder"),
        pytest.param('hdrs = glob(["inc/**/*.h"]), includes = ["inc"]', "gtk/x.h", False, id="any_folder"),
        pytest.param('hdrs = glob(["inc/**/*.h"]), includes = ["inc"]', "codec/x.h", True, id="repository"),
        pytest.param('hdrs = glob(["*.h"])', "codec.h", True, id="header_of_that_name"),
        pytest.param('hdrs = glob(["*.h"])', "libcodec.h", True, id="lib_before_it"),
        pytest.param('hdrs = glob(["*.h"])', "other.h", False, id="another_header"),
        pytest.param('hdrs = glob(["*.h"], exclude = ["codec.h"])', "codec.h", False, id="exclude"),
        pytest.param('hdrs = glob(["codec/*.hpp"])', "codec/x.h", False, id="other_suffix"),
        pytest.param(
            'hdrs = glob(["src/*.h"]), strip_include_prefix = "src", include_prefix = "codec"',
            "codec/x.h",
            True,
            id="prefixes",
        ),
    ],
)
def test_headers(attributes: str, header: str, expected: bool) -> None:
    group = 'filegroup(name = "set", srcs = ["set/a.h"])\n'
    index = _index(f'{group}cc_library(name = "x", {attributes}, {PUBLIC})')

    assert [str(rule.label) for rule in index.by_header(header)] == ["@codec//:x"] * expected


@pytest.mark.parametrize(
    ("text", "lib", "expected"),
    [
        pytest.param(f'cc_library(name = "z", srcs = ["a.c"], {PUBLIC})', "z", ["@codec//:z"], id="rule"),
        pytest.param(
            f'cc_library(name = "x", srcs = ["a.c"], {PUBLIC})', "codec", ["@codec//:x"], id="only_one"
        ),
        pytest.param(
            f'cc_library(name = "x", srcs = ["libb.a"], {PUBLIC})\ncc_library(name = "y", hdrs = [])',
            "codec",
            [],
            id="one_of_two",
        ),
        pytest.param(
            f'cc_library(name = "x", srcs = ["lib/libb.so.1"], {PUBLIC})', "b", ["@codec//:x"], id="file"
        ),
        pytest.param(
            f'cc_library(name = "b", srcs = glob(["*.c"]), {PUBLIC})', "b", ["@codec//:b"], id="glob"
        ),
        pytest.param('cc_library(name = "b", srcs = ["b.c"])', "b", [], id="private"),
        pytest.param("cc_library(", "b", [], id="syntax_error"),
    ],
)
def test_libraries(text: str, lib: str, expected: list[str]) -> None:
    assert [str(rule.label) for rule in _index(text).by_lib(lib)] == expected
