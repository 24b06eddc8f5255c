"""The flags of ``#cgo`` lines per platform.

Comes in: the cgo files of one package, each with its directives and its platforms. Goes out: flag words per
known platform, one word per element, in source order; ``${SRCDIR}`` and relative search directories become
paths from the workspace root. Flags are not sorted. It decides nothing about libraries or directories, and
leaves out directives that go would refuse, Fortran flags and platforms without flags.
"""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

from attrs import frozen

from bazel_xc.cgo.preamble import CgoLine
from bazel_xc.cgo.preprocess import Directive
from bazel_xc.golang.constraints import NEWEST_RELEASE, holds, may_hold
from bazel_xc.golang.listed import ListedPackage
from bazel_xc.golang.source import Preamble
from bazel_xc.model import ByPlatform, Platform

_SRCDIR = "${SRCDIR}"
# Flags with a directory, in the same word or in the next one (Gazelle's list).
_DIRECTORY_FLAG = re.compile(r"(-iquote|-isystem|-I|-L|-F)(.*)", re.DOTALL)
_ABSOLUTE = re.compile(r"/|[A-Za-z]:/")  # for go on Linux, a Windows path is relative
# A relative run path means a folder of the sources; rules_go sets the run paths of dependencies itself.
_RUN_PATH = re.compile(r"-Wl,-{1,2}rpath[,=](?![/$@])[^,]*")
_ESCAPED = re.compile(r"""[\\'" \t\n\r]""")
_DOLLAR = re.compile(r"\$(?!\()")


@frozen(kw_only=True)
class CgoSource:
    """A Go file that imports C.

    ``path`` is for display and for the order of files; ``directives`` are the directives of its C text;
    ``may`` are the known platforms that its constraint allows, ``active`` the configured platforms on which
    go compiles it with cgo.
    """

    path: str
    lines: tuple[CgoLine, ...] = ()
    preambles: tuple[Preamble, ...] = ()
    directives: tuple[Directive, ...] = ()
    may: frozenset[str] = frozenset()
    active: frozenset[str] = frozenset()


# Each verb with the words of its flags; a verb without flags may be missing.
CgoFlags: TypeAlias = Mapping[str, ByPlatform[str]]
PKG_CONFIG = "pkg-config"
# The attributes of rules_go, and the verbs of their flags.
VERBS: Mapping[str, str] = {
    "copts": "CFLAGS", "cppopts": "CPPFLAGS", "cxxopts": "CXXFLAGS", "clinkopts": "LDFLAGS",
}  # fmt: skip
NO_FLAGS: ByPlatform[str] = ByPlatform()


@frozen
class Asked:
    """A file's ``#cgo`` line that applies on a platform."""

    path: str
    directive: CgoLine


def asked_on(
    sources: Iterable[CgoSource],
    platform: Platform,
    tags: frozenset[str] = frozenset(),
    release: int | tuple[int, int] = NEWEST_RELEASE,
) -> tuple[Asked, ...]:
    """The ``#cgo`` lines of the files that go compiles on a platform, by file.

    See ``holds`` for ``tags`` and ``release``.
    """
    return tuple(
        Asked(source.path, line)
        for source in sorted(sources, key=lambda source: source.path)
        if platform.name in source.active
        for line in source.lines
        if not line.error and holds(line.condition, platform, tags, release)
    )


def flags_by_platform(
    sources: Iterable[CgoSource],
    directory: str,
    platforms: frozenset[str],
    tags: frozenset[str],
    known: frozenset[str] = frozenset(),
) -> CgoFlags:
    """The flags on each of the known ``platforms`` on which the conditions of their lines may be true.

    ``directory`` is the package's, from the workspace root; see ``may_hold`` for ``tags`` and ``known``. A
    directive with the same words as an earlier one that applies is dropped.
    """
    lines = tuple(_possible_lines(sources, tags, known))
    found: dict[str, ByPlatform[str]] = {}
    for verb in (*VERBS.values(), PKG_CONFIG):
        # Equal lines count once, at the place of the first.
        where: dict[tuple[str, ...], frozenset[str]] = {}
        for line, held in lines:
            if line.verb == verb:
                where[line.args] = where.get(line.args, frozenset()) | (held & platforms)
        found[verb] = ByPlatform.held(where).map(
            lambda _, some: (word for args in some for word in resolved_words(args, directory))
        )
    return {verb: flags for verb, flags in found.items() if flags}


def resolved_words(words: Iterable[str], directory: str) -> tuple[str, ...]:
    """The words with ``${SRCDIR}`` and relative directories of search flags replaced by paths in
    ``directory``.
    """
    found: list[str] = []
    previous = ""
    for word in words:
        is_directory = previous in {"-I", "-L", "-F", "-iquote", "-isystem"}
        found.append(_joined(directory, word) if is_directory else _resolved(word, directory))
        previous = "" if is_directory else word
    return tuple(found)


