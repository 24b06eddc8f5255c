"""The names of processors in compilers and emulators.

Comes in: the table ``machines.toml`` that ships with the package. Goes out: names by GOARCH, and the GOOS and
GOARCH of this machine. It does not look for the programs.
"""

from __future__ import annotations

import platform
import sys
from collections.abc import Mapping
from functools import cache

from attrs import frozen

from bazel_xc.tables import table

_SYSTEMS = {"win32": "windows", "cygwin": "windows"}
_MACHINES = {"x86_64": "amd64", "aarch64": "arm64", "i686": "386", "armv7l": "arm", "loongarch64": "loong64"}


@frozen(kw_only=True)
class Arch:
    """The names of one processor; empty if a program has none."""

    qemu: str = ""
    gnu: str = ""
    mingw: str = ""
    zig: str = ""


@cache
def load_machines() -> Mapping[str, Arch]:
    """The table that ships with bazel-xc, by GOARCH."""
    return {goarch: Arch(**names) for goarch, names in table("machines.toml")["arch"].items()}


def host() -> tuple[str, str]:
    """The GOOS and GOARCH of the machine that this runs on."""
    machine = platform.machine().lower()
    return _SYSTEMS.get(sys.platform, sys.platform), _MACHINES.get(machine, machine)
