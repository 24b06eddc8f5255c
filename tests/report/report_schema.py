"""Makes the JSON Schemas of all commands from their classes: ``python tests/report/report_schema.py``.

Comes in: the classes that the commands write. Goes out: ``bazel_xc/data/*.schema.json``. The schema of the
configuration is not among them.
"""

# ruff: noqa: ANN401

from __future__ import annotations

import enum
import json
from collections.abc import Mapping
from pathlib import Path
from types import UnionType
from typing import Any, get_args, get_origin

from attrs import fields

import bazel_xc
from bazel_xc.artifact import log_format
from bazel_xc.artifact.check import Check
from bazel_xc.artifact.facts import GoInfo, Image
from bazel_xc.artifact.fingerprint import SCHEMA as FINGERPRINT_SCHEMA
from bazel_xc.artifact.trial import Figures
from bazel_xc.cli import doctor, verify
from bazel_xc.graph.dependency import Verdict
from bazel_xc.json_values import field_types
from bazel_xc.model import Severity
from bazel_xc.report import compare_format, matrix_format, why_format
from bazel_xc.report.compare import Comparison
from bazel_xc.report.compare_blocks import Block
from bazel_xc.report.model import SCHEMA_VERSION, ImportPlace, Report
from bazel_xc.report.summary import Summary

FOLDER = Path(bazel_xc.__file__).parent / "data"
PATH = FOLDER / "report.schema.json"
_TEXT: dict[str, Any] = {"type": "string"}
_TRUTH: dict[str, Any] = {"type": "boolean"}
_COUNT: dict[str, Any] = {"type": "integer", "minimum": 0}
_TEXTS: dict[str, Any] = {"type": "array", "items": _TEXT}
_SIMPLE: dict[Any, dict[str, Any]] = {
    str: _TEXT,
    bool: _TRUTH,
    int: _COUNT,  # lines, columns, numbers
    float: {"type": "number"},
}
_DESCRIBED = frozenset(
    each.__module__ for each in (Report, Summary, Comparison, Block, Check, Figures, Image)
)


def schema() -> dict[str, Any]:
    """The schema of the report; classes are definitions under their own names."""
    definitions: dict[str, Any] = {}
    _of(Report, definitions)
    report = definitions.pop("Report")
    report["required"].insert(0, "schema")
    properties = report["properties"]
    report["properties"] = {
        "schema": {"const": SCHEMA_VERSION},
        "run": properties.pop("run"),
        "summary": _of(Summary, definitions),  # not required: older reports lack it
        **properties,
    }
    return {**_head("report", SCHEMA_VERSION), **report, "$defs": definitions}


def _head(command: str, version: int) -> dict[str, Any]:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"bazel-xc {command}, version {version}",
    }


def _document(
    command: str, version: int, parts: dict[str, Any], definitions: dict[str, Any]
) -> dict[str, Any]:
    whole = _object({"schema": {"const": version}, **parts})
    return {**_head(command, version), **whole, **({"$defs": definitions} if definitions else {})}


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": [*properties],
        "properties": properties,
    }


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _compare() -> dict[str, Any]:
    definitions: dict[str, Any] = {}
    _of(Comparison, definitions)
    found = definitions.pop("Comparison")
    definitions.pop("Names")
    change = definitions["VerdictChange"]
    change["properties"]["worse"] = _TRUTH
    change["required"].append("worse")
    parts = {name: each for name, each in found["properties"].items() if name != "names"}
    blocks = _list(_of(Block, definitions))
    return _document("compare", compare_format.SCHEMA, {**parts, "blocks": blocks}, definitions)


def _why() -> dict[str, Any]:
    definitions: dict[str, Any] = {}
    platform = _object(
        {
            "platform": _TEXT,
            "verdict": _of(Verdict, definitions),
            "ends": _TEXTS,
            "shortest": _list(_TEXTS),
            "chains": _list(_TEXTS),
            "more": _TRUTH,
            "gates": _TEXTS,
            "cut": {"oneOf": [{"type": "null"}, _list(_of(ImportPlace, definitions))]},
        }
    )
    parts = {"node": _TEXT, "platforms": _list(platform)}
    return _document("why", why_format.SCHEMA, parts, definitions)


