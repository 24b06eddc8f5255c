"""Writes docs/rules.md, the reference of the Bazel rules: ``python tests/docs/rules_reference.py``.

Comes in: the .bzl files of ``rules/``. Goes out: the page. Macros are read as Python, which their text is,
too: signature and doc string. The attributes of rules, repository rules and tags are values, so the files
run in the Starlark interpreter, where ``rule`` and ``attr`` give what they were called with. Stardoc would
need Java toolchains and protobuf for this. A test compares the page with the result.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from attrs import frozen

from bazel_xc.buildfile.starlark import run

REPOSITORY = Path(__file__).parents[2]
PAGE = REPOSITORY / "docs" / "rules.md"

# In the order in which they load each other.
_FILES = (
    "rules/private/binary.bzl",
    "rules/private/launch.bzl",
    "rules/private/generate.bzl",
    "rules/private/release.bzl",
    "rules/private/verify.bzl",
    "rules/cc/repositories.bzl",
    "rules/cc/extensions.bzl",
)
# The rule behind a macro that passes attributes on.
_BEHIND = {"bazel_xc": "_run", "bazel_xc_test": "_check_test"}
_FILLED_BY_MACRO = {"marker", "template", "update"}

_TYPES = ("bool", "int", "label", "label_list", "string", "string_dict", "string_list")
_HEAD = """\
def _call(what):
    return lambda *args, **kwargs: dict(kwargs, what = what)

def _attribute(type):
    return lambda **kwargs: dict([(key, kwargs[key]) for key in kwargs if key != "cfg"], type = type)

rule = _call("rule")
repository_rule = _call("repository rule")
module_extension = _call("module extension")
tag_class = _call("tag")
transition = _call("transition")
Label = str
native = None
DefaultInfo = None
depset = None
""" + "".join(f'_attr_{each} = _attribute("{each}")\n' for each in _TYPES)
_LOAD = re.compile(r"^load\((.*?)\)\n", re.MULTILINE | re.DOTALL)
_ATTR = re.compile(r"\battr\.(\w+)\(")

_INTRODUCTION = """\
# Rules

Generated from the doc strings in `rules/` by `make rules-reference`.

`load("@bazel_xc//rules:defs.bzl", ...)` has the rules and macros. All of them also take the attributes that
are common to all rules: `tags`, `visibility` and others. Each gives `DefaultInfo` and no other provider.
The targets and the C toolchains are at the end.
"""

_TARGETS = """\
## Targets

| label | |
|---|---|
| `@bazel_xc//:bazel_xc` | bazel-xc for `bazel run`, in the current directory, with the Go of the toolchain |
| `@bazel_xc//rules/tool:program` | the program alone, for `tool =` of a rule |
| `@bazel_xc//rules/bzl:defs` | the `bzl_library` of `@bazel_xc//rules:defs.bzl` |
| `@bazel_xc//rules/bzl:cc` | the `bzl_library` of the files for C toolchains |

