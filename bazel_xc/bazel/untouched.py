"""Compares a BUILD file with its new text, so that nothing of the user's is lost.

Comes in: the file, its new bytes, and the rules that were to change or to be removed. Goes out: the defects
of the new bytes, in words. No edit is trusted: both texts are parsed again, and statements and attributes are
compared as syntax trees, comments as texts. Whether a text runs in Starlark is checked elsewhere.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from attrs import evolve, field, frozen

from bazel_xc.bazel.kinds import RULES_GO_REPOSITORIES
from bazel_xc.bazel.ownership import KEPT_BY_US
from bazel_xc.bazel.selected import project, settings
from bazel_xc.bazel.touched import Touched
from bazel_xc.bazel.values import is_marked, label_twice
from bazel_xc.bazel.wanted import WantedRule
from bazel_xc.buildfile.declarations import MARK
from bazel_xc.buildfile.parser import BOM, comments_in, parse
from bazel_xc.buildfile.syntax import (
    Attribute,
    BuildFile,
    BuildSyntaxError,
    Call,
    ListValue,
    Opaque,
    Select,
    String,
    Sum,
    Value,
    strings_in,
)
from bazel_xc.golang.constraints import GAZELLE_PLATFORMS

_DIRECTIVE = re.compile(r"#\s*(?:gazelle|bazel_xc):")
_NEWLINE = re.compile(rb"\r\n|\r|\n")


@frozen
class _Statement:
    node: ast.stmt
    text: bytes = field(repr=False)
    start: int

    @property
    def call(self) -> ast.Call | None:
        value = self.node.value if isinstance(self.node, ast.Expr) else None
        return value if isinstance(value, ast.Call) else None

    @property
    def is_load(self) -> bool:
        call = self.call
        return call is not None and isinstance(call.func, ast.Name) and call.func.id == "load"

    @property
    def name(self) -> str:
        """The literal name of a rule, empty where there is none."""
        given = _keywords(self.call).get("name") if self.call else None
        return given.value if isinstance(given, ast.Constant) and isinstance(given.value, str) else ""

    def is_same(self, other: _Statement) -> bool:
        return self.text == other.text or ast.dump(self.node) == ast.dump(other.node)


def damage(file: BuildFile, new: bytes, touched: Iterable[Touched]) -> str:
    """The first loss or defect in the new text of a file; empty if there is none."""
    try:
        return next(_Comparison.of(file, new, touched).problems(), "")
    except (SyntaxError, ValueError, BuildSyntaxError) as e:
        return f"it cannot be parsed: {getattr(e, 'msg', None) or e}"
    except RecursionError:
        return "it is nested too deeply to be compared"


def defect(path: str, rules: Iterable[WantedRule]) -> str:
    """The first defect of a file that has only new rules; empty if there is none."""
    rules, package = tuple(rules), path.rpartition("/")[0]
    names = Counter(each.slot.name for each in rules)
    twice = (
        f"{name} of {each.slot.name!r} has a label twice"
        for each in rules
        for name, value in each.attributes.items()
        if label_twice(name, value, package)
    )
    return next(
        (f"two rules have the name {name!r}" for name, count in names.items() if count > 1), ""
    ) or next(twice, "")


@frozen(kw_only=True)
class _Comparison:
    file: BuildFile
    changed: BuildFile
    old: tuple[_Statement, ...]
    new: tuple[_Statement, ...]
    touched: Mapping[int, Touched]  # by the offset of the old statement
    now: Mapping[str, Call]  # the rules of the new text by name

    @classmethod
    def of(cls, file: BuildFile, new: bytes, touched: Iterable[Touched]) -> _Comparison:
        changed = parse(file.path, new)
        return cls(
            file=file,
            changed=changed,
            old=_statements(file.data),
            new=_statements(new),
            touched={each.call.span.start: each for each in touched},
            now={call.name: call for call in changed.calls if call.name},
        )

    def problems(self) -> Iterator[str]:
        if self.file.data.startswith(BOM) != self.changed.data.startswith(BOM):
            yield "the byte order mark is not where it was"
        yield from self._lost_statements()
        yield from self._lost_attributes()
        yield from self._lost_keeps()
        yield from self._lost_loads()
        yield from self._lost_comments()
        yield from self._names()
        yield from self._labels()

    def _lost_statements(self) -> Iterator[str]:
        """Each statement that is not to be removed is there, in the old order."""
        at = 0
        rest = [each for each in self.new if not each.is_load]
        for statement in self.old:
            touched = self.touched.get(statement.start)
            if statement.is_load or (touched and touched.may_go):
                continue
            found = (n for n in range(at, len(rest)) if self._is_there(statement, rest[n], touched))
            at = next(found, -1) + 1
            if not at:
                yield from self._changed_attributes(statement, touched)
                yield f"the statement of line {statement.node.lineno} is lost or out of place"
                return

    def _is_there(self, old: _Statement, new: _Statement, touched: Touched | None) -> bool:
        if touched is None or old.call is None:
            return old.is_same(new)
        if new.call is None or ast.unparse(new.call.func) not in touched.kinds:
            return False
        return not any(_differences(old.call, new.call, touched))

    def _changed_attributes(self, old: _Statement, touched: Touched | None) -> Iterator[str]:
        for new in self.new:
            if touched and old.call and new.call and old.name and old.name == new.name:
                for name in _differences(old.call, new.call, touched):
                    yield f"{name} of {old.name!r} is lost or changed"

    def _lost_attributes(self) -> Iterator[str]:
        """A rule that might have been removed and is there has the attributes that are not ours."""
        for statement in self.old:
            touched = self.touched.get(statement.start)
            if touched and touched.may_go:
                yield from self._changed_attributes(statement, touched)

    def _lost_keeps(self) -> Iterator[str]:
        """Items with ``# keep`` in a value are still there on the same platforms."""
        for touched in self.touched.values():
            now = self._now(touched)
            for name in touched.attributes if now else ():
                before, after = touched.call.get(name), now.get(name) if now else None
                if before and is_marked(before.value) and not _still_kept(before.value, after):
                    yield f"an item of {name} of {touched.call.name!r} that is marked # keep is lost"

    def _now(self, touched: Touched) -> Call | None:
        found = self.now.get(touched.call.name)
        return found if found and found.kind in touched.kinds else None

    def _lost_loads(self) -> Iterator[str]:
        """Symbols of the user's files are loaded as before; those that are no longer loaded are not used."""
        before, after = (_symbols(each) for each in (self.old, self.new))
        bound = Counter(local for local, _, _ in after)
        nodes = (node for each in self.new for node in ast.walk(each.node)) if before else ()
        used = {node.id for node in nodes if isinstance(node, ast.Name)}
        for local, symbol, label in before:
            theirs = label.lstrip("@").partition("//")[0] not in RULES_GO_REPOSITORIES
            if (theirs and (local, symbol, label) not in after) or (local in used and not bound[local]):
                yield f"the load of {local} is lost"
        was = Counter(local for local, _, _ in before)
        for local, count in bound.items():
            if count > max(1, was[local]):
                yield f"{local} is loaded twice"

    def _lost_comments(self) -> Iterator[str]:
        """Every comment is there, but for our marks and those of removed rules and loads.

        Directives keep their order.
        """
        after = list(comments_in(self.changed.data))
        excused = set(self._excused())
        left = Counter(after)
        for comment in self.file.comments:
            if comment.text in (KEPT_BY_US, MARK):
                continue
            if left[comment.text]:
                left[comment.text] -= 1
            elif comment.line not in excused or _DIRECTIVE.match(comment.text):
                yield f"the comment of line {comment.line} is lost"
        directives = [each.text for each in self.file.comments if _DIRECTIVE.match(each.text)]
        if directives != [text for text in after if _DIRECTIVE.match(text)]:
            yield "the directives are not the ones that were there"

    def _excused(self) -> Iterator[int]:
        """The lines of removed statements, with the comments right above rules."""
        going = [each.call for each in self.touched.values() if each.may_go and not self._now(each)]
        loads = [call for call in self.file.calls if call.kind == "load"]
        for call in (*going, *loads):
            above = len(call.notes.before) if call.kind != "load" else 0
            yield from range(call.line - above, self.file.line_of(call.span.end) + 1)

    def _names(self) -> Iterator[str]:
        before, after = (Counter(each.name for each in some if each.name) for some in (self.old, self.new))
        for name, count in after.items():
            if count > max(1, before[name]):
                yield f"two rules have the name {name!r}"

    def _labels(self) -> Iterator[str]:
        """No label is there twice, neither in a list nor in a list and a select, because Bazel refuses it."""
        package = self.file.path.rpartition("/")[0]
        old = {call.name: call for call in self.file.calls if call.name}
        for call in self.changed.calls:
            before = old.get(call.name)
            for each in call.attributes if call.name else ():
                same = before.get(each.name) if before else None
                was = same and (same.value == each.value or label_twice(same.name, same.value, package))
                if not was and label_twice(each.name, each.value, package):
                    yield f"{each.name} of {call.name!r} has a label twice"


