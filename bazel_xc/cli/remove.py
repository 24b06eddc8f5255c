"""``bazel-xc remove``: takes everything that bazel-xc owns out of a workspace.

Comes in: arguments. Goes out: changed and deleted files, with their names on standard output. ``--dry-run``
and ``--diff`` write nothing.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import Any

from bazel_xc.cli.common import shared_options, show, writing_options
from bazel_xc.commands.remove import remove
from bazel_xc.diff import unified_diff
from bazel_xc.write import write_files


def add_parser(commands: Any, summary: str) -> None:  # noqa: ANN401 - argparse's own type is private
    """Adds the command to the parser; ``summary`` is its line in the list of commands."""
    parser = commands.add_parser(
        "remove",
        parents=[shared_options()],
        help=summary,
        description="Takes out of a workspace everything that bazel-xc owns: marked rules and attributes, "
        "the platforms package, overrides of modules, and its configuration. Go rules stay.",
    )
    parser.add_argument("--dry-run", action="store_true", help="write nothing; print the files")
    parser.add_argument("--diff", action="store_true", help="write nothing; print a unified diff")
    parser.set_defaults(run=run, untouched=True)


def run(options: argparse.Namespace) -> int:
    """Runs the command and returns its exit code."""
    result = remove(writing_options(options))
    failed = show(result.diagnostics, options)
    if options.diff:
        print(unified_diff(result.changes), end="")
        return 1 if failed else 0
    if not options.dry_run:
        options.untouched = False
        write_files(options.root, result.changes)
        _remove_empty(options.root, (each.path for each in result.changes if each.new is None))
    words = ("would delete", "would change") if options.dry_run else ("deleted", "changed")
    for each in result.changes:
        print(f"{words[each.new is not None]} {each.path}")
    if not result.changes:
        print("there is nothing of bazel-xc here")
    for line in result.advice:
        print(line)
    return 1 if failed else 0


def _remove_empty(root: Path, deleted: Iterable[str]) -> None:
    """Removes the directories of deleted files that are empty now, upward but not beyond the root."""
    for path in deleted:
        for parent in PurePosixPath(path).parents:
            if parent == PurePosixPath():
                break
            try:
                (root / parent).rmdir()
            except OSError:  # it has other files, or is gone already
                break
