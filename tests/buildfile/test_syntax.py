"""Reading BUILD files: values, spans, comments, line ends, and where a file is wrong."""

from __future__ import annotations

import pytest
from attrs import evolve
from build_texts import build_files, lists, numbered, selects, sums
from hypothesis import given
from hypothesis import strategies as st

from bazel_xc.buildfile.edits import apply_edits
from bazel_xc.buildfile.parser import parse
from bazel_xc.buildfile.printer import NewAttribute, format_call, format_value
from bazel_xc.buildfile.syntax import (
    Attribute,
    Branch,
    BuildFile,
    BuildSyntaxError,
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


def _parse(text: str) -> BuildFile:
    return parse("BUILD.bazel", text.encode())


def _only(text: str) -> Call:
    (call,) = _parse(text).calls
    return call


def _value(text: str) -> Value:
    (attribute,) = _only(f"f(x = {text})").attributes
    return attribute.value


def _slice(file: BuildFile, span: Span) -> str:
    return file.data[span.start : span.end].decode()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param('"a"', String("a"), id="string"),
        pytest.param("'a\\n\\x41'", String("a\nA"), id="escapes"),
        pytest.param('"\\303\\274\\xc3\\xbc"', String("üü"), id="escaped_bytes"),
        pytest.param('"\\u00fc\\374"', String("\u00fc\u00fc"), id="escapes_that_are_no_bytes"),
        pytest.param('"""a\nb"""', String("a\nb"), id="triple_quotes"),
        pytest.param('r"\\d"', String("\\d"), id="raw_string"),
        pytest.param('"a" "b"', String("ab"), id="joined_strings"),
        pytest.param("[]", ListValue(()), id="empty_list"),
        pytest.param('["a", "b",]', ListValue((String("a"), String("b"))), id="list"),
        pytest.param('["a", B]', ListValue((String("a"), Opaque("B"))), id="list_with_expression"),
        pytest.param(
            'select({"k": ["a"]})', Select((Branch("k", ListValue((String("a"),))),)), id="select_of_list"
        ),
        pytest.param('select({"k": "v"})', Select((Branch("k", String("v")),)), id="select_of_string"),
        pytest.param('select({K: ["a"]})', Opaque('select({K: ["a"]})'), id="select_on_a_name"),
        pytest.param(
            'select({"k": []}, no_match_error = "x")',
            Opaque('select({"k": []}, no_match_error = "x")'),
            id="select_with_message",
        ),
        pytest.param(
            '["a"] + select({}) + B',
            Sum((ListValue((String("a"),)), Select(()), Opaque("B"))),
            id="sum_is_flat",
        ),
        pytest.param('["a"] + (B)', Opaque('["a"] + (B)'), id="sum_with_parentheses"),
        pytest.param('glob(["*"])', Opaque('glob(["*"])'), id="call"),
        pytest.param("-1", Opaque("-1"), id="number"),
        pytest.param('b"x"', Opaque('b"x"'), id="bytes_are_no_string"),
        pytest.param('"%s" % X', Opaque('"%s" % X'), id="format"),
        pytest.param("[x for x in y]", Opaque("[x for x in y]"), id="comprehension"),
    ],
)
def test_values(text: str, value: Value) -> None:
    assert _value(text) == value


def test_call() -> None:
    call = _only('rules.go_library("p", name = "a", srcs = ["b.go"], deps = select({"k": [":c"]}))')
    assert (call.kind, call.name, call.args) == ("rules.go_library", "a", (String("p"),))
    assert [attribute.name for attribute in call.attributes] == ["name", "srcs", "deps"]
    assert call.strings("deps") == (":c",)
    assert call.strings("data") == ()
    assert call.string("srcs") is None
    assert call.get("data") is None
    assert not call.opaque


@pytest.mark.parametrize("text", ["f(*ARGS)", "f(name = 'x', **KWARGS)"])
def test_call_with_unknown_arguments_is_opaque(text: str) -> None:
    assert _only(text).opaque
    assert _parse(text).dynamic


@pytest.mark.parametrize(
    ("text", "dynamic"),
    [
        pytest.param('"""Doc."""\nf()\n', False, id="docstring"),
        pytest.param("X = 1\n", True, id="assignment"),
        pytest.param("[f(n) for n in []]\n", True, id="comprehension"),
        pytest.param("for n in X:\n    f(n)\n", True, id="loop"),
        pytest.param("# nothing\n", False, id="comment"),
    ],
)
def test_dynamic(text: str, dynamic: bool) -> None:
    assert _parse(text).dynamic is dynamic


def test_strings_in_all_parts() -> None:
    value = _value('["a", X] + select({"k": ["b"], "d": "c"}) + Y')
    assert list(strings_in(value)) == ["a", "b", "c"]


