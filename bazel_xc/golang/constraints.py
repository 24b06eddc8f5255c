"""Build constraints, evaluated for any platform.

Comes in: the text after ``//go:build``, the lines of ``// +build``, file names. Goes out: frozen expressions,
and two answers about them. ``holds`` evaluates one as go does when it compiles. ``may_hold`` gives the known
platforms on which Bazel may compile the file, as Gazelle does: conditions that only the compiler knows, such
as cgo or the release of Go, stay open. It reads no files and does not know the go in use.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import TypeAlias

from attrs import frozen

from bazel_xc.model import Platform

# Gazelle's table of platforms (v2/rule/platform.go).
_GAZELLE_TABLE = """
    aix: ppc64
    android: 386 amd64 arm arm64
    darwin: 386 amd64 arm arm64
    dragonfly: amd64
    freebsd: 386 amd64 arm arm64
    illumos: amd64
    ios: amd64 arm64
    js: wasm
    linux: 386 amd64 arm arm64 mips mips64 mips64le mipsle ppc64 ppc64le riscv64 s390x
    netbsd: 386 amd64 arm arm64
    openbsd: 386 amd64 arm arm64
    osx: 386 amd64 arm arm64
    plan9: 386 amd64 arm
    qnx: 386 amd64 arm arm64
    solaris: amd64
    windows: 386 amd64 arm arm64
"""


def _platform_names(table: str) -> frozenset[str]:
    rows = (line.strip().partition(":") for line in table.split("\n") if line.strip())
    return frozenset(f"{goos}_{goarch}" for goos, _, archs in rows for goarch in archs.split())


GAZELLE_PLATFORMS = _platform_names(_GAZELLE_TABLE)

KNOWN_PLATFORMS = GAZELLE_PLATFORMS | {"linux_loong64", "wasip1_wasm"}
"""The platforms of Gazelle, and two that only rules_go knows (go/private/platforms.bzl)."""

RULES_GO_SINCE: Mapping[str, str] = MappingProxyType(
    {
        "linux_loong64": "0.61.0",
        "loong64": "0.61.0",
        "osx": "0.50.0",
        "osx_386": "0.50.0",
        "osx_amd64": "0.50.0",
        "osx_arm": "0.50.0",
        "osx_arm64": "0.50.0",
        "qnx": "0.51.0",
        "qnx_386": "0.51.0",
        "qnx_amd64": "0.51.0",
        "qnx_arm": "0.51.0",
        "qnx_arm64": "0.51.0",
        "wasip1": "0.51.0",
        "wasip1_wasm": "0.51.0",
    }
)
"""Settings of ``//go/platform`` that rules_go 0.34 lacked -> the first release that has them."""

# Every name that is an OS or an architecture in file names for go (internal/syslist).
_GOOS = frozenset(
    "aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd plan9 solaris"
    " wasip1 windows zos".split()
)
_GOARCH = frozenset(
    "386 amd64 amd64p32 arm armbe arm64 arm64be loong64 mips mipsle mips64 mips64le mips64p32 mips64p32le"
    " ppc ppc64 ppc64le riscv riscv64 s390 s390x sparc sparc64 wasm".split()
)
_UNIX = frozenset(
    "aix android darwin dragonfly freebsd hurd illumos ios linux netbsd openbsd solaris".split()
)
_ALSO = MappingProxyType({"android": "linux", "illumos": "solaris", "ios": "darwin"})

# The tags that Gazelle leaves open; ``gc`` is a build tag that Gazelle always sets.
_DEFERRED = frozenset({"cgo", "purego", "race", "msan", "gc"})
_DEFERRED_RELEASE = re.compile(r"go[0-9]\.[0-9]+")
_RELEASE = re.compile(r"go1\.([1-9][0-9]{0,3})")

NEWEST_RELEASE = 999
"""A release at which every ``go1.N`` is true, for callers that do not know the go in use."""

