"""Reads the facts of a built file of any format.

Comes in: a path. Goes out: ``BinaryFacts``; an empty, truncated, unknown or hostile file gives facts with a
``problem``, and only a file that cannot be opened is an exception. The exceptions of the parsers are caught
here and nowhere else: they were not written for files that lie.

pyelftools and pefile read ELF and PE headers, Mach-O headers are read by ``macho``: of the other readers that
are maintained, macholib keeps the bytes of every section that a header claims (4 GB for a file of 10 MB), and
LIEF finds nothing wrong with a truncated file (0 of 147; here all of them), takes 350 ms to import, where all
of this takes 60, and 12 MB, where both others take 2.
"""

from __future__ import annotations

import hashlib
import mmap
import struct
from pathlib import Path
from typing import Any

import pefile
from attrs import evolve
from elftools.common.exceptions import ELFError
from elftools.construct import ConstructError

from bazel_xc.artifact.buildinfo import read_build_info
from bazel_xc.artifact.elf import read_elf
from bazel_xc.artifact.facts import BinaryFacts, BinaryKind, GoInfo, Image
from bazel_xc.artifact.macho import MachOError, read_macho
from bazel_xc.artifact.pe import read_pe
from bazel_xc.errors import ArtifactError
from bazel_xc.machine import Container, Machine, machine_of

MAX_BYTES = 4 << 30
_BLOCK = 1 << 20
_PARSER_ERRORS = (
    ELFError,
    ConstructError,
    pefile.PEFormatError,
    MachOError,
    struct.error,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    MemoryError,
    RecursionError,
    TypeError,
    ValueError,
)
_ARCHIVES = (b"!<arch>\n", b"!<thin>\n")
_FORMATS = "ELF, PE, Mach-O or an archive"


def inspect(path: Path, shown: str, goarch: str = "") -> BinaryFacts:
    """The facts of a file; ``shown`` is its name in them and in messages.

    Of a Mach-O file for several processors, only the part for ``goarch`` is read. Raises ``ArtifactError`` if
    the file is missing, cannot be opened or is larger than 4 GiB.
    """
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            if size > MAX_BYTES:
                raise ArtifactError(f"{shown}: {size} bytes are more than the limit of {MAX_BYTES}")
            if not size:
                return BinaryFacts(path=shown, size=0, sha256=hashlib.sha256().hexdigest(), machine=Machine(),
                             problem="the file is empty")  # fmt: skip
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
                return _inspect(data, size, shown, goarch)
    except OSError as e:
        raise ArtifactError(f"{shown}: cannot be read: {e.strerror or e}") from None


def _inspect(data: mmap.mmap, size: int, shown: str, goarch: str) -> BinaryFacts:
    digest = hashlib.sha256()
    for at in range(0, size, _BLOCK):
        digest.update(data[at : at + _BLOCK])
    machine = machine_of(_Stream(data, size))  # type: ignore[arg-type]
    bare = BinaryFacts(path=shown, size=size, sha256=digest.hexdigest(), machine=machine)
    if machine.unreadable:
        return evolve(bare, problem=machine.unreadable)
    if data[:8] in _ARCHIVES:
        return evolve(bare, kind=BinaryKind.ARCHIVE, go=read_build_info(data))
    if not machine.parts:
        return evolve(bare, problem=f"neither {_FORMATS}")
    try:
        image = _image(data, size, machine, goarch)
    except _PARSER_ERRORS as e:
        return evolve(bare, problem=f"broken: {_reason(e)}")
    if image is None:
        return evolve(bare, kind=BinaryKind.OBJECT)
    return evolve(bare, kind=image.kind, image=image, go=_go(data, image))


class _Stream:
    """A mapped file as a stream for the parsers; reads beyond the end give nothing."""

    def __init__(self, data: mmap.mmap, size: int) -> None:
        self.data = data
        self.size = size
        self.at = 0

    def seek(self, offset: int, whence: int = 0) -> int:
        """Moves relative to the start, to this place or to the end."""
        self.at = max(0, offset + (0, self.at, self.size)[whence])
        return self.at

    def tell(self) -> int:
        """The current offset."""
        return self.at

    def read(self, count: int = -1) -> bytes:
        """At most ``count`` bytes; all the rest if it is negative."""
        end = self.size if count < 0 else min(self.size, self.at + count)
        found = self.data[self.at : end] if self.at < end else b""
        self.at += len(found)
        return found


def _image(data: mmap.mmap, size: int, machine: Machine, goarch: str) -> Image | None:
    container = next(iter(machine.parts)).container
    if container is Container.ELF:
        return read_elf(_Stream(data, size), size)  # type: ignore[arg-type]
    if container is Container.MACH_O:
        return read_macho(data, goarch)  # type: ignore[arg-type]
    return read_pe(data, size) if data[:2] == b"MZ" else None


def _go(data: mmap.mmap, image: Image) -> GoInfo | None:
    names = (".go.buildinfo", "__go_buildinfo")
    start = next((each.offset for each in image.sections if each.name in names), 0)
    return read_build_info(data, start) if start < len(data) else None


def _reason(error: Any) -> str:  # noqa: ANN401 - an exception of any parser
    text = " ".join(str(error).split())
    return text[:200] if text else type(error).__name__
