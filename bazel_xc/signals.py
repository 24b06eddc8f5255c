"""Signals that only set a flag, for work that may not stop in the middle.

Comes in: the signals that end a process. Goes out: a ``NotedSignal`` to look at between two steps. The former
handlers are back when the work is done.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from attrs import define

SIGNALS = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP", "SIGINT") if hasattr(signal, name))


@define
class NotedSignal:
    """The first signal that arrived, 0 before."""

    number: int = 0


@contextmanager
def noted_signals() -> Iterator[NotedSignal]:
    """Makes signals set a flag only; threads other than the main one receive none."""
    seen = NotedSignal()
    former: dict[int, Any] = {}  # as the standard library types handlers

    def note(number: int, _: object) -> None:
        seen.number = seen.number or number

    try:
        if threading.current_thread() is threading.main_thread():
            for number in SIGNALS:
                handler = signal.getsignal(number)
                if handler not in (signal.SIG_IGN, None):  # as under nohup
                    former[number] = handler
                    signal.signal(number, note)
        yield seen
    finally:
        for number, handler in former.items():  # SIGINT last: its own handler raises
            signal.signal(number, handler)
