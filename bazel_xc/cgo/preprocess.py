"""Finds the inclusions of C text as a C preprocessor does, to know which files a compiler would open.

Comes in: the bytes of a C file, or the text of a preamble; later the known macros. Goes out: its directives
with their lines, and from them its inclusions, each certain or dependent on a condition that cannot be
decided here. It opens no file, so macros of an included file are unknown. It expands only macros that name a
header, and does not parse statements.

Rules of conditions: branches known to be false are skipped. Both branches of an undecidable condition are
followed, and macros defined in them become unknown. Include guards are taken as true.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from attrs import field, frozen

from bazel_xc.cgo.conditions import (
    OPEN_VALUE,
    Condition,
    Macros,
    both,
    either,
    evaluate,
    guarded_name,
    is_defined,
    opposite,
    parse_condition,
)

_COMMENT = rb"/\*[^*]*+(?:\*(?!/)[^*]*+)*+(?:\*/|\Z)|//(?:[^\n\\]++|\\\r?\n|\\)*+"
# A quote that is not closed ends with its line, as in gcc.
_STRING = rb'"(?:[^"\\\n]++|\\\r?\n|\\.|\\)*+"?'
_CHARACTER = rb"'(?:(?<=u8')|(?<![0-9]'))(?:[^'\\\n]++|\\\r?\n|\\.|\\)*+'?"  # not a digit separator
_RAW_STRING = rb'R"(?P<delimiter>[^\s()\\"]{0,16}+)\((?s:.)*?\)(?P=delimiter)"'
_NAMES_HEADER = rb'[ \t]*+(?:include(?:_next)?|import)[ \t]*+(?:<[^>\n]++>|"[^"\n]++")'
_TO_LINE_END = rb"(?:[^\n\\/\"']++|\\[ \t]*\r?\n|\\|"
_TO_LINE_END += _COMMENT + rb"|" + _STRING + rb"|" + _CHARACTER + rb"|[/'])*+"
_TOKEN = re.compile(
    rb"(?P<comment>"
    + _COMMENT
    + rb")|#(?P<directive>(?:"
    + _NAMES_HEADER
    + rb")?+"
    + _TO_LINE_END
    + rb")|"
    + rb"|".join((_RAW_STRING, _STRING, _CHARACTER))
)
_BLANK = re.compile(_COMMENT + rb"|(" + _STRING + rb"|" + _CHARACTER + rb")")
_SPLICE = re.compile(rb"\\[ \t]*\r?\n")
_WORD = re.compile(r"\s*([a-z_]+)\s*(.*)", re.DOTALL)
_HEADER = re.compile(r'<([^>]+)>|"([^"]+)"')
_DEFINITION = re.compile(r"([\w$]+)(\()?\s*(.*)", re.DOTALL)
_IDENTIFIER = re.compile(r"[A-Za-z_$][\w$]*")
_INCLUDES = frozenset({"include", "include_next", "import"})
_MAX_EXPANSIONS = 20
_LONGEST_VALUE = 1000  # a longer macro text is neither a number nor a header


@frozen
class Directive:
    """One directive that matters to inclusion.

    ``word`` is ``if``, ``elif`` (both with a condition, also for ``ifdef`` and the like), ``else``,
    ``endif``, ``include``, ``include_next``, ``define`` or ``undef``. ``text`` is the header as it is
    written, or the name of the macro, and ``value`` the macro's text. Lines count from 1.
    """

    line: int
    word: str
    text: str = ""
    value: str = ""
    condition: Condition = ()


@frozen
class Include:
    """One ``#include``; ``system`` if the header is in angle brackets.

    It is not ``certain`` if it depends on an undecidable condition. ``following`` means ``#include_next``. If
    it is ``computed``, ``header`` is a macro with an unknown value.
    """

    header: str
    system: bool
    line: int
    certain: bool = field(default=True, kw_only=True)
    following: bool = field(default=False, kw_only=True)
    computed: bool = field(default=False, kw_only=True)


def scan(data: bytes, line: int = 1) -> tuple[Directive, ...]:
    """The directives outside of comments and strings; the text begins on ``line``.

    Text that is not UTF-8 is read as Latin-1.
    """
    return tuple(_directives(data, line)) if b"#" in data else ()


def inclusions(directives: Iterable[Directive], macros: Macros) -> tuple[Include, ...]:
    """The inclusions for known ``macros``, in order, without those in branches known to be false."""
    directives = tuple(directives)
    guard = _guard(directives)
    known = dict(macros)
    open_groups: list[_Group] = []
    held: bool | None = True
    found: list[Include] = []
    for directive in directives:
        word = directive.word
        if word == "if":
            condition = True if directive is guard else evaluate(directive.condition, known)
            open_groups.append(_Group(held, condition, condition))
        elif not open_groups and word in {"elif", "else", "endif"}:
            continue
        elif word == "endif":
            held = open_groups.pop().outside
            continue
        elif word in {"elif", "else"}:
            condition = True if word == "else" else evaluate(directive.condition, known)
            open_groups[-1] = open_groups[-1].next_branch(condition)
        elif held is False:
            continue
        elif word in {"define", "undef"}:
            _learn(directive, known, certain=held is True)
            continue
        else:
            found += _included(directive, known, directives, certain=held is True)
            continue
        held = open_groups[-1].held
    return tuple(found)


def header_macros(directives: Iterable[Directive]) -> Iterator[tuple[str, str]]:
    """Macros that are a header somewhere in the text: name, and header with its delimiters."""
    for directive in directives:
        if directive.word == "define" and _HEADER.fullmatch(directive.value):
            yield directive.text, directive.value


def named_header(text: str) -> tuple[str, bool] | None:
    """The name of a header that is written with its delimiters, and whether they are angle brackets."""
    found = _HEADER.fullmatch(text)
    return (found[1] or found[2], found[1] is not None) if found else None


@frozen
class _Group:
    """An open ``#if``: whether it is reached, whether a branch was taken before, and the current branch."""

    outside: bool | None
    taken: bool | None
    branch: bool | None

    @property
    def held(self) -> bool | None:
        return both(self.outside, self.branch)

    def next_branch(self, condition: bool | None) -> _Group:
        branch = both(opposite(self.taken), condition)
        return _Group(self.outside, either(self.taken, condition), branch)


