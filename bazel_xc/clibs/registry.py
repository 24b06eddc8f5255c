"""Facts about C libraries and systems that need no workspace.

Comes in: the tables ``c_libraries.toml`` and ``c_system.toml`` that ship with the package, or the text of
others. Goes out: a ``Registry`` that finds libraries by header, ``-l`` name and pkg-config name, and a
``SystemTable`` with the contents of each GOOS. It does not choose between libraries, and does not use the
network.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import TypedDict, TypeVar

from attrs import field, frozen

from bazel_xc.cgo.needs import NeedKind
from bazel_xc.model import Label
from bazel_xc.tables import parsed, shipped_text

_LIBRARIES = "c_libraries.toml"
_SYSTEM = "c_system.toml"
# Folders of headers that belong to no single library.
_SHARED = frozenset({"linux", "net", "security", "sys"})
_Key = TypeVar("_Key")


class _RawLibrary(TypedDict, total=False):
    """One ``[[library]]`` of the file."""

    name: str
    headers: list[str]
    libs: list[str]
    pkg_config: list[str]
    module: str
    version: str
    labels: list[str]
    header_labels: list[str]
    ci: list[str]
    debian: str
    msys2: str
    windows_arm64: str
    note: str
    picks: dict[str, list[str]]
    links: dict[str, list[str]]


class _RawSystem(TypedDict, total=False):
    """``[common]`` or one ``[os.<goos>]`` of the file."""

    inherits: list[str]
    headers: list[str]
    cxx_headers: list[str]
    libs: list[str]
    frameworks: list[str]
    any_framework: bool
    any_case: bool


@frozen(kw_only=True)
class Library:
    """A C library. ``labels`` link it, ``header_labels`` have its headers only; both name the module's own
    repository. ``windows_arm64`` is "true", "false" or "unknown". ``debian`` and ``msys2`` are packages of
    these distributions.
    """

    name: str
    headers: tuple[str, ...] = ()
    libs: tuple[str, ...] = ()
    pkg_config: tuple[str, ...] = ()
    module: str = ""
    version: str = ""
    labels: tuple[Label, ...] = ()
    header_labels: tuple[Label, ...] = ()
    debian: str = ""
    msys2: str = ""
    windows_arm64: str = "unknown"
    picks: Mapping[str, tuple[Label, ...]] = field(factory=dict)
    links: Mapping[str, tuple[str, ...]] = field(factory=dict)

    @classmethod
    def from_toml(cls, raw: _RawLibrary) -> Library:
        """Reads one ``[[library]]``."""
        return cls(
            name=raw["name"],
            headers=tuple(raw.get("headers", ())),
            libs=tuple(raw.get("libs", ())),
            pkg_config=tuple(raw.get("pkg_config", ())),
            module=raw.get("module", ""),
            version=raw.get("version", ""),
            labels=_labels(raw.get("labels", ())),
            header_labels=_labels(raw.get("header_labels", ())),
            debian=raw.get("debian", ""),
            msys2=raw.get("msys2", ""),
            windows_arm64=raw.get("windows_arm64", "unknown"),
            picks={name: _labels(texts) for name, texts in raw.get("picks", {}).items()},
            links={name: tuple(texts) for name, texts in raw.get("links", {}).items()},
        )

    @property
    def every_name(self) -> tuple[str, ...]:
        """Its name, ``-l`` names and pkg-config names."""
        return (self.name, *self.libs, *self.pkg_config)

    def names(self, kind: NeedKind) -> tuple[str, ...]:
        """The names by which a need of one kind asks for it."""
        return {
            NeedKind.HEADER: self.headers,
            NeedKind.LIB: self.libs,
            NeedKind.PKG_CONFIG: self.pkg_config,
        }.get(kind, ())

    def linker_names(self, pkg_config: str) -> tuple[str, ...]:
        """The ``-l`` names of one of its pkg-config names; without any in the table, that of its first
        library.
        """
        if pkg_config in self.links:
            return self.links[pkg_config]
        alike = [lib for lib in self.libs if bare_name(lib) == bare_name(pkg_config)]
        return (*alike, *self.libs)[:1]


@frozen
class Registry:
    """All known libraries, found by the names that packages use; of several, in the table's order."""

    libraries: tuple[Library, ...] = ()
    _by_name: Mapping[tuple[NeedKind, str], tuple[Library, ...]] = field(init=False, eq=False, repr=False)
    _by_tail: Mapping[str, tuple[Library, ...]] = field(init=False, eq=False, repr=False)
    _by_folder: Mapping[str, tuple[Library, ...]] = field(init=False, eq=False, repr=False)

    @_by_name.default
    def _index(self) -> Mapping[tuple[NeedKind, str], tuple[Library, ...]]:
        kinds = (NeedKind.HEADER, NeedKind.LIB, NeedKind.PKG_CONFIG)
        return _grouped(self.libraries, lambda each: [(kind, x) for kind in kinds for x in each.names(kind)])

    @_by_tail.default
    def _tails(self) -> Mapping[str, tuple[Library, ...]]:
        return _grouped(self.libraries, lambda each: [_tail(header) for header in each.headers])

    @_by_folder.default
    def _folders(self) -> Mapping[str, tuple[Library, ...]]:
        return _grouped(self.libraries, lambda each: [_folder(header) for header in each.headers])

    def find(self, kind: NeedKind, name: str) -> tuple[Library, ...]:
        """The libraries that have exactly this name; of a header that none has, those of its folder."""
        found = self._by_name.get((kind, name), ())
        return found if found or kind is not NeedKind.HEADER else self._of_folder(name)

    def _of_folder(self, header: str) -> tuple[Library, ...]:
        """The libraries that have the first folder of a header; of several, the one of that name."""
        folder = _folder(header)
        found = self._by_folder.get(folder, ()) if folder else ()
        named = tuple(each for each in found if bare_name(folder) == bare_name(each.name))
        return named[:1] or found

    def by_header(self, name: str) -> tuple[Library, ...]:
        """The libraries with a header of exactly this spelling."""
        return self.find(NeedKind.HEADER, name)

    def by_lib(self, name: str) -> tuple[Library, ...]:
        """The libraries that ``-l<name>`` may mean."""
        return self.find(NeedKind.LIB, name)

    def by_header_tail(self, name: str) -> tuple[Library, ...]:
        """The libraries with a header that differs from this spelling by one leading directory only.

        An example is libusb.h and libusb-1.0/libusb.h. This match is weaker than ``by_header``, whose
        libraries it leaves out.
        """
        found = self._by_tail.get(_tail(name), ())
        return tuple(each for each in found if any(_differ_by_folder(name, x) for x in each.headers))


