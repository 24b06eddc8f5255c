"""What C the packages of other modules need.

Comes in: listings. Goes out: needs by import path. Their files are read from where go found them, as a tree
in which each module lies at its module path, so that no inclusion leads out of a module into another one.
What they reach in their own tree is not told: their rules are not written here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from bazel_xc.cgo.flags import CgoSource
from bazel_xc.cgo.includes import Read, Scans
from bazel_xc.cgo.macros import language_of
from bazel_xc.cgo.needs import CNeed
from bazel_xc.cgo.reach import CFile, CSide
from bazel_xc.cgo.survey import cgo_source, needs_of, read_trees
from bazel_xc.golang.constraints import KNOWN_PLATFORMS
from bazel_xc.golang.listing import ListedPackage, Listing
from bazel_xc.golang.package import GoView
from bazel_xc.golang.source import scan_go


def external_needs(
    listings: Iterable[Listing], own: frozenset[str], view: GoView
) -> Mapping[str, tuple[CNeed, ...]]:
    """What packages outside the workspace need, by import path; ``own`` are the workspace's packages."""
    active: dict[str, dict[str, set[str]]] = {}
    listed: dict[str, ListedPackage] = {}
    for listing in listings:
        for path, package in listing.packages.items():
            if package.cgo_files and not package.standard and path not in own:
                listed[path] = package
                for name in (*package.cgo_files, *package.other_files):
                    active.setdefault(path, {}).setdefault(name, set()).add(listing.platform.name)
    modules = {path: directory for package in listed.values() for path, directory in (_module(package),)}
    scans = Scans(read_trees(modules))
    found: dict[str, tuple[CNeed, ...]] = {}
    for path in sorted(listed):
        asked = needs_of(_external_side(path, active[path], scans.read), scans, view)
        if asked:
            found[path] = asked
    return found


def _external_side(import_path: str, active: Mapping[str, set[str]], read: Read) -> CSide:
    """A package of another module, in a tree where each module lies at its module path."""
    sources: list[CgoSource] = []
    files: list[CFile] = []
    for name, platforms in sorted(active.items()):
        path, where = f"{import_path}/{name}", frozenset(platforms)
        language = language_of(name)
        data = read(path) if name.endswith(".go") else None
        if language:
            files.append(CFile(path=path, language=language, active=where))
        elif data is not None:  # None where it is gone since go listed it
            sources.append(cgo_source(path, scan_go(name, data), KNOWN_PLATFORMS, where))
    return CSide(directory=import_path, sources=tuple(sources), files=tuple(files))


def _module(package: ListedPackage) -> tuple[str, Path]:
    """The path and the directory of a package's module; those of the package where go names none."""
    own, directory = package.import_path, Path(package.directory)
    path = package.module.path if package.module else own
    if not own.startswith(f"{path}/"):
        return own, directory
    return path, directory.parents[own.count("/") - path.count("/") - 1]
