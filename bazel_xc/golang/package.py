"""One Go package over all platforms, and the view of go by which it is read.

Comes in: the facts of its files, from ``folding``. Goes out: a ``GoPackage`` whose files have two sets of
platforms: ``may``, all known platforms on which they may be compiled, and ``active``, the configured ones on
which go compiles them. Nothing is read here; rules and labels come later.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping

from attrs import Factory, field, frozen

from bazel_xc.golang.constraints import Expr, holds
from bazel_xc.golang.gazelle import EVERYWHERE, NOWHERE, Reading
from bazel_xc.golang.source import SourceFile
from bazel_xc.model import ByCgo, Platform


class FileKind(enum.StrEnum):
    """The kind of a file for the go command."""

    GO = "go"
    TEST = "test"
    XTEST = "xtest"
    HEADER = "header"
    C = "c"
    ASSEMBLY = "assembly"
    SYSO = "syso"


_KINDS: Mapping[str, FileKind] = {
    **dict.fromkeys((".h", ".hh", ".hpp", ".hxx"), FileKind.HEADER),
    **dict.fromkeys((".c", ".cc", ".cpp", ".cxx", ".m", ".mm", ".S"), FileKind.C),
    ".s": FileKind.ASSEMBLY,
    ".syso": FileKind.SYSO,
    ".go": FileKind.GO,
}
SWIG = (".swig", ".swigcxx")  # the suffixes of SWIG files in go/build
GO_KINDS = frozenset({FileKind.GO, FileKind.TEST, FileKind.XTEST})


def kind_of_name(name: str) -> FileKind | None:
    """The kind of a file by its suffix, None if go does not compile such files."""
    return _KINDS.get(name[name.rfind(".") :]) if "." in name else None


def kind_of(source: SourceFile) -> FileKind:
    """The kind of a file that has one."""
    kind = _KINDS[source.name[source.name.rfind(".") :]]
    if kind is FileKind.GO and source.name.endswith("_test.go"):
        return FileKind.XTEST if source.package.endswith("_test") else FileKind.TEST
    return kind


def base_name(source: SourceFile) -> str:
    """The package of a Go file; of an external test, the package that it tests."""
    return source.package.removesuffix("_test") if kind_of(source) is FileKind.XTEST else source.package


@frozen(kw_only=True)
class PackageFile:
    """One file of a package. ``may`` has names of known platforms, ``active`` of configured ones.

    A tag of the configuration is open in ``may``, because rules_go compiles with it or without, and true in
    ``tagged``, as it is for go list. ``by_cgo`` has the platforms of ``may`` for each setting of cgo.
    ``gazelle`` is Gazelle's reading.
    """

    name: str
    kind: FileKind
    source: SourceFile
    may: frozenset[str]
    active: frozenset[str]
    by_cgo: ByCgo
    gazelle: Reading = EVERYWHERE
    tagged: frozenset[str] = field(default=Factory(lambda self: self.may, takes_self=True))

    @property
    def is_anywhere(self) -> bool:
        """Whether it is compiled on a configured platform, or may be on one that Gazelle knows."""
        return bool(self.gazelle.platforms or self.active)

    @property
    def needed(self) -> Reading:
        """The platforms on which Bazel needs the dependencies of the file."""
        return Reading(self.gazelle.family, self.gazelle.platforms | self.active)

    @property
    def uses_cgo(self) -> bool:
        """Whether it is a Go file that imports "C"."""
        return self.source.uses_cgo


@frozen(kw_only=True)
class GoPackage:
    """A package in the workspace, folded over platforms.

    ``directory`` is relative to the workspace root. ``listed`` are the configured platforms on which go list
    has the directory, ``buildable`` the platforms on which it has files to compile besides tests. On
    ``unknown`` platforms go does not list it although its files are for them; its files then decide.
    ``embeds`` are the files that go lists, on any configured platform. ``generated`` are Go files that are
    not on disk, because rules of the BUILD file make them. On the platforms in ``undefined`` it does not
    compile, because the file with a declaration is left out there; in ``undefined_in_tests`` only its tests
    do not. ``nowhere`` are its Go files that no known
    platform compiles. ``elsewhere_cgo`` are the kinds of files that import "C" and that no known platform
    compiles.
    """

    directory: str
    import_path: str
    name: str
    files: tuple[PackageFile, ...]
    listed: frozenset[str] = frozenset()
    buildable: frozenset[str] = frozenset()
    unknown: frozenset[str] = frozenset()
    embeds: tuple[str, ...] = ()
    test_embeds: tuple[str, ...] = ()
    generated: tuple[str, ...] = ()
    undefined: frozenset[str] = frozenset()
    undefined_in_tests: frozenset[str] = frozenset()
    nowhere: tuple[str, ...] = ()
    elsewhere_cgo: frozenset[FileKind] = frozenset()

    def of(self, *kinds: FileKind) -> tuple[PackageFile, ...]:
        """The files of some kinds, by name."""
        return tuple([file for file in self.files if file.kind in kinds])  # called very often

    @property
    def uses_cgo(self) -> bool:
        """Whether a file other than a test imports "C"."""
        return any(file.uses_cgo for file in self.of(FileKind.GO))

    def is_cgo(self, *kinds: FileKind) -> bool:
        """Whether a file of some kinds imports "C", even one that is compiled nowhere.

        Gazelle sets ``cgo`` for such a file, too.
        """
        return bool(self.elsewhere_cgo.intersection(kinds)) or any(file.uses_cgo for file in self.of(*kinds))

    def mains(self, platform: str) -> tuple[str, ...]:
        """The files of a command with ``func main`` on a platform; with several it does not compile."""
        files = self.of(FileKind.GO) if self.name == "main" else ()
        return tuple(file.name for file in files if file.source.has_main and platform in file.active)

    @property
    def is_command(self) -> bool:
        """Whether it is a main package with a ``func main``."""
        return self.name == "main" and any(file.source.has_main for file in self.of(FileKind.GO))


@frozen(kw_only=True, slots=False)
class GoView:
    """The go in use and its configuration, as far as constraints depend on them.

    ``tags`` apply on every platform; ``tool_tags`` maps architectures to the tags that go sets itself.
    """

    platforms: tuple[Platform, ...]
    release: tuple[int, int]
    tags: frozenset[str] = frozenset()
    tool_tags: Mapping[str, tuple[str, ...]] = field(factory=dict)
    _active: dict[tuple[Expr | None, bool], frozenset[str]] = field(
        factory=dict, init=False, eq=False, repr=False
    )

    def tags_on(self, platform: Platform) -> frozenset[str]:
        """The tags that apply on a platform."""
        return self.tags.union(self.tool_tags.get(platform.goarch, ()))

    def includes(self, source: SourceFile, platform: Platform) -> bool:
        """Whether the constraint of a file includes a platform."""
        return source.constraint is None or holds(
            source.constraint, platform, self.tags_on(platform), self.release[1]
        )

    def compiles(self, source: SourceFile, platform: Platform) -> bool:
        """Whether a file is compiled on a platform, by its constraint and its use of cgo."""
        return (platform.cgo or not source.uses_cgo) and self.includes(source, platform)

    def active(self, source: SourceFile) -> frozenset[str]:
        """The names of the platforms on which a file is compiled."""
        key = source.constraint, source.uses_cgo  # most files of a workspace share a few of them
        if key not in self._active:
            self._active[key] = frozenset(each.name for each in self.platforms if self.compiles(source, each))
        return self._active[key]


def readings_of(files: Iterable[PackageFile]) -> dict[str, Reading]:
    """The imports of some files without "C", with the platforms and keys of each."""
    found: dict[str, Reading] = {}
    for file in files:
        needed = NOWHERE | file.needed
        for each in file.source.imports:
            if each.path != "C":
                before = found.get(each.path, needed)
                found[each.path] = needed if before == needed else before | needed
    return found
