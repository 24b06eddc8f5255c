"""The modules of the workspace: every go.mod, go.work and vendor tree, with their requirements.

Comes in: the directories with a go.mod in the workspace and a go command. Goes out: one ``Module`` per
go.mod, as ``go mod edit -json`` reads it, and the groups in which they are listed together. It does not
resolve versions and reads nothing from the module cache.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from attrs import frozen

from bazel_xc.errors import WorkspaceError
from bazel_xc.golang.listing import explain_failure
from bazel_xc.golang.toolchain import RunGo, Toolchain, understood
from bazel_xc.tree import Tree, glance

_VENDORED = "vendor/modules.txt"


@frozen
class Require:
    """One requirement of a go.mod."""

    path: str
    version: str
    indirect: bool = False


@frozen(kw_only=True)
class Module:
    """One go.mod. ``directory`` is relative to the workspace root, empty for the root."""

    path: str
    directory: str
    go: str = ""
    requires: tuple[Require, ...] = ()
    replaced: tuple[tuple[str, str], ...] = ()  # module path -> replacement path or directory
    replaced_versions: tuple[tuple[str, str], ...] = ()  # module path -> version of its replacement
    tools: tuple[str, ...] = ()  # import paths of tool directives
    ignored: tuple[str, ...] = ()  # ignored directories, as go.mod spells them
    vendored: bool = False

    def replaced_version(self, path: str) -> str:
        """The version of a module's replacement; empty for a directory and for a module without one."""
        return dict(self.replaced_versions).get(path, "")

    def ignores(self, directory: str) -> bool:
        """Whether an ``ignore`` directive covers a directory, given by its path from the workspace root.

        ``./x`` means that directory alone, ``x`` any directory of that path in the module (Go 1.25).
        """
        below = f"/{directory[len(self.directory) :].strip('/')}/"
        return any(
            below.startswith(f"/{path[2:].strip('/')}/")
            if path.startswith("./")
            else f"/{path.strip('/')}/" in below
            for path in self.ignored
        )

    def import_path(self, directory: str) -> str:
        """The import path of a directory inside the module."""
        below = directory[len(self.directory) :].strip("/")
        return f"{self.path}/{below}" if below else self.path


@frozen
class ListingGroup:
    """Modules that one go list includes: those of the go.work, or a single one."""

    directory: str
    modules: tuple[Module, ...]
    workspace: bool

    def patterns(self) -> tuple[str, ...]:
        """The patterns to list, relative to ``directory``."""
        starts = len(self.directory) + 1 if self.directory else 0
        below = (module.directory[starts:] for module in self.modules)
        return tuple(f"./{path}/..." if path else "./..." for path in below)

    def environment(self) -> Mapping[str, str]:
        """Turns go.work off for a module that is not in it."""
        return {} if self.workspace else {"GOWORK": "off"}


def read_modules(
    tree: Tree, directories: Iterable[str], toolchain: Toolchain, run: RunGo
) -> tuple[Module, ...]:
    """Reads the go.mod of each directory. Raises ``WorkspaceError`` at the first one that go cannot read."""
    with ThreadPoolExecutor(max_workers=4) as pool:
        found = pool.map(lambda directory: _read(tree, directory, toolchain, run), directories)
        with understood("mod edit -json"):
            return tuple(sorted(found, key=lambda module: module.directory))


def listing_groups(
    tree: Tree, modules: tuple[Module, ...], toolchain: Toolchain, run: RunGo
) -> tuple[ListingGroup, ...]:
    """Groups modules for listing: the modules of the root's go.work together, the others one by one."""
    used = _used_by_go_work(tree, toolchain, run)
    together = tuple(module for module in modules if module.directory in used)
    groups = [ListingGroup("", together, True)] if together else []
    groups += [ListingGroup(m.directory, (m,), False) for m in modules if m.directory not in used]
    return tuple(groups)


def module_of(directory: str, modules: Iterable[Module]) -> Module | None:
    """The module that a directory belongs to: the one with the deepest directory at or above it."""
    best: Module | None = None
    for module in modules:
        inside = not module.directory or f"{directory}/".startswith(f"{module.directory}/")
        if inside and (best is None or len(module.directory) > len(best.directory)):
            best = module
    return best


def is_of_workspace(import_path: str, modules: Iterable[Module]) -> bool:
    """Whether only a module of the workspace can have a package: no requirement has a path closer to it."""
    modules = tuple(modules)
    required = (each.path for module in modules for each in module.requires)
    own = frozenset(each.path for each in modules)
    above = [each for each in (*own, *required) if f"{import_path}/".startswith(f"{each}/")]
    return bool(above) and max(above, key=len) in own


def vendored_modules(tree: Tree, directory: str) -> Mapping[str, str]:
    """Import path -> module path of the packages in ``vendor/modules.txt``; empty without that file."""
    data = glance(tree, f"{directory}/{_VENDORED}".lstrip("/")) or b""
    text = data.decode("utf-8", "replace")
    found: dict[str, str] = {}
    module = ""
    for line in text.splitlines():
        if line.startswith("# "):
            module = line.split()[1]
        elif line and not line.startswith("#"):
            found[line.strip()] = module
    return found


def _read(tree: Tree, directory: str, toolchain: Toolchain, run: RunGo) -> Module:
    path = f"{directory}/go.mod" if directory else "go.mod"
    raw = _edit_json(tree.root, ["mod", "edit", "-json", path], path, toolchain, run)
    name = (raw.get("Module") or {}).get("Path", "")
    if not name:
        raise WorkspaceError(f"{path}: has no module line; add: module example.com/name")
    return Module(
        path=name,
        directory=directory,
        go=raw.get("Go", ""),
        requires=tuple(
            Require(each["Path"], each["Version"], each.get("Indirect", False))
            for each in raw.get("Require") or ()
        ),
        replaced=tuple((each["Old"]["Path"], each["New"]["Path"]) for each in raw.get("Replace") or ()),
        replaced_versions=tuple(
            (each["Old"]["Path"], each["New"].get("Version", "")) for each in raw.get("Replace") or ()
        ),
        tools=tuple(each["Path"] for each in raw.get("Tool") or ()),
        ignored=tuple(each["Path"] for each in raw.get("Ignore") or ()),
        vendored=tree.is_file(f"{directory}/{_VENDORED}".lstrip("/")),
    )


def _used_by_go_work(tree: Tree, toolchain: Toolchain, run: RunGo) -> frozenset[str]:
    setting = toolchain.environment.get("GOWORK", "")
    if setting == "off" or not tree.is_file("go.work"):
        return frozenset()
    raw = _edit_json(tree.root, ["work", "edit", "-json", "go.work"], "go.work", toolchain, run)
    with understood("work edit -json"):
        paths = [each["DiskPath"] for each in raw.get("Use") or ()]
        found = [posixpath.normpath(Path(path).as_posix()) for path in paths]
    return frozenset("" if path == "." else path for path in found)


def _edit_json(root: Path, arguments: list[str], path: str, toolchain: Toolchain, run: RunGo) -> Any:  # noqa: ANN401 - raw JSON
    done = run(arguments, root, toolchain.environment)
    if done.code != 0:
        reason = explain_failure(done.stderr, root)
        lines = (line.strip() for line in done.stderr.split("\n"))
        detail = next((line for line in lines if re.search(rf"{re.escape(path)}:\d+", line)), "")
        raise WorkspaceError(f"{detail.removeprefix('go: ') or f'{path}: {reason}'}; fix it and run again")
    with understood(" ".join(arguments[:3])):
        return json.loads(done.stdout)
