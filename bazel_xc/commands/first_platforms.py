"""The platforms of a new configuration, and the lines of ``init`` about their C compilers.

Comes in: the C toolchains that the workspace registers, the one that the user chose, and the programs of this
machine. Goes out: the default platforms, with cgo on only where a C compiler was found, and advice about
toolchains that Bazel lacks. Compilers of this machine are tried; nothing of the workspace is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

from attrs import evolve, frozen

from bazel_xc.artifact.compilers import working
from bazel_xc.artifact.machines import host
from bazel_xc.artifact.running import Done, run
from bazel_xc.bazel.cc_toolchains import CcToolchain, cc_toolchains
from bazel_xc.buildfile.registered import CToolchains
from bazel_xc.config import DEFAULT_PLATFORMS, FILE_NAME, Config
from bazel_xc.model import Platform

_TIMEOUT_SECONDS = 60


@frozen(kw_only=True)
class FirstPlatforms:
    """The platforms of a new configuration, and the C compiler of each that has one, by name."""

    platforms: tuple[Platform, ...]
    compilers: Mapping[str, str]

    @property
    def without_compiler(self) -> tuple[Platform, ...]:
        """Platforms that have cgo off only because there is no compiler."""
        usual = {each.name for each in DEFAULT_PLATFORMS if each.cgo}
        return tuple(each for each in self.platforms if each.name in usual and not each.cgo)


def first_platforms(
    toolchains: CToolchains, chosen: CcToolchain | None, environment: Mapping[str, str]
) -> FirstPlatforms:
    """The default platforms with cgo where a toolchain of Bazel or a compiler of this machine serves them.

    Windows has cgo on only with a toolchain of Bazel: most programs do without C there.
    """
    compilers: dict[str, str] = {}
    for platform in DEFAULT_PLATFORMS:
        registered = next((each for each in toolchains.for_platform(platform) if each.fits(platform)), None)
        if registered:
            compilers[platform.name] = registered.label
        elif chosen and platform.name in chosen.targets:
            compilers[platform.name] = chosen.module
        elif platform.cgo and (found := _on_this_machine(platform, environment)):
            compilers[platform.name] = found
    platforms = tuple(evolve(each, cgo=each.name in compilers) for each in DEFAULT_PLATFORMS)
    return FirstPlatforms(platforms=platforms, compilers=compilers)


def _on_this_machine(platform: Platform, environment: Mapping[str, str]) -> str:
    """The name of the first compiler that makes objects for the platform and finds C headers."""
    proofs = working(platform, environment, partial(run_here, environment))
    return next((each.candidate.shown for each in proofs if not each.header_problem), "")


def run_here(environment: Mapping[str, str], command: tuple[str, ...], folder: Path) -> Done:
    """Runs a command in a folder, for at most a minute."""
    return run(command, environment, _TIMEOUT_SECONDS, folder)


def cgo_summary(first: FirstPlatforms) -> str:
    """The line about cgo in a new configuration."""
    on = [f"{each.name} ({first.compilers[each.name]})" for each in first.platforms if each.cgo]
    off = [each.name for each in first.platforms if not each.cgo]
    said = [f"on for {', '.join(on)}"] if on else []
    said += [f"off for {', '.join(off)}"] if off else []
    return f"cgo is {'; '.join(said)}"


def toolchain_offers(
    config: Config, first: FirstPlatforms | None, toolchains: CToolchains, chosen: CcToolchain | None
) -> Iterator[str]:
    """Advice about platforms that have no C toolchain in Bazel, with the command that adds one.

    ``first`` are the platforms of a configuration that this run writes.
    """
    missing = [
        each
        for each in config.platforms
        if each.cgo
        and (each.goos, each.goarch) != host()
        and not toolchains.for_platform(each)
        and not (chosen and each.name in chosen.targets)
    ]
    yield from _offers(missing, "Bazel has no C toolchain for", "")
    if first and not chosen:
        yield from _offers(
            first.without_compiler, "no C compiler was found for", f" and set cgo = true in {FILE_NAME}"
        )
    elif chosen:
        off = [each.name for each in config.platforms if not each.cgo and each.name in chosen.targets]
        if off:
            yield (
                f"{chosen.module} is not registered for {', '.join(off)}: cgo is off there; "
                f"set cgo = true in {FILE_NAME} and run this again"
            )


def _offers(platforms: list[Platform] | tuple[Platform, ...], words: str, then: str) -> Iterator[str]:
    """One line per known toolchain for the platforms that it has, and one for the rest."""
    left = [each.name for each in platforms]
    for name, known in sorted(cc_toolchains().items()):
        served = [each for each in left if each in known.targets]
        if served:
            yield f"{words} {', '.join(served)}; to add one: bazel-xc init --toolchain {name}{then}"
        left = [each for each in left if each not in served]
    if left:
        yield f"{words} {', '.join(left)}"
