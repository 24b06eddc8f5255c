"""Reads a BUILD file losslessly: bytes to calls, attributes and values, each with its byte span.

Comes in: the bytes of one file. Goes out: a ``BuildFile``. For BUILD files Starlark's grammar is a part of
Python's, so the parser of the standard library reads it. Nothing is evaluated here, and nothing is printed.
"""

from __future__ import annotations

import ast
import bisect
import re
import warnings
from collections.abc import Iterable, Iterator
from itertools import accumulate

from bazel_xc.buildfile.syntax import (
    Attribute,
    Branch,
    BuildFile,
    BuildSyntaxError,
    Call,
    Comment,
    ListValue,
    Notes,
    Opaque,
    Select,
    Span,
    String,
    Sum,
    Value,
)

# Strings first, so that a '#' inside one is not taken for a comment. Raw strings end where others do.
_COMMENT_OR_STRING = re.compile(
    rb""""{3}(?:[^\\]|\\.)*?"{3}|'{3}(?:[^\\]|\\.)*?'{3}|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|(#[^\r\n]*)""",
    re.DOTALL,
)
_NO_NOTES = Notes()
_NEWLINE = re.compile(rb"\r\n|\r|\n")
BOM = b"\xef\xbb\xbf"


def parse(path: str, data: bytes) -> BuildFile:
    """Reads a file. Raises ``BuildSyntaxError`` if it is not UTF-8 or not a BUILD file."""
    return parse_with_tree(path, data)[0]


def parse_with_tree(path: str, data: bytes) -> tuple[BuildFile, ast.Module]:
    """As ``parse``, and the syntax tree, which has statements that are not calls."""
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
    """The syntax tree of a file in UTF-8. As in Bazel, a comment about the encoding has no effect.

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
    """Turns one syntax tree into values, with the help of the text."""

    def __init__(self, path: str, data: bytes) -> None:
        self.path = path
        self.data = data
        self.starts = (len(BOM) if data.startswith(BOM) else 0, *_line_ends(data))
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

    def _span(self, node: ast.expr | ast.stmt | ast.keyword) -> Span:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        starts = self.starts
        return Span(
            starts[node.lineno - 1] + node.col_offset, starts[node.end_lineno - 1] + node.end_col_offset
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
        """The comments of the value at ``span``, between the end of the one before and the start of the next.

        The ``first`` value in brackets also has those on the line of the opening bracket.
        """
        if not self.comments:
            return _NO_NOTES
        previous_line = self._line(previous)
        before = tuple(
            c.text for c in self._between(previous, span.start) if first or c.alone or c.line != previous_line
        )
        last = self._line(span.end)
        behind = [c for c in self._between(span.end, following) if c.line == last and not c.alone]
        return Notes(before, behind[0].text if behind else "")

    def _call(self, node: ast.Call, previous: int) -> Call:
        span = self._span(node)
        nodes: list[ast.expr | ast.keyword] = [*node.args, *node.keywords]
        if node.args:
            nodes.sort(key=_position)
        spans = [self._span(each) for each in nodes]
        follow = _following(spans, span.end)
        head = self._span(node.func)
        edge = head.end
        args: list[Value] = []
        attributes: list[Attribute] = []
        opaque = any(isinstance(each, ast.Starred) for each in node.args)
        for each, where, following in zip(nodes, spans, follow, strict=True):
            notes = self._notes(where, edge, following, first=not args and not attributes)
            if not isinstance(each, ast.keyword):
                plain = isinstance(each, ast.Constant)
                args.append(self._value(each, where, notes if plain else _NO_NOTES))
            elif each.arg is None:
                opaque = True
            else:
                if any(each.arg == earlier.name for earlier in attributes):
                    raise BuildSyntaxError(
                        f"keyword argument repeated: {each.arg}", each.lineno, each.col_offset + 1
                    )
                value_span = self._span(each.value)
                if self.comments:
                    inner = tuple(c.text for c in self._between(where.start, value_span.start))
                    notes = Notes((*notes.before, *inner), notes.suffix)
                plain = value_span.end == where.end
                if not plain:
                    value_span = Span(value_span.start, where.end)
                value = self._value(each.value, value_span) if plain else Opaque(self._text(value_span))
                if not plain:
                    value_span = Span(self._after_equals(where, each.arg), where.end)
                attributes.append(Attribute(each.arg, value, where, value_span, notes))
            edge = where.end
        return Call(
            kind=self._text(head),
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
        """The comments right above a statement, without a blank line between, and the one behind it."""
        if not self.comments:
            return _NO_NOTES
        line = self._line(span.start)
        before: list[str] = []
        for comment in reversed(self._between(previous, span.start)):
            if not comment.alone or comment.line != line - 1 - len(before):
                break
            before.insert(0, comment.text)
        last = self._line(span.end)
        inside = [c for c in self._between(span.end, len(self.data))[:1] if c.line == last]
        return Notes(tuple(before), inside[0].text if inside else "")

    def _value(self, node: ast.expr, span: Span, notes: Notes = _NO_NOTES) -> Value:
        if isinstance(node, ast.List) and notes is _NO_NOTES:
            return self._list(node, span)
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
        if not self.comments:
            return self._plain_list(node)
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

    def _plain_list(self, node: ast.List) -> Value:
        """A list in a file without comments."""
        starts, data = self.starts, self.data
        items: list[String | Opaque] = []
        for each in node.elts:
            assert each.end_lineno is not None
            assert each.end_col_offset is not None
            start = starts[each.lineno - 1] + each.col_offset
            raw = data[start : starts[each.end_lineno - 1] + each.end_col_offset].decode()
            if isinstance(each, ast.Constant) and isinstance(each.value, str):
                items.append(String(_as_bazel_reads(each.value, raw), raw))
            else:
                items.append(Opaque(raw))
        inner = node.elts[0].lineno if items else node.end_lineno
        return ListValue(tuple(items), inner != node.lineno)

    def _end_notes(self, edge: int, span: Span) -> tuple[str, ...]:
        """The comments before a closing bracket, behind the item that ends at ``edge``."""
        line = self._line(edge) if edge != span.start else 0
        return tuple(c.text for c in self._between(edge, span.end) if c.alone or c.line != line)

    def _select(self, table: ast.Dict, outside: Span) -> Select | None:
        """The select; None if a key is not a string, or a comment has no place in the value."""
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


def _line_ends(data: bytes) -> Iterable[int]:
    """The offsets behind all line ends."""
    if b"\r" in data:
        return (found.end() for found in _NEWLINE.finditer(data))
    return accumulate(len(line) + 1 for line in data.split(b"\n")[:-1])


def _as_bazel_reads(text: str, raw: str) -> str:
    """The text with octal and hexadecimal escapes read as bytes of UTF-8, as buildifier writes them."""
    if text.isascii() or not raw.isascii():
        return text
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def _following(spans: list[Span], end: int) -> list[int]:
    """For each span the start of the next one, and ``end`` for the last."""
    return [*(each.start for each in spans[1:]), end][: len(spans)]


def _position(node: ast.expr | ast.keyword) -> tuple[int, int]:
    return node.lineno, node.col_offset
