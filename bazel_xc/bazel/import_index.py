"""The label for an import path.

Comes in: the outlines of all directories, the rules that others wrote, the repositories that the workspace
declares, and the modules of go list. Goes out: for an import, seen from a directory, a label, nothing
(standard library, the package itself), or a diagnostic. The order of attempts is Gazelle's: directives,
libraries of the workspace by importpath, external repositories. Of the disk it reads only BUILD files of
modules and Go's own source folder. The network is not used.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from attrs import field, frozen

from bazel_xc.bazel import names
from bazel_xc.bazel.external_names import ExternalNames
from bazel_xc.bazel.go_modules import bazel_go_modules
from bazel_xc.bazel.kinds import KINDS
from bazel_xc.bazel.outline import Outline
from bazel_xc.buildfile.module_file import BazelDep
from bazel_xc.buildfile.repositories import Repositories
from bazel_xc.buildfile.rules import LIBRARY_KINDS, RuleTable
from bazel_xc.buildfile.workspace import Directory
from bazel_xc.golang.listing import is_standard
from bazel_xc.golang.modules import Module, module_of
from bazel_xc.golang.universe import Universe
from bazel_xc.model import Diagnostic, Label, Severity

_WORKSPACE_RULES: Mapping[str, str] = {
    "github.com/bazelbuild/rules_go": "io_bazel_rules_go",
    "github.com/bazelbuild/bazel-gazelle": "bazel_gazelle",
}


@frozen
class ImportedLibrary:
    """A rule for an import path; a ``weak`` one counts only if there is no other."""

    label: Label
    import_path: str
    weak: bool = False


@frozen
class Resolved:
    """The result for an import; without a label it needs no dependency."""

    label: Label | None = None
    problem: Diagnostic | None = None


@frozen
class StandardPackages:
    """Whether import paths are standard; ``source`` is Go's own source folder, asked for unknown ones."""

    source: Path
    known: dict[str, bool] = field(factory=dict, eq=False, repr=False)

    def __call__(self, import_path: str) -> bool:
        """Whether an import path is standard."""
        if import_path not in self.known:
            self.known[import_path] = is_standard(import_path, self.source)
        return self.known[import_path]


@frozen(kw_only=True)
class Externals:
    """The facts about code outside the workspace.

    ``module_of`` maps import paths to module paths of go list; ``is_standard`` recognizes standard packages;
    ``library_names`` has the names of libraries; ``vendored`` means that external code is in ``vendor``;
    ``untouched`` are directories whose Go does not load, so that their rules are not known.
    """

    repositories: Repositories
    modules: tuple[Module, ...]
    module_of: Mapping[str, str]
    is_standard: StandardPackages
    library_names: ExternalNames
    vendored: bool
    untouched: frozenset[str] = frozenset()

    @classmethod
    def known(
        cls,
        repositories: Repositories,
        modules: tuple[Module, ...],
        build: Universe,
        *,
        source: Path,
        vendored: bool,
        untouched: frozenset[str],
    ) -> Externals:
        """What the build tells; ``source`` is Go's own source folder, asked for packages not in it."""
        module_paths: dict[str, str] = {}
        own = frozenset(module.path for module in modules)
        standard = StandardPackages(source, {"C": True, "unsafe": True})
        for path, package in build.packages.items():
            if package.standard:
                standard.known[path] = True
            elif package.module and not package.module.main and package.module.path not in own:
                module_paths[path] = package.module.path

        return cls(
            repositories=repositories,
            modules=modules,
            module_of=module_paths,
            is_standard=standard,
            library_names=ExternalNames.known(repositories, build),
            vendored=vendored,
            untouched=untouched,
        )


