"""Times ``bazel-xc generate`` on a Go tree, beside Gazelle on the same tree in the same run.

Comes in: a folder with a go.mod. Goes out: a table on standard output with the medians of wall time, CPU
time and memory, and their ratio to Gazelle's. The tree itself is never touched: each run works on a fresh
copy without ``.git`` and without BUILD files, and edits it step by step.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from edits import EDITS, Edit, Places
from measuring import BUILD_NAMES, COLUMNS, REPOSITORY, Measurement, bazel_xc, digest, gazelle_update, measure

UNCHANGED = "nothing changed"
COLD = "cold"
# Longer than a tick of the clock that stamps files: a run right after a change keeps nothing.
SETTLE_SECONDS = 0.1


def main() -> int:
    options = _options()
    tree = options.tree.resolve()
    tools: dict[str, Callable[[Path], list[str]]] = {
        "bazel-xc": lambda copy: bazel_xc("generate", copy, *options.extra)
    }
    if options.gazelle:
        tools["gazelle"] = lambda copy: gazelle_update(options.gazelle.resolve(), copy)
    found: dict[tuple[str, str], list[Measurement]] = {}
    wrong: set[str] = set()
    for run in range(options.runs):
        with tempfile.TemporaryDirectory(prefix="bench-", dir=options.scratch) as scratch:
            copies = {tool: Path(scratch) / tool / tree.name for tool in tools}
            for copy in copies.values():
                _copy(tree, copy, options.without)
            os.environ["BAZEL_XC_CACHE"] = f"{scratch}/memory"
            for case in (COLD, UNCHANGED, *EDITS):
                for tool, command in tools.items():
                    print(f"run {run + 1} of {options.runs}: {tool}, {case}", file=sys.stderr)
                    copy = copies[tool]
                    measured = _case(case, command(copy), copy, EDITS.get(case), wrong)
                    found.setdefault((case, tool), []).append(measured)
            if not run:
                _verify(copies["bazel-xc"], options.extra)
    _print_table(found, options.runs, tree.name)
    for text in sorted(wrong):
        print(f"\n{text}")
    return 1 if any("bazel-xc" in text for text in wrong) else 0


def _case(case: str, command: list[str], copy: Path, edit: Edit | None, wrong: set[str]) -> Measurement:
    """Measures one run. Before an edit, runs leave nothing to do; and what was done is checked after it."""
    if case == COLD:
        measured = measure(command, copy)
        if not any(path.is_file() for name in BUILD_NAMES for path in copy.rglob(name)):
            raise SystemExit(f"{' '.join(command)}: no BUILD file is written; run it on a copy of the tree")
        return measured
    for _ in range(2):  # the first may change files, the second finds nothing to do and is remembered
        time.sleep(SETTLE_SECONDS)
        measure(command, copy)
    before = digest(copy)
    if edit:
        edit(Places.of(copy))
    time.sleep(SETTLE_SECONDS)
    measured = measure(command, copy)
    if not edit and digest(copy) != before:
        wrong.add(f"{command[0]} … {case}: BUILD files changed")
    if "bazel_xc" in command:
        after = digest(copy)
        measure([*command, "--no-cache"], copy)
        if digest(copy) != after:
            wrong.add(f"bazel-xc, {case}: a run without memory changed BUILD files again")
    return measured


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
    parser.add_argument(
        "--without", action="append", default=[], metavar="FILE", help="leave a file out of the copies"
    )
    parser.add_argument("--scratch", type=Path, metavar="DIR", help="where to copy to, default TMPDIR")
    options = parser.parse_args(arguments)
    if not (options.tree / "go.mod").is_file():
        parser.error(f"{options.tree} has no go.mod")
    options.extra = extra
    return options


def _verify(copy: Path, extra: Sequence[str]) -> None:
    """Lets go list every platform, which is not timed; ends the program if one differs from the sources."""
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY), "PYTHONSAFEPATH": "1"}
    command = [*bazel_xc("generate", copy, *extra), "--check", "--verify-listing"]
    done = subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, check=False)
    differences = [line for line in done.stderr.splitlines() if "go lists it otherwise" in line]
    if differences or done.returncode not in (0, 1):
        raise SystemExit("\n".join(differences or [done.stderr]))


def _copy(tree: Path, copy: Path, without: Sequence[str]) -> None:
    """Copies a tree without .git, Bazel's links, BUILD files and some files, and gives it a WORKSPACE."""
    shutil.copytree(tree, copy, symlinks=True, ignore=shutil.ignore_patterns(".git", "bazel-*", *BUILD_NAMES))
    for path in without:
        (copy / path).unlink()
    if not any((copy / name).exists() for name in ("WORKSPACE", "WORKSPACE.bazel", "MODULE.bazel")):
        (copy / "WORKSPACE").touch()
    os.sync()  # what is still being written would slow the run that is timed


def _print_table(found: dict[tuple[str, str], list[Measurement]], runs: int, name: str) -> None:
    """Prints the medians; in brackets, the times of Gazelle's cold run, or of its run with nothing to do."""
    print(
        f"{name}: medians of {runs} runs; in brackets, to Gazelle: cold to cold, others to nothing changed\n"
    )
    print(" | ".join(["case", "tool", *(column.title for column in COLUMNS)]))
    print(" | ".join(["---"] * (len(COLUMNS) + 2)))
    for (case, tool), measured in found.items():
        cells = [case, tool]
        for column in COLUMNS:
            median = column.median(measured)
            beside = found.get((COLD if case == COLD else UNCHANGED, "gazelle"), [])
            ratio = f" ({median / column.median(beside):.2f}x)" if beside and tool != "gazelle" else ""
            cells.append(column.form.format(median) + ratio)
        print(" | ".join(cells))


if __name__ == "__main__":
    raise SystemExit(main())
