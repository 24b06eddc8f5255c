"""The first things to know about a report: totals, the binaries that need C, its causes, and what to do next.

Comes in: a ``Report``. Goes out: a ``Summary`` of plain values, in the order in which people need them; its
fields are keys of the JSON report. One walk over the targets makes it, so that its cost grows with the size
of the report. Import paths are whole and no text is shortened: that is for renderers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from attrs import evolve, field, frozen

from bazel_xc.cgo.needs import NeedKind
from bazel_xc.clibs.resolution import Status
from bazel_xc.graph.dependency import NodeKind, Verdict
from bazel_xc.graph.reach import Reach
from bazel_xc.model import Diagnostic
from bazel_xc.report.model import Report, State, TargetEntry, TargetOn

_OPEN = (Status.AMBIGUOUS, Status.UNRESOLVED)
_C = "cgo_packages"
_BLOCKED = "blockers"
_UNKNOWN = "unknown"
_LISTS = (_C, _BLOCKED, _UNKNOWN)


@frozen(kw_only=True)
class PlatformTotals:
    """The numbers of binaries and tests on a platform by verdict; every verdict is there."""

    name: str
    cgo: bool
    binaries: Mapping[Verdict, int] = field(hash=False)
    tests: Mapping[Verdict, int] = field(hash=False)

    def of(self, verdict: Verdict) -> int:
        """The number of targets with a verdict."""
        return self.binaries[verdict] + self.tests[verdict]


@frozen(kw_only=True)
class BinaryOn:
    """A binary on the platforms where its answer is the same.

    ``causes`` are the packages that bring C in, that cannot be built or that could not be loaded, the nearest
    first; there are none if the reason is in the binary's own files, and ``why`` may then have it.
    ``needs`` are the C libraries. ``fallback`` is true if all causes have Go code to use instead of C.
    ``without_cgo`` is the verdict if cgo were off, None if it is off already.
    """

    verdict: Verdict
    platforms: tuple[str, ...]
    causes: tuple[str, ...]
    needs: tuple[str, ...] = ()
    why: str = ""
    fallback: bool = False
    without_cgo: Verdict | None = None


@frozen(kw_only=True)
class BinaryEntry:
    """A binary that is not pure on every platform; platforms where it is pure are left out."""

    label: str
    package: str
    on: tuple[BinaryOn, ...]


@frozen(kw_only=True)
class Cause:
    """A package through which targets need C, cannot be built or are unknown.

    ``targets`` and ``binaries`` are the numbers of those above it, ``platforms`` has the number of targets
    by platform. On the platforms of ``fallbacks`` it has Go code to use instead of C. ``reason`` says why it
    cannot be built, with the place in ``path`` and ``line``; it is empty if it has no files there.
    """

    package: str
    module: str
    first_party: bool
    targets: int
    binaries: int
    platforms: Mapping[str, int] = field(hash=False)
    fallbacks: tuple[str, ...] = ()
    reason: str = ""
    path: str = ""
    line: int = 0


@frozen(kw_only=True)
class OpenNeed:
    """A C need without a provider, or with several possible ones."""

    kind: NeedKind
    name: str
    package: str
    platforms: tuple[str, ...]
    path: str
    line: int
    remedy: str


@frozen
class NextStep:
    """A command to run next, and the question that it answers."""

    command: str
    purpose: str


@frozen(kw_only=True)
class Summary:
    """The summary of a report; ``causes``, ``blockers`` and ``unknown`` have the most targets first.

    ``own_files`` has, by platform, the number of targets whose own files are why they cannot be built there:
    mostly, there are none for that platform.
    """

    binaries: int
    tests: int
    platforms: tuple[PlatformTotals, ...]
    not_pure: tuple[BinaryEntry, ...]
    causes: tuple[Cause, ...]
    blockers: tuple[Cause, ...]
    own_files: Mapping[str, int] = field(hash=False)
    unknown: tuple[Cause, ...]
    open_needs: tuple[OpenNeed, ...]
    next: tuple[NextStep, ...]

    @property
    def targets(self) -> int:
        """The number of all targets."""
        return self.binaries + self.tests


def summarise(report: Report) -> Summary:
    """The summary of a report, which may have been shortened to some targets."""
    walk = _Walk(report)
    binaries = sum(not each.is_test for each in report.targets)
    not_pure = tuple(_binary(each, walk) for each in report.targets if not (each.is_test or each.is_pure))
    return Summary(
        binaries=binaries,
        tests=len(report.targets) - binaries,
        platforms=tuple(_totals(report)),
        not_pure=not_pure,
        causes=walk.causes(_C),
        blockers=walk.causes(_BLOCKED),
        own_files=walk.own_files,
        unknown=walk.causes(_UNKNOWN),
        open_needs=tuple(_open_needs(report)),
        next=tuple(_next(report, not_pure)),
    )


def _totals(report: Report) -> Iterator[PlatformTotals]:
    for platform in report.run.platforms:
        counts = {kind: dict.fromkeys(Verdict, 0) for kind in (False, True)}
        for target in report.targets:
            if on := target.platforms.get(platform.name):
                counts[target.is_test][on.verdict] += 1
        yield PlatformTotals(name=platform.name, cgo=platform.cgo, binaries=counts[False], tests=counts[True])


class _Walk:
    """One walk over all targets: the targets above each cause."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.entries = {each.import_path: each for each in report.packages}
        self.whole: dict[tuple[str, str], Reach] = {}

    def names(self, target: TargetEntry, platform: str, key: str) -> tuple[str, ...]:
        """The packages of a list of a target, without itself; all of them even if the list is shortened."""
        on = target.platforms[platform]
        found: tuple[str, ...] = getattr(on, key)
        if key in on.lengths:
            reach = self._reach(platform, key)
            found = tuple(dict.fromkeys((*found, *reach.names(reach.masks.get(target.label, 0)))))
        return tuple(each for each in found if each != target.label)

    def _reach(self, platform: str, key: str) -> Reach:
        """The packages of such a list below every node of the graph on a platform."""
        if (platform, key) not in self.whole:
            below: dict[str, list[str]] = {}
            for edge in self.report.graph.edges:
                if platform in edge.platforms:
                    below.setdefault(edge.source, []).append(edge.target)
            where = {_C: "cgo", _BLOCKED: "blocked", _UNKNOWN: "unknown"}[key]
            marked = (
                node.name
                for node in self.report.graph.nodes
                if platform in getattr(node, where) and node.kind is NodeKind.PACKAGE
            )
            self.whole[platform, key] = Reach.of(below, marked)
        return self.whole[platform, key]

    @cached_property
    def _above(self) -> Mapping[str, Mapping[str, tuple[dict[str, int], set[str], set[str]]]]:
        """By list and package: the number of targets per platform, and the labels of targets and binaries."""
        found: dict[str, dict[str, tuple[dict[str, int], set[str], set[str]]]] = {key: {} for key in _LISTS}
        for target in self.report.targets:
            for platform in target.platforms:
                for key, packages in found.items():
                    for name in self.names(target, platform, key):
                        counts, targets, binaries = packages.setdefault(name, ({}, set(), set()))
                        counts[platform] = counts.get(platform, 0) + 1
                        targets.add(target.label)
                        if not target.is_test:
                            binaries.add(target.label)
        return found

    def causes(self, key: str) -> tuple[Cause, ...]:
        """The packages of one kind of list."""
        reasons = dict(_reasons(self.report)) if key == _BLOCKED else {}
        made = (
            self._cause(name, counts, (len(targets), len(binaries)), reasons.get(name, ("", "", 0)))
            for name, (counts, targets, binaries) in self._above[key].items()
        )
        return tuple(sorted(made, key=lambda each: (-each.targets, -each.binaries, each.package)))

    def _cause(
        self, name: str, counts: Mapping[str, int], numbers: tuple[int, int], reason: tuple[str, str, int]
    ) -> Cause:
        entry = self.entries.get(name)
        order = self.report.run.names
        return Cause(
            package=name,
            module=entry.module if entry else "",
            first_party=entry.first_party if entry else False,
            targets=numbers[0],
            binaries=numbers[1],
            platforms={each: counts[each] for each in order if each in counts},
            fallbacks=tuple(each for each in order if each in counts and self.falls_back(name, each)),
            reason=reason[0],
            path=reason[1],
            line=reason[2],
        )

    def falls_back(self, name: str, platform: str) -> bool:
        """Whether a package has Go code to use instead of its C."""
        entry = self.entries.get(name)
        return bool(entry) and entry.states.get(platform) is State.FALLBACK  # type: ignore[union-attr]

    @cached_property
    def own_files(self) -> Mapping[str, int]:
        """By platform, the number of targets that cannot be built because of their own files."""
        found: dict[str, int] = {}
        for platform in self.report.run.names:
            count = sum(
                on.verdict is Verdict.BLOCKED and _is_own(target, on)
                for target in self.report.targets
                if (on := target.platforms.get(platform))
            )
            found |= {platform: count} if count else {}
        return found


