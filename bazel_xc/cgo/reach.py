"""The files of the tree that the C of one package includes, and the inclusions that are missing there.

Comes in: a package's cgo files with their ``#cgo`` lines, and the C files beside them. Goes out: ``Reached``,
on one configured platform, exactly as go would compile there; or anywhere, on every known platform and
through every condition that depends on one. Search directories and macros come from flags, as go passes them;
those of pkg-config, the environment and the toolchain are not known.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from attrs import field, frozen

from bazel_xc.cgo.flags import NO_FLAGS, CgoFlags, CgoSource, asked_on, resolved_words
from bazel_xc.cgo.includes import Reached, Root, Scans, Search, closure
from bazel_xc.cgo.macros import Language, definitions_in, platform_macros
from bazel_xc.golang.constraints import NEWEST_RELEASE
from bazel_xc.model import Platform

_COMPILER = ("CPPFLAGS", "CFLAGS", "CXXFLAGS")
_NOWHERE = ".."  # for flags without a package's own directory


@frozen(kw_only=True)
class CFile:
    """A file that go gives to a C compiler; platforms as in ``CgoSource``."""

    path: str
    language: Language
    may: frozenset[str] = frozenset()
    active: frozenset[str] = frozenset()


@frozen(kw_only=True)
class CSide:
    """The C of a package; paths and ``directory`` are relative to the root of the tree.

    ``others`` are its assembly for go and its object files, with the configured platforms that link them.
    """

    directory: str
    sources: tuple[CgoSource, ...] = ()
    files: tuple[CFile, ...] = ()
    others: Mapping[str, frozenset[str]] = field(factory=dict)


@frozen
class _Run:
    """The roots of one language, with the words of its flags."""

    language: Language
    roots: tuple[Root, ...]
    words: tuple[str, ...]


def reached_on(
    side: CSide,
    platform: Platform,
    scans: Scans,
    tags: frozenset[str] = frozenset(),
    release: int | tuple[int, int] = NEWEST_RELEASE,
    open_names: frozenset[str] = frozenset(),
) -> Reached:
    """The files that go's C compilers open on a configured platform; see ``holds`` for ``tags`` and
    ``release``.

    Nothing is known of macros that are ``open_names``, because rules of the workspace define them.

    A macro that the package's own ``-D`` defines on other platforms only counts as undefined.
    """
    sources = [source for source in side.sources if platform.name in source.active]
    if not sources:
        return Reached()
    files = [file for file in side.files if platform.name in file.active]
    asked = [one.directive for one in asked_on(sources, platform, tags, release)]
    verbs = {
        verb: tuple(
            word
            for directive in asked
            if directive.verb == verb
            for word in resolved_words(directive.args, side.directory)
        )
        for verb in _COMPILER
    }
    elsewhere = [
        (name, None)
        for source in side.sources
        for line in source.lines
        for name, _ in definitions_in(line.args)
    ]
    parts = []
    for run in _runs(sources, files, verbs):
        definitions = (*elsewhere, *definitions_in(run.words))
        macros = platform_macros(platform.name, run.language, definitions)
        search = Search.of_package(side.directory, run.words)
        parts.append(closure(run.roots, search, macros, scans, open_names))
    return Reached.merged(parts)


def reached_anywhere(
    side: CSide, flags: CgoFlags, scans: Scans, open_names: frozenset[str] = frozenset()
) -> Reached:
    """The files that may be opened on some known platform; ``flags`` are those of all cgo files of the
    package.

    Platforms with the same flags are walked together, with the macros that are the same on all of them.
    """
    parts = []
    for where, verbs in _alike(side, flags):
        sources = [source for source in side.sources if source.may & where]
        files = [file for file in side.files if file.may & where]
        for run in _runs(sources, files, verbs):
            definitions = tuple(definitions_in(run.words))
            macros = platform_macros("", run.language, definitions)
            search = Search.of_package(side.directory, run.words)
            defined = open_names.union(name for name, _ in definitions)
            parts.append(closure(run.roots, search, macros, scans, defined))
    return Reached.merged(parts)


def search_anywhere(flags: CgoFlags) -> tuple[str, ...]:
    """The directories of the workspace in which the flags of any known platform look for headers.

    In order of first appearance; the package's own directory only if a flag names it.
    """
    every = (flags.get(verb, NO_FLAGS) for verb in _COMPILER)
    words = (word for each in every for name in sorted(each.platforms) for word in each.on(name))
    return Search.of_package(_NOWHERE, words).directories


def _runs(
    sources: Iterable[CgoSource], files: Iterable[CFile], verbs: Mapping[str, tuple[str, ...]]
) -> Iterator[_Run]:
    """The preambles and files by language; preambles are C."""
    roots: dict[Language, list[Root]] = {Language.C: [Root(each.path, each.directives) for each in sources]}
    for file in files:
        roots.setdefault(file.language, []).append(Root(file.path))
    for language, of_it in roots.items():
        own = verbs["CXXFLAGS" if language.takes_cxxflags else "CFLAGS"]
        yield _Run(language, tuple(of_it), (*verbs["CPPFLAGS"], *own))


def _alike(side: CSide, flags: CgoFlags) -> Iterator[tuple[frozenset[str], Mapping[str, tuple[str, ...]]]]:
    """The known platforms on which a file may be compiled, grouped by equal flags."""
    found: dict[tuple[tuple[str, ...], ...], set[str]] = {}
    everywhere: Iterable[str] = frozenset().union(*(source.may for source in side.sources))
    for platform in sorted(everywhere):
        here = tuple(flags.get(verb, NO_FLAGS).on(platform) for verb in _COMPILER)
        found.setdefault(here, set()).add(platform)
    for words, where in found.items():
        yield frozenset(where), dict(zip(_COMPILER, words, strict=True))
