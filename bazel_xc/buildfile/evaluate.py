"""Runs BUILD files in the Starlark interpreter, for facts that reading alone cannot show.

Comes in: texts of BUILD files. Goes out: the rules that each file makes, loops and comprehensions included,
with the values of chosen attributes; and for a text that does not run the interpreter's message. Loaded
symbols are not followed: a call of one is recorded, and its value is an empty list. Globs are recorded, not
expanded. The interpreter is in a process with limits (``starlark``), so that a file with an endless loop gets
a message, too.

No Python function is ever given to the interpreter, because one that nobody else holds crashes the process.
Calls are recorded in Starlark itself.
"""

from __future__ import annotations

import ast
import json
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping
from typing import cast

from attrs import frozen

from bazel_xc.buildfile.starlark import MISSING, NOT_TRIED, TOO_MUCH, run

_BUILTINS = frozenset(
    """None True False any all bool dict dir enumerate fail getattr hasattr hash int len list max min print
    range repr reversed sorted str tuple type zip abs bytes chr ord float select""".split()
)
_STATEMENT = re.compile(r"^([A-Za-z_]\w*)\(", re.MULTILINE)
_LOAD = re.compile(r"^load\(.*\)$", re.MULTILINE)
_SELECT = """\
def select(branches, no_match_error = ""):
    return [branches]
"""
# While values are recorded, a glob is a list of one tuple: this word and the patterns.
_GLOB = "a glob of bazel_xc"
_PRELUDE = f"""\
_made = []
{_SELECT}
def _call(kind, args, kwargs):
    name = kwargs.get("name")
    if type(name) == "string" and "{_GLOB}" not in name:
        path = kwargs.get("importpath")
        values = [(key, repr(kwargs[key])) for key in _wanted if key in kwargs]
        _made.append((kind, name, path if type(path) == "string" else "", values))
    if _wanted and kind == "glob":
        include = args[0] if args else kwargs.get("include", [])
        return [("{_GLOB}", include, args[1] if len(args) > 1 else kwargs.get("exclude", []))]
    return []
"""
_TOGETHER = 500  # files of ours that are run as one text
_Found = tuple[str, str, str, list[tuple[str, str]]]


@frozen
class Glob:
    """``glob(include, exclude)``, its patterns relative to the directory of the BUILD file."""

    include: tuple[str, ...]
    exclude: tuple[str, ...] = ()


@frozen
class EvaluatedRule:
    """A call with a name that happened while a file ran.

    ``attributes`` has the values of the attributes that were asked for: strings and globs, the branches of
    selects one after another, nothing twice. A single string is one item; other values are left out. It is
    None if no attributes were asked for, and in a file that runs only if its globs are empty.
    """

    kind: str
    name: str
    import_path: str = ""
    attributes: Mapping[str, tuple[str | Glob, ...]] | None = None


def evaluate(
    texts: Mapping[str, bytes], attributes: Iterable[str] = ()
) -> tuple[Mapping[str, tuple[EvaluatedRule, ...]], Mapping[str, str]]:
    """The rules of each file that runs, and the interpreter's message for each file that does not, by key.

    A file that runs and makes no rule has an empty tuple. Nothing is known of the values in a file that fails
    with recorded globs and runs with empty ones.
    """
    wanted = tuple(sorted(attributes))
    found, errors = _evaluated(texts, wanted)
    rules = {path: tuple(_rule(call, known=bool(wanted)) for call in calls) for path, calls in found.items()}
    # A text method on a glob fails, as a recorded glob is no list of names: an empty glob is one.
    again = {path: texts[path] for path in errors if wanted and b"glob" in texts[path]}
    again = {path: data for path, data in again.items() if errors[path] not in (MISSING, TOO_MUCH, NOT_TRIED)}
    if again:
        found, still = _evaluated(again, ())
        rules |= {path: tuple(_rule(call, known=False) for call in calls) for path, calls in found.items()}
        errors = {path: message for path, message in errors.items() if path not in again} | dict(still)
    return rules, errors


def _rule(call: _Found, *, known: bool) -> EvaluatedRule:
    kind, name, import_path, values = call
    return EvaluatedRule(
        kind, name, import_path, {key: _items(text) for key, text in values} if known else None
    )


def _items(text: str) -> tuple[str | Glob, ...]:
    """The strings and globs of a value in Starlark's text form; one with a function in it cannot be read."""
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return ()
    return tuple(dict.fromkeys(_flat(value)))


def _flat(value: object) -> Iterator[str | Glob]:
    match value:
        case str():
            yield value
        case (word, include, exclude) if word == _GLOB:
            yield Glob(_texts(include), _texts(exclude))
        case list() | tuple():
            for each in value:
                yield from _flat(each)
        case dict():
            for each in value.values():
                yield from _flat(each)


def _texts(value: object) -> tuple[str, ...]:
    return tuple(each for each in _flat(value) if isinstance(each, str))


def _evaluated(
    texts: Mapping[str, bytes], wanted: tuple[str, ...]
) -> tuple[Mapping[str, list[_Found]], Mapping[str, str]]:
    programs: dict[str, str] = {}
    errors: dict[str, str] = {}
    for path, data in texts.items():
        try:
            programs[path] = _program(data.decode("utf-8-sig"))
        except (SyntaxError, ValueError) as e:
            errors[path] = getattr(e, "msg", None) or str(e)
    made: dict[str, list[_Found]] = {}
    head = f"_wanted = {json.dumps(wanted)}\n{_PRELUDE}"
    for path, outcome in zip(programs, run(list(programs.values()), head, "_made"), strict=True):
        if outcome.error:
            errors[path] = outcome.error
        else:
            made[path] = _calls(outcome.value)
    return made, errors


def _calls(value: object) -> list[_Found]:
    """The recorded calls, from the interpreter's lists."""
    return [
        (kind, name, path, [(key, text) for key, text in values])
        for kind, name, path, values in cast("list[_Found]", value)
    ]


def check_new(texts: Mapping[str, bytes]) -> Mapping[str, str]:
    """The interpreter's messages about files that bazel-xc wrote whole; empty if all of them run, or if there
    is no interpreter.
    """
    programs: list[str] = []
    kinds: set[str] = {"glob"}
    for data in texts.values():
        text = data.decode("utf-8-sig")
        kinds.update(_STATEMENT.findall(text))
        lines = [f"    {line}" for line in _LOAD.sub("", text).split("\n")]
        programs.append("\n".join(["def _file():", "    pass", *lines, "_file()", ""]))
    stubs = "".join(f"def {kind}(*args, **kwargs):\n    return []\n" for kind in sorted(kinds - {"load"}))
    joined = ["".join(programs[at : at + _TOGETHER]) for at in range(0, len(programs), _TOGETHER)]
    if any(outcome.error not in ("", MISSING) for outcome in run(joined, _SELECT + stubs, "0")):
        return evaluate(texts)[1]
    return {}


def _program(text: str) -> str:
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
    lines = ["def _file():", "    pass"]
    for name, kind in sorted(stubs.items()):
        lines.append(f"    def {name}(*args, **kwargs):")
        lines.append(f"        return _call({json.dumps(kind)}, args, kwargs)")
    lines += [f"    {line}" for line in re.split(r"\r\n|\r|\n", body)]
    return "\n".join([*lines, "_file()", ""])


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
