"""The C of each Go package: ``cdeps``, the remaining flags, and the platforms that lack it.

Comes in: the survey of the packages' C, the outcomes of their C needs, and the workspace. Goes out: a
``Wiring`` for the planner, with the cc rules that have to be written. Flags that a dependency provides are
removed; search directories in the tree become ``includes`` of rules; other flags keep their order. No
provider is chosen and no file is changed here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from attrs import field, frozen

from bazel_xc.bazel.c_rules import Assembly, CcRules, PackageReach, cc_rules
from bazel_xc.bazel.plan import is_assembly
from bazel_xc.bazel.select import Conditions, Form, build, build_set, follow
from bazel_xc.buildfile.workspace import Workspace
from bazel_xc.cgo.archives import Archives
from bazel_xc.cgo.flags import NO_FLAGS, PKG_CONFIG, CgoFlags, bazel_flag, without_paths
from bazel_xc.cgo.includes import ReachedFile
from bazel_xc.cgo.macros import language_of
from bazel_xc.cgo.needs import NeedKind
from bazel_xc.cgo.survey import Survey
from bazel_xc.clibs.include_directories import depends_on_processor, include_flags
from bazel_xc.clibs.index import CIndex
from bazel_xc.clibs.resolution import Outcome, Status
from bazel_xc.config import FILE_NAME
from bazel_xc.golang.constraints import KNOWN_PLATFORMS
from bazel_xc.golang.gazelle import Reading
from bazel_xc.golang.package import FileKind, GoPackage
from bazel_xc.model import ByPlatform, Diagnostic, Label, Platform


@frozen(kw_only=True)
class Bundle:
    """The library files of the tree that a package links, in link order, each with the words that ask for it;
    ``absent`` are known platforms where one is missing or made for another machine.
    """

    asked: ByPlatform[tuple[str, tuple[str, ...]]] = field(factory=ByPlatform)
    absent: frozenset[str] = frozenset()

    @property
    def archives(self) -> tuple[str, ...]:
        """All files, on any platform."""
        return tuple(sorted({path for path, _ in self.asked.where}))

    def on(self, platform: str) -> tuple[str, ...]:
        """The files in link order."""
        return tuple(dict.fromkeys(path for path, _ in self.asked.on(platform)))

    def words(self, platform: str) -> frozenset[str]:
        """The flags that stand for them."""
        return frozenset(word for _, words in self.asked.on(platform) for word in words)


@frozen(kw_only=True)
class WiringInput:
    """The facts about the workspace that wiring needs.

    ``built`` are directories with BUILD files, now or soon, ``wired`` those whose Go rules will be written;
    ``taken`` are the names of these, by directory. ``by_hand`` are the linker flags of the libraries whose
    ``cdeps`` a person wrote, by directory.
    """

    workspace: Workspace
    packages: Mapping[str, GoPackage]
    platforms: tuple[Platform, ...]
    built: frozenset[str]
    wired: frozenset[str]
    taken: Mapping[str, frozenset[str]]
    index: CIndex
    root_name: str
    conditions: Conditions
    assembles_with_c: bool = True  # whether rules_go hands assembly beside cgo to the C compiler
    tidy: bool = True
    third_party: bool = False  # whether the tree is another repository than the main one
    by_hand: Mapping[str, frozenset[str]] = field(factory=dict)


@frozen(kw_only=True)
class Wiring:
    """By directory of Go packages, with cgo: dependencies by known platform, flags, and the platforms that
    lack an archive; and the cc rules of the whole workspace. ``withheld`` are the ``-l`` flags without a
    provider that are left out, by directories whose ``cdeps`` a person wrote.
    """

    cdeps: Mapping[str, ByPlatform[Label]]
    flags: Mapping[str, CgoFlags]
    test_flags: Mapping[str, CgoFlags]
    absent: Mapping[str, frozenset[str]]
    rules: CcRules
    withheld: Mapping[str, frozenset[str]] = field(factory=dict)
    of_packages: tuple[Diagnostic, ...] = ()

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """The reasons why cc rules cannot be written, and headers without sources."""
        return (*self.rules.diagnostics, *self.of_packages)


def wire(survey: Survey, outcomes: Mapping[str, tuple[Outcome, ...]], ground: WiringInput) -> Wiring:
    """Wires all packages that import "C"; ``outcomes`` are by directory."""
    packages = {path: _Package(path, survey, outcomes.get(path, ()), ground) for path in sorted(survey.flags)}
    reaches = [each.reach for each in packages.values()]
    rules = cc_rules(
        ground.workspace,
        [each for each in reaches if each.files or each.directories or each.archives or each.assembly],
        ground.built,
        ground.root_name,
        wired=ground.wired,
        taken=ground.taken,
        tidy=ground.tidy,
    )
    return Wiring(
        cdeps={path: each.cdeps(rules) for path, each in packages.items()},
        flags={path: each.flags(survey.flags[path]) for path, each in packages.items()},
        test_flags={path: each.flags(survey.test_flags[path]) for path, each in packages.items()},
        absent={path: each.bundle.absent for path, each in packages.items() if each.bundle.absent},
        withheld={path: each.withheld() for path, each in packages.items() if path in ground.by_hand},
        rules=rules,
        of_packages=tuple(problem for each in packages.values() for problem in each.diagnostics),
    )


@lru_cache(maxsize=1024)
def spread(held: frozenset[str], platforms: tuple[Platform, ...]) -> frozenset[str]:
    """The known platforms on which a fact holds that is known for the configured ones alone.

    A platform without that setting follows the configured ones of its system if they agree, or all of them if
    its system is not among them. Those with cgo off are not configured in this sense.
    """
    asked = [platform for platform in platforms if platform.cgo]
    there = held & {platform.name for platform in asked}
    return there | follow(there, asked)


def _bundle(archives: Archives, flags: CgoFlags) -> Bundle:
    """The existing files, in the order in which flags name them."""

    def linked(platform: str, words: tuple[str, ...]) -> list[tuple[str, tuple[str, ...]]]:
        here = {each.path: each.words for each in archives.on(platform)}
        order = {
            path: min(map(words.index, set(means) & set(words)), default=0) for path, means in here.items()
        }
        return [(path, here[path]) for path in sorted(here, key=lambda path: (order[path], path))]

    return Bundle(asked=flags.get("LDFLAGS", NO_FLAGS).map(linked), absent=archives.lacking)


class _Package:
    """One Go package that imports "C"."""

    def __init__(self, path: str, survey: Survey, outcomes: tuple[Outcome, ...], ground: WiringInput) -> None:
        self.path = path
        self.ground = ground
        self.package = ground.packages[path]
        self.outcomes = outcomes
        self.bundle = _bundle(survey.archives[path], survey.flags[path])
        self.search = survey.search[path]
        self.words = survey.flags[path].get("LDFLAGS", NO_FLAGS)
        own = f"{path}/" if path else ""
        self.own = frozenset(own + file.name for file in self.package.files)
        self.files = survey.reached[path].files
        self.provided = {
            file.path: label for file in self.files if (label := self._provider(file)) is not None
        }
        # Bazel refuses the root as one of the includes of a rule. rules_go finds "x.h" there by itself.
        in_brackets = any("" in file.bracketed for file in self.files)
        self.searches_root = in_brackets and not ground.third_party
        self.implementers = tuple(self._implementers())
        self.reach = self._reach(survey.flags[path])

    def _provider(self, file: ReachedFile) -> Label | None:
        """The cc rule of the workspace, not of ours, that has a file and may be used."""
        if file.path in self.own:
            return None
        rules = [rule for rule in self.ground.index.by_file(file.path) if rule.is_visible_from(self.path)]
        chosen = {label for each in self.outcomes for label in each.labels}
        rules.sort(key=lambda rule: (rule.label not in chosen, not rule.links, rule.label))
        return rules[0].label if rules else None

    def _implementers(self) -> Iterator[tuple[Label, tuple[Label, ...]]]:
        """The rules without sources that have files, and those with sources that may be meant with them."""
        chosen = {label for each in self.outcomes for label in each.labels}
        for label in dict.fromkeys(self.provided.values()):
            rule = self.ground.index.rule(label)
            some = self.ground.index.implementers(rule) if rule else ()
            found = tuple(each.label for each in some if each.is_visible_from(self.path))
            if found and not chosen.intersection(found):
                yield label, found

    @property
    def diagnostics(self) -> Iterator[Diagnostic]:
        """Rules without sources, where several others may have them."""
        for label, found in self.implementers:
            if len(found) > 1:
                names = " or ".join(map(str, found))
                yield Diagnostic(
                    path=self.path or ".",
                    code="c-sources",
                    message=f"headers come from {label}, which has no sources: they may be in {names}",
                    remedy=f'name one in {FILE_NAME}: [[resolve]] import = "{self.package.import_path}"',
                )

    def _reach(self, flags: CgoFlags) -> PackageReach:
        foreign = [file for file in self.files if file.path not in self.own]
        files = tuple(file.path for file in foreign if file.path not in self.provided)
        used = {directory for file in self.files for directory in self._directories(file)}
        used -= set() if self.ground.third_party else {""}
        directories = [each for each in dict.fromkeys((self.path, *self.search)) if each in used]
        return PackageReach(
            package=self.path,
            files=files,
            directories=tuple(directories),
            archives=self.bundle.archives,
            assembly=None if self.ground.assembles_with_c else self._assembly(flags),
        )

    def _assembly(self, flags: CgoFlags) -> Assembly | None:
        """The assembly beside cgo; the directories of its flags are those of header rules."""
        on: frozenset[str] = frozenset().union(*(file.tagged for file in self.package.files if file.uses_cgo))
        where = {file.name: file.tagged & on for file in self.package.files if is_assembly(file.name)}
        conditions = self.ground.conditions
        sources = build_set({name: Reading(platforms=names) for name, names in where.items()}, conditions)
        if sources is None:
            return None
        clean = self._with_root(without_paths(flags, {}, keep_root=self.searches_root))
        verbs = [clean.get(verb, NO_FLAGS) for verb in ("CPPFLAGS", "CFLAGS")]
        words = ByPlatform.fold(
            {name: [bazel_flag(w) for each in verbs for w in each.on(name)] for name in on}
        )
        headers = tuple(sorted(file.name for file in self.package.of(FileKind.HEADER)))
        return Assembly(
            sources=sources,
            headers=headers,
            copts=build(words, conditions, Form.FLAGS),
            is_searched=bool(self.path) or self.ground.third_party,
        )

    def _with_root(self, flags: CgoFlags) -> CgoFlags:
        """The flags with the package's own directory, which go always searches, if that is the root."""
        if self.path or not self.searches_root:
            return flags
        word = ByPlatform.held(dict.fromkeys(["-I."], self._platforms()))
        languages = [language_of(file.name) for file in self.package.files]
        has_cxx = any(each.takes_cxxflags for each in languages if each)
        verbs = ("CFLAGS", "CXXFLAGS") if has_cxx else ("CFLAGS",)
        return {**flags, **{verb: word.merge(flags.get(verb, NO_FLAGS)) for verb in verbs}}

    def _directories(self, file: ReachedFile) -> Iterator[str]:
        """The search directories that are needed to find a file.

        rules_go searches the package's own directory only if a header is among its sources.
        """
        label = self.provided.get(file.path)
        rule = self.ground.index.rule(label) if label else None
        for directory in file.directories:
            spelt = file.path[len(directory) :].lstrip("/")
            searched = directory == self.path and self._has_headers()
            if not searched and (rule is None or spelt not in rule.headers):
                yield directory

    def _has_headers(self) -> bool:
        return bool(self.package.of(FileKind.HEADER))

    def cdeps(self, rules: CcRules) -> ByPlatform[Label]:
        """The dependencies on each known platform where the package may use cgo."""
        headers = rules.headers.get(self.path, ())
        implemented = {label: found for label, found in self.implementers if len(found) == 1}
        provided = tuple(
            dict.fromkeys(
                each for label in self.provided.values() for each in (label, *implemented.get(label, ()))
            )
        )
        found: dict[str, Iterable[Label]] = {}
        for name in self._platforms():
            archives = [rules.archives.get((self.path, path)) for path in self.bundle.on(name)]
            bundled = tuple(label for label in archives if label)
            chosen = tuple(label for each in self._settled(name) for label in each.labels)
            found[name] = dict.fromkeys((*headers, *provided, *bundled, *chosen))
        return ByPlatform.fold(found)

    def _platforms(self) -> frozenset[str]:
        names = {platform.name for platform in self.ground.platforms}
        using = (file for file in self.package.files if file.uses_cgo)
        may: frozenset[str] = frozenset().union(*(file.tagged for file in using))
        # Dependencies that nothing uses do no harm, a long list of exceptions would.
        return KNOWN_PLATFORMS if names <= may else may

    def _settled(self, name: str) -> Iterator[Outcome]:
        """The outcomes with a provider on a known platform, in the order in which the linker meets them."""
        for each in sorted(self.outcomes, key=lambda outcome: self._rank(outcome, name)):
            if each.status in (Status.RESOLVED, Status.SYSTEM) and name in self._where(each.platforms):
                yield each

    def _rank(self, outcome: Outcome, name: str) -> tuple[str, int, int]:
        need, words = outcome.need, self.words.on(name)
        flag = f"-l{need.name}"
        within = words.index(flag) if need.kind is NeedKind.LIB and flag in words else len(words)
        return need.path, need.line, within

    def _where(self, held: frozenset[str]) -> frozenset[str]:
        """Also the platforms that are not configured with cgo, if an outcome names them."""
        asked = {platform.name for platform in self.ground.platforms if platform.cgo}
        return spread(held, self.ground.platforms) | (held - asked)

    def withheld(self, name: str = "") -> frozenset[str]:
        """The ``-l`` flags that nobody answers, on a known platform or on any, and that would be new to a
        rule whose ``cdeps`` a person wrote: one of these may have the library under another name.
        """
        there = self.ground.by_hand.get(self.path)
        if there is None:
            return frozenset()
        lacking = (
            f"-l{each.need.name}"
            for each in self.outcomes
            if each.need.kind is NeedKind.LIB and not each.is_provided
            if not name or name in spread(each.platforms, self.ground.platforms)
        )
        return frozenset(lacking) - there

    def flags(self, flags: CgoFlags) -> CgoFlags:
        """The flags without those of dependencies, with those of pkg-config names that systems have.

        As with go, their search directories come after all other flags.
        """
        provided: dict[str, frozenset[str]] = {}
        added: dict[str, tuple[str, ...]] = {}
        searched: dict[str, Iterable[str]] = {}
        configured = {platform.name for platform in self.ground.platforms}
        asked = flags.get(PKG_CONFIG, NO_FLAGS)
        for name in KNOWN_PLATFORMS:
            settled = tuple(self._settled(name))
            libs = {
                f"-l{each.need.name}" for each in settled if each.labels and each.need.kind is NeedKind.LIB
            }
            provided[name] = frozenset(libs) | self.bundle.words(name) | self.withheld(name)
            named = asked.on(name)
            asked_for = [each for each in settled if each.need.name in named]
            added[name] = tuple(flag for each in asked_for for flag in each.flags)
            includes = dict.fromkeys(path for each in asked_for for path in each.includes)
            # A key for every known processor would be a long list for platforms that nobody builds.
            if name in configured or not depends_on_processor(includes):
                searched[name] = include_flags(includes, name)
        cleaned = without_paths(flags, provided)
        if self.searches_root and not (self.path == "" and self._has_headers()):
            cleaned = self._with_root(without_paths(flags, provided, keep_root=True))
        linked = cleaned.get("LDFLAGS", NO_FLAGS).merge(ByPlatform.fold(added))
        found = cleaned.get("CPPFLAGS", NO_FLAGS).merge(ByPlatform.fold(searched))
        return {**cleaned, "CPPFLAGS": found, "LDFLAGS": linked}
