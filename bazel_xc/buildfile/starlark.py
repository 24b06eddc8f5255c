"""Runs Starlark texts in a process of their own, with limits of time and memory.

Comes in: texts. Goes out: the result of each one, or why it did not run. One process is started for the first
text and used until the end; if a text ends it, another process goes on with the next text. BUILD files are
unknown here.
"""

from __future__ import annotations

import atexit
import json
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import IO

from attrs import define, field, frozen

from bazel_xc.errors import WorkspaceError

TOO_MUCH = "it needs too much time or memory"
NOT_TRIED = "it was not run, because other files need too much time or memory"
MISSING = "there is no Starlark interpreter, as starlark-go is not installed"
_MOST_DEATHS = 5  # each costs its whole share of time
_WALL = 60.0  # seconds for one text, where the system does not count those of the CPU
_START = "import sys; sys.path[:] = {path!r}; from bazel_xc.buildfile.starlark_child import main; main()"


@frozen
class RunOutcome:
    """The result of a text, as JSON; ``error`` is the reason if it did not run."""

    value: object = None
    error: str = ""


def run(texts: Sequence[str], head: str, result: str) -> list[RunOutcome]:
    """Runs each text behind ``head`` and gives the value of the expression ``result``.

    Without an interpreter the error of each is ``MISSING``. Raises ``WorkspaceError`` if the process cannot
    be started.
    """
    return _interpreter().run(texts, head, result) if texts else []


@cache
def _interpreter() -> _Interpreter:
    interpreter = _Interpreter()
    atexit.register(interpreter.stop)
    return interpreter


@define
class _Interpreter:
    process: subprocess.Popen[str] | None = None
    lock: threading.Lock = field(factory=threading.Lock)
    bad: set[str] = field(factory=set)  # texts that ended the process; once is enough
    missing: bool = False

    def run(self, texts: Sequence[str], head: str, result: str) -> list[RunOutcome]:
        known = frozenset(self.bad)
        good = [text for text in texts if text not in known]
        with self.lock:
            found = iter(self._run(good, head, result))
        return [RunOutcome(error=TOO_MUCH) if text in known else next(found) for text in texts]

    def _run(self, texts: Sequence[str], head: str, result: str) -> list[RunOutcome]:
        found: list[RunOutcome] = []
        deaths = 0
        while len(found) < len(texts):
            if self.missing or self._started() is None:
                self.missing = True
                return found + [RunOutcome(error=MISSING)] * (len(texts) - len(found))
            if deaths == _MOST_DEATHS:
                return found + [RunOutcome(error=NOT_TRIED)] * (len(texts) - len(found))
            rest = texts[len(found) :]
            found += self._answers({"head": head, "result": result, "texts": rest}, len(rest))
            if len(found) < len(texts):
                deaths += 1
                self.bad.add(texts[len(found)])
                found.append(RunOutcome(error=TOO_MUCH))
        return found

    def _answers(self, request: object, count: int) -> Iterator[RunOutcome]:
        """The outcomes until one text ends the process."""
        process = self._started()
        assert process is not None
        assert process.stdin is not None
        try:
            process.stdin.write(json.dumps(request) + "\n")
            process.stdin.flush()
        except OSError:
            pass  # it reads all of a request before it answers, so there will be no answer
        for _ in range(count):
            line = _line_of(process)
            if not line:
                self.stop()
                return
            value, error = json.loads(line)
            yield RunOutcome(value, error)

    def _started(self) -> subprocess.Popen[str] | None:
        """The process, None without an interpreter."""
        if self.process is None or self.process.poll() is not None:
            self.stop()
            self.process = _start()
        return self.process

    def stop(self) -> None:
        """Ends the process, if there is one."""
        if self.process is not None:
            self.process.kill()
            self.process.communicate()
            self.process = None


def _start() -> subprocess.Popen[str] | None:
    # The child is told where modules are, since -I leaves out PYTHONPATH and the current directory.
    path = [str(Path(each).absolute()) for each in sys.path]
    try:
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _START.format(path=path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
        )
    except OSError as e:
        raise WorkspaceError(f"{sys.executable}: cannot be started for BUILD files: {e.strerror}") from None
    answer = _line_of(process)
    if answer and json.loads(answer) == "ready":
        return process
    process.kill()
    process.communicate()
    if not answer:
        raise WorkspaceError("the process that runs BUILD files does not start; install bazel-xc again")
    return None


def _line_of(process: subprocess.Popen[str]) -> str:
    """The next answer, empty if the process ended or took too long."""
    timer = threading.Timer(_WALL, process.kill)
    timer.daemon = True
    timer.start()
    try:
        return _read(process.stdout)
    finally:
        timer.cancel()


def _read(stream: IO[str] | None) -> str:
    assert stream is not None
    line = stream.readline()
    return line if line.endswith("\n") else ""
