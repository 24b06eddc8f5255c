"""Which attributes in existing rules bazel-xc wrote, by their comments and values.

Comes in: an attribute as it is in a BUILD file. Goes out: whether it is ours to change or to remove. Whole
rules are ours by their tag, which ``buildfile.rules`` knows; labels of ``cdeps`` are in ``by_hand``.
"""

from __future__ import annotations

from bazel_xc.bazel.select import Marks
from bazel_xc.bazel.selected import platform_of_key
from bazel_xc.buildfile.printer import DEFAULT
from bazel_xc.buildfile.syntax import Attribute, Select, Value, is_keep, strings_in

KEPT_BY_US = "# keep: bazel_xc"
"""The comment above C flags that keeps Gazelle away, and not bazel-xc."""
_EVERYWHERE = "@platforms//:incompatible"


def is_kept_by_us(attribute: Attribute) -> bool:
    """Whether our mark is the only one; a mark of the user's has precedence."""
    marks = {text for text in (*attribute.notes.before, attribute.notes.suffix) if is_keep(text)}
    return marks == {KEPT_BY_US}


def has_only_our_marks(value: Value, marks: Marks) -> bool:
    """Whether every label of a ``target_compatible_with`` is one that bazel-xc writes."""
    texts = set(strings_in(value))
    return bool(texts) and texts <= {*marks.all, _EVERYWHERE}


def is_pure_by_platform(value: Value) -> bool:
    """Whether a ``pure`` has platforms as keys, as earlier versions wrote it."""
    if not isinstance(value, Select):
        return False
    keys = (branch.key for branch in value.branches)
    return set(strings_in(value)) <= {"off", "auto"} and all(
        key == DEFAULT or platform_of_key(key) for key in keys
    )
