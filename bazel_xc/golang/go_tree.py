"""The directories with Go in a tree, and reading the files in them.

Comes in: a ``GoTree``, which is the workspace or a third-party module. Goes out: a ``ReadDirectory`` for each
directory whose Go belongs to a module, with its import path, as Gazelle's directives and ``vendor`` decide
it. Nothing is listed by go here, and no package is made.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from functools import cached_property
from pathlib import Path

from attrs import field, frozen

from bazel_xc.buildfile.workspace import Directory, Workspace
from bazel_xc.golang.folding import (
    ReadDirectory,
    RuleTags,
    read_directory,
)
from bazel_xc.golang.modules import Module, module_of, vendored_modules
from bazel_xc.model import Diagnostic, is_inside


@frozen(kw_only=True)
class GoTree:
    """Directories with Go in them: the workspace, or a third-party module.

    If it is ``vendored``, code from ``vendor`` is used. ``generated`` maps directories to Go files that rules
    of their BUILD files make.
    """

    workspace: Workspace
    modules: tuple[Module, ...]
    vendored: bool = False
    generated: Mapping[str, tuple[str, ...]] = field(factory=dict)

    @property
    def root(self) -> Path:
        """The root on disk."""
        return self.workspace.root

    @cached_property
    def vendor_lists(self) -> Mapping[str, Mapping[str, str]]:
        """Directory of a module -> import path -> module path of the packages in its ``vendor``."""
        vendored = (module.directory for module in self.modules if module.vendored)
        return {path: vendored_modules(self.workspace.tree, path) for path in vendored}


def read_directories(
    tree: GoTree, tags: frozenset[str], used: Container[str] | None = None
) -> tuple[tuple[ReadDirectory, ...], tuple[Diagnostic, ...]]:
    """The Go of all directories; or of ``used`` ones, without tests."""
    found: list[ReadDirectory] = []
    diagnostics: list[Diagnostic] = []
    for path, import_path in go_directories(tree):
        if used is not None and path not in used:
            continue
        directory = tree.workspace.directories[path]
        each, problems = read_directory(
            path,
            import_path,
            [name for name in directory.files if used is None or not name.endswith("_test.go")],
            tree.workspace.tree,
            directory.settings.build_tags | tags,
            unlisted=is_unlisted(path),
            rule_tags=tuple(rule_tags(directory)),
        )
        found.append(each)
        diagnostics.extend(problems)
    return tuple(found), tuple(diagnostics)


def go_directories(tree: GoTree) -> Iterator[tuple[str, str]]:
    """The directories with Go in them, and their import paths."""
    directories = tree.workspace.directories
    # In vendored code a go.mod means nothing: go mod vendor left it there before Go 1.17.
    foreign = {
        path for path, each in directories.items() if "go.mod" in each.files and "testdata" in path.split("/")
    }
    for path, directory in directories.items():
        has_go = any(name.endswith(".go") for name in directory.files) or tree.generated.get(path)
        module = module_of(path, tree.modules) if has_go else None
        if module is None or module.ignores(path) or any(is_inside(path, other) for other in foreign):
            continue
        import_path = _import_path(directory, module, vendored=tree.vendored)
        if import_path is not None:
            yield path, import_path


def ignored_directories(tree: GoTree) -> Iterator[str]:
    """The directories that an ``ignore`` line of go.mod excludes."""
    for path in tree.workspace.directories:
        module = module_of(path, tree.modules)
        if module and module.ignores(path):
            yield path


def is_module_root(path: str) -> bool:
    """Whether a go.mod here makes a module of the workspace; in test data and vendored code it does not."""
    return not {"testdata", "vendor"} & set(path.split("/"))


def rule_tags(directory: Directory) -> Iterator[RuleTags]:
    """The tags of rules in a BUILD file, with the sources they name."""
    for call in directory.build_file.calls if directory.build_file else ():
        tags = frozenset(call.strings("gotags"))
        if tags:
            yield RuleTags(tags, frozenset(call.strings("srcs")))


def is_unlisted(path: str) -> bool:
    """Whether ``./...`` leaves a directory out, although rules are written for it."""
    return any(part in ("testdata", "vendor") or part[:1] in ("_", ".") for part in path.split("/"))


def _import_path(directory: Directory, module: Module, *, vendored: bool) -> str | None:
    """The import path of a directory; None for vendored code that is not used from ``vendor``."""
    parts = directory.path.split("/")
    if "vendor" in parts:
        return "/".join(parts[parts.index("vendor") + 1 :]) or None if vendored else None
    prefix, base = directory.settings.prefix, directory.settings.prefix_directory
    if prefix is not None:  # also one above a nested go.mod, as in Gazelle
        below = directory.path[len(base) :].strip("/")
        return "/".join(part for part in (prefix, below) if part)
    return module.import_path(directory.path)
