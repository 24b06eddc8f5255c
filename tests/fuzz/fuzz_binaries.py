"""The readers of ELF, PE, Mach-O and archives: facts or a problem, whatever the bytes are."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from binaries import archive, elf, macho, pe

from bazel_xc.artifact.expect import Wanted, verify
from bazel_xc.artifact.inspect import inspect
from bazel_xc.artifact.systems import load_systems
from bazel_xc.model import Platform

_WANTED = tuple(Wanted(platform=Platform(name, "arm64")) for name in ("linux", "windows", "darwin"))
_HEADERS = (b"", b"\x7fELF\x02\x01\x01", b"\x7fELF\x01\x02\x01", b"MZ", b"\xcf\xfa\xed\xfe", b"!<arch>\n")


def target(data: bytes) -> None:
    """Looks at the bytes as a file, and compares it with what is wanted of three systems."""
    path = _path()
    path.write_bytes(data)
    facts = inspect(path, "mutated", "arm64")
    assert facts.size == len(data)
    for wanted in _WANTED:
        assert verify(facts, wanted, load_systems())


@cache
def _path() -> Path:
    memory = Path("/dev/shm")
    folder = tempfile.gettempdir() if not os.access(memory, os.W_OK) else str(memory)
    return Path(tempfile.mkdtemp(prefix="bazel-xc-fuzz-", dir=folder)) / "file"


def seeds() -> Iterator[bytes]:
    """Small files of every format."""
    whole = (elf(interpreter="/lib/ld-linux-aarch64.so.1"), pe(), macho())
    yield from (*whole, archive(whole[0], whole[2]), *_HEADERS)
