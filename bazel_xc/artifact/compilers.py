"""Finds the C compiler for a platform and tries it.

Comes in: a platform, an environment, a function that runs commands. Goes out: a ``Proof`` per candidate: the
machine of an object file that it made, the C library whose headers it reads, and whether it links programs.
Compilers that the environment names come first, then programs with the usual names.
"""

from __future__ import annotations

import re
import shlex
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path

from attrs import field, frozen

from bazel_xc.artifact.machines import host, load_machines
from bazel_xc.artifact.running import Done, find
from bazel_xc.machine import Machine, fits, machine_of
from bazel_xc.model import Platform

RunIn = Callable[[tuple[str, ...], Path], Done]
_PROBE = "int bazel_xc_probe(void) { return 0; }\n"
_HEADERS = "#include <stdlib.h>\n"
C, CXX = "C", "C++"
_PROGRAMS = {
    C: ("program.c", '#include <stdio.h>\nint main(void) { return puts("") < 0; }\n'),
    CXX: (
        "program.cc",
        '#include <iostream>\n#include <string>\nint main() { std::cout << std::string("x"); return 0; }\n',
    ),
}
_VERSION = re.compile(r"\d+\.\d+(?:\.\d+)?")
_DEFINED = re.compile(r"^#define (\w+) (.*)$", re.MULTILINE)
_WRONG = re.compile(r"error|cannot find|undefined reference|unable to")
_ZIG_SYSTEMS = {"linux": "linux-gnu", "windows": "windows-gnu", "darwin": "macos"}


@frozen
class Candidate:
    """A compiler's command, and the environment variable that names it, if any.

    ``cxx`` is its command for C++ if a variable names one.
    """

    words: tuple[str, ...]
    variable: str = ""
    cxx: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        """The command, without the folder of the program."""
        name = " ".join((Path(self.words[0]).name, *self.words[1:]))
        return f"{self.variable}={name}" if self.variable else name

    def program(self, language: str, goos: str) -> tuple[str, ...]:
        """The command that makes the program ``program`` of a language, without the source."""
        if language == C:
            return (*self.words, "-o", "program")
        if self.cxx:
            return (*self.cxx, "-o", "program")
        if self.words[1:2] == ("cc",):  # zig, whose C++ is another command
            return (self.words[0], "c++", *self.words[2:], "-o", "program")
        clang = "clang" in Path(self.words[0]).name
        library = "-lc++" if goos == "darwin" or (goos == "windows" and clang) else "-lstdc++"
        return (*self.words, "-o", "program", library)


@frozen(kw_only=True)
class Proof:
    """The result of trying a compiler.

    ``problem`` is the reason why it cannot be used, ``header_problem`` the reason why C headers cannot be
    read; both are empty on success. ``library`` is empty if it is unknown. ``links`` are the languages whose
    programs it linked, ``link_problem`` is the reason why it did not link the first of the others, and
    ``link_command`` the command that failed.
    """

    candidate: Candidate
    version: str = ""
    machine: Machine = field(factory=Machine)
    library: str = ""
    problem: str = ""
    header_problem: str = ""
    command: str = ""
    links: tuple[str, ...] = ()
    link_problem: str = ""
    link_command: str = ""


def candidates(platform: Platform, environment: Mapping[str, str]) -> Iterator[Candidate]:
    """The possible compilers for a platform, the likeliest first; usual names only if they are on PATH."""
    for variable in (f"CC_FOR_{platform.goos}_{platform.goarch}", "CC"):
        words = split(environment.get(variable, ""))
        if words:
            yield Candidate(words, variable, split(environment.get(variable.replace("CC", "CXX", 1), "")))
    for words in _usual(platform):
        found = find(words[0], environment)
        if found:
            yield Candidate((found, *words[1:]))


def working(platform: Platform, environment: Mapping[str, str], run: RunIn) -> Iterator[Proof]:
    """The compilers that make objects for a platform, the likeliest first, tried one by one."""
    proofs = (prove(each, platform, run) for each in candidates(platform, environment))
    return (each for each in proofs if not each.problem)


def prove(candidate: Candidate, platform: Platform, run: RunIn, languages: Collection[str] = ()) -> Proof:
    """Compiles a function and reads the object's header. On success asks for the C library, and links a
    program of each language, ``C`` or ``CXX``.
    """
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
        links: list[str] = []
        link_problem, link_command = "", ""
        for language in sorted(languages) if headers.good else ():
            link_command, linked = _link(candidate, platform, run, folder, language)
            if not linked.good:
                link_problem = f"does not link a {language} program: {_said(linked)}"
                break
            links.append(language)
        return Proof(
            candidate=candidate,
            version=_version(version.stdout),
            machine=machine,
            library=_library(dict(_DEFINED.findall(headers.stdout)), platform) if headers.good else "",
            header_problem="" if headers.good else _said(headers),
            command=shown,
            links=tuple(links),
            link_problem=link_problem,
            link_command=link_command if link_problem else "",
        )


def _link(
    candidate: Candidate, platform: Platform, run: RunIn, folder: Path, language: str
) -> tuple[str, Done]:
    name, text = _PROGRAMS[language]
    (folder / name).write_text(text, encoding="utf-8")
    program, *options = candidate.program(language, platform.goos)
    at = options.index("-o")  # libraries come after the source
    command = (program, *options[:at], name, *options[at:])
    return " ".join((Path(program).name, *command[1:])), run(command, folder)


def split(text: str) -> tuple[str, ...]:
    """The words of a command in a variable, as a shell splits them."""
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
    """The first line that names the cause; "ld returned 1 exit status" does not."""
    if done.problem:
        return done.problem
    lines = [line.strip() for line in done.stderr.split("\n")]
    wrong = [line for line in lines if _WRONG.search(line) and "exit status" not in line]
    wrong = wrong or [line for line in lines if line]
    return (wrong[0] if wrong else f"exit code {done.code}")[:200]
