"""A report for the tests of the HTML page, and the page in Chromium.

Comes in: a ``Report``. Goes out: an ``Opened`` page. Whatever the page says on its console, or asks of the
network, is kept for the test to look at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import define, field
from reports import HOSTILE, node
from requirements import require, unavailable

from bazel_xc.cgo.needs import NeedKind
from bazel_xc.clibs.resolution import Status
from bazel_xc.graph.dependency import NodeKind, Verdict
from bazel_xc.model import Diagnostic, Severity
from bazel_xc.report import html
from bazel_xc.report.model import (
    Effect,
    GraphEdge,
    GraphNode,
    ImportPlace,
    NeedEntry,
    Origin,
    PackageEntry,
    PlatformSetting,
    Report,
    ReportGraph,
    State,
    TargetEntry,
    TargetOn,
    WithoutCgo,
)

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

LINUX, DARWIN, WINDOWS = PLATFORMS = ("linux_amd64", "darwin_arm64", "windows_arm64")
C = "example.com/o/c"
MAIN, STORE, SYS = "example.com/m/cmd/app", "example.com/m/store", "example.com/m/sys"
LONGER = tuple(f"example.com/m/deep/p{at:02}" for at in range(40))
APP = "//cmd/app:app"
NO_TEXT = "//no:utf8\udc80"  # as Python has the name of a file that is not UTF-8
REMEDY = (
    'name its label in bazel_xc.toml: [[resolve]] library = "sqlite3", label = "//third_party/sqlite:sqlite3"'
)


def on(verdict: Verdict = Verdict.PURE, **parts: Any) -> TargetOn:  # noqa: ANN401 - fields of TargetOn
    """A target on a platform."""
    names = ("chain", "cgo_packages", "standard_cgo_packages", "needs", "blockers", "fallbacks")
    return TargetOn(verdict=verdict, **({"without_cgo": None} | dict.fromkeys(names, ()) | parts))


def target(label: str, kind: str = "go_test", **states: TargetOn) -> TargetEntry:
    """A target that is pure on platforms that are not named."""
    return TargetEntry(
        label=label, kind=kind, package=label, platforms={each: states.get(each, on()) for each in PLATFORMS}
    )


def report() -> Report:
    """A binary that needs a library, 1000 tests that are pure, and names that are more than names."""
    chain = (APP, MAIN, STORE, C)
    without = WithoutCgo(
        verdict=Verdict.PURE,
        vanished=(),
        fallbacks=(C,),
        effects=(Effect(package="net", effect="host names are resolved by Go"),),
    )
    app = target(
        APP,
        "go_binary",
        linux_amd64=on(
            Verdict.C_LIBRARIES,
            chain=chain,
            cgo_packages=(C,),
            needs=("lib:sqlite3",),
            without_cgo=without,
        ),
        darwin_arm64=on(Verdict.BLOCKED, chain=(APP, MAIN, SYS), blockers=(SYS,)),
    )
    using = on(Verdict.C_TOOLCHAIN, chain=chain, cgo_packages=(C,))
    every = (LINUX, DARWIN, WINDOWS)
    return Report(
        run=Origin(
            module="m</title><script>document.title='x'</script>",
            go="go1.26",
            bazel_xc="0",
            platforms=tuple(PlatformSetting(each, each != WINDOWS) for each in PLATFORMS),
        ),
        packages=(
            PackageEntry(
                import_path=C,
                module="example.com/o",
                first_party=False,
                states={LINUX: State.FALLBACK, DARWIN: State.FALLBACK, WINDOWS: State.ABSENT},
                needs=(
                    NeedEntry(
                        kind=NeedKind.LIB,
                        name="sqlite3",
                        platforms=(LINUX,),
                        path="c/c.go",
                        line=3,
                        certain=True,
                        status=Status.UNRESOLVED,
                        labels=(),
                        how="",
                        candidates=(),
                        tried=("no rule has it",),
                        remedy=REMEDY,
                    ),
                ),
            ),
            PackageEntry(
                import_path=SYS,
                module="m",
                first_party=True,
                states={LINUX: State.PURE, DARWIN: State.ABSENT, WINDOWS: State.PURE},
                needs=(),
            ),
        ),
        targets=(
            app,
            target("//cmd/pure:pure", "go_binary"),
            target(NO_TEXT, linux_amd64=using),
            *(target(each, linux_amd64=using) for each in HOSTILE),
            *(target(f"//t/t{at:04}:t_test") for at in range(1000)),
        ),
        imports=(ImportPlace(MAIN, STORE, "cmd/app/main.go", 5), ImportPlace(STORE, C, "store/store.go", 7)),
        findings=(
            Diagnostic(
                path="c/c.go",
                line=3,
                severity=Severity.WARNING,
                code="c-unresolved",
                message="sqlite3 has no provider",
                remedy=REMEDY,
            ),
            Diagnostic(path="sys/a.go", line=1, severity=Severity.ERROR, code="undefined", message="no name"),
        ),
        graph=ReportGraph(
            nodes=(
                node(APP, NodeKind.TARGET, first_party=True),
                *(node(each, first_party=True) for each in (MAIN, *LONGER, STORE)),
                GraphNode(
                    name=SYS, kind=NodeKind.PACKAGE, first_party=True, cgo=(), blocked=(DARWIN,), unknown=()
                ),
                node(C, cgo=(LINUX,)),
                node("need:lib:sqlite3", NodeKind.NEED),
            ),
            edges=(
                GraphEdge(source=APP, target=MAIN, platforms=every),
                GraphEdge(source=MAIN, target=STORE, platforms=every),
                GraphEdge(source=MAIN, target=SYS, platforms=every),
                GraphEdge(source=STORE, target=C, platforms=(LINUX,)),
                GraphEdge(source=C, target="need:lib:sqlite3", platforms=(LINUX,)),
                *(
                    GraphEdge(source=a, target=b, platforms=every)
                    for each in LONGER
                    for a, b in ((MAIN, each), (each, STORE))
                ),
            ),
        ),
    )


def nothing() -> Report:
    """A report without any target, package or finding."""
    run = Origin(module="m", go="go1.26", bazel_xc="0", platforms=(PlatformSetting(LINUX, True),))
    empty = ReportGraph(nodes=(), edges=())
    return Report(run=run, packages=(), targets=(), imports=(), findings=(), graph=empty)


@define
class Opened:
    """Pages in one browser; ``said`` and ``asked`` are messages on the console and requests that are not for
    the page itself.
    """

    browser: Browser
    folder: Path
    said: list[str] = field(factory=list)
    asked: list[str] = field(factory=list)

    def page(
        self,
        made: Report,
        address: str = "",
        *,
        width: int = 1400,
        scheme: str = "light",
        name: str = "a.html",
    ) -> Page:
        """The page of a report, ready, at an address."""
        path = self.folder / name
        path.write_text(html.render(made), encoding="utf-8")
        page = self.browser.new_page(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,  # type: ignore[arg-type]
        )
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("request", lambda request: self._asked(request.url, path))
        page.goto(path.as_uri() + address)
        page.wait_for_selector("html[data-ready=yes]")
        return page

    def _asked(self, url: str, path: Path) -> None:
        if url.partition("#")[0] != path.as_uri():
            self.asked.append(url)


@contextmanager
def chromium(folder: Path) -> Iterator[Opened]:
    """A browser; anything said on the console, or asked of the network, fails the test."""
    program = require("chromium")
    try:
        from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only where it is installed
    except ImportError:
        unavailable("playwright", "the playwright package is not installed")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=program, args=["--no-sandbox"])
        opened = Opened(browser, folder)
        yield opened
        browser.close()
    assert opened.said == []
    assert opened.asked == []


def goto(page: Page, address: str) -> None:
    """Follows an address within the page."""
    page.evaluate(
        """address => new Promise((done) => {
          const before = location.hash;
          addEventListener('hashchange', () => setTimeout(done), { once: true });
          location.hash = address;
          if (location.hash === before) done();
        })""",
        address,
    )


def texts(page: Page, selector: str) -> list[str]:
    """The texts of all elements of a selector."""
    return [each.strip() for each in page.locator(selector).all_text_contents()]


Render = Callable[[Report], str]
