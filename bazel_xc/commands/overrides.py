"""The stages about modules of other people: what their cgo packages need, as patches and overrides.

Comes in: the ``Snapshot`` of the workspace that uses them. Goes out: a ``ThirdParty``: overrides, the files
below ``third_party/bazel_xc``, findings. Modules are read where go found them and never changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from attrs import evolve, frozen

from bazel_xc.bazel import override as shapes
from bazel_xc.bazel.compatibility import compatibility
from bazel_xc.bazel.files import FileMaker, checked
from bazel_xc.bazel.names import base_name, module_repository, workspace_repository
from bazel_xc.bazel.override import ModuleOverride
from bazel_xc.buildfile.module_file import BazelDep
from bazel_xc.buildfile.repositories import Repositories
from bazel_xc.buildfile.workspace import BUILD_FILE_NAMES, Workspace, new_build_file_name, read_workspace
from bazel_xc.commands.c_side import Solved, said_of, solve_module
from bazel_xc.commands.plan import outlines_of, planner_of, wanted_rules
from bazel_xc.commands.snapshot import Snapshot, reader
from bazel_xc.golang.listing import ListedModule, Listing
from bazel_xc.golang.loading import Loader
from bazel_xc.golang.modules import Module
from bazel_xc.model import Diagnostic, FileChange, Label, unique
from bazel_xc.write import unified_diff


@frozen(kw_only=True)
class ThirdParty:
    """Overrides by module, and the files that go with them, stale ones to be deleted included."""

    overrides: tuple[ModuleOverride, ...] = ()
    changes: tuple[FileChange, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()


@frozen(kw_only=True)
class _Made:
    """What one module gets; ``labels`` are those of the main workspace that it uses."""

    override: ModuleOverride
    patch: str
    labels: frozenset[Label]


def third_party(main: Snapshot) -> ThirdParty:
    """What every module outside of the workspace that is used with cgo needs."""
    made: list[_Made] = []
    said: list[Diagnostic] = []
    fallen = dict(_with_fallbacks(main.loaded.listings))
    for module in _modules(main, frozenset(fallen)):
        each, problems = _module(module, main, fallen)
        said.extend(problems)
        if each:
            made.append(each)
    changes = tuple(_changes(main, made))
    return ThirdParty(
        overrides=tuple(each.override for each in made),
        changes=changes,
        diagnostics=unique((*said, *_outdated(changes))),
    )


def _outdated(changes: Iterable[FileChange]) -> Iterator[Diagnostic]:
    """Patches that were made for another version, and those that nothing needs any more."""
    for each in changes:
        was, now = (shapes.made_for(data or b"") for data in (each.old, each.new))
        if was and was != now:
            told = f"the build uses {now}" if now else "no cgo package of it needs one now"
            yield Diagnostic(
                path=each.path,
                code="stale-override",
                message=f"this override was made for {was}, {told}",
                remedy="bazel-xc modules brings it in step",
            )


def module_findings(main: Snapshot) -> tuple[Diagnostic, ...]:
    """What is missing for the cgo packages of modules outside of the workspace, overrides included."""
    if main.config.external == "vendored":
        return ()
    found: list[Diagnostic] = []
    fallen = dict(_with_fallbacks(main.loaded.listings))
    look = reader(main.workspace.root)
    for module in _modules(main, frozenset(fallen)):
        each = _Solving.of(module, main, fallen)
        found += each.said
        repository = _repository(module.path, main.repositories)
        if each.why and look(f"{shapes.FOLDER}/{repository}/{shapes.PATCH}") is None:
            found.append(_lacking(module, each.why[0], _Importers.of(main)))
    return unique(found)


def _lacking(module: ListedModule, why: shapes.Reason, importers: _Importers) -> Diagnostic:
    package = f"{module.path}/{why.directory}" if why.directory else module.path
    used_by = importers.clause(package)
    return Diagnostic(
        path="go.mod",
        code="no-override",
        message=f"Gazelle's rules do not do for {package} {module.version}{used_by}: {why.text}",
        remedy="run: bazel-xc modules",
    )


@frozen
class _Importers:
    """Who imports a package, on whatever platform, and which packages are the workspace's own."""

    above: Mapping[str, frozenset[str]]
    own: frozenset[str]

    @classmethod
    def of(cls, main: Snapshot) -> _Importers:
        above: dict[str, set[str]] = {}
        own: set[str] = set()
        for listing in main.loaded.listings:
            for path, package in listing.packages.items():
                if not package.dep_only:
                    own.add(path)
                for imported in package.imports:
                    above.setdefault(imported, set()).add(path)
        return cls({path: frozenset(names) for path, names in above.items()}, frozenset(own))

    def clause(self, import_path: str) -> str:
        """The first of the workspace's own packages that is found above a package, as a clause."""
        nobody: frozenset[str] = frozenset()
        layer = seen = frozenset({import_path})
        while layer and not layer & self.own:
            layer = nobody.union(*(self.above.get(path, nobody) for path in layer)) - seen
            seen |= layer
        return f", below {min(layer & self.own)}" if layer else ""


