"""The page of ``modules``: the repositories that Bazel needs, and overrides for third-party modules.

Comes in: a ``Snapshot``. Goes out: a ``Result`` with the changes of MODULE.bazel or of the macro of a
WORKSPACE, and of the files below ``third_party/bazel_xc``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set

from attrs import evolve

from bazel_xc.bazel.go_modules import bazel_go_modules
from bazel_xc.bazel.names import module_repository
from bazel_xc.bazel.override import ModuleOverride
from bazel_xc.bazel.repository_macro import (
    DEFAULT_FILE,
    DEFAULT_FUNCTION,
    MacroPlace,
    find_macro,
    new_macro,
    updated_macro,
)
from bazel_xc.bazel.setup import GAZELLE
from bazel_xc.bazel.use_repo import ModuleWants, go_deps_uses, updated
from bazel_xc.bazel.use_repo_names import repositories_in
from bazel_xc.bazel.visible import module_repositories
from bazel_xc.buildfile.module_file import NAME, BazelDep, ModuleFile, read_module_file
from bazel_xc.buildfile.repositories import Repositories, go_repositories_in
from bazel_xc.buildfile.syntax import BuildSyntaxError, repositories_named
from bazel_xc.clibs.resolution import Outcome, Status
from bazel_xc.commands.c_side import Resolver, solve
from bazel_xc.commands.foreign import ForeignModules
from bazel_xc.commands.go_deps import GoDepsModules, go_deps_modules
from bazel_xc.commands.overrides import overrides
from bazel_xc.commands.snapshot import Snapshot
from bazel_xc.errors import WorkspaceError
from bazel_xc.golang.build_list import read_build_list
from bazel_xc.golang.modules import Module
from bazel_xc.model import Diagnostic, FileChange, Result, Severity, unique


def keep_modules(snapshot: Snapshot) -> Result:
    """Updates Bazel's declarations of Go modules.

    Raises ``WorkspaceError`` if there is neither a MODULE.bazel nor a WORKSPACE.
    """
    repositories = snapshot.repositories
    if repositories.bzlmod and snapshot.look(NAME) is None:
        raise WorkspaceError(f"{snapshot.workspace.root}: no {NAME} and no WORKSPACE; run: bazel-xc init")
    foreign = ForeignModules.of(snapshot, reachable=True)
    deps = _missing_deps(snapshot, foreign)
    snapshot = evolve(snapshot, repositories=_with_deps(repositories, deps))
    others = overrides(evolve(foreign, main=snapshot))
    if repositories.bzlmod:
        known = go_deps_modules(snapshot)
        by_hand = (*snapshot.diagnostics, *_left_out(snapshot, known.modules))
        changes, problems = _module_file(snapshot, known, deps, others.overrides)
    else:
        by_hand = (*snapshot.diagnostics, *_left_out(snapshot, snapshot.together))
        changes, problems = _macro(snapshot, others.overrides)
    return Result(
        changes=tuple(sorted((*changes, *others.changes))),
        diagnostics=unique((*by_hand, *others.diagnostics, *problems)),
        advice=_advice(changes, repositories),
    )


def _missing_deps(snapshot: Snapshot, foreign: ForeignModules) -> tuple[tuple[str, str], ...]:
    """Modules of the registry that would provide a C need and are not declared."""
    if not snapshot.repositories.bzlmod:
        return ()
    solved = solve(snapshot.site, Resolver.of(snapshot)).outcomes
    others = (some for each in foreign.modules for _, some in each.outcomes)
    needed = (each for some in (*solved.values(), *others) for each in some if _is_open(each))
    return tuple(sorted({each.missing for each in needed if each.missing}))


def _is_open(outcome: Outcome) -> bool:
    return outcome.status is Status.UNRESOLVED and outcome.need.certain


def _with_deps(repositories: Repositories, deps: Iterable[tuple[str, str]]) -> Repositories:
    """The declarations with the new dependencies."""
    more = (BazelDep(name, version, name) for name, version in deps)
    return evolve(repositories, bazel_deps=(*repositories.bazel_deps, *more))


def _module_file(
    snapshot: Snapshot,
    known: GoDepsModules,
    deps: tuple[tuple[str, str], ...],
    overrides: tuple[ModuleOverride, ...],
) -> tuple[tuple[FileChange, ...], tuple[Diagnostic, ...]]:
    file, elsewhere = _file_of_go_deps(snapshot)
    removable = _removable(snapshot, known)
    wants = ModuleWants(
        repositories=_direct(snapshot, known, frozenset(each.path for each in overrides)) - elsewhere,
        known=None if removable is None else removable - elsewhere,
        deps=deps,
        source=known.source or ("go_mod", "//:go.mod"),
        gazelle=GAZELLE,
        overrides=overrides,
        whole=snapshot.is_whole,
    )
    vendored = snapshot.config.external == "vendored"
    if vendored or known.is_nothing:
        wants = ModuleWants(repositories=None, deps=deps)  # repositories of modules are not needed
    by_hand = () if vendored else known.diagnostics
    new, problems = updated(file, wants)
    changes = (FileChange(file.path, file.file.data, new), *_packages(snapshot, known.packages))
    return tuple(change for change in changes if change.is_change), (*by_hand, *problems)


def _file_of_go_deps(snapshot: Snapshot) -> tuple[ModuleFile, frozenset[str]]:
    """MODULE.bazel, or the file included there that uses go_deps, and the names that other files bring in.

    Raises ``WorkspaceError`` if MODULE.bazel is no Starlark.
    """
    files = snapshot.repositories.module_files
    if not files:
        try:
            return read_module_file(snapshot.look(NAME) or b""), frozenset()
        except BuildSyntaxError as e:
            raise WorkspaceError(f"{NAME}:{e.line}: {e.message}; fix it and run again") from None
    chosen = next((each for each in files if go_deps_uses(each)), files[0])
    others = (
        name
        for each in files
        if each is not chosen
        for use in go_deps_uses(each)
        for call in each.use_repos(use.variable)
        for name in repositories_in(call)
    )
    return chosen, frozenset(others)


def _packages(snapshot: Snapshot, wanted: Iterable[str]) -> Iterator[FileChange]:
    """An empty BUILD file where there is none, because a label such as ``//:go.mod`` needs a package."""
    for path in sorted(wanted):
        directory = snapshot.workspace.directories.get(path)
        if directory and directory.build_file is None and not directory.broken:
            yield FileChange(directory.build_path, None, b"")


