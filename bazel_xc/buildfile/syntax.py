"""A BUILD file as values: calls, attributes and comments, each with its byte span.

Comes in: plain values. Goes out: frozen classes. The spans make a change an edit of one span, so that every
other byte stays. Values are understood as far as merging needs: strings, lists, ``select()`` and sums of
these; any other expression is ``Opaque``. ``parser`` reads files, and ``printer`` writes them.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator

from attrs import field, frozen

_REPOSITORY = re.compile(rb"""["']@@?([A-Za-z0-9_.~+-]+)(?://|["'])""")
_KEEP = re.compile(r"#\s*keep(?::.*)?\s*")


class BuildSyntaxError(Exception):
    """The file is not a BUILD file; ``line`` and ``column`` count from 1."""

    def __init__(self, message: str, line: int, column: int) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column


@frozen
class Span:
    """Byte offsets ``[start, end)`` in the file."""

    start: int
    end: int


@frozen
class Comment:
    """A comment with its text from the ``#`` on; ``alone`` if nothing else is on its line."""

    span: Span
    line: int
    text: str
    alone: bool


@frozen
class Notes:
    """The comments of a value: those on lines of their own above it, and one behind it on its last line."""

    before: tuple[str, ...] = ()
    suffix: str = ""

    @property
    def keep(self) -> bool:
        """Whether one of them is ``# keep`` or ``# keep: reason``."""
        return any(is_keep(text) for text in (*self.before, self.suffix))


@frozen
class String:
    """A string literal; ``raw`` is its spelling in the file, empty for a new one."""

    value: str
    raw: str = field(default="", eq=False)
    notes: Notes = Notes()


@frozen
class Opaque:
    """Any other expression, kept as its text."""

    text: str
    notes: Notes = Notes()


@frozen
class ListValue:
    """A list. ``multiline`` is whether its brackets are on lines of their own; ``end`` are the comments above
    the closing one. As in buildifier, a comment behind the opening bracket belongs to the first item.
    """

    items: tuple[String | Opaque, ...]
    multiline: bool = field(default=False, eq=False)
    end: tuple[str, ...] = ()


@frozen
class Branch:
    """One ``condition: value`` of a select."""

    key: str
    value: Value
    notes: Notes = Notes()


@frozen
class Select:
    """``select({condition: value, ...})`` with string conditions and no other argument."""

    branches: tuple[Branch, ...]
    end: tuple[str, ...] = ()


@frozen
class Sum:
    """``a + b + c``, flattened, so that no part is a sum."""

    parts: tuple[Value, ...]


Value = String | ListValue | Select | Sum | Opaque


@frozen
class Attribute:
    """``name = value`` in a call; ``span`` covers all of it, ``value_span`` the value alone."""

    name: str
    value: Value
    span: Span
    value_span: Span
    notes: Notes

    @property
    def keep(self) -> bool:
        """Whether the attribute as a whole is marked ``# keep``."""
        return self.notes.keep

    @property
    def string(self) -> str | None:
        """The value if it is one string literal."""
        return self.value.value if isinstance(self.value, String) else None


@frozen
class Call:
    """A top-level call statement: a rule, a macro, ``load`` or ``package``."""

    kind: str
    args: tuple[Value, ...]
    attributes: tuple[Attribute, ...]
    span: Span
    line: int
    notes: Notes
    opaque: bool = False  # has *args or **kwargs, so its attributes are not all known
    by_name: dict[str, Attribute] = field(init=False, eq=False, repr=False)

    @by_name.default
    def _index(self) -> dict[str, Attribute]:
        return {attribute.name: attribute for attribute in self.attributes}

    def get(self, name: str) -> Attribute | None:
        """The attribute of that name."""
        return self.by_name.get(name)

    def string(self, name: str) -> str | None:
        """The attribute's value if it is one string literal."""
        attribute = self.by_name.get(name)
        return attribute.string if attribute else None

    def strings(self, name: str) -> tuple[str, ...]:
        """Every string literal in the attribute, all branches of selects included."""
        attribute = self.by_name.get(name)
        return tuple(strings_in(attribute.value)) if attribute else ()

    @property
    def name(self) -> str:
        """The rule's name, empty if it has none that can be read."""
        return self.string("name") or ""

    @property
    def keep(self) -> bool:
        """Whether the whole rule is marked ``# keep``."""
        return self.notes.keep


@frozen
class BuildFile:
    """One BUILD file.

    ``path`` is relative to the workspace root. ``first_line`` is the line of the first statement that is not
    a docstring, or of the comments right above it; 0 without one. ``first_start`` is the offset of that
    statement.
    """

    path: str
    data: bytes = field(repr=False)
    calls: tuple[Call, ...] = ()
    comments: tuple[Comment, ...] = ()
    dynamic: bool = False  # has statements that only evaluation understands
    line_starts: tuple[int, ...] = field(default=(0,), repr=False)
    first_line: int = 0
    first_start: int = 0

    @property
    def newline(self) -> bytes:
        """The line end that the file uses."""
        return b"\r\n" if b"\r\n" in self.data else b"\n"

    def line_of(self, offset: int) -> int:
        """The line, counted from 1, of a byte offset."""
        return bisect.bisect_right(self.line_starts, offset)

    def end_of_line(self, offset: int) -> int:
        """The offset just behind the line end of the line that holds ``offset``."""
        line = self.line_of(offset)
        return self.line_starts[line] if line < len(self.line_starts) else len(self.data)


def is_keep(comment: str) -> bool:
    """Whether a comment is ``# keep`` or ``# keep: reason``."""
    return bool(_KEEP.fullmatch(comment))


def strings_in(value: Value) -> Iterator[str]:
    """Every string of a value: list items, all branches of selects, all parts of sums."""
    match value:
        case String():
            yield value.value
        case ListValue():
            yield from (item.value for item in value.items if isinstance(item, String))
        case Select():
            for branch in value.branches:
                yield from strings_in(branch.value)
        case Sum():
            for part in value.parts:
                yield from strings_in(part)


def repositories_in_text(data: bytes) -> frozenset[str]:
    """The repositories that labels in strings of a text name, also in comments."""
    return frozenset(found[1].decode() for found in _REPOSITORY.finditer(data))


def repositories_named(file: BuildFile) -> Iterator[str]:
    """The repositories that labels in strings of a file name, also where only evaluation understands them."""
    comments = iter((*file.comments, None))
    comment = next(comments)
    for found in _REPOSITORY.finditer(file.data):
        while comment and comment.span.end <= found.start():
            comment = next(comments)
        if comment is None or not comment.span.start <= found.start():
            yield found[1].decode()
