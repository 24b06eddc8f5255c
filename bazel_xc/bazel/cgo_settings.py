"""The targets by which BUILD files ask whether cgo is on.

Comes in: the names that BUILD files use. Goes out: the rules that define them, as attributes by name. cgo is
off if the platform has rules_go's constraint value ``cgo_off`` or the build has rules_go's flag ``pure``.
Every other platform has cgo, also one that does not mention it, as in rules_go.

``requires_cgo`` and ``requires_no_cgo`` are for ``target_compatible_with``. Each is an alias of a constraint
that every platform satisfies, or, with the wrong setting, of one that no platform does; Bazel names the
latter when it skips a target. If cgo is on, ``requires_cgo`` also asks for a C toolchain, because rules_go
turns cgo off without a message where there is none.

The other names are for keys of ``select()``: ``cgo_is_on`` and ``cgo_is_off``, alone or with an operating
system, an architecture or a pair, as in ``cgo_is_on_linux_arm64``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from attrs import evolve, frozen

from bazel_xc.bazel.select import Marks
from bazel_xc.bazel.selected import CGO_IS_OFF, CGO_IS_ON, platform_of_key
from bazel_xc.buildfile.printer import DEFAULT, strings
from bazel_xc.buildfile.syntax import Branch, Opaque, Select, String, Value

REQUIRES_CGO, REQUIRES_NO_CGO = "requires_cgo", "requires_no_cgo"
_REFUSED = {REQUIRES_CGO: "requires_cgo_but_cgo_is_off", REQUIRES_NO_CGO: "requires_no_cgo_but_cgo_is_on"}
_SETTING, _MET, _ALWAYS, _NEVER = "cgo_requirement", "requirement_met", "always", "never"
GUARD_KIND, _GUARD = "with_c_toolchain", "c_toolchain_for_cgo"
GUARD_FILE = "requires_cgo.bzl"
_MANUAL = {"tags": strings(["manual"])}  # //... does not ask for a C toolchain by itself
_HEAD = '"""Written by bazel-xc generate'
_GUARD_TEXT = f"""\
{_HEAD}: asks for a C toolchain where cgo is needed.\"\"\"

_CC = "@bazel_tools//tools/cpp:toolchain_type"

def _with_c_toolchain_impl(ctx):
    toolchain = ctx.toolchains[_CC]
    compiler = getattr(getattr(toolchain, "cc", toolchain), "compiler", "")
    if compiler in ["clang-cl", "msvc-cl"]:
        fail("cgo is needed, but rules_go turns it off for the compiler " + compiler)
    return [ctx.attr.constraint[platform_common.ConstraintValueInfo]]

{GUARD_KIND} = rule(
    doc = "A constraint_value that cannot be analysed without a C toolchain for the target platform.",
    implementation = _with_c_toolchain_impl,
    attrs = {{
        "constraint": attr.label(
            mandatory = True,
            providers = [platform_common.ConstraintValueInfo],
        ),
    }},
    toolchains = [_CC],
)
"""
_PLATFORM_OFF, _FLAG_OFF = "platform_without_cgo", "pure_flag"


@frozen
class SettingRule:
    """A rule of the platforms package: kind, name and attributes."""

    kind: str
    name: str
    attributes: Mapping[str, Value]


def marks(incompatible: str, package: str) -> Marks:
    """The labels of targets that cannot be built somewhere; ``package`` is such as ``//platforms``."""
    return Marks(incompatible, f"{package}:{REQUIRES_CGO}", f"{package}:{REQUIRES_NO_CGO}")


def names_in(data: bytes, package: str) -> frozenset[str]:
    """The names of ``package``, such as ``//platforms``, that the text of a BUILD file uses."""
    if package.encode() not in data:
        return frozenset()
    pattern = rf'"{re.escape(package)}:({REQUIRES_CGO}|{REQUIRES_NO_CGO}|cgo_is_\w+)"'
    found = (match[1].decode() for match in re.finditer(pattern.encode(), data))
    return frozenset(name for name in found if name in _REFUSED or platform_of_key(f"//x:{name}"))


