"""The platforms package and the lines for .bazelrc.

Comes in: the configured platforms, the declarations of the workspace, the rules of the package. Goes out:
wanted rules for it, findings about rules of other people, the text of its bazelrc fragment. Toolchains are
not handled.

A ``platform()`` is ours if bazel-xc may have written it. It has a name, ``constraint_values`` and public
``visibility``, and no other attribute except rules_go's platform for Windows with cgo as its only parent. Its
values are the system and the processor of its name, one of rules_go's values for cgo, and perhaps constraints
of bazel_xc.toml. Any other is somebody's own and stays byte for byte.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from attrs import evolve

from bazel_xc.bazel.cgo_settings import marks, setting_rules
from bazel_xc.bazel.outline import Slot
from bazel_xc.bazel.select import Marks
from bazel_xc.bazel.wanted import WantedRule
from bazel_xc.buildfile.printer import strings
from bazel_xc.buildfile.repositories import Repositories
from bazel_xc.buildfile.rules import ExistingRule
from bazel_xc.buildfile.syntax import BuildFile, Call, ListValue, String, Value
from bazel_xc.model import Diagnostic, Platform

BAZELRC_NAME = "platforms.bazelrc"
INCOMPATIBLE = "incompatible"
_FRAGMENT_HEAD = "# Written by bazel-xc generate"
_SETTING = "buildable"
# rules_go's own spelling (go/private/platforms.bzl), valid in every release of the platforms repository.
_OS: Mapping[str, str] = {
    "android": "android", "darwin": "osx", "freebsd": "freebsd", "ios": "ios", "linux": "linux",
    "windows": "windows",
}  # fmt: skip
_CPU: Mapping[str, str] = {
    "386": "x86_32", "amd64": "x86_64", "arm64": "aarch64", "s390x": "s390x",
}  # fmt: skip


def platform_marks(repositories: Repositories, package: str) -> Marks:
    """The labels that mark targets as not buildable somewhere; ``package`` is the platforms package."""
    return marks(incompatible_label(repositories, package), f"//{package}")


def incompatible_label(repositories: Repositories, package: str) -> str:
    """The label that marks a target as not buildable.

    It is ``@platforms//:incompatible`` if MODULE.bazel declares that module; otherwise a value of our own,
    because the copy inside old Bazels lacks it.
    """
    dep = repositories.bazel_dep("platforms")
    if repositories.bzlmod and dep:
        return f"@{dep.repository}//:incompatible"
    return f"//{package}:{INCOMPATIBLE}"


def platform_rules(
    platforms: Iterable[Platform],
    repositories: Repositories,
    package: str,
    existing: Iterable[ExistingRule],
    used: Iterable[str] = (),
    *,
    guard: bool = False,
) -> tuple[WantedRule, ...]:
    """The rules of the platforms package, matched with the existing ones; none for rules of others. ``used``
    are the names for cgo that BUILD files use; for ``guard`` see ``setting_rules``.
    """
    named = {rule.name: rule for rule in existing if rule.name}
    wanted = [*_rules(platforms, repositories, package, named)]
    wanted += [
        _rule(each.kind, each.name, named, each.attributes)
        for each in setting_rules(used, repositories.rules_go, guard=guard)
    ]
    made = frozenset(name for name, rule in named.items() if rule.made_by_evaluation)
    return tuple(rule for rule in wanted if rule.slot.name not in made)


def platform_findings(
    platforms: Iterable[Platform], repositories: Repositories, file: BuildFile | None
) -> tuple[Diagnostic, ...]:
    """The constraints of bazel_xc.toml that platforms written by hand lack."""
    wanted = {platform.name: platform for platform in platforms}
    found: list[Diagnostic] = []
    for call in file.calls if file else ():
        platform = wanted.get(call.name)
        if file and platform and call.kind == "platform" and not _is_ours(call, platform, repositories):
            found.extend(_lacks(call, platform, repositories, file.path))
    return tuple(found)


def read_platforms(file: BuildFile | None, known: Collection[str]) -> Iterator[Platform]:
    """The known platforms that the rules of a file describe.

    The name decides, else system and processor. Without rules_go's value for cgo, cgo is on: rules_go asks
    for ``cgo_off`` alone.
    """
    for call in file.calls if file else ():
        texts = (*call.strings("constraint_values"), *call.strings("parents"))
        name = call.name if call.name in known else _name_of(texts)
        of_go = [found for text in texts if (found := go_platform(text, known))]
        if call.kind == "platform" and (name in known or of_go):
            off = any(text.endswith(":cgo_off") for text in texts) or not all(each.cgo for each in of_go)
            goos, _, goarch = (name if name in known else of_go[0].name).partition("_")
            yield Platform(goos, goarch, cgo=not off)


def go_platform(label: str, known: Collection[str]) -> Platform | None:
    """The platform that a label of rules_go names, such as ``@rules_go//go/toolchain:linux_arm64_cgo``."""
    _, found, name = label.rpartition("//go/toolchain:")
    platform = name.removesuffix("_cgo")
    goos, _, goarch = platform.partition("_")
    return Platform(goos, goarch, cgo=platform != name) if found and platform in known else None


