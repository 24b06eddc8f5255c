"""Reads values with ``select()``: the strings on a platform, with cgo or without it.

Comes in: a value of a BUILD file. Goes out: its strings for one platform, and whether two spellings have one
meaning. Keys are those of rules_go's platforms, ``@platforms//os:…``, and for cgo targets of the platforms
package, such as ``//platforms:cgo_is_on_linux`` (``cgo_settings``). A value with any other key is not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from bazel_xc.buildfile.printer import DEFAULT
from bazel_xc.buildfile.syntax import ListValue, Select, String, Sum, Value, strings_in
from bazel_xc.golang.constraints import GAZELLE_PLATFORMS, KNOWN_PLATFORMS

# Whatever the workspace calls rules_go: bzlmod lets everybody choose a name.
_PLATFORM_LABEL = re.compile(r"@{1,2}[\w.+~-]+//go/(?:platform|toolchain):(\w+)")
_OS_LABEL = re.compile(r"@{1,2}platforms//os:(\w+)")
# A key for cgo in the platforms package, whatever the package is called.
_CGO_LABEL = re.compile(r"(?:@{1,2}[\w.+~-]*)?//[^:]*:(cgo_is_(?:on|off))(?:_(\w+))?")
CGO_IS_ON, CGO_IS_OFF = "cgo_is_on", "cgo_is_off"
_SYSTEMS = frozenset(name.partition("_")[0] for name in KNOWN_PLATFORMS)
_PLATFORM_NAMES = frozenset(
    part for name in (*KNOWN_PLATFORMS, *GAZELLE_PLATFORMS) for part in (name, *name.split("_"))
)


def project(value: Value | None, platform: str, *, cgo: bool = True) -> tuple[str, ...] | None:
    """The strings that a value has on a platform; None if this cannot be found out.

    As in Bazel, the most specific matching key of a select wins, and two that match alike are an error.
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
            return _project_select(value, platform, cgo=cgo)
        case Sum():
            parts = [project(part, platform, cgo=cgo) for part in value.parts]
            known = [part for part in parts if part is not None]
            return tuple(text for part in known for text in part) if len(known) == len(parts) else None
    return None


def same_meaning(one: Value | None, other: Value | None, platforms: Iterable[str], *, ordered: bool) -> bool:
    """Whether two values have the same strings on every platform; the order counts for flags only."""
    if not any(isinstance(part, Select) for value in (one, other) for part in _parts(value)):
        platforms = list(platforms)[:1]  # nothing depends on the platform
    for platform, cgo in settings(platforms, one, other):
        first, second = project(one, platform, cgo=cgo), project(other, platform, cgo=cgo)
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


def settings(platforms: Iterable[str], *values: Value | None) -> Iterator[tuple[str, bool]]:
    """The platforms on which values may differ, with cgo; and without cgo if a value depends on it."""
    depends = any(map(depends_on_cgo, values))
    for platform in platforms:
        yield platform, True
        if depends:
            yield platform, False


def depends_on_cgo(value: Value | None) -> bool:
    """Whether a key of a select in a value is one for cgo."""
    return any(
        (platform_of_key(branch.key) or "").startswith((CGO_IS_ON, CGO_IS_OFF))
        for part in _parts(value)
        if isinstance(part, Select)
        for branch in part.branches
    )


def _parts(value: Value | None) -> tuple[Value | None, ...]:
    return value.parts if isinstance(value, Sum) else (value,)


@cache
def platform_of_key(key: str) -> str | None:
    """The operating system, architecture or pair that a select key names, behind a name for cgo if it is one
    of ours for cgo; None for any other key.

    Labels such as ``@rules_go//go/toolchain:cgo_on`` look alike and are not keys of platforms.
    """
    if found := _CGO_LABEL.fullmatch(key):
        setting, part = found[1], found[2]
        return setting if part is None else f"{setting}_{part}" if part in _PLATFORM_NAMES else None
    found = _PLATFORM_LABEL.fullmatch(key)
    if found:
        return found[1] if found[1] in _PLATFORM_NAMES else None
    found = _OS_LABEL.fullmatch(key)
    name = {"macos": "darwin", "osx": "darwin"}.get(found[1], found[1]) if found else ""
    return name if name in _PLATFORM_NAMES else None


def sort_of_name(name: str) -> str:
    """The sort of a key by the name in it: ``pair``, ``os``, ``arch`` or ``cgo``."""
    if name.startswith((CGO_IS_ON, CGO_IS_OFF)):
        return "cgo"
    return "pair" if name in KNOWN_PLATFORMS else "os" if name in _SYSTEMS else "arch"


def _project_select(value: Select, platform: str, *, cgo: bool) -> tuple[str, ...] | None:
    goos, _, goarch = platform.partition("_")
    ranked: dict[str, Value] = {}
    for branch in value.branches:
        name = DEFAULT if branch.key == DEFAULT else platform_of_key(branch.key)
        if name is None:
            return None
        ranked[name] = branch.value
    setting = CGO_IS_ON if cgo else CGO_IS_OFF
    of_cgo = (setting, *(f"{setting}_{each}" for each in (platform, goos, goarch)))
    found = [name for name in of_cgo if name in ranked]
    plain = [name for name in (platform, goos, goarch) if name in ranked]
    if len(found) + bool(plain) > 1 or (plain == [goos, goarch]):
        return None
    name = next(iter((*found, *plain)), DEFAULT)
    return project(ranked[name], platform, cgo=cgo) if name in ranked else None
