"""Keeps MODULE.bazel in step: repositories of Go modules, C modules of the registry, overrides.

Comes in: MODULE.bazel as it is, and a ``ModuleWants``. Goes out: its new bytes and diagnostics. Only values
owned here change: names in ``use_repo`` of go_deps, and the override tags with our comment. New lines are
added beside their like. The wanted contents are decided elsewhere. Source: ``internal/bzlmod/go_deps.bzl`` of
bazel-gazelle, release 0.53.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from attrs import evolve, frozen

from bazel_xc.bazel.override import ModuleOverride
from bazel_xc.bazel.override_tags import override_edits
from bazel_xc.bazel.touched import Touched
from bazel_xc.bazel.untouched import damage
from bazel_xc.bazel.use_repo_names import use_repo_edits
from bazel_xc.buildfile.declarations import MARK
from bazel_xc.buildfile.edits import Edit, apply_edits, is_before_another
from bazel_xc.buildfile.module_file import NAME, ExtensionUse, ModuleFile, read_module_file
from bazel_xc.buildfile.parser import BOM
from bazel_xc.buildfile.printer import INDENT, quote
from bazel_xc.buildfile.syntax import BuildFile, Call, Opaque
from bazel_xc.model import Diagnostic, Severity

# The attributes of tags that people wrote in which items of ours may be.
_SHARED = {
    "gazelle_override": frozenset({"directives", "build_file_generation"}),
    "module_override": frozenset({"patches", "patch_strip"}),
}
GAZELLE_MODULE, EXTENSION = "gazelle", "go_deps"


@frozen(kw_only=True)
class ModuleWants:
    """The wanted contents of MODULE.bazel.

    ``repositories`` are those that ``use_repo`` brings in, None to leave them. ``known`` are the names that
    are removed if they are not among these, None if nothing is known. ``deps`` are names and versions of
    Bazel modules; an existing version stays. ``source`` is the attribute of ``from_file`` and its label. If
    the ``overrides`` are not the ``whole`` of them, existing ones stay.
    """

    repositories: frozenset[str] | None
    known: frozenset[str] | None = None
    deps: tuple[tuple[str, str], ...] = ()
    source: tuple[str, str] = ("go_mod", "//:go.mod")
    gazelle: tuple[str, str] = ("gazelle", "")
    overrides: tuple[ModuleOverride, ...] = ()
    whole: bool = True


def updated(module: ModuleFile, wants: ModuleWants) -> tuple[bytes, tuple[Diagnostic, ...]]:
    """The text of MODULE.bazel, or of the file that it includes, with the wanted contents."""
    data = module.file.data
    whole = data
    if data not in (b"", BOM) and not data.endswith((b"\n", b"\r")):
        whole += b"\r\n" if b"\r\n" in data else b"\n"
    new, said = _updated(module if whole == data else _anew(module, whole), wants)
    return (data if new == whole else new), tuple(evolve(each, path=module.path) for each in said)


def _anew(module: ModuleFile, data: bytes) -> ModuleFile:
    """The file with other bytes."""
    return evolve(read_module_file(data, module.path), deps=module.deps, unread=module.unread)


def _updated(module: ModuleFile, wants: ModuleWants) -> tuple[bytes, tuple[Diagnostic, ...]]:
    """As above, for a file whose last line has a line end."""
    data, uses = module.file.data, go_deps_uses(module)
    edits: list[Edit] = []
    said: list[Diagnostic] = []
    if uses and wants.repositories is not None:
        edits.extend(_from_file(module, uses, wants))
        edits.extend(use_repo_edits(module, uses, wants.repositories, wants.known, said))
        edits.extend(override_edits(module, uses[0], wants.overrides, said, whole=wants.whole))
    missing = [each for each in wants.deps if each[0] not in _dep_names(module)]
    included = next(iter(module.unread), None)
    namesake = next((each for each in module.extensions if _has_name(each)), None)
    if not uses and wants.repositories and namesake:
        said.append(_namesake(module, namesake))
    elif not uses and wants.repositories and included:
        said.append(_elsewhere(included))
    elif not uses and wants.repositories:
        if wants.gazelle[0] not in _dep_names(module):
            missing.append(wants.gazelle)
        edits.append(Edit(len(data), len(data), _new_extension(module, wants)))
        edits[:0] = _bazel_deps(module, missing)  # before other insertions at the same place
        begun = _anew(module, apply_edits(module.file, edits))
        whole, more = _updated(begun, wants)  # overrides go behind the new lines
        return checked(module.file, whole, (), (*said, *more))
    edits[:0] = _bazel_deps(module, missing)
    return checked(module.file, apply_edits(module.file, edits), uses, said)


def checked(
    file: BuildFile, new: bytes, uses: Iterable[ExtensionUse], said: Iterable[Diagnostic]
) -> tuple[bytes, tuple[Diagnostic, ...]]:
    """The new text; or the old one and an error if more is lost than names and overrides of ours."""
    if new == file.data:
        return new, tuple(said)
    variables = {use.variable for use in uses}
    ours = (
        Touched(call=call, kinds=frozenset({call.kind}), attributes=frozenset(), may_go=True)
        for call in file.calls
        if MARK in call.notes.before
        or (call.kind == "use_repo" and any(call.args[:1] == (Opaque(name),) for name in variables))
    )
    shared = (
        Touched(call=call, kinds=frozenset({call.kind}), attributes=_SHARED[tag])
        for call in file.calls
        if MARK not in call.notes.before and (tag := call.kind.rpartition(".")[2]) in _SHARED
    )
    problem = damage(file, new, (*ours, *shared))
    if not problem:
        return new, tuple(said)
    error = Diagnostic(
        path=NAME,
        severity=Severity.ERROR,
        code="internal",
        message=f"the new text would lose something: {problem}",
        remedy="the file is left as it was; please report it",
    )
    return file.data, (*said, error)


def without_overrides(module: ModuleFile) -> tuple[bytes, tuple[Diagnostic, ...]]:
    """The text of MODULE.bazel, or of a file that it includes, without our overrides of modules."""
    said: list[Diagnostic] = []
    uses = go_deps_uses(module)
    edits = [edit for use in uses for edit in override_edits(module, use, (), said, whole=True)]
    return checked(module.file, apply_edits(module.file, edits), uses, said)


def go_deps_uses(module: ModuleFile) -> tuple[ExtensionUse, ...]:
    """Every use of Gazelle's go_deps, those for development last."""
    return module.uses(GAZELLE_MODULE, EXTENSION)


