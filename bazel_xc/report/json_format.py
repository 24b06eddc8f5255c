"""The report as JSON, and back.

Comes in: a ``Report``, or the text of a saved one. Goes out: text, or the ``Report`` that it was made from.
The keys are the fields of the model, and ``summary``, which is made from them and not read back;
``data/report.schema.json`` is made from the same fields. It does not read reports of other versions.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from json.encoder import encode_basestring
from typing import Any

from attrs import fields

from bazel_xc.errors import ReportError
from bazel_xc.json_values import read_saved
from bazel_xc.report.model import SCHEMA_VERSION, Report
from bazel_xc.report.summary import summarise


def render(report: Report) -> str:
    """The report as an indented JSON document with a final line end."""
    return indented(document(report)) + "\n"


def document(report: Report) -> dict[str, Any]:
    """The report as values that ``json`` writes."""
    raw = _raw(report)
    first = {"severity": "", "code": ""}  # the class has the place first, to sort by it
    return {
        "schema": SCHEMA_VERSION,
        "run": raw["run"],
        "summary": _raw(summarise(report)),
        **raw,
        "findings": [first | each for each in raw["findings"]],
    }


def indented(value: Any, margin: str = "\n") -> str:  # noqa: ANN401 - JSON is anything
    """The text that ``json.dumps`` makes with an indent of two and without escapes beyond ASCII.

    In Python 3.11 json has no compiled encoder for indented text; this is about three times as fast.
    """
    if isinstance(value, str):
        return encode_basestring(value)
    if value is None or isinstance(value, int):
        return _CONSTANTS[value] if value is None or isinstance(value, bool) else str(value)
    inner = margin + "  "
    if isinstance(value, dict):
        parts = [f"{encode_basestring(key)}: {indented(each, inner)}" for key, each in value.items()]
        return f"{{{inner}{f',{inner}'.join(parts)}{margin}}}" if parts else "{}"
    parts = [indented(each, inner) for each in value]
    return f"[{inner}{f',{inner}'.join(parts)}{margin}]" if parts else "[]"


_CONSTANTS = {None: "null", True: "true", False: "false"}


@cache
def _names(kind: type) -> tuple[tuple[str, bool], ...]:
    """The fields of a class of the model, and whether each is left out where it is empty."""
    return tuple((each.name, bool(each.metadata.get("optional"))) for each in fields(kind))


def _raw(value: Any) -> Any:  # noqa: ANN401 - a value of the model is anything
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, tuple):
        return [_raw(each) for each in value]
    if isinstance(value, Mapping):
        return {name: _raw(each) for name, each in value.items()}
    found = {}
    for name, optional in _names(value.__class__):
        each = getattr(value, name)
        if each or not optional:
            found[name] = _raw(each)
    return found


def load(text: str, name: str) -> Report:
    """The report in a text; ``name`` is the file's, for messages. Raises ``ReportError``."""
    try:
        return read_saved(text, Report, SCHEMA_VERSION)
    except ValueError as e:
        raise ReportError(f"{name}: not a report: {e}; make it again with report --format json") from None
