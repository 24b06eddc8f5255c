"""The scanner of logs: findings within the log, short, without control characters."""

from __future__ import annotations

import io
from collections.abc import Iterator

from fuzz_inputs import TESTDATA

from bazel_xc.artifact.patterns import load_patterns
from bazel_xc.artifact.scan import scan

_PATTERNS = load_patterns()


def target(data: bytes) -> None:
    """Reads the log in large blocks and in small ones."""
    for block in (1 << 20, 64):
        found = scan(io.BytesIO(data), _PATTERNS, block)
        most = data.count(b"\n") + data.count(b"\r") + len(data) // block + 2
        assert found.lines <= most
        for each in found.findings:
            assert 1 <= each.line <= most
            assert each.cause
            assert each.remedy
            assert "\n" not in each.text


def seeds() -> Iterator[bytes]:
    """The logs of ``testdata``, and the samples of every pattern."""
    for path in sorted((TESTDATA / "logs").rglob("*")):
        if path.is_file():
            yield path.read_bytes()[:4096]
    for pattern in _PATTERNS.patterns:
        yield "\n".join(pattern.samples).encode()
