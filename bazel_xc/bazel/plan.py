"""The rules wanted in each directory, with all their attributes.

Comes in: outlines (the rules), the index (the labels of imports), C flags per platform, and the platforms on
which packages cannot be built. Goes out: per directory a tuple of ``WantedRule`` with values ready for
printing, and diagnostics about imports. The attributes of each kind are Gazelle's, plus C sources per
platform, ``pure`` and ``target_compatible_with``. No BUILD file is changed here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from attrs import evolve, frozen

from bazel_xc.bazel import embeds
from bazel_xc.bazel.import_index import Index
from bazel_xc.bazel.outline import Outline, Slot, TestSlot
from bazel_xc.bazel.placement import importmap, library_visibility, testdata, visibility
from bazel_xc.bazel.select import (
    Conditions,
    Form,
    Marks,
    build,
    build_by_cgo,
    build_set,
    build_set_by_cgo,
    exclusion,
    follow,
    where_cgo_is_on,
)
from bazel_xc.bazel.selected import same_parts
from bazel_xc.bazel.wanted import RuleFacts, WantedRule
from bazel_xc.buildfile.printer import strings
from bazel_xc.buildfile.rules import default_visibility
from bazel_xc.buildfile.syntax import ListValue, Opaque, Select, String, Sum, Value
from bazel_xc.buildfile.workspace import Directory, Workspace
from bazel_xc.golang.constraints import KNOWN_PLATFORMS
from bazel_xc.golang.gazelle import EVERYWHERE, NOWHERE, Reading, read_constraints
from bazel_xc.golang.package import GO_KINDS, FileKind, GoPackage, PackageFile, readings_of
from bazel_xc.model import ByCgo, ByPlatform, Diagnostic, Label, Severity

TRUE = Opaque("True")
_CGO_LANGUAGES = frozenset({FileKind.C})
_CXX = (".cc", ".cpp", ".cxx", ".mm")


@frozen(kw_only=True)
class Planner:
    """The facts about the whole workspace that the plan of one directory needs."""

    workspace: Workspace
    index: Index
    conditions: Conditions
    facts: RuleFacts
    marks: Marks
    packages: frozenset[str]  # directories that are or become Bazel packages
    absent_labels: Mapping[Label, ByCgo]
    blocked: Callable[[str], ByCgo]  # the platforms on which a package of another module cannot be built
    filters_tests: bool = True  # whether go_test itself leaves out files by their constraints
    assembles_with_c: bool = True  # whether rules_go hands assembly beside cgo to the C compiler
    beside_gazelle: bool = False  # whether Gazelle may run in the workspace as well

    def plan(self, outline: Outline) -> tuple[tuple[WantedRule, ...], tuple[Diagnostic, ...]]:
        """The wanted rules of a directory, in writing order."""
        work = _RulePlanner(self, outline)
        return tuple(work.rules()), tuple(work.said)


class _RulePlanner:
    """Plans one directory."""

    def __init__(self, planner: Planner, outline: Outline) -> None:
        self.planner = planner
        self.outline = outline
        self.directory: Directory = outline.directory
        self.settings = outline.directory.settings
        self.said: list[Diagnostic] = []
        self.embeddable: tuple[str, ...] | None = None
        self.unresolved: frozenset[str] = frozenset()
        self.contested: frozenset[str] = frozenset()

    def rules(self) -> Iterable[WantedRule]:
        package = self.outline.package
        if package is None:
            return
        library, binary, alias = self.outline.library, self.outline.binary, self.outline.alias
        if library and not library.blocked:
            yield self._library(package, library)
        if alias and library and not alias.blocked:
            yield WantedRule(alias, self._alias(package, library))
        if binary and library and not binary.blocked:
            yield self._binary(package, binary, library)
        for test in self.outline.tests:
            if not test.slot.blocked:
                yield self._test(package, test)

    def _library(self, package: GoPackage, slot: Slot) -> WantedRule:
        files = self._library_files(package)
        attributes: dict[str, Value | None] = {
            **self._compiled(package, files, {Label("", package.directory, slot.name)}),
            "importmap": importmap(package, self.settings, self.planner.index.externals.modules),
            "importpath": String(package.import_path),
            "target_compatible_with": self._exclusion(self._absent(package)),
        }
        if self.outline.protos:
            attributes["embed"] = strings(f":{proto.name}" for proto in self.outline.protos)
        self._add_visibility(attributes, library_visibility(package, self.settings))
        return self._wanted(slot, attributes, package.import_path)

    def _wanted(self, slot: Slot, attributes: Mapping[str, Value | None], node: str) -> WantedRule:
        """The rule with its uncertain attributes; ``node`` is its label or import path in the graph."""
        uncertain, self.unresolved = self.unresolved, frozenset()
        contested, self.contested = self.contested, frozenset()
        if node in self.planner.facts.uncertain:
            uncertain |= {"pure", "target_compatible_with"}
        return WantedRule(slot, _present(attributes), uncertain, contested)

    def _label(self, slot: Slot) -> str:
        return str(Label("", self.directory.path, slot.name))

    def _library_files(self, package: GoPackage) -> tuple[PackageFile, ...]:
        """All files but tests; C if cgo is used; no .pb.go that a proto library makes."""
        cgo = self.settings.cgo and package.is_cgo(FileKind.GO)
        files = [
            file
            for file in package.files
            if file.kind not in (FileKind.TEST, FileKind.XTEST)
            and (cgo or file.kind is not FileKind.C)
            and (self.settings.cgo or not file.uses_cgo)
        ]
        if self.outline.protos:
            names = frozenset(self.directory.files)
            files = [file for file in files if not _made_by_proto(file.name, names)]
        return tuple(files)

    def _alias(self, package: GoPackage, library: Slot) -> dict[str, Value]:
        attributes: dict[str, Value | None] = {"actual": String(f":{library.name}")}
        self._add_visibility(attributes, visibility(self.directory.path, package.import_path, self.settings))
        return _present(attributes)

    def _binary(self, package: GoPackage, slot: Slot, library: Slot) -> WantedRule:
        attributes: dict[str, Value | None] = {
            "embed": strings([f":{library.name}"]),
            "pgoprofile": String("default.pgo") if "default.pgo" in self.directory.files else None,
            "gc_linkopts": self._option("gc_linkopts"),
            "pure": self._pure(slot),
            "target_compatible_with": self._exclusion(self._absent(package)),
        }
        self._add_visibility(attributes, visibility(self.directory.path, package.import_path, self.settings))
        if slot.existing and slot.existing.has_own_platform:  # rules_go refuses a select() beside it
            left_out = ("pure", "target_compatible_with")
            return WantedRule(slot, _present({**attributes, **dict.fromkeys(left_out)}))
        return self._wanted(slot, attributes, self._label(slot))

    def _test(self, package: GoPackage, test: TestSlot) -> WantedRule:
        library = self.outline.library
        internal = any(file.kind is FileKind.TEST for file in test.files)
        made = library and (not library.blocked or self._has_rule(library.name))
        embed = bool(internal and made)
        itself = {Label("", package.directory, library.name)} if library and embed else set()
        absent = self.planner.facts.absent_tests.get(package.directory, ByCgo())
        attributes: dict[str, Value | None] = {
            **self._compiled(package, test.files, itself, tests=True),
            "embed": strings([f":{library.name}"]) if embed and library else None,
            "data": testdata(self.directory.path, self.planner.workspace, self.planner.packages),
            "gc_linkopts": self._option("gc_linkopts"),
            "pure": self._pure(test.slot),
            "target_compatible_with": self._exclusion(absent),
        }
        return self._wanted(test.slot, attributes, self._label(test.slot))

    def _compiled(
        self, package: GoPackage, files: tuple[PackageFile, ...], itself: set[Label], *, tests: bool = False
    ) -> dict[str, Value | None]:
        """The attributes for compiling: sources, embedded files, dependencies, C flags."""
        kinds = {FileKind.GO} if not tests else {file.kind for file in files} & GO_KINDS
        cgo = self.settings.cgo and package.is_cgo(*kinds)
        return {
            "srcs": self._sources(files, tests=tests),
            "embedsrcs": self._embedsrcs(package, files, tests=tests),
            "deps": self._deps(package, files, frozenset(itself)),
            "cgo": TRUE if cgo else None,
            "gc_goopts": self._option("gc_goopts"),
            **(self._flags(package, files, tests=tests) if cgo else {}),
        }

    def _sources(self, files: tuple[PackageFile, ...], *, tests: bool) -> Value | None:
        """One flat list, except for C that would be compiled on platforms without any cgo file."""
        where: dict[str, frozenset[str]] = {}
        cgo_on: frozenset[str] = frozenset().union(
            *(file.may | file.active for file in files if file.uses_cgo)
        )
        for file in files:
            filtered = cgo_on and file.kind in _CGO_LANGUAGES and not file.may <= cgo_on
            where[file.name] = file.may & cgo_on if filtered else KNOWN_PLATFORMS
            if is_assembly(file.name) and cgo_on and not self.planner.assembles_with_c:
                where[file.name] = file.may - cgo_on  # the rest is in a cc_library
            if tests and not self.planner.filters_tests:
                where[file.name] = file.may
        for name in self._generated(tests=tests):
            where.setdefault(name, KNOWN_PLATFORMS)
        value = build_set(
            {name: Reading(platforms=on) for name, on in where.items()}, self.planner.conditions
        )
        if self.planner.beside_gazelle and isinstance(value, Select | Sum):
            self.contested |= {"srcs"}  # Gazelle would make one flat list of it
        return value

    def _generated(self, *, tests: bool) -> Iterable[str]:
        """Go sources that other rules of the BUILD file make and that are not on disk."""
        package = self.outline.package
        for name in package.generated if package else ():
            fits = read_constraints(name, None).platforms
            if fits and name.endswith("_test.go") == tests and not self._excluded_proto(name):
                yield name

    def _excluded_proto(self, name: str) -> bool:
        return bool(self.outline.protos) and _made_by_proto(name, frozenset(self.directory.files))

    def _embedsrcs(self, package: GoPackage, files: tuple[PackageFile, ...], *, tests: bool) -> Value | None:
        patterns = [(file, each) for file in files for each in file.source.embeds]
        if not patterns:
            return None
        if self.embeddable is None:
            found = embeds.embeddable(self.planner.workspace, package.directory, self.planner.packages)
            self.embeddable = tuple(sorted({*found, *self.directory.generated}))
        where: dict[str, Reading] = {}
        for file, each in patterns:
            paths = embeds.matched(each.pattern, self.embeddable)
            for path in paths:
                where[path] = where.get(path, NOWHERE) | file.needed
            if not paths:
                self._say_embed(package, file, each.pattern, each.line)
        listed = package.test_embeds if tests else package.embeds
        usable = set(self.embeddable)
        for path in listed:
            if path in usable:
                where.setdefault(path, EVERYWHERE)
        return build_set(where, self.planner.conditions)

    def _say_embed(self, package: GoPackage, file: PackageFile, pattern: str, line: int) -> None:
        self.said.append(
            Diagnostic(
                path=f"{package.directory}/{file.name}" if package.directory else file.name,
                line=line,
                severity=Severity.WARNING,
                code="embed",
                message=f"//go:embed pattern {pattern!r} matches no file of this Bazel package",
                remedy="files below another BUILD file belong to that package: embed them from there",
            )
        )

    def _deps(
        self, package: GoPackage, files: tuple[PackageFile, ...], itself: frozenset[Label]
    ) -> Value | None:
        held: dict[str, ByCgo] = {}
        families: dict[str, Reading] = {}
        for path, reading in sorted(readings_of(files).items()):
            resolved = self.planner.index.resolve(path, self.directory, itself)
            if resolved.problem:
                self.said.append(self._placed(resolved.problem, path, files))
                self.unresolved = frozenset({"deps"})
            if resolved.label:
                text = resolved.label.relative_to(package.directory)
                absent = self.planner.absent_labels.get(resolved.label) or self.planner.blocked(path)
                where = ByCgo.both(reading.platforms)
                if absent:
                    where = self._possible(path, absent, reading.platforms, files)
                held[text] = held.get(text, ByCgo()) | where
                families[text] = families.get(text, NOWHERE) | reading
        return build_set_by_cgo(families, held, self.planner.conditions)

    def _placed(self, problem: Diagnostic, path: str, files: Iterable[PackageFile]) -> Diagnostic:
        """The problem of an import at its first line; one about a BUILD file stays there."""
        if problem.path != (self.directory.path or "."):
            return problem
        places = (
            (file.name, each.line) for file in files for each in file.source.imports if each.path == path
        )
        name, line = min(places)
        return evolve(problem, path=f"{self.directory.path}/{name}".lstrip("/"), line=line)

    def _possible(
        self, import_path: str, absent: ByCgo, held: frozenset[str], files: tuple[PackageFile, ...]
    ) -> ByCgo:
        """Leaves out platforms where the dependency cannot be built and no compiled file needs it.

        Otherwise a package that needs cgo would make every importer incompatible, with a fallback or without.
        """
        using = [file for file in files if any(each.path == import_path for each in file.source.imports)]
        needed = [self._needed(file) for file in using]
        on = frozenset[str]().union(*(each.on for each in needed))
        off = frozenset[str]().union(*(each.off for each in needed))
        return ByCgo(held - (absent.on - on), held - (absent.off - off))

    def _needed(self, file: PackageFile) -> ByCgo:
        """The platforms on which a file is compiled; for configured ones go knows."""
        configured = self.planner.facts.configured
        return ByCgo(
            (file.by_cgo.on - configured.on) | (file.active & configured.on),
            (file.by_cgo.off - configured.off) | (file.active & configured.off),
        )

    def _flags(
        self, package: GoPackage, files: tuple[PackageFile, ...], *, tests: bool
    ) -> dict[str, Value | None]:
        from bazel_xc.cgo.flags import VERBS, bazel_flag, resolved_words  # noqa: PLC0415 - few packages use C

        facts, conditions = self.planner.facts, self.planner.conditions
        flags = (facts.test_flags if tests else facts.flags).get(package.directory, {})
        table = dict(self.settings.flags)
        result: dict[str, Value | None] = {"cdeps": self._cdeps(package.directory)}
        for name, verb in VERBS.items():
            found: ByPlatform[str] = flags.get(verb, ByPlatform())
            extra = resolved_words(table.get(name, ()), package.directory)
            if name == "clinkopts" and any(file.name.endswith(_CXX) for file in files):
                extra = (*extra, *(() if _links_cxx(found, table) else ("-lstdc++",)))
            spelt = {each: map(bazel_flag, (*found.on(each), *extra)) for each in conditions.platforms}
            result[name] = build(ByPlatform.fold(spelt), conditions, Form.FLAGS)
        if self.planner.beside_gazelle:
            result.update(self._kept_from_gazelle(files, result))
        return result

    def _kept_from_gazelle(
        self, files: tuple[PackageFile, ...], ours: Mapping[str, Value | None]
    ) -> Iterator[tuple[str, Value]]:
        """Notes the flags that Gazelle would change, and gives an empty list where it would add some."""
        from bazel_xc.cgo.contested import gazelle_flags  # noqa: PLC0415 - few packages use C
        from bazel_xc.cgo.flags import VERBS  # noqa: PLC0415

        found = gazelle_flags(files, dict(self.settings.flags), self.settings.build_tags)
        for name in VERBS:
            theirs = build_set(found.get(name, {}), self.planner.conditions)
            if not same_parts(ours[name], theirs):
                self.contested |= {name}
                yield name, ours[name] or ListValue(())

    def _cdeps(self, directory: str) -> Value | None:
        labels = self.planner.facts.cdeps.get(directory, ByPlatform[Label]())
        spelt = labels.map(lambda _, some: (label.relative_to(directory) for label in some))
        return build_by_cgo(spelt, ByPlatform(), self.planner.conditions)

    def _option(self, name: str) -> Value | None:
        values = dict(self.settings.flags).get(name, ())
        return strings(values) if values else None

    def _absent(self, package: GoPackage) -> ByCgo:
        return self.planner.facts.absent.get(package.directory, ByCgo())

    def _exclusion(self, absent: ByCgo) -> Value | None:
        return exclusion(absent, self.planner.conditions, self.planner.marks)

    def _pure(self, slot: Slot) -> Value | None:
        """``off`` if cgo is needed, because rules_go silently drops cgo without a C toolchain."""
        facts = self.planner.facts
        needed = facts.needs_cgo.get((self.directory.path, slot.name), frozenset())
        if not needed:
            return None
        held = needed | follow(needed, facts.platforms)
        return where_cgo_is_on(held, self.planner.conditions, "off", "auto")

    def _has_rule(self, name: str) -> bool:
        """Whether some rule or macro has a name, so that a label with it leads somewhere."""
        return any(rule.name == name for rule in self.directory.rules)

    def _add_visibility(self, attributes: dict[str, Value | None], labels: tuple[str, ...]) -> None:
        if default_visibility(self.directory.build_file) is None:
            attributes["visibility"] = strings(labels)


def is_assembly(name: str) -> bool:
    """Whether a file is assembly, for any assembler."""
    return name.endswith((".s", ".S"))


def _present(attributes: Mapping[str, Value | None]) -> dict[str, Value]:
    return {name: value for name, value in attributes.items() if value is not None}


def _made_by_proto(name: str, names: frozenset[str]) -> bool:
    return any(
        name.endswith(suffix) and name.removesuffix(suffix) + ".proto" in names
        for suffix in ("_grpc.pb.go", ".pb.go")
    )


def _links_cxx(found: ByPlatform[str], table: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether the flags already name a C++ library."""
    words = {*found.where, *table.get("clinkopts", ())}
    return bool(words & {"-lstdc++", "-lc++"})