def _statements(data: bytes) -> tuple[_Statement, ...]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        tree = ast.parse(data.decode("utf-8-sig"))
    starts = [len(BOM) if data.startswith(BOM) else 0, *(found.end() for found in _NEWLINE.finditer(data))]
    found: list[_Statement] = []
    for node in tree.body:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        start = starts[node.lineno - 1] + node.col_offset
        end = starts[node.end_lineno - 1] + node.end_col_offset
        found.append(_Statement(node, data[start:end], start))
    return tuple(found)


def _keywords(call: ast.Call) -> dict[str, ast.expr]:
    return {each.arg: each.value for each in call.keywords if each.arg}


def _differences(old: ast.Call, new: ast.Call, touched: Touched) -> Iterator[str]:
    """The attributes that differ and are not ours."""
    before, after = _keywords(old), _keywords(new)
    for name, value in before.items():
        if name not in touched.attributes and (name not in after or ast.dump(value) != ast.dump(after[name])):
            yield name
    args = ([*each.args, *(k.value for k in each.keywords if not k.arg)] for each in (old, new))
    if len({tuple(map(ast.dump, each)) for each in args}) > 1:
        yield "an argument"


def _symbols(statements: Iterable[_Statement]) -> list[tuple[str, str, str]]:
    """Local name, symbol and file of everything that is loaded."""
    found: list[tuple[str, str, str]] = []
    for each in statements:
        if each.is_load and each.call and each.call.args:
            label, *plain = (_string(arg) for arg in each.call.args)
            found += [(name, name, label) for name in plain]
            found += [(name, _string(value), label) for name, value in _keywords(each.call).items()]
    return found


