"""The findings of a log, as text, JSON and annotations.

Comes in: a ``Scan``, and what is known about the names in it. Goes out: text. Lines of the log are not
escaped here; the caller does that when it prints them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping

from attrs import field, frozen

from bazel_xc.artifact.scan import Finding, Scan
from bazel_xc.model import Severity

SCHEMA = 1
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


@frozen(kw_only=True)
class Known:
    """Knowledge from outside the log.

    ``providers`` are providers of a need, by kind (``header``, ``library``, ``symbol``) and name; ``targets``
    are labels, by the heading of a finding.
    """

    providers: Mapping[tuple[str, str], str] = field(factory=dict)
    targets: Mapping[str, tuple[str, ...]] = field(factory=dict)

    def provider(self, finding: Finding) -> str:
        """The provider of the name that a finding misses; empty if none is known."""
        found = (self.providers.get((kind, name), "") for kind, name in finding.names.items())
        return next((each for each in found if each), "")

    def targets_of(self, finding: Finding) -> tuple[str, ...]:
        """The targets that a finding stops."""
        names = (finding.heading, finding.names.get("package", ""))
        return next((self.targets[name] for name in names if name in self.targets), ())


def text(found: Scan, known: Known) -> Iterator[str]:
    """The findings as lines for people."""
    for at, each in enumerate(found.findings):
        if at:
            yield ""
        times = f", {each.count} times" if each.count > 1 else ""
        yield f"{each.pattern.severity}: {each.pattern.id} (line {each.line}{times})"
        yield from (f"  | {line}" for line in each.context)
        yield f"  cause: {each.cause}"
        yield f"  do: {each.remedy}"
        provider, targets = known.provider(each), known.targets_of(each)
        if provider:
            yield f"  known: {provider}"
        if each.heading:
            yield f"  in: {each.heading}"
        if targets:
            yield f"  stops: {', '.join(targets)}"
    if found.findings:
        yield ""
    more = f", and {found.dropped} more that are not shown" if found.dropped else ""
    count = len(found.findings)
    yield f"{count} finding{'' if count == 1 else 's'}{more} in {found.lines} lines"


def as_json(found: Scan, known: Known) -> Iterator[str]:
    """The findings as one JSON document."""
    findings = [
        {
            "pattern": each.pattern.id,
            "severity": str(each.pattern.severity),
            "line": each.line,
            "count": each.count,
            "text": each.text,
            "context": list(each.context),
            "names": dict(each.names),
            "cause": each.cause,
            "remedy": each.remedy,
            "provider": known.provider(each),
            "heading": each.heading,
            "targets": list(known.targets_of(each)),
        }
        for each in found.findings
    ]
    raw = {"schema": SCHEMA, "lines": found.lines, "dropped": found.dropped, "findings": findings}
    yield from json.dumps(raw, indent=2).split("\n")


def github(found: Scan, known: Known) -> Iterator[str]:
    """Workflow commands of GitHub Actions, which make annotations; https://docs.github.com/actions."""
    for each in found.findings:
        place = {"title": each.pattern.id}
        file = each.names.get("file", "")
        file = file.removeprefix("__main__/").removeprefix("_main/")  # Bazel's name of the workspace
        if each.names.get("line") and file and not file.startswith(("/", "\\")):
            place |= {"file": file, "line": each.names["line"]}
        said = ",".join(f"{name}={_property(value)}" for name, value in place.items())
        message = "\n".join(filter(None, (each.text.strip(), each.cause, each.remedy, known.provider(each))))
        yield f"::{_LEVELS[each.pattern.severity]} {said}::{_data(message)}"


FORMATS: Mapping[str, Callable[[Scan, Known], Iterator[str]]] = {
    "github": github,
    "json": as_json,
    "text": text,
}


def _data(message: str) -> str:
    return message.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: str) -> str:
    return _data(value).replace(":", "%3A").replace(",", "%2C")
