"""What a built file says of itself.

Comes in: nothing. Goes out: frozen classes that the readers of each format fill and that checks, comparisons
and renderers take. Nothing here judges.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping

from attrs import field, frozen

from bazel_xc.machine import Machine


class FileKind(enum.StrEnum):
    """What a file is for."""

    EXECUTABLE = "executable"
    SHARED = "shared library"
    OBJECT = "object"
    ARCHIVE = "archive"
    OTHER = "other"


class Relro(enum.StrEnum):
    """How much of an ELF file is read-only once it is relocated."""

    NONE = "none"
    PARTIAL = "partial"
    FULL = "full"


@frozen(order=True)
class Section:
    """A named part of a file; ``offset`` and ``size`` are bytes in the file, zero for what is not in it."""

    name: str
    offset: int
    size: int


@frozen(order=True)
class SymbolVersion:
    """A version of symbols that a needed library must have, such as GLIBC_2.34 of libc.so.6."""

    library: str
    version: str


@frozen(order=True)
class GoModule:
    """A module in the build information; ``replaced`` is ``path@version`` or a folder, or empty."""

    path: str
    version: str
    sum: str = ""
    replaced: str = ""


@frozen(kw_only=True)
class GoInfo:
    """What the go linker left in the file; ``settings`` are GOOS, GOARCH, CGO_ENABLED, -trimpath, vcs, …"""

    version: str
    path: str = ""
    main: GoModule | None = None
    modules: tuple[GoModule, ...] = ()
    settings: Mapping[str, str] = field(factory=dict)


@frozen(kw_only=True)
class Image:
    """An ELF, PE or Mach-O file.

    ``entry_in_code`` is None where there is no entry point to judge. ``dynamic``: something has to be loaded
    with it. None for ``pie``, ``nx``, ``relro`` and ``signed`` where the format has no such thing, or does
    not say. ``writable_code`` names segments or sections that are both. ``damage`` says what does not fit
    together. ``machine`` is the format's own number, as text; ``system`` the version it is made for.
    """

    kind: FileKind
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
    """Everything that is known of a file.

    ``image`` is None for archives and objects that are told by their headers only, and where ``problem`` says
    why the file cannot be read.
    """

    path: str
    size: int
    sha256: str
    machine: Machine
    kind: FileKind = FileKind.OTHER
    image: Image | None = None
    go: GoInfo | None = None
    problem: str = ""
