"""The machines that an object, library or archive of objects is for.

Comes in: an open binary file. Goes out: a ``Machine``: formats with processors, none for an unknown format or
one without a processor (linker scripts, LLVM bitcode), or the reason why the file cannot be read. Only a
bounded number of headers is read, and no file raises an exception. It reads no symbols, and not the parts of
a Mach-O file for several processors.
"""

from __future__ import annotations

import enum
import struct
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import BinaryIO

from attrs import frozen


class Container(enum.StrEnum):
    """A format of objects."""

    ELF = "ELF"
    COFF = "COFF"
    MACH_O = "Mach-O"


@frozen(order=True)
class Part:
    """A format and a processor: a GOARCH, or the format's number of a processor that go does not know."""

    container: Container
    goarch: str


@frozen
class Machine:
    """The machines of a file. ``unreadable`` is the reason if the file is damaged, without a full stop."""

    parts: frozenset[Part] = frozenset()
    unreadable: str = ""

    def __str__(self) -> str:
        held = ", ".join(f"{part.container} {part.goarch}" for part in sorted(self.parts))
        return f"unreadable: {self.unreadable}" if self.unreadable else held or "unknown"


_SYSTEMS: Mapping[Container, frozenset[str]] = MappingProxyType(
    {
        Container.ELF: frozenset(
            "android dragonfly freebsd illumos linux netbsd openbsd qnx solaris".split()
        ),
        Container.COFF: frozenset({"windows"}),
        Container.MACH_O: frozenset("darwin ios osx".split()),
    }
)
# The ELF specification (e_machine), with class and byte order where these make another GOARCH.
_ELF = MappingProxyType(
    {
        3: "386",
        40: "arm",
        62: "amd64",
        183: "arm64",
        (8, 1, 1): "mipsle",
        (8, 1, 2): "mips",
        (8, 2, 1): "mips64le",
        (8, 2, 2): "mips64",
        (21, 2, 1): "ppc64le",
        (21, 2, 2): "ppc64",
        (22, 2, 2): "s390x",
        (243, 2, 1): "riscv64",
        (258, 2, 1): "loong64",
    }
)
# Microsoft's PE format, "Machine Types".
_COFF = MappingProxyType({0x14C: "386", 0x1C4: "arm", 0x8664: "amd64", 0xAA64: "arm64"})
_COFF_OTHERS = frozenset({0x1C0, 0x1C2, 0x200, 0x5032, 0x5064, 0xA641, 0xA64E})
# Apple's mach/machine.h.
MACH_O_CPUS = MappingProxyType({7: "386", 12: "arm", 0x01000007: "amd64", 0x0100000C: "arm64"})
"""CPU types of Mach-O by number."""
# Apple's mach-o/loader.h and mach-o/fat.h.
MACH_O_MAGICS = MappingProxyType(
    {
        b"\xce\xfa\xed\xfe": ("<", 32),
        b"\xcf\xfa\xed\xfe": ("<", 64),
        b"\xfe\xed\xfa\xce": (">", 32),
        b"\xfe\xed\xfa\xcf": (">", 64),
    }
)
"""The first bytes of a Mach-O file: byte order, as ``struct`` has it, and bits."""
FAT_ENTRIES = MappingProxyType({b"\xca\xfe\xba\xbe": ">IIIII", b"\xca\xfe\xba\xbf": ">IIQQII"})
"""The first bytes of a Mach-O file for several processors: the layout of its entries, CPU type first."""

_HEAD = 64  # enough for the header of any object
_AR, _THIN_AR = b"!<arch>\n", b"!<thin>\n"
_AR_HEADER = 60
_MAX_MEMBERS = 10_000
_MAX_FAT = 30  # a Java class begins like a fat file; its version is at the place of the number of parts


class _BrokenError(ValueError):
    """The file does not have the format that its first bytes announce; the message is the reason."""


def machine_of(file: BinaryIO) -> Machine:
    """The machines of an open file, by its headers."""
    try:
        head = _at(file, 0, _HEAD)
        if head.startswith(_THIN_AR):
            raise _BrokenError("a thin archive, whose members are other files")
        if head.startswith(_AR):
            return Machine(frozenset(_members(file)))
        if head.startswith(b"MZ"):
            return Machine(frozenset({_image(file, head)}))
        return Machine(frozenset(_object(head, file)))
    except _BrokenError as e:
        return Machine(unreadable=str(e))
    except OSError as e:
        return Machine(unreadable=e.strerror or "cannot be read")


