"""Finds the Go modules that Gazelle's go_deps knows.

Comes in: a ``Snapshot``, and through it MODULE.bazel with its ``from_file`` and ``module`` tags. Goes out: a
``GoDepsModules``: the go.mod files that the extension reads, the modules in them, and findings. It does not
decide which repositories are needed.
"""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterable, Iterator

from attrs import frozen

from bazel_xc.bazel.use_repo import EXTENSION, go_deps_uses
from bazel_xc.buildfile.module_file import NAME
from bazel_xc.buildfile.syntax import Call, Opaque
from bazel_xc.commands.snapshot import Snapshot
from bazel_xc.golang.modules import Module
from bazel_xc.model import Diagnostic, Label

_SUM_FILES = ("go.sum", "go.work.sum")


@frozen(kw_only=True)
class GoDepsModules:
    """The modules of the workspace that go_deps knows.

    ``source`` is the attribute of ``from_file`` and its label, None if no file can be chosen. ``packages``
    are the directories of the files that ``from_file`` names or will name. ``modules`` are the modules whose
    go.mod the extension reads; ``direct`` are the paths of ``module`` tags for direct dependencies; ``known``
    are the paths of all modules that it knows, None if one of its files is not known.
    """

    source: tuple[str, str] | None
    packages: frozenset[str] = frozenset()
    modules: tuple[Module, ...] = ()
    direct: frozenset[str] = frozenset()
    known: frozenset[str] | None = None
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def is_nothing(self) -> bool:
        """Whether no module is known, so that repositories cannot be judged."""
        return not (self.modules or self.direct or self.known)


def go_deps_modules(snapshot: Snapshot) -> GoDepsModules:
    """Reads the tags of go_deps; without tags, the default of ``from_file`` counts."""
    tags = tuple(_tags(snapshot))
    files = [(path, tag) for path, tag in tags if tag.kind.endswith(".from_file")]
    listed = [tag for _, tag in tags if tag.kind.endswith(".module")]
    source = _source(snapshot)
    labels = [_label_of(tag) for _, tag in files]
    if not files and not listed and source:
        labels = [source]
    read = [_modules_of(*label, snapshot) for label in labels]
    diagnostics = tuple(_unread(*each) for each, found in zip(files, read, strict=False) if found is None)
    modules = tuple(dict.fromkeys(module for found in read for module in found or ()))
    if not read and not listed:
        diagnostics = (_no_file(snapshot),)
    known = {call.string("path") or "" for call in listed} | set(_paths(modules, snapshot))
    return GoDepsModules(
        source=source,
        packages=frozenset(_packages(labels, snapshot)),
        modules=modules,
        direct=frozenset(_direct(listed)),
        known=None if diagnostics else frozenset(known - {""}),
        diagnostics=diagnostics,
    )


def _tags(snapshot: Snapshot) -> Iterator[tuple[str, Call]]:
    """The tags with the path of their file."""
    for module in snapshot.repositories.module_files:
        variables = dict.fromkeys(use.variable for use in go_deps_uses(module))
        yield from ((module.path, call) for variable in variables for call in module.tags(variable))


def _source(snapshot: Snapshot) -> tuple[str, str] | None:
    """The default of ``from_file``: the root's go.work or go.mod, else the only go.mod; None without any."""
    in_root = snapshot.workspace.directories[""].files
    for attribute, name in (("go_work", "go.work"), ("go_mod", "go.mod")):
        if name in in_root:
            return attribute, f"//:{name}"
    only = snapshot.modules[0].directory if len(snapshot.modules) == 1 else ""
    return ("go_mod", f"//{only}:go.mod") if only else None


def _label_of(tag: Call) -> tuple[str, str]:
    for attribute in ("go_mod", "go_work"):
        if text := tag.string(attribute):
            return attribute, text
    return "", ""


def _packages(labels: Iterable[tuple[str, str]], snapshot: Snapshot) -> Iterator[str]:
    """The Bazel packages of those labels that are files of the workspace."""
    for _, text in labels:
        if _path(text, snapshot.repositories.own_names):
            yield Label.parse(text).package


def _modules_of(attribute: str, text: str, snapshot: Snapshot) -> tuple[Module, ...] | None:
    """The workspace's modules behind a label of ``from_file``; None if there are none."""
    path = _path(text, snapshot.repositories.own_names)
    directory, _, name = path.rpartition("/")
    if attribute == "go_mod" and name == "go.mod":
        directories: Iterable[str] = (directory,)
    elif attribute == "go_work" and name == "go.work":
        directories = _used(path, snapshot)
    else:
        return None
    by_directory = {module.directory: module for module in snapshot.modules}
    return tuple(by_directory[each] for each in directories if each in by_directory) or None


def _path(text: str, own_names: Iterable[str]) -> str:
    """The path of a file from its label, empty for one of another repository."""
    try:
        label = Label.parse(text)
    except ValueError:
        return ""
    if label.repo not in ("", *own_names):
        return ""
    return label.path


def _used(path: str, snapshot: Snapshot) -> Iterator[str]:
    """The directories that a go.work uses, from the workspace's root."""
    done = snapshot.run(
        ["work", "edit", "-json", path], snapshot.workspace.root, snapshot.toolchain.environment
    )
    here = path.rpartition("/")[0]
    for use in (json.loads(done.stdout).get("Use") or ()) if done.code == 0 else ():
        found = posixpath.normpath(posixpath.join(here, use["DiskPath"].replace("\\", "/")))
        yield "" if found == "." else found


def _direct(listed: Iterable[Call]) -> Iterator[str]:
    """The paths of ``go_deps.module`` tags for direct dependencies."""
    for call in listed:
        path, indirect = call.string("path"), call.get("indirect")
        if path and not (indirect and indirect.value == Opaque("True")):
            yield path


def _paths(modules: Iterable[Module], snapshot: Snapshot) -> Iterator[str]:
    """The paths of all modules that go.mod and go.sum files name."""
    directories = {""}
    for module in modules:
        directories.add(module.directory)
        yield from (each.path for each in module.requires)
    for directory in sorted(directories) if modules else ():
        for name in _SUM_FILES:
            data = snapshot.look(f"{directory}/{name}" if directory else name) or b""
            yield from (
                line.split()[0] for line in data.decode("utf-8", "replace").splitlines() if line.strip()
            )


def _unread(path: str, tag: Call) -> Diagnostic:
    attribute, text = _label_of(tag)
    what = f"{attribute} = {text!r}".replace("'", '"') if attribute else "from_file"
    return Diagnostic(
        path=path,
        line=tag.line,
        code="unknown-go-mod",
        message=f"{what} is not a Go module of this workspace; use_repo is left unchanged",
        remedy='use the label of one, as in go_mod = "//src:go.mod"',
    )


def _no_file(snapshot: Snapshot) -> Diagnostic:
    paths = " and ".join(f"{module.directory}/go.mod" for module in snapshot.modules[:2])
    return Diagnostic(
        path=NAME,
        code="no-go-mod",
        message=f"there is no go.mod or go.work in the root, so {EXTENSION} cannot choose between {paths}",
        remedy="run: go work init, then go work use -r .",
    )
