"""Packages and tests that do not compile on some platforms, because the file with a declaration is left out.

Comes in: the files that go compiles on a platform, and those that it leaves out, for cgo or for the platform.
Goes out: the first use, in each package and in its tests, of a name that is declared nowhere. Files are read,
but not type-checked: the loss of an exported method or field is not seen, because any type may have one of
that name. A report is certain as far as the parser goes; a package without one may still fail to compile.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from functools import cached_property
from itertools import chain

from attrs import evolve, field, frozen

from bazel_xc.golang.constraints import file_name_constraint, holds
from bazel_xc.golang.left_out import (
    Compiled,
    CompiledTests,
    compiled_on,
    has_tests,
    ignored_files,
    leaves_out_tests,
    left_out_on,
    listed_files,
    tests_on,
)
from bazel_xc.golang.listing import Listing
from bazel_xc.golang.package import GO_KINDS, GoPackage, GoView
from bazel_xc.golang.sources import Sources
from bazel_xc.model import Diagnostic, Platform, Severity

_Found = tuple[str, int, str, tuple[str, ...]]  # file, line, name, files that declare it
_Places = Mapping[str, tuple[str, ...]]  # the files that declare a name, by name
_NAMED = 3
_DECLARE = "add a declaration, or give this file the same build constraint"


@frozen(kw_only=True)
class Undefined:
    """The first use, in a package or in its tests, of a name that is not declared there.

    ``declared_in`` are the files that declare it and are left out of ``platforms``; one of them would be
    compiled on those of ``with_cgo`` if cgo were on there.
    """

    import_path: str
    file: str
    line: int
    name: str
    declared_in: tuple[str, ...]
    platforms: tuple[str, ...] = ()
    with_cgo: tuple[str, ...] = ()
    in_tests: bool = False


@frozen(kw_only=True, slots=False)
class _Lost:
    """Names that a package lacks, each with the files that have it. ``members`` are methods and fields that
    no other package may use.
    """

    names: _Places = field(factory=dict)
    members: _Places = field(factory=dict)

    @cached_property
    def exported(self) -> _Places:
        """The names that other packages may use."""
        return {name: path for name, path in self.names.items() if name[:1].isupper()}


def lacking(sources: Sources) -> dict[str, frozenset[str]]:
    """The names, members included, that packages or their tests were found to lack on some platform."""
    found: dict[str, frozenset[str]] = {}
    for key, lost in sources.answers.items():
        if isinstance(lost, _Lost) and (lost.names or lost.members):
            path = key[1]
            found[path] = found.get(path, frozenset()).union(lost.names, lost.members)
    return found


def undefined(
    compiled: Mapping[str, Compiled],
    left_out: Mapping[str, frozenset[str]],
    sources: Sources,
    tests: Mapping[str, CompiledTests] | None = None,
) -> tuple[Undefined, ...]:
    """The undefined names of the packages of one platform; ``left_out`` maps import paths to the files of a
    package that are not compiled, ``tests`` to its tests.

    The tests of a package that does not compile, or has only files that are left out, are not looked at.
    """
    found: list[Undefined] = []
    lost: dict[str, _Lost] = {}
    for path, files in sorted(left_out.items()):
        package = compiled.get(path)
        if package and package.files and files:
            lost[path] = _lost_in(path, package.files, files, sources)
            found.extend(_first_own_use(path, package, files, sources))
    exported = {path: each.exported for path, each in lost.items() if each.exported}
    reported = {each.import_path for each in found}
    for path, package in sorted(compiled.items()):
        if path not in reported and package.imports & exported.keys():
            wanted = {each: exported[each] for each in package.imports & exported.keys()}
            known = {each: compiled[each].name for each in wanted}
            found.extend(_first(path, _foreign_uses(package, wanted, known, sources)))
    reported = {each.import_path for each in found}
    for path, each in sorted((tests or {}).items()):
        package, out = compiled[path], left_out.get(path, frozenset())
        if path not in reported and (package.files or not out):
            work = _TestUses(path, package, out, exported, compiled, sources)
            first = _first(path, work.of(each))
            found.extend(evolve(use, in_tests=True) for use in first)
    return tuple(sorted(found, key=lambda each: each.import_path))


@frozen
class _TestUses:
    """The uses of names that the tests of one package lack; ``exported`` has the names that others lack."""

    path: str
    package: Compiled
    left_out: frozenset[str]
    exported: Mapping[str, _Places]
    compiled: Mapping[str, Compiled]
    sources: Sources

    def of(self, tests: CompiledTests) -> Iterator[_Found]:
        """The uses in inner and outer tests."""
        inner = self._lost(self.package.files | tests.inner.files, self.left_out | tests.inner_left_out)
        yield from self._in(tests.inner, inner, {})
        if tests.outer.files:
            outer = self._lost(tests.outer.files, tests.outer_left_out)
            yield from self._in(tests.outer, outer, {self.path: inner.exported} if inner.exported else {})

    def _lost(self, files: frozenset[str], others: frozenset[str]) -> _Lost:
        return _lost_in(self.path, files, others, self.sources) if others else _Lost()

    def _in(self, tests: Compiled, lost: _Lost, tested: Mapping[str, _Places]) -> Iterator[_Found]:
        yield from _own_uses(tests, lost, self.sources)
        wanted = {each: self.exported[each] for each in tests.imports & self.exported.keys()}
        wanted |= {each: names for each, names in tested.items() if each in tests.imports}
        known = {each: self.compiled[each].name for each in wanted}
        yield from _foreign_uses(tests, wanted, known, self.sources)


def undefined_anywhere(
    packages: Iterable[GoPackage],
    listings: Iterable[Listing],
    cgo: frozenset[str],
    sources: Sources,
    view: GoView,
) -> tuple[Undefined, ...]:
    """The undefined names on the platforms of ``view``, in ``packages`` of the workspace and in other
    packages of ``listings``. Files that are left out count for own packages and for those in ``cgo``.

    In an own package without cgo, a file that another file seems to replace does not count.
    """
    packages, by_name = tuple(packages), {each.platform.name: each for each in listings}
    own = frozenset(package.import_path for package in packages)
    left = {name: left_out_on(packages, name) for name in (each.name for each in view.platforms)}
    in_tests = (each.import_path for each in packages if leaves_out_tests(each, left))
    suspects = cgo.union(*(each.keys() for each in left.values()), in_tests)
    packages = tuple(each for each in packages if _touches(each, suspects)) if suspects else ()
    found: dict[Undefined, dict[str, tuple[str, ...]]] = {}
    for platform, left_out in left.items():
        compiled = {each.import_path: compiled_on(each, platform) for each in packages}
        others = by_name[platform].packages if platform in by_name else {}
        for path, each in others.items():
            if path not in own and not each.standard and (path in cgo or not cgo.isdisjoint(each.imports)):
                compiled[path] = listed_files(each)
                if path in cgo:
                    left_out[path] = ignored_files(each)
        tests = {each.import_path: tests_on(each, platform) for each in packages if has_tests(each)}
        for use in undefined(compiled, left_out, sources, tests):
            found.setdefault(evolve(use, declared_in=()), {})[platform] = use.declared_in
    return tuple(_everywhere(use, where, sources, view) for use, where in found.items())


def _everywhere(
    use: Undefined, where: Mapping[str, tuple[str, ...]], sources: Sources, view: GoView
) -> Undefined:
    """A use on all platforms on which the name is undefined; ``where`` has the files that declare it."""
    files = tuple(sorted(frozenset[str]().union(*where.values())))
    off = (evolve(each, cgo=True) for each in view.platforms if each.name in where and not each.cgo)
    with_cgo = (each.name for each in off if any(_is_compiled(path, each, sources, view) for path in files))
    return evolve(use, declared_in=files, platforms=tuple(where), with_cgo=tuple(with_cgo))


def cgo_of_others(
    listings: Iterable[Listing], own: frozenset[str], sources: Sources, view: GoView
) -> frozenset[str]:
    """The packages outside of the workspace with a file that would import "C" on some platform with cgo."""
    return frozenset(_cgo_of_others(listings, own, sources, view))


def _cgo_of_others(
    listings: Iterable[Listing], own: frozenset[str], sources: Sources, view: GoView
) -> Iterator[str]:
    for listing in listings:
        platform = evolve(listing.platform, cgo=True)
        for path, package in listing.packages.items():
            if path not in own and not package.standard:
                ignored = () if listing.platform.cgo else sorted(ignored_files(package))
                if package.cgo_files or any(_is_cgo(file, platform, sources, view) for file in ignored):
                    yield path


def _is_cgo(path: str, platform: Platform, sources: Sources, view: GoView) -> bool:
    """Whether a file that go leaves out would be compiled with cgo on, and imports "C"."""
    return sources.scan(path).uses_cgo and _is_compiled(path, platform, sources, view)


def _is_compiled(path: str, platform: Platform, sources: Sources, view: GoView) -> bool:
    """Whether a file's name and constraint hold on a platform."""
    name = path.rpartition("/")[2]
    by_name = file_name_constraint(name)
    tags, release = view.tags_on(platform), view.release[1]
    if by_name is not None and not holds(by_name, platform, tags, release):
        return False
    constraint = sources.scan(path).constraint
    return constraint is None or holds(constraint, platform, tags, release)


