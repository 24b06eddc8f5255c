"""Finds the C needs of a tree, their providers, and the dependencies that follow.

Comes in: a ``Site``, and a ``Resolver``, which knows the providers of the main workspace. Goes out: a
``Solved``, the input for plans of BUILD files and for reports. Nothing is written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property

from attrs import evolve, frozen

from bazel_xc.bazel.by_hand import flags_by_hand
from bazel_xc.bazel.names import base_name
from bazel_xc.bazel.outline import Outline
from bazel_xc.bazel.wiring import Wiring, WiringInput, wire
from bazel_xc.buildfile.repositories import Repositories
from bazel_xc.buildfile.workspace import Workspace
from bazel_xc.cgo.needs import CNeed, NeedKind
from bazel_xc.cgo.survey import Survey, survey
from bazel_xc.clibs.findings import archive_findings, archive_outcomes, findings
from bazel_xc.clibs.index import CIndex, build_c_index
from bazel_xc.clibs.outside_rules import outside_rules
from bazel_xc.clibs.registry import load_registry, load_system
from bazel_xc.clibs.resolution import Outcome, Providers
from bazel_xc.clibs.resolve import resolve
from bazel_xc.clibs.user_tables import UserTables
from bazel_xc.commands.site import Site
from bazel_xc.commands.snapshot import Snapshot
from bazel_xc.config import Config, Resolve
from bazel_xc.graph.imports import AbsenceByCgo, absence_by_cgo
from bazel_xc.model import Diagnostic, Label, parsed_label

Spell = Callable[[Label], Label]


@frozen(kw_only=True)
class Solved:
    """The C of a tree; ``outcomes`` are by import path, ``wiring`` by directory. ``absence`` has the
    platforms on which packages cannot be built, because of C or for any other reason. ``tables`` are the
    tables of the configuration that answered a need.
    """

    survey: Survey
    outcomes: Mapping[str, tuple[Outcome, ...]]
    wiring: Wiring
    absence: AbsenceByCgo
    tables: frozenset[Resolve]


@frozen(kw_only=True, slots=False)
class Resolver:
    """Finds providers in the main workspace and in its declarations."""

    config: Config
    workspace: Workspace
    repositories: Repositories

    @classmethod
    def of(cls, snapshot: Snapshot) -> Resolver:
        """The resolver of a workspace."""
        return cls(config=snapshot.config, workspace=snapshot.workspace, repositories=snapshot.repositories)

    @cached_property
    def index(self) -> CIndex:
        """The cc rules of the main workspace, and of repositories whose BUILD files it has."""
        outside = outside_rules(self.repositories.outside, self.workspace.look)
        return build_c_index(self.workspace, outside)

    @cached_property
    def tables(self) -> UserTables:
        """The tables of the configuration."""
        return UserTables(self.config.resolves, load_registry())

    def outcomes(self, import_path: str, needs: tuple[CNeed, ...], directory: str) -> tuple[Outcome, ...]:
        """The outcomes of one package; directives of ``directory`` in the main workspace apply."""
        return resolve(needs, self._providers(directory), directory, import_path)

    def beyond(self, import_path: str, needs: tuple[CNeed, ...], directory: str) -> Iterator[Outcome]:
        """The outcomes on platforms that are not configured with cgo: those of tables only."""
        for each in resolve(needs, self._providers(directory), directory, import_path):
            if each.table:
                yield each

    def _providers(self, directory: str) -> Providers:
        found = self.workspace.directories.get(directory)
        return Providers(
            resolves=self.config.resolves,
            directives=found.settings.c_resolves if found else (),
            system=frozenset(self.config.system),
            index=self.index,
            registry=load_registry(),
            systems=load_system(),
            repositories=self.repositories,
        )


def solve(site: Site, resolver: Resolver, spell: Spell | None = None) -> Solved:
    """Finds a provider for every C need of a tree.

    ``spell`` converts labels of the main workspace for a third-party module; it is None for the workspace
    itself.
    """
    answered = resolver.tables.may_answer if resolver.config.resolves else None
    found = survey(
        site.workspace,
        site.packages,
        site.universe.listed,
        site.view,
        site.sources,
        answered,
        foreign=site.third_party,
    )
    own = {package.import_path: path for path, package in site.packages.items()}
    outcomes = {
        path: resolver.outcomes(path, needs, "" if spell else own[path])
        for path, needs in found.needs.items()
    }
    beyond = {
        path: tuple(resolver.beyond(path, needs, "" if spell else own[path]))
        for path, needs in found.beyond.items()
    }
    spelt = {
        own[path]: tuple(_spelt(each, spell) for each in (*outcomes.get(path, ()), *beyond.get(path, ())))
        for path in {**outcomes, **beyond}
    }
    index = CIndex()
    if found.flags:
        index = build_c_index(site.workspace) if spell else resolver.index
    wiring = wire(found, spelt, _wiring_input(site, index))
    where = absence_by_cgo(site.universe, site.flipped, lacking=wiring.absent, made=site.made)
    every = [each for some in (*outcomes.values(), *beyond.values()) for each in some]
    for import_path, lacking in _lacking(site, found):
        outcomes[import_path] = (*outcomes.get(import_path, ()), *lacking)
    return Solved(
        survey=found,
        outcomes={path: tuple(_in_the_build(some, site.built_on(path))) for path, some in outcomes.items()},
        wiring=wiring,
        absence=where,
        tables=frozenset(each.table for each in every if each.table),
    )


def _lacking(site: Site, found: Survey) -> Iterator[tuple[str, tuple[Outcome, ...]]]:
    """The libraries of the tree that packages lack on configured platforms, by import path."""
    asked = frozenset(platform.name for platform in site.view.platforms if platform.cgo)
    for path, archives in found.archives.items():
        lacking = tuple(archive_outcomes(found.asked[path], archives, asked, path))
        if lacking:
            yield site.packages[path].import_path, lacking


def _in_the_build(outcomes: Iterable[Outcome], built: frozenset[str]) -> Iterator[Outcome]:
    """The outcomes on some platforms. The rules of a package answer its needs on all others, too."""
    for each in outcomes:
        if each.platforms <= built:
            yield each
        elif held := each.platforms & built:
            yield evolve(each, platforms=held)


def _spelt(outcome: Outcome, spell: Spell | None) -> Outcome:
    return evolve(outcome, labels=tuple(map(spell, outcome.labels))) if spell else outcome


def _wiring_input(site: Site, index: CIndex) -> WiringInput:
    outlines = site.outlines
    root = site.packages.get("")
    return WiringInput(
        workspace=site.workspace,
        packages=site.packages,
        platforms=site.view.platforms,
        built=frozenset(each.directory.path for each in outlines if _becomes_package(each, site)),
        wired=frozenset(each.directory.path for each in outlines if _has_wanted_rule(each, site)),
        taken={each.directory.path: frozenset(slot.name for slot in each.slots) for each in outlines},
        index=index,
        root_name=base_name(root.import_path) if root else site.root_name,
        conditions=site.conditions,
        assembles_with_c=site.repositories.assembles_with_c,
        tidy=site.untouched <= site.ignored,
        third_party=site.third_party,
        by_hand=dict(_by_hand(site)),
    )


def _by_hand(site: Site) -> Iterator[tuple[str, frozenset[str]]]:
    """The linker flags of libraries whose ``cdeps`` a person wrote, by directory."""
    for each in site.outlines:
        rule = each.library.existing if each.library else None
        if rule:
            flags = flags_by_hand(rule, each.directory, site.workspace, site.conditions.platforms)
            if flags is not None:
                yield each.directory.path, flags


def c_findings(solved: Solved, site: Site, unresolved: str) -> tuple[Diagnostic, ...]:
    """The findings about the C of a tree's packages; ``unresolved`` is the policy of that name."""
    lacking = (
        each
        for path, archives in solved.survey.archives.items()
        for each in archive_findings(solved.survey.asked[path], archives, _asked(path, site), path)
    )
    return (
        *lacking,
        *solved.survey.diagnostics,
        *solved.wiring.diagnostics,
        *_open_findings(solved, site, unresolved),
    )


