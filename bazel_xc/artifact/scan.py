"""Finds known failures in build logs of any size.

Comes in: a stream of bytes, the patterns. Goes out: ``Finding``s; repeats are counted together. The log is
read in blocks, so memory does not grow with it, and only lines with a text that some pattern looks for are
parsed. Colours are removed. A carriage return ends a line, because progress bars use it. The headings of go
and Bazel above a failure name its package or target.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import BinaryIO

from attrs import evolve, field, frozen

from bazel_xc.artifact.patterns import Pattern, Patterns

BLOCK = 1 << 20
_MAX_LINE = 4 << 10  # a longer line is cut to this size around the text that was found
_MAX_FINDINGS = 2_000
_CONTEXT_BEFORE, _CONTEXT_AFTER = 2, 2
_MAX_CONTEXT = 240
_REACH = 64 << 10  # how far above a line its heading may be
_ANSI = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
_GO_HEADING = re.compile(rb"^# ((?:[\w.~-]+/)*[\w.~-]+)(?: \[[^\]\n]+\])?$", re.MULTILINE)
_BAZEL_HEADING = re.compile(rb"^ERROR: (\S+?)/?(?:BUILD(?:\.bazel)?):\d+:\d+: (.*)$", re.MULTILINE)
_BAZEL_TARGET = re.compile(rb"(?:target |rule )'?(@*//[^\s'()]+|@[^\s'()]+//[^\s'()]+)|\((@*//[^\s'()]+)\)")


@frozen(kw_only=True)
class Finding:
    """A failure that ``count`` lines report; ``line`` is the number of the first one in the log.

    ``names`` are the names in that line, by kind; ``heading`` is the Go package, folder or label that the
    tool was working on.
    """

    pattern: Pattern = field(repr=False)
    names: Mapping[str, str]
    line: int
    text: str
    count: int = 1
    heading: str = ""
    context: tuple[str, ...] = ()

    @property
    def cause(self) -> str:
        """The cause with names filled in."""
        return self.pattern.cause.format_map(defaultdict(lambda: "it", self.names))

    @property
    def remedy(self) -> str:
        """The remedy with names filled in."""
        return self.pattern.remedy.format_map(defaultdict(lambda: "…", self.names))


@frozen(kw_only=True)
class Scan:
    """The findings of a log in order, its number of lines, and the number of findings beyond the limit."""

    findings: tuple[Finding, ...]
    lines: int
    dropped: int = 0


def scan(stream: BinaryIO, patterns: Patterns, block: int = BLOCK) -> Scan:
    """Reads a log to its end. Raises OSError if it cannot be read."""
    found: dict[tuple[object, ...], Finding] = {}
    lines, dropped, above = 0, 0, b""
    for text in _blocks(stream, block):
        for finding in _findings(text, above, lines, patterns):
            named = (finding.names.get(name) for name in finding.pattern.by)
            key = (finding.pattern.id, finding.heading, *named)
            if key in found:
                found[key] = evolve(found[key], count=found[key].count + 1)
            elif len(found) < _MAX_FINDINGS:
                found[key] = finding
            else:
                dropped += 1
        lines += text.count(b"\n")
        above = (above + text)[-_REACH:]
    return Scan(findings=tuple(found.values()), lines=lines, dropped=dropped)


def _blocks(stream: BinaryIO, size: int) -> Iterator[bytes]:
    """Whole lines without colours, about one block at a time; a longer line is cut."""
    rest = b""
    while True:
        data = stream.read(size)
        if not data:
            break
        data = rest + data
        end = max(data.rfind(b"\n"), data.rfind(b"\r")) + 1
        if not end and len(data) < 4 * size:
            rest = data
            continue
        end = end or len(data)
        rest = data[end:]
        yield _clean(data[:end])
    if rest:
        yield _clean(rest + b"\n")


def _clean(data: bytes) -> bytes:
    if b"\x1b" in data:
        data = _ANSI.sub(b"", data)
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return data


def _findings(text: bytes, above: bytes, before: int, patterns: Patterns) -> Iterator[Finding]:
    """The findings of a block, in order; ``before`` is the number of lines above it."""
    starts: dict[int, dict[int, int]] = {}  # start of a line: number of a pattern: offset of its text
    for rank, pattern in enumerate(patterns.patterns):
        places = (place for needle in pattern.find for place in _lines_with(text, needle))
        for start, at in sorted(places, reverse=True):
            if not text.startswith(pattern.unless, start):
                starts.setdefault(start, {})[rank] = at
    seen, number = 0, before + 1
    for start in sorted(starts):
        number += text.count(b"\n", seen, start)
        seen = start
        end = text.find(b"\n", start)
        end = len(text) if end < 0 else end
        for rank, at in starts[start].items():
            pattern = patterns.patterns[rank]
            first = max(start, at - _MAX_LINE // 2)
            line = text[first : min(end, first + _MAX_LINE)].decode("utf-8", "replace").rstrip()
            names = pattern.names(line)
            if names is not None:
                yield Finding(
                    pattern=pattern,
                    names=names,
                    line=number,
                    text=line[:_MAX_CONTEXT],
                    heading=_heading(above, text, start, line),
                    context=_context(text, start, end),
                )
                break


def _lines_with(text: bytes, needle: bytes) -> Iterator[tuple[int, int]]:
    """The start of each line that contains a text, and the offset of the text."""
    at = text.find(needle)
    while at >= 0:
        yield text.rfind(b"\n", 0, at) + 1, at
        end = text.find(b"\n", at)
        if end < 0:
            return
        at = text.find(needle, end)


def _heading(above: bytes, text: bytes, start: int, line: str) -> str:
    """The package or target that the tool was working on: the last heading of go or Bazel above the line."""
    own = _BAZEL_TARGET.search(line.encode())
    if own:
        return (own[1] or own[2]).decode("utf-8", "replace").rstrip(":,;.")
    near = text[max(0, start - _REACH) : start]
    near = above[len(near) - _REACH :] + near if len(near) < _REACH else near
    go = _last(_GO_HEADING, near)
    bazel = _last(_BAZEL_HEADING, near + line.encode() if line.startswith("ERROR: ") else near)
    if bazel and (not go or bazel.start() > go.start()):
        target = _BAZEL_TARGET.search(bazel[2])
        named = (target[1] or target[2]) if target else bazel[1]
        return named.decode("utf-8", "replace").rstrip(":,;.")
    return go[1].decode("utf-8", "replace") if go else ""


def _last(expression: re.Pattern[bytes], text: bytes) -> re.Match[bytes] | None:
    found = None
    for found in expression.finditer(text):  # noqa: B007 - the last one is wanted
        pass
    return found


def _context(text: bytes, start: int, end: int) -> tuple[str, ...]:
    """A line with the lines around it."""
    first = start
    for _ in range(_CONTEXT_BEFORE):
        if first > 0:
            first = text.rfind(b"\n", 0, first - 1) + 1
    last = end
    for _ in range(_CONTEXT_AFTER):
        following = text.find(b"\n", last + 1)
        last = following if following >= 0 else len(text)
    lines = text[max(first, start - _MAX_LINE) : min(last, end + _MAX_LINE)].split(b"\n")
    shown = [line[:_MAX_CONTEXT].decode("utf-8", "replace").rstrip() for line in lines]
    return tuple(shown[:-1] if shown and not shown[-1] else shown)
