"""The C text before ``import "C"``: its ``#cgo`` lines and its C directives.

Comes in: a ``Preamble``. Goes out: ``#cgo`` lines split as go splits them, each with its condition as an
expression, and the directives of the C preprocessor with their lines in the Go file. Conditions are not
evaluated and ``${SRCDIR}`` is not expanded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from attrs import frozen

from bazel_xc.cgo.preprocess import Directive, scan
from bazel_xc.golang.constraints import NEVER, Expr, Or, parse_go_build, parse_plus_build
from bazel_xc.golang.source import Preamble

VERBS = frozenset({"CFLAGS", "CPPFLAGS", "CXXFLAGS", "FFLAGS", "LDFLAGS", "pkg-config"})

# The characters that safeCgoName in go/build allows, besides all that are not ASCII.
_SAFE = re.compile(r"[-+.,/0-9=A-Za-z_:$@%! ~^\x80-\U0010ffff]+")
_WORD_PIECE = re.compile(
    r"""(?P<blank>\s+) | \\(?P<escaped>.) | "(?P<double>(?:[^"\\]|\\.)*)" | '(?P<single>(?:[^'\\]|\\.)*)'
        | (?P<plain>[^\s\\"']+)""",
    re.DOTALL | re.VERBOSE,
)
_BACKSLASHED = re.compile(r"\\(.)", re.DOTALL)


@frozen
class CgoLine:
    """One ``#cgo`` directive. If ``error`` is not empty, go refuses the file wherever the condition is true.

    ``args`` are unquoted words that may contain ``${SRCDIR}``.
    """

    line: int
    condition: Expr | None
    verb: str
    args: tuple[str, ...]
    error: str = ""


def cgo_lines(preamble: Preamble) -> tuple[CgoLine, ...]:
    """The ``#cgo`` directives in their order; ``noescape`` and ``nocallback`` are left out.

    Follows saveCgo in go/build.
    """
    if "#cgo" not in preamble.text:
        return ()
    lines = enumerate(preamble.text.split("\n"), preamble.line)
    return tuple(_directive(text.strip(), number) for number, text in lines if _is_directive(text.strip()))


def c_directives(preambles: Iterable[Preamble]) -> tuple[Directive, ...]:
    """The preprocessor's directives of one Go file; go joins its preambles to one C text."""
    return tuple(
        directive for each in preambles for directive in scan(each.text.encode("utf-8", "replace"), each.line)
    )


def split_quoted(text: str) -> tuple[str, ...]:
    """Splits at blanks outside of quotes; a backslash quotes the next character.

    Follows splitQuoted in go/build. Raises ValueError if a quote or an escape is not finished.
    """
    words: list[str] = []
    word: str | None = None
    at = 0
    while at < len(text):
        piece = _WORD_PIECE.match(text, at)
        if piece is None:
            raise ValueError("unfinished escape" if text[at] == "\\" else "unclosed quote")
        at = piece.end()
        if piece["blank"]:
            words += [] if word is None else [word]
            word = None
        else:
            word = (word or "") + _piece_text(piece)
    return (*words, word) if word is not None else tuple(words)


def _piece_text(piece: re.Match[str]) -> str:
    text = piece[piece.lastgroup or 0]
    return _BACKSLASHED.sub(r"\1", text) if piece.lastgroup in {"double", "single"} else text


def _is_directive(text: str) -> bool:
    if not text.startswith(("#cgo ", "#cgo\t")):
        return False
    words = text.split()
    return not (len(words) == 3 and words[1] in {"noescape", "nocallback"})


def _directive(text: str, line: int) -> CgoLine:
    head, colon, rest = text.removeprefix("#cgo").strip().partition(":")
    words = head.split()
    if not colon or not words:
        return CgoLine(line, None, "", (), f"invalid #cgo line: {text}")
    condition, verb = _condition(words[:-1]), words[-1]
    try:
        args = split_quoted(rest)
    except ValueError as error:
        return CgoLine(line, condition, verb, (), f"invalid #cgo line: {text} ({error})")
    return CgoLine(line, condition, verb, args, _refusal(text, verb, args))


def _refusal(text: str, verb: str, args: tuple[str, ...]) -> str:
    for arg in args:
        chunks = arg.split("${SRCDIR}")
        if not arg or not all(not chunk or _SAFE.fullmatch(chunk) for chunk in chunks):
            return f"malformed #cgo argument: {arg}"
    return "" if verb in VERBS else f"invalid #cgo verb: {text}"


def _condition(words: list[str]) -> Expr | None:
    """True if any of the words is; as in go, a word that cannot be parsed is never true."""
    choices = tuple(map(_word_condition, words))
    return Or(choices) if len(choices) > 1 else choices[0] if choices else None


def _word_condition(word: str) -> Expr:
    if not set(word) & set("&|()"):
        return parse_plus_build([word])
    try:
        return parse_go_build(word)
    except ValueError:
        return NEVER
