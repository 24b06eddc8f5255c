"""The C that a package needs from outside of the tree, per configured platform.

Comes in: its cgo files, the configured platforms, and the inclusions that lead out of the tree. Goes out:
headers, libraries, pkg-config names, frameworks and archives, each with the platforms on which go would need
it and the first place that asks for it. Providers are not looked for.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from attrs import evolve, frozen

from bazel_xc.cgo.flags import Asked, CgoSource, asked_on, resolved_words
from bazel_xc.cgo.includes import Missing
from bazel_xc.golang.constraints import NEWEST_RELEASE
from bazel_xc.model import Platform

_FRAMEWORK_FLAGS = frozenset(
    f"-{how}framework" for how in ("", "weak_", "needed_", "reexport_", "lazy_", "upward_")
)
# Options of linkers whose argument is not an input.
ARGUMENT_FLAGS = frozenset(
    "-rpath --rpath -rpath-link --rpath-link -soname --soname -h -install_name -dylib_install_name -o -u -e"
    " -z -T -L -F -arch -rpath_link --dynamic-linker -dynamic-linker --version-script -Map".split()
)
ARCHIVE = re.compile(r".*\.(?:a|so|so\.[0-9.]+|lib|dylib|dll|syso|o)", re.DOTALL)


class NeedKind(enum.StrEnum):
    """The kind of a need."""

    ARCHIVE = "archive"
    FRAMEWORK = "framework"
    HEADER = "header"
    LIB = "lib"
    PKG_CONFIG = "pkg_config"
    SYMBOL = "symbol"


@frozen
class CNeed:
    """A thing that a package needs on some of the configured platforms.

    ``name`` is a header as it is included, a library without ``-l`` (``:file`` if it is named by file), a
    pkg-config package, a framework, or the path of an archive or object, from the workspace root if it starts
    with ``${SRCDIR}``, or a function that Go calls. ``path`` and ``line`` are the first place that asks for
    it. It is not ``certain`` if every inclusion of a header depends on an undecidable condition.
    """

    kind: NeedKind
    name: str
    platforms: frozenset[str]
    path: str
    line: int
    certain: bool = True


def c_needs(
    sources: Iterable[CgoSource],
    platforms: Iterable[Platform],
    directory: str,
    missing: Mapping[str, Iterable[Missing]],
    *,
    symbols: Iterable[CNeed] = (),
    tags_on: Callable[[Platform], frozenset[str]] = lambda _: frozenset(),
    release: int | tuple[int, int] = NEWEST_RELEASE,
) -> tuple[CNeed, ...]:
    """The needs of one package, sorted by kind and name; a need that is certain on some platforms only is
    two.

    ``directory`` is the package's, from the workspace root; ``missing`` maps platforms to the inclusions
    without a file in the tree. ``symbols`` are needs of another origin. ``tags_on`` returns the tags of a
    platform; see ``holds`` for ``release``.
    """
    ordered = tuple(sources)
    found: dict[tuple[NeedKind, str, bool], CNeed] = {}
    named = tuple(symbols)
    for platform in platforms:
        asked = asked_on(ordered, platform, tags_on(platform), release)
        here: dict[tuple[NeedKind, str], CNeed] = {}
        for need in (
            *_headers(missing.get(platform.name, ()), platform),
            *_links(asked, platform, directory),
            *(each for each in named if platform.name in each.platforms),
        ):
            at = need.kind, need.name
            here[at] = _merged(here[at], need) if at in here else need
        for need in here.values():
            key = need.kind, need.name, not need.certain
            found[key] = _merged(found[key], need) if key in found else need
    return tuple(found[key] for key in sorted(found))


def _merged(known: CNeed, other: CNeed) -> CNeed:
    path, line = min((known.path, known.line), (other.path, other.line))
    certain = known.certain or other.certain
    return evolve(known, platforms=known.platforms | other.platforms, path=path, line=line, certain=certain)


def _headers(missing: Iterable[Missing], platform: Platform) -> Iterator[CNeed]:
    where = frozenset({platform.name})
    for each in missing:
        yield CNeed(NeedKind.HEADER, each.header, where, each.path, each.line, each.certain)


def _links(asked: Iterable[Asked], platform: Platform, directory: str) -> Iterator[CNeed]:
    for one in asked:
        if one.directive.verb == "LDFLAGS":
            pairs = _linked(resolved_words(linker_words(one.directive.args), directory))
        elif one.directive.verb == "pkg-config":
            pairs = ((NeedKind.PKG_CONFIG, word) for word in one.directive.args if not word.startswith("-"))
        else:
            continue
        for kind, name in pairs:
            yield CNeed(kind, name, frozenset({platform.name}), one.path, one.directive.line)


def linker_words(args: Iterable[str]) -> Iterator[str]:
    """The words as the linker sees them, extracted from ``-Wl,a,b`` and ``-Xlinker``."""
    for arg in args:
        if arg.startswith("-Wl,"):
            yield from filter(None, arg.split(",")[1:])
        elif arg != "-Xlinker":
            yield arg


def _linked(words: tuple[str, ...]) -> Iterator[tuple[NeedKind, str]]:
    rest = iter(words)
    for word in rest:
        if word in ARGUMENT_FLAGS:
            next(rest, "")
            continue
        if word in _FRAMEWORK_FLAGS:
            found = NeedKind.FRAMEWORK, next(rest, "")
        elif word.startswith("-l"):
            found = NeedKind.LIB, word[2:] or next(rest, "")
        elif not word.startswith("-") and ARCHIVE.fullmatch(word):
            found = NeedKind.ARCHIVE, word
        else:
            continue
        if found[1]:
            yield found