def test_spans_count_bytes() -> None:
    file = _parse('f(\n    name = "ü",  # ö\n    srcs = ["ä.go"],\n)\n')
    (call,) = file.calls
    assert _slice(file, call.span) == file.data.decode().rstrip()
    assert [_slice(file, each.span) for each in call.attributes] == ['name = "ü"', 'srcs = ["ä.go"]']
    assert [_slice(file, each.value_span) for each in call.attributes] == ['"ü"', '["ä.go"]']
    assert call.attributes[0].notes == Notes(suffix="# ö")


def test_lines() -> None:
    file = _parse("a()\n\nb(\n)\n")
    assert [file.line_of(call.span.start) for call in file.calls] == [1, 3]
    assert [call.line for call in file.calls] == [1, 3]
    assert file.end_of_line(0) == 4
    assert file.end_of_line(len(file.data)) == len(file.data)


COMMENTED = """\
# head

# above a
# twice
a(  # behind the parenthesis
    # before x
    # keep
    x = [  # behind the bracket
        # before one
        "one",  # behind one
        "two"  # behind two
        ,
        # at the end
    ],  # behind x
    y = 1  # no comma
)  # behind a
b("# no comment")
"""


def test_comments() -> None:
    file = _parse(COMMENTED)
    call = file.calls[0]
    assert call.notes == Notes(("# above a", "# twice"), "# behind a")
    x, y = call.attributes
    assert x.notes == Notes(("# behind the parenthesis", "# before x", "# keep"), "# behind x")
    assert x.keep
    assert y.notes == Notes((), "# no comma")
    assert isinstance(x.value, ListValue)
    assert x.value.multiline
    assert x.value.end == ("# at the end",)
    one, two = x.value.items
    assert one.notes == Notes(("# behind the bracket", "# before one"), "# behind one")
    assert two.notes == Notes((), "# behind two")
    assert len(file.comments) == COMMENTED.count("#") - 1
    assert [comment.text for comment in file.comments if comment.alone][:3] == [
        "# head",
        "# above a",
        "# twice",
    ]


def test_comments_of_a_select() -> None:
    value = _value("""select({  # behind the brace
        # before k
        "k": [
            "a",
        ],  # behind k
        # at the end
    })""")
    assert isinstance(value, Select)
    assert value.branches[0].notes == Notes(("# behind the brace", "# before k"), "# behind k")
    assert value.end == ("# at the end",)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('select(\n # c\n {"k": []})', id="before_the_brace"),
        pytest.param('select({"k": []}  # c\n)', id="behind_the_brace"),
        pytest.param('select({"k":  # c\n []})', id="behind_the_colon"),
        pytest.param('["a"] +  # c\n ["b"]', id="behind_the_plus"),
    ],
)
def test_comments_without_a_place_make_a_value_opaque(text: str) -> None:
    assert _value(text) == Opaque(text)


@pytest.mark.parametrize(
    ("comment", "keep"),
    [
        ("# keep", True),
        ("#keep", True),
        ("# keep: for the plugin", True),
        ("# keep sorted", False),
        ("# keeper", False),
        ("# please keep", False),
    ],
)
def test_keep(comment: str, keep: bool) -> None:
    assert _only(f"{comment}\nf(x = 1)").keep is keep
    assert _only(f"f(x = 1)  {comment}").keep is keep
    assert _only(f"f(\n    x = 1,  {comment}\n)").attributes[0].keep is keep


def test_keep_above_a_blank_line_is_nobodys() -> None:
    assert not _only("# keep\n\nf(x = 1)").keep


def test_crlf() -> None:
    file = parse("BUILD", COMMENTED.replace("\n", "\r\n").encode())
    assert file.newline == b"\r\n"
    assert file.calls[0].attributes[0].value == _parse(COMMENTED).calls[0].attributes[0].value
    assert [comment.text for comment in file.comments] == [each.text for each in _parse(COMMENTED).comments]


def test_byte_order_mark() -> None:
    file = parse("BUILD", b'\xef\xbb\xbff(name = "a")\n')
    assert _slice(file, file.calls[0].span) == 'f(name = "a")'
    assert _slice(file, file.calls[0].attributes[0].value_span) == '"a"'


