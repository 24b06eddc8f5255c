"""Strings per platform as a list and one ``select()``, and one more for strings that depend on cgo.

Comes in: the platforms of each string, or the flags of each platform, in order. Goes out: values for the
printer, with as few keys as possible: operating systems if they suffice, then architectures, then pairs. No
label is in two selects of an attribute, because Bazel does not load that. ``selected`` reads such values.
"""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Iterable, Mapping, Set
from functools import cache

from attrs import frozen

from bazel_xc.bazel.selected import CGO_IS_OFF, CGO_IS_ON
from bazel_xc.buildfile.printer import DEFAULT, strings
from bazel_xc.buildfile.repositories import Repositories
from bazel_xc.buildfile.syntax import Branch, Select, String, Sum, Value
from bazel_xc.golang.constraints import GAZELLE_PLATFORMS, KNOWN_PLATFORMS, RULES_GO_SINCE
from bazel_xc.golang.gazelle import Family, Reading
from bazel_xc.model import ByCgo, ByPlatform, Platform
from bazel_xc.versions import version_numbers


@frozen
class Conditions:
    """The spelling of select keys: rules_go's repository name, the platforms it has, and the package with the
    keys for cgo.
    """

    rules_go: str
    platforms: frozenset[str]
    package: str = "//platforms"

    def key(self, name: str) -> str:
        """The label for an operating system, an architecture or a pair, alone or behind a name for cgo."""
        if name.startswith((CGO_IS_ON, CGO_IS_OFF)):
            return f"{self.package}:{name}"
        return f"@{self.rules_go}//go/platform:{name}"


def select_conditions(
    repositories: Repositories, configured: Iterable[str], package: str = "//platforms"
) -> Conditions:
    """The keys of the declared rules_go; if its version is not known, those of old versions.

    Platforms that Gazelle does not know have keys only if they are ``configured``. ``package`` has the keys
    for cgo.
    """
    version = repositories.version_tuple
    since = {name: version_numbers(text) for name, text in RULES_GO_SINCE.items()}
    asked = GAZELLE_PLATFORMS | (KNOWN_PLATFORMS & frozenset(configured))
    platforms = frozenset(name for name in asked if since.get(name, ()) <= version)
    return Conditions(repositories.rules_go, platforms, package)


@frozen
class Marks:
    """The labels in ``target_compatible_with``: for platforms on which a target cannot be built at all, with
    cgo only, and without cgo only.
    """

    incompatible: str
    requires_cgo: str
    requires_no_cgo: str

    @property
    def all(self) -> frozenset[str]:
        """All labels."""
        return frozenset({self.incompatible, self.requires_cgo, self.requires_no_cgo})


class Form(enum.Enum):
    """How the values of an attribute that has an order are written.

    The default of ``FLAGS`` is empty; the default of ``LABELS`` has the values of most platforms.
    """

    FLAGS = enum.auto()
    LABELS = enum.auto()


def build(values: ByPlatform[str], conditions: Conditions, form: Form) -> Value | None:
    """A list for the common beginning of all platforms, a select for the rest; None for nothing at all."""
    known = conditions.platforms
    lists = [texts for names, texts in values.groups if names & known]
    lists += [()] if not known <= values.platforms else []
    common = _common_prefix(lists)
    if not any(len(texts) > len(common) for texts in lists):
        return strings(common) if common else None
    rest = ByPlatform.fold({name: values.on(name)[len(common) :] for name in sorted(known)})
    lines = form is not Form.LABELS  # Gazelle breaks the lines of its own attributes
    family = _family((names for names, _ in rest.groups), known)
    keyed = {_part(name, family): rest.on(name) for name in sorted(known)}
    default = _most(keyed) if form is Form.LABELS else ()
    choice = _by_key(keyed, default, conditions, multiline=lines)
    return Sum((strings(common, multiline=lines), choice)) if common else choice


def build_set(where: Mapping[str, Reading], conditions: Conditions) -> Value | None:
    """A sorted list for what is needed everywhere, and a select for each family of keys, as Gazelle has it.

    Strings whose platforms are not those of their family's keys get the shortest keys; then the default of
    pairs may have what holds nearly everywhere.
    """
    known = conditions.platforms
    held = {text: _among(reading.platforms, known) for text, reading in where.items()}
    common = [text for text, on in held.items() if on == known and where[text].family is Family.EVERYWHERE]
    if len(common) == len(held):
        return strings(sorted(common)) if common else None
    always = frozenset(common)
    left = {text: on for text, on in held.items() if on and text not in always}
    exact = {text for text, on in left.items() if _has_keys(on, where[text].family, known)}
    rest = _family((on for text, on in left.items() if text not in exact), known)
    choices = [_choice(left, exact, where, family, rest, conditions) for family in ("os", "arch", "pair")]
    selects = [each for each in choices if each]
    parts = [strings(sorted(common), multiline=bool(selects))] if common else []
    values: tuple[Value, ...] = (*parts, *selects)
    return Sum(values) if len(values) > 1 else values[0] if values else None


