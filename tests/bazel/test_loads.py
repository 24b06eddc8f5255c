"""Load statements kept in step with rules."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from bazel_xc.bazel.loads import Symbol, load_edits
from bazel_xc.buildfile.edits import apply_edits, remove_lines
from bazel_xc.buildfile.parser import parse

GO = "@rules_go//go:def.bzl"


def _loaded(text: str, symbols: Iterable[Symbol] = (), removed: Iterable[str] = ()) -> str:
    """The text without the removed rules and with the loads that the rest needs."""
    file = parse("BUILD", text.encode())
    gone = [call for call in file.calls if call.name in set(removed)]
    edits = [*load_edits(file, symbols, gone), *(remove_lines(file, call) for call in gone)]
    return apply_edits(file, edits).decode()


def _go(*names: str) -> list[Symbol]:
    return [Symbol(name, GO) for name in names]


RULE = 'go_library(name = "a")\n'


@pytest.mark.parametrize(
    ("old", "symbols", "new"),
    [
        pytest.param(
            "", _go("go_test", "go_library"), f'load("{GO}", "go_library", "go_test")\n', id="empty"
        ),
        pytest.param("# head\n", _go("go_test"), f'# head\n\nload("{GO}", "go_test")\n', id="comment_only"),
        pytest.param(
            "# head\n\n# of x\nx()\n",
            _go("go_test"),
            f'# head\n\nload("{GO}", "go_test")\n\n# of x\nx()\n',
            id="no_load_yet",
        ),
        pytest.param(
            '"""Doc."""\n\nx()\n',
            _go("go_test"),
            f'"""Doc."""\n\nload("{GO}", "go_test")\n\nx()\n',
            id="behind_the_docstring",
        ),
        pytest.param(
            '"""Doc."""; x()\n',
            _go("go_test"),
            f'"""Doc."""; \nload("{GO}", "go_test")\nx()\n',
            id="on_the_line_of_the_docstring",
        ),
        pytest.param(
            "\ufeffx()\n",
            _go("go_test"),
            f'\ufeffload("{GO}", "go_test")\n\nx()\n',
            id="behind_the_byte_order_mark",
        ),
        pytest.param(
            "\ufeff\n",
            _go("go_test"),
            f'\ufeffload("{GO}", "go_test")\n',
            id="nothing_but_a_byte_order_mark",
        ),
        pytest.param(
            'load("//a:a.bzl", "a"); x(\n)\n',
            [Symbol("b", "//b:b.bzl")],
            'load("//a:a.bzl", "a")\nload("//b:b.bzl", "b"); x(\n)\n',
            id="before_a_statement_on_the_line_of_a_load",
        ),
        pytest.param(
            'X = [\n]; load("//z:z.bzl", "z")\n',
            [Symbol("b", "//b:b.bzl")],
            'X = [\n]; load("//b:b.bzl", "b"); load("//z:z.bzl", "z")\n',
            id="behind_a_statement_on_the_line_of_a_load",
        ),
        pytest.param(
            "X = 1\n\nx()\n",
            _go("go_test"),
            f'load("{GO}", "go_test")\n\nX = 1\n\nx()\n',
            id="before_an_assignment",
        ),
        pytest.param(
            f'load("{GO}", "go_library")\n',
            _go("go_test"),
            f'load("{GO}", "go_library", "go_test")\n',
            id="symbol_added",
        ),
        pytest.param(
            f'load("{GO}", "go_library")\n',
            _go("go_library"),
            f'load("{GO}", "go_library")\n',
            id="loaded_already",
        ),
        pytest.param(
            'load("//my:go.bzl", "go_library")\n',
            _go("go_library"),
            'load("//my:go.bzl", "go_library")\n',
            id="loaded_from_elsewhere",
        ),
        pytest.param(
            'load("//my:go.bzl", go_library = "our_library")\n',
            _go("go_library"),
            'load("//my:go.bzl", go_library = "our_library")\n',
            id="loaded_under_that_name",
        ),
        pytest.param(
            'load("@io_bazel_rules_go//go:def.bzl", "go_library")\n',
            _go("go_library"),
            'load("@io_bazel_rules_go//go:def.bzl", "go_library")\n',
            id="by_its_other_name",
        ),
        pytest.param(
            'load("@a//:a.bzl", "a")\nload("//b:b.bzl", "b")\n',
            _go("go_test"),
            f'load("@a//:a.bzl", "a")\nload("{GO}", "go_test")\nload("//b:b.bzl", "b")\n',
            id="between_others",
        ),
        pytest.param(
            'load("//b:b.bzl", "b")\n',
            _go("go_test"),
            f'load("{GO}", "go_test")\nload("//b:b.bzl", "b")\n',
            id="before_others",
        ),
        pytest.param(
            'load("@a//:a.bzl", "a")',
            _go("go_test"),
            f'load("@a//:a.bzl", "a")\nload("{GO}", "go_test")\n',
            id="no_line_end",
        ),
        pytest.param(
            f'load(\n    "{GO}",\n    # why\n    "go_library",  # what\n    "z",\n    # end\n)\n',
            _go("go_test"),
            f'load(\n    "{GO}",\n    # why\n    "go_library",  # what\n    "go_test",\n'
            '    "z",\n    # end\n)\n',
            id="comments_inside",
        ),
        pytest.param(
            f'load("{GO}", "go_library")\n\n{RULE}',
            [Symbol("go_library", "//my:go.bzl")],
            f'load("//my:go.bzl", "go_library")\n\n{RULE}',
            id="moved_to_a_mapped_file",
        ),
        pytest.param(
            f'load("{GO}", "go_library", "go_test")\nload("//b:b.bzl", "b")\n',
            [Symbol("go_library", "//my:go.bzl")],
            f'load("{GO}", "go_test")\nload("//b:b.bzl", "b")\nload("//my:go.bzl", "go_library")\n',
            id="one_of_two_moved",
        ),
        pytest.param("x()\n", [Symbol("alias", "")], "x()\n", id="built_in"),
    ],
)
def test_needed(old: str, symbols: list[Symbol], new: str) -> None:
    assert _loaded(old, symbols) == new
    assert _loaded(new, symbols) == new


@pytest.mark.parametrize(
    ("old", "removed", "new"),
    [
        pytest.param(f'load("{GO}", "go_library")\n\n{RULE}\nx()\n', ["a"], "x()\n", id="last_use"),
        pytest.param(
            f'load("{GO}", "go_library")\n\n{RULE}\ngo_library(name = "b")\n',
            ["a"],
            f'load("{GO}", "go_library")\n\ngo_library(name = "b")\n',
            id="used_by_another",
        ),
        pytest.param(
            f'load("{GO}", "go_library")\n\n{RULE}\n[go_library(name = n) for n in "bc"]\n',
            ["a"],
            f'load("{GO}", "go_library")\n\n[go_library(name = n) for n in "bc"]\n',
            id="used_in_a_comprehension",
        ),
        pytest.param(
            f'load("{GO}", "go_library", "go_context")\n\n{RULE}',
            ["a"],
            f'load("{GO}", "go_context")\n',
            id="other_symbols_stay",
        ),
        pytest.param(
            f'load("//my:go.bzl", "go_library")\n\n{RULE}',
            ["a"],
            'load("//my:go.bzl", "go_library")\n',
            id="loads_of_others_stay",
        ),
        pytest.param(
            f'# about\nload("{GO}", "go_library")  # why\n\n# x\nx()\n\n{RULE}',
            ["a"],
            "# about\n\n# x\nx()\n",
            id="comments_above_the_load_stay",
        ),
    ],
)
def test_unused(old: str, removed: list[str], new: str) -> None:
    assert _loaded(old, (), removed) == new


def test_new_use_of_a_removed_kind_keeps_the_load() -> None:
    text = f'load("{GO}", "go_library")\n\n{RULE}'
    assert _loaded(text, _go("go_library"), ["a"]) == f'load("{GO}", "go_library")\n'


def test_order_is_buildifiers() -> None:
    labels = ["//:z.bzl", ":local.bzl", "@b//:x.bzl", "@a//q:x.bzl", "@a//:x.bzl", "//a:b.bzl"]
    text = _loaded("", [Symbol(f"s{number}", label) for number, label in enumerate(labels)])
    found = [line.split('"')[1] for line in text.splitlines()]
    assert found == ["@a//:x.bzl", "@a//q:x.bzl", "@b//:x.bzl", "//:z.bzl", "//a:b.bzl", ":local.bzl"]
