"""The facts of Go files as plain tuples, to compare a file with the one that an earlier run read.

Comes in: the heads of the workspace's files, and the ``Sources`` that looked for undefined names. Goes out:
tuples by path, and later whether a file still has such facts. A change of a function's body keeps them, if
nothing of the run depended on the names in it. Most comparisons need no other module.
"""

from __future__ import annotations

import os
from hashlib import blake2b
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Set

    from bazel_xc.golang.source import Head
    from bazel_xc.golang.sources import Sources
    from bazel_xc.golang.undefined import Undefined

_Names = tuple[bytes, bytes, bytes]
_LARGE = 1 << 20
# The fields of a ``Head``; digests of words, declarations and uses, empty where nothing depended on them;
# whether the lines of uses count, and the words that count.
FileFacts = tuple[int, bytes, bool, bytes, bytes, bytes, bytes, bool, tuple[bytes, ...]]


def facts_of(
    heads: Mapping[str, Head], sources: Sources, undefined: Iterable[Undefined]
) -> dict[str, FileFacts]:
    """The facts by path; ``heads`` has all files, and ``undefined`` the findings that name lines."""
    with_lines = frozenset(each.file for each in undefined)
    joined: dict[frozenset[frozenset[bytes]], tuple[bytes, ...]] = {}
    found: dict[str, FileFacts] = {}
    for path, head in heads.items():
        lines, questions = path in with_lines, sources.questions(path)
        if questions not in joined:  # the files of a package share them, in the memory too
            joined[questions] = tuple(sorted(frozenset().union(*questions)))
        words = joined[questions]
        names = _names(sources, path, sources.asked(path), sources.found(path), lines=lines)
        found[path] = (head.end, head.digest, head.alone, head.rest, *names, lines, words)
    return found


def whole(data: bytes) -> tuple[bytes]:
    """The facts of a file of which every byte counts."""
    return (blake2b(data, digest_size=12).digest(),)


def has_facts(path: str, then: FileFacts | tuple[bytes]) -> bool:
    """Whether a file on disk has the facts that ``facts_of`` or ``whole`` returned for it."""
    if not os.path.isfile(path):  # noqa: PTH113 - pathlib costs more than the comparison
        return False
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - as above
            data = file.read()
    except (OSError, ValueError):
        return False
    if len(then) == 1:
        return whole(data) == then
    end, digest, alone, rest, *_ = then
    if blake2b(data[:end], digest_size=len(digest)).digest() != digest or _is_too_large(data):
        return False
    if not alone:
        from bazel_xc.golang.source import scan_go  # noqa: PLC0415 - few changed files need it

        head = scan_go(os.path.basename(path), data).head  # noqa: PTH119 - as above
        if head is None or (head.end, head.rest) != (end, rest):
            return False
    return has_names(path, data, then)


def has_names(path: str, data: bytes, then: FileFacts) -> bool:
    """Whether the names in a file that an earlier run depended on are the same."""
    *names, lines, words = then[4:]
    asked = [name for name, held in zip(("words", "declared", "used"), names, strict=True) if held]
    if not asked:
        return True
    from bazel_xc.golang.sources import Sources  # noqa: PLC0415 - few changed files need it
    from bazel_xc.tree import MemoryTree  # noqa: PLC0415 - as above

    sources = Sources(MemoryTree({path: data}))
    found = sources.present(path, frozenset(words))
    return _names(sources, path, asked, found, lines=lines) == tuple(names)


def also_asked(facts: FileFacts, words: Iterable[bytes]) -> FileFacts:
    """The facts of a file that has none of some words, if its answers depend on them from now on."""
    end, digest, alone, rest, found, declared, used, lines, counting = facts
    joined = tuple(sorted({*counting, *words}))
    return (end, digest, alone, rest, found or _digest([]), declared, used, lines, joined)


def _is_too_large(data: bytes) -> bool:
    """Whether a run would not read such a file."""
    if len(data) < _LARGE:
        return False
    from bazel_xc import tree  # noqa: PLC0415 - few files are large

    return len(data) > tree.LIMIT


def _names(
    sources: Sources, path: str, asked: Collection[str], mentioned: Set[bytes], *, lines: bool
) -> _Names:
    """The digests of the words that count, of declarations and of uses, as far as they are asked for."""
    words = declared = used = b""
    if "words" in asked:
        words = _digest(sorted(mentioned))
    if "declared" in asked:
        found = sources.declared(path)
        declared = _digest(
            [sorted(found.names), sorted(found.members), sorted(found.imports.items()), found.whole]
        )
    if "used" in asked:
        uses = sources.used(path)
        used = _digest(
            [
                [(each.package, each.name, each.line if lines else 0) for each in some]
                for some in (uses.alone, uses.selected, uses.qualified)
            ]
        )
    return words, declared, used


def _digest(value: object) -> bytes:
    return blake2b(repr(value).encode("utf-8", "surrogatepass"), digest_size=12).digest()
