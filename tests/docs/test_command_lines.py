"""Command lines of bazel-xc in the documentation: the parsers accept each of them."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

import pytest
from documents import DOCS, PAGES, README, REPOSITORY, codes

from bazel_xc.cli.command_line import _parsed

_CALL = re.compile(r"(?:^|[\s$(|;])bazel-xc (?P<rest>[^#|;&>)\n]*)")
WORKFLOWS = tuple(sorted((DOCS / "ci").iterdir()))


def _calls(text: str) -> Iterator[str]:
    for line in text.splitlines():
        for found in _CALL.finditer(line.removeprefix("$ ")):
            rest = found["rest"].strip()
            if rest and not re.match(r"[A-Z\d]", rest):  # a version, or COMMAND for any command
                yield rest


def _documented() -> Iterator[tuple[str, str]]:
    for page in (README, REPOSITORY / "CONTRIBUTING.md", *PAGES):
        for code in codes(page):
            if code.language in ("sh", ""):
                yield from ((f"{page.name}:{code.line}", each) for each in _calls(code.text))
    for path in WORKFLOWS:
        yield from ((path.name, each) for each in _calls(path.read_text(encoding="utf-8")))


LINES = tuple(dict.fromkeys(_documented()))


@pytest.mark.parametrize(("place", "line"), LINES, ids=[f"{place} {line}" for place, line in LINES])
def test_it_is_a_command_line(place: str, line: str) -> None:
    arguments = [each.strip('"') for each in shlex.split(line)]
    try:
        _parsed(arguments)
    except SystemExit as e:
        assert e.code == 0, f"{place}: bazel-xc {line}"  # noqa: PT017 - a code, not an exception


def test_there_are_some() -> None:
    assert len(LINES) > 40
