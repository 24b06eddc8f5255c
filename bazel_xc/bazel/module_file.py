"""Keeps MODULE.bazel in step: repositories of Go modules, C modules of the registry, overrides.

Comes in: MODULE.bazel as it stands, and what it should say. Goes out: its new bytes and diagnostics. Only the
values owned here change: names in ``use_repo`` of go_deps, and the override tags that bear our comment; what
is missing is added beside its like. It decides nothing of what is wanted.
Source: ``internal/bzlmod/go_deps.bzl`` of bazel-gazelle, release 0.53.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from attrs import frozen

from bazel_xc.bazel.untouched import Touched, damage
from bazel_xc.buildfile.attributes import change_attributes
from bazel_xc.buildfile.edits import Edit, apply_edits, is_before_another, remove_lines, starts_behind_another
from bazel_xc.buildfile.module_file import NAME, ExtensionUse, ModuleFile, read_module_file
from bazel_xc.buildfile.printer import INDENT, NewAttribute, format_call, quote, strings
from bazel_xc.buildfile.syntax import BOM, BuildFile, Call, Notes, Opaque, String, Value
from bazel_xc.model import Diagnostic, Severity

GAZELLE_MODULE, EXTENSION = "gazelle", "go_deps"
MARK = "# Kept by bazel-xc."
# What the extension makes besides modules; people bring it in for go_repository rules of their own.
_CONFIGURATION = "bazel_gazelle_go_repository_config"


@frozen(kw_only=True)
class Override:
    """What one Go module gets besides, or instead of, what Gazelle writes: ``patches`` are labels."""

    path: str
    patches: tuple[str, ...]
    directives: tuple[str, ...] = ()
    generation: str = ""  # "off" where Gazelle is to write nothing in it


@frozen(kw_only=True)
class ModuleWants:
    """What MODULE.bazel should say.

    ``repositories`` are those that ``use_repo`` brings in, None where that is not asked; ``known`` are the
    names that go where they are not among these, None where nobody knows; ``deps`` names and versions of
    Bazel modules, of which a version that is there stays; ``source`` is the attribute of ``from_file`` and
    its label. Where the ``overrides`` are not the ``whole`` of them, those that are there stay.
    """

    repositories: frozenset[str] | None
    known: frozenset[str] | None = None
    deps: tuple[tuple[str, str], ...] = ()
    source: tuple[str, str] = ("go_mod", "//:go.mod")
    gazelle: tuple[str, str] = ("gazelle", "")
    overrides: tuple[Override, ...] = ()
    whole: bool = True


def updated(data: bytes, wants: ModuleWants) -> tuple[bytes, tuple[Diagnostic, ...]]:
    """MODULE.bazel with what is wanted. Raises ``BuildSyntaxError`` where it cannot be read."""
    ended = data in (b"", BOM) or data.endswith((b"\n", b"\r"))
    whole = data if ended else data + (b"\r\n" if b"\r\n" in data else b"\n")
    new, said = _updated(whole, wants)
    return (data if new == whole else new), said


def _updated(data: bytes, wants: ModuleWants) -> tuple[bytes, tuple[Diagnostic, ...]]:
    """As above, for a file whose last line has an end."""
    module = read_module_file(data)
    uses = go_deps_uses(module)
    edits: list[Edit] = []
    said: list[Diagnostic] = []
    if uses and wants.repositories is not None:
        edits.extend(_from_file(module, uses, wants))
        edits.extend(_use_repo(module, uses, wants, said))
        edits.extend(_overrides(module, uses[0], wants, said))
    missing = [each for each in wants.deps if each[0] not in _dep_names(module)]
    included = next((call for call in module.file.calls if call.kind == "include"), None)
    namesake = next((each for each in module.extensions if _has_name(each)), None)
    if not uses and wants.repositories and namesake:
        said.append(_namesake(module, namesake))
    elif not uses and wants.repositories and included:
        said.append(_elsewhere(included))
    elif not uses and wants.repositories:
        if wants.gazelle[0] not in _dep_names(module):
            missing.append(wants.gazelle)
        edits.append(Edit(len(data), len(data), _new_extension(module, wants)))
        edits[:0] = _bazel_deps(module, missing)  # before what may be added at the same place
        whole, more = _updated(apply_edits(module.file, edits), wants)  # overrides go behind the new lines
        return checked(module.file, whole, (), (*said, *more))
    edits[:0] = _bazel_deps(module, missing)
    return checked(module.file, apply_edits(module.file, edits), uses, said)


def checked(
    file: BuildFile, new: bytes, uses: Iterable[ExtensionUse], said: Iterable[Diagnostic]
) -> tuple[bytes, tuple[Diagnostic, ...]]:
    """The new text, or the old one with an error where anything is lost but names and overrides of ours."""
    variables = {use.variable for use in uses}
    ours = (
        Touched(call=call, kinds=frozenset({call.kind}), attributes=frozenset(), may_go=True)
        for call in file.calls
        if MARK in call.notes.before
        or (call.kind == "use_repo" and any(call.args[:1] == (Opaque(name),) for name in variables))
    )
    problem = damage(file, new, ours)
    if not problem:
        return new, tuple(said)
    error = Diagnostic(
        path=NAME,
        severity=Severity.ERROR,
        code="internal",
        message=f"what would be written is not all that was there: {problem}",
        remedy="the file is left as it was; please report it",
    )
    return file.data, (*said, error)


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
        message=f"{EXTENSION} is not used here, and included files are not read, so it is left alone",
        remedy=f"use {EXTENSION} in {NAME} itself to have it kept",
    )


def _dep_names(module: ModuleFile) -> frozenset[str]:
    return frozenset(call.name for call in module.file.calls if call.kind == "bazel_dep")


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
    """``from_file`` where neither it nor modules that are listed one by one say which modules there are."""
    uses = tuple(uses)
    told = (
        call for use in uses for kind in ("from_file", "module") for call in module.tags(use.variable, kind)
    )
    if not any(told):
        attribute, label = wants.source
        text = f"{uses[0].variable}.from_file({attribute} = {quote(label)})\n"
        yield Edit(uses[0].end, uses[0].end, text)


# use_repo


def _use_repo(
    module: ModuleFile, uses: tuple[ExtensionUse, ...], wants: ModuleWants, said: list[Diagnostic]
) -> Iterator[Edit]:
    wanted = wants.repositories or frozenset()
    variables = dict.fromkeys(use.variable for use in uses)
    calls = [call for variable in variables for call in module.use_repos(variable)]
    there = {name for call in calls for name in _repositories(call)}
    missing = sorted(wanted - there)
    own = module.use_repos(uses[0].variable)
    for call in calls:
        if call.opaque or any(not isinstance(each, String) for each in call.args[1:]):
            said.append(_unreadable(call))
            continue
        kept = tuple(each for each in call.args[1:] if isinstance(each, String) and _stays(each, wants))
        named = tuple(each for each in call.attributes if each.keep or _may_stay(each.string or "", wants))
        said.extend(_unknown(call, wants))
        added = missing if own and call is own[-1] else []
        if len(kept) + len(named) + 1 == len(call.args) + len(call.attributes) and not added:
            continue
        args = _with_names(kept, added)
        if args or named:
            renamed = [NewAttribute(each.name, each.value, each.notes) for each in named]
            yield Edit(call.span.start, call.span.end, _call_text(module, call, args, renamed))
        else:
            yield remove_lines(module.file, call)
    if missing and not own:
        names = "".join(f"{INDENT}{quote(name)},\n" for name in missing)
        at = _end_of_tags(module, uses[0])
        yield Edit(at, at, f"use_repo(\n{INDENT}{uses[0].variable},\n{names})\n")


def _repositories(call: Call) -> Iterator[str]:
    for arg in call.args[1:]:
        if isinstance(arg, String):
            yield arg.value
    for attribute in call.attributes:
        if attribute.string:
            yield attribute.string


def _stays(item: String, wants: ModuleWants) -> bool:
    return item.notes.keep or _may_stay(item.value, wants)


def _may_stay(name: str, wants: ModuleWants) -> bool:
    """Whether a repository is wanted, or nobody knows where it comes from.

    The extension makes repositories for what other Bazel modules require, too, and these may be used here.
    """
    return name in (wants.repositories or ()) or name not in (wants.known or ())


def _unknown(call: Call, wants: ModuleWants) -> Iterator[Diagnostic]:
    """The names that stay because no known module has them."""
    if wants.known is None:
        return
    kept = {each.value for each in call.args[1:] if isinstance(each, String) and each.notes.keep}
    kept |= {each.string for each in call.attributes if each.keep and each.string}
    accounted = {*(wants.repositories or ()), *wants.known, *kept, _CONFIGURATION}
    for name in sorted(set(_repositories(call)) - accounted):
        yield Diagnostic(
            path=NAME,
            line=call.line,
            severity=Severity.WARNING,
            code="unknown-repository",
            message=f"no module in go.mod or go.sum gives the repository {name}, so its name stays",
            remedy="remove it if no other Bazel module needs it, or mark it # keep",
        )


def _with_names(kept: tuple[String, ...], added: Iterable[str]) -> list[String]:
    """New names go to their place in a sorted list, else to the end."""
    items = list(kept)
    in_order = [each.value for each in items] == sorted(each.value for each in items)
    items.extend(String(name) for name in added)
    return sorted(items, key=lambda each: each.value) if in_order else items


def _call_text(module: ModuleFile, call: Call, args: list[String], named: list[NewAttribute]) -> str:
    """The call anew, on one line where it was and nothing is in the way."""
    file = module.file
    first = call.args[0]
    assert isinstance(first, Opaque)
    plain = {each.notes for each in args} | {each.notes for each in named} <= {Notes()}
    if file.line_of(call.span.start) == file.line_of(call.span.end) and plain:
        words = [first.text, *(_literal(each) for each in args)]
        words += [f"{each.name} = {_literal(each.value)}" for each in named]
        return f"{call.kind}({', '.join(words)})"
    lines = [f"{call.kind}(", f"{INDENT}{first.text},"]
    for each in args:
        lines += _item(each.notes, _literal(each))
    for attribute in named:
        lines += _item(attribute.notes, f"{attribute.name} = {_literal(attribute.value)}")
    return "\n".join([*lines, *(f"{INDENT}{text}" for text in _last_comments(module, call)), ")"])


def _last_comments(module: ModuleFile, call: Call) -> list[str]:
    """The comments that stand alone before the closing parenthesis."""
    told = {text for each in call.args if isinstance(each, String) for text in _texts(each.notes)}
    told |= {text for each in call.attributes for text in _texts(each.notes)}
    inside = (c for c in module.file.comments if call.span.start < c.span.start < call.span.end)
    return [comment.text for comment in inside if comment.text not in told]


def _texts(notes: Notes) -> tuple[str, ...]:
    return (*notes.before, notes.suffix)


def _item(notes: Notes, text: str) -> list[str]:
    suffix = f"  {notes.suffix}" if notes.suffix else ""
    return [*(f"{INDENT}{comment}" for comment in notes.before), f"{INDENT}{text},{suffix}"]


def _literal(value: Value) -> str:
    if isinstance(value, String):
        return value.raw if value.raw.startswith('"') else quote(value.value)
    return value.text if isinstance(value, Opaque) else ""


def _unreadable(call: Call) -> Diagnostic:
    return Diagnostic(
        path=NAME,
        line=call.line,
        severity=Severity.WARNING,
        code="use-repo",
        message="use_repo is given what is no string, so it is left as it is",
        remedy="name the repositories one by one",
    )


# Overrides


def _overrides(
    module: ModuleFile, use: ExtensionUse, wants: ModuleWants, said: list[Diagnostic]
) -> Iterator[Edit]:
    """Tags of ours that are wanted, changed or new; those that nothing wants any more go."""
    by_path = {each.path: each for each in wants.overrides}
    found: dict[tuple[str, str], Call] = {}
    twins: list[Call] = []
    foreign: dict[str, Call] = {}
    for kind in ("gazelle_override", "module_override", "archive_override"):
        for call in module.tags(use.variable, kind):
            path = call.string("path") or ""
            if MARK in call.notes.before:
                if found.setdefault((kind, path), call) is not call:
                    twins.append(call)
            elif path in by_path:
                foreign[path] = call
    for path, call in sorted(foreign.items()):
        said.append(_taken(path, call))
    tags = {
        (kind, path): attributes
        for path, each in by_path.items()
        if path not in foreign
        for kind, attributes in _tags(each)
    }
    for call in twins if wants.whole else ():
        yield _without_tag(module, call)
    for key, call in found.items():
        if key not in tags and wants.whole:
            yield _without_tag(module, call)
        elif key in tags:
            yield from _changed(module, call, tags[key])
    new = [key for key in sorted(tags, key=lambda each: (each[1], each[0])) if key not in found]
    if new:
        at = _end_of_tags(module, use)
        texts = [f"\n{MARK}\n{format_call(f'{use.variable}.{key[0]}', tags[key])}\n" for key in new]
        rest = module.file.data[at : at + 2]
        gap = "" if not rest or rest.startswith((b"\n", b"\r")) else "\n"
        yield Edit(at, at, "".join(texts) + gap)


def _without_tag(module: ModuleFile, call: Call) -> Edit:
    """Takes out a tag of ours, with our comment and the blank line above it."""
    file = module.file
    if is_before_another(file, call) or starts_behind_another(file, call):
        return remove_lines(file, call)
    line = file.line_of(call.span.start) - len(call.notes.before)
    blank = line > 1 and not file.data[file.line_starts[line - 2] : file.line_starts[line - 1]].strip()
    return Edit(file.line_starts[line - 2 if blank else line - 1], file.end_of_line(call.span.end), "")


def _tags(override: Override) -> Iterator[tuple[str, tuple[NewAttribute, ...]]]:
    path = NewAttribute("path", String(override.path))
    if override.generation:
        yield "gazelle_override", (NewAttribute("build_file_generation", String(override.generation)), path)
    elif override.directives:
        yield "gazelle_override", (NewAttribute("directives", strings(override.directives)), path)
    if override.patches:
        patches = NewAttribute("patches", strings(override.patches))
        yield "module_override", (NewAttribute("patch_strip", Opaque("1")), patches, path)


def _changed(module: ModuleFile, call: Call, wanted: tuple[NewAttribute, ...]) -> Iterator[Edit]:
    new = {each.name: each.value for each in wanted}
    changes: dict[str, Value | None] = {
        name: value for name, value in new.items() if (old := call.get(name)) is None or old.value != value
    }
    changes |= {each.name: None for each in call.attributes if each.name not in new}
    if changes:
        edits = change_attributes(module.file, call, changes)
        yield from edits or (Edit(call.span.start, call.span.end, format_call(call.kind, wanted)),)


def _end_of_tags(module: ModuleFile, use: ExtensionUse) -> int:
    """Behind the last tag of an extension, or behind the line that brings it in."""
    ends = [module.file.end_of_line(call.span.end) for call in module.tags(use.variable)]
    return max([use.end, *ends])


def _taken(path: str, call: Call) -> Diagnostic:
    return Diagnostic(
        path=NAME,
        line=call.line,
        severity=Severity.WARNING,
        code="own-override",
        message=f"{path} has an override of your own, so none is written for its cgo packages",
        remedy="take it out and run again to compare, or keep it as it is",
    )
