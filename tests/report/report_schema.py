"""Makes the JSON Schema of the report from its model: ``python tests/report/report_schema.py`` writes it."""

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
from bazel_xc.json_values import field_types
from bazel_xc.report.model import SCHEMA_VERSION, Report
from bazel_xc.report.summary import Summary

PATH = Path(bazel_xc.__file__).parent / "data" / "report.schema.json"
_SIMPLE: dict[Any, dict[str, Any]] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer", "minimum": 0},  # lines and columns
}


def schema() -> dict[str, Any]:
    """The schema; classes are definitions under their own names."""
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
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"bazel-xc report, version {SCHEMA_VERSION}",
        **report,
        "$defs": definitions,
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
        **({"description": words} if kind.__module__ in (Report.__module__, Summary.__module__) else {}),
        "type": "object",
        "additionalProperties": False,
        "required": [name for name in types if name not in optional],
        "properties": {name: _of(each, definitions) for name, (each, _) in types.items()},
    }


def text() -> str:
    """The file as it is shipped."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    PATH.write_text(text(), encoding="utf-8")
