"""``bazel-xc cache``: shows what is kept between runs, or removes it.

Comes in: arguments. Goes out: one line with place and size. Files that bazel-xc did not write are left alone.
"""

from __future__ import annotations

import argparse
import os
from typing import Any

from bazel_xc.cli.common import shared_options
from bazel_xc.memory import store


def add_parser(commands: Any, summary: str) -> None:  # noqa: ANN401 - argparse's own type is private
    """Adds the command to the parser; ``summary`` is its line in the list of commands."""
    parser = commands.add_parser(
        "cache",
        parents=[shared_options()],
        help=summary,
        description="Shows where results are kept between runs and how large they are, or removes them.",
    )
    parser.add_argument(
        "action",
        nargs="?",
        choices=("show", "clear"),
        default="show",
        help="default: show, the directory and its size",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Runs the command and returns its exit code."""
    folder = options.cache_dir or store.default_folder(os.environ)
    if not folder:
        print("nothing is kept: no cache directory is known; name one with --cache-dir or BAZEL_XC_CACHE")
        return 0
    verb, (count, size) = "", (0, 0)
    if options.action == "clear":
        verb, (count, size) = "removed ", store.clear(folder)
    else:
        count, size = store.size(folder)
    print(f"{verb}{count} {'file' if count == 1 else 'files'}, {size / 2**20:.1f} MB in {folder}")
    return 0
