"""Reads ELF files.

Comes in: the bytes of a file with the magic of ELF. Goes out: an ``Image``. pyelftools knows the layout of
the headers. The loops are here, because every count and offset in a file may be wrong: each is bounded, and
everything outside the file is damage. Symbols and debug information are found, but not read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, BinaryIO

from attrs import field, frozen
from elftools.common.utils import struct_parse
from elftools.elf.elffile import ELFFile

from bazel_xc.artifact.facts import BinaryKind, Image, Relro, Section, SymbolVersion

_MAX_HEADERS = 20_000
_MAX_SEGMENTS = 4_000
_MAX_DYNAMIC = 2_000
_MAX_VERSIONS = 5_000
_MAX_NOTES = 1_000
_MAX_STRING = 1_024
_EXECUTE, _WRITE = 1, 2
_NOW_FLAG, _NOW_FLAG_1, _PIE_FLAG_1 = 0x8, 0x1, 0x08000000  # DF_BIND_NOW, DF_1_NOW, DF_1_PIE
_GNU_BUILD_ID, _GO_BUILD_ID = 3, 4
_KINDS: Mapping[object, BinaryKind] = MappingProxyType(
    {"ET_EXEC": BinaryKind.EXECUTABLE, "ET_DYN": BinaryKind.SHARED, "ET_REL": BinaryKind.OBJECT}
)
_DEBUG = frozenset({".debug_info", ".zdebug_info"})


@frozen
class _Elf:
    """An open file and its tables; ``dynamic`` has the values of each tag."""

    data: BinaryIO = field(repr=False)
    size: int
    file: Any
    sections: tuple[tuple[str, Any], ...]
    segments: tuple[Any, ...]
    dynamic: Mapping[str, tuple[int, ...]]
    damage: tuple[str, ...]


def read_elf(data: BinaryIO, size: int) -> Image:
    """The facts of an ELF file. Raises the exceptions of pyelftools for a broken file."""
    elf = _open(data, size)
    header = elf.file.header
    interpreter = _interpreter(elf)
    needed = tuple(_dynamic_strings(elf, "DT_NEEDED"))
    pie = _is_pie(elf, interpreter)
    kind = BinaryKind.EXECUTABLE if pie else _KINDS.get(header["e_type"], BinaryKind.OTHER)
    build_id, go_build_id = _build_ids(elf)
    rpaths = (*_dynamic_strings(elf, "DT_RPATH"), *_dynamic_strings(elf, "DT_RUNPATH"))
    return Image(
        kind=kind,
        machine=_machine(elf),
        bits=elf.file.elfclass,
        little_endian=elf.file.little_endian,
        entry=header["e_entry"],
        entry_in_code=_in_code(elf, header["e_entry"]) if kind is BinaryKind.EXECUTABLE else None,
        dynamic=bool(interpreter or needed),
        interpreter=interpreter,
        needed=needed,
        versions=tuple(sorted(set(_versions(elf)))),
        rpaths=tuple(part for text in rpaths for part in text.split(":") if part),
        pie=pie if kind is BinaryKind.EXECUTABLE else None,
        relro=_relro(elf) if elf.segments else None,
        nx=_nx(elf),
        writable_code=tuple(_writable_code(elf)),
        debug_info=any(name in _DEBUG for name, _ in elf.sections),
        symbols=any(each["sh_type"] == "SHT_SYMTAB" for _, each in elf.sections),
        build_id=build_id,
        go_build_id=go_build_id,
        sections=tuple(_section(name, each) for name, each in elf.sections if name),
        damage=(*elf.damage, *_damage(elf)),
    )


def _open(data: BinaryIO, size: int) -> _Elf:
    file = ELFFile(data)
    header, structs, damage = file.header, file.structs, []
    segment_count = min(header["e_phnum"], _MAX_SEGMENTS)
    segments = _table(data, size, structs.Elf_Phdr, header["e_phoff"], header["e_phentsize"], segment_count)
    count = header["e_shnum"]
    if not count and header["e_shoff"]:  # more than fit into the field
        first = _table(data, size, structs.Elf_Shdr, header["e_shoff"], header["e_shentsize"], 1)
        count = first[0]["sh_size"] if first else 1
    sections = _table(data, size, structs.Elf_Shdr, header["e_shoff"], header["e_shentsize"], count)
    for name, table, wanted in (("program", segments, segment_count), ("section", sections, count)):
        if len(table) < min(wanted, _MAX_HEADERS):
            damage.append(f"the file ends before its {name} headers do")
    names = _names(data, sections, header["e_shstrndx"])
    return _Elf(
        data=data,
        size=size,
        file=file,
        sections=tuple(zip(names, sections, strict=True)),
        segments=segments,
        dynamic=_dynamic(data, structs, segments, size),
        damage=tuple(damage),
    )


def _table(data: BinaryIO, size: int, form: Any, offset: int, entry: int, count: int) -> tuple[Any, ...]:
    """The headers of a table, as far as they are inside the file."""
    room = (size - offset) // entry if entry >= form.sizeof() and 0 < offset < size else 0
    return tuple(
        struct_parse(form, data, stream_pos=offset + entry * at)
        for at in range(min(count, room, _MAX_HEADERS))
    )


def _names(data: BinaryIO, sections: tuple[Any, ...], table: Any) -> list[str]:
    if not isinstance(table, int) or table >= len(sections):
        return [""] * len(sections)
    start = sections[table]["sh_offset"]
    return [_string(data, start + each["sh_name"]) for each in sections]


def _string(data: BinaryIO, offset: int) -> str:
    data.seek(offset)
    return data.read(_MAX_STRING).partition(b"\0")[0].decode("utf-8", "replace")


def _dynamic(
    data: BinaryIO, structs: Any, segments: tuple[Any, ...], size: int
) -> dict[str, tuple[int, ...]]:
    found: dict[str, tuple[int, ...]] = {}
    for segment in segments:
        if segment["p_type"] != "PT_DYNAMIC":
            continue
        entry = structs.Elf_Dyn.sizeof()
        room = max(0, min(segment["p_filesz"], size - segment["p_offset"])) // entry
        for at in range(min(room, _MAX_DYNAMIC)):
            tag = struct_parse(structs.Elf_Dyn, data, stream_pos=segment["p_offset"] + at * entry)
            if tag["d_tag"] == "DT_NULL":
                break
            found[str(tag["d_tag"])] = (*found.get(str(tag["d_tag"]), ()), tag["d_val"])
        break
    return found


def _file_offset(elf: _Elf, address: int) -> int | None:
    for each in elf.segments:
        inside = each["p_vaddr"] <= address < each["p_vaddr"] + each["p_filesz"]
        if each["p_type"] == "PT_LOAD" and inside:
            return int(address - each["p_vaddr"] + each["p_offset"])
    return None


def _dynamic_strings(elf: _Elf, tag: str) -> Iterator[str]:
    for at in elf.dynamic.get(tag, ()):
        text = _dynamic_string(elf, at)
        if text:
            yield text


def _dynamic_string(elf: _Elf, at: int) -> str:
    (table, *_) = elf.dynamic.get("DT_STRTAB", (-1,))
    offset = _file_offset(elf, table)
    return "" if offset is None or offset + at >= elf.size else _string(elf.data, offset + at)


def _versions(elf: _Elf) -> Iterator[SymbolVersion]:
    (table, *_), (count, *_) = elf.dynamic.get("DT_VERNEED", (-1,)), elf.dynamic.get("DT_VERNEEDNUM", (0,))
    at, seen, structs = _file_offset(elf, table), 0, elf.file.structs
    for _ in range(min(count, _MAX_VERSIONS)):
        if at is None or at >= elf.size:
            return
        need = struct_parse(structs.Elf_Verneed, elf.data, stream_pos=at)
        library, inner = _dynamic_string(elf, need["vn_file"]), at + need["vn_aux"]
        for _ in range(need["vn_cnt"]):
            seen += 1
            if seen > _MAX_VERSIONS:
                return
            version = struct_parse(structs.Elf_Vernaux, elf.data, stream_pos=inner)
            yield SymbolVersion(library, _dynamic_string(elf, version["vna_name"]))
            inner += version["vna_next"]
        at += need["vn_next"]


def _interpreter(elf: _Elf) -> str:
    for each in elf.segments:
        if each["p_type"] == "PT_INTERP":
            return _string(elf.data, each["p_offset"])
    return ""


def _is_pie(elf: _Elf, interpreter: str) -> bool:
    """Whether a shared object is a program: it has the linker's flag, or an interpreter."""
    (flags, *_) = elf.dynamic.get("DT_FLAGS_1", (0,))
    return elf.file.header["e_type"] == "ET_DYN" and bool(interpreter or flags & _PIE_FLAG_1)


