"""Runs one command: from its arguments to its exit code.

Comes in: arguments. Goes out: text and an exit code: 0 is success, 1 differences or errors that are reported,
2 a run that failed. Here, and nowhere else, an exception of ``errors`` becomes one line on standard error. So
does an unexpected one; ``-v`` then shows the traceback. Only the module of the chosen command is imported.
"""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from types import MappingProxyType

from bazel_xc import __version__
from bazel_xc.cli import remembering
from bazel_xc.errors import BazelXcError, InterruptedRunError

COMMANDS: Mapping[str, str] = MappingProxyType(
    {
        "init": "write bazel_xc.toml, the platforms package and the lines that Bazel's own files need",
        "generate": "write BUILD files and the platforms package",
        "report": "say which targets need C, and why",
        "why": "say why a package or target needs C",
        "compare": "say what changed in the use of C",
        "modules": "keep MODULE.bazel or the WORKSPACE macro in step with go.mod",
        "doctor": "check go, bazel and C compilers",
        "verify": "check built binaries",
        "scan-log": "find known failures in a build log",
        "matrix": "write the CI matrix of targets and platforms",
        "fingerprint": "print a stable key for build caches",
        "cache": "show or clear what is kept between runs",
    }
)
"""Each command with one line about it."""


def run(arguments: Sequence[str], memory: remembering.Memory | None = None) -> int:
    """Runs a command line and returns the exit code. A result that can be repeated goes to ``memory``."""
    options = argparse.Namespace(verbose=False)
    try:
        options = _parsed(arguments)
        from bazel_xc.cli.common import locate  # noqa: PLC0415 - --help and --version need no classes

        locate(options)
        code = remembering.run(options, memory) if memory else int(options.run(options))
        sys.stdout.flush()
    except InterruptedRunError as e:
        return _said(str(e), 128 + e.number)
    except BazelXcError as e:
        return _said(str(e), 2)
    except KeyboardInterrupt:
        changed = "; no file was changed" if getattr(options, "untouched", False) else ""
        return _said(f"interrupted{changed}", 128 + signal.SIGINT)
    except (OSError, ValueError, RecursionError, MemoryError) as e:
        if options.verbose:
            import traceback  # noqa: PLC0415 - few runs need it

            traceback.print_exc()
        return _said(_unforeseen(e), 2)
    return code


def _parsed(arguments: Sequence[str]) -> argparse.Namespace:
    arguments = _command_first(arguments)
    try:
        return _parser(arguments).parse_args(arguments)
    finally:
        sys.stdout.flush()  # of --help, which ends the run


def _command_first(arguments: Sequence[str]) -> Sequence[str]:
    """Turns ``-C DIR COMMAND`` into ``COMMAND -C DIR``: git and make take the directory first."""
    rest, moved = list(arguments), list[str]()
    while rest and rest[0].startswith(("-C", "--root")):
        count = 2 if rest[0] in ("-C", "--root") else 1
        moved += rest[:count]
        rest = rest[count:]
    return [*rest[:1], *moved, *rest[1:]] if rest[:1] and rest[0] in COMMANDS else arguments


def _said(text: str, code: int) -> int:
    with suppress(OSError):
        for line in text.split("\n"):
            print(f"bazel-xc: {line}", file=sys.stderr)
    return code


def _unforeseen(error: Exception) -> str:
    """The line for an exception that no command expects."""
    match error:
        case OSError(filename=str(place), strerror=str(reason)):
            return f"{place}: {reason}"
        case OSError(strerror=str(reason)):
            return f"{reason}; -v shows where"
        case RecursionError():
            return "something is nested too deeply; -v shows where, please report it"
        case MemoryError():
            return "out of memory"
    line = str(error).partition("\n")[0]
    return f"{type(error).__name__}: {line}; -v shows where, please report it"


def _parser(arguments: Sequence[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="bazel-xc",
        description="BUILD files, platforms and dependency reports for Go with cgo under Bazel.",
    )
    parser.add_argument("--version", action="version", version=f"bazel-xc {__version__}")
    commands = parser.add_subparsers(required=True, dest="command", metavar="COMMAND")
    # Only the command that runs is imported: all of them take a tenth of a second.
    chosen = next((each for each in arguments if each in COMMANDS), "")
    for name, summary in COMMANDS.items():
        if name == chosen:
            import_module(f"bazel_xc.cli.{name.replace('-', '_')}").add_parser(commands, summary)
        else:
            commands.add_parser(name, help=summary)
    return parser
