"""Merges one attribute's value: the existing value with the wanted one.

Comes in: the old value and the new one; either may be missing. Goes out: the value to write, None for no
attribute, or a ``Left``: ``Left.OPAQUE`` if the old value must stay because it is not understood,
``Left.SAME`` if it already has the same meaning on every platform, because spelling alone is no reason to
edit. Strings marked ``# keep`` survive, and so do comments of surviving strings. Old items keep their order
and new ones follow. A branch of a select that is marked ``# keep`` stays as it is, for its platforms.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Collection, Iterable, Iterator

from attrs import evolve

from bazel_xc.bazel.select import Conditions, build_by_cgo
from bazel_xc.bazel.selected import depends_on_cgo, project, same_meaning, settings
from bazel_xc.bazel.value_parts import (
    ValueParts,
    as_list,
    branch_name,
    keeps,
    put_together,
    sort_of,
    take_apart,
)
from bazel_xc.buildfile.printer import DEFAULT
from bazel_xc.buildfile.syntax import Branch, ListValue, Notes, Opaque, Select, String, Sum, Value, strings_in
from bazel_xc.golang.constraints import GAZELLE_PLATFORMS
from bazel_xc.model import ByPlatform, parsed_label

_LABELS = frozenset({"actual", "cdeps", "deps", "embed"})
_NO_TWICE = _LABELS | {"embedsrcs", "hdrs", "srcs", "textual_hdrs"}
_ORDERED = frozenset(
    {"cdeps", "clinkopts", "copts", "cppopts", "cxxopts", "gc_goopts", "gc_linkopts", "includes"}
)


_Item = String | Opaque


class Left(enum.Enum):
    """Why a value stays as it is."""

    SAME = "it already has this meaning"
    OPAQUE = "it is an expression that cannot be merged"


def merge_value(
    name: str,
    old: Value | None,
    new: Value | None,
    package: str,
    rules_go: str,
    own_names: tuple[str, ...] = (),
) -> Value | Left | None:
    """The value of attribute ``name`` in a BUILD file of ``package``.

    ``rules_go`` is the name of that repository in the workspace, ``own_names`` are names of the workspace
    itself.
    """
    if old is None:
        return new
    if old == new:
        return Left.SAME  # nearly every value of a workspace that was written before
    if isinstance(old, Opaque) and isinstance(new, Opaque) and new.text.startswith("{"):
        return Left.SAME if old.text.split() == new.text.split() else new
    if _scalar(old) and (new is None or _scalar(new) or _one_of_several(new)):
        return Left.SAME if old == new else new
    if _one_of_several(old) and (new is None or _scalar(new) or _one_of_several(new)):
        return _choose(old, new, rules_go)
    canonical = _canonical(name, package, own_names)
    parts, wanted = take_apart(old), take_apart(new)
    if parts is None:
        return Left.OPAQUE
    if wanted is None:
        return Left.OPAQUE if is_marked(old) else new
    merged = put_together(_merge(parts, wanted, canonical, ordered=name in _ORDERED))
    if _is_ambiguous(_mapped(merged, canonical)):
        return Left.OPAQUE  # a kept branch matches where a wanted one does, which Bazel refuses
    same = old == merged or same_meaning(
        _mapped(old, canonical), _mapped(merged, canonical), GAZELLE_PLATFORMS, ordered=name in _ORDERED
    )
    was_twice = label_twice(name, old, package, own_names)
    if is_marked(old) and merged and not was_twice and label_twice(name, merged, package, own_names):
        return Left.OPAQUE  # a kept label is wanted elsewhere, too, and Bazel refuses a label twice
    if same and merged is not None and not _foreign_keys(parts.choices, rules_go):
        return Left.SAME
    return merged


def with_others(
    old: Value | None,
    new: Value | None,
    ours: Collection[object],
    package: str,
    conditions: Conditions,
    own_names: tuple[str, ...] = (),
) -> Value | None:
    """``new`` behind the labels of ``old`` that are not ours, for an attribute that is shared.

    Each label is there once, in its existing spelling. If ``old`` cannot be read platform by platform, the
    result is ``new`` alone.
    """
    spelt: dict[object, str] = {}

    def labels_of(texts: Iterable[str]) -> list[object]:
        """The labels in order, the first spelling of each noted."""
        labels = [(parsed_label(text, package, own_names) or text, text) for text in texts]
        for label, text in labels:
            spelt.setdefault(label, text)
        return [label for label, _ in labels]

    labels_of(strings_in(old) if old else ())
    both: list[ByPlatform[str]] = []
    for cgo in (True, False):
        found: dict[str, tuple[str, ...]] = {}
        for name in sorted(conditions.platforms):
            before, wanted = project(old, name, cgo=cgo), project(new, name, cgo=cgo)
            if before is None or wanted is None:
                return new
            there, asked = labels_of(before), labels_of(wanted)
            others = (each for each in there if each in asked or each not in ours)
            found[name] = tuple(spelt[each] for each in dict.fromkeys((*others, *asked)))
        both.append(ByPlatform.fold(found))
    on, off = both
    return build_by_cgo(on, off, conditions)


def is_marked(value: Value | None) -> bool:
    """Whether anything in a value is marked ``# keep``."""
    match value:
        case Sum():
            return any(map(is_marked, value.parts))
        case ListValue():
            return any(item.notes.keep for item in value.items)
        case Select():
            return any(branch.notes.keep or is_marked(branch.value) for branch in value.branches)
    return False


