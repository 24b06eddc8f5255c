"""Plans single directories again whose files changed a little, by a plan that an earlier run left.

Comes in: a ``KeptPlan``, and the files that changed since; everything else is as the earlier run saw it.
Goes out: a ``Replanned``, or None if the change may reach farther than its own directories, so that a whole
run has to answer. The stages are those of a whole run.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from pathlib import Path

from attrs import evolve, frozen

from bazel_xc.bazel.cgo_settings import names_in
from bazel_xc.bazel.files import checked
from bazel_xc.bazel.outline import outline
from bazel_xc.bazel.visible import is_visible
from bazel_xc.buildfile.syntax import repositories_in_text
from bazel_xc.buildfile.workspace import Workspace, read_around
from bazel_xc.commands.kept_plan import KeptPlan, build_shape, names_of, shape_of
from bazel_xc.golang.derived import listed_by_sources
from bazel_xc.golang.folding import ReadDirectory, fold, read_directory
from bazel_xc.golang.go_tree import rule_tags
from bazel_xc.golang.listing import is_standard
from bazel_xc.golang.modules import module_of
from bazel_xc.golang.package import FileKind, GoPackage, kind_of
from bazel_xc.golang.source import SourceFile
from bazel_xc.golang.sources import Sources
from bazel_xc.graph.reach import walked
from bazel_xc.model import FileChange
from bazel_xc.tree import DiskTree


@frozen(kw_only=True)
class Replanned:
    """The changes of BUILD files, the plan as it is now, and the tree that was read.

    ``asked`` maps Go files to the words on which the answers depend besides those of earlier runs.
    """

    changes: tuple[FileChange, ...]
    plan: KeptPlan
    tree: DiskTree
    asked: Mapping[str, frozenset[bytes]]


def replan(plan: KeptPlan, root: Path, changed: Iterable[str]) -> Replanned | None:
    """Plans the directories of what changed: files, or directories with other names in them, by their paths
    from ``root``.
    """
    tree = DiskTree(root)
    changes: list[FileChange] = []
    asked: dict[str, frozenset[bytes]] = {}
    by_directory: dict[str, set[str]] = {}
    for path in changed:
        if path in plan.own:
            by_directory.setdefault(path, set())
        else:
            by_directory.setdefault(path.rpartition("/")[0], set()).add(path)
    for directory, files in sorted(by_directory.items()):
        if directory not in plan.own:
            return None
        found = _directory(plan, tree, directory, files)
        if found is None:
            return None
        plan, change, words = found
        changes += [change] if change.is_change else []
        asked |= words
    good, problems = checked(changes)
    return None if problems else Replanned(changes=good, plan=plan, tree=tree, asked=asked)


def _directory(
    plan: KeptPlan, tree: DiskTree, path: str, files: set[str]
) -> tuple[KeptPlan, FileChange, Mapping[str, frozenset[bytes]]] | None:
    """The plan with the new facts of a directory, the change of its BUILD file, and ``Replanned.asked``."""
    workspace = read_around(tree, path, plan.tags)
    directory = workspace.directories.get(path)
    if workspace.diagnostics or directory is None or directory.build_file is None:
        return None
    read, problems = read_directory(
        path,
        plan.own[path],
        directory.files,
        tree,
        directory.settings.build_tags | plan.view.tags,
        rule_tags=tuple(rule_tags(directory)),
    )
    sources = {f"{path}/{each.name}".lstrip("/"): each for each in read.sources}
    if directory.build_path in files:
        if plan.shapes[directory.build_path] != build_shape(directory, plan.maker.conditions.package):
            return None
        files.remove(directory.build_path)
    names = names_of(tree, path)
    moved = names ^ plan.names[path]
    if problems or (moved and not _is_plain_move(plan, path, moved, read)):
        return None
    new = {f"{path}/{name}".lstrip("/") for name in moved}
    files |= new
    changed = {name: sources.get(name) for name in files}
    if not _is_plain_change(plan, path, changed):
        return None
    asked = dict(_asked(plan, plan.own[path], sources, new, changed))
    found = Sources(tree)
    if any(found.mentioned(name, words) for name, words in asked.items()):
        return None
    package = _package(plan, tree, read)
    if package is None:
        return None
    change = _change(plan, workspace, path, package)
    return None if change is None else (_with_facts(plan, path, sources, names), change, asked)


def _is_plain_move(plan: KeptPlan, path: str, moved: Set[str], read: ReadDirectory) -> bool:
    """Whether only Go files of a library came or went that every platform compiles, and it has others.

    If a platform leaves out some of its files, a file may only come.
    """
    library = [each for each in read.sources if kind_of(each) is FileKind.GO]
    names = {each.package for each in library}
    if len(names) != 1 or any(each.error for each in library):
        return False
    if all(each.name in moved or each.constraint for each in library):
        return False  # there was no library, or none is left
    if any(each.constraint for each in library) and moved & plan.names[path]:
        return False
    plain = shape_of(SourceFile(name="", package=names.pop()))
    shapes = {each.name: shape_of(each) for each in library}
    before = {name: plan.shapes.get(f"{path}/{name}".lstrip("/")) for name in moved}
    return all(
        name.endswith(".go") and not name.endswith("_test.go") and name[0] not in "_." for name in moved
    ) and all(shapes.get(name, plain) == plain and (before[name] or plain) == plain for name in moved)


def _is_plain_change(plan: KeptPlan, path: str, changed: Mapping[str, SourceFile | None]) -> bool:
    """Whether nothing but plain imports came or went."""
    module = module_of(path, plan.modules)
    known = plan.known.get(module.directory, frozenset()) if module else frozenset()
    own = plan.own[path]
    for name, source in changed.items():
        if source and name in plan.shapes and shape_of(source) != plan.shapes[name]:
            return False
        if source is None and name not in plan.imports:
            return False
        now = {each.path for each in source.imports} if source else set()
        before = set(plan.imports.get(name, ()))
        for each in now ^ before:
            if not (each in known or _is_plain_standard(each, plan)):
                return False
        for each in now - before:
            if each == own or (each in plan.edges and own in walked((each,), plan.edges)):
                return False  # go refuses a cycle
    return True


def _asked(
    plan: KeptPlan,
    import_path: str,
    sources: Mapping[str, SourceFile],
    new: Set[str],
    changed: Mapping[str, SourceFile | None],
) -> Iterator[tuple[str, frozenset[bytes]]]:
    """The words that the Go files of a directory may not have.

    Those are the names that packages lack which a file begins to import, and in ``new`` files the names that
    their own package lacks.
    """
    imported = {
        f".{lost}".encode()
        for name, source in changed.items()
        if source
        for each in source.imports
        if each.path not in plan.imports.get(name, ())
        for lost in plan.lacking.get(each.path, ())
        if lost[:1].isupper()
    }
    own = {name.encode() for name in plan.lacking.get(import_path, ())}
    for name in sources:
        words = frozenset(imported | own if name in new else imported)
        if words and name.endswith(".go"):
            yield name, words


def _is_plain_standard(import_path: str, plan: KeptPlan) -> bool:
    parts = set(import_path.split("/"))
    source = plan.planner.index.externals.is_standard.source
    return not {"internal", "vendor", "embed", "C"} & parts and is_standard(import_path, source)


def _package(plan: KeptPlan, tree: DiskTree, read: ReadDirectory) -> GoPackage | None:
    """The package of a directory; None if only go can say what it is."""
    listed = listed_by_sources(read, read.import_path, str(tree.root.resolve()), plan.view)
    if listed is None:
        return None
    package, problems = fold(read, listed, plan.view)
    return None if problems else package


def _change(plan: KeptPlan, workspace: Workspace, path: str, package: GoPackage) -> FileChange | None:
    directory = workspace.directories[path]
    found, problems = outline(directory, package, plan.convention, plan.root_name)
    wanted, more = evolve(plan.planner, workspace=workspace).plan(found)
    change, said = evolve(plan.maker, workspace=workspace).build_file(directory, wanted, found.stale)
    if problems or more or said or change.new is None or change.old is None:
        return None
    keys = plan.maker.conditions.package
    if names_in(change.new, keys) != names_in(change.old, keys):
        return None
    now, before = (repositories_in_text(text) for text in (change.new, change.old))
    moved = (now - before - plan.missing) | (before - now)
    return change if all(is_visible(each, plan.maker.repositories) for each in moved) else None


def _with_facts(
    plan: KeptPlan, path: str, sources: Mapping[str, SourceFile], names: frozenset[str]
) -> KeptPlan:
    """The plan with other imports and files in a directory."""
    gone = {f"{path}/{name}".lstrip("/") for name in plan.names[path] - names}
    go = {name: each for name, each in sources.items() if name.endswith(".go")}
    now = {name: tuple(imported.path for imported in each.imports) for name, each in go.items()}
    targets = {each for some in now.values() for each in some if each in plan.edges}
    return evolve(
        plan,
        imports={**{name: each for name, each in plan.imports.items() if name not in gone}, **now},
        shapes={**plan.shapes, **{name: shape_of(each) for name, each in go.items()}},
        names={**plan.names, path: names},
        edges={**plan.edges, plan.own[path]: frozenset(targets)},
    )
