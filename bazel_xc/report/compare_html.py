"""A comparison as one HTML page without scripts, for a pull request or a build artifact.

Comes in: a ``Comparison``. Goes out: a document with a section per cause, worse ones first. It is light or
dark as the reader's system is, loads nothing, and its content policy allows its own style only.
"""

from __future__ import annotations

import base64
import hashlib
import html
from collections.abc import Iterator
from string import Template

from bazel_xc.report.compare import Comparison
from bazel_xc.report.compare_blocks import Block, blocks, headline
from bazel_xc.report.compare_format import cause, changes, commit_of, undoing, where
from bazel_xc.report.plain import plain
from bazel_xc.tables import shipped_text

_LABELS = 50  # targets of a block that are named


def render(found: Comparison) -> str:
    """The whole document."""
    some = blocks(found)
    style = shipped_text("compare/compare.css")
    digest = base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
    return Template(shipped_text("compare/page.html")).substitute(
        policy=f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'",
        title=_text(f"C: {headline(found, some)}"),
        sides=f"{_code(found.base)} → {_code(found.head)}",
        style=style,
        blocks="\n".join(line for each in some for line in _section(each, found)),
        changes="\n".join(_changes(found)),
    )


def _text(text: str) -> str:
    return html.escape(plain(text))


def _code(text: str) -> str:
    return f"<code>{_text(text)}</code>"


def _section(each: Block, found: Comparison) -> Iterator[str]:
    names = found.names
    commit = commit_of(each.imports[0], found, _code) if len(each.imports) == 1 else ""
    yield f'<section class="{each.kind}">'
    yield f"<h2><span>{each.kind}</span> {cause(each, names, _code)}{commit}</h2>"
    if len(each.imports) > 1:
        places = (f"{where(place, names, _code)}{commit_of(place, found, _code)}" for place in each.imports)
        yield from _list(places)
    yield "<table><thead><tr><th>targets</th><th>verdict</th></tr></thead><tbody>"
    for move in each.moves:
        shown = "<br>".join(_code(names.short(label)) for label in move.labels[:_LABELS])
        more = len(move.labels) - _LABELS
        rest = f"<br>and {more} more" if more > 0 else ""
        yield f"<tr><td>{shown}{rest}</td><td>{_text(move.text(names))}</td></tr>"
    yield "</tbody></table>"
    if len(each.chain) > 2:
        chain = " → ".join(_code(names.short(name)) for name in each.chain[1:])
        yield f"<p>through {chain}</p>"
    if undoing(each):
        yield f"<p><strong>{undoing(each)}</strong></p>"
    yield "</section>"


def _changes(found: Comparison) -> Iterator[str]:
    lines = [*changes(found, _code)]
    if lines:
        yield f"<section><h2>Packages, libraries and findings ({len(lines):,})</h2>"
        yield from _list(lines)
        yield "</section>"


def _list(items: Iterator[str] | list[str]) -> Iterator[str]:
    yield "<ul>"
    for item in items:
        yield f"<li>{item}</li>"
    yield "</ul>"
