"""The ``[[resolve]]`` tables of the configuration: which of them answers a need, and which answer none.

Comes in: the tables and the known libraries. Goes out: the table for a need on a platform, by import path, by
the need's own name, by its library, or by another name of that library; and warnings for tables without any
use. Nothing is resolved here, and the file is not read again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from attrs import field, frozen

from bazel_xc.cgo.needs import CNeed, NeedKind
from bazel_xc.clibs.registry import Library, Registry
from bazel_xc.config import FILE_NAME, Resolve
from bazel_xc.errors import did_you_mean
from bazel_xc.model import Diagnostic

_LIBRARY = "library"
_IMPORT = "import"
_ALIKE = 0.7  # two names, at least


@frozen
class UserTables:
    """The tables, in the order of the file; one for a platform goes before one for all."""

    resolves: tuple[Resolve, ...] = ()
    registry: Registry = field(factory=Registry)

    def by_import(self, import_path: str, platform: str) -> Resolve | None:
        """The table for a whole package."""
        return self._first(platform, (each for each in self.resolves if _is(each, _IMPORT, import_path)))

    def by_name(self, kind: NeedKind, name: str, platform: str) -> Resolve | None:
        """The table with exactly this name, else the one for its library."""
        exact = (each for each in self.resolves if _is(each, kind.value, name))
        libraries = {each.name for each in self.registry.find(kind, name)}
        whole = (each for each in self.resolves if each.kind == _LIBRARY and each.name in libraries)
        return self._first(platform, exact) or self._first(platform, whole)

    def by_other_name(self, kind: NeedKind, name: str, platform: str) -> Resolve | None:
        """The table for another name of the same library, preferably of the same kind."""
        libraries = {each.name for each in self.registry.find(kind, name)}
        found = [each for each in self.resolves if libraries & {x.name for x in self._libraries(each)}]
        found.sort(key=lambda each: each.kind != kind.value)
        return self._first(platform, found)

    def may_answer(self, import_path: str, kind: NeedKind, name: str) -> bool:
        """Whether a table without platforms, or for any of them, answers a need of a package."""
        platforms = {"", *(platform for each in self.resolves for platform in each.platforms)}
        return any(
            self.by_import(import_path, platform)
            or self.by_name(kind, name, platform)
            or self.by_other_name(kind, name, platform)
            for platform in platforms
        )

    def _libraries(self, table: Resolve) -> tuple[Library, ...]:
        """The libraries that a table with the name of a need is about."""
        if table.kind in (_LIBRARY, _IMPORT):
            return ()
        return self.registry.find(NeedKind(table.kind), table.name)

    def _first(self, platform: str, tables: Iterable[Resolve]) -> Resolve | None:
        some = tuple(tables)
        own = (each for each in some if platform in each.platforms)
        common = (each for each in some if not each.platforms)
        return next(own, None) or next(common, None)

    def unused(self, used: Iterable[Resolve], needs: Iterable[CNeed]) -> Iterator[Diagnostic]:
        """A warning for each table that answered none of the ``needs``; ``used`` are the others."""
        known = frozenset(used)
        asked = {(each.kind.value, each.name) for each in needs}
        for each in self.resolves:
            if each not in known:
                yield Diagnostic(
                    path=FILE_NAME,
                    code="c-table",
                    message=f"{_spelt(each)} answers nothing: {self._why(each)}",
                    remedy=self._hint(each, asked) or "correct or remove the table",
                )

    def _why(self, table: Resolve) -> str:
        if table.kind == _IMPORT:
            return "no package with this import path needs C"
        if table.kind == _LIBRARY and not any(each.name == table.name for each in self.registry.libraries):
            return "no library of the table has this name"
        return "no package needs it, or another table comes first"

    def _hint(self, table: Resolve, asked: set[tuple[str, str]]) -> str:
        names = {name for kind, name in asked if kind == table.kind}
        if table.kind == _LIBRARY:
            names = {each.name for each in self.registry.libraries}
        return "" if table.name in names else did_you_mean(table.name, names, _ALIKE)


def _is(table: Resolve, kind: str, name: str) -> bool:
    return (table.kind, table.name) == (kind, name)


def _spelt(table: Resolve) -> str:
    where = f" for {', '.join(table.platforms)}" if table.platforms else ""
    return f'[[resolve]] {table.kind} = "{table.name}"{where}'
