"""What C a package needs from outside of itself, per configured platform.

Comes in: its cgo files, the configured platforms, and a question whether a file exists. Goes out: headers,
libraries, pkg-config names, frameworks and archives, each with the platforms where go would want it and the
place that first asks for it. It looks for nobody who provides them, knows ISO C's headers and no others,
and does not follow headers into headers.
"""

from __future__ import annotations

import enum
import posixpath
import re
from collections.abc import Callable, Iterable, Iterator

from attrs import evolve, frozen

from bazel_xc.cgo.flags import CgoSource, resolved_words
from bazel_xc.cgo.preamble import CgoLine
from bazel_xc.golang.constraints import NEWEST_RELEASE, holds
from bazel_xc.model import Platform

# ISO/IEC 9899:2018 (C17), section 7: the headers of the standard library.
C_STANDARD_HEADERS = frozenset(
    "assert.h complex.h ctype.h errno.h fenv.h float.h inttypes.h iso646.h limits.h locale.h math.h setjmp.h"
    " signal.h stdalign.h stdarg.h stdatomic.h stdbool.h stddef.h stdint.h stdio.h stdlib.h stdnoreturn.h"
    " string.h tgmath.h threads.h time.h uchar.h wchar.h wctype.h".split()
)
_GENERATED_HEADER = "_cgo_export.h"

_COMPILER_VERBS = frozenset({"CFLAGS", "CPPFLAGS", "CXXFLAGS"})
_INCLUDE_FLAG = re.compile(r"(?:-iquote|-isystem|-I)(.*)", re.DOTALL)
_FRAMEWORK_FLAGS = frozenset(
    f"-{how}framework" for how in ("", "weak_", "needed_", "reexport_", "lazy_", "upward_")
)
# Options of linkers whose argument is a name or a path of something else than an input.
_ARGUMENT_FLAGS = frozenset(
    "-rpath --rpath -rpath-link --rpath-link -soname --soname -h -install_name -dylib_install_name -o -u -e"
    " -z -T -L -F -arch -rpath_link --dynamic-linker -dynamic-linker --version-script -Map".split()
)
_ARCHIVE = re.compile(r".*\.(?:a|so|so\.[0-9.]+|lib|dylib|dll|syso|o)", re.DOTALL)


class NeedKind(enum.StrEnum):
    """What sort of thing is needed."""

    ARCHIVE = "archive"
    FRAMEWORK = "framework"
    HEADER = "header"
    LIB = "lib"
    PKG_CONFIG = "pkg_config"


@frozen
class CNeed:
    """Something that a package needs on some of the configured platforms.

    ``name`` is a header as it is included, a library without ``-l`` (``:file`` where it is named by file), a
    pkg-config package, a framework, or the path of an archive or object, from the workspace root where it is
    given by ``${SRCDIR}``. ``path`` and ``line`` say who asks first. ``certain`` is False for an ``#include``
    in a branch whose condition cannot be decided.
    """

    kind: NeedKind
    name: str
    platforms: frozenset[str]
    path: str
    line: int
    certain: bool = True


@frozen
class _Asked:
    """A file's directive that applies on a platform."""

    path: str
    directive: CgoLine


def c_needs(
    sources: Iterable[CgoSource],
    platforms: Iterable[Platform],
    directory: str,
    exists: Callable[[str], bool],
    *,
    tags: frozenset[str] = frozenset(),
    release: int | tuple[int, int] = NEWEST_RELEASE,
) -> tuple[CNeed, ...]:
    """The needs of one package, sorted by kind and name.

    ``directory`` is the package's, from the workspace root; ``exists`` is asked for paths relative to it.
    ``tags`` and ``release`` are as for ``holds``.
    """
    ordered = sorted(sources, key=lambda source: source.path)
    found: dict[tuple[NeedKind, str], CNeed] = {}
    for platform in platforms:
        active = [source for source in ordered if platform.name in source.active]
        asked = [
            _Asked(source.path, line)
            for source in active
            for line in source.lines
            if not line.error and holds(line.condition, platform, tags, release)
        ]
        for need in (
            *_headers(active, asked, platform, directory, exists),
            *_links(asked, platform, directory),
        ):
            key = need.kind, need.name
            found[key] = _merged(found[key], need) if key in found else need
    return tuple(found[key] for key in sorted(found))


def _merged(known: CNeed, other: CNeed) -> CNeed:
    path, line = min((known.path, known.line), (other.path, other.line))
    return evolve(known, platforms=known.platforms | other.platforms, path=path, line=line)


def _headers(
    active: Iterable[CgoSource],
    asked: Iterable[_Asked],
    platform: Platform,
    directory: str,
    exists: Callable[[str], bool],
) -> Iterator[CNeed]:
    """The headers that are neither beside the package nor in its own search directories.

    go passes the package's directory with -I, so that ``<x.h>`` is found there like ``"x.h"``.
    """
    folders = ("", *_search_directories(asked))
    for source in active:
        for include in source.includes:
            header = include.header
            if header in C_STANDARD_HEADERS or header == _GENERATED_HEADER:
                continue
            paths = (posixpath.normpath(posixpath.join(folder, header)) for folder in folders)
            if not any(_is_inside(directory, path) and exists(path) for path in paths):
                yield CNeed(NeedKind.HEADER, header, frozenset({platform.name}), source.path, include.line)


def _search_directories(asked: Iterable[_Asked]) -> Iterator[str]:
    """The include directories, relative to the package or absolute."""
    for one in asked:
        if one.directive.verb in _COMPILER_VERBS:
            yield from _include_directories(resolved_words(one.directive.args, ""))


def _include_directories(words: tuple[str, ...]) -> Iterator[str]:
    rest = iter(words)
    for word in rest:
        if match := _INCLUDE_FLAG.fullmatch(word):
            yield match[1] or next(rest, "")


def _is_inside(directory: str, path: str) -> bool:
    """Whether a path relative to the package stays within the workspace."""
    whole = posixpath.normpath(posixpath.join(directory, path))
    return not (whole == ".." or whole.startswith(("../", "/")))


def _links(asked: Iterable[_Asked], platform: Platform, directory: str) -> Iterator[CNeed]:
    for one in asked:
        if one.directive.verb == "LDFLAGS":
            pairs = _linked(resolved_words(_linker_words(one.directive.args), directory))
        elif one.directive.verb == "pkg-config":
            pairs = ((NeedKind.PKG_CONFIG, word) for word in one.directive.args if not word.startswith("-"))
        else:
            continue
        for kind, name in pairs:
            yield CNeed(kind, name, frozenset({platform.name}), one.path, one.directive.line)


def _linker_words(args: Iterable[str]) -> Iterator[str]:
    """The words as the linker sees them, out of ``-Wl,a,b`` and ``-Xlinker``."""
    for arg in args:
        if arg.startswith("-Wl,"):
            yield from filter(None, arg.split(",")[1:])
        elif arg != "-Xlinker":
            yield arg


def _linked(words: tuple[str, ...]) -> Iterator[tuple[NeedKind, str]]:
    rest = iter(words)
    for word in rest:
        if word in _ARGUMENT_FLAGS:
            next(rest, "")
            continue
        if word in _FRAMEWORK_FLAGS:
            found = NeedKind.FRAMEWORK, next(rest, "")
        elif word.startswith("-l"):
            found = NeedKind.LIB, word[2:] or next(rest, "")
        elif not word.startswith("-") and _ARCHIVE.fullmatch(word):
            found = NeedKind.ARCHIVE, word
        else:
            continue
        if found[1]:
            yield found
