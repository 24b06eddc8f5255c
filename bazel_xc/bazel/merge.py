"""Merges wanted rules into a BUILD file, by span.

The contract is Gazelle's:

* A wanted rule with an existing twin (``outline`` matched them) changes it; other wanted rules are added at
  the end. A stale rule is emptied and, if nothing of substance is left, removed.
* A fact that could not be found out removes nothing: ``uncertain`` attributes only gain values.
* Attributes that ``kinds`` calls owned are replaced. Others are added if they are missing and never changed,
  except ``pure`` and ``target_compatible_with`` with a value that bazel-xc writes.
* ``# keep`` above or behind a rule, an attribute or a string protects it. A value that is not understood
  stays and is reported. A value with the same meaning stays, in any spelling.
* Loads gain the symbols that new rules need and lose those of the last removed rule.

Comes in: the file as read, wanted and stale rules. Goes out: the new bytes and diagnostics. Bytes outside
the changed values are the user's and stay.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from attrs import evolve, frozen

from bazel_xc.bazel.cgo_settings import GUARD_FILE, GUARD_KIND
from bazel_xc.bazel.kinds import CC_RULE_KINDS, KINDS
from bazel_xc.bazel.loads import Symbol, load_edits
from bazel_xc.bazel.ownership import KEPT_BY_US, has_only_our_marks, is_kept_by_us, is_pure_by_platform
from bazel_xc.bazel.select import Conditions, Marks, exclusion
from bazel_xc.bazel.selected import project
from bazel_xc.bazel.values import Left, merge_value, with_others
from bazel_xc.bazel.wanted import WantedRule
from bazel_xc.buildfile.attributes import change_attributes
from bazel_xc.buildfile.directives import directives_in
from bazel_xc.buildfile.edits import Edit, apply_edits, remove_lines
from bazel_xc.buildfile.parser import BOM
from bazel_xc.buildfile.printer import NewAttribute, format_call, strings
from bazel_xc.buildfile.rules import ExistingRule, written_kind
from bazel_xc.buildfile.settings import Settings
from bazel_xc.buildfile.syntax import (
    Attribute,
    BuildFile,
    Call,
    ListValue,
    Notes,
    Select,
    String,
    Sum,
    Value,
)
from bazel_xc.golang.constraints import GAZELLE_PLATFORMS
from bazel_xc.model import ByCgo, Diagnostic, Label, Severity

# The attributes that mode "cgo" changes; all others are left to Gazelle.
CGO_ATTRIBUTES = frozenset("cdeps cgo clinkopts copts cppopts cxxopts pure target_compatible_with".split())
# Those of them that Gazelle would write again in its own form, and the mark that prevents it.
_GAZELLE_FLAGS = frozenset({"clinkopts", "copts", "cppopts", "cxxopts"})
_NOTHING = ListValue(())
_MARK = Notes(before=(KEPT_BY_US,))


@frozen(kw_only=True)
class MergeContext:
    """The settings of a merge besides the rules."""

    settings: Settings
    package: str
    rules_go: str
    marks: Marks
    own_names: tuple[str, ...] = ()
    cgo_only: bool = False
    our_cdeps: frozenset[Label] = frozenset()  # labels in cdeps that lead to rules of ours
    conditions: Conditions
    cc_load: str = ""  # where cc rules come from; empty where Bazel has them built in


def merge(
    file: BuildFile,
    wanted: Iterable[WantedRule],
    stale: Iterable[ExistingRule],
    context: MergeContext,
) -> tuple[bytes, tuple[Diagnostic, ...]]:
    """The file's new bytes; an empty ``BuildFile`` means a file that does not exist yet."""
    work = _Merger(file, context)
    rules = tuple(wanted)
    for rule in rules:
        if rule.slot.existing:
            work.change(rule, rule.slot.existing.source)
    for each in stale:
        if not work.leaves(each.kind):
            work.empty(each)
    work.add([rule for rule in rules if not rule.slot.existing and not work.leaves(rule.slot.kind)])
    return work.result(), tuple(work.said)


