"""``bazel-xc modules``: keeps MODULE.bazel or the WORKSPACE macro in step with go.mod.

Comes in: arguments. Goes out: changed files, with their names on standard output. ``--check`` and ``--diff``
write nothing; they show the changes and exit with 1.
"""

from __future__ import annotations

import argparse
from typing import Any

from bazel_xc.cli.common import shared_options, show, writing_options
from bazel_xc.cli.progress import working
from bazel_xc.commands.modules import keep_modules
from bazel_xc.commands.snapshot import Snapshot, take_snapshot
from bazel_xc.diff import unified_diff
from bazel_xc.model import Result, Severity
from bazel_xc.write import write_files


def add_parser(commands: Any, summary: str) -> None:  # noqa: ANN401 - argparse's own type is private
    """Adds the command to the parser; ``summary`` is its line in the list of commands."""
    parser = commands.add_parser(
        "modules",
        parents=[shared_options()],
        help=summary,
        description="Updates use_repo of MODULE.bazel, or the macro of a WORKSPACE, from go.mod, and "
        "writes the overrides that make third-party cgo modules build.",
    )
    parser.add_argument(
        "--check", action="store_true", help="write nothing, print the stale files, exit 1 if there are any"
    )
    parser.add_argument(
        "--diff", action="store_true", help="write nothing, print a unified diff, exit 1 if it is not empty"
    )
    parser.set_defaults(run=run, untouched=True)


def run(options: argparse.Namespace) -> int:
    """Runs the command and returns its exit code."""
    with working(options) as at:
        snapshot = take_snapshot(writing_options(options))
        at("looking for C libraries of modules")
        result = keep_modules(snapshot)
    failed = show(result.diagnostics, options)
    if options.diff:
        print(unified_diff(result.changes), end="")
    if options.check or options.diff:
        if options.check and not options.diff:
            for change in result.changes:
                print(f"stale: {change.path}")
        return 1 if result.changes or failed else 0
    options.untouched = False
    written = write_files(snapshot.workspace.root, result.changes)
    for path in written:
        print(path)
    if not options.quiet:
        if not written:
            print(_nothing_to_do(snapshot, result))
        for line in result.advice:
            print(line)
    return 1 if failed else 0


def _nothing_to_do(snapshot: Snapshot, result: Result) -> str:
    """The line of a run that wrote nothing."""
    count = "1 module" if len(snapshot.modules) == 1 else f"{len(snapshot.modules)} modules"
    if any(each.severity is not Severity.NOTE for each in result.diagnostics):
        return f"go.mod: {count}, nothing to write; see the messages"
    bzlmod = snapshot.repositories.bzlmod
    if snapshot.config.external == "vendored":
        return f"go.mod: {count}, vendored: nothing to do for {'MODULE.bazel' if bzlmod else 'WORKSPACE'}"
    return f"go.mod: {count}, {'use_repo is' if bzlmod else 'the WORKSPACE macro is'} up to date"