def bazelrc(
    names: Mapping[str, str],
    repositories: Repositories,
    package: str,
    tags: Iterable[str] = (),
    always: Iterable[str] = (),
) -> str:
    """The fragment that gives every platform a ``--config``; ``names`` are those by platform.

    rules_go gets the build ``tags`` with each, unless it ``always`` has them; the setting replaces what it
    has, so that these are repeated.
    """
    lines = [
        f"{_FRAGMENT_HEAD}; a line in .bazelrc brings it in:",
        f"#     try-import %workspace%/{package}/{BAZELRC_NAME}",
    ]
    if not repositories.bzlmod:
        lines.append("# C toolchains are chosen by platform; newer Bazels always do this.")
        lines.append("build --incompatible_enable_cc_toolchain_resolution")
    wanted = dict.fromkeys((*always, *tags))
    setting = f" --@{repositories.rules_go}//go/config:tags={','.join(wanted)}"
    more = setting if wanted.keys() - set(always) else ""
    lines += [f"build:{config} --platforms=//{package}:{name}{more}" for name, config in names.items()]
    return "\n".join(lines) + "\n"


def is_our_fragment(data: bytes) -> bool:
    """Whether bazel-xc wrote a fragment of .bazelrc."""
    return data.startswith(_FRAGMENT_HEAD.encode())


def _rules(
    platforms: Iterable[Platform],
    repositories: Repositories,
    package: str,
    named: Mapping[str, ExistingRule],
) -> Iterator[WantedRule]:
    if incompatible_label(repositories, package).startswith(f"//{package}:"):
        public = strings(["//visibility:public"])
        yield _rule("constraint_setting", _SETTING, named, {})
        yield _rule(
            "constraint_value",
            INCOMPATIBLE,
            named,
            {"constraint_setting": String(f":{_SETTING}"), "visibility": public},
        )
    for platform in sorted(platforms):
        existing = named.get(platform.name)
        call = existing.call if existing else None
        if call and call.kind == "platform" and not _is_ours(call, platform, repositories):
            continue
        attributes: dict[str, Value] = {
            "constraint_values": strings(_constraint_values(platform, repositories)),
            "visibility": strings(["//visibility:public"]),
        }
        if parent := _parent(platform):
            attributes["parents"] = strings([f"@{repositories.rules_go}{parent}"])
        yield _rule("platform", platform.name, named, attributes)


def _rule(
    kind: str, name: str, named: Mapping[str, ExistingRule], attributes: Mapping[str, Value]
) -> WantedRule:
    existing = named.get(name)
    fits = existing if existing and existing.written == kind else None
    return WantedRule(Slot(kind, kind, name, fits, existing is not None and fits is None), attributes)


