"""Writes values as text in buildifier's layout.

Comes in: values of ``syntax``, new or read. Goes out: the text of an attribute or a whole call, with the
layout and order in which buildifier leaves every character. Only this module knows commas, quotes and
indentation. It does not decide what is written, and it never touches a file.

The tables are buildifier's own (``tables.go`` of bazelbuild/buildtools): the attributes whose lists may be
sorted, and the order of the attributes of a call.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from attrs import evolve, frozen

from bazel_xc.buildfile.syntax import Branch, ListValue, Notes, Opaque, Select, String, Sum, Value

INDENT = "    "
DEFAULT = "//conditions:default"

_ORDER = {"name": -99, "size": -95, "timeout": -94, "testonly": -93, "src": -92, "srcdir": -91, "srcs": -90,
          "out": -89, "outs": -88, "hdrs": -87, "destdir": 1, "exports": 2, "runtime_deps": 3, "deps": 4,
          "implementation": 5, "implements": 6, "alwayslink": 7}  # fmt: skip
_SORTED = frozenset(
    """cc_deps common_deps configs constraints data default_visibility deps exports files hdrs
    implementation_deps includes outs protos resources runtime_deps shared_deps srcs tags test_srcs
    tests tools visibility""".split()
)
# Not in buildifier's table, but kept sorted by Gazelle, whose habit this follows.
_SORTED_BY_US = frozenset({"embed", "embedsrcs"})
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\0": "\\000"}
_ESCAPED = re.compile(r'[\\"\n\r\t\0]')


@frozen
class NewAttribute:
    """An attribute to write, with its comments."""

    name: str
    value: Value
    notes: Notes = Notes()


def quote(text: str) -> str:
    """A string literal in double quotes."""
    return '"' + _ESCAPED.sub(lambda found: _ESCAPES[found.group()], text) + '"'


def strings(values: Iterable[str], *, multiline: bool = False) -> ListValue:
    """A new list of strings, on one line if there is only one and it is not ``multiline``."""
    items = tuple(String(value) for value in values)
    return ListValue(items, multiline=multiline and bool(items))


def attribute_order(name: str) -> tuple[int, str]:
    """The place of an attribute in a call, as a sort key."""
    return _ORDER.get(name, 0), name


def format_call(kind: str, attributes: Sequence[NewAttribute]) -> str:
    """A rule on several lines, its attributes ordered, without a line end behind it."""
    ordered = sorted(attributes, key=lambda attribute: attribute_order(attribute.name))
    return f"{kind}(\n" + "".join(format_attribute(attribute) for attribute in ordered) + ")"


def format_attribute(attribute: NewAttribute) -> str:
    """The lines of one attribute within a call, the last line end included."""
    value = arrange(attribute.name, attribute.value)
    suffix = f"  {attribute.notes.suffix}" if attribute.notes.suffix else ""
    before = "".join(f"{INDENT}{comment}\n" for comment in attribute.notes.before)
    return f"{before}{INDENT}{attribute.name} = {format_value(value, 1)},{suffix}\n"


def format_load(label: str, symbols: Iterable[str]) -> str:
    """A load statement on one line: plain symbols sorted, then ``name = "symbol"`` ones sorted."""
    plain = sorted(quote(symbol) for symbol in symbols if "=" not in symbol)
    renamed = sorted(symbol for symbol in symbols if "=" in symbol)
    return f"load({', '.join([quote(label), *plain, *renamed])})"


def format_value(value: Value, level: int) -> str:
    """A value whose first line is indented by ``level`` steps."""
    match value:
        case String():
            return _string(value)
        case ListValue():
            return _list(value, level)
        case Select():
            return _select(value, level)
        case Sum():
            return " + ".join(format_value(part, level) for part in value.parts)
        case Opaque():
            return value.text


def arrange(name: str, value: Value) -> Value:
    """Sorts the lists of an attribute, also inside selects, if their order has no meaning."""
    if name not in _SORTED and name not in _SORTED_BY_US:
        return value
    match value:
        case ListValue():
            return sort_list(value)
        case Select():
            branches = tuple(evolve(branch, value=arrange(name, branch.value)) for branch in value.branches)
            return evolve(value, branches=branches)
        case Sum():
            return Sum(tuple(arrange(name, part) for part in value.parts))
    return value


def sort_list(value: ListValue) -> ListValue:
    """Sorts as buildifier does: not at all if a comment is above an item or asks not to.

    Items that are not strings stay at their places and split the list into parts that are sorted one by one.
    """
    comments = [comment.lower() for item in value.items for comment in item.notes.before]
    wanted = any("keep sorted" in comment for comment in comments)
    if any("do not sort" in comment for comment in comments) or (comments and not wanted):
        return value
    items: list[String | Opaque] = []
    part: list[String] = []
    for item in value.items:
        if isinstance(item, String) and not item.notes.before:
            part.append(item)
            continue
        part.sort(key=_sort_key)
        items.extend(part)
        part = []
        items.append(item)
    part.sort(key=_sort_key)
    items.extend(part)
    return evolve(value, items=tuple(items))


def _sort_key(item: String) -> tuple[int, list[str], str]:
    text = item.value
    phase = 1 if text.startswith(":") else 2 if text.startswith("//") else 3 if text.startswith("@") else 0
    return phase, text.replace(":", ".").split("."), text


def _string(item: String) -> str:
    keeps = item.raw.startswith('"') and not item.raw.startswith('"""')
    return item.raw if keeps else quote(item.value)


def _list(value: ListValue, level: int) -> str:
    commented = value.end or any(item.notes != Notes() for item in value.items)
    if not commented and len(value.items) <= (0 if value.multiline else 1):
        inner = ", ".join(format_value(item, level) for item in value.items)
        return f"[{inner}]"
    inside = INDENT * (level + 1)
    lines = ["["]
    for item in value.items:
        lines.extend(inside + comment for comment in item.notes.before)
        suffix = f"  {item.notes.suffix}" if item.notes.suffix else ""
        lines.append(f"{inside}{format_value(item, level + 1)},{suffix}")
    lines.extend(inside + comment for comment in value.end)
    return "\n".join([*lines, INDENT * level + "]"])


def _select(value: Select, level: int) -> str:
    inside = INDENT * (level + 1)
    lines = ["select({"]
    for branch in sorted(value.branches, key=_branch_order):
        lines.extend(inside + comment for comment in branch.notes.before)
        suffix = f"  {branch.notes.suffix}" if branch.notes.suffix else ""
        lines.append(f"{inside}{quote(branch.key)}: {format_value(branch.value, level + 1)},{suffix}")
    lines.extend(inside + comment for comment in value.end)
    return "\n".join([*lines, INDENT * level + "})"])


def _branch_order(branch: Branch) -> tuple[bool, str]:
    return branch.key == DEFAULT, branch.key
