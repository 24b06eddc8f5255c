"""A tree of Go that gets BUILD files: the workspace, or a third-party module.

Comes in: directories, folded packages and two universes. Goes out: a ``Site``, and the ``Outline`` of each of
its directories. Every difference between the workspace and a third-party module is a field here, so that
later stages need not know which of them they plan.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from attrs import field, frozen

from bazel_xc.bazel.outline import Outline, import_paths, outline
from bazel_xc.bazel.select import Conditions, Marks, select_conditions
from bazel_xc.buildfile.repositories import Repositories
from bazel_xc.buildfile.workspace import Workspace
from bazel_xc.golang.modules import Module
from bazel_xc.golang.package import GoPackage, GoView
from bazel_xc.golang.sources import Sources
from bazel_xc.golang.universe import Universe
from bazel_xc.model import Diagnostic


@frozen(kw_only=True, slots=False)
class Site:
    """The input for planning a tree.

    ``universe`` has the packages of this tree, ``flipped`` the same with inverted cgo, if anything depends on
    it; ``build`` has all packages of the whole build. The rules of ``untouched`` directories are left
    unchanged; ``ignored`` ones of them are outside of their module. ``source`` is Go's own source folder,
    ``sources`` are the bodies of Go files, ``mode`` the mode of the configuration. ``convention`` is the
    naming where no directive sets one; ``root_name`` names rules in the root if nothing else does. ``marks``
    are the labels of targets that cannot be built somewhere, ``keys`` is the package with the keys for cgo.
    ``repositories`` has the names
    of other repositories in this tree. It is ``beside_gazelle`` if Gazelle may run in it, too. The rules of a
    ``third_party`` module are not marked where the packages of the workspace that import them are.
    """

    workspace: Workspace
    modules: tuple[Module, ...]
    universe: Universe
    flipped: Universe | None
    build: Universe
    untouched: frozenset[str]
    ignored: frozenset[str] = frozenset()
    view: GoView
    repositories: Repositories
    source: Path
    sources: Sources = field(eq=False, repr=False)
    mode: str
    vendored: bool
    convention: str
    root_name: str
    marks: Marks
    keys: str
    beside_gazelle: bool = False
    third_party: bool = False

    @property
    def packages(self) -> Mapping[str, GoPackage]:
        """The folded packages by directory."""
        return self.universe.own

    @cached_property
    def conditions(self) -> Conditions:
        """The spelling of keys in this tree."""
        return select_conditions(self.repositories, self.universe.names, self.keys)

    @cached_property
    def _outlined(self) -> tuple[tuple[Outline, ...], tuple[Diagnostic, ...]]:
        diagnostics: list[Diagnostic] = []
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
            diagnostics.extend(problems)
        return tuple(found), tuple(diagnostics)

    @property
    def outlines(self) -> tuple[Outline, ...]:
        """The rules of every directory, without their attributes."""
        return self._outlined[0]

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """The findings of matching wanted rules with existing ones."""
        return self._outlined[1]

    @cached_property
    def made(self) -> frozenset[str]:
        """The import paths of all rules; their sources may be unknown."""
        return import_paths(self.outlines)

    def built_on(self, import_path: str) -> frozenset[str]:
        """The platforms on which the build has a package: those of a workspace's own packages are all."""
        found = self.build.packages.get(import_path) if self.third_party else None
        return self.build.on(found.listed) if found and found.listed else frozenset(self.universe.names)

    def may_make(self, each: Outline) -> bool:
        """Whether a BUILD file may be made if there is none."""
        return self.mode != "cgo" and not each.directory.settings.update_only

    def may_write(self, each: Outline) -> bool:
        """Whether the BUILD file of a directory may be written, or made, because of its Go rules."""
        directory = each.directory
        if not directory.writable or directory.path in self.untouched:
            return False
        return directory.build_file is not None or (bool(each.slots) and self.may_make(each))
