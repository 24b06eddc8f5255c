"""Shows checks: a table on a terminal, plain lines elsewhere, JSON for programs.

Comes in: checks under their titles. Goes out: text on standard output. What files and tools said is shown
with its control characters spelt out.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Mapping
from typing import Any

from attrs import asdict

from bazel_xc.artifact.check import Check, Status
from bazel_xc.cli.common import use_color
from bazel_xc.report.plain import plain

_COLORS = {Status.OK: "green", Status.INFO: "dim", Status.WARNING: "yellow", Status.FAILURE: "red"}
_QUIET = frozenset({Status.FAILURE})


def show_checks(groups: Mapping[str, Iterable[Check]], options: argparse.Namespace) -> None:
    """Prints the checks of each title; with ``-q`` failures only, commands with ``-v``."""
    shown = {
        title: [each for each in checks if not options.quiet or each.status in _QUIET]
        for title, checks in groups.items()
    }
    shown = {title: checks for title, checks in shown.items() if checks}
    if use_color(options, sys.stdout.isatty()):
        _table(shown, options)
    else:
        _lines(shown, options)


def as_json(check: Check) -> dict[str, Any]:
    """A check as a JSON object."""
    return asdict(check)


def _lines(groups: Mapping[str, list[Check]], options: argparse.Namespace) -> None:
    for at, (title, checks) in enumerate(groups.items()):
        if at:
            print()
        print(plain(title))
        width = max(len(each.name) for each in checks)
        for each in checks:
            print(f"  {each.status:<7}  {plain(each.name):<{width}}  {plain(each.found)}")
            for line in _more(each, options):
                print(f"  {'':7}  {'':{width}}  {plain(line)}")


def _more(each: Check, options: argparse.Namespace) -> Iterable[str]:
    if each.command and (options.verbose or each.status in (Status.WARNING, Status.FAILURE)):
        yield f"ran: {each.command}"
    if each.remedy:
        yield f"do: {each.remedy}"


def _table(groups: Mapping[str, list[Check]], options: argparse.Namespace) -> None:
    # rich costs a third of the start of a command, so only a terminal pays for it.
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    console = Console(force_terminal=True, highlight=False, soft_wrap=not sys.stdout.isatty())
    for title, checks in groups.items():
        table = Table(
            title=Text(plain(title), style="bold"), title_justify="left", box=None, show_header=False
        )
        for _ in range(3):
            table.add_column(overflow="fold")
        for each in checks:
            lines = [plain(line) for line in (each.found, *_more(each, options))]
            table.add_row(
                Text(str(each.status), style=_COLORS[each.status]),
                Text(plain(each.name)),
                Text("\n".join(lines)),
            )
        console.print(table)
