"""Shows checks: aligned lines, wrapped and coloured on a terminal, or JSON for programs.

Comes in: checks by title. Goes out: text on standard output. Control characters in the output of tools and in
names of files are escaped.
"""

from __future__ import annotations

import argparse
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from attrs import asdict

from bazel_xc.artifact.check import Check, CheckStatus
from bazel_xc.cli.terminal import columns, has_colors
from bazel_xc.report.plain import plain

_COLORS = {CheckStatus.OK: "32", CheckStatus.INFO: "2", CheckStatus.WARNING: "33", CheckStatus.FAILURE: "31"}
_BOLD = "1"
_NARROWEST = 20  # columns for text; with fewer lines are not wrapped
_QUIET = frozenset({CheckStatus.FAILURE})


def show_checks(groups: Mapping[str, Iterable[Check]], options: argparse.Namespace) -> None:
    """Prints the checks of each title; ``-q`` shows only failures, ``-v`` also commands."""
    shown = {
        title: [each for each in checks if not options.quiet or each.status in _QUIET]
        for title, checks in groups.items()
    }
    width = columns(sys.stdout)
    style = _style if has_colors(options, sys.stdout) else _plain_text
    blocks = [
        "\n".join([style(plain(title), _BOLD), *_rows(checks, options, style, width)])
        for title, checks in shown.items()
        if checks
    ]
    if blocks:
        print("\n\n".join(blocks))


def as_json(check: Check) -> dict[str, Any]:
    """A check as a JSON object."""
    return asdict(check)


def _rows(
    checks: list[Check], options: argparse.Namespace, style: Callable[[str, str], str], width: int
) -> Iterator[str]:
    """The lines of one title; long lines are wrapped under their column on a terminal."""
    names = max(len(plain(each.name)) for each in checks)
    indent = 2 + 7 + 2 + names + 2
    room = width - indent if width > indent + _NARROWEST else 0
    for each in checks:
        texts = (plain(line) for line in (each.found, *_more(each, options)))
        lines = [part for text in texts for part in (textwrap.wrap(text, room) if room else [text]) or [""]]
        head = style(f"{each.status:<7}", _COLORS[each.status])
        yield f"  {head}  {plain(each.name):<{names}}  {lines[0]}".rstrip()
        yield from (" " * indent + line for line in lines[1:])


def _style(text: str, code: str) -> str:
    return f"\033[{code}m{text}\033[0m"


def _plain_text(text: str, _code: str) -> str:
    return text


def _more(each: Check, options: argparse.Namespace) -> Iterable[str]:
    if each.command and (options.verbose or each.status in (CheckStatus.WARNING, CheckStatus.FAILURE)):
        yield f"ran: {each.command}"
    if each.remedy:
        yield f"do: {each.remedy}"
