"""Reports made up by hypothesis, with names that try to be more than names."""

from __future__ import annotations

from hypothesis import strategies as st

from bazel_xc.cgo.needs import NeedKind
from bazel_xc.clibs.resolution import Status
from bazel_xc.graph.dependency import NodeKind, Verdict
from bazel_xc.model import Diagnostic, Severity
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

PLATFORMS = ("linux_amd64", "windows_arm64")
HOSTILE = (
    "<script>alert(1)</script>",
    '"];x',
    "`` ` ```",
    "a|b",
    "x\ny",
    "\u202egnp.exe",
    "]]>",
    "${{7*7}}",
    "\\N\\",
    "[a](javascript:alert(1))",
    "-->",
    "\x1b[31m",
    "end",
)
names = st.one_of(st.sampled_from(HOSTILE), st.text(min_size=1, max_size=12))
_lines = st.integers(0, 9)
_chains = st.lists(names, max_size=3).map(tuple)
_lengths = st.dictionaries(st.sampled_from(["fallbacks", "vanished", "blockers"]), st.integers(51, 99))
_shown = st.sampled_from([PLATFORMS, PLATFORMS, PLATFORMS[:1], ()])
_platforms = st.lists(st.sampled_from(PLATFORMS), unique=True).map(sorted).map(tuple)


@st.composite
def needs(draw: st.DrawFn) -> NeedEntry:
    """A need and how it ends."""
    return NeedEntry(
        kind=draw(st.sampled_from(NeedKind)),
        name=draw(names),
        platforms=draw(_platforms),
        path=draw(names),
        line=draw(_lines),
        certain=draw(st.booleans()),
        status=draw(st.sampled_from(Status)),
        labels=tuple(draw(st.lists(st.sampled_from(["//p:x", "@r//:y"]), max_size=2))),
        how=draw(names),
        candidates=(),
        tried=tuple(draw(st.lists(names, max_size=2))),
        remedy=draw(names),
    )


@st.composite
def targets_on(draw: st.DrawFn) -> TargetOn:
    """A target on one platform."""
    without = WithoutCgo(
        verdict=draw(st.sampled_from([Verdict.PURE, Verdict.BLOCKED])),
        vanished=draw(_chains),
        fallbacks=(),
        effects=(Effect(package=draw(names), effect=draw(names)),),
        lengths=draw(_lengths),
    )
    return TargetOn(
        verdict=draw(st.sampled_from(Verdict)),
        chain=draw(_chains),
        cgo_packages=draw(_chains),
        standard_cgo_packages=(),
        needs=draw(_chains),
        blockers=draw(_chains),
        fallbacks=draw(_chains),
        without_cgo=draw(st.none() | st.just(without)),
        lengths=draw(_lengths),
    )


def node(
    name: str, kind: NodeKind = NodeKind.PACKAGE, *, first_party: bool = False, cgo: tuple[str, ...] = ()
) -> GraphNode:
    """A node of the graph that can be built everywhere."""
    return GraphNode(name=name, kind=kind, first_party=first_party, cgo=cgo, blocked=())


@st.composite
def reports(draw: st.DrawFn) -> Report:
    """A whole report."""
    nodes = sorted(draw(st.sets(names, min_size=1, max_size=4)))
    edges = sorted(draw(st.sets(st.tuples(st.sampled_from(nodes), st.sampled_from(nodes)), max_size=4)))
    return Report(
        run=Origin(
            module=draw(names),
            go="go1.26",
            bazel_xc="0.1",
            platforms=(PlatformSetting(PLATFORMS[0], True), PlatformSetting(PLATFORMS[1], False)),
        ),
        packages=tuple(
            PackageEntry(
                import_path=name,
                module=draw(names),
                first_party=draw(st.booleans()),
                states={platform: draw(st.sampled_from(State)) for platform in PLATFORMS},
                needs=tuple(draw(st.lists(needs(), max_size=2))),
            )
            for name in draw(st.lists(names, max_size=2))
        ),
        targets=tuple(
            TargetEntry(
                label=name,
                kind="go_binary",
                package=draw(names),
                platforms={platform: draw(targets_on()) for platform in draw(_shown)},
                only=draw(names),
            )
            for name in draw(st.lists(names, max_size=2, unique=True))
        ),
        imports=(ImportPlace(draw(names), draw(names), draw(names), draw(_lines)),),
        findings=(
            Diagnostic(
                path=draw(names),
                line=draw(_lines),
                severity=draw(st.sampled_from(Severity)),
                code=draw(names),
                message=draw(names),
            ),
        ),
        graph=ReportGraph(
            nodes=tuple(node(name, draw(st.sampled_from(NodeKind)), cgo=draw(_platforms)) for name in nodes),
            edges=tuple(GraphEdge(source=a, target=b, platforms=draw(_platforms)) for a, b in edges),
        ),
    )
