"""The tags of go_deps by which bazel-xc overrides third-party modules.

Comes in: MODULE.bazel, a use of the extension, and the overrides that modules need. Goes out: edits, and
findings about overrides that people wrote themselves. Only tags with our comment above them change.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bazel_xc.bazel.override import ModuleOverride
from bazel_xc.buildfile.attributes import change_attributes
from bazel_xc.buildfile.edits import Edit, is_before_another, remove_lines, starts_behind_another
from bazel_xc.buildfile.module_file import NAME, ExtensionUse, ModuleFile
from bazel_xc.buildfile.printer import NewAttribute, format_call, strings
from bazel_xc.buildfile.syntax import Call, Opaque, String, Value
from bazel_xc.model import Diagnostic, Severity

MARK = "# Kept by bazel-xc."


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
    for call in twins if whole else ():
        yield _without_tag(module, call)
    for key, call in found.items():
        if key not in tags and whole:
            yield _without_tag(module, call)
        elif key in tags:
            yield from _changed(module, call, tags[key])
    new = [key for key in sorted(tags, key=lambda each: (each[1], each[0])) if key not in found]
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


def end_of_tags(module: ModuleFile, use: ExtensionUse) -> int:
    """The offset behind the last tag of an extension, or behind the line that brings it in."""
    ends = [module.file.end_of_line(call.span.end) for call in module.tags(use.variable)]
    return max([use.end, *ends])


def _taken(path: str, call: Call) -> Diagnostic:
    return Diagnostic(
        path=NAME,
        line=call.line,
        severity=Severity.WARNING,
        code="own-override",
        message=f"{path} has an override of your own, so none is written for its cgo packages",
        remedy="remove it and run again to compare, or keep it as it is",
    )