def label_twice(name: str, value: Value, package: str, own_names: tuple[str, ...] = ()) -> bool:
    """Whether an attribute of labels has a label twice on some platform, which Bazel refuses."""
    if name not in _NO_TWICE:
        return False
    canonical = _canonical(name, package, own_names)
    return _may_be_twice(value, canonical) and _twice(_mapped(value, canonical))


def _may_be_twice(value: Value, canonical: Callable[[str], str]) -> bool:
    """Whether an item is twice in a list, or in two parts of a sum. One select gives one of its lists."""
    seen: set[str] = set()
    for part in value.parts if isinstance(value, Sum) else (value,):
        here: set[str] = set()
        for each in (branch.value for branch in part.branches) if isinstance(part, Select) else (part,):
            texts = [
                canonical(item.value) if isinstance(item, String) else item.text for item in _items_of(each)
            ]
            if len(texts) != len(set(texts)):
                return True
            here.update(texts)
        if not seen.isdisjoint(here):
            return True
        seen |= here
    return False


def _items_of(value: Value) -> Iterator[_Item]:
    """The items of all lists in a value."""
    match value:
        case ListValue():
            yield from value.items
        case Select():
            for branch in value.branches:
                yield from _items_of(branch.value)
        case Sum():
            for part in value.parts:
                yield from _items_of(part)


def _scalar(value: Value) -> bool:
    return isinstance(value, String) or (
        isinstance(value, Opaque) and value.text in ("True", "False", "None")
    )


def _one_of_several(value: Value) -> bool:
    """Whether a value is a select between single values, not lists."""
    return isinstance(value, Select) and all(isinstance(each.value, String) for each in value.branches)


def _choose(old: Value, new: Value | None, rules_go: str) -> Value | Left | None:
    """Replaces a select between single values as a whole, unless it has keys that are not ours."""
    assert isinstance(old, Select)
    if old == new:
        return Left.SAME
    if any(project(old, name, cgo=cgo) is None for name, cgo in settings(GAZELLE_PLATFORMS, old)):
        return Left.OPAQUE
    if any(branch.notes.keep for branch in old.branches):
        return Left.SAME if same_meaning(old, new, GAZELLE_PLATFORMS, ordered=True) else Left.OPAQUE
    if _foreign_keys([old], rules_go) or not same_meaning(old, new, GAZELLE_PLATFORMS, ordered=True):
        return new
    return Left.SAME


def _canonical(name: str, package: str, own_names: tuple[str, ...]) -> Callable[[str], str]:
    """One spelling for labels that can be written in several ways; other strings stay as they are."""

    def label(text: str) -> str:
        found = parsed_label(text, package, own_names)
        return found.relative_to(package) if found else text

    return label if name in _LABELS else str


def _is_ambiguous(value: Value | None) -> bool:
    """Whether two keys for cgo in one select match on some platform; other keys are parted by their sort."""
    return depends_on_cgo(value) and any(
        project(value, name, cgo=cgo) is None for name, cgo in settings(GAZELLE_PLATFORMS, value)
    )


def _merge(old: ValueParts, new: ValueParts, canonical: Callable[[str], str], *, ordered: bool) -> ValueParts:
    def merged(old_list: ListValue, new_list: ListValue) -> ListValue:
        return _merge_list(old_list, new_list, canonical, ordered=ordered)

    before = {sort_of(choice): choice for choice in old.choices}
    wanted = {sort_of(choice): choice for choice in new.choices}
    nothing = Select(())
    choices = [
        _merge_select(before.get(sort, nothing), wanted.get(sort, nothing), merged)
        for sort in dict.fromkeys([*wanted, *before])
    ]
    return ValueParts(merged(old.common, new.common), tuple(choices))


