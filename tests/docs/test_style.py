"""Prose that users see is plain: pages, help and messages use none of the words that read as translated.

The list is our own. A word that is right somewhere has its context in ``RIGHT``; code is not looked at.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from documents import PAGES, README, REPOSITORY
from markdown_it import MarkdownIt

import bazel_xc
from bazel_xc.cli.command_line import COMMANDS, parser_for
from bazel_xc.tables import table

BETTER = {
    r"stands?|stood": "is, means",
    r"holds?|held": "has, applies, is true",
    r"goes|gone|went": "is removed, is given, no longer exists",
    r"says?|said": "reports, names, shows",
    r"wants?|wanted": "needs, requires",
    r"bears?|borne": "has",
    r"tells?|told": "reports, shows",
    r"behind": "after, below",
    r"nobody|somebody": "no one, a person, or the passive voice",
    r"mends?|mended": "fix",
    r"hangs? on": "depends on",
    r"weighs?": "is as serious as",
    r"in step": "up to date",
    r"own word": "authoritative",
    r"for want of": "without",
}
RIGHT = (r"you want",)
_WORD = re.compile(rf"\b(?:{'|'.join(BETTER)})\b", re.IGNORECASE)
_RIGHT = re.compile("|".join(RIGHT))
_CODE = re.compile(r"`[^`]*`")
OTHERS = (README, REPOSITORY / "CONTRIBUTING.md", REPOSITORY / "SECURITY.md")
SOURCES = tuple(sorted(Path(bazel_xc.__file__).parent.rglob("*.py")))


def _found(text: str, place: str) -> Iterator[str]:
    for line in _RIGHT.sub("", _CODE.sub("", text)).splitlines():
        for word in _WORD.findall(line):
            yield f"{place}: {word!r} in: {line.strip()}"


def _prose(text: str) -> Iterator[str]:
    """The paragraphs, headings and cells of Markdown, without code."""
    for token in MarkdownIt("gfm-like").parse(text):
        if token.type == "inline":
            yield "".join(
                "`code`" if each.type == "code_inline" else each.content or "\n"
                for each in token.children or ()
            )


def _unreleased() -> str:
    """The newest section of the changelog; released ones stay as they are."""
    text = (REPOSITORY / "CHANGELOG.md").read_text(encoding="utf-8")
    return re.split(r"^## ", text, flags=re.MULTILINE)[1]


@pytest.mark.parametrize("page", [*OTHERS, *PAGES], ids=lambda page: page.name)
def test_pages(page: Path) -> None:
    paragraphs = _prose(page.read_text(encoding="utf-8"))

    assert [each for text in paragraphs for each in _found(text, page.name)] == []


def test_changelog() -> None:
    assert [each for text in _prose(_unreleased()) for each in _found(text, "CHANGELOG.md")] == []
    lines = [each for each in _unreleased().splitlines() if each.startswith("- ")]
    assert sorted(set(lines)) == sorted(lines)


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parser_for([command]).parse_args([*filter(None, [command]), "--help"])

    assert list(_found(capsys.readouterr().out, f"bazel-xc {command} --help")) == []


def _messages(path: Path) -> Iterator[tuple[int, str]]:
    """Texts of more than one word in a module, without docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    documentation = {id(each.value) for each in ast.walk(tree) if isinstance(each, ast.Expr)}
    for each in ast.walk(tree):
        if id(each) in documentation or not isinstance(each, ast.Constant):
            continue
        if isinstance(each.value, str) and " " in each.value.strip():
            yield each.lineno, each.value


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_messages(path: Path) -> None:
    texts = _messages(path)

    assert [each for line, text in texts for each in _found(text, f"{path.name}:{line}")] == []


def test_tables() -> None:
    findings = [part for each in table("findings.toml").values() for part in each.values() if part]
    patterns = [
        each.get(key, "") for each in table("log_patterns.toml")["pattern"] for key in ("cause", "remedy")
    ]
    texts = [each for each in (*findings, *patterns) if isinstance(each, str)]

    assert [each for text in texts for each in _found(text, "table")] == []


def test_the_list_finds_words() -> None:
    assert len(list(_found("It goes where it holds, `go says` so.\nStandard behindhand.", "text"))) == 2
