"""Runs that are killed at random moments; ``make kills`` kills far more of them."""

from __future__ import annotations

import signal

import kills
import pytest
from requirements import require


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no such signal here")
def test_killed_runs(capsys: pytest.CaptureFixture[str]) -> None:
    require("go")

    code = kills.main(["3", "--seed", "7"])

    assert code == 0, capsys.readouterr().out


def test_interrupts_count_in_a_background_job() -> None:
    """A shell starts one with SIGINT ignored, and a child inherits that."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        kills.main(["0"])
        ignored = signal.getsignal(signal.SIGINT) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)

    assert not ignored