_MAX_DEPTH = 60  # of parentheses; go allows 1000 operands in all
_MAX_PLUS_OPERATORS = 100
_TOKEN = re.compile(r"[ \t]*(?:(?P<op>&&|\|\||[()!])|(?P<tag>[\w.]+))")
_TAG = re.compile(r"[\w.]+")


@frozen(cache_hash=True)
class Tag:
    """A build tag: a GOOS, a GOARCH, ``unix``, ``cgo``, ``go1.22``, or a tag of the user."""

    name: str

    def __str__(self) -> str:
        return self.name


@frozen(cache_hash=True)
class Not:
    """The opposite of a term."""

    term: Expr

    def __str__(self) -> str:
        return f"!{_nested(self.term)}"


@frozen(cache_hash=True)
class And:
    """True if all terms are true, so true without terms."""

    terms: tuple[Expr, ...]

    def __str__(self) -> str:
        return " && ".join(map(_nested, self.terms)) or "true"


@frozen(cache_hash=True)
class Or:
    """True if any term is true, so false without terms."""

    terms: tuple[Expr, ...]

    def __str__(self) -> str:
        return " || ".join(map(_nested, self.terms)) or "false"


Expr: TypeAlias = Tag | Not | And | Or

ALWAYS = And(())
NEVER = Or(())


@functools.lru_cache(maxsize=4096)
def parse_go_build(text: str) -> Expr:
    """Parses the text after ``//go:build``.

    Raises ValueError with the column, from 1 within ``text``, if go would refuse the line.
    """
    expr, at = _any_of(text, 0, 0)
    kind, word, _ = _token(text, at)
    if kind:
        raise _refusal(text, at, f"unexpected {word}")
    return expr


def parse_plus_build(lines: Iterable[str]) -> Expr:
    """The combined meaning of ``// +build`` lines, each given as the text after ``+build``.

    As in go, a malformed word is the tag ``ignore``, and a line of more than 100 operators is no constraint.
    """
    return all_of(*map(_plus_line, lines)) or ALWAYS


def all_of(*exprs: Expr | None) -> Expr | None:
    """The expression that is true if all of the given ones are; None means no constraint."""
    terms: list[Expr] = []
    for expr in exprs:
        terms.extend(expr.terms if isinstance(expr, And) else () if expr is None else (expr,))
    if not terms:
        return None
    return terms[0] if len(terms) == 1 else And(tuple(terms))


def file_name_constraint(base_name: str) -> Expr | None:
    """The constraint of a name such as ``x_linux.go``, ``x_arm64_test.go`` or ``x_linux_arm64.s``, as in
    go/build.

    Only the part between the first underscore and the first dot counts.
    """
    _, underscore, rest = base_name.partition(".")[0].partition("_")
    if not underscore:
        return None
    parts = rest.split("_")
    if parts[-1] == "test":
        parts.pop()
    last = parts[-1] if parts else ""
    if last in _GOARCH and len(parts) > 1 and parts[-2] in _GOOS:
        return And((Tag(parts[-2]), Tag(last)))
    return Tag(last) if last in _GOOS or last in _GOARCH else None


def holds(
    expr: Expr | None,
    platform: Platform,
    tags: frozenset[str] = frozenset(),
    release: int | tuple[int, int] = NEWEST_RELEASE,
) -> bool:
    """Whether the constraint is true for go when it compiles for ``platform``.

    ``tags`` are the user's build tags and go's tool tags, such as ``goexperiment.x`` or ``arm64.v8.0``.
    ``release`` is the N of the go 1.N in use, or (1, N).
    """
    if expr is None:
        return True
    minor = release if isinstance(release, int) else release[1]
    return _value(expr, platform, tags, minor)


def is_ignored(expr: Expr | None) -> bool:
    """Whether a constraint is only true with the tag ``ignore``, as ``go mod tidy`` decides it: any other tag
    counts both as true and as false.
    """
    return expr is not None and not _may_be_true(expr)


