"""Damaged binaries give facts or a problem, never both and never neither.

``BAZEL_XC_EXAMPLES`` is how many mutations are tried; there are few in an ordinary run.
"""

from __future__ import annotations

import hashlib
import os
import struct
from pathlib import Path

import pytest
from binaries import archive, build, elf, macho, pe
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bazel_xc.artifact.check import CheckStatus
from bazel_xc.artifact.expect import Wanted, verify
from bazel_xc.artifact.facts import BinaryFacts, BinaryKind
from bazel_xc.artifact.inspect import inspect
from bazel_xc.artifact.systems import load_systems
from bazel_xc.model import Platform

EXAMPLES = int(os.environ.get("BAZEL_XC_EXAMPLES", "150"))
SMALL = (elf(interpreter="/lib/ld-linux-aarch64.so.1"), pe(), macho(), archive(elf(), elf()))
NUMBERS = (0, 1, 0x7F, 0xFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 1 << 63, (1 << 64) - 1)
HEADERS = 0x1000


@st.composite
def changes(draw: st.DrawFn) -> list[tuple[str, float, int]]:
    """What is done to a file: the sort of change, the place as a part of the file or its head, a number."""
    sorts = st.sampled_from(
        ["byte", "u16", "u32", "u64", "head16", "head32", "head64", "cut", "grow", "swap"]
    )
    one = st.tuples(sorts, st.floats(0, 1), st.sampled_from(NUMBERS) | st.integers(0, (1 << 64) - 1))
    return draw(st.lists(one, min_size=1, max_size=6))


def changed(data: bytes, done: list[tuple[str, float, int]]) -> bytes:
    out = bytearray(data)
    for sort, where, number in done:
        head = sort.startswith("head")
        at = int(where * max(0, min(len(out), HEADERS if head else len(out)) - 8))
        if sort == "byte" and out:
            out[at] = number & 0xFF
        elif sort.endswith(("16", "32", "64")) and len(out) >= at + 8:
            form = {"16": "<H", "32": "<I", "64": "<Q"}[sort[-2:]]
            struct.pack_into(form, out, at, number & ((1 << int(sort[-2:])) - 1))
        elif sort == "cut":
            del out[at:]
        elif sort == "grow":
            out[at:at] = bytes([number & 0xFF]) * (number % 5000)
        elif sort == "swap":
            out[:] = out[at:] + out[:at] if number % 4 == 0 else out
    return bytes(out)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """What go makes for three formats; stripped, so that each mutation is quick."""
    folder = tmp_path_factory.mktemp("built")
    names = (("linux", "arm64"), ("windows", "arm64"), ("darwin", "arm64"))
    return [build(folder, *each, "-ldflags=-s -w").read_bytes() for each in names]


def inspected(folder: Path, data: bytes) -> BinaryFacts:
    """The facts of a file, which are those of just these bytes."""
    path = folder / "mutated"
    path.write_bytes(data)
    facts = inspect(path, "mutated", "arm64")
    assert (facts.size, facts.sha256) == (len(data), hashlib.sha256(data).hexdigest())
    return facts


def is_facts_or_a_problem(facts: BinaryFacts) -> bool:
    """Whether a file is described in one way and not in both."""
    described = facts.image is not None or facts.kind in (BinaryKind.ARCHIVE, BinaryKind.OBJECT)
    return described != bool(facts.problem) and "\n" not in facts.problem


def is_judged(facts: BinaryFacts) -> bool:
    """Whether the checks of every system begin with the problem, or else with the machine."""
    first = [
        verify(facts, Wanted(platform=Platform(name, "arm64")), load_systems())[0]
        for name in ("linux", "windows", "darwin")
    ]
    if facts.problem:
        return {(each.name, each.status, each.found) for each in first} == {
            ("file", CheckStatus.FAILURE, facts.problem)
        }
    return {each.name for each in first} == {"machine"}


@given(st.sampled_from(SMALL), changes())
@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_small_binaries(tmp_path: Path, data: bytes, done: list[tuple[str, float, int]]) -> None:
    facts = inspected(tmp_path, changed(data, done))
    assert is_facts_or_a_problem(facts)
    assert is_judged(facts)


@given(st.integers(0, 2), changes())
@settings(
    max_examples=max(EXAMPLES // 3, 20),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_real_binaries(
    built: list[bytes], tmp_path: Path, which: int, done: list[tuple[str, float, int]]
) -> None:
    facts = inspected(tmp_path, changed(built[which], done))
    assert is_facts_or_a_problem(facts)
    assert is_judged(facts)


def test_imports_without_end(tmp_path: Path) -> None:
    """Of a table of imports that fills the file, so much is read as any program needs."""
    data, count = bytearray(pe()), 20_000
    section = data.index(b".text")
    struct.pack_into("<II", data, section + 8, 0x1000 + 20 * count, 0x1000)
    struct.pack_into("<II", data, section + 16, 0x400 + 20 * count, 0x200)
    struct.pack_into("<II", data, data.index(b"PE\0\0") + 24 + 120, 0x1400, 20 * count)
    path = tmp_path / "endless"
    path.write_bytes(bytes(data) + struct.pack("<IIIII", 0, 0, 0, 0x1200, 0x1040) * count)
    image = inspect(path, "endless").image
    assert image is not None
    assert image.needed == ("KERNEL32.dll",) * 1_000


def test_dynamic_section_without_end(tmp_path: Path) -> None:
    head = bytearray(elf())
    struct.pack_into("<QH", head, 32, len(head), 0)
    struct.pack_into("<H", head, 56, 2)
    at, entries = len(head) + 2 * 56, 5_000
    head += struct.pack("<IIQQQQQQ", 1, 5, 0, 0x400000, 0x400000, 0x400, 0x400, 0x1000)
    head += struct.pack("<IIQQQQQQ", 2, 6, at, at, at, 16 * entries, 16 * entries, 8)
    path = tmp_path / "endless"
    path.write_bytes(bytes(head) + struct.pack("<QQ", 5, 0x400000) + struct.pack("<QQ", 1, 1) * (entries - 1))
    image = inspect(path, "endless").image
    assert image is not None
    assert len(image.needed) == 1_999


@given(st.binary(max_size=400), st.sampled_from([b"\x7fELF\2\1\1", b"MZ", b"\xcf\xfa\xed\xfe", b"!<arch>\n"]))
@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_noise_behind_a_magic(tmp_path: Path, noise: bytes, magic: bytes) -> None:
    facts = inspected(tmp_path, magic + noise)
    assert is_facts_or_a_problem(facts)
    assert is_judged(facts)
