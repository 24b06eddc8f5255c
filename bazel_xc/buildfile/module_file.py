"""Reads MODULE.bazel: its calls, and the module extensions it uses by the variables that hold them.

Comes in: the bytes of the file. Goes out: a ``ModuleFile``: the same lossless ``BuildFile`` as of any BUILD
file, every ``variable = use_extension(...)`` and every ``bazel_dep``; files of ``include()`` too, each for
itself. Nothing is evaluated. This is the only reader of MODULE.bazel.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from functools import cached_property

from attrs import evolve, frozen

from bazel_xc.buildfile.parser import parse_with_tree
from bazel_xc.buildfile.syntax import BuildFile, BuildSyntaxError, Call, Opaque, String
from bazel_xc.model import parsed_label

NAME = "MODULE.bazel"
_PARAMETERS = ("extension_bzl_file", "extension_name")  # of use_extension


@frozen
class BazelDep:
    """One ``bazel_dep`` of MODULE.bazel; ``repository`` is its apparent name."""

    name: str
    version: str
    repository: str


@frozen(kw_only=True)
class ExtensionUse:
    """One ``variable = use_extension(file, extension)``; ``end`` is the offset just behind its line."""

    variable: str
    file: str
    extension: str
    development: bool
    isolated: bool
    end: int


@frozen
class ModuleFile:
    """MODULE.bazel as it is now, or a file that it includes.

    ``deps`` are the ``bazel_dep`` lines of other files, and ``unread`` the inclusions that cannot be read.
    """

    file: BuildFile
    extensions: tuple[ExtensionUse, ...]
    deps: tuple[BazelDep, ...] = ()
    unread: tuple[Call, ...] = ()

    @property
    def path(self) -> str:
        """The path of the file from the workspace root."""
        return self.file.path

    @cached_property
    def bazel_deps(self) -> tuple[BazelDep, ...]:
        """The Bazel modules that this module depends on."""
        return (*self.own_deps, *self.deps)

    @cached_property
    def own_deps(self) -> tuple[BazelDep, ...]:
        """The ``bazel_dep`` lines of this file."""
        calls = (call for call in self.file.calls if call.kind == "bazel_dep")
        return tuple(
            BazelDep(call.name, call.string("version") or "", call.string("repo_name") or call.name)
            for call in calls
        )

    def uses(self, bazel_module: str, extension: str) -> tuple[ExtensionUse, ...]:
        """Every use of an extension that a Bazel module has in its ``extensions.bzl``.

        Isolated uses are left out, and those for development come last. An extension of the same name from
        another file is another extension.
        """
        names = self._repositories(bazel_module)
        found = (
            each
            for each in self.extensions
            if each.extension == extension and not each.isolated and _repository(each.file) in names
        )
        return tuple(sorted(found, key=lambda each: each.development))

    def _repositories(self, bazel_module: str) -> frozenset[str]:
        """The names of a Bazel module's repository here and in a WORKSPACE; "" if it is this module."""
        itself = any(call.kind == "module" and call.name == bazel_module for call in self.file.calls)
        names = {bazel_module, f"bazel_{bazel_module}", self.apparent_name(bazel_module)}
        return frozenset(names | {""} if itself else names)

    def apparent_name(self, bazel_module: str) -> str:
        """The name of a Bazel module's repository in this file."""
        deps = (dep for dep in self.bazel_deps if dep.name == bazel_module)
        return next((dep.repository for dep in deps if dep.repository != dep.name), bazel_module)

    def tags(self, variable: str, kind: str = "") -> tuple[Call, ...]:
        """The calls of an extension's tag classes, or of one of them."""
        calls = (call for call in self.file.calls if call.kind.startswith(f"{variable}."))
        return tuple(call for call in calls if not kind or call.kind == f"{variable}.{kind}")

    def use_repos(self, variable: str) -> tuple[Call, ...]:
        """The ``use_repo`` calls of an extension."""
        calls = (call for call in self.file.calls if call.kind == "use_repo")
        return tuple(call for call in calls if call.args[:1] == (Opaque(variable),))


def _repository(label: str) -> str | None:
    """The repository of an ``extensions.bzl``, also from its canonical name; None for any other file."""
    repository, slashes, path = label.lstrip("@").partition("//")
    return re.split("[+~]", repository)[0] if slashes and path == ":extensions.bzl" else None


def read_module_file(data: bytes, path: str = NAME) -> ModuleFile:
    """Reads one file. Raises ``BuildSyntaxError`` as ``parse`` does."""
    file, tree = parse_with_tree(path, data)
    return ModuleFile(file, tuple(_extensions(file, tree)))


def read_module_files(
    read: Callable[[str], bytes | None], failed: Callable[[str, BuildSyntaxError], None]
) -> tuple[ModuleFile, ...]:
    """MODULE.bazel and the files that it includes, in this order; none without a MODULE.bazel.

    ``read`` gives a file by its path. ``failed`` is called with the path of a file that is no Starlark, which
    is left out.
    """
    found: dict[str, ModuleFile] = {}
    unread: list[Call] = []
    pending: list[tuple[str, Call | None]] = [(NAME, None)]
    while pending:
        path, call = pending.pop(0)
        data = read(path) if path and path not in found else None
        if data is None:
            unread += [call] if call and path not in found else []
            continue
        try:
            found[path] = read_module_file(data, path)
        except BuildSyntaxError as e:
            failed(path, e)
            continue
        calls = (each for each in found[path].file.calls if each.kind == "include")
        pending += [(_included(each), each) for each in calls]
    deps = {path: each.own_deps for path, each in found.items()}
    return tuple(
        evolve(
            each,
            deps=tuple(dep for other, some in deps.items() if other != path for dep in some),
            unread=tuple(unread),
        )
        for path, each in found.items()
    )


def _included(call: Call) -> str:
    """The path of an included file, empty for one that is not in this workspace."""
    text = next((each.value for each in call.args if isinstance(each, String)), call.string("label"))
    label = parsed_label(text) if text and text.startswith("//") else None
    return label.path if label else ""


def _extensions(file: BuildFile, tree: ast.Module) -> Iterator[ExtensionUse]:
    for node in tree.body:
        match node:
            case ast.Assign(
                targets=[ast.Name(id=variable)], value=ast.Call(func=ast.Name(id="use_extension")) as call
            ):
                named = {each.arg: each.value for each in call.keywords}
                missing = _PARAMETERS[len(call.args) :]
                given = [*call.args, *(named[each] for each in missing if each in named)]
                if len(given) == len(_PARAMETERS):
                    path, extension = map(_text, given)
                    line = node.end_lineno or node.lineno
                    starts = file.line_starts
                    yield ExtensionUse(
                        variable=variable,
                        file=path,
                        extension=extension,
                        development=_is_true(named.get("dev_dependency")),
                        isolated=_is_true(named.get("isolate")),
                        end=starts[line] if line < len(starts) else len(file.data),
                    )


def _text(node: ast.expr) -> str:
    """The value of a string, and the text of any other expression."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ast.unparse(node)


def _is_true(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is True
