"""Changes attributes of one call: replaces, removes and adds them.

Comes in: a file, one of its calls, and the new value of each attribute that changes. Goes out: edits, or None
if the layout of the call does not let its attributes be changed one by one. If each attribute has lines of
its own, only those lines change; otherwise the whole call is laid out again. Comments stay in both cases:
those of a removed value, and those without a place in the new value, move above it. Kinds of rules are
unknown here.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from attrs import evolve

from bazel_xc.buildfile.edits import Edit
from bazel_xc.buildfile.parser import comments_in
from bazel_xc.buildfile.printer import (
    INDENT,
    NewAttribute,
    arrange,
    attribute_order,
    format_attribute,
    format_call,
    format_value,
)
from bazel_xc.buildfile.syntax import Attribute, BuildFile, Call, Opaque, Span, Value

_REST_OF_LINE = re.compile(rb"(?P<comma>[ \t]*,)?[ \t]*(?P<comment>#[^\r\n]*)?\r?\n?")

Changes = Mapping[str, Value | None]


def change_attributes(
    file: BuildFile,
    call: Call,
    changes: Changes,
    notes: Mapping[str, str] | None = None,
    mark: str = "",
) -> tuple[Edit, ...] | None:
    """The edits that give attributes new values; the value None removes an attribute.

    ``notes`` are comments to put above attributes that do not have them yet. ``mark`` is a comment about its
    attribute or its item alone, which is removed with it.
    """
    notes = notes or {}
    if _have_own_lines(file, call):
        return tuple(_edits(file, call, changes, notes, mark))
    if call.args or call.opaque:
        return None
    return (_laid_out(file, call, changes, notes, mark),)


def _have_own_lines(file: BuildFile, call: Call) -> bool:
    """Whether each attribute starts a line and ends one with its comma."""
    if not call.attributes:
        return False
    alone = all(_starts_line(file, each) and _rest(file, each) for each in call.attributes)
    missing = [each for each in call.attributes if not _has_comma(file, each)]
    last = call.attributes[-1]
    closed_below = file.line_of(call.span.end) > file.line_of(last.span.end)
    return alone and closed_below and (not missing or (missing == [last] and _is_end(file, call, last)))


def _starts_line(file: BuildFile, attribute: Attribute) -> bool:
    start = attribute.span.start
    return not file.data[file.line_starts[file.line_of(start) - 1] : start].strip()


def _rest(file: BuildFile, attribute: Attribute) -> re.Match[bytes] | None:
    """The rest of an attribute's last line, if it is no more than a comma and a comment."""
    end = attribute.span.end
    return _REST_OF_LINE.fullmatch(file.data, end, file.end_of_line(end))


def _has_comma(file: BuildFile, attribute: Attribute) -> bool:
    rest = _rest(file, attribute)
    return bool(rest and rest["comma"])


def _is_end(file: BuildFile, call: Call, last: Attribute) -> bool:
    """Whether only comments are between the last attribute and the parenthesis."""
    text = file.data[last.span.end : call.span.end - 1]
    return not re.sub(rb"#[^\r\n]*", b"", text).strip()


def _edits(
    file: BuildFile, call: Call, changes: Changes, notes: Mapping[str, str], mark: str
) -> Iterator[Edit]:
    for attribute in call.attributes:
        if attribute.name in changes:
            value = changes[attribute.name]
            if value is None:
                yield from _unmarked(file, attribute, mark)
                yield _removed(file, attribute, mark)
            else:
                text = format_value(arrange(attribute.name, value), 1)
                yield Edit(attribute.value_span.start, attribute.value_span.end, text)
                yield from _noted(file, attribute, text, notes, mark)
    added = {name: value for name, value in changes.items() if value is not None and not call.get(name)}
    yield from _inserted(file, call, added, changes, notes)


def _unmarked(file: BuildFile, attribute: Attribute, mark: str) -> Iterator[Edit]:
    """Removes the lines above an attribute that hold the mark."""
    line = file.line_of(attribute.span.start)
    above = range(line - len(attribute.notes.before), line)
    for comment in file.comments:
        if comment.alone and comment.text == mark and comment.line in above:
            start = file.line_starts[comment.line - 1]
            yield Edit(start, file.end_of_line(comment.span.end), "")


