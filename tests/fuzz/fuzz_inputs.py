"""What targets take apart bytes with, and where their first inputs come from.

Comes in: bytes of a fuzzer, files of ``testdata``. Goes out: numbers, choices and texts. Equal bytes give
equal choices, so that an input that failed fails again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeVar

ROOT = Path(__file__).resolve().parents[2]
TESTDATA = ROOT / "testdata"
_MAX_BYTES = 4096

_T = TypeVar("_T")


class Source:
    """Bytes that are used up by asking for choices; zeros follow the last one."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def byte(self) -> int:
        """The next byte."""
        found = self.data[self.at] if self.at < len(self.data) else 0
        self.at += 1
        return found

    def choice(self, among: Sequence[_T]) -> _T:
        """One of these, by the next byte."""
        return among[self.byte() % len(among)]

    def some(self, among: Sequence[_T]) -> tuple[_T, ...]:
        """Those whose bit of the next byte is set; at most eight count."""
        bits = self.byte()
        return tuple(each for at, each in enumerate(among[:8]) if bits >> at & 1)

    def text(self) -> str:
        """A short text: a byte with its length, and that many bytes."""
        length = self.byte() % 32
        found = self.data[self.at : self.at + length]
        self.at += length
        return found.decode("utf-8", "replace")

    def rest(self) -> bytes:
        """What was not asked for."""
        found = self.data[self.at :]
        self.at = len(self.data)
        return found


def files(*patterns: str, limit: int = 400) -> Iterator[bytes]:
    """The contents of files of ``testdata`` whose names match, small ones, sorted by path."""
    paths = sorted({path for pattern in patterns for path in TESTDATA.rglob(pattern)})
    small = (path for path in paths if path.is_file() and path.stat().st_size <= _MAX_BYTES)
    for _, path in zip(range(limit), small, strict=False):
        yield path.read_bytes()
