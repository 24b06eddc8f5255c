"""Formats with limits and rules of others: GitHub's comments, Mermaid's edges, the schema of SARIF."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from attrs import evolve
from hypothesis import given, settings
from reports import node, reports
from requirements import require_schema_of_sarif
from test_report_summary import LINUX, USES_C, on, report_on, target

from bazel_xc.graph.dependency import NodeKind, Verdict
from bazel_xc.model import Diagnostic
from bazel_xc.report import markdown, mermaid, sarif
from bazel_xc.report.compare import compare
from bazel_xc.report.model import GraphEdge, Report, ReportGraph


def large(count: int) -> Report:
    """A report with many targets, and an edge from each to a package with C."""
    labels = [f"//dir{at}:dir{at}" for at in range(count)]
    nodes = [node(label, NodeKind.TARGET) for label in labels]
    edges = [GraphEdge(source=label, target="c/c", platforms=(LINUX,)) for label in labels]
    kinds = ("go_binary", "go_test")
    whole = report_on(*(target(label, USES_C, on(), kinds[at % 2]) for at, label in enumerate(labels)))
    return evolve(whole, graph=ReportGraph((*nodes, node("c/c", cgo=(LINUX,))), tuple(edges)))


def test_markdown_fits_a_comment_and_says_what_is_cut() -> None:
    whole, cut = markdown.render(large(9)), markdown.render(large(3000))

    assert "left out" not in whole
    assert len(cut.encode()) <= markdown.MOST
    assert cut.startswith("# C in `example.com/app`\n")
    assert re.search(r"\n[\d,]+ lines left out, .*; `bazel-xc report --all` has all\n$", cut)
    assert cut.count("<details>") == cut.count("</details>")


@pytest.mark.parametrize("most", [400, 1000, 3000, 9000])
@given(report=reports())
@settings(max_examples=20)
def test_markdown_is_never_too_long(most: int, report: Report) -> None:
    text = markdown.render(report, most)

    lines = text.splitlines()

    assert len(text.encode("utf-8", "replace")) <= most
    assert lines.count("<details>") == lines.count("</details>")


def test_mermaid_draws_what_is_near_binaries_and_says_what_is_left_out() -> None:
    small, many = large(500), large(900)
    text = mermaid.render(many)

    assert (mermaid.left_out(small), mermaid.left_out(many)) == (0, 400)
    assert "left[" not in mermaid.render(small)
    assert text.count("-->") == 500
    assert 'left["400 more edges are left out, as Mermaid draws 500: choose targets with --target"]' in text
    assert "//dir898:dir898" in text  # the last binary
    assert "//dir899:dir899" not in text  # the last test


@pytest.fixture(scope="module")
def official() -> Any:  # noqa: ANN401 - JSON
    """The official schema of SARIF 2.1.0."""
    return json.loads(Path(require_schema_of_sarif()).read_text(encoding="utf-8"))


@given(report=reports(), other=reports())
@settings(max_examples=30)
def test_sarif_fits_the_official_schema(official: Any, report: Report, other: Report) -> None:  # noqa: ANN401
    for text in (sarif.render(report), sarif.render_comparison(compare(report, other, ("a", "b")))):
        jsonschema.validate(json.loads(text), official)


def results(report: Report) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(sarif.render(report))["runs"][0]["results"]
    return found


def test_fingerprints_stay_if_lines_move_and_differ_between_results() -> None:
    finding = Diagnostic(path="a.go", line=3, code="undefined", message="X is declared only in b.go")
    blocked = target("//a:a", on(Verdict.BLOCKED, why="no files"), on())
    before = results(report_on(blocked, findings=(finding, finding)))
    after = results(report_on(blocked, findings=(evolve(finding, line=9), finding)))
    prints = [each["partialFingerprints"]["bazelXc/v1"] for each in before]

    assert [each["partialFingerprints"]["bazelXc/v1"] for each in after] == prints
    assert len(set(prints)) == 3


def test_rules_have_help() -> None:
    finding = Diagnostic(path="a.go", line=3, code="undefined", message="X is declared only in b.go")
    driver = json.loads(sarif.render(report_on(findings=(finding,))))["runs"][0]["tool"]["driver"]
    (rule,) = driver["rules"]

    assert driver["informationUri"].startswith("https://")
    assert rule["helpUri"].startswith("https://")
    assert rule["shortDescription"]["text"] == "A name is not declared on a platform"
    assert rule["helpUri"].endswith("/docs/messages.md#undefined")
    assert rule["help"]["text"].startswith(rule["fullDescription"]["text"])
    assert rule["help"]["markdown"].replace("`", "") == rule["help"]["text"]