@frozen
class Index:
    """Libraries of the workspace by import path, and the code outside."""

    libraries: Mapping[str, tuple[ImportedLibrary, ...]]
    externals: Externals
    convention: str
    rule_names: Mapping[str, frozenset[str]]

    def resolve(self, import_path: str, directory: Directory, itself: frozenset[Label]) -> Resolved:
        """The dependency for an import in ``directory``; ``itself`` are labels that would be a cycle."""
        if import_path.startswith((".", "/")) or self.externals.is_standard(import_path):
            return Resolved()
        label = directory.settings.override_of(import_path)
        if label is None:
            found = self._in_workspace(import_path, directory)
            if isinstance(found, Diagnostic):
                return Resolved(problem=found)
            label = found
        if label is None:
            label = self._by_path(import_path, directory)
        if label is None:
            return self._outside(import_path, directory)
        return Resolved() if label in itself else Resolved(label)

    def _in_workspace(self, import_path: str, directory: Directory) -> Label | Diagnostic | None:
        visible = [
            (_vendor_root(library.label.package), library) for library in self.libraries.get(import_path, ())
        ]
        visible = [(root, each) for root, each in visible if root is None or _below(directory.path, root)]
        strong = [(root, each) for root, each in visible if not each.weak] or visible
        if not strong:
            return None
        deepest = max(-1 if root is None else len(root) for root, _ in strong)
        found = [each for root, each in strong if (-1 if root is None else len(root)) == deepest]
        best = list({each.label: each for each in found}.values())
        if len(best) == 1:
            return best[0].label
        here = [each for each in best if each.label.package == directory.path]
        if len(here) == 1:
            return here[0].label
        labels = " and ".join(sorted(str(each.label) for each in best))
        return Diagnostic(
            path=directory.build_path,
            severity=Severity.ERROR,
            code="ambiguous-import",
            message=f"import {import_path!r} could be {labels}",
            remedy=f"choose with: # gazelle:resolve go {import_path} LABEL",
        )

    def _by_path(self, import_path: str, directory: Directory) -> Label | None:
        """A rule with the name that a library of an own directory would have, no matter who made it."""
        module = max(
            (each for each in self.externals.modules if _has_prefix(import_path, each.path)),
            key=lambda each: len(each.path),
            default=None,
        )
        if module is None:
            return None
        path = "/".join(part for part in (module.directory, import_path[len(module.path) + 1 :]) if part)
        name = names.library_name(self._convention(directory), import_path, "")
        there = name in self.rule_names.get(path, ()) or path in self.externals.untouched
        return Label("", path, name) if there else None

    def _outside(self, import_path: str, directory: Directory) -> Resolved:
        module = module_of(directory.path, self.externals.modules)
        if self.externals.vendored:
            root = module.directory if module else ""
            vendor = f"{root}/vendor" if root else "vendor"
            name = names.library_name(self._convention(directory), import_path, "")
            return Resolved(Label("", f"{vendor}/{import_path}", name))
        repositories = self.externals.repositories
        path = self.externals.module_of.get(import_path) or _required(import_path, module)
        for own, repository in _WORKSPACE_RULES.items():
            if not repositories.bzlmod and _has_prefix(import_path, own):
                package = import_path[len(own) :].strip("/")
                return Resolved(Label(repository, package, names.DEFAULT_LIBRARY))
        known = repositories.go_repository(import_path)
        if known:
            return self._label(known.name, known.import_path, import_path, directory)
        if not path:
            is_own = any(_has_prefix(import_path, each.path) for each in self.externals.modules)
            return Resolved(problem=_missing(import_path, directory, own=is_own))
        return self._label(self._repository(path), path, import_path, directory)

    def _repository(self, module_path: str) -> str:
        dep = self._bazel_dep(module_path)
        if dep:
            return dep.repository
        bzlmod = self.externals.repositories.bzlmod
        return names.module_repository(module_path) if bzlmod else names.workspace_repository(module_path)

    def _bazel_dep(self, module_path: str) -> BazelDep | None:
        """The Bazel module that is also a Go module, if MODULE.bazel declares it."""
        repositories = self.externals.repositories
        module = bazel_go_modules().get(module_path) if repositories.bzlmod else None
        return repositories.bazel_dep(module.name) if module else None

    def _label(self, repository: str, prefix: str, import_path: str, directory: Directory) -> Resolved:
        """The label in a repository: the existing spelling if it may be right, else Gazelle's.

        As in Gazelle, any convention will do if a repository has its rules under both names.
        """
        package = import_path[len(prefix) :].strip("/")
        is_bazel_module = self._bazel_dep(prefix) is not None
        known = self.externals.library_names.of(import_path, prefix, is_bazel_module=is_bazel_module)
        asked = known.convention if known.convention != "import_alias" else ""
        asked = asked or directory.settings.naming_external
        name = names.library_name(asked or self._usual(directory, prefix), import_path, "")
        right = known.written or ((name,) if asked else (name, *_both_names(import_path)))
        spelt = [
            each for each in _spelt(directory, repository, package) if each in right or not known.certain
        ]
        if name not in (spelt or right):
            name = (spelt or right)[0]
        return Resolved(Label(repository, package, name))

    def _usual(self, directory: Directory, prefix: str) -> str:
        """The convention for a repository; Gazelle takes the old one if a WORKSPACE does not name it."""
        repositories = self.externals.repositories
        listed = repositories.bzlmod or repositories.go_repository(prefix)
        return self._convention(directory) if listed else names.DEFAULT_LIBRARY

    def _convention(self, directory: Directory) -> str:
        return directory.settings.naming or self.convention


