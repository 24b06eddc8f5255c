"""The report as JSON: versioned, sorted, without anything that changes from run to run.

Comes in: a ``Report``. Goes out: text. The shape is described in ``data/report.schema.json``.
"""

from __future__ import annotations

import json
from typing import Any

from bazel_xc.report.build import SCHEMA_VERSION, PackageEntry, Report, TargetEntry


def render(report: Report) -> str:
    """The report as an indented JSON document with a final line end."""
    document = {
        "schema": SCHEMA_VERSION,
        "run": {
            "module": report.run.module,
            "go": report.run.go_version,
            "bazel_xc": report.run.tool_version,
            "platforms": [{"name": name, "cgo": cgo} for name, cgo in report.run.platforms],
        },
        "packages": [_package(each) for each in report.packages],
        "targets": [_target(each) for each in report.targets],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _package(each: PackageEntry) -> dict[str, Any]:
    return {
        "import_path": each.import_path,
        "module": each.module,
        "first_party": each.first_party,
        "platforms": list(each.platforms),
        "needs": [
            {
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
            for end in each.needs
        ],
    }


def _target(each: TargetEntry) -> dict[str, Any]:
    return {
        "label": each.label,
        "kind": each.kind,
        "package": each.package,
        "platforms": {
            on.platform: {
                "verdict": str(on.verdict),
                "chain": list(on.chain),
                "cgo_packages": list(on.cgo_packages),
                "standard_cgo_packages": list(on.standard_cgo_packages),
                "needs": list(on.needs),
                "blockers": list(on.blockers),
            }
            for on in each.platforms
        },
    }
