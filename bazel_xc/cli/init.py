"""``bazel-xc init``: writes the first files of a workspace, and overwrites nothing.

Comes in: arguments. Goes out: a commented bazel_xc.toml, the platforms package, and the lines that
MODULE.bazel or WORKSPACE and .bazelrc need.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from typing import Any

from bazel_xc.bazel.cc_toolchains import cc_toolchains
from bazel_xc.cli.common import shared_options, show, writing_options
from bazel_xc.cli.progress import working
from bazel_xc.commands.init import initialise
from bazel_xc.errors import BazelXcError
from bazel_xc.model import FileChange, Severity
from bazel_xc.write import write_files

_BY_HAND = "bazel-xc modules && bazel-xc generate"


def add_parser(commands: Any, summary: str) -> None:  # noqa: ANN401 - argparse's own type is private
    """Adds the command to the parser; ``summary`` is its line in the list of commands."""
    parser = commands.add_parser(
        "init",
        parents=[shared_options()],
        help=summary,
        description="Writes the first files of a workspace. Never prompts, and overwrites nothing.",
    )
    parser.add_argument(
        "--toolchain",
        choices=sorted(cc_toolchains()),
        help="also add this C toolchain, for the platforms with cgo on",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Runs the command and returns its exit code."""
    result = initialise(writing_options(options), options.toolchain)
    failed = show(result.diagnostics, options)
    write_files(options.root, result.changes)
    print(_summary(result.changes))
    is_new = any(each.path == "MODULE.bazel" and each.old is None for each in result.changes)
    step = _bring_in_modules(options) if is_new else _BY_HAND
    for line in result.advice:
        print(line)
    if result.changes:
        print(f"next: {step}")
    return 1 if failed else 0


def _bring_in_modules(options: argparse.Namespace) -> str:
    """Adds the Go modules of go.mod to a new MODULE.bazel; returns the command to run next.

    ``bazel-xc modules`` is next if go is missing or refuses go.mod, or if there are warnings to read.
    """
    from bazel_xc.commands.modules import keep_modules  # noqa: PLC0415 - most runs need no listing
    from bazel_xc.commands.snapshot import take_snapshot  # noqa: PLC0415

    try:
        with working(options):
            result = keep_modules(take_snapshot(writing_options(options)))
    except BazelXcError:
        return _BY_HAND
    if any(each.severity is Severity.ERROR for each in result.diagnostics):
        return _BY_HAND
    if result.changes:
        write_files(options.root, result.changes)
        print(f"{_summary(result.changes)}, for the modules of go.mod")
    warned = any(each.severity is Severity.WARNING for each in result.diagnostics)
    return _BY_HAND if warned else "bazel-xc generate"


def _summary(changes: Iterable[FileChange]) -> str:
    """The written files, in one line."""
    changes = sorted(changes)
    created = ", ".join(each.path for each in changes if each.old is None)
    grown = [_grown(each) for each in changes if each.old is not None]
    parts = [f"created {created}"] if created else []
    return "; ".join([*parts, *grown]) or "everything is there already"


def _grown(change: FileChange) -> str:
    count = len(change.text.splitlines()) - len((change.old or b"").splitlines())
    if count < 1:
        return f"changed {change.path}"
    return f"added {count} {'line' if count == 1 else 'lines'} to {change.path}"
