"""Strings per platform as a list and one ``select()``.

Comes in: the platforms of each string, or the flags of each platform, in order. Goes out: values for the
printer, with as few keys as possible: operating systems if they suffice, then architectures, then pairs. One
attribute gets at most one select, because two that name the same label fail to load. Such values are also
read back, to see whether two spellings have one meaning.
"""

from __future__ import annotations

import enum
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Set

from attrs import frozen

from bazel_xc.buildfile.printer import DEFAULT, strings
from bazel_xc.buildfile.repositories import Repositories
from bazel_xc.buildfile.syntax import Branch, ListValue, Select, String, Sum, Value, strings_in
from bazel_xc.golang.constraints import GAZELLE_PLATFORMS, KNOWN_PLATFORMS, RULES_GO_SINCE
from bazel_xc.golang.gazelle import Family, Reading
from bazel_xc.model import ByPlatform
from bazel_xc.versions import version_numbers

# Whatever the workspace calls rules_go: bzlmod lets everybody choose a name.
_PLATFORM_LABEL = re.compile(r"@{1,2}[\w.+~-]+//go/(?:platform|toolchain):(\w+)")
_OS_LABEL = re.compile(r"@{1,2}platforms//os:(\w+)")


_PLATFORM_NAMES = frozenset(
    part for name in (*KNOWN_PLATFORMS, *GAZELLE_PLATFORMS) for part in (name, *name.split("_"))
)


@frozen
class Conditions:
    """The spelling of platforms as select keys: rules_go's repository name and the platforms it has."""

    rules_go: str
    platforms: frozenset[str]

    def key(self, name: str) -> str:
        """The label for an operating system, an architecture or a pair."""
        return f"@{self.rules_go}//go/platform:{name}"


def select_conditions(repositories: Repositories, configured: Iterable[str]) -> Conditions:
    """The keys of the declared rules_go; if its version is not known, those of old versions.

    Platforms that Gazelle does not know have keys only if they are ``configured``.
    """
    version = repositories.version_tuple
    since = {name: version_numbers(text) for name, text in RULES_GO_SINCE.items()}
    asked = GAZELLE_PLATFORMS | (KNOWN_PLATFORMS & frozenset(configured))
    platforms = frozenset(name for name in asked if since.get(name, ()) <= version)
    return Conditions(repositories.rules_go, platforms)


class Form(enum.Enum):
    """How an attribute's values are written.

    ``SET``: sorted; the default has what holds nearly everywhere if that halves the keys. ``FLAGS``: in
    order, the default empty. ``LABELS``: in order, the default with what holds on most platforms.
    """

    SET = enum.auto()
    FLAGS = enum.auto()
    LABELS = enum.auto()


def build(values: ByPlatform[str], conditions: Conditions, form: Form = Form.SET) -> Value | None:
    """A list for what holds on all platforms and a select for the rest; None for nothing at all.

    In order, only what all lists begin with is common.
    """
    if form is Form.SET:
        values = ByPlatform(tuple((names, tuple(sorted({*texts}))) for names, texts in values.groups))
    lists = [texts for names, texts in values.groups if names & conditions.platforms]
    lists += [()] if not conditions.platforms <= values.platforms else []
    common = _common(lists) if form is Form.SET else _common_prefix(lists)
    groups = {
        names & conditions.platforms: _without(texts, common) if form is Form.SET else texts[len(common) :]
        for names, texts in values.groups
        if names & conditions.platforms
    }
    if not any(groups.values()):
        return strings(common) if common else None
    rest = ByPlatform.fold({name: texts for names, texts in groups.items() for name in names})
    lines = form is not Form.LABELS  # Gazelle breaks the lines of its own attributes
    family = _family((names for names, _ in rest.groups), conditions.platforms)
    keyed = {_part(name, family): rest.on(name) for name in sorted(conditions.platforms)}
    default = _default(keyed, form if form is not Form.SET or family == "pair" else Form.FLAGS)
    branches = tuple(
        Branch(conditions.key(name), strings(texts, multiline=lines))
        for name, texts in keyed.items()
        if texts != default
    )
    choice = Select((*branches, Branch(DEFAULT, strings(default, multiline=lines))))
    return Sum((strings(common, multiline=lines), choice)) if common else choice