def _removable(snapshot: Snapshot, known: GoDepsModules) -> frozenset[str] | None:
    """The names to remove if they are unused; none while a module is missing, because it may use them."""
    if known.known is None:
        return None
    return module_repositories(known.known, snapshot.repositories) if snapshot.is_whole else frozenset()


def _direct(snapshot: Snapshot, known: GoDepsModules, overridden: frozenset[str]) -> frozenset[str]:
    """The names of the repositories that the workspace's own packages use directly.

    As in the extension: the requirements of go.mod without ``// indirect``, and modules of tools; also
    modules that are imported although they are marked indirect, with any build tags, and those that labels in
    BUILD files name.
    """
    own, together = {module.path for module in snapshot.modules}, known.modules
    paths = {
        each.path
        for module in together
        for each in module.requires
        if not each.indirect or any(f"{tool}/".startswith(f"{each.path}/") for tool in module.tools)
    }
    required = {each.path for module in together for each in module.requires}
    paths |= {_module_of(each, required) for each in snapshot.loaded.imports} - {""}
    paths |= _imported(snapshot) & required
    paths |= known.direct
    replaced = {path for module in together for path, _ in module.replaced}
    names = {each.import_path: each.name for each in snapshot.repositories.go_repositories}
    found: set[str] = set()
    for path in paths - own:
        name = names.get(path) or module_repository(path)
        if path in replaced or path in overridden or not _is_provided(path, name, snapshot.repositories):
            found.add(name)
    return frozenset(found) | (
        _labelled(snapshot) & module_repositories(known.known or (), snapshot.repositories)
    )


def _module_of(import_path: str, modules: Set[str]) -> str:
    """The module with the longest path at or above an import path, empty if there is none."""
    while import_path and import_path not in modules:
        import_path = import_path.rpartition("/")[0]
    return import_path


