"""The jobs of a CI matrix: which targets are built for which platform.

Comes in: a ``Report`` and a ``MatrixRequest``. Goes out: a ``Matrix``: sorted jobs, and the pairs that cannot
be built, each with the reason. Targets of one platform share jobs if there would be too many. A target whose
name has a meaning to a shell is in no job, because CI passes the names to a shell.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from attrs import field, frozen

from bazel_xc.errors import ReportError
from bazel_xc.graph.dependency import Verdict
from bazel_xc.model import some_of
from bazel_xc.report.model import Report, TargetEntry, TargetOn, matches

_PLAIN = re.compile(r"[A-Za-z0-9_./:@+=~,-]+")  # characters without a meaning to any shell


@frozen(kw_only=True)
class MatrixRequest:
    """The options of a matrix.

    Patterns are label patterns such as ``//dir/...``, each optionally followed by ``@<platform>``. Without
    ``include`` all targets are included. ``both`` adds jobs without cgo for platforms with cgo. ``most`` is
    the largest number of jobs, 0 for no limit. ``grouped`` makes one job per platform and kind. ``runners``
    are by platform.
    """

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    both: bool = False
    grouped: bool = False
    most: int = 0
    runners: Mapping[str, str] = field(factory=dict)


@frozen(order=True, kw_only=True)
class Job:
    """Targets that are built together for one platform; ``kind`` is ``binary`` or ``test``."""

    platform: str
    cgo: bool
    kind: str
    targets: tuple[str, ...]
    needs_c: bool
    runner: str = ""

    @property
    def name(self) -> str:
        """A name that is unique in the matrix."""
        cgo = "" if self.cgo else " without cgo"
        return f"{self.kind} {some_of(self.targets, 1)} for {self.platform}{cgo}"


@frozen(order=True)
class LeftOut:
    """A target and a platform that are in no job, with the reason."""

    target: str
    platform: str
    cgo: bool
    reason: str


@frozen
class Matrix:
    """The whole matrix; ``refused`` are labels with a meaning to a shell."""

    jobs: tuple[Job, ...]
    left_out: tuple[LeftOut, ...]
    refused: tuple[str, ...] = ()


def matrix(report: Report, asked: MatrixRequest) -> Matrix:
    """The matrix of a report. Raises ``ReportError`` if fewer jobs are allowed than there are platforms."""
    cgo = {each.name: each.cgo for each in report.run.platforms}
    pairs: dict[tuple[str, bool, str], list[tuple[str, bool]]] = {}
    left_out: list[LeftOut] = []
    refused: set[str] = set()
    reasons = dict(_reasons(report))
    for target, platform, on in _meant(report.targets, asked):
        if not _PLAIN.fullmatch(target.label):
            refused.add(target.label)
            continue
        for with_cgo, verdict, reason in _settings(target, on, cgo[platform], both=asked.both):
            if with_cgo:
                found = (reasons[each, platform] for each in on.blockers if (each, platform) in reasons)
                reason = ": ".join((reason, *tuple(found)[:1]))  # noqa: PLW2901 - the same with its cause
            if verdict is Verdict.BLOCKED:
                left_out.append(LeftOut(target.label, platform, with_cgo, reason))
            else:
                key = (platform, with_cgo, _kind(target))
                pairs.setdefault(key, []).append((target.label, verdict is not Verdict.PURE))
    left_out += _of_other_platforms(report.of_other_platforms, asked)
    size = _chunk(pairs.values(), asked)
    jobs = [
        Job(
            platform=platform,
            cgo=with_cgo,
            kind=kind,
            targets=tuple(label for label, _ in some),
            needs_c=any(needs for _, needs in some),
            runner=asked.runners.get(platform, ""),
        )
        for (platform, with_cgo, kind), found in pairs.items()
        for some in _chunks(sorted(found), size)
    ]
    others = sorted({each.only for each in report.of_other_platforms} - cgo.keys())
    place = {name: at for at, name in enumerate((*cgo, *others))}
    return Matrix(
        tuple(sorted(jobs, key=lambda each: (place[each.platform], each))),
        tuple(sorted(left_out, key=lambda each: (each.target, place[each.platform], each))),
        tuple(sorted(refused)),
    )


def _reasons(report: Report) -> Iterator[tuple[tuple[str, str], str]]:
    """By package and platform: the library of the tree that keeps it from being built."""
    for package in report.packages:
        for need in package.needs:
            if need.lack:
                for platform in need.platforms:
                    yield (package.import_path, platform), f"{need.name}: {need.lack}"


def _kind(target: TargetEntry) -> str:
    """Whether a target is a test or a binary."""
    return "test" if target.is_test else "binary"


def _meant(
    targets: Iterable[TargetEntry], asked: MatrixRequest
) -> Iterator[tuple[TargetEntry, str, TargetOn]]:
    for target in targets:
        for name, on in target.platforms.items():
            if _is_meant(target, name, asked):
                yield target, name, on


def _of_other_platforms(targets: Iterable[TargetEntry], asked: MatrixRequest) -> Iterator[LeftOut]:
    for each in targets:
        if _is_meant(each, each.only, asked):
            reason = "its rule sets this platform, which is not one of the matrix"
            yield LeftOut(each.label, each.only, False, reason)


def _is_meant(target: TargetEntry, platform: str, asked: MatrixRequest) -> bool:
    if asked.kinds and _kind(target) not in asked.kinds:
        return False
    wanted = not asked.include or _is_any(target.label, platform, asked.include)
    return wanted and not _is_any(target.label, platform, asked.exclude)


def _is_any(label: str, platform: str, patterns: Iterable[str]) -> bool:
    for pattern in patterns:
        start, at, name = pattern.rpartition("@")
        if not at or "/" in name:  # no platform; perhaps a repository
            start, name = pattern, platform
        if matches(label, start or "//...") and name == platform:
            return True
    return False


def _settings(
    target: TargetEntry, on: TargetOn, cgo: bool, *, both: bool
) -> Iterator[tuple[bool, Verdict, str]]:
    """The requested settings of cgo, each with the verdict of the target and its reason."""
    others = [each for each in on.blockers if each != target.label]
    length = on.lengths.get("blockers", 0)
    blockers = some_of(others, length=length and length - len(on.blockers) + len(others)) or "it"
    yield cgo, on.verdict, f"{blockers} cannot be built there"
    if both and cgo and not target.only:
        without = on.without_cgo
        verdict = without.verdict if without else on.verdict
        lost = some_of(without.vanished, length=without.lengths.get("vanished", 0)) if without else ""
        yield False, verdict, f"without cgo {lost or blockers} cannot be built there"


def _chunks(found: list[tuple[str, bool]], size: int) -> Iterator[list[tuple[str, bool]]]:
    for at in range(0, len(found), size):
        yield found[at : at + size]


def _chunk(groups: Iterable[list[tuple[str, bool]]], asked: MatrixRequest) -> int:
    """The number of targets that share a job, so that there are not too many jobs."""
    sizes = [len(each) for each in groups]
    largest = max(sizes, default=1)
    least = len(sizes) if asked.grouped else sum(sizes)
    if not asked.most or least <= asked.most:
        return largest if asked.grouped else 1
    if len(sizes) > asked.most:
        raise ReportError(
            f"--max-jobs: {asked.most} is less than {len(sizes)}, which is one per platform, cgo and kind"
        )
    return next(size for size in range(1, largest + 1) if sum(-(-n // size) for n in sizes) <= asked.most)
