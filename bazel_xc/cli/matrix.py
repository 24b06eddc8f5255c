"""``bazel-xc matrix``: writes the matrix of targets and platforms for CI.

Comes in: arguments, and a saved report or the workspace. Goes out: the matrix on standard output, pairs that
are left out on standard error, exit code 1 if no job is left, and for errors, unknown parts and names
with a meaning to a shell.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from bazel_xc.cli.common import incomplete_option, run_options, shared_options, show, weighed
from bazel_xc.cli.files import text_of
from bazel_xc.cli.progress import working
from bazel_xc.commands.material import material_of
from bazel_xc.commands.options import configuration
from bazel_xc.commands.snapshot import take_snapshot
from bazel_xc.report.build import build_report
from bazel_xc.report.json_format import load
from bazel_xc.report.matrix import LeftOut, Matrix, MatrixRequest, matrix
from bazel_xc.report.matrix_format import FORMATS, LIMITS
from bazel_xc.report.model import Report
from bazel_xc.report.plain import plain
from bazel_xc.report.words import Names, plural


def add_parser(commands: Any, summary: str) -> None:  # noqa: ANN401 - argparse's own type is private
    """Adds the command to the parser; ``summary`` is its line in the list of commands."""
    parser = commands.add_parser(
        "matrix",
        parents=[shared_options(), incomplete_option()],
        help=summary,
        description="Writes which binaries and tests CI builds for which platform. A target is left out for"
        " platforms on which it cannot be built.",
    )
    parser.add_argument(
        "--format",
        choices=sorted(FORMATS),
        default="json",
        help="github: the value of strategy.matrix, gitlab: a hidden job with parallel:matrix; default: json",
    )
    parser.add_argument("--report", type=Path, metavar="FILE", help="use a saved JSON report instead of go")
    pattern = {"action": "append", "default": [], "metavar": "PATTERN"}
    parser.add_argument(
        "--include",
        **pattern,
        help="only //dir/..., //dir, //dir:name or a glob, optionally followed by @PLATFORM; repeatable",
    )
    parser.add_argument(
        "--exclude",
        **pattern,
        help="leave these out, with the same syntax; takes precedence over --include; repeatable",
    )
    parser.add_argument(
        "--kind",
        action="append",
        default=[],
        choices=("binary", "test"),
        help="only this kind of target; repeatable",
    )
    parser.add_argument(
        "--cgo",
        choices=("configured", "both"),
        default="configured",
        help="both: also jobs without cgo, for targets that can be built that way; default: configured",
    )
    parser.add_argument(
        "--group",
        choices=("none", "platform"),
        default="none",
        help="platform: one job per platform, setting of cgo and kind; default: none, one per target",
    )
    parser.add_argument(
        "--max-jobs",
        type=int,
        metavar="N",
        help="group targets so that there are at most N jobs; default: 256 for GitHub, 200 for GitLab",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Runs the command and returns its exit code."""
    configured = configuration(run_options(options)).platforms
    runners = {each.name: each.runner for each in configured if each.runner}
    asked = MatrixRequest(
        include=tuple(options.include),
        exclude=tuple(options.exclude),
        kinds=tuple(options.kind),
        both=options.cgo == "both",
        grouped=options.group == "platform",
        most=LIMITS[options.format] if options.max_jobs is None else options.max_jobs,
        runners=runners,
    )
    report = _report(options)
    failed = show(weighed(report.findings, options), options)
    found = matrix(report, asked)
    print(FORMATS[options.format](found), end="")
    for label in found.refused:
        said = f"{label} is in no job: its name has a meaning to a shell"
        print(plain(f"{said} (rename it, or exclude it with --exclude)"), file=sys.stderr)
    if options.verbose:
        for each in found.left_out:
            said = f"{each.target} is left out of {each.platform}: {each.reason}"
            print(plain(said), file=sys.stderr)
    elif found.left_out and not options.quiet:
        for said in _left_out(report, found):
            print(f"{said} (-v lists them)", file=sys.stderr)
    if not found.jobs:
        print("no job is left: CI would refuse an empty matrix", file=sys.stderr)
    incomplete = not report.is_whole and not options.allow_incomplete
    return 1 if failed or incomplete or found.refused or not found.jobs else 0


def _left_out(report: Report, found: Matrix) -> Iterator[str]:
    """The numbers of targets that are left out."""
    here = [each for each in found.left_out if each.platform in report.run.names]
    if here:
        yield f"left out where they cannot be built: {_counts(report, here)}"
    others = sorted({each.platform for each in found.left_out} - {*report.run.names})
    if others:
        count = plural(len(found.left_out) - len(here), "target")
        yield f"left out: {count} built for {', '.join(others)} only"


def _counts(report: Report, left_out: Iterable[LeftOut]) -> str:
    """The numbers of targets by platform; jobs without cgo are counted apart."""
    cgo = {each.name: each.cgo for each in report.run.platforms}
    counts: dict[bool, dict[str, int]] = {True: {}, False: {}}
    for each in left_out:
        as_configured = counts[each.cgo is cgo[each.platform]]
        as_configured[each.platform] = as_configured.get(each.platform, 0) + 1
    names = Names.of(report)
    parts = [names.counts(counts[True]), names.counts(counts[False])]
    return ", ".join([*parts[:1], f"without cgo {parts[1]}" if parts[1] else ""]).strip(", ")


def _report(options: argparse.Namespace) -> Report:
    if not options.report:
        with working(options) as at:
            options.snapshot = take_snapshot(run_options(options), both=True)
            at("looking for C libraries")
            return build_report(material_of(options.snapshot))
    saved = load(text_of(options.report), str(options.report))
    return saved.on(options.platform) if options.platform else saved
