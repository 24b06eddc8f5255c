"""The rules that a merge may change in a BUILD file, determined before it happens.

Comes in: the wanted and stale rules of a file and the context of the merge. Goes out: a ``Touched`` for each
rule that may change. ``untouched`` compares the old and the new text by them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from attrs import frozen

from bazel_xc.bazel.kinds import CC_RULE_KINDS, KINDS
from bazel_xc.bazel.merge import CGO_ATTRIBUTES, MergeContext
from bazel_xc.bazel.ownership import KEPT_BY_US
from bazel_xc.bazel.values import is_marked
from bazel_xc.bazel.wanted import WantedRule
from bazel_xc.buildfile.rules import ExistingRule
from bazel_xc.buildfile.syntax import Attribute, Call

_SHARED = frozenset({"cdeps", "pure", "target_compatible_with"})  # bazel-xc adds to the values of people
_SHARED_CC = frozenset({"tags", "visibility"})


@frozen(kw_only=True)
class Touched:
    """A rule that may be changed: in which attributes, which kind it may get, and whether it may go."""

    call: Call
    kinds: frozenset[str]
    attributes: frozenset[str]
    may_go: bool = False


def touched_rules(
    wanted: Iterable[WantedRule], stale: Iterable[ExistingRule], context: MergeContext
) -> Iterator[Touched]:
    """The rules that a merge may change in the existing file."""
    for rule in wanted:
        existing = rule.slot.existing.source if rule.slot.existing else None
        if existing and not existing.keep:
            kinds = frozenset({existing.kind, rule.slot.written})
            attributes = _attributes(rule.slot.kind, existing, context)
            yield Touched(call=existing, kinds=kinds, attributes=attributes)
    for each in stale:
        call, kind = each.source, each.kind
        if not call.keep:
            kinds, attributes = frozenset({call.kind}), _attributes(kind, call, context)
            held = any(_is_held(found) for name in KINDS[kind].substance if (found := call.get(name)))
            may_go = not held and not (context.cgo_only and kind not in CC_RULE_KINDS)
            yield Touched(call=call, kinds=kinds, attributes=attributes, may_go=may_go)


def _attributes(kind: str, call: Call, context: MergeContext) -> frozenset[str]:
    """The attributes of a rule that may change."""
    ours = KINDS[kind].owned | _SHARED | (_SHARED_CC if kind in CC_RULE_KINDS else frozenset())
    if context.cgo_only and kind not in CC_RULE_KINDS:
        ours &= CGO_ATTRIBUTES
    return ours - {each.name for each in call.attributes if _is_kept(each)}


def _is_kept(attribute: Attribute) -> bool:
    return attribute.keep and KEPT_BY_US not in (*attribute.notes.before, attribute.notes.suffix)


def _is_held(attribute: Attribute) -> bool:
    return _is_kept(attribute) or is_marked(attribute.value)
