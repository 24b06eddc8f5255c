"""``bazel-xc compare``: shows the changes in the use of C between revisions or saved reports.

Comes in: two names, each of a git revision or of a JSON report; the second defaults to the workspace. Goes
out: the comparison, and exit code 1 for errors, unknown parts and the changes that ``--fail-on`` names. The
report of a revision is kept, since its tree does not change.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from attrs import evolve, frozen

from bazel_xc.cli.common import incomplete_option, renderer, run_options, shared_options, show, weighed
from bazel_xc.cli.files import text_of, write_text
from bazel_xc.cli.outputs import STANDARD_OUTPUT, Output, add_output_options, outputs
from bazel_xc.cli.progress import working
from bazel_xc.cli.terminal import page_for
from bazel_xc.config import FILE_NAME
from bazel_xc.errors import BazelXcError, GoError, ReportError, WorkspaceError
from bazel_xc.memory import store
from bazel_xc.model import Diagnostic, Progress, Severity
from bazel_xc.report.compare import Comparison, FileCommit, Gate, compare
from bazel_xc.report.json_format import load
from bazel_xc.report.model import Report

FORMATS = {
    "html": "bazel_xc.report.compare_html:render",
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
    add_output_options(parser, tuple(FORMATS))
    parser.add_argument(
        "--fail-on",
        metavar="WHAT",
        default="",
        help=f"exit 1 on any of these changes, separated by commas: {', '.join(Gate)}",
    )
    parser.set_defaults(run=run)


@frozen
class _Side:
    """One side: its report, and its commit if it is a revision."""

    report: Report
    commit: str = ""


def run(options: argparse.Namespace) -> int:
    """Runs the command and returns its exit code."""
    gates = _gates(options.fail_on)
    wanted = outputs(options, tuple(FORMATS))
    with working(options) as at:
        base = _side(options.base, options)
        head = _side(options.head, options)
        at("comparing")
        found = compare(base.report, head.report, (options.base, options.head or "the workspace"))
        found = evolve(found, commits=_commits(found, base, head, options))
    said = (*_weighty(base.report, f"{options.base}:", options), *_weighty(head.report, "", options))
    failed = show(said, options)
    for each, text in [(each, _text(found, each, options)) for each in wanted]:
        if each.path == STANDARD_OUTPUT:
            print(text, end="")
        else:
            write_text(Path(each.path), text)
    incomplete = not (base.report.is_whole and head.report.is_whole) and not options.allow_incomplete
    return 1 if failed or incomplete or found.fails(gates) else 0


def _text(found: Comparison, output: Output, options: argparse.Namespace) -> str:
    render = renderer(FORMATS[output.format])
    if output.format != "text":
        return render(found)
    return render(found, page_for(options, sys.stdout if output.path == STANDARD_OUTPUT else None))


def _weighty(report: Report, place: str, options: argparse.Namespace) -> Iterator[Diagnostic]:
    """The errors and the unknown parts of a report: both make the comparison doubtful."""
    for each in weighed(report.findings, options):
        if each.is_unknown or each.severity is Severity.ERROR:
            yield evolve(each, path=f"{place}{each.path}")


def _gates(text: str) -> tuple[Gate, ...]:
    words = [word.strip() for word in text.split(",") if word.strip()]
    for word in words:
        if word not in tuple(Gate):
            raise ReportError(f"--fail-on: {word!r} is not one of {', '.join(Gate)}")
    return tuple(map(Gate, words))


def _side(name: str | None, options: argparse.Namespace) -> _Side:
    """The report with a name."""
    if name and name.endswith(".json"):
        return _Side(load(text_of(name), name))
    if name is None:
        return _Side(_made(options.root, options, options.progress))
    from bazel_xc.commands.kept_reports import KeptReport  # noqa: PLC0415 - saved reports need no stages
    from bazel_xc.commands.revisions import checked_out, revision_of, tree_of  # noqa: PLC0415

    commit = revision_of(options.root, name)
    folder = "" if options.no_cache else options.cache_dir or store.default_folder(os.environ)
    chosen = evolve(run_options(options), config_file=_config_file(options))
    kept = KeptReport.of(folder, tree_of(options.root, commit), chosen)
    report = kept.get() if kept else None
    if report is None:
        with checked_out(options.root, commit) as place:
            try:
                report = _made(place, options, lambda text: options.progress(f"{name}: {text}"))
            except (WorkspaceError, GoError) as e:
                raise type(e)(str(e).replace(f"{place}", name)) from None
        if kept:
            kept.put(report)
    return _Side(report, commit)


def _made(root: Path, options: argparse.Namespace, progress: Progress) -> Report:
    """The report of a tree; all trees are read with the current configuration."""
    from bazel_xc.commands.material import material_of  # noqa: PLC0415 - saved reports need no stages
    from bazel_xc.commands.snapshot import take_snapshot  # noqa: PLC0415
    from bazel_xc.report.build import build_report  # noqa: PLC0415

    config_file = _config_file(options)
    chosen = evolve(run_options(options), root=root, config_file=config_file, progress=progress)
    snapshot = take_snapshot(chosen, both=True)
    progress("looking for C libraries")
    return build_report(material_of(snapshot))


def _config_file(options: argparse.Namespace) -> Path | None:
    """The current configuration, None if there is none."""
    path: Path = options.config or options.root / FILE_NAME
    return path if path.exists() else None


def _commits(
    found: Comparison, base: _Side, head: _Side, options: argparse.Namespace
) -> tuple[FileCommit, ...]:
    """The commits that brought the imports through which targets got worse, if both sides are in git."""
    if not base.commit or not (head.commit or options.head is None) or not found.paths:
        return ()
    from bazel_xc.commands.revisions import last_changes  # noqa: PLC0415 - few comparisons need it

    try:
        changed = [*last_changes(options.root, base.commit, head.commit, found.paths)]
    except BazelXcError:  # the comparison is right without it
        return ()
    return tuple(FileCommit(path=path, commit=commit, subject=subject) for path, commit, subject in changed)
