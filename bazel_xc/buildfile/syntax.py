"""Reads a BUILD file losslessly: bytes to calls, attributes and values, each with its byte span.

Comes in: the bytes of one file. Goes out: a ``BuildFile`` whose top-level calls, attributes and comments
know where they stand, so that a change is an edit of a span and every other byte stays. Starlark's
grammar is, for BUILD files, a part of Python's, so the standard library's parser reads it. Values are
understood as far as merging needs: strings, lists, ``select()`` and sums of them; the rest is ``Opaque``.
Nothing is evaluated here, and nothing is printed.
"""

from __future__ import annotations

import ast
import bisect
import re
import warnings
from collections.abc import Iterator

from attrs import field, frozen

# Strings first, so that a '#' inside one is not taken for a comment. Raw strings end where others do.
_COMMENT_OR_STRING = re.compile(
    rb""""{3}(?:[^\\]|\\.)*?"{3}|'{3}(?:[^\\]|\\.)*?'{3}|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|(#[^\r\n]*)""",
    re.DOTALL,
)
_NEWLINE = re.compile(rb"\r\n|\r|\n")
BOM = b"\xef\xbb\xbf"
_KEEP = re.compile(r"#\s*keep(?::.*)?\s*")


class BuildSyntaxError(Exception):
    """The file is no BUILD file; ``line`` and ``column`` count from 1."""

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
    """A comment with its text from the ``#`` on; ``alone`` where nothing else stands on its line."""

    span: Span
    line: int
    text: str
    alone: bool


@frozen
class Notes:
    """The comments of a value: on lines of their own before it, and behind it on its last line."""

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
    """A list. ``multiline`` is whether its brackets stood on lines of their own, ``end`` what comments
    stood before the closing one. One behind the opening bracket is the first item's, as buildifier has it.
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
    """``select({condition: value, ...})`` with string conditions and no further argument."""

    branches: tuple[Branch, ...]
    end: tuple[str, ...] = ()


@frozen
class Sum:
    """``a + b + c``, flattened, no part of it a sum."""

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
        """The value where it is one string literal."""
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
        """The attribute's value where it is one string literal."""
        attribute = self.by_name.get(name)
        return attribute.string if attribute else None

    def strings(self, name: str) -> tuple[str, ...]:
        """Every string literal in the attribute, all branches of selects included."""
        attribute = self.by_name.get(name)
        return tuple(strings_in(attribute.value)) if attribute else ()

    @property
    def name(self) -> str:
        """The rule's name, empty where it has none that can be read."""
        return self.string("name") or ""

    @property
    def keep(self) -> bool:
        """Whether the whole rule is marked ``# keep``."""
        return self.notes.keep


@frozen
class BuildFile:
    """One BUILD file as it stands. ``path`` is relative to the workspace root, ``first_line`` that of the
    first statement besides a docstring, with the comments right above it; 0 where there is none.
    ``first_start`` is the offset of that statement.
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
    """Whether a comment asks to keep what it stands at."""
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


def parse(path: str, data: bytes) -> BuildFile:
    """Reads a file. Raises ``BuildSyntaxError`` where it is not UTF-8 or no BUILD file."""
    return parse_with_tree(path, data)[0]


def parse_with_tree(path: str, data: bytes) -> tuple[BuildFile, ast.Module]:
    """As ``parse``, with the syntax tree for statements that are no calls."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as e:
        line_start = data.rfind(b"\n", 0, e.start) + 1
        where = data.count(b"\n", 0, e.start) + 1, e.start - line_start + 1
        raise BuildSyntaxError("not UTF-8", *where) from None
    try:
        tree = syntax_tree(data)
    except SyntaxError as e:
        raise BuildSyntaxError(e.msg or "syntax error", e.lineno or 1, e.offset or 1) from None
    except ValueError as e:
        raise BuildSyntaxError(str(e), 1, 1) from None
    except (RecursionError, MemoryError):
        raise BuildSyntaxError("values are nested too deeply", 1, 1) from None
    try:
        return _SyntaxReader(path, data).read(tree), tree
    except RecursionError:
        raise BuildSyntaxError("values are nested too deeply, or too many are added up", 1, 1) from None


def syntax_tree(data: bytes) -> ast.Module:
    """The tree of a file that is UTF-8 whatever its comments say of an encoding, as Bazel has it.

    Columns are bytes, behind a byte order mark. Raises SyntaxError and ValueError.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        return ast.parse(data.decode("utf-8-sig"))


def comments_in(data: bytes) -> Iterator[str]:
    """The comments of a text in order, each from the ``#`` on."""
    for found in _COMMENT_OR_STRING.finditer(data):
        if found.group(1) is not None:
            yield found.group(1).decode("utf-8").rstrip()


