"""``bazel-xc generate``: writes BUILD files and the platforms package.

Comes in: arguments. Goes out: changed files, with their names on standard output. ``--check`` and ``--diff``
write nothing; they show the changes and exit with 1.
"""

from __future__ import annotations

import argparse
import sys
from typing import Any

from attrs import evolve

from bazel_xc.cli.common import from_root, shared_options, show, writing_options
from bazel_xc.commands.generate import generate
from bazel_xc.commands.snapshot import take_snapshot
from bazel_xc.config import FILE_NAME, MODES
from bazel_xc.diff import unified_diff
from bazel_xc.errors import WorkspaceError
from bazel_xc.scratch import remove_leftovers
from bazel_xc.write import write_files


def add_parser(commands: Any, summary: str) -> None:  # noqa: ANN401 - argparse's own type is private
    """Adds the command to the parser; ``summary`` is its line in the list of commands."""
    parser = commands.add_parser(
        "generate",
        parents=[shared_options()],
        help=summary,
        description="Writes BUILD files and the platforms package for the Go packages of a workspace.",
    )
    parser.add_argument("directories", nargs="*", metavar="DIR", help="only these directories and below")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if anything is stale")
    parser.add_argument("--diff", action="store_true", help="write nothing; print a unified diff")
    parser.add_argument("--stat", action="store_true", help="write nothing; print how much would change")
    parser.add_argument("--mode", choices=MODES, help="cgo: only cgo and platform attributes, beside Gazelle")
    parser.set_defaults(run=run, untouched=True)


def run(options: argparse.Namespace) -> int:
    """Runs the command and returns its exit code."""
    looks = options.check or options.diff or options.stat
    if not looks:
        remove_leftovers(options.root)  # before go finds them: "//go:embed all:*" includes dotted names
    snapshot = take_snapshot(writing_options(options), whole=False)
    if options.mode:
        snapshot = evolve(snapshot, config=evolve(snapshot.config, mode=options.mode))
    only = tuple(_relative(text, options) for text in options.directories)
    result = generate(snapshot, only)
    failed = show(result.diagnostics, options)
    if options.stat:
        print(f"would write {result.summary}" if result.summary else "all BUILD files are up to date")
    elif options.diff:
        print(unified_diff(result.changes), end="")
    if looks:
        options.snapshot = snapshot
        if options.check and not (options.diff or options.stat):
            for change in sorted(result.changes):
                print(f"stale: {change.path}")
        return 1 if result.changes or failed else 0
    if result.refused:
        print(f'nothing is written: policy.unresolved = "error" in {FILE_NAME}', file=sys.stderr)
        return 1
    options.untouched = False
    written = write_files(snapshot.workspace.root, result.changes)
    for path in written:
        print(path)
    if not options.quiet and written:
        print(f"wrote {result.summary}", file=sys.stderr)
    if not written:
        options.snapshot = snapshot
    if not options.quiet and not written:
        print(f"{len(snapshot.universe.own)} packages, all BUILD files are up to date")
    if not snapshot.universe.own and not failed:
        print("there are no Go packages in this workspace", file=sys.stderr)
    return 1 if failed else 0


def _relative(text: str, options: argparse.Namespace) -> str:
    """The path of a directory argument relative to the root."""
    path = from_root(text, options)
    if path is None or not (options.start / text).is_dir():
        raise WorkspaceError(f"{text}: no directory of the workspace {options.root}")
    return path
