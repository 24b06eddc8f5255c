"""``bazel-xc doctor``: checks whether this machine can build for the configured platforms.

Comes in: arguments. Goes out: checks by subject on standard output, exit code 1 if one is a failure.
"""

from __future__ import annotations

import argparse
import json
from typing import Any

from bazel_xc.artifact.check import failed
from bazel_xc.artifact.doctor import examine
from bazel_xc.cli.checks import as_json, show_checks
from bazel_xc.cli.common import run_options, shared_options
from bazel_xc.cli.progress import working
from bazel_xc.commands.doctor import surroundings

SCHEMA = 1


def add_parser(commands: Any, summary: str) -> None:  # noqa: ANN401 - argparse's own type is private
    """Adds the command to the parser; ``summary`` is its line in the list of commands."""
    parser = commands.add_parser(
        "doctor",
        parents=[shared_options()],
        help=summary,
        description="Checks go, bazel, C compilers and emulators against the configured platforms.",
    )
    parser.add_argument("--format", choices=("json", "text"), default="text", help="default: text")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Runs the command and returns its exit code."""
    with working(options) as at:
        at("looking for go")
        found = examine(surroundings(run_options(options)), at)
    bad = any(failed(checks) for checks in found.values())
    if options.format == "json":
        subjects = [
            {"name": name, "checks": [as_json(each) for each in checks]} for name, checks in found.items()
        ]
        print(json.dumps({"schema": SCHEMA, "failed": bad, "subjects": subjects}, indent=2))
    else:
        show_checks(found, options)
    return 1 if bad else 0
