"""The editor of MODULE.bazel: statements of others stay, and a second edit changes nothing."""

from __future__ import annotations

import ast
import warnings
from collections import Counter
from collections.abc import Iterator

from fuzz_inputs import Source, files

from bazel_xc.bazel.override import ModuleOverride
from bazel_xc.bazel.use_repo import ModuleWants, updated
from bazel_xc.buildfile.declarations import MARK
from bazel_xc.buildfile.module_file import read_module_file
from bazel_xc.buildfile.syntax import BuildSyntaxError

_REPOSITORIES = ("com_github_a_b", "org_golang_x_sys", "net_c")
_OVERRIDES = (
    (),
    (ModuleOverride(path="a.org/b", patches=("//third_party:b.patch",)),),
    (ModuleOverride(path="a.org/b", patches=(), directives=("gazelle:resolve go x //y",), generation="off"),),
)
# What is edited, or may be: the rest is the user's.
_EDITED = frozenset(
    "use_extension use_repo bazel_dep from_file module_override gazelle_override module".split()
)


def target(data: bytes) -> None:
    """Edits twice."""
    source = Source(data)
    names = frozenset(source.some(_REPOSITORIES))
    wants = ModuleWants(
        repositories=source.choice((names, None)),
        known=source.choice((None, names, frozenset({"gone"}))),
        deps=source.choice(((), (("zlib", "1.3.1"),))),
        overrides=source.choice(_OVERRIDES),
        whole=bool(source.byte() & 1),
    )
    text = source.rest()
    try:
        new, _ = updated(read_module_file(text), wants)
    except BuildSyntaxError:
        return
    assert _others(text) <= _others(new), (text, new)
    if not _is_sound(text):
        return
    again, _ = updated(read_module_file(new), wants)
    assert again == new, (text, new, again)


def _is_sound(data: bytes) -> bool:
    """Whether each name is assigned once and each extension has a file and a name, as Bazel has it."""
    names: list[str] = []
    for statement in _statements(data):
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                names.append(name)
                match value:
                    case ast.Call(func=ast.Name(id="use_extension"), args=args) if len(args) != 2:
                        return False
    return len(names) == len(set(names))


def _statements(data: bytes) -> list[ast.stmt]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        return ast.parse(data.decode("utf-8-sig")).body


def _others(data: bytes) -> Counter[str]:
    """The statements besides calls that are kept in step."""
    return Counter(ast.dump(each) for each in _statements(data) if not _is_edited(each))


def _is_edited(statement: ast.stmt) -> bool:
    match statement:
        case ast.Assign(value=ast.Call(func=ast.Name(id=name))):
            return name in _EDITED
        case ast.Expr(value=ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name))):
            return name in _EDITED
    return False


def seeds() -> Iterator[bytes]:
    """MODULE.bazel files of the golden cases, and one with all that is edited."""
    for at, text in enumerate(files("MODULE.bazel")):
        yield bytes([7, 0, at % 3, at & 1, at % 3, at & 1]) + text
    yield b"\x03\x00\x00\x01\x01\x01" + (
        b'bazel_dep(name = "gazelle", version = "0.40.0")\n\n'
        b'go_deps = use_extension("@gazelle//:extensions.bzl", "go_deps")\n'
        b'go_deps.from_file(go_mod = "//:go.mod")  # here\n' + MARK.encode() + b"\n"
        b'go_deps.module_override(\n    path = "a.org/b",\n    patches = ["//x:y"],\n)\n'
        b'use_repo(\n    go_deps,\n    "net_c",\n    other = "gone",  # why\n)\n'
    )
