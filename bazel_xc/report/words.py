"""The words and short names in which a report speaks to people.

Comes in: verdicts, import paths, labels, platforms. Goes out: ``cannot build``, ``./daemon/command``,
``//cmd/dockerd``, ``linux``. A short name is never ambiguous within its report; JSON has the whole ones.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from types import MappingProxyType

from attrs import field, frozen

from bazel_xc.graph.dependency import NodeKind, Verdict
from bazel_xc.model import some_of
from bazel_xc.report.model import Report
from bazel_xc.report.page import GREEN, MAGENTA, RED, YELLOW
from bazel_xc.report.summary import short_label

_NOT_COMPILED = re.compile(", which (?:is|are) not compiled")
VERDICTS: Mapping[str, str] = MappingProxyType(
    {
        Verdict.PURE: "pure",
        Verdict.C_TOOLCHAIN: "C toolchain",
        Verdict.C_LIBRARIES: "C libraries",
        Verdict.BLOCKED: "cannot build",
        Verdict.UNKNOWN: "unknown",
    }
)
"""The verdicts, in the order of columns."""
COLORS: Mapping[str, str] = MappingProxyType(
    {
        Verdict.PURE: GREEN,
        Verdict.C_TOOLCHAIN: YELLOW,
        Verdict.C_LIBRARIES: YELLOW,
        Verdict.BLOCKED: RED,
        Verdict.UNKNOWN: MAGENTA,
    }
)


@frozen
class Names:
    """The short names of one report: ``own`` are the import paths of the workspace, below ``module``."""

    module: str
    platforms: tuple[str, ...]
    own: Collection[str] = field(repr=False)

    @classmethod
    def of(cls, report: Report) -> Names:
        """The names of a report."""
        own = {each.import_path for each in report.packages if each.first_party}
        own |= {
            each.name for each in report.graph.nodes if each.first_party and each.kind is NodeKind.PACKAGE
        }
        own |= {each.package for each in report.targets}
        return cls(report.run.module, report.run.names, own)

    def short(self, name: str) -> str:
        """An own package below the root as ``./directory``, a label without a needless name, others whole."""
        if name.startswith("//"):
            return short_label(name)
        if name in self.own and name.startswith(f"{self.module}/"):
            return f".{name[len(self.module) :]}"
        return name

    def chain(self, names: Iterable[str]) -> str:
        """Names that import one another."""
        return " -> ".join(map(self.short, names))

    def list(self, names: Sequence[str], most: int, length: int = 0) -> str:
        """The first ``most`` names and the number of the others; ``length`` as in ``some_of``."""
        return some_of([*map(self.short, names[:most])], most, max(length, len(names)))

    def where(self, platforms: Iterable[str]) -> str:
        """Platforms in their configured order: all of an operating system by its name, and ``everywhere``."""
        held = set(platforms)
        if held >= set(self.platforms):
            return "everywhere"
        found: dict[str, None] = {}
        for name in self.platforms:
            if name in held:
                alike = [each for each in self.platforms if _system(each) == _system(name)]
                whole = len(alike) > 1 and held.issuperset(alike)
                found[_system(name) if whole else name] = None
        return ", ".join(found)

    def on(self, platforms: Iterable[str]) -> str:
        """The same after a verdict: ``on linux``, or ``everywhere``."""
        text = self.where(platforms)
        return text if text == "everywhere" else f"on {text}"

    def counts(self, counts: Mapping[str, int]) -> str:
        """Numbers by platform, such as ``41 on darwin_arm64, 34 on windows``, the largest first."""
        alike: dict[int, list[str]] = {}
        for name, count in counts.items():
            alike.setdefault(count, []).append(name)
        return ", ".join(
            f"{count:,} {self.on(names)}" for count, names in sorted(alike.items(), reverse=True)
        )


def _system(platform: str) -> str:
    return platform.partition("_")[0]


def without_platforms(undefined: str) -> str:
    """The message about an undefined name, where the platforms are named already."""
    return _NOT_COMPILED.split(undefined, maxsplit=1)[0]


def plural(count: int, noun: str) -> str:
    """A number and a noun: ``1 target``, ``2,059 targets``, ``3 binaries``."""
    several = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{count:,} {noun if count == 1 else several}"
