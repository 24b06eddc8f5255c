"""Diagnostics for packages and modules that go did not load, or that it loads although they do not compile.

Comes in: a universe, places whose listing failed. Goes out: few diagnostics, each with the first example and
a remedy. It decides nothing.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Set
from pathlib import Path

from attrs import evolve

from bazel_xc.golang.listing import FailedPlace, command_line
from bazel_xc.golang.modules import ListingGroup, Module
from bazel_xc.golang.package import GoPackage
from bazel_xc.golang.universe import Package, Universe
from bazel_xc.model import (
    BROKEN_PACKAGE,
    LOAD,
    MISSING_MODULE,
    NOT_LISTED,
    NOT_PROVIDED,
    Diagnostic,
    Severity,
    some_of,
)


def without_root(each: Diagnostic, root: Path) -> Diagnostic:
    """Makes the absolute paths in a message of go relative to the workspace root."""
    prefix = str(root.resolve()).rstrip(os.sep) + os.sep
    path = each.path.removeprefix(prefix).replace(os.sep, "/")
    return evolve(each, path=path, message=each.message.replace(prefix, ""))


def failed_listing(failed: FailedPlace, root: Path) -> Diagnostic:
    """The error of a module that go could not list."""
    place = failed.place.directory.relative_to(root)
    return Diagnostic(
        path=(place / "go.mod").as_posix(),
        severity=Severity.ERROR,
        code=LOAD,
        message=failed.reason.removeprefix(f"{failed.place.directory}: "),
        remedy="the rules of this module are left unchanged",
    )


def not_listed(packages: Mapping[str, GoPackage]) -> Iterator[Diagnostic]:
    """Directories that go should list but does not: one warning that names the first."""
    found = sorted(path for path, each in packages.items() if each.unknown)
    if found:
        where = sorted(frozenset().union(*(packages[path].unknown for path in found)))
        more = f" and {len(found) - 1} more" if len(found) > 1 else ""
        yield Diagnostic(
            path=found[0] or ".",
            code=NOT_LISTED,
            message=f"go does not list this directory{more} on {', '.join(where)},"
            " although the constraints of its files include them",
            remedy=f"the constraints are used; run: go list ./{found[0]}",
        )


def several_mains(files: tuple[str, ...]) -> str:
    """The reason why a package with several ``func main`` does not compile."""
    if len(files) == 2:
        return f"{files[0]} and {files[1]} both declare func main"
    return f"{files[0]}, {files[1]} and {len(files) - 2} more declare func main"


def mains_findings(packages: Mapping[str, GoPackage], platforms: tuple[str, ...]) -> Iterator[Diagnostic]:
    """The directories in which several compiled files declare ``func main``, as samples do."""
    for path, each in packages.items():
        found: dict[tuple[str, ...], list[str]] = {}
        for name in platforms:
            if len(mains := each.mains(name)) > 1:
                found.setdefault(mains, []).append(name)
        for mains, names in found.items():
            where = "" if len(names) == len(platforms) else f" on {', '.join(names)}"
            yield Diagnostic(
                path=f"{path}/{mains[1]}" if path else mains[1],
                code="mains",
                message=f"{several_mains(mains)}, so that the package does not compile{where}",
                remedy="give each program a directory of its own, or leave them out: # gazelle:exclude",
            )


def missing_packages(
    universe: Universe, own: Set[str], groups: tuple[ListingGroup, ...], root: Path
) -> Iterator[Diagnostic]:
    """Packages that are neither on disk nor the workspace's own: one warning that names the first."""
    missing = {
        path: each.error.message if each.error else ""
        for path, each in universe.packages.items()
        if each.is_missing and path not in own
    }
    if missing:
        first, one = min(missing), len(missing) == 1
        packages = "1 package" if one else f"{len(missing)} packages"
        sums = any("go.sum" in " ".join(message.split()) for message in missing.values())
        why = f"{'its module is' if one else 'their modules are'} not in the module cache"
        if sums:
            why = f"go.sum does not have {'its module' if one else 'all of their modules'}"
        group, module = _module_that_requires(first, groups)
        words = f"go mod {'tidy' if sums else 'download'}"
        command = command_line(words, root / group.directory, group.environment())
        yield Diagnostic(
            path=f"{module.directory}/go.mod".lstrip("/"),
            code=MISSING_MODULE,
            message=f"{packages} could not be loaded because {why} (first: {first})",
            remedy=f"run{_place(group)}: {command}",
        )


def broken_packages(
    universe: Universe, own: Set[str], groups: tuple[ListingGroup, ...], root: Path
) -> Iterator[Diagnostic]:
    """Packages of other modules, on disk, that go cannot load: one warning that names the first."""
    broken = {
        path: each
        for path, each in universe.packages.items()
        if each.unknown and each.directory and not each.is_nowhere and path not in own
    }
    if broken:
        first = min(broken)
        names = universe.on(broken[first].unknown)
        where = "" if names == frozenset(universe.names) else f" on {', '.join(sorted(names))}"
        group, module = _module_that_requires(first, groups)
        command = command_line(f"go build {first}", root / group.directory, group.environment())
        yield Diagnostic(
            path=f"{module.directory}/go.mod".lstrip("/"),
            code=BROKEN_PACKAGE,
            message=f"go cannot load {some_of(sorted(broken), 1)}{where}{_reason(broken[first])}",
            remedy=f"to see all of it, run{_place(group)}: {command}",
        )


def _reason(package: Package) -> str:
    """What go says, after the name of the file; the folder of a module depends on the machine."""
    if package.error is None:
        return ""
    path, *rest = package.error.place()
    place = ":".join(str(each) for each in (os.path.basename(path), *rest) if each)  # noqa: PTH119
    message = " ".join(package.error.message.split()).removesuffix(f" in {package.directory}")
    return f": {place}: {message}" if place else f": {message}"


def not_provided(universe: Universe, made: Set[str], root: Path) -> Iterator[Diagnostic]:
    """Imported packages that no required module has and no rule makes: one warning that names the first."""
    known = universe.own_paths | made
    found = {path: each for path, each in universe.packages.items() if each.is_nowhere and path not in known}
    if found:
        first = min(found)
        error = found[first].error
        path, line, column = error.place() if error else ("", 0, 0)
        packages = "1 imported package is" if len(found) == 1 else f"{len(found)} imported packages are"
        diagnostic = Diagnostic(
            path=path or "go.mod",
            line=line,
            column=column,
            code=NOT_PROVIDED,
            message=f"{packages} in no required module, and no rule has that importpath (first: {first})",
            remedy="add the package, or a rule with that importpath"
            if found[first].of_workspace
            else "run: go mod tidy",
        )
        yield without_root(diagnostic, root)


def _module_that_requires(import_path: str, groups: tuple[ListingGroup, ...]) -> tuple[ListingGroup, Module]:
    """The module whose go.mod leads to a package, in its group; the first module if none does."""
    modules = [(group, module) for group in groups for module in group.modules]
    modules.sort(key=lambda each: each[1].directory)
    asking = (
        (group, module)
        for group, module in modules
        if any(f"{import_path}/".startswith(f"{each.path}/") for each in module.requires)
    )
    return next(asking, modules[0])


def _place(group: ListingGroup) -> str:
    return f" in {group.directory}" if group.directory else ""
