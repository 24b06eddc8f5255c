"""The report as JSON: versioned, sorted, without anything that changes from run to run.

Comes in: a ``Report``. Goes out: text. The shape is described in ``data/report.schema.json``.
"""

from __future__ import annotations

import json
from typing import Any

from bazel_xc.clibs.resolution import Outcome
from bazel_xc.model import Diagnostic
from bazel_xc.report.model import (
    SCHEMA_VERSION,
    GraphNode,
    PackageEntry,
    Report,
    TargetEntry,
    TargetOn,
    WithoutCgo,
)


def render(report: Report) -> str:
    """The report as an indented JSON document with a final line end."""
    return json.dumps(document(report), indent=2, ensure_ascii=False) + "\n"


def document(report: Report) -> dict[str, Any]:
    """The report as JSON's own values."""
    run = report.run
    return {
        "schema": SCHEMA_VERSION,
        "run": {
            "module": run.module,
            "revision": run.revision,
            "go": run.go_version,
            "bazel_xc": run.tool_version,
            "platforms": [{"name": name, "cgo": cgo} for name, cgo in run.platforms],
        },
        "packages": [_package(each) for each in report.packages],
        "targets": [_target(each) for each in report.targets],
        "imports": [
            {"importer": each.importer, "imported": each.imported, "path": each.path, "line": each.line}
            for each in report.imports
        ],
        "findings": [_finding(each) for each in report.findings],
        "graph": {
            "nodes": [_node(each) for each in report.nodes],
            "edges": [
                {"source": each.source, "target": each.target, "platforms": list(each.platforms)}
                for each in report.edges
            ],
        },
    }


def _package(each: PackageEntry) -> dict[str, Any]:
    return {
        "import_path": each.import_path,
        "module": each.module,
        "first_party": each.first_party,
        "states": {name: str(state) for name, state in each.states},
        "needs": [_need(end) for end in each.needs],
    }


def _need(end: Outcome) -> dict[str, Any]:
    return {
        "kind": str(end.need.kind),
        "name": end.need.name,
        "platforms": sorted(end.platforms),
        "path": end.need.path,
        "line": end.need.line,
        "certain": end.need.certain,
        "status": str(end.status),
        "labels": [str(label) for label in end.labels],
        "how": end.how,
        "candidates": list(end.candidates),
        "tried": list(end.tried),
        "remedy": end.remedy,
    }


def _target(each: TargetEntry) -> dict[str, Any]:
    return {
        "label": each.label,
        "kind": each.kind,
        "package": each.package,
        "platforms": {on.platform: _target_on(on) for on in each.platforms},
    }


def _target_on(on: TargetOn) -> dict[str, Any]:
    return {
        "verdict": str(on.verdict),
        "chain": list(on.chain),
        "cgo_packages": list(on.cgo_packages),
        "standard_cgo_packages": list(on.standard_cgo_packages),
        "needs": list(on.needs),
        "blockers": list(on.blockers),
        "unknown": list(on.unknown),
        "fallbacks": list(on.fallbacks),
        "without_cgo": _without_cgo(on.without_cgo) if on.without_cgo else None,
    }


def _without_cgo(each: WithoutCgo) -> dict[str, Any]:
    return {
        "verdict": str(each.verdict),
        "vanished": list(each.vanished),
        "fallbacks": list(each.fallbacks),
        "effects": [{"package": one.package, "effect": one.effect} for one in each.effects],
    }


def _node(each: GraphNode) -> dict[str, Any]:
    return {
        "name": each.name,
        "kind": each.kind,
        "first_party": each.first_party,
        "cgo": list(each.cgo),
        "blocked": list(each.blocked),
        "unknown": list(each.unknown),
    }


def _finding(each: Diagnostic) -> dict[str, Any]:
    return {
        "severity": str(each.severity),
        "code": each.code,
        "path": each.path,
        "line": each.line,
        "column": each.column,
        "message": each.message,
        "remedy": each.remedy,
    }