def _touches(package: GoPackage, suspects: Set[str]) -> bool:
    """Whether a package is one of ``suspects`` or imports one."""
    if package.import_path in suspects:
        return True
    return any(each.path in suspects for file in package.of(*GO_KINDS) for each in file.source.imports)


def undefined_findings(found: Iterable[Undefined], own: Mapping[str, str]) -> Iterator[Diagnostic]:
    """Reports each at the place of use; ``own`` maps import paths of the workspace to directories."""
    for each in found:
        file = each.file.rpartition("/")[2]
        directory = own.get(each.import_path, each.import_path)
        yield Diagnostic(
            path=f"{directory}/{file}" if directory else file,
            line=each.line,
            severity=Severity.WARNING,
            code="undefined",
            message=f"{each.name} is declared only in {_files(each.declared_in)} not compiled on"
            f" {', '.join(each.platforms)}",
            remedy=f"{_turn_on(each)}{_DECLARE}",
        )


def _files(paths: tuple[str, ...]) -> str:
    names = [path.rpartition("/")[2] for path in paths]
    if len(names) == 1:
        return f"{names[0]}, which is"
    if len(names) > _NAMED:
        names[_NAMED - 1 :] = [f"{len(names) - _NAMED + 1} more files"]
    return f"{', '.join(names[:-1])} and {names[-1]}, which are"


