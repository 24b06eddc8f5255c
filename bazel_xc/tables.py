"""The tables and texts that ship with the package, in ``data/``.

Comes in: the name of a file there. Goes out: its text, or its TOML as plain values. The calling module
interprets the values and keeps the result; nothing is cached here.
"""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import tomli


def table(name: str) -> dict[str, Any]:
    """The values of a TOML file in ``data/``."""
    return parsed(shipped_text(name))


def parsed(text: str) -> dict[str, Any]:
    """The values of a text in TOML, for a table that replaces a shipped one."""
    return tomli.loads(text)


def shipped_text(name: str) -> str:
    """The text of a file in ``data/``, by its path with slashes."""
    return files("bazel_xc").joinpath("data", *name.split("/")).read_text(encoding="utf-8")
