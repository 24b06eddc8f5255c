"""Finds the C compiler for a platform and tries it.

Comes in: a platform, an environment, a function that runs commands. Goes out: a ``Proof`` per candidate: the
machine of an object file that it made, and the C library whose headers it reads. Compilers that the
environment names come first, then programs with the usual names. It does not try to link.
"""

from __future__ import annotations

import re
import shlex
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from attrs import field, frozen

from bazel_xc.artifact.machines import host, load_machines
from bazel_xc.artifact.running import Done, find
from bazel_xc.machine import Machine, fits, machine_of
from bazel_xc.model import Platform

RunIn = Callable[[tuple[str, ...], Path], Done]
_PROBE = "int bazel_xc_probe(void) { return 0; }\n"
_HEADERS = "#include <stdlib.h>\n"
_VERSION = re.compile(r"\d+\.\d+(?:\.\d+)?")
_DEFINED = re.compile(r"^#define (\w+) (.*)$", re.MULTILINE)
_ZIG_SYSTEMS = {"linux": "linux-gnu", "windows": "windows-gnu", "darwin": "macos"}


@frozen
class Candidate:
    """A compiler's command, and the environment variable that names it, if any."""

    words: tuple[str, ...]
    variable: str = ""

    @property
    def shown(self) -> str:
        """The command, without the folder of the program."""
        name = " ".join((Path(self.words[0]).name, *self.words[1:]))
        return f"{self.variable}={name}" if self.variable else name


@frozen(kw_only=True)
class Proof:
    """The result of trying a compiler.

    ``problem`` is the reason why it cannot be used, ``header_problem`` the reason why C headers cannot be
    read; both are empty on success. ``library`` is empty if it is unknown.
    """

    candidate: Candidate
    version: str = ""
    machine: Machine = field(factory=Machine)
    library: str = ""
    problem: str = ""
    header_problem: str = ""
    command: str = ""


def candidates(platform: Platform, environment: Mapping[str, str]) -> Iterator[Candidate]:
    """The possible compilers for a platform, the likeliest first; usual names only if they are on PATH."""
    for variable in (f"CC_FOR_{platform.goos}_{platform.goarch}", "CC"):
        words = _split(environment.get(variable, ""))
        if words:
            yield Candidate(words, variable)
    for words in _usual(platform):
        found = find(words[0], environment)
        if found:
            yield Candidate((found, *words[1:]))


def prove(candidate: Candidate, platform: Platform, run: RunIn) -> Proof:
    """Compiles a function, reads the object's header, and on success asks for the C library."""
    with tempfile.TemporaryDirectory(prefix="bazel-xc-") as name:
        folder = Path(name)
        (folder / "probe.c").write_text(_PROBE, encoding="utf-8")
        (folder / "headers.c").write_text(_HEADERS, encoding="utf-8")
        command = (*candidate.words, "-c", "probe.c", "-o", "probe.o")
        shown = " ".join(
            (candidate.shown.partition("=")[2] if candidate.variable else candidate.shown, *command[-4:])
        )
        done = run(command, folder)
        if not done.good:
            return Proof(candidate=candidate, problem=_said(done), command=shown)
        machine = _machine(folder / "probe.o")
        if fits(machine, platform.name) is not True:
            return Proof(
                candidate=candidate, machine=machine, problem=f"makes {machine} objects", command=shown
            )
        headers = run((*candidate.words, "-E", "-dM", "headers.c"), folder)
        version = run((*candidate.words, "--version"), folder)
        return Proof(
            candidate=candidate,
            version=_version(version.stdout),
            machine=machine,
            library=_library(dict(_DEFINED.findall(headers.stdout)), platform) if headers.good else "",
            header_problem="" if headers.good else _said(headers),
            command=shown,
        )


def _split(text: str) -> tuple[str, ...]:
    try:
        return tuple(shlex.split(text))
    except ValueError:
        return tuple(text.split())


def _usual(platform: Platform) -> Iterator[tuple[str, ...]]:
    arch = load_machines().get(platform.goarch)
    if host() == (platform.goos, platform.goarch):
        yield from (("gcc",), ("clang",), ("cc",))
    if arch and platform.goos == "linux" and arch.gnu:
        yield (f"{arch.gnu}-gcc",)
    if arch and platform.goos == "windows" and arch.mingw:
        yield (f"{arch.mingw}-clang",)
        yield (f"{arch.mingw}-gcc",)
    if platform.goos == "darwin" and host()[0] == "darwin":
        yield ("clang", "-arch", "x86_64" if platform.goarch == "amd64" else platform.goarch)
    if arch and arch.zig and platform.goos in _ZIG_SYSTEMS:
        yield ("zig", "cc", "-target", f"{arch.zig}-{_ZIG_SYSTEMS[platform.goos]}")


def _machine(path: Path) -> Machine:
    try:
        with path.open("rb") as file:
            return machine_of(file)
    except OSError as e:
        return Machine(unreadable=e.strerror or "cannot be read")


def _version(text: str) -> str:
    found = _VERSION.search(text.partition("\n")[0])
    return found[0] if found else ""


def _library(macros: Mapping[str, str], platform: Platform) -> str:
    """The C library, recognized by macros of its headers."""
    if "__GLIBC__" in macros:
        return f"glibc {macros['__GLIBC__']}.{macros.get('__GLIBC_MINOR__', '?')}"
    if platform.goos == "windows":
        return "UCRT" if "_UCRT" in macros else "msvcrt" if "__MSVCRT__" in macros else ""
    if platform.goos == "linux":
        return "musl, or another library that cannot be recognized"
    return "macOS" if platform.goos == "darwin" and "__APPLE__" in macros else ""


def _said(done: Done) -> str:
    if done.problem:
        return done.problem
    lines = [line.strip() for line in done.stderr.split("\n")]
    wrong = [line for line in lines if "error" in line] or [line for line in lines if line]
    return (wrong[0] if wrong else f"exit code {done.code}")[:200]
