"""The HTML report for everybody: axe-core finds nothing, the keyboard and a phone are enough."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pages import APP, DARWIN, Opened, chromium, goto, nothing, report
from requirements import require_script

from bazel_xc.report.model import Report

if TYPE_CHECKING:
    from playwright.sync_api import Page

WIDTHS = (1400, 400)
SCHEMES = ("light", "dark")
STATES = (
    "#/overview",
    "#/targets",
    "#/targets?q=nothing+has+this+name",
    f"#/targets?target={APP}",
    "#/packages?package=example.com/o/c",
    "#/findings",
    "#/graph",
    f"#/graph?on={DARWIN}&target={APP}",
    "#/graph?on=windows_arm64",
)
EMPTY = tuple(f"#/{view}" for view in ("overview", "targets", "packages", "findings", "graph"))


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    with chromium(tmp_path_factory.mktemp("html")) as opened:
        yield opened


@pytest.fixture(scope="module")
def axe() -> str:
    """The script of axe-core."""
    return Path(require_script("axe-core", "axe.min.js")).read_text(encoding="utf-8")


def findings(page: Page, axe: str) -> list[str]:
    """What axe-core finds with all of its rules, best practices and AAA included."""
    run = (
        "axe.run(document, { runOnly: { type: 'rule', values: axe.getRules().map((each) => each.ruleId) } })"
    )
    if not page.evaluate("'axe' in window"):
        page.evaluate(axe)
    found: list[dict[str, Any]] = json.loads(
        page.evaluate(f"{run}.then((found) => JSON.stringify(found.violations))")
    )
    return [f"{each['id']} ({each['impact']}): {one['html']}" for each in found for one in each["nodes"]]


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(
    ("made", "states"), [(report(), STATES), (nothing(), EMPTY)], ids=["report", "empty"]
)
def test_axe_finds_nothing(
    opened: Opened, axe: str, made: Report, states: tuple[str, ...], width: int, scheme: str
) -> None:
    page = opened.page(made, width=width, scheme=scheme)
    found = []
    for state in states:
        goto(page, state)
        found += [(state, each) for each in findings(page, axe)]
    page.close()
    assert found == []


def test_axe_finds_what_is_broken(opened: Opened, axe: str) -> None:
    page = opened.page(report(), "#/targets")
    page.evaluate(
        """() => {
          document.getElementById('targets-search').removeAttribute('aria-label');
          document.getElementById('targets-search').removeAttribute('placeholder');
          document.querySelector('.status').style.color = '#ccc';
          document.querySelector('.grid table').setAttribute('role', 'list');
        }"""
    )
    rules = {each.partition(" ")[0] for each in findings(page, axe)}
    page.close()
    assert {"label", "color-contrast", "aria-required-children"} <= rules


@pytest.mark.parametrize("width", WIDTHS)
def test_the_body_never_scrolls_sideways(opened: Opened, width: int) -> None:
    page = opened.page(report(), width=width)
    for state in STATES:
        goto(page, state)
        sizes = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert sizes[0] <= sizes[1], state
    page.close()


def walk(page: Page, most: int = 120) -> list[str]:
    """The elements that Tab reaches, from the start of the page on until it leaves the page."""
    reached: list[str] = []
    page.evaluate("() => { document.activeElement.blur(); getSelection().removeAllRanges(); }")
    for _ in range(most):
        page.keyboard.press("Tab")
        name = page.evaluate(
            """() => {
              const at = document.activeElement;
              if (!at || at === document.body) return '';
              const part = at.closest('header, .filters, .above, .grid, .drawing, aside, footer, main') || at;
              const place = part === at ? '' : part.className || part.tagName.toLowerCase();
              return place + ': ' + (at.getAttribute('aria-label') || at.textContent || at.id).trim();
            }"""
        )
        if not name or (reached and name == reached[0]):
            return reached
        reached.append(name)
    return reached


def test_the_keyboard_reaches_everything_without_a_stop_per_row(opened: Opened) -> None:
    page = opened.page(report(), "#/targets?all=1")
    reached = walk(page)
    assert reached[0] == ": Skip to the content"
    assert [each for each in reached if each.startswith("header: ")] == [
        "header: Overview",
        "header: Targets 1,016",
        "header: Packages 2",
        "header: Findings 2",
        "header: Graph",
    ]
    assert "filters: Search targets" in reached
    assert [each for each in reached if each.startswith("grid: ")] == [
        "grid: Target",
        "grid: Kind",
        "grid: linux_amd64",
        "grid: darwin_arm64",
        "grid: windows_arm64",
        f"grid: {APP}",
    ]
    assert reached[-1] == "footer: Licences of embedded libraries"
    page.close()


def test_the_skip_link_leads_to_the_content(opened: Opened) -> None:
    page = opened.page(report(), "#/targets")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "targets-search"
    assert page.url.endswith("#/targets")
    page.close()


def test_the_keyboard_walks_the_matrix_and_comes_back_from_an_entry(opened: Opened) -> None:
    page = opened.page(report(), "#/targets?all=1")
    page.locator("#targets-view tbody a[tabindex='0']").focus()
    for key in ("ArrowDown", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    assert page.evaluate("document.activeElement.textContent") == "✓pure"
    page.keyboard.press("Enter")
    page.wait_for_selector("#drawer-title")
    assert page.evaluate("document.activeElement.id") == "drawer-title"
    assert page.locator("#drawer-title").inner_text() == "//cmd/pure:pure"
    page.keyboard.press("Escape")
    page.wait_for_selector("#drawer", state="hidden")
    assert page.locator("tr:focus-within th").inner_text() == "//cmd/pure:pure"
    page.close()


@pytest.mark.parametrize(
    "state", ["#/overview", "#/packages", "#/findings", "#/graph", f"#/targets?target={APP}"]
)
def test_everything_that_can_be_clicked_is_reached(opened: Opened, state: str) -> None:
    """Links and buttons are in the order of Tab, or are cells of a grid or graph, which arrow keys reach."""
    page = opened.page(report(), state)
    page.wait_for_timeout(100)
    left = page.evaluate(
        """() => [...document.querySelectorAll('a, button, input, summary')]
          .filter((each) => each.checkVisibility() && each.tabIndex < 0)
          .filter((each) => !each.closest('.grid tbody, svg, .bar'))
          .map((each) => each.outerHTML)"""
    )
    assert left == []
    assert len(walk(page)) < 60
    page.close()


def test_a_phone_closes_the_drawer_behind_which_the_page_is(opened: Opened) -> None:
    page = opened.page(report(), f"#/targets?target={APP}", width=400)
    box = page.locator("#drawer").bounding_box()
    assert box is not None
    assert (box["x"], box["width"]) == (0, 400)
    assert page.evaluate("document.getElementById('main').inert")
    page.get_by_role("button", name="Close").click()
    page.wait_for_selector("#drawer", state="hidden")
    assert not page.evaluate("document.getElementById('main').inert")
    page.close()


def test_the_focus_is_never_lost(opened: Opened) -> None:
    """A button that is made anew keeps it, and one that is gone gives it to the content."""
    page = opened.page(report(), "#/graph")
    page.get_by_role("button", name=DARWIN).focus()
    page.keyboard.press("Enter")
    page.wait_for_function(f"location.hash.includes('{DARWIN}')")
    assert page.evaluate("document.activeElement.textContent").endswith(DARWIN)
    goto(page, "#/targets?q=nothing+has+this+name")
    page.get_by_role("button", name="Remove all filters").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#targets-view tbody a")
    assert page.evaluate("document.activeElement.id") == "main"
    page.close()
