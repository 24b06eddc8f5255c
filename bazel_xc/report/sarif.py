"""Findings, blocked targets and worse verdicts as SARIF 2.1.0, for annotations in code review.

Comes in: a ``Report`` or a ``Comparison``. Goes out: a SARIF log in which every result has a file and a line
of the workspace, and a fingerprint that later lines do not change. Notes stay notes; a result without a place
is at go.mod. Source: SARIF Version 2.1.0, OASIS Standard.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any
from urllib.parse import quote

from attrs import frozen

from bazel_xc import HOME, __version__
from bazel_xc.graph.dependency import Verdict
from bazel_xc.model import Diagnostic
from bazel_xc.report.compare import Comparison
from bazel_xc.report.model import ImportPlace, Report
from bazel_xc.report.plain import plain
from bazel_xc.tables import table

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_HELP = f"{HOME}/blob/main/docs/messages.md"
_TABLE = "findings.toml"


@frozen(kw_only=True)
class _Result:
    rule: str
    level: str
    message: str
    path: str
    line: int
    identity: str  # the same for the same problem, whatever its line and its reason


def render(report: Report) -> str:
    """The findings and blocked targets of a report."""
    return _log((*map(_finding, report.findings), *_blocked(report)))


def render_comparison(comparison: Comparison) -> str:
    """The worse verdicts of a comparison."""
    return _log(
        _Result(
            rule="worse-verdict",
            level="warning",
            message=f"{each.label} on {', '.join(each.platforms)}: {each.before} before, {each.after} now,"
            f" through {' -> '.join(each.chain[1:]) or 'itself'}",
            path=_first(each.places).path,
            line=_first(each.places).line,
            identity=f"{each.label} {' '.join(each.platforms)} {each.after}",
        )
        for each in comparison.verdicts
        if each.is_worse
    )


def _finding(each: Diagnostic) -> _Result:
    remedy = f" ({each.remedy})" if each.remedy else ""
    return _Result(
        rule=each.code,
        level=str(each.severity),
        message=each.message + remedy,
        path=each.path,
        line=each.line,
        identity=f"{each.path} {each.message}",
    )


def _blocked(report: Report) -> Iterator[_Result]:
    known = report.places
    for target in report.targets:
        told: dict[tuple[tuple[str, ...], str], list[str]] = {}
        for name, on in target.platforms.items():
            if on.verdict is Verdict.BLOCKED and (on.chain or on.why):
                told.setdefault((on.chain, on.why), []).append(name)
        for (chain, why), names in told.items():
            first = _first(tuple(known[pair] for pair in pairwise(chain) if pair in known))
            reason = " -> ".join(chain[1:]) or why
            yield _Result(
                rule="blocked-target",
                level="note",
                message=f"{target.label} cannot be built on {', '.join(names)}: {reason}",
                path=first.path,
                line=first.line,
                identity=f"{target.label} {' '.join(names)}",
            )


def _first(places: tuple[ImportPlace, ...]) -> ImportPlace:
    """The last import of the user's own code in a chain."""
    return places[-1] if places else ImportPlace("", "", "go.mod", 1)


def _log(results: Iterable[_Result]) -> str:
    found = tuple(results)
    rules = sorted({each.rule for each in found})
    document = {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "bazel-xc",
                        "version": __version__,
                        "informationUri": HOME,
                        "rules": [_rule(name) for name in rules],
                    }
                },
                "columnKind": "utf16CodeUnits",
                "results": [*_results(found, rules)],
            }
        ],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _rule(name: str) -> dict[str, Any]:
    about = table(_TABLE).get(name, {})  # a saved report may have codes of a newer version
    title = about.get("title", name.replace("-", " "))
    cause, remedy = about.get("cause", f"{title}."), about.get("remedy", "")
    text = f"{cause} {remedy}".rstrip()
    return {
        "id": name,
        "shortDescription": {"text": title},
        "fullDescription": {"text": _plain(cause)},
        "help": {"text": _plain(text), "markdown": text},
        "helpUri": f"{_HELP}#{name}",
    }


def _plain(text: str) -> str:
    return text.replace("`", "")


def _results(found: Iterable[_Result], rules: list[str]) -> Iterator[dict[str, Any]]:
    seen: Counter[str] = Counter()
    for each in found:
        text = f"{each.rule} {each.identity}"
        number = seen[text]
        seen[text] += 1
        digest = hashlib.sha256(f"{text} {number}".encode("utf-8", "surrogatepass")).hexdigest()
        yield _result(each, rules) | {"partialFingerprints": {"bazelXc/v1": digest[:32]}}


def _result(each: _Result, rules: list[str]) -> dict[str, Any]:
    place: dict[str, Any] = {
        "artifactLocation": {"uri": quote(each.path or "go.mod"), "uriBaseId": "%SRCROOT%"}
    }
    if each.line:
        place["region"] = {"startLine": each.line}
    return {
        "ruleId": each.rule,
        "ruleIndex": rules.index(each.rule),
        "level": each.level,
        "message": {"text": plain(each.message)},
        "locations": [{"physicalLocation": place}],
    }
