"""What is told of fuzzing, and that it works where Atheris is not installed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import fuzz_one
import pytest
from fuzz_run import Outcome
from fuzz_targets import HERE, Target

LIBFUZZER = """\
#2\tINITED cov: 5 ft: 6 corp: 1/3b exec/s: 0 rss: 60Mb
#9000\tREDUCE cov: 154 ft: 700 corp: 113/4Kb lim: 80 exec/s: 900 rss: 70Mb
stat::number_of_executed_units: 83620
"""


def test_counts_of_both_engines() -> None:
    outcome = Outcome("merge")

    outcome.add(LIBFUZZER)
    assert outcome.counts == {"executions": 83620, "coverage": 154, "corpus": 113}

    outcome.add("executions 380\ncorpus 7\n")
    assert outcome.counts == {"executions": 84000, "coverage": 154, "corpus": 7}
    assert str(outcome).split() == ["merge", "84,000", "154", "7", "0"]


def test_an_unknown_target_is_said() -> None:
    done = subprocess.run(
        [sys.executable, HERE / "fuzz_run.py", "nosuch"], capture_output=True, text=True, check=False
    )

    assert done.returncode == 2
    assert done.stderr.endswith("error: no target: nosuch\n")


@pytest.mark.filterwarnings("ignore")
def test_without_atheris_an_input_that_fails_is_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(data: bytes) -> None:
        assert b"b" not in data

    code = fuzz_one.with_hypothesis(Target("bad", run, lambda: iter([b"abc"])), tmp_path, 60)

    assert code == 1
    assert [b"b" in path.read_bytes() for path in tmp_path.iterdir()] == [True] * len(
        list(tmp_path.iterdir())
    )
    assert list(tmp_path.iterdir())
    assert "executions" in capsys.readouterr().out


def test_a_seed_gives_the_same_inputs(tmp_path: Path) -> None:
    def inputs() -> list[bytes]:
        seen: list[bytes] = []

        def run(data: bytes) -> None:
            seen.append(data)
            assert len(seen) < 50

        fuzz_one.with_hypothesis(Target("bad", run, lambda: iter([b"abc"])), tmp_path, 60, seed=1)
        return seen

    assert inputs() == inputs()
