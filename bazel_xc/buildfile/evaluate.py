"""Runs BUILD files in the Starlark interpreter, for what reading alone cannot tell.

Comes in: texts of BUILD files. Goes out: the rules that a file really makes, loops and comprehensions
included, and whether a text that was written is Starlark at all. The only import of starlark_go. Loaded
symbols are not followed: a call of one is recorded, a value of one is an empty list. All files go into one
run, each in a function of its own, because starting an interpreter costs more than running a hundred files.

No Python function is ever handed to the interpreter (one that nobody else holds crashes the process); calls
are recorded in Starlark itself.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterable, Mapping

from attrs import frozen

_BUILTINS = frozenset(
    """None True False any all bool dict dir enumerate fail getattr hasattr hash int len list max min print
    range repr reversed sorted str tuple type zip abs bytes chr ord float select""".split()
)
_STATEMENT = re.compile(r"^([A-Za-z_]\w*)\(", re.MULTILINE)
_LOAD = re.compile(r"^load\(.*\)$", re.MULTILINE)
_PRELUDE = """\
_made = []
def select(branches, no_match_error = ""):
    return [branches]
def _call(file, kind, kwargs):
    if type(kwargs.get("name")) == "string":
        path = kwargs.get("importpath")
        _made.append((file, kind, kwargs["name"], path if type(path) == "string" else ""))
    return []
"""


@frozen
class MadeRule:
    """A call with a name that happened while a file ran."""

    kind: str
    name: str
    import_path: str


def evaluate(texts: Mapping[str, bytes]) -> tuple[Mapping[str, tuple[MadeRule, ...]], Mapping[str, str]]:
    """The rules that each file makes, and for files that do not run the interpreter's message."""
    programs: dict[str, str] = {}
    errors: dict[str, str] = {}
    for path, data in texts.items():
        try:
            programs[path] = _program(len(programs), data.decode("utf-8"))
        except (SyntaxError, ValueError) as e:
            errors[path] = getattr(e, "msg", None) or str(e)
    try:
        return _made(list(programs), _run(programs.values())), errors
    except ValueError:
        pass
    made: dict[str, tuple[MadeRule, ...]] = {}
    for path, program in programs.items():  # one by one, to learn which it was
        try:
            made.update(_made(list(programs), _run([program])))
        except ValueError as e:
            errors[path] = str(e)
    return made, errors


def check_new(texts: Mapping[str, bytes]) -> Mapping[str, str]:
    """What the interpreter says against files that bazel-xc wrote whole; empty where all of them run."""
    programs: list[str] = []
    kinds: set[str] = {"glob"}
    for data in texts.values():
        text = data.decode("utf-8")
        kinds.update(_STATEMENT.findall(text))
        lines = [f"    {line}" for line in _LOAD.sub("", text).split("\n")]
        programs.append(
            "\n".join([f"def _file{len(programs)}():", "    pass", *lines, f"_file{len(programs)}()", ""])
        )
    stubs = "".join(f"def {kind}(*args, **kwargs):\n    return []\n" for kind in sorted(kinds - {"load"}))
    try:
        _run([stubs, *programs])
    except ValueError:
        return evaluate(texts)[1]
    return {}


def _run(programs: Iterable[str]) -> list[tuple[int, str, str, str]]:
    """Runs all programs in one interpreter. Raises ValueError with its message."""
    from starlark_go import Starlark, StarlarkError, configure_starlark  # noqa: PLC0415 - only where used

    configure_starlark(allow_set=True, allow_global_reassign=True)
    interpreter = Starlark()
    try:
        interpreter.exec(_PRELUDE + "".join(programs))
        found = interpreter.eval("_made")
    except StarlarkError as e:
        raise ValueError(" ".join(str(e).split())) from None
    return [(int(file), str(kind), str(name), str(path)) for file, kind, name, path in found]


def _made(paths: list[str], found: Iterable[tuple[int, str, str, str]]) -> dict[str, tuple[MadeRule, ...]]:
    made: dict[str, list[MadeRule]] = {}
    for file, kind, name, import_path in found:
        made.setdefault(paths[file], []).append(MadeRule(kind, name, import_path))
    return {path: tuple(rules) for path, rules in made.items()}


def _program(number: int, text: str) -> str:
    """A file as a function that records its calls, with stubs for everything it does not define."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        tree = ast.parse(text)
    bound = _BUILTINS | _bound_names(tree)
    edits: list[tuple[int, int, str]] = []
    stubs: dict[str, str] = {}
    starts = _line_starts(text)
    for node in ast.walk(tree):
        for child in ast.iter_child_nodes(node):
            _replace(node, child, bound, edits, stubs, starts)
    body = _applied(text, edits)
    lines = [f"def _file{number}():", "    pass"]
    for name, kind in sorted(stubs.items()):
        lines.append(f"    def {name}(*args, **kwargs):")
        lines.append(f"        return _call({number}, {kind!r}, kwargs)".replace("'", '"'))
    lines += [f"    {line}" for line in re.split(r"\r\n|\r|\n", body)]
    return "\n".join([*lines, f"_file{number}()", ""])


def _replace(
    parent: ast.AST,
    node: ast.AST,
    bound: frozenset[str],
    edits: list[tuple[int, int, str]],
    stubs: dict[str, str],
    starts: list[int],
) -> None:
    """Replaces one free name: a called one by a stub, a value by an empty list, ``load`` by nothing."""
    if isinstance(parent, ast.Attribute) or not isinstance(node, ast.Name | ast.Attribute):
        return
    root: ast.expr = node
    while isinstance(root, ast.Attribute):
        root = root.value
    if not isinstance(root, ast.Name) or root.id in bound or not isinstance(root.ctx, ast.Load):
        return
    called = isinstance(parent, ast.Call) and parent.func is node
    start, end = _offsets(node, starts)
    if called:
        name = "_s_" + re.sub(r"\W", "_", ast.unparse(node))
        stubs[name] = ast.unparse(node).removeprefix("native.")
        edits.append((start, end, name))
    else:
        splatted = isinstance(parent, ast.keyword) and parent.arg is None
        edits.append((start, end, "{}" if splatted else "[]"))


def _bound_names(tree: ast.Module) -> frozenset[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.FunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.arg):
            found.add(node.arg)
    return frozenset(found)


def _line_starts(text: str) -> list[int]:
    """Byte offsets of lines, as the syntax tree counts columns in bytes."""
    return [0, *(found.end() for found in re.finditer(rb"\r\n|\r|\n", text.encode("utf-8")))]


def _offsets(node: ast.expr, starts: list[int]) -> tuple[int, int]:
    assert node.end_lineno is not None
    assert node.end_col_offset is not None
    return starts[node.lineno - 1] + node.col_offset, starts[node.end_lineno - 1] + node.end_col_offset


def _applied(text: str, edits: list[tuple[int, int, str]]) -> str:
    data = text.encode("utf-8")
    for start, end, new in sorted(set(edits), reverse=True):
        data = data[:start] + new.encode("utf-8") + data[end:]
    return data.decode("utf-8")
