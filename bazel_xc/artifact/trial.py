"""Runs a built binary, if this machine can, and measures it.

Comes in: a path, a platform, arguments. Goes out: ``Figures`` and checks: exit code, time from start to end
(median of several runs), peak memory, system calls. Binaries of other platforms run with qemu-user or Wine,
if there is one; the figures then include the emulator.
"""

from __future__ import annotations

import os
import re
import statistics
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from attrs import frozen

from bazel_xc.artifact.check import Check, CheckStatus
from bazel_xc.artifact.machines import host, load_machines
from bazel_xc.artifact.running import Done, find, run
from bazel_xc.model import Platform

_RUNS = 5
_TIMEOUT_SECONDS = 60
_TRACED = re.compile(r"^(?:\[pid +\d+\] +)?\d+ +(?:\d[\d.]* +)?\w+\(", re.MULTILINE)
_TRACE_BYTES = 64 << 20


@frozen(kw_only=True)
class Figures:
    """Bytes of the file, seconds of a run, bytes of memory, number of system calls; None if unknown."""

    size: int
    seconds: float | None = None
    memory: int | None = None
    system_calls: int | None = None


@frozen(kw_only=True)
class Trial:
    """The result of running a binary."""

    checks: tuple[Check, ...]
    figures: Figures


@frozen
class _Emulator:
    """Words before the command, and words that trace its system calls into a file; empty for a native run."""

    words: tuple[str, ...] = ()
    trace: tuple[str, ...] = ()


def try_out(
    path: Path, size: int, platform: Platform, arguments: tuple[str, ...], environment: Mapping[str, str]
) -> Trial:
    """Runs the binary several times."""
    bare = Figures(size=size)
    found = _emulator(platform, environment)
    if isinstance(found, str):
        check = Check(name="run", status=CheckStatus.WARNING, found="not run", remedy=found)
        return Trial(checks=(check,), figures=bare)
    command = (*found.words, str(path.resolve()), *arguments)
    shown = " ".join((*found.words, path.name, *arguments))
    runs = [run(command, environment, _TIMEOUT_SECONDS, watch=True)]
    if runs[0].good:
        runs += [run(command, environment, _TIMEOUT_SECONDS, watch=True) for _ in range(_RUNS - 1)]
    bad = next((each for each in runs if not each.good), None)
    if bad:
        return Trial(checks=(_failure(bad, shown),), figures=bare)
    figures = Figures(
        size=size,
        seconds=statistics.median(each.seconds for each in runs),
        memory=max(each.peak for each in runs) or None,
        system_calls=_system_calls(path, found, arguments, environment),
    )
    return Trial(checks=tuple(_told(figures, shown)), figures=figures)


def _emulator(platform: Platform, environment: Mapping[str, str]) -> _Emulator | str:
    """The emulator for a platform, or a message about what is missing."""
    ours, (goos, goarch) = (platform.goos, platform.goarch), host()
    if ours == (goos, goarch):
        tracer = find("strace", environment)
        return _Emulator((), (tracer, "-f", "-qq", "-o") if tracer else ())
    if platform.goos == "windows":
        wine = find("wine", environment) or find("wine64", environment)
        return _Emulator((wine,)) if wine else f"there is no Wine to run {platform.name}; run it on Windows"
    arch = load_machines().get(platform.goarch)
    if platform.goos != "linux" or goos != "linux" or not arch:
        return f"nothing on this machine runs {platform.name}; run it on such a machine"
    for name in (f"qemu-{arch.qemu}-static", f"qemu-{arch.qemu}"):
        found = find(name, environment)
        if found:
            sysroot = Path("/usr", arch.gnu)
            words = (found, "-L", str(sysroot)) if sysroot.is_dir() else (found,)
            return _Emulator(words, (*words, "-strace", "-D"))
    return f"no qemu-{arch.qemu} on PATH; install qemu-user-static"


def _failure(done: Done, shown: str) -> Check:
    said = next((line.strip() for line in done.stderr.split("\n") if line.strip()), "")
    found = done.problem or f"exit code {done.code}{f': {said[:160]}' if said else ''}"
    remedy = "run the command to see more; 'No such file' means a missing interpreter or library"
    return Check(name="run", status=CheckStatus.FAILURE, found=found, command=shown, remedy=remedy)


def _told(figures: Figures, shown: str) -> Iterator[Check]:
    yield Check(name="run", status=CheckStatus.OK, found=f"exit code 0, {_RUNS} times", command=shown)
    yield Check(
        name="run time", status=CheckStatus.INFO, found=f"{(figures.seconds or 0) * 1000:.1f} ms (median)"
    )
    if figures.memory is not None:
        yield Check(name="peak memory", status=CheckStatus.INFO, found=f"{figures.memory} bytes")
    if figures.system_calls is not None:
        yield Check(name="system calls", status=CheckStatus.INFO, found=str(figures.system_calls))


def _system_calls(
    path: Path, emulator: _Emulator, arguments: tuple[str, ...], environment: Mapping[str, str]
) -> int | None:
    """The number of system calls of one run: the lines of a trace."""
    if not emulator.trace:
        return None
    handle, name = tempfile.mkstemp(prefix="bazel-xc-")
    os.close(handle)
    trace = Path(name)
    try:
        command = (*emulator.trace, name, str(path.resolve()), *arguments)
        if not run(command, environment, _TIMEOUT_SECONDS).good:
            return None
        with trace.open(encoding="utf-8", errors="replace") as file:
            return len(_TRACED.findall(file.read(_TRACE_BYTES))) or None
    finally:
        trace.unlink(missing_ok=True)
