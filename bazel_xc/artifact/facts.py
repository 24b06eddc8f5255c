"""The facts of a built file.

Comes in: nothing. Goes out: frozen classes that the reader of each format fills, for checks, comparisons and
renderers. There are no expectations here.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping

from attrs import field, frozen

from bazel_xc.machine import Machine


class BinaryKind(enum.StrEnum):
    """The purpose of a file."""

    EXECUTABLE = "executable"
    SHARED = "shared library"
    OBJECT = "object"
    ARCHIVE = "archive"
    OTHER = "other"


class Relro(enum.StrEnum):
    """The part of an ELF file that becomes read-only after relocation."""

    NONE = "none"
    PARTIAL = "partial"
    FULL = "full"


@frozen(order=True)
class Section:
    """A named part of a file; ``offset`` and ``size`` are bytes, both zero if it has no bytes in the file."""

    name: str
    offset: int
    size: int


@frozen(order=True)
class SymbolVersion:
    """A symbol version that a needed library must have, such as GLIBC_2.34 of libc.so.6."""

    library: str
    version: str


@frozen(order=True)
class GoModule:
    """A module in the build information; ``replaced`` is ``path@version``, a folder, or empty."""

    path: str
    version: str
    sum: str = ""
    replaced: str = ""


@frozen(kw_only=True)
class GoInfo:
    """Go's build information; ``settings`` are GOOS, GOARCH, CGO_ENABLED, -trimpath, vcs, …"""

    version: str
    path: str = ""
    main: GoModule | None = None
    modules: tuple[GoModule, ...] = ()
    settings: Mapping[str, str] = field(factory=dict)


@frozen(kw_only=True)
class Image:
    """An ELF, PE or Mach-O file.

    ``entry_in_code`` is None if there is no entry point. It is ``dynamic`` if it needs an interpreter or
    libraries. ``pie``, ``nx``, ``relro`` and ``signed`` are None if the format has no such property or the
    file does not have the header for it. ``writable_code`` are names of segments or sections that are
    writable and executable. ``damage`` are contradictions within the file. ``machine`` is the format's own
    number, as text; ``system`` is the system and its version that the file is made for.
    """

    kind: BinaryKind
    machine: str
    bits: int
    little_endian: bool = True
    entry: int = 0
    entry_in_code: bool | None = None
    dynamic: bool = False
    interpreter: str = ""
    needed: tuple[str, ...] = ()
    versions: tuple[SymbolVersion, ...] = ()
    rpaths: tuple[str, ...] = ()
    pie: bool | None = None
    relro: Relro | None = None
    nx: bool | None = None
    writable_code: tuple[str, ...] = ()
    debug_info: bool = False
    symbols: bool = False
    build_id: str = ""
    go_build_id: str = ""
    signed: bool | None = None
    system: str = ""
    sections: tuple[Section, ...] = ()
    damage: tuple[str, ...] = ()


@frozen(kw_only=True)
class BinaryFacts:
    """Everything that is known about a file.

    ``image`` is None for archives and for COFF objects, of which only the machine is read, and if the file
    cannot be read; ``problem`` is the reason.
    """

    path: str
    size: int
    sha256: str
    machine: Machine
    kind: BinaryKind = BinaryKind.OTHER
    image: Image | None = None
    go: GoInfo | None = None
    problem: str = ""
