"""Fixtures for all tests. That this file is here also puts ``tests/`` on the path of imports."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from itertools import count

import pytest
import requirements
from hypothesis import settings

from bazel_xc.cli import interpreter

# Some tests look at colors, which a terminal of the kind "dumb" does not get.
os.environ["TERM"] = "xterm"

# How long an example takes says more of the machine than of the code.
# The same examples in every run, so that a change that breaks nothing fails nothing; another profile looks
# for new ones: HYPOTHESIS_PROFILE=explore make test
settings.register_profile("same", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None, max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))


def pytest_configure() -> None:
    if broken := interpreter.problem():
        pytest.exit(broken, returncode=2)


@pytest.fixture(scope="session", autouse=True)
def cache_folder() -> Iterator[None]:
    """No test uses results of the user's runs, or of another test."""
    with tempfile.TemporaryDirectory() as folder:
        _CACHE.append(folder)
        yield


_CACHE: list[str] = []
_NUMBERS = count()


def pytest_runtest_call() -> None:
    os.environ["BAZEL_XC_CACHE"] = f"{_CACHE[-1]}/{next(_NUMBERS)}"


@pytest.fixture(scope="session")
def require() -> Callable[[str], str]:
    """``require("bazel")`` gives the program's path, or skips or fails the test."""
    return requirements.require
