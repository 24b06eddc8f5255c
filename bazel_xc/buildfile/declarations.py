"""Reads the calls that declare repositories, with their literal arguments.

Comes in: calls of MODULE.bazel; the WORKSPACE and, through a ``read`` function, the macros of the workspace
that it loads. Goes out: ``Declaration`` values, and diagnostics for files that cannot be read. What they
declare is decided in ``repositories``. Nothing is evaluated.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Collection, Iterator

from attrs import field, frozen

from bazel_xc.buildfile.parser import syntax_tree
from bazel_xc.buildfile.syntax import Call, ListValue, Opaque, String
from bazel_xc.model import Diagnostic, Severity, parsed_label

MARK = "# Kept by bazel-xc."
"""The comment of tags, and of items in the tags of people, that bazel-xc adds and removes."""

_MACRO = re.compile(r"#\s*gazelle:repository_macro\s+([^\s%]+)%")


@frozen
class Declaration:
    """A call anywhere in a file: its name and string arguments; ``numbers`` are those that are integers.

    It is ``ours`` if our comment is above it. ``added`` are the items of its lists that have this comment.
    ``path`` and ``line`` are its place, and ``dicts`` its arguments with string keys and values, where it was
    read by ``calls_in``.
    """

    kind: str
    args: tuple[str, ...]
    keywords: dict[str, str]
    lists: dict[str, tuple[str, ...]] = field(factory=dict)
    numbers: dict[str, int] = field(factory=dict)
    ours: bool = False
    added: frozenset[str] = frozenset()
    path: str = ""
    line: int = 0
    dicts: dict[str, dict[str, str]] = field(factory=dict)

    @classmethod
    def from_call(cls, call: Call) -> Declaration:
        """A top-level call that is parsed already."""
        return cls(
            kind=call.kind,
            args=tuple(each.value for each in call.args if isinstance(each, String)),
            keywords={each.name: each.string for each in call.attributes if each.string is not None},
            lists={
                each.name: call.strings(each.name)
                for each in call.attributes
                if isinstance(each.value, ListValue)
            },
            numbers={
                each.name: int(each.value.text)
                for each in call.attributes
                if isinstance(each.value, Opaque) and each.value.text.isdecimal()
            },
            ours=MARK in call.notes.before,
            added=frozenset(
                item.value
                for each in call.attributes
                if isinstance(each.value, ListValue)
                for item in each.value.items
                if isinstance(item, String) and is_added(item)
            ),
        )

    @classmethod
    def from_node(cls, node: ast.Call, path: str) -> Declaration:
        """A call anywhere in the syntax tree of a file."""
        keywords = {key.arg: key.value for key in node.keywords if key.arg}
        return cls(
            kind=ast.unparse(node.func),
            args=tuple(text for text in map(_text, node.args) if text is not None),
            keywords={name: text for name, value in keywords.items() if (text := _text(value)) is not None},
            lists={
                name: tuple(text for text in map(_text, value.elts) if text is not None)
                for name, value in keywords.items()
                if isinstance(value, ast.List)
            },
            path=path,
            line=node.lineno,
            dicts={name: _strings(value) for name, value in keywords.items() if isinstance(value, ast.Dict)},
        )


def is_added(item: String) -> bool:
    """Whether bazel-xc added an item to a list of people."""
    return MARK in (*item.notes.before, item.notes.suffix)


def workspace_calls(
    name: str, read: Callable[[str], bytes | None], said: list[Diagnostic]
) -> Iterator[Declaration]:
    """The calls of a file, as of the WORKSPACE, and of every file of the main repository that it loads, also
    by the name that ``workspace`` gives it.
    """
    pending, seen = [name], {name}
    own: set[str] = set()
    while pending:
        path = pending.pop()
        data = read(path)
        if data is None:
            continue
        package = path.rpartition("/")[0]
        texts = [found[1].decode() for found in re.finditer(_MACRO.pattern.encode(), data)]
        for call in calls_in(path, data, said):
            yield call
            if call.kind == "load" and call.args:
                texts.append(call.args[0])
            elif call.kind == "workspace":
                own |= {call.keywords["name"]} if "name" in call.keywords else set()
        for text in texts:
            loaded = _macro_path(text, package, own)
            if loaded and loaded not in seen:
                seen.add(loaded)
                pending.append(loaded)


def _macro_path(text: str, package: str, own_names: Collection[str]) -> str | None:
    label = parsed_label(text, package, own_names) if text.endswith(".bzl") else None
    return label.path if label and not label.repo else None


def calls_in(path: str, data: bytes, said: list[Diagnostic]) -> Iterator[Declaration]:
    """Every call of a WORKSPACE or of a file of macros, however deep in it."""
    try:
        tree = syntax_tree(data)
    except (SyntaxError, ValueError) as e:
        where = getattr(e, "lineno", 0) or 0, getattr(e, "offset", 0) or 0
        said.append(unreadable(path, getattr(e, "msg", str(e)), *where))
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield Declaration.from_node(node, path)


def unreadable(path: str, message: str, line: int, column: int) -> Diagnostic:
    """The error for a file whose repositories are not known."""
    return Diagnostic(
        path=path,
        line=line,
        column=column,
        severity=Severity.ERROR,
        code="syntax",
        message=message,
        remedy="fix it; its repositories are not known",
    )


def _strings(node: ast.Dict) -> dict[str, str]:
    pairs = ((_text(key), _text(value)) for key, value in zip(node.keys, node.values, strict=True) if key)
    return {key: value for key, value in pairs if key is not None and value is not None}


def _text(node: ast.expr) -> str | None:
    """A string, also that of a ``Label("...")``."""
    match node:
        case (
            ast.Constant(value=str(text))
            | ast.Call(func=ast.Name(id="Label"), args=[ast.Constant(value=str(text))])
        ):
            return text
    return None
