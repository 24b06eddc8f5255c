"""The documents of the project, for the tests of documentation.

Comes in: nothing. Goes out: paths, and the parts of a page: its headings, links and blocks of code. A page is
read as Markdown in the flavour of GitHub; anchors are made as GitHub and mkdocs make them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from attrs import frozen
from markdown_it import MarkdownIt
from markdown_it.token import Token

REPOSITORY = Path(__file__).parents[2]
DOCS = REPOSITORY / "docs"
README = REPOSITORY / "README.md"
PAGES = tuple(sorted(DOCS.rglob("*.md")))


@frozen
class Code:
    """A fenced block of code: its language, its text, the line on which the text begins."""

    language: str
    text: str
    line: int


@frozen
class Link:
    """A link or an image of a page."""

    target: str
    line: int


def codes(page: Path) -> tuple[Code, ...]:
    """The fenced blocks of code."""
    return tuple(
        Code(each.info.strip(), each.content, (each.map or [0])[0] + 2)
        for each in _tokens(page)
        if each.type == "fence"
    )


def links(page: Path) -> Iterator[Link]:
    """The links and images, in order."""
    for block in _tokens(page):
        for each in block.children or ():
            target = each.attrGet("href") or each.attrGet("src")
            if target:
                yield Link(str(target), (block.map or [0])[0] + 1)


def anchors(page: Path) -> frozenset[str]:
    """The anchors of the headings."""
    tokens = _tokens(page)
    titles = [tokens[at + 1].content for at, each in enumerate(tokens) if each.type == "heading_open"]
    return frozenset(_anchor(each) for each in titles)


def _tokens(page: Path) -> list[Token]:
    return MarkdownIt("gfm-like").parse(page.read_text(encoding="utf-8"))


def _anchor(title: str) -> str:
    text = re.sub(r"[^\w\s-]", "", title.lower()).strip()
    return re.sub(r"[\s]+", "-", text)
