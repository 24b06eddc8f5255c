"""The places outside of a workspace where files decide what it is, and which go works on it.

Comes in: the root and the environment. Goes out: paths, with or without a file. Nothing is read.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from bazel_xc.config import FILE_NAME
from bazel_xc.model import WORKSPACE_NAMES

_ROOT_NAMES = (
    "go.work", "go.mod", "MODULE.bazel", *WORKSPACE_NAMES, "REPO.bazel", FILE_NAME, ".bazelignore",
)  # fmt: skip


def outside(root: str, environment: Mapping[str, str]) -> Iterator[str]:
    """The paths as the working directory spells them."""
    yield from _above(root)
    yield from _settings(environment)
    chosen = environment.get("BAZEL_XC_GO") or "go"
    yield chosen
    for folder in environment.get("PATH", "").split(os.pathsep):
        for name in (chosen, f"{chosen}.exe") if os.name == "nt" else (chosen,):
            yield os.path.join(folder, name)  # noqa: PTH118 - empty folders mean this one


def _above(root: str) -> Iterator[str]:
    """The files that decide where the workspace begins, and which go.work is used."""
    here, start = Path.cwd(), Path(root).resolve()
    for folder in dict.fromkeys((here, *here.parents, start, *start.parents)):
        for name in _ROOT_NAMES:
            yield str(folder / name)


def _settings(environment: Mapping[str, str]) -> Iterator[str]:
    """The file of ``go env -w``."""
    named = environment.get("GOENV", "")
    home = environment.get("HOME", "")
    if os.name == "nt":
        folder = environment.get("APPDATA", "")
    elif sys.platform == "darwin":
        folder = home and f"{home}/Library/Application Support"
    else:
        folder = environment.get("XDG_CONFIG_HOME", "") or (home and f"{home}/.config")
    if named and named != "off":
        yield named
    elif folder and not named:
        yield os.path.join(folder, "go", "env")  # noqa: PTH118 - go spells it so
