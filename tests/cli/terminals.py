"""Runs a command on a terminal, and reads what it would show there."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType


def on_terminal(
    command: list[str],
    cwd: Path,
    *,
    errors: bool = False,
    until: Callable[[bytes], bool] | None = None,
    variables: Mapping[str, str] = MappingProxyType({}),
) -> tuple[str, int]:
    """The output of a process on a terminal, and its exit code.

    With ``errors``, standard error is the terminal, and standard output goes nowhere. SIGTERM is sent once
    ``until`` holds for the output so far.
    """
    leader, follower = pty.openpty()
    environment = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "COLUMNS")}
    environment |= {"TERM": "xterm", "COLUMNS": "80", **variables}
    output, error = (subprocess.DEVNULL, follower) if errors else (follower, subprocess.DEVNULL)
    with subprocess.Popen(command, cwd=cwd, stdout=output, stderr=error, env=environment) as run:
        os.close(follower)
        data = b""
        while True:
            try:
                part = os.read(leader, 1 << 16)
            except OSError:  # the other end is closed
                break
            if not part:
                break
            data += part
            if until and until(data):
                run.send_signal(signal.SIGTERM)
                until = None
        run.wait()
    os.close(leader)
    return data.decode("utf-8").replace("\r\n", "\n"), run.returncode


def visible(text: str) -> str:
    """The lines that remain on a terminal after all that was drawn over."""
    return "\n".join(line.split("\r\033[K")[-1] for line in text.split("\n"))
