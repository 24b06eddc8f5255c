"""The search for who provides what one package needs on one platform.

Comes in: the ``Providers``, and needs one by one, those with the strongest evidence first. Goes out: an
``Answer`` for each. Earlier answers are remembered, and later needs of the same library get them too. The
needs are ordered elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from attrs import evolve

from bazel_xc.cgo.archives import PLAIN_LIBS
from bazel_xc.cgo.needs import CNeed, NeedKind
from bazel_xc.clibs.include_directories import include_directories
from bazel_xc.clibs.likely import Offer, likely_rules
from bazel_xc.clibs.offer import CRule
from bazel_xc.clibs.registry import Library, bare_name
from bazel_xc.clibs.registry_module import advice, from_module, is_declared
from bazel_xc.clibs.resolution import Answer, Providers, Status
from bazel_xc.clibs.user_tables import UserTables
from bazel_xc.config import FILE_NAME, Resolve
from bazel_xc.model import Label

_LIBRARY_FILE = re.compile(r":lib(?P<name>.+?)\.(?:a|so[.0-9]*|dylib)")


class ProviderSearch:
    """The search for one package on one platform, with what it found so far.

    ``answers`` has the answer for each library of the table that is provided. ``named`` are the libraries
    that stronger evidence than a header names, found or not; ``settled`` are the names for the linker that
    are provided. ``with_unknown_headers`` are the answers whose
    headers are not all known, so that an unknown header may belong to them.
    """

    def __init__(self, providers: Providers, directory: str, import_path: str, platform: str) -> None:
        self.providers = providers
        self.directory = directory
        self.import_path = import_path
        self.platform = platform
        self.tables = UserTables(providers.resolves, providers.registry)
        self.goos = platform.partition("_")[0]
        self.answers: dict[str, Answer] = {}
        self.named: set[str] = set()
        self.settled: set[str] = set()
        self.has_other_c = False
        self.chosen: frozenset[Label] = frozenset()
        self.with_unknown_headers: list[Answer] = []

    def answer(self, need: CNeed) -> Answer:
        """Who provides a need, or what was tried if nobody does. ``-l:libx.a`` counts as ``-lx``."""
        if need.kind is NeedKind.LIB and (file := _LIBRARY_FILE.fullmatch(need.name)):
            need = evolve(need, name=file["name"])
        open_ends: list[Answer] = []
        for attempt in self._attempts(need):
            found = attempt(need)
            if found and found.is_provided:
                self._remember(need, found)
                self.has_other_c |= _is_other_c(need, found)
                return found
            if found:
                open_ends.append(found)
                if found.status is Status.AMBIGUOUS:
                    break
        found = evolve(self._open(need, open_ends), minor=self._is_settled(need))
        if need.kind is not NeedKind.HEADER:
            self.named.update(found.libraries)
        self.has_other_c |= need.kind is not NeedKind.SYMBOL
        return found

    def _attempts(self, need: CNeed) -> tuple[Callable[[CNeed], Answer | None], ...]:
        """The order of attempts for a need of its kind."""
        said = (self._by_import, self._by_config, self._by_directive)
        if need.kind is NeedKind.ARCHIVE:
            return (*said, _bundled)
        if need.kind is NeedKind.SYMBOL:
            return (*said, self._by_policy, self._with_other_c, self._no_symbol)
        if need.kind is NeedKind.FRAMEWORK:
            return (self._by_system, *said, self._by_policy, self._no_framework)
        return (
            *said, self._by_policy, self._as_already_answered, self._by_other_table, self._by_rules,
            self._by_system, self._by_registry, self._by_unknown_headers,
        )  # fmt: skip

    def _remember(self, need: CNeed, answer: Answer) -> None:
        self.chosen |= frozenset(answer.labels)
        for name in answer.libraries:
            self.answers.setdefault(name, answer)
        if need.kind is not NeedKind.HEADER:
            self.named.update(answer.libraries)
            self.settled.add(bare_name(need.name))
            if answer.has_unknown_headers:
                self.with_unknown_headers.append(answer)

    def _is_settled(self, need: CNeed) -> bool:
        """Whether a header's library, by its name, is provided under a name for the linker."""
        is_header = need.kind is NeedKind.HEADER
        return is_header and bare_name(need.name.partition("/")[0].partition(".")[0]) in self.settled

    def _libraries(self, need: CNeed) -> tuple[Library, ...]:
        return self.providers.registry.find(need.kind, need.name)

    def _names(self, need: CNeed) -> tuple[str, ...]:
        return tuple(library.name for library in self._libraries(need))

    def _by_import(self, need: CNeed) -> Answer | None:
        return self._by_table(need, self.tables.by_import(self.import_path, self.platform))

    def _by_config(self, need: CNeed) -> Answer | None:
        return self._by_table(need, self.tables.by_name(need.kind, need.name, self.platform))

    def _by_other_table(self, need: CNeed) -> Answer | None:
        return self._by_table(need, self.tables.by_other_name(need.kind, need.name, self.platform))

    def _by_table(self, need: CNeed, table: Resolve | None) -> Answer | None:
        if table is None:
            return None
        answer = self._by_user(need, tuple(map(Label.parse, table.labels)), f"[[resolve]] in {FILE_NAME}")
        return evolve(answer, table=table)

    def _by_directive(self, need: CNeed) -> Answer | None:
        for each in self.providers.directives:
            if (each.kind, each.name) == (need.kind.value, need.name):
                return self._by_user(need, (each.label,), f"directive in //{each.directory}")
        return None

    def _by_user(self, need: CNeed, labels: tuple[Label, ...], how: str) -> Answer:
        """The user's choice; the headers of a label that is not in the index are not known."""
        return Answer(
            status=Status.RESOLVED,
            labels=labels,
            how=how,
            libraries=self._names(need),
            has_unknown_headers=any(self.providers.index.rule(label) is None for label in labels),
        )

    def _by_policy(self, need: CNeed) -> Answer | None:
        system = self.providers.system
        libraries = self._libraries(need)
        named = [each for each in libraries if system & {each.name, *each.libs, *each.pkg_config}]
        if need.name not in system and not named:
            return None
        return Answer(
            status=Status.SYSTEM,
            flags=_flags(need, (*named, *libraries)),
            includes=include_directories(need.name),
            how=f"policy.system in {FILE_NAME}",
            libraries=tuple(each.name for each in named or libraries),
            has_unknown_headers=True,
            has_unknown_includes=not (libraries or include_directories(need.name)),
        )

    def _as_already_answered(self, need: CNeed) -> Answer | None:
        """The answer for the same library under another name."""
        found = self._libraries(need) or self._alike(need)
        library = next((each for each in found if each.name in self.answers), None)
        if library is None:
            return None
        earlier = self.answers[library.name]
        if earlier.module:
            return self._module(need, library)
        of_system = earlier.status is Status.SYSTEM
        return evolve(
            earlier,
            flags=_flags(need, (library,)) if earlier.flags else (),
            includes=include_directories(need.name) if of_system else (),
        )

    def _by_rules(self, need: CNeed) -> Answer | None:
        """The cc rules of the workspace: by header; by the library's name; by headers of that library."""
        index, libraries = self.providers.index, self._libraries(need)
        if need.kind is NeedKind.HEADER:
            return self._implemented(self._chosen(need, index.by_header(need.name)))
        known = {header for each in libraries for header in each.headers}
        owners = {rule for header in known for rule in index.by_header(header) if rule.links}
        names = {need.name, need.name.removeprefix("lib")}
        named = {rule for name in names for rule in index.by_lib(name)}
        if self.providers.systems.has(need.kind, need.name, self.goos):
            named = {rule for rule in named if rule in owners or _is_made_for(rule, need.name)}
        if named:
            return self._chosen(need, named)
        if need.kind is NeedKind.PKG_CONFIG:
            linked = {name for each in libraries[:1] for name in each.linker_names(need.name)}
            parts = [self._chosen(need, index.by_lib(name)) for name in sorted(linked)]
            if parts and all(part and part.is_provided for part in parts):
                return _joined([part for part in parts if part])
        return self._chosen(need, owners)

    def _chosen(self, need: CNeed, rules: Iterable[CRule]) -> Answer | None:
        """One of some rules: the one that is chosen already, the only one, or the one of that name."""
        found = sorted(rules, key=lambda rule: rule.label)
        visible = [rule for rule in found if rule.is_visible_from(self.directory)]
        if not visible:
            return self._hidden(found[0]) if found else None
        rule = self._one_of(need, visible)
        if rule is None:
            targets = sorted({rule.target: rule.label for rule in reversed(visible)}.values())
            return Answer(
                status=Status.AMBIGUOUS,
                candidates=tuple(map(str, targets)),
                tried=(f"{len(targets)} cc rules of the workspace provide it",),
                remedy=advice(need),
            )
        how = f"cc rule {rule.label}"
        return Answer(
            status=Status.RESOLVED,
            labels=(rule.label,),
            how=how,
            libraries=self._names(need),
            has_unknown_headers=bool(rule.globs),
        )

    def _implemented(self, answer: Answer | None) -> Answer | None:
        """A header's rule without sources, replaced by the one that implements it; several are named."""
        rule = self.providers.index.rule(answer.labels[0]) if answer and answer.labels else None
        if answer is None or rule is None:
            return answer
        found = [x for x in self.providers.index.implementers(rule) if x.is_visible_from(self.directory)]
        if not found or any(each.label in self.chosen for each in found):
            return answer
        if len(found) > 1:
            return evolve(answer, candidates=tuple(str(each.label) for each in found))
        other = found[0]
        kept = answer.labels if {rule.label, rule.target} & other.inner_deps else ()
        how = f"cc rule {other.label}, the sources of {rule.label}"
        return evolve(answer, labels=(*kept, other.label), how=how)

    def _one_of(self, need: CNeed, rules: list[CRule]) -> CRule | None:
        """The rule to take, None if several fit; an alias only if its target is not among them."""
        for rule in rules:
            if rule.label in self.chosen:
                return rule
        targets: dict[Label, CRule] = {}
        for rule in sorted(rules, key=lambda rule: rule.label != rule.target):
            targets.setdefault(rule.target, rule)
        names = {need.name, f"lib{need.name}", need.name.removeprefix("lib")}
        named = [rule for rule in targets.values() if rule.label.name in names]
        every = list(targets.values())
        left = named or _above_all(every) if len(every) > 1 else every
        return left[0] if len(left) == 1 else None

    def _hidden(self, rule: CRule) -> Answer:
        package = f"//{self.directory}"
        return Answer(
            status=Status.UNRESOLVED,
            candidates=(str(rule.label),),
            tried=(f"cc rule {rule.label} is not visible from {package}",),
            remedy=f'add "{package}:__pkg__" to the visibility of {rule.label}',
        )

    def _by_system(self, need: CNeed) -> Answer | None:
        """The system as the provider; a pkg-config name gets the flags of its library.

        It provides a library of the table only if it has the library's headers too: ``-luuid`` is something
        else on Windows.
        """
        systems, libraries = self.providers.systems, self._libraries(need)
        same = [x for x in libraries if any(systems.has(NeedKind.HEADER, h, self.goos) for h in x.headers)]
        flags: tuple[str, ...] = ()
        if need.kind is NeedKind.PKG_CONFIG:
            flags = _flags(need, same[:1])
            if not same or not all(systems.has(NeedKind.LIB, flag[2:], self.goos) for flag in flags):
                return None
        elif not systems.has(need.kind, need.name, self.goos):
            return None
        names = tuple(each.name for each in same)
        return Answer(status=Status.SYSTEM, flags=flags, how=f"part of {self.goos}", libraries=names)

    def _by_registry(self, need: CNeed) -> Answer | None:
        """The named library of the table, else the one whose module is declared, else the only one."""
        found = self._libraries(need)
        weak = () if found else self._alike(need)
        declared = [each for each in found or weak if is_declared(each, self.providers.repositories)]
        named = [each for each in found or weak if each.name in self.named]
        for some in (named, declared, found):
            if len(some) == 1:
                return self._module(need, some[0])
        if not found:
            texts = tuple(
                f"{x.name} has it as {h}" for x in weak for h in x.headers if need.name in h or h in need.name
            )
            return Answer(status=Status.UNRESOLVED, tried=texts, remedy=advice(need, weak)) if weak else None
        return Answer(
            status=Status.AMBIGUOUS,
            candidates=tuple(f"{each.name} ({each.module or 'no registry module'})" for each in found),
            tried=(f"{len(found)} known libraries have it",),
            remedy=advice(need, found),
        )

    def _module(self, need: CNeed, library: Library) -> Answer:
        return from_module(need, library, self.platform, self.providers.repositories, self.chosen)

    def _alike(self, need: CNeed) -> tuple[Library, ...]:
        is_header = need.kind is NeedKind.HEADER
        return self.providers.registry.by_header_tail(need.name) if is_header else ()

    def _by_unknown_headers(self, need: CNeed) -> Answer | None:
        """An unknown header is taken to come with a library whose headers are not all known."""
        if need.kind is not NeedKind.HEADER or self._libraries(need):
            return None
        found = [each for each in self.with_unknown_headers if self._may_have(each, need.name)]
        if not found:
            return None
        joined = _joined(found)
        return evolve(joined, flags=(), how=f"taken to come with it: {joined.how}", libraries=())

    def _may_have(self, answer: Answer, header: str) -> bool:
        """Whether a header may come with an answer; with a known library only if the names are alike."""
        if not answer.libraries:
            return True
        head = header.partition("/")[0].partition(".")[0]
        libraries = [each for each in self.providers.registry.libraries if each.name in answer.libraries]
        return any(bare_name(head) in map(bare_name, _heads(each)) for each in libraries)

    def _with_other_c(self, _need: CNeed) -> Answer | None:
        """A symbol may be part of any library, known or not, that the package asks for besides."""
        how = "taken to come with the package's other C"
        return Answer(status=Status.BUNDLED, how=how) if self.has_other_c else None

    def _no_symbol(self, _need: CNeed) -> Answer:
        """Cc rules with sources beside the package are the most likely ones."""
        here = (rule for rule in self.providers.index.rules if rule.label.package == self.directory)
        labels = tuple(str(rule.label) for rule in here if rule.has_sources and not rule.label.repo)
        offer = Offer("import", self.import_path, labels[:3]) if labels else None
        line = offer.line if offer else f'[[resolve]] import = "{self.import_path}", label = "//..."'
        return Answer(
            status=Status.UNRESOLVED,
            tried=("nothing in the package or its C defines it",),
            remedy=f"name the rule that does in {FILE_NAME}: {line}",
            offer=offer,
        )

    def _no_framework(self, need: CNeed) -> Answer:
        remedy = f"put the flag under a condition: #cgo darwin LDFLAGS: -framework {need.name}"
        return Answer(status=Status.UNRESOLVED, tried=(f"{self.goos} has no frameworks",), remedy=remedy)

    def _open(self, need: CNeed, ends: list[Answer]) -> Answer:
        """The answer if nobody provides a need; the first attempt that has one decides the remedy."""
        libraries = self._libraries(need)
        offer = next((each.offer for each in ends if each.offer), None)
        if offer is None and not any(each.candidates for each in ends) and need.kind is not NeedKind.SYMBOL:
            offer = likely_rules(need, libraries, self.providers.index, self.directory)
        if not ends:
            text = "no cc rule of the workspace and no known library has it"
            return Answer(
                status=Status.UNRESOLVED, tried=(text,), remedy=advice(need, offer=offer), offer=offer
            )
        tried = tuple(text for each in ends for text in each.tried)
        named = tuple(name for each in ends for name in each.libraries)
        found = evolve(ends[0], tried=tried, libraries=named, offer=offer)
        if offer is None or need.kind is NeedKind.SYMBOL:
            return found
        return evolve(found, remedy=advice(need, libraries, offer))