def _in_code(elf: _Elf, entry: int) -> bool:
    return any(
        each["p_type"] == "PT_LOAD"
        and each["p_flags"] & _EXECUTE
        and each["p_vaddr"] <= entry < each["p_vaddr"] + each["p_filesz"]
        for each in elf.segments
    )


def _relro(elf: _Elf) -> Relro:
    if not any(each["p_type"] == "PT_GNU_RELRO" for each in elf.segments):
        return Relro.NONE
    (flags, *_), (flags_1, *_) = elf.dynamic.get("DT_FLAGS", (0,)), elf.dynamic.get("DT_FLAGS_1", (0,))
    now = "DT_BIND_NOW" in elf.dynamic or flags & _NOW_FLAG or flags_1 & _NOW_FLAG_1
    return Relro.FULL if now else Relro.PARTIAL


def _nx(elf: _Elf) -> bool | None:
    for each in elf.segments:
        if each["p_type"] == "PT_GNU_STACK":
            return not each["p_flags"] & _EXECUTE
    return None


def _writable_code(elf: _Elf) -> Iterator[str]:
    for at, each in enumerate(elf.segments):
        if each["p_type"] == "PT_LOAD" and each["p_flags"] & _EXECUTE and each["p_flags"] & _WRITE:
            yield f"segment {at}"


