"""The tags of go_deps by which bazel-xc overrides third-party modules.

Comes in: MODULE.bazel, a use of the extension, and the overrides that modules need. Goes out: edits, and
findings about values that are in the way. Tags with our comment above them are ours. In a tag that a person
wrote, only items and attributes with this comment change.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bazel_xc.bazel.override import ModuleOverride, with_items
from bazel_xc.buildfile.attributes import change_attributes
from bazel_xc.buildfile.declarations import MARK
from bazel_xc.buildfile.edits import Edit, is_before_another, remove_lines, starts_behind_another
from bazel_xc.buildfile.module_file import ExtensionUse, ModuleFile
from bazel_xc.buildfile.printer import NewAttribute, format_call, strings
from bazel_xc.buildfile.syntax import Call, ListValue, Opaque, String, Value
from bazel_xc.model import Diagnostic, Severity

_NO_STRIP = Opaque("0")  # the default


def override_edits(
    module: ModuleFile,
    use: ExtensionUse,
    overrides: Iterable[ModuleOverride],
    said: list[Diagnostic],
    *,
    whole: bool,
) -> Iterator[Edit]:
    """The edits after which our tags of an extension are the ``overrides``.

    Tags of ours that nothing needs are removed, unless the overrides are not the ``whole`` of them. Findings
    are added to ``said``.
    """
    by_path = {each.path: each for each in overrides}
    found: dict[tuple[str, str], Call] = {}
    twins: list[Call] = []
    foreign: dict[tuple[str, str], Call] = {}
    for kind in ("gazelle_override", "module_override"):
        for call in module.tags(use.variable, kind):
            path = call.string("path") or ""
            if MARK not in call.notes.before:
                foreign[kind, path] = call
            elif found.setdefault((kind, path), call) is not call:
                twins.append(call)
    tags = {(kind, path): attributes for path, each in by_path.items() for kind, attributes in _tags(each)}
    for call in twins if whole else ():
        yield _without_tag(module, call)
    for key, call in found.items():
        if key not in tags and whole:
            yield _without_tag(module, call)
        elif key in tags:
            yield from _changed(module, call, tags[key])
    for key, call in foreign.items():
        if key in tags or whole:
            yield from _composed(module, call, tags.get(key, ()), said)
    new = [
        key for key in sorted(tags, key=lambda each: (each[1], each[0])) if key not in {**found, **foreign}
    ]
    if new:
        at = end_of_tags(module, use)
        texts = [f"\n{MARK}\n{format_call(f'{use.variable}.{key[0]}', tags[key])}\n" for key in new]
        rest = module.file.data[at : at + 2]
        gap = "" if not rest or rest.startswith((b"\n", b"\r")) else "\n"
        yield Edit(at, at, "".join(texts) + gap)


def _without_tag(module: ModuleFile, call: Call) -> Edit:
    """Removes a tag of ours, with our comment and the blank line above it."""
    file = module.file
    if is_before_another(file, call) or starts_behind_another(file, call):
        return remove_lines(file, call)
    line = file.line_of(call.span.start) - len(call.notes.before)
    blank = line > 1 and not file.data[file.line_starts[line - 2] : file.line_starts[line - 1]].strip()
    return Edit(file.line_starts[line - 2 if blank else line - 1], file.end_of_line(call.span.end), "")


def _tags(override: ModuleOverride) -> Iterator[tuple[str, tuple[NewAttribute, ...]]]:
    path = NewAttribute("path", String(override.path))
    if override.generation:
        yield "gazelle_override", (NewAttribute("build_file_generation", String(override.generation)), path)
    elif override.directives:
        yield "gazelle_override", (NewAttribute("directives", strings(override.directives)), path)
    if override.patches:
        patches = NewAttribute("patches", strings(override.patches))
        yield "module_override", (NewAttribute("patch_strip", Opaque(f"{override.strip}")), patches, path)


def _changed(module: ModuleFile, call: Call, wanted: tuple[NewAttribute, ...]) -> Iterator[Edit]:
    new = {each.name: each.value for each in wanted}
    changes: dict[str, Value | None] = {
        name: value for name, value in new.items() if (old := call.get(name)) is None or old.value != value
    }
    changes |= {each.name: None for each in call.attributes if each.name not in new}
    if changes:
        edits = change_attributes(module.file, call, changes)
        yield from edits or (Edit(call.span.start, call.span.end, format_call(call.kind, wanted)),)


def _composed(
    module: ModuleFile, call: Call, wanted: tuple[NewAttribute, ...], said: list[Diagnostic]
) -> Iterator[Edit]:
    """Adds the items of ours to the lists in a tag that a person wrote, and removes those without a use.

    Another value in a way is reported.
    """
    new = {each.name: each.value for each in wanted if each.name != "path"}
    changes: dict[str, Value | None] = {}
    for name in ("directives", "patches"):
        ours, attribute = new.get(name), call.get(name)
        old = attribute.value if attribute else None
        if old is not None and not isinstance(old, ListValue):
            if ours:
                said.append(_in_the_way(module, call, name))
            continue
        value = with_items(old, ours if isinstance(ours, ListValue) else ListValue(()))
        if value != old and (value.items or old):
            changes[name] = value if value.items else None
    for name in ("patch_strip", "build_file_generation"):
        ours, attribute = new.get(name), call.get(name)
        added = bool(attribute and MARK in attribute.notes.before)
        if ours == _NO_STRIP and attribute is None:
            continue
        if ours and (attribute is None or added):
            changes |= {name: ours} if attribute is None or attribute.value != ours else {}
        elif ours and attribute and attribute.value != ours:
            said.append(_in_the_way(module, call, name))
            return
        elif added:
            changes[name] = None
    if changes:
        notes = {name: MARK for name in ("patch_strip", "build_file_generation") if changes.get(name)}
        edits = change_attributes(module.file, call, changes, notes, MARK)
        yield from edits or ()


def end_of_tags(module: ModuleFile, use: ExtensionUse) -> int:
    """The offset behind the last tag of an extension, or behind the line that brings it in."""
    ends = [module.file.end_of_line(call.span.end) for call in module.tags(use.variable)]
    return max([use.end, *ends])


def _in_the_way(module: ModuleFile, call: Call, name: str) -> Diagnostic:
    return Diagnostic(
        path=module.path,
        line=call.line,
        severity=Severity.WARNING,
        code="own-override",
        message=f"{call.string('path')} needs another {name} for its cgo packages than this one of your own",
        remedy="change it, or set go_deps up for this module yourself",
    )
