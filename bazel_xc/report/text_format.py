"""The report as text for people: its summary, and on demand every target and package after it.

Comes in: a ``Report`` and a ``Page``. Goes out: lines that fit the page. The unknown parts come first; lists
end after a few names and say how many there are besides. ``text_details`` has every target.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bazel_xc.graph.dependency import Verdict
from bazel_xc.model import some_of
from bazel_xc.report.model import Report
from bazel_xc.report.page import BOLD, DIM, Page
from bazel_xc.report.summary import BinaryEntry, BinaryOn, Cause, Summary, summarise
from bazel_xc.report.text_details import details
from bazel_xc.report.words import COLORS, VERDICTS, Names, plural, without_platforms

_BINARIES = 8  # with different answers
_CAUSES = 6
_NAMES = 2  # of one binary on one platform
_NARROW = 6  # columns of a number
_PAGE = Page()


def render(report: Report, page: Page = _PAGE, *, whole: bool = False) -> str:
    """The report as lines, each with its line end; ``whole`` adds every target and package."""
    names, summary = Names.of(report), summarise(report)
    most = None if whole else _CAUSES
    lines = [*_head(report, summary, names, page, most)]
    if not whole:
        lines += _binaries(summary, len(report.of_other_platforms), names, page)
    lines += _causes(summary, names, page, most)
    lines += _blockers(summary, names, page, most)
    lines += _open_needs(summary, names, page, most)
    lines += details(report, names, page) if whole else _next(summary, page)
    return "".join(f"{line}\n" for line in lines)


def _head(report: Report, summary: Summary, names: Names, page: Page, most: int | None) -> Iterator[str]:
    run = report.run
    yield from page.item("", f", {run.go}, bazel-xc {run.bazel_xc}", head=run.module, code=BOLD)
    numbers = [(summary.binaries, "binary"), (summary.tests, "test")]
    shown = " and ".join(plural(count, noun) for count, noun in numbers if count) or "no binaries or tests"
    yield from page.item("", f"{shown} on {plural(len(run.platforms), 'platform')}")
    yield from _unknown(report, summary, names, page, most)
    if report.targets:
        yield ""
        yield from _totals(summary, page)
        yield from _of_other_platforms(report, names, page)


def _unknown(report: Report, summary: Summary, names: Names, page: Page, most: int | None) -> Iterator[str]:
    if report.is_whole:
        return
    count = len(report.unknown_targets)
    yield from page.heading(f"Unknown: {count:,} of {plural(len(report.targets), 'target')}")
    for each in report.unknown:
        yield from page.item("  ", each.message)
        if each.remedy:
            yield from page.item("    ", each.remedy)
    yield from _table(summary.unknown, names, page, most)


def _totals(summary: Summary, page: Page) -> Iterator[str]:
    """The number of targets by platform and verdict. Columns without a target are left out on a narrow page,
    that of the unknown ones everywhere.
    """
    used = {each for each in VERDICTS if any(on.of(Verdict(each)) for on in summary.platforms)}
    first = max(len(each.name) for each in summary.platforms) + 9
    shown = [each for each in VERDICTS if each in used or each != Verdict.UNKNOWN]
    gap = "  " if not page.width or first + _width(shown, 2) <= page.width else " "
    if page.width and first + _width(shown, 1) > page.width:
        shown = [each for each in shown if each in used]
    yield " " * first + "".join(f"{gap}{VERDICTS[each]:>{_NARROW}}" for each in shown)
    for on in summary.platforms:
        cells = ""
        for each in shown:
            count = on.of(Verdict(each))
            room = max(_NARROW, len(VERDICTS[each]))
            cells += gap + page.style(f"{count:>{room},}", COLORS[each] if count else DIM)
        yield f"{on.name:<{first - 9}}  cgo {'on ' if on.cgo else 'off'}{cells}"


def _of_other_platforms(report: Report, names: Names, page: Page) -> Iterator[str]:
    found = [f"{names.short(each.label)} ({each.only})" for each in report.of_other_platforms]
    if found:
        count = plural(len(found), "target")
        yield from page.item("", f"{count} built for another platform only: {some_of(found, _NAMES)}")


def _width(columns: Sequence[str], gap: int) -> int:
    """The width of columns of numbers under the words of their verdicts."""
    return sum(gap + max(_NARROW, len(VERDICTS[each])) for each in columns)


def _binaries(summary: Summary, elsewhere: int, names: Names, page: Page) -> Iterator[str]:
    if not summary.not_pure:
        if count := summary.binaries - elsewhere:
            yield ""
            other = "other " if elsewhere else ""
            every = f"The {other}binary is" if count == 1 else f"All {count:,} {other}binaries are"
            yield f"{every} pure everywhere."
        return
    title = "Binaries that are not pure everywhere"
    yield from page.heading(f"{title} ({len(summary.not_pure):,} of {summary.binaries:,})")
    alike: dict[_Answers, list[str]] = {}
    for each in summary.not_pure:
        alike.setdefault(tuple(_answers(each, names)), []).append(names.short(each.label))
    for answers, labels in [*alike.items()][:_BINARIES]:
        yield from page.item("  ", "", head=", ".join(labels), code=BOLD)
        for verdict, where, reason in answers:
            text = f" {where}: {reason}"
            yield from page.item("    ", text, head=VERDICTS[verdict], code=COLORS[verdict])
    yield from _more(sum(map(len, [*alike.values()][_BINARIES:])), page)


_Answers = tuple[tuple[Verdict, str, str], ...]  # verdict, platforms, reason


def _answers(binary: BinaryEntry, names: Names) -> Iterator[tuple[Verdict, str, str]]:
    alike: dict[tuple[Verdict, str], set[str]] = {}
    for on in binary.on:
        alike.setdefault((on.verdict, _reason(on, names)), set()).update(on.platforms)
    for (verdict, reason), platforms in alike.items():
        yield verdict, names.on(platforms), reason


def _reason(on: BinaryOn, names: Names) -> str:
    if not on.causes:
        return on.why or "it has no files to compile there"
    text = names.list(on.causes, _NAMES)
    if on.verdict in (Verdict.BLOCKED, Verdict.UNKNOWN):
        return text
    if on.needs:
        text += f"; needs {names.list([_need(each) for each in on.needs], _NAMES)}"
    if on.without_cgo is Verdict.PURE:
        return f"{text}; pure with cgo off"
    return text if on.without_cgo is None else f"{text}; {VERDICTS[on.without_cgo]} with cgo off"


def _need(name: str) -> str:
    """A need such as ``pkg_config:libvirt`` or ``archive:lib/linux/amd64/liba.a``, in its shortest form."""
    kind, _, name = name.partition(":")
    return name.rpartition("/")[2] if kind == "archive" else f"{kind.replace('_', '-')} {name}"


def _causes(summary: Summary, names: Names, page: Page, most: int | None) -> Iterator[str]:
    if summary.causes:
        yield from page.heading("Why C (packages that bring it in, with the number of targets above)")
        yield from _table(summary.causes, names, page, most)


def _table(causes: Sequence[Cause], names: Names, page: Page, most: int | None) -> Iterator[str]:
    shown = causes[:most]
    rows = [[f"{each.targets:,}", names.where(each.platforms), names.short(each.package)] for each in shown]
    for each, lines in zip(shown, page.columns(rows), strict=True):
        yield from lines
        if each.reason:  # the file is in the directory of the package, and the platforms are above
            place = f"{each.path.rpartition('/')[2]}:{each.line}: " if each.path else ""
            yield from page.item("      ", f"{place}{without_platforms(each.reason)}")
    yield from _more(len(causes) - len(shown), page)


def _blockers(summary: Summary, names: Names, page: Page, most: int | None) -> Iterator[str]:
    if not (summary.blockers or summary.own_files):
        return
    yield from page.heading("Why targets cannot build (packages, with the number of targets above)")
    yield from _table(summary.blockers, names, page, most)
    if summary.own_files:
        counts = names.counts(summary.own_files)
        yield from page.item("  ", f"their own files, which do not compile there or are missing: {counts}")


def _open_needs(summary: Summary, names: Names, page: Page, most: int | None) -> Iterator[str]:
    if not summary.open_needs:
        return
    yield from page.heading("C without a provider")
    for each in summary.open_needs[:most]:
        kind = str(each.kind).replace("_", "-")
        place = f" ({each.path}:{each.line})" if each.path else ""
        yield from page.item("  ", f"{kind} {each.name} {names.on(each.platforms)}{place}")
    yield from _more(len(summary.open_needs[most:]) if most else 0, page)


def _more(count: int, page: Page) -> Iterator[str]:
    if count > 0:
        yield from page.item("  ", f"and {count:,} more: --all")


def _next(summary: Summary, page: Page) -> Iterator[str]:
    if summary.next:
        yield from page.heading("Next")
        for lines in page.columns([[each.command, each.purpose] for each in summary.next]):
            yield from lines