def build_set(where: Mapping[str, Reading], conditions: Conditions) -> Value | None:
    """A sorted list for what is needed everywhere, and a select for each family of keys, as Gazelle has it.

    Strings whose platforms are not those of their family's keys get the shortest keys; then the default of
    pairs may have what holds nearly everywhere.
    """
    known = conditions.platforms
    held = {text: reading.platforms & known for text, reading in where.items()}
    common = [text for text, on in held.items() if on == known and where[text].family is Family.EVERYWHERE]
    left = {text: on for text, on in held.items() if on and text not in common}
    exact = {text for text, on in left.items() if _has_keys(on, where[text].family, known)}
    rest = _family((on for text, on in left.items() if text not in exact), known)
    choices = [_choice(left, exact, where, family, rest, conditions) for family in ("os", "arch", "pair")]
    selects = [each for each in choices if each]
    parts = [strings(sorted(common), multiline=bool(selects))] if common else []
    values: tuple[Value, ...] = (*parts, *selects)
    return Sum(values) if len(values) > 1 else values[0] if values else None


def _choice(
    left: Mapping[str, frozenset[str]],
    exact: Set[str],
    where: Mapping[str, Reading],
    family: str,
    rest: str,
    conditions: Conditions,
) -> Select | None:
    """The select for one family of keys; strings that are not ``exact`` have the family ``rest``."""
    known = conditions.platforms
    texts = sorted(text for text in left if (where[text].family if text in exact else rest) == family)
    if not texts:
        return None
    keyed = {
        _part(name, family): tuple(text for text in texts if name in left[text]) for name in sorted(known)
    }
    default = _default(keyed, Form.SET if family == "pair" and not exact >= set(texts) else Form.FLAGS)
    branches = tuple(
        Branch(conditions.key(name), strings(some, multiline=True))
        for name, some in keyed.items()
        if some != default
    )
    return Select((*branches, Branch(DEFAULT, strings(default, multiline=True))))


def _has_keys(on: frozenset[str], family: Family, platforms: frozenset[str]) -> bool:
    """Whether keys of a family name exactly some platforms."""
    if family is Family.EVERYWHERE:
        return False
    parts = {_part(name, family) for name in on}
    return not any(_part(name, family) in parts for name in platforms - on)


def _default(keyed: Mapping[str, tuple[str, ...]], form: Form) -> tuple[str, ...]:
    counts = Counter(keyed.values())
    if form is Form.FLAGS:
        return ()
    if form is Form.LABELS:
        return max(counts.items(), key=lambda item: (item[1], not item[0], item[0]))[0]
    texts, count = max(counts.items(), key=lambda item: (item[1], item[0]))
    return texts if 2 * (len(keyed) - count) < len(keyed) - counts[()] else ()


def exclusion(absent: frozenset[str], conditions: Conditions, incompatible: str) -> Value | None:
    """A ``target_compatible_with`` that leaves out some platforms, in the shorter of its two forms."""
    absent &= conditions.platforms
    present = conditions.platforms - absent
    if not absent:
        return None
    stop = strings([incompatible])
    if not present:
        return stop
    keys_out, keys_in = (_names(each, conditions.platforms) for each in (absent, present))
    if len(keys_in) < len(keys_out):
        branches = [*(Branch(conditions.key(name), ListValue(())) for name in keys_in), Branch(DEFAULT, stop)]
    else:
        branches = [
            *(Branch(conditions.key(name), stop) for name in keys_out),
            Branch(DEFAULT, ListValue(())),
        ]
    return Select(tuple(branches))