def _matrix() -> dict[str, Any]:
    job = {"name": _TEXT, "platform": _TEXT, "cgo": _TRUTH, "kind": {"enum": ["binary", "test"]}}
    job |= {"targets": _TEXTS, "needs_c": _TRUTH, "runner": _TEXT}
    left_out = {"target": _TEXT, "platform": _TEXT, "cgo": _TRUTH, "reason": _TEXT}
    parts = {"jobs": _list(_object(job)), "left_out": _list(_object(left_out))}
    return _document("matrix", matrix_format.SCHEMA, parts, {})


def _doctor() -> dict[str, Any]:
    definitions: dict[str, Any] = {}
    subject = _object({"name": _TEXT, "checks": _list(_of(Check, definitions))})
    parts = {"failed": _TRUTH, "subjects": _list(subject)}
    return _document("doctor", doctor.SCHEMA, parts, definitions)


def _verify() -> dict[str, Any]:
    definitions: dict[str, Any] = {}
    file = {
        "path": _TEXT,
        "sha256": _TEXT,
        "failed": _TRUTH,
        "figures": _of(Figures, definitions),
        "checks": _list(_of(Check, definitions)),
        "image": {"oneOf": [{"type": "null"}, _of(Image, definitions)]},
        "go": {"oneOf": [{"type": "null"}, _of(GoInfo, definitions)]},
    }
    parts = {"platform": _object({"name": _TEXT, "cgo": _TRUTH}), "files": _list(_object(file))}
    return _document("verify", verify.SCHEMA, parts, definitions)


def _scan_log() -> dict[str, Any]:
    finding = {
        "pattern": _TEXT,
        "severity": {"enum": [str(each) for each in Severity]},
        "line": _COUNT,
        "count": _COUNT,
        "text": _TEXT,
        "context": _TEXTS,
        "names": {"type": "object", "additionalProperties": _TEXT},
        "cause": _TEXT,
        "remedy": _TEXT,
        "provider": _TEXT,
        "heading": _TEXT,
        "targets": _TEXTS,
    }
    parts = {"lines": _COUNT, "dropped": _COUNT, "findings": _list(_object(finding))}
    return _document("scan-log", log_format.SCHEMA, parts, {})


def _fingerprint() -> dict[str, Any]:
    parts = {"key": _TEXT, "parts": {"type": "object", "additionalProperties": _TEXT}}
    return _document("fingerprint", FINGERPRINT_SCHEMA, parts, {})


SCHEMAS = {
    "compare": _compare,
    "doctor": _doctor,
    "fingerprint": _fingerprint,
    "matrix": _matrix,
    "report": schema,
    "scan-log": _scan_log,
    "verify": _verify,
    "why": _why,
}


def _of(kind: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    if kind in _SIMPLE:
        return _SIMPLE[kind]
    origin, inner = get_origin(kind), get_args(kind)
    if origin is UnionType:
        return {"oneOf": [{"type": "null"}, _of(inner[0], definitions)]}
    if origin is tuple:
        return {"type": "array", "items": _of(inner[0], definitions)}
    if origin is Mapping:
        return {"type": "object", "additionalProperties": _of(inner[1], definitions)}
    if not isinstance(kind, type):  # such as Collection[str]
        return {"type": "array"}
    if issubclass(kind, enum.StrEnum):
        return {"enum": [str(each) for each in kind]}
    if kind.__name__ not in definitions:
        definitions[kind.__name__] = {}  # in the order of the first mention
        definitions[kind.__name__] = _definition(kind, definitions)
    return {"$ref": f"#/$defs/{kind.__name__}"}


def _definition(kind: type, definitions: dict[str, Any]) -> dict[str, Any]:
    types = field_types(kind)
    optional = {each.name for each in fields(kind) if each.metadata.get("optional")}
    words = " ".join((kind.__doc__ or "").replace("``", "").split())
    return {
        **({"description": words} if kind.__module__ in _DESCRIBED else {}),
        "type": "object",
        "additionalProperties": False,
        "required": [name for name in types if name not in optional],
        "properties": {name: _of(each, definitions) for name, (each, _) in types.items()},
    }


def text(command: str = "report") -> str:
    """The file as it is shipped."""
    return json.dumps(SCHEMAS[command](), indent=2, ensure_ascii=False) + "\n"


def path(command: str) -> Path:
    """The place of the file."""
    return FOLDER / f"{command}.schema.json"


if __name__ == "__main__":
    for each in SCHEMAS:
        path(each).write_text(text(each), encoding="utf-8")
