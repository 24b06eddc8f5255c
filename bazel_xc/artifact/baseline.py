"""Keeps the figures of binaries, and holds new ones against them.

Comes in: the text of a saved baseline, figures by file. Goes out: checks, or the text of a new baseline. A
figure that is missing on either side is left out; what got smaller is never a failure.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from attrs import asdict

from bazel_xc.artifact.check import Check, Status
from bazel_xc.artifact.trial import Figures
from bazel_xc.errors import ArtifactError

SCHEMA = 1
_REMEDY = "make it anew with --save-baseline"
_UNITS: Mapping[str, str] = MappingProxyType(
    {"size": " bytes", "seconds": " s", "memory": " bytes", "system_calls": " system calls"}
)


def to_text(figures: Mapping[str, Figures]) -> str:
    """The baseline as JSON, by name of the file."""
    raw = {name: asdict(each) for name, each in sorted(figures.items())}
    return json.dumps({"schema": SCHEMA, "files": raw}, indent=2) + "\n"


def from_text(text: str, name: str) -> Mapping[str, Figures]:
    """Reads a baseline; ``name`` is the file's. Raises ``ArtifactError``."""
    try:
        raw = json.loads(text)
        if raw["schema"] != SCHEMA:
            raise ArtifactError(f"{name}: schema {raw['schema']}, wanted {SCHEMA}; {_REMEDY}")
        return {str(path): _figures(each) for path, each in raw["files"].items()}
    except (ValueError, KeyError, TypeError, AttributeError) as e:
        raise ArtifactError(f"{name}: no baseline: {type(e).__name__} at {e}; {_REMEDY}") from None


def _figures(raw: Mapping[str, Any]) -> Figures:
    for name in _UNITS:
        if not isinstance(raw.get(name), int | float | None):
            raise TypeError(f"{name} {raw[name]!r}")
    return Figures(
        size=int(raw["size"]),
        seconds=raw.get("seconds"),
        memory=raw.get("memory"),
        system_calls=raw.get("system_calls"),
    )


def held_against(now: Figures, before: Figures, tolerance: float) -> Iterator[Check]:
    """One check per figure that both have; ``tolerance`` is percent."""
    for name, unit in _UNITS.items():
        new, old = getattr(now, name), getattr(before, name)
        if new is None or old is None:
            continue
        change = f" ({(new / old - 1) * 100:+.1f} %)" if old else ""
        good = new <= old * (1 + tolerance / 100)
        yield Check(
            name=f"baseline {name.replace('_', ' ')}",
            status=Status.OK if good else Status.FAILURE,
            found=f"{_shown(new)}{unit}, was {_shown(old)}{change}",
            remedy=""
            if good
            else f"more than {tolerance:g} % worse; look for what came in, or save a new baseline",
        )


def _shown(value: float) -> str:
    return str(value) if isinstance(value, int) else f"{value:.4f}"
