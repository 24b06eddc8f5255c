"""Saves the figures of binaries, and compares new figures with them.

Comes in: the text of a saved baseline, and figures by file. Goes out: checks, or the text of a new baseline.
A figure that is missing on either side is not compared; a smaller figure is never a failure.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from attrs import asdict, frozen

from bazel_xc.artifact.check import Check, CheckStatus
from bazel_xc.artifact.trial import Figures
from bazel_xc.errors import ArtifactError
from bazel_xc.json_values import read_saved

SCHEMA = 1
_UNITS: Mapping[str, str] = MappingProxyType(
    {"size": " bytes", "seconds": " s", "memory": " bytes", "system_calls": " system calls"}
)


@frozen
class _Baseline:
    files: Mapping[str, Figures]


def to_text(figures: Mapping[str, Figures]) -> str:
    """The baseline as JSON, by name of the file."""
    raw = {name: asdict(each) for name, each in sorted(figures.items())}
    return json.dumps({"schema": SCHEMA, "files": raw}, indent=2) + "\n"


def from_text(text: str, name: str) -> Mapping[str, Figures]:
    """The figures by file; ``name`` is the baseline's, for messages. Raises ``ArtifactError``."""
    try:
        return read_saved(text, _Baseline, SCHEMA).files
    except ValueError as e:
        raise ArtifactError(f"{name}: not a baseline: {e}; make it again with --save-baseline") from None


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
            status=CheckStatus.OK if good else CheckStatus.FAILURE,
            found=f"{_shown(new)}{unit}, was {_shown(old)}{change}",
            remedy=""
            if good
            else f"more than {tolerance:g} % worse; look for what came in, or save a new baseline",
        )


def _shown(value: float) -> str:
    return str(value) if isinstance(value, int) else f"{value:.4f}"
