"""``bazel-xc generate``: writes BUILD files and the platforms package.

Comes in: arguments. Goes out: changed files, with their names on standard output. ``--check`` and ``--diff``
write nothing; they show the changes and exit with 1.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from attrs import evolve, frozen

from bazel_xc.cli.common import from_root, shared_options, show, writing_options
from bazel_xc.cli.progress import working
from bazel_xc.config import FILE_NAME, MODES
from bazel_xc.diff import unified_diff
from bazel_xc.errors import WorkspaceError
from bazel_xc.model import Progress, Result, Severity
from bazel_xc.scratch import remove_leftovers
from bazel_xc.write import write_files

if TYPE_CHECKING:
    from bazel_xc.cli.again import Again
    from bazel_xc.commands.generate import Generated
    from bazel_xc.commands.kept_plan import KeptPlan
    from bazel_xc.commands.snapshot import Snapshot


# What a whole run needs when go has listed the packages.
_LATER = ("bazel_xc.commands.generate",)
_LATER_FOR_C = ("bazel_xc.commands.c_side", "bazel_xc.commands.overrides")


def add_parser(commands: Any, summary: str) -> None:  # noqa: ANN401 - argparse's own type is private
    """Adds the command to the parser; ``summary`` is its line in the list of commands."""
    parser = commands.add_parser(
        "generate",
        parents=[shared_options()],
        help=summary,
        description="Writes BUILD files and the platforms package for the Go packages of a workspace.",
    )
    parser.add_argument(
        "directories", nargs="*", metavar="DIR", help="write only these directories and those below them"
    )
    parser.add_argument(
        "--check", action="store_true", help="write nothing, print the stale files, exit 1 if there are any"
    )
    parser.add_argument(
        "--diff", action="store_true", help="write nothing, print a unified diff, exit 1 if it is not empty"
    )
    parser.add_argument(
        "--stat",
        action="store_true",
        help="write nothing, print a summary of the changes, exit 1 if there are any",
    )
    parser.add_argument(
        "--mode",
        choices=MODES,
        help="cgo: change only cgo and platform attributes of rules, beside Gazelle; default: build.mode",
    )
    parser.set_defaults(run=run, untouched=True)


def run(options: argparse.Namespace) -> int:
    """Runs the command and returns its exit code."""
    looks = options.check or options.diff or options.stat
    start = time.monotonic()
    if not looks:
        remove_leftovers(options.root)  # before go finds them: "//go:embed all:*" includes dotted names
    with working(options) as at:
        made = _made_again(options) or _made(options, at)
    result = made.result
    failed = show(result.diagnostics, options)
    if options.stat:
        print(f"would write {result.summary}" if result.summary else "all BUILD files are up to date")
    elif options.diff:
        print(unified_diff(result.changes), end="")
    if looks:
        made.keep(options, left=bool(result.changes))
        if options.check and not (options.diff or options.stat):
            for change in sorted(result.changes):
                print(f"stale: {change.path}")
        return 1 if result.changes or failed else 0
    if result.refused:
        print(f'nothing is written: policy.unresolved = "error" in {FILE_NAME}', file=sys.stderr)
        return 1
    options.untouched = False
    with working(options) as at:
        at(f"writing {len(result.changes):,} files")
        written = write_files(options.root, result.changes)
    made.keep(options, written=written)
    for path in written:
        print(path)
    if not options.quiet and written:
        print(_wrote(result, time.monotonic() - start), file=sys.stderr)
    if not options.quiet and not written:
        packages = "1 package" if made.packages == 1 else f"{made.packages} packages"
        print(f"{packages}, all BUILD files are up to date")
    if not made.packages and not failed:
        print("there are no Go packages in this workspace", file=sys.stderr)
    return 1 if failed else 0


def _wrote(result: Result, seconds: float) -> str:
    """The last line. On a terminal it also has the numbers of new files and of messages, and the time."""
    if not sys.stderr.isatty():
        return f"wrote {result.summary}"
    changes = [each for each in result.changes if each.is_change]
    new = sum(each.old is None for each in changes)
    files = "1 file" if len(changes) == 1 else f"{len(changes):,} files"
    warnings = sum(each.severity is Severity.WARNING for each in result.diagnostics)
    said = f", {warnings} {'warning' if warnings == 1 else 'warnings'}" if warnings else ""
    rest = result.summary.partition(" file")[2].removeprefix("s")
    return f"wrote {files} ({new:,} new, {len(changes) - new:,} changed) in {seconds:.1f} s{said}{rest}"


@frozen(kw_only=True)
class _Made:
    """The result of a run, and what of it is kept for later runs."""

    result: Result
    packages: int
    snapshot: Snapshot | None = None
    plan: Callable[[], KeptPlan] | None = None
    again: Again | None = None

    def keep(self, options: argparse.Namespace, *, written: tuple[str, ...] = (), left: bool = False) -> None:
        """Leaves in the options what the memory keeps, if the run changed nothing."""
        if self.again:
            if not left:
                self.again.keep(written)
        elif not written:
            options.snapshot = self.snapshot
            options.plan = None if left else self.plan


def _made(options: argparse.Namespace, at: Progress) -> _Made:
    """The result of all stages."""
    from bazel_xc.commands.snapshot import take_snapshot  # noqa: PLC0415 - a few changed files need less
    from bazel_xc.golang.loading import Later  # noqa: PLC0415 - as above

    later = Later(always=_LATER, for_c=_LATER_FOR_C)
    snapshot = take_snapshot(writing_options(options), whole=False, later=later)
    from bazel_xc.commands.generate import generate  # noqa: PLC0415 - go is at work before this is there

    if options.mode:
        snapshot = evolve(snapshot, config=evolve(snapshot.config, mode=options.mode))
    at("planning rules")
    generated = generate(snapshot, tuple(_relative(text, options) for text in options.directories))
    whole = not (options.directories or options.verify_listing or generated.has_other_errors)
    return _Made(
        result=generated.result,
        packages=len(snapshot.universe.own),
        snapshot=snapshot,
        plan=partial(_kept_plan, snapshot, generated) if whole else None,
    )


def _kept_plan(snapshot: Snapshot, generated: Generated) -> KeptPlan:
    from bazel_xc.commands.kept_plan import kept_plan  # noqa: PLC0415 - only runs that keep something need it

    return kept_plan(snapshot, generated)


def _made_again(options: argparse.Namespace) -> _Made | None:
    """The result for the directories of a few changed files, None if a whole run has to answer."""
    again = options.memory.again(str(options.root)) if getattr(options, "memory", None) else None
    return _Made(result=again.result, packages=again.plan.packages, again=again) if again else None


def _relative(text: str, options: argparse.Namespace) -> str:
    """The path of a directory argument relative to the root."""
    path = from_root(text, options)
    if path is None or not (options.start / text).is_dir():
        raise WorkspaceError(f"{text}: not a directory of the workspace {options.root}")
    return path
