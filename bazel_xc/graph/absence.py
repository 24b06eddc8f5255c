"""Where packages cannot be built, by what go and the constraints of their files say.

Comes in: folded packages and the configured platforms. Goes out: names of platforms.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bazel_xc.golang.constraints import KNOWN_PLATFORMS
from bazel_xc.golang.package import FileKind, GoPackage
from bazel_xc.model import Platform


def absent_platforms(package: GoPackage, platforms: Iterable[Platform]) -> frozenset[str]:
    """The known platforms on which a package's library has nothing to build.

    For configured platforms go has said so; for the others no file's constraint may hold there.
    """
    if any(not name.endswith("_test.go") for name in package.generated):
        return frozenset()  # nobody knows what will be in them
    configured = frozenset(platform.name for platform in platforms)
    may: frozenset[str] = frozenset().union(*(file.may for file in package.of(FileKind.GO)))
    return (configured - package.buildable) | package.undefined | (KNOWN_PLATFORMS - configured - may)


def absent_for_tests(package: GoPackage, platforms: Iterable[Platform]) -> frozenset[str]:
    """The known platforms on which a package has no test file to compile."""
    configured = frozenset(platform.name for platform in platforms)
    files = package.of(FileKind.TEST, FileKind.XTEST)
    may: frozenset[str] = frozenset().union(*(file.may for file in files))
    active: frozenset[str] = frozenset().union(*(file.active for file in files))
    return (configured - active) | (KNOWN_PLATFORMS - configured - may)


def broken_on(
    packages: Iterable[GoPackage], platforms: Iterable[Platform], absent: Mapping[str, frozenset[str]]
) -> Mapping[str, frozenset[str]]:
    """Import path -> configured platforms on which it, or something that go compiles into it, is absent."""
    packages = tuple(packages)
    found: dict[str, set[str]] = {}
    for platform in platforms:
        importers: dict[str, list[str]] = {}
        for package in packages:
            for file in package.of(FileKind.GO):
                if platform.name in file.active:
                    for each in file.source.imports:
                        importers.setdefault(each.path, []).append(package.import_path)
        pending = [p.import_path for p in packages if platform.name in absent.get(p.directory, ())]
        seen = set(pending)
        while pending:
            for importer in importers.get(pending.pop(), ()):
                if importer not in seen:
                    seen.add(importer)
                    pending.append(importer)
        for path in seen:
            found.setdefault(path, set()).add(platform.name)
    return {path: frozenset(names) for path, names in found.items()}