@frozen
class _System:
    """The contents of one GOOS. All headers below its ``folders`` are its own."""

    headers: frozenset[str] = frozenset()
    folders: tuple[str, ...] = ()
    libs: frozenset[str] = frozenset()
    any_framework: bool = False
    any_case: bool = False


@frozen
class SystemTable:
    """The contents of operating systems and C toolchains, per GOOS."""

    _systems: Mapping[str, _System] = field(factory=dict)
    _common: _System = _System()

    def has(self, kind: NeedKind, name: str, goos: str) -> bool:
        """Whether a system or any toolchain for it provides a name. An unknown GOOS has the contents that all
        toolchains share.
        """
        system = self._systems.get(goos, self._common)
        name = name.casefold() if system.any_case else name
        match kind:
            case NeedKind.HEADER:
                return name in system.headers or name.startswith(system.folders)
            case NeedKind.LIB:
                return name in system.libs
            case NeedKind.FRAMEWORK:
                return system.any_framework
        return False


def load_registry() -> Registry:
    """The registry that ships with the package, read once."""
    return _shipped_registry()


def load_system() -> SystemTable:
    """The system table that ships with the package, read once."""
    return _shipped_system()


def registry_from(text: str) -> Registry:
    """Reads a table of libraries in the layout of c_libraries.toml."""
    return Registry(tuple(Library.from_toml(raw) for raw in parsed(text).get("library", ())))


def system_from(text: str) -> SystemTable:
    """Reads a table of systems in the layout of c_system.toml."""
    raw = parsed(text)
    tables: Mapping[str, _RawSystem] = raw.get("os", {})
    common: _RawSystem = raw.get("common", {})
    systems = {goos: _system(_inherited(goos, tables, common)) for goos in tables}
    return SystemTable(systems, _system([common]))


def bare_name(name: str) -> str:
    """A library's name without ``lib`` before it, a version behind a dash, case and punctuation."""
    bare = name.casefold().removeprefix("lib")
    head, dash, version = bare.rpartition("-")
    if dash and version.replace(".", "").isdigit():
        bare = head
    return bare.replace("-", "").replace("_", "").replace("+", "").replace(".", "")


@cache
def _shipped_registry() -> Registry:
    return registry_from(shipped_text(_LIBRARIES))


@cache
def _shipped_system() -> SystemTable:
    return system_from(shipped_text(_SYSTEM))


def _labels(texts: Iterable[str]) -> tuple[Label, ...]:
    return tuple(Label.parse(text) for text in texts)


def _grouped(
    libraries: Iterable[Library], keys: Callable[[Library], Iterable[_Key]]
) -> Mapping[_Key, tuple[Library, ...]]:
    found: dict[_Key, list[Library]] = {}
    for library in libraries:
        for key in keys(library):
            known = found.setdefault(key, [])
            if library not in known:
                known.append(library)
    return {key: tuple(each) for key, each in found.items()}


def _tail(header: str) -> str:
    return header.rpartition("/")[2]


def _folder(header: str) -> str:
    """The first folder of a header, empty without one and for those that belong to no single library."""
    folder, slash, _ = header.partition("/")
    return folder if slash and folder not in _SHARED else ""


def _differ_by_folder(one: str, other: str) -> bool:
    long, short = sorted((one, other), key=len, reverse=True)
    folder, slash, _ = long.removesuffix(short).partition("/")
    return long != short and long.endswith("/" + short) and long == f"{folder}{slash}{short}"


def _inherited(goos: str, tables: Mapping[str, _RawSystem], common: _RawSystem) -> list[_RawSystem]:
    """A system's table and those that it inherits."""
    own = tables[goos]
    return [common, own, *(tables[parent] for parent in own.get("inherits", ()))]


def _system(raws: list[_RawSystem]) -> _System:
    any_case = any(raw.get("any_case", False) for raw in raws)
    headers = {x for raw in raws for x in (*raw.get("headers", ()), *raw.get("cxx_headers", ()))}
    libs = {x for raw in raws for x in raw.get("libs", ())}
    folders = {x.removesuffix("*") for x in headers if x.endswith("/*")}
    folders |= {f"{x}/" for raw in raws for x in raw.get("frameworks", ())}
    return _System(
        headers=frozenset(x.casefold() if any_case else x for x in headers),
        folders=tuple(sorted(x.casefold() if any_case else x for x in folders)),
        libs=frozenset(x.casefold() if any_case else x for x in libs),
        any_framework=any(raw.get("any_framework", False) for raw in raws),
        any_case=any_case,
    )
