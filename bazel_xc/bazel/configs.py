"""The ``--config`` that selects each platform.

Comes in: the configured platforms, .bazelrc with its imports, and our fragment as it was. Goes out: a name
per platform, and diagnostics if the platform's own name has a meaning already. Nothing is written.

A name is taken if .bazelrc or a file that it imports, other than our fragment, has a line for it. Lines that
only add to a definition of our fragment leave the name ours, so that people may add flags of their own: in
that case the fragment defines the name already, and no line of theirs selects a platform.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from attrs import frozen

from bazel_xc.buildfile.bazelrc import NAME, Bazelrc, RcLine, read_bazelrc
from bazel_xc.model import Diagnostic, Platform, Severity

_PREFIXES = ("", "xc_", "bazel_xc_")
_CHOOSE = ("platforms", "cpu", "config")


@frozen
class Configs:
    """The names by platform, and for each taken name the line that takes it."""

    names: Mapping[str, str]
    taken: Mapping[str, RcLine]

    def findings(self, severity: Severity) -> tuple[Diagnostic, ...]:
        """Findings about names that are taken."""
        return tuple(_taken(name, line, self.names[name], severity) for name, line in self.taken.items())


def choose_configs(platforms: Iterable[Platform], rc: Bazelrc, fragment: bytes | None) -> Configs:
    """A name per platform: its own, or one with a prefix if that is taken."""
    ours = read_bazelrc(lambda path: fragment if path == NAME else None)
    names: dict[str, str] = {}
    taken: dict[str, RcLine] = {}
    for platform in sorted(platforms):
        candidates = [prefix + platform.name for prefix in _PREFIXES]
        free = (name for name in candidates if not _taking(name, rc, ours))
        names[platform.name] = next(free, candidates[-1])
        if line := _taking(platform.name, rc, ours):
            taken[platform.name] = line
    return Configs(names, taken)


def _taking(name: str, rc: Bazelrc, ours: Bazelrc) -> RcLine | None:
    lines = rc.defining(name)
    choosing = (each for each in lines if any(each.values(option) for option in _CHOOSE))
    found = next(choosing, None)
    return found or (lines[0] if lines and not ours.defining(name) else None)


def _taken(name: str, line: RcLine, instead: str, severity: Severity) -> Diagnostic:
    return Diagnostic(
        path=line.path,
        line=line.line,
        severity=severity,
        code="config-taken",
        message=f".bazelrc already defines --config={name}",
        remedy=f"use --config={instead} for the platform of bazel_xc.toml",
    )
