"""Every target and every package of a report as text, after its summary.

Comes in: a ``Report``, its short names, a ``Page``. Goes out: lines: the binaries, the tests, then the
packages that import "C" with their needs. A target that is pure everywhere takes one line.
"""

from __future__ import annotations

from collections.abc import Iterator

from bazel_xc.cgo.needs import NeedKind
from bazel_xc.clibs.resolution import Status
from bazel_xc.graph.dependency import Verdict
from bazel_xc.report.model import MOST, NeedEntry, PackageEntry, Report, State, TargetEntry, TargetOn
from bazel_xc.report.page import BOLD, GREEN, Page
from bazel_xc.report.words import COLORS, VERDICTS, Names


def details(report: Report, names: Names, page: Page) -> Iterator[str]:
    """The lines."""
    for title, is_test in (("Binaries", False), ("Tests", True)):
        chosen = [each for each in report.targets if each.is_test is is_test]
        if chosen:
            yield from page.heading(f"{title} ({len(chosen):,})")
        for each in chosen:
            yield from _target(each, names, page)
    yield from _packages(report, names, page)


def _target(target: TargetEntry, names: Names, page: Page) -> Iterator[str]:
    groups = _grouped(target)
    if not target.platforms:
        yield from page.item("  ", f"  built for {target.only}", head=names.short(target.label))
        return
    if not groups:
        text = f"  {VERDICTS[Verdict.PURE]} {names.on(target.platforms)}"
        yield from page.item("  ", text, head=names.short(target.label))
        return
    yield from page.item("  ", "", head=names.short(target.label), code=BOLD)
    for on, where in groups:
        head, text = VERDICTS[on.verdict], f" {names.on(where)}"
        yield from page.item("    ", text, head=head, code=COLORS[on.verdict])
        yield from _reason(on, names, page)
    pure = [name for name in target.platforms if not any(name in where for _, where in groups)]
    if pure:
        yield from page.item("    ", f" {names.on(pure)}", head=VERDICTS[Verdict.PURE], code=GREEN)


def _reason(on: TargetOn, names: Names, page: Page) -> Iterator[str]:
    if on.chain:
        yield from page.item("      ", names.chain(on.chain[1:]))
        if on.why and on.verdict is Verdict.UNKNOWN:
            yield from page.item("      ", on.why)
    elif on.why or on.verdict is Verdict.BLOCKED:
        yield from page.item("      ", on.why or "it has no files to compile there")
    if on.fallbacks:
        fallbacks = names.list(on.fallbacks, MOST, on.lengths.get("fallbacks", 0))
        yield from page.item("      ", f"cgo is off here: Go instead of C in {fallbacks}")
    without = on.without_cgo
    if without is None:
        return
    missing = names.list(without.vanished, MOST, without.lengths.get("vanished", 0))
    lost = f", because this is missing: {missing}" if missing else ""
    yield from page.item("      ", f"with cgo off: {VERDICTS[without.verdict]}{lost}")
    if without.fallbacks:
        fallbacks = names.list(without.fallbacks, MOST, without.lengths.get("fallbacks", 0))
        yield from page.item("        ", f"Go instead of C in {fallbacks}")
    for each in without.effects:
        yield from page.item("        ", f"{each.package}: {each.effect}")


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


def _packages(report: Report, names: Names, page: Page) -> Iterator[str]:
    shown = [each for each in report.packages if {*each.states.values()} != {State.UNKNOWN}]
    if not shown:
        yield ""
        yield from page.item(
            "", 'No package outside the standard library imports "C", and none is missing anywhere.'
        )
        return
    yield from page.heading(f"Packages that use cgo, or have no files on some platform ({len(shown):,})")
    for each in shown:
        whose = "" if each.first_party else f"  ({each.module or 'external'})"
        yield from page.item("  ", whose, head=names.short(each.import_path), code=BOLD)
        yield from page.item("    ", _states(each, names))
        for end in each.needs:
            if not _is_obvious(end):
                where = names.on(end.platforms)
                place = f" ({end.path}:{end.line})" if end.path else ""
                yield from page.item("    ", f"needs {end.kind} {end.name} {where}{place}: {_end(end)}")


def _states(package: PackageEntry, names: Names) -> str:
    """The platforms by the state of the package."""
    return "; ".join(f"{state} {names.on(where)}" for state, where in package.groups)


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
