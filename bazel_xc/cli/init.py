"""``bazel-xc init``: the first files of a workspace, overwriting nothing.

Comes in: arguments. Goes out: a commented bazel_xc.toml, the platforms package, and the lines that
MODULE.bazel or WORKSPACE and .bazelrc want.
"""

from __future__ import annotations

import argparse
from typing import Any

from bazel_xc.bazel.cc_toolchains import cc_toolchains
from bazel_xc.cli.common import pipeline_options, shared_options, show
from bazel_xc.pipeline.planning import initialise
from bazel_xc.write import write_files


def add_parser(commands: Any) -> None:  # noqa: ANN401 - argparse's own type is private
    """Adds the command to the parser."""
    parser = commands.add_parser(
        "init",
        parents=[shared_options()],
        help="write bazel_xc.toml, the platforms package and the lines that Bazel's own files want",
        description="Writes the first files of a workspace. Asks nothing and overwrites nothing.",
    )
    parser.add_argument(
        "--toolchain",
        choices=sorted(cc_toolchains()),
        help="also bring in this C toolchain, for the platforms that have cgo on",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Runs the command; gives its exit code."""
    result = initialise(pipeline_options(options), options.toolchain)
    failed = show(result.diagnostics, options)
    for path in write_files(options.root, result.changes):
        print(path)
    if not result.changes:
        print("everything is there already")
    for line in result.advice:
        print(line)
    return 1 if failed else 0
