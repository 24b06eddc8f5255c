"""Third-party modules whose packages the build uses with C, each as a ``Site`` of its own.

Comes in: the ``Snapshot`` of the workspace that uses them. Goes out: a ``ForeignModule`` each: its packages,
folded from the directory where go found them, its C, and the reasons why Gazelle's rules are not enough.
Modules are never changed, and nothing is written here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cached_property
from pathlib import Path

from attrs import evolve, frozen

from bazel_xc.bazel import override as shapes
from bazel_xc.bazel.cgo_settings import marks
from bazel_xc.bazel.external_names import ExternalNames
from bazel_xc.bazel.names import base_name
from bazel_xc.buildfile.module_file import BazelDep
from bazel_xc.buildfile.repositories import Repositories
from bazel_xc.buildfile.workspace import read_workspace
from bazel_xc.clibs.resolution import Outcome
from bazel_xc.commands.c_side import Resolver, Solved, c_findings, solve
from bazel_xc.commands.own_overrides import OwnWork
from bazel_xc.commands.site import Site
from bazel_xc.commands.snapshot import Snapshot
from bazel_xc.errors import WorkspaceError
from bazel_xc.golang.go_tree import GoTree
from bazel_xc.golang.listed import ListedModule
from bazel_xc.golang.loading import load_module
from bazel_xc.golang.modules import Module, read_modules
from bazel_xc.golang.sources import Sources
from bazel_xc.golang.universe import Package, Universe, by_directory
from bazel_xc.graph.imports import AbsenceByCgo, absence_by_cgo
from bazel_xc.model import Diagnostic, Label


@frozen(kw_only=True)
class ForeignModule:
    """A module, its tree, its C, and the ``labels`` of the main workspace that its C needs.

    ``why`` are the reasons for an override, without those for which ``work`` is done already; a module that
    is not ``outside`` of the workspace gets none. Places of ``findings`` are in the module.
    """

    module: ListedModule
    site: Site
    solved: Solved
    labels: frozenset[Label]
    outside: bool
    work: OwnWork
    why: tuple[shapes.Reason, ...]
    findings: tuple[Diagnostic, ...]

    @property
    def outcomes(self) -> Iterator[tuple[str, tuple[Outcome, ...]]]:
        """The outcomes by import path; the place of a need begins with the path of the module."""
        for path, some in self.solved.outcomes.items():
            yield (
                path,
                tuple(
                    evolve(each, need=evolve(each.need, path=f"{self.module.path}/{each.need.path}"))
                    for each in some
                ),
            )


@frozen(kw_only=True)
class LoadedModule:
    """A module with its packages, as the build uses it, apart from the declarations of the workspace.

    ``used`` are the directories of the packages in the build; others are there because labels may name them.
    """

    module: ListedModule
    used: frozenset[str]
    tree: GoTree
    universe: Universe
    untouched: frozenset[str]


@frozen(kw_only=True, slots=False)
class ForeignModules:
    """The modules outside of the workspace that use C."""

    main: Snapshot
    loaded: tuple[LoadedModule, ...]

    @classmethod
    def of(cls, main: Snapshot, *, reachable: bool = False) -> ForeignModules:
        """All of those modules that are on disk, by path.

        With ``reachable``, packages that only labels could name are loaded, too.
        """
        found = _listed(main.universe)
        return cls(main=main, loaded=tuple(_load(each, main, reachable=reachable) for each in found))

    @cached_property
    def modules(self) -> tuple[ForeignModule, ...]:
        """The modules with their needs and providers, by the declarations of the workspace."""
        resolver = Resolver.of(self.main)
        return tuple(self._module(each, resolver) for each in self.loaded)

    @property
    def lacking(self) -> Mapping[str, frozenset[str]]:
        """By import path: the platforms on which a package lacks a library that comes with it."""
        return {
            each.site.packages[path].import_path: platforms
            for each in self.modules
            for path, platforms in each.solved.wiring.absent.items()
        }

    def absence(self, solved: Solved | None) -> AbsenceByCgo:
        """The platforms on which packages of the workspace cannot be built, if those of modules lack
        libraries there; ``solved`` is the C of the workspace.
        """
        site = self.main.site
        lacking = solved.wiring.absent if solved else None
        return absence_by_cgo(
            site.universe, site.flipped, lacking=lacking, foreign=self.lacking, made=site.made
        )

    def clause(self, import_path: str) -> str:
        """A clause that names the nearest of the workspace's own packages that imports a package."""
        packages = self.main.universe.packages
        layer = seen = frozenset({import_path})
        while layer:
            own = sorted(each for each in layer if each in packages and packages[each].first_party)
            if own:
                return f", below {own[0]}"
            layer = (
                frozenset(path for each in layer for path in self.main.universe.importers.get(each, ()))
                - seen
            )
            seen |= layer
        return ""

    @cached_property
    def _names(self) -> ExternalNames:
        return ExternalNames.known(self.main.repositories, self.main.universe)

    def _module(self, loaded: LoadedModule, resolver: Resolver) -> ForeignModule:
        main, module = self.main, loaded.module
        site = _site(loaded, main)
        labels: set[Label] = set()
        own = shapes.main_repository(bzlmod=main.repositories.bzlmod)

        def spell(label: Label) -> Label:
            labels.add(label)
            if label.repo and not main.repositories.bzlmod:
                return label  # in a WORKSPACE every repository sees all others
            if label.repo:
                return Label(own, shapes.FOLDER, shapes.alias_name(label))
            return evolve(label, repo=own)

        solved = solve(site, resolver, spell)
        work = OwnWork.of(module, loaded.tree.workspace, main, self._names)

        def is_settled(directory: str) -> bool:
            is_unused = directory in site.packages and directory not in loaded.used
            return is_unused or work.covers(directory)

        found = tuple(
            each
            for each in c_findings(solved, site, main.config.unresolved)
            if not is_settled(each.path if each.path in site.packages else each.path.rpartition("/")[0])
        )
        return ForeignModule(
            module=module,
            site=site,
            solved=solved,
            labels=frozenset(labels),
            outside=not Path(module.directory).is_relative_to(main.root.resolve()),
            work=work,
            why=tuple(
                each
                for each in shapes.reasons(site.packages, solved.wiring, main.config.platforms)
                if not is_settled(each.directory)
            ),
            findings=tuple(self._placed(found, module, site)),
        )

    def _placed(
        self, findings: tuple[Diagnostic, ...], module: ListedModule, site: Site
    ) -> Iterator[Diagnostic]:
        """Findings with places in a module, and the package of the workspace that imports it."""
        version = f"@{module.version}" if module.version else ""
        for each in findings:
            package = site.packages.get(each.path.rpartition("/")[0]) or site.packages.get(each.path)
            used_by = self.clause(package.import_path if package else "")
            yield evolve(each, path=f"{module.path}{version}/{each.path}", message=f"{each.message}{used_by}")