def _guard(directives: tuple[Directive, ...]) -> Directive | None:
    """The ``#ifndef X`` that is followed by ``#define X`` before anything else."""
    if len(directives) < 2:
        return None
    first, second = directives[:2]
    name = guarded_name(first.condition) if first.word == "if" else ""
    return first if name and second.word == "define" and second.text == name else None


def _learn(directive: Directive, known: dict[str, str | None], *, certain: bool) -> None:
    if certain:
        known[directive.text] = directive.value if directive.word == "define" else None
    else:
        known.pop(directive.text, None)


def _included(
    directive: Directive, known: Macros, directives: tuple[Directive, ...], *, certain: bool
) -> Iterator[Include]:
    following = directive.word == "include_next"
    written = _written(directive.text, known)
    sure = named_header(written) is not None
    texts = [written] if sure else [text for name, text in header_macros(directives) if name == written]
    for text in dict.fromkeys(texts):
        header, system = named_header(text) or ("", False)
        yield Include(header, system, directive.line, certain=certain and sure, following=following)
    if written and not texts:
        yield Include(written, False, directive.line, certain=certain, following=following, computed=True)


def _written(text: str, known: Macros) -> str:
    """The text that is included, with macros replaced until it is a header."""
    for _ in range(_MAX_EXPANSIONS):
        value = known.get(text)
        if value is None or not (_HEADER.fullmatch(value) or _IDENTIFIER.fullmatch(value)):
            break
        text = value
    return text


def _directives(data: bytes, line: int) -> Iterator[Directive]:
    counted = 0
    comment_start, comment_end = 0, 0
    for token in _TOKEN.finditer(data):
        if token.lastgroup == "comment":
            comment_start, comment_end = token.span()
        elif token.lastgroup == "directive" and _starts_line(data, token.start(), comment_start, comment_end):
            line += data.count(b"\n", counted, token.start())
            counted = token.start()
            found = _directive(token["directive"], line)
            if found:
                yield found


def _starts_line(data: bytes, at: int, comment_start: int, comment_end: int) -> bool:
    """Whether only blanks, and a comment that starts after blanks, are before a ``#``."""
    start = data.rfind(b"\n", 0, at) + 1
    if start < comment_end <= at:
        if data[comment_end:at].strip():
            return False
        at = comment_start
        start = data.rfind(b"\n", 0, at) + 1
    return not data[start:at].strip(b" \t\v\f\r\xef\xbb\xbf")


def _directive(body: bytes, line: int) -> Directive | None:
    if b"\\" in body:
        body = _SPLICE.sub(b"", body)
    if b"/" in body and not re.match(_NAMES_HEADER, body):
        body = _BLANK.sub(lambda found: found[1] or b" ", body)
    parts = _WORD.match(_decoded(body))
    if parts is None:
        return None
    word, text = parts[1], parts[2].strip()
    if word in _INCLUDES:
        return Directive(line, "include" if word == "import" else word, _as_included(text))
    if word in {"define", "undef"}:
        return _definition(line, word, text)
    if word in {"if", "elif"}:
        return Directive(line, word, condition=parse_condition(text))
    if word in {"ifdef", "ifndef", "elifdef", "elifndef"}:
        name = _IDENTIFIER.match(text)
        condition = is_defined(name[0], negated=word.endswith("ndef")) if name else ()
        return Directive(line, "elif" if word.startswith("el") else "if", condition=condition)
    return Directive(line, word) if word in {"else", "endif"} else None


def _as_included(text: str) -> str:
    """The header with its delimiters, without the text after it; otherwise the unchanged text."""
    found = _HEADER.match(text)
    return found[0] if found else text


def _definition(line: int, word: str, text: str) -> Directive | None:
    found = _DEFINITION.match(text)
    if found is None:
        return None
    short = not found[2] and len(found[3]) <= _LONGEST_VALUE
    return Directive(line, word, found[1], found[3] if short else OPEN_VALUE)


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")
