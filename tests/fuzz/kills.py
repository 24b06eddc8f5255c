"""Kills ``bazel-xc generate`` at random moments and looks at what is left.

Comes in: a number of kills. Goes out: counts per signal, and exit code 1 where a file was torn or lost, a
message was not true, or the next run did not make it whole or left something of its own. ``make kills
COUNT=1000`` runs it. Half of the kills come at any moment, half while files are written.
"""

from __future__ import annotations

import argparse
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from attrs import frozen

from bazel_xc.buildfile.workspace import SCRATCH

_PACKAGES = 100
_SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
_POLL_SECONDS = 0.0005
_STALE = 'go_library(\n    name = "p{0}",  # {1}\n    srcs = ["gone.go"],\n    importpath = "m/p{0}",\n)\n'
_UNCHANGED = ("nothing was changed", "no file was changed")
_ALL_WRITTEN = "after all files were written"

# Bytes by path, without our own folders.
Tree = dict[str, bytes]


@frozen
class Trees:
    """All files before and after a run that nobody disturbs, how long it takes, and how long its writing."""

    old: Tree
    new: Tree
    seconds: float
    writing: float


def main(arguments: Sequence[str]) -> int:
    """Kills as many runs as asked; gives 1 where anything was wrong."""
    parser = argparse.ArgumentParser(description="Kill bazel-xc generate at random moments.")
    parser.add_argument("count", type=int, nargs="?", default=1000)
    parser.add_argument("--seed", type=int, default=None)
    options = parser.parse_args(arguments)
    # A shell starts its background jobs with SIGINT ignored, and a child would inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    seed = options.seed if options.seed is not None else random.randrange(1 << 32)
    chance = random.Random(seed)
    counts: Counter[str] = Counter()
    wrong: list[str] = []
    with tempfile.TemporaryDirectory(prefix="bazel-xc-kills-") as folder:
        model = make_tree(Path(folder) / "model")
        trees = measure(model, Path(folder) / "whole")
        for number in range(options.count):
            root = Path(folder) / "killed"
            shutil.copytree(model, root)
            said = kill_one(root, trees, _SIGNALS[number % len(_SIGNALS)], chance, counts)
            wrong += [f"kill {number} of seed {seed}: {each}" for each in said]
            shutil.rmtree(root)
    for name, count in sorted(counts.items()):
        print(f"{name:<40} {count:>6}")
    for line in wrong:
        print(line)
    print(f"{options.count} kills, {len(wrong)} wrong (seed {seed})")
    return int(bool(wrong))


def make_tree(root: Path) -> Path:
    """A workspace in which half of the BUILD files are old and the other half missing."""
    root.mkdir()
    (root / "go.mod").write_text("module m\n\ngo 1.21\n")
    (root / "MODULE.bazel").write_text('bazel_dep(name = "rules_go", version = "0.50.1")\n')
    (root / "bazel_xc.toml").write_text("[platforms]\nlinux_amd64 = {}\n")
    for number in range(_PACKAGES):
        folder = root / f"p{number}"
        folder.mkdir()
        (folder / "a.go").write_text(f"package p{number}\n")
        if number % 2:
            (folder / "BUILD.bazel").write_text(_STALE.format(number, "x" * 200 * number))
    return root


def start(root: Path) -> subprocess.Popen[str]:
    """Starts a run."""
    return subprocess.Popen(
        [sys.executable, "-m", "bazel_xc", "generate", "-q", "-C", str(root)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def measure(model: Path, root: Path) -> Trees:
    """Runs once to the end."""
    shutil.copytree(model, root)
    old, began = read_tree(root), time.monotonic()
    run = start(root)
    wait_for_writing(root, run)
    writes = time.monotonic()
    _, said = run.communicate()
    ended = time.monotonic()
    if run.returncode:
        sys.exit(f"generate: exit code {run.returncode}\n{said}")
    return Trees(old, read_tree(root), ended - began, ended - writes)


def read_tree(root: Path) -> Tree:
    """All files but those in our own folders."""
    found = (path for path in root.rglob("*") if path.is_file())
    by_name = {path.relative_to(root).as_posix(): path for path in found}
    return {name: path.read_bytes() for name, path in by_name.items() if not name.startswith(SCRATCH)}


def leftovers(root: Path) -> list[str]:
    """What is there of ours."""
    return [path.name for path in root.iterdir() if path.name.startswith(SCRATCH)]


def wait_for_writing(root: Path, run: subprocess.Popen[str]) -> None:
    """Until the run makes its folder, or ends."""
    while run.poll() is None and not leftovers(root):
        time.sleep(_POLL_SECONDS)


def kill_one(
    root: Path, trees: Trees, number: signal.Signals, chance: random.Random, counts: Counter[str]
) -> list[str]:
    """One kill and the run after it; gives what was wrong."""
    run = start(root)
    if chance.random() < 0.5:
        time.sleep(chance.uniform(0, trees.seconds))
    else:
        wait_for_writing(root, run)
        time.sleep(chance.uniform(0, trees.writing))
    run.send_signal(number)
    _, said = run.communicate()
    found = read_tree(root)
    state = "old" if found == trees.old else "new" if found == trees.new else "some files written"
    if leftovers(root):
        counts[f"{number.name}: left a folder of its own"] += 1
    counts[f"{number.name}: {state}"] += 1
    wrong = [*damage(found, trees), *untrue(run.returncode, said, state, number)]
    return [*wrong, *after(root, trees)]


def damage(found: Tree, trees: Trees) -> list[str]:
    """Files that are neither old nor new, gone, or of no name that is expected."""
    wrong = [f"{path}: lost" for path in trees.old if path not in found]
    for path, data in found.items():
        if path not in trees.new:
            wrong.append(f"{path}: strange")
        elif data not in (trees.old.get(path), trees.new[path]):
            wrong.append(f"{path}: torn")
    return wrong


def untrue(code: int, said: str, state: str, number: signal.Signals) -> list[str]:
    """What was said and is not so. Only SIGKILL may leave some files written."""
    wrong: list[str] = []
    if any(text in said for text in _UNCHANGED) and state != "old":
        wrong.append(f"{state}, but it says: {said.strip()}")
    if (_ALL_WRITTEN in said or code == 0) and state != "new":
        wrong.append(f"{state}, but exit code {code}: {said.strip()}")
    if state == "some files written" and number != signal.SIGKILL:
        wrong.append(f"{state} after {number.name}: {said.strip()}")
    return wrong


def after(root: Path, trees: Trees) -> list[str]:
    """The next run: everything is written, and nothing of ours is left."""
    run = start(root)
    _, said = run.communicate()
    wrong = [f"the next run: exit code {run.returncode}: {said.strip()}"] if run.returncode else []
    if read_tree(root) != trees.new:
        wrong.append("the next run did not write everything")
    return wrong + [f"the next run left {name}" for name in leftovers(root)]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
