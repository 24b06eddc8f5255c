"""The head of one Go, C or assembly file.

Comes in: the name and the bytes of a file. Goes out: a ``SourceFile`` with the facts that go/build reads:
package, imports, build constraint (of file name and header), cgo preambles, embed patterns; also whether a
main package has a ``func main``. Only ``scanned`` reads a file; nothing else raises. After the imports it
looks only for embed patterns and ``func main``. Names such as ``_x.go`` and ``.x.go`` are left to the caller.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable, Iterator
from functools import cache, partial
from hashlib import blake2b

from attrs import evolve, field, frozen

from bazel_xc.golang.constraints import NEVER, Expr, all_of, file_name_constraint
from bazel_xc.golang.header import header_constraint
from bazel_xc.golang.literals import unquoted
from bazel_xc.tree import Tree

_BOM = b"\xef\xbb\xbf"
_COMMENT = rb"//[^\n]*+|/\*[^*]*+\*++(?:[^/*][^*]*+\*++)*+/"
_SPACE = rb"(?:[ \t\r\n]++|" + _COMMENT + rb")*+"
# Between statements. A semicolon counts only if no newline has ended the statement already.
_GAP = rb"((?:[ \t\r]++|/\*(?:[^*\n]++|\*(?!/))*+\*/)*+;" + _SPACE + rb"|" + _SPACE + rb")"
_LETTER = rb"[\w\x80-\xff]"
_NAME = rb"(?!\d)" + _LETTER + rb"++"
_STRING = rb'"(?:[^"\\\n]|\\[^\n])*+"|`[^`]*+`'
_RUNE = rb"'(?:[^'\\\n]|\\[^\n])*+'"
_FUNC_MAIN = rb"(?<!" + _LETTER + rb")func(?=[\s/])" + _SPACE + rb"main" + _SPACE + rb"[(\[]"

_TO_TOKEN = re.compile(_SPACE)
_TO_C_TOKEN = re.compile(rb"(?:;|" + _SPACE[3:])
_PACKAGE = re.compile(rb"package(?!" + _LETTER + rb")" + _SPACE + rb"(" + _NAME + rb")" + _GAP)
_IMPORT = re.compile(rb"import(?!" + _LETTER + rb")" + _SPACE)
_SPEC = re.compile(rb"(?:(?:\.|" + _NAME + rb")" + _SPACE + rb")?+(" + _STRING + rb")" + _GAP)
_GROUP = re.compile(rb"\((" + _SPACE + rb")")
_GROUP_END = re.compile(rb"\)" + _GAP)
_GAP_TOKEN = re.compile(_COMMENT + rb"|;")
_TEXT = re.compile(_COMMENT + rb"|" + _STRING + rb"|" + _RUNE)
_MAIN = re.compile(_FUNC_MAIN)
_CODE = re.compile(_TEXT.pattern + rb"|" + _FUNC_MAIN)

_C_PATHS = frozenset({b'"C"', b"`C`"})
_EMBED_PATHS = frozenset({b'"embed"', b"`embed`"})
_EMBED_WORD = re.compile(r'\s+(?:("(?:[^"\\]|\\.)*+"|`[^`]*`)|([^\s"`]\S*))(?!\S)')
_PLAIN_PATH = re.compile(rb'"[\w./~@+-]+"')
_BAD_PATH = re.compile("[!\"#$%&'()*,:;<=>?[\\\\\\]^`{|}\ufffd ]")


@frozen
class Import:
    """One import, ``"C"`` included; lines count from 1."""

    path: str
    line: int


@frozen
class Embed:
    """One pattern of a ``//go:embed`` line, unquoted, with ``all:`` if it is there."""

    pattern: str
    line: int


@frozen
class Preamble:
    """The comment before an ``import "C"`` without its markers; the text begins on ``line`` of the file."""

    text: str
    line: int


@frozen
class Head:
    """The text from which all facts of a Go file come: its first ``end`` bytes, by their digest.

    If it is not ``alone``, embed patterns or a ``func main`` may follow, which ``rest`` is the digest of.
    """

    end: int
    digest: bytes
    alone: bool
    rest: bytes = b""


