"""docs/rules.md is the page that ``make rules-reference`` writes."""

from __future__ import annotations

from rules_reference import PAGE, REPOSITORY, reference


def test_the_page_is_as_the_rules_have_it() -> None:
    assert PAGE.read_text(encoding="utf-8") == reference(), "run: make rules-reference"


def test_every_public_name_has_its_entry() -> None:
    exported = [line.split(" ")[0] for line in _lines("rules/defs.bzl") if " = _" in line and line[0] != "l"]
    page = PAGE.read_text(encoding="utf-8")

    assert exported
    assert [name for name in exported if f"\n## {name}\n" not in page] == []


def _lines(path: str) -> list[str]:
    return (REPOSITORY / path).read_text().splitlines()
