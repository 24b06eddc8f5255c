"""``bazel-xc completion``: completion of commands, options and names of platforms in a shell.

Comes in: the name of a shell, or the line that a shell wants completed (argcomplete's protocol: the variable
``_ARGCOMPLETE`` is set). Goes out: the code for the shell's start-up file, or the possible words. No package
is listed and go is not run: only bazel_xc.toml is read, by the completer of ``--platform`` in ``common``.
"""

from __future__ import annotations

import argparse
import os
import shlex
from typing import Any

import argcomplete
from argcomplete.shell_integration import shellcode

from bazel_xc.cli.common import shared_options

_SHELLS = ("bash", "fish", "zsh")


def add_parser(commands: Any, summary: str) -> None:  # noqa: ANN401 - argparse's own type is private
    """Adds the command to the parser; ``summary`` is its line in the list of commands."""
    parser = commands.add_parser(
        "completion",
        parents=[shared_options()],
        help=summary,
        description="Prints the code with which a shell completes commands, options and names of platforms.",
    )
    parser.add_argument("shell", choices=_SHELLS, metavar="SHELL", help="bash, fish or zsh")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Prints the code for a shell."""
    print(shellcode(["bazel-xc"], shell=options.shell))
    return 0


def answer() -> None:
    """Answers a shell that wants a line completed, and ends the process."""
    from bazel_xc.cli.command_line import parser_for  # noqa: PLC0415 - imports this module for its command

    parser = parser_for(_words(os.environ.get("COMP_LINE", "")))
    argcomplete.autocomplete(parser, always_complete_options="long")


def _words(line: str) -> list[str]:
    try:
        return shlex.split(line)
    except ValueError:  # an open quotation mark
        return line.split()
