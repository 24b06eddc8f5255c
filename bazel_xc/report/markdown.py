"""The report as GitHub's markdown.

Comes in: a ``Report``. Goes out: text with a table of verdicts and a list of packages. Names come from source
trees and can contain markup, so each of them is in a code span.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bazel_xc.clibs.resolution import Status
from bazel_xc.report.model import Report, TargetEntry
from bazel_xc.report.plain import plain

_TICKS = re.compile(r"`+")


def render(report: Report) -> str:
    """The report as a document with a final line end."""
    return "".join(f"{line}\n" for line in _lines(report))


def code(text: str) -> str:
    """Text as a code span that is safe in a table; characters that could end or reorder it are replaced."""
    text = plain(text).replace("|", "¦")
    longest = max((len(run) for run in _TICKS.findall(text)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text or ' '}{pad}{fence}"


def _lines(report: Report) -> Iterator[str]:
    run = report.run
    yield f"# What of {code(run.module)} needs C"
    yield ""
    yield f"{code(run.go)}, bazel-xc {code(run.bazel_xc)}"
    yield ""
    yield from _unknown(report)
    yield from _verdicts(report)
    yield ""
    yield from _packages(report)
    yield from _chains(report)


def _unknown(report: Report) -> Iterator[str]:
    if report.is_whole:
        return
    yield f"## Unknown: {len(report.unknown_targets)} of {len(report.targets)} targets"
    yield ""
    for each in report.unknown:
        yield f"- {code(each.message)}{f': {code(each.remedy)}' if each.remedy else ''}"
    yield ""


def _verdicts(report: Report) -> Iterator[str]:
    names = report.run.settings
    yield f"| target | {' | '.join(names)} |"
    yield f"|{' --- |' * (len(names) + 1)}"
    for target in report.targets:
        yield f"| {code(target.label)} | {' | '.join(str(on.verdict) for on in target.platforms.values())} |"


def _packages(report: Report) -> Iterator[str]:
    if not report.packages:
        return
    yield "## Packages with C, or missing somewhere"
    yield ""
    for each in report.packages:
        states = "; ".join(f"{state} on {', '.join(names)}" for state, names in each.groups)
        yield f"- {code(each.import_path)}: {states}"
        for end in each.needs:
            if end.certain and end.status is not Status.SYSTEM:
                labels = ", ".join(map(code, end.labels))
                place = code(f"{end.path}:{end.line}")
                yield f"  - {end.kind} {code(end.name)}: {labels or end.status} ({place})"
    yield ""


def _chains(report: Report) -> Iterator[str]:
    targets = [each for each in report.targets if not each.is_pure]
    if not targets:
        return
    yield "## Why"
    yield ""
    for target in targets:
        yield from _chain(target)


def _chain(target: TargetEntry) -> Iterator[str]:
    told: dict[tuple[str, str], list[str]] = {}
    for name, on in target.platforms.items():
        reason = " → ".join(map(code, on.chain[1:])) if on.chain else on.why
        if reason or on.chain:
            told.setdefault((str(on.verdict), reason), []).append(name)
    if told:
        yield f"- {code(target.label)}"
    for (verdict, reason), names in told.items():
        yield f"  - {verdict} on {', '.join(names)}: {reason}"
