"""The platforms package and the lines for .bazelrc.

Comes in: the configured platforms, what the workspace declares, the package's BUILD file as it stands. Goes
out: wanted rules for it, and the text of its bazelrc fragment. A ``platform()`` that somebody wrote by hand
keeps what it says about system and processor; only the cgo value is brought in step. No toolchains here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from bazel_xc.bazel.outline import Slot
from bazel_xc.bazel.plan import WantedRule
from bazel_xc.buildfile.printer import strings
from bazel_xc.buildfile.repositories import Repositories
from bazel_xc.buildfile.syntax import BuildFile, Call, String, Value
from bazel_xc.model import Platform

BAZELRC_NAME = "platforms.bazelrc"
INCOMPATIBLE = "incompatible"
_SETTING = "buildable"
# rules_go's own spelling (go/private/platforms.bzl), valid in every release of the platforms repository.
_OS: Mapping[str, str] = {
    "android": "android", "darwin": "osx", "freebsd": "freebsd", "ios": "ios", "linux": "linux",
    "windows": "windows",
}  # fmt: skip
_CPU: Mapping[str, str] = {
    "386": "x86_32", "amd64": "x86_64", "arm64": "aarch64", "s390x": "s390x",
}  # fmt: skip


def incompatible_label(repositories: Repositories, package: str) -> str:
    """What marks a target as not buildable.

    ``@platforms//:incompatible`` where MODULE.bazel declares that module; elsewhere a value of our own,
    since the copy inside old Bazels lacks it.
    """
    dep = repositories.bazel_dep("platforms")
    if repositories.bzlmod and dep:
        return f"@{dep.repository}//:incompatible"
    return f"//{package}:{INCOMPATIBLE}"


def platform_rules(
    platforms: Iterable[Platform], repositories: Repositories, package: str, file: BuildFile | None
) -> tuple[WantedRule, ...]:
    """The rules of the platforms package, matched with those that stand there."""
    calls = {call.name: call for call in (file.calls if file else ()) if call.name}
    return tuple(_rules(platforms, repositories, package, calls))


def bazelrc(platforms: Iterable[Platform], repositories: Repositories, package: str) -> str:
    """The fragment that gives every platform a ``--config`` of its name."""
    lines = [
        "# Written by bazel-xc generate; a line in .bazelrc brings it in:",
        f"#     try-import %workspace%/{package}/{BAZELRC_NAME}",
    ]
    if not repositories.bzlmod:
        lines.append("# C toolchains are chosen by platform; newer Bazels do this without being told.")
        lines.append("build --incompatible_enable_cc_toolchain_resolution")
    lines += [f"build:{each.name} --platforms=//{package}:{each.name}" for each in sorted(platforms)]
    return "\n".join(lines) + "\n"


def _rules(
    platforms: Iterable[Platform], repositories: Repositories, package: str, calls: Mapping[str, Call]
) -> Iterator[WantedRule]:
    if incompatible_label(repositories, package).startswith(f"//{package}:"):
        public = strings(["//visibility:public"])
        yield _rule("constraint_setting", _SETTING, calls, {})
        yield _rule(
            "constraint_value",
            INCOMPATIBLE,
            calls,
            {"constraint_setting": String(f":{_SETTING}"), "visibility": public},
        )
    for platform in sorted(platforms):
        existing = calls.get(platform.name)
        values = _constraint_values(platform, repositories, existing)
        attributes: dict[str, Value] = {
            "constraint_values": strings(values),
            "visibility": strings(["//visibility:public"]),
        }
        yield _rule("platform", platform.name, calls, attributes)


def _rule(kind: str, name: str, calls: Mapping[str, Call], attributes: dict[str, Value]) -> WantedRule:
    existing = calls.get(name)
    fits = existing if existing and existing.kind == kind else None
    return WantedRule(Slot(kind, kind, name, fits, existing is not None and fits is None), attributes)


def _constraint_values(
    platform: Platform, repositories: Repositories, existing: Call | None
) -> tuple[str, ...]:
    go = f"@{repositories.rules_go}//go/toolchain:"
    dep = repositories.bazel_dep("platforms")
    base = f"@{dep.repository if dep else 'platforms'}//"
    system = f"{base}os:{_OS[platform.goos]}" if platform.goos in _OS else f"{go}{platform.goos}"
    cpu = f"{base}cpu:{_CPU[platform.goarch]}" if platform.goarch in _CPU else f"{go}{platform.goarch}"
    cgo = f"{go}{'cgo_on' if platform.cgo else 'cgo_off'}"
    written = existing.strings("constraint_values") if existing else ()
    others = [text for text in written if not text.endswith((":cgo_on", ":cgo_off"))]
    inherits = existing is not None and existing.get("parents") is not None
    ours = others if inherits or others else [system, cpu]
    return tuple(dict.fromkeys([*ours, *platform.constraints, cgo]))
