"""Keeps the macro with the ``go_repository`` rules of a WORKSPACE in step with the build list.

Comes in: the macro file as it is, the modules of the build, the overrides of third-party modules. Goes out:
its new bytes and diagnostics. Importpath, version, replacement and checksum are owned here, and of build
attributes those that overrides set; any other attribute, comment and rule stays. go.sum is read elsewhere.
Source: ``gazelle update-repos -from_file=go.mod -to_macro=... -prune``.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from attrs import frozen

from bazel_xc.bazel.names import workspace_repository
from bazel_xc.bazel.override import ModuleOverride, with_items
from bazel_xc.buildfile.attributes import change_attributes
from bazel_xc.buildfile.declarations import MARK, is_added
from bazel_xc.buildfile.edits import Edit, apply_edits, remove_lines
from bazel_xc.buildfile.parser import parse, syntax_tree
from bazel_xc.buildfile.printer import NewAttribute, format_call, strings
from bazel_xc.buildfile.repositories import OURS
from bazel_xc.buildfile.syntax import BuildFile, BuildSyntaxError, Call, ListValue, String, Value
from bazel_xc.golang.build_list import BuildList, BuildModule
from bazel_xc.model import WORKSPACE_NAMES, Diagnostic, Severity, some_of

_DIRECTIVE = re.compile(r"^#\s*gazelle:repository_macro\s+([^\s%]+)%(\w+)", re.MULTILINE)
_LOAD = 'load("@bazel_gazelle//:deps.bzl", "go_repository")\n'
_RULE = "go_repository"
DEFAULT_FILE, DEFAULT_FUNCTION = "go_repositories.bzl", "go_repositories"


@frozen
class MacroPlace:
    """The file, relative to the workspace root, and the function that declare the repositories."""

    file: str
    function: str


def find_macro(look: Callable[[str], bytes | None]) -> MacroPlace | None:
    """The macro that Gazelle's directive in the WORKSPACE names."""
    for name in WORKSPACE_NAMES:
        text = (look(name) or b"").decode("utf-8", "replace")
        found = _DIRECTIVE.search(text)
        if found:
            return MacroPlace(found[1].removeprefix("//").replace(":", "/").lstrip("/"), found[2])
    return None


def new_macro(function: str) -> bytes:
    """A macro file without a rule."""
    return (
        f'"""The Go modules that this workspace uses."""\n\n{_LOAD}\n'
        f'def {function}():\n    """Declares a repository for every module of the build."""\n'
    ).encode()


def updated_macro(
    place: MacroPlace,
    data: bytes,
    build: BuildList,
    elsewhere: frozenset[str],
    overrides: Mapping[str, ModuleOverride],
    *,
    whole: bool = True,
) -> tuple[bytes, tuple[Diagnostic, ...]]:
    """The macro file with a rule for every module that can be downloaded.

    ``elsewhere`` are the import paths that other files declare. Modules without a checksum, and those that a
    directory replaces, are reported. If the build list is not whole, no rule is removed; if the overrides are
    not the ``whole`` of them, existing ones stay.
    """
    try:
        body = _body(place, data)
    except BuildSyntaxError as e:
        return data, (_unreadable(place, e.message, e.line),)
    wanted = {each.path: each for each in build.modules if each.path not in elsewhere}
    known = {call.string("importpath"): call for call in body.file.calls if call.kind == _RULE}
    edits: list[Edit] = []
    lacking: list[str] = []
    taken: list[str] = []
    for path, call in known.items():
        module = wanted.get(path or "")
        if module is None or module.local:
            if build.whole and not call.keep:
                edits.append(remove_lines(body.file, call))
        else:
            override = overrides.get(module.path)
            if _is_shared(call):
                edits.extend(_composed(body.file, call, module, override, whole=whole))
                continue
            if override and _has_own_build_attributes(call):
                taken.append(module.path)
                override = None
            edits.extend(_changed(body.file, call, module, override, whole=whole))
    for path, module in sorted(wanted.items()):
        if path not in known and not module.local:
            if module.sum:
                edits.append(_inserted(body.file, module, overrides.get(path)))
            else:
                lacking.append(path)
    new = body.replaced(apply_edits(body.file, edits)) if edits else data
    local = [each.path for each in wanted.values() if each.local]
    partial = () if build.whole else (_partial(place),)
    return new, (*partial, *_said(place, lacking, local), *(_taken(place, path) for path in taken))


