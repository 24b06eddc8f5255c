"""The one line that says what a run changed in BUILD files, and why cgo is needed.

Comes in: the changes of files, the own packages, and the packages that cannot be built without cgo. Goes out:
text such as ``6 files: requires_cgo on 4 rules (github.com/mattn/go-sqlite3), cdeps on 2; 451 up to date``.
Nothing is read or written.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from bazel_xc.bazel.cgo_settings import REQUIRES_CGO, REQUIRES_NO_CGO
from bazel_xc.bazel.kinds import KINDS
from bazel_xc.buildfile.parser import parse
from bazel_xc.buildfile.syntax import BuildSyntaxError, Call, strings_in
from bazel_xc.graph.imports import AbsenceByCgo, above
from bazel_xc.model import FileChange, some_of

_INCOMPATIBLE = "incompatible"
_MARKS = (REQUIRES_CGO, REQUIRES_NO_CGO, _INCOMPATIBLE)
_RULE = re.compile(rb"^(\w+)\(\n(.*?)^\)", re.MULTILINE | re.DOTALL)
_NAMED = 2  # packages that are named, at most


def summary(changes: Iterable[FileChange], up_to_date: int, where: AbsenceByCgo | None) -> str:
    """The line, without a verb; empty if nothing changed. ``up_to_date`` counts the other BUILD files.

    Without ``where``, no new rule needs cgo.
    """
    changes = sorted(each for each in changes if each.is_change)
    if not changes:
        return ""
    counts: Counter[str] = Counter()
    marked: set[str] = set()
    for change in changes:
        for name in _changed(change):
            counts[name] += 1
            if name == REQUIRES_CGO:
                marked.add(change.path.rpartition("/")[0])
    parts = [
        f"{_spelt(name, count, first=at == 0)}{_reason(name, marked, where)}"
        for at, (name, count) in enumerate(
            sorted(counts.items(), key=lambda item: (_order(item[0]), item[0]))
        )
    ]
    files = f"{len(changes)} {'file' if len(changes) == 1 else 'files'}"
    return f"{files}{': ' if parts else ''}{', '.join(parts)}; {up_to_date} up to date"


def _order(name: str) -> int:
    """The position in the line: marks, attributes, then whole rules."""
    return 0 if name in _MARKS else 2 if " " in name else 1


def _spelt(name: str, count: int, *, first: bool) -> str:
    if " " in name:
        return f"{count} {name}" if count > 1 else f"{count} {name.removesuffix('s')}"
    rules = (" rules" if count > 1 else " rule") if first else ""
    return f"{name} on {count}{rules}"


def _changed(change: FileChange) -> Iterator[str]:
    """The names of changed attributes, once for each rule, and of new and removed rules."""
    if change.old is None:
        yield from _in_new_file(change.text)
        return
    old, new = _rules(change.old), _rules(change.new)
    for _ in old.keys() - new.keys():
        yield "removed rules"
    for key, call in new.items():
        before = old.get(key)
        if before is None:
            yield "new rules"
        for each in call.attributes:
            was = before.get(each.name) if before else None
            if each.name == "target_compatible_with":
                there = _marks(call) - (_marks(before) if before else set())
                yield from sorted(there)
            elif before is not None and (was is None or was.value != each.value):
                yield each.name
        for each in before.attributes if before else ():
            if call.get(each.name) is None:
                yield each.name


def _in_new_file(data: bytes) -> Iterator[str]:
    """The same for a file of ours, which has one rule below the other and is not parsed again."""
    for rule in _RULE.finditer(data):
        if rule[1].decode() in KINDS:
            yield "new rules"
            _, _, marks = rule[2].partition(b"target_compatible_with =")
            yield from sorted(name for name in _MARKS if f':{name}"'.encode() in marks)


def _rules(data: bytes | None) -> dict[tuple[str, str], Call]:
    try:
        calls = parse("BUILD.bazel", data or b"").calls
    except BuildSyntaxError:
        return {}
    return {(call.kind, call.name): call for call in calls if call.name and call.kind in KINDS}


def _marks(call: Call) -> set[str]:
    attribute = call.get("target_compatible_with")
    texts = (text.rpartition(":")[2] for text in strings_in(attribute.value)) if attribute else ()
    return {text for text in texts if text in _MARKS}


def _reason(name: str, directories: set[str], where: AbsenceByCgo | None) -> str:
    """The packages outside of the workspace that cannot be built without cgo, below marked ones."""
    if name != REQUIRES_CGO or where is None:
        return ""
    marked = {each.import_path for each in where.universe.own.values() if each.directory in directories}
    found: list[str] = []
    for universe, absence in ((where.universe, where.configured), (where.opposite, where.flipped)):
        off = sum(1 << at for at, each in enumerate(universe.platforms) if not each.cgo)
        for path, mask in absence.absent.items():
            if mask & off and path not in universe.own_paths and path not in found:
                reached = above(universe.importers, {path: mask & off}).keys()
                found += [path] if marked & reached else []
    if not found:
        return ""
    return f" ({some_of(sorted(found), _NAMED)})"
