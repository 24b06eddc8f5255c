"""Long lists of a target end after the first names, in the report and in the formats for people."""

from __future__ import annotations

import pytest

from bazel_xc.graph.dependency import DependencyGraph, Node, NodeKind, Target, Verdict
from bazel_xc.report import text_format
from bazel_xc.report.build import Material, build_report
from bazel_xc.report.matrix import MatrixRequest, matrix
from bazel_xc.report.model import MOST, Origin, PlatformSetting, TargetOn
from bazel_xc.report.page import Page

MANY = tuple(f"a.b/c{at:03}" for at in range(2 * MOST))
REPLACED = MANY[: MOST + 3]
LOST = MANY[MOST + 3 :]
LABEL = "//cmd:cmd"


def graph(*, cgo: int, without: bool) -> DependencyGraph:
    """A target above many packages with C; without cgo some of them cannot be built."""
    nodes = {
        name: Node(kind=NodeKind.PACKAGE, cgo=cgo, listed=3, broken=3 if without and name in LOST else 0)
        for name in MANY
    }
    nodes[LABEL] = Node(kind=NodeKind.TARGET)
    return DependencyGraph(nodes, {LABEL: dict.fromkeys(MANY, 3)}, ("linux_arm64", "windows_arm64"))


def report_on(platform: str, *, here: DependencyGraph, other: DependencyGraph) -> TargetOn:
    return build_report(material(here, other)).targets[0].platforms[platform]


def material(here: DependencyGraph, other: DependencyGraph) -> Material:
    settings = (PlatformSetting("linux_arm64", True), PlatformSetting("windows_arm64", False))
    run = Origin(module="a.b", go="go1", bazel_xc="1", platforms=settings)
    imports = dict.fromkeys(("linux_arm64", "windows_arm64"), MANY)
    target = Target(LABEL, "go_binary", "a.b/cmd", imports)
    return Material(graph=here, other=other, targets=(target,), outcomes={}, run=run)


def test_long_lists_have_their_whole_length_beside_them() -> None:
    on = report_on("linux_arm64", here=graph(cgo=3, without=False), other=graph(cgo=0, without=True))
    without = on.without_cgo

    assert (on.verdict, on.cgo_packages, on.lengths) == (
        Verdict.C_TOOLCHAIN,
        MANY[:MOST],
        {"cgo_packages": len(MANY)},
    )
    assert without is not None
    assert (without.verdict, without.vanished, without.fallbacks, without.lengths) == (
        Verdict.BLOCKED,
        LOST,
        REPLACED[:MOST],
        {"fallbacks": len(REPLACED)},
    )


def test_lists_of_packages_whose_c_is_left_out_are_shortened_too() -> None:
    on = report_on("windows_arm64", here=graph(cgo=0, without=False), other=graph(cgo=3, without=False))

    assert (on.verdict, on.fallbacks, on.lengths) == (
        Verdict.PURE,
        MANY[:MOST],
        {"fallbacks": len(MANY)},
    )


def test_text_says_how_many_more_there_are() -> None:
    report = build_report(material(graph(cgo=3, without=False), graph(cgo=0, without=True)))
    text = text_format.render(report, Page(0), whole=True)

    assert f"{REPLACED[MOST - 1]} and 3 more\n" in text
    assert f"{REPLACED[MOST]}, " not in text.partition("Go instead of C")[2]


@pytest.mark.parametrize("own", [pytest.param(0, id="packages"), pytest.param(3, id="and_the_target_itself")])
def test_reason_of_a_matrix_counts_the_other_blockers(own: int) -> None:
    here = graph(cgo=3, without=True)
    blocked = {name: Node(kind=NodeKind.PACKAGE, listed=3, broken=3) for name in MANY}
    nodes = {**here.nodes, **blocked, LABEL: Node(kind=NodeKind.TARGET, broken=own)}
    here = DependencyGraph(nodes, here.edges, here.platforms)
    report = build_report(material(here, here))

    shown = MANY[: MOST - bool(own)]
    reasons = {each.reason for each in matrix(report, MatrixRequest()).left_out}
    assert reasons == {f"{', '.join(shown)} and {len(MANY) - len(shown)} more cannot be built there"}