def macro_without_overrides(place: MacroPlace, data: bytes) -> tuple[bytes, tuple[Diagnostic, ...]]:
    """The macro file without our overrides of modules."""
    try:
        body = _body(place, data)
    except BuildSyntaxError as e:
        return data, (_unreadable(place, e.message, e.line),)
    edits: list[Edit] = []
    for call in body.file.calls:
        if call.kind == _RULE and not call.keep and (changes := _without_override(call)):
            edits.extend(change_attributes(body.file, call, changes, mark=MARK) or ())
    return body.replaced(apply_edits(body.file, edits)) if edits else data, ()


def _without_override(call: Call) -> dict[str, Value | None]:
    if not _is_shared(call):
        ours = _BUILD_ATTRIBUTES if is_ours(call.strings("patches")) else ()
        return dict.fromkeys((name for name in ours if call.get(name)), None)
    changes: dict[str, Value | None] = dict.fromkeys((name for name in _MARKED if call.get(name)), None)
    directives = call.get("build_directives")
    if directives and isinstance(directives.value, ListValue):
        items = with_items(directives.value, ListValue(()))
        if items != directives.value:
            changes["build_directives"] = items
    return changes


@frozen
class _Body:
    """The statements of the function, without their indentation, and the text around them."""

    before: bytes
    file: BuildFile
    after: bytes

    def replaced(self, text: bytes) -> bytes:
        """The whole file with another body."""
        return self.before + _indented(text) + self.after


def _body(place: MacroPlace, data: bytes) -> _Body:
    """The function's body. Raises ``BuildSyntaxError`` if there is no such function, or its indentation
    differs.
    """
    parse(place.file, data)
    tree = syntax_tree(data)
    found = [n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == place.function]
    if not found:
        raise BuildSyntaxError(f"there is no function {place.function}", 1, 1)
    function = found[0]
    lines = data.splitlines(keepends=True)
    doc = function.body[0] if ast.get_docstring(function) is not None else None
    first = (doc.end_lineno if doc else function.body[0].lineno - 1) or 0
    while not doc and first > function.lineno and lines[first - 1].lstrip().startswith(b"#"):
        first -= 1
    last = function.end_lineno or len(lines)
    inner = b"".join(lines[first:last])
    plain = re.sub(rb"(?m)^    ", b"", inner)
    if _indented(plain) != inner:
        raise BuildSyntaxError(f"{place.function} is not indented by four spaces", function.lineno, 1)
    before = b"".join(lines[:first])
    if before and not before.endswith(b"\n"):
        before += b"\n"
    return _Body(before, parse(place.file, plain), b"".join(lines[last:]))


def _indented(text: bytes) -> bytes:
    return re.sub(rb"(?m)^(?=[^\r\n])", b"    ", text)


def _attributes(module: BuildModule, override: ModuleOverride | None) -> dict[str, Value]:
    found: dict[str, Value] = {"importpath": String(module.path)}
    if module.replace_path:
        found["replace"] = String(module.replace_path)
    found |= {"sum": String(module.sum), "version": String(module.source[1])}
    if override and override.generation:
        found["build_file_generation"] = String(override.generation)
    if override and override.directives:
        found["build_directives"] = strings(override.directives)
    if override and override.patches:
        found |= {"patch_args": strings(["-p1"]), "patches": strings(override.patches)}
    return found


def _inserted(file: BuildFile, module: BuildModule, override: ModuleOverride | None) -> Edit:
    """A rule before the first one whose name is greater."""
    name = workspace_repository(module.path)
    attributes = {"name": String(name), **_attributes(module, override)}
    text = format_call(_RULE, [NewAttribute(key, value) for key, value in attributes.items()])
    for call in file.calls:
        if call.kind == _RULE and call.name > name:
            start = file.line_starts[file.line_of(call.span.start) - 1 - len(call.notes.before)]
            return Edit(start, start, f"{text}\n")
    end = len(file.data)
    return Edit(end, end, f"{text}\n")


_MARKED = ("build_file_generation", "patch_args", "patches")  # have our comment beside directives of a person
_BUILD_ATTRIBUTES = ("build_file_generation", "build_directives", "patch_args", "patches")


def _changed(
    file: BuildFile, call: Call, module: BuildModule, override: ModuleOverride | None, *, whole: bool
) -> Iterator[Edit]:
    wanted = _wanted(call, module, override)
    changes = _changes(call, module, wanted)
    if override is None and whole and is_ours(call.strings("patches")):
        changes |= dict.fromkeys((name for name in _BUILD_ATTRIBUTES if call.get(name)), None)
    if changes and not call.keep:
        edits = change_attributes(file, call, changes)
        yield from edits or ()


