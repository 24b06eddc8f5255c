"""Standard input, output and error as the commands use them, wherever they lead.

Comes in: the streams of the process. Goes out: ones that do not break where the encoding lacks a character,
where the reader has gone, or where a handle was closed before. A command goes on as if all were read, so that
its exit code is the same; that standard output cannot be written is an error.
"""

from __future__ import annotations

import errno
import io
import os
import sys
from typing import TextIO


def prepare() -> None:
    """Puts such streams in the place of those of the process."""
    if sys.stdin is None:
        sys.stdin = io.TextIOWrapper(io.BufferedReader(_NoInput()))
    sys.stdout = _patient(sys.stdout, 1, must=True)
    sys.stderr = _patient(sys.stderr, 2, must=False)


def _patient(given: TextIO | None, handle: int, *, must: bool) -> TextIO:
    """Another stream for a handle; one that somebody has put there stays."""
    if given is None:  # by now the number may be another file's
        raw, encoding = _Output(-1, must), "utf-8"
    elif isinstance(given, io.TextIOWrapper) and given.fileno() == handle:
        raw, encoding = _Output(handle, must), given.encoding
    else:
        return given
    by_line = not must or raw.isatty()
    return io.TextIOWrapper(io.BufferedWriter(raw), encoding, "backslashreplace", line_buffering=by_line)


class _NoInput(io.RawIOBase):
    """Standard input that is closed."""

    def readable(self) -> bool:
        return True

    def readinto(self, _: object) -> int:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))


class _Output(io.RawIOBase):
    """A handle for writing: what nobody reads any more is dropped, and so is what follows a failure."""

    def __init__(self, handle: int, must: bool) -> None:
        super().__init__()
        self._handle = handle
        self._must = must
        self._given_up = False

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return self._handle >= 0 and os.isatty(self._handle)

    def fileno(self) -> int:
        return self._handle

    def write(self, data: object) -> int:
        view = memoryview(data)  # type: ignore[arg-type]
        if self._given_up:
            return len(view)
        try:
            return os.write(self._handle, view)
        except OSError as e:
            self._given_up = True
            if not self._must or isinstance(e, BrokenPipeError):
                return len(view)
            raise OSError(e.errno, e.strerror, "standard output") from None
