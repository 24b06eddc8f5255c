"""C toolchains that are Bazel modules, and the lines that bring one into a workspace.

Comes in: the toolchain's name, the text of MODULE.bazel, the configured platforms. Goes out: the lines that
are missing there, and advice for the rest. The toolchains themselves are a table, ``cc_toolchains.toml``.
Nothing is written, and a WORKSPACE gets advice only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import TypedDict

from attrs import frozen

from bazel_xc.buildfile.repositories import Repositories
from bazel_xc.model import Platform
from bazel_xc.tables import table

_TABLE = "cc_toolchains.toml"


class _RawToolchain(TypedDict):
    """One table of the file."""

    module: str
    version: str
    extension_file: str
    extension: str
    repository: str
    notes: list[str]
    platforms: dict[str, str]


@frozen(kw_only=True)
class CcToolchain:
    """A module with C toolchains. ``targets`` are labels within ``repository``, by platform name."""

    module: str
    version: str
    extension_file: str
    extension: str
    repository: str
    notes: tuple[str, ...]
    targets: Mapping[str, str]

    @classmethod
    def from_toml(cls, raw: _RawToolchain) -> CcToolchain:
        """A toolchain from its table."""
        return cls(
            module=raw["module"],
            version=raw["version"],
            extension_file=raw["extension_file"],
            extension=raw["extension"],
            repository=raw["repository"],
            notes=tuple(raw["notes"]),
            targets=dict(raw["platforms"]),
        )

    def labels(self, platforms: Iterable[Platform]) -> tuple[str, ...]:
        """The labels to register for those platforms that have cgo on."""
        names = sorted(each.name for each in platforms if each.cgo and each.name in self.targets)
        return tuple(f"@{self.repository}//{self.targets[name]}" for name in names)


@cache
def cc_toolchains() -> Mapping[str, CcToolchain]:
    """The known toolchains by name."""
    return {name: CcToolchain.from_toml(raw) for name, raw in table(_TABLE).items()}


def module_lines(
    toolchain: CcToolchain, text: str, repositories: Repositories, platforms: Iterable[Platform]
) -> tuple[str, ...]:
    """The lines of MODULE.bazel that are missing from its text."""
    dep = repositories.bazel_dep(toolchain.module)
    lines: list[str] = []
    if not dep:
        lines += ["", f'bazel_dep(name = "{toolchain.module}", version = "{toolchain.version}")']
    file = f"@{dep.repository if dep else toolchain.module}//{toolchain.extension_file}"
    if f'"{file}"' not in text:
        variable = f"{toolchain.module}s"
        lines += ["", f'{variable} = use_extension("{file}", "{toolchain.extension}")']
        lines += [f'use_repo({variable}, "{toolchain.repository}")']
    missing = [label for label in toolchain.labels(platforms) if f'"{label}"' not in text]
    if missing:
        lines += ["", "register_toolchains(", *(f'    "{label}",' for label in missing), ")"]
    return tuple(lines)


def toolchain_advice(
    toolchain: CcToolchain, repositories: Repositories, platforms: Iterable[Platform]
) -> tuple[str, ...]:
    """The steps that are left to the user, and the platforms that the toolchain does not have."""
    platforms = tuple(platforms)
    lines = [f"{toolchain.module}: {toolchain.notes[0]}", *toolchain.notes[1:]]
    if not repositories.bzlmod:
        lines += [
            f"WORKSPACE: declare {toolchain.module} as its release notes show, then register",
            *(f"    {label}" for label in toolchain.labels(platforms)),
        ]
    lacking = sorted(each.name for each in platforms if each.cgo and each.name not in toolchain.targets)
    if lacking:
        lines.append(f"{toolchain.module}: no toolchain for {', '.join(lacking)}, which need another one")
    return tuple(lines)
