"""The settings of one directory, which directives and ``gazelle()`` rules add up to.

Comes in: plain values. Goes out: frozen classes, and the label that an import gets by a directive. How
directives are read is in ``directives``.
"""

from __future__ import annotations

import re

from attrs import field, frozen

from bazel_xc.linear import Expression, Match
from bazel_xc.model import Label

# The references that Go's Regexp.Expand replaces: a name is all letters, digits and "_", so that $1x is no
# ${1}x.
REFERENCE = re.compile(r"\$(?:(\w+)|\{(\w+)\}|\$)")


@frozen
class ImportOverride:
    """``resolve go IMPORT LABEL``; for ``resolve_regexp`` the import is a pattern."""

    import_path: str
    label: Label
    pattern: Expression | None = None

    def matched(self, import_path: str) -> Label | None:
        """The label for an import that the pattern matches, its references to groups replaced."""
        found = self.pattern.search(import_path) if self.pattern else None
        return _expanded(self.label, found) if found else None


@frozen
class CResolve:
    """``# bazel_xc:resolve KIND NAME LABEL`` or gazelle_cc's ``# gazelle:resolve cc INCLUDE LABEL``, and the
    directory where it stands.
    """

    kind: str
    name: str
    label: Label
    directory: str = field(default="", eq=False)


@frozen
class MappedKind:
    """``map_kind FROM TO LOAD``."""

    kind: str
    load: str


@frozen(kw_only=True)
class Settings:
    """The settings of one directory: its own directives applied to the settings of the directory above."""

    prefix: str | None = None
    prefix_directory: str = ""
    importmap_prefix: str | None = None
    importmap_directory: str = ""
    excludes: tuple[tuple[str, str], ...] = ()  # (directory, pattern)
    ignore: bool = False
    build_tags: frozenset[str] = frozenset()
    overrides: tuple[ImportOverride, ...] = ()
    c_resolves: tuple[CResolve, ...] = ()
    map_kinds: tuple[tuple[str, MappedKind], ...] = ()
    alias_kinds: tuple[tuple[str, str], ...] = ()
    naming: str = ""
    naming_external: str = ""
    visibility: tuple[str, ...] = ()
    test_per_file: bool = False
    build_file_names: tuple[str, ...] = ("BUILD.bazel", "BUILD")
    update_only: bool = False
    cgo: bool = True
    flags: tuple[tuple[str, tuple[str, ...]], ...] = ()  # attribute name -> flags of go_*opts

    def override_of(self, import_path: str) -> Label | None:
        """The label that directives give an import; directives for one import come before patterns."""
        for override in self.overrides:
            if override.pattern is None and override.import_path == import_path:
                return override.label
        found = (override.matched(import_path) for override in self.overrides)
        return next((label for label in found if label), None)


def _expanded(label: Label, found: Match) -> Label:
    """The label with its references to groups replaced; ``//x/$1`` is then named after its last part.

    As in Gazelle, a label that would be invalid stays as it was written.
    """
    whole = str(label)
    short = whole.rpartition(":")[0] if label.package.rpartition("/")[2] == label.name else whole
    try:
        made = Label.parse(_expand(short, found))
    except ValueError:
        return label
    return made if made.name else label


def _expand(template: str, found: Match) -> str:
    """As ``Regexp.Expand`` of Go."""

    def group(reference: re.Match[str]) -> str:
        name = reference[1] or reference[2]
        if name is None:
            return "$"
        if not name.isdecimal() or (name.startswith("0") and name != "0"):
            return found.named.get(name) or ""
        return (found.groups[int(name)] or "") if int(name) < len(found.groups) else ""

    return REFERENCE.sub(group, template)