def _removed(file: BuildFile, attribute: Attribute, mark: str) -> Edit:
    """Removes the attribute's lines; comments in it and behind it get lines of their own."""
    rest = _rest(file, attribute)
    inside = _without_place(file, attribute.span, "", mark)
    if rest and rest["comment"] and rest["comment"].decode("utf-8") != mark:
        kept = "".join(f"{text}\n{INDENT}" for text in inside)
        return Edit(attribute.span.start, rest.start("comment"), kept)
    start = file.line_starts[file.line_of(attribute.span.start) - 1]
    kept = "".join(f"{INDENT}{text}\n" for text in inside)
    return Edit(start, file.end_of_line(attribute.span.end), kept)


def _noted(
    file: BuildFile, attribute: Attribute, text: str, notes: Mapping[str, str], mark: str
) -> Iterator[Edit]:
    """Puts comments above an attribute: those without a place in its new value, and its note."""
    above = _without_place(file, attribute.value_span, text, mark)
    note = notes.get(attribute.name)
    if note and note not in (*attribute.notes.before, attribute.notes.suffix):
        above.append(note)
    if above:
        start = file.line_starts[file.line_of(attribute.span.start) - 1]
        yield Edit(start, start, "".join(f"{INDENT}{each}\n" for each in above))


def _without_place(file: BuildFile, span: Span, text: str, mark: str) -> list[str]:
    """The comments within a span that are not in its new text, without marks."""
    left = Counter(comments_in(text.encode("utf-8")))
    found: list[str] = []
    for comment in file.comments:
        if span.start <= comment.span.start < span.end:
            if left[comment.text]:
                left[comment.text] -= 1
            elif comment.text != mark:
                found.append(comment.text)
    return found


def _with_note(attribute: NewAttribute, notes: Mapping[str, str]) -> NewAttribute:
    note = notes.get(attribute.name)
    if not note or note in (*attribute.notes.before, attribute.notes.suffix):
        return attribute
    return evolve(attribute, notes=evolve(attribute.notes, before=(*attribute.notes.before, note)))


def _inserted(
    file: BuildFile, call: Call, added: Mapping[str, Value], changes: Changes, notes: Mapping[str, str]
) -> Iterator[Edit]:
    """Puts new attributes at the places that buildifier gives them."""
    places: dict[int, list[str]] = {}
    last = call.attributes[-1]
    for name in sorted(added, key=attribute_order):
        before = [each for each in call.attributes if attribute_order(each.name) < attribute_order(name)]
        at = file.end_of_line(before[-1].span.end if before else call.span.start)
        places.setdefault(at, []).append(format_attribute(_with_note(NewAttribute(name, added[name]), notes)))
    goes = last.name in changes and changes[last.name] is None
    if file.end_of_line(last.span.end) in places and not goes and not _has_comma(file, last):
        yield Edit(last.span.end, last.span.end, ",")
    for at, texts in places.items():
        yield Edit(at, at, "".join(texts))


def _laid_out(file: BuildFile, call: Call, changes: Changes, notes: Mapping[str, str], mark: str) -> Edit:
    """Writes the whole call again, with unchanged values as they are."""
    kept: list[NewAttribute] = []
    for each in call.attributes:
        text = file.data[each.value_span.start : each.value_span.end].decode("utf-8")
        value = changes.get(each.name, Opaque(text))
        if value is not None:
            new = format_value(arrange(each.name, value), 1)
            above = (*each.notes.before, *_without_place(file, each.value_span, new, mark))
            kept.append(NewAttribute(each.name, value, evolve(each.notes, before=above)))
    loose = _loose_comments(file, call, kept)
    gone = [each for each in call.attributes if each.name in changes and changes[each.name] is None]
    for text in (text for each in gone for text in (*each.notes.before, each.notes.suffix)):
        if text == mark and text in loose:
            loose.remove(text)
    kept += [
        NewAttribute(name, value)
        for name, value in changes.items()
        if value is not None and not call.get(name)
    ]
    start = call.span.start + len(call.kind.encode())
    end = "".join(f"{INDENT}{text}\n" for text in loose)
    written = [_with_note(each, notes) for each in kept]
    return Edit(start, call.span.end, format_call("", written).removesuffix(")") + end + ")")


def _loose_comments(file: BuildFile, call: Call, kept: Iterable[NewAttribute]) -> list[str]:
    """Comments in a call that belong to no value and to no attribute that is kept."""
    names = {each.name for each in kept}
    staying = [each for each in call.attributes if each.name in names]
    taken = Counter(text for each in staying for text in (*each.notes.before, each.notes.suffix))
    spans = [each.value_span for each in staying]
    found: list[str] = []
    for comment in file.comments:
        at = comment.span.start
        inside = call.span.start <= at < call.span.end
        if inside and not any(span.start <= at < span.end for span in spans):
            if taken[comment.text]:
                taken[comment.text] -= 1
            else:
                found.append(comment.text)
    return found
