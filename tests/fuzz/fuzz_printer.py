"""The printer: what it writes is read again as what was to be written."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator

from fuzz_inputs import Source

from bazel_xc.buildfile.parser import parse
from bazel_xc.buildfile.printer import DEFAULT, NewAttribute, format_call
from bazel_xc.buildfile.syntax import Branch, ListValue, Notes, Opaque, Select, String, Sum, Value

_NAMES = ("srcs", "deps", "copts", "data", "x_defs", "visibility", "embed", "my_attribute")
_EXPRESSIONS = ("True", "None", "NAMES", 'glob(["*"])', '{"a": "b"}')
_COMMENTS = ("# one", "# keep", "# ü", "#")


def target(data: bytes) -> None:
    """Prints a call of any attributes, reads it, and prints what was read."""
    source = Source(data)
    names = source.some(_NAMES)
    attributes = [NewAttribute(name, _value(source), _notes(source)) for name in names]
    text = format_call("some_rule", attributes)
    file = parse("p/BUILD.bazel", text.encode())

    (call,) = file.calls
    assert sorted(each.name for each in call.attributes) == sorted(names)
    for each in attributes:
        found = call.get(each.name)
        assert found is not None
        assert _said(found.value) == _said(each.value), (text, found.value, each.value)
    assert format_call("some_rule", [NewAttribute(a.name, a.value, a.notes) for a in call.attributes]) == text


def _notes(source: Source) -> Notes:
    return Notes(source.some(_COMMENTS[:2]), source.choice(("", "", "", *_COMMENTS)))


def _item(source: Source) -> String | Opaque:
    if source.byte() % 8 == 7:
        return Opaque(source.choice(_EXPRESSIONS), _notes(source))
    return String(source.text(), notes=_notes(source))


def _list(source: Source) -> ListValue:
    items = tuple(_item(source) for _ in range(source.byte() % 4))
    return ListValue(items, multiline=bool(source.byte() & 1))


def _select(source: Source) -> Select:
    keys = dict.fromkeys([source.text() for _ in range(source.byte() % 3)] + [DEFAULT])
    return Select(tuple(Branch(key, _list(source), _notes(source)) for key in keys))


def _value(source: Source) -> Value:
    match source.byte() % 5:
        case 0:
            return String(source.text())
        case 1:
            return Opaque(source.choice(_EXPRESSIONS))
        case 2:
            return _select(source)
        case 3:
            return Sum((_list(source), _select(source)))
    return _list(source)


def _said(value: Value) -> object:
    """What a value says: the order of items and of branches is the printer's business."""
    match value:
        case String():
            return value.value
        case Opaque():
            return ast.dump(ast.parse(value.text, mode="eval"))
        case ListValue():
            return Counter(str(_said(item)) for item in value.items)
        case Select():
            return {branch.key: _said(branch.value) for branch in value.branches}
    return [_said(part) for part in value.parts]


def seeds() -> Iterator[bytes]:
    """A few that reach each sort of value."""
    for sort in range(5):
        yield bytes([0xFF, sort, 3, *b"abc", 1, 2, *b"//x", 0, 2, *b"a\\n", *range(60)])
