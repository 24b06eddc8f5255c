"""The build constraint above the first token of a file, as go/build reads it.

Comes in: the text before the first token. Goes out: the constraint of ``//go:build``, or of ``// +build``
lines if there is none. The constraint of the file name is not looked at.
"""

from __future__ import annotations

import re

from bazel_xc.golang.constraints import Expr, parse_go_build, parse_plus_build

_GO_BUILD = re.compile(rb"//go:build(?:\s(.*))?", re.DOTALL)
_PLUS_BUILD = re.compile(rb"//\s*\+build(?:\s(.*))?", re.DOTALL)


def header_constraint(header: bytes) -> Expr | None:
    """The constraint of the text before the first token of a file, None if it has none.

    Raises ``ValueError`` if go would refuse it.
    """
    go_build, plus_build = _build_lines(header)
    if len(go_build) > 1:
        raise ValueError("multiple //go:build comments")
    if go_build:
        return parse_go_build(go_build[0])
    return parse_plus_build(plus_build) if plus_build else None


def _build_lines(header: bytes) -> tuple[list[str], list[str]]:
    """The texts after ``//go:build``, and the texts after ``+build``, as in parseFileHeader.

    ``+build`` counts only above a blank line, and both only before the first block comment or code.
    """
    go_build: list[str] = []
    plus_build: list[str] = []
    pending: list[str] = []
    only_lines, in_comment = True, False
    for raw in _lines(header):
        line = raw.strip()
        if not line and only_lines:
            plus_build += pending
            pending.clear()
            continue
        only_lines = only_lines and line.startswith(b"//")
        if not in_comment and (match := _GO_BUILD.fullmatch(line)):
            go_build.append(_text(match[1]))
        elif match := _PLUS_BUILD.fullmatch(line):
            pending.append(_text(match[1]))
        in_comment, code = _after_comments(line, in_comment=in_comment)
        if code:
            break
    return go_build, plus_build


def _lines(header: bytes) -> list[bytes]:
    lines = header.split(b"\n")
    return lines if lines[-1] else lines[:-1]


def _text(text: bytes | None) -> str:
    return (text or b"").strip().decode("utf-8", "replace")


def _after_comments(line: bytes, *, in_comment: bool) -> tuple[bool, bool]:
    """Whether a block comment is open after the line, and whether the line has anything but comments."""
    while line:
        if in_comment:
            _, closed, line = line.partition(b"*/")
            in_comment = not closed
        elif line.startswith(b"//"):
            return False, False
        elif line.startswith(b"/*"):
            in_comment, line = True, line[2:]
        else:
            return False, True
        line = line.strip()
    return in_comment, False
