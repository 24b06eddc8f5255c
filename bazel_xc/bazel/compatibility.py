"""On which platforms each rule can be built, with cgo and without it, and which binaries and tests need cgo.

Comes in: outlines, folded packages, the wiring of C and the absence of packages. Goes out: the ``RuleFacts``
that planning needs, the targets of reports, and the labels that Bazel will find incompatible. Attributes are
made elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from bazel_xc.bazel.outline import Outline, Slot
from bazel_xc.bazel.select import follow
from bazel_xc.bazel.wanted import RuleFacts
from bazel_xc.buildfile.rules import ExistingRule
from bazel_xc.buildfile.workspace import Directory
from bazel_xc.golang.constraints import KNOWN_PLATFORMS
from bazel_xc.golang.package import FileKind, GoPackage, PackageFile
from bazel_xc.golang.unloaded import several_mains
from bazel_xc.graph.dependency import Target, cgo_above, unknown_above
from bazel_xc.graph.imports import TEST_KINDS, AbsenceByCgo, is_generated
from bazel_xc.model import ByCgo, Label, Platform

if TYPE_CHECKING:
    from bazel_xc.bazel.wiring import Wiring

_NOWHERE: frozenset[str] = frozenset()
_UNDEFINED_IN_TESTS = "uses a name that only files that are left out there declare"
_AS_ASKED = "auto_auto"  # the defaults of goos and goarch, spelled out


@frozen
class Compatibility:
    """The facts, and the labels of libraries and of binaries that cannot be built on some platforms.

    ``absent_labels`` are for both settings of cgo, ``absent_binaries`` for the configured one.
    """

    facts: RuleFacts
    absent_labels: Mapping[Label, ByCgo]
    absent_binaries: Mapping[Label, frozenset[str]]


def rule_targets(outlines: Iterable[Outline], platforms: Iterable[Platform]) -> Iterator[Target]:
    """The binaries and tests that the workspace will have."""
    platforms = tuple(platforms)
    names = tuple(platform.name for platform in platforms)
    for each in outlines:
        package, path = each.package, each.directory.path
        if each.unread:
            yield from _unread_targets(each.directory, names)
        if package is None:
            continue
        twice = {name: several_mains(mains) for name in names if len(mains := package.mains(name)) > 1}
        for binary in (*((each.binary,) if each.binary else ()), *each.other_binaries):
            if binary.blocked:
                continue
            label = str(Label("", path, binary.name))
            only, elsewhere = _only(binary.existing, platforms)
            there = (name for name in names if name in package.buildable and name not in twice)
            imports = {name: (package.import_path,) for name in there if name not in elsewhere}
            yield Target(
                label,
                "go_binary",
                package.import_path,
                imports,
                why=twice,
                only=only,
                elsewhere=elsewhere,
            )
        for test in each.tests:
            label = str(Label("", path, test.slot.name))
            embeds = each.library is not None and any(file.kind is FileKind.TEST for file in test.files)
            why = {name: _UNDEFINED_IN_TESTS for name in names if name in package.undefined_in_tests}
            imported = {each.path for file in test.files for each in file.source.imports}
            why |= twice if embeds or package.import_path in imported else {}
            left = [name for name in names if name not in why]
            of_test = _test_imports(package, test.files, left, embeds=embeds)
            yield Target(label, "go_test", package.import_path, of_test, why=why)


def _only(rule: ExistingRule | None, platforms: Iterable[Platform]) -> tuple[str, frozenset[str]]:
    """The only platform of a binary whose rule sets it, and all others; both empty for other binaries.

    rules_go builds it there, without cgo unless ``pure`` is ``off``.
    """
    if rule is None or not rule.has_own_platform or rule.own_platform == _AS_ASKED:
        return "", frozenset()
    here, cgo = rule.own_platform, "off" in rule.strings("pure")
    others = (each.name for each in platforms if each.name != here or each.cgo != cgo)
    return here or "a platform of its own", frozenset(others)


def _unread_targets(directory: Directory, platforms: Iterable[str]) -> Iterator[Target]:
    """The binaries and tests of the BUILD file, for a package that could not be loaded."""
    for rule in directory.rules:
        if rule.kind in ("go_binary", "go_test") and rule.name:
            label = str(Label("", directory.path, rule.name))
            yield Target(label, rule.kind, "", {}, unknown=frozenset(platforms))


def flipped_targets(
    outlines: Iterable[Outline], packages: Mapping[str, GoPackage], platforms: Iterable[Platform]
) -> Iterator[Target]:
    """The targets with the ``packages`` of the settings of cgo opposite to those of ``platforms``."""
    return rule_targets(
        (_with_package(each, packages.get(each.directory.path)) for each in outlines),
        (evolve(each, cgo=not each.cgo) for each in platforms),
    )


def _with_package(each: Outline, package: GoPackage | None) -> Outline:
    """The rules of a directory with the package of another setting."""
    if package is None or each.package is None:
        return evolve(each, package=None)
    files = {file.name: file for file in package.files}
    tests = (
        evolve(test, files=tuple(files[file.name] for file in test.files if file.name in files))
        for test in each.tests
    )
    return evolve(each, package=package, tests=tuple(tests))


def compatibility(
    outlines: tuple[Outline, ...],
    packages: Mapping[str, GoPackage],
    where: AbsenceByCgo,
    wiring: Wiring | None = None,
    *,
    always_cgo: bool = False,
) -> Compatibility:
    """Works out for every rule where it can be built; ``wiring`` has the C of the packages.

    With ``always_cgo``, binaries and tests are never built without a cgo package that they have a use for.
    """
    work = _Work(outlines, where, wiring)
    absent = {path: work.library(package) for path, package in packages.items()}
    facts = RuleFacts(
        absent=absent,
        absent_tests=dict(work.tests(absent)),
        needs_cgo=work.uses() if always_cgo else {},
        uncertain=unknown_above(where.universe, work.targets, where.configured),
        flags=wiring.flags if wiring else {},
        test_flags=wiring.test_flags if wiring else {},
        cdeps=wiring.cdeps if wiring else {},
        platforms=work.platforms,
    )
    return Compatibility(
        facts,
        absent_labels=dict(work.labels(absent)),
        absent_binaries=dict(work.binaries()),
    )


def of_module(wiring: Wiring, outlines: Iterable[Outline], platforms: tuple[Platform, ...]) -> Compatibility:
    """The compatibility of a third-party module's rules: a library of the tree that is missing somewhere.

    Where a package cannot be built for another reason, its importers in the workspace are marked.
    """
    absent = {path: ByCgo(lacking) for path, lacking in wiring.absent.items()}
    facts = RuleFacts(
        absent=absent,
        absent_tests={},
        needs_cgo={},
        flags=wiring.flags,
        test_flags=wiring.test_flags,
        cdeps=wiring.cdeps,
        platforms=platforms,
    )
    libraries = ((each.directory.path, each.library) for each in outlines if each.library)
    labels = {Label("", path, slot.name): absent[path] for path, slot in libraries if path in absent}
    return Compatibility(facts, absent_labels=labels, absent_binaries={})


class _Work:
    def __init__(
        self,
        outlines: tuple[Outline, ...],
        where: AbsenceByCgo,
        wiring: Wiring | None,
    ) -> None:
        self.outlines = outlines
        self.where = where
        self.lacking = wiring.absent if wiring else {}
        self.platforms = where.universe.platforms
        self.configured = frozenset(where.universe.names)
        self.targets = tuple(rule_targets(outlines, self.platforms))

    def library(self, package: GoPackage) -> ByCgo:
        """The known platforms on which a package cannot be built, apart from inherited obstacles."""
        path = package.directory
        here = self.where.library(path)
        if not is_generated(package):
            here |= self._elsewhere(package, FileKind.GO)
            here |= ByCgo(self.lacking.get(path, _NOWHERE) - self.configured)
        return self._spread(here, package.of(FileKind.GO))

    def tests(self, absent: Mapping[str, ByCgo]) -> Iterator[tuple[str, ByCgo]]:
        """The platforms on which tests cannot be built, unless the embedded library lacks them already."""
        for each in self.outlines:
            package, path = each.package, each.directory.path
            if package and each.tests:
                nothing = self.where.tests(path) | self._elsewhere(package, *TEST_KINDS)
                nothing = self._spread(nothing, package.of(*TEST_KINDS))
                inherited = absent[path] if each.library and package.of(FileKind.TEST) else ByCgo()
                if not (nothing.on <= inherited.on and nothing.off <= inherited.off):
                    yield path, nothing

    def _elsewhere(self, package: GoPackage, *kinds: FileKind) -> ByCgo:
        """The other known platforms for which a package has no file of some kinds."""
        files, others = package.of(*kinds), KNOWN_PLATFORMS - self.configured
        on, off = (file.by_cgo.on for file in files), (file.by_cgo.off for file in files)
        return ByCgo(others.difference(*on), others.difference(*off))

    def _spread(self, absent: ByCgo, files: Iterable[PackageFile]) -> ByCgo:
        """Assumes for other platforms that cgo is needed where configured ones of the system need it.

        If an import needs it, the constraints of the importing files count too.
        """
        needing = absent.off - absent.on
        if needing:  # a library that a module lacks somewhere decides nothing elsewhere
            needing |= absent.on & self.where.without_libraries
        assumed = follow(needing, self.platforms)
        importing = [file for file in files if any(each.path in self.needing for each in file.source.imports)]
        if importing:
            assumed &= _NOWHERE.union(*(file.by_cgo.off for file in importing))
        return ByCgo(absent.on, absent.off | assumed)

    @cached_property
    def needing(self) -> frozenset[str]:
        """The import paths that can be built with cgo only on a configured platform."""
        paths = self.where.configured.blocked.keys() | self.where.flipped.blocked.keys()
        both = ((path, self.where.blocked(path)) for path in paths)
        return frozenset(path for path, held in both if held.off - held.on)

    def uses(self) -> dict[tuple[str, str], frozenset[str]]:
        """The configured platforms on which a binary or test has cgo below it, if cgo is on."""
        where, flipped = self.where, self.targets
        if where.opposite is not where.universe:
            flipped = tuple(flipped_targets(self.outlines, where.opposite.own, self.platforms))
        here = cgo_above(where.universe, self.targets)
        there = cgo_above(where.opposite, flipped)
        found: dict[tuple[str, str], frozenset[str]] = {}
        for label in here.keys() | there.keys():
            found[_place(label)] = where.join(here.get(label, _NOWHERE), there.get(label, _NOWHERE)).on
        self._add_tests(found)
        return found

    def _add_tests(self, found: dict[tuple[str, str], frozenset[str]]) -> None:
        """Adds tests with a file that imports "C"."""
        for each in self.outlines:
            for test in each.tests:
                own = frozenset(name for file in test.files if file.uses_cgo for name in file.by_cgo.on)
                if own & self.configured:
                    key = each.directory.path, test.slot.name
                    found[key] = found.get(key, _NOWHERE) | (own & self.configured)

    def labels(self, absent: Mapping[str, ByCgo]) -> Iterator[tuple[Label, ByCgo]]:
        """The labels of libraries that Bazel will skip, directly or because of a dependency."""
        for package, slot in self._slots(lambda each: each.library):
            held = absent[package.directory] | self.where.blocked(package.import_path)
            if held:
                yield Label("", package.directory, slot.name), held

    def binaries(self) -> Iterator[tuple[Label, frozenset[str]]]:
        """The same for binaries, on configured platforms with their setting of cgo."""
        universe, here = self.where.universe, self.where.configured
        for package, slot in self._slots(lambda each: each.binary):
            if slot.existing and slot.existing.has_own_platform:
                continue
            blocked = universe.on(here.blocked.get(package.import_path, 0))
            held = here.libraries.get(package.directory, _NOWHERE) | blocked
            if held:
                yield Label("", package.directory, slot.name), held

    def _slots(self, slot_of: Callable[[Outline], Slot | None]) -> Iterator[tuple[GoPackage, Slot]]:
        for each in self.outlines:
            slot = slot_of(each)
            if each.package and slot:
                yield each.package, slot


def _place(label: str) -> tuple[str, str]:
    """The directory and the name of a label; the directory may have any name."""
    package, _, name = label.removeprefix("//").rpartition(":")
    return package, name


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
