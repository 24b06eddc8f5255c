"""One package on one platform, by the files that are compiled there.

Comes in: scanned files of a directory. Goes out: the files that a platform compiles, and the package that go
would list for them. Files of another package, and the errors of go, are left to the caller. Nothing is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from attrs import evolve

from bazel_xc.golang.listed import EXCLUDED, ListedError, ListedModule, ListedPackage
from bazel_xc.golang.package import GO_KINDS, FileKind, GoView, kind_of
from bazel_xc.golang.source import SourceFile
from bazel_xc.model import Platform


def excluded_package(path: str, directory: str, module: ListedModule | None) -> ListedPackage:
    """A package that is imported although no file of it is compiled."""
    error = ListedError(f"{EXCLUDED} in {directory}", "")
    return evolve(_bare(path, directory, "", module), error=error, dep_only=True)


def standard_package(path: str, source: Path) -> ListedPackage:
    """A package of the standard library; ``source`` is Go's source folder."""
    name = path.rpartition("/")[2]
    return evolve(_bare(path, str(source / path), name, None), standard=True, dep_only=True)


def compiled(sources: Iterable[SourceFile], platform: Platform, view: GoView) -> list[SourceFile]:
    """The files that are compiled on a platform, as far as each file decides."""
    return [
        each
        for each in sources
        if each.package != "documentation"
        and (each.package or not each.name.endswith(".go"))
        and view.compiles(each, platform)
    ]


def is_refused(here: Iterable[SourceFile], platform: Platform) -> bool:
    """Whether go reports an error, because C is compiled beside cgo only."""
    if not platform.cgo or any(each.uses_cgo and kind_of(each) is FileKind.GO for each in here):
        return False
    return any(kind_of(each) is FileKind.C and not each.name.endswith(".S") for each in here)


def has_go(sources: Iterable[SourceFile]) -> bool:
    """Whether there is a Go file, tests included."""
    return any(kind_of(each) in GO_KINDS for each in sources)


def package_of(
    import_path: str,
    directory: str,
    name: str,
    module: ListedModule | None,
    sources: Iterable[SourceFile],
    here: Iterable[SourceFile],
    platform: Platform,
    embeds: tuple[tuple[str, ...], tuple[str, ...]] = ((), ()),
) -> ListedPackage:
    """A package with the files that are compiled; C is compiled beside cgo only."""
    here = tuple(here)
    kinds = {each.name: kind_of(each) for each in here}
    cgo = [each for each in here if each.uses_cgo and kinds[each.name] is FileKind.GO]
    with_c = platform.cgo and bool(cgo)

    def names(*wanted: FileKind) -> tuple[str, ...]:
        return tuple(each.name for each in here if kinds[each.name] in wanted)

    others = names(FileKind.HEADER, FileKind.ASSEMBLY, FileKind.SYSO)
    others += names(FileKind.C) if with_c else ()
    listed = {each.name for each in here if kinds[each.name] in GO_KINDS}.union(others)
    return evolve(
        _bare(import_path, directory, name, module),
        go_files=tuple(name for name in names(FileKind.GO) if name not in {each.name for each in cgo}),
        cgo_files=tuple(each.name for each in cgo),
        other_files=others,
        ignored_files=tuple(each.name for each in sources if each.name not in listed),
        test_files=names(FileKind.TEST),
        xtest_files=names(FileKind.XTEST),
        imports=_imported(here, kinds, FileKind.GO),
        test_imports=_imported(here, kinds, FileKind.TEST),
        xtest_imports=_imported(here, kinds, FileKind.XTEST),
        embed_files=embeds[0],
        test_embed_files=embeds[1],
    )


def _imported(here: Iterable[SourceFile], kinds: Mapping[str, FileKind], kind: FileKind) -> tuple[str, ...]:
    found = {imported.path for each in here if kinds[each.name] is kind for imported in each.imports}
    return tuple(sorted(found))


def _bare(path: str, directory: str, name: str, module: ListedModule | None) -> ListedPackage:
    return ListedPackage(
        import_path=path,
        directory=directory,
        name=name,
        standard=False,
        dep_only=False,
        module=module,
        error=None,
        go_files=(),
        cgo_files=(),
        other_files=(),
        ignored_files=(),
        test_files=(),
        xtest_files=(),
        imports=(),
        test_imports=(),
        xtest_imports=(),
        embed_files=(),
        test_embed_files=(),
        import_map=(),
        cgo={},
        derived=True,
    )
