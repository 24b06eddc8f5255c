"""The functions that a package's C declares, its Go calls, and nothing in the package defines.

Comes in: the C of a package on one platform, the files that it reaches, and the names that its Go files use
and declare. Goes out: a ``CNeed`` per such symbol. Only declarations in preambles and in headers of the
package's own directory count, and only where all of its C is in that directory: a file from elsewhere may
come with its own definitions. Who provides a symbol is not looked for here.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from attrs import field, frozen

from bazel_xc.cgo.flags import CgoSource
from bazel_xc.cgo.includes import Reached
from bazel_xc.cgo.needs import CNeed, NeedKind
from bazel_xc.cgo.prototypes import Symbols
from bazel_xc.cgo.reach import CSide
from bazel_xc.golang.sources import Sources
from bazel_xc.model import Platform
from bazel_xc.tables import table

Read = Callable[[str], bytes | None]

# Flags with which a program links although something is not defined.
_LATER = re.compile(r"dynamic_lookup|unresolved-symbols|allow-undefined")
_WORD = re.compile(rb"[A-Za-z_]\w*")
_EXPORT = re.compile(rb"^//export[ \t]+(\w+)", re.MULTILINE)
_EXPORTS = frozenset({b"export"})
_ASSEMBLY = (".s", ".S")


@frozen
class Bodies:
    """The Go files of a tree, to ask for names in their bodies, and a function that reads any file."""

    sources: Sources
    read: Read
    _symbols: dict[str, Symbols] = field(factory=dict, eq=False, repr=False)

    def symbols(self, path: str) -> Symbols:
        """The symbols of a C file."""
        if path not in self._symbols:
            self._symbols[path] = self.sources.fact(path, "symbols", Symbols.of)
        return self._symbols[path]

    def mentioned(self, path: str, names: Iterable[str]) -> Iterator[str]:
        """Those of some names that a file has as words, found without parsing."""
        return map(bytes.decode, self.sources.mentioned(path, frozenset(each.encode() for each in names)))

    def called(self, path: str) -> frozenset[str]:
        """The names that a file uses as ``C.name``."""
        return frozenset(use.name for use in self.sources.used(path).qualified if use.package == "C")

    def exported(self, path: str) -> frozenset[str]:
        """The names that a file gives to C, which are in its comments or those of its functions."""
        if not self.sources.mentioned(path, _EXPORTS):
            return frozenset()
        names = (found[1].decode() for found in _EXPORT.finditer(self.read(path) or b""))
        return self.sources.declared(path).names.union(names)


def open_symbols(side: CSide, platform: Platform, reached: Reached, bodies: Bodies) -> Iterator[CNeed]:
    """The symbols that the Go files of a platform call and nothing defines there."""
    sources = [
        each for each in side.sources if platform.name in each.active and not each.path.endswith("_test.go")
    ]
    texts = {each.path: _text(each) for each in sources}
    others = [path for path, active in side.others.items() if platform.name in active]
    if not texts or _links_later(sources) or any(path.endswith(".syso") for path in others):
        return
    base = f"{side.directory}/" if side.directory else ""
    own = [each.path for each in reached.files if "/" not in each.path.removeprefix(base)]
    if len(own) < len(reached.files) or not all(each.path.startswith(base) for each in reached.files):
        return
    compiled = [each.path for each in side.files if platform.name in each.active]
    headers = map(bodies.symbols, own)
    declared = Symbols.merged((*map(Symbols.of, texts.values()), *headers)).declared
    names = {name for name in declared if not of_system(name, platform.goos)}
    if names:  # declarations in C files are of no use to Go
        names -= Symbols.merged(map(bodies.symbols, compiled)).defined
    if names:
        assembly = (path for path in (*compiled, *others) if path.endswith(_ASSEMBLY))
        names -= {each.decode() for path in assembly for each in _WORD.findall(bodies.read(path) or b"")}
    if names:  # Go files are read again for it, which few packages need
        names = {name for path in texts for name in bodies.mentioned(path, names)}
    if names:
        names &= frozenset().union(*(bodies.called(path) for path in texts))
    if names:
        names -= frozenset().union(*(bodies.exported(path) for path in texts))
    for name in sorted(names):
        path, line = _place(name, sources, texts)
        yield CNeed(NeedKind.SYMBOL, name, frozenset({platform.name}), path, line)


def defined_symbols(side: CSide, platform: Platform, bodies: Bodies) -> frozenset[str]:
    """The symbols that a package defines in C on a platform, or in Go with ``//export``."""
    sources = [each for each in side.sources if platform.name in each.active]
    compiled = [each.path for each in side.files if platform.name in each.active]
    texts = map(Symbols.of, map(_text, sources))
    defined = Symbols.merged((*texts, *map(bodies.symbols, compiled))).defined
    return defined.union(*(bodies.exported(each.path) for each in sources))


def of_system(name: str, goos: str) -> bool:
    """Whether the C library of a system, or its compiler, may have a function or variable."""
    if name[0] == "_" or (goos == "windows" and name[0].isupper()):
        return True
    names, prefixes = _names()
    return name in names or name.startswith((*prefixes[""], *prefixes.get(goos, ())))


def _text(source: CgoSource) -> bytes:
    return "\n".join(each.text for each in source.preambles).encode("utf-8", "replace")


def _links_later(sources: Iterable[CgoSource]) -> bool:
    return any(_LATER.search(word) for each in sources for line in each.lines for word in line.args)


def _place(name: str, sources: Iterable[CgoSource], texts: Mapping[str, bytes]) -> tuple[str, int]:
    """The first line of a preamble with a name; without one, the first preamble."""
    word = re.compile(rf"\b{re.escape(name)}\b")
    for source in sources:
        for preamble in source.preambles:
            found = word.search(preamble.text)
            if found:
                return source.path, preamble.line + preamble.text.count("\n", 0, found.start())
    return next(iter(texts)), 0


@functools.cache
def _names() -> tuple[frozenset[str], Mapping[str, tuple[str, ...]]]:
    raw = table("c_symbols.toml")
    common = raw["common"]
    prefixes = {goos: tuple(each["prefixes"].split()) for goos, each in raw["os"].items()}
    return frozenset(common["names"].split()), {"": tuple(common["prefixes"].split()), **prefixes}
