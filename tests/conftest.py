"""Fixtures for all tests. That this file is here also puts ``tests/`` on the path of imports."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import requirements
from hypothesis import settings

# How long an example takes says more of the machine than of the code.
settings.register_profile("without_deadline", deadline=None)
settings.load_profile("without_deadline")

@pytest.fixture(scope="session")
def require() -> Callable[[str], str]:
    """``require("bazel")`` gives the program's path, or skips or fails the test."""
    return requirements.require
