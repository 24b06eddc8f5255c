"""Reports where two builds of the same program differ.

Comes in: two paths and the facts of both files. Goes out: checks: the same bytes, or the first byte that
differs and its section, the sections that differ, and the differences in Go's build information.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from bazel_xc.artifact.check import Check, CheckStatus
from bazel_xc.artifact.facts import BinaryFacts, GoInfo
from bazel_xc.errors import ArtifactError
from bazel_xc.model import some_of

_BLOCK = 1 << 20
_SHOWN = 8


def differences(one: BinaryFacts, other: BinaryFacts, paths: tuple[Path, Path]) -> tuple[Check, ...]:
    """The checks for two files. Raises ``ArtifactError`` if one cannot be read."""
    if one.sha256 == other.sha256:
        return (Check(name="compare", status=CheckStatus.OK, found=f"same bytes as {other.path}"),)
    at = _first_difference(paths, one)
    where = _section_at(one, at)
    found = f"differs from {other.path} first at byte {at}{f', in {where}' if where else ''}"
    remedy = "for the same bytes: -trimpath, -buildvcs=false, -ldflags=-buildid=, the same tools and flags"
    return (
        Check(name="compare", status=CheckStatus.FAILURE, found=found, remedy=remedy),
        *_sections(one, other, paths),
        *_go(one.go, other.go),
    )


def _first_difference(paths: tuple[Path, Path], one: BinaryFacts) -> int:
    at = 0
    try:
        with paths[0].open("rb") as left, paths[1].open("rb") as right:
            for _ in itertools.count():
                ours, theirs = left.read(_BLOCK), right.read(_BLOCK)
                if ours != theirs or not ours:
                    pairs = zip(ours, theirs, strict=False)
                    inside = next((i for i, pair in enumerate(pairs) if pair[0] != pair[1]), None)
                    return at + (min(len(ours), len(theirs)) if inside is None else inside)
                at += len(ours)
    except OSError as e:
        raise ArtifactError(f"{one.path}: cannot be read: {e.strerror or e}") from None
    return at


def _section_at(facts: BinaryFacts, at: int) -> str:
    sections = facts.image.sections if facts.image else ()
    inside = [each for each in sections if each.offset <= at < each.offset + each.size]
    return inside[0].name if inside else "the headers" if facts.image and at < 64 else ""


def _sections(one: BinaryFacts, other: BinaryFacts, paths: tuple[Path, Path]) -> Iterator[Check]:
    if not (one.image and other.image):
        return
    theirs = {each.name: each for each in other.image.sections}
    ours = {each.name: each for each in one.image.sections}
    changed: list[str] = []
    with paths[0].open("rb") as left, paths[1].open("rb") as right:
        for name, each in ours.items():
            twin = theirs.get(name)
            if twin is None:
                changed.append(f"{name} (only here)")
            elif each.size != twin.size:
                changed.append(f"{name} ({each.size} and {twin.size} bytes)")
            elif any(a != b for a, b in _blocks(left, right, each.offset, twin.offset, each.size)):
                changed.append(name)
    changed += [f"{name} (only there)" for name in theirs if name not in ours]
    if changed:
        yield Check(name="sections differ", status=CheckStatus.INFO, found=some_of(changed, _SHOWN))


def _blocks(
    left: BinaryIO, right: BinaryIO, here: int, there: int, size: int
) -> Iterator[tuple[bytes, bytes]]:
    for at in range(0, size, _BLOCK):
        count = min(_BLOCK, size - at)
        left.seek(here + at)
        right.seek(there + at)
        ours, theirs = left.read(count), right.read(count)
        yield ours, theirs
        if not ours:
            return


def _go(one: GoInfo | None, other: GoInfo | None) -> Iterator[Check]:
    ours, theirs = _facts(one), _facts(other)
    for name in sorted(ours.keys() | theirs.keys()):
        if ours.get(name) != theirs.get(name):
            found = f"{name}: {ours.get(name, 'none')!r} here, {theirs.get(name, 'none')!r} there"
            yield Check(name="go differs", status=CheckStatus.INFO, found=found)


def _facts(go: GoInfo | None) -> dict[str, str]:
    if go is None:
        return {}
    found = {"version": go.version, "path": go.path, **go.settings}
    modules = (*((go.main,) if go.main else ()), *go.modules)
    return found | {f"module {each.path}": f"{each.version} {each.replaced}".strip() for each in modules}
