"""Takes the value of an attribute apart and puts it together again.

Comes in: a value. Goes out: ``ValueParts``: the unconditional list and one select for each sort of key, or
None if the value has any other form or parting it would change what a kept branch means. Two values are
merged in ``values``.
"""

from __future__ import annotations

from collections.abc import Iterator

from attrs import evolve, frozen

from bazel_xc.bazel.selected import platform_of_key, sort_of_name
from bazel_xc.buildfile.printer import DEFAULT
from bazel_xc.buildfile.syntax import Branch, ListValue, Opaque, Select, String, Sum, Value


@frozen
class ValueParts:
    """A value taken apart: the unconditional list, and a select for each sort of key.

    Bazel refuses ``linux`` beside ``arm64`` in one select as ambiguous, and each sort has a default of its
    own.
    """

    common: ListValue
    choices: tuple[Select, ...]


def take_apart(value: Value | None) -> ValueParts | None:
    """The list and the selects of a value.

    None if the value has any other form, or if joining its selects would change the meaning of a kept branch.
    """
    parts = value.parts if isinstance(value, Sum) else () if value is None else (value,)
    items: list[String | Opaque] = []
    lists = [part for part in parts if isinstance(part, ListValue)]
    choices = [part for part in parts if isinstance(part, Select)]
    if len(lists) + len(choices) != len(parts):
        return None
    for each in lists:
        items.extend(each.items)
    if any(isinstance(item, Opaque) and not item.notes.keep for item in items):
        return None
    known = all(_is_known(branch) for choice in choices for branch in choice.branches)
    if not known or any(_has_mixed_keep(choice) for choice in choices):
        return None
    groups: dict[str, Select] = {}
    for choice in (each for whole in choices for each in _by_sort(whole)):
        sort = sort_of(choice)
        joined = _joined(groups[sort], choice) if sort in groups else choice
        if joined is None:
            return None
        groups[sort] = joined
    common = evolve(lists[0], items=tuple(items)) if lists else ListValue(())
    return ValueParts(common, tuple(groups.values()))


def _is_known(branch: Branch) -> bool:
    known = branch.key == DEFAULT or platform_of_key(branch.key) is not None
    return known and isinstance(branch.value, ListValue)


def keeps(branch: Branch) -> bool:
    """Whether a branch, or anything in it, is marked ``# keep``."""
    return branch.notes.keep or any(item.notes.keep for item in as_list(branch.value).items)


def _has_mixed_keep(choice: Select) -> bool:
    """Whether the default of a select with several sorts of keys is kept; parting it would change its
    meaning.
    """
    sorts = {_sort_of_key(branch.key) for branch in choice.branches if branch.key != DEFAULT}
    return len(sorts) > 1 and any(keeps(branch) for branch in choice.branches if branch.key == DEFAULT)


def _by_sort(choice: Select) -> Iterator[Select]:
    """One select for each sort of key, the default with the first."""
    groups: dict[str, list[Branch]] = {}
    for branch in choice.branches:
        if branch.key != DEFAULT:
            groups.setdefault(_sort_of_key(branch.key), []).append(branch)
    default = [branch for branch in choice.branches if branch.key == DEFAULT]
    for at, branches in enumerate(groups.values() or [[]]):
        yield Select((*branches, *default), choice.end) if at == 0 else Select(tuple(branches))


def sort_of(choice: Select) -> str:
    """The sort of the keys of a select, as ``sort_of_name`` has it; empty if it has only a default."""
    return next((_sort_of_key(branch.key) for branch in choice.branches if branch.key != DEFAULT), "")


def branch_name(branch: Branch) -> str:
    """The platform, system or processor of a key, in any spelling."""
    return platform_of_key(branch.key) or branch.key


def _joined(one: Select, other: Select) -> Select | None:
    """Two selects of one sort as one; None if a kept branch of either would change its meaning."""
    branches = {branch_name(branch): branch for branch in one.branches}
    differ = branches.keys() != {branch_name(branch) for branch in other.branches}
    both = (*one.branches, *other.branches)
    if any(branch.notes.keep or (keeps(branch) and differ and branch.key == DEFAULT) for branch in both):
        return None
    for branch in other.branches:
        before = branches.get(branch_name(branch))
        items = (*(as_list(before.value).items if before else ()), *as_list(branch.value).items)
        branches[branch_name(branch)] = evolve(branch, value=evolve(as_list(branch.value), items=items))
    return Select(tuple(branches.values()), (*one.end, *other.end))


def as_list(value: Value) -> ListValue:
    """A list as it is, and an empty one for any other value."""
    return value if isinstance(value, ListValue) else ListValue(())


def put_together(parts: ValueParts) -> Value | None:
    """The value of parts, None if nothing is in them."""
    choices: list[Value] = [each for choice in parts.choices if (each := _whole(choice))]
    empty = not parts.common.items and not parts.common.end
    if not choices:
        return None if empty else parts.common
    values = choices if empty else [parts.common, *choices]
    return values[0] if len(values) == 1 else Sum(tuple(values))


def _whole(choice: Select) -> Select | None:
    """The select with its default last; None if it has no items."""
    branches = [branch for branch in choice.branches if branch.key != DEFAULT]
    default = next((branch for branch in choice.branches if branch.key == DEFAULT), None)
    whole = (*branches, default or Branch(DEFAULT, ListValue(())))
    says = any(as_list(branch.value).items or branch.notes.keep for branch in whole)
    return Select(whole, choice.end) if says else None


def _sort_of_key(key: str) -> str:
    return sort_of_name(platform_of_key(key) or "")