def _turn_on(use: Undefined) -> str:
    if not use.with_cgo:
        return ""
    where = "there" if use.with_cgo == use.platforms else f"on {', '.join(use.with_cgo)}"
    return f"enable cgo {where}, "


def _lost_in(path: str, files: frozenset[str], others: frozenset[str], sources: Sources) -> _Lost:
    """The names that some files of a package lack; most platforms have the same files."""
    return sources.answer((_Lost, path, files, others), lambda: _lost(files, others, sources))


def _first_own_use(
    path: str, package: Compiled, others: frozenset[str], sources: Sources
) -> tuple[Undefined, ...]:
    """The first use of a name that a package lacks itself."""
    lost = _lost_in(path, package.files, others, sources)
    key = (Undefined, path, package.files, others)
    return sources.answer(key, lambda: tuple(_first(path, _own_uses(package, lost, sources))))


def _lost(files: Iterable[str], others: Iterable[str], sources: Sources) -> _Lost:
    """The names that only ``others`` declare. Nothing is lost if a compiled file could not be parsed."""
    left_out = {path: sources.declared(path) for path in sorted(others)}
    names = set[str]().union(*(each.names for each in left_out.values()))
    members = {name for each in left_out.values() for name in each.members if name[:1].islower()}
    asked = frozenset(name.encode() for name in (*names, *members))
    for path in files:
        if sources.mentioned(path, asked):
            each = sources.declared(path)
            if not each.whole:
                return _Lost()
            names -= each.names
            members -= each.members
    return _Lost(
        names=_by_name(names, {path: each.names for path, each in left_out.items()}),
        members=_by_name(members, {path: each.members for path, each in left_out.items()}),
    )


def _by_name(names: Set[str], declared: Mapping[str, frozenset[str]]) -> _Places:
    found: dict[str, list[str]] = {}
    for path, here in declared.items():
        for name in names & here:
            found.setdefault(name, []).append(path)
    return {name: tuple(paths) for name, paths in found.items()}


def _own_uses(package: Compiled, lost: _Lost, sources: Sources) -> Iterator[_Found]:
    if package.name == "main" and "main" in lost.names:
        yield min(package.files), 1, "main", lost.names["main"]
    members = (f".{name}" for name in lost.members)
    for path in _mentioning(package.files, (*lost.names, *members), sources):
        imports, used = sources.declared(path).imports, sources.used(path)
        alone = ((use, lost.names) for use in used.alone if use.name not in imports.values())
        c_is_there = "C" in imports  # fields of C are also after a dot
        behind = ((use, lost.members) for use in used.selected if not c_is_there)
        for use, missing in chain(alone, behind):
            if use.name in missing:
                yield path, use.line, use.name, missing[use.name]


def _foreign_uses(
    package: Compiled, wanted: Mapping[str, _Places], known: Mapping[str, str], sources: Sources
) -> Iterator[_Found]:
    names = (f".{name}" for name in chain.from_iterable(wanted.values()))
    for path in _mentioning(package.files, names, sources):
        imports = sources.declared(path).imports
        called = {name or known.get(target, ""): target for target, name in imports.items()}
        for use in sources.used(path).qualified:
            missing = wanted.get(called.get(use.package, ""), {})
            if use.name in missing:
                yield path, use.line, f"{use.package}.{use.name}", missing[use.name]


def _first(import_path: str, uses: Iterable[_Found]) -> Iterator[Undefined]:
    for file, line, name, declared_in in sorted(uses)[:1]:
        yield Undefined(import_path=import_path, file=file, line=line, name=name, declared_in=declared_in)


def _mentioning(files: Iterable[str], names: Iterable[str], sources: Sources) -> list[str]:
    """The files that contain one of the names and can be parsed; words are compared before parsing."""
    asked = frozenset(name.encode() for name in names)
    found = (path for path in sorted(files) if sources.mentioned(path, asked))
    return [path for path in found if sources.declared(path).whole]
