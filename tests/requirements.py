"""Tools that a test needs and a machine may lack.

A test without its tool is skipped with the reason. Where the tool must be there, as on a build server,
``BAZEL_XC_REQUIRE`` names it (comma-separated: ``go,bazel,buildifier``) and its absence is a failure.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import NoReturn

import pytest


def require(tool: str) -> str:
    """The path of a program on PATH; skips or fails the test where there is none."""
    found = shutil.which(tool)
    if found is None:
        unavailable(tool, f"{tool} is not on PATH")
    return found


def require_script(package: str, name: str, tool: str = "") -> str:
    """The path of a file of an npm package that is installed for all programs; skips or fails the test where
    there is none. ``tool`` is its name in ``BAZEL_XC_REQUIRE`` if that is not the package's.
    """
    paths = (Path(folder, package, name) for folder in _npm_folders())
    found = next((path for path in paths if path.is_file()), None)
    if found is None:
        unavailable(tool or package, f"{package} is not installed (npm install --global {package})")
    return str(found)


@cache
def _npm_folders() -> tuple[str, ...]:
    """The folders with npm packages: NODE_PATH's, npm's global one, and the user's."""
    named = [each for each in os.environ.get("NODE_PATH", "").split(os.pathsep) if each]
    npm = shutil.which("npm")
    if npm:
        done = subprocess.run([npm, "root", "--global"], capture_output=True, text=True, check=False)
        named += done.stdout.split()
    return (*named, str(Path.home() / ".local/lib/node_modules"))


def require_compiler(tool: str) -> str:
    """The path of a C compiler that has a C library too; skips or fails the test where there is none."""
    found = require(tool)
    said = _complaint(found)
    if said:
        unavailable(tool, f"{tool} cannot build a program that includes <stdio.h> ({said})")
    return found


def require_schema_of_sarif() -> str:
    """The path of the official schema of SARIF 2.1.0, which an npm package has; skips or fails the test."""
    return require_script("@microsoft/jest-sarif", "lib/schemas/sarif-2.1.0-rtm.5.json", "sarif-schema")


def unavailable(name: str, reason: str) -> NoReturn:
    """Ends the test: fails where ``BAZEL_XC_REQUIRE`` names ``name``, skips otherwise."""
    required = {each.strip() for each in os.environ.get("BAZEL_XC_REQUIRE", "").split(",")}
    if name in required:
        pytest.fail(f"{reason}, and BAZEL_XC_REQUIRE names {name}", pytrace=False)
    pytest.skip(reason)


@cache
def _complaint(compiler: str) -> str:
    """What a compiler says of the smallest program with a header of the C library, empty where it builds it.

    Debian packages a cross compiler apart from the C library for it, so that one may be there alone.
    """
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "try.c")
        source.write_text('#include <stdio.h>\nint main(void) { return puts("") < 0; }\n')
        command = [compiler, "-o", str(Path(folder, "try")), str(source)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return ""
    return next((line for line in done.stderr.splitlines() if "error" in line), f"exit {done.returncode}")
