"""Finds and reads the workspace's directories and BUILD files, once.

Comes in: the workspace root. Goes out: one ``Directory`` per directory that Bazel and Gazelle would look
at, with its file names, its parsed BUILD file and the settings that directives give it. Links to
directories are not followed; ``.bazelignore``, REPO.bazel and ``exclude`` are obeyed. It does not look into
Go files.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

from attrs import evolve, frozen

from bazel_xc.buildfile.directives import settings_for
from bazel_xc.buildfile.gazelle_rules import build_tags
from bazel_xc.buildfile.parser import parse
from bazel_xc.buildfile.patterns import PathPattern, glob_pattern
from bazel_xc.buildfile.rules import (
    ExistingRule,
    RuleTable,
    rule_table,
    shown_convention,
    unused_outputs,
    written_rules,
)
from bazel_xc.buildfile.settings import Settings
from bazel_xc.buildfile.syntax import BuildFile, BuildSyntaxError, strings_in
from bazel_xc.errors import WorkspaceError
from bazel_xc.model import Diagnostic, Label, Severity, is_inside, is_package
from bazel_xc.tree import DiskTree, Entry, EntryKind, Tree, find, glance, names_in, remedy

# What the names of our own folders of temporary files start with.
SCRATCH = ".bazel-xc-"
# What Bazel looks for, in this order.
BUILD_FILE_NAMES = ("BUILD.bazel", "BUILD")
# What go opens, and waits for where it is a pipe: sources, of which it reads the start, and files read whole.
_SOURCE = re.compile(r".+\.(?:go|c|cc|cpp|cxx|m|h|hh|hpp|hxx|f|F|for|f90|s|S|sx|swig|swigcxx|syso)")
_READ_WHOLE = re.compile(r"(?:.+/)?(?:go\.(?:mod|sum|work)|vendor/modules\.txt)")
_SKIPPED = frozenset({".git", ".hg", ".svn", ".jj"})
_NOTHING: Mapping[str, list[Entry]] = MappingProxyType({})


@frozen(kw_only=True)
class Directory:
    """One directory. ``path`` is relative to the root, with slashes, empty for the root itself.

    ``build_path`` is the BUILD file to write, whether it exists or not. ``broken`` means that the existing
    one cannot be read, so that nothing may be written. ``files`` are the names of regular files that no
    ``exclude`` hides, ``hidden`` those that one hides.
    """

    path: str
    files: tuple[str, ...]
    hidden: frozenset[str] = frozenset()
    subdirectories: tuple[str, ...] = ()
    build_file: BuildFile | None = None
    build_path: str
    broken: bool = False
    settings: Settings

    def hides(self, name: str) -> bool:
        """Whether an ``exclude`` hides a file of that name, which need not exist."""
        return _excluded(_join(self.path, name), self.settings)

    @property
    def writable(self) -> bool:
        """Whether a BUILD file may be written here."""
        return not (self.broken or self.settings.ignore)

    @cached_property
    def rules(self) -> tuple[ExistingRule, ...]:
        """The rules and macros that the BUILD file calls; ``Workspace.existing`` has those of loops too."""
        return written_rules(self.build_file, self.settings, self.path)

    @cached_property
    def generated(self) -> frozenset[str]:
        """Files that rules of the BUILD file declare as outputs and no other rule there consumes."""
        return frozenset(name for name in unused_outputs(self.rules) if not self.hides(name))


@frozen
class Workspace:
    """All directories by path, in walking order, parents before children, and the tree that they are in.

    ``pipes`` are paths of no regular files that go would open, and might wait for. ``tags`` are the build
    tags of ``gazelle()`` rules.
    """

    tree: Tree
    directories: dict[str, Directory]
    diagnostics: tuple[Diagnostic, ...] = ()
    pipes: tuple[str, ...] = ()
    tags: frozenset[str] = frozenset()

    @property
    def root(self) -> Path:
        """Where it is."""
        return self.tree.root

    def look(self, path: str) -> bytes | None:
        """The bytes of a file, None where there is none. Raises ``WorkspaceError`` as ``find``."""
        return find(self.tree, path)

    @cached_property
    def existing(self) -> RuleTable:
        """The rules of all BUILD files; those with loops are run when this is first asked for."""
        some = {path: each for path, each in self.directories.items() if each.build_file}
        files = {path: (each.build_file, each.settings) for path, each in some.items() if each.build_file}
        return rule_table(files, {path: each.rules for path, each in some.items()})

    @cached_property
    def own_labels(self) -> frozenset[Label]:
        """The rules that bazel-xc wrote for C, by their mark."""
        rules = (rule for each in self.directories.values() for rule in each.rules)
        return frozenset(Label("", rule.directory, rule.name) for rule in rules if rule.ours)

    @property
    def convention(self) -> str:
        """The naming convention that the root's and the first level's BUILD files show, else ``import``."""
        root = self.directories.get("")
        shown = shown_convention(root.rules) if root else None
        if shown:
            return shown
        first = (each for path, each in self.directories.items() if path and "/" not in path)
        found = {shown for each in first if (shown := shown_convention(each.rules))}
        return found.pop() if len(found) == 1 else "import"

    def settings_at(self, path: str) -> Settings:
        """The settings of a directory; one that is not there yet takes them from the nearest above."""
        while path and path not in self.directories:
            path = path.rpartition("/")[0]
        return self.directories[path].settings


def list_folders(tree: Tree) -> Mapping[str, list[Entry]]:
    """The entries of every directory that may be one of the workspace, before any BUILD file is read.

    Directories that an ``exclude`` hides are included, those that cannot be listed are left out.
    """
    found: dict[str, list[Entry]] = {}
    try:
        walker = _Walker(tree)
    except WorkspaceError:
        return found  # ``read_workspace`` reports it
    pending = [""]
    for path in pending:
        with suppress(OSError, ValueError):
            found[path] = tree.entries(path)
            names = (each.name for each in found[path] if each.kind is EntryKind.FOLDER)
            pending += [_join(path, name) for name in names if walker.enters(path, name)]
    return found


def read_workspace(
    tree: Tree | Path,
    settings: Settings | None = None,
    known: Mapping[str, list[Entry]] = _NOTHING,
    missing: str = "no such directory; name the workspace with -C DIR",
) -> Workspace:
    """Reads the directories of a tree; ``known`` are entries of some, from ``list_folders``.

    Raises ``WorkspaceError`` where the root cannot be listed; ``missing`` is the text if it is not there.
    """
    tree = DiskTree(tree) if isinstance(tree, Path) else tree
    try:
        tree.entries("")
    except (FileNotFoundError, NotADirectoryError):
        raise WorkspaceError(f"{tree.root}: {missing}") from None
    except OSError as e:
        raise WorkspaceError(f"{tree.root}: cannot be listed: {e.strerror}") from None
    walker = _Walker(tree, known)
    found = {directory.path: directory for directory in walker.walk("", settings or Settings())}
    tags = frozenset().union(*(walker.tags_of(directory) for directory in found.values()))
    if tags:
        found = {path: _with_tags(directory, tags) for path, directory in found.items()}
    return Workspace(tree, found, tuple(walker.said), tuple(walker.pipes), tags)


def read_around(tree: Tree, path: str, tags: frozenset[str]) -> Workspace:
    """The workspace as far as the rules of one directory show it: with those above it and its test data.

    ``tags`` are the tags of the whole workspace.
    """
    walker = _Walker(tree, target=path)
    found = {each.path: _with_tags(each, tags) if tags else each for each in walker.walk("", Settings())}
    return Workspace(tree, found, tuple(walker.said), tuple(walker.pipes), tags)


def _with_tags(directory: Directory, tags: frozenset[str]) -> Directory:
    settings = directory.settings
    return evolve(directory, settings=evolve(settings, build_tags=settings.build_tags | tags))


def new_build_file_name(settings: Settings, folders: Collection[str] = ()) -> str:
    """The first configured name that no directory has, because Bazel fails on a directory ``BUILD/``."""
    free = [name for name in settings.build_file_names if name not in folders]
    return (free or list(settings.build_file_names))[0]


class _Walker:
    """Walks the tree, or the way to one directory; collects what could not be read."""

    def __init__(
        self, tree: Tree, known: Mapping[str, list[Entry]] = _NOTHING, target: str | None = None
    ) -> None:
        self.tree = tree
        self.known = known
        self.target = target
        self.said: list[Diagnostic] = []
        self.pipes: list[str] = []
        self.odd: set[str] = set()  # paths that are not regular files
        self.ignored = frozenset(self._bazelignore())
        self.ignored_patterns = tuple(self._ignore_directories())

    def tags_of(self, directory: Directory) -> frozenset[str]:
        """The tags that ``gazelle()`` rules of a directory set for the whole workspace."""
        file = directory.build_file
        return build_tags(file.path, file.data, self._read) if file else frozenset()

    def _read(self, path: str) -> bytes | None:
        return find(self.tree, path)

    def _bazelignore(self) -> Iterator[str]:
        text = self._read(".bazelignore") or b""
        for line in text.decode("utf-8", "replace").splitlines():
            path = line.strip().strip("/")
            if path and not path.startswith("#"):
                yield path

    def _ignore_directories(self) -> Iterator[PathPattern]:
        """The patterns of ``ignore_directories()`` in REPO.bazel, which Bazel 8 knows."""
        try:
            file = parse("REPO.bazel", self._read("REPO.bazel") or b"")
        except BuildSyntaxError:
            return
        for call in file.calls:
            if call.kind == "ignore_directories":
                for text in (text for value in call.args for text in strings_in(value)):
                    yield from self._pattern(text.strip("/"), call.line)

    def _pattern(self, text: str, line: int) -> Iterator[PathPattern]:
        try:
            yield glob_pattern(text)
        except ValueError as e:
            self._say("REPO.bazel", f"ignore_directories: {e}", "pattern", "fix it; it is ignored", line)

    def _is_ignored(self, path: str) -> bool:
        return path in self.ignored or any(pattern.fullmatch(path) for pattern in self.ignored_patterns)

    def enters(self, path: str, name: str) -> bool:
        """Whether a folder of a directory is in the workspace, if no ``exclude`` hides it."""
        inside = _join(path, name)
        return not (_is_skipped(name, path) or self._is_ignored(inside)) and is_package(inside)

    def walk(self, path: str, above: Settings) -> Iterator[Directory]:
        entries = self._entries(path)
        if entries is None:
            return
        names, folders = entries
        build_file, build_path, broken = self._build_file(path, names, folders, above)
        settings, said = settings_for(above, build_file, path, self._splice)
        self.said.extend(said)
        if build_file is None and settings.build_file_names != above.build_file_names:
            build_path = _join(path, settings.build_file_names[0])
        hidden = frozenset(name for name in names if _excluded(_join(path, name), settings))
        kept = tuple(
            name for name in folders
            if not self._is_ignored(_join(path, name)) and not _excluded(_join(path, name), settings)
            and self._is_package(_join(path, name))
        )  # fmt: skip
        yield Directory(
            path=path,
            files=tuple(name for name in names if name not in hidden),
            hidden=hidden,
            subdirectories=kept,
            build_file=build_file,
            build_path=build_path,
            broken=broken,
            settings=settings,
        )
        for name in kept:
            if self.target is None or self._is_on_the_way(_join(path, name), self.target):
                yield from self.walk(_join(path, name), settings)

    @staticmethod
    def _is_on_the_way(path: str, target: str) -> bool:
        return is_inside(target, path) or path == _join(target, "testdata")

    def _entries(self, path: str) -> tuple[list[str], list[str]] | None:
        try:
            entries = self.known[path] if path in self.known else self.tree.entries(path)
        except OSError as e:
            self._say(
                path,
                f"directory cannot be listed: {e.strerror}",
                "unreadable",
                "it and all below are left out",
            )
            return None
        entries = [each for each in entries if self._is_utf8(each.name, path)]
        for entry in entries:
            if entry.kind in (EntryKind.PIPE, EntryKind.DEVICE):
                self._note_odd(entry, _join(path, entry.name))
        folders = names_in(entries, EntryKind.FOLDER)
        return names_in(entries, EntryKind.FILE), [name for name in folders if not _is_skipped(name, path)]

    def _is_utf8(self, name: str, path: str) -> bool:
        try:
            name.encode("utf-8")
        except UnicodeEncodeError:
            self._say(path, f"file name {name!r} is not UTF-8", "file-name", "rename it; it is left out")
            return False
        return True

    def _note_odd(self, entry: Entry, path: str) -> None:
        """Remembers what is there and is no file: a pipe, a device, a link to one."""
        self.odd.add(path)
        is_pipe = entry.kind is EntryKind.PIPE
        if _READ_WHOLE.fullmatch(path) or (is_pipe and _SOURCE.fullmatch(path)):
            self.pipes.append(path)
        elif entry.name.endswith(".go"):
            self._say(path, "not a regular file", "unreadable", "move it out of the way; it is left out")

    def _is_package(self, path: str) -> bool:
        """Whether Bazel takes a directory for a package; says so where it does not and there is Go."""
        if is_package(path):
            return True
        if self._has_go(path):
            self._say(
                path,
                f"Bazel allows no package of the name {path.rpartition('/')[2]!r}",
                "package-name",
                "rename the directory; it and all below are left out",
            )
        return False

    def _has_go(self, path: str) -> bool:
        try:
            entries = self.tree.entries(path)
        except OSError:
            return False
        return any(name.endswith(".go") for name in names_in(entries, EntryKind.FILE)) or any(
            self._has_go(_join(path, name)) for name in names_in(entries, EntryKind.FOLDER)
        )

    def _build_file(
        self, path: str, names: list[str], folders: list[str], settings: Settings
    ) -> tuple[BuildFile | None, str, bool]:
        name = next((name for name in settings.build_file_names if name in names), None)
        odd = next((name for name in settings.build_file_names if _join(path, name) in self.odd), None)
        name = name or odd
        if name is None:
            return None, _join(path, new_build_file_name(settings, folders)), False
        full = _join(path, name)
        try:
            return parse(full, self.tree.read(full)), full, False
        except OSError as e:
            what = f"{remedy(e)}; it is left unchanged"
            self._say(full, f"cannot be read: {e.strerror}", "unreadable", what)
        except BuildSyntaxError as e:
            self._say(full, e.message, "syntax", "fix it; the file is left unchanged", e.line, e.column)
        return None, full, True

    def _splice(self, path: str) -> str | None:
        if path.startswith("/") or ".." in path.split("/"):  # what is outside of the workspace is not shown
            return None
        data = glance(self.tree, path)
        try:
            return None if data is None else data.decode()
        except UnicodeDecodeError:
            return None

    def _say(self, path: str, message: str, code: str, remedy: str, line: int = 0, column: int = 0) -> None:
        self.said.append(
            Diagnostic(
                path=path,
                line=line,
                column=column,
                severity=Severity.ERROR,
                code=code,
                message=message,
                remedy=remedy,
            )
        )


def _is_skipped(name: str, directory: str) -> bool:
    return name in _SKIPPED or name.startswith(SCRATCH) or (not directory and name.startswith("bazel-"))


def _join(directory: str, name: str) -> str:
    return f"{directory}/{name}" if directory else name


def _excluded(path: str, settings: Settings) -> bool:
    for directory, pattern in settings.excludes:
        if directory and not path.startswith(directory + "/"):
            continue
        relative = path[len(directory) + 1 :] if directory else path
        if glob_pattern(pattern).fullmatch(relative):
            return True
    return False