def _labelled(snapshot: Snapshot) -> frozenset[str]:
    """The repositories that strings in BUILD files name."""
    files = (each.build_file for each in snapshot.workspace.directories.values() if each.build_file)
    return frozenset(name for file in files for name in repositories_named(file))


def _is_provided(path: str, name: str, repositories: Repositories) -> bool:
    """Whether a Bazel module has a Go module, so that the extension makes no repository for it.

    An undeclared one may be there as a dependency of another module; then the existing ``use_repo`` decides.
    """
    module = bazel_go_modules().get(path)
    if module is None:
        return False
    known = module.always or repositories.bazel_dep(module.name) is not None
    return known or name not in repositories.repository_names


def _imported(snapshot: Snapshot) -> set[str]:
    """The paths of modules that own packages import, tests included."""
    packages, found = snapshot.universe.packages, set[str]()
    for package in packages.values():
        if package.first_party and package.module and package.module.main:
            for path in (*package.imports, *package.test_imports):
                target = packages.get(path)
                if target and target.module and not target.module.main:
                    found.add(target.module.path)
    return found


def _macro(
    snapshot: Snapshot, overrides: tuple[ModuleOverride, ...]
) -> tuple[tuple[FileChange, ...], tuple[Diagnostic, ...]]:
    if snapshot.config.external == "vendored":
        return (), ()
    look = snapshot.look
    place = find_macro(look) or MacroPlace(DEFAULT_FILE, DEFAULT_FUNCTION)
    old = look(place.file)
    build = read_build_list(snapshot.workspace.root, snapshot.together, snapshot.toolchain, snapshot.run)
    if old is None and not build.modules:
        return (), ()
    declared = {each.import_path for each in snapshot.repositories.go_repositories}
    mine = frozenset(declared) - _declared_in(place, old)
    new, problems = updated_macro(
        place,
        old or new_macro(place.function),
        build,
        mine,
        {each.path: each for each in overrides},
        whole=snapshot.is_whole,
    )
    change = FileChange(place.file, old, new)
    problems += tuple(_by_hand(each, place) for each in overrides if each.path in mine)
    return ((change,) if change.is_change else ()), problems


def _by_hand(override: ModuleOverride, place: MacroPlace) -> Diagnostic:
    """The lines to add to a rule in another file."""
    words = [f'build_file_generation = "{override.generation}"'] if override.generation else []
    words += [f"build_directives = {list(override.directives)}"] if override.directives else []
    words += ['patch_args = ["-p1"]', f"patches = {list(override.patches)}"]
    return Diagnostic(
        path=place.file,
        severity=Severity.WARNING,
        code="override-elsewhere",
        message=f"the rule of {override.path} is in another file, and its cgo packages need an override",
        remedy=f"add to it: {', '.join(words)}".replace("'", '"'),
    )


def _declared_in(place: MacroPlace, data: bytes | None) -> frozenset[str]:
    """The import paths that the macro itself declares."""
    return frozenset(each.import_path for each in go_repositories_in(place.file, data or b""))


def _left_out(snapshot: Snapshot, read_by_bazel: Iterable[Module]) -> Iterator[Diagnostic]:
    """Modules of the workspace that Bazel does not read."""
    together = {module.directory for module in read_by_bazel}
    for module in snapshot.modules:
        if module.directory not in together and module.requires:
            yield Diagnostic(
                path=f"{module.directory}/go.mod" if module.directory else "go.mod",
                severity=Severity.NOTE,
                code="module-apart",
                message=f"Bazel reads one go.mod or go.work, which lacks the requirements of {module.path}",
                remedy=f"run: go work use ./{module.directory}",
            )


def _advice(changes: Iterable[FileChange], repositories: Repositories) -> tuple[str, ...]:
    """The lines that the user adds to WORKSPACE for a new macro."""
    new = [each.path for each in changes if each.old is None]
    if repositories.bzlmod or not new:
        return ()
    label = f"//:{new[0]}"
    return (
        "WORKSPACE: after gazelle_dependencies is loaded, and before it is called, add",
        f"    # gazelle:repository_macro {new[0]}%{DEFAULT_FUNCTION}",
        f'    load("{label}", "{DEFAULT_FUNCTION}")',
        f"    {DEFAULT_FUNCTION}()",
    )
