"""A comparison as text, as markdown for a pull request, and as JSON.

Comes in: a ``Comparison``. Goes out: text, with the worse verdicts first. Names come from source trees and
can contain markup, so markdown has each of them in a code span.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

from attrs import asdict

from bazel_xc.report.compare import Comparison, NeedChange, PackageChange, VerdictChange
from bazel_xc.report.markdown import code
from bazel_xc.report.model import ImportPlace
from bazel_xc.report.plain import plain

_Quote = Callable[[str], str]


def render_text(comparison: Comparison) -> str:
    """The comparison as plain lines."""
    return "".join(f"{plain(line)}\n" for line in _lines(comparison, str, "", "  "))


def render_markdown(comparison: Comparison) -> str:
    """The comparison as a comment on a pull request."""
    return "".join(f"{line}\n" for line in _lines(comparison, code, "### ", "- "))


def render_json(comparison: Comparison) -> str:
    """The comparison as an indented JSON document with a final line end."""
    document: dict[str, Any] = asdict(comparison)
    for raw, change in zip(document["verdicts"], comparison.verdicts, strict=True):
        raw["worse"] = change.is_worse
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _lines(each: Comparison, quote: _Quote, head: str, item: str) -> Iterator[str]:
    yield f"{head}cgo: {quote(each.base)} → {quote(each.head)}"
    if each.is_empty:
        yield f"{item}nothing changed in the use of C"
        return
    worse = sorted(each.verdicts, key=lambda change: (not change.is_worse, change.label))
    for change in worse:
        yield from _verdict(change, quote, item)
    for title, packages in (("now uses cgo", each.new_cgo), ("no longer uses cgo", each.gone_cgo)):
        for package in packages:
            yield f"{item}{_package(package, quote)} {title}"
    for need in each.new_needs:
        place = f" ({quote(f'{need.path}:{need.line}')})" if need.path else ""
        yield f"{item}new: {_need(need, quote)}: {quote(need.after)}{place}"
    for need in each.changed_needs:
        yield f"{item}{_need(need, quote)}: {quote(need.before)} → {quote(need.after)}"
    for need in each.gone_needs:
        yield f"{item}gone: {_need(need, quote)}"
    for label in each.gone_targets:
        yield f"{item}{quote(label)} is gone"


def _verdict(change: VerdictChange, quote: _Quote, item: str) -> Iterator[str]:
    where = ", ".join(change.platforms)
    if not change.before:
        yield f"{item}{quote(change.label)} is new and {change.after} on {where}"
    else:
        word = "worse" if change.is_worse else "better"
        yield f"{item}{quote(change.label)} on {where}: {change.before} → {change.after} ({word})"
    pad = " " * len(item)
    for line in _chain(change, quote):
        yield f"{pad}{item}{line}" if item.strip() else f"{pad}  {line}"


def _chain(change: VerdictChange, quote: _Quote) -> Iterator[str]:
    if change.chain:
        yield " → ".join(map(quote, change.chain[1:]))
    places = {(each.importer, each.imported): each for each in change.places}
    for pair in pairwise(change.chain):
        if pair in places and change.is_worse:
            yield _place(places[pair], quote)
    for each in change.cut or ():
        yield (
            f"to undo this, remove one import: {_place(each, quote)}"
            if len(change.cut or ()) == 1
            else (f"to undo this, remove with others: {_place(each, quote)}")
        )


def _place(each: ImportPlace, quote: _Quote) -> str:
    where = f" ({quote(f'{each.path}:{each.line}')})" if each.path else ""
    return f"{quote(each.importer)} imports {quote(each.imported)}{where}"


def _package(change: PackageChange, quote: _Quote) -> str:
    return f"{quote(change.import_path)} on {', '.join(change.platforms)}"


def _need(change: NeedChange, quote: _Quote) -> str:
    return f"{quote(change.import_path)} needs {change.kind} {quote(change.name)}"
