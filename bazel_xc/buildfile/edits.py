"""Edits of a file by byte span, and the removal of whole statements.

Comes in: a ``BuildFile`` and edits that do not overlap. Goes out: the new bytes. Inserted text gets the line
ends of the file. Rules are unknown here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from attrs import frozen

from bazel_xc.buildfile.syntax import BuildFile, Call

_SEMICOLON = re.compile(rb"[ \t]*;[ \t]*")


@frozen(order=True)
class Edit:
    """Replaces bytes ``[start, end)`` by text; its line ends become those of the file."""

    start: int
    end: int
    text: str


def apply_edits(file: BuildFile, edits: Iterable[Edit]) -> bytes:
    """The file's bytes with all edits made; insertions at one place keep their order.

    Removals may overlap. Raises ValueError if other edits do.
    """
    out: list[bytes] = []
    at = 0
    newline = file.newline
    for edit in sorted(edits, key=lambda each: (each.start, each.end)):
        if edit.start < at and not edit.text:
            at = max(at, edit.end)
            continue
        if edit.start < at:
            raise ValueError(f"{file.path}: edits overlap at byte {edit.start}")
        out.append(file.data[at : edit.start])
        out.append(edit.text.replace("\r\n", "\n").encode("utf-8").replace(b"\n", newline))
        at = edit.end
    return b"".join((*out, file.data[at:]))


def remove_lines(file: BuildFile, call: Call, kept_lines: frozenset[int] = frozenset()) -> Edit:
    """Removes a statement with the comments right above it, and one of the blank lines around it.

    Comments on ``kept_lines`` and those above them stay. If other statements are on its lines, they and the
    comments stay.
    """
    if starts_behind_another(file, call) or is_before_another(file, call):
        return _remove_between(file, call)
    line = file.line_of(call.span.start)
    first = line
    for number in range(line - 1, line - 1 - len(call.notes.before), -1):
        if number in kept_lines:
            break
        first = number
    start = file.line_starts[first - 1]
    end = file.end_of_line(call.span.end)
    blank_before = first == 1 or not _line_before(file, first).strip()
    while blank_before and end < len(file.data) and not file.data[end : file.end_of_line(end)].strip():
        end = file.end_of_line(end)
    if end >= len(file.data):
        while first > 1 and not _line_before(file, first).strip():
            first -= 1
        start = file.line_starts[first - 1]
    return Edit(start, end, "")


def starts_behind_another(file: BuildFile, call: Call) -> bool:
    """Whether another statement is before a statement on its first line."""
    start = file.line_starts[file.line_of(call.span.start) - 1]
    return bool(file.data[start : call.span.start].strip())


def is_before_another(file: BuildFile, call: Call) -> bool:
    """Whether another statement is behind a statement on its last line."""
    rest = file.data[call.span.end : file.end_of_line(call.span.end)]
    return not re.fullmatch(rb"[\s;]*(#.*)?\s*", rest)


def _remove_between(file: BuildFile, call: Call) -> Edit:
    """Removes a statement and the semicolon between it and the next statement, or the one before."""
    start, end = call.span.start, call.span.end
    semicolon = _SEMICOLON.match(file.data, end)
    if semicolon and is_before_another(file, call):
        return Edit(start, semicolon.end(), "")
    before = file.data[:start].rstrip(b" \t").removesuffix(b";").rstrip(b" \t")
    return Edit(len(before), end, "")


def _line_before(file: BuildFile, line: int) -> bytes:
    return file.data[file.line_starts[line - 2] : file.line_starts[line - 1]] if line > 1 else b""