class _SyntaxReader:
    """Turns one syntax tree into values; holds what that needs to know of the text."""

    def __init__(self, path: str, data: bytes) -> None:
        self.path = path
        self.data = data
        self.starts = (
            len(BOM) if data.startswith(BOM) else 0,
            *(found.end() for found in _NEWLINE.finditer(data)),
        )
        self.comments = tuple(self._comments()) if b"#" in data else ()
        self.comment_starts = [comment.span.start for comment in self.comments]

    def read(self, tree: ast.Module) -> BuildFile:
        calls: list[Call] = []
        dynamic = False
        previous = first_line = first_start = 0
        for node in tree.body:
            value = node.value if isinstance(node, ast.Expr) else None
            if isinstance(value, ast.Call):
                call = self._call(value, previous)
                calls.append(call)
                dynamic = dynamic or call.opaque
            else:
                dynamic = dynamic or not isinstance(value, ast.Constant)
            if not first_line and not isinstance(value, ast.Constant):
                notes = self._statement_notes(self._span(node), previous)
                first_line = node.lineno - len(notes.before)
                first_start = self._span(node).start
            previous = self._span(node).end
        return BuildFile(
            path=self.path,
            data=self.data,
            calls=tuple(calls),
            comments=self.comments,
            dynamic=dynamic,
            line_starts=self.starts,
            first_line=first_line,
            first_start=first_start,
        )

    def _comments(self) -> Iterator[Comment]:
        for found in _COMMENT_OR_STRING.finditer(self.data):
            if found.group(1) is None:
                continue
            line = bisect.bisect_right(self.starts, found.start())
            before = self.data[self.starts[line - 1] if line else 0 : found.start()]
            text = found.group(1).decode("utf-8").rstrip()
            end = found.start() + len(text.encode())
            yield Comment(Span(found.start(), end), line, text, not before.strip())

    def _offset(self, line: int, column: int) -> int:
        return self.starts[line - 1] + column

    def _span(self, node: ast.expr | ast.stmt | ast.keyword) -> Span:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return Span(
            self._offset(node.lineno, node.col_offset), self._offset(node.end_lineno, node.end_col_offset)
        )

    def _text(self, span: Span) -> str:
        return self.data[span.start : span.end].decode("utf-8")

    def _between(self, start: int, end: int) -> tuple[Comment, ...]:
        if not self.comments:
            return ()
        first = bisect.bisect_left(self.comment_starts, start)
        return self.comments[first : bisect.bisect_left(self.comment_starts, end)]

    def _line(self, offset: int) -> int:
        return bisect.bisect_right(self.starts, offset)

    def _notes(self, span: Span, previous: int, following: int, *, first: bool = False) -> Notes:
        """The comments of what stands at ``span`` between the end of what is before and the start after.

        The ``first`` thing in brackets has those on the line of the opening one too.
        """
        if not self.comments:
            return Notes()
        previous_line = self._line(previous)
        before = tuple(
            c.text for c in self._between(previous, span.start) if first or c.alone or c.line != previous_line
        )
        last = self._line(span.end)
        behind = [c for c in self._between(span.end, following) if c.line == last and not c.alone]
        return Notes(before, behind[0].text if behind else "")

    def _call(self, node: ast.Call, previous: int) -> Call:
        span = self._span(node)
        nodes: list[ast.expr | ast.keyword] = sorted([*node.args, *node.keywords], key=_position)
        spans = [self._span(each) for each in nodes]
        follow = _following(spans, span.end)
        edge = self._span(node.func).end
        args: list[Value] = []
        attributes: list[Attribute] = []
        opaque = any(isinstance(each, ast.Starred) for each in node.args)
        for each, where, following in zip(nodes, spans, follow, strict=True):
            notes = self._notes(where, edge, following, first=not args and not attributes)
            if not isinstance(each, ast.keyword):
                plain = isinstance(each, ast.Constant)
                args.append(self._value(each, where, notes if plain else Notes()))
            elif each.arg is None:
                opaque = True
            else:
                if any(each.arg == earlier.name for earlier in attributes):
                    raise BuildSyntaxError(
                        f"keyword argument repeated: {each.arg}", each.lineno, each.col_offset + 1
                    )
                value_span = Span(self._span(each.value).start, where.end)
                inner = tuple(c.text for c in self._between(where.start, value_span.start))
                notes = Notes((*notes.before, *inner), notes.suffix)
                plain = self._span(each.value).end == where.end
                value = self._value(each.value, value_span) if plain else Opaque(self._text(value_span))
                if not plain:
                    value_span = Span(self._after_equals(where, each.arg), where.end)
                attributes.append(Attribute(each.arg, value, where, value_span, notes))
            edge = where.end
        return Call(
            kind=self._text(self._span(node.func)),
            args=tuple(args),
            attributes=tuple(attributes),
            span=span,
            line=node.lineno,
            notes=self._statement_notes(span, previous),
            opaque=opaque,
        )

    def _after_equals(self, span: Span, name: str) -> int:
        at = self.data.index(b"=", span.start + len(name.encode())) + 1
        while self.data[at : at + 1] in (b" ", b"\t"):
            at += 1
        return at

    def _statement_notes(self, span: Span, previous: int) -> Notes:
        """Comments right above a statement, with no blank line between, and the one behind it."""
        line = self._line(span.start)
        before: list[str] = []
        for comment in reversed(self._between(previous, span.start)):
            if not comment.alone or comment.line != line - 1 - len(before):
                break
            before.insert(0, comment.text)
        last = self._line(span.end)
        inside = [c for c in self._between(span.end, len(self.data))[:1] if c.line == last]
        return Notes(tuple(before), inside[0].text if inside else "")

    def _value(self, node: ast.expr, span: Span, notes: Notes = Notes()) -> Value:
        match node:
            case ast.Constant(value=str() as text):
                raw = self._text(span)
                return String(_as_bazel_reads(text, raw), raw, notes)
            case ast.List() if notes == Notes():
                return self._list(node, span)
            case ast.Call(func=ast.Name(id="select"), args=[ast.Dict() as table], keywords=[]):
                return self._select(table, span) or Opaque(self._text(span), notes)
            case ast.BinOp(op=ast.Add()) if notes == Notes():
                return self._sum(node, span)
        return Opaque(self._text(span), notes)

    def _list(self, node: ast.List, span: Span) -> Value:
        spans = [self._span(each) for each in node.elts]
        follow = _following(spans, span.end - 1)
        items: list[String | Opaque] = []
        edge = span.start
        for each, where, following in zip(node.elts, spans, follow, strict=True):
            notes = self._notes(where, edge, following, first=edge == span.start)
            raw = self._text(where)
            if isinstance(each, ast.Constant) and isinstance(each.value, str):
                items.append(String(_as_bazel_reads(each.value, raw), raw, notes))
            else:
                items.append(Opaque(raw, notes))
            edge = where.end
        inner = spans[0].start if spans else span.end
        multiline = self._line(inner) != self._line(span.start)
        return ListValue(tuple(items), multiline, self._end_notes(edge, span))

    def _end_notes(self, edge: int, span: Span) -> tuple[str, ...]:
        """The comments before a closing bracket, behind what ends at ``edge``."""
        line = self._line(edge) if edge != span.start else 0
        return tuple(c.text for c in self._between(edge, span.end) if c.alone or c.line != line)

    def _select(self, table: ast.Dict, outside: Span) -> Select | None:
        """None for one whose keys are no strings, and where comments stand that a value has no place for."""
        span = self._span(table)
        if self._between(outside.start, span.start) or self._between(span.end, outside.end):
            return None
        keys = [key for key in table.keys if isinstance(key, ast.Constant) and isinstance(key.value, str)]
        if len(keys) != len(table.keys):
            return None
        follow = _following([self._span(key) for key in keys], span.end - 1)
        branches: list[Branch] = []
        edge = span.start
        for key, node, following in zip(keys, table.values, follow, strict=True):
            where = Span(self._span(key).start, self._span(node).end)
            if self._between(self._span(key).end, self._span(node).start):
                return None
            notes = self._notes(where, edge, following, first=edge == span.start)
            assert isinstance(key.value, str)
            branches.append(Branch(key.value, self._value(node, self._span(node)), notes))
            edge = where.end
        return Select(tuple(branches), self._end_notes(edge, span))

    def _sum(self, node: ast.BinOp, span: Span) -> Value:
        parts: list[Value] = []
        for side in (node.left, node.right):
            where = self._span(side)
            # Parentheses belong to no node; a sum that has them between its sides is kept as text.
            value = self._value(side, where)
            parts.extend(value.parts if isinstance(value, Sum) else (value,))
        between = self.data[self._span(node.left).end : self._span(node.right).start]
        if set(between.decode()) - set(" \t\r\n+") or self._between(span.start, span.start):
            return Opaque(self._text(span))
        return Sum(tuple(parts))


def _as_bazel_reads(text: str, raw: str) -> str:
    """The text with octal and hexadecimal escapes taken for bytes of UTF-8, as buildifier writes them."""
    if text.isascii() or not raw.isascii():
        return text
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def _following(spans: list[Span], end: int) -> list[int]:
    """For each span where the next one starts, and ``end`` for the last."""
    return [*(each.start for each in spans[1:]), end][: len(spans)]


def _position(node: ast.expr | ast.keyword) -> tuple[int, int]:
    return node.lineno, node.col_offset