@pytest.mark.parametrize(
    ("data", "line", "column", "message"),
    [
        pytest.param(b"f(\n  x = \xff)\n", 2, 7, "not UTF-8", id="not_utf8"),
        pytest.param(b"f(x = 1)\ng(\n", 2, 2, "'(' was never closed", id="open_parenthesis"),
        pytest.param(b"f(x = 1)\n)\n", 2, 1, "unmatched ')'", id="close_parenthesis"),
        pytest.param(b"f(x = 1, x = 2)\n", 1, 10, "keyword argument repeated: x", id="twice"),
        pytest.param(b"f('''\n", 1, 3, "unterminated triple-quoted string literal", id="open_string"),
        pytest.param(b"\x00", 1, 1, "source code", id="zero_byte"),
    ],
)
def test_wrong_files(data: bytes, line: int, column: int, message: str) -> None:
    with pytest.raises(BuildSyntaxError) as caught:
        parse("BUILD", data)
    assert (caught.value.line, caught.value.column) == (line, column)
    assert message in caught.value.message


def test_deep_nesting_is_no_crash() -> None:
    with pytest.raises(BuildSyntaxError):
        parse("BUILD", b"f(x = " + b"[" * 5000 + b"]" * 5000 + b")")


# Properties


def _attributes(file: BuildFile) -> list[Attribute]:
    return [attribute for call in file.calls for attribute in call.attributes]


@given(build_files())
def test_without_edits_bytes_stay(data: bytes) -> None:
    file = parse("BUILD", data)
    assert apply_edits(file, []) == data


@given(build_files())
def test_spans_cover_what_they_say(data: bytes) -> None:
    file = parse("BUILD", data)
    for call in file.calls:
        text = _slice(file, call.span)
        assert text.startswith(call.kind)
        assert text.endswith(")")
    for attribute in _attributes(file):
        text, value = _slice(file, attribute.span), _slice(file, attribute.value_span)
        assert text.startswith(attribute.name)
        assert text.endswith(value)
        assert text[len(attribute.name) : -len(value)].strip() == "="
        assert _value(value) == attribute.value
    for comment in file.comments:
        assert _slice(file, comment.span) == comment.text
        assert comment.line == data[: comment.span.start].count(b"\n") + 1


@given(build_files())
def test_no_comment_is_missed(data: bytes) -> None:
    found = [comment.text for comment in parse("BUILD", data).comments]
    assert found == [f"# {mark}" for mark in _marks(data)]


def _marks(data: bytes) -> list[str]:
    lines = data.decode().replace("# no comment", "").replace("a#b", "").splitlines()
    return [line.partition("# ")[2] for line in lines if "# " in line]


@given(st.one_of(lists(), selects(), sums()).map(numbered))
def test_printed_values_read_the_same(text: str) -> None:
    value = _value(text)
    printed = _value(format_value(value, 1))
    assert printed == _by_key(value)
    assert format_value(printed, 1) == format_value(value, 1)


@given(build_files())
def test_printed_calls_read_the_same(data: bytes) -> None:
    for call in parse("BUILD", data.replace(b"\r\n", b"\n")).calls:
        values = [NewAttribute(each.name, each.value, each.notes) for each in call.attributes]
        printed = _only(format_call("f", values))
        assert {each.name: each.value for each in printed.attributes} == {
            each.name: _sorted(each) for each in call.attributes
        }


def _by_key(value: Value) -> Value:
    """The value with the branches of selects as they are printed, the default last."""
    if isinstance(value, Sum):
        return Sum(tuple(_by_key(part) for part in value.parts))
    if isinstance(value, Select):
        return evolve(value, branches=tuple(sorted(value.branches, key=lambda b: (b.key[0] == "/", b.key))))
    return value


def _sorted(attribute: Attribute) -> Value:
    (printed,) = _only(format_call("f", [NewAttribute(attribute.name, attribute.value)])).attributes
    return printed.value


_COOKIE = 'go_library(\n    name = "ü",\n    srcs = ["üüüü.go"],\n    x = 11,\n)\n'


@pytest.mark.parametrize(
    "head",
    [
        pytest.param("# coding: latin-1\n", id="latin_1"),
        pytest.param("# -*- coding: nothing-like-this -*-\n", id="unknown"),
        pytest.param("\ufeff", id="byte_order_mark"),
        pytest.param("\ufeff# coding: utf-16\n", id="byte_order_mark_and_another_encoding"),
    ],
)
def test_files_are_utf_8_whatever_they_say(head: str) -> None:
    file = _parse(head + _COOKIE)

    (call,) = file.calls
    assert call.strings("srcs") == ("üüüü.go",)
    assert [_slice(file, each.span) for each in call.attributes] == [
        'name = "ü"',
        'srcs = ["üüüü.go"]',
        "x = 11",
    ]


def test_comment_between_equals_sign_and_value_is_the_attributes() -> None:
    (call,) = _parse("f(\n    # a\n    x =  # b\n        # c\n        [],  # d\n)\n").calls

    assert call.attributes[0].notes == Notes(("# a", "# b", "# c"), "# d")