def _listed(universe: Universe) -> tuple[ListedModule, ...]:
    found: dict[str, ListedModule] = {}
    for path, package in universe.packages.items():
        uses_c = package.cgo and not package.standard and path not in universe.own_paths
        if uses_c and package.module and not package.module.main:
            directory = _root(package, package.module)
            if directory:
                found[package.module.path] = evolve(package.module, directory=directory)
    return tuple(found[path] for path in sorted(found))


def _load(module: ListedModule, main: Snapshot, *, reachable: bool) -> LoadedModule:
    files = main.workspace.tree.at(Path(module.directory))
    known = Module(path=module.path, directory="")
    if reachable and files.is_file("go.mod"):
        with suppress(WorkspaceError):  # its go.mod is only for labels of packages that nothing uses
            (known,) = read_modules(files, [""], main.toolchain, main.run)
    workspace = read_workspace(files, missing="removed during the run; run: go mod download")
    tree = GoTree(workspace=workspace, modules=(known,))
    universe, folded = load_module(tree, main.universe.listings, main.view, reachable=reachable)
    return LoadedModule(
        module=module,
        used=frozenset(by_directory(main.universe.listings, tree.root)),
        tree=tree,
        universe=universe,
        untouched=folded.untouched,
    )


def _site(loaded: LoadedModule, main: Snapshot) -> Site:
    """A module as the main workspace's build uses it, with the rule names of Gazelle."""
    own = shapes.main_repository(bzlmod=main.repositories.bzlmod)
    return Site(
        workspace=loaded.tree.workspace,
        modules=loaded.tree.modules,
        universe=loaded.universe,
        flipped=None,
        build=main.universe,
        untouched=loaded.untouched,
        view=main.view,
        repositories=_seen_from_modules(main.repositories),
        source=main.site.source,
        sources=Sources(loaded.tree.workspace.tree),
        mode="full",
        vendored=False,
        convention="import_alias",
        root_name=base_name(loaded.module.path),
        marks=marks(str(Label(own, shapes.FOLDER, "incompatible")), f"{own}//{shapes.FOLDER}"),
        keys=f"{own}//{shapes.FOLDER}",
        third_party=True,
    )


def _root(package: Package, module: ListedModule) -> str:
    """The folder of a package's module; for a vendored one it follows from the folder of the package."""
    below = package.import_path[len(module.path) :]
    if module.directory or not package.directory.endswith(below):
        return module.directory
    return package.directory.removesuffix(below)


def _seen_from_modules(repositories: Repositories) -> Repositories:
    """The repositories as Gazelle's repositories see them: by the names in Gazelle's own MODULE.bazel."""
    names = {"rules_go": "io_bazel_rules_go", "gazelle": "bazel_gazelle"}
    deps = (
        BazelDep(each.name, each.version, names.get(each.name, each.name)) for each in repositories.bazel_deps
    )
    return evolve(
        repositories,
        rules_go="io_bazel_rules_go",
        bazel_deps=tuple(deps),
        own_names=(),
    )
