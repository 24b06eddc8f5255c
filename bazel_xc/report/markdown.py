"""The report as GitHub's markdown, short enough for a comment.

Comes in: a ``Report``. Goes out: the summary, and the details folded below it. What does not fit into a
comment is left out from the end, and a line says so. Names come from source trees and can contain markup, so
each of them is in a code span.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from bazel_xc.clibs.resolution import Status
from bazel_xc.graph.dependency import Verdict
from bazel_xc.model import some_of
from bazel_xc.report.model import Report, TargetEntry
from bazel_xc.report.plain import plain
from bazel_xc.report.summary import BinaryOn, Cause, Summary, summarise
from bazel_xc.report.words import VERDICTS, Names, plural

MOST = 65_536  # characters of a comment on GitHub; bytes are counted, which are never fewer
_TICKS = re.compile(r"`+")
_CAUSES = 10
_RESERVED = 300  # for the line about what is left out, and the ends of sections


def render(report: Report, most: int = MOST) -> str:
    """The report as a document with a final line end, of at most ``most`` bytes."""
    names = Names.of(report)
    sections = [
        (f"All targets ({len(report.targets):,})", [*_verdicts(report)]),
        ("Why", [*_chains(report, names)]),
        (f'Packages that use cgo, or have no files on some platform ({len(report.packages):,})',
         [*_packages(report, names)]),
    ]  # fmt: skip
    return folded([*_summary(report, summarise(report), names)], sections, most, "bazel-xc report --all")


def folded(
    first: Sequence[str], sections: Iterable[tuple[str, Sequence[str]]], most: int, elsewhere: str
) -> str:
    """A document: the first lines, then sections that open with a click. Lines that would make it longer
    than ``most`` bytes are left out from the end; ``elsewhere`` is the command that has all.
    """
    taken, room = _fitting(first, most - _RESERVED)
    cut = len(first) - len(taken)
    for title, lines in sections:
        head = ["", "<details>", f"<summary>{title}</summary>", ""]
        room -= _size([*head, "", "</details>"])
        fit, left = _fitting(lines, room) if room > 0 and not cut else ([], room)
        cut += len(lines) - len(fit)
        if fit:
            taken += [*head, *fit, "", "</details>"]
            room = left
    if cut:
        said = f"left out, as a comment has room for {most:,} characters"
        taken += ["", f"{plural(cut, 'line')} {said}; `{elsewhere}` has all"]
    return "".join(f"{line}\n" for line in taken)


def _fitting(lines: Sequence[str], room: int) -> tuple[list[str], int]:
    """The first lines that fit into some bytes, and the bytes that are left."""
    taken: list[str] = []
    for line in lines:
        size = _size([line])
        if size > room:
            break
        taken.append(line)
        room -= size
    return taken, room


def _size(lines: Iterable[str]) -> int:
    return sum(len(line.encode("utf-8", "replace")) + 1 for line in lines)


def code(text: str) -> str:
    """Text as a code span that is safe in a table; characters that could end or reorder it are replaced."""
    text = plain(text).replace("|", "¦")
    longest = max((len(run) for run in _TICKS.findall(text)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text or ' '}{pad}{fence}"


def _summary(report: Report, summary: Summary, names: Names) -> Iterator[str]:
    run = report.run
    yield f"# C in {code(run.module)}"
    yield ""
    counts = ((summary.binaries, "binary"), (summary.tests, "test"), (len(run.platforms), "platform"))
    numbers = ", ".join(plural(count, noun) for count, noun in counts)
    yield f"{code(run.go)}, bazel-xc {code(run.bazel_xc)}: {numbers}"
    yield ""
    yield from _unknown(report)
    yield from _totals(summary)
    others = [f"{code(each.label)} ({code(each.only)})" for each in report.of_other_platforms]
    if others:
        yield ""
        yield f"{plural(len(others), 'target')} built for another platform only: {', '.join(others)}"
    if summary.not_pure:
        yield ""
        yield f"**Binaries that are not pure everywhere ({len(summary.not_pure):,} of {summary.binaries:,})**"
        yield ""
    for each in summary.not_pure:
        parts = (f"{VERDICTS[on.verdict]} {names.on(on.platforms)}{_reason(on, names)}" for on in each.on)
        yield f"- {code(names.short(each.label))}: {'; '.join(parts)}"
    yield from _causes("Why C", summary.causes, names)
    yield from _causes("Why targets cannot build", summary.blockers, names)
    if summary.open_needs:
        yield ""
        yield "**C without a provider**"
        yield ""
    for need in summary.open_needs:
        kind = str(need.kind).replace("_", "-")
        yield f"- {kind} {code(need.name)} {names.on(need.platforms)} ({code(f'{need.path}:{need.line}')})"


def _reason(on: BinaryOn, names: Names) -> str:
    """What leads to a verdict, in parentheses."""
    shown = some_of([code(names.short(each)) for each in on.causes], 2) or (on.why and code(on.why))
    return f" ({shown})" if shown else ""


def _unknown(report: Report) -> Iterator[str]:
    if report.is_whole:
        return
    yield f"**Unknown: {len(report.unknown_targets):,} of {plural(len(report.targets), 'target')}**"
    yield ""
    for each in report.unknown:
        yield f"- {code(each.message)}{f': {code(each.remedy)}' if each.remedy else ''}"
    yield ""


def _totals(summary: Summary) -> Iterator[str]:
    is_unknown = any(on.of(Verdict.UNKNOWN) for on in summary.platforms)
    shown = [Verdict(each) for each in VERDICTS if each != Verdict.UNKNOWN or is_unknown]
    yield f"| platform | {' | '.join(VERDICTS[each] for each in shown)} |"
    yield f"| --- |{' ---: |' * len(shown)}"
    for on in summary.platforms:
        counts = " | ".join(f"{on.of(each):,}" for each in shown)
        yield f"| {on.name} (cgo {'on' if on.cgo else 'off'}) | {counts} |"


def _causes(title: str, causes: Sequence[Cause], names: Names) -> Iterator[str]:
    if not causes:
        return
    yield ""
    yield f"**{title}**"
    yield ""
    yield "| targets | package | platforms |"
    yield "| ---: | --- | --- |"
    for each in causes[:_CAUSES]:
        yield f"| {each.targets:,} | {code(names.short(each.package))} | {names.where(each.platforms)} |"
    if len(causes) > _CAUSES:
        yield f"| | and {len(causes) - _CAUSES} more | |"


def _verdicts(report: Report) -> Iterator[str]:
    if not report.targets:
        return
    yield f"| target | {' | '.join(report.run.settings)} |"
    yield f"|{' --- |' * (len(report.run.platforms) + 1)}"
    for target in _worst_first(report.targets):
        shown = (target.platforms.get(name) for name in report.run.names)
        verdicts = " | ".join(VERDICTS[on.verdict] if on else "not built" for on in shown)
        yield f"| {code(target.label)} | {verdicts} |"


def _worst_first(targets: Iterable[TargetEntry]) -> list[TargetEntry]:
    """Those that need something before the pure ones, binaries before tests."""
    return sorted(targets, key=lambda each: (each.is_pure, each.is_test))


def _packages(report: Report, names: Names) -> Iterator[str]:
    for each in report.packages:
        states = "; ".join(f"{state} {names.on(where)}" for state, where in each.groups)
        yield f"- {code(names.short(each.import_path))}: {states}"
        for end in each.needs:
            if end.certain and end.status is not Status.SYSTEM:
                labels = ", ".join(map(code, end.labels))
                place = code(f"{end.path}:{end.line}")
                yield f"  - {end.kind} {code(end.name)}: {labels or end.status} ({place})"


def _chains(report: Report, names: Names) -> Iterator[str]:
    for target in _worst_first(report.targets):
        if not target.is_pure:
            yield from _chain(target, names)


def _chain(target: TargetEntry, names: Names) -> Iterator[str]:
    told: dict[tuple[str, str], list[str]] = {}
    for name, on in target.platforms.items():
        chain = " → ".join(code(names.short(each)) for each in on.chain[1:])
        reason = ": ".join(each for each in (chain, code(on.why) if on.why else "") if each)
        if reason or on.chain:
            told.setdefault((VERDICTS[on.verdict], reason), []).append(name)
    if told:
        yield f"- {code(names.short(target.label))}"
    for (verdict, reason), where in told.items():
        yield f"  - {verdict} {names.on(where)}: {reason}"
