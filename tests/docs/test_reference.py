"""The generated parts of the reference are those that ``make reference`` writes, and each subject has one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from documents import DOCS, PAGES
from reference import page_with_reference

from bazel_xc.cli.command_line import COMMANDS


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_reference_is_as_the_program_has_it(page: Path) -> None:
    assert page.read_text(encoding="utf-8") == page_with_reference(page), "run: make reference"


def test_each_command_has_its_options() -> None:
    text = (DOCS / "commands.md").read_text(encoding="utf-8")
    parts = re.findall(r"<!-- reference: options (\S+) -->", text)

    assert sorted(parts) == sorted([*COMMANDS, "common"])