def _has_name(use: ExtensionUse) -> bool:
    return EXTENSION in (use.extension, use.variable) and not use.isolated


def _namesake(module: ModuleFile, use: ExtensionUse) -> Diagnostic:
    return Diagnostic(
        path=NAME,
        line=module.file.line_of(use.end - 1),
        severity=Severity.NOTE,
        code="other-extension",
        message=f"{use.variable} comes from {use.file}, not from Gazelle, so it is left alone",
        remedy=f"use {EXTENSION} of @{GAZELLE_MODULE}//:extensions.bzl to have use_repo kept",
    )


def _elsewhere(included: Call) -> Diagnostic:
    return Diagnostic(
        path=NAME,
        line=included.line,
        severity=Severity.WARNING,
        code="included",
        message=f"{EXTENSION} is not used here, and this file cannot be read, so it is left alone",
        remedy=f"use {EXTENSION} in {NAME} itself to have it kept",
    )


def _dep_names(module: ModuleFile) -> frozenset[str]:
    return frozenset(dep.name for dep in module.bazel_deps)


def _bazel_deps(module: ModuleFile, missing: Iterable[tuple[str, str]]) -> Iterator[Edit]:
    """New lines behind the last ``bazel_dep``, or behind ``module()``."""
    lines = "".join(
        f"bazel_dep(name = {quote(name)}, version = {quote(version)})\n" for name, version in missing
    )
    if not lines:
        return
    file = module.file
    deps = [call for call in file.calls if call.kind == "bazel_dep"]
    heads = [call for call in file.calls if call.kind == "module"]
    after = (deps or heads)[-1:]
    if after and is_before_another(file, after[0]):
        at = after[0].span.end
        yield Edit(at, at, "\n" + lines.rstrip("\n"))
        return
    at = file.end_of_line(after[0].span.end) if after else file.line_starts[0]
    unfinished = "\n" if after and not file.data[:at].endswith((b"\n", b"\r")) else ""
    gap = "" if deps or not after else "\n"
    yield Edit(at, at, unfinished + gap + lines)


def _new_extension(module: ModuleFile, wants: ModuleWants) -> str:
    attribute, label = wants.source
    data, repository = module.file.data, module.apparent_name(wants.gazelle[0])
    gap = "" if not data else "\n" if data.endswith(b"\n") else "\n\n"
    names = "".join(f"{INDENT}{quote(name)},\n" for name in sorted(wants.repositories or ()))
    return (
        f'{gap}{EXTENSION} = use_extension("@{repository}//:extensions.bzl", "{EXTENSION}")\n'
        f"{EXTENSION}.from_file({attribute} = {quote(label)})\n"
        f"use_repo(\n{INDENT}{EXTENSION},\n{names})\n"
    )


def _from_file(module: ModuleFile, uses: Iterable[ExtensionUse], wants: ModuleWants) -> Iterator[Edit]:
    """A ``from_file`` tag, if the extension has neither one nor modules that are listed one by one."""
    uses = tuple(uses)
    told = (
        call for use in uses for kind in ("from_file", "module") for call in module.tags(use.variable, kind)
    )
    if not any(told):
        attribute, label = wants.source
        text = f"{uses[0].variable}.from_file({attribute} = {quote(label)})\n"
        yield Edit(uses[0].end, uses[0].end, text)
