"""A BUILD file without anything that bazel-xc owns, for the end of a trial.

Comes in: a directory, the rules of its platforms package that may go, and the labels by which BUILD files
name platforms and settings of cgo. Goes out: the new bytes, and findings about values that stay. Removed are
cc rules with our tag, the marks in ``target_compatible_with`` and ``pure``, labels of ``cdeps`` behind keys
for cgo, those keys in other values, and our comments. Sources, dependencies and flags stay as they are with
cgo, which is how Gazelle reads them.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator

from attrs import evolve, field, frozen

from bazel_xc.bazel.by_hand import our_cdeps
from bazel_xc.bazel.cgo_settings import GUARD_FILE, GUARD_KIND
from bazel_xc.bazel.kinds import CC_RULE_KINDS
from bazel_xc.bazel.loads import load_edits
from bazel_xc.bazel.merge import tangled
from bazel_xc.bazel.ownership import KEPT_BY_US, has_only_our_marks, is_kept_by_us, is_pure_by_platform
from bazel_xc.bazel.select import Conditions, Form, Marks, build
from bazel_xc.bazel.selected import depends_on_cgo, project
from bazel_xc.bazel.touched import Touched
from bazel_xc.bazel.untouched import damage
from bazel_xc.bazel.values import Left, merge_value
from bazel_xc.buildfile.attributes import change_attributes
from bazel_xc.buildfile.directives import directives_in
from bazel_xc.buildfile.edits import Edit, apply_edits, remove_lines
from bazel_xc.buildfile.parser import parse
from bazel_xc.buildfile.rules import GO_RULE_KINDS, ExistingRule
from bazel_xc.buildfile.syntax import (
    Attribute,
    BuildFile,
    Call,
    ListValue,
    String,
    Sum,
    Value,
    strings_in,
)
from bazel_xc.buildfile.workspace import Directory, Workspace
from bazel_xc.model import ByPlatform, Diagnostic, FileChange, Severity, parsed_label


@frozen(kw_only=True)
class Leaving:
    """The workspace, and the names by which its BUILD files refer to platforms and settings of cgo."""

    workspace: Workspace
    conditions: Conditions
    marks: Marks
    own_names: tuple[str, ...] = ()


@frozen(kw_only=True)
class _Going:
    """The edits of one file, what they touch, and findings."""

    edits: list[Edit] = field(factory=list)
    touched: list[Touched] = field(factory=list)
    said: list[Diagnostic] = field(factory=list)


def without_ours(
    directory: Directory, file: BuildFile, rules: Collection[Call], leaving: Leaving
) -> tuple[FileChange, tuple[Diagnostic, ...]]:
    """The change of a directory's BUILD file; ``rules`` are removed beside the cc rules that have our tag.

    A file in which nothing else was is deleted, except in the root. A change that would lose anything of the
    user's has an objection.
    """
    going = _Going()
    removed = [*rules, *(each.source for each in directory.rules if _is_our_cc_rule(each))]
    kept_lines = frozenset(each.line for each in directives_in(file))
    for call in removed:
        going.edits.append(remove_lines(file, call, kept_lines))
        touched = Touched(call=call, kinds=frozenset({call.kind}), attributes=frozenset(), may_go=True)
        going.touched.append(touched)
    going.edits.extend(load_edits(file, (), removed))
    cdeps = our_cdeps(directory, leaving.workspace)
    for rule in directory.rules:
        if rule.kind in GO_RULE_KINDS and rule.call and not rule.call.keep:
            _clean(file, rule.call, cdeps, leaving, going)
    try:
        new = apply_edits(file, going.edits)
    except ValueError:
        return FileChange(file.path, file.data, file.data), (tangled(file),)
    if removed and not file.data.endswith((b"\n\n", b"\n\r\n")) and new.strip():
        new = new.rstrip(b"\r\n") + file.newline
    if objection := damage(file, new, going.touched) if new != file.data else "":
        return FileChange(file.path, file.data, new, objection=objection), ()
    new = _without_marks(parse(file.path, new), {call.kind for call in removed}, leaving)
    is_ours_alone = bool(removed) and not new.strip() and bool(directory.path)
    return FileChange(file.path, file.data, None if is_ours_alone else new), tuple(going.said)


def _is_our_cc_rule(rule: ExistingRule) -> bool:
    return rule.ours and rule.call is not None and not rule.call.keep


def _clean(file: BuildFile, call: Call, cdeps: Collection[object], leaving: Leaving, going: _Going) -> None:
    """Adds the edits of one Go rule."""
    changes: dict[str, Value | None] = {}
    for attribute in call.attributes:
        new = _cleaned(attribute, cdeps, file.path, leaving)
        if new is Left.OPAQUE:
            going.said.append(_stays(file, call, attribute))
        elif not isinstance(new, Left):
            changes[attribute.name] = new
    if not changes:
        return
    edits = change_attributes(file, call, changes, mark=KEPT_BY_US)
    if edits is None:
        going.said.append(_stays(file, call, call.attributes[0]))
        return
    going.edits.extend(edits)
    going.touched.append(Touched(call=call, kinds=frozenset({call.kind}), attributes=frozenset(changes)))


def _cleaned(
    attribute: Attribute, cdeps: Collection[object], path: str, leaving: Leaving
) -> Value | Left | None:
    """The value without what is ours; None to remove the attribute, ``Left`` if it stays."""
    value, name = attribute.value, attribute.name
    if attribute.keep and not is_kept_by_us(attribute):
        return Left.OPAQUE if _has_our_keys(value, leaving) else Left.SAME
    if name == "target_compatible_with":
        if has_only_our_marks(value, leaving.marks):
            return None
        return Left.OPAQUE if leaving.marks.all & set(strings_in(value)) else Left.SAME
    if name == "pure":
        return None if is_pure_by_platform(value) else Left.SAME
    if is_kept_by_us(attribute) and not any(strings_in(value)):
        return None  # an empty list that kept Gazelle away
    new: Value | None = value
    if name == "cdeps" or depends_on_cgo(value):
        new = _as_without(
            value, leaving, cgo=name != "cdeps", path=path, ours=cdeps if name == "cdeps" else ()
        )
        if new is value:
            return Left.OPAQUE if depends_on_cgo(value) else Left.SAME
    elif is_kept_by_us(attribute):
        new = _without_empty_parts(value)
    if new == value:
        return Left.SAME
    package = path.rpartition("/")[0]
    return merge_value(name, value, new, package, leaving.conditions.rules_go, leaving.own_names)


def _as_without(
    value: Value, leaving: Leaving, *, cgo: bool, path: str, ours: Collection[object]
) -> Value | None:
    """The value as it is with or without cgo, without labels of ``ours``; itself if it cannot be read."""
    package = path.rpartition("/")[0]
    by_platform: dict[str, tuple[str, ...]] = {}
    for name in sorted(leaving.conditions.platforms):
        texts = project(value, name, cgo=cgo)
        if texts is None:
            return value
        by_platform[name] = tuple(
            text for text in texts if parsed_label(text, package, leaving.own_names) not in ours
        )
    return build(ByPlatform.fold(by_platform), leaving.conditions, Form.LABELS)


def _has_our_keys(value: Value, leaving: Leaving) -> bool:
    return depends_on_cgo(value) or bool(leaving.marks.all & set(strings_in(value)))


def _without_empty_parts(value: Value) -> Value:
    """A sum without the empty lists that keep Gazelle from making one list of it."""
    if not isinstance(value, Sum):
        return value
    parts = tuple(part for part in value.parts if not isinstance(part, ListValue) or part.items)
    return parts[0] if len(parts) == 1 else evolve(value, parts=parts)


def _stays(file: BuildFile, call: Call, attribute: Attribute) -> Diagnostic:
    return Diagnostic(
        path=file.path,
        line=file.line_of(attribute.span.start),
        severity=Severity.WARNING,
        code="left-behind",
        message=f"{attribute.name} of {call.name!r} names the platforms package and cannot be edited",
        remedy="change it by hand",
    )


def _without_marks(file: BuildFile, kinds: Collection[str], leaving: Leaving) -> bytes:
    """The text without our comments, and without loads of removed ``kinds`` that nothing uses any more."""
    edits = [*_mark_edits(file), *_load_edits(file, kinds, leaving)]
    new = apply_edits(file, edits)
    old = [each for each in ast.parse(file.data.decode("utf-8-sig")).body if not _is_load(each)]
    left = [each for each in ast.parse(new.decode("utf-8-sig")).body if not _is_load(each)]
    same = [ast.dump(each) for each in old] == [ast.dump(each) for each in left]
    return new if same else file.data


def _mark_edits(file: BuildFile) -> Iterator[Edit]:
    for comment in file.comments:
        if comment.text != KEPT_BY_US:
            continue
        start = file.line_starts[comment.line - 1]
        if comment.alone:
            yield Edit(start, file.end_of_line(comment.span.end), "")
        else:
            blank = len(file.data[start : comment.span.start].rstrip(b" \t"))
            yield Edit(start + blank, comment.span.end, "")


def _load_edits(file: BuildFile, kinds: Collection[str], leaving: Leaving) -> Iterator[Edit]:
    guard = f"{leaving.conditions.package}:{GUARD_FILE}"
    ours = frozenset(kinds) & {*CC_RULE_KINDS, GUARD_KIND}
    used = {call.kind for call in file.calls}
    for call in file.calls:
        symbols = {arg.value for arg in call.args[1:] if isinstance(arg, String)}
        label = call.args[0] if call.args else None
        from_us = isinstance(label, String) and label.value.endswith(("//cc:defs.bzl", guard))
        if call.kind == "load" and from_us and symbols and symbols <= ours - used and not call.attributes:
            yield remove_lines(file, call)


def _is_load(node: ast.stmt) -> bool:
    call = node.value if isinstance(node, ast.Expr) else None
    return isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "load"
