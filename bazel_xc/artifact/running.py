"""Runs programs: tools that are asked about themselves, and built binaries.

Comes in: a command and a time limit. Goes out: its output, exit code, time and memory. Only this module of
the room starts processes. Nothing runs without a limit or reads from a terminal, and the children of a
program end with it.
"""

from __future__ import annotations

import itertools
import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

from attrs import frozen

_MAX_OUTPUT = 1 << 20
_PAUSES = ((250, 0.0002), (250, 0.002))  # count and seconds
_LAST_PAUSE = 0.02
_LARGEST = re.compile(r"^VmHWM:\s*(\d+) kB$", re.MULTILINE)


@frozen(kw_only=True)
class Done:
    """The result of a run. ``code`` is negative for a signal; ``peak`` is in bytes, 0 if unknown.

    ``problem`` is the reason why it did not start or was stopped; the other fields then mean nothing.
    """

    code: int = -1
    stdout: str = ""
    stderr: str = ""
    seconds: float = 0.0
    peak: int = 0
    problem: str = ""

    @property
    def good(self) -> bool:
        """Whether it ran and ended with exit code 0."""
        return not self.problem and self.code == 0


def find(name: str, environment: Mapping[str, str]) -> str:
    """The path of a program, on PATH or by its own path; empty if there is none."""
    return shutil.which(name, path=environment.get("PATH", "")) or ""


def run(
    command: Sequence[str],
    environment: Mapping[str, str],
    timeout: float,
    directory: Path | None = None,
    *,
    watch: bool = False,
) -> Done:
    """Runs a command to its end, or for ``timeout`` seconds; only the first MiB of its output is kept.

    ``watch`` measures its memory while it runs, if the system shows that.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        started = time.perf_counter()
        try:
            process = subprocess.Popen(
                list(command),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                env=dict(environment),
                cwd=directory,
                start_new_session=True,
            )
        except (OSError, ValueError) as e:
            return Done(problem=f"cannot be started: {getattr(e, 'strerror', None) or e}")
        late = threading.Event()
        timer = threading.Timer(timeout, _stop, (process, late))
        timer.start()
        memory = _Memory(process.pid) if watch else None
        if memory:
            memory.start()
        try:
            code = process.wait()
        finally:
            seconds = time.perf_counter() - started
            timer.cancel()
            timer.join()
            peak = memory.stop() if memory else 0
        if late.is_set():
            return Done(problem=f"did not end within {timeout:g} s")
        return Done(code=code, stdout=_text(out), stderr=_text(err), seconds=seconds, peak=peak)


def _stop(process: subprocess.Popen[bytes], late: threading.Event) -> None:
    late.set()
    try:
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    except ProcessLookupError:
        late.clear()


class _Memory:
    """Watches the largest resident size of a process.

    The figure of wait4 is wrong here: it includes the memory of the process before it became the command,
    when it was Python. The largest size only grows, so the last look is close to the truth. Most looks are in
    the first moments, because many programs end then.
    """

    def __init__(self, pid: int) -> None:
        self._status = Path("/proc", str(pid), "status")
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._peak = 0

    def start(self) -> None:
        """Looks once, and goes on looking in a thread."""
        self._look()
        self._thread.start()

    def stop(self) -> int:
        """The largest size that was seen, in bytes; 0 if none was."""
        self._ended.set()
        self._thread.join()
        return self._peak

    def _watch(self) -> None:
        for seconds in _pauses():
            if self._ended.wait(seconds) or not self._look():
                return

    def _look(self) -> bool:
        try:
            found = _LARGEST.search(self._status.read_text(encoding="utf-8", errors="replace"))
        except OSError:
            return False
        if found:
            self._peak = max(self._peak, int(found[1]) * 1024)
        return True


def _pauses() -> Iterator[float]:
    """Seconds between looks: short ones first."""
    yield from itertools.chain.from_iterable(itertools.repeat(pause, times) for times, pause in _PAUSES)
    yield from itertools.repeat(_LAST_PAUSE)


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read(_MAX_OUTPUT).decode("utf-8", "replace")
