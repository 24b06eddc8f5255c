"""A matrix as the strategy of GitHub Actions, as ``parallel:matrix`` of GitLab, and as plain JSON.

Comes in: a ``Matrix``. Goes out: text. For GitHub it is one line, so that it can be the output of a step; for
GitLab it is a hidden job to extend. Every value is a string, which both accept.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType

from bazel_xc.report.matrix import Job, Matrix

SCHEMA = 1
_DEFAULT_RUNNER = "ubuntu-latest"


def github(matrix: Matrix) -> str:
    """The value of ``strategy.matrix``."""
    jobs = [{**_fields(each), "runner": each.runner or _DEFAULT_RUNNER} for each in matrix.jobs]
    return json.dumps({"include": jobs}, separators=(",", ":")) + "\n"


def gitlab(matrix: Matrix) -> str:
    """A hidden job ``.bazel-xc`` with variables ``XC_…``."""
    lines = [".bazel-xc:"]
    runners = {each.runner for each in matrix.jobs}
    if runners and "" not in runners:
        lines.append('  tags: ["$XC_RUNNER"]')
    lines += ["  parallel:", "    matrix:" if matrix.jobs else "    matrix: []"]
    for each in matrix.jobs:
        fields = _fields(each) | ({"runner": each.runner} if each.runner else {})
        for at, (name, value) in enumerate(fields.items()):
            lines.append(f"      {'- ' if not at else '  '}XC_{name.upper()}: {_quoted(value)}")
    return "\n".join(lines) + "\n"


def plain_json(matrix: Matrix) -> str:
    """The jobs, and the pairs that are left out with the reasons."""
    jobs = [
        {
            "name": each.name,
            "platform": each.platform,
            "cgo": each.cgo,
            "kind": each.kind,
            "targets": list(each.targets),
            "needs_c": each.needs_c,
            "runner": each.runner,
        }
        for each in matrix.jobs
    ]
    left_out = [
        {"target": each.target, "platform": each.platform, "cgo": each.cgo, "reason": each.reason}
        for each in matrix.left_out
    ]
    return json.dumps({"schema": SCHEMA, "jobs": jobs, "left_out": left_out}, indent=2) + "\n"


FORMATS: Mapping[str, Callable[[Matrix], str]] = MappingProxyType(
    {"github": github, "gitlab": gitlab, "json": plain_json}
)
# The largest number of jobs, from the documentation of GitHub ("Running variations of jobs") and of GitLab
# ("parallel:matrix").
LIMITS: Mapping[str, int] = MappingProxyType({"github": 256, "gitlab": 200, "json": 0})


def _quoted(value: str) -> str:
    """A string of YAML in double quotes; special characters are escaped as code points."""
    return '"' + "".join(_escaped(each) for each in value) + '"'


def _escaped(character: str) -> str:
    if character.isascii() and character.isprintable():
        return f"\\{character}" if character in '"\\' else character
    return f"\\U{ord(character):08x}"


def _fields(job: Job) -> dict[str, str]:
    goos, _, goarch = job.platform.partition("_")
    return {
        "name": job.name,
        "platform": job.platform,
        "goos": goos,
        "goarch": goarch,
        "cgo": "1" if job.cgo else "0",
        "kind": job.kind,
        "needs_c": "1" if job.needs_c else "0",
        "targets": " ".join(job.targets),
    }
