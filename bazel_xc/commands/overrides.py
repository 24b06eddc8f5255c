"""Overrides for third-party modules: patches that add BUILD files.

Comes in: the ``Snapshot`` of the workspace that uses them. Goes out: an ``Overrides``: the settings for
MODULE.bazel or the macro, the files below ``third_party/bazel_xc``, and findings.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from attrs import evolve, frozen

from bazel_xc.bazel import override as shapes
from bazel_xc.bazel.cgo_settings import names_in
from bazel_xc.bazel.files import FileMaker, checked
from bazel_xc.bazel.names import module_repository, workspace_repository
from bazel_xc.bazel.override import ModuleOverride
from bazel_xc.buildfile.module_file import NAME
from bazel_xc.buildfile.repositories import OwnOverride, Repositories
from bazel_xc.buildfile.workspace import BUILD_FILE_NAMES, Workspace, new_build_file_name
from bazel_xc.commands.foreign import ForeignModule, ForeignModules
from bazel_xc.commands.plan import plan_tree
from bazel_xc.commands.snapshot import Snapshot
from bazel_xc.diff import unified_diff
from bazel_xc.golang.listed import ListedModule
from bazel_xc.model import Diagnostic, FileChange, Label, unique


@frozen(kw_only=True)
class Overrides:
    """Overrides by module, and the changes of their files, deletions of stale ones included."""

    overrides: tuple[ModuleOverride, ...] = ()
    changes: tuple[FileChange, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()


@frozen(kw_only=True)
class _Made:
    """The override of one module and its patch; ``labels`` are those of the main workspace that it uses."""

    override: ModuleOverride
    patch: str
    labels: frozenset[Label]


def overrides(modules: ForeignModules) -> Overrides:
    """The overrides of all modules outside of the workspace that are used with cgo."""
    main = modules.main
    made: list[_Made] = []
    diagnostics: list[Diagnostic] = []
    for module in modules.modules:
        diagnostics += module.findings
        if module.why and module.outside:
            each, problems = _override(module, main)
            diagnostics += problems
            made += [each] if each else []
    changes = tuple(_changes(main, made))
    return Overrides(
        overrides=tuple(each.override for each in made),
        changes=changes,
        diagnostics=unique((*diagnostics, *_outdated(changes))),
    )


def findings_of(modules: ForeignModules) -> tuple[Diagnostic, ...]:
    """The findings of all modules, and a finding for each that lacks the override it needs."""
    main, found = modules.main, list[Diagnostic]()
    for each in modules.modules:
        if not each.outside:
            continue
        found += each.findings
        repository = _repository(each.module.path, main.repositories)
        if each.why and main.look(f"{shapes.FOLDER}/{repository}/{shapes.PATCH}") is None:
            found.append(_lacking(each.module, each.why[0], modules))
    return unique(found)


def _outdated(changes: Iterable[FileChange]) -> Iterator[Diagnostic]:
    """Patches that were made for another version, and unused ones."""
    for each in changes:
        was, now = (shapes.made_for(data or b"") for data in (each.old, each.new))
        if was and was != now:
            now_used = f"the build uses {now}" if now else "but none of its cgo packages needs it now"
            yield Diagnostic(
                path=each.path,
                code="stale-override",
                message=f"this override was made for {was}, {now_used}",
                remedy="run: bazel-xc modules",
            )


def _lacking(module: ListedModule, why: shapes.Reason, modules: ForeignModules) -> Diagnostic:
    package = f"{module.path}/{why.directory}" if why.directory else module.path
    used_by = modules.clause(package)
    return Diagnostic(
        path="go.mod",
        code="no-override",
        message=f"Gazelle's rules are not enough for {package} {module.version}{used_by}: {why.text}",
        remedy="run: bazel-xc modules",
    )


def _override(foreign: ForeignModule, main: Snapshot) -> tuple[_Made | None, tuple[Diagnostic, ...]]:
    """The override of a module and its patch, None if there is nothing to write."""
    module, site, wiring = foreign.module, foreign.site, foreign.solved.wiring
    shape = shapes.shape(foreign.why, wiring, frozenset(site.packages))
    own = foreign.work.own
    if own and shape.whole and own.generation not in ("", "off"):
        return None, (_in_the_way(module, own, foreign.why[0], main.repositories),)
    strip = own.strip if own and own.patches else 1
    config = evolve(main.config, mode=site.mode, platforms_package=shapes.FOLDER)
    maker = FileMaker(
        config=config,
        repositories=site.repositories,
        workspace=site.workspace,
        conditions=site.conditions,
        marks=site.marks,
    )
    planned = plan_tree(site, foreign.solved, maker, shape.covers, empty=False)
    changes, problems = checked(list(planned.changes.values()))
    if not changes:
        return None, problems
    patch = shapes.patch_head(module.path, module.version, foreign.why) + unified_diff(
        changes, git=True, strip=strip
    )
    repository = _repository(module.path, main.repositories)
    override = ModuleOverride(
        path=module.path,
        strip=strip,
        patches=(f"//{shapes.FOLDER}:{repository}/{shapes.PATCH}",),
        directives=shape.directives,
        generation="off" if shape.whole else "",
    )
    return _Made(override=override, patch=patch, labels=foreign.labels), problems


def _in_the_way(
    module: ListedModule, own: OwnOverride, why: shapes.Reason, repositories: Repositories
) -> Diagnostic:
    path, line = next(_tags(module.path, repositories), (NAME, 0))
    return Diagnostic(
        path=path,
        line=line,
        code="own-override",
        message=f'{module.path} has build_file_generation = "{own.generation}" from you, so its cgo packages'
        f" get no override: {why.text}",
        remedy="remove it, or add a patch with BUILD files yourself",
    )


def _tags(path: str, repositories: Repositories) -> Iterator[tuple[str, int]]:
    """The places of ``gazelle_override`` tags for a module in MODULE.bazel and what it includes."""
    for each in repositories.module_files:
        for call in each.file.calls:
            if call.kind.endswith(".gazelle_override") and call.string("path") == path:
                yield each.path, call.line


def _repository(path: str, repositories: Repositories) -> str:
    named = {each.import_path: each.name for each in repositories.go_repositories}
    known = module_repository(path) if repositories.bzlmod else workspace_repository(path)
    return named.get(path, known)


def _changes(main: Snapshot, made: Iterable[_Made]) -> Iterator[FileChange]:
    """The patches and their package, and the deletion of patches that nothing needs any more.

    Nothing is deleted while a module is missing, because its needs are not known.
    """
    made = tuple(made)
    wanted: dict[str, str] = {}
    for each in made:
        label = each.override.patches[0].removeprefix("//").replace(":", "/")
        wanted[label] = each.patch
    build = _build_path(main.workspace)
    if made:
        labels = frozenset().union(*(each.labels for each in made))
        if not main.is_whole:
            labels |= shapes.aliased(main.look(build) or b"")
        keys = f"{shapes.main_repository(bzlmod=main.repositories.bzlmod)}//{shapes.FOLDER}"
        used = frozenset().union(*(names_in(each.patch.encode(), keys) for each in made))
        wanted[build] = shapes.package_text(shapes.aliases(labels), used, main.repositories.rules_go)
    for path in sorted({*wanted, *(_ours(main) if main.is_whole else ())}):
        old, text = main.look(path), wanted.get(path)
        if text is None or old is None or shapes.is_ours(old):
            change = FileChange(path, old, None if text is None else text.encode())
            if change.is_change:
                yield change


def _build_path(workspace: Workspace) -> str:
    """The BUILD file of the patches' package: the existing one, else one with the configured name."""
    settings = workspace.settings_at(shapes.FOLDER)
    names = (*BUILD_FILE_NAMES, new_build_file_name(settings))
    paths = [f"{shapes.FOLDER}/{name}" for name in names]
    return next((path for path in paths if workspace.tree.is_file(path)), paths[-1])


def _ours(main: Snapshot) -> Iterator[str]:
    """The existing files of ours."""
    for path, directory in main.workspace.directories.items():
        if path == shapes.FOLDER or path.startswith(f"{shapes.FOLDER}/"):
            names = {shapes.PATCH, *BUILD_FILE_NAMES, *directory.settings.build_file_names}
            for name in directory.files:
                if name in names and shapes.is_ours(main.look(f"{path}/{name}") or b""):
                    yield f"{path}/{name}"