def _string(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ast.unparse(node)


def _still_kept(old: Value, new: Attribute | None) -> bool:
    """Whether a marked item is there, on each platform on which the old value had it."""
    kept, now = _only_kept(old), _legible(new.value) if new else ListValue(())
    if set(strings_in(kept)) - set(strings_in(now)):
        return False
    for platform, cgo in settings(GAZELLE_PLATFORMS, kept, now):
        before, after = project(kept, platform, cgo=cgo), project(now, platform, cgo=cgo)
        if before and (after is None or set(before) - set(after)):
            return False
    return True


def _legible(value: Value) -> Value:
    """The value with its expressions as strings, so that it can be read platform by platform."""
    match value:
        case ListValue():
            items = (String(f"\0{each.text}") if isinstance(each, Opaque) else each for each in value.items)
            return evolve(value, items=tuple(items))
        case Select():
            branches = (evolve(each, value=_legible(each.value)) for each in value.branches)
            return evolve(value, branches=tuple(branches))
        case Sum():
            return Sum(tuple(map(_legible, value.parts)))
    return value


def _only_kept(value: Value, *, whole: bool = False) -> Value:
    match value:
        case ListValue():
            items = tuple(each for each in value.items if whole or each.notes.keep)
            return _legible(evolve(value, items=items))
        case Select():
            branches = (
                evolve(each, value=_only_kept(each.value, whole=each.notes.keep)) for each in value.branches
            )
            return evolve(value, branches=tuple(branches))
        case Sum():
            return Sum(tuple(_only_kept(part) for part in value.parts))
    return value
