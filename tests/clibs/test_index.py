"""The cc rules of a workspace: what they offer, and how they are found."""

from __future__ import annotations

from pathlib import Path

import pytest

from bazel_xc.buildfile.workspace import read_workspace
from bazel_xc.clibs.index import CIndex, build_c_index
from bazel_xc.clibs.offer import Visibility
from bazel_xc.model import Label


def _index(root: Path, files: dict[str, str]) -> CIndex:
    """The index of a workspace with these files; other names than BUILD need no text."""
    for path, text in files.items():
        full = root / path
        full.parent.mkdir(parents=True, exist_ok=True)
        full.write_text(text, encoding="utf-8")
    workspace = read_workspace(root)
    return build_c_index(workspace)


def _labels(index: CIndex) -> list[str]:
    return [str(rule.label) for rule in index.rules]


@pytest.mark.parametrize("run", [pytest.param(True, id="run"), pytest.param(False, id="as_written")])
@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        pytest.param('hdrs = ["a.h"]', "lib/a.h", id="path_from_the_root"),
        pytest.param('hdrs = ["inc/a.h"], includes = ["inc"]', "a.h lib/inc/a.h", id="includes"),
        pytest.param('hdrs = ["inc/a.h"], includes = ["."]', "inc/a.h lib/inc/a.h", id="includes_dot"),
        pytest.param('hdrs = ["inc/a.h"], includes = ["other"]', "lib/inc/a.h", id="includes_elsewhere"),
        pytest.param(
            'hdrs = ["inc/x/a.h"], strip_include_prefix = "inc"', "lib/inc/x/a.h x/a.h", id="strip_relative"
        ),
        pytest.param(
            'hdrs = ["inc/a.h"], strip_include_prefix = "/lib"', "inc/a.h lib/inc/a.h", id="strip_absolute"
        ),
        pytest.param('hdrs = ["a.h"], include_prefix = "q"', "lib/a.h q/a.h", id="prefix"),
        pytest.param(
            'hdrs = ["inc/a.h"], strip_include_prefix = "inc", include_prefix = "q"',
            "lib/inc/a.h q/a.h",
            id="strip_and_prefix",
        ),
        pytest.param(
            'textual_hdrs = ["a.inc"], include_prefix = "q"', "lib/a.inc", id="textual_headers_are_not_mapped"
        ),
        pytest.param('srcs = ["a.h", "a.c"]', "", id="headers_among_sources_are_private"),
        pytest.param('hdrs = glob(["**/*.h"])', "lib/a.h lib/inc/a.h lib/inc/x/a.h", id="glob"),
        pytest.param('hdrs = glob(["**/*.h"], exclude = ["inc/**"])', "lib/a.h", id="glob_exclude"),
        pytest.param('hdrs = [":set"]', "lib/a.h lib/b.h", id="filegroup"),
        pytest.param('hdrs = [":made"]', "lib/config.h", id="output_by_rule"),
        pytest.param('hdrs = ["config.h"]', "lib/config.h", id="output_by_file"),
        pytest.param('hdrs = ["//lib/sub:c.h", "@other//:d.h"]', "lib/sub/c.h", id="file_of_another_package"),
        pytest.param('hdrs = ["a.h"] + glob(["inc/a.h"])', "lib/a.h lib/inc/a.h", id="sum"),
    ],
)
def test_headers_have_the_spellings_that_consumers_use(
    tmp_path: Path, attributes: str, expected: str, run: bool
) -> None:
    loop = '[f(name = n) for n in ["made_in_a_loop"]]\n' if run else ""
    files = {
        "lib/BUILD.bazel": f'{loop}cc_library(name = "x", {attributes})\n'
        'filegroup(name = "set", srcs = ["a.h", "b.h", ":set"])\n'
        'genrule(name = "made", outs = ["config.h"])\n',
        "lib/a.h": "",
        "lib/inc/a.h": "",
        "lib/inc/x/a.h": "",
        "lib/sub/BUILD.bazel": "",
        "lib/sub/c.h": "",
    }
    rule = _index(tmp_path, files).rule(Label("", "lib", "x"))

    assert rule is not None
    assert expected.split() == sorted(rule.headers)


