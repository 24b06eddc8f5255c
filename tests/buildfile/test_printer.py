"""Printing values: the layout that buildifier would give them."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from build_texts import UNKNOWN_ATTRIBUTES, WORDS, lists, numbered, selects
from hypothesis import given, settings
from hypothesis import strategies as st

from bazel_xc.buildfile.parser import parse
from bazel_xc.buildfile.printer import (
    DEFAULT,
    NewAttribute,
    arrange,
    attribute_order,
    format_attribute,
    format_call,
    format_load,
    quote,
    strings,
)
from bazel_xc.buildfile.syntax import Branch, ListValue, Notes, Opaque, Select, String, Sum, Value

OWNED = ("srcs", "deps", "embed", "embedsrcs", "copts", "clinkopts", "importpath", "target_compatible_with")


def _choice(*branches: tuple[str, Value]) -> Select:
    return Select((*(Branch(key, value) for key, value in branches), Branch(DEFAULT, ListValue(()))))


TABLE = [
    pytest.param("name", String("a"), 'name = "a",', id="string"),
    pytest.param("name", String('q"\\\n\t\x00'), 'name = "q\\"\\\\\\n\\t\\000",', id="escapes"),
    pytest.param("name", String("a", "'a'"), 'name = "a",', id="other_quotes"),
    pytest.param("name", String("a\tb", '"a\tb"'), 'name = "a\tb",', id="spelling_kept"),
    pytest.param("cgo", Opaque("True"), "cgo = True,", id="constant"),
    pytest.param("srcs", strings([]), "srcs = [],", id="no_item"),
    pytest.param("srcs", strings(["a.go"]), 'srcs = ["a.go"],', id="one_item"),
    pytest.param(
        "srcs",
        strings(["b.go", "a.go"]),
        'srcs = [\n        "a.go",\n        "b.go",\n    ],',
        id="items_sorted",
    ),
    pytest.param(
        "copts",
        strings(["-b", "-a"]),
        'copts = [\n        "-b",\n        "-a",\n    ],',
        id="flags_not_sorted",
    ),
    pytest.param(
        "srcs",
        ListValue((String("a.go"),), multiline=True),
        'srcs = [\n        "a.go",\n    ],',
        id="one_item_on_lines_of_its_own",
    ),
    pytest.param(
        "srcs",
        ListValue((String("a.go", notes=Notes(("# b",), "# s")),), end=("# e",)),
        'srcs = [\n        # b\n        "a.go",  # s\n        # e\n    ],',
        id="comments",
    ),
    pytest.param("srcs", ListValue((), end=("# e",)), "srcs = [\n        # e\n    ],", id="only_a_comment"),
    pytest.param(
        "deps",
        strings(["@z//a", "//b", "//a/c", "//a:b", ":x", "y", "@a//b"]),
        'deps = [\n        "y",\n        ":x",\n        "//a:b",\n        "//a/c",\n        "//b",\n'
        '        "@a//b",\n        "@z//a",\n    ],',
        id="labels_in_phases",
    ),
    pytest.param(
        "deps",
        _choice(("@r//:b", strings(["//b", "//a"])), ("@r//:a", strings(["//c"]))),
        'deps = select({\n        "@r//:a": ["//c"],\n        "@r//:b": [\n            "//a",\n'
        '            "//b",\n        ],\n        "//conditions:default": [],\n    }),',
        id="select_by_key",
    ),
    pytest.param(
        "deps",
        Sum((strings(["//a"]), _choice(("@r//:k", strings(["//b"]))))),
        'deps = ["//a"] + select({\n        "@r//:k": ["//b"],\n        "//conditions:default": [],\n    }),',
        id="sum",
    ),
    pytest.param(
        "deps",
        Select((Branch("k", strings([]), Notes(("# b",), "# s")),), ("# e",)),
        'deps = select({\n        # b\n        "k": [],  # s\n        # e\n    }),',
        id="comments_of_a_select",
    ),
]


@pytest.mark.parametrize(("name", "value", "text"), TABLE)
def test_attribute(name: str, value: Value, text: str) -> None:
    assert format_attribute(NewAttribute(name, value)) == f"    {text}\n"


def test_comments_of_an_attribute() -> None:
    attribute = NewAttribute("name", String("a"), Notes(("# b", "# c"), "# s"))
    assert format_attribute(attribute) == '    # b\n    # c\n    name = "a",  # s\n'


def test_attributes_stand_in_order() -> None:
    names = ["visibility", "deps", "name", "srcs", "importpath", "cgo", "embed", "testonly", "size"]
    text = format_call("go_test", [NewAttribute(name, Opaque("x")) for name in names])
    order = ["name", "size", "testonly", "srcs", "cgo", "embed", "importpath", "visibility", "deps"]
    assert text == "go_test(\n" + "".join(f"    {name} = x,\n" for name in order) + ")"
    assert sorted(names, key=attribute_order) == order


@pytest.mark.parametrize(
    ("comments", "order"),
    [
        pytest.param((), ["a", "b", "c"], id="none"),
        pytest.param(("# about c",), ["c", "b", "a"], id="an_item_explained"),
        pytest.param(("# keep sorted",), ["c", "a", "b"], id="keep_sorted"),
        pytest.param(("# do not sort",), ["c", "b", "a"], id="do_not_sort"),
    ],
)
def test_comments_before_items_stop_sorting(comments: tuple[str, ...], order: list[str]) -> None:
    first = String("c", notes=Notes(comments))
    sorted_list = arrange("srcs", ListValue((first, String("b"), String("a"))))
    assert isinstance(sorted_list, ListValue)
    assert [item.value for item in sorted_list.items if isinstance(item, String)] == order


def test_expressions_divide_sorting() -> None:
    items = (String("d"), String("c"), Opaque("X"), String("b"), String("a"))
    assert arrange("srcs", ListValue(items)) == ListValue(
        (String("c"), String("d"), Opaque("X"), String("a"), String("b"))
    )


def test_load() -> None:
    assert format_load("//a:b.bzl", ["z", 'y = "x"', "a"]) == 'load("//a:b.bzl", "a", "z", y = "x")'


@given(st.text())
def test_quoted_text_reads_the_same(text: str) -> None:
    try:
        data = f"f(x = {quote(text)})".encode()
    except UnicodeEncodeError:
        return  # half a surrogate pair: no file can hold it
    (call,) = parse("BUILD", data).calls
    assert call.string("x") == text


# Property: buildifier changes nothing


def _attributes() -> st.SearchStrategy[list[NewAttribute]]:
    names = st.lists(st.sampled_from([*OWNED, *UNKNOWN_ATTRIBUTES]), min_size=1, max_size=5, unique=True)
    words = st.lists(st.sampled_from(WORDS), max_size=4, unique=True).map(strings)
    choices = st.dictionaries(st.sampled_from(["@r//:a", "@r//:b", "//c:d"]), words, max_size=2).map(
        lambda table: _choice(*table.items())
    )
    read = st.one_of(lists(expressions=False), selects(expressions=False)).map(numbered).map(_read)
    notes = st.sampled_from([Notes(), Notes(), Notes(("# before",), ""), Notes((), "# behind")])
    value = st.one_of(
        words,
        choices,
        read,
        st.tuples(words, choices).map(Sum),
        st.sampled_from([String("text"), Opaque("True"), Opaque('glob(["*.go"])')]),
    )
    return names.flatmap(
        lambda chosen: st.tuples(*(st.builds(NewAttribute, st.just(name), value, notes) for name in chosen))
    ).map(list)


def _read(text: str) -> Value:
    (call,) = parse("BUILD", f"f(x = {text})".encode()).calls
    return call.attributes[0].value


def test_buildifier_changes_no_printed_rule(require: Callable[[str], str], tmp_path: Path) -> None:
    texts: set[str] = set()

    @settings(max_examples=400)
    @given(_attributes())
    def collect(attributes: list[NewAttribute]) -> None:
        texts.add(format_call("go_library", attributes) + "\n")

    collect()
    assert _reformatted(require("buildifier"), texts, tmp_path) == []


def test_buildifier_changes_no_row_of_the_table(require: Callable[[str], str], tmp_path: Path) -> None:
    rows = [parameter.values for parameter in TABLE if parameter.id not in ("spelling_kept", "escapes")]
    texts = [format_call("go_library", [NewAttribute(str(name), value)]) + "\n" for name, value, _ in rows]  # type: ignore[arg-type]
    assert _reformatted(require("buildifier"), texts, tmp_path) == []


def test_buildifier_is_heard(require: Callable[[str], str], tmp_path: Path) -> None:
    texts = ["f( x=1)\n", 'f(\n    x = "y",\n)\n']
    assert _reformatted(require("buildifier"), texts, tmp_path) == texts[:1]


def _reformatted(buildifier: str, texts: Iterable[str], folder: Path) -> list[str]:
    """The texts that buildifier would lay out in another way."""
    written: dict[str, str] = {}
    for number, text in enumerate(sorted(texts)):
        path = folder / f"{number}.bazel"
        path.write_text(text, encoding="utf-8")
        written[str(path)] = text
    command = [buildifier, "-mode=check", "-type=build", *written]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return [text for path, text in written.items() if f"{path} #" in done.stdout + done.stderr]