def without_paths(
    flags: CgoFlags, provided: Mapping[str, frozenset[str]], *, keep_root: bool = False
) -> CgoFlags:
    """The flags without search directories in the workspace and without words that dependencies provide.

    ``provided`` maps platforms to words, as they are in LDFLAGS; ``-l`` and its name may be two words. With
    ``keep_root`` the root of the workspace stays a search directory of headers.
    """

    def cleaned(platform: str, words: tuple[str, ...]) -> Iterator[str]:
        return _plain_words(words, provided.get(platform, frozenset()), keep_root=keep_root)

    found = {verb: each if verb == PKG_CONFIG else each.map(cleaned) for verb, each in flags.items()}
    return {verb: each for verb, each in found.items() if each}


def _plain_words(words: Iterable[str], provided: frozenset[str], *, keep_root: bool) -> Iterator[str]:
    rest = iter(words)
    for word in rest:
        match = _DIRECTORY_FLAG.fullmatch(word)
        if match and match[1] != "-F":
            directory = match[2] or next(rest, "")
            is_root = keep_root and directory == "." and match[1] in ("-I", "-isystem")
            if is_root or _ABSOLUTE.match(directory) or directory.startswith("$"):
                yield from (word,) if match[2] else (word, directory)
        elif word == "-l":
            name = next(rest, "")
            if f"-l{name}" not in provided:
                yield from (word, name)
        elif word not in provided and not _RUN_PATH.fullmatch(word):
            yield word


def bazel_flag(text: str) -> str:
    """A flag as a string of a BUILD attribute, with Make variables and the shell's blanks and quotes escaped.

    As in Gazelle, a ``$(`` is left for Bazel to expand.
    """
    return _DOLLAR.sub("$$", _ESCAPED.sub(r"\\\g<0>", text))


def listed_flags(flags: CgoFlags, platform: str, directory: str, listed: ListedPackage) -> tuple[str, ...]:
    """Compares our flags on a platform with the flags that go lists; empty if they agree.

    Otherwise one line per verb. go repeats equal directives and writes absolute paths; both are ignored.
    """
    found = (
        _difference(
            verb,
            flags.get(verb, NO_FLAGS).on(platform),
            _relative(listed.cgo.get(verb, ()), listed.directory, directory),
        )
        for verb in (*VERBS.values(), PKG_CONFIG)
    )
    return tuple(filter(None, found))


def _possible_lines(
    sources: Iterable[CgoSource], tags: frozenset[str], known: frozenset[str]
) -> Iterator[tuple[CgoLine, frozenset[str]]]:
    for source in sorted(sources, key=lambda source: source.path):
        for line in source.lines:
            if not line.error:
                yield line, source.may & may_hold(line.condition, tags, known)


def _resolved(word: str, directory: str) -> str:
    if word == _SRCDIR or word.startswith(f"{_SRCDIR}/"):
        return _joined(directory, word)
    match = _DIRECTORY_FLAG.fullmatch(word)
    if match and match[2]:
        return match[1] + _joined(directory, match[2])
    return word.replace(_SRCDIR, directory or ".")


def _joined(directory: str, path: str) -> str:
    """A path relative to the package, or starting with ${SRCDIR}, as a path from the workspace root."""
    below = path.removeprefix(f"{_SRCDIR}/")
    if _ABSOLUTE.match(below):
        return below
    if path.startswith(_SRCDIR):
        return posixpath.normpath(path.replace(_SRCDIR, directory or "."))
    return posixpath.normpath(posixpath.join(directory, path))


def _relative(words: Iterable[str], package: str, directory: str) -> tuple[str, ...]:
    """The flags that go lists, with paths from the workspace root; ``package`` is the absolute directory."""
    root = package.removesuffix(directory).rstrip("/") if directory else package
    named = (word.replace(package, _SRCDIR).replace(f"{root}/", f"{_up(directory)}/") for word in words)
    return resolved_words(named, directory)


def _up(directory: str) -> str:
    return posixpath.join(_SRCDIR, *[".."] * len(directory.split("/"))) if directory else _SRCDIR


def _difference(verb: str, ours: tuple[str, ...], theirs: tuple[str, ...]) -> str:
    mine, listed = Counter(ours), Counter(theirs)
    missing = [word for word in listed if word not in mine]
    extra = sorted((mine - listed).elements())
    parts = [f"{what} {' '.join(words)}" for what, words in (("missing", missing), ("extra", extra)) if words]
    return f"{verb}: {', '.join(parts)}" if parts else ""
