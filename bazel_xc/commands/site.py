"""A tree of Go that gets BUILD files: the workspace, or a module of somebody else as a patch will have it.

Comes in: directories, folded packages and two universes. Goes out: a ``Site``, and the ``Outline`` of each of
its directories. Everything that differs between the workspace and somebody else's module is a field here, so
that the stages behind it need not know which of them they plan.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from attrs import frozen

from bazel_xc.bazel.outline import Outline, import_paths, outline
from bazel_xc.buildfile.repositories import Repositories
from bazel_xc.buildfile.workspace import Workspace
from bazel_xc.golang.modules import Module
from bazel_xc.golang.package import GoPackage, GoView
from bazel_xc.golang.universe import Universe
from bazel_xc.model import Diagnostic


@frozen(kw_only=True, slots=False)
class Site:
    """What planning needs to know of a tree.

    ``universe`` says where packages of this tree can be built, ``build`` knows all packages of the whole
    build. ``untouched`` directories keep their rules; of these ``ignored`` ones are outside of their module.
    ``source`` is Go's own source folder, ``mode`` that of the configuration, ``convention`` the naming where
    no directive chooses, ``root_name`` the name of rules in the root if nothing else gives one,
    ``incompatible`` the label that marks a target as not buildable, ``repositories`` what the tree calls
    others.
    """

    workspace: Workspace
    modules: tuple[Module, ...]
    universe: Universe
    build: Universe
    untouched: frozenset[str]
    ignored: frozenset[str] = frozenset()
    view: GoView
    repositories: Repositories
    source: Path
    mode: str
    vendored: bool
    convention: str
    root_name: str
    incompatible: str

    @property
    def packages(self) -> Mapping[str, GoPackage]:
        """The folded packages by directory."""
        return self.universe.own

    @cached_property
    def _outlined(self) -> tuple[tuple[Outline, ...], tuple[Diagnostic, ...]]:
        said: list[Diagnostic] = []
        found: list[Outline] = []
        for path, directory in self.workspace.directories.items():
            if path in self.untouched:
                unread = path not in self.ignored
                found.append(Outline(directory=directory, package=None, unread=unread))
                continue
            made = (rule for rule in self.workspace.existing.of(path) if rule.made_by_evaluation)
            package = self.packages.get(path)
            each, problems = outline(directory, package, self.convention, self.root_name, made)
            found.append(each)
            said.extend(problems)
        return tuple(found), tuple(said)

    @property
    def outlines(self) -> tuple[Outline, ...]:
        """The rules of every directory, without their attributes."""
        return self._outlined[0]

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """The findings of matching wanted rules with those that are there."""
        return self._outlined[1]

    @cached_property
    def made(self) -> frozenset[str]:
        """The import paths of all rules, whose sources nobody may see."""
        return import_paths(self.outlines)

    def may_make(self, each: Outline) -> bool:
        """Whether a BUILD file may be made where there is none."""
        return self.mode != "cgo" and not each.directory.settings.update_only

    def may_write(self, each: Outline) -> bool:
        """Whether the BUILD file of a directory may be written, or made, for the sake of Go."""
        directory = each.directory
        if not directory.writable or directory.path in self.untouched:
            return False
        return directory.build_file is not None or (bool(each.slots) and self.may_make(each))
