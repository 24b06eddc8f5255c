"""The report as text for a terminal.

Comes in: a ``Report``. Goes out: the unknown parts, a table of verdicts, the packages that import "C" with
their needs, and a chain for every target that is not pure. It uses no colour and does not wrap lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bazel_xc.cgo.needs import NeedKind
from bazel_xc.clibs.resolution import Status
from bazel_xc.graph.dependency import Verdict
from bazel_xc.report.model import NeedEntry, PackageEntry, Report, State, TargetEntry, TargetOn, and_more
from bazel_xc.report.plain import plain


def render(report: Report) -> str:
    """The report as lines, each with its line end."""
    return "".join(f"{plain(line)}\n" for line in _lines(report))


def _lines(report: Report) -> Iterator[str]:
    run = report.run
    yield f"module {run.module}, {run.go}, bazel-xc {run.bazel_xc}"
    yield "platforms " + ", ".join(run.settings)
    yield ""
    yield from _unknown(report)
    yield from _verdicts(report)
    yield ""
    yield from _packages(report)
    yield from _chains(report)


def _unknown(report: Report) -> Iterator[str]:
    if report.is_whole:
        return
    count, all_of_them = len(report.unknown_targets), len(report.targets)
    yield f"unknown: {count} of {all_of_them} target{'' if all_of_them == 1 else 's'}"
    for each in report.unknown:
        yield f"  {each.message}{f'; {each.remedy}' if each.remedy else ''}"
    yield ""


def _verdicts(report: Report) -> Iterator[str]:
    if not report.targets:
        yield "no binaries or tests"
        return
    rows = [["target", *report.run.names]]
    rows += [[each.label, *(str(on.verdict) for on in each.platforms.values())] for each in report.targets]
    yield from _table(rows)


def _table(rows: list[list[str]]) -> Iterator[str]:
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _packages(report: Report) -> Iterator[str]:
    shown = [each for each in report.packages if {*each.states.values()} != {State.UNKNOWN}]
    if not shown:
        yield 'no package outside the standard library imports "C", none is missing anywhere'
        return
    yield 'packages that import "C", or that are missing somewhere'
    names = report.run.names
    for each in shown:
        whose = "own" if each.first_party else each.module or "external"
        yield f"  {each.import_path} ({whose}): {_states(each)}"
        for end in each.needs:
            if not _is_obvious(end):
                where = _where(end.platforms, names)
                yield f"    needs {end.kind} {end.name} on {where} ({end.path}:{end.line}): {_end(end)}"


def _states(package: PackageEntry) -> str:
    """The platforms by the state of the package."""
    groups = package.groups
    if len(groups) == 1:
        return f"{groups[0][0]} on every platform"
    return "; ".join(f"{state} on {', '.join(names)}" for state, names in groups)


def _is_obvious(end: NeedEntry) -> bool:
    """Whether a need is not shown: a header of the system, or one that may never be included."""
    system = end.status is Status.SYSTEM and end.kind is NeedKind.HEADER
    return system or not (end.certain or end.labels)


def _end(end: NeedEntry) -> str:
    if end.labels:
        return f"{', '.join(end.labels)}, by {end.how}"
    if end.candidates and end.status is Status.AMBIGUOUS:
        return f"ambiguous, {' or '.join(end.candidates)}"
    if end.lack:
        return end.lack
    return end.how if end.status in (Status.SYSTEM, Status.BUNDLED) else str(end.status)


def _where(platforms: Iterable[str], names: tuple[str, ...]) -> str:
    held = set(platforms)
    return "every platform" if held >= set(names) else ", ".join(name for name in names if name in held)


def _chains(report: Report) -> Iterator[str]:
    for target in report.targets:
        groups = _grouped(target)
        if groups:
            yield ""
            yield target.label
        for on, names in groups:
            yield f"  {on.verdict} on {', '.join(names)}"
            if on.chain:
                yield "    " + " -> ".join(on.chain[1:])
            elif on.verdict is Verdict.BLOCKED:
                yield f"    {on.why or 'has no files to compile there'}"
            if on.fallbacks:
                fallbacks = and_more(on.fallbacks, on.lengths.get("fallbacks", 0))
                yield f"    assuming that this still compiles without its cgo files: {fallbacks}"
            yield from _without_cgo(on)


def _without_cgo(on: TargetOn) -> Iterator[str]:
    without = on.without_cgo
    if without is None:
        return
    missing = and_more(without.vanished, without.lengths.get("vanished", 0))
    lost = f", because this is missing: {missing}" if missing else ""
    yield f"    without cgo: {without.verdict}{lost}"
    if without.fallbacks:
        fallbacks = and_more(without.fallbacks, without.lengths.get("fallbacks", 0))
        yield f"      Go instead of C in {fallbacks}"
    for each in without.effects:
        yield f"      {each.package}: {each.effect}"


def _answer(on: TargetOn) -> tuple[object, ...]:
    return on.verdict, on.chain, on.fallbacks, on.why


def _grouped(target: TargetEntry) -> list[tuple[TargetOn, list[str]]]:
    """The platforms with the same answer together; pure platforms without fallbacks are left out."""
    groups: list[tuple[TargetOn, list[str]]] = []
    for name, on in target.platforms.items():
        if on.verdict is Verdict.PURE and not on.fallbacks:
            continue
        same = [names for first, names in groups if _answer(first) == _answer(on)]
        if same:
            same[0].append(name)
        else:
            groups.append((on, [name]))
    return groups