def _is_other_c(need: CNeed, answer: Answer) -> bool:
    """Whether more than the system's own C comes with an answer."""
    if need.kind is NeedKind.SYMBOL:
        return False
    plain = answer.status is Status.SYSTEM and not answer.has_unknown_headers
    return not (plain and (need.kind is NeedKind.HEADER or need.name in PLAIN_LIBS))


def _bundled(_need: CNeed) -> Answer:
    return Answer(status=Status.BUNDLED, how="comes with the package")


def _heads(library: Library) -> tuple[str, ...]:
    """The names that headers of a library may begin with."""
    folders = (header.partition("/")[0].partition(".")[0] for header in library.headers)
    return (*library.every_name, *folders)


def _above_all(rules: list[CRule]) -> list[CRule]:
    """The rule that depends on all others of some."""
    targets = {rule.target for rule in rules}
    return [rule for rule in rules if targets - {rule.target} <= rule.below]


def _is_made_for(rule: CRule, lib: str) -> bool:
    """Whether a rule has a library's name, and its files or link options name the library too."""
    return lib in rule.declared and rule.label.name.removeprefix("lib") == lib.removeprefix("lib")


def _flags(need: CNeed, libraries: Iterable[Library]) -> tuple[str, ...]:
    """The ``-l`` flags for a pkg-config name; other needs have flags of their own."""
    if need.kind is not NeedKind.PKG_CONFIG:
        return ()
    for library in libraries:
        return tuple(f"-l{name}" for name in library.linker_names(need.name))
    return (f"-l{need.name.removeprefix('lib')}",)


def _joined(answers: list[Answer]) -> Answer:
    """Several answers as one: all their labels, each how once."""
    return evolve(
        answers[0],
        status=Status.RESOLVED if any(each.labels for each in answers) else answers[0].status,
        labels=tuple(dict.fromkeys(label for each in answers for label in each.labels)),
        how=", ".join(dict.fromkeys(each.how for each in answers)),
    )
