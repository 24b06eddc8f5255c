"""``bazel-xc report``: shows which targets need C, through which imports, and which C.

Comes in: arguments, and the workspace or a saved report. Goes out: the report on standard output or in files,
one for each format; exit code 1 for errors and unknown parts.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from attrs import evolve

from bazel_xc.cli.common import (
    from_root,
    incomplete_option,
    renderer,
    run_options,
    shared_options,
    show,
    weighed,
)
from bazel_xc.cli.files import text_of, write_text
from bazel_xc.cli.outputs import STANDARD_OUTPUT, Output, add_output_options, outputs
from bazel_xc.cli.progress import working
from bazel_xc.cli.terminal import page_for
from bazel_xc.errors import ConfigError
from bazel_xc.report.model import Report

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
    add_output_options(parser, tuple(FORMATS))
    parser.add_argument(
        "--all",
        action="store_true",
        help="text: also every target, and packages that use cgo or have no files on some platform",
    )
    parser.add_argument(
        "--target",
        metavar="PATTERN",
        default="",
        help="only these targets, with all details: cmd/app, ./cmd/..., app, //cmd:app",
    )
    parser.add_argument(
        "--cgo-only", action="store_true", help="leave out targets that need no C on any platform"
    )
    parser.add_argument(
        "--from",
        dest="saved",
        metavar="FILE",
        help="render a report that was saved as JSON; go is not started",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Runs the command and returns its exit code."""
    wanted = outputs(options, tuple(FORMATS))
    report = _saved(options) if options.saved else _made(options)
    failed = show(report.findings, options)
    if options.target:
        from bazel_xc.report.choose import chosen  # noqa: PLC0415 - most reports are on all targets

        report = report.only(chosen(report, options.target, _here(options)))
    report = report.only(cgo_only=options.cgo_only)
    texts = [(each, _text(report, each, options)) for each in wanted]
    for each, text in texts:
        if each.path == STANDARD_OUTPUT:
            print(text, end="")
        else:
            options.snapshot = None  # a run that writes a file is not repeated
            write_text(Path(each.path), text)
    return 1 if failed else 0


def _text(report: Report, output: Output, options: argparse.Namespace) -> str:
    render = renderer(FORMATS[output.format])
    if output.format == "mermaid" and not options.quiet:
        from bazel_xc.report.mermaid import MOST_EDGES, left_out  # noqa: PLC0415 - of this format only

        if more := left_out(report):
            said = f"mermaid: {more:,} edges are left out, as Mermaid draws {MOST_EDGES}; choose targets"
            print(f"{said} with --target, or use --format html or dot", file=sys.stderr)
    if output.format != "text":
        return render(report)
    page = page_for(options, sys.stdout if output.path == STANDARD_OUTPUT else None)
    return render(report, page, whole=options.all or bool(options.target))


def _made(options: argparse.Namespace) -> Report:
    """The report on the workspace."""
    from bazel_xc.commands.material import material_of  # noqa: PLC0415 - a saved report needs no stages
    from bazel_xc.commands.snapshot import take_snapshot  # noqa: PLC0415
    from bazel_xc.report.build import build_report  # noqa: PLC0415

    with working(options) as at:
        options.snapshot = take_snapshot(run_options(options), both=True)
        at("looking for C libraries")
        material = material_of(options.snapshot)
        at("making the report")
        return build_report(evolve(material, findings=weighed(material.findings, options)))


def _saved(options: argparse.Namespace) -> Report:
    """The report in a file."""
    from bazel_xc.report.json_format import load  # noqa: PLC0415 - most runs make the report

    report = load(text_of(options.saved), options.saved)
    unknown = sorted(set(options.platform) - set(report.run.names))
    if unknown:
        raise ConfigError(f"--platform: {unknown[0]!r} is not one of {', '.join(report.run.names)}")
    report = report.on(options.platform) if options.platform else report
    return evolve(report, findings=weighed(report.findings, options))


def _here(options: argparse.Namespace) -> str:
    """The current directory, relative to the root of the workspace."""
    return "" if options.saved else from_root(".", options) or ""
