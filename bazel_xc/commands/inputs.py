"""The paths that the result of a command depends on: the page behind the memory between runs.

Comes in: a ``Snapshot`` after the command used it. Goes out: ``Inputs``: files and directories, with the
state of those that were read, and the facts of Go files. The workspace is walked as go walks it, because go
reads files that no rule names. A module of the module cache never changes, so its folder is enough.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Set
from pathlib import Path

from attrs import frozen

from bazel_xc.buildfile.workspace import BUILD_FILE_NAMES, SCRATCH
from bazel_xc.commands.outside import outside
from bazel_xc.commands.snapshot import Snapshot
from bazel_xc.config import FILE_NAME
from bazel_xc.golang.build_list import escaped
from bazel_xc.golang.facts import FileFacts, facts_of, whole
from bazel_xc.golang.toolchain import Toolchain
from bazel_xc.memory.watch import names_in, state
from bazel_xc.model import Severity
from bazel_xc.tree import DiskTree, FileState, glance

# Files that go reads. Other files count if this program read them; their names count as part of a directory.
_READ_BY_GO = re.compile(
    r".+\.(?:go|c|cc|cpp|cxx|m|mm|h|hh|hpp|hxx|f|F|for|f90|s|S|sx|swig|swigcxx|syso)"
    r"|go\.(?:mod|sum|work)|go\.work\.sum|modules\.txt|VERSION|go\.env"
)
_OTHER_FILES = re.compile(r"-(?:modfile|overlay)\b")
# Directories in a go.work: relative ones begin with a dot. Comments begin with two slashes.
_DIRECTORY = re.compile(r"(?<![^\s\"`(])(?:\.{1,2}/|/(?!/))[^\s\"`)]*")
_SKIPPED = frozenset({".git", ".hg", ".svn", ".jj"})


@frozen(kw_only=True)
class Inputs:
    """Paths as the run spelled them; ``read`` has the state of files when they were read.

    ``facts`` are of Go files and of directories that may change without any effect, and digests of other
    files, which may be written anew. ``downloads`` are paths whose directories change without them: where go
    looks for downloads, or above a module cache that is not there.
    """

    paths: frozenset[str]
    read: Mapping[str, FileState]
    facts: Mapping[str, FileFacts | tuple[bytes] | bytes]
    downloads: frozenset[str]


@frozen
class _Unchanging:
    """Folders whose files never change while a path of each stays as it is."""

    goroot: str
    cache: str

    def watched(self, path: str) -> str:
        """The path to watch instead of a file: itself, the folder of its module, or the version of Go."""
        if _is_below(path, self.goroot):
            return f"{self.goroot}/VERSION"
        if self.cache and _is_below(path, self.cache):
            head, at, rest = path[len(self.cache) :].partition("@")
            return f"{self.cache}{head}{at}{rest.partition(os.sep)[0]}" if at else path
        return path

    def has(self, path: str) -> bool:
        """Whether a path is in one of the folders."""
        return self.watched(path) != path


def inputs_of(snapshot: Snapshot, config_file: Path | None) -> Inputs | None:
    """The inputs of a command; None if they cannot be known.

    That is so if the workspace is not on disk, or if go's flags name files to use instead of others.
    """
    tree, toolchain = snapshot.workspace.tree, snapshot.toolchain
    if not isinstance(tree, DiskTree) or tree.record.again:
        return None
    if _OTHER_FILES.search(toolchain.environment.get("GOFLAGS", "")):
        return None
    record, base = tree.record, str(tree.root)
    cache = toolchain.module_cache
    unchanging = _Unchanging(toolchain.goroot, cache)
    if _has_lost(snapshot, cache):
        return None
    paths: set[str] = set()
    folders: list[str] = []
    paths.update(_below(base, folders))
    walked = frozenset(folders)
    others = {*_local_modules(snapshot, unchanging), *_named(snapshot), *_behind_links(snapshot, walked)}
    for root in sorted(others):
        paths.update(_below(root, folders))
    paths.update(folders)
    paths.update(unchanging.watched(path) for path in (*record.opened, *record.missing, *record.asked))
    paths.update(_of_modules(snapshot, cache))
    paths.update(outside(base, toolchain.environment))
    paths.update(_of_go(toolchain, snapshot.root))
    paths.add(str(config_file or tree.root / FILE_NAME))
    return Inputs(
        paths=frozenset(paths),
        read={path: state for path, state in record.opened.items() if path in paths},
        facts={
            **{path: names for path in folders if (names := names_in(path))},
            **{path: whole(data) for path, data in record.kept.items() if path in paths},
            **_facts(snapshot, base),
        },
        downloads=frozenset(_downloads(paths, cache)),
    )


def _facts(snapshot: Snapshot, base: str) -> Mapping[str, FileFacts]:
    """The facts of Go files of the workspace. A file that is also known by its full path has none."""
    sources, real = snapshot.loaded.sources, str(snapshot.root.resolve())
    # Reports look into vendored files by another way, and not only at their heads.
    heads = {path: each for path, each in snapshot.loaded.heads.items() if "vendor" not in path.split("/")}
    alone = {path: each for path, each in heads.items() if not sources.asked(f"{real}/{path}")}
    found = facts_of(alone, sources, snapshot.universe.undefined)
    return {os.path.join(base, path): each for path, each in found.items()}  # noqa: PTH118 - ten thousand


def _local_modules(snapshot: Snapshot, unchanging: _Unchanging) -> set[str]:
    """The folders of modules outside of the workspace that may change, as those of ``replace => ../x``."""
    root = str(snapshot.root.resolve())
    found: set[str] = set()
    for each in snapshot.universe.packages.values():
        if each.directory and not _is_below(each.directory, root) and not unchanging.has(each.directory):
            found.add((each.module and each.module.directory) or each.directory)
    return found


def _named(snapshot: Snapshot) -> Iterator[str]:
    """The folders outside of the workspace that a go.mod or go.work names, with or without packages."""
    root = str(snapshot.root.resolve())
    found = [
        os.path.join(root, each.directory, path)  # noqa: PTH118 - normalised below
        for each in snapshot.modules
        for _, path in each.replaced
        if path.startswith((".", "/"))
    ]
    for work in _go_works(snapshot.toolchain, root):
        text = (glance(snapshot.workspace.tree, work) or b"").decode("utf-8", "replace")
        above = os.path.dirname(work)  # noqa: PTH120 - as above
        found += [os.path.join(above, path) for path in _DIRECTORY.findall(text)]  # noqa: PTH118
    for path in map(os.path.normpath, found):
        if not _is_below(path, root) and not _is_below(root, path):
            yield path


def _behind_links(snapshot: Snapshot, walked: Set[str]) -> Iterator[str]:
    """The folders that imports lead to through a link to a directory, which is not followed otherwise."""
    base, modules = str(snapshot.workspace.tree.root), {each.path: each for each in snapshot.modules}
    for path in snapshot.universe.packages.keys() - snapshot.universe.own_paths:
        above = path.rpartition("/")[0]
        while above and above not in modules:
            above = above.rpartition("/")[0]
        if above:
            folder = os.path.join(base, modules[above].directory, path[len(above) + 1 :])  # noqa: PTH118
            if folder not in walked:
                yield folder


def _below(root: str, found: list[str]) -> Iterator[str]:
    """The files from a root on that go may read; adds all directories to ``found``."""
    folders = [root]
    for folder in folders:
        found.append(folder)
        try:
            entries = list(os.scandir(folder))
        except OSError:
            continue
        for each in entries:
            if each.is_dir(follow_symlinks=False):
                if each.name not in _SKIPPED and not each.name.startswith(SCRATCH):
                    folders.append(os.path.join(folder, each.name))  # noqa: PTH118 - as above
            elif _READ_BY_GO.fullmatch(each.name) or each.name in BUILD_FILE_NAMES:
                yield os.path.join(folder, each.name)  # noqa: PTH118 - as above


def _of_modules(snapshot: Snapshot, cache: str) -> Iterator[str]:
    """The folder and the go.mod of each required module in the module cache, there or not.

    If something is not known, the modules that only go.sum names count, too: one may be missing.
    """
    if not cache:
        return
    found: set[tuple[str, str]] = set()
    for module in snapshot.modules:
        replaced = dict(module.replaced)
        for each in module.requires:
            path = replaced.get(each.path, each.path)
            if not path.startswith((".", "/")):
                found.add((path, module.replaced_version(each.path) or each.version))
    if any(each.is_unknown or each.severity is Severity.ERROR for each in snapshot.diagnostics):
        found.update(_summed(snapshot))
    for path, version in found:
        yield f"{cache}/{escaped(path)}@{escaped(version)}"
        yield f"{cache}/cache/download/{escaped(path)}/@v/{escaped(version)}.mod"


def _has_lost(snapshot: Snapshot, cache: str) -> bool:
    """Whether the module cache is not there any more, although go has listed packages in it."""
    packages = snapshot.universe.packages.values()
    return bool(cache) and not state(cache) and any(_is_below(each.directory, cache) for each in packages)


def _downloads(paths: Iterable[str], cache: str) -> Iterator[str]:
    """The paths that go may look for in a module cache, or below one that is not there."""
    folder = f"{cache}/cache/" if state(cache) else f"{cache}/"
    return (path for path in paths if cache and path.startswith(folder))


def _summed(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    """The modules in the files of checksums, with their versions."""
    for name in ("go.work.sum", *(f"{each.directory}/go.sum".lstrip("/") for each in snapshot.modules)):
        text = (glance(snapshot.workspace.tree, name) or b"").decode("utf-8", "replace")
        for words in map(str.split, text.splitlines()):
            if len(words) == 3:
                yield words[0], words[1].removesuffix("/go.mod")


def _of_go(toolchain: Toolchain, root: Path) -> Iterator[str]:
    """The go command, its settings, and the go.work that it uses."""
    yield toolchain.command
    yield from (f"{toolchain.goroot}/{name}" for name in ("VERSION", "go.env"))
    if toolchain.env_file:
        yield toolchain.env_file
    yield from _go_works(toolchain, str(root))


def _go_works(toolchain: Toolchain, root: str) -> Iterator[str]:
    """The go.work of the workspace, and the one that the environment names."""
    yield os.path.join(root, "go.work")  # noqa: PTH118 - as above
    named = toolchain.environment.get("GOWORK", "")
    if named not in ("", "off"):
        yield named


def _is_below(path: str, folder: str) -> bool:
    return path.startswith(folder) and path[len(folder) : len(folder) + 1] in ("", os.sep, "/")
