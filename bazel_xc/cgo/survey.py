"""The C of all packages: their ``#cgo`` flags per platform, the files they reach and their needs.

Comes in: folded packages and listings. Goes out: a ``Survey``, by directory for the workspace's own packages
and by import path for needs. Our reading of flags is compared with go list, and differences are reported, as
are files and flags that rules_go cannot compile.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TypeAlias

from attrs import evolve, frozen

from bazel_xc.buildfile.workspace import Workspace
from bazel_xc.cgo.archives import Archives, bundled_needs, linked_archives, look_in, with_unasked
from bazel_xc.cgo.flags import CgoFlags, CgoSource, flags_by_platform, listed_flags
from bazel_xc.cgo.includes import Reached, Scans
from bazel_xc.cgo.macros import language_of
from bazel_xc.cgo.needs import CNeed, NeedKind, c_needs
from bazel_xc.cgo.other_packages import OtherPackages, windows_warnings
from bazel_xc.cgo.preamble import c_directives, cgo_lines
from bazel_xc.cgo.reach import CFile, CSide, reached_anywhere, reached_on, search_anywhere
from bazel_xc.cgo.symbols import Bodies, open_symbols
from bazel_xc.cgo.unsupported import unsupported
from bazel_xc.golang.constraints import KNOWN_PLATFORMS
from bazel_xc.golang.listed import ListedPackage
from bazel_xc.golang.package import FileKind, GoPackage, GoView
from bazel_xc.golang.source import SourceFile
from bazel_xc.golang.sources import Sources
from bazel_xc.model import Diagnostic, Platform, Severity
from bazel_xc.tree import glance

Answered: TypeAlias = Callable[[str, NeedKind, str], bool]
"""Whether the user may answer a need, by the import path of its package, its kind and its name."""


@frozen(kw_only=True)
class Survey:
    """Flags by directory, for libraries and for tests; needs by import path.

    ``beyond`` are needs on platforms that are not configured with cgo, by import path: those that the user
    answers for all platforms.

    Also by directory: ``asked``, the needs as they are written, before libraries of the tree are separated;
    ``reached``, the files of the tree that the package's C may include on any known platform; ``archives``,
    the libraries of the tree that it links; ``search``, the directories of the tree in which its flags look
    for headers.
    """

    flags: Mapping[str, CgoFlags]
    test_flags: Mapping[str, CgoFlags]
    needs: Mapping[str, tuple[CNeed, ...]]
    asked: Mapping[str, tuple[CNeed, ...]]
    beyond: Mapping[str, tuple[CNeed, ...]]
    reached: Mapping[str, Reached]
    archives: Mapping[str, Archives]
    search: Mapping[str, tuple[str, ...]]
    diagnostics: tuple[Diagnostic, ...]


def survey(
    workspace: Workspace,
    packages: Mapping[str, GoPackage],
    listed: Mapping[str, Mapping[str, ListedPackage]],
    view: GoView,
    sources: Sources,
    is_answered: Answered | None = None,
    *,
    foreign: bool = False,
) -> Survey:
    """Surveys every package that imports "C", unless a directive turns cgo off.

    ``packages`` is by directory; ``listed`` is by directory and platform; ``sources`` are the bodies of Go
    files. Only needs that ``is_answered`` accepts are looked for on platforms that are not configured with
    cgo. In a ``foreign`` tree the build may need only some platforms of a package.
    """
    bodies = Bodies(sources, partial(glance, workspace.tree))
    scans = Scans(workspace.tree)
    defined = frozenset(_defined_by_rules(workspace))
    flags: dict[str, CgoFlags] = {}
    test_flags: dict[str, CgoFlags] = {}
    needs: dict[str, tuple[CNeed, ...]] = {}
    asked: dict[str, tuple[CNeed, ...]] = {}
    beyond: dict[str, tuple[CNeed, ...]] = {}
    reached: dict[str, Reached] = {}
    archives: dict[str, Archives] = {}
    look = look_in(workspace.tree)
    search: dict[str, tuple[str, ...]] = {}
    diagnostics: list[Diagnostic] = []
    by_import = {package.import_path: package for package in packages.values()}
    others = OtherPackages(by_import, _c_side, bodies)
    for path, package in packages.items():
        directory = workspace.directories[path]
        if not directory.settings.cgo:
            continue
        side = _c_side(package)
        diagnostics += unsupported(path, directory.files, side.sources)
        if not side.sources:
            continue
        library = [source for source in side.sources if not source.path.endswith("_test.go")]
        tests = [source for source in side.sources if source.path.endswith("_test.go")]
        where = KNOWN_PLATFORMS, directory.settings.build_tags, view.tags
        flags[path] = flags_by_platform(library, path, *where)
        test_flags[path] = flags_by_platform(tests, path, *where)
        everything = flags_by_platform(side.sources, path, *where) if tests else flags[path]
        reached[path] = reached_anywhere(side, everything, scans, defined)
        search[path] = search_anywhere(everything)
        archives[path] = linked_archives(everything, look)
        defining = partial(others.defining, package)
        asked[path], elsewhere = _needs_of(side, scans, view, defined, bodies, defining)
        diagnostics += windows_warnings(elsewhere)
        if not foreign:
            archives[path] = with_unasked(archives[path], asked[path])
        open_ends = bundled_needs(asked[path], archives[path])
        if open_ends:
            needs[package.import_path] = open_ends
        if is_answered:
            accepts = partial(is_answered, package.import_path)
            found = _needs_beyond(side, reached[path], scans, view, accepts, defined)
            beyond[package.import_path] = bundled_needs(found, archives[path])
    if flags:
        diagnostics += _differences(flags, listed, view)
    return Survey(
        flags=flags,
        test_flags=test_flags,
        needs=needs,
        asked=asked,
        beyond=beyond,
        reached=reached,
        archives=archives,
        search=search,
        diagnostics=tuple(diagnostics),
    )


def _defined_by_rules(workspace: Workspace) -> Iterator[str]:
    """The macros that rules of the workspace give to rules that depend on them."""
    for path in workspace.directories:
        for rule in workspace.existing.of(path):
            for text in rule.strings("defines"):
                yield text.partition("=")[0]


def _cgo_source(path: str, source: SourceFile, may: frozenset[str], active: frozenset[str]) -> CgoSource:
    """A Go file that imports "C"; platforms as in ``CgoSource``."""
    return CgoSource(
        path=path,
        lines=tuple(line for preamble in source.preambles for line in cgo_lines(preamble)),
        preambles=source.preambles,
        directives=c_directives(source.preambles),
        may=may,
        active=active,
    )


def _needs_of(
    side: CSide,
    scans: Scans,
    view: GoView,
    defined: frozenset[str],
    bodies: Bodies,
    defining: Callable[[str, Platform], str],
) -> tuple[tuple[CNeed, ...], tuple[tuple[CNeed, str], ...]]:
    """The needs of one package on the configured platforms. The second part has the symbols that ``defining``
    finds in another package, each with that package.
    """
    reached = {
        platform: reached_on(side, platform, scans, view.tags_on(platform), view.release, defined)
        for platform in view.platforms
        if platform.cgo
    }
    symbols = [
        (need, defining(need.name, platform))
        for platform, each in reached.items()
        for need in open_symbols(side, platform, each, bodies)
    ]
    needs = c_needs(
        side.sources,
        view.platforms,
        side.directory,
        {platform.name: each.missing for platform, each in reached.items()},
        symbols=[need for need, other in symbols if not other],
        tags_on=view.tags_on,
        release=view.release,
    )
    return needs, tuple((need, other) for need, other in symbols if other)


def _needs_beyond(
    side: CSide,
    reached: Reached,
    scans: Scans,
    view: GoView,
    accepts: Callable[[NeedKind, str], bool],
    defined: frozenset[str],
) -> tuple[CNeed, ...]:
    """The accepted needs on the known platforms that are not configured with cgo.

    Inclusions are only followed there if one of the missing headers is accepted.
    """
    configured = {platform.name for platform in view.platforms if platform.cgo}
    names = frozenset().union(*(source.may for source in side.sources)) - configured
    split = (name.partition("_") for name in sorted(names))
    others = [Platform(goos, goarch, cgo=True) for goos, _, goarch in split]
    open_side = evolve(
        side,
        sources=tuple(evolve(each, active=each.may) for each in side.sources),
        files=tuple(evolve(each, active=each.may) for each in side.files),
    )
    missing = {}
    if any(accepts(NeedKind.HEADER, each.header) for each in reached.missing):
        missing = {
            each.name: reached_on(open_side, each, scans, view.tags_on(each), view.release, defined).missing
            for each in others
        }
    found = c_needs(
        open_side.sources, others, side.directory, missing, tags_on=view.tags_on, release=view.release
    )
    return tuple(each for each in found if accepts(each.kind, each.name))


def _c_side(package: GoPackage) -> CSide:
    base = f"{package.directory}/" if package.directory else ""
    go = [file for file in package.files if file.uses_cgo]
    languages = [(file, language_of(file.name)) for file in package.files]
    return CSide(
        directory=package.directory,
        sources=tuple(_cgo_source(base + file.name, file.source, file.tagged, file.active) for file in go),
        files=tuple(
            CFile(path=base + file.name, language=language, may=file.tagged, active=file.active)
            for file, language in languages
            if language
        ),
        others={base + file.name: file.active for file in package.of(FileKind.ASSEMBLY, FileKind.SYSO)},
    )


def _differences(
    flags: Mapping[str, CgoFlags], where: Mapping[str, Mapping[str, ListedPackage]], view: GoView
) -> Iterator[Diagnostic]:
    """The differences between our reading of ``#cgo`` lines and go list, on configured platforms with cgo."""
    for path, found in flags.items():
        for platform in view.platforms:
            listed = where.get(path, {}).get(platform.name)
            if not platform.cgo or listed is None or listed.derived or not listed.cgo_files:
                continue
            for line in listed_flags(found, platform.name, path, listed):
                yield Diagnostic(
                    path=path or ".",
                    severity=Severity.NOTE,
                    code="cgo-flags",
                    message=f"#cgo flags on {platform.name} differ from go list's: {line}",
                )
