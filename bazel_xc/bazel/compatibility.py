"""On which platforms each rule can be built, and which binaries and tests have cgo below them.

Comes in: outlines, folded packages, the wiring of C and the dependency graph. Goes out: the ``Facts`` that
planning needs, the targets that reports are about, and the labels that Bazel will find incompatible. How
that is written is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from attrs import frozen

from bazel_xc.bazel.outline import Outline, Slot
from bazel_xc.bazel.plan import Facts
from bazel_xc.bazel.wiring import Wiring
from bazel_xc.golang.listing import Listing
from bazel_xc.golang.package import FileKind, GoPackage, PackageFile
from bazel_xc.graph.absence import absent_for_tests, absent_platforms, broken_on
from bazel_xc.graph.build import targets_with_cgo
from bazel_xc.graph.dependency import Target
from bazel_xc.model import Label, Platform


@frozen
class Compatibility:
    """The facts, and the labels of libraries and of binaries that cannot be built on some platforms."""

    facts: Facts
    absent_labels: Mapping[Label, frozenset[str]]
    absent_binaries: Mapping[Label, frozenset[str]]


def rule_targets(outlines: Iterable[Outline], platforms: Iterable[Platform]) -> Iterator[Target]:
    """The binaries and tests that will stand in the workspace."""
    names = tuple(platform.name for platform in platforms)
    for each in outlines:
        package, path = each.package, each.directory.path
        if package is None:
            continue
        if each.binary and not each.binary.blocked:
            label = str(Label("", path, each.binary.name))
            imports = {name: (package.import_path,) for name in names if name in package.buildable}
            yield Target(label, "go_binary", package.import_path, imports)
        for test in each.tests:
            label = str(Label("", path, test.slot.name))
            yield Target(label, "go_test", package.import_path, _test_imports(package, test.files, names))


def compatibility(
    outlines: tuple[Outline, ...],
    packages: Mapping[str, GoPackage],
    listings: tuple[Listing, ...],
    platforms: tuple[Platform, ...],
    wiring: Wiring,
) -> Compatibility:
    """Works out for every rule where it can be built and where it needs cgo."""
    absent = {
        path: absent_platforms(package, platforms) | wiring.absent.get(path, frozenset())
        for path, package in packages.items()
    }
    broken = broken_on(packages.values(), platforms, absent)
    facts = Facts(
        absent=absent,
        absent_tests=_absent_tests(outlines, platforms, absent),
        needs_cgo=_needs_cgo(outlines, platforms, packages, listings),
        flags=wiring.flags,
        test_flags=wiring.test_flags,
        cdeps=wiring.cdeps,
        configured=frozenset(platform.name for platform in platforms),
    )
    return Compatibility(
        facts,
        absent_labels=_absent_labels(outlines, absent, broken, lambda each: each.library),
        absent_binaries=_absent_labels(outlines, absent, broken, lambda each: each.binary),
    )


def _needs_cgo(
    outlines: Iterable[Outline],
    platforms: tuple[Platform, ...],
    packages: Mapping[str, GoPackage],
    listings: tuple[Listing, ...],
) -> dict[tuple[str, str], frozenset[str]]:
    """Where a binary or test has cgo below it, or a test file imports "C" itself."""
    outlines = tuple(outlines)
    found: dict[tuple[str, str], frozenset[str]] = {}
    targets = rule_targets(outlines, platforms)
    for text, held in targets_with_cgo(listings, packages.values(), targets).items():
        label = Label.parse(text)
        found[label.package, label.name] = held
    for each in outlines:
        for test in each.tests:
            own = frozenset(name for file in test.files if file.uses_cgo for name in file.active)
            if own:
                key = each.directory.path, test.slot.name
                found[key] = found.get(key, frozenset()) | own
    return found


def _absent_tests(
    outlines: Iterable[Outline], platforms: tuple[Platform, ...], absent: Mapping[str, frozenset[str]]
) -> dict[str, frozenset[str]]:
    """Where tests have nothing to compile, unless the library they embed says it already."""
    found: dict[str, frozenset[str]] = {}
    for each in outlines:
        if each.package and each.tests:
            nothing = absent_for_tests(each.package, platforms)
            embeds = each.library and each.package.of(FileKind.TEST)
            if not (embeds and nothing <= absent[each.directory.path]):
                found[each.directory.path] = nothing
    return found


def _absent_labels(
    outlines: Iterable[Outline],
    absent: Mapping[str, frozenset[str]],
    broken: Mapping[str, frozenset[str]],
    slot_of: Callable[[Outline], Slot | None],
) -> dict[Label, frozenset[str]]:
    """What Bazel will find incompatible of a kind of rule, by itself or through what it depends on."""
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
    package: GoPackage, files: Iterable[PackageFile], platforms: Iterable[str]
) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    files = tuple(files)
    internal = any(file.kind is FileKind.TEST for file in files)
    for platform in platforms:
        active = [file for file in files if platform in file.active]
        if active:
            paths = {each.path for file in active for each in file.source.imports}
            own = {package.import_path} if internal and platform in package.buildable else set()
            found[platform] = tuple(sorted((paths | own) - {"C"}))
    return found
