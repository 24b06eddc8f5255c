"""What a third-party module or its user does for a package already, so that no override is needed.

Comes in: the ``Snapshot`` of the workspace, and a module as it is on disk. Goes out: whether a directory of
it is left alone, because the BUILD files that it ships build it, or a patch or a directive of the user's is
about it. It does not check that they are right.
"""

from __future__ import annotations

import re

from attrs import field, frozen

from bazel_xc.bazel.external_names import ExternalNames
from bazel_xc.buildfile.repositories import OwnOverride
from bazel_xc.buildfile.rules import LIBRARY_KINDS
from bazel_xc.buildfile.syntax import Opaque
from bazel_xc.buildfile.workspace import BUILD_FILE_NAMES, Workspace
from bazel_xc.commands.snapshot import Snapshot
from bazel_xc.golang.listed import ListedModule
from bazel_xc.model import is_inside, parsed_label

_CHANGED = re.compile(r"^(?:---|\+\+\+) ([^\t\r\n]+)", re.MULTILINE)
_TRUE = Opaque("True")


@frozen(kw_only=True)
class OwnWork:
    """The work on one module that is done already.

    ``own`` is the override that people wrote, None without one. ``patched`` are the directories whose BUILD
    files it changes.
    """

    own: OwnOverride | None
    bzlmod: bool
    patched: frozenset[str]
    shipped: Workspace | None = field(repr=False)

    @classmethod
    def of(cls, module: ListedModule, workspace: Workspace, main: Snapshot, names: ExternalNames) -> OwnWork:
        """What is done for a module; ``workspace`` are its files, and ``names`` know all modules."""
        repositories = main.repositories
        own = next((each for each in repositories.own_overrides if each.path == module.path), None)
        return cls(
            own=own,
            bzlmod=repositories.bzlmod,
            patched=frozenset(_patched(own, main)) if own else frozenset(),
            shipped=workspace if names.keeps_build_files(module.path) else None,
        )

    @property
    def is_theirs(self) -> bool:
        """Whether the module is left to the user: another archive, or a rule of a WORKSPACE with patches."""
        return self.own is not None and (self.own.replaced or not self.bzlmod)

    def covers(self, directory: str) -> bool:
        """Whether nothing is left to do for a directory of the module."""
        if self.is_theirs or directory in self.patched or self._builds(directory):
            return True
        return any(is_inside(directory, each) for each in (self.own.excluded if self.own else ()))

    def _builds(self, directory: str) -> bool:
        """Whether a BUILD file that the module ships has a library with cgo there."""
        found = self.shipped.directories.get(directory) if self.shipped else None
        file = found.build_file if found else None
        libraries = (call for call in file.calls if call.kind in LIBRARY_KINDS) if file else ()
        return any(
            call.get("cdeps") is not None or ((cgo := call.get("cgo")) is not None and cgo.value == _TRUE)
            for call in libraries
        )


def _patched(own: OwnOverride, main: Snapshot) -> set[str]:
    """The directories whose BUILD files the patches of a person change, as far as they are in the tree."""
    found: set[str] = set()
    for text in own.patches:
        label = parsed_label(text)
        data = main.look(label.path) if label and not label.repo else None
        for path in _CHANGED.findall((data or b"").decode("utf-8", "replace")):
            directory, _, name = "/".join(path.split("/")[own.strip :]).rpartition("/")
            if name in BUILD_FILE_NAMES and path != "/dev/null":
                found.add(directory)
    return found
