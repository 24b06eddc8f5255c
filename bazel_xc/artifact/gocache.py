"""The contents of go's build cache, by platform and release.

Comes in: the folder of the cache. Goes out: counts of compiled packages, from the first bytes of a sample of
files. The keys of the cache contain GOOS, GOARCH, flags and compiler, so packages for several platforms do
not conflict. They do not contain C headers outside packages, nor the contents of a sysroot.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

_SAMPLE = 3_000
_HEAD = 200
_PACKAGE = re.compile(rb"go object (\w+) (\w+) (\S+)")


def compiled_packages(folder: Path) -> Counter[tuple[str, str]]:
    """The number of compiled packages for each platform and release of go, in a sample of files."""
    counts: Counter[tuple[str, str]] = Counter()
    for path in itertools.islice(_data_files(folder), _SAMPLE):
        try:
            with path.open("rb") as file:
                found = _PACKAGE.search(file.read(_HEAD))
        except OSError:
            continue
        if found:
            goos, goarch, release = (each.decode() for each in found.groups())
            counts[f"{goos}_{goarch}", release] += 1
    return counts


def _data_files(folder: Path) -> Iterator[Path]:
    for at in range(256):
        below = folder / f"{at:02x}"
        if below.is_dir():
            yield from sorted(below.glob("*-d"))
