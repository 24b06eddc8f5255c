"""``bazel-xc report``: shows which targets need C, through which imports, and which C.

Comes in: arguments. Goes out: the report on standard output or in a file; exit code 1 for errors and
unknown parts.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from attrs import evolve

from bazel_xc.cli.common import incomplete_option, renderer, run_options, shared_options, show, weighed
from bazel_xc.cli.files import write_text
from bazel_xc.commands.material import material_of
from bazel_xc.commands.snapshot import take_snapshot
from bazel_xc.errors import ReportError
from bazel_xc.report.build import build_report

FORMATS = {
    "dot": "bazel_xc.report.dot:render",
    "graphml": "bazel_xc.report.graphml:render",
    "html": "bazel_xc.report.html:render",
    "json": "bazel_xc.report.json_format:render",
    "markdown": "bazel_xc.report.markdown:render",
    "mermaid": "bazel_xc.report.mermaid:render",
    "sarif": "bazel_xc.report.sarif:render",
    "text": "bazel_xc.report.text_format:render",
}


def add_parser(commands: Any, summary: str) -> None:  # noqa: ANN401 - argparse's own type is private
    """Adds the command to the parser; ``summary`` is its line in the list of commands."""
    parser = commands.add_parser(
        "report",
        parents=[shared_options(), incomplete_option()],
        help=summary,
        description="Shows per platform and target whether it needs C, through which imports, and which C.",
    )
    parser.add_argument("--format", choices=sorted(FORMATS), default="text")
    parser.add_argument(
        "-o", "--output", type=Path, metavar="FILE", help="write to FILE instead of standard output"
    )
    parser.add_argument(
        "--target", metavar="PATTERN", default="", help="only targets whose label matches, such as //cmd/..."
    )
    parser.add_argument(
        "--cgo-only", action="store_true", help="leave out targets that need no C on any platform"
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Runs the command and returns its exit code."""
    snapshot = take_snapshot(run_options(options), both=True)
    material = material_of(snapshot)
    material = evolve(material, findings=weighed(material.findings, options))
    failed = show(material.findings, options)
    report = build_report(material).only(options.target)
    if options.target and not report.targets:
        raise ReportError(
            f"--target {options.target}: no target matches; write it as //dir:name or //dir/..."
        )
    text = renderer(FORMATS[options.format])(report.only(cgo_only=options.cgo_only))
    if options.output is None:
        options.snapshot = snapshot
        print(text, end="")
        return 1 if failed else 0
    write_text(options.output, text)
    return 1 if failed else 0
