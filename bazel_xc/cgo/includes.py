"""The transitive closure of ``#include`` inside the workspace.

Comes in: roots (preambles of Go files, C files by path), the search directories of one compiler run, known
macros, and the tree. Goes out: ``Reached``: the files of the tree that a
compiler would open, how each was found, and the inclusions without a file in the tree. Paths are relative to
the workspace root; nothing outside of it is read, and no directory of the system. Only ISO C headers are
known to need no provider.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator

from attrs import define, evolve, field, frozen

from bazel_xc.cgo.conditions import Macros
from bazel_xc.cgo.deciding import Deciding, names_of
from bazel_xc.cgo.preprocess import Directive, Include, header_macros, inclusions, named_header, scan
from bazel_xc.cgo.unset import TextNames, unset_macros
from bazel_xc.tree import Tree

# ISO/IEC 9899:2018 (C17), section 7: the headers of the standard library.
C_STANDARD_HEADERS = frozenset(
    "assert.h complex.h ctype.h errno.h fenv.h float.h inttypes.h iso646.h limits.h locale.h math.h setjmp.h"
    " signal.h stdalign.h stdarg.h stdatomic.h stdbool.h stddef.h stdint.h stdio.h stdlib.h stdnoreturn.h"
    " string.h tgmath.h threads.h time.h uchar.h wchar.h wctype.h".split()
)
_GENERATED_HEADER = "_cgo_export.h"
_SEARCH_FLAG = re.compile(r"(-iquote|-isystem|-include|-I)(.*)", re.DOTALL)


@frozen(kw_only=True)
class Search:
    """The directories where a compiler looks for headers, in its order, without those outside the workspace.

    ``quote`` counts for ``"x.h"`` only; ``forced`` are the files of ``-include``.
    """

    quote: tuple[str, ...] = ()
    plain: tuple[str, ...] = ()
    system: tuple[str, ...] = ()
    forced: tuple[str, ...] = ()

    @classmethod
    def of_package(cls, directory: str, words: Iterable[str]) -> Search:
        """The search of go's compiler runs: the package's own directory comes before the directories of
        flags.

        ``words`` are flags with directories relative to the workspace root.
        """
        found: dict[str, list[str]] = {"-iquote": [], "-I": [directory], "-isystem": [], "-include": []}
        rest = iter(words)
        for word in rest:
            if (match := _SEARCH_FLAG.fullmatch(word)) and (path := match[2] or next(rest, "")):
                found[match[1]].append(path)
        inside = {flag: tuple(_inside(paths)) for flag, paths in found.items() if flag != "-include"}
        return cls(
            quote=inside["-iquote"],
            plain=inside["-I"],
            system=inside["-isystem"],
            forced=tuple(found["-include"]),
        )

    @property
    def directories(self) -> tuple[str, ...]:
        """All directories, in the order in which ``"x.h"`` is looked for."""
        return tuple(dict.fromkeys((*self.quote, *self.plain, *self.system)))


@frozen
class Root:
    """A text that is compiled: a C file by path, or with ``directives`` the C text of a Go file."""

    path: str
    directives: tuple[Directive, ...] | None = None


@frozen(kw_only=True)
class ReachedFile:
    """A file of the tree that is included.

    ``relative`` is true if it was found as ``"x.h"`` in the directory of the including file. ``directories``
    are the search directories in which it was found, sorted, and ``bracketed`` those of them in which it was
    found as ``<x.h>``.
    """

    path: str
    relative: bool = False
    directories: tuple[str, ...] = ()
    bracketed: tuple[str, ...] = ()
    certain: bool = True


@frozen(order=True)
class Missing:
    """An inclusion without a file in the tree, and its place."""

    path: str
    line: int
    header: str
    system: bool
    certain: bool = True


@frozen(kw_only=True)
class Reached:
    """The files that are included, by path, and the inclusions that are not in the tree, by place.

    ``unfollowed`` are inclusions by a macro with an unknown value; their ``header`` is the macro.
    """

    files: tuple[ReachedFile, ...] = ()
    missing: tuple[Missing, ...] = ()
    unfollowed: tuple[Missing, ...] = ()

    @classmethod
    def merged(cls, parts: Iterable[Reached]) -> Reached:
        """The union of several runs."""
        parts = tuple(parts)
        files: dict[str, ReachedFile] = {}
        for part in parts:
            for file in part.files:
                files[file.path] = _joined(files.get(file.path), file)
        return cls(
            files=tuple(files[path] for path in sorted(files)),
            missing=_unique(each for part in parts for each in part.missing),
            unfollowed=_unique(each for part in parts for each in part.unfollowed),
        )


@define
class Scans:
    """Reads and scans each file once, also for several closures."""

    tree: Tree
    _known: dict[str, tuple[Directive, ...] | None] = field(factory=dict, init=False)
    _names: dict[str, TextNames] = field(factory=dict, init=False)
    _deciding: dict[str, Deciding] = field(factory=dict, init=False)

    def __call__(self, path: str) -> tuple[Directive, ...] | None:
        """The directives of a file of the tree; None if there is none."""
        if path not in self._known:
            self._known[path] = self._scanned(path) if stays_inside(path) else None
        return self._known[path]

    def _scanned(self, path: str) -> tuple[Directive, ...] | None:
        try:
            return self.tree.fact(path, "directives", scan)
        except (OSError, ValueError):
            return None

    def names(self, path: str) -> TextNames:
        """The macros of a file of the tree."""
        if path not in self._names:
            self._names[path] = TextNames.of(self(path) or ())
        return self._names[path]

    def deciding(self, path: str, outside: frozenset[str]) -> tuple[Directive, ...]:
        """The directives of a file of the tree that decide about its inclusions, see ``Deciding.given``."""
        if path not in self._deciding:
            self._deciding[path] = Deciding.of(self(path) or ())
        return self._deciding[path].given(outside)


def closure(
    roots: Iterable[Root],
    search: Search,
    macros: Macros,
    scans: Scans,
    open_names: frozenset[str] = frozenset(),
) -> Reached:
    """Follows the inclusions of roots that are compiled with the same flags.

    A macro that nothing defines is taken as undefined, unless it is one of ``open_names``. Every branch that
    this rules out may rule out more, so the walk is repeated until nothing changes.
    """
    starts = tuple(roots)
    of_roots = tuple(TextNames.of(each.directives) for each in starts if each.directives is not None)
    while True:
        walk = _walked(starts, search, macros, scans)
        texts = (*of_roots, *(scans.names(path) for path in walk.texts))
        unset = unset_macros(texts, macros, walk.headers, open_names)
        if not unset:
            return _reached(walk)
        macros = {**macros, **unset}


def _walked(roots: Iterable[Root], search: Search, macros: Macros, scans: Scans) -> _Walk:
    walk = _Walk(search, macros, scans)
    for root in roots:
        walk.start(root)
    walk.follow()
    return walk


def _reached(walk: _Walk) -> Reached:
    return Reached(
        files=tuple(walk.files[path] for path in sorted(walk.files)),
        missing=_unique(walk.missing),
        unfollowed=_unique(walk.unfollowed()),
    )


def stays_inside(path: str) -> bool:
    """Whether a normalised path is inside the workspace."""
    return not (path == ".." or path.startswith(("../", "/")) or "\0" in path)


@frozen
class _Place:
    """A text with inclusions; ``directory`` is the first place to look for its ``"x.h"``, None if there is
    none.
    """

    path: str
    directory: str | None
    directives: tuple[Directive, ...] = field(eq=False)


@define
class _Walk:
    """One closure in progress. A text is visited again if it turns out to be certainly included."""

    search: Search
    macros: Macros
    scans: Scans
    files: dict[str, ReachedFile] = field(factory=dict, init=False)
    missing: list[Missing] = field(factory=list, init=False)
    _open: list[tuple[Missing, _Place]] = field(factory=list, init=False)
    _tried: set[tuple[Missing, str]] = field(factory=set, init=False)
    _waiting: list[tuple[_Place, bool]] = field(factory=list, init=False)
    _visited: dict[str, bool] = field(factory=dict, init=False)
    _texts: dict[str, None] = field(factory=dict, init=False)
    _includes: dict[str, tuple[Include, ...]] = field(factory=dict, init=False)
    _named: dict[str, dict[str, None]] = field(factory=dict, init=False)
    _outside: frozenset[str] = field(init=False)

    @_outside.default
    def _names_in_macros(self) -> frozenset[str]:
        return frozenset(name for text in self.macros.values() for name in names_of(text))

    def start(self, root: Root) -> None:
        if root.directives is not None:  # go moves the text, so it has no directory of its own
            place = _Place(root.path, None, root.directives)
        else:
            place = self._place(root.path)
        self._waiting.append((place, True))
        for header in self.search.forced:
            self._force(place, Include(header, False, 1))

    def _place(self, path: str) -> _Place:
        return _Place(path, posixpath.dirname(path), self.scans.deciding(path, self._outside))

    def _force(self, place: _Place, include: Include) -> None:
        """Includes a file of ``-include``: from a search directory, or by its path from the root."""
        is_searched = any(True for _ in self._answers(evolve(place, directory=None), include))
        self._include(place if is_searched else evolve(place, directory=""), include, certain=True)

    def follow(self) -> None:
        while self._waiting:
            while self._waiting:
                self._visit(*self._waiting.pop())
            self._retry()

    @property
    def texts(self) -> Iterator[str]:
        """The files of the tree that were visited."""
        return iter(self._texts)

    @property
    def headers(self) -> frozenset[str]:
        """The headers that are not in the tree."""
        return frozenset(each.header for each in self.missing)

    def unfollowed(self) -> Iterator[Missing]:
        """The inclusions by a macro that is a header in no text."""
        return (missing for missing, _ in self._open if missing.header not in self._named)

    def _visit(self, place: _Place, certain: bool) -> None:
        if self._visited.get(place.path, False) or (place.path in self._visited and not certain):
            return
        self._visited[place.path] = certain
        if place.directory is not None:  # else it is the comment of a Go file
            self._texts[place.path] = None
        if place.path not in self._includes:
            self._includes[place.path] = inclusions(place.directives, self.macros)
            for name, text in header_macros(place.directives):
                self._named.setdefault(name, {})[text] = None
        for include in self._includes[place.path]:
            self._include(place, include, certain=certain and include.certain)

    def _include(self, place: _Place, include: Include, *, certain: bool) -> None:
        missing = Missing(place.path, include.line, include.header, include.system, certain)
        if include.computed:
            self._open.append((missing, place))
            return
        found = next(self._answers(place, include), None)
        if found is not None:
            path = found.path
            self.files[path] = _joined(self.files.get(path), evolve(found, certain=certain))
            self._waiting.append((self._place(path), certain))
        elif include.header not in C_STANDARD_HEADERS and include.header != _GENERATED_HEADER:
            self.missing.append(missing)

    def _answers(self, place: _Place, include: Include) -> Iterator[ReachedFile]:
        """The files of the tree that the inclusion may mean; the first one is the compiler's choice."""
        if place.directory is not None and not (include.system or include.following):
            path = posixpath.normpath(posixpath.join(place.directory, include.header))
            if self.scans(path) is not None:
                yield ReachedFile(path=path, relative=True)
        chain = () if include.system else self.search.quote
        chain = (*chain, *self.search.plain, *self.search.system)
        paths = [posixpath.normpath(posixpath.join(each, include.header)) for each in chain]
        first = paths.index(place.path) + 1 if include.following and place.path in paths else 0
        for directory, path in zip(chain[first:], paths[first:], strict=True):
            if self.scans(path) is not None and not (include.following and path == place.path):
                bracketed = (directory,) if include.system else ()
                yield ReachedFile(path=path, directories=(directory,), bracketed=bracketed)

    def _retry(self) -> None:
        """Follows macros that are a header in a text visited since; whether the definition applies is
        unknown.
        """
        for missing, place in tuple(self._open):
            for text in tuple(self._named.get(missing.header, ())):
                header, system = named_header(text) or ("", False)
                if (missing, text) not in self._tried:
                    self._tried.add((missing, text))
                    self._include(place, Include(header, system, missing.line), certain=False)


def _inside(paths: Iterable[str]) -> Iterator[str]:
    for path in dict.fromkeys(paths):
        whole = posixpath.normpath(path)
        if stays_inside(whole):
            yield "" if whole == "." else whole


def _joined(known: ReachedFile | None, other: ReachedFile) -> ReachedFile:
    if known is None:
        return other
    return ReachedFile(
        path=known.path,
        relative=known.relative or other.relative,
        directories=tuple(sorted({*known.directories, *other.directories})),
        bracketed=tuple(sorted({*known.bracketed, *other.bracketed})),
        certain=known.certain or other.certain,
    )


def _unique(missing: Iterable[Missing]) -> tuple[Missing, ...]:
    """Sorted, each place once; certain if it is certain in one of the runs."""
    found: dict[tuple[str, int, str, bool], Missing] = {}
    for each in missing:
        key = each.path, each.line, each.header, each.system
        if key not in found or each.certain:
            found[key] = each
    return tuple(sorted(found.values()))
