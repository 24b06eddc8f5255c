"""The command line: one file per command, and the parts that all of them share.

Comes in: arguments. Goes out: text and an exit code. Only this room prints. ``main`` first looks for a result
that is kept from an earlier run, and imports the rest only if there is none: ``command_line`` runs a command,
``common`` has the options of all commands, ``remembering`` what is kept.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from bazel_xc.cli import remembering


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command line, or repeats its result if nothing changed, and returns the exit code."""
    if "_ARGCOMPLETE" in os.environ:  # a shell completes a line
        from bazel_xc.cli.completion import answer  # noqa: PLC0415 - no other run needs it

        answer()
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    memory = remembering.Memory.of(arguments)
    repeated = memory.repeat() if memory else None
    if repeated is not None:
        return repeated
    from bazel_xc.cli import command_line  # noqa: PLC0415 - a repeated result needs nothing of it

    return command_line.run(arguments, memory)
