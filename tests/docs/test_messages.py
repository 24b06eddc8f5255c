"""Each code of a diagnostic has its entry in the table that documents it, with its severities."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import bazel_xc
from bazel_xc import model
from bazel_xc.model import OPEN_CODES, UNKNOWN_CODES, Severity
from bazel_xc.tables import table


def _used() -> Mapping[str, set[str]]:
    """The codes in the source, with the severities that are written out there; the default is warning."""
    found: dict[str, set[str]] = {each: set() for each in OPEN_CODES}
    for path in Path(bazel_xc.__file__).parent.rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(call, ast.Call):
                continue
            given = {each.arg: each.value for each in call.keywords}
            written = given.get("code", given.get("rule"))
            codes = _values(written)
            severities = _severities(given.get("severity", given.get("level")))
            for code in codes:  # of several codes in one place it is open which has which severity
                found.setdefault(code, set()).update(severities if len(codes) == 1 else ())
    return found


def _values(written: ast.expr | None) -> list[str]:
    """The codes in an expression, written out or as constants of the model."""
    parts = list(ast.walk(written or ast.Pass()))
    texts = [each.value for each in parts if isinstance(each, ast.Constant)]
    texts += [getattr(model, each.id, "") for each in parts if isinstance(each, ast.Name)]
    return [each for each in texts if isinstance(each, str) and re.fullmatch(r"[a-z-]{4,}", each)]


def _severities(written: ast.expr | None) -> Iterator[str]:
    if written is None:
        yield "warning"
    for each in ast.walk(written or ast.Pass()):
        if isinstance(each, ast.Attribute) and each.attr in Severity.__members__:
            yield str(Severity[each.attr])


def test_every_code_is_described_and_none_is_left() -> None:
    described = table("findings.toml")
    used = _used()

    assert set(described) == set(used) | UNKNOWN_CODES | {"syntax", "unreadable"}
    for code, each in described.items():
        assert set(each) == {"title", "severity", "cause", "remedy"}, code
        assert used.get(code, set()) <= set(each["severity"]) <= set(Severity), code
        assert each["cause"].endswith("."), code
        assert each["remedy"].endswith("."), code
        assert not each["title"].endswith("."), code
