"""The C side of all packages: their ``#cgo`` flags per platform and what they need from outside.

Comes in: folded packages and listings. Goes out: a ``Survey``, by directory for the workspace's own packages
and by import path for what they and others need. For packages outside the workspace the files that import "C"
are read from where go found them. Own reading of flags is held against go list's; differences are said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from attrs import frozen

from bazel_xc.buildfile.workspace import Workspace
from bazel_xc.cgo.flags import CgoFlags, CgoSource, ListedFlags, flags_by_platform, listed_flags
from bazel_xc.cgo.needs import CNeed, c_needs
from bazel_xc.cgo.preamble import cgo_lines, includes
from bazel_xc.golang.constraints import KNOWN_PLATFORMS
from bazel_xc.golang.listing import ListedPackage, Listing
from bazel_xc.golang.loading import by_directory
from bazel_xc.golang.package import GoPackage, GoView
from bazel_xc.golang.source import SourceFile, scan_go
from bazel_xc.model import Diagnostic, Severity


@frozen(kw_only=True)
class Survey:
    """Flags by directory, for libraries and for tests; needs by import path."""

    flags: Mapping[str, CgoFlags]
    test_flags: Mapping[str, CgoFlags]
    needs: Mapping[str, tuple[CNeed, ...]]
    diagnostics: tuple[Diagnostic, ...]


def survey(
    workspace: Workspace,
    packages: Mapping[str, GoPackage],
    listings: tuple[Listing, ...],
    view: GoView,
) -> Survey:
    """Looks at every package of the workspace that imports "C"."""
    found = {path: p for path, p in packages.items() if any(file.uses_cgo for file in p.files)}
    flags: dict[str, CgoFlags] = {}
    test_flags: dict[str, CgoFlags] = {}
    needs: dict[str, tuple[CNeed, ...]] = {}
    for path, package in found.items():
        sources = _sources(package)
        tags = workspace.directories[path].settings.build_tags
        library = [source for source in sources if not source.path.endswith("_test.go")]
        tests = [source for source in sources if source.path.endswith("_test.go")]
        flags[path] = flags_by_platform(library, path, KNOWN_PLATFORMS, tags)
        test_flags[path] = flags_by_platform(tests, path, KNOWN_PLATFORMS, tags)
        asked = _needs(sources, view, path, workspace.root / path)
        if asked:
            needs[package.import_path] = asked
    said = tuple(_differences(flags, by_directory(listings, workspace.root), view)) if flags else ()
    return Survey(flags=flags, test_flags=test_flags, needs=needs, diagnostics=said)


def external_needs(
    listings: Iterable[Listing], own: frozenset[str], view: GoView
) -> Mapping[str, tuple[CNeed, ...]]:
    """What packages outside the workspace need, by import path; ``own`` are the workspace's packages."""
    active: dict[str, dict[str, set[str]]] = {}
    directories: dict[str, Path] = {}
    for listing in listings:
        for path, package in listing.packages.items():
            if package.cgo_files and not package.standard and path not in own:
                directories[path] = Path(package.directory)
                for name in package.cgo_files:
                    active.setdefault(path, {}).setdefault(name, set()).add(listing.platform.name)
    found: dict[str, tuple[CNeed, ...]] = {}
    for path in sorted(active):
        sources = tuple(_external_sources(path, directories[path], active[path]))
        asked = _needs(sources, view, path, directories[path])
        if asked:
            found[path] = asked
    return found


def _sources(package: GoPackage) -> tuple[CgoSource, ...]:
    base = f"{package.directory}/" if package.directory else ""
    files = [file for file in package.files if file.uses_cgo]
    return tuple(_source(base + file.name, file.source, file.may, file.active) for file in files)


def _source(path: str, source: SourceFile, may: frozenset[str], active: frozenset[str]) -> CgoSource:
    return CgoSource(
        path=path,
        lines=tuple(line for preamble in source.preambles for line in cgo_lines(preamble)),
        includes=tuple(each for preamble in source.preambles for each in includes(preamble)),
        may=may,
        active=active,
    )


def _external_sources(
    import_path: str, directory: Path, active: Mapping[str, set[str]]
) -> Iterator[CgoSource]:
    for name, platforms in sorted(active.items()):
        try:
            source = scan_go(name, (directory / name).read_bytes())
        except OSError:
            continue  # gone since go listed it
        yield _source(f"{import_path}/{name}", source, KNOWN_PLATFORMS, frozenset(platforms))


def _needs(sources: Iterable[CgoSource], view: GoView, directory: str, place: Path) -> tuple[CNeed, ...]:
    exists: Callable[[str], bool] = lambda path: (place / path).is_file()  # noqa: E731
    return c_needs(sources, view.platforms, directory, exists, tags=view.tags, release=view.release)


def _differences(
    flags: Mapping[str, CgoFlags], where: Mapping[str, Mapping[str, ListedPackage]], view: GoView
) -> Iterator[Diagnostic]:
    """Where our reading of ``#cgo`` lines is not go list's, on the configured platforms with cgo."""
    for path, found in flags.items():
        for platform in view.platforms:
            listed = where.get(path, {}).get(platform.name)
            if not platform.cgo or listed is None or not listed.cgo_files:
                continue
            theirs = ListedFlags(
                directory=listed.directory,
                cflags=listed.cgo.cflags,
                cppflags=listed.cgo.cppflags,
                cxxflags=listed.cgo.cxxflags,
                ldflags=listed.cgo.ldflags,
                pkg_config=listed.cgo.pkg_config,
            )
            for line in listed_flags(found, platform.name, path, theirs):
                yield Diagnostic(
                    path=path or ".",
                    severity=Severity.NOTE,
                    code="cgo-flags",
                    message=f"#cgo flags on {platform.name} differ from go list's: {line}",
                )
