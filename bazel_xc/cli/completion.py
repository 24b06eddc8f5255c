"""``bazel-xc completion``: completion of commands, options and names of platforms in a shell.

Comes in: the name of a shell, or the line that a shell wants completed (argcomplete's protocol: the variable
``_ARGCOMPLETE`` is set). Goes out: the code for the shell's start-up file, or the possible words. No package
is listed and go is not run: only bazel_xc.toml is read.
"""

from __future__ import annotations

import argparse
import os
import shlex
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import argcomplete
from argcomplete.shell_integration import shellcode

from bazel_xc.cli.common import find_root, shared_options
from bazel_xc.commands.options import Options, configuration
from bazel_xc.errors import BazelXcError

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
    _add_platforms(parser)
    argcomplete.autocomplete(parser, always_complete_options="long")


def _words(line: str) -> list[str]:
    try:
        return shlex.split(line)
    except ValueError:  # an open quotation mark
        return line.split()


def _add_platforms(parser: argparse.ArgumentParser) -> None:
    """Lets ``--platform`` be completed by the configured names, in every command that is known whole."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for each in action.choices.values():
                _add_platforms(each)
        elif "--platform" in action.option_strings:
            action.completer = _platforms  # type: ignore[attr-defined]


def _platforms(**_: object) -> Iterable[str]:
    root = find_root(Path.cwd())
    try:
        return [each.name for each in configuration(Options(root=root or Path())).platforms]
    except BazelXcError:
        return []
