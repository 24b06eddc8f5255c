"""Go files as they are asked about: heads, words, declarations and uses, each found once.

Comes in: a tree of files. Goes out: a ``Sources``, which also knows what was asked: a later run depends on
nothing else in the files. It decides nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import field, frozen

from bazel_xc.golang.source import SourceFile, scan_file, scanned
from bazel_xc.tree import Tree, glance

if TYPE_CHECKING:
    from bazel_xc.golang.names import Declared, ParsedFile, Used

_PARSED_AT_ONCE = 32  # a syntax tree may need a megabyte
_WORDS_AT_ONCE = 100
# Blanks in the place of all bytes that are in no name.
_WORDS_ALONE = bytes(
    each if each > 127 or chr(each).isalnum() or each == ord("_") else 32 for each in range(256)
)
_FEW = 8  # names that are found faster without all words of a file
_T = TypeVar("_T")


@frozen
class Sources:
    """Reads and parses files of a tree, each once. A file that cannot be read counts as empty. Syntax trees
    are kept for a moment, answers to the end.

    ``answers`` has what others found out from the files, by what it depends on.
    """

    tree: Tree
    _scanned: dict[str, SourceFile] = field(factory=dict, eq=False, repr=False)
    _declared: dict[str, Declared] = field(factory=dict, eq=False, repr=False)
    _used: dict[str, Used] = field(factory=dict, eq=False, repr=False)
    _parsed: dict[str, ParsedFile] = field(factory=dict, eq=False, repr=False)
    _words: dict[str, frozenset[bytes]] = field(factory=dict, eq=False, repr=False)
    _mentions: dict[str, dict[frozenset[bytes], frozenset[bytes]]] = field(factory=dict, eq=False, repr=False)
    answers: dict[tuple[Any, ...], Any] = field(factory=dict, eq=False, repr=False)

    def text(self, path: str) -> bytes:
        """The bytes of a file."""
        return glance(self.tree, path) or b""

    def scan(self, path: str) -> SourceFile:
        """The head of a file."""
        if path not in self._scanned:
            try:
                self._scanned[path] = scanned(self.tree, path)
            except (OSError, ValueError):
                self._scanned[path] = scan_file(path.rpartition("/")[2], b"")
        return self._scanned[path]

    def words(self, path: str) -> frozenset[bytes]:
        """All names and numbers in a file, found without parsing."""
        if path not in self._words:
            if len(self._words) >= _WORDS_AT_ONCE:
                self._words.clear()
            self._words[path] = frozenset(self.text(path).translate(_WORDS_ALONE).split())
        return self._words[path]

    def mentioned(self, path: str, names: frozenset[bytes]) -> frozenset[bytes]:
        """Those of some words that a file has; ``.word`` only counts behind a dot.

        The answers of a run depend on no others of its words.
        """
        known = self._mentions.setdefault(path, {})
        if names not in known:
            known[names] = self.present(path, names)
        return known[names]

    def present(self, path: str, names: frozenset[bytes]) -> frozenset[bytes]:
        """As ``mentioned``, but no answer depends on it."""
        if path not in self._words and len(names) <= _FEW:  # most files have none of them
            text = self.text(path)
            if not any(each.lstrip(b".") in text for each in names):
                return frozenset()
        words = self.words(path)
        behind = [each for each in names - words if each[:1] == b"." and each[1:] in words]
        text = self.text(path) if behind else b""
        return (names & words).union(each for each in behind if _behind_dot(each[1:]).search(text))

    def found(self, path: str) -> frozenset[bytes]:
        """All words that ``mentioned`` found in a file."""
        return frozenset[bytes]().union(*self._mentions.get(path, {}).values())

    def questions(self, path: str) -> frozenset[frozenset[bytes]]:
        """The words about which ``mentioned`` was asked."""
        return frozenset(self._mentions.get(path, ()))

    def declared(self, path: str) -> Declared:
        """The declarations of a file."""
        if path not in self._declared:
            self._declared[path] = self.fact(
                path, "declared", lambda data: self._parse(path, data).declared()
            )
        return self._declared[path]

    def used(self, path: str) -> Used:
        """The names that a file uses."""
        if path not in self._used:
            self._used[path] = self.fact(path, "used", lambda data: self._parse(path, data).used())
        return self._used[path]

    def fact(self, path: str, kind: str, find: Callable[[bytes], _T]) -> _T:
        """See ``Tree.fact``."""
        try:
            return self.tree.fact(path, kind, find)
        except (OSError, ValueError):
            return find(b"")

    def _parse(self, path: str, data: bytes) -> ParsedFile:
        if path not in self._parsed:
            from bazel_xc.golang.names import ParsedFile  # noqa: PLC0415 - few runs need its parser

            if len(self._parsed) >= _PARSED_AT_ONCE:
                self._parsed.clear()
            self._parsed[path] = ParsedFile.of(data)
        return self._parsed[path]

    def answer(self, key: tuple[Any, ...], find: Callable[[], _T]) -> _T:
        """What others find out from files, once for each key."""
        if key not in self.answers:
            self.answers[key] = find()
        found: _T = self.answers[key]
        return found

    def asked(self, path: str) -> tuple[str, ...]:
        """The kinds of answers about a file that were asked for."""
        kinds = (("words", self._mentions), ("declared", self._declared), ("used", self._used))
        return tuple(name for name, known in kinds if path in known)


@cache
def _behind_dot(name: bytes) -> re.Pattern[bytes]:
    """A name behind a single dot, as in a selector."""
    return re.compile(rb"(?<!\.)\.\s*" + re.escape(name) + rb"(?!\w)")