@frozen(kw_only=True)
class SourceFile:
    """The head of a file.

    ``error`` is the reason why go refuses the file wherever its constraint is true, or empty; with an error,
    imports, preambles and embeds are empty. If the constraint of a Go file cannot be parsed, only the
    constraint of its name counts; a C or assembly file is then left out. ``constraint`` joins the constraint
    of the name with ``header``, the constraint of the text. Files that are not Go set only name, constraint,
    header and error. Two files of one name with one ``head`` have the same facts; there is none with an
    error, and for files that are not Go.
    """

    name: str
    package: str = ""
    imports: tuple[Import, ...] = ()
    constraint: Expr | None = None
    header: Expr | None = None
    preambles: tuple[Preamble, ...] = ()
    embeds: tuple[Embed, ...] = ()
    has_main: bool = False
    error: str = ""
    head: Head | None = field(default=None, eq=False, repr=False)
    uses_cgo: bool = field(init=False, eq=False, repr=False)  # whether it imports "C"

    @uses_cgo.default
    def _imports_c(self) -> bool:
        return any(each.path == "C" for each in self.imports)


@frozen
class _Spec:
    """An import with its quoted path and the gaps that may contain its comment."""

    path: bytes
    at: int
    gaps: tuple[tuple[int, int], ...]


class _HeadError(ValueError):
    """A syntax error."""


def scan_file(name: str, data: bytes) -> SourceFile:
    """Reads the head of a file that matters to go, by its suffix."""
    return scan_go(name, data) if name.endswith(".go") else scan_other(name, data)


def scanned(tree: Tree, path: str) -> SourceFile:
    """The head of a file of a tree; a .syso file is not read. Raises ``OSError``."""
    name = path.rpartition("/")[2]
    if name.endswith(".syso"):
        return scan_other(name, b"")
    return tree.fact(path, "head", partial(scan_file, name))


def scan_go(name: str, data: bytes) -> SourceFile:
    """Reads the head of a Go file; ``data`` is the whole file, or at least all of its imports."""
    start = len(_BOM) if data.startswith(_BOM) else 0
    at = _after(_TO_TOKEN, data, start)
    source = _constrained(name, data[start:at] + b"package")
    if source.error:
        return source
    package = ""
    try:
        clause = _PACKAGE.match(data, at)
        if clause is None:
            raise _HeadError("expected 'package'")
        package = clause[1].decode("utf-8", "replace")
        specs, end = _all_specs(data, clause)
        return _filled(source, package, data, specs, (clause.end(), end))
    except _HeadError as error:
        return evolve(source, package=package, error=str(error))


def scan_other(name: str, data: bytes) -> SourceFile:
    """Reads the constraint of a file in another language, from its name and the comments at its top.

    As in go, a .syso file has no header, and a header that ends inside a comment has no constraint.
    """
    start = len(_BOM) if data.startswith(_BOM) else 0
    at = _after(_TO_C_TOKEN, data, start)
    if name.endswith(".syso") or data.startswith((b"/", b"\0"), at):
        return SourceFile(name=name, constraint=file_name_constraint(name))
    return _constrained(name, data[start:at])


def _filled(
    source: SourceFile, package: str, data: bytes, specs: tuple[_Spec, ...], ends: tuple[int, int]
) -> SourceFile:
    """Adds the imports and the facts that depend on them; package clause and imports end at ``ends``."""
    at, end = ends
    paths = frozenset(spec.path for spec in specs)
    embeds = tuple(_embeds(data)) if paths & _EMBED_PATHS else ()
    has_main = package == "main" and _has_main(data, at)
    rest = _digest(repr((embeds, has_main)).encode("utf-8", "surrogatepass")) if embeds or has_main else b""
    alone = package != "main" and not paths & _EMBED_PATHS
    return SourceFile(
        name=source.name,
        package=package,
        constraint=source.constraint,
        header=source.header,
        imports=tuple(_imports(data, specs)),
        preambles=tuple(_preambles(data, specs)) if paths & _C_PATHS else (),
        embeds=embeds,
        has_main=has_main,
        head=Head(end, _digest(data[:end]), alone, rest),
    )