def _constraint_values(platform: Platform, repositories: Repositories) -> tuple[str, ...]:
    go = f"@{repositories.rules_go}//go/toolchain:"
    cgo = f"{go}{'cgo_on' if platform.cgo else 'cgo_off'}"
    return tuple(dict.fromkeys([*_machine(platform, repositories), *platform.constraints, cgo]))


def _machine(platform: Platform, repositories: Repositories) -> tuple[str, str]:
    """The constraint values of system and processor."""
    go = f"@{repositories.rules_go}//go/toolchain:"
    dep = repositories.bazel_dep("platforms")
    base = f"@{dep.repository if dep else 'platforms'}//"
    system = f"{base}os:{_OS[platform.goos]}" if platform.goos in _OS else f"{go}{platform.goos}"
    cpu = f"{base}cpu:{_CPU[platform.goarch]}" if platform.goarch in _CPU else f"{go}{platform.goarch}"
    return system, cpu


def _parent(platform: Platform) -> str:
    """rules_go's own platform for Windows with cgo, whose constraints keep Bazel from choosing MSVC."""
    there = platform.cgo and platform.name in ("windows_386", "windows_amd64", "windows_arm64")
    return f"//go/toolchain:{platform.name}_cgo" if there else ""


def _is_ours(call: Call, platform: Platform, repositories: Repositories) -> bool:
    """Whether a rule has the values that would be written, for cgo on or off; see the module's docstring.

    The repositories may have other names now, as after a move from a WORKSPACE to modules.
    """
    values = call.strings("constraint_values")
    system, cpu = (_target(text) for text in _machine(platform, repositories))
    own = [text for text in values if text not in platform.constraints]
    cgo = [f"//go/toolchain:{each}" for each in ("cgo_on", "cgo_off")]
    parents = {_target(text) for text in call.strings("parents")}
    return (
        {each.name for each in call.attributes} - {"parents"} == {"name", "constraint_values", "visibility"}
        and parents <= {_parent(evolve(platform, cgo=True))}
        and all(isinstance(each.value, String | ListValue) for each in call.attributes)
        and call.strings("visibility") == ("//visibility:public",)
        and sorted(map(_target, own)) in [sorted((system, cpu, each)) for each in cgo]
    )


def _target(label: str) -> str:
    """A label without its repository."""
    _, slashes, rest = label.partition("//")
    return slashes + rest if slashes else label


def _lacks(call: Call, platform: Platform, repositories: Repositories, path: str) -> Iterator[Diagnostic]:
    """The constraint values that a rule lacks; inherited or computed values are not known."""
    attribute = call.get("constraint_values")
    if call.opaque or call.get("parents") or (attribute and not isinstance(attribute.value, ListValue)):
        return
    there = set(map(_target, call.strings("constraint_values")))
    wanted = (*platform.constraints, _constraint_values(platform, repositories)[-1])
    lacking = [text for text in wanted if _target(text) not in there]
    if lacking:
        yield Diagnostic(
            path=path,
            line=call.line,
            code="own-platform",
            message=f"platform {call.name} is your own and stays, but it lacks {' and '.join(lacking)}",
            remedy="change its constraint_values or bazel_xc.toml",
        )


def _name_of(constraints: Iterable[str]) -> str:
    """``<goos>_<goarch>`` from constraint values, empty if they do not have both."""
    systems = {f"os:{theirs}": goos for goos, theirs in _OS.items()} | {"os:macos": "darwin"}
    cpus = {f"cpu:{theirs}": goarch for goarch, theirs in _CPU.items()} | {"cpu:arm64": "arm64"}
    last = [text.rpartition("//")[2] for text in constraints]
    goos = next((systems[each] for each in last if each in systems), "")
    goarch = next((cpus[each] for each in last if each in cpus), "")
    return f"{goos}_{goarch}" if goos and goarch else ""
