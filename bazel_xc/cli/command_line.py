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
from bazel_xc.cli import interpreter, remembering
from bazel_xc.cli.parsing import HelpWithExamples, Parser, epilog
from bazel_xc.errors import BazelXcError, InterruptedRunError

COMMANDS: Mapping[str, str] = MappingProxyType(
    {
        "init": "write bazel_xc.toml, the platforms package, and lines for MODULE.bazel and .bazelrc",
        "generate": "write BUILD files and the platforms package",
        "report": "report which targets need C, and why",
        "why": "explain why a package or target needs C",
        "compare": "compare the use of C in two revisions",
        "modules": "update MODULE.bazel or the WORKSPACE macro from go.mod",
        "doctor": "check go, Bazel and the C compilers of this machine",
        "verify": "check built binaries against their platform",
        "scan-log": "find known failures in a build log",
        "matrix": "write the CI matrix of targets and platforms",
        "fingerprint": "print a key for CI caches",
        "remove": "remove everything that bazel-xc owns, at the end of a trial",
        "cache": "show or clear the results that are kept between runs",
        "completion": "print the code that completes commands in a shell",
    }
)
"""Each command with one line about it."""

EXAMPLES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "init": (
            "bazel-xc init                                        # in a Go module, with Bazel or without",
            "bazel-xc init --toolchain hermetic_cc_toolchain      # also a C toolchain that Bazel downloads",
        ),
        "generate": (
            "bazel-xc generate                   # all BUILD files",
            "bazel-xc generate cmd/... --diff    # show the changes below a directory, write nothing",
            "bazel-xc generate --check           # in CI: exit code 1 and a diff if a file is stale",
        ),
        "report": (
            "bazel-xc report                                    # a summary",
            "bazel-xc report --target cmd/server --all          # everything about one target",
            "bazel-xc report -o cgo.html -o cgo.sarif           # several files from one run",
        ),
        "why": (
            "bazel-xc why //cmd/server                          # a target",
            "bazel-xc why ./store --platform linux_arm64        # a package, on one platform",
        ),
        "compare": (
            "bazel-xc compare origin/main                       # what the branch changes",
            "bazel-xc compare old.json new.json                 # two saved reports",
            "bazel-xc compare origin/main --fail-on worse-verdict",
        ),
        "modules": (
            "bazel-xc modules                    # after each change of go.mod",
            "bazel-xc modules --check            # in CI",
        ),
        "doctor": ("bazel-xc doctor                     # before the first build, and when one fails",),
        "verify": (
            "bazel-xc verify app --platform linux_arm64         # header, libraries, build settings",
            "bazel-xc verify app --platform linux_arm64 --run   # also under QEMU",
        ),
        "scan-log": (
            "bazel-xc scan-log build.log",
            "bazel build //... 2>&1 | bazel-xc scan-log -",
        ),
        "matrix": ("bazel-xc matrix --format github     # targets and platforms that can be built",),
        "fingerprint": ("bazel-xc fingerprint --explain      # a key for caches, with its parts",),
        "remove": (
            "bazel-xc remove --dry-run           # the files that it would change or delete",
            "bazel-xc remove",
        ),
        "cache": (
            "bazel-xc cache                      # where results are kept, and their size",
            "bazel-xc cache clear",
        ),
        "completion": ('bazel-xc completion bash         # ~/.bashrc: eval "$(bazel-xc completion bash)"',),
    }
)
"""Command lines for the help of each command."""


def run(arguments: Sequence[str], memory: remembering.Memory | None = None) -> int:
    """Runs a command line and returns the exit code. A result that can be repeated goes to ``memory``."""
    options = argparse.Namespace(verbose=False)
    try:
        options = _parsed(arguments)
        from bazel_xc.cli.common import locate  # noqa: PLC0415 - --help and --version need no classes

        if broken := interpreter.problem():
            return _said(broken, 2)
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
        return parser_for(arguments).parse_args(arguments)
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


def parser_for(arguments: Sequence[str]) -> argparse.ArgumentParser:
    """The parser, with the options of the command that is in the arguments."""
    parser = Parser(
        prog="bazel-xc",
        description="BUILD files, platforms and dependency reports for Go with cgo under Bazel.",
        epilog=epilog(("bazel-xc init && bazel-xc modules && bazel-xc generate", "bazel-xc COMMAND --help")),
        formatter_class=HelpWithExamples,
    )
    parser.add_argument("--version", action="version", version=f"bazel-xc {__version__}")
    commands = parser.add_subparsers(required=True, dest="command", metavar="COMMAND")
    # Only the command that runs is imported: all of them take a tenth of a second.
    chosen = next((each for each in arguments if each in COMMANDS), "")
    for name, summary in COMMANDS.items():
        if name == chosen:
            import_module(f"bazel_xc.cli.{name.replace('-', '_')}").add_parser(commands, summary)
            commands.choices[name].epilog = epilog(EXAMPLES[name])
            commands.choices[name].formatter_class = HelpWithExamples
        else:
            commands.add_parser(name, help=summary)
    return parser