They need `bazel_dep(name = "bazel_xc")`; a WORKSPACE has the rules only.
"""


@frozen
class Macro:
    """A public function with the parts of its doc string; ``parameters`` are name, default and text."""

    summary: str
    parameters: tuple[tuple[str, str, str], ...]


def reference() -> str:
    """The text of the page. Raises ``ValueError`` if a file does not run or a name has no doc string."""
    values = _values()
    macros = _macros()
    parts = [_INTRODUCTION]
    for name in _public("rules/defs.bzl"):
        parts.append("\n".join(_entry(name, values, macros)))
    parts += [_TARGETS, "## C toolchains\n", _docstring("rules/cc/repositories.bzl") + "\n"]
    for name in ("prefixed_cc_toolchain", "zig_cc_toolchain"):
        parts.append("\n".join(_rule(name, values[name], "###")))
    parts.append("\n".join(_extension("cc_toolchains", values["cc_toolchains"])))
    return "\n".join(parts)


def _entry(name: str, values: dict[str, Any], macros: dict[str, Macro]) -> Iterator[str]:
    if name not in macros:
        yield from _rule(name, values[name], "##")
        return
    macro = macros[name]
    yield f"## {name}\n"
    yield f"A macro. {macro.summary}\n"
    yield from _table(
        "parameter", (f"| `{key}` | {default} | {text} |" for key, default, text in macro.parameters)
    )
    if name in _BEHIND:
        yield "The attributes in `**kwargs`:\n"
        yield from _attributes(values[_BEHIND[name]]["attrs"], but=_FILLED_BY_MACRO)


def _rule(name: str, value: dict[str, Any], heading: str) -> Iterator[str]:
    if not value.get("doc"):
        raise ValueError(f"{name} has no doc")
    kind = "test rule" if value.get("test") else value["what"]
    runs = " Its target can be run." if value.get("executable") else ""
    yield f"{heading} {name}\n"
    yield f"A {kind}. {value['doc']}{runs}\n"
    if value.get("environ"):
        yield f"It depends on {_listed(value['environ'])} of the environment.\n"
    named = _NAME | {"doc": f"The name of the {'repository' if 'repository' in kind else 'target'}."}
    yield from _attributes({"name": named} | value["attrs"])


def _extension(name: str, value: dict[str, Any]) -> Iterator[str]:
    yield f"### {name}\n"
    yield f"A module extension of `@bazel_xc//rules/cc:extensions.bzl`. {value['doc']}\n"
    for tag, each in sorted(value["tag_classes"].items()):
        yield f"#### {name}.{tag}\n"
        yield f"{each['doc']}\n"
        yield from _attributes(each["attrs"])


def _attributes(attributes: dict[str, Any], but: Iterable[str] = ()) -> Iterator[str]:
    rows = []
    for name, value in sorted(attributes.items(), key=lambda item: (item[0] != "name", item[0])):
        if name.startswith("_") or name in but:
            continue
        if not value.get("doc"):
            raise ValueError(f"the attribute {name} has no doc")
        default = "required" if value.get("mandatory") else f"`{_default(value)}`"
        values = f" One of {_listed(value['values'])}." if value.get("values") else ""
        rows.append(
            f"| `{name}` | {value['type'].replace('_', ' ')} | {default} | {_cell(value['doc'])}{values} |"
        )
    yield from _table("attribute", rows, columns=4)


def _table(first: str, rows: Iterable[str], columns: int = 3) -> Iterator[str]:
    names = [first, "type", "default", ""] if columns == 4 else [first, "default", ""]
    yield f"| {' | '.join(names)} |".replace("|  |", "| |")
    yield "|" + "---|" * columns
    yield from rows
    yield ""


def _default(value: dict[str, Any]) -> str:
    empty = {"bool": "False", "int": "0", "string": '""', "label": "None", "string_dict": "{}"}
    if "default" not in value:
        return empty.get(value["type"], "[]")
    return f'"{value["default"]}"' if isinstance(value["default"], str) else repr(value["default"])


def _listed(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


_NAME = {"type": "name", "mandatory": True}


def _values() -> dict[str, Any]:
    """What the global names of all files are, those that JSON has: rules with their attributes."""
    text = "".join(f"\n{_plain((REPOSITORY / path).read_text())}" for path in _FILES)
    wanted = [
        *(name for name in _public("rules/defs.bzl") if name not in _macros()),
        *("prefixed_cc_toolchain", "zig_cc_toolchain", "cc_toolchains", *_BEHIND.values()),
    ]
    (outcome,) = run([text], _HEAD, "dict(" + ", ".join(f"{name} = {name}" for name in wanted) + ")")
    if outcome.error:
        raise ValueError(outcome.error)
    assert isinstance(outcome.value, dict)
    return outcome.value


def _plain(text: str) -> str:
    """A file without its loads, as the names are there already, and with attributes as calls."""
    renamed = []
    for load in _LOAD.findall(text):
        renamed += re.findall(r"(\w+) = \"(\w+)\"", load)
    text = _LOAD.sub("", text)
    return "".join(f"{new} = {old}\n" for new, old in renamed) + _ATTR.sub(r"_attr_\1(", text)


def _macros() -> dict[str, Macro]:
    """The public functions of rules/private by name."""
    found = {}
    for path in _FILES:
        if not path.startswith("rules/private/"):
            continue
        for node in ast.parse((REPOSITORY / path).read_text()).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                found[node.name] = _macro(node)
    return found


def _macro(node: ast.FunctionDef) -> Macro:
    summary, _, arguments = (ast.get_docstring(node) or "").partition("\n\nArgs:\n")
    texts = {}
    for entry in re.split(r"\n(?=  \S)", arguments.partition("\n\nReturns:")[0]):
        name, _, text = entry.strip().partition(": ")
        texts[name] = _cell(text[:1].upper() + text[1:])
    names = [each.arg for each in node.args.args]
    defaults = [f"`{ast.unparse(each)}`".replace("'", '"') for each in node.args.defaults]
    defaults = ["required"] * (len(names) - len(defaults)) + defaults
    rows = [(name, default, texts[name]) for name, default in zip(names, defaults, strict=True)]
    if node.args.kwarg:
        rows.append(("**kwargs", "", texts["**kwargs"]))
    return Macro(summary, tuple(rows))


def _public(path: str) -> tuple[str, ...]:
    """The names that a file exports, in its order."""
    return tuple(re.findall(r"^([a-z]\w*) = _", (REPOSITORY / path).read_text(), re.MULTILINE))


def _docstring(path: str) -> str:
    return ast.get_docstring(ast.parse((REPOSITORY / path).read_text())) or ""


if __name__ == "__main__":
    PAGE.write_text(reference(), encoding="utf-8")
    sys.exit(0)
