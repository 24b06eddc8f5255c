"""The release of Bazel on this machine, if ``bazel`` is one.

Comes in: the environment, and a function that runs commands. Goes out: a version such as ``8.1.0``, or
nothing if ``bazel`` is missing, old, or bazelisk, which downloads releases. bazelisk is recognized by its
file and is never started, so nothing is downloaded here.
"""

from __future__ import annotations

import mmap
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path

from bazel_xc.artifact.buildinfo import read_build_info
from bazel_xc.artifact.compilers import RunIn
from bazel_xc.artifact.running import find
from bazel_xc.versions import version_numbers

_RELEASE = re.compile(r"^bazel (\d+\.\d+\.\d+)\S*$", re.MULTILINE)
MODULES_SINCE = (7,)
"""The first release of Bazel that reads MODULE.bazel unasked."""


def installed_bazel(environment: Mapping[str, str], run: RunIn) -> str:
    """The version of a Bazel that reads MODULE.bazel and is not run by bazelisk; empty without one."""
    path = find("bazel", environment)
    if not path or _is_bazelisk(Path(path)):
        return ""
    with tempfile.TemporaryDirectory(prefix="bazel-xc-") as folder:  # a .bazelversion must not decide
        done = run((path, "--version"), Path(folder))
    found = _RELEASE.search(done.stdout) if done.good else None
    return found[1] if found and version_numbers(found[1]) >= MODULES_SINCE else ""


def _is_bazelisk(path: Path) -> bool:
    """Whether a program is bazelisk: by its name or folder, or by the module in the Go program."""
    if "bazelisk" in str(path.resolve()):
        return True
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            info = read_build_info(data)
    except (OSError, ValueError):  # ValueError: an empty file
        return False
    return info is not None and "bazelisk" in info.path