def _machine(elf: _Elf) -> str:
    elf.data.seek(18)
    number = int.from_bytes(elf.data.read(2), "little" if elf.file.little_endian else "big")
    return f"e_machine {number}"


def _build_ids(elf: _Elf) -> tuple[str, str]:
    """The build IDs of GNU, in hex, and of Go."""
    gnu, go = "", ""
    for owner, kind, value in _notes(elf):
        if owner == b"GNU" and kind == _GNU_BUILD_ID:
            gnu = gnu or value.hex()
        elif owner == b"Go" and kind == _GO_BUILD_ID:
            go = go or value.decode("utf-8", "replace")
    return gnu, go


def _notes(elf: _Elf) -> Iterator[tuple[bytes, int, bytes]]:
    """Owner, type and bytes of each note, in segments and in sections."""
    areas = [(e["p_offset"], e["p_filesz"]) for e in elf.segments if e["p_type"] == "PT_NOTE"]
    areas += [(e["sh_offset"], e["sh_size"]) for _, e in elf.sections if e["sh_type"] == "SHT_NOTE"]
    order, seen = "little" if elf.file.little_endian else "big", 0
    for start, length in areas:
        at, end = start, min(start + length, elf.size)
        while at + 12 <= end and seen < _MAX_NOTES:
            seen += 1
            elf.data.seek(at)
            head = elf.data.read(12)
            name, value, kind = (int.from_bytes(head[i : i + 4], order) for i in (0, 4, 8))  # type: ignore[arg-type]
            owner = elf.data.read(min(name, 64)).rstrip(b"\0")
            elf.data.seek(at + 12 + (name + 3) // 4 * 4)
            yield owner, kind, elf.data.read(min(value, 1024))
            at += 12 + (name + 3) // 4 * 4 + (value + 3) // 4 * 4


def _section(name: str, header: Any) -> Section:
    empty = header["sh_type"] == "SHT_NOBITS"
    return Section(name, 0 if empty else header["sh_offset"], 0 if empty else header["sh_size"])


def _damage(elf: _Elf) -> Iterator[str]:
    for at, each in enumerate(elf.segments):
        if each["p_type"] == "PT_LOAD" and each["p_offset"] + each["p_filesz"] > elf.size:
            yield f"segment {at} ends beyond the end of the file"
    for name, each in elf.sections:
        inside = each["sh_type"] in ("SHT_NOBITS", "SHT_NULL")
        if not inside and each["sh_offset"] + each["sh_size"] > elf.size:
            yield f"section {name or '(without name)'} ends beyond the end of the file"
