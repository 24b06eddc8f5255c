"""Small binaries for tests: some written here byte by byte, some built by go."""

from __future__ import annotations

import os
import struct
import subprocess
from pathlib import Path

from requirements import require

PROGRAM = 'package main\n\nfunc main() { println("hello") }\n'


def elf(
    *,
    machine: int = 183,
    file_type: int = 2,
    interpreter: str = "",
    flags: int = 5,
    entry: int = 0x400000 + 0x100,
    stack: int | None = 6,
) -> bytes:
    """An ELF program of one segment; with an interpreter it is a dynamic one."""
    text = interpreter.encode() + b"\0"
    names = b"\0.text\0.shstrtab\0"
    headers = [_segment(1, flags, 0, 0x400000, 0x400)]
    if interpreter:
        headers.append(_segment(3, 4, 0x200, 0x400200, len(text)))
    if stack is not None:
        headers.append(_segment(0x6474E551, stack, 0, 0, 0))
    table = 0x400 + len(names)
    head = b"\x7fELF\2\1\1" + bytes(9)
    head += struct.pack(
        "<HHIQQQIHHHHHH", file_type, machine, 1, entry, 64, table, 0, 64, 56, len(headers), 64, 3, 2
    )
    sections = _section(0, 0, 0, 0) + _section(1, 1, 0x100, 0x80) + _section(7, 3, 0x400, len(names))
    body = (head + b"".join(headers)).ljust(0x200, b"\0") + text
    return body.ljust(0x400, b"\0") + names + sections


def _segment(kind: int, flags: int, offset: int, address: int, size: int) -> bytes:
    return struct.pack("<IIQQQQQQ", kind, flags, offset, address, address, size, size, 0x1000)


def _section(name: int, kind: int, offset: int, size: int) -> bytes:
    return struct.pack("<IIQQQQIIQQ", name, kind, 0, 0, offset, size, 0, 0, 1, 0)


def pe(*, machine: int = 0xAA64, dlls: tuple[str, ...] = ("KERNEL32.dll",), entry: int = 0x1000) -> bytes:
    """A PE32+ program with one section, which holds the table of imports."""
    optional = struct.pack("<HBBIIIII", 0x20B, 14, 0, 0x200, 0, 0, entry, 0x1000)
    optional += struct.pack("<QIIHHHHHHIIIIHH", 0x140000000, 0x1000, 0x200, 6, 1, 0, 0, 6, 1, 0, 0x2000,
                            0x200, 0, 3, 0x160)  # fmt: skip
    optional += struct.pack("<QQQQII", 1 << 20, 4096, 1 << 20, 4096, 0, 16)
    directories = [(0, 0)] * 16
    directories[1] = (0x1080, 20 * (len(dlls) + 1))
    optional += b"".join(struct.pack("<II", *each) for each in directories)
    head = b"MZ" + bytes(58) + struct.pack("<I", 0x40) + b"PE\0\0"
    head += struct.pack("<HHIIIHH", machine, 1, 0, 0, 0, len(optional), 0x22) + optional
    head += struct.pack("<8sIIIIIIHHI", b".text", 0x1000, 0x1000, 0x400, 0x200, 0, 0, 0, 0, 0x60000020)
    at, table, names = 0x1200, b"", b""
    for name in dlls:
        table += struct.pack("<IIIII", 0, 0, 0, at + len(names), 0x1040)
        names += name.encode() + b"\0"
    body = (bytes(0x80) + table + bytes(20)).ljust(0x200, b"\0") + names
    return head.ljust(0x200, b"\0") + body.ljust(0x400, b"\0")


def macho(
    *, cpu: int = 0x0100000C, signed: bool = True, library: str = "/usr/lib/libSystem.B.dylib"
) -> bytes:
    """A Mach-O program for a processor, with one segment and one library."""
    segment = struct.pack("<II16sQQQQiiII", 0x19, 72, b"__TEXT", 1 << 32, 0x1000, 0, 0x400, 5, 5, 0, 0)
    name = library.encode().ljust((len(library) // 8 + 1) * 8, b"\0")
    dylib = struct.pack("<IIIIII", 0xC, 24 + len(name), 24, 0, 0, 0) + name
    linker = struct.pack("<III", 0xE, 32, 12) + b"/usr/lib/dyld".ljust(20, b"\0")
    commands = [segment, dylib, linker, struct.pack("<IIQQ", 0x80000028, 24, 0x300, 0)]
    if signed:
        commands.append(struct.pack("<IIII", 0x1D, 16, 0x380, 0x10))
    area = b"".join(commands)
    head = struct.pack("<IIIIIIII", 0xFEEDFACF, cpu, 0, 2, len(commands), len(area), 0x200085, 0)
    return (head + area).ljust(0x400, b"\0")


def archive(*members: bytes) -> bytes:
    """An ar archive with these objects."""
    return b"!<arch>\n" + b"".join(
        b"%-16s%-12s%-6s%-6s%-8s%-10d`\n" % (b"%d.o/" % at, b"0", b"0", b"0", b"644", len(data))
        + data
        + b"\n" * (len(data) % 2)
        for at, data in enumerate(members)
    )


def build(folder: Path, goos: str, goarch: str, *flags: str) -> Path:
    """A small program without C, built by go for a platform."""
    go = require("go")
    (folder / "main.go").write_text(PROGRAM, encoding="utf-8")
    (folder / "go.mod").write_text("module example.com/hello\n\ngo 1.21\n", encoding="utf-8")
    out = folder / f"hello_{goos}_{goarch}"
    settings = {"GOOS": goos, "GOARCH": goarch, "CGO_ENABLED": "0", "GOFLAGS": "", "GOTOOLCHAIN": "local"}
    command = [go, "build", "-trimpath", "-buildvcs=false", *flags, "-o", str(out), "."]
    subprocess.run(command, cwd=folder, env={**os.environ, **settings}, check=True)
    return out
