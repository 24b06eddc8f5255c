"""``bazel-xc fingerprint``: a key for caches, from tools, settings and go.sum.

Comes in: arguments. Goes out: the key on standard output, with its parts if asked; exit code 1 if
``--compare`` finds a difference.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from bazel_xc.artifact.fingerprint import Fingerprint, changes, fingerprint
from bazel_xc.cli.common import run_options, shared_options
from bazel_xc.cli.files import text_of
from bazel_xc.cli.progress import working
from bazel_xc.commands.doctor import surroundings
from bazel_xc.report.plain import plain


def add_parser(commands: Any, summary: str) -> None:  # noqa: ANN401 - argparse's own type is private
    """Adds the command to the parser; ``summary`` is its line in the list of commands."""
    parser = commands.add_parser(
        "fingerprint",
        parents=[shared_options()],
        help=summary,
        description="Prints a key over target, tools, environment and go.sum, for the caches of CI.",
    )
    parser.add_argument("--explain", action="store_true", help="also print every part of the key")
    parser.add_argument("--format", choices=("json", "text"), default="text", help="default: text")
    parser.add_argument(
        "--compare",
        type=Path,
        metavar="FILE",
        help="show the parts that differ from a key saved with --format json; exit 1 if any does",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Runs the command and returns its exit code."""
    old = _saved(options.compare) if options.compare else None
    with working(options) as at:
        at("asking go and the C compilers")
        found = fingerprint(surroundings(run_options(options)))
    if options.format == "json":
        print(found.to_text(), end="")
    else:
        _show(found, explain=options.explain)
    changed = changes(old, found) if old else ()
    if options.format == "text":
        for each in changed:
            print(plain(f"{each.name}: was {each.old or 'missing'}, is {each.new or 'missing'}"))
    return 1 if changed else 0


def _show(found: Fingerprint, *, explain: bool) -> None:
    print(found.key)
    if explain:
        width = max(len(name) for name, _ in found.parts)
        for name, value in found.parts:
            print(plain(f"  {name:<{width}}  {value}"))


def _saved(path: Path) -> Fingerprint:
    return Fingerprint.from_text(text_of(path, "make it with --format json"), str(path))
