"""The report as one HTML file that works from disk, without a network, under a strict content policy.

Comes in: a ``Report``. Goes out: a document with the report as JSON, a style sheet, a library that lays out
graphs, and our own script, all inline and each allowed by its hash. The script is the files of ``_PARTS`` in
one function; it inserts names into the page only as text. ``html_data`` makes the data.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
from string import Template

from bazel_xc.report.html_data import page_data
from bazel_xc.report.model import Report
from bazel_xc.report.plain import plain
from bazel_xc.tables import shipped_text

_LIBRARY = "vendor/dagre.min.js"
_PARTS = (
    "data.js",
    "ways.js",
    "dom.js",
    "route.js",
    "filters.js",
    "grid.js",
    "overview.js",
    "targets.js",
    "packages.js",
    "findings.js",
    "drawing.js",
    "graph.js",
    "entry.js",
    "drawer.js",
    "start.js",
)
_LICENCES = {"dagre": "vendor/dagre.LICENSE", "graphlib, in dagre": "vendor/graphlib.LICENSE"}


def render(report: Report) -> str:
    """The whole document."""
    run = report.run
    count = len(run.platforms)
    tools = f"{run.go} · bazel-xc {run.bazel_xc} · {count} platform{'s' if count != 1 else ''}"
    style = shipped_text("html/report.css")
    scripts = [shipped_text(f"html/{_LIBRARY}"), _script()]
    return Template(shipped_text("html/page.html")).substitute(
        policy=_policy(scripts, style),
        title=html.escape(f"C in {plain(run.module)}"),
        made=html.escape(plain(tools)),
        style=style,
        licences=_licences(),
        data=_data(report),
        scripts="\n".join(f"<script>{text}</script>" for text in scripts),
    )


def _script() -> str:
    """Our own script; all of it is in one function, so that it defines no global names."""
    parts = "\n".join(shipped_text(f"html/{name}") for name in _PARTS)
    return f'"use strict";\n(() => {{\n{parts}}})();\n'


def _licences() -> str:
    found = ((name, html.escape(shipped_text(f"html/{path}"))) for name, path in _LICENCES.items())
    return "\n".join(f"<h2>{name}</h2>\n<pre>{text}</pre>" for name, text in found)


def _policy(scripts: list[str], style: str) -> str:
    allowed = " ".join(map(_hash, scripts))
    own = f"script-src {allowed}; style-src {_hash(style)}"
    return f"default-src 'none'; {own}; base-uri 'none'; form-action 'none'"


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


def _data(report: Report) -> str:
    """The report as JSON that can neither end the element nor start another one."""
    text = json.dumps(page_data(report), ensure_ascii=True, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
