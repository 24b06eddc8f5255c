"""The HTML report in a real browser: it searches, sorts, opens chains, asks nobody for anything."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from reports import HOSTILE, node, reports
from requirements import require, unavailable

from bazel_xc.graph.dependency import NodeKind, Verdict
from bazel_xc.report import html
from bazel_xc.report.model import (
    GraphEdge,
    ImportPlace,
    Origin,
    PackageEntry,
    PlatformSetting,
    Report,
    ReportGraph,
    State,
    TargetEntry,
    TargetOn,
)

if TYPE_CHECKING:
    from playwright.sync_api import Page

LINUX, WINDOWS = "linux_amd64", "windows_arm64"


def report() -> Report:
    """A thousand packages in front of one that imports C, and names that are more than names."""
    names = [f"example.com/m/p{at:04}" for at in range(1000)]
    chain = ("//cmd:cmd", names[0], "example.com/o/c")
    on = {
        name: TargetOn(
            verdict=Verdict.C_TOOLCHAIN if name == LINUX else Verdict.PURE,
            chain=chain if name == LINUX else (),
            cgo_packages=("example.com/o/c",) if name == LINUX else (),
            standard_cgo_packages=(),
            needs=(),
            blockers=(),
            fallbacks=(),
            without_cgo=None,
        )
        for name in (LINUX, WINDOWS)
    }
    hostile = tuple(TargetEntry(label=each, kind="go_test", package=each, platforms=on) for each in HOSTILE)
    return Report(
        run=Origin(
            module="m</title><script>document.title='x'</script>",
            go="go1.26",
            bazel_xc="0",
            platforms=(PlatformSetting(LINUX, True), PlatformSetting(WINDOWS, False)),
        ),
        packages=(
            PackageEntry(
                import_path="example.com/o/c",
                module="example.com/o",
                first_party=False,
                states={LINUX: State.CGO, WINDOWS: State.ABSENT},
                needs=(),
            ),
        ),
        targets=(
            TargetEntry(label="//cmd:cmd", kind="go_binary", package=names[0], platforms=on),
            *hostile,
        ),
        imports=(ImportPlace(names[0], "example.com/o/c", "p/p.go", 7),),
        findings=(),
        graph=ReportGraph(
            nodes=(
                node("//cmd:cmd", NodeKind.TARGET),
                *(node(name, first_party=True) for name in names),
                node("example.com/o/c", cgo=(LINUX,)),
            ),
            edges=(
                GraphEdge(source="//cmd:cmd", target=names[0], platforms=(LINUX,)),
                *(GraphEdge(source=name, target="example.com/o/c", platforms=(LINUX,)) for name in names),
            ),
        ),
    )


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """The report in Chromium; anything said on the console, or asked of the network, fails the test."""
    browser = require("chromium")
    try:
        from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only where it is installed
    except ImportError:
        unavailable("playwright", "the playwright package is not installed")
    path = tmp_path_factory.mktemp("html") / "report.html"
    path.write_text(html.render(report()), encoding="utf-8")
    said: list[str] = []
    asked: list[str] = []
    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        opened = chromium.new_page()
        opened.on("console", lambda message: said.append(message.text))
        opened.on("pageerror", lambda error: said.append(str(error)))
        opened.on("request", lambda request: asked.append(request.url))
        opened.goto(path.as_uri())
        opened.wait_for_selector("html[data-ready=yes]")
        yield opened
        chromium.close()
    assert said == []
    assert asked == [path.as_uri()]


def rows(page: Page, table: str) -> list[str]:
    cells = page.locator(f"#{table} .tabulator-row .tabulator-cell[tabulator-field=name]")
    return [text.strip() for text in cells.all_inner_texts()]


def test_search_narrows_the_table(page: Page) -> None:
    page.fill("#targets-search", "//cmd")
    page.wait_for_function("document.querySelectorAll('#targets .tabulator-row').length === 1")
    assert rows(page, "targets") == ["//cmd:cmd"]
    page.fill("#targets-search", "")


def test_a_click_on_a_heading_sorts(page: Page) -> None:
    heading = page.locator("#targets .tabulator-col[tabulator-field=name]")
    heading.click()
    first = rows(page, "targets")
    heading.click()
    assert rows(page, "targets") != first


def test_details_tell_the_chain_with_its_place(page: Page) -> None:
    page.fill("#targets-search", "//cmd")
    page.wait_for_function("document.querySelectorAll('#targets .tabulator-row').length === 1")
    button = page.get_by_role("button", name="details of //cmd:cmd")
    button.focus()
    page.keyboard.press("Enter")
    text = page.locator("#details").inner_text()
    assert "c-toolchain on linux_amd64" in text
    assert "p/p.go:7" in text
    page.get_by_role("button", name="draw this chain").click()
    assert page.locator("#drawn").inner_text() == "3 of 1002 nodes are drawn"


def test_the_graph_starts_small_and_grows_on_demand(page: Page) -> None:
    page.click("#graph-reset")
    drawn = page.locator("#drawn").inner_text()
    assert 1 < int(drawn.split()[0]) <= 70
    page.fill("#graph-search", "p0007")
    page.keyboard.press("Enter")
    assert page.locator("#drawn").inner_text() == "2 of 1002 nodes are drawn"


def test_names_stay_names(page: Page) -> None:
    assert page.title() == "C in m</title><script>document.title='x'</script>"
    assert page.locator("#targets script, #details script, h1 script").count() == 0


@given(reports())
@settings(max_examples=15)
def test_data_cannot_leave_its_element(made: Report) -> None:
    text = html.render(made)
    found = re.search(r'<script type="application/json" id="data">(.*)</script>\n<script>', text)
    assert found is not None
    assert not set(found[1]) & set("<>&")


def test_libraries_have_their_licences() -> None:
    vendor = Path(html.__file__).parents[1] / "data" / "html" / "vendor"
    licences = {path.name.partition(".")[0] for path in vendor.glob("*.LICENSE")}
    assert {path.name.partition(".")[0] for path in vendor.glob("*.min.*")} <= licences