@cache
def _among(platforms: frozenset[str], known: frozenset[str]) -> frozenset[str]:
    """The platforms that are known; few sets of platforms are in a workspace."""
    return platforms & known


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
    nearly = family == "pair" and not exact >= set(texts)
    default = _nearly_everywhere(keyed) if nearly else ()
    return _by_key(keyed, default, conditions, multiline=True)


def _has_keys(on: frozenset[str], family: Family, platforms: frozenset[str]) -> bool:
    """Whether keys of a family name exactly some platforms."""
    if family is Family.EVERYWHERE:
        return False
    parts = {_part(name, family) for name in on}
    return not any(_part(name, family) in parts for name in platforms - on)


def _most(keyed: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The strings of most keys."""
    counts = Counter(keyed.values())
    return max(counts, key=lambda texts: (counts[texts], not texts, texts))


def _nearly_everywhere(keyed: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The strings of most keys, if a default with them halves the keys; otherwise none."""
    counts = Counter(keyed.values())
    texts, count = max(counts.items(), key=lambda item: (item[1], item[0]))
    return texts if 2 * (len(keyed) - count) < len(keyed) - counts[()] else ()


def build_set_by_cgo(
    families: Mapping[str, Reading], held: Mapping[str, ByCgo], conditions: Conditions
) -> Value | None:
    """As ``build_set``, for strings that depend on cgo: ``held`` has the platforms of each string.

    ``families`` decides the keys of strings for both settings. Bazel refuses a label in two selects, so a
    string that depends on cgo on any platform is only in the last one.
    """
    same = {text: each.on for text, each in held.items() if each.on == each.off}
    alike = {text: Reading(families[text].family, names) for text, names in same.items()}
    rest = {text: held[text] for text in sorted(held.keys() - same.keys())}
    on = ByPlatform.held({text: each.on for text, each in rest.items()})
    off = ByPlatform.held({text: each.off for text, each in rest.items()})
    return _with_settings(build_set(alike, conditions), on, off, conditions)


def build_by_cgo(on: ByPlatform[str], off: ByPlatform[str], conditions: Conditions) -> Value | None:
    """As ``build``, for labels that depend on cgo: the labels for both settings first, then one select.

    Only the common beginning of the two lists of a platform is for both. Bazel refuses a label in two
    selects, so there is none if one of its labels depends on cgo on any platform.
    """
    names = sorted(conditions.platforms)
    both = _for_both(on, off, names)
    with_c, without = (
        ByPlatform.fold({name: each.on(name)[len(both[name]) :] for name in names}) for each in (on, off)
    )
    return _with_settings(build(ByPlatform.fold(both), conditions, Form.LABELS), with_c, without, conditions)


def _with_settings(
    whole: Value | None, on: ByPlatform[str], off: ByPlatform[str], conditions: Conditions
) -> Value | None:
    """A value and one select for the strings that it has with cgo only, or without cgo only."""
    parts = whole.parts if isinstance(whole, Sum) else () if whole is None else (whole,)
    if on or off:
        parts += (_choice_by_cgo({CGO_IS_ON: on, CGO_IS_OFF: off}, conditions),)
    return parts[0] if len(parts) == 1 else Sum(parts) if parts else None


def _for_both(on: ByPlatform[str], off: ByPlatform[str], names: list[str]) -> dict[str, tuple[str, ...]]:
    """The labels of each platform that do not depend on cgo; none if one of them does elsewhere."""
    both = {name: _common_prefix([on.on(name), off.on(name)]) for name in names}
    first = {text for texts in both.values() for text in texts}
    rest = {text for each in (on, off) for name in names for text in each.on(name)[len(both[name]) :]}
    return dict.fromkeys(names, ()) if first & rest else both


def _choice_by_cgo(values: Mapping[str, ByPlatform[str]], conditions: Conditions) -> Select:
    """One select for both settings of cgo. With strings for one setting, the default is for the other one, or
    for most platforms.
    """
    sets = (names for each in values.values() for names, _ in each.groups)
    family = _family(sets, conditions.platforms)
    empty = [setting for setting, each in values.items() if not each]
    keyed = {
        f"{setting}_{_part(name, family)}": each.on(name)
        for setting, each in values.items()
        for name in sorted(conditions.platforms)
        if setting not in empty
    }
    most = Counter(keyed.values()).most_common(1)[0][0]
    listed = sum(1 for texts in keyed.values() if texts)
    exceptions = sum(1 for texts in keyed.values() if texts != most)
    if most and exceptions < listed:
        return _by_key({**dict.fromkeys(empty, ()), **keyed}, most, conditions)
    return _by_key(keyed, (), conditions)


def _by_key(
    keyed: Mapping[str, tuple[str, ...]],
    default: tuple[str, ...],
    conditions: Conditions,
    *,
    multiline: bool = False,
) -> Select:
    """A select with a branch for each key whose strings differ from the default."""
    branches = (
        Branch(conditions.key(name), strings(texts, multiline=multiline))
        for name, texts in keyed.items()
        if texts != default
    )
    return Select((*branches, Branch(DEFAULT, strings(default, multiline=multiline))))


def exclusion(absent: ByCgo, conditions: Conditions, marks: Marks) -> Value | None:
    """A ``target_compatible_with`` that leaves out some platforms, in the shorter of its two forms."""
    platforms = conditions.platforms
    held = {
        **dict.fromkeys(absent.on & absent.off & platforms, (marks.incompatible,)),
        **dict.fromkeys(absent.off - absent.on & platforms, (marks.requires_cgo,)),
        **dict.fromkeys(absent.on - absent.off & platforms, (marks.requires_no_cgo,)),
    }
    return build(ByPlatform.fold(dict(sorted(held.items()))), conditions, Form.LABELS)


def where_cgo_is_on(held: frozenset[str], conditions: Conditions, text: str, otherwise: str) -> Value:
    """A select between two strings: ``text`` on some platforms with cgo, ``otherwise`` everywhere else."""
    if conditions.platforms <= held:
        branches = [Branch(conditions.key(CGO_IS_OFF), String(otherwise)), Branch(DEFAULT, String(text))]
    else:
        names = _names(held & conditions.platforms, conditions.platforms)
        branches = [Branch(conditions.key(f"{CGO_IS_ON}_{name}"), String(text)) for name in names]
        branches.append(Branch(DEFAULT, String(otherwise)))
    return Select(tuple(branches))


def follow(held: frozenset[str], platforms: Iterable[Platform]) -> frozenset[str]:
    """The known platforms that are not among ``platforms``, and on which a fact is assumed.

    It is, if it is true on all of the ``platforms`` of the same system; if there are none, on all of them.
    """
    return _following(held, tuple(platforms))


@cache
def _following(held: frozenset[str], platforms: tuple[Platform, ...]) -> frozenset[str]:
    systems: dict[str, list[str]] = {}
    for each in platforms:
        systems.setdefault(each.goos, []).append(each.name)
    names = frozenset(each.name for each in platforms)
    found = set[str]()
    for name in KNOWN_PLATFORMS - names:
        alike = systems.get(name.partition("_")[0]) or names
        if alike and held.issuperset(alike):
            found.add(name)
    return frozenset(found)


def _part(platform: str, family: str) -> str:
    goos, _, goarch = platform.partition("_")
    return {"os": goos, "arch": goarch}.get(family, platform)


def _family(sets: Iterable[frozenset[str]], platforms: frozenset[str]) -> str:
    """Whether operating systems, architectures or only pairs distinguish sets of platforms."""
    rest = {held for held in sets if held and not platforms <= held}
    for family in ("os", "arch"):
        groups = _groups(platforms, family) if rest else ()
        if all(held.isdisjoint(group) or group <= held for held in rest for group in groups):
            return family
    return "pair"


@cache
def _groups(platforms: frozenset[str], family: str) -> tuple[frozenset[str], ...]:
    """The platforms of each operating system or architecture."""
    groups: dict[str, set[str]] = {}
    for platform in platforms:
        groups.setdefault(_part(platform, family), set()).add(platform)
    return tuple(map(frozenset, groups.values()))


def _names(held: frozenset[str], platforms: frozenset[str]) -> list[str]:
    family = _family([held], platforms)
    return sorted({_part(platform, family) for platform in held})


def _common_prefix(lists: list[tuple[str, ...]]) -> tuple[str, ...]:
    first = min(lists, key=len, default=())
    for at in range(len(first)):
        if any(each[at] != first[at] for each in lists):
            return first[:at]
    return first
