"""Holds what verify reads from binaries against file, readelf and llvm-objdump.

Comes in: paths of binaries. Goes out: one line per file with what each says of machine, linkage, stripping,
entry point, interpreter and libraries, and the number of disagreements as exit code. Build the files with any
flags you like; tests/binaries.py shows how.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from bazel_xc.artifact.facts import BinaryFacts, BinaryKind, Image
from bazel_xc.artifact.inspect import inspect

ARCHES = {"x86-64": "amd64", "aarch64": "arm64", "arm64": "arm64", "Aarch64": "arm64", "ARM64": "arm64"}


def main() -> int:
    """Compares all files; prints a table."""
    disagreements = 0
    for path in map(Path, sys.argv[1:]):
        facts = inspect(path, path.name)
        if facts.problem:
            print(f"{path.name:34} {facts.problem}")
            continue
        rows = list(
            archive_rows(path, facts) if facts.image is None else image_rows(path, facts, facts.image)
        )
        bad = [f"{name}: {ours!r} and {theirs!r}" for name, ours, theirs in rows if ours != theirs]
        disagreements += len(bad)
        words = " ".join(f"{name}={shown(ours)}" for name, ours, _ in rows)
        print(f"{path.name:34} {'DIFFERS ' + '; '.join(bad) if bad else 'agrees'}  {words}")
    return min(disagreements, 100)


def shown(value: object) -> str:
    """A value in one word."""
    return "+".join(map(str, value)) if isinstance(value, tuple) else str(value)


def said(*command: str) -> str:
    """What a tool says."""
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def arch(text: str) -> str:
    """The GOARCH in a description of file."""
    found = re.search(r"x86-64|[Aa]arch64|arm64", text)
    return ARCHES[found[0]] if found else ""


def archive_rows(path: Path, facts: BinaryFacts) -> Iterator[tuple[str, object, object]]:
    """The machines of all members, by llvm-objdump."""
    formats = set(re.findall(r"file format (.+)", said("llvm-objdump", "-a", str(path))))
    theirs = sorted({arch(each.replace("_", "-")) for each in formats})
    yield "machines", tuple(sorted({part.goarch for part in facts.machine.parts})), tuple(theirs)


def image_rows(path: Path, facts: BinaryFacts, image: Image) -> Iterator[tuple[str, object, object]]:
    """What file says of every format, and what the reader of the format says."""
    text = said("file", "-b", str(path))
    (part,) = facts.machine.parts
    yield "machine", part.goarch, arch(text)
    if part.container == "ELF":
        yield from elf_rows(path, image, text)
    elif part.container == "COFF":
        yield from pe_rows(path, image)
    else:
        yield from macho_rows(path, image)


def elf_rows(path: Path, image: Image, text: str) -> Iterator[tuple[str, object, object]]:
    """By file and readelf."""
    head, dynamic = said("readelf", "-hW", str(path)), said("readelf", "-dW", str(path))
    segments, sections = said("readelf", "-lW", str(path)), said("readelf", "-SW", str(path))
    linkage = "dynamic" if "dynamically linked" in text else "static"
    yield "linkage", "dynamic" if image.dynamic else "static", linkage
    yield (
        "kind",
        image.kind,
        BinaryKind.SHARED if "shared object" in text and "pie" not in text else BinaryKind.EXECUTABLE,
    )
    yield "pie", bool(image.pie), "pie executable" in text
    yield "stripped", not image.symbols, ", stripped" in text
    yield "debug", image.debug_info, ".debug_info" in sections or ".zdebug_info" in sections
    yield "entry", image.entry, int(first(r"Entry point address:\s+(0x[0-9a-f]+)", head), 16)
    yield "interpreter", image.interpreter, first(r"interpreter ([^, \n]+)", text)
    yield "needed", image.needed, tuple(re.findall(r"\(NEEDED\).*\[(.*)\]", dynamic))
    yield "build_id", image.build_id, first(r"BuildID\[sha1\]=([0-9a-f]+)", text)
    stack = first(r"GNU_STACK .* ([RWE ]{3}) 0x", segments)
    yield "nx", image.nx, "E" not in stack if stack else None
    now = "BIND_NOW" in dynamic or re.search(r"FLAGS_1.*NOW", dynamic)
    yield "relro", str(image.relro), ("full" if now else "partial") if "GNU_RELRO" in segments else "none"
    versions = re.findall(r"Name: (GLIBC\S+)", said("readelf", "-VW", str(path)))
    yield "versions", tuple(sorted({each.version for each in image.versions})), tuple(sorted(set(versions)))


def pe_rows(path: Path, image: Image) -> Iterator[tuple[str, object, object]]:
    """By llvm-objdump."""
    private = said("llvm-objdump", "-p", str(path))
    yield "entry", image.entry, int(first(r"AddressOfEntryPoint\s+([0-9a-f]+)", private) or "-1", 16)
    yield "needed", image.needed, tuple(re.findall(r"DLL Name: (\S+)", private.partition("Export Table")[0]))
    sections = said("llvm-objdump", "-h", str(path))
    yield "debug", image.debug_info, ".debug_info" in sections or ".zdebug_info" in sections
    symbols = said("llvm-objdump", "-t", str(path)).partition("SYMBOL TABLE:")[2].strip()
    yield "stripped", not image.symbols, not symbols


def macho_rows(path: Path, image: Image) -> Iterator[tuple[str, object, object]]:
    """By llvm-objdump."""
    libraries = said("llvm-objdump", "--macho", "--dylibs-used", str(path)).split("\n")[1:]
    yield "needed", image.needed, tuple(line.split()[0] for line in libraries if line.strip())
    private = said("llvm-objdump", "--macho", "--private-headers", str(path))
    yield "entry", image.entry, int(first(r"entryoff (\d+)", private) or 0)
    yield "pie", image.pie, " PIE" in private
    yield "signed", image.signed, "LC_CODE_SIGNATURE" in private
    yield "uuid", image.build_id, first(r"uuid ([0-9A-F-]+)", private).replace("-", "").lower()
    sections = said("llvm-objdump", "-h", str(path))
    yield "debug", image.debug_info, "debug_info" in sections


def first(pattern: str, text: str) -> str:
    """The first group of the first match."""
    found = re.search(pattern, text)
    return found[1] if found else ""


if __name__ == "__main__":
    sys.exit(main())
