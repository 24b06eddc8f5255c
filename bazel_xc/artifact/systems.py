"""What binaries may ask of a system: interpreters and system libraries.

Comes in: the table ``binaries.toml`` that ships with the package. Goes out: answers about names of files. It
looks at no file and at no machine.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import tomli
from attrs import frozen


@frozen(kw_only=True)
class Systems:
    """The table. Interpreters are by GOARCH, DLLs are patterns in lower case, folders end in a slash."""

    glibc: Mapping[str, tuple[str, ...]]
    musl: Mapping[str, tuple[str, ...]]
    dlls: tuple[str, ...]
    folders: tuple[str, ...]

    @classmethod
    def from_toml(cls, text: str) -> Systems:
        """Reads the text of a table."""
        raw = tomli.loads(text)
        return cls(
            glibc={goarch: tuple(paths) for goarch, paths in raw["glibc"].items()},
            musl={goarch: tuple(paths) for goarch, paths in raw["musl"].items()},
            dlls=tuple(raw["windows"]["dlls"]),
            folders=tuple(raw["darwin"]["folders"]),
        )

    def c_library(self, interpreter: str, goarch: str) -> str:
        """``glibc`` or ``musl``, whose interpreter it is on that processor; empty for neither."""
        for name, table in (("glibc", self.glibc), ("musl", self.musl)):
            if interpreter in table.get(goarch, ()):
                return name
        return ""

    def brings(self, library: str, goos: str) -> bool:
        """Whether the system has a library that a binary needs; of Linux nothing is known here."""
        if goos == "windows":
            return any(fnmatch.fnmatchcase(library.lower(), pattern) for pattern in self.dlls)
        return goos != "darwin" or library.startswith(self.folders)


@cache
def load_systems() -> Systems:
    """The table that ships with bazel-xc."""
    return Systems.from_toml((files("bazel_xc") / "data" / "binaries.toml").read_text(encoding="utf-8"))
