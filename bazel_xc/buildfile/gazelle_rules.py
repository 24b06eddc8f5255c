"""The build tags of ``gazelle()`` rules, anywhere in the workspace.

Comes in: the bytes of a BUILD file, and a function that reads other files. Goes out: tags. Such a rule runs
over the whole workspace, whichever directory it is in. Lists may be variables of the same file or of a .bzl
file of the workspace; nothing else is evaluated.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable, Iterator

from bazel_xc.model import parsed_label

Read = Callable[[str], bytes | None]
_DEEPEST = 5  # variables that lead to variables


def build_tags(path: str, data: bytes, read: Read) -> frozenset[str]:
    """The ``build_tags`` of all ``gazelle()`` rules of the file at ``path``."""
    if b"build_tags" not in data or b"gazelle" not in data:
        return frozenset()
    tree = _parsed(data)
    if tree is None:
        return frozenset()
    return frozenset(
        tag
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "gazelle"
        for keyword in node.keywords
        if keyword.arg == "build_tags"
        for tag in _strings(keyword.value, tree, path, read, _DEEPEST)
    )


def _parsed(data: bytes) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)
            return ast.parse(data.decode("utf-8-sig"))
    except (SyntaxError, ValueError, RecursionError):
        return None


def _strings(node: ast.expr, tree: ast.Module, path: str, read: Read, depth: int) -> Iterator[str]:
    """The strings of an expression of lists, sums and names."""
    if depth < 0:
        return
    match node:
        case ast.Constant(value=str() as text):
            yield text
        case ast.List(elts=items) | ast.Tuple(elts=items):
            for item in items:
                yield from _strings(item, tree, path, read, depth - 1)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            yield from _strings(left, tree, path, read, depth)
            yield from _strings(right, tree, path, read, depth)
        case ast.Name(id=name):
            yield from _named(name, tree, path, read, depth - 1)


def _named(name: str, tree: ast.Module, path: str, read: Read, depth: int) -> Iterator[str]:
    """The strings of a variable of the file, or of the .bzl file that it is loaded from."""
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=target)], value=value) if target == name:
                yield from _strings(value, tree, path, read, depth)
            case ast.Expr(
                value=ast.Call(func=ast.Name(id="load"), args=[ast.Constant(value=str() as file), *_]) as call
            ):
                source = _loaded_as(call, name)
                label = parsed_label(file, path.rpartition("/")[0]) if source else None
                where = label.path if label and not label.repo else ""
                other = _parsed(read(where) or b"") if where else None
                if source and other is not None:
                    yield from _named(source, other, where, read, depth)


def _loaded_as(call: ast.Call, name: str) -> str:
    """The name of a symbol in the file that a load names, empty if the load does not bring it."""
    for arg in call.args[1:]:
        if isinstance(arg, ast.Constant) and arg.value == name:
            return name
    for keyword in call.keywords:
        if keyword.arg == name and isinstance(keyword.value, ast.Constant):
            return str(keyword.value.value)
    return ""