def _is_own(target: TargetEntry, on: TargetOn) -> bool:
    """Whether the target's own files are among the reasons why it cannot be built."""
    return target.label in on.blockers or not on.blockers


def _binary(target: TargetEntry, walk: _Walk) -> BinaryEntry:
    groups: dict[BinaryOn, list[str]] = {}
    for platform, on in target.platforms.items():
        if on.verdict is not Verdict.PURE:
            causes = _ordered(walk.names(target, platform, _deciding(on.verdict)), on)
            uses_c = on.verdict in (Verdict.C_TOOLCHAIN, Verdict.C_LIBRARIES)
            alike = BinaryOn(
                verdict=on.verdict,
                platforms=(),
                causes=causes,
                needs=on.needs if uses_c else (),
                why=on.why,
                fallback=uses_c and all(walk.falls_back(each, platform) for each in causes),
                without_cgo=on.without_cgo.verdict if on.without_cgo else None,
            )
            groups.setdefault(alike, []).append(platform)
    found = (evolve(alike, platforms=tuple(platforms)) for alike, platforms in groups.items())
    return BinaryEntry(label=target.label, package=target.package, on=tuple(found))


def _deciding(verdict: Verdict) -> str:
    """The list of a target that decides a verdict."""
    return {Verdict.BLOCKED: _BLOCKED, Verdict.UNKNOWN: _UNKNOWN}.get(verdict, _C)


