"""Go modules that are also modules of the Bazel Central Registry.

Comes in: nothing. Goes out: the table ``bazel_go_modules.toml`` by path of the Go module. The modules of a
workspace are unknown here.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from attrs import frozen

from bazel_xc.tables import table

_TABLE = "bazel_go_modules.toml"


@frozen
class BazelGoModule:
    """A Bazel module; ``always`` if every build with Gazelle has it."""

    name: str
    always: bool


@cache
def bazel_go_modules() -> Mapping[str, BazelGoModule]:
    """The Bazel modules by the path of their Go module."""
    raw = table(_TABLE)
    return {
        path: BazelGoModule(name, always)
        for part, always in (("always", True), ("modules", False))
        for name, paths in raw[part].items()
        for path in paths
    }
