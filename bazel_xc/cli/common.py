"""The options that all commands share, the root of the workspace, and how diagnostics are shown.

Comes in: parsed arguments, diagnostics. Goes out: ``Options``, lines on standard error, and whether there was
an error. It reads nothing of the workspace except names of files.
"""

from __future__ import annotations

import argparse
import os
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from importlib import import_module
from pathlib import Path

from attrs import evolve

from bazel_xc.cli.terminal import has_colors
from bazel_xc.commands.options import Options, configuration
from bazel_xc.config import FILE_NAME
from bazel_xc.errors import ConfigError, WorkspaceError
from bazel_xc.model import WORKSPACE_NAMES, Diagnostic, Severity, silent

_COLORS = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.NOTE: "36"}
_SHOWN_PER_CODE = 20
_OF_BAZEL = ("MODULE.bazel", *WORKSPACE_NAMES, "REPO.bazel", FILE_NAME)
# Commands that need no workspace, or make one.
_ANYWHERE = frozenset({"cache", "completion", "init", "scan-log", "verify"})


def shared_options() -> argparse.ArgumentParser:
    """The parent parser of every command."""
    parser = argparse.ArgumentParser(add_help=False)
    group = parser.add_argument_group("common options")
    group.add_argument(
        "-C",
        "--root",
        type=Path,
        metavar="DIR",
        help="the workspace root; default: this directory, or the nearest parent that is a root",
    )
    group.add_argument(
        "--config", type=Path, metavar="FILE", help="the configuration; default: bazel_xc.toml in the root"
    )
    platform = group.add_argument(
        "--platform",
        action="append",
        default=[],
        metavar="NAME",
        help="show only this configured platform; repeatable; commands that write BUILD files refuse it",
    )
    platform.completer = _configured  # type: ignore[attr-defined] # argcomplete asks it for the words
    group.add_argument(
        "--cache-dir",
        metavar="DIR",
        help="where results are kept between runs; default: BAZEL_XC_CACHE, or"
        " bazel-xc in your cache directory",
    )
    group.add_argument("--no-cache", action="store_true", help="neither use nor keep results of runs")
    group.add_argument(
        "--verify-listing",
        action="store_true",
        help="let go list every platform, and fail if its answer differs from the sources",
    )
    group.add_argument(
        "-v",
        "--verbose",
        action="store_true",
        help="also show notes, and every diagnostic instead of the first twenty of a kind",
    )
    group.add_argument("-q", "--quiet", action="store_true", help="show only errors and unknown facts")
    group.add_argument(
        "--color", choices=("auto", "always", "never"), default="auto",
        help="when to use colours; default: auto, on a terminal",
    )  # fmt: skip
    return parser


def _configured(**_: object) -> Iterable[str]:
    """The names of the configured platforms, for a shell; none if the configuration has mistakes."""
    root = find_root(Path.cwd())
    try:
        return [each.name for each in configuration(Options(root=root or Path())).platforms]
    except ConfigError:
        return []


