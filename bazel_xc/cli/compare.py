"""``bazel-xc compare``: shows the changes in the use of C between revisions or saved reports.

Comes in: two names, each of a git revision or of a JSON report; the second defaults to the workspace. Goes
out: the comparison, and exit code 1 for errors, unknown parts and the changes that ``--fail-on`` names.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from attrs import evolve

from bazel_xc.cli.common import incomplete_option, renderer, run_options, shared_options, show, weighed
from bazel_xc.cli.files import text_of
from bazel_xc.commands.material import material_of
from bazel_xc.commands.revisions import checked_out, revision_of
from bazel_xc.commands.snapshot import take_snapshot
from bazel_xc.config import FILE_NAME
from bazel_xc.errors import GoError, ReportError, WorkspaceError
from bazel_xc.graph.ways import ways
from bazel_xc.model import Diagnostic, Severity
from bazel_xc.report.build import Material, build_report
from bazel_xc.report.compare import Comparison, Gate, VerdictChange, compare
from bazel_xc.report.json_format import load
from bazel_xc.report.model import ImportPlace, Report

FORMATS = {
    "json": "bazel_xc.report.compare_format:render_json",
    "markdown": "bazel_xc.report.compare_format:render_markdown",
    "sarif": "bazel_xc.report.sarif:render_comparison",
    "text": "bazel_xc.report.compare_format:render_text",
}


def add_parser(commands: Any, summary: str) -> None:  # noqa: ANN401 - argparse's own type is private
    """Adds the command to the parser; ``summary`` is its line in the list of commands."""
    parser = commands.add_parser(
        "compare",
        parents=[shared_options(), incomplete_option()],
        help=summary,
        description="Compares two git revisions, or two saved JSON reports: new cgo packages, new C needs,"
        " changed verdicts.",
    )
    parser.add_argument("base", metavar="BASE", help="a git revision, or a report saved as .json")
    parser.add_argument("head", metavar="HEAD", nargs="?", help="same as BASE; default: the workspace")
    parser.add_argument("--format", choices=sorted(FORMATS), default="text")
    parser.add_argument(
        "--fail-on",
        metavar="WHAT",
        default="",
        help=f"exit 1 on any of these, separated by commas: {', '.join(Gate)}",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Runs the command and returns its exit code."""
    gates = _gates(options.fail_on)
    base, _ = _report(options.base, options)
    head, material = _report(options.head, options)
    found = compare(base, head, (options.base, options.head or "the workspace"))
    if material:
        found = _with_cuts(found, material)
    said = (*_weighty(base, f"{options.base}:", options), *_weighty(head, "", options))
    failed = show(said, options)
    print(renderer(FORMATS[options.format])(found), end="")
    incomplete = not (base.is_whole and head.is_whole) and not options.allow_incomplete
    return 1 if failed or incomplete or found.fails(gates) else 0


def _weighty(report: Report, place: str, options: argparse.Namespace) -> Iterator[Diagnostic]:
    """The errors and the unknown parts of a report: both make the comparison doubtful."""
    for each in weighed(report.findings, options):
        if each.is_unknown or each.severity is Severity.ERROR:
            yield evolve(each, path=f"{place}{each.path}")


def _gates(text: str) -> tuple[Gate, ...]:
    words = [word.strip() for word in text.split(",") if word.strip()]
    for word in words:
        if word not in tuple(Gate):
            raise ReportError(f"--fail-on: {word!r} is none of {', '.join(Gate)}")
    return tuple(map(Gate, words))


def _report(name: str | None, options: argparse.Namespace) -> tuple[Report, Material | None]:
    """The report with a name, and its material if it was made in this run."""
    if name is None:
        return _made(options.root, options)
    if name.endswith(".json"):
        return load(text_of(name), name), None
    with checked_out(options.root, revision_of(options.root, name)) as place:
        try:
            return _made(place, options)
        except (WorkspaceError, GoError) as e:
            raise type(e)(str(e).replace(f"{place}", name)) from None


def _made(root: Path, options: argparse.Namespace) -> tuple[Report, Material]:
    """The report of a tree; all trees are read with the current configuration."""
    chosen = run_options(options)
    today = chosen.config_file or options.root / FILE_NAME
    config_file = today if today.exists() else None
    material = material_of(take_snapshot(evolve(chosen, root=root, config_file=config_file), both=True))
    return build_report(material), material


def _with_cuts(found: Comparison, material: Material) -> Comparison:
    """The comparison with the imports to remove, for worse verdicts."""
    return evolve(found, verdicts=tuple(_with_cut(each, material) for each in found.verdicts))


def _with_cut(change: VerdictChange, material: Material) -> VerdictChange:
    if not change.is_worse:
        return change
    cut = ways(material.graph, change.label, change.platforms[0], limit=1).cut
    places = (ImportPlace(*pair, *material.places.get(pair, ("", 0))) for pair in cut or ())
    return evolve(change, cut=tuple(places))
