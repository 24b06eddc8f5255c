"""The Go files of a package that a platform compiles, and those that it leaves out.

Comes in: folded packages of the workspace, and listed packages of others. Goes out: a ``Compiled`` for a
package, a ``CompiledTests`` for its tests, and the files that are left out, for cgo or for the platform, so
far as other files may miss their declarations. No file is read here.
"""

from __future__ import annotations

from collections.abc import Iterable

from attrs import evolve, frozen

from bazel_xc.golang.listed import ListedPackage
from bazel_xc.golang.package import FileKind, GoPackage

TEST_KINDS = (FileKind.TEST, FileKind.XTEST)


@frozen(kw_only=True)
class Compiled:
    """The Go files of a package that are compiled, or those of its tests, and their imports. Paths of files
    are the ones that ``read`` accepts.
    """

    name: str
    files: frozenset[str]
    imports: frozenset[str]


@frozen(kw_only=True)
class CompiledTests:
    """The test files of a package, as ``Compiled``, and those that are left out.

    ``inner`` are compiled with the package, ``outer`` are a package of their own that imports it.
    """

    inner: Compiled
    outer: Compiled
    inner_left_out: frozenset[str]
    outer_left_out: frozenset[str]


def listed_files(package: ListedPackage) -> Compiled:
    """The files of a listed package."""
    base = package.directory
    return Compiled(
        name=package.name,
        files=frozenset(f"{base}/{name}" for name in (*package.go_files, *package.cgo_files)),
        imports=frozenset(package.imports),
    )


def ignored_files(package: ListedPackage) -> frozenset[str]:
    """The Go files that go leaves out of a listed package, without tests."""
    names = (name for name in package.ignored_files if name.endswith(".go") and not name.endswith("_test.go"))
    return frozenset(f"{package.directory}/{name}" for name in names)


def compiled_on(package: GoPackage, platform: str, kind: FileKind = FileKind.GO) -> Compiled:
    """The files of a kind that a platform compiles."""
    files = [each for each in package.of(kind) if platform in each.active]
    return Compiled(
        name=package.name,
        files=frozenset(_place(package, each.name) for each in files),
        imports=frozenset(each.path for file in files for each in file.source.imports),
    )


def left_out_on(packages: Iterable[GoPackage], platform: str) -> dict[str, frozenset[str]]:
    """The files without tests that a platform leaves out, by import path."""
    found = ((each, _left_out(each, platform)) for each in packages)
    return {each.import_path: files for each, files in found if files}


def has_tests(package: GoPackage) -> bool:
    """Whether a package has test files."""
    return any(file.kind in TEST_KINDS for file in package.files)


def tests_on(package: GoPackage, platform: str) -> CompiledTests:
    """The test files on a platform."""
    inner, outer = (compiled_on(package, platform, kind) for kind in TEST_KINDS)
    return CompiledTests(
        inner=evolve(inner, name=""),  # it needs no function main
        outer=evolve(outer, name=""),
        inner_left_out=_left_out_tests(package, FileKind.TEST, platform),
        outer_left_out=_left_out_tests(package, FileKind.XTEST, platform),
    )


def leaves_out_tests(package: GoPackage, platforms: Iterable[str]) -> bool:
    """Whether a platform leaves out test files."""
    platforms = frozenset(platforms)
    if all(platforms <= file.active for file in package.files if file.kind in TEST_KINDS):
        return False
    return any(_left_out_tests(package, kind, name) for name in platforms for kind in TEST_KINDS)


def _left_out_tests(package: GoPackage, kind: FileKind, platform: str) -> frozenset[str]:
    """The test files of a kind that a platform leaves out; in a package without cgo, because of cgo."""
    files = (each for each in package.of(kind) if platform not in each.active)
    if not package.uses_cgo:
        files = (each for each in files if each.by_cgo.on != each.by_cgo.off)
    return frozenset(_place(package, each.name) for each in files)


def _left_out(package: GoPackage, platform: str) -> frozenset[str]:
    """The files that a platform leaves out.

    In a package without cgo, only those without a compiled file of the same stem: ``x_windows.go`` replaces
    ``x_linux.go``.
    """
    files = package.of(FileKind.GO)
    out = [*package.nowhere, *(each.name for each in files if platform not in each.active)]
    if out and not package.uses_cgo:
        if "vendor" in package.directory.split("/"):
            return frozenset()  # in third-party packages only cgo counts, vendored or not
        compiled = {_stem(each.name) for each in files if platform in each.active}
        out = [name for name in out if _stem(name) not in compiled]
    return frozenset(_place(package, name) for name in out)


def _stem(name: str) -> str:
    """A file's name up to the part that may name a system."""
    return name.removesuffix(".go").partition("_")[0]


def _place(package: GoPackage, name: str) -> str:
    return f"{package.directory}/{name}" if package.directory else name
