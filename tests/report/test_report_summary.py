"""The summary of a report: totals, binaries that are not pure, causes by the number of targets above them."""

from __future__ import annotations

import random
from typing import Any

from attrs import evolve
from hypothesis import given
from reports import node, reports

from bazel_xc.cgo.needs import NeedKind
from bazel_xc.clibs.resolution import Status
from bazel_xc.graph.dependency import NodeKind, Verdict
from bazel_xc.model import Diagnostic
from bazel_xc.report.model import (
    GraphEdge,
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
from bazel_xc.report.summary import BinaryOn, Cause, NextStep, OpenNeed, short_label, summarise

LINUX, WINDOWS = "linux_amd64", "windows_amd64"
SQLITE, MOUNTS = "github.com/mattn/go-sqlite3", "example.com/app/mounts"


def on(verdict: Verdict = Verdict.PURE, **changes: Any) -> TargetOn:  # noqa: ANN401
    """A target on a platform."""
    pure = TargetOn(
        verdict=verdict,
        chain=(),
        cgo_packages=(),
        standard_cgo_packages=(),
        needs=(),
        blockers=(),
        fallbacks=(),
        without_cgo=None,
    )
    return evolve(pure, **changes)


def target(label: str, linux: TargetOn, windows: TargetOn, kind: str = "go_binary") -> TargetEntry:
    """A target of the report."""
    return TargetEntry(label=label, kind=kind, package="", platforms={LINUX: linux, WINDOWS: windows})


def report_on(*targets: TargetEntry, **parts: Any) -> Report:  # noqa: ANN401
    """A report with some targets."""
    run = Origin(
        module="example.com/app",
        go="go1.26",
        bazel_xc="0.1",
        platforms=(PlatformSetting(LINUX, True), PlatformSetting(WINDOWS, False)),
    )
    whole = Report(run=run, packages=(), targets=targets, imports=(), findings=(), graph=ReportGraph((), ()))
    return evolve(whole, **parts)


def package(path: str, linux: State, windows: State, *needs: NeedEntry) -> PackageEntry:
    """A package of the report."""
    return PackageEntry(
        import_path=path,
        module="",
        first_party=path.startswith("example.com/app"),
        states={LINUX: linux, WINDOWS: windows},
        needs=needs,
    )


USES_C = on(
    Verdict.C_TOOLCHAIN,
    chain=("//cmd/a:a", SQLITE),
    cgo_packages=("a.example/c", SQLITE),
    without_cgo=WithoutCgo(verdict=Verdict.PURE, vanished=(), fallbacks=(), effects=()),
)


def test_totals_count_binaries_and_tests_apart() -> None:
    found = summarise(
        report_on(
            target("//cmd/a:a", USES_C, on()),
            target("//cmd/b:b", on(), on()),
            target("//b:b_test", USES_C, on(Verdict.BLOCKED), "go_test"),
        )
    )

    assert (found.targets, found.binaries, found.tests) == (3, 2, 1)
    linux, windows = found.platforms
    assert (linux.name, linux.cgo, windows.cgo) == (LINUX, True, False)
    none = dict.fromkeys(Verdict, 0)
    assert linux.binaries == {**none, Verdict.PURE: 1, Verdict.C_TOOLCHAIN: 1}
    assert (linux.of(Verdict.C_TOOLCHAIN), windows.tests[Verdict.BLOCKED]) == (2, 1)


def test_binaries_that_are_not_pure_have_the_nearest_cause_first() -> None:
    found = summarise(
        report_on(
            target("//cmd/a:a", USES_C, on(Verdict.BLOCKED, blockers=("//cmd/a:a",), why="no files")),
            target("//cmd/b:b", on(), on()),
            target("//b:b_test", USES_C, on(), "go_test"),
            packages=(
                package(SQLITE, State.FALLBACK, State.PURE),
                package("a.example/c", State.FALLBACK, State.PURE),
            ),
        )
    )

    (binary,) = found.not_pure
    assert binary.label == "//cmd/a:a"
    assert binary.on == (
        BinaryOn(
            verdict=Verdict.C_TOOLCHAIN,
            platforms=(LINUX,),
            causes=(SQLITE, "a.example/c"),
            fallback=True,
            without_cgo=Verdict.PURE,
        ),
        BinaryOn(verdict=Verdict.BLOCKED, platforms=(WINDOWS,), causes=(), why="no files"),
    )


def test_causes_are_ordered_by_the_targets_above_them() -> None:
    blocked = on(Verdict.BLOCKED, blockers=(MOUNTS,))
    found = summarise(
        report_on(
            target("//a:a_test", USES_C, blocked, "go_test"),
            target("//b:b_test", evolve(USES_C, cgo_packages=(SQLITE,)), blocked, "go_test"),
            target("//c:c", on(Verdict.BLOCKED, blockers=("//c:c",)), blocked),
            packages=(package(SQLITE, State.FALLBACK, State.PURE), package(MOUNTS, State.PURE, State.ABSENT)),
            findings=(
                Diagnostic(path="mounts/a_test.go", line=1, code="undefined", message="of a test"),
                Diagnostic(path="mounts/m.go", line=7, code="undefined", message="Join is only in x"),
            ),
        )
    )

    assert [(each.package, each.targets) for each in found.causes] == [(SQLITE, 2), ("a.example/c", 1)]
    assert found.causes[0].fallbacks == (LINUX,)
    assert found.blockers == (
        Cause(
            package=MOUNTS,
            module="",
            first_party=True,
            targets=3,
            binaries=1,
            platforms={WINDOWS: 3},
            reason="Join is only in x",
            path="mounts/m.go",
            line=7,
        ),
    )
    assert found.own_files == {LINUX: 1}


def test_shortened_lists_are_counted_whole() -> None:
    """Lists of a target end after some names; the others are in the graph."""
    short = on(Verdict.C_TOOLCHAIN, cgo_packages=("c/1",), lengths={"cgo_packages": 2})
    graph = ReportGraph(
        nodes=(
            node("//a:a", NodeKind.TARGET),
            node("c/1", cgo=(LINUX,)),
            node("c/2", cgo=(LINUX,)),
            node("c/3", cgo=(WINDOWS,)),
        ),
        edges=(
            GraphEdge(source="//a:a", target="c/1", platforms=(LINUX,)),
            GraphEdge(source="c/1", target="c/2", platforms=(LINUX,)),
            GraphEdge(source="c/1", target="c/3", platforms=(LINUX,)),
        ),
    )
    found = summarise(report_on(target("//a:a", short, on()), graph=graph))

    assert [(each.package, dict(each.platforms)) for each in found.causes] == [
        ("c/1", {LINUX: 1}),
        ("c/2", {LINUX: 1}),
    ]


def test_needs_without_a_provider_are_named_once_for_all_platforms() -> None:
    need = NeedEntry(
        kind=NeedKind.PKG_CONFIG,
        name="pathrs",
        platforms=(WINDOWS,),
        path="a.go",
        line=3,
        certain=True,
        status=Status.UNRESOLVED,
        labels=(),
        how="",
        candidates=(),
        tried=(),
        remedy="name its label",
    )
    on_linux = evolve(need, platforms=(LINUX,))
    found = summarise(
        report_on(
            packages=(
                package(
                    "v/p",
                    State.CGO,
                    State.CGO,
                    need,
                    on_linux,
                    evolve(need, name="maybe", certain=False),
                    evolve(need, name="z", status=Status.RESOLVED),
                ),
            )
        )
    )

    assert found.open_needs == (
        OpenNeed(
            kind=NeedKind.PKG_CONFIG,
            name="pathrs",
            package="v/p",
            platforms=(LINUX, WINDOWS),
            path="a.go",
            line=3,
            remedy="name its label",
        ),
    )


def test_next_step_asks_why_about_a_binary_before_a_test() -> None:
    test = target("//a:a_test", USES_C, on(), "go_test")
    both = summarise(report_on(test, target("//cmd/b:b", USES_C, on())))
    alone = summarise(report_on(test))

    assert both.next[0] == NextStep("bazel-xc why //cmd/b", "which imports bring C in")
    assert alone.next[0].command == "bazel-xc why //a:a_test"
    assert summarise(report_on()).next == ()


def test_labels_are_short_only_if_bazel_reads_them_alike() -> None:
    assert short_label("//cmd/dockerd:dockerd") == "//cmd/dockerd"
    assert short_label("//cmd/dockerd:daemon") == "//cmd/dockerd:daemon"
    assert short_label("//:app") == "//:app"


@given(reports())
def test_order_of_targets_does_not_matter(report: Report) -> None:
    targets = list(report.targets)
    random.Random(1).shuffle(targets)
    found, shuffled = summarise(report), summarise(evolve(report, targets=tuple(targets)))

    assert (found.causes, found.blockers, found.platforms) == (
        shuffled.causes, shuffled.blockers, shuffled.platforms
    )  # fmt: skip