def _digest(data: bytes) -> bytes:
    return blake2b(data, digest_size=12).digest()


def _after(pattern: re.Pattern[bytes], data: bytes, at: int) -> int:
    match = pattern.match(data, at)
    return match.end() if match else at


def _line(data: bytes, at: int) -> int:
    return data.count(b"\n", 0, at) + 1


# The header


def _constrained(name: str, header: bytes) -> SourceFile:
    """The file with the constraint of its name and of ``header``, the text before its first token."""
    by_name = file_name_constraint(name)
    if b"build" not in header:
        return SourceFile(name=name, constraint=by_name)
    try:
        by_header = header_constraint(header)
    except ValueError as error:
        if name.endswith(".go"):
            return SourceFile(name=name, constraint=by_name, error=str(error))
        return SourceFile(name=name, constraint=NEVER, header=NEVER, error=str(error))
    return SourceFile(name=name, constraint=all_of(by_name, by_header), header=by_header)


# Imports


def _all_specs(data: bytes, clause: re.Match[bytes]) -> tuple[tuple[_Spec, ...], int]:
    """The imports after the package clause, and the end of the text that decides about them."""
    found: list[_Spec] = []
    reader = _specs(data, clause)
    while True:
        try:
            found.append(next(reader))
        except StopIteration as end:
            return tuple(found), end.value


def _specs(data: bytes, clause: re.Match[bytes]) -> Generator[_Spec, None, int]:
    """The imports after the package clause; returns the end of the gap after them.

    Raises _HeadError if go list would report an error. go list reads on as long as an ``i`` follows and
    ignores everything after that.
    """
    gap = _ended(data, clause, b"i")
    while keyword := _IMPORT.match(data, gap[1]):
        if group := _GROUP.match(data, keyword.end()):
            end = yield from _group_specs(data, group, gap)
        else:
            end = _spec_at(data, keyword.end())
            yield _Spec(end[1], end.start(1), (gap,))
        gap = _ended(data, end, b"i")
    if data.startswith(b"/*", gap[1]):
        raise _HeadError("comment not terminated")
    _check_text(data, gap[1])
    return gap[1] + len("import ")  # these bytes tell that no import follows


def _group_specs(
    data: bytes, group: re.Match[bytes], before: tuple[int, int]
) -> Generator[_Spec, None, re.Match[bytes]]:
    """The imports in parentheses; the comment ``before`` them belongs to a single one. Returns the end."""
    gap, first = group.span(1), True
    while not (end := _GROUP_END.match(data, gap[1])):
        spec = _spec_at(data, gap[1])
        closed = data.startswith(b")", spec.end())
        yield _Spec(spec[1], spec.start(1), (gap, before) if first and closed else (gap,))
        gap, first = spec.span(2) if closed else _ended(data, spec, b""), False
    return end


def _spec_at(data: bytes, at: int) -> re.Match[bytes]:
    if spec := _SPEC.match(data, at):
        return spec
    raise _HeadError("expected an import path")


def _ended(data: bytes, token: re.Match[bytes], following: bytes) -> tuple[int, int]:
    """The gap after a match, its last group; it must end the statement if ``following`` comes next."""
    start, end = gap = token.span(token.re.groups)
    if (
        data.find(b"\n", start, end) < 0
        and data.find(b";", start, end) < 0
        and data.startswith(following, end)
    ):
        raise _HeadError("expected ';' or a new line")
    return gap


def _check_text(data: bytes, end: int) -> None:
    """Raises for bytes up to ``end`` that go's scanner refuses everywhere, even in comments."""
    head = data[: end + 1]
    if head.isascii() and b"\0" not in head:
        return
    if b"\0" in head:
        raise _HeadError("illegal character NUL")
    try:
        text = head[:end].decode()
    except UnicodeDecodeError:
        raise _HeadError("illegal UTF-8 encoding") from None
    if "\ufeff" in text[1:]:
        raise _HeadError("illegal byte order mark")


