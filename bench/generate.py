"""Times ``bazel-xc generate`` on a Go tree, beside Gazelle on the same tree in the same run.

Comes in: a folder with a go.mod. Goes out: a table on standard output with the medians of wall time, CPU
time and memory, and their ratio to Gazelle's. The tree itself is never touched: each run works on fresh
copies without ``.git`` and without BUILD files.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from measuring import BUILD_NAMES, COLUMNS, Measurement, bazel_xc, digest, gazelle_update, measure


def main() -> int:
    options = _options()
    tree = options.tree.resolve()
    tools: dict[str, Callable[[Path], list[str]]] = {
        "bazel-xc": lambda copy: bazel_xc("generate", copy, *options.extra)
    }
    if options.gazelle:
        tools["gazelle"] = lambda copy: gazelle_update(options.gazelle.resolve(), copy)
    found: dict[str, list[Measurement]] = {}
    changed: set[str] = set()
    for run in range(options.runs):
        for tool, command in tools.items():
            print(f"run {run + 1} of {options.runs}: {tool}", file=sys.stderr)
            with tempfile.TemporaryDirectory(prefix="bench-", dir=options.scratch) as scratch:
                copy = Path(scratch) / tree.name
                _copy(tree, copy)
                found.setdefault(f"{tool}, cold", []).append(measure(command(copy), copy))
                before = digest(copy)
                found.setdefault(f"{tool}, again", []).append(measure(command(copy), copy))
                if digest(copy) != before:
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


def _copy(tree: Path, copy: Path) -> None:
    """Copies a tree without .git, Bazel's links and BUILD files, and gives it a WORKSPACE."""
    shutil.copytree(tree, copy, symlinks=True, ignore=shutil.ignore_patterns(".git", "bazel-*", *BUILD_NAMES))
    if not any((copy / name).exists() for name in ("WORKSPACE", "WORKSPACE.bazel", "MODULE.bazel")):
        (copy / "WORKSPACE").touch()
    os.sync()  # what is still being written would slow the run that is timed


def _print_table(found: dict[str, list[Measurement]], runs: int, name: str) -> None:
    """Prints the medians, and in brackets how many times Gazelle's of the same row kind they are."""
    print(f"{name}: medians of {runs} runs, in brackets times Gazelle's\n")
    print(" | ".join(["tool", *(column.title for column in COLUMNS)]))
    print(" | ".join(["---"] * (len(COLUMNS) + 1)))
    for row, measured in found.items():
        cells = [row]
        for column in COLUMNS:
            median = column.median(measured)
            beside = found.get(row.replace("bazel-xc", "gazelle"), [])
            ratio = f" ({median / column.median(beside):.2f}x)" if beside and beside is not measured else ""
            cells.append(column.form.format(median) + ratio)
        print(" | ".join(cells))


if __name__ == "__main__":
    raise SystemExit(main())
