"""Load statements: symbols that new rules need, and symbols that nothing uses any more.

Comes in: a BUILD file, the symbols that are needed, the rules that were removed. Goes out: edits. A symbol
that is already loaded, from any file, is left alone; the order of statements and symbols stays buildifier's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from attrs import frozen

from bazel_xc.bazel.kinds import GO_SYMBOLS, RULES_GO_REPOSITORIES
from bazel_xc.buildfile.edits import Edit, is_before_another, remove_lines, starts_behind_another
from bazel_xc.buildfile.printer import format_load, quote
from bazel_xc.buildfile.syntax import BuildFile, Call, Notes, String


@frozen(order=True)
class Symbol:
    """A symbol and the .bzl file it comes from; a built-in one has no file."""

    name: str
    load: str


def load_edits(file: BuildFile, needed: Iterable[Symbol], removed: Sequence[Call]) -> Iterator[Edit]:
    """The edits after which a file's loads fit its rules."""
    loads = [call for call in file.calls if call.kind == "load" and call.args and _is_sound(call)]
    wanted = {symbol.name: symbol.load for symbol in needed}
    gone = _unused(file, removed, set(wanted))
    bound = {
        name.partition(" = ")[0]
        for call in loads
        for name in _symbols(call)
        if not _must_move(name, call, wanted)
    }
    missing: dict[str, set[str]] = {}
    for symbol in sorted(set(needed)):
        if symbol.load and symbol.name not in bound:
            missing.setdefault(symbol.load, set()).add(symbol.name)
    leaving = gone | {name for name in wanted if name not in bound}
    staying: list[Call] = []
    for call in loads:
        kept = [name for name in _symbols(call) if not (name in leaving and _is_rules_go(call))]
        more = missing.pop(_label(call), set())
        if kept or more:
            staying.append(call)
        if (kept or more) and set(kept) | more != set(_symbols(call)):
            yield _rewritten(file, call, [*kept, *more])
    going = [call for call in loads if call not in staying]
    if missing and going and not staying:
        yield Edit(going[0].span.start, going[0].span.end, "\n".join(_new_texts(missing)))
        going = going[1:]
    else:
        yield from _new_loads(file, staying, missing)
    above = frozenset(comment.line for comment in file.comments)  # the head of the file as often as not
    for call in going:
        yield remove_lines(file, call, above)


def _is_sound(call: Call) -> bool:
    """Whether Bazel accepts it as a load; others are not changed."""
    symbols = [arg.value if isinstance(arg, String) else "" for arg in call.args[1:]]
    return all(symbol.isidentifier() for symbol in symbols)


def _label(call: Call) -> str:
    first = call.args[0]
    return first.value if isinstance(first, String) else ""


def _symbols(call: Call) -> list[str]:
    plain = [arg.value for arg in call.args[1:] if isinstance(arg, String)]
    return [*plain, *(f"{each.name} = {quote(each.string or '')}" for each in call.attributes)]


def _is_rules_go(call: Call) -> bool:
    repository, _, path = _label(call).lstrip("@").partition("//")
    return repository in RULES_GO_REPOSITORIES and path in ("go:def.bzl", "go:go.bzl")


def _must_move(name: str, call: Call, wanted: Mapping[str, str]) -> bool:
    """Whether a symbol of rules_go now has to come from a file of the user's, by ``map_kind``."""
    return name in wanted and _is_rules_go(call) and not _same_file(_label(call), wanted[name])


def _same_file(one: str, other: str) -> bool:
    """Whether two labels name rules_go's definitions, whatever its repository is called."""
    parts = [label.lstrip("@").partition("//") for label in (one, other)]
    return all(repo in RULES_GO_REPOSITORIES for repo, _, _ in parts) and parts[0][2] == parts[1][2]


def _unused(file: BuildFile, removed: Sequence[Call], needed: set[str]) -> set[str]:
    """Symbols of removed rules that no statement but a load mentions any more."""
    candidates = {call.kind for call in removed} & GO_SYMBOLS - needed
    if not candidates:
        return set()
    holes = sorted((call.span.start, call.span.end) for call in (*removed, *_loads(file)))
    out: list[bytes] = []
    at = 0
    for start, end in holes:
        out.append(file.data[at:start])
        at = end
    rest = b"".join((*out, file.data[at:]))
    return {name for name in candidates if not re.search(rb"\b" + name.encode() + rb"\b", rest)}


