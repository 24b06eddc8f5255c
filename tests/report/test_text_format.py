"""The report as text: the summary, what comes first in it, and the short names."""

from __future__ import annotations

import pytest
from attrs import evolve
from test_report_summary import LINUX, SQLITE, USES_C, WINDOWS, on, package, report_on, target

from bazel_xc.graph.dependency import Verdict
from bazel_xc.model import MISSING_MODULE, Diagnostic
from bazel_xc.report.model import PlatformSetting, State
from bazel_xc.report.page import Page
from bazel_xc.report.text_format import render
from bazel_xc.report.words import Names, plural

BLOCKED = on(Verdict.BLOCKED, blockers=("example.com/app/mounts",))
REPORT = report_on(
    target("//cmd/a:a", USES_C, BLOCKED),
    target("//cmd/b:b", USES_C, BLOCKED),
    target("//cmd/c:c", on(), on()),
    target("//c:c_test", on(), on(), "go_test"),
    packages=(
        package("example.com/app/mounts", State.PURE, State.ABSENT),
        package(SQLITE, State.CGO, State.PURE),
    ),
)


def test_summary() -> None:
    assert (
        render(REPORT)
        == """\
example.com/app, go1.26, bazel-xc 0.1
3 binaries and 1 test on 2 platforms

                          pure  C toolchain  C libraries  cannot build
linux_amd64    cgo on        2            2            0             0
windows_amd64  cgo off       2            0            0             2

Binaries that are not pure everywhere (2 of 3)
  //cmd/a, //cmd/b
    C toolchain on linux_amd64: github.com/mattn/go-sqlite3, a.example/c; pure
      with cgo off
    cannot build on windows_amd64: ./mounts

Why C (packages that bring it in, with the number of targets above)
  2  linux_amd64  a.example/c
  2  linux_amd64  github.com/mattn/go-sqlite3

Why targets cannot build (packages, with the number of targets above)
  2  windows_amd64  ./mounts

Next
  bazel-xc why //cmd/a                       which imports bring C in
  bazel-xc report --all                      every target and package
  bazel-xc report --format html -o cgo.html  the same to click through
"""
    )


def test_unknown_comes_first_with_its_remedy() -> None:
    finding = Diagnostic(
        code=MISSING_MODULE, message="2 packages could not be loaded", remedy="run: go mod download"
    )
    unknown = on(Verdict.UNKNOWN, unknown=("x.example/u",))
    report = report_on(target("//cmd/a:a", unknown, on()), findings=(finding,))
    lines = render(report).splitlines()

    assert lines[3:8] == [
        "Unknown: 1 of 1 target",
        "  2 packages could not be loaded",
        "    run: go mod download",
        "  1  linux_amd64  x.example/u",
        "",
    ]
    assert lines[8].endswith("  unknown")


def test_totals_fit_80_columns_with_every_verdict() -> None:
    every = [on(verdict) for verdict in Verdict]
    text = render(report_on(*(target(f"//v{at}:v{at}", each, each) for at, each in enumerate(every))))
    (head,) = [line for line in text.splitlines() if line.endswith("  unknown")]

    assert len(head) <= 80
    assert [len(line) for line in text.splitlines() if line.startswith((LINUX, WINDOWS))] == [len(head)] * 2


def test_pure_report_says_so() -> None:
    text = render(report_on(target("//cmd/a:a", on(), on())))

    assert "The binary is pure everywhere." in text
    assert "Why" not in text
    assert render(report_on()).startswith("example.com/app, go1.26, bazel-xc 0.1\nno binaries or tests on 2")


def test_all_has_every_target_binaries_first() -> None:
    text = render(REPORT, whole=True)

    assert text.index("Binaries (3)") < text.index("//cmd/c  pure everywhere") < text.index("Tests (1)")
    assert "\n  //c:c_test  pure everywhere\n" in text
    assert "Next" not in text


def test_all_shortens_no_list_of_causes() -> None:
    uses = evolve(USES_C, cgo_packages=tuple(f"c.example/{at}" for at in range(9)))
    report = report_on(target("//cmd/a:a", uses, on()))

    assert "  and 3 more: --all\n" in render(report)
    assert "  1  linux_amd64  c.example/8\n" in render(report, whole=True)
    assert "more: --all" not in render(report, whole=True)


def test_many_binaries_are_counted() -> None:
    """Binaries with the same answer share an entry, and the entries end after some."""
    many = [
        target(f"//cmd/b{at}:b{at}", evolve(USES_C, cgo_packages=(f"c.example/{at}",)), on())
        for at in range(12)
    ]
    text = render(report_on(*many))

    assert "  //cmd/b7\n" in text
    assert "  //cmd/b8" not in text
    assert "\n  and 4 more: --all\n" in text


def test_colours_only_on_a_page_with_them() -> None:
    assert "\033[31mcannot build\033[0m on windows_amd64" in render(REPORT, Page(80, True))
    assert "\033" not in render(REPORT)


@pytest.mark.parametrize("width", [60, 80, 120, 400])
def test_lines_fit(width: int) -> None:
    page = Page(width)

    assert max(map(len, render(REPORT, page, whole=True).splitlines()[7:])) <= width


def test_short_names_are_those_of_the_own_module_only() -> None:
    names = Names("example.com/app", (LINUX,), {"example.com/app", "example.com/app/x"})

    assert names.short("example.com/app") == "example.com/app"
    assert names.short("example.com/app/x") == "./x"
    assert names.short("example.com/app/other/v2") == "example.com/app/other/v2"
    assert names.short("//cmd/a:a") == "//cmd/a"


def test_platforms_of_one_system_share_its_name() -> None:
    names = Names("m", ("linux_amd64", "linux_arm64", "darwin_arm64", WINDOWS), ())

    assert names.where(("linux_arm64", "linux_amd64", WINDOWS)) == "linux, windows_amd64"
    assert names.where(("linux_arm64",)) == "linux_arm64"
    assert names.on(names.platforms) == "everywhere"
    assert (
        names.counts({"linux_amd64": 5, "linux_arm64": 5, WINDOWS: 34}) == "34 on windows_amd64, 5 on linux"
    )


def test_saved_report_on_some_of_its_platforms() -> None:
    some = REPORT.on([WINDOWS])

    assert some.run.platforms == (PlatformSetting(WINDOWS, False),)
    assert {*some.targets[0].platforms} == {WINDOWS}
    assert {*some.packages[0].states} == {WINDOWS}


def test_plural() -> None:
    assert (plural(1, "binary"), plural(2059, "file"), plural(0, "binary")) == (
        "1 binary",
        "2,059 files",
        "0 binaries",
    )
