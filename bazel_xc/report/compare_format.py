"""A comparison as text, as markdown for a pull request, and as JSON.

Comes in: a ``Comparison``. Goes out: text with a block per cause, worse ones first, each with the imports to
remove to undo it. Names come from source trees and can contain markup, so markdown has each in a code span.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from attrs import asdict

from bazel_xc.model import Diagnostic, some_of
from bazel_xc.report.compare import Comparison, FileCommit
from bazel_xc.report.compare_blocks import BETTER, CHANGED, NEW, WORSE, Block, blocks, headline
from bazel_xc.report.markdown import MOST, code, folded
from bazel_xc.report.model import ImportPlace
from bazel_xc.report.page import BOLD, GREEN, MAGENTA, RED, YELLOW, Page
from bazel_xc.report.words import Names

SCHEMA = 1
_LABELS = 8  # targets of a block that are named
_FINDINGS = 20
_PAGE = Page()
_COLORS: Mapping[str, str] = {WORSE: RED, NEW: YELLOW, CHANGED: MAGENTA, BETTER: GREEN}
_Quote = Callable[[str], str]


def render_text(found: Comparison, page: Page = _PAGE) -> str:
    """The comparison as plain lines."""
    return "".join(f"{line}\n" for line in _text(found, page))


def render_markdown(found: Comparison, most: int = MOST) -> str:
    """The comparison as a comment on a pull request, of at most ``most`` bytes."""
    some = blocks(found)
    first = [f"### C: {headline(found, some)}", "", f"{code(found.base)} → {code(found.head)}"]
    for each in (each for each in some if each.kind == WORSE):
        first += ["", *_markdown_block(each, found)]
    rest = [line for each in some if each.kind != WORSE for line in (*_markdown_block(each, found), "")]
    other = [f"- {line}" for line in changes(found, code)]
    sections = [("Other verdicts", rest), (f"Packages, libraries and findings ({len(other):,})", other)]
    elsewhere = "bazel-xc compare --format json"
    return folded(first, ((title, lines) for title, lines in sections if lines), most, elsewhere)


def render_json(found: Comparison) -> str:
    """The comparison as an indented JSON document with a final line end."""
    raw_found = asdict(found, filter=lambda field, _: field.name != "names")
    document: dict[str, Any] = {"schema": SCHEMA, **raw_found}
    for raw, change in zip(document["verdicts"], found.verdicts, strict=True):
        raw["worse"] = change.is_worse
    document["blocks"] = [asdict(each) for each in blocks(found)]
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def where(place: ImportPlace, names: Names, quote: _Quote = str) -> str:
    """An import in words: ``cmd/app/main.go:5 imports ./sys``."""
    importer = f"{place.path}:{place.line}" if place.path else names.short(place.importer)
    return f"{quote(importer)} imports {quote(names.short(place.imported))}"


def commit_of(place: ImportPlace, found: Comparison, quote: _Quote = str) -> str:
    """The commit that last changed the file of an import, in brackets; empty if it is not known."""
    each = next((each for each in found.commits if each.path == place.path), None)
    return f" ({_commit(each, quote)})" if each else ""


def _commit(each: FileCommit, quote: _Quote) -> str:
    return f"{each.commit} {quote(each.subject)}" if each.commit else "not committed"


def cause(each: Block, names: Names, quote: _Quote = str) -> str:
    """The cause of a block in words."""
    if each.kind == CHANGED:
        return "unknown on one side"
    if len(each.imports) == 1:
        return where(each.imports[0], names, quote)
    end = quote(names.short(each.chain[-1])) if len(each.chain) > 1 else ""
    if each.imports:
        return f"{len(each.imports)} imports lead to {end or 'it'}"
    return f"through {end}" if end else "through its own files"


def undoing(each: Block) -> str:
    """What to do to undo a block, empty if nothing is known."""
    if each.kind != WORSE:
        return ""
    if not each.imports:
        return "No import of your own code can be removed to undo this."
    return f"To undo this, remove {'that import' if len(each.imports) == 1 else 'these imports'}."


def changes(found: Comparison, quote: _Quote) -> Iterator[str]:
    """The other changes, a line each."""
    names = found.names

    def short(path: str) -> str:
        return quote(names.short(path))

    for title, packages in (("now uses cgo", found.new_cgo), ("no longer uses cgo", found.gone_cgo)):
        for package in packages:
            yield f"{short(package.import_path)} {title} {names.on(package.platforms)}"
    for need in found.new_needs:
        place = f" ({quote(f'{need.path}:{need.line}')})" if need.path else ""
        what = f"{need.kind} {quote(need.name)}: {quote(need.after)}"
        yield f"new: {short(need.import_path)} needs {what}{place}"
    for need in found.changed_needs:
        moved = f"{quote(need.before)} → {quote(need.after)}"
        yield f"{short(need.import_path)} needs {need.kind} {quote(need.name)}: {moved}"
    for need in found.gone_needs:
        yield f"no longer: {short(need.import_path)} needs {need.kind} {quote(need.name)}"
    for each in found.own_platforms:
        if each.after:
            before = f", before for {quote(each.before)}" if each.before else ""
            where = f"for {quote(each.after)} only{before}"
            yield f"{short(each.label)} is built {where}, because its rule sets that"
        else:
            yield f"{short(each.label)} is no longer built for {quote(each.before)} only"
    for label in found.gone_targets:
        yield f"{quote(names.short(label))} no longer exists"
    yield from _findings("new finding", found.new_findings, quote)
    yield from _findings("no longer found", found.gone_findings, quote)


def _findings(title: str, some: tuple[Diagnostic, ...], quote: _Quote) -> Iterator[str]:
    for each in some[:_FINDINGS]:
        place = ":".join(str(part) for part in (each.path, each.line) if part)
        yield f"{title}: {quote(f'{place}: {each.message}' if place else each.message)}"
    if len(some) > _FINDINGS:
        yield f"{title}: {len(some) - _FINDINGS} more"


def _text(found: Comparison, page: Page) -> Iterator[str]:
    some = blocks(found)
    yield from page.item("", f"{found.base} → {found.head}", head="C: ", code=BOLD)
    yield from page.item("", headline(found, some))
    for each in some:
        yield ""
        yield from _block(each, found, page)
    lines = [*changes(found, str)]
    if lines:
        yield ""
    for line in lines:
        yield from page.item("", line)


def _block(each: Block, found: Comparison, page: Page) -> Iterator[str]:
    names, color = found.names, _COLORS[each.kind]
    commit = commit_of(each.imports[0], found) if len(each.imports) == 1 else ""
    head = each.kind.capitalize()
    yield from page.item("", f": {cause(each, names)}{commit}", head=head, code=color)
    if len(each.imports) > 1:
        for place in each.imports:
            yield from page.item("    ", f"{where(place, names)}{commit_of(place, found)}")
    for move in each.moves:
        labels = names.list(move.labels, _LABELS)
        yield from page.item("  ", f": {labels}", head=move.text(names), hang=4)
    if len(each.chain) > 2:
        yield from page.item("  ", f"through {names.chain(each.chain[1:])}")
    if undoing(each):
        yield from page.item("  ", undoing(each))


def _markdown_block(each: Block, found: Comparison) -> Iterator[str]:
    names = found.names
    commit = commit_of(each.imports[0], found, code) if len(each.imports) == 1 else ""
    yield f"**{each.kind.capitalize()}**: {cause(each, names, code)}{commit}"
    yield ""
    for place in each.imports if len(each.imports) > 1 else ():
        yield f"- {where(place, names, code)}{commit_of(place, found, code)}"
    for move in each.moves:
        shown = some_of([code(names.short(label)) for label in move.labels], _LABELS)
        yield f"- {move.text(names)}: {shown}"
    if len(each.chain) > 2:
        yield f"- through {' → '.join(code(names.short(name)) for name in each.chain[1:])}"
    if undoing(each):
        yield f"- {undoing(each)}"
