"""The report as JSON, and back.

Comes in: a ``Report``, or the text of a saved one. Goes out: text, or the ``Report`` that it was made from.
The keys are the fields of the model; ``data/report.schema.json`` is made from the same fields. It does not
read reports of other versions.
"""

from __future__ import annotations

import json
from typing import Any

from attrs import asdict

from bazel_xc.errors import ReportError
from bazel_xc.json_values import read_saved
from bazel_xc.report.model import SCHEMA_VERSION, Report


def render(report: Report) -> str:
    """The report as an indented JSON document with a final line end."""
    return json.dumps(document(report), indent=2, ensure_ascii=False) + "\n"


def document(report: Report) -> dict[str, Any]:
    """The report as values that ``json`` writes."""
    raw = asdict(report)
    first = {"severity": "", "code": ""}  # the class has the place first, to sort by it
    return {"schema": SCHEMA_VERSION, **raw, "findings": [first | each for each in raw["findings"]]}


def load(text: str, name: str) -> Report:
    """The report in a text; ``name`` is the file's, for messages. Raises ``ReportError``."""
    try:
        return read_saved(text, Report, SCHEMA_VERSION)
    except ValueError as e:
        raise ReportError(f"{name}: no report: {e}; make it again with report --format json") from None
