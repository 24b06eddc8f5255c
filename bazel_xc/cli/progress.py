"""One line on the standard error of a terminal about the work at hand: ``listing linux_arm64 (3 of 5)… 4 s``.

Comes in: what the stages of a command say, by a function of one argument. Goes out: a line that is drawn over
and over, and erased when the work ends: by its end, an exception, or a signal. Work of less than half a
second, a pipe, ``-q`` and a dumb terminal show nothing. A timer interrupts the work to draw the seconds: a
thread would keep other code from forking.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from bazel_xc.cli.terminal import columns
from bazel_xc.model import Progress, silent

if TYPE_CHECKING:
    import argparse

_PATIENCE = 0.5  # seconds before the first line
_PERIOD = 0.25
_ERASE = b"\r\033[K"
_ENDING = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))


@contextmanager
def working(options: argparse.Namespace) -> Iterator[Progress]:
    """Shows progress for as long as the block lasts; nothing may be printed in it.

    The function that it gives is also ``options.progress``.
    """
    width = 0 if options.quiet or os.environ.get("TERM", "") in ("", "dumb") else columns(sys.stderr)
    if not width:
        options.progress = silent
        yield silent
        return
    line = _Line(sys.stderr.fileno(), width - 1, sys.stderr.encoding)
    former = line.start()
    options.progress = line.say
    try:
        yield line.say
    finally:
        line.end(former)
        options.progress = silent


class _Line:
    """The line, and the handlers that draw and erase it."""

    def __init__(self, handle: int, width: int, encoding: str) -> None:
        self._handle = handle
        self._width = width
        self._encoding = encoding
        self._start = time.monotonic()
        self._text = ""
        self._shown = b""

    def say(self, text: str) -> None:
        """Sets the text; it is drawn if the work has taken long enough."""
        self._text = "".join(each if each.isprintable() else "?" for each in text)
        self._draw()

    def start(self) -> dict[int, Any]:
        """Starts the timer and returns the handlers that were there before."""
        former: dict[int, Any] = {}
        if threading.current_thread() is not threading.main_thread():
            return former
        for number in _ENDING:
            if signal.getsignal(number) is signal.SIG_DFL:
                former[number] = signal.signal(number, self._ended)
        if hasattr(signal, "setitimer") and signal.getsignal(signal.SIGALRM) is signal.SIG_DFL:
            former[signal.SIGALRM] = signal.signal(signal.SIGALRM, self._ticked)
            signal.setitimer(signal.ITIMER_REAL, _PATIENCE, _PERIOD)
        return former

    def end(self, former: dict[int, Any]) -> None:
        """Stops the timer, puts the handlers back and erases the line."""
        if hasattr(signal, "SIGALRM") and signal.SIGALRM in former:
            signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in former.items():
            signal.signal(number, handler)
        self._erase()

    def _ticked(self, _number: int, _frame: object) -> None:
        self._draw()

    def _ended(self, number: int, _frame: object) -> None:
        self._erase()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)

    def _draw(self) -> None:
        seconds = time.monotonic() - self._start
        if self._text and seconds >= _PATIENCE:
            text = f"{self._text}… {int(seconds)} s"
            if len(text) > self._width:
                text = f"{text[: self._width - 1]}…"
            if not self._encoding.lower().startswith("utf"):
                text = text.replace("…", "...")
            data = text.encode(self._encoding, "replace")
            if data != self._shown:
                self._shown = data  # first: a signal may come in between
                self._write(_ERASE + data)

    def _erase(self) -> None:
        if self._shown:
            self._write(_ERASE)
            self._shown = b""

    def _write(self, data: bytes) -> None:
        with suppress(OSError):  # a terminal that is gone shows nothing
            os.write(self._handle, data)
