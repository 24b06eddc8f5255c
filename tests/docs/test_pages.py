"""The pages as files: links lead somewhere, and each page has a place in the site."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from documents import DOCS, PAGES, README, REPOSITORY, anchors, links
from ruamel.yaml import YAML

from bazel_xc import HOME

BLOB = f"{HOME}/blob/main/"
TREE = f"{HOME}/tree/main/"
RAW = f"{HOME}/raw/main/"
OTHERS = (REPOSITORY / "CONTRIBUTING.md", REPOSITORY / "SECURITY.md")


def _broken(page: Path) -> Iterator[str]:
    for link in links(page):
        name, _, anchor = link.target.partition("#")
        if name.startswith((BLOB, RAW, TREE)):
            place = REPOSITORY / name.removeprefix(BLOB).removeprefix(RAW).removeprefix(TREE)
        elif ":" in name:
            continue
        else:
            place = page.parent / name if name else page
        if not place.exists():
            yield f"{page.name}:{link.line}: {link.target} does not exist"
        elif anchor and place.suffix == ".md" and anchor not in anchors(place):
            yield f"{page.name}:{link.line}: {link.target} has no such heading"


@pytest.mark.parametrize("page", [README, *OTHERS, *PAGES], ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    assert list(_broken(page)) == []


def test_links_of_the_readme_are_whole() -> None:
    """Package indexes show it without the files beside it."""
    assert [each.target for each in links(README) if not re.match(r"https://|#", each.target)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_of_the_site_stay_in_it(page: Path) -> None:
    assert [each.target for each in links(page) if each.target.startswith("../")] == []


def _names(part: Any) -> Iterator[str]:  # noqa: ANN401 - YAML
    if isinstance(part, str):
        yield part
    else:
        for each in part.values() if isinstance(part, dict) else part:
            yield from _names(each)


def test_each_page_has_a_place_in_the_site() -> None:
    site = YAML(typ="safe").load(REPOSITORY / "mkdocs.yml")
    listed = [each for each in _names(site["nav"]) if each.endswith(".md")]

    assert sorted(listed) == sorted(str(page.relative_to(DOCS)) for page in PAGES)
