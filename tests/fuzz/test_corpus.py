"""Every input that is kept, and the first ones of each target, run once: nothing that failed fails again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fuzz_targets import NAMES, load

# Inputs that still fail, with the reason; the entry goes with the cause.
OPEN: dict[str, str] = {}


def _kept() -> Iterator[object]:
    for name in NAMES:
        for file, data in load(name).inputs():
            reason = OPEN.get(f"{name}/{file}")
            marks = [pytest.mark.xfail(strict=True, reason=reason)] if reason else []
            yield pytest.param(name, data, id=f"{name}-{file}", marks=marks)


@pytest.mark.parametrize(("name", "data"), list(_kept()))
def test_kept_input(name: str, data: bytes) -> None:
    load(name).run(data)


@pytest.mark.parametrize("name", NAMES)
def test_first_inputs(name: str) -> None:
    target = load(name)
    for data in target.seeds():
        target.run(data)


@pytest.mark.parametrize("name", NAMES)
def test_bytes_of_no_meaning(name: str) -> None:
    small = (b"", b"\0", b"\n", b"\xff\xfe", b"\xef\xbb\xbf", bytes(range(256)))
    for data in (*small, b"(" * 3000, b"#" * 3000):
        load(name).run(data)


def test_every_open_input_is_there() -> None:
    kept = {f"{name}/{file}" for name in NAMES for file, _ in load(name).inputs()}

    assert kept >= OPEN.keys()
