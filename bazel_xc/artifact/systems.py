"""The interpreters and libraries that are part of a system.

Comes in: the table ``binaries.toml`` that ships with the package. Goes out: answers about names of files. It
reads no other file and does not look at this machine.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping
from functools import cache
from typing import Any

from attrs import frozen

from bazel_xc.tables import table


@frozen(kw_only=True)
class Systems:
    """The table. Interpreters are by GOARCH, DLLs are patterns in lower case, folders end in a slash."""

    glibc: Mapping[str, tuple[str, ...]]
    musl: Mapping[str, tuple[str, ...]]
    dlls: tuple[str, ...]
    folders: tuple[str, ...]

    @classmethod
    def from_table(cls, raw: Mapping[str, Any]) -> Systems:
        """The table with these values."""
        return cls(
            glibc={goarch: tuple(paths) for goarch, paths in raw["glibc"].items()},
            musl={goarch: tuple(paths) for goarch, paths in raw["musl"].items()},
            dlls=tuple(raw["windows"]["dlls"]),
            folders=tuple(raw["darwin"]["folders"]),
        )

    def c_library(self, interpreter: str, goarch: str) -> str:
        """The C library that an interpreter belongs to on a processor: ``glibc``, ``musl`` or empty."""
        for name, paths in (("glibc", self.glibc), ("musl", self.musl)):
            if interpreter in paths.get(goarch, ()):
                return name
        return ""

    def brings(self, library: str, goos: str) -> bool:
        """Whether a library is part of the system; always true for Linux, which has no table."""
        if goos == "windows":
            return any(fnmatch.fnmatchcase(library.lower(), pattern) for pattern in self.dlls)
        return goos != "darwin" or library.startswith(self.folders)


@cache
def load_systems() -> Systems:
    """The table that ships with bazel-xc."""
    return Systems.from_table(table("binaries.toml"))
