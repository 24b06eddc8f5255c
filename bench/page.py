"""Measures the HTML page of a large report in Chromium.

Comes in: a number of targets. Goes out: a table of the times that the page itself measures, from its start
until it is ready, and from a key or click until the next frame is laid out. The report is made up: packages
in twelve layers, one in 50 with C, some not for Windows, and two targets for each. It needs playwright and
Chromium, and reads no tree.
"""

from __future__ import annotations

import argparse
import random
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parents[1]))

from bazel_xc.graph.dependency import DependencyGraph, Node, NodeKind, Target
from bazel_xc.report import html
from bazel_xc.report.build import Material, build_report
from bazel_xc.report.model import Origin, PlatformSetting, Report

if TYPE_CHECKING:
    from playwright.sync_api import Page

PLATFORMS = ("linux_amd64", "linux_arm64", "darwin_arm64", "windows_amd64", "windows_arm64")
EVERY = (1 << len(PLATFORMS)) - 1
UNIX = 0b00111
LAYERS = 12
RUNS = 9

# Each changes the page and is measured until the frame after it is laid out.
STEPS = {
    "search, one letter": ("#/targets?all=1", "type('#targets-search', 'p')"),
    "search, a name": ("#/targets?all=1", "type('#targets-search', 'layer7/p0007')"),
    "chip: binaries": ("#/targets?all=1", "click('#targets-view', 'Binaries')"),
    "chip: blocked": ("#/targets?all=1", "click('#targets-view', 'blocked')"),
    "hide pure everywhere": ("#/targets?all=1", "document.getElementById('switch-all').click()"),
    "sort by platform": ("#/targets?all=1", "click('#targets-view thead', 'linux_amd64')"),
    "scroll to the middle": (
        "#/targets?all=1",
        "{ const box = document.querySelector('.grid'); box.scrollTop = box.scrollHeight / 2; }",
    ),
    "open a target": ("#/targets?all=1", "document.querySelector('#targets-view tbody a').click()"),
    "view: overview": ("#/targets", "{ location.hash = '#/overview'; }"),
    "view: graph": ("#/targets", "{ location.hash = '#/graph'; }"),
}
TOOLS = """
  const type = (id, text) => {
    const input = document.querySelector(id);
    input.value = text;
    input.dispatchEvent(new Event('input'));
  };
  const click = (within, text) => {
    const buttons = [...document.querySelectorAll(within + ' button')];
    buttons.find((each) => each.textContent.includes(text)).click();
  };
  const frame = () => new Promise((done) => requestAnimationFrame(() => {
    document.body.offsetHeight;
    setTimeout(done);
  }));
"""


def made_up(count: int) -> Report:
    """A report of so many targets; the same number gives the same report."""
    chance = random.Random(count)
    names = [f"example.com/m/layer{at * LAYERS * 2 // count}/p{at:04}" for at in range(count // 2)]
    nodes: dict[str, Node] = {}
    edges: dict[str, dict[str, int]] = {}
    targets: list[Target] = []
    for at, name in enumerate(names):
        uses_c, unix_only = chance.random() < 0.02, chance.random() < 0.01
        listed = UNIX if unix_only else EVERY
        nodes[name] = Node(
            kind=NodeKind.PACKAGE,
            first_party=chance.random() < 0.8,
            cgo=UNIX if uses_c else 0,
            broken=EVERY & ~listed,
            listed=listed,
        )
        lower = names[at + 1 :][: count // 12]
        edges[name] = dict.fromkeys(chance.sample(lower, min(len(lower), chance.randint(0, 6))), listed)
        kind = "go_binary" if at % 20 == 0 else "go_test"
        directory = name.removeprefix("example.com/m")
        targets += (
            Target(
                f"/{directory}:{part}",
                kind if part == "main" else "go_test",
                name,
                dict.fromkeys(PLATFORMS, (name,)),
            )
            for part in ("main", "main_test")
        )
    for each in targets:
        nodes[each.label] = Node(kind=NodeKind.TARGET, listed=EVERY)
        edges[each.label] = {each.package: EVERY}
    run = Origin(
        module="example.com/m",
        go="go1.26",
        bazel_xc="0",
        platforms=tuple(PlatformSetting(name, not name.startswith("windows")) for name in PLATFORMS),
    )
    graph = DependencyGraph(nodes, edges, PLATFORMS)
    return build_report(Material(graph=graph, other=graph, targets=tuple(targets), outcomes={}, run=run))


def ready(page: Page, path: Path) -> float:
    """Milliseconds from the start of the navigation until the page has all that it shows at first."""
    page.goto("about:blank")
    page.goto(path.as_uri())
    page.wait_for_selector("html[data-ready=yes]")
    took: float = page.evaluate("performance.getEntriesByName('ready')[0].startTime")
    return took


def step(page: Page, address: str, change: str) -> float:
    """Milliseconds of a change, from the event on."""
    took: float = page.evaluate(
        f"""async () => {{ {TOOLS}
          location.hash = '#/findings'; await frame(); await frame();
          location.hash = '{address}'; await frame(); await frame();
          const start = performance.now(); {change}; await frame();
          return performance.now() - start;
        }}"""
    )
    return took


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("targets", type=int, nargs="?", default=10_000)
    parser.add_argument("--write", type=Path, help="also write the page to this file")
    asked = parser.parse_args()
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - says what is missing only after --help

    start = time.process_time()
    report = made_up(asked.targets)
    middle = time.process_time()
    text = html.render(report)
    print(f"{len(report.targets)} targets, {len(report.graph.nodes)} nodes, {len(report.graph.edges)} edges")
    print(f"report {middle - start:.1f} s CPU, page {time.process_time() - middle:.1f} s CPU")
    print(f"{len(text) / 1e6:.1f} MB")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as play:
        path = asked.write or Path(folder, "page.html")
        path.write_text(text, encoding="utf-8")
        chromium = play.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = chromium.new_page(viewport={"width": 1400, "height": 900})
        measured = {"ready": [ready(page, path) for _ in range(RUNS)]}
        for name, (address, change) in STEPS.items():
            measured[name] = [step(page, address, change) for _ in range(RUNS)]
        chromium.close()
    print(f"\n| {'':22} | median ms | worst of {RUNS} |\n|---|---|---|")
    for name, times in measured.items():
        print(f"| {name:22} | {statistics.median(times):9.0f} | {max(times):10.0f} |")


if __name__ == "__main__":
    main()
