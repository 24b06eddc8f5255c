"""Shares out the work on many values among processes, where that is possible and pays.

Comes in: a function and its arguments. Goes out: the results, in the order of the arguments. Children are
forks, so the function may use everything in memory; only results are copied, so they should be small. An
effect of the function other than its result is lost. Without ``fork``, with a second processor missing, with
other threads, or with few values, the work is done here.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from typing import BinaryIO, NoReturn, TypeVar

from attrs import frozen

from bazel_xc.errors import WorkerError
from bazel_xc.signals import SIGNALS

# A fork, and the pages that it copies, cost as much as the plans of a hundred directories.
FEWEST = 200
_MOST_PROCESSES = 4  # more of them copy more than they save
_FAILED = b"failed"

_T = TypeVar("_T")
_R = TypeVar("_R")


@frozen
class _Child:
    """A process and its results."""

    number: int
    results: BinaryIO


def mapped(work: Callable[[_T], _R], values: Sequence[_T], fewest: int = FEWEST) -> list[_R]:
    """The result of ``work`` for each value. With ``fewest`` values or more, several processes do it.

    Raises whatever ``work`` raises, and ``WorkerError`` if a child is killed.
    """
    count = processes() if len(values) >= fewest else 1
    if count == 1:
        return [work(each) for each in values]
    found: list[_R | None] = [None] * len(values)
    with ExitStack() as children:
        started = [children.enter_context(_started(work, values[at::count])) for at in range(1, count)]
        found[::count] = [work(each) for each in values[::count]]
        for at, child in enumerate(started, 1):
            results: list[_R] | None = _received(child)
            # A failed part is done again here, so that its exception has a place and a traceback.
            found[at::count] = [work(each) for each in values[at::count]] if results is None else results
    return found  # type: ignore[return-value] # every place is filled


def processes() -> int:
    """The number of processes that may share work: 1 without ``fork``, or if other threads run.

    On macOS, system libraries fail in a child that was forked.
    """
    if not sys.platform.startswith("linux"):
        return 1
    try:
        alone = len(os.listdir("/proc/self/task")) == 1  # noqa: PTH208 - only the number counts
    except OSError:
        return 1
    return min(len(os.sched_getaffinity(0)), _MOST_PROCESSES) if alone else 1


@contextmanager
def _started(work: Callable[[_T], _R], values: Sequence[_T]) -> Iterator[_Child]:
    """A child at work. It is killed if it still runs at the end of the block."""
    reading, writing = os.pipe()
    # A signal between the fork and the handlers of the child would run those of the parent there.
    former = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    try:
        number = os.fork()
        if number == 0:
            _run_child(work, values, writing, former)
    except OSError:
        os.close(reading)
        raise
    finally:
        os.close(writing)
        signal.pthread_sigmask(signal.SIG_SETMASK, former)
    try:
        with open(reading, "rb") as results:  # noqa: PTH123 - a handle
            yield _Child(number, results)
    finally:
        with suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)
        with suppress(ChildProcessError):
            os.waitpid(number, 0)


def _run_child(
    work: Callable[[_T], _R], values: Sequence[_T], writing: int, mask: set[int | signal.Signals]
) -> NoReturn:
    """The life of a child: it ends here, whatever happens, and runs nothing of its parent's ends."""
    code, parent = 1, os.getppid()
    try:
        for each in SIGNALS:
            if signal.getsignal(each) is not signal.SIG_IGN:
                signal.signal(each, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        try:
            data = pickle.dumps(
                [_with_parent(work, each, parent) for each in values], pickle.HIGHEST_PROTOCOL
            )
        except Exception:  # the parent meets it again
            data = _FAILED
        with open(writing, "wb", closefd=False) as results:
            results.write(data)
        code = 0
    finally:
        os._exit(code)


def _with_parent(work: Callable[[_T], _R], value: _T, parent: int) -> _R:
    """One result; raises ``ProcessLookupError`` in an orphan, which nobody waits for."""
    if os.getppid() != parent:
        raise ProcessLookupError
    return work(value)


def _received(child: _Child) -> list[_R] | None:
    """The results of a child; None if it failed."""
    data = child.results.read()
    _, status = os.waitpid(child.number, 0)
    if status:
        number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
        how = f"was killed by signal {number}" if number else "ended early"
        raise WorkerError(f"a process that planned a part of the work {how}; run again")
    return None if data == _FAILED else pickle.loads(data)  # noqa: S301 - our own child wrote it
