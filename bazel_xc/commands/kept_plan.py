"""The part of a plan that is enough to plan one directory again, for the memory between runs.

Comes in: a ``Snapshot``, and the plan of all its directories. Goes out: a ``KeptPlan``, which can be pickled.
An import is ``plain`` if a package may begin or cease to import it without an effect on anything but its own
``deps``: nothing at or below it needs C, or is missing or unknown on some platform. A directory is ``plain``
if nothing but its Go files and its BUILD file decides its rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from bazel_xc.bazel.cgo_settings import names_in
from bazel_xc.bazel.files import FileMaker
from bazel_xc.bazel.outline import Outline
from bazel_xc.bazel.plan import Planner
from bazel_xc.buildfile.directives import directives_in
from bazel_xc.buildfile.syntax import Call, Opaque, Value, strings_in
from bazel_xc.buildfile.workspace import Directory, Workspace
from bazel_xc.golang.modules import Module, module_of
from bazel_xc.golang.package import FileKind, GoPackage, GoView
from bazel_xc.golang.source import SourceFile
from bazel_xc.golang.undefined import lacking
from bazel_xc.golang.universe import Universe
from bazel_xc.graph.imports import Absence, above
from bazel_xc.model import ByCgo, Diagnostic
from bazel_xc.tree import MemoryTree, Tree

if TYPE_CHECKING:
    from bazel_xc.commands.generate import Generated
    from bazel_xc.commands.plan import Planned
    from bazel_xc.commands.snapshot import Snapshot


_GO_KINDS = frozenset({"go_binary", "go_library", "go_test"})
# Attributes of Go rules that matter to the rule alone.
_INNER = frozenset({"data", "deps", "embedsrcs", "srcs"})


@frozen
class _Blocked:
    """The platforms on which packages of other modules cannot be built, by import path."""

    table: Mapping[str, ByCgo]

    def __call__(self, import_path: str) -> ByCgo:
        return self.table.get(import_path, ByCgo())


@frozen(kw_only=True)
class KeptPlan:
    """The facts about a workspace that the plan of one plain directory needs.

    The workspace of ``planner`` and ``maker`` is empty. ``imports`` are, by path, the imports of the Go files
    of plain directories; ``shapes`` are digests of everything else in them that matters elsewhere, and of
    their BUILD files. ``names`` has what is in plain directories. ``own`` maps them to import paths.
    ``edges`` maps import paths of the workspace, and others that lead back to it, to their imports of each
    other; ``known`` maps directories of modules to the plain imports that their packages may have.
    ``lacking`` maps packages to names that they lack on some platform, and that new files and importers may
    not have. ``missing`` are the repositories that BUILD files name and MODULE.bazel lacks.
    """

    planner: Planner
    maker: FileMaker
    view: GoView
    modules: tuple[Module, ...]
    tags: frozenset[str]
    convention: str
    root_name: str
    imports: Mapping[str, tuple[str, ...]]
    shapes: Mapping[str, bytes]
    names: Mapping[str, frozenset[str]]
    own: Mapping[str, str]
    edges: Mapping[str, frozenset[str]]
    known: Mapping[str, frozenset[str]]
    lacking: Mapping[str, frozenset[str]]
    missing: frozenset[str]
    diagnostics: tuple[Diagnostic, ...]
    packages: int
    build_files: int


def kept_plan(snapshot: Snapshot, made: Generated) -> KeptPlan:
    """The plan of a run that left nothing to do."""
    site, universe, planned = snapshot.site, snapshot.universe, made.planned
    tainted = frozenset(_tainted(snapshot, planned))
    outlines = {each.directory.path: each for each in site.outlines}
    diagnostics = made.result.diagnostics
    noted = {"" if each.path == "." else each.path for each in diagnostics}
    noted |= {each.path.rpartition("/")[0] for each in diagnostics}
    plain = {
        path: package
        for path, package in universe.own.items()
        if path not in noted and path not in planned.with_c and _is_plain(outlines[path], package, snapshot)
    }
    files = {
        f"{path}/{file.name}".lstrip("/"): file.source
        for path, package in plain.items()
        for file in package.files
        if file.kind in (FileKind.GO, FileKind.TEST, FileKind.XTEST)
    }
    nothing = Workspace(MemoryTree({}), {})
    blocked = {
        path: planned.absence.blocked(path)
        for each in (planned.absence.configured, planned.absence.flipped)
        for path in each.blocked
    }
    return KeptPlan(
        planner=evolve(planned.planner, workspace=nothing, blocked=_Blocked(blocked)),
        maker=evolve(made.maker, workspace=nothing),
        view=snapshot.view,
        modules=snapshot.modules,
        tags=site.workspace.tags,
        convention=site.convention,
        root_name=site.root_name,
        imports={path: tuple(each.path for each in source.imports) for path, source in files.items()},
        shapes={
            **{path: shape_of(source) for path, source in files.items()},
            **{
                each.build_path: build_shape(each, site.keys)
                for each in map(snapshot.workspace.directories.__getitem__, plain)
            },
        },
        names={path: names_of(snapshot.workspace.tree, path) for path in plain},
        own={path: package.import_path for path, package in plain.items()},
        edges=dict(_edges(universe)),
        known=_known(snapshot, tainted),
        lacking={
            path: each
            for path, each in lacking(snapshot.loaded.sources).items()
            if path in universe.own_paths
        },
        missing=made.missing,
        diagnostics=diagnostics,
        packages=len(universe.own),
        build_files=sum(1 for each in snapshot.workspace.directories.values() if each.build_file),
    )


def shape_of(source: SourceFile) -> bytes:
    """A digest of the facts of a file, its imports left out."""
    facts = (
        source.package,
        source.constraint,
        source.header,
        source.preambles,
        source.embeds,
        source.has_main,
        source.error,
        source.uses_cgo,
    )
    return blake2b(repr(facts).encode("utf-8", "surrogatepass"), digest_size=12).digest()


def build_shape(directory: Directory, keys: str) -> bytes:
    """A digest of the facts in a BUILD file that other directories depend on.

    What a Go rule is made of does not matter to others. ``keys`` is the package with the keys for cgo.
    """
    file = directory.build_file
    assert file is not None
    facts = (
        [(each.tool, each.key, each.value) for each in directives_in(file)],
        [
            (call.kind, call.opaque, tuple(_attributes(call)), tuple(map(_plain, call.args)))
            for call in file.calls
        ],
        sorted(names_in(file.data, keys)),
        file.dynamic,
    )
    return blake2b(repr(facts).encode("utf-8", "surrogatepass"), digest_size=12).digest()


def _attributes(call: Call) -> Iterator[tuple[str, object]]:
    for each in call.attributes:
        if call.kind not in _GO_KINDS or each.name not in _INNER:
            yield each.name, _plain(each.value)


def _plain(value: Value) -> object:
    """A value without its comments and keys; those for cgo are looked at by themselves."""
    return value.text if isinstance(value, Opaque) else tuple(strings_in(value))


def names_of(tree: Tree, path: str) -> frozenset[str]:
    """The names in a directory."""
    return frozenset(each.name for each in tree.entries(path))


def _is_plain(each: Outline, package: GoPackage, snapshot: Snapshot) -> bool:
    directory = each.directory
    return (
        directory.build_file is not None
        and directory.writable
        and not directory.build_file.dynamic
        and directory.path not in snapshot.loaded.untouched
        and not any(part in ("vendor", "testdata") or part[:1] in "_." for part in directory.path.split("/"))
        and not any(name.endswith(".go") for name in directory.hidden)
        and not (package.generated or package.embeds or package.test_embeds or package.unknown)
        and not (package.undefined or package.undefined_in_tests)
        and not (package.nowhere or package.elsewhere_cgo)
        and not any(file.uses_cgo or file.source.embeds for file in package.files)
        and all(file.kind in (FileKind.GO, FileKind.TEST, FileKind.XTEST) for file in package.files)
        and not any(rule.made_by_evaluation for rule in snapshot.workspace.existing.of(directory.path))
        and module_of(directory.path, snapshot.modules) is not None
    )


def _tainted(snapshot: Snapshot, planned: Planned) -> Iterator[str]:
    """The import paths that are not plain."""
    both = (
        (planned.absence.universe, planned.absence.configured),
        (planned.absence.opposite, planned.absence.flipped),
    )
    for universe, absence in both:
        yield from _tainted_in(universe, absence)
    for package in snapshot.universe.own.values():
        if package.nowhere or not any(package.of(FileKind.GO)):
            yield package.import_path
        if any(file.by_cgo.on != file.by_cgo.off for file in package.files) or package.is_command:
            yield package.import_path


def _tainted_in(universe: Universe, absence: Absence) -> Iterator[str]:
    every = (1 << len(universe.platforms)) - 1
    cgo = {path: each.cgo for path, each in universe.packages.items() if each.cgo and not each.standard}
    for found in (absence.absent, absence.unknown, absence.blocked, above(universe.importers, cgo)):
        yield from found
    # What is above them may be in a cycle that go has found elsewhere, even if rules make the packages.
    broken = {
        path: every
        for path, each in universe.packages.items()
        if not each.standard and (each.unknown or each.error)
    }
    yield from above(universe.importers, {**absence.unknown, **broken})
    yield from universe.cgo
    yield from (each.import_path for each in universe.undefined)
    for path, package in universe.packages.items():
        if path in broken or (package.listed != every and not package.standard):
            yield path


def _edges(universe: Universe) -> Iterator[tuple[str, frozenset[str]]]:
    """The imports among own packages, those of tests included, and packages of other modules that lead back
    to own ones.
    """
    own = universe.own_paths
    every = (1 << len(universe.platforms)) - 1
    outer = {each: every for path in own for each in universe.importers.get(path, ()) if each not in own}
    nodes = own | above(universe.importers, outer, besides=own).keys()
    for package in universe.own.values():
        found = {each.path for file in package.files for each in file.source.imports}
        yield package.import_path, nodes & found
    for path in nodes - own:
        yield path, nodes & universe.packages[path].imports.keys()


def _known(snapshot: Snapshot, tainted: frozenset[str]) -> Mapping[str, frozenset[str]]:
    """By directory of a module: its own packages and what they import, as far as it is plain."""
    found: dict[str, set[str]] = {}
    for path, package in snapshot.universe.own.items():
        module = module_of(path, snapshot.modules)
        if module and "vendor" not in path.split("/"):
            of_module = found.setdefault(module.directory, set())
            of_module.update(each.path for file in package.files for each in file.source.imports)
            of_module.add(package.import_path)
    there = snapshot.universe.packages.keys()
    return {path: frozenset(_plain_among(names & there, tainted)) for path, names in found.items()}


def _plain_among(names: Iterable[str], tainted: frozenset[str]) -> Iterator[str]:
    for name in names:
        if name not in tainted and not {"internal", "vendor", "C", "embed"} & set(name.split("/")):
            yield name
