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