def with_cgo(expr: Expr | None, *, cgo: bool) -> Expr | None:
    """The constraint for one setting of cgo; the same object if it does not depend on it."""
    return _settled(expr, ALWAYS if cgo else NEVER) if expr is not None and names_cgo(expr) else expr


@functools.lru_cache(maxsize=4096)
def names_cgo(expr: Expr | None) -> bool:
    """Whether a constraint depends on cgo."""
    if expr is None or isinstance(expr, Tag):
        return expr is not None and expr.name == "cgo"
    return names_cgo(expr.term) if isinstance(expr, Not) else any(map(names_cgo, expr.terms))


@functools.lru_cache(maxsize=4096)
def may_hold(
    expr: Expr | None, tags: frozenset[str] = frozenset(), known: frozenset[str] = frozenset()
) -> frozenset[str]:
    """The names of the known platforms on which the constraint may be true, as Gazelle decides it.

    ``tags`` are the tags of the ``build_tags`` directive. They, and tags that only the compiler knows, stay
    open: such a tag and its negation both count as true. The tags in ``known`` are true. Any other tag of the
    user is false. If no platform is ruled out, the result is ``KNOWN_PLATFORMS`` itself.
    """
    where = KNOWN_PLATFORMS if expr is None else _where(expr, tags - known, known, negated=False)
    return KNOWN_PLATFORMS if where == KNOWN_PLATFORMS else where


def _may_be_true(expr: Expr) -> bool:
    if isinstance(expr, Tag):
        return expr.name != "ignore"
    if isinstance(expr, Not):
        return True
    return (all if isinstance(expr, And) else any)(map(_may_be_true, expr.terms))


def _settled(expr: Expr, cgo: Expr) -> Expr:
    """The expression with a constant for the tag ``cgo``."""
    if isinstance(expr, Tag):
        return cgo if expr.name == "cgo" else expr
    if isinstance(expr, Not):
        return Not(_settled(expr.term, cgo))
    return type(expr)(tuple(_settled(term, cgo) for term in expr.terms))


def _nested(expr: Expr) -> str:
    return f"({expr})" if isinstance(expr, And | Or) and len(expr.terms) > 1 else str(expr)


def _refusal(text: str, at: int, why: str) -> ValueError:
    return ValueError(f"column {at + 1} of {text!r}: {why}")


def _token(text: str, at: int) -> tuple[str, str, int]:
    """The token at ``at``: its kind (op, tag, or empty at the end), its text and its end."""
    if match := _TOKEN.match(text, at):
        return match.lastgroup or "", match[match.lastgroup or 0], match.end()
    if rest := text[at:].lstrip(" \t"):
        raise _refusal(text, len(text) - len(rest), f"invalid syntax at {rest[0]}")
    return "", "", len(text)


def _any_of(text: str, at: int, depth: int) -> tuple[Expr, int]:
    """Parses ``a && b || c``; returns the expression and its end."""
    if depth > _MAX_DEPTH:
        raise _refusal(text, at, "nested too deeply")
    choices: list[Expr] = []
    while True:
        expr, at = _every_of(text, at, depth)
        choices.append(expr)
        _, word, end = _token(text, at)
        if word != "||":
            return (choices[0] if len(choices) == 1 else Or(tuple(choices))), at
        at = end


def _every_of(text: str, at: int, depth: int) -> tuple[Expr, int]:
    terms: list[Expr] = []
    while True:
        expr, at = _literal(text, at, depth)
        terms.append(expr)
        _, word, end = _token(text, at)
        if word != "&&":
            return (terms[0] if len(terms) == 1 else And(tuple(terms))), at
        at = end