def fits(machine: Machine, platform: str) -> bool | None:
    """Whether a linker for the platform can use any part of the file; None if that is unknown."""
    goos, _, goarch = platform.partition("_")
    if not machine.parts:
        return None
    return any(part.goarch == goarch and goos in _SYSTEMS[part.container] for part in machine.parts)


def _at(file: BinaryIO, offset: int, size: int) -> bytes:
    file.seek(offset)
    return file.read(size)


def _object(head: bytes, file: BinaryIO | None = None) -> Iterator[Part]:
    """The parts of an object, by its first bytes; of a fat one, more of its ``file`` is read."""
    if head.startswith(b"\x7fELF"):
        yield _elf(head)
    elif head[:4] in MACH_O_MAGICS:
        cpu = _number(head, MACH_O_MAGICS[head[:4]][0] + "I", 4)
        yield Part(Container.MACH_O, MACH_O_CPUS.get(cpu, str(cpu)))
    elif head[:4] in FAT_ENTRIES and file:
        yield from _fat(file, head)
    elif len(head) >= 20:
        yield from _coff(head)


def _elf(head: bytes) -> Part:
    bits, order = head[4:5], head[5:6]
    if bits not in {b"\1", b"\2"} or order not in {b"\1", b"\2"}:
        raise _BrokenError("an ELF header without class or byte order")
    machine = _number(head, "<H" if order == b"\1" else ">H", 18)
    goarch = _ELF.get(machine) or _ELF.get((machine, bits[0], order[0]))
    return Part(Container.ELF, goarch or str(machine))


def _coff(head: bytes) -> Iterator[Part]:
    """An object of COFF, or a short one for an imported symbol."""
    first, second = struct.unpack_from("<HH", head)
    is_long = first == 0 and second == 0xFFFF
    machine = struct.unpack_from("<H", head, 6)[0] if is_long else first
    optional = 0 if is_long else struct.unpack_from("<H", head, 16)[0]
    if not optional and (machine in _COFF or machine in _COFF_OTHERS):
        yield Part(Container.COFF, _COFF.get(machine, hex(machine)))


def _image(file: BinaryIO, head: bytes) -> Part:
    start = _number(head, "<I", 60)
    found = _at(file, start, 6)
    if not found.startswith(b"PE\0\0"):
        raise _BrokenError("a DOS program without a PE header")
    machine = _number(found, "<H", 4)
    return Part(Container.COFF, _COFF.get(machine, hex(machine)))


def _fat(file: BinaryIO, head: bytes) -> Iterator[Part]:
    size, count = struct.calcsize(FAT_ENTRIES[head[:4]]), _number(head, ">I", 4)
    if count > _MAX_FAT:
        return
    table = _at(file, 8, size * count)
    for at in range(count):
        cpu = _number(table, ">I", at * size)
        yield Part(Container.MACH_O, MACH_O_CPUS.get(cpu, str(cpu)))


def _members(file: BinaryIO) -> Iterator[Part]:
    """The parts of an archive's members, without tables of symbols and of names."""
    at, end = len(_AR), file.seek(0, 2)
    for _ in range(_MAX_MEMBERS):
        header = _at(file, at, _AR_HEADER)
        if not header.strip() and at <= end + 1:  # the last member may lack its padding
            return
        name, size = header[:16].rstrip(), header[48:58].strip()
        if len(header) < _AR_HEADER or header[58:] != b"`\n" or not size.isdigit():
            raise _BrokenError(f"no member of an archive at byte {min(at, end)}")
        if name not in {b"/", b"//", b"/SYM64/"} and not name.startswith(b"/<"):
            yield from _member(file, name, at + _AR_HEADER, int(size))
        at += _AR_HEADER + int(size) + int(size) % 2


def _member(file: BinaryIO, name: bytes, start: int, size: int) -> Iterator[Part]:
    inner = int(name[3:]) if name.startswith(b"#1/") and name[3:].isdigit() else 0
    if inner:  # BSD: a long name is in the member
        name = _at(file, start, min(inner, _HEAD))
    if not name.startswith(b"__.SYMDEF"):
        yield from _object(_at(file, start + inner, max(0, min(_HEAD, size - inner))))


def _number(data: bytes, form: str, at: int) -> int:
    if len(data) < at + struct.calcsize(form):
        raise _BrokenError("the file ends within its header")
    number: int = struct.unpack_from(form, data, at)[0]
    return number
