"""Runs a command and measures it, and the commands of the tools that the benchmarks compare.

Comes in: a command and a folder. Goes out: a ``Measurement``: wall time, CPU time and memory of the process
and its descendants, and the columns of the tables that show it. It makes no trees and prints nothing. Needs
Linux's /proc and nothing beyond the standard library.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]
BUILD_NAMES = ("BUILD", "BUILD.bazel")
SAMPLE_SECONDS = 0.01
BYTECODE = f"{tempfile.gettempdir()}/bazel-xc-bench-bytecode"
PAGE_MB = os.sysconf("SC_PAGE_SIZE") / 2**20


@dataclass(frozen=True)
class Measurement:
    """What one process and its descendants took, in seconds and MiB."""

    wall: float
    cpu: float
    largest: float  # the largest single process of the tree, as the kernel counted it
    tree: float  # the largest sum over the tree in a sample; shared pages count once per process


@dataclass(frozen=True)
class Column:
    """A figure of the table."""

    title: str
    value: Callable[[Measurement], float]
    form: str

    def median(self, measured: Sequence[Measurement]) -> float:
        """The median of this figure."""
        return statistics.median(self.value(each) for each in measured)


COLUMNS = (
    Column("wall s", lambda each: each.wall, "{:.2f}"),
    Column("CPU s", lambda each: each.cpu, "{:.2f}"),
    Column("largest process MiB", lambda each: each.largest, "{:.0f}"),
    Column("process tree MiB", lambda each: each.tree, "{:.0f}"),
)


def bazel_xc(command: str, tree: Path, *extra: str) -> list[str]:
    """The command line of a command of bazel-xc on a tree."""
    return [sys.executable, "-m", "bazel_xc", command, "-C", str(tree), *extra]


def gazelle_update(gazelle: Path, tree: Path) -> list[str]:
    """The command line of ``gazelle update`` on a tree with a go.mod."""
    external = "vendored" if (tree / "vendor" / "modules.txt").is_file() else "static"
    root = ["-repo_root", str(tree)]
    return [str(gazelle), "update", *root, "-go_prefix", _module(tree), "-external", external, str(tree)]


def digest(tree: Path) -> str:
    """A digest of all BUILD files of a tree."""
    found = hashlib.sha256()
    for folder, folders, files in os.walk(tree):
        folders.sort()
        for name in sorted(set(files) & set(BUILD_NAMES)):
            path = Path(folder) / name
            found.update(str(path.relative_to(tree)).encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()


def measure(command: Sequence[str], cwd: Path, output: Path | None = None) -> Measurement:
    """Runs a command to its end; exit 1 is fine, it only says that there are findings.

    Standard output is thrown away, or written to ``output``.
    """
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY), "PYTHONSAFEPATH": "1"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed program has its bytecode
    environment["PYTHONPYCACHEPREFIX"] = BYTECODE
    with contextlib.ExitStack() as stack:
        said = stack.enter_context(tempfile.TemporaryFile())
        shown = stack.enter_context(output.open("wb")) if output else said
        start = time.perf_counter()
        process = subprocess.Popen(command, cwd=cwd, env=environment, stdout=shown, stderr=said)
        sampler = _Sampler(process.pid)
        sampler.start()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        sampler.end()
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in (0, 1):
            said.seek(0)
            raise SystemExit(f"{' '.join(command)}: exit {process.returncode}\n{said.read().decode()}")
    largest = usage.ru_maxrss / 1024
    return Measurement(wall, usage.ru_utime + usage.ru_stime, largest, max(largest, sampler.peak))


class _Sampler(threading.Thread):
    """Looks every now and then at the memory of a process and its descendants."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid = pid
        self.peak = 0.0
        self._stop_asked = threading.Event()

    def run(self) -> None:
        while not self._stop_asked.wait(SAMPLE_SECONDS):
            self.peak = max(self.peak, sum(_resident(pid) for pid in _descendants(self.pid)))

    def end(self) -> None:
        self._stop_asked.set()
        self.join()


def _descendants(pid: int) -> list[int]:
    """A process and everything below it that is alive."""
    found = [pid]
    for each in found:
        with contextlib.suppress(OSError):
            for task in Path(f"/proc/{each}/task").iterdir():
                with contextlib.suppress(OSError):
                    found += [int(child) for child in (task / "children").read_text().split()]
    return found


def _resident(pid: int) -> float:
    with contextlib.suppress(OSError, IndexError):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE_MB
    return 0.0


def _module(tree: Path) -> str:
    match = re.search(r'^module\s+"?([^"\s]+)', (tree / "go.mod").read_text(), re.MULTILINE)
    if not match:
        raise SystemExit(f"{tree / 'go.mod'} names no module")
    return match[1]