def _with_fallbacks(listings: Iterable[Listing]) -> Iterator[tuple[str, str]]:
    """Packages that do without cgo packages where these are not there, by their import paths, and why.

    Gazelle makes no difference between platforms with cgo and without it.
    """
    listings = tuple(listings)
    cgo = {
        path
        for listing in listings
        for path, each in listing.packages.items()
        if each.cgo_files and not each.standard
    }
    for listing in listings:
        here = {path for path in cgo if path in listing.packages and listing.packages[path].buildable}
        for other in listings:
            for path, each in other.packages.items():
                used = cgo.intersection(each.imports) - here
                own = listing.packages.get(path)
                for name in sorted(used if own and own.buildable else ()):
                    yield path, f"it does without {name} on {listing.platform.name}"


def _modules(main: Snapshot, fallen: frozenset[str]) -> tuple[ListedModule, ...]:
    """Modules on disk, outside of the workspace, with a package in the closure that may need something."""
    root = main.workspace.root.resolve()
    found: dict[str, ListedModule] = {}
    for listing in main.loaded.listings:
        for package in listing.packages.values():
            module = package.module
            wanted = package.cgo_files or package.import_path in fallen
            if not (wanted and module and not module.main and module.directory):
                continue
            if not Path(module.directory).is_relative_to(root):
                found[module.path] = module
    return tuple(found[path] for path in sorted(found))


@frozen(kw_only=True)
class _Solving:
    """What is known of one module: its snapshot, its C, why it needs an override, and what is to be said."""

    snapshot: Snapshot
    solved: Solved
    labels: frozenset[Label]
    why: tuple[shapes.Reason, ...]
    said: tuple[Diagnostic, ...]

    @classmethod
    def of(cls, module: ListedModule, main: Snapshot, fallen: Mapping[str, str]) -> _Solving:
        snapshot = _snapshot_of(module, main)
        outlines, _ = outlines_of(snapshot)
        labels: set[Label] = set()
        own = shapes.main_repository(bzlmod=main.repositories.bzlmod)

        def spell(label: Label) -> Label:
            labels.add(label)
            if label.repo and not main.repositories.bzlmod:
                return label  # in a WORKSPACE every repository sees all others
            if label.repo:
                return Label(own, shapes.FOLDER, shapes.alias_name(label))
            return evolve(label, repo=own)

        solved = solve_module(snapshot, outlines, main, spell)
        paths = {path: package.import_path for path, package in snapshot.loaded.packages.items()}
        return cls(
            snapshot=snapshot,
            solved=solved,
            labels=frozenset(labels),
            why=shapes.reasons(snapshot.loaded.packages, solved.wiring, main.config.platforms, fallen),
            said=tuple(_in_module(said_of(solved, snapshot), module, paths, main)),
        )


def _module(
    module: ListedModule, main: Snapshot, fallen: Mapping[str, str]
) -> tuple[_Made | None, tuple[Diagnostic, ...]]:
    solving = _Solving.of(module, main, fallen)
    snapshot, solved, why = solving.snapshot, solving.solved, solving.why
    if not why:
        return None, solving.said
    shape = shapes.shape(why, solved.wiring, frozenset(snapshot.loaded.packages))
    changes, problems = _build_files(snapshot, solved, shape)
    patch = shapes.patch_head(module.path, module.version, why) + unified_diff(changes, git=True)
    repository = _repository(module.path, main.repositories)
    override = ModuleOverride(
        path=module.path,
        patches=(f"//{shapes.FOLDER}:{repository}/{shapes.PATCH}",),
        directives=shape.directives,
        generation="off" if shape.whole else "",
    )
    made = _Made(override=override, patch=patch, labels=solving.labels) if changes else None
    return made, (*solving.said, *problems)


def _snapshot_of(module: ListedModule, main: Snapshot) -> Snapshot:
    """The module as a workspace of its own, listed as the main one's build uses it."""
    workspace = read_workspace(Path(module.directory))
    modules = (Module(path=module.path, directory=""),)
    config = evolve(
        main.config, mode="full", naming="import_alias", external="module", platforms_package=shapes.FOLDER
    )
    loader = Loader(
        workspace=workspace,
        modules=modules,
        groups=(),
        toolchain=main.toolchain,
        run=main.run,
        config=config,
        vendored=False,
        generated={},
        tool_tags=main.tool_tags,
    )
    loaded = loader.load_listed(tuple(_of_module(each, module.path) for each in main.loaded.listings))
    return evolve(
        main,
        config=config,
        workspace=workspace,
        repositories=_seen_from_modules(main.repositories),
        modules=modules,
        loaded=loaded,
        diagnostics=(),
        name=base_name(module.path),
    )


