"""Reads Mach-O files: programs, libraries and objects of macOS.

Comes in: the bytes of a file with a magic of Mach-O, and the processor to read if there are several. Goes
out: an ``Image``. The layout is from Apple's mach-o/loader.h and mach-o/fat.h. Every count is bounded by the
size of the file, and everything outside the file is damage. Symbols and signatures are found, but not read.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from attrs import evolve, field, frozen

from bazel_xc.artifact.facts import BinaryKind, Image, Section
from bazel_xc.machine import FAT_ENTRIES, MACH_O_CPUS, MACH_O_MAGICS

_KINDS: Mapping[int, BinaryKind] = MappingProxyType(
    {1: BinaryKind.OBJECT, 2: BinaryKind.EXECUTABLE, 6: BinaryKind.SHARED, 8: BinaryKind.SHARED}
)
_MAX_COMMANDS = 10_000
_MAX_AREA = 1 << 20  # bytes of all commands
_MAX_SECTIONS = 10_000
_PIE = 0x200000  # MH_PIE
_DYLIBS = frozenset({0xC, 0x18 | 0x80000000, 0x1F | 0x80000000, 0x20, 0x23 | 0x80000000})
_SYMTAB, _UNIXTHREAD, _DYSYMTAB, _DYLINKER, _UUID = 0x2, 0x5, 0xB, 0xE, 0x1B
_SEGMENTS: Mapping[int, int] = MappingProxyType({0x1: 32, 0x19: 64})
_MAIN, _RPATH, _SIGNATURE = 0x28 | 0x80000000, 0x1C | 0x80000000, 0x1D
_VERSION_MIN, _BUILD_VERSION = 0x24, 0x32
_WRITE, _EXECUTE = 2, 4
_ZEROFILL = frozenset({1, 12, 18})
_PLATFORMS: Mapping[int, str] = MappingProxyType({1: "macOS", 2: "iOS", 6: "Mac Catalyst"})


class MachOError(ValueError):
    """The file does not have the format that its first bytes announce."""


@frozen
class _Command:
    kind: int
    body: bytes = field(repr=False)


@frozen(kw_only=True)
class _Segment:
    name: str
    offset: int
    size: int
    protection: int
    sections: tuple[Section, ...]


@frozen(kw_only=True)
class _File:
    order: str
    bits: int
    cpu: int
    file_type: int
    flags: int
    commands: tuple[_Command, ...]
    segments: tuple[_Segment, ...]
    size: int
    cut_off: bool


def read_macho(data: bytes, goarch: str = "") -> Image:
    """The facts of a Mach-O file, or of its part for a GOARCH. ``data`` is sliced like bytes."""
    start, end = _slice(data, goarch)
    file = _open(data, start, end)
    entry, in_code = _entry(file)
    has_linker = any(each.kind == _DYLINKER for each in file.commands)
    needed = tuple(_text(each, 8, file) for each in file.commands if each.kind in _DYLIBS)
    return Image(
        kind=_KINDS.get(file.file_type, BinaryKind.OTHER),
        machine=f"cputype {file.cpu:#x}",
        bits=file.bits,
        little_endian=file.order == "<",
        entry=entry,
        entry_in_code=in_code if file.file_type == 2 else None,
        dynamic=has_linker or bool(needed),
        interpreter=next((_text(each, 8, file) for each in file.commands if each.kind == _DYLINKER), ""),
        needed=needed,
        rpaths=tuple(_text(each, 8, file) for each in file.commands if each.kind == _RPATH),
        pie=bool(file.flags & _PIE) if file.file_type == 2 else None,
        writable_code=tuple(
            each.name for each in file.segments if each.protection & _WRITE and each.protection & _EXECUTE
        )
        if file.file_type != 1
        else (),
        debug_info=any(name in ("__debug_info", "__zdebug_info") for name in _section_names(file)),
        symbols=_has_symbols(file),
        build_id=next((each.body[8:24].hex() for each in file.commands if each.kind == _UUID), ""),
        signed=any(each.kind == _SIGNATURE for each in file.commands) if file.file_type != 1 else None,
        system=_system(file),
        sections=tuple(section for each in file.segments for section in each.sections),
        damage=tuple(_damage(file)),
    )


def _slice(data: bytes, goarch: str) -> tuple[int, int]:
    """Start and end of the part for a processor, or of the first part if there is none for it."""
    form = FAT_ENTRIES.get(bytes(data[:4]))
    if form is None:
        return 0, len(data)
    entry = struct.calcsize(form)
    (count,) = struct.unpack_from(">I", data[4:8])
    room = (len(data) - 8) // entry
    parts = [
        struct.unpack(form, data[8 + at * entry : 8 + (at + 1) * entry]) for at in range(min(count, room, 30))
    ]
    wanted = [each for each in parts if MACH_O_CPUS.get(each[0]) == goarch] or parts
    if not wanted or wanted[0][2] >= len(data):
        raise MachOError("a file for several processors that ends within its header")
    start = wanted[0][2]
    return start, min(len(data), start + wanted[0][3])


def _open(data: bytes, start: int, end: int) -> _File:
    magic = bytes(data[start : start + 4])
    if magic not in MACH_O_MAGICS:
        raise MachOError("a part without a Mach-O header")
    order, bits = MACH_O_MAGICS[magic]
    head = data[start : start + 32]
    if len(head) < 28:
        raise MachOError("the file ends within its header")
    cpu, _, file_type, count, length, flags = struct.unpack_from(f"{order}IIIIII", head, 4)
    first = 32 if bits == 64 else 28
    last = min(end, start + first + min(length, _MAX_AREA))
    commands = tuple(_commands(data[start + first : last], order, count))
    found = _File(
        order=order,
        bits=bits,
        cpu=cpu,
        file_type=file_type,
        flags=flags,
        commands=commands,
        segments=(),
        size=end - start,
        cut_off=len(commands) < min(count, _MAX_COMMANDS),
    )
    segments = tuple(_segment(each, found) for each in commands if _whole_segment(each))
    return evolve(found, segments=segments)


def _commands(area: bytes, order: str, count: int) -> Iterator[_Command]:
    at = 0
    for _ in range(min(count, _MAX_COMMANDS)):
        if at + 8 > len(area):
            return
        kind, length = struct.unpack_from(f"{order}II", area, at)
        if length < 8 or at + length > len(area):
            return
        yield _Command(kind, bytes(area[at : at + length]))
        at += length


def _whole_segment(command: _Command) -> bool:
    return command.kind in _SEGMENTS and len(command.body) >= (56 if _SEGMENTS[command.kind] == 32 else 72)


def _segment(command: _Command, file: _File) -> _Segment:
    wide = _SEGMENTS[command.kind] == 64
    form = f"{file.order}{'QQQQ' if wide else 'IIII'}iiII"
    _, _, offset, size, _, protection, count, _ = struct.unpack_from(form, command.body, 24)
    return _Segment(
        name=_name(command.body[8:24]),
        offset=offset,
        size=size,
        protection=protection,
        sections=tuple(_sections(command.body, file.order, count, wide=wide)),
    )


def _sections(body: bytes, order: str, count: int, *, wide: bool) -> Iterator[Section]:
    form, entry, at = (f"{order}QQIIIII", 80, 72) if wide else (f"{order}IIIIIII", 68, 56)
    for _ in range(min(count, _MAX_SECTIONS, (len(body) - at) // entry)):
        _, size, offset, _, _, _, flags = struct.unpack_from(form, body, at + 32)
        empty = flags & 0xFF in _ZEROFILL
        yield Section(_name(body[at : at + 16]), 0 if empty else offset, 0 if empty else size)
        at += entry


def _section_names(file: _File) -> Iterator[str]:
    for each in file.segments:
        for section in each.sections:
            yield section.name


def _name(raw: bytes) -> str:
    return raw.partition(b"\0")[0].decode("utf-8", "replace")


def _number(command: _Command, at: int, file: _File) -> int:
    if len(command.body) < at + 4:
        return 0
    number: int = struct.unpack_from(f"{file.order}I", command.body, at)[0]
    return number


def _text(command: _Command, at: int, file: _File) -> str:
    return _name(command.body[_number(command, at, file) :])


def _has_symbols(file: _File) -> bool:
    """Whether there are more symbols than the dynamic linker needs."""
    tables = {
        each.kind: _number(each, 12, file) for each in file.commands if each.kind in (_SYMTAB, _DYSYMTAB)
    }
    return tables.get(_DYSYMTAB, tables.get(_SYMTAB, 0)) > 0


def _entry(file: _File) -> tuple[int, bool]:
    """The entry point as an offset, 0 if it is only in the initial registers, and whether it is in code."""
    text = next((each for each in file.segments if each.protection & _EXECUTE), None)
    for each in file.commands:
        if each.kind == _MAIN and len(each.body) >= 16:
            (entry,) = struct.unpack_from(f"{file.order}Q", each.body, 8)
            return entry, bool(text and text.offset <= entry < text.offset + text.size)
        if each.kind == _UNIXTHREAD:
            return 0, text is not None
    return 0, False


def _system(file: _File) -> str:
    for each in file.commands:
        if each.kind == _BUILD_VERSION:
            name = _PLATFORMS.get(_number(each, 8, file), f"platform {_number(each, 8, file)}")
            return f"{name} {_version(_number(each, 12, file))}"
        if each.kind == _VERSION_MIN:
            return f"macOS {_version(_number(each, 8, file))}"
    return ""


def _version(number: int) -> str:
    return f"{number >> 16}.{number >> 8 & 0xFF}"


def _damage(file: _File) -> Iterator[str]:
    if file.cut_off:
        yield "the file ends before its load commands do"
    for each in file.segments:
        if each.offset + each.size > file.size:
            yield f"segment {each.name or '(without name)'} ends beyond the end of the file"