def _wider(old: Attribute, new: Value | None) -> Iterator[tuple[str, Value]]:
    """Adds the packages that need the rule to its visibility and keeps the ones already there."""
    seen, wanted = project(old.value, "linux_amd64"), project(new, "linux_amd64")
    if seen is None or not wanted or old.keep or {"//visibility:public", *wanted} & set(seen):
        return
    private = "//visibility:private"
    if private not in wanted:
        yield old.name, strings(sorted({*seen, *wanted} - {private}))


def _marked(old: Attribute, new: Value | None) -> Iterator[tuple[str, Value]]:
    """Adds the tags that mark a rule as ours, and keeps other tags."""
    there, wanted = project(old.value, "linux_amd64"), project(new, "linux_amd64")
    if there is not None and wanted and not old.keep and not set(wanted) <= set(there):
        yield old.name, strings(sorted({*there, *wanted}))


def _same_keys(old: Value, new: Value | None) -> bool:
    """Whether both are selects of one label per key, as in the platforms package, with the same keys."""
    if not isinstance(old, Select) or not isinstance(new, Select):
        return False
    if not all(isinstance(each.value, String) for each in (*old.branches, *new.branches)):
        return False
    return [each.key for each in old.branches] == [each.key for each in new.branches]


def _same_words(old: Attribute, new: Value | None) -> bool:
    """Whether flags are equal for rules_go, which splits each string at blanks."""
    for platform in GAZELLE_PLATFORMS:
        one, other = project(old.value, platform), project(new, platform)
        if one is None or other is None or " ".join(one).split() != " ".join(other).split():
            return False
    return True


def _for_gazelle(name: str, value: Value | None) -> Value | None:
    """The form in which Gazelle leaves a kept attribute as it is.

    It would add missing flags again. In ``srcs`` it makes one list of a list and selects even if they are
    kept, but not where there are two lists.
    """
    if name != "srcs":
        return _NOTHING if value is None else value
    if not isinstance(value, Select | Sum):
        return value
    parts = value.parts if isinstance(value, Sum) else (value,)
    lists = [part for part in parts if isinstance(part, ListValue)]
    return value if len(lists) > 1 else Sum((*parts, *[ListValue(())] * (2 - len(lists))))


def _beside_gazelle(rule: WantedRule) -> dict[str, Value]:
    """The attributes of a rule; contested ones in the form that Gazelle leaves as it is."""
    return {
        name: (_for_gazelle(name, value) or value) if name in rule.contested else value
        for name, value in rule.attributes.items()
    }


def _absent(value: Value | None, conditions: Conditions, marks: Marks) -> ByCgo:
    """The platforms that a ``target_compatible_with`` leaves out."""
    held = {name: set(project(value, name) or ()) for name in conditions.platforms}
    on = (name for name, texts in held.items() if texts - {marks.requires_cgo})
    off = (name for name, texts in held.items() if texts - {marks.requires_no_cgo})
    return ByCgo(frozenset(on), frozenset(off))


def tangled(file: BuildFile) -> Diagnostic:
    """The finding about a file whose edits overlap."""
    return Diagnostic(
        path=file.path,
        severity=Severity.ERROR,
        code="internal",
        message="its rules share lines in a way that bazel-xc cannot edit, so the file is left as it was",
        remedy="give each rule lines of its own, and please report the file",
    )


