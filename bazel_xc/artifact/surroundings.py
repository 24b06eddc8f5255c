"""The machine and the workspace that doctor and fingerprint examine.

Comes in: everything from the command. Goes out: one frozen value. It has no logic of its own, so that both
commands and every group of checks can share it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from attrs import field, frozen

from bazel_xc.artifact.check import CheckStatus
from bazel_xc.artifact.running import Done
from bazel_xc.buildfile.registered import CToolchains
from bazel_xc.model import Platform


@frozen(kw_only=True)
class Surroundings:
    """The machine and the workspace that are examined.

    ``go`` is the command, ``go_problem`` the reason why there is none, ``go_mod`` the highest version of Go
    that a go.mod needs. ``bazel_version`` is from .bazelversion, ``rules_go`` is the version that the
    workspace declares; each is empty if there is none. ``run`` runs a command in a folder, with more
    variables; an empty value unsets one. The platforms are ``certain`` if somebody configured them.
    The workspace ``uses_modules`` if it has no WORKSPACE. ``toolchains`` are the C toolchains that it
    registers for Bazel, ``tags`` the build tags, ``patterns`` its packages for go. A go.work above the root
    does not count if ``ignores_go_work``.
    """

    platforms: tuple[Platform, ...]
    certain: bool
    root: Path
    environment: Mapping[str, str]
    run: Callable[[tuple[str, ...], Path, Mapping[str, str]], Done]
    go: str = ""
    go_version: str = ""
    go_problem: str = ""
    go_mod: str = ""
    uses_bazel: bool = False
    uses_modules: bool = False
    bazel_version: str = ""
    rules_go: str = ""
    toolchains: CToolchains = field(factory=CToolchains)
    tags: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ("./...",)
    ignores_go_work: bool = False

    @property
    def bad(self) -> CheckStatus:
        """The status of a check for something that a platform lacks."""
        return CheckStatus.FAILURE if self.certain else CheckStatus.WARNING