def _asked(directory: str, site: Site) -> list[str]:
    """The platforms on which the C of a package is built."""
    built = site.built_on(site.packages[directory].import_path)
    return [each.name for each in site.view.platforms if each.cgo and each.name in built]


def _open_findings(solved: Solved, site: Site, unresolved: str) -> Iterator[Diagnostic]:
    """The findings about needs without provider. A flag that is left out beside ``cdeps`` of a person is a
    note, and so is a header that a label of theirs in another repository may have.
    """
    own = {package.import_path: path for path, package in site.packages.items()}
    order = [platform.name for platform in site.view.platforms]
    others: list[Outcome] = []
    for path, some in solved.outcomes.items():
        withheld = solved.wiring.withheld.get(own[path])
        found = {label for each in some for label in each.labels}
        outside = tuple(str(each) for each in _cdeps(own[path], site) if each.repo and each not in found)
        for each in some:
            if each.need.kind is NeedKind.LIB and withheld is not None:
                left = f"-l{each.need.name}" in withheld
                why = "; the flag is left out, because cdeps were written by hand" if left else ""
            elif each.need.kind is NeedKind.HEADER and outside:
                why = f"; {' or '.join(outside)} in cdeps may have it"
            else:
                others += [] if _is_settled(each, own[path], site) else [each]
                continue
            for one in findings([each], "ignore", order):
                yield evolve(one, message=one.message + why)
    yield from findings(others, unresolved, order)


def unused_tables(snapshot: Snapshot, solved: Iterable[Solved]) -> tuple[Diagnostic, ...]:
    """The findings about tables of the configuration that answer nothing in any tree.

    There are none while something is unknown, because its needs are.
    """
    if any(each.is_unknown for each in snapshot.diagnostics):
        return ()
    trees = tuple(solved)
    used = {table for each in trees for table in each.tables}
    needs = (need for each in trees for some in each.survey.needs.values() for need in some)
    return tuple(Resolver.of(snapshot).tables.unused(used, needs))


def _is_settled(outcome: Outcome, directory: str, site: Site) -> bool:
    """Whether a symbol without provider may come from ``cdeps`` that are there already."""
    return outcome.need.kind is NeedKind.SYMBOL and any(True for _ in _cdeps(directory, site))


def _cdeps(directory: str, site: Site) -> Iterator[Label]:
    """The labels in ``cdeps`` of the rules of a directory."""
    texts = (text for rule in site.workspace.existing.of(directory) for text in rule.strings("cdeps"))
    for text in dict.fromkeys(texts):
        if label := parsed_label(text, directory):
            yield label


def _becomes_package(each: Outline, site: Site) -> bool:
    exists = bool(each.directory.build_file or each.directory.broken)
    return exists or (each.is_package and site.may_make(each))


def _has_wanted_rule(each: Outline, site: Site) -> bool:
    """Whether a rule will be written that may have cdeps; mode "cgo" adds no rules."""
    slots = [slot for slot in each.slots if not slot.blocked]
    writable = [slot for slot in slots if slot.existing or site.mode != "cgo"]
    return bool(writable) and site.may_write(each)
