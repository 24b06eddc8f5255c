"""What is worth saying of C needs that nobody provides.

Comes in: outcomes and the policy of the configuration. Goes out: diagnostics with the place that asks, the
platforms, what was tried and the remedy. What is provided is not said here, reports show it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bazel_xc.cgo.needs import CNeed, NeedKind
from bazel_xc.clibs.outcome import Outcome, Status
from bazel_xc.model import Diagnostic, Severity

_SEVERITIES = {"error": Severity.ERROR, "warn": Severity.WARNING, "ignore": Severity.NOTE}
_KINDS = {
    NeedKind.ARCHIVE: "archive",
    NeedKind.FRAMEWORK: "framework",
    NeedKind.HEADER: "header",
    NeedKind.LIB: "library",
    NeedKind.PKG_CONFIG: "pkg-config package",
}


def findings(outcomes: Iterable[Outcome], policy: str) -> Iterator[Diagnostic]:
    """One diagnostic per need without provider; ``policy`` is ``policy.unresolved``.

    An inclusion in a branch that may never be taken is a note, whatever the policy.
    """
    for each in outcomes:
        if each.status in (Status.AMBIGUOUS, Status.UNRESOLVED):
            severity = _SEVERITIES[policy] if each.need.certain else Severity.NOTE
            yield Diagnostic(
                path=each.need.path,
                line=each.need.line,
                severity=severity,
                code=f"c-{each.status}",
                message=f"{spelt(each.need)} {_problem(each)} [{', '.join(sorted(each.platforms))}]",
                remedy=each.remedy,
            )


def spelt(need: CNeed) -> str:
    """A need as people name it."""
    return f"{_KINDS[need.kind]} {need.name}"


def _problem(outcome: Outcome) -> str:
    if outcome.status is Status.AMBIGUOUS:
        return f"could come from {' or '.join(outcome.candidates)}"
    return f"has no provider: {'; '.join(outcome.tried)}" if outcome.tried else "has no provider"
