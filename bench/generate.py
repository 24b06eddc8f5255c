"""Times ``bazel-xc generate`` on a Go tree, beside Gazelle on the same tree in the same run.

Comes in: a folder with a go.mod. Goes out: a table on standard output with the medians of wall time, CPU
time and memory, and their ratio to Gazelle's. The tree itself is never touched: each run works on fresh
copies without ``.git`` and without BUILD files. Needs Linux's /proc and nothing beyond the standard library.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import os
import re
import shutil
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


COLUMNS = (
    Column("wall s", lambda each: each.wall, "{:.2f}"),
    Column("CPU s", lambda each: each.cpu, "{:.2f}"),
    Column("largest process MiB", lambda each: each.largest, "{:.0f}"),
    Column("process tree MiB", lambda each: each.tree, "{:.0f}"),
)


def main() -> int:
    options = _options()
    tree = options.tree.resolve()
    module = _module(tree)
    tools: dict[str, Callable[[Path], list[str]]] = {"bazel-xc": lambda copy: _bazel_xc(copy, options.extra)}
    if options.gazelle:
        tools["gazelle"] = lambda copy: _gazelle(options.gazelle.resolve(), copy, module)
    found: dict[str, list[Measurement]] = {}
    changed: set[str] = set()
    for run in range(options.runs):
        for tool, command in tools.items():
            print(f"run {run + 1} of {options.runs}: {tool}", file=sys.stderr)
            with tempfile.TemporaryDirectory(prefix="bench-", dir=options.scratch) as scratch:
                copy = Path(scratch) / tree.name
                _copy(tree, copy)
                found.setdefault(f"{tool}, cold", []).append(_measure(command(copy), copy))
                before = _digest(copy)
                found.setdefault(f"{tool}, again", []).append(_measure(command(copy), copy))
                if _digest(copy) != before:
                    changed.add(tool)
    _print_table(found, options.runs, tree.name)
    for tool in sorted(changed):
        print(f"\n{tool} changed BUILD files in its second run")
    return 1 if "bazel-xc" in changed else 0


def _options() -> argparse.Namespace:
    arguments = sys.argv[1:]
    extra: list[str] = []
    if "--" in arguments:
        at = arguments.index("--")
        arguments, extra = arguments[:at], arguments[at + 1 :]
    parser = argparse.ArgumentParser(
        description=(__doc__ or "").partition("\n")[0],
        epilog="What follows -- is given to bazel-xc generate.",
    )
    parser.add_argument("tree", type=Path, metavar="TREE", help="folder with a go.mod; it is copied")
    parser.add_argument("--gazelle", type=Path, metavar="PATH", help="Gazelle's binary to compare with")
    parser.add_argument("--runs", type=int, default=3, metavar="N", help="runs of each, default 3")
    parser.add_argument("--scratch", type=Path, metavar="DIR", help="where to copy to, default TMPDIR")
    options = parser.parse_args(arguments)
    if not (options.tree / "go.mod").is_file():
        parser.error(f"{options.tree} has no go.mod")
    options.extra = extra
    return options


def _bazel_xc(copy: Path, extra: Sequence[str]) -> list[str]:
    return [sys.executable, "-m", "bazel_xc", "generate", "-C", str(copy), *extra]


def _gazelle(gazelle: Path, copy: Path, module: str) -> list[str]:
    external = "vendored" if (copy / "vendor" / "modules.txt").is_file() else "static"
    root = ["-repo_root", str(copy)]
    return [str(gazelle), "update", *root, "-go_prefix", module, "-external", external, str(copy)]


def _module(tree: Path) -> str:
    match = re.search(r'^module\s+"?([^"\s]+)', (tree / "go.mod").read_text(), re.MULTILINE)
    if not match:
        raise SystemExit(f"{tree / 'go.mod'} names no module")
    return match[1]


def _copy(tree: Path, copy: Path) -> None:
    """Copies a tree without .git, Bazel's links and BUILD files, and gives it a WORKSPACE."""
    shutil.copytree(tree, copy, symlinks=True, ignore=shutil.ignore_patterns(".git", "bazel-*", *BUILD_NAMES))
    if not any((copy / name).exists() for name in ("WORKSPACE", "WORKSPACE.bazel", "MODULE.bazel")):
        (copy / "WORKSPACE").touch()
    os.sync()  # what is still being written would slow the run that is timed


def _digest(copy: Path) -> str:
    digest = hashlib.sha256()
    for folder, folders, files in os.walk(copy):
        folders.sort()
        for name in sorted(set(files) & set(BUILD_NAMES)):
            path = Path(folder) / name
            digest.update(str(path.relative_to(copy)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _measure(command: Sequence[str], cwd: Path) -> Measurement:
    """Runs a command to its end; exit 1 is fine, it only says that there are findings."""
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY), "PYTHONSAFEPATH": "1"}
    with tempfile.TemporaryFile() as said:
        start = time.perf_counter()
        process = subprocess.Popen(command, cwd=cwd, env=environment, stdout=said, stderr=said)
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


def _print_table(found: dict[str, list[Measurement]], runs: int, name: str) -> None:
    """Prints the medians, and in brackets how many times Gazelle's of the same row kind they are."""
    print(f"{name}: medians of {runs} runs, in brackets times Gazelle's\n")
    print(" | ".join(["tool", *(column.title for column in COLUMNS)]))
    print(" | ".join(["---"] * (len(COLUMNS) + 1)))
    for row, measured in found.items():
        cells = [row]
        for column in COLUMNS:
            median = _median(column, measured)
            beside = found.get(row.replace("bazel-xc", "gazelle"), [])
            ratio = f" ({median / _median(column, beside):.2f}x)" if beside and beside is not measured else ""
            cells.append(column.form.format(median) + ratio)
        print(" | ".join(cells))


def _median(column: Column, measured: Sequence[Measurement]) -> float:
    return statistics.median(column.value(each) for each in measured)


if __name__ == "__main__":
    raise SystemExit(main())
