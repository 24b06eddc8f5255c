"""Strings per platform as a list and one ``select()``.

Comes in: the platforms of each string, or the flags of each platform, in order. Goes out: values for the
printer, with as few keys as possible: operating systems if they suffice, then architectures, then pairs. One
attribute gets at most one select, because two that name the same label fail to load. Such values are also
read back, to see whether two spellings have one meaning.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from attrs import frozen

from bazel_xc.buildfile.printer import DEFAULT, strings
from bazel_xc.buildfile.repositories import Repositories
from bazel_xc.buildfile.syntax import Branch, ListValue, Select, String, Sum, Value
from bazel_xc.golang.constraints import GAZELLE_PLATFORMS, KNOWN_PLATFORMS, RULES_GO_SINCE
from bazel_xc.model import PlatformStrings

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


def select_conditions(repositories: Repositories) -> Conditions:
    """The keys of the declared rules_go; if its version is not known, those of old versions."""
    version = repositories.version_tuple
    since = {name: tuple(map(int, text.split("."))) for name, text in RULES_GO_SINCE.items()}
    platforms = frozenset(name for name in KNOWN_PLATFORMS if since.get(name, ()) <= version)
    return Conditions(repositories.rules_go, platforms)


def string_set(values: PlatformStrings, conditions: Conditions) -> Value | None:
    """A list for strings that are on all platforms and a select for the rest; None for nothing at all."""
    some = [(text, held & conditions.platforms) for text, held in values.some]
    some = [(text, held) for text, held in some if held]
    everywhere = [text for text, held in some if held == conditions.platforms]
    some = [(text, held) for text, held in some if held != conditions.platforms]
    common = strings(sorted({*values.always, *everywhere}))
    if not some:
        return common if common.items else None
    family = _family([held for _, held in some], conditions.platforms)
    keyed: dict[str, tuple[str, ...]] = {
        _part(platform, family): () for platform in sorted(conditions.platforms)
    }
    for text, held in sorted(some):
        for name in {_part(platform, family) for platform in held}:
            keyed[name] = (*keyed[name], text)
    default = _default(keyed) if family == "pair" else ()
    branches = tuple(
        Branch(conditions.key(name), strings(texts)) for name, texts in keyed.items() if texts != default
    )
    choice = Select((*branches, Branch(DEFAULT, strings(default))))
    return Sum((common, choice)) if common.items else choice


def _default(keyed: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The strings for the default: none, or those on nearly all platforms if that halves the keys."""
    counts = Counter(keyed.values())
    texts, count = max(counts.items(), key=lambda item: (item[1], item[0]))
    return texts if 2 * (len(keyed) - count) < len(keyed) - counts[()] else ()


def flag_list(by_platform: Mapping[str, tuple[str, ...]], conditions: Conditions) -> Value | None:
    """Ordered flags: the common beginning of all platforms as a list, the rest as a select.

    A platform without an entry has no flags.
    """
    table = {name: by_platform.get(name, ()) for name in conditions.platforms}
    common = _common_prefix(list(table.values()))
    rest = {name: flags[len(common) :] for name, flags in table.items() if flags[len(common) :]}
    if not rest:
        return strings(common) if common else None
    different = [
        frozenset(name for name, flags in rest.items() if flags == each) for each in set(rest.values())
    ]
    family = _family(different, conditions.platforms)
    keyed = {_part(name, family): flags for name, flags in rest.items()}
    branches = tuple(Branch(conditions.key(name), strings(flags)) for name, flags in keyed.items())
    choice = Select((*branches, Branch(DEFAULT, ListValue(()))))
    return Sum((strings(common), choice)) if common else choice


def label_list(by_platform: Mapping[str, tuple[str, ...]], conditions: Conditions) -> Value | None:
    """Ordered labels per platform; the default has the labels of most platforms."""
    table = {name: by_platform.get(name, ()) for name in conditions.platforms}
    common = _common_prefix(list(table.values()))
    rest = {name: labels[len(common) :] for name, labels in table.items()}
    if not any(rest.values()):
        return strings(common) if common else None
    held = [frozenset(name for name, labels in rest.items() if labels == each) for each in set(rest.values())]
    family = _family(held, conditions.platforms)
    keyed = {_part(name, family): labels for name, labels in sorted(rest.items())}
    default = max(Counter(keyed.values()).items(), key=lambda item: (item[1], not item[0], item[0]))[0]
    branches = tuple(
        Branch(conditions.key(name), strings(labels)) for name, labels in keyed.items() if labels != default
    )
    choice = Select((*branches, Branch(DEFAULT, strings(default))))
    return Sum((strings(common), choice)) if common else choice


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


def _common_prefix(lists: list[tuple[str, ...]]) -> tuple[str, ...]:
    first = min(lists, key=len, default=())
    for at in range(len(first)):
        if any(each[at] != first[at] for each in lists):
            return first[:at]
    return first