def _wanted(call: Call, module: BuildModule, override: ModuleOverride | None) -> dict[str, Value]:
    """The attributes that the rule of a module should have."""
    wanted = _attributes(module, override)
    if not module.sum and call.string("version") == module.source[1]:
        wanted.pop("sum")  # the existing one is as good
    return wanted


def _changes(call: Call, module: BuildModule, wanted: Mapping[str, Value]) -> dict[str, Value | None]:
    """The wanted attributes that are other ones, and sources that no longer apply."""
    changes: dict[str, Value | None] = {
        name: value
        for name, value in wanted.items()
        if (old := call.get(name)) is None or (old.value != value and not old.keep)
    }
    if not module.replace_path and call.get("replace"):
        changes["replace"] = None
    for name in ("commit", "tag", "remote", "vcs", "urls", "sha256", "strip_prefix", "type"):
        if call.get(name) and "sum" in wanted:
            changes[name] = None
    return changes


def _is_shared(call: Call) -> bool:
    """Whether a person has directives in the rule and no other build attribute, or ours are beside theirs."""
    directives = call.get("build_directives")
    if directives is None or not isinstance(directives.value, ListValue):
        return False
    marked = any(MARK in attribute.notes.before for name in _MARKED if (attribute := call.get(name))) or any(
        is_added(each) for each in directives.value.items if isinstance(each, String)
    )
    return marked or not any(call.get(name) for name in _MARKED)


def _composed(
    file: BuildFile, call: Call, module: BuildModule, override: ModuleOverride | None, *, whole: bool
) -> Iterator[Edit]:
    """Adds our directives after the user's, marked with our comment, and our other attributes."""
    wanted = _wanted(call, module, override)
    ours = wanted.pop("build_directives", ListValue(()))
    changes = _changes(call, module, wanted)
    attribute = call.get("build_directives")
    if attribute and (override or whole) and isinstance(attribute.value, ListValue):
        items = with_items(attribute.value, ours if isinstance(ours, ListValue) else ListValue(()))
        if items != attribute.value:
            changes["build_directives"] = items
    if override is None and whole:
        changes |= dict.fromkeys((name for name in _MARKED if call.get(name)), None)
    if changes and not call.keep:
        notes = {name: MARK for name in _MARKED if changes.get(name)}
        edits = change_attributes(file, call, changes, notes, MARK)
        yield from edits or ()


def _has_own_build_attributes(call: Call) -> bool:
    """Whether the user has patched the module, or configures Gazelle in it."""
    return any(call.get(name) for name in _BUILD_ATTRIBUTES) and not is_ours(call.strings("patches"))


def is_ours(labels: Iterable[str]) -> bool:
    """Whether bazel-xc wrote the patches."""
    return any(OURS in label for label in labels)


def _said(place: MacroPlace, lacking: list[str], local: list[str]) -> Iterator[Diagnostic]:
    if lacking:
        have, get = ("has", "gets") if len(lacking) == 1 else ("have", "get")
        yield Diagnostic(
            path=place.file,
            severity=Severity.NOTE,
            code="no-checksum",
            message=f"{some_of(lacking, 1)} of the build list {have} no checksum in go.sum and {get} no"
            " repository",
            remedy="no build needs them; go mod download all adds their checksums",
        )
    for path in local:
        yield Diagnostic(
            path=place.file,
            severity=Severity.NOTE,
            code="local-module",
            message=f"{path} is replaced by a directory, which go_repository does not support",
            remedy="declare it with local_repository, or keep its BUILD files in this workspace",
        )


def _partial(place: MacroPlace) -> Diagnostic:
    return Diagnostic(
        path=place.file,
        severity=Severity.NOTE,
        code="build-list",
        message="go cannot list the whole build without a network, so no repository is removed",
        remedy="run: go mod download all",
    )


def _taken(place: MacroPlace, path: str) -> Diagnostic:
    return Diagnostic(
        path=place.file,
        severity=Severity.WARNING,
        code="own-override",
        message=f"{path} has patches or directives of your own, so none are written for its cgo packages",
        remedy="remove them and run again to compare, or keep them as they are",
    )


def _unreadable(place: MacroPlace, message: str, line: int) -> Diagnostic:
    return Diagnostic(
        path=place.file,
        line=line,
        severity=Severity.ERROR,
        code="repository-macro",
        message=message,
        remedy=f"the directive needs a function {place.function} with go_repository rules",
    )
