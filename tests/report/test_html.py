"""The HTML report in a real browser: it filters, sorts, opens, draws, and asks nobody for anything."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from attrs import evolve
from hypothesis import given, settings
from pages import (
    APP,
    DARWIN,
    LINUX,
    MAIN,
    REMEDY,
    STORE,
    C,
    Opened,
    chromium,
    goto,
    nothing,
    report,
    target,
    texts,
)
from reports import HOSTILE, reports

from bazel_xc.graph.dependency import DependencyGraph, Node, NodeKind, Target
from bazel_xc.graph.ways import ways
from bazel_xc.report import html
from bazel_xc.report.build import Material, build_report
from bazel_xc.report.html_data import page_data
from bazel_xc.report.model import Origin, PlatformSetting, Report

if TYPE_CHECKING:
    from playwright.sync_api import Page


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    with chromium(tmp_path_factory.mktemp("html")) as opened:
        yield opened


@pytest.fixture(scope="module")
def whole(opened: Opened) -> Page:
    return opened.page(report())


@pytest.fixture
def page(whole: Page) -> Page:
    """The first screen, as it is without an address."""
    goto(whole, "#/overview")
    return whole


def rows(page: Page, view: str = "targets") -> list[str]:
    return texts(page, f"#{view}-view .grid tbody th a")


def test_the_first_screen_has_totals_binaries_and_causes(page: Page) -> None:
    text = page.locator("#overview-view").inner_text()
    assert "1 of 2\nbinaries are not pure everywhere" in text
    line = page.locator("#overview-view .totals tbody tr", has_text=LINUX).inner_text().split()
    assert line == [LINUX, "cgo", "on", "1,001", str(len(HOSTILE) + 1), "1", "0"]
    assert texts(page, "#overview-view .binaries .name") == [APP]
    assert (
        f"{len(HOSTILE) + 2} targets" in page.locator(".causes li", has_text="example.com/o/c").inner_text()
    )


def test_views_have_their_counts(page: Page) -> None:
    assert texts(page, "#views a") == ["Overview", "Targets 1,016", "Packages 2", "Findings 2", "Graph"]


def test_a_total_leads_to_its_targets(page: Page) -> None:
    page.get_by_role("link", name=f"1 cannot build on {DARWIN}").click()
    assert rows(page) == [APP]
    assert texts(page, "#targets-view thead th")[2:] == [DARWIN]
    assert page.locator("#targets-view .status").inner_text() == "1 target of 1,016"


def test_needs_without_a_provider_lead_to_their_packages(page: Page) -> None:
    page.locator(".tile", has_text="C needs without a provider").click()
    assert rows(page, "packages") == ["example.com/o/c"]


def test_a_cause_leads_to_the_targets_above_it(page: Page) -> None:
    page.get_by_role("link", name="1 target through example.com/m/sys").click()
    assert rows(page) == [APP]
    page.get_by_role("button", name="Show all targets").click()
    assert len(rows(page)) > 20


def test_all_targets_of_a_cause_are_there(page: Page) -> None:
    """Also those of which the graph has no way to it."""
    page.get_by_role("link", name=f"{len(HOSTILE) + 2} targets through example.com/o/c").click()
    assert page.locator("#targets-view .status").inner_text() == f"{len(HOSTILE) + 2} targets of 1,016"


def test_binaries_are_first_and_what_is_pure_everywhere_is_hidden(page: Page) -> None:
    goto(page, "#/targets")
    assert rows(page)[0] == APP
    assert (
        page.locator("#targets-view .status").inner_text()
        == "15 targets of 1,016, 1,001 hidden that need no C"
    )
    page.get_by_label("Hide pure everywhere").uncheck()
    assert rows(page)[:2] == [APP, "//cmd/pure:pure"]
    assert page.locator("#targets-view .status").inner_text() == "1,016 targets of 1,016"


def test_chips_and_search_narrow_the_matrix(page: Page) -> None:
    goto(page, "#/targets")
    page.get_by_role("button", name="Binaries 2").click()
    assert rows(page) == [APP]
    page.get_by_role("button", name="Binaries 2").click()
    page.fill("#targets-search", "CMD app")
    assert rows(page) == [APP]
    page.wait_for_url("**q=CMD%20app")
    page.fill("#targets-search", "")


def test_a_heading_sorts_both_ways(page: Page) -> None:
    goto(page, "#/targets?all=1")
    for order in ("ascending", "descending"):
        page.locator("#targets-view thead").get_by_role("button", name="Target").click()
        heading = page.locator("#targets-view thead th").first
        assert heading.get_attribute("aria-sort") == order
        shown = [each for each in rows(page) if each.startswith("//")]
        assert len(shown) > 20
        assert shown == sorted(shown, reverse=order == "descending")


def test_only_rows_in_view_are_elements(page: Page) -> None:
    goto(page, "#/targets?all=1")
    assert len(rows(page)) < 100
    page.locator("#targets-view .grid tbody a").first.focus()
    page.keyboard.press("Control+End")
    page.wait_for_function("document.activeElement.textContent.includes('//t/t0999')")
    assert page.locator("#targets-view tr:focus-within").get_attribute("aria-rowindex") == "1017"


def test_an_entry_has_an_address_and_stays_while_the_list_is_searched(opened: Opened) -> None:
    page = opened.page(report(), f"#target={APP}", name="link.html")
    assert page.locator("#drawer-title").inner_text() == APP
    page.fill("#targets-search", "nothing has this name")
    assert page.locator("#drawer-title").inner_text() == APP
    page.wait_for_url(f"**q=nothing%20has%20this%20name&target={APP}")
    page.get_by_role("button", name="Close").click()
    assert page.locator("#drawer").is_hidden()
    assert page.input_value("#targets-search") == "nothing has this name"
    page.go_back()
    assert page.locator("#drawer-title").inner_text() == APP
    page.close()


def test_an_entry_has_all_that_is_known_of_a_target(page: Page) -> None:
    goto(page, f"#target={APP}")
    libraries = page.locator("#drawer section", has_text=f"C libraries on {LINUX}").inner_text()
    assert "store/store.go:7" in libraries
    assert "Remove this import to make it pure\nexample.com/m/store imports example.com/o/c" in libraries
    assert "lib sqlite3" in libraries
    assert f"To do: {REMEDY}" in libraries
    assert "With cgo off\n\n✓pure" in libraries
    assert "net: host names are resolved by Go" in libraries
    blocked = page.locator("#drawer section", has_text=f"cannot build on {DARWIN}").inner_text()
    assert (
        "Remove this import to make it buildable\nexample.com/m/cmd/app imports example.com/m/sys" in blocked
    )


def test_an_entry_has_all_that_is_known_of_a_package(page: Page) -> None:
    goto(page, "#package=example.com/o/c")
    text = page.locator("#drawer").inner_text()
    assert "of module example.com/o" in text
    assert "◐cgo, or Go" in text
    assert "no rule has it" in text
    assert f"Targets above it {len(HOSTILE) + 2}\n{APP}" in text
    assert "Imported by 1\nexample.com/m/storestore/store.go:7" in text


def test_an_address_of_nothing_is_harmless(page: Page) -> None:
    goto(page, "#target=//no:such")
    assert "The report has no such target." in page.locator("#drawer").inner_text()
    goto(page, "#%E0%A4%A")
    assert page.locator("#drawer").is_hidden()


def test_the_graph_starts_readable_with_the_way_to_c(page: Page) -> None:
    goto(page, "#/graph")
    names = [each.replace("\n", "") for each in texts(page, ".node:not(.more) text")]
    assert {APP, "example.com/m/cmd/app", "example.com/m/store", "● example.com/o/c"} <= set(names)
    assert "40 on longer ways are folded" in page.locator("#graph-view .status").inner_text()
    sizes = page.evaluate("[...document.querySelectorAll('.node tspan')].map(e => 14 * e.getScreenCTM().a)")
    assert min(sizes) > 11
    frame = page.locator(".drawing").bounding_box()
    assert frame is not None
    for box in (each.bounding_box() for each in page.locator(".node rect").all()):
        assert box is not None
        assert frame["x"] <= box["x"]
        assert box["x"] + box["width"] <= frame["x"] + frame["width"]
    assert page.locator(".edge.cut").count() == 1


def test_the_graph_unfolds_and_zooms(page: Page) -> None:
    goto(page, "#/graph")
    page.get_by_role("button", name="Unfold all 40").click()
    assert page.locator("a.inside").count() == 44
    page.get_by_role("button", name="Fold").click()
    assert page.locator("a.inside").count() == 4
    page.locator(".more").first.click()
    assert page.locator("a.inside").count() == 24
    before = page.locator(".drawing svg").bounding_box()
    page.get_by_role("button", name="Zoom in").click()
    after = page.locator(".drawing svg").bounding_box()
    assert before is not None
    assert after is not None
    assert after["width"] > before["width"]
    for _ in range(20):
        page.get_by_role("button", name="Zoom out").click()
    smallest = page.evaluate("14 * document.querySelector('.node tspan').getScreenCTM().a")
    assert smallest > 10


def test_the_graph_has_another_platform_and_target(page: Page) -> None:
    goto(page, "#/graph")
    page.get_by_role("button", name=DARWIN).click()
    assert "✕ example.com/m/sys" in [each.replace("\n", "") for each in texts(page, ".node text")]
    page.get_by_role("button", name="windows_arm64").click()
    assert page.locator(".drawing .empty-title").inner_text() == f"{APP} is pure on windows_arm64"
    page.fill("#graph-target", "no such target")
    page.keyboard.press("Enter")
    assert page.locator(".drawing .empty-title").inner_text() == "No such target"


def test_the_keyboard_follows_imports_and_highlights_the_way(page: Page) -> None:
    goto(page, "#/graph")
    page.locator("a.inside[tabindex='0']").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "example.com/o/c, imports C"
    assert page.locator(".node.lit").count() == 5
    page.keyboard.press("Enter")
    assert page.locator("#drawer-title").inner_text() == "example.com/o/c"


def test_findings_have_place_cause_and_remedy_in_full(page: Page) -> None:
    goto(page, "#/findings")
    cards = texts(page, "#findings-view .card")
    assert cards[0].endswith("sys/a.go:1 undefinedno name")
    assert cards[1].endswith(f"sqlite3 has no providerTo do: {REMEDY}")
    for card in page.locator("#findings-view .card").all():
        assert card.evaluate("each => each.scrollWidth <= each.clientWidth")
    page.get_by_role("button", name="error 1").click()
    assert page.locator("#findings-view .card").count() == 1


def test_empty_lists_say_so(opened: Opened, page: Page) -> None:
    goto(page, "#/targets?q=nothing+has+this+name")
    assert page.locator("#targets-view .empty-title").inner_text() == "No target matches"
    page.get_by_role("button", name="Remove all filters").click()
    assert rows(page)[0] == APP
    empty = opened.page(nothing(), name="empty.html")
    seen = []
    for view in ("overview", "targets", "packages", "findings", "graph"):
        goto(empty, f"#/{view}")
        seen.append(empty.locator(f"#{view}-view .empty-title").first.inner_text())
    assert seen == ["No targets", "No targets", "No packages", "No findings", "Nothing to draw"]
    empty.close()


def test_a_report_where_everything_is_pure_is_not_an_empty_list(opened: Opened) -> None:
    made = evolve(nothing(), targets=(target("//a:a", "go_binary"),))
    made = evolve(made, run=report().run)
    page = opened.page(made, "#/targets", name="pure.html")
    assert page.locator("#targets-view .empty-title").inner_text() == "Every target is pure on every platform"
    page.get_by_role("button", name="Show them").click()
    assert rows(page) == ["//a:a"]
    page.close()


def test_names_stay_names(page: Page) -> None:
    assert page.title() == "C in m</title><script>document.title='x'</script>"
    for view in ("overview", "targets", "packages", "findings", "graph"):
        goto(page, f"#/{view}")
        assert page.locator("main script, header script, aside script").count() == 0
    goto(page, "#/targets?all=1&kind=test")
    shown = rows(page)
    assert "<script>alert(1)</script>" in shown
    assert "\\u202egnp.exe" in shown  # a mark that would show the name backwards
    assert "//no:utf8\ufffd" in shown
    for name in (*HOSTILE, "//no:utf8\ufffd"):
        page.evaluate("name => { location.hash = 'target=' + encodeURIComponent(name) }", name)
        page.wait_for_selector("#drawer-title")
        assert "The report has no such target" not in page.locator("#drawer").inner_text()


def test_licences_are_in_the_page(page: Page) -> None:
    page.locator("#licences summary").click()
    text = page.locator("#licences").inner_text()
    vendor = Path(html.__file__).parents[1] / "data" / "html" / "vendor"
    for licence in vendor.glob("*.LICENSE"):
        assert (
            licence.read_text().split()
            == re.findall(r"\S+", text[text.index("Copyright") :])[: len(licence.read_text().split())]
        )
    names = {path.name.partition(".")[0] for path in vendor.glob("*.min.*")}
    assert names <= {path.name.partition(".")[0] for path in vendor.glob("*.LICENSE")}


def test_a_report_on_some_platforms_has_no_traces_of_the_others(opened: Opened) -> None:
    made = report()
    few = evolve(made, run=evolve(made.run, platforms=made.run.platforms[1:]))
    page = opened.page(few, f"#/targets?target={APP}", name="few.html")
    assert texts(page, "#targets-view thead th") == ["Target", "Kind", DARWIN, "windows_arm64"]
    assert LINUX not in page.locator("#drawer").inner_text()
    page.close()


def test_a_name_is_in_the_data_once() -> None:
    data = page_data(report())
    assert len(set(data["names"])) == len(data["names"])
    app = data["targets"][0]
    assert [data["names"][app[0]], *app[1:2], app[3], app[5]] == [APP, "go_binary", 0, [0, 1, 2]]
    assert [data["names"][each] for each in app[4][0]["chain"]] == [APP, MAIN, STORE, C]
    pure = data["targets"][1]
    assert pure[4:] == [[{"verdict": "pure"}], [0, 0, 0]]


def _graph(seeds: int) -> tuple[DependencyGraph, tuple[Target, ...]]:
    """For each seed packages in layers, some of them own, with C, or blocked, below two targets."""
    nodes: dict[str, Node] = {}
    edges: dict[str, dict[str, int]] = {}
    targets = []
    for seed in range(seeds):
        chance = random.Random(seed)
        names = [f"example.com/m{seed:02}/p{at:02}" for at in range(chance.randint(3, 14))]
        for at, name in enumerate(names):
            nodes[name] = Node(
                kind=NodeKind.PACKAGE,
                first_party=chance.random() < 0.7,
                cgo=int(chance.random() < 0.25),
                broken=int(chance.random() < 0.08),
                listed=1,
            )
            edges[name] = {other: 1 for other in names[at + 1 :] if chance.random() < 0.35}
        for at in range(2):
            each = Target(f"//t{seed:02}:t{at}", "go_binary", names[at], {LINUX: (names[at],)})
            targets.append(each)
            nodes[each.label] = Node(kind=NodeKind.TARGET, listed=1)
            edges[each.label] = {each.package: 1}
    return DependencyGraph(nodes, edges, (LINUX,)), tuple(targets)


def test_the_imports_to_remove_are_those_of_why(opened: Opened) -> None:
    """The page works them out itself, from the graph of the report. It says nothing where a package of
    another module cannot be built, because the report then has one way to it only.
    """
    graph, targets = _graph(60)
    run = Origin(module="m", go="go1.26", bazel_xc="0", platforms=(PlatformSetting(LINUX, True),))
    made = build_report(Material(graph=graph, other=graph, targets=targets, outcomes={}, run=run))
    drawn = {each.name for each in made.graph.nodes}
    page = opened.page(made, "#/targets?all=1", name="cut.html")
    compared = silent = 0
    for each in targets:
        found = ways(graph, each.label, LINUX)
        goto(page, f"#target={each.label}")
        shown = texts(page, "#drawer .cut li")
        none = "None of the imports of your own code" in page.locator("#drawer").inner_text()
        if set(found.ends) <= drawn:
            assert shown == [f"{a} imports {b}" for a, b in found.cut or ()], each.label
            assert none == (found.cut is None), each.label
            compared += bool(found.cut)
        else:
            assert (shown, none) == ([], False), each.label
            silent += 1
    page.close()
    assert compared > 40
    assert silent


@given(reports())
@settings(max_examples=15)
def test_data_cannot_leave_its_element(made: Report) -> None:
    text = html.render(made)
    found = re.search(r'<script type="application/json" id="data">(.*)</script>\n<script>', text)
    assert found is not None
    assert not set(found[1]) & set("<>&")