def project(value: Value | None, platform: str) -> tuple[str, ...] | None:
    """The strings that a value has on a platform; None if this cannot be found out.

    As in Bazel, the most specific matching key of a select wins.
    """
    match value:
        case None:
            return ()
        case String():
            return (value.value,)
        case ListValue():
            texts = tuple(item.value for item in value.items if isinstance(item, String))
            return texts if len(texts) == len(value.items) else None
        case Select():
            return _project_select(value, platform)
        case Sum():
            parts = [project(part, platform) for part in value.parts]
            known = [part for part in parts if part is not None]
            return tuple(text for part in known for text in part) if len(known) == len(parts) else None
    return None


def same_meaning(one: Value | None, other: Value | None, platforms: Iterable[str], *, ordered: bool) -> bool:
    """Whether two values have the same strings on every platform; the order counts for flags only."""
    if not any(isinstance(part, Select) for value in (one, other) for part in _parts(value)):
        platforms = list(platforms)[:1]  # nothing depends on the platform
    for platform in platforms:
        first, second = project(one, platform), project(other, platform)
        if first is None or second is None:
            return False
        if first != second and (ordered or set(first) != set(second) or len(first) != len(second)):
            return False
    return True


def same_parts(one: Value | None, other: Value | None) -> bool:
    """Whether two values have the same lists and the same selects, their strings in any order."""
    first, second = (
        sorted(each for part in _parts(value) for each in _unordered(part)) for value in (one, other)
    )
    return first == second


def _unordered(part: Value | None) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The lists in a part of a value by their keys, the list outside of a select by none."""
    if isinstance(part, ListValue):
        yield "", tuple(sorted(strings_in(part)))
    elif isinstance(part, Select):
        for branch in part.branches:
            yield branch.key, tuple(sorted(strings_in(branch.value)))


def _parts(value: Value | None) -> tuple[Value | None, ...]:
    return value.parts if isinstance(value, Sum) else (value,)


def platform_of_key(key: str) -> str | None:
    """The operating system, architecture or pair that a select key names; None for any other key.

    Labels such as ``@rules_go//go/toolchain:cgo_on`` look alike and are not keys of platforms.
    """
    found = _PLATFORM_LABEL.fullmatch(key)
    if found:
        return found[1] if found[1] in _PLATFORM_NAMES else None
    found = _OS_LABEL.fullmatch(key)
    name = {"macos": "darwin", "osx": "darwin"}.get(found[1], found[1]) if found else ""
    return name if name in _PLATFORM_NAMES else None


def _project_select(value: Select, platform: str) -> tuple[str, ...] | None:
    goos, _, goarch = platform.partition("_")
    ranked: dict[str, Value] = {}
    for branch in value.branches:
        name = DEFAULT if branch.key == DEFAULT else platform_of_key(branch.key)
        if name is None:
            return None
        ranked[name] = branch.value
    if goos in ranked and goarch in ranked and platform not in ranked:
        return None
    for name in (platform, goos, goarch, DEFAULT):
        if name in ranked:
            return project(ranked[name], platform)
    return None


def _part(platform: str, family: str) -> str:
    goos, _, goarch = platform.partition("_")
    return {"os": goos, "arch": goarch}.get(family, platform)


def _family(sets: Iterable[frozenset[str]], platforms: frozenset[str]) -> str:
    """Whether operating systems, architectures or only pairs distinguish sets of platforms."""
    sets = list(sets)
    for family in ("os", "arch"):
        groups: dict[str, set[str]] = {}
        for platform in platforms:
            groups.setdefault(_part(platform, family), set()).add(platform)
        if all(not held & group or group <= held for held in sets for group in groups.values()):
            return family
    return "pair"


def _names(held: frozenset[str], platforms: frozenset[str]) -> list[str]:
    family = _family([held], platforms)
    return sorted({_part(platform, family) for platform in held})


def _common(lists: list[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(sorted(set(lists[0]).intersection(*lists[1:]))) if lists else ()


def _without(texts: tuple[str, ...], common: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(text for text in texts if text not in common) if len(texts) > len(common) else ()


def _common_prefix(lists: list[tuple[str, ...]]) -> tuple[str, ...]:
    first = min(lists, key=len, default=())
    for at in range(len(first)):
        if any(each[at] != first[at] for each in lists):
            return first[:at]
    return first