def _imports(data: bytes, specs: Iterable[_Spec]) -> Iterator[Import]:
    line, seen = 1, 0
    for spec in specs:
        line += data.count(b"\n", seen, spec.at)
        seen = spec.at
        yield _import(spec.path, line)


@cache
def _import(quoted: bytes, line: int) -> Import:
    """An import; most files of a workspace import the same packages on the same few lines."""
    is_plain = _PLAIN_PATH.fullmatch(quoted)
    return Import(quoted[1:-1].decode() if is_plain else _checked_path(quoted), line)


def _checked_path(quoted: bytes) -> str:
    path = unquoted(quoted.decode("utf-8", "replace"))
    if not path or _BAD_PATH.search(path) or not path.isprintable():
        shown = path or ""
        raise _HeadError(f"invalid import path: {shown if shown.isprintable() else ascii(shown)}")
    return path


# Comments


def _preambles(data: bytes, specs: Iterable[_Spec]) -> Iterator[Preamble]:
    for spec in specs:
        groups = (_lead_comments(data, gap) for gap in spec.gaps) if spec.path in _C_PATHS else ()
        if comments := next(filter(None, groups), None):
            yield _comment_text(data, comments)


def _lead_comments(data: bytes, gap: tuple[int, int]) -> list[re.Match[bytes]]:
    """The comments in a gap that go/parser attaches to the token after it.

    They start on a line of their own, follow each other without a blank line, and end on the line above.
    """
    comments: list[re.Match[bytes]] = []
    last = _line(data, gap[0])
    beside, inserted = True, data[gap[0] - 1 : gap[0]] != b"("  # whether a newline ends the statement
    for token in _GAP_TOKEN.finditer(data, *gap):
        first, height = _line(data, token.start()), token[0].count(b"\n")
        if token[0] == b";":
            comments, beside, inserted = [], True, False
        elif beside and first == last:
            beside = not (height and inserted)
        else:
            comments = [*comments, token] if comments and first <= last + 1 else [token]
            beside = False
        last = first + height
    return comments if last + 1 == _line(data, gap[1]) else []


def _comment_text(data: bytes, comments: list[re.Match[bytes]]) -> Preamble:
    """Removes the comment markers and keeps every comment on its line."""
    line = at = _line(data, comments[0].start())
    text = ""
    for comment in comments:
        first = _line(data, comment.start())
        # As in CommentGroup.Text of go/ast, even two comments on one line make two lines.
        text += "\n" * max(first - at, 1 if text else 0)
        body = comment[0][2:] if comment[0].startswith(b"//") else comment[0][2:-2]
        text += body.replace(b"\r", b"").decode("utf-8", "replace")
        at = line + text.count("\n")
    return Preamble(text, line)


# Code


def _embeds(data: bytes) -> Iterator[Embed]:
    if b"//go:embed" not in data:
        return
    for token in _TEXT.finditer(data):
        if token[0].startswith(b"//go:embed"):
            line = _line(data, token.start())
            yield from (Embed(pattern, line) for pattern in _embed_patterns(token[0][len(b"//go:embed") :]))


def _embed_patterns(text: bytes) -> tuple[str, ...]:
    """The patterns of a line; none if one is malformed, which go build reports and go list skips."""
    rest = text.decode("utf-8", "replace").rstrip()
    patterns: list[str] = []
    at = 0
    while at < len(rest):
        word = _EMBED_WORD.match(rest, at)
        pattern = (unquoted(word[1]) if word[1] else word[2]) if word else None
        if word is None or pattern is None:
            return ()
        patterns.append(pattern)
        at = word.end()
    return tuple(patterns)


def _has_main(data: bytes, at: int) -> bool:
    """Whether there is a ``func main`` outside of comments and strings; Go allows it at top level only."""
    first = _MAIN.search(data, at)
    if first is None:
        return False
    before = data[at : first.start()]
    if before.endswith(b"\n") and b"`" not in before and b"/*" not in before:
        return True  # gofmt's layout, and no comment or string spans lines here
    return any(token[0].startswith(b"func") for token in _CODE.finditer(data, at))