def test_rules_own_private_headers_too(tmp_path: Path) -> None:
    build = 'cc_library(name = "x", hdrs = ["a.h"], srcs = ["b.h", "b.c"], textual_hdrs = ["t.c"])'
    index = _index(tmp_path, {"BUILD.bazel": build})

    assert sorted(index.rules[0].files) == ["a.h", "b.h", "t.c"]
    assert index.rules == index.by_file("b.h")
    assert index.by_header("b.h") == ()


@pytest.mark.parametrize(
    ("call", "libs", "declared"),
    [
        pytest.param('cc_library(name = "libpng", srcs = ["p.c"])', "libpng png", "", id="name"),
        pytest.param('cc_library(name = "sys", linkopts = ["-lpng"])', "png sys", "png", id="link_option"),
        pytest.param(
            'cc_library(name = "gdal", linkopts = ["-lgdal", "-lz", "-lm"])', "gdal", "gdal", id="needs_of_it"
        ),
        pytest.param(
            'cc_library(name = "a", linkopts = ["-Wl,-lb,-O", "-lc -ld", "-l"])',
            "a b c d",
            "b c d",
            id="words",
        ),
        pytest.param(
            'cc_import(name = "x", static_library = "libfoo.a", shared_library = "dist/libbar.so.1.2")',
            "bar foo x",
            "bar foo",
            id="import",
        ),
        pytest.param(
            'cc_import(name = "x", interface_library = "foo.lib", shared_library = "foo.dll")',
            "foo x",
            "foo",
            id="import_for_windows",
        ),
        pytest.param('cc_library(name = "x", srcs = ["libfoo.a"])', "foo x", "foo", id="archive_as_source"),
    ],
)
def test_rules_stand_for_libraries(tmp_path: Path, call: str, libs: str, declared: str) -> None:
    rule = _index(tmp_path, {"BUILD.bazel": call}).rules[0]

    assert (libs.split(), declared.split()) == (sorted(rule.libs), sorted(rule.declared))


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        pytest.param('cc_library(name = "x", hdrs = ["a.h"])', False, id="headers_only"),
        pytest.param('cc_library(name = "x", hdrs = ["a.h"], srcs = ["b.h"])', False, id="private_headers"),
        pytest.param('cc_library(name = "x", srcs = ["a.c"])', True, id="sources"),
        pytest.param('cc_library(name = "x", srcs = ["@y//:all"])', True, id="sources_of_others"),
        pytest.param('cc_library(name = "x", linkopts = ["-lx"])', True, id="link_options"),
        pytest.param('cc_library(name = "x", deps = [":y"])', True, id="deps"),
        pytest.param('objc_library(name = "x", sdk_frameworks = ["Cocoa"])', True, id="frameworks"),
        pytest.param('cc_import(name = "x", hdrs = ["a.h"])', False, id="import_without_library"),
        pytest.param('my_cc_library(name = "x", hdrs = ["a.h"])', True, id="macro"),
    ],
)
def test_headers_alone_link_nothing(tmp_path: Path, call: str, expected: bool) -> None:
    index = _index(tmp_path, {"BUILD.bazel": call})

    assert [expected] == [rule.links for rule in index.rules]
    assert (index.rules if expected else ()) == index.by_lib("x")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param('cc_library(name = "x")', ["//:x"], id="cc_library"),
        pytest.param('cc_import(name = "x")', ["//:x"], id="cc_import"),
        pytest.param('objc_library(name = "x")', ["//:x"], id="objc_library"),
        pytest.param('our_cc_library(name = "x")', ["//:x"], id="macro_by_suffix"),
        pytest.param('cc_fancy_library(name = "x")', ["//:x"], id="macro_by_infix"),
        pytest.param('thing(name = "x", hdrs = ["x.h"])', ["//:x"], id="macro_by_headers"),
        pytest.param('[cc_library(name = n) for n in ["a", "b"]]', ["//:a", "//:b"], id="comprehension"),
        pytest.param('cc_shared_library(name = "x")', [], id="shared_library_gives_no_cc_info"),
        pytest.param('cc_proto_library(name = "x")', [], id="proto"),
        pytest.param('cc_library(name = "x", tags = ["bazel_xc"])', [], id="written_by_bazel_xc"),
        pytest.param('cc_import(name = "x", tags = ["a", "bazel_xc"])', [], id="import_written_by_bazel_xc"),
        pytest.param('cc_library(name = "x_cgo")', ["//:x_cgo"], id="named_like_one_of_ours"),
        pytest.param(
            'cc_library(name = "x_cgo", tags = ["manual"], defines = ["X"])',
            ["//:x_cgo"],
            id="named_and_tagged_like_one_of_ours",
        ),
        pytest.param('go_library(name = "x", srcs = ["cc_library.go"])', [], id="go"),
        pytest.param(
            '# gazelle:alias_kind thing cc_library\nthing(name = "x")\ncc_library(name = "y")',
            ["//:x", "//:y"],
            id="alias_kind",
        ),
    ],
)
def test_only_rules_that_offer_c_are_in_the_index(tmp_path: Path, text: str, expected: list[str]) -> None:
    assert expected == _labels(_index(tmp_path, {"BUILD.bazel": text}))


