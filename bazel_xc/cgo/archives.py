"""The libraries and objects of the workspace that a package's LDFLAGS link, per platform.

Comes in: a package's flags by platform, with paths from the workspace root, and a ``Look`` at files of the
tree. Goes out: the files with the platforms that link them and the machines they are for, and words without a
file. Names are searched in directories of the workspace as each platform's linker does; a file for the wrong
machine is found too, so that it can be reported. It emits nothing. A library that no directory of the
workspace has is an ordinary C need.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

from attrs import evolve, field, frozen

from bazel_xc.cgo.flags import NO_FLAGS, CgoFlags
from bazel_xc.cgo.includes import stays_inside
from bazel_xc.cgo.needs import ARCHIVE, ARGUMENT_FLAGS, CNeed, NeedKind, linker_words
from bazel_xc.machine import Machine, fits, machine_of
from bazel_xc.tree import Tree

Look: TypeAlias = Callable[[str], Machine | None]
"""Returns the machine that a file of the tree is for, None if there is no such file."""

_LINKED = frozenset({NeedKind.LIB, NeedKind.PKG_CONFIG, NeedKind.FRAMEWORK, NeedKind.ARCHIVE})
# Libraries of a C toolchain, whose symbols are known.
PLAIN_LIBS = frozenset({"c", "dl", "m", "pthread", "rt", "stdc++", "c++", "util", "gcc", "gcc_s", "resolv"})
_DRIVE = re.compile(r"[A-Za-z]:")
# In the order of ld and lld: all of these are tried in one directory before the next one.
_ELF_NAMES = ("lib{}.so", "lib{}.a")
_DARWIN_NAMES = ("lib{}.dylib", "lib{}.tbd", "lib{}.a")
_WINDOWS_NAMES = (
    "lib{}.dll.a", "{}.dll.a", "lib{}.a", "{}.lib", "lib{}.lib", "lib{}.dll", "{}.dll",
)  # fmt: skip
_STATIC = frozenset({"-Bstatic", "-static", "-dn", "-non_shared"})
_DYNAMIC = frozenset({"-Bdynamic", "-dy", "-call_shared"})


@frozen(kw_only=True)
class Archive:
    """A library or object of the workspace that flags link.

    ``words`` are the words that mean it, as the linker sees them; ``machine`` is None if there is no file.
    """

    path: str
    platforms: frozenset[str]
    words: tuple[str, ...]
    machine: Machine | None

    @property
    def exists(self) -> bool:
        """Whether the file is there."""
        return self.machine is not None

    @property
    def unfit(self) -> frozenset[str]:
        """The platforms that link it although it is known to be for other machines."""
        machine = self.machine
        return frozenset(name for name in self.platforms if machine and fits(machine, name) is False)


@frozen(kw_only=True)
class MissingArchive:
    """A word that means a file of the workspace, and the platforms on which it is missing.

    ``directories`` are the directories of the workspace that were searched for a name; empty for a path. With
    ``symbols``, no flag asks for it there: they are called and not defined, and other platforms link it.
    """

    word: str
    platforms: frozenset[str]
    directories: tuple[str, ...] = ()
    symbols: tuple[str, ...] = ()


@frozen(kw_only=True)
class Archives:
    """The files of the workspace that a package links, by path, and the missing ones, by word."""

    archives: tuple[Archive, ...] = ()
    missing: tuple[MissingArchive, ...] = ()

    @property
    def lacking(self) -> frozenset[str]:
        """The platforms on which a file is missing or is for other machines."""
        parts = (*(each.platforms for each in self.missing), *(each.unfit for each in self.archives))
        return frozenset().union(*parts)

    def on(self, platform: str) -> tuple[Archive, ...]:
        """The existing files that a platform links, by path."""
        return tuple(each for each in self.archives if each.exists and platform in each.platforms)


@frozen
class _Word:
    """A word that names an input: a path, or with ``-l`` a name to search for."""

    text: str
    is_path: bool
    static: bool


@frozen
class _Asked:
    """The inputs of one platform, and the directories of the workspace that it searches."""

    platform: str
    directories: tuple[str, ...]
    words: tuple[_Word, ...] = field(factory=tuple)


def bundled_needs(needs: Iterable[CNeed], archives: Archives) -> tuple[CNeed, ...]:
    """The needs, sorted, with ``-l`` names of files of the workspace replaced by those files.

    A missing file of the workspace, or one for another machine, is not a need that anything else could
    provide. Symbols may be those of a file.
    """
    found: list[CNeed] = []
    for need in needs:
        if need.kind is NeedKind.SYMBOL:
            found += [] if archives.archives or archives.missing else [need]
            continue
        if need.kind not in (NeedKind.LIB, NeedKind.ARCHIVE):
            found.append(need)
            continue
        word, left = f"-l{need.name}" if need.kind is NeedKind.LIB else need.name, need.platforms
        for archive in archives.archives:
            held = need.platforms & archive.platforms
            if word in archive.words and held:
                fit = held - archive.unfit
                if fit:
                    found.append(evolve(need, kind=NeedKind.ARCHIVE, name=archive.path, platforms=fit))
                left -= held
        for each in archives.missing:
            left -= each.platforms if each.word == word else frozenset()
        if left:
            found.append(evolve(need, platforms=left))
    return tuple(sorted(found, key=lambda each: (each.kind, each.name, not each.certain)))


def with_unasked(archives: Archives, needs: Iterable[CNeed]) -> Archives:
    """Adds the platforms that link no file of the workspace, where symbols are open that need one.

    ``needs`` are those of the package before files are separated. A platform with another library is left
    out, because the symbols may be in that.
    """
    some = tuple(needs)
    others = (each.platforms for each in some if each.kind in _LINKED and each.name not in PLAIN_LIBS)
    linked = frozenset().union(*(each.platforms for each in archives.archives), archives.lacking, *others)
    open_symbols: dict[str, list[str]] = {}
    for each in some:
        if each.kind is NeedKind.SYMBOL:
            for platform in each.platforms - linked:
                open_symbols.setdefault(platform, []).append(each.name)
    words = [archive.words[0] for archive in archives.archives if archive.exists]
    if not words or not open_symbols:
        return archives
    where: dict[tuple[str, ...], set[str]] = {}
    for platform, names in open_symbols.items():
        where.setdefault(tuple(sorted(names)), set()).add(platform)
    unasked = (
        MissingArchive(word=words[0], platforms=frozenset(platforms), symbols=names)
        for names, platforms in sorted(where.items())
    )
    return evolve(archives, missing=(*archives.missing, *unasked))


def look_in(tree: Tree) -> Look:
    """Looks at files of a tree; opens each once."""
    known: dict[str, Machine | None] = {}

    def look(path: str) -> Machine | None:
        if path not in known:
            known[path] = _machine_at(tree, path)
        return known[path]

    return look


def linked_archives(flags: CgoFlags, look: Look) -> Archives:
    """The files of the workspace that LDFLAGS link, on each platform that has flags."""
    flags_of = flags.get("LDFLAGS", NO_FLAGS)
    asked = [_asked(platform, flags_of.on(platform)) for platform in sorted(flags_of.platforms)]
    found = {(one.platform, word): _path(word, one, look) for one in asked for word in one.words}
    named = {word.text for (_, word), path in found.items() if path and not word.is_path}
    files: dict[str, dict[str, dict[str, None]]] = {}
    missing: dict[tuple[str, tuple[str, ...]], set[str]] = {}
    for one in asked:
        for word in one.words:
            path = found[one.platform, word]
            if path:
                files.setdefault(path, {}).setdefault(word.text, {})[one.platform] = None
            if (path and look(path) is None) or (not path and _is_elsewhere(word, one, named, look)):
                where = () if word.is_path else one.directories
                missing.setdefault((word.text, where), set()).add(one.platform)
    return Archives(
        archives=tuple(_archive(path, files[path], look) for path in sorted(files)),
        missing=tuple(
            MissingArchive(word=word, platforms=frozenset(missing[word, where]), directories=where)
            for word, where in sorted(missing)
        ),
    )


def _archive(path: str, words: dict[str, dict[str, None]], look: Look) -> Archive:
    platforms = frozenset(name for names in words.values() for name in names)
    return Archive(path=path, platforms=platforms, words=tuple(words), machine=look(path))


def _asked(platform: str, words: Iterable[str]) -> _Asked:
    """Parses a linker's words. All directories count for all names, in any order."""
    rest = iter(tuple(linker_words(words)))
    directories: dict[str, None] = {}
    found: dict[_Word, None] = {}
    static = False
    for word in rest:
        if word.startswith("-L"):
            path = posixpath.normpath(word[2:] or next(rest, "/"))
            if _is_in_tree(path):
                directories["" if path == "." else path] = None
        elif word in ARGUMENT_FLAGS:
            next(rest, "")
        elif word in _STATIC or word in _DYNAMIC:
            static = word in _STATIC
        elif word.startswith("-l"):
            name = word[2:] or next(rest, "")
            found[_Word(f"-l{name}", False, static)] = None
        elif not word.startswith("-") and ARCHIVE.fullmatch(word) and _is_in_tree(posixpath.normpath(word)):
            found[_Word(word, True, static)] = None
    return _Asked(platform, tuple(directories), tuple(found))


