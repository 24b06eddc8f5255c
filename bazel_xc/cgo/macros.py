"""The macros that are known before the first line of a C file is read.

Comes in: a platform or none, a language, and the ``-D`` and ``-U`` flags of a package. Goes out: ``Macros``.
The compilers' own macros are data (``data/c_macros.toml``). No compiler is run, and macros of the system's
headers are unknown.
"""

from __future__ import annotations

import enum
import functools
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from attrs import frozen

from bazel_xc.cgo.conditions import Macros
from bazel_xc.tables import table


class Language(enum.StrEnum):
    """The language of a file for the compiler; a header is read as the file that includes it."""

    C = "c"
    CXX = "c++"
    OBJC = "objc"
    OBJCXX = "objc++"
    ASSEMBLY = "asm"

    @property
    def takes_cxxflags(self) -> bool:
        """Whether CXXFLAGS apply to it, not CFLAGS."""
        return self in {Language.CXX, Language.OBJCXX}


# The suffixes of files that go gives to a C compiler; .s is not preprocessed.
_LANGUAGES: Mapping[str, Language] = MappingProxyType(
    {
        ".c": Language.C,
        **dict.fromkeys((".cc", ".cpp", ".cxx"), Language.CXX),
        ".m": Language.OBJC,
        ".mm": Language.OBJCXX,
        ".S": Language.ASSEMBLY,
    }
)


@frozen(kw_only=True)
class _Row:
    """The places where some macros are or may be defined; empty tuples do not restrict."""

    goos: tuple[str, ...]
    goarch: tuple[str, ...]
    language: tuple[str, ...]
    define: Mapping[str, str]
    open: tuple[str, ...]

    @classmethod
    def from_toml(cls, raw: Mapping[str, list[str]], define: Mapping[str, str]) -> _Row:
        return cls(
            goos=tuple(raw.get("goos", ())),
            goarch=tuple(raw.get("goarch", ())),
            language=tuple(raw.get("language", ())),
            define=define,
            open=tuple(raw.get("open", ())),
        )

    def holds(self, platform: str) -> bool | None:
        """Whether the row applies to the platform; without one, None if it applies to some platforms only."""
        if not platform:
            return None if self.goos or self.goarch else True
        goos, _, goarch = platform.partition("_")
        return (not self.goos or goos in self.goos) and (not self.goarch or goarch in self.goarch)


@frozen
class _Table:
    rows: tuple[_Row, ...]
    names: frozenset[str]


def language_of(name: str) -> Language | None:
    """The language of a file for go, by its name; None if it is not C, C++, Objective-C or assembly."""
    return _LANGUAGES.get(name[name.rfind(".") :])


def platform_macros(
    platform: str, language: Language, definitions: Iterable[tuple[str, str | None]] = ()
) -> Macros:
    """The macros on a platform; for an empty one, those that are the same on all platforms.

    ``definitions`` are applied in their order. Without a platform they only make their names undecidable,
    because other platforms have other flags.
    """
    found = dict(_compiler_macros(platform, language))
    for name, text in definitions:
        if platform:
            found[name] = text
        else:
            found.pop(name, None)
    return found


def definitions_in(words: Iterable[str]) -> Iterator[tuple[str, str | None]]:
    """The ``-D`` and ``-U`` among a compiler's flags: name and text, None for ``-U``."""
    rest = iter(words)
    for word in rest:
        if word.startswith(("-D", "-U")):
            name, equals, text = (word[2:] or next(rest, "")).partition("=")
            yield name.partition("(")[0], None if word[1] == "U" else text if equals else "1"


@functools.cache
def _compiler_macros(platform: str, language: Language) -> Macros:
    table = _table()
    found: dict[str, str | None] = dict.fromkeys(table.names)
    undecided: set[str] = set()
    for row in table.rows:
        if row.language and language not in row.language:
            continue
        where = row.holds(platform)
        if where is None:
            undecided.update(row.define)
        elif where:
            found.update(row.define)
        if where is not False:
            undecided.update(row.open)
    return MappingProxyType({name: text for name, text in found.items() if name not in undecided})


@functools.cache
def _table() -> _Table:
    raw = table("c_macros.toml")
    rows = tuple(_Row.from_toml(row, row.get("define", {})) for row in raw["row"])
    named = (name for row in rows for name in (*row.define, *row.open))
    return _Table(rows, frozenset((*raw["never"], *named)))
