"""The changes from one report to another.

Comes in: two reports. Goes out: a ``Comparison``: packages that began or ceased to use C, C needs that are
new, gone or have another provider, targets with another verdict and the imports to remove, and findings of
one side only. It reads no files and does not run git.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from attrs import evolve, field, frozen

from bazel_xc.graph.dependency import DependencyGraph, Verdict
from bazel_xc.model import Diagnostic, Severity
from bazel_xc.report.drawn import graph_of
from bazel_xc.report.model import OPTIONAL, ImportPlace, NeedEntry, Report, TargetOn
from bazel_xc.report.words import Names

_ORDER = (Verdict.PURE, Verdict.C_TOOLCHAIN, Verdict.C_LIBRARIES, Verdict.BLOCKED)


class Gate(enum.StrEnum):
    """The changes that ``--fail-on`` can name."""

    NEW_CGO = "new-cgo"
    NEW_C_NEED = "new-c-need"
    WORSE_VERDICT = "worse-verdict"


@frozen(order=True)
class PackageChange:
    """A package that began or ceased to use C on some platforms."""

    import_path: str
    platforms: tuple[str, ...]


@frozen(order=True, kw_only=True)
class NeedChange:
    """A C need of a package; ``before`` and ``after`` are its resolutions, empty for none."""

    import_path: str
    kind: str
    name: str
    before: str
    after: str
    path: str = ""
    line: int = 0


@frozen(order=True, kw_only=True)
class FileCommit:
    """The last commit between both sides that changed a file; ``commit`` is empty for a change that is not
    committed.
    """

    path: str
    commit: str
    subject: str


@frozen(kw_only=True)
class VerdictChange:
    """A target with another verdict on some platforms; ``before`` is empty for a new target.

    ``chain`` decides the new verdict; ``places`` are the imports of the user's own code in it. ``cut`` are
    the imports to remove, None if they were not computed.
    """

    label: str
    platforms: tuple[str, ...]
    before: str
    after: str
    chain: tuple[str, ...] = ()
    places: tuple[ImportPlace, ...] = ()
    cut: tuple[ImportPlace, ...] | None = None

    @property
    def is_worse(self) -> bool:
        """Whether the target needs more than before.

        A new target is not worse. An unknown verdict, old or new, is neither better nor worse.
        """
        known = self.before and Verdict.UNKNOWN not in (self.before, self.after)
        return bool(known) and _rank(self.after) > _rank(self.before)


@frozen(order=True, kw_only=True)
class PlatformChange:
    """A target whose rule began or ceased to set the only platform that it is built for; empty for none."""

    label: str
    before: str
    after: str


@frozen(kw_only=True)
class Comparison:
    """All changes."""

    base: str
    head: str
    new_cgo: tuple[PackageChange, ...] = ()
    gone_cgo: tuple[PackageChange, ...] = ()
    new_needs: tuple[NeedChange, ...] = ()
    gone_needs: tuple[NeedChange, ...] = ()
    changed_needs: tuple[NeedChange, ...] = ()
    verdicts: tuple[VerdictChange, ...] = ()
    gone_targets: tuple[str, ...] = ()
    own_platforms: tuple[PlatformChange, ...] = field(default=(), metadata=OPTIONAL)
    new_findings: tuple[Diagnostic, ...] = ()
    gone_findings: tuple[Diagnostic, ...] = ()
    commits: tuple[FileCommit, ...] = ()
    names: Names = field(default=Names("", (), ()), repr=False)

    def fails(self, gates: Iterable[Gate]) -> tuple[Gate, ...]:
        """The gates that fail for these changes."""
        held = {
            Gate.NEW_CGO: bool(self.new_cgo),
            Gate.NEW_C_NEED: bool(self.new_needs),
            Gate.WORSE_VERDICT: any(each.is_worse for each in self.verdicts),
        }
        return tuple(gate for gate in gates if held[gate])

    @property
    def is_empty(self) -> bool:
        """Whether there are no changes, apart from findings."""
        return not (
            self.new_cgo or self.gone_cgo or self.new_needs or self.gone_needs or self.changed_needs
            or self.verdicts or self.gone_targets or self.own_platforms
        )  # fmt: skip

    @property
    def paths(self) -> tuple[str, ...]:
        """The files with the imports through which targets got worse."""
        worse = (each for each in self.verdicts if each.is_worse)
        found = (place.path for each in worse for place in (*(each.cut or ()), *each.places) if place.path)
        return tuple(dict.fromkeys(found))


def compare(base: Report, head: Report, names: tuple[str, str]) -> Comparison:
    """Compares two reports; ``names`` are their names for people."""
    before, after = _needs(base), _needs(head)
    old_cgo, new_cgo = _cgo(base), _cgo(head)
    return Comparison(
        base=names[0],
        head=names[1],
        new_cgo=tuple(_more(old_cgo, new_cgo)),
        gone_cgo=tuple(_more(new_cgo, old_cgo)),
        new_needs=tuple(_need(key, "", after) for key in sorted(after.keys() - before.keys())),
        gone_needs=tuple(_need(key, _end(before[key]), {}) for key in sorted(before.keys() - after.keys())),
        changed_needs=tuple(
            _need(key, _end(before[key]), after)
            for key in sorted(before.keys() & after.keys())
            if _end(before[key]) != _end(after[key])
        ),
        verdicts=tuple(_verdicts(base, head)),
        gone_targets=tuple(
            sorted({each.label for each in base.targets} - {each.label for each in head.targets})
        ),
        own_platforms=tuple(_own_platforms(base, head)),
        new_findings=tuple(_unlike(head.findings, base.findings)),
        gone_findings=tuple(_unlike(base.findings, head.findings)),
        names=Names.of(head),
    )


def _own_platforms(base: Report, head: Report) -> Iterator[PlatformChange]:
    before = {each.label: each.only for each in base.targets}
    for each in sorted(head.targets, key=lambda target: target.label):
        if before.get(each.label, each.only) != each.only:
            yield PlatformChange(label=each.label, before=before[each.label], after=each.only)


def _unlike(some: Iterable[Diagnostic], others: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """The findings that the other side has not, on whatever line; notes are not worth it."""
    known = {evolve(each, line=0, column=0) for each in others}
    weighty = (each for each in some if each.severity is not Severity.NOTE)
    return (each for each in weighty if evolve(each, line=0, column=0) not in known)


def _cgo(report: Report) -> dict[str, tuple[str, ...]]:
    return {each.import_path: each.cgo_platforms for each in report.packages}


def _more(
    one: Mapping[str, tuple[str, ...]], other: Mapping[str, tuple[str, ...]]
) -> Iterator[PackageChange]:
    for path, platforms in sorted(other.items()):
        new = tuple(each for each in platforms if each not in one.get(path, ()))
        if new:
            yield PackageChange(path, new)


_Key = tuple[str, str, str]


def _needs(report: Report) -> dict[_Key, list[NeedEntry]]:
    """The certain needs by package, kind and name."""
    found: dict[_Key, list[NeedEntry]] = {}
    for package in report.packages:
        for end in package.needs:
            if end.certain:
                key = package.import_path, str(end.kind), end.name
                found.setdefault(key, []).append(end)
    return found


def _end(outcomes: Iterable[NeedEntry]) -> str:
    """The resolutions of a need in a few words; platforms are named only if they differ."""
    parts: dict[str, list[str]] = {}
    for each in outcomes:
        text = ", ".join(each.labels) or str(each.status)
        parts.setdefault(text, []).extend(each.platforms)
    if len(parts) == 1:
        return next(iter(parts))
    return "; ".join(f"{text} on {', '.join(names)}" for text, names in sorted(parts.items()))


def _need(key: _Key, before: str, after: Mapping[_Key, list[NeedEntry]]) -> NeedChange:
    here = after.get(key, [])
    need = here[0] if here else None
    return NeedChange(
        import_path=key[0],
        kind=key[1],
        name=key[2],
        before=before,
        after=_end(here) if here else "",
        path=need.path if need else "",
        line=need.line if need else 0,
    )


def _verdicts(base: Report, head: Report) -> Iterator[VerdictChange]:
    before = {
        (target.label, name): on.verdict for target in base.targets for name, on in target.platforms.items()
    }
    known = {target.label for target in base.targets}
    places = head.places
    graph = graph_of(head)
    for target in head.targets:
        groups: dict[tuple[str, TargetOn], list[str]] = {}
        for name, on in target.platforms.items():
            old = before.get((target.label, name))
            changed = old != on.verdict if old else target.label not in known and on.verdict != Verdict.PURE
            if changed:
                alike = _alike(groups, str(old or ""), on)
                groups.setdefault(alike, []).append(name)
        for (old_text, on), platforms in groups.items():
            change = VerdictChange(
                label=target.label,
                platforms=tuple(platforms),
                before=old_text,
                after=str(on.verdict),
                chain=on.chain,
                places=tuple(places[pair] for pair in pairwise(on.chain) if pair in places),
            )
            yield evolve(change, cut=_cut(change, graph, places)) if change.is_worse else change


def _cut(
    change: VerdictChange, graph: DependencyGraph, places: Mapping[tuple[str, str], ImportPlace]
) -> tuple[ImportPlace, ...] | None:
    """The fewest imports of the user's own code to remove, None if that cannot end it."""
    from bazel_xc.graph.ways import ways  # noqa: PLC0415 - brings networkx, which few comparisons need

    if change.label not in graph.nodes:
        return None
    found = ways(graph, change.label, change.platforms[0], limit=1)
    if not found.ends or found.cut is None:
        return None
    return tuple(places.get(pair, ImportPlace(*pair, "", 0)) for pair in found.cut)


def _alike(
    groups: Mapping[tuple[str, TargetOn], list[str]], before: str, on: TargetOn
) -> tuple[str, TargetOn]:
    """The group with the same verdicts and chain, or a new one."""
    for old, first in groups:
        if (old, first.verdict, first.chain) == (before, on.verdict, on.chain):
            return old, first
    return before, on


def _rank(verdict: str) -> int:
    return _ORDER.index(Verdict(verdict))