def _is_in_tree(path: str) -> bool:
    return stays_inside(path) and not _DRIVE.match(path)


def _path(word: _Word, asked: _Asked, look: Look) -> str:
    """The file that a word means on a platform; a word with a path means it even if it is missing."""
    if word.is_path:
        return posixpath.normpath(word.text)
    paths = _candidates(word, asked.directories, _names(asked.platform, static=word.static))
    return next((path for path in paths if look(path) is not None), "")


def _is_elsewhere(word: _Word, asked: _Asked, named: set[str], look: Look) -> bool:
    """Whether a name that is not found here belongs to the workspace: another platform has a file for it."""
    if not asked.directories:
        return False
    every = (*_ELF_NAMES, *_DARWIN_NAMES, *_WINDOWS_NAMES)
    return word.text in named or any(
        look(path) is not None for path in _candidates(word, asked.directories, every)
    )


def _candidates(word: _Word, directories: Iterable[str], names: Iterable[str]) -> Iterator[str]:
    name = word.text[2:]
    patterns = tuple(names) if not name.startswith(":") else ("{}",)
    for directory in directories:
        for pattern in patterns:
            path = posixpath.normpath(posixpath.join(directory, pattern.format(name.removeprefix(":"))))
            if name.strip(":/.") and _is_in_tree(path):
                yield path


def _names(platform: str, *, static: bool) -> tuple[str, ...]:
    goos = platform.partition("_")[0]
    names: tuple[str, ...] = _ELF_NAMES
    if goos == "windows":
        names = _WINDOWS_NAMES
    elif goos in {"darwin", "ios", "osx"}:
        names = _DARWIN_NAMES
    shared = (".so", ".dylib", ".tbd", ".dll", ".dll.a")
    return tuple(name for name in names if not (static and name.endswith(shared)))


def _machine_at(tree: Tree, path: str) -> Machine | None:
    try:
        with tree.open(path) as file:
            return machine_of(file)
    except (OSError, ValueError):  # a name that no file system accepts
        return None
