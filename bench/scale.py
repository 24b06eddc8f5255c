"""Times bazel-xc on made-up workspaces of several sizes, to show whether its cost grows with their size only.

Comes in: numbers of packages. Goes out: a table on standard output: time and memory of ``generate`` without
BUILD files and with nothing left to do, of ``report`` and of Gazelle, the CPU time per package, and its ratio
to the smallest size. A size always gives the same files. The trees are made in a scratch folder and removed.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from measuring import COLUMNS, Measurement, bazel_xc, digest, gazelle_update, measure

SIZES = (2000, 10_000)
MODULE = "example.com/scale"
LAYERS = 12
IN_A_FOLDER = 100  # packages
STANDARD = ("bytes", "context", "errors", "fmt", "io", "net/http", "os", "sort", "strings", "sync", "time")
LIBRARIES = (("z", "zlib.h"), ("m", "math.h"), ("sqlite3", "sqlite3.h"))
CPU = COLUMNS[1]


def main() -> int:
    options = _options()
    found: dict[tuple[str, int], list[Measurement]] = {}
    changed = 0
    for run in range(options.runs):
        for size in sorted(options.sizes):
            with tempfile.TemporaryDirectory(prefix="bench-", dir=options.scratch) as scratch:
                tree = Path(scratch) / "scale"
                write_tree(tree, size)
                for task, command, output in _tasks(options, tree):
                    print(f"run {run + 1} of {options.runs}: {size} packages, {task}", file=sys.stderr)
                    before = digest(tree)
                    found.setdefault((task, size), []).append(measure(command(), tree, output))
                    changed += task == "generate, again" and digest(tree) != before
    _print_table(found, options.runs)
    if changed:
        print("\nbazel-xc changed BUILD files in its second run")
    return 1 if changed else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("sizes", type=int, nargs="*", metavar="N", help=f"packages, default {SIZES}")
    parser.add_argument("--report", action="store_true", help="time report --format json as well")
    parser.add_argument("--gazelle", type=Path, metavar="PATH", help="Gazelle's binary to compare with")
    parser.add_argument("--runs", type=int, default=1, metavar="N", help="runs of each, default 1")
    parser.add_argument("--scratch", type=Path, metavar="DIR", help="where to make the trees, default TMPDIR")
    parser.add_argument("--write", type=Path, metavar="DIR", help="make the tree of one size there, only")
    options = parser.parse_args()
    options.sizes = options.sizes or list(SIZES)
    if options.write:
        write_tree(options.write, options.sizes[0])
        raise SystemExit(0)
    return options


def _tasks(
    options: argparse.Namespace, tree: Path
) -> Iterator[tuple[str, Callable[[], list[str]], Path | None]]:
    """The tasks on a tree in their order, with the file for their output, which must not be in the tree."""
    os.environ["BAZEL_XC_CACHE"] = str(tree.parent / "memory")
    for task in ("generate, cold", "generate, again", "generate, unchanged"):
        yield task, lambda: bazel_xc("generate", tree), None
    if options.report:
        output = tree.parent / "report.json"
        yield "report", lambda: bazel_xc("report", tree, "--format", "json"), output
    if options.gazelle:
        _without_build_files(tree)
        for task in ("gazelle, cold", "gazelle, again"):
            yield task, lambda: gazelle_update(options.gazelle.resolve(), tree), None


def _without_build_files(tree: Path) -> None:
    for each in (*tree.rglob("BUILD"), *tree.rglob("BUILD.bazel")):
        each.unlink()
    os.sync()


def write_tree(tree: Path, size: int) -> None:
    """Makes a workspace of ``size`` packages, the same files for the same size.

    Packages are in layers; each imports up to two packages of the layer below, up to three of any layer below
    that, and two of the standard library. Those of the upper layers reach a large share of all packages.
    One in 50 has C with a library, one in 100 is a command, one in 10 has a file for Linux only, one in three
    has tests and one in nine has external ones.
    """
    chance = random.Random(size)
    tree.mkdir(parents=True)
    (tree / "go.mod").write_text(f"module {MODULE}\n\ngo 1.21\n")
    (tree / "WORKSPACE").touch()
    lower: list[int] = []
    below: list[int] = []  # the layer below
    layer: list[int] = []
    for at in range(size):
        if layer and at % max(1, size // LAYERS) == 0:
            lower, below, layer = lower + layer, layer, []
        imports = {chance.choice(below) for _ in range(2) if below}
        imports |= {chance.choice(lower) for _ in range(chance.randint(0, 3)) if lower}
        _write_package(tree, at, sorted(imports), sorted(chance.sample(STANDARD, 2)))
        if not _is_command(at):
            layer.append(at)
    os.sync()  # what is still being written would slow the run that is timed


def _is_command(at: int) -> bool:
    return at % 100 == 99


def _folder(at: int) -> str:
    return f"d{at // IN_A_FOLDER}/p{at}"


def _write_package(tree: Path, at: int, imports: list[int], standard: list[str]) -> None:
    folder = tree / _folder(at)
    folder.mkdir(parents=True)
    name = "main" if _is_command(at) else f"p{at}"
    paths = [*standard, *(f"{MODULE}/{_folder(each)}" for each in imports)]
    body = "func main() {}\n" if _is_command(at) else f"// Name is that of the package.\nconst Name = {at}\n"
    (folder / "lib.go").write_text(_source(name, paths) + body)
    if at % 10 == 3:
        (folder / "host_linux.go").write_text(_source(name, ["syscall"]) + 'const host = "linux"\n')
        constraint = "//go:build !linux\n\n"
        (folder / "host_other.go").write_text(constraint + _source(name, []) + 'const host = "other"\n')
    if at % 50 == 7:
        library, header = LIBRARIES[at // 50 % len(LIBRARIES)]
        preamble = f"// #cgo LDFLAGS: -l{library}\n// #include <{header}>\n"
        (folder / "c.go").write_text(f'package {name}\n\n{preamble}import "C"\n')
    if at % 3 == 0:
        test = f"func Test{at}(t *testing.T) {{}}\n"
        (folder / "lib_test.go").write_text(_source(name, ["testing"]) + test)
    if at % 9 == 0:
        test = f"func TestOf{at}(t *testing.T) {{}}\n"
        own = [] if _is_command(at) else [f"{MODULE}/{_folder(at)}"]
        (folder / "outer_test.go").write_text(_source(f"{name}_test", ["testing", *own]) + test)


def _source(name: str, paths: list[str]) -> str:
    """The head of a file; imports are blank, since nothing compiles it."""
    lines = "".join(f'\t{"" if each == "testing" else "_ "}"{each}"\n' for each in paths)
    return f"package {name}\n\n" + (f"import (\n{lines})\n\n" if lines else "")


def _print_table(found: dict[tuple[str, int], list[Measurement]], runs: int) -> None:
    """Prints the medians, the CPU time per package, and the ratios to Gazelle and to the smallest size."""
    print(f"medians of {runs} run{'' if runs == 1 else 's'}\n")
    titles = ["task", "packages", *(column.title for column in COLUMNS)]
    titles += ["CPU ms per package", "to the smallest", "CPU to Gazelle's"]
    print(" | ".join(titles))
    print(" | ".join(["---"] * len(titles)))
    smallest = min(size for _, size in found)
    for (task, size), measured in sorted(found.items(), key=lambda each: (_rank(each[0][0]), each[0][1])):
        each = CPU.median(measured) / size
        beside = found.get((task.replace("generate", "gazelle"), size), measured)
        cells = [task, str(size), *(column.form.format(column.median(measured)) for column in COLUMNS)]
        cells.append(f"{each * 1000:.2f}")
        cells.append(f"{each / (CPU.median(found[task, smallest]) / smallest):.2f}x")
        cells.append("" if beside is measured else f"{CPU.median(measured) / CPU.median(beside):.2f}x")
        print(" | ".join(cells))


def _rank(task: str) -> int:
    return ["generate", "report", "gazelle"].index(task.partition(",")[0])


if __name__ == "__main__":
    raise SystemExit(main())
