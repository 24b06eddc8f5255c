"""The report as one HTML file that works from disk, without a network, under a strict content policy.

Comes in: a ``Report``. Goes out: a document that contains the report as JSON, the libraries that draw tables
and the graph, and our own script, all inline and each allowed by its hash. The script inserts names into the
page only as text.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
from string import Template

from bazel_xc.report.json_format import document
from bazel_xc.report.model import Report
from bazel_xc.report.plain import plain
from bazel_xc.tables import shipped_text

_SCRIPTS = (
    "vendor/cytoscape.min.js",
    "vendor/cytoscape-dagre.min.js",
    "vendor/tabulator.min.js",
    "report.js",
)
# cytoscape adds a style element of this name if there is none; the content policy would refuse it.
_STYLES = (("tables", "vendor/tabulator.min.css"), ("__________cytoscape_stylesheet", "report.css"))


def render(report: Report) -> str:
    """The whole document."""
    run = report.run
    platforms = ", ".join(run.settings)
    scripts = [shipped_text(f"html/{name}") for name in _SCRIPTS]
    styles = [(name, shipped_text(f"html/{path}")) for name, path in _STYLES]
    return Template(shipped_text("html/page.html")).substitute(
        policy=_policy(scripts, [text for _, text in styles]),
        title=html.escape(f"C in {plain(run.module)}"),
        made=html.escape(plain(f"{run.go}, bazel-xc {run.bazel_xc}; {platforms}")),
        styles="\n".join(f'<style id="{name}">{text}</style>' for name, text in styles),
        data=_data(report),
        scripts="\n".join(f"<script>{text}</script>" for text in scripts),
    )


def _policy(scripts: list[str], styles: list[str]) -> str:
    allowed, styled = (" ".join(map(_hash, texts)) for texts in (scripts, styles))
    return f"default-src 'none'; script-src {allowed}; style-src {styled}; img-src data:; base-uri 'none'"


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


def _data(report: Report) -> str:
    """The report as JSON that can neither end the element nor start another one."""
    text = json.dumps(document(report), ensure_ascii=True, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
