"""The paths that the result of a command depends on: the page behind the memory between runs.

Comes in: a ``Snapshot`` after the command used it. Goes out: ``Inputs``: files and directories, with the
state of those that were read, and the facts of Go files. The workspace is walked as go walks it, because go
reads files that no rule names. A module of the module cache never changes, so its folder is enough.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from attrs import frozen

from bazel_xc.buildfile.workspace import BUILD_FILE_NAMES, SCRATCH
from bazel_xc.commands.snapshot import Snapshot
from bazel_xc.config import FILE_NAME
from bazel_xc.golang.build_list import escaped
from bazel_xc.golang.facts import FileFacts, facts_of, whole
from bazel_xc.golang.modules import Module
from bazel_xc.golang.toolchain import Toolchain
from bazel_xc.memory.watch import names_in
from bazel_xc.model import WORKSPACE_NAMES
from bazel_xc.tree import DiskTree, FileState

# Files that go reads. Other files count if this program read them; their names count as part of a directory.
_READ_BY_GO = re.compile(
    r".+\.(?:go|c|cc|cpp|cxx|m|mm|h|hh|hpp|hxx|f|F|for|f90|s|S|sx|swig|swigcxx|syso)"
    r"|go\.(?:mod|sum|work)|go\.work\.sum|modules\.txt|VERSION|go\.env"
)
_SKIPPED = frozenset({".git", ".hg", ".svn", ".jj"})
_ROOT_NAMES = (
    "go.work", "go.mod", "MODULE.bazel", *WORKSPACE_NAMES, "REPO.bazel", FILE_NAME, ".bazelignore",
)  # fmt: skip


@frozen(kw_only=True)
class Inputs:
    """Paths as the run spelled them; ``read`` has the state of files when they were read.

    ``facts`` are of Go files and of directories that may change without any effect, and digests of other
    files, which may be written anew.
    """

    paths: frozenset[str]
    read: Mapping[str, FileState]
    facts: Mapping[str, FileFacts | tuple[bytes] | bytes]


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
    """The inputs of a command; None if they cannot be known, because the workspace is not on disk."""
    tree, toolchain = snapshot.workspace.tree, snapshot.toolchain
    if not isinstance(tree, DiskTree):
        return None
    record, base = tree.record, str(tree.root)
    unchanging = _Unchanging(toolchain.goroot, toolchain.module_cache)
    paths: set[str] = set()
    folders: list[str] = []
    for root in (base, *sorted(_local_modules(snapshot, unchanging))):
        paths.update(_below(root, folders))
    paths.update(folders)
    paths.update(unchanging.watched(path) for path in (*record.opened, *record.missing, *record.asked))
    paths.update(_of_modules(snapshot.modules, toolchain.module_cache))
    paths.update(_above(base))
    paths.update(_of_go(toolchain))
    paths.add(str(config_file or tree.root / FILE_NAME))
    return Inputs(
        paths=frozenset(paths),
        read={path: state for path, state in record.opened.items() if path in paths},
        facts={
            **{path: names for path in folders if (names := names_in(path))},
            **{path: whole(data) for path, data in record.kept.items() if path in paths},
            **{path: each for path, each in _facts(snapshot, base).items() if path not in record.again},
        },
    )


def _facts(snapshot: Snapshot, base: str) -> Mapping[str, FileFacts]:
    """The facts of Go files of the workspace. A file that is also known by its full path has none."""
    sources, real = snapshot.loaded.sources, str(snapshot.root.resolve())
    heads = snapshot.loaded.heads
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


def _of_modules(modules: Iterable[Module], cache: str) -> Iterator[str]:
    """The folder and the go.mod of each required module in the module cache, there or not."""
    if not cache:
        return
    for module in modules:
        replaced = dict(module.replaced)
        for each in module.requires:
            path = replaced.get(each.path, each.path)
            version = module.replaced_version(each.path) or each.version
            if not path.startswith((".", "/")):
                yield f"{cache}/{escaped(path)}@{escaped(version)}"
                yield f"{cache}/cache/download/{escaped(path)}/@v/{escaped(version)}.mod"


def _above(base: str) -> Iterator[str]:
    """The files above the workspace that decide where it begins, and which go.work is used."""
    start = Path(base).resolve()
    for folder in (Path.cwd(), *Path.cwd().parents, start, *start.parents):
        for name in _ROOT_NAMES:
            yield str(folder / name)


def _of_go(toolchain: Toolchain) -> Iterator[str]:
    """The go command, every place where another one would be found before it, and its settings."""
    yield toolchain.command
    yield from (f"{toolchain.goroot}/{name}" for name in ("VERSION", "go.env"))
    if toolchain.env_file:
        yield toolchain.env_file
    for folder in toolchain.environment.get("PATH", "").split(os.pathsep):
        for name in ("go", "go.exe") if os.name == "nt" else ("go",):
            yield os.path.join(folder, name)  # noqa: PTH118 - empty folders mean this one


def _is_below(path: str, folder: str) -> bool:
    return path.startswith(folder) and path[len(folder) : len(folder) + 1] in ("", os.sep, "/")