def test_aliases_are_followed_and_cycles_end(tmp_path: Path) -> None:
    files = {
        "a/BUILD.bazel": 'alias(name = "png", actual = ":other")\nalias(name = "other", actual = "//b:lib")\n'
        'alias(name = "me", actual = ":me")\nalias(name = "p", actual = ":q")\n'
        'alias(name = "q", actual = ":p")\nalias(name = "out", actual = "@x//:y")\n',
        "b/BUILD.bazel": 'cc_library(name = "lib", hdrs = ["b.h"], srcs = ["b.c"])',
    }
    index = _index(tmp_path, files)
    lib = Label("", "b", "lib")

    assert _labels(index) == ["//a:other", "//a:png", "//b:lib"]
    assert {lib} == {rule.target for rule in index.by_header("b/b.h")}
    assert [str(rule.label) for rule in index.by_lib("png")] == ["//a:png"]


@pytest.mark.parametrize(
    ("text", "package", "expected"),
    [
        pytest.param('cc_library(name = "x")', "q", False, id="private_by_default"),
        pytest.param('cc_library(name = "x")', "p", True, id="own_package"),
        pytest.param('cc_library(name = "x", visibility = ["//visibility:public"])', "q", True, id="public"),
        pytest.param(
            'cc_library(name = "x", visibility = ["//visibility:private"])', "q", False, id="private"
        ),
        pytest.param('cc_library(name = "x", visibility = ["//q:__pkg__"])', "q", True, id="package"),
        pytest.param('cc_library(name = "x", visibility = ["//q:__pkg__"])', "q/r", False, id="not_below"),
        pytest.param('cc_library(name = "x", visibility = ["//q:__subpackages__"])', "q/r", True, id="below"),
        pytest.param(
            'cc_library(name = "x", visibility = ["//q:__subpackages__"])', "qr", False, id="beside"
        ),
        pytest.param('cc_library(name = "x", visibility = ["//:__subpackages__"])', "q", True, id="root"),
        pytest.param('cc_library(name = "x", visibility = [":__subpackages__"])', "p/q", True, id="relative"),
        pytest.param('cc_library(name = "x", visibility = ["//q:group"])', "r", True, id="group_is_unknown"),
        pytest.param('our_cc_library(name = "x")', "q", True, id="macro_is_unknown"),
        pytest.param(
            'package(default_visibility = ["//visibility:public"])\ncc_library(name = "x")',
            "q",
            True,
            id="default",
        ),
        pytest.param(
            'package(default_visibility = ["//visibility:public"])\ncc_library(name = "x", visibility = [])',
            "q",
            False,
            id="own_before_default",
        ),
    ],
)
def test_rules_are_seen_by_whom_they_say(tmp_path: Path, text: str, package: str, expected: bool) -> None:
    rule = _index(tmp_path, {"p/BUILD.bazel": text}).rules[0]

    assert expected == rule.is_visible_from(package)


def test_visibility_is_read_whole() -> None:
    labels = ["//a:__pkg__", "//b:__subpackages__", "@x//c:__pkg__", "//visibility:private"]
    expected = Visibility(packages=frozenset({"a"}), subtrees=frozenset({"b"}))

    assert expected == Visibility.from_labels(labels, "p")
