"""On which platforms each rule can be built, and which binaries and tests have cgo below them.

Comes in: outlines, folded packages, the wiring of C and the dependency graph. Goes out: the ``RuleFacts``
that planning needs, the targets of reports, and the labels that Bazel will find incompatible. Attributes are
made elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from attrs import frozen

from bazel_xc.bazel.outline import Outline, Slot
from bazel_xc.bazel.wanted import RuleFacts
from bazel_xc.buildfile.workspace import Directory
from bazel_xc.golang.package import FileKind, GoPackage, PackageFile
from bazel_xc.golang.universe import Universe
from bazel_xc.graph.dependency import Target, targets_above
from bazel_xc.graph.imports import Absence
from bazel_xc.model import Label, Platform

if TYPE_CHECKING:
    from bazel_xc.bazel.wiring import Wiring


@frozen
class Compatibility:
    """The facts, and the labels of libraries and of binaries that cannot be built on some platforms."""

    facts: RuleFacts
    absent_labels: Mapping[Label, frozenset[str]]
    absent_binaries: Mapping[Label, frozenset[str]]


def rule_targets(outlines: Iterable[Outline], platforms: Iterable[Platform]) -> Iterator[Target]:
    """The binaries and tests that the workspace will have."""
    names = tuple(platform.name for platform in platforms)
    for each in outlines:
        package, path = each.package, each.directory.path
        if each.unread:
            yield from _unread_targets(each.directory, names)
        if package is None:
            continue
        for binary in (*((each.binary,) if each.binary else ()), *each.other_binaries):
            if binary.blocked:
                continue
            label = str(Label("", path, binary.name))
            imports = {name: (package.import_path,) for name in names if name in package.buildable}
            yield Target(label, "go_binary", package.import_path, imports)
        for test in each.tests:
            label = str(Label("", path, test.slot.name))
            embeds = each.library is not None and any(file.kind is FileKind.TEST for file in test.files)
            of_test = _test_imports(package, test.files, names, embeds=embeds)
            yield Target(label, "go_test", package.import_path, of_test)


def _unread_targets(directory: Directory, platforms: Iterable[str]) -> Iterator[Target]:
    """The binaries and tests of the BUILD file, for a package that could not be loaded."""
    for rule in directory.rules:
        if rule.kind in ("go_binary", "go_test") and rule.name:
            label = str(Label("", directory.path, rule.name))
            yield Target(label, rule.kind, "", {}, unknown=frozenset(platforms))


def compatibility(
    outlines: tuple[Outline, ...],
    build: Universe,
    packages: Mapping[str, GoPackage],
    where: Absence,
    wiring: Wiring | None = None,
) -> Compatibility:
    """Works out for every rule where it can be built and where it needs cgo; ``wiring`` is that of packages
    with C.
    """
    absent = {path: where.of(package) for path, package in packages.items()}
    broken = {path: build.on(mask) for path, mask in where.blocked.items()}
    needs_cgo, uncertain = targets_above(build, rule_targets(outlines, build.platforms), where)
    facts = RuleFacts(
        absent=absent,
        absent_tests=_absent_tests(outlines, where),
        needs_cgo=_needs_cgo(outlines, needs_cgo),
        uncertain=uncertain,
        flags=wiring.flags if wiring else {},
        test_flags=wiring.test_flags if wiring else {},
        cdeps=wiring.cdeps if wiring else {},
        configured=frozenset(build.names),
    )
    return Compatibility(
        facts,
        absent_labels=_absent_labels(outlines, absent, broken, lambda each: each.library),
        absent_binaries=_absent_labels(outlines, absent, broken, lambda each: each.binary),
    )


def _needs_cgo(
    outlines: Iterable[Outline], below: Mapping[str, frozenset[str]]
) -> dict[tuple[str, str], frozenset[str]]:
    """Where a binary or test has cgo ``below`` it, or a test file imports "C" itself."""
    found: dict[tuple[str, str], frozenset[str]] = {}
    for text, held in below.items():
        package, _, name = text.removeprefix("//").rpartition(":")  # of a directory with any name
        found[package, name] = held
    for each in outlines:
        for test in each.tests:
            own = frozenset(name for file in test.files if file.uses_cgo for name in file.active)
            if own:
                key = each.directory.path, test.slot.name
                found[key] = found.get(key, frozenset()) | own
    return found


def _absent_tests(outlines: Iterable[Outline], where: Absence) -> dict[str, frozenset[str]]:
    """The platforms on which tests cannot be built, unless the embedded library lacks them already."""
    found: dict[str, frozenset[str]] = {}
    for each in outlines:
        if each.package and each.tests:
            nothing = where.tests[each.directory.path]
            embeds = each.library and each.package.of(FileKind.TEST)
            if not (embeds and nothing <= where.of(each.package)):
                found[each.directory.path] = nothing
    return found


def _absent_labels(
    outlines: Iterable[Outline],
    absent: Mapping[str, frozenset[str]],
    broken: Mapping[str, frozenset[str]],
    slot_of: Callable[[Outline], Slot | None],
) -> dict[Label, frozenset[str]]:
    """Labels of rules that Bazel will skip, directly or because of a dependency."""
    found: dict[Label, frozenset[str]] = {}
    for each in outlines:
        slot = slot_of(each)
        if each.package and slot:
            path = each.directory.path
            held = absent[path] | broken.get(each.package.import_path, frozenset())
            if held:
                found[Label("", path, slot.name)] = held
    return found


def _test_imports(
    package: GoPackage, files: Iterable[PackageFile], platforms: Iterable[str], *, embeds: bool
) -> dict[str, tuple[str, ...]]:
    """The imports of a test on each platform, with its own package if the rule embeds the library."""
    found: dict[str, tuple[str, ...]] = {}
    files = tuple(files)
    for platform in platforms:
        active = [file for file in files if platform in file.active]
        if active:
            paths = {each.path for file in active for each in file.source.imports}
            own = {package.import_path} if embeds else set()
            found[platform] = tuple(sorted((paths | own) - {"C"}))
    return found