def incomplete_option() -> argparse.ArgumentParser:
    """The parent parser of commands that fail if something is unknown."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument(
        "--allow-incomplete",
        action="store_true",
        help="only warn about unknown parts, such as modules that are not downloaded",
    )
    return parser


def renderer(place: str) -> Callable[..., str]:
    """The function at ``module:name``. Only the module of the chosen format is imported."""
    module, _, name = place.partition(":")
    found: Callable[..., str] = getattr(import_module(module), name)
    return found


def weighed(found: Iterable[Diagnostic], options: argparse.Namespace) -> tuple[Diagnostic, ...]:
    """The diagnostics; unknown parts are errors, or warnings with ``--allow-incomplete``."""
    unknown = Severity.WARNING if options.allow_incomplete else Severity.ERROR
    return tuple(evolve(each, severity=unknown) if each.is_unknown else each for each in found)


def locate(options: argparse.Namespace) -> None:
    """Sets ``root``, unless ``-C`` did, and ``start``, the directory that arguments are relative to.

    Raises ``WorkspaceError`` if the command needs a workspace and no parent directory is one.
    """
    options.start = options.root or Path()
    if options.root:
        return
    found = None if options.command == "init" else find_root(Path.cwd())
    if found is None and _needs_workspace(options):
        raise WorkspaceError(
            "no go.mod, go.work, MODULE.bazel or WORKSPACE here or in any parent directory;"
            " cd into a Go module or use -C DIR"
        )
    options.root = Path(os.path.relpath(found)) if found else Path()


def find_root(start: Path) -> Path | None:
    """The workspace that contains a directory: the nearest one of Bazel, else the nearest one of go."""
    upward = (start, *start.parents)
    for names in (_OF_BAZEL, ("go.work",), ("go.mod",)):
        for directory in upward:
            if any((directory / name).is_file() for name in names):
                return directory
    return None


def from_root(text: str, options: argparse.Namespace) -> str | None:
    """The path of an argument relative to the root; empty for the root, None outside it."""
    root, path = options.root.resolve(), (options.start / text).resolve()
    if not path.is_relative_to(root):
        return None
    relative = path.relative_to(root).as_posix()
    return "" if relative == "." else relative


def _needs_workspace(options: argparse.Namespace) -> bool:
    if getattr(options, "saved", None):
        return False
    if options.command == "compare":
        return not all((name or "").endswith(".json") for name in (options.base, options.head))
    return options.command not in _ANYWHERE


def writing_options(options: argparse.Namespace) -> Options:
    """The options of a command that writes for every platform. Raises ``ConfigError`` for ``--platform``."""
    if options.platform:
        raise ConfigError(
            f"--platform: {options.command} writes for all platforms at once; choose them in {FILE_NAME}"
        )
    return run_options(options)


def run_options(options: argparse.Namespace) -> Options:
    """The options in the arguments. Raises ``ConfigError`` for an invalid time limit."""
    text = os.environ.get("BAZEL_XC_TIMEOUT", "")
    with suppress(ValueError):  # other texts are refused where the limit is used
        if text and not 0 < float(text) <= threading.TIMEOUT_MAX:
            raise ConfigError(f"BAZEL_XC_TIMEOUT: {text!r} is not a number of seconds that a run could wait")
    return Options(
        root=options.root,
        config_file=options.config,
        platforms=tuple(options.platform),
        verify_listing=options.verify_listing,
        facts=getattr(options, "facts", None),
        progress=getattr(options, "progress", silent),
    )


def show(diagnostics: Iterable[Diagnostic], options: argparse.Namespace) -> bool:
    """Prints diagnostics to standard error; returns whether there is an error among them."""
    found = sorted(diagnostics)
    color = has_colors(options, sys.stderr)
    counts: Counter[str] = Counter()
    pastes: dict[str, None] = {}
    for each in found:
        if each.severity is Severity.NOTE and not options.verbose:
            continue
        if each.severity is not Severity.ERROR and options.quiet and not each.is_unknown:
            continue
        counts[each.code] += 1
        if counts[each.code] <= _SHOWN_PER_CODE or options.verbose:
            print(_line(each, color), file=sys.stderr)
            pastes[each.paste] = None
    for code, count in sorted(counts.items()):
        if count > _SHOWN_PER_CODE and not options.verbose:
            print(f"… and {count - _SHOWN_PER_CODE} more of kind {code!r}; -v shows all", file=sys.stderr)
    lines = [text for text in pastes if text]
    if lines:
        print(f"lines for {FILE_NAME}, if these labels are right:", *lines, sep="\n\n", file=sys.stderr)
    return any(each.severity is Severity.ERROR for each in found)


def _line(each: Diagnostic, color: bool) -> str:
    text = str(each)
    if color:
        word = f"{each.severity}:"
        text = text.replace(word, f"\033[{_COLORS[each.severity]}m{word}\033[0m", 1)
    return text
