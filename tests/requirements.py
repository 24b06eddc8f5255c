"""Tools that a test needs and a machine may lack.

A test without its tool is skipped with the reason. Where the tool must be there, as on a build server,
``BAZEL_XC_REQUIRE`` names it (comma-separated: ``go,bazel,buildifier``) and its absence is a failure.
"""

from __future__ import annotations

import os
import shutil
from typing import NoReturn

import pytest


def require(tool: str) -> str:
    """The path of a program on PATH; skips or fails the test where there is none."""
    found = shutil.which(tool)
    if found is None:
        unavailable(tool, f"{tool} is not on PATH")
    return found


def unavailable(name: str, reason: str) -> NoReturn:
    """Ends the test: fails where ``BAZEL_XC_REQUIRE`` names ``name``, skips otherwise."""
    required = {each.strip() for each in os.environ.get("BAZEL_XC_REQUIRE", "").split(",")}
    if name in required:
        pytest.fail(f"{reason}, and BAZEL_XC_REQUIRE names {name}", pytrace=False)
    pytest.skip(reason)