def guard_file(names: Iterable[str], old: bytes | None) -> bytes | None:
    """The text of the file that defines the guard; None if it is not needed or somebody else has one."""
    ours = old is None or is_our_guard(old)
    return _GUARD_TEXT.encode() if ours and REQUIRES_CGO in names else None


def is_our_guard(data: bytes) -> bool:
    """Whether bazel-xc wrote a file with the guard's name."""
    return data.startswith(_HEAD.encode())


def setting_rules(names: Iterable[str], rules_go: str, *, guard: bool = False) -> Iterator[SettingRule]:
    """The rules that define some names, each before its use; with ``guard``, cgo asks for a C toolchain."""
    wanted = sorted(names)
    if not wanted:
        return
    cgo_off = strings([f"@{rules_go}//go/toolchain:cgo_off"])
    pure = Opaque(f'{{"@{rules_go}//go/config:pure": "true"}}')
    yield _condition(_PLATFORM_OFF, cgo_off)
    yield SettingRule("config_setting", _FLAG_OFF, {"flag_values": pure, **_public()})
    yield _alias(CGO_IS_OFF, f":{_FLAG_OFF}", f":{_FLAG_OFF}", f":{_PLATFORM_OFF}")
    marked = [name for name in wanted if name in _REFUSED]
    keys = [name for name in wanted if name not in _REFUSED and name != CGO_IS_OFF]
    refused = [_REFUSED[name] for name in marked] or [_REFUSED[REQUIRES_CGO]]
    if marked or keys:
        yield SettingRule("constraint_setting", _SETTING, {"default_constraint_value": String(f":{_MET}")})
        for name in (_MET, *refused):
            yield SettingRule(
                "constraint_value", name, {"constraint_setting": String(f":{_SETTING}"), **_public()}
            )
        guard &= REQUIRES_CGO in marked
        if guard:
            yield SettingRule(GUARD_KIND, _GUARD, {"constraint": String(f":{_MET}"), **_MANUAL, **_public()})
        for name in marked:
            off, on = f":{_REFUSED[name]}", f":{_GUARD if guard else _MET}"
            if name == REQUIRES_NO_CGO:
                off, on = f":{_MET}", off
            alias = _alias(name, f":{CGO_IS_OFF}", off, on)
            yield evolve(alias, attributes={**alias.attributes, **_MANUAL}) if guard else alias
        if keys:
            yield _condition(_NEVER, strings([f":{refused[0]}"]))
        if CGO_IS_ON in keys:
            yield _condition(_ALWAYS, strings([f":{_MET}"]))
    for name in keys:
        yield _key(name, rules_go)


def _key(name: str, rules_go: str) -> SettingRule:
    """An alias of a condition with the same platforms, or of one that is never true."""
    if name == CGO_IS_ON:
        return _alias(name, f":{CGO_IS_OFF}", f":{_NEVER}", f":{_ALWAYS}")
    setting = CGO_IS_ON if name.startswith(f"{CGO_IS_ON}_") else CGO_IS_OFF
    there = f"@{rules_go}//go/platform:{name.removeprefix(f'{setting}_')}"
    both = (f":{_NEVER}", there) if setting == CGO_IS_ON else (there, f":{_NEVER}")
    return _alias(name, f":{CGO_IS_OFF}", *both)


def _condition(name: str, constraints: Value) -> SettingRule:
    return SettingRule("config_setting", name, {"constraint_values": constraints, **_public()})


def _alias(name: str, key: str, label: str, otherwise: str) -> SettingRule:
    branches = (Branch(key, String(label)), Branch(DEFAULT, String(otherwise)))
    return SettingRule("alias", name, {"actual": Select(branches), **_public()})


def _public() -> dict[str, Value]:
    return {"visibility": strings(["//visibility:public"])}
