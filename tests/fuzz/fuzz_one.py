"""Fuzzes one target until the time is over: with Atheris where it is installed, else with hypothesis. A seed
asks for hypothesis, which then tries the same inputs each time; Atheris looks at the clock, too.

Comes in: the name of a target, a folder for what is found, seconds. Goes out: text with the counts that
``fuzz_run``, which starts it, looks for; files ``crash-…``, ``timeout-…`` and the like in the folder.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import signal
import sys
import time
import traceback
from collections.abc import Sequence
from pathlib import Path

from fuzz_targets import MAX_BYTES, Target, load
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as choose
from hypothesis import strategies as st

# An input that takes this long is kept as a failure.
SLOW = 10
_MEMORY_MB = 2048
_EXAMPLES = 500


def main(arguments: Sequence[str]) -> int:
    """Fuzzes; gives 0 where nothing failed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("target")
    parser.add_argument("folder", type=Path)
    parser.add_argument("seconds", type=int)
    parser.add_argument("--seed", type=int)
    options = parser.parse_args(arguments)
    corpus = options.folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    if options.seed is None and importlib.util.find_spec("atheris"):
        _with_atheris(options.target, options.folder, corpus, options.seconds)
    return with_hypothesis(load(options.target), options.folder, options.seconds, options.seed)


def with_hypothesis(target: Target, folder: Path, seconds: int, seed: int | None = None) -> int:
    """Splices first inputs with each other and with any bytes; the first that fails ends it."""
    first = [*target.seeds(), *(data for _, data in target.inputs())] or [b""]
    end, count = time.monotonic() + seconds, 0
    part = st.one_of(
        st.binary(max_size=64), st.tuples(st.sampled_from(first), st.integers(0), st.integers(0)).map(_slice)
    )

    def run(data: bytes) -> None:
        nonlocal count
        count += 1
        _run_in_time(target, data[:MAX_BYTES], folder)

    failed = rounds = 0
    while not failed and time.monotonic() < end:
        quick = settings(
            max_examples=_EXAMPLES,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
            derandomize=False,
        )
        try:
            tried = given(st.lists(part, max_size=6).map(b"".join))(run)
            if seed is not None:
                tried = choose(seed + rounds)(tried)
            rounds += 1
            quick(tried)()
        except Exception:
            traceback.print_exc()
            failed = 1
    print(f"executions {count}\ncorpus {len(first)}")
    return failed


def _with_atheris(name: str, folder: Path, corpus: Path, seconds: int) -> None:
    """Does not return: libFuzzer ends the process, with another code than 0 where an input failed."""
    import atheris  # noqa: PLC0415 - it is not there for every Python

    with atheris.instrument_imports(include=["bazel_xc"]):
        target = load(name)
    _write_seeds(target, corpus)
    flags = {
        "max_total_time": seconds,
        "max_len": MAX_BYTES,
        "timeout": SLOW,
        "rss_limit_mb": _MEMORY_MB,
        "print_final_stats": 1,
        "artifact_prefix": f"{folder}/",
    }
    words = [sys.argv[0], str(corpus), *(f"-{flag}={value}" for flag, value in flags.items())]
    atheris.Setup(words, target.run)
    atheris.Fuzz()


def _write_seeds(target: Target, corpus: Path) -> None:
    for data in (*target.seeds(), *(data for _, data in target.inputs())):
        path = corpus / hashlib.sha256(data).hexdigest()[:16]
        if len(data) <= MAX_BYTES and not path.exists():
            path.write_bytes(data)


def _slice(found: tuple[bytes, int, int]) -> bytes:
    data, start, length = found
    at = start % (len(data) + 1)
    return data[at : at + length % (len(data) + 1)]


def _run_in_time(target: Target, data: bytes, folder: Path) -> None:
    """Runs one input; keeps it where it fails or takes too long."""

    def give_up(*_: object) -> None:
        raise TimeoutError(f"more than {SLOW} s")

    has_alarm = hasattr(signal, "SIGALRM")
    if has_alarm:
        signal.signal(signal.SIGALRM, give_up)
        signal.alarm(SLOW)
    try:
        target.run(data)
    except BaseException:
        (folder / f"crash-{hashlib.sha256(data).hexdigest()[:16]}").write_bytes(data)
        raise
    finally:
        if has_alarm:
            signal.alarm(0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