class _Merger:
    def __init__(self, file: BuildFile, context: MergeContext) -> None:
        self.file = file
        self.context = context
        self.edits: list[Edit] = []
        self.appended: list[str] = []
        self.said: list[Diagnostic] = []
        self.removed: list[Call] = []
        self.needed: list[Symbol] = []
        directives = {directive.line for directive in directives_in(file)}
        self.directive_lines = frozenset(directives)

    def result(self) -> bytes:
        self.edits.extend(load_edits(self.file, self.needed, self.removed))
        try:
            data = apply_edits(self.file, self.edits)
        except ValueError:
            self.said.append(tangled(self.file))
            return self.file.data
        if not self.appended:
            ended = self.removed and not self.file.data.endswith((b"\n\n", b"\n\r\n"))
            return data.rstrip(b"\r\n") + self.file.newline if ended and data.strip() else data
        newline = self.file.newline.decode()
        mark = "\ufeff" if data.startswith(BOM) else ""
        text = data.decode("utf-8-sig").rstrip("\r\n \t")
        blocks = [text] if text else []
        blocks += [block.replace("\n", newline) for block in self.appended]
        return (mark + (newline * 2).join(blocks) + newline).encode("utf-8")

    def leaves(self, kind: str) -> bool:
        """Whether rules of a kind belong to Gazelle, so that only attributes for cgo are added."""
        return self.context.cgo_only and kind not in CC_RULE_KINDS

    # Existing rules

    def change(self, rule: WantedRule, call: Call) -> None:
        if call.keep:
            return
        ours = call.kind in (rule.slot.written, rule.slot.kind) and not self.leaves(rule.slot.kind)
        if ours and call.kind != rule.slot.written:
            start = call.span.start
            self.edits.append(Edit(start, start + len(call.kind.encode()), rule.slot.written))
            self.removed.append(call)
        if ours:
            self.needed.append(self._symbol(rule))
        wanted = _beside_gazelle(rule)
        changes = dict(self._changes(rule.slot.kind, call, wanted, rule.uncertain, rule.contested))
        self._write(call, changes, rule.contested)

    def _changes(
        self,
        kind: str,
        call: Call,
        wanted: Mapping[str, Value],
        uncertain: frozenset[str] = frozenset(),
        contested: frozenset[str] = frozenset(),
    ) -> Iterator[tuple[str, Value | None]]:
        owned = KINDS[kind].owned
        if self.leaves(kind):
            owned &= CGO_ATTRIBUTES
            wanted = {name: value for name, value in wanted.items() if name in CGO_ATTRIBUTES}
        names = [each.name for each in call.attributes if each.name not in wanted] + list(wanted)
        for name in names:
            old, new = call.get(name), wanted.get(name)
            if old is not None and name in uncertain:
                new = self._with_old(old, new)
            if old is not None and name == "cdeps":
                new = self._joined(old, new, self.context.our_cdeps)
            if old is not None and kind in CC_RULE_KINDS and name in ("tags", "visibility"):
                yield from (_wider if name == "visibility" else _marked)(old, new)
                continue
            flags = name in contested or (self.leaves(kind) and name in _GAZELLE_FLAGS)
            if old is not None and flags and _same_words(old, new):
                yield from self._unmarked(kind, old, new)
                continue
            if old is None:
                if new is not None and not (call.opaque and name not in owned):
                    yield name, new
            elif (name in owned or self._is_ours(old, new)) and (not old.keep or is_kept_by_us(old)):
                merged = self._merged(name, old.value, new)
                if merged is Left.OPAQUE and not (name == "cdeps" and new is None):
                    self._say_left(call, old)
                elif not isinstance(merged, Left):
                    if flags:
                        merged = _for_gazelle(name, merged)
                    if merged != old.value:
                        yield name, merged

    def _merged(self, name: str, old: Value, new: Value | None) -> Value | Left | None:
        if name == "actual" and _same_keys(old, new):
            return Left.SAME if old == new else new
        context = self.context
        return merge_value(name, old, new, context.package, context.rules_go, context.own_names)

    def _unmarked(self, kind: str, old: Attribute, new: Value | None) -> Iterator[tuple[str, Value | None]]:
        """Flags of ours that still lack the mark against Gazelle; its own flags with the same words stay."""
        if not self.leaves(kind) and not old.keep and old.value == new:
            yield old.name, new

    def _joined(self, old: Attribute, new: Value | None, ours: Collection[Label]) -> Value | None:
        context = self.context
        return with_others(old.value, new, ours, context.package, context.conditions, context.own_names)

    def _with_old(self, old: Attribute, new: Value | None) -> Value | None:
        """The wanted and the existing value; a fact that could not be found out may need the latter."""
        conditions = self.context.conditions
        if old.name == "deps":
            return self._joined(old, new, ())
        if old.name != "target_compatible_with":
            return old.value
        if not self._is_ours(old):
            return new
        marks = self.context.marks
        absent = _absent(old.value, conditions, marks) | _absent(new, conditions, marks)
        return exclusion(absent, conditions, marks)

    def _is_ours(self, attribute: Attribute, new: Value | None = None) -> bool:
        """Whether a value of an attribute that people may write too is one of bazel-xc's.

        A plain ``pure = "off"`` is, if cgo is needed: it fails where cgo is off.
        """
        if attribute.name == "target_compatible_with":
            return has_only_our_marks(attribute.value, self.context.marks)
        if attribute.name == "cdeps":
            return True  # the values of people are among the wanted ones
        if attribute.name == "pure" and attribute.value == String("off"):
            return new is not None
        return attribute.name == "pure" and is_pure_by_platform(attribute.value)

    def empty(self, rule: ExistingRule) -> None:
        """Removes our attributes from a rule; without substance the rule is removed, unless it is kept."""
        call = rule.source
        if call.keep:
            return
        policy = KINDS[rule.kind]
        changes = dict(self._changes(rule.kind, call, {}))
        left = {
            name
            for name in policy.substance
            if call.get(name) and (name not in changes or changes[name] is not None)
        }
        if left:
            self._write(call, changes)
            return
        self.removed.append(call)
        self.edits.append(remove_lines(self.file, call, self.directive_lines))

    def _write(
        self, call: Call, changes: Mapping[str, Value | None], contested: frozenset[str] = frozenset()
    ) -> None:
        if not changes:
            return
        marked = contested | (_GAZELLE_FLAGS if self.context.cgo_only else frozenset())
        notes = {name: KEPT_BY_US for name in changes if name in marked}
        edits = change_attributes(self.file, call, changes, notes, KEPT_BY_US)
        if edits is None:
            self._say(call, "its layout does not let attributes be changed one by one", Severity.WARNING)
        else:
            self.edits.extend(edits)

    # New rules

    def add(self, rules: Iterable[WantedRule]) -> None:
        """Appends rules that are not in the file yet."""
        for rule in rules:
            attributes = [NewAttribute("name", String(rule.slot.name))]
            attributes += [
                NewAttribute(name, value, _MARK if name in rule.contested else Notes())
                for name, value in _beside_gazelle(rule).items()
            ]
            self.appended.append(format_call(rule.slot.written, attributes))
            self.needed.append(self._symbol(rule))

    def _symbol(self, rule: WantedRule) -> Symbol:
        mapped = written_kind(rule.slot.kind, self.context.settings)
        if mapped:
            return Symbol(mapped.kind, mapped.load)
        if rule.slot.kind in CC_RULE_KINDS:
            return Symbol(rule.slot.written, self.context.cc_load)
        if rule.slot.kind == GUARD_KIND:
            return Symbol(rule.slot.written, f"//{self.context.package}:{GUARD_FILE}")
        load = KINDS[rule.slot.kind].load
        return Symbol(rule.slot.written, f"@{self.context.rules_go}{load}" if load else "")

    def _say_left(self, call: Call, attribute: Attribute) -> None:
        self._say(
            evolve(call, line=self.file.line_of(attribute.span.start)),
            f"{attribute.name} of {call.name!r} is an expression that cannot be merged; it stays as it is",
            Severity.WARNING,
        )

    def _say(self, call: Call, message: str, severity: Severity) -> None:
        self.said.append(
            Diagnostic(
                path=self.file.path,
                line=call.line,
                severity=severity,
                code="merge",
                message=message,
                remedy="mark it '# keep', or write a plain list",
            )
        )
