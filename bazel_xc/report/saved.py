"""Reads a saved JSON report back.

Comes in: the text of a report that ``report --format json`` wrote. Goes out: a ``Report`` equal to the one it
was made from, or a ``ReportError`` that names what is wrong with the file. It accepts its own version only.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from bazel_xc.cgo.needs import CNeed, NeedKind
from bazel_xc.clibs.resolution import Outcome, Status
from bazel_xc.errors import ReportError
from bazel_xc.graph.dependency import Verdict
from bazel_xc.model import Diagnostic, Label, Severity
from bazel_xc.report.model import (
    SCHEMA_VERSION,
    Effect,
    GraphEdge,
    GraphNode,
    ImportPlace,
    PackageEntry,
    Report,
    Run,
    State,
    TargetEntry,
    TargetOn,
    WithoutCgo,
)

_Raw = Mapping[str, Any]


def load(text: str, name: str) -> Report:
    """The report in a text; ``name`` is the file's, for messages."""
    try:
        raw = json.loads(text)
    except ValueError as e:
        raise ReportError(f"{name}: no JSON: {e}") from None
    version = raw.get("schema") if isinstance(raw, dict) else None
    if version != SCHEMA_VERSION:
        found = f"schema {version}" if version is not None else "no schema"
        raise ReportError(
            f"{name}: no report of this version ({found}, wanted {SCHEMA_VERSION}); make it anew"
        )
    try:
        return _report(raw)
    except (KeyError, TypeError, ValueError, AttributeError) as e:
        raise ReportError(f"{name}: not a whole report: {type(e).__name__} at {e}; make it anew") from None


def _report(raw: _Raw) -> Report:
    run = raw["run"]
    return Report(
        run=Run(
            module=run["module"],
            revision=run["revision"],
            go_version=run["go"],
            tool_version=run["bazel_xc"],
            platforms=tuple((each["name"], each["cgo"]) for each in run["platforms"]),
        ),
        packages=tuple(_package(each) for each in raw["packages"]),
        targets=tuple(_target(each) for each in raw["targets"]),
        imports=tuple(
            ImportPlace(each["importer"], each["imported"], each["path"], each["line"])
            for each in raw["imports"]
        ),
        findings=tuple(
            Diagnostic(**{**each, "severity": Severity(each["severity"])}) for each in raw["findings"]
        ),
        nodes=tuple(_node(each) for each in raw["graph"]["nodes"]),
        edges=tuple(
            GraphEdge(source=each["source"], target=each["target"], platforms=tuple(each["platforms"]))
            for each in raw["graph"]["edges"]
        ),
    )


def _node(raw: _Raw) -> GraphNode:
    return GraphNode(
        name=raw["name"],
        kind=raw["kind"],
        first_party=raw["first_party"],
        cgo=tuple(raw["cgo"]),
        blocked=tuple(raw["blocked"]),
        unknown=tuple(raw.get("unknown", ())),
    )


def _package(raw: _Raw) -> PackageEntry:
    return PackageEntry(
        import_path=raw["import_path"],
        module=raw["module"],
        first_party=raw["first_party"],
        states=tuple((name, State(state)) for name, state in raw["states"].items()),
        needs=tuple(_outcome(each) for each in raw["needs"]),
    )


def _outcome(raw: _Raw) -> Outcome:
    platforms = frozenset(raw["platforms"])
    need = CNeed(NeedKind(raw["kind"]), raw["name"], platforms, raw["path"], raw["line"], raw["certain"])
    return Outcome(
        need=need,
        platforms=platforms,
        status=Status(raw["status"]),
        labels=tuple(map(Label.parse, raw["labels"])),
        how=raw["how"],
        candidates=tuple(raw["candidates"]),
        tried=tuple(raw["tried"]),
        remedy=raw["remedy"],
    )


def _target(raw: _Raw) -> TargetEntry:
    return TargetEntry(
        label=raw["label"],
        kind=raw["kind"],
        package=raw["package"],
        platforms=tuple(_target_on(name, each) for name, each in raw["platforms"].items()),
    )


def _target_on(name: str, raw: _Raw) -> TargetOn:
    without = raw["without_cgo"]
    return TargetOn(
        platform=name,
        verdict=Verdict(raw["verdict"]),
        chain=tuple(raw["chain"]),
        cgo_packages=tuple(raw["cgo_packages"]),
        standard_cgo_packages=tuple(raw["standard_cgo_packages"]),
        needs=tuple(raw["needs"]),
        blockers=tuple(raw["blockers"]),
        unknown=tuple(raw.get("unknown", ())),
        fallbacks=tuple(raw["fallbacks"]),
        without_cgo=_without_cgo(without) if without else None,
    )


def _without_cgo(raw: _Raw) -> WithoutCgo:
    return WithoutCgo(
        verdict=Verdict(raw["verdict"]),
        vanished=tuple(raw["vanished"]),
        fallbacks=tuple(raw["fallbacks"]),
        effects=tuple(Effect(package=each["package"], effect=each["effect"]) for each in raw["effects"]),
    )
