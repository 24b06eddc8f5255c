"""Every renderer takes every report, and no name in it becomes anything else than text."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

import jsonschema
import pytest
from hypothesis import given, settings
from markdown_it import MarkdownIt
from reports import HOSTILE, names, reports

import bazel_xc
from bazel_xc.report import compare_html, dot, graphml, json_format, markdown, mermaid, sarif, text_format
from bazel_xc.report.compare import compare
from bazel_xc.report.compare_format import render_json, render_markdown, render_text
from bazel_xc.report.json_format import load
from bazel_xc.report.model import Report
from bazel_xc.report.plain import plain

SCHEMA: dict[str, Any] = json.loads(
    (Path(bazel_xc.__file__).parent / "data" / "report.schema.json").read_text(encoding="utf-8")
)
ELEMENTS = set("br code h1 h2 li p section span strong table tbody td th thead tr ul".split())
DOT_STRING = r'"(?:[^"\\\n]|\\["\\])*"'
DOT_LINE = re.compile(
    rf"digraph cgo \{{|\}}|  rankdir=LR;|  node \[[^\n]*\];|  {DOT_STRING} \[[\w=#\", ]*\];"
    rf"|  {DOT_STRING} -> {DOT_STRING}(?: \[label={DOT_STRING}\])?;"
)
MERMAID_TEXT = r"[\w\-./:@+,~ #;]*"
MERMAID_LINE = re.compile(
    rf'flowchart LR|  n\d+(?:\["{MERMAID_TEXT}"\]|>"{MERMAID_TEXT}"\]|\(\["{MERMAID_TEXT}"\]\))'
    rf"|  n\d+ -->(?:\|{MERMAID_TEXT}\|)? n\d+|  classDef [\w#:,\- ]+|  class [n\d,]+ \w+",
    re.ASCII,
)


@given(reports())
@settings(max_examples=60)
def test_json_fits_the_schema_and_reads_back_as_it_was(report: Report) -> None:
    text = json_format.render(report)

    jsonschema.validate(json.loads(text), SCHEMA)
    assert text == json.dumps(json_format.document(report), indent=2, ensure_ascii=False) + "\n"
    assert load(text, "r.json") == report


@given(reports())
@settings(max_examples=60)
def test_graph_formats_hold_names_as_text(report: Report) -> None:
    root = ElementTree.fromstring(graphml.render(report))
    ids = [each.get("id") for each in root.iter("{http://graphml.graphdrawing.org/xmlns}node")]
    assert ids == [plain(node.name) for node in report.graph.nodes]
    assert all(DOT_LINE.fullmatch(line) for line in dot.render(report).splitlines())
    assert all(MERMAID_LINE.fullmatch(line) for line in mermaid.render(report).splitlines())


FOLDS = re.compile(r"(<details>\n<summary>[\w ,\"()]+</summary>|</details>)\n*")


@given(reports(), reports())
@settings(max_examples=60)
def test_markdown_has_no_markup_out_of_names(report: Report, other: Report) -> None:
    for text in (markdown.render(report), render_markdown(compare(report, other, ("a`b", "<b>")))):
        tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(text)
        blocks = [token for token in tokens if token.type == "html_block"]
        assert all(FOLDS.fullmatch(token.content) for token in blocks), [token.content for token in blocks]
        tokens = [token for token in tokens if token.type != "html_block"]
        kinds = {child.type for token in tokens for child in (token, *(token.children or ()))}
        assert not kinds & {"html_inline", "html_block", "link_open", "image", "hr", "fence", "code_block"}
        assert not any(each in text for each in "\x1b\u202e\r")


@given(reports())
@settings(max_examples=60)
def test_sarif_has_places_and_levels(report: Report) -> None:
    log = json.loads(sarif.render(report))

    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    ids = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    for result in run["results"]:
        assert ids[result["ruleIndex"]] == result["ruleId"]
        assert result["level"] in {"error", "warning", "note"}
        (place,) = result["locations"]
        assert unquote(place["physicalLocation"]["artifactLocation"]["uri"])
        assert place["physicalLocation"].get("region", {"startLine": 1})["startLine"] > 0


@given(reports(), reports())
@settings(max_examples=60)
def test_text_and_comparisons_take_everything(report: Report, other: Report) -> None:
    assert text_format.render(report).endswith("\n")
    changes = compare(report, other, ("base", "head"))
    assert render_text(changes).endswith("\n")
    page = compare_html.render(changes)
    elements = re.findall(r"<([a-z0-9]+)", page.partition("<main>")[2].partition("</main>")[0])
    assert set(elements) <= ELEMENTS
    assert json.loads(render_json(changes))["base"] == "base"
    assert compare(report, report, ("same", "same")).is_empty


@given(names)
def test_plain_shows_what_hides(text: str) -> None:
    assert plain(text).isprintable() or any(each.isspace() for each in plain(text))


@pytest.mark.parametrize("text", HOSTILE)
def test_code_spans_hold_their_text(text: str) -> None:
    (paragraph,) = [each for each in MarkdownIt().parse(markdown.code(text)) if each.type == "inline"]
    assert [child.type for child in paragraph.children or ()] == ["code_inline"]
