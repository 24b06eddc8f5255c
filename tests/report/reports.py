"""Reports made up by hypothesis, with names that try to be more than names."""

from __future__ import annotations

from hypothesis import strategies as st

from bazel_xc.cgo.needs import CNeed, NeedKind
from bazel_xc.clibs.resolution import Outcome, Status
from bazel_xc.graph.dependency import Verdict
from bazel_xc.model import Diagnostic, Label, Severity
from bazel_xc.report.model import (
    Effect,
    GraphEdge,
    GraphNode,
    ImportPlace,
    PackageEntry,
    Report,
    Run,
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
_platforms = st.lists(st.sampled_from(PLATFORMS), unique=True).map(sorted).map(tuple)


@st.composite
def outcomes(draw: st.DrawFn) -> Outcome:
    """How some need ends."""
    platforms = frozenset(draw(_platforms))
    kind = draw(st.sampled_from(NeedKind))
    need = CNeed(kind, draw(names), platforms, draw(names), draw(_lines), draw(st.booleans()))
    return Outcome(
        need=need,
        platforms=platforms,
        status=draw(st.sampled_from(Status)),
        labels=tuple(draw(st.lists(st.sampled_from([Label("", "p", "x"), Label("r", "", "y")]), max_size=2))),
        how=draw(names),
        tried=tuple(draw(st.lists(names, max_size=2))),
        remedy=draw(names),
    )


@st.composite
def targets_on(draw: st.DrawFn, platform: str) -> TargetOn:
    """A target on one platform."""
    without = WithoutCgo(
        verdict=draw(st.sampled_from([Verdict.PURE, Verdict.BLOCKED])),
        vanished=draw(_chains),
        effects=(Effect(package=draw(names), effect=draw(names)),),
    )
    return TargetOn(
        platform=platform,
        verdict=draw(st.sampled_from(Verdict)),
        chain=draw(_chains),
        cgo_packages=draw(_chains),
        standard_cgo_packages=(),
        needs=draw(_chains),
        blockers=draw(_chains),
        fallbacks=draw(_chains),
        without_cgo=draw(st.none() | st.just(without)),
    )


@st.composite
def reports(draw: st.DrawFn) -> Report:
    """A whole report."""
    nodes = sorted(draw(st.sets(names, min_size=1, max_size=4)))
    edges = sorted(draw(st.sets(st.tuples(st.sampled_from(nodes), st.sampled_from(nodes)), max_size=4)))
    return Report(
        run=Run(
            module=draw(names),
            go_version="go1.26",
            tool_version="0.1",
            platforms=((PLATFORMS[0], True), (PLATFORMS[1], False)),
        ),
        packages=tuple(
            PackageEntry(
                import_path=name,
                module=draw(names),
                first_party=draw(st.booleans()),
                states=tuple((platform, draw(st.sampled_from(State))) for platform in PLATFORMS),
                needs=tuple(draw(st.lists(outcomes(), max_size=2))),
            )
            for name in draw(st.lists(names, max_size=2))
        ),
        targets=tuple(
            TargetEntry(
                label=name,
                kind="go_binary",
                package=draw(names),
                platforms=tuple(draw(targets_on(platform)) for platform in PLATFORMS),
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
        nodes=tuple(
            GraphNode(
                name=name, kind=draw(st.sampled_from(["target", "package", "need"])), cgo=draw(_platforms)
            )
            for name in nodes
        ),
        edges=tuple(GraphEdge(source=a, target=b, platforms=draw(_platforms)) for a, b in edges),
    )
