"""The cc rules of a workspace, found by header, library, file and label.

Comes in: the workspace with the rules of its BUILD files. Goes out: a ``CIndex``. Globs, filegroups, outputs
and aliases are followed within the workspace. Rules that bazel-xc wrote itself are left out. Of external
repositories it has the rules that it is given, and nothing is chosen here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from typing import TypeVar

from attrs import evolve, field, frozen

from bazel_xc.buildfile.evaluate import Glob
from bazel_xc.buildfile.patterns import PathPattern, glob_pattern
from bazel_xc.buildfile.rules import ExistingRule, default_visibility
from bazel_xc.buildfile.workspace import Workspace
from bazel_xc.cgo.prototypes import Symbols
from bazel_xc.clibs.offer import (
    NATIVE_KINDS,
    CRule,
    RuleFiles,
    Visibility,
    alias_of,
    c_rule,
    library_files,
    offers_c,
)
from bazel_xc.model import Label
from bazel_xc.tree import glance

_Key = TypeVar("_Key")
_FOLLOWED = frozenset({"alias", "filegroup"})


@frozen
class CIndex:
    """The cc rules of a workspace, in the order of their labels."""

    rules: tuple[CRule, ...] = ()
    _headers: Mapping[str, tuple[CRule, ...]] = field(init=False, eq=False, repr=False)
    _libs: Mapping[str, tuple[CRule, ...]] = field(init=False, eq=False, repr=False)
    _files: Mapping[str, tuple[CRule, ...]] = field(init=False, eq=False, repr=False)
    _dependents: Mapping[Label, tuple[CRule, ...]] = field(init=False, eq=False, repr=False)
    _globbed: tuple[CRule, ...] = field(init=False, eq=False, repr=False)

    @_headers.default
    def _by_headers(self) -> Mapping[str, tuple[CRule, ...]]:
        return _grouped((header, rule) for rule in self.rules for header in rule.headers)

    @_libs.default
    def _by_libs(self) -> Mapping[str, tuple[CRule, ...]]:
        return _grouped((lib, rule) for rule in self.rules if rule.links for lib in rule.libs)

    @_dependents.default
    def _by_deps(self) -> Mapping[Label, tuple[CRule, ...]]:
        targets = {rule.label: rule.target for rule in self.rules}
        return _grouped(
            (targets.get(label, label), rule)
            for rule in self.rules
            if rule.has_sources and rule.label == rule.target
            for label in rule.below
        )

    @_globbed.default
    def _with_globs(self) -> tuple[CRule, ...]:
        return tuple(rule for rule in self.rules if rule.globs)

    @_files.default
    def _by_files(self) -> Mapping[str, tuple[CRule, ...]]:
        return _grouped((path, rule) for rule in self.rules for path in rule.files)

    def by_header(self, name: str) -> tuple[CRule, ...]:
        """The rules whose headers may be included by this spelling."""
        return self._headers.get(name, ()) or tuple(rule for rule in self._globbed if rule.has_glob_for(name))

    def by_lib(self, name: str) -> tuple[CRule, ...]:
        """The rules that link something and may stand for ``-l<name>``."""
        return self._libs.get(name, ())

    def by_file(self, path: str) -> tuple[CRule, ...]:
        """The rules that own a header, by its path from the workspace root."""
        return self._files.get(path, ())

    def implementers(self, rule: CRule) -> tuple[CRule, ...]:
        """The rules with sources that perhaps define what the headers of a bare rule declare.

        They depend on it; those of its own package go before all others.
        """
        if not rule.bare:
            return ()
        found = self._dependents.get(rule.target, ())
        own = tuple(each for each in found if each.label.package == rule.target.package)
        return own or found

    def rule(self, label: Label) -> CRule | None:
        """The rule of that label."""
        return next((rule for rule in self.rules if rule.label == label), None)


def build_c_index(workspace: Workspace, outside: Iterable[CRule] = ()) -> CIndex:
    """Indexes the rules of a workspace, and rules of other repositories from ``outside_rules``."""
    builder = _IndexBuilder(workspace)
    return CIndex(tuple(sorted((*builder.rules(), *outside), key=lambda rule: rule.label)))


_MOST_BELOW = 40  # rules whose sources are read to find out what a rule of headers lacks


class _IndexBuilder:
    """Resolves labels and globs against the workspace; remembers the files of packages with globs."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.named: dict[Label, ExistingRule] = {}
        self.found: dict[Label, CRule] = {}
        self.package_files: dict[str, tuple[str, ...]] = {}

    def rules(self) -> Iterator[CRule]:
        for path in self.workspace.directories:
            for rule in self.workspace.existing.of(path):
                if rule.name:
                    self.named.setdefault(Label("", path, rule.name), rule)
        for label, rule in self.named.items():
            if not rule.ours and rule.kind not in _FOLLOWED and offers_c(rule):
                self.found[label] = c_rule(rule, self._files(rule), self._visibility(rule))
        users: dict[Label, set[Label]] = {}
        for user in self.found.values():
            for dep in user.below if user.has_sources else ():
                users.setdefault(self._aliased(dep), set()).add(user.label)
        for label in users.keys() & self.found.keys():
            self.found[label] = evolve(self.found[label], bare=self._is_bare(self.found[label], users[label]))
        yield from self.found.values()
        yield from self._aliases()

    def _aliased(self, label: Label) -> Label:
        target = self._target(label) if label not in self.found else None
        return target.label if target else label

    def _is_bare(self, rule: CRule, users: Collection[Label]) -> bool:
        """Whether headers declare names that nothing at or below the rule can define.

        If rules below it have sources or are unknown, the known sources must lack a declared name, and one of
        its ``users`` in the same package must define that name. Users have sources and depend on the rule.
        """
        if rule.has_sources:
            return False
        below, pending = set[Label](), [rule.label]
        while pending:
            label = self._aliased(pending.pop())
            if label not in below:
                below.add(label)
                pending.extend(self.found[label].below if label in self.found else ())
        compiling = {x for x in below if x not in self.found or self.found[x].has_sources}
        beside = [each for each in users if each.package == rule.label.package]
        if compiling and (not beside or len(compiling) > _MOST_BELOW):
            return False
        declared = self._symbols(rule.files).declared
        if not compiling or not declared:
            return bool(declared)
        missing = declared - self._symbols(self._sources(compiling)).defined
        return bool(missing & self._symbols(self._sources(beside)).defined)

    def _sources(self, labels: Iterable[Label]) -> Iterator[str]:
        for label in labels:
            rule = self.named.get(label)
            yield from self._files(rule).srcs if rule else ()

    def _symbols(self, paths: Iterable[str]) -> Symbols:
        texts = (glance(self.workspace.tree, path) for path in sorted(set(paths)))
        return Symbols.merged(Symbols.of(text) for text in texts if text is not None)

    def _aliases(self) -> Iterator[CRule]:
        for label, rule in self.named.items():
            target = self._target(label) if rule.kind == "alias" else None
            if target:
                yield alias_of(label, target, self._visibility(rule))

    def _target(self, label: Label) -> CRule | None:
        """The cc rule at the end of a chain of aliases; of a choice the first."""
        seen: set[Label] = set()
        while label not in self.found:
            rule = self.named.get(label)
            actual = rule.strings("actual") if rule and rule.kind == "alias" else ()
            following = _parsed(actual[0], label.package) if actual else None
            seen.add(label)
            if following is None or following in seen:
                return None
            label = following
        return self.found[label]

    def _visibility(self, rule: ExistingRule) -> Visibility:
        """The rule's own, or its package's; a macro without either may have any."""
        labels = rule.visibility
        if labels is None:
            labels = default_visibility(self.workspace.directories[rule.directory].build_file)
        if labels is None:
            return Visibility(unknown=rule.kind not in (*NATIVE_KINDS, "alias"))
        return Visibility.from_labels(labels, rule.directory)

    def _files(self, rule: ExistingRule) -> RuleFiles:
        def of(attribute: str) -> tuple[str, ...]:
            return tuple(dict.fromkeys(self._expanded(rule.items(attribute), rule.directory, frozenset())))

        libraries = tuple(self._expanded(library_files(rule), rule.directory, frozenset()))
        return RuleFiles(
            hdrs=of("hdrs"), textual_hdrs=of("textual_hdrs"), srcs=of("srcs"), libraries=libraries
        )

    def _expanded(self, items: Iterable[str | Glob], package: str, seen: frozenset[Label]) -> Iterator[str]:
        """The paths of files behind labels and globs; filegroups and rules with outputs are followed."""
        for item in items:
            if isinstance(item, Glob):
                yield from (_join(package, path) for path in self._matched(item, package))
                continue
            label = _parsed(item, package)
            rule = self.named.get(label) if label else None
            if label is None or label.repo or label in seen:
                continue
            if rule is None:
                yield _join(label.package, label.name)
            else:
                held = rule.items("srcs") if rule.kind == "filegroup" else rule.outputs
                yield from self._expanded(held, label.package, seen | {label})

    def _matched(self, glob: Glob, package: str) -> Iterator[str]:
        include, exclude = _compiled(glob.include), _compiled(glob.exclude)
        if package not in self.package_files:
            self.package_files[package] = tuple(_below(self.workspace, package, ""))
        for path in self.package_files[package]:
            hit = any(each.fullmatch(path) for each in include)
            if hit and not any(each.fullmatch(path) for each in exclude):
                yield path


def _compiled(patterns: Iterable[str]) -> list[PathPattern]:
    """The valid patterns; Bazel reports the others."""
    found: list[PathPattern] = []
    for pattern in patterns:
        with suppress(ValueError):
            found.append(glob_pattern(pattern))
    return found


def _below(workspace: Workspace, package: str, inside: str) -> Iterator[str]:
    """The files of a Bazel package, relative to it, without those of packages below it."""
    directory = workspace.directories.get(_join(package, inside) if inside else package)
    if directory is None or (inside and (directory.build_file or directory.broken)):
        return
    yield from (_join(inside, name) for name in sorted((*directory.files, *directory.hidden)))
    for name in directory.subdirectories:
        yield from _below(workspace, package, _join(inside, name))


def _parsed(text: str, package: str) -> Label | None:
    try:
        return Label.parse(text, package)
    except ValueError:
        return None


def _join(directory: str, name: str) -> str:
    return f"{directory}/{name}" if directory else name


def _grouped(pairs: Iterable[tuple[_Key, CRule]]) -> Mapping[_Key, tuple[CRule, ...]]:
    found: dict[_Key, tuple[CRule, ...]] = {}
    for key, rule in pairs:
        found[key] = (*found.get(key, ()), rule)
    return found
