"""Work that is shared out among processes."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from bazel_xc import parallel
from bazel_xc.errors import WorkerError

forking = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="no process is forked there")


@pytest.fixture
def two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel, "processes", lambda: 2)


def children() -> list[str]:
    return Path(f"/proc/self/task/{os.getpid()}/children").read_text(encoding="utf-8").split()


@forking
@pytest.mark.parametrize("count", [0, 1, 2, 3, 7, 300])
def test_results_are_in_the_order_of_the_values(count: int, two: None) -> None:
    assert parallel.mapped(lambda each: each * each, range(count), 1) == [
        each * each for each in range(count)
    ]


@forking
def test_two_processes_work(two: None) -> None:
    assert len(set(parallel.mapped(lambda _: os.getpid(), range(4), 1))) == 2


@forking
def test_more_results_than_a_pipe_has_room_for(two: None) -> None:
    found = parallel.mapped(lambda each: bytes([each]) * 100_000, range(10), 1)

    assert [(each[0], len(each)) for each in found] == [(at, 100_000) for at in range(10)]


def test_few_values_stay_here(two: None) -> None:
    assert set(parallel.mapped(lambda _: os.getpid(), range(5), 6)) == {os.getpid()}


@forking
def test_beside_a_thread_nothing_is_forked() -> None:
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        assert parallel.processes() == 1
    finally:
        done.set()
        thread.join()


def test_other_systems_do_not_fork(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")

    assert parallel.processes() == 1


@forking
@pytest.mark.parametrize("bad", [0, 1], ids=["parent", "child"])
def test_an_exception_is_raised_here(bad: int, two: None) -> None:
    before = children()

    def work(each: int) -> int:
        if each == bad:
            raise ValueError(f"no {each}")
        return each

    with pytest.raises(ValueError, match=f"no {bad}"):
        parallel.mapped(work, range(4), 1)
    assert children() == before


def test_a_result_that_cannot_be_copied_is_made_here(two: None) -> None:
    found: list[Callable[[], int]] = parallel.mapped(lambda each: lambda: each, range(4), 1)

    assert [each() for each in found] == [0, 1, 2, 3]


@forking
def test_a_killed_child_is_an_error(two: None) -> None:
    here, before = os.getpid(), children()

    def work(each: int) -> int:
        if os.getpid() != here:
            os.kill(os.getpid(), signal.SIGKILL)
        return each

    with pytest.raises(WorkerError, match="was killed by signal 9; run again"):
        parallel.mapped(work, range(4), 1)
    assert children() == before


@forking
def test_an_interrupt_ends_the_children(two: None) -> None:
    here, before = os.getpid(), children()

    def work(each: int) -> int:
        if os.getpid() == here:
            raise KeyboardInterrupt
        signal.pause()
        return each

    with pytest.raises(KeyboardInterrupt):
        parallel.mapped(work, range(4), 1)
    assert children() == before
