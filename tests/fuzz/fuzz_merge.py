"""The merger: no statement, attribute or comment of others is lost, and a second merge changes nothing.

The first four bytes choose what is wanted, the rest is the BUILD file.
"""

from __future__ import annotations

import ast
import shutil
import subprocess
import warnings
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator

from fuzz_inputs import Source, files

from bazel_xc.bazel.cgo_settings import marks
from bazel_xc.bazel.kinds import KINDS
from bazel_xc.bazel.merge import MergeContext, merge
from bazel_xc.bazel.outline import Slot
from bazel_xc.bazel.select import Conditions
from bazel_xc.bazel.wanted import WantedRule
from bazel_xc.buildfile.parser import parse
from bazel_xc.buildfile.printer import DEFAULT, strings
from bazel_xc.buildfile.rules import ExistingRule, written_rules
from bazel_xc.buildfile.settings import Settings
from bazel_xc.buildfile.syntax import (
    Branch,
    BuildFile,
    BuildSyntaxError,
    Call,
    ListValue,
    Opaque,
    Select,
    Sum,
    Value,
)
from bazel_xc.golang.constraints import KNOWN_PLATFORMS

_PATH = "p/BUILD.bazel"
_CONTEXT = MergeContext(
    settings=Settings(),
    package="p",
    rules_go="rules_go",
    marks=marks("//platforms:incompatible", "//platforms"),
    conditions=Conditions("rules_go", KNOWN_PLATFORMS),
)
_BY_PLATFORM = Select(
    (
        Branch("@rules_go//go/platform:linux", strings(["//y:linux"])),
        Branch("@rules_go//go/platform:windows_amd64", strings(["//y:windows"])),
        Branch(DEFAULT, ListValue(())),
    )
)
_VALUES: dict[str, tuple[Value | None, ...]] = {
    "srcs": (None, strings(["a.go"]), strings(["b.go", "c.go"]), strings(["ü.go"])),
    "deps": (None, strings(["//x"]), _BY_PLATFORM, Sum((strings(["//x", "//z:y"]), _BY_PLATFORM))),
    "copts": (None, strings(["-DX", "-I p"]), _BY_PLATFORM),
    "cgo": (None, Opaque("True")),
    "embed": (None, strings([":p"])),
}
_NAMES = {"go_library": "p", "go_test": "p_test", "go_binary": "p_cmd"}
# What is set once, and taken away only where it is as we write it; of cdeps the planner wants what is there.
_OURS_BY_VALUE = frozenset({"cdeps", "pure", "target_compatible_with"})
# One of so many files is shown to buildifier, whose start costs as much as a hundred merges.
_FOR_BUILDIFIER = 512
_BUILDIFIER = shutil.which("buildifier")


def target(data: bytes) -> None:
    """Merges twice and compares old, new and new again."""
    source = Source(data)
    kinds = source.some(("go_library", "go_test", "go_binary"))
    picks = {name: source.choice(values) for name, values in _VALUES.items() if name != "embed"}
    attributes = {name: value for name, value in picks.items() if value is not None}
    stale = source.byte() & 1 == 1
    text = source.rest()
    try:
        old = parse(_PATH, text)
    except BuildSyntaxError:
        return
    rules = written_rules(old, Settings(), "")
    kinds = tuple(kind for kind in kinds if not _is_blocked(kind, rules))
    new, changed, gone = _merged(old, kinds, attributes, stale=stale)
    after = parse(_PATH, new)
    _check_statements(old, after, (*changed, *gone))
    _check_attributes(old, after, changed)
    _check_comments(old, after, (*changed, *gone))
    again, _, _ = _merged(after, kinds, attributes, stale=stale)
    assert again == new, (text, new, again)
    if _BUILDIFIER and zlib.crc32(data) % _FOR_BUILDIFIER == 0 and new != text:
        assert _buildifier_reads(new) or not _buildifier_reads(text), (text, new)


def _is_blocked(kind: str, rules: Iterable[ExistingRule]) -> bool:
    """Whether only rules of other kinds have the name of a wanted rule, stale ones included."""
    kinds = [rule.kind for rule in rules if rule.name == _NAMES[kind]]
    return bool(kinds) and kind not in kinds