def _merge_select(old: Select, new: Select, merged: Callable[[ListValue, ListValue], ListValue]) -> Select:
    """Two selects of one sort. A kept branch stays as it is, whatever is wanted for its key."""
    old_branches = {branch_name(branch): branch for branch in old.branches}
    new_branches = {branch_name(branch): branch for branch in new.branches}
    default = old_branches.get(DEFAULT)
    kept = _kept_by_default(default)
    branches: list[Branch] = []
    for name in dict.fromkeys([*new_branches, *old_branches]):
        before, after = old_branches.get(name), new_branches.get(name)
        if before is None:
            assert after is not None
            # Items that the default keeps were here as well; without them the new key would remove them.
            items = (*as_list(after.value).items, *kept)
            branches.append(evolve(after, value=evolve(as_list(after.value), items=items)))
        elif before.notes.keep:
            branches.append(before)
        else:
            value = merged(as_list(before.value), as_list(after.value) if after else ListValue(()))
            if after or value.items or (default and keeps(default)):
                branches.append(evolve(before, key=after.key if after else before.key, value=value))
    return Select(tuple(branches), old.end)


def _kept_by_default(default: Branch | None) -> tuple[_Item, ...]:
    """The items that a default keeps, each with a mark of its own."""
    if default is None:
        return ()
    items = as_list(default.value).items
    if not default.notes.keep:
        return tuple(item for item in items if item.notes.keep)
    return tuple(evolve(item, notes=Notes(suffix="# keep")) for item in items)


def _twice(value: Value | None) -> bool:
    """Whether a string is there twice on some platform."""
    texts = list(strings_in(value)) if value else []
    if len(texts) == len(set(texts)):
        return False
    for platform, cgo in settings(GAZELLE_PLATFORMS, value):
        held = project(value, platform, cgo=cgo) or ()
        if len(held) != len(set(held)):
            return True
    return False


def _merge_list(
    old: ListValue, new: ListValue, canonical: Callable[[str], str], *, ordered: bool
) -> ListValue:
    wanted = {canonical(item.value): item for item in new.items if isinstance(item, String)}
    surviving = [
        item
        for item in old.items
        if item.notes.keep or (isinstance(item, String) and canonical(item.value) in wanted)
    ]
    items = _ordered(surviving, new, canonical) if ordered else _set(surviving, new, canonical)
    return evolve(old, items=tuple(items), multiline=old.multiline or new.multiline)


def _ordered(old: list[_Item], new: ListValue, canonical: Callable[[str], str]) -> list[_Item]:
    """The wanted items in their order, each in its old form if there is one; other kept items follow."""
    left = list(old)
    items: list[_Item] = []
    for text, item in _texts(new.items):
        same = (
            each for each in left if isinstance(each, String) and canonical(each.value) == canonical(text)
        )
        found = next(same, None)
        if found is not None:
            left = [each for each in left if each is not found]
        items.append(found or item)
    return items + [each for each in left if each.notes.keep]


def _set(old: list[_Item], new: ListValue, canonical: Callable[[str], str]) -> list[_Item]:
    """The old items, each once, and the new ones behind them; a repeated item leaves its comments to the
    first.
    """
    items: dict[str, _Item] = {}
    for item in old:
        key = canonical(item.value) if isinstance(item, String) else f"\0{item.text}"
        if key in items:
            before = (*items[key].notes.before, *item.notes.before, *filter(None, [item.notes.suffix]))
            item = evolve(items[key], notes=evolve(items[key].notes, before=before))  # noqa: PLW2901
        items[key] = item
    fresh = [(text, item) for text, item in _texts(new.items) if canonical(text) not in items]
    return [*items.values(), *(item for _, item in sorted(fresh, key=lambda each: each[0]))]


def _texts(items: Iterable[String | Opaque]) -> list[tuple[str, String | Opaque]]:
    return [(item.value, item) for item in items if isinstance(item, String)]


def _mapped(value: Value | None, canonical: Callable[[str], str]) -> Value | None:
    match value:
        case String():
            return evolve(value, value=canonical(value.value))
        case ListValue():
            items = tuple(
                evolve(item, value=canonical(item.value)) if isinstance(item, String) else String(item.text)
                for item in value.items
            )
            return evolve(value, items=items)
        case Select():
            return evolve(
                value,
                branches=tuple(
                    evolve(b, value=_mapped(b.value, canonical) or b.value) for b in value.branches
                ),
            )
        case Sum():
            return Sum(tuple(_mapped(part, canonical) or part for part in value.parts))
    return value


def _foreign_keys(choices: Iterable[Select], rules_go: str) -> bool:
    """Whether a key of a select names rules_go by a name that it does not have in this workspace."""
    keys = [branch.key for choice in choices for branch in choice.branches]
    return any("rules_go//" in key and not key.lstrip("@").startswith(f"{rules_go}//") for key in keys)
