"""The rules of a directory, by kind and name, each with its existing twin.

Comes in: a directory with its BUILD file, and its Go package if it has one. Goes out: an ``Outline``: a
``Slot`` per wanted rule, matched with the existing rule, and the stale existing rules. Matching is Gazelle's:
by name and kind, else by attributes that identify the kind (``kinds``); a renamed test is found by its
sources. Attributes come later, in ``plan``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from attrs import evolve, frozen

from bazel_xc.bazel import names
from bazel_xc.bazel.kinds import KINDS, PROTO_LIBRARY_KINDS
from bazel_xc.buildfile.rules import GO_RULE_KINDS, ExistingRule, written_kind
from bazel_xc.buildfile.settings import Settings
from bazel_xc.buildfile.workspace import Directory
from bazel_xc.golang.package import FileKind, GoPackage, PackageFile
from bazel_xc.model import Diagnostic, Severity, some_of

TEST_KINDS = (FileKind.TEST, FileKind.XTEST)


@frozen
class Slot:
    """One wanted rule. ``kind`` is the kind it stands for, ``written`` the one in the file (``map_kind``).

    ``name`` is the name it has or will have; ``blocked`` means that another rule has that name.
    """

    kind: str
    written: str
    name: str
    existing: ExistingRule | None = None
    blocked: bool = False


@frozen
class TestSlot:
    """A wanted go_test and its files."""

    slot: Slot
    files: tuple[PackageFile, ...]


@frozen(kw_only=True)
class Outline:
    """The rules of one directory.

    ``protos`` are go_proto_library rules that the library embeds, ``other_binaries`` those of a user that
    embed the library beside ``binary``. It is ``unread`` if go could not load the package, so that its rules
    are not known.
    """

    directory: Directory
    package: GoPackage | None
    library: Slot | None = None
    binary: Slot | None = None
    other_binaries: tuple[Slot, ...] = ()
    tests: tuple[TestSlot, ...] = ()
    alias: Slot | None = None
    protos: tuple[ExistingRule, ...] = ()
    stale: tuple[ExistingRule, ...] = ()
    unread: bool = False

    @property
    def slots(self) -> tuple[Slot, ...]:
        """All wanted rules, in the order in which new ones are written."""
        found = (self.library, self.alias, self.binary, *(test.slot for test in self.tests))
        return tuple(slot for slot in found if slot)

    @property
    def is_package(self) -> bool:
        """Whether the directory is, or becomes, a Bazel package."""
        return bool(self.slots or self.directory.build_file or self.directory.broken)


def outline(
    directory: Directory,
    package: GoPackage | None,
    convention: str,
    root_name: str,
    made: Iterable[ExistingRule] = (),
) -> tuple[Outline, tuple[Diagnostic, ...]]:
    """The rules of a directory.

    ``convention`` is the naming where no directive names one. ``made`` are the rules that only a run of the
    BUILD file shows: their names are taken.
    """
    maker = _Maker(directory, convention, root_name, made)
    found = maker.make(package)
    return evolve(found, stale=tuple(maker.stale(found))), tuple(maker.said)


def import_paths(outlines: Iterable[Outline]) -> frozenset[str]:
    """The import paths of all rules in BUILD files, no matter who keeps them."""
    rules = (rule for each in outlines for rule in each.directory.rules)
    return frozenset(rule.import_path for rule in rules if rule.import_path)


def _proto_libraries(directory: Directory, import_path: str) -> tuple[ExistingRule, ...]:
    """The go_proto_library rules with this importpath, which other tools keep."""
    return tuple(
        rule
        for rule in directory.rules
        if rule.kind in PROTO_LIBRARY_KINDS and rule.import_path == import_path
    )


class _Maker:
    def __init__(
        self, directory: Directory, convention: str, root_name: str, made: Iterable[ExistingRule]
    ) -> None:
        self.directory = directory
        self.settings: Settings = directory.settings
        self.convention = directory.settings.naming or convention
        self.root_name = root_name
        self.rules = directory.rules
        self.all_rules = (*self.rules, *made)
        self.taken: set[ExistingRule] = set()
        self.made: set[str] = set()
        self.said: list[Diagnostic] = []

    def make(self, package: GoPackage | None) -> Outline:
        if package is None:
            return Outline(directory=self.directory, package=None)
        protos = _proto_libraries(self.directory, package.import_path)
        go = package.of(FileKind.GO)
        made = any(not name.endswith("_test.go") for name in package.generated)
        embeds = any(self._embeds(proto) for proto in protos)
        library = self._library(package) if go or made or embeds else None
        binary = (
            self._slot("go_binary", self._binary_name(package.import_path))
            if library and package.is_command
            else None
        )
        return Outline(
            directory=self.directory,
            package=package,
            library=library,
            binary=binary,
            other_binaries=tuple(self._other_binaries(library)) if library and binary else (),
            tests=tuple(self._tests(package)),
            alias=self._alias(package, library),
            protos=protos,
        )

    def _embeds(self, proto: ExistingRule) -> bool:
        """Whether an existing library already embeds the proto library."""
        return any(
            f":{proto.name}" in rule.strings("embed") for rule in self.rules if rule.kind == "go_library"
        )

    def _library(self, package: GoPackage) -> Slot:
        name = names.library_name(self.convention, package.import_path, package.name)
        return self._slot("go_library", name, {"importpath": package.import_path})

    def _other_binaries(self, library: Slot) -> Iterator[Slot]:
        """Further binaries of the package: people write several, with other flags each."""
        for rule in self.rules:
            mine = rule.kind == "go_binary" and rule not in self.taken
            if mine and rule.name and f":{library.name}" in rule.strings("embed"):
                self.taken.add(rule)
                yield Slot("go_binary", rule.written, rule.name, rule)

    def _binary_name(self, import_path: str) -> str:
        return names.binary_name(self.directory.path, import_path, self.root_name)

    def _alias(self, package: GoPackage, library: Slot | None) -> Slot | None:
        if self.convention != "import_alias" or library is None or package.is_command:
            return None
        if library.name == names.DEFAULT_LIBRARY:
            return None
        return self._slot("alias", names.DEFAULT_LIBRARY)

    def _tests(self, package: GoPackage) -> Iterator[TestSlot]:
        files = package.of(*TEST_KINDS)
        if not files:
            return
        name = names.test_name(self.convention, package.import_path)
        if self.settings.test_per_file:
            for file in files:
                alone = [file.name] if self._is_alone(file.name, name) else []
                yield TestSlot(self._slot("go_test", names.file_test_name(file.name), sources=alone), (file,))
        else:
            yield TestSlot(self._slot("go_test", name, sources=[file.name for file in files]), files)

    def _is_alone(self, file: str, whole: str) -> bool:
        """Whether a rule, other than the one for all files, has only this file."""
        return any(rule.name != whole and rule.strings("srcs") == (file,) for rule in self.rules)

    def _slot(
        self, kind: str, name: str, identity: dict[str, str] | None = None, sources: Iterable[str] = ()
    ) -> Slot:
        mapped = written_kind(kind, self.settings)
        written = mapped.kind if mapped else kind
        existing, blocked = self._match(kind, name, identity or {}, frozenset(sources))
        if existing is not None:
            self.taken.add(existing)
            self.made.add(existing.name)
            return Slot(kind, written, existing.name, existing)
        if not blocked:
            self.made.add(name)
        return Slot(kind, written, name, None, blocked)

    def _match(
        self, kind: str, name: str, identity: dict[str, str], sources: frozenset[str]
    ) -> tuple[ExistingRule | None, bool]:
        """The existing rule for a wanted one, and whether another rule has its name."""
        if name in self.made:
            self._say_twice(kind, name)
            return None, True
        named = [rule for rule in self.all_rules if rule.name == name]
        of_kind = [rule for rule in self.rules if rule.name and rule.kind == kind]
        if len(named) == 1 and named[0] in of_kind:
            return named[0], False
        if named:
            self._say_blocked(kind, name, named)
            return None, True
        policy = KINDS[kind]
        for attribute in policy.match:
            same = [rule for rule in of_kind if identity.get(attribute) == rule.source.string(attribute)]
            if len(same) == 1:
                return same[0], False
            if len(same) > 1:
                self._say_ambiguous(kind, name, same, f"{attribute} = {identity.get(attribute)!r}")
                return None, True
        if policy.match_any and len(of_kind) == 1:
            return of_kind[0], False
        if policy.match_any and len(of_kind) > 1:
            return None, True
        alike = [rule for rule in of_kind if sources & set(rule.strings("srcs"))]
        return (alike[0], False) if len(alike) == 1 else (None, False)

    def _say_blocked(self, kind: str, name: str, named: list[ExistingRule]) -> None:
        others = ", ".join(map(_place, named))
        self._say(named[0], Severity.NOTE, f"no {kind} {name!r} is written: the name belongs to {others}")

    def _say_twice(self, kind: str, name: str) -> None:
        self.said.append(
            Diagnostic(
                path=self.directory.build_path,
                code="match",
                message=f"no {kind} {name!r} is written: another new rule has that name",
                remedy="write one of them by hand under another name",
            )
        )

    def _say_ambiguous(self, kind: str, name: str, same: list[ExistingRule], why: str) -> None:
        lines = " and ".join(str(rule.source.line) for rule in same)
        self._say(same[0], Severity.WARNING, f"{kind} {name!r} could be either rule of lines {lines}: {why}")

    def _say_left(self, rule: ExistingRule, kind: str, left: list[str]) -> None:
        what = (
            f"{kind} {rule.name!r} stays, although no configured build compiles its sources:"
            f" {some_of(left, 1)}"
        )
        self._say(rule, Severity.NOTE, what, "set their build tags as [go] tags, or delete the rule")

    def _say(self, rule: ExistingRule, severity: Severity, message: str, remedy: str = "") -> None:
        self.said.append(
            Diagnostic(
                path=self.directory.build_path,
                line=rule.call.line if rule.call else 0,
                severity=severity,
                code="match",
                message=message,
                remedy=remedy,
            )
        )

    def stale(self, made: Outline) -> Iterator[ExistingRule]:
        """Rules of our kinds that have no wanted twin: those with conventional names, and those whose sources
        are all gone. A rule with sources on disk that no other rule takes stays, and this is reported.
        """
        if made.package is None and made.directory.broken:
            return
        import_path = made.package.import_path if made.package else self.directory.path
        expected = {
            "go_library": {names.library_name(self.convention, import_path, word) for word in ("main", "x")},
            "go_binary": {self._binary_name(self.settings.prefix or import_path)},
            "go_test": {names.test_name(self.convention, import_path)},
            "alias": {names.DEFAULT_LIBRARY} if self.convention == "import" else set(),
        }
        present = {*self.directory.files, *self.directory.hidden, *self.directory.generated}
        for rule in self.rules:
            kind = rule.kind
            if kind not in GO_RULE_KINDS or rule.source.opaque or rule in self.taken:
                continue
            if kind == "alias" and not self._stale_alias(rule, made):
                continue
            sources = rule.strings("srcs")
            gone = bool(sources) and not any(text in present or not _plain(text) for text in sources)
            conventional = rule.name in expected[kind] and not self._unknown_embed(rule)
            left = sorted(present.intersection(sources) - _taken_sources(made, kind))
            if conventional and left and not gone:
                self._say_left(rule, kind, left)
            elif gone or conventional:
                yield rule

    def _stale_alias(self, rule: ExistingRule, made: Outline) -> bool:
        """An alias named like the default library, to this package's own library."""
        library = made.library.name if made.library else ""
        return rule.name == names.DEFAULT_LIBRARY and rule.source.string("actual") == f":{library}"

    def _unknown_embed(self, rule: ExistingRule) -> bool:
        """Whether a library or test needs outputs of other rules here: embeds, generated sources."""
        own = {each.name for each in self.rules if each.kind not in GO_RULE_KINDS}
        return any(
            text.removeprefix(":") in own for text in (*rule.strings("embed"), *rule.strings("srcs"))
        ) or (rule.kind == "go_binary" and any("//" in text for text in rule.strings("embed")))


def _taken_sources(made: Outline, kind: str) -> frozenset[str]:
    """The files that the wanted rules of a kind have as sources."""
    if made.package is None:
        return frozenset()
    if kind == "go_test":
        return frozenset(file.name for test in made.tests for file in test.files)
    return frozenset(file.name for file in made.package.files if file.kind not in TEST_KINDS)


def _place(rule: ExistingRule) -> str:
    return f"{rule.written} in line {rule.call.line}" if rule.call else f"{rule.written} that a loop makes"


def _plain(text: str) -> bool:
    return not text.startswith((":", "//", "@"))