def _merged(
    file: BuildFile, kinds: tuple[str, ...], attributes: dict[str, Value], *, stale: bool
) -> tuple[bytes, list[Call], list[Call]]:
    """The new text, the calls that are wanted and the stale ones; a rule is wanted once by each kind."""
    rules = written_rules(file, Settings(), "")
    taken: list[ExistingRule] = []
    wanted: list[WantedRule] = []
    for kind in kinds:
        name = _NAMES[kind]
        found = next((rule for rule in rules if rule.kind == kind and rule.name == name), None)
        taken += [found] if found else []
        wanted.append(WantedRule(Slot(kind, kind, name, found), attributes))
    kinds_of_left = ("go_test", "go_library")
    left = [each for each in rules if each.kind in kinds_of_left and each not in taken]
    gone = [each for each in left if not each.source.opaque] if stale else []
    new, _ = merge(file, wanted, gone, _CONTEXT)
    return new, [each.source for each in taken], [each.source for each in gone]


def _statements(data: bytes) -> list[ast.stmt]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        return ast.parse(data.decode("utf-8-sig")).body


def _is_call_of(statement: ast.stmt, kinds: frozenset[str]) -> bool:
    match statement:
        case ast.Expr(value=ast.Call(func=ast.Name(id=name))):
            return name in kinds
    return False


def _check_statements(old: BuildFile, new: BuildFile, touched: tuple[Call, ...]) -> None:
    """All statements but loads and touched rules are there, as often as before."""
    kinds = frozenset({"load", *(call.kind for call in touched)})
    before = Counter(ast.dump(each) for each in _statements(old.data) if not _is_call_of(each, kinds))
    after = Counter(ast.dump(each) for each in _statements(new.data))
    assert before <= after, (old.data, new.data)
    starts = {call.span.start for call in touched}
    for call in old.calls:
        if call.kind != "load" and call.span.start not in starts:
            assert old.data[call.span.start : call.span.end] in new.data, (old.data, new.data)


def _check_attributes(old: BuildFile, new: BuildFile, changed: list[Call]) -> None:
    """Attributes that are not ours have the text they had, in rules that stayed."""
    for call in changed:
        found = [each for each in new.calls if each.kind == call.kind and each.name == call.name]
        if [each.name for each in old.calls].count(call.name) != 1:
            continue
        assert len(found) == 1, (old.data, new.data)
        for each in call.attributes:
            if each.name in KINDS[call.kind].owned | _OURS_BY_VALUE:
                continue
            here = found[0].get(each.name)
            assert here is not None, (each.name, old.data, new.data)
            text = old.data[each.value_span.start : each.value_span.end]
            assert text == new.data[here.value_span.start : here.value_span.end], (old.data, new.data)


def _check_comments(old: BuildFile, new: BuildFile, touched: tuple[Call, ...]) -> None:
    """Comments on lines of their own outside of touched rules and loads are there, as often as before."""
    spans = [call.span for call in (*touched, *(c for c in old.calls if c.kind == "load"))]
    above = Counter(
        text for call in (*touched, *(c for c in old.calls if c.kind == "load")) for text in call.notes.before
    )
    outside = Counter(
        comment.text
        for comment in old.comments
        if comment.alone and not any(span.start <= comment.span.start < span.end for span in spans)
    )
    assert outside - above <= Counter(comment.text for comment in new.comments), (old.data, new.data)


def _buildifier_reads(text: bytes) -> bool:
    done = subprocess.run(
        [str(_BUILDIFIER), "-type=build", "-mode=check"], input=text, capture_output=True, check=False
    )
    return b"syntax error" not in done.stderr


def seeds() -> Iterator[bytes]:
    """BUILD files of the golden cases, with one thing wanted and another."""
    for at, text in enumerate(files("BUILD", "BUILD.bazel")):
        yield bytes([(1, 7, 3, 0)[at % 4], at % 4, at % 3, at % 2, at & 1, at >> 1 & 1]) + text