def _of_module(listing: Listing, path: str) -> Listing:
    """A listing in which the module's own packages are no longer those of another one."""
    packages = {
        name: evolve(each, module=None) if each.module and each.module.path == path else each
        for name, each in listing.packages.items()
    }
    return evolve(listing, packages=packages)


def _seen_from_modules(repositories: Repositories) -> Repositories:
    """What a repository made by Gazelle calls others: by the names in Gazelle's own MODULE.bazel."""
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


def _build_files(
    snapshot: Snapshot, solved: Solved, shape: shapes.Shape
) -> tuple[tuple[FileChange, ...], tuple[Diagnostic, ...]]:
    outlines, _ = outlines_of(snapshot)
    loaded, platforms = snapshot.loaded, snapshot.config.platforms
    where = compatibility(
        outlines, loaded.packages, loaded.listings, platforms, solved.wiring, solved.absence
    )
    own = shapes.main_repository(bzlmod=snapshot.repositories.bzlmod)
    incompatible = str(Label(own, shapes.FOLDER, "incompatible"))
    planner, _ = planner_of(snapshot, outlines, solved, where, incompatible)
    maker = FileMaker(snapshot.config, snapshot.repositories, snapshot.workspace)
    consumers = solved.wiring.rules.consumers
    changes: list[FileChange] = []
    for each in outlines:
        path = each.directory.path
        if not (shape.covers(path) or any(shape.covers(other) for other in consumers.get(path, ()))):
            continue
        wanted, stale, _ = wanted_rules(each, (), planner, solved, snapshot)
        if wanted or stale:
            changes.append(maker.build_file(each.directory, wanted, stale)[0])
    return checked(changes)


def _in_module(
    said: Iterable[Diagnostic], module: ListedModule, own: Mapping[str, str], main: Snapshot
) -> Iterator[Diagnostic]:
    """Findings at their places in a module, with the package of the workspace that brings it in."""
    said = tuple(said)
    version = f"@{module.version}" if module.version else ""
    importers = _Importers.of(main) if said else None
    for each in said:
        package = own.get(each.path.rpartition("/")[0]) or own.get(each.path, "")
        used_by = importers.clause(package) if importers else ""
        yield evolve(each, path=f"{module.path}{version}/{each.path}", message=f"{each.message}{used_by}")


def _repository(path: str, repositories: Repositories) -> str:
    named = {each.import_path: each.name for each in repositories.go_repositories}
    known = module_repository(path) if repositories.bzlmod else workspace_repository(path)
    return named.get(path, known)


def _changes(main: Snapshot, made: Iterable[_Made]) -> Iterator[FileChange]:
    """Patches and their package, and the deletion of those that nothing wants any more.

    Where modules are missing, nobody knows what these want: then nothing is deleted.
    """
    look = reader(main.workspace.root)
    made = tuple(made)
    wanted: dict[str, str] = {}
    for each in made:
        label = each.override.patches[0].removeprefix("//").replace(":", "/")
        wanted[label] = each.patch
    build = _build_path(main.workspace)
    if made:
        labels = frozenset().union(*(each.labels for each in made))
        if not main.is_whole:
            labels |= shapes.aliased(look(build) or b"")
        wanted[build] = shapes.package_text(shapes.aliases(labels))
    for path in sorted({*wanted, *(_ours(main) if main.is_whole else ())}):
        old, text = look(path), wanted.get(path)
        if text is None or old is None or shapes.is_ours(old):
            change = FileChange(path, old, None if text is None else text.encode())
            if change.is_change:
                yield change


def _build_path(workspace: Workspace) -> str:
    """The BUILD file of the patches' package: the one that is there, else of the name that is configured."""
    settings = workspace.settings_at(shapes.FOLDER)
    names = (*BUILD_FILE_NAMES, new_build_file_name(settings))
    paths = [f"{shapes.FOLDER}/{name}" for name in names]
    return next((path for path in paths if (workspace.root / path).is_file()), paths[-1])


def _ours(main: Snapshot) -> Iterator[str]:
    """The files of ours that stand there now."""
    look = reader(main.workspace.root)
    for path, directory in main.workspace.directories.items():
        if path == shapes.FOLDER or path.startswith(f"{shapes.FOLDER}/"):
            names = {shapes.PATCH, *BUILD_FILE_NAMES, *directory.settings.build_file_names}
            for name in directory.files:
                if name in names and shapes.is_ours(look(f"{path}/{name}") or b""):
                    yield f"{path}/{name}"
