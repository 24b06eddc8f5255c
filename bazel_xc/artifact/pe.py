"""Reads PE files: programs and libraries of Windows.

Comes in: the bytes of a file with the magic of a DOS program. Goes out: an ``Image``. pefile reads headers
and sections. Imports are read here, because pefile reads tables without a limit on a hostile file.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pefile

from bazel_xc.artifact.facts import BinaryKind, Image, Section

_DLL = 0x2000  # IMAGE_FILE_DLL
_EXECUTE, _WRITE = 0x20000000, 0x80000000
_DYNAMIC_BASE, _NX = 0x40, 0x100
_PE32_PLUS = 0x20B
_SYMBOL_BYTES = 18
_SECURITY = 4  # the data directory of signatures
# Imports and delayed imports: data directory, bytes of an entry, offset of the name's address in it.
_IMPORTS = ((1, 20, 12), (13, 32, 4))
_MAX_IMPORTS = 1_000
_MAX_NAME = 256
_SUBSYSTEMS = {1: "native", 2: "GUI", 3: "console", 10: "EFI"}


def read_pe(data: Any, size: int) -> Image:
    """The facts of a PE file; ``data`` is sliced like bytes. Raises the exceptions of pefile for a broken
    file.
    """
    pe = pefile.PE(data=data, fast_load=True)
    header, optional = pe.FILE_HEADER, pe.OPTIONAL_HEADER
    names = [_name(pe, data, each) for each in pe.sections]
    is_dll = bool(header.Characteristics & _DLL)
    needed = tuple(_needed(pe))
    entry = optional.AddressOfEntryPoint
    return Image(
        kind=BinaryKind.SHARED if is_dll else BinaryKind.EXECUTABLE,
        machine=f"machine {header.Machine:#x}",
        bits=64 if optional.Magic == _PE32_PLUS else 32,
        entry=entry,
        entry_in_code=None if is_dll and not entry else _in_code(pe, entry),
        dynamic=bool(needed),
        needed=needed,
        pie=bool(optional.DllCharacteristics & _DYNAMIC_BASE),
        nx=bool(optional.DllCharacteristics & _NX),
        writable_code=tuple(
            name
            for name, each in zip(names, pe.sections, strict=True)
            if each.Characteristics & _EXECUTE and each.Characteristics & _WRITE
        ),
        debug_info=any(name in (".debug_info", ".zdebug_info") for name in names),
        symbols=header.NumberOfSymbols > 0,
        signed=_is_signed(pe),
        system=_system(optional),
        sections=tuple(
            Section(name, each.PointerToRawData, each.SizeOfRawData)
            for name, each in zip(names, pe.sections, strict=True)
        ),
        damage=tuple(_damage(pe, names, size)),
    )


def _name(pe: Any, data: Any, section: Any) -> str:
    """The name of a section. A long name is an offset into the table of strings that follows the symbols."""
    name = str(section.Name.rstrip(b"\0").decode("utf-8", "replace"))
    if not (name.startswith("/") and name[1:].isdigit()):
        return name
    header = pe.FILE_HEADER
    start = header.PointerToSymbolTable + header.NumberOfSymbols * _SYMBOL_BYTES + int(name[1:])
    found: bytes = data[start : start + _MAX_NAME]
    return found.partition(b"\0")[0].decode("utf-8", "replace") or name


def _needed(pe: Any) -> Iterator[str]:
    """The names of imported DLLs; pefile reads them without a limit."""
    directories = pe.OPTIONAL_HEADER.DATA_DIRECTORY
    for directory, size, place in _IMPORTS:
        start = directories[directory].VirtualAddress if len(directories) > directory else 0
        for at in range(_MAX_IMPORTS if start else 0):
            entry = pe.get_data(start + at * size, size)
            if len(entry) < size or not any(entry):
                break
            name = pe.get_string_at_rva(int.from_bytes(entry[place : place + 4], "little"), _MAX_NAME)
            if name:
                yield name.decode("utf-8", "replace")


def _in_code(pe: Any, entry: int) -> bool:
    return any(
        each.Characteristics & _EXECUTE
        and each.VirtualAddress
        <= entry
        < each.VirtualAddress + max(each.Misc_VirtualSize, each.SizeOfRawData)
        for each in pe.sections
    )


def _is_signed(pe: Any) -> bool:
    directories = pe.OPTIONAL_HEADER.DATA_DIRECTORY
    return len(directories) > _SECURITY and directories[_SECURITY].Size > 0


def _system(optional: Any) -> str:
    name = _SUBSYSTEMS.get(optional.Subsystem, str(optional.Subsystem))
    version = f"{optional.MajorSubsystemVersion}.{optional.MinorSubsystemVersion}"
    return f"Windows {version}, {name}"


def _damage(pe: Any, names: list[str], size: int) -> Iterator[str]:
    if len(pe.sections) < pe.FILE_HEADER.NumberOfSections:
        yield "the file ends before its section headers do"
    for name, each in zip(names, pe.sections, strict=True):
        if each.SizeOfRawData and each.PointerToRawData + each.SizeOfRawData > size:
            yield f"section {name} ends beyond the end of the file"
