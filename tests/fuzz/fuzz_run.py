"""Fuzzes all targets, or those that are named, which share the time; prints what came of each.

``make fuzz MINUTES=60`` runs it. Inputs that fail stand in ``.fuzz/TARGET``; one that is understood goes to
``tests/fuzz/corpus/TARGET``, where every run of the tests replays it.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from attrs import define, field
from fuzz_targets import HERE, NAMES

# Starting and reading the first inputs takes a part of these.
_LEAST_SECONDS = 5
_MOST_FAILURES = 5
_EXCEPTION = "Uncaught Python exception"
_FAILED = ("crash-", "timeout-", "oom-", "leak-")
_COUNTS = {
    "executions": re.compile(r"^(?:stat::number_of_executed_units:|executions) +(\d+)", re.MULTILINE),
    "coverage": re.compile(r"\bcov: (\d+)"),
    "corpus": re.compile(r"\bcorp: (\d+)|^corpus (\d+)", re.MULTILINE),
}


@define
class Outcome:
    """What came of a target, over all of its runs."""

    name: str
    counts: dict[str, int] = field(factory=lambda: dict.fromkeys(_COUNTS, 0))
    failures: list[Path] = field(factory=list)

    def add(self, text: str) -> None:
        """Adds what a run printed: executions are added up, of the others the last is what there is."""
        for name, pattern in _COUNTS.items():
            found = [next(filter(None, match.groups())) for match in pattern.finditer(text)]
            if found:
                last = int(found[-1])
                self.counts[name] = self.counts[name] + last if name == "executions" else last

    def __str__(self) -> str:
        counts = " ".join(f"{value:>11,}" for value in self.counts.values())
        return f"{self.name:<12} {counts} {len(self.failures):>9}"


def main(arguments: Sequence[str]) -> int:
    """Fuzzes; gives 1 where an input failed."""
    parser = argparse.ArgumentParser(description="Fuzz bazel-xc.")
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=f"of {', '.join(NAMES)}; all of them")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--folder", type=Path, default=Path(".fuzz"))
    parser.add_argument("--seed", type=int, help="the same inputs each time, from hypothesis")
    options = parser.parse_args(arguments)
    names = options.targets or NAMES
    if unknown := sorted(set(names) - set(NAMES)):
        parser.error(f"no target: {', '.join(unknown)}")
    seconds = max(_LEAST_SECONDS, int(options.minutes * 60 / len(names)))
    print(f"{'target':<12} {' '.join(f'{name:>11}' for name in _COUNTS)} {'failures':>9}", flush=True)
    failed = False
    for name in names:
        outcome = fuzz(name, options.folder / name, seconds, options.seed)
        print(outcome, flush=True)
        for path in outcome.failures:
            failed = True
            print(f"    {path}")
    return int(failed)


def fuzz(name: str, folder: Path, seconds: int, seed: int | None = None) -> Outcome:
    """Runs one target until its time is over, again where an input ended it."""
    outcome = Outcome(name)
    folder.mkdir(parents=True, exist_ok=True)
    known = set(_kept(folder))
    chosen = [] if seed is None else [f"--seed={seed}"]
    hashes = {} if seed is None else {"PYTHONHASHSEED": str(seed)}  # else sets have another order each time
    end = time.monotonic() + seconds
    while (left := int(end - time.monotonic())) > 0 and len(outcome.failures) < _MOST_FAILURES:
        log = folder / "log"
        with log.open("wb") as file:
            done = subprocess.run(
                [sys.executable, str(HERE / "fuzz_one.py"), name, str(folder), str(left), *chosen],
                env={**os.environ, **hashes},
                stdout=file,
                stderr=subprocess.STDOUT,
                check=False,
            )
        text = log.read_text("utf-8", "replace")
        outcome.add(text)
        before = len(outcome.failures)
        outcome.failures = sorted(set(_kept(folder)) - known)
        if done.returncode == 0:
            break
        if len(outcome.failures) == before:
            if not outcome.counts["executions"] and _EXCEPTION not in text:  # it did not come to fuzz
                sys.exit(f"{name}: exit code {done.returncode}\n{text[-2000:]}")
            _keep_log(folder, log)
            outcome.failures = sorted(set(_kept(folder)) - known)
    return outcome


def _keep_log(folder: Path, log: Path) -> None:
    """Keeps what was printed of an input that could not be kept: libFuzzer's alarm may be faster."""
    number = sum(path.name.startswith("crash-without-input-") for path in folder.iterdir())
    log.rename(folder / f"crash-without-input-{number}")


def _kept(folder: Path) -> Iterator[Path]:
    return (path for path in folder.iterdir() if path.name.startswith(_FAILED))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