def build_index(
    outlines: Iterable[Outline],
    externals: Externals,
    convention: str,
    existing: RuleTable,
) -> Index:
    """Indexes every library that the workspace will have after the merge; ``existing`` are today's rules."""
    table: dict[str, list[ImportedLibrary]] = {}
    rule_names: dict[str, frozenset[str]] = {}
    for each in outlines:
        for library in _libraries(each):
            table.setdefault(library.import_path, []).append(library)
        path = each.directory.path
        for rule in existing.of(path):
            if rule.made_by_evaluation and rule.import_path:
                label = Label("", path, rule.name)
                table.setdefault(rule.import_path, []).append(
                    ImportedLibrary(label, rule.import_path, weak=True)
                )
        rule_names[path] = existing.names(path) - {rule.name for rule in each.stale}
    libraries = {path: tuple(found) for path, found in table.items()}
    return Index(libraries, externals, convention, rule_names)


def _libraries(each: Outline) -> Iterator[ImportedLibrary]:
    directory = each.directory
    slot = each.library
    embedded: set[str] = {each.name for each in each.protos} if slot and not slot.blocked else set()
    if slot and slot.blocked and each.package:
        yield ImportedLibrary(Label("", directory.path, slot.name), each.package.import_path, weak=True)
    if slot and not slot.blocked and each.package:
        path = each.package.import_path
        attribute = slot.existing.source.get("importpath") if slot.existing else None
        if attribute and attribute.keep and attribute.string:
            path = attribute.string
        yield ImportedLibrary(Label("", directory.path, slot.name), path)
    others = [rule for rule in directory.rules if not slot or rule != slot.existing]
    for rule in others:
        if rule.kind in LIBRARY_KINDS:
            embedded.update(text.removeprefix(":") for text in rule.strings("embed"))
    for rule in others:
        if not rule.import_path or not rule.name or rule.name in embedded or rule in each.stale:
            continue
        weak = rule.kind not in LIBRARY_KINDS
        if rule.kind not in KINDS or rule.kind in LIBRARY_KINDS:
            yield ImportedLibrary(Label("", directory.path, rule.name), rule.import_path, weak)


def _both_names(import_path: str) -> tuple[str, str]:
    """The names that Gazelle gives a rule and its alias by the convention ``import_alias``."""
    return names.base_name(import_path), names.DEFAULT_LIBRARY


def _spelt(directory: Directory, repository: str, package: str) -> Iterator[str]:
    """The names that the rules of a directory already use for the library of a package."""
    for text in (text for rule in directory.rules for text in rule.strings("deps")):
        if text.startswith(f"@{repository}"):
            try:
                label = Label.parse(text)
            except ValueError:
                continue
            if (label.repo, label.package) == (repository, package):
                yield label.name


def _vendor_root(package: str) -> str | None:
    parts = package.split("/")
    if "vendor" not in parts:
        return None
    return "/".join(parts[: len(parts) - 1 - parts[::-1].index("vendor")])


def _below(path: str, root: str) -> bool:
    return not root or path == root or path.startswith(root + "/")


def _has_prefix(import_path: str, prefix: str) -> bool:
    return import_path == prefix or import_path.startswith(prefix + "/")


def _required(import_path: str, module: Module | None) -> str:
    """The longest required module whose path leads to an import, for packages that are not on disk."""
    paths = [each.path for each in module.requires] if module else []
    return max((path for path in paths if _has_prefix(import_path, path)), key=len, default="")


def _missing(import_path: str, directory: Directory, *, own: bool) -> Diagnostic:
    """The finding for an import that nothing provides; ``own`` ones are of the workspace's modules, where
    go.mod is no remedy.
    """
    remedy = "add the package or a rule that makes it" if own else "run: go mod tidy"
    return Diagnostic(
        path=directory.path or ".",
        severity=Severity.WARNING,
        code="unresolved-import",
        message=f"no rule and no required module provides import {import_path!r}",
        remedy=f"{remedy}, or choose with: # gazelle:resolve go {import_path} LABEL",
    )