def _ordered(names: tuple[str, ...], on: TargetOn) -> tuple[str, ...]:
    """Names with the one first to which the chain leads."""
    nearest = on.chain[-1] if on.chain else ""
    return tuple(sorted(names, key=lambda each: (each != nearest, each)))


def _reasons(report: Report) -> Iterator[tuple[str, tuple[str, str, int]]]:
    """By package, the reason why it cannot be built: a library that is missing, or an undefined name."""
    undefined = undefined_names(report.findings)
    root = report.run.module
    for package in report.packages:
        lacks = (each for each in package.needs if each.lack)
        if lack := next(lacks, None):
            yield package.import_path, (f"{lack.name}: {lack.lack}", lack.path, lack.line)
        elif package.first_party and f"{package.import_path}/".startswith(f"{root}/"):
            directory = package.import_path[len(root) :].lstrip("/")
            if directory in undefined:
                yield package.import_path, undefined[directory]


def undefined_names(findings: Iterable[Diagnostic]) -> Mapping[str, tuple[str, str, int]]:
    """By directory, the first name that its package uses and nothing declares on some platform, with its
    place.
    """
    found: dict[str, tuple[str, str, int]] = {}
    for each in findings:
        if each.code == "undefined" and not each.path.endswith("_test.go"):
            found.setdefault(each.path.rpartition("/")[0], (each.message, each.path, each.line))
    return found


def _open_needs(report: Report) -> Iterator[OpenNeed]:
    for package in report.packages:
        found: dict[tuple[str, str], OpenNeed] = {}
        for each in package.needs:
            if each.certain and each.status in _OPEN:
                before = found.get((each.kind, each.name))
                held = {*each.platforms, *(before.platforms if before else ())}
                found[each.kind, each.name] = OpenNeed(
                    kind=each.kind,
                    name=each.name,
                    package=package.import_path,
                    platforms=tuple(name for name in report.run.names if name in held),
                    path=each.path,
                    line=each.line,
                    remedy=each.remedy,
                )
        yield from found.values()


def _next(report: Report, not_pure: Iterable[BinaryEntry]) -> Iterator[NextStep]:
    labels = [each.label for each in sorted(not_pure, key=_dullness)]
    labels += [each.label for each in report.targets if not each.is_pure][:1]
    if labels:
        yield NextStep(f"bazel-xc why {short_label(labels[0])}", "which imports bring C in")
    if report.targets:
        yield NextStep("bazel-xc report --all", "every target and package")
        yield NextStep("bazel-xc report --format html -o cgo.html", "the same to click through")


def _dullness(binary: BinaryEntry) -> int:
    """The rank of a binary to ask about: one that uses C, then one with imports to blame."""
    if any(on.verdict in (Verdict.C_TOOLCHAIN, Verdict.C_LIBRARIES) for on in binary.on):
        return 0
    return 1 if any(on.causes for on in binary.on) else 2


def short_label(label: str) -> str:
    """A label without the name if that is the last part of its package, as Bazel also reads it."""
    package, _, name = label.partition(":")
    return package if name and package.rpartition("/")[2] == name else label
