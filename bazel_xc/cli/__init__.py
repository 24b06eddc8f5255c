"""The command line: one file per command, and what all of them share.

Comes in: arguments. Goes out: text and an exit code: 0 fine, 1 differences found or errors reported, 2 the
run could not be done. The only code of bazel-xc that prints. An exception of ``errors`` becomes one line on
standard error here and nowhere else.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from importlib import import_module

from bazel_xc import __version__
from bazel_xc.cli.common import locate
from bazel_xc.errors import BazelXcError, InterruptedRunError

COMMANDS = tuple("init generate report why compare modules doctor verify scan-log matrix fingerprint".split())


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command line; gives the exit code."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    options = _parser(arguments).parse_args(arguments)
    try:
        locate(options)
        code: int = options.run(options)
        sys.stdout.flush()
    except InterruptedRunError as e:
        print(f"bazel-xc: {e}", file=sys.stderr)
        return 128 + e.number
    except BazelXcError as e:
        for line in str(e).split("\n"):
            print(f"bazel-xc: {line}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        changed = "; no file was changed" if getattr(options, "untouched", False) else ""
        print(f"bazel-xc: interrupted{changed}", file=sys.stderr)
        return 128 + signal.SIGINT
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code


def _parser(arguments: Sequence[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="bazel-xc",
        description="BUILD files, platforms and dependency reports for Go with cgo under Bazel.",
    )
    parser.add_argument("--version", action="version", version=f"bazel-xc {__version__}")
    commands = parser.add_subparsers(required=True, dest="command", metavar="COMMAND")
    # Only what runs is loaded: the others would cost generate a tenth of a second.
    chosen = arguments[:1] if arguments and arguments[0] in COMMANDS else COMMANDS
    for name in chosen:
        import_module(f"bazel_xc.cli.{name.replace('-', '_')}").add_parser(commands)
    return parser
