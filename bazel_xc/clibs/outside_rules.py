"""The cc rules of external repositories whose BUILD files are in the workspace.

Comes in: the files, with the repositories that they are for, and a function that reads them. Goes out: a
``CRule`` per visible rule, under the repository's name. The files of the repository are not there: headers
and libraries by name are known, those behind a glob only as far as its patterns go.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from attrs import evolve, frozen

from bazel_xc.buildfile.evaluate import Glob
from bazel_xc.buildfile.outside import OutsideFile
from bazel_xc.buildfile.parser import parse
from bazel_xc.buildfile.rules import ExistingRule, default_visibility, rule_table, written_rules
from bazel_xc.buildfile.settings import Settings
from bazel_xc.buildfile.syntax import BuildFile, BuildSyntaxError
from bazel_xc.clibs.offer import CRule, HeaderGlob, RuleFiles, Visibility, c_rule, library_files, offers_c
from bazel_xc.model import Label

_GROUP = "filegroup"


def outside_rules(files: Iterable[OutsideFile], read: Callable[[str], bytes | None]) -> tuple[CRule, ...]:
    """The rules that other repositories may use; a file that is missing or cannot be read has none."""
    parsed = {each.repository: file for each in sorted(files) if (file := _parsed(each, read))}
    settings = Settings()
    table = rule_table(
        {name: (file, settings) for name, file in parsed.items()},
        {name: written_rules(file, settings, "") for name, file in parsed.items()},
    )
    return tuple(
        rule for name, file in parsed.items() for rule in _Repository.of(name, file, table.of(name)).rules()
    )


def _parsed(each: OutsideFile, read: Callable[[str], bytes | None]) -> BuildFile | None:
    data = each.text.encode() if each.text else read(each.path)
    try:
        return parse(each.path or each.repository, data) if data is not None else None
    except BuildSyntaxError:
        return None  # Bazel reports it


@frozen
class _Repository:
    """The rules of one file, by name."""

    name: str
    default: tuple[str, ...] | None
    named: Mapping[str, ExistingRule]

    @classmethod
    def of(cls, name: str, file: BuildFile, rules: Iterable[ExistingRule]) -> _Repository:
        named = {rule.name: evolve(rule, directory="") for rule in rules if rule.name}
        return cls(name, default_visibility(file), named)

    def rules(self) -> Iterator[CRule]:
        for rule in self.named.values():
            labels = rule.visibility if rule.visibility is not None else self.default
            visible = Visibility.from_labels(labels or (), "")
            if offers_c(rule) and (visible.public or visible.unknown):
                yield self._renamed(c_rule(rule, self._files(rule), visible), rule)

    def _renamed(self, found: CRule, rule: ExistingRule) -> CRule:
        globs = (*self._globs(rule, "hdrs"), *self._globs(rule, "textual_hdrs"))
        return evolve(
            found,
            label=evolve(found.label, repo=self.name),
            target=evolve(found.label, repo=self.name),
            files=frozenset(),
            libs=found.libs | self._own_names(rule),
            links=found.links or any(True for _ in self._globs(rule, "srcs")),
            deps=self._inside(found.deps),
            inner_deps=self._inside(found.inner_deps),
            globs=tuple(HeaderGlob.of(rule, each) for each in globs),
        )

    def _own_names(self, rule: ExistingRule) -> frozenset[str]:
        """The names of the repository, if it has no other rule for C."""
        alone = [name for name, each in self.named.items() if offers_c(each)] == [rule.name]
        return frozenset({self.name, self.name.removeprefix("lib")} if alone else ())

    def _inside(self, labels: Iterable[Label]) -> frozenset[Label]:
        return frozenset(label if label.repo else evolve(label, repo=self.name) for label in labels)

    def _files(self, rule: ExistingRule) -> RuleFiles:
        def of(attribute: str) -> tuple[str, ...]:
            return tuple(each for each in self._items(rule.items(attribute), ()) if isinstance(each, str))

        return RuleFiles(
            hdrs=of("hdrs"),
            textual_hdrs=of("textual_hdrs"),
            srcs=of("srcs"),
            libraries=tuple(each for each in self._items(library_files(rule), ()) if isinstance(each, str)),
        )

    def _globs(self, rule: ExistingRule, attribute: str) -> Iterator[Glob]:
        return (each for each in self._items(rule.items(attribute), ()) if isinstance(each, Glob))

    def _items(self, items: Iterable[str | Glob], seen: tuple[str, ...]) -> Iterator[str | Glob]:
        """The paths and globs of an attribute; filegroups of the file are followed."""
        for item in items:
            name = item.removeprefix("//").removeprefix(":") if isinstance(item, str) else ""
            group = self.named.get(name)
            if group is None:
                yield item if isinstance(item, Glob) else name
            elif group.kind == _GROUP and name not in seen:
                yield from self._items(group.items("srcs"), (*seen, name))