def _loads(file: BuildFile) -> list[Call]:
    return [call for call in file.calls if call.kind == "load"]


def _rewritten(file: BuildFile, call: Call, symbols: Sequence[str]) -> Edit:
    span = call.span
    one_line = file.line_of(span.start) == file.line_of(span.end)
    if one_line or (len(symbols) < 2 and not _comments(file, call)):
        return Edit(span.start, span.end, format_load(_label(call), symbols))
    plain = sorted(quote(name) for name in symbols if " = " not in name)
    renamed = sorted(name for name in symbols if " = " in name)
    notes = _notes(call)
    lines = [_line(text, notes.get(text, Notes())) for text in (quote(_label(call)), *plain, *renamed)]
    used = {text for each in notes.values() for text in (*each.before, each.suffix)}
    loose = [f"    {text}\n" for text in _comments(file, call) if text not in used]
    return Edit(span.start, span.end, f"load(\n{''.join((*lines, *loose))})")


def _comments(file: BuildFile, call: Call) -> list[str]:
    return [c.text for c in file.comments if call.span.start <= c.span.start < call.span.end]


def _notes(call: Call) -> dict[str, Notes]:
    """The comments of a load by the text of their argument."""
    found = {quote(arg.value): arg.notes for arg in call.args if isinstance(arg, String)}
    found.update({f"{each.name} = {quote(each.string or '')}": each.notes for each in call.attributes})
    return found


def _line(text: str, notes: Notes) -> str:
    before = "".join(f"    {comment}\n" for comment in notes.before)
    return f"{before}    {text},{'  ' + notes.suffix if notes.suffix else ''}\n"


def _new_texts(missing: Mapping[str, set[str]]) -> list[str]:
    return [format_load(label, missing[label]) for label in sorted(missing, key=_order)]


def _new_loads(file: BuildFile, loads: Sequence[Call], missing: Mapping[str, set[str]]) -> Iterator[Edit]:
    """New load statements beside those that stay, in buildifier's order."""
    if not loads:
        if missing:
            yield _first_load(file, "".join(f"{text}\n" for text in _new_texts(missing)))
        return
    places: dict[int, list[str]] = {}
    for label, text in zip(sorted(missing, key=_order), _new_texts(missing), strict=True):
        after = [call for call in loads if _order(_label(call)) < _order(label)]
        if after and is_before_another(file, after[-1]):
            yield Edit(after[-1].span.end, after[-1].span.end, f"\n{text}")
            continue
        if not after and starts_behind_another(file, loads[0]):
            yield Edit(loads[0].span.start, loads[0].span.start, f"{text}; ")
            continue
        at = file.end_of_line(after[-1].span.end) if after else _statement_start(file, loads[0])
        places.setdefault(at, []).append(text + "\n")
    for at, texts in places.items():
        if at == len(file.data) and not file.data.endswith((b"\n", b"\r")):
            yield Edit(at, at, "\n" + "".join(texts))
        else:
            yield Edit(at, at, "".join(texts))


def _first_load(file: BuildFile, text: str) -> Edit:
    """The edit for the first load: behind the head comments and the docstring, before other statements."""
    if file.first_line:
        at = file.line_starts[file.first_line - 1]
        if file.first_line == file.line_of(file.first_start) and file.data[at : file.first_start].strip():
            return Edit(file.first_start, file.first_start, f"\n{text}")  # behind a docstring on its line
        return Edit(at, at, text + "\n")
    at = len(file.data)
    stripped = len(file.data.rstrip())
    return Edit(stripped, at, ("\n\n" if stripped > file.line_starts[0] else "") + text)


def _statement_start(file: BuildFile, call: Call) -> int:
    line = file.line_of(call.span.start) - len(call.notes.before)
    return file.line_starts[line - 1]


def _order(label: str) -> tuple[bool, str, bool, list[str], list[str]]:
    """Buildifier's order of load statements: other repositories first, then packages, then files."""
    repository, slashes, rest = label.rpartition("//")
    package, _, name = rest.partition(":") if slashes else ("\x7f", "", label.lstrip(":"))
    return (
        not label.startswith("@"),
        repository.lstrip("@"),
        bool(package),
        package.split("/"),
        name.split("/"),
    )
