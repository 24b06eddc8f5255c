"""Whether C and C++ for a platform can be compiled and linked.

Comes in: a platform with cgo on, and the ``Surroundings``. Goes out: checks. In a Bazel workspace they are
about the compilers that Bazel would use: registered toolchains, or its own for this machine; elsewhere about
those of the environment and of PATH, as for ``go build``. A C program is linked always, a C++ program where
packages have C++. A compiler that only Bazel can find is named and not tried.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping

from bazel_xc.artifact.check import Check, CheckStatus
from bazel_xc.artifact.compilers import CXX, C, Candidate, Proof, RunIn, candidates, prove, split, working
from bazel_xc.artifact.machines import host, load_machines
from bazel_xc.artifact.running import Done, find
from bazel_xc.artifact.surroundings import Surroundings
from bazel_xc.buildfile.registered import RegisteredToolchain
from bazel_xc.model import Platform
from bazel_xc.tables import table
from bazel_xc.versions import version_numbers

_INSTALL = {
    "linux": "install gcc for it (Debian: gcc-{gnu}), or zig",
    "windows": "install llvm-mingw or zig",
    "darwin": "install zig if the C needs no framework, or build on macOS",
}
_INSTALL_CXX = "install its C++ compiler and library (Debian: g++ beside gcc)"
_LISTED = "{{if and .CgoFiles (not .Standard)}}C{{if or .CXXFiles .SwigCXXFiles}}++{{end}}{{end}}"
_OPTIONAL_SINCE = (0, 45)  # rules_go builds without a C toolchain where no package needs one
_NOTHING: Mapping[str, str] = {}
_FIND_ZIG = "import os, ziglang; print(os.path.join(os.path.dirname(ziglang.__file__), 'zig'))"


def c_checks(platform: Platform, here: Surroundings) -> Iterator[Check]:
    """The checks of one platform with cgo on."""
    languages = _languages(platform, here)
    if here.uses_bazel:
        yield from _of_bazel(platform, here, languages)
    else:
        yield from _of_path(platform, here, languages or frozenset({C}))


def _languages(platform: Platform, here: Surroundings) -> frozenset[str]:
    """The languages of cgo packages of the build, tests included; C if go cannot list them."""
    if not here.go:
        return frozenset({C})
    tags = (f"-tags={','.join(here.tags)}",) if here.tags else ()
    variables = {"GOOS": platform.goos, "GOARCH": platform.goarch, "CGO_ENABLED": "1"}
    command = (here.go, "list", "-e", "-deps", "-test", *tags, "-f", _LISTED, *here.patterns)
    done = here.run(command, here.root, variables)
    found = set(done.stdout.split()) if done.good else {C}
    return frozenset(found | {C} if CXX in found else found)


def _run(here: Surroundings, variables: Mapping[str, str] = _NOTHING) -> RunIn:
    return lambda command, folder: here.run(command, folder, variables)


def _of_path(platform: Platform, here: Surroundings, languages: frozenset[str]) -> Iterator[Check]:
    """The first compiler that makes objects for the platform, after the ones that do not."""
    proof: Proof | None = None
    for candidate in candidates(platform, here.environment):
        proof = prove(candidate, platform, _run(here), languages)
        if not proof.problem:
            break
        own = candidate.variable.startswith("CC_FOR") or (
            candidate.variable == "CC" and (platform.goos, platform.goarch) == host()
        )
        status = here.bad if own else CheckStatus.INFO
        yield _check("C compiler", status, f"{candidate.shown}: {proof.problem}", command=proof.command)
    if proof is None or proof.problem:
        remedy = f"{_install(platform)}; or name yours in CC_FOR_{platform.name}"
        yield _check("C compiler", here.bad, "none makes objects for it", remedy)
        return
    yield from _proved("C compiler", "", proof, here)


def _of_bazel(platform: Platform, here: Surroundings, languages: frozenset[str]) -> Iterator[Check]:
    """The first registered toolchain that is for the platform, else Bazel's own for this machine.

    A toolchain of ``rules/cc`` whose compiler is missing is for no platform, so Bazel takes the next one.
    """
    wanted = languages or frozenset({C})
    registered = here.toolchains.for_platform(platform)
    known = [each for each in registered if each.fits(platform)]
    if known:
        tried = ((each, next(_commands(each, here), None)) for each in known)
        there = ((each, command) for each, command in tried if command or not each.commands)
        toolchain, command = next(there, (known[0], None))
        yield from _registered(toolchain, command, platform, here, wanted)
    elif (platform.goos, platform.goarch) == host() and here.toolchains.is_detecting(platform):
        yield from _detected(platform, here, wanted)
    elif registered:
        named = ", ".join(f"{each.label} ({each.place})" for each in registered)
        found = f"none is known to be for it; the platforms of these are not clear from their labels: {named}"
        yield _check("C toolchain", CheckStatus.INFO, found)
    else:
        yield _unregistered(platform, here, languages)


def _registered(
    toolchain: RegisteredToolchain,
    command: tuple[str, ...] | None,
    platform: Platform,
    here: Surroundings,
    languages: frozenset[str],
) -> Iterator[Check]:
    """The checks of a registered toolchain; ``command`` is None if none of its compilers is here."""
    shown = f"{toolchain.label} ({toolchain.place})"
    if not toolchain.commands:
        yield _check(
            "C toolchain", CheckStatus.OK, f"{shown}; only Bazel knows its compiler, so it is not tried"
        )
    elif command is None:
        names = " or ".join(dict.fromkeys(words[0].lstrip("$") for words in toolchain.commands))
        gnu = _gnu(platform)
        package = f" (Debian: gcc-{gnu})" if gnu and gnu in names else ""
        found = f"{shown}: its compiler is not on this machine: {names}"
        yield _check("C toolchain", here.bad, found, f"install it{package}, or register another toolchain")
    else:
        variables = _zig_cache(here) if "-target" in command else _NOTHING
        proof = prove(Candidate(command), platform, _run(here, variables), languages)
        if toolchain.complete or not (proof.problem or proof.link_problem):
            yield from _proved("C toolchain", f"{shown}: ", proof, here)
        else:
            found = f"{shown}; its compiler needs flags that only Bazel knows, so it is not tried"
            yield _check("C toolchain", CheckStatus.OK, found)


def _commands(toolchain: RegisteredToolchain, here: Surroundings) -> Iterator[tuple[str, ...]]:
    """The commands that this machine has, with the paths of their programs."""
    for program, *options in toolchain.commands:
        name = here.environment.get(program[1:], "") if program.startswith("$") else program
        path = find(name, here.environment) if name else ""
        if not path and program == "zig":
            python = find("python3", here.environment)
            done = here.run((python, "-c", _FIND_ZIG), here.root, {}) if python else Done()
            path = done.stdout.strip() if done.good else ""
        if path:
            yield (path, *options)


def _zig_cache(here: Surroundings) -> Mapping[str, str]:
    """The cache of rules/cc/zig.sh.tpl: a C library that doctor makes zig compile is there for Bazel."""
    user = os.getuid() if hasattr(os, "getuid") else 0
    folder = here.environment.get("BAZEL_XC_ZIG_CACHE") or f"/tmp/bazel-xc-zig-{user}"  # noqa: S108
    return {"ZIG_GLOBAL_CACHE_DIR": folder, "ZIG_LOCAL_CACHE_DIR": folder}


def _detected(platform: Platform, here: Surroundings, languages: frozenset[str]) -> Iterator[Check]:
    """The compiler that Bazel detects: CC of .bazelrc, CC of the environment, gcc; clang on macOS."""
    if platform.goos not in ("linux", "darwin"):
        yield _check("C toolchain", CheckStatus.INFO, "Bazel detects this machine's own; it is not tried")
        return
    named = here.toolchains.compiler(platform) or here.environment.get("CC", "")
    default = "gcc" if platform.goos == "linux" else "clang"
    words = split(named) or (default,)
    if not find(words[0], here.environment):
        found = f"Bazel detects this machine's own, and there is no {words[0]}"
        yield _check("C toolchain", here.bad, found, f"install {default}, or name a compiler in CC")
        return
    proof = prove(Candidate(words, "CC" if named else ""), platform, _run(here), languages)
    yield from _proved("C toolchain", "detected by Bazel: ", proof, here)


def _unregistered(platform: Platform, here: Surroundings, languages: frozenset[str]) -> Check:
    """No toolchain at all: bad if a package needs C, or if rules_go cannot do without."""
    version = version_numbers(here.rules_go)
    if languages:
        is_off = not here.toolchains.is_detecting(platform) and (platform.goos, platform.goarch) == host()
        detects = " .bazelrc turns off Bazel's own detection," if is_off else ""
        status, found = here.bad, f"none is registered for it,{detects} and packages need C there"
    elif version and version < _OPTIONAL_SINCE:
        status, found = (
            CheckStatus.WARNING,
            f"none is registered for it; rules_go {here.rules_go} needs one with cgo on",
        )
    else:
        return _check("C toolchain", CheckStatus.INFO, "none is registered for it; no package needs C there")
    proof = next(working(platform, here.environment, _run(here)), None)
    machine = (
        f"{proof.candidate.shown} makes objects for it: register it as docs/cross.md shows" if proof else ""
    )
    remedy = machine or _how_to_register(platform)
    return _check(
        "C toolchain", status, found, f"{remedy}; or set cgo = false in [platforms.{platform.name}]"
    )


def _how_to_register(platform: Platform) -> str:
    """The command that registers a toolchain, if a known one has the platform."""
    for name, raw in table("cc_toolchains.toml").items():
        if platform.name in raw["platforms"]:
            return f"register one, for example with: bazel-xc init --toolchain {name}"
    return "build it on macOS" if platform.goos == "darwin" else "register one"


def _proved(name: str, start: str, proof: Proof, here: Surroundings) -> Iterator[Check]:
    """The checks for a compiler that was tried."""
    shown = f"{proof.candidate.shown} {proof.version}".strip()
    if proof.problem:
        yield _check(name, here.bad, f"{start}{shown}: {proof.problem}", command=proof.command)
        return
    links = f" and links {' and '.join(proof.links)} programs" if proof.links else ""
    found = f"{start}{shown} makes {proof.machine} objects{links}"
    yield _check(name, CheckStatus.OK, found, command=proof.command)
    if proof.header_problem:
        remedy = "install the C library's headers for it, or set --sysroot"
        yield _check("C library", here.bad, proof.header_problem, remedy)
    elif proof.library:
        yield _check("C library", CheckStatus.OK, proof.library)
    if proof.link_problem:
        remedy = (
            _INSTALL_CXX if CXX in proof.link_problem else "install the C library for it, or set --sysroot"
        )
        yield _check("linker", here.bad, f"{shown} {proof.link_problem}", remedy, proof.link_command)


def _install(platform: Platform) -> str:
    return _INSTALL.get(platform.goos, "install one").format(gnu=_gnu(platform))


def _gnu(platform: Platform) -> str:
    """The name of the platform in GNU compilers and Debian's packages."""
    return getattr(load_machines().get(platform.goarch), "gnu", "")


def _check(name: str, status: CheckStatus, found: str, remedy: str = "", command: str = "") -> Check:
    return Check(name=name, status=status, found=found, remedy=remedy, command=command)
