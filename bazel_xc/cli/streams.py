"""Standard input, output and error that do not break a command.

Comes in: the streams of the process. Goes out: streams that survive an encoding without some character, a
reader that is gone, and a handle that was closed. A command goes on as if all its output were read, so its
exit code is the same. Any other failure to write standard output is an error.
"""

from __future__ import annotations

import errno
import io
import os
import sys
from typing import TextIO


def prepare() -> None:
    """Replaces the streams of the process."""
    if sys.stdin is None:
        sys.stdin = io.TextIOWrapper(io.BufferedReader(_NoInput()))
    sys.stdout = _patient(sys.stdout, 1, must=True)
    sys.stderr = _patient(sys.stderr, 2, must=False)


def _patient(given: TextIO | None, handle: int, *, must: bool) -> TextIO:
    """The stream for a handle; a stream that was replaced before is kept."""
    if given is None:  # the handle may belong to another file by now
        raw, encoding = _Output(-1, must), "utf-8"
    elif isinstance(given, io.TextIOWrapper) and given.fileno() == handle:
        raw, encoding = _Output(handle, must), given.encoding
    else:
        return given
    by_line = not must or raw.isatty()
    return io.TextIOWrapper(io.BufferedWriter(raw), encoding, "backslashreplace", line_buffering=by_line)


class _NoInput(io.RawIOBase):
    """A closed standard input."""

    def readable(self) -> bool:
        return True

    def readinto(self, _: object) -> int:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))


class _Output(io.RawIOBase):
    """A handle for writing; output without a reader, or after a failure, is dropped."""

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