def _literal(text: str, at: int, depth: int) -> tuple[Expr, int]:
    """Parses a tag or a parenthesis, with at most one ``!`` before it."""
    kind, word, end = _token(text, at)
    negated = word == "!"
    if negated:
        kind, word, end = _token(text, end)
    if kind == "tag":
        expr: Expr = Tag(word)
    elif word == "(":
        expr, end = _any_of(text, end, depth + 1)
        _, word, end = _token(text, end)
        if word != ")":
            raise _refusal(text, end, "missing )")
    else:
        raise _refusal(text, at, f"unexpected {word}" if kind else "unexpected end")
    return (Not(expr) if negated else expr), end


def _plus_line(text: str) -> Expr | None:
    clauses = [clause.split(",") for clause in text.split()]
    if sum(map(len, clauses)) > _MAX_PLUS_OPERATORS + 1:
        return None
    choices = [all_of(*map(_plus_word, words)) or ALWAYS for words in clauses]
    return choices[0] if len(choices) == 1 else Or(tuple(choices)) if choices else Tag("ignore")


def _plus_word(word: str) -> Expr:
    if word.startswith("!!") or word == "!":
        return Tag("ignore")
    name = word.removeprefix("!")
    tag = Tag(name if _TAG.fullmatch(name) else "ignore")
    return Not(tag) if word.startswith("!") else tag


def _value(expr: Expr, platform: Platform, tags: frozenset[str], minor: int) -> bool:
    if isinstance(expr, Tag):
        return _tag_value(expr.name, platform, tags, minor)
    if isinstance(expr, Not):
        return not _value(expr.term, platform, tags, minor)
    values = (_value(term, platform, tags, minor) for term in expr.terms)
    return all(values) if isinstance(expr, And) else any(values)


def _tag_value(name: str, platform: Platform, tags: frozenset[str], minor: int) -> bool:
    """Follows matchTag in go/build."""
    goos = platform.goos
    if name in (goos, platform.goarch, "gc") or name == _ALSO.get(goos):
        return True
    if (name == "cgo" and platform.cgo) or (name == "unix" and goos in _UNIX):
        return True
    if name == "boringcrypto":
        name = "goexperiment.boringcrypto"
    release = _RELEASE.fullmatch(name)
    return name in tags or (release is not None and int(release[1]) <= minor)


def _where(expr: Expr, tags: frozenset[str], known: frozenset[str], *, negated: bool) -> frozenset[str]:
    """Evaluates on all platforms at once; negation is pushed down to the tags."""
    if isinstance(expr, Tag):
        return _tag_where(expr.name, tags, known, negated=negated)
    if isinstance(expr, Not):
        return _where(expr.term, tags, known, negated=not negated)
    sets = [_where(term, tags, known, negated=negated) for term in expr.terms]
    if isinstance(expr, And) is negated:
        return frozenset().union(*sets)
    return KNOWN_PLATFORMS.intersection(*sets)


def _tag_where(name: str, tags: frozenset[str], known: frozenset[str], *, negated: bool) -> frozenset[str]:
    if name in known:
        return frozenset() if negated else KNOWN_PLATFORMS
    if name in tags or name in _DEFERRED or name.startswith("goexperiment."):
        return KNOWN_PLATFORMS
    if _DEFERRED_RELEASE.fullmatch(name):
        return KNOWN_PLATFORMS
    where = _tag_platforms(name)
    return KNOWN_PLATFORMS - where if negated else where


@functools.lru_cache(maxsize=4096)
def _tag_platforms(name: str) -> frozenset[str]:
    """The platforms of an OS or architecture for Gazelle, where illumos is not solaris and osx not darwin."""
    pairs = ((known, *known.split("_")) for known in KNOWN_PLATFORMS)
    return frozenset(known for known, goos, goarch in pairs if name in _names_of(goos, goarch))


def _names_of(goos: str, goarch: str) -> tuple[str, ...]:
    also = () if goos == "illumos" else (_ALSO.get(goos, goos),)
    return (goos, goarch, *also, *(("unix",) if goos in _UNIX else ()))
