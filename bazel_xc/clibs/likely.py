"""The cc rules of the workspace that a need without provider may mean, by their names.

Comes in: a need, the libraries of the table that have its name, and the index. Goes out: an ``Offer``: a few
labels, and the table of the configuration that would choose the first of them. It is a guess for a finding,
and nothing is resolved by it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from attrs import frozen

from bazel_xc.cgo.needs import CNeed, NeedKind
from bazel_xc.clibs.index import CIndex
from bazel_xc.clibs.offer import CRule
from bazel_xc.clibs.registry import Library, bare_name

_MOST = 3
_ANY_TREE = frozenset(
    "contrib deps ext external extern include includes lib libs source src third_party vendor".split()
)
_SHORTEST = 3  # letters of a name that may be a part of another


@frozen
class Offer:
    """Labels that may be right, and the kind and name of the table that would choose one of them."""

    kind: str
    name: str
    labels: tuple[str, ...]

    @property
    def line(self) -> str:
        """The table within a sentence."""
        return f'[[resolve]] {self.kind} = "{self.name}", label = "{self.labels[0]}"'

    @property
    def text(self) -> str:
        """The lines of the table; the other labels are in a comment."""
        others = f"  # or {', '.join(self.labels[1:])}" if self.labels[1:] else ""
        return f'[[resolve]]\n{self.kind} = "{self.name}"\nlabel = "{self.labels[0]}"{others}'


def likely_rules(need: CNeed, libraries: tuple[Library, ...], index: CIndex, directory: str) -> Offer | None:
    """The visible rules whose names are most like the need's or its library's, None without any."""
    words = {bare_name(name) for name in _names(need, libraries)}
    ranked = (
        (rank, rule.label)
        for rule in index.rules
        if rule.is_visible_from(directory) and (rule.links or need.kind is NeedKind.HEADER)
        if (rank := _likeness(rule, words)) is not None
    )
    labels = tuple(str(label) for _, label in sorted(ranked))[:_MOST]
    if not labels:
        return None
    if len(libraries) == 1:
        return Offer("library", libraries[0].name, labels)
    return Offer(need.kind.value, need.name, labels)


def _names(need: CNeed, libraries: Iterable[Library]) -> Iterator[str]:
    """The name to look for: of a header its first specific folder, or its own name without the suffix."""
    folders = [each for each in need.name.split("/") if each not in _ANY_TREE]
    yield folders[0].partition(".")[0] if need.kind is NeedKind.HEADER and folders else need.name
    for each in libraries:
        yield from each.every_name


def _likeness(rule: CRule, words: Iterable[str]) -> int | None:
    """A number for the order: the same name, a directory of that name, a name with more around it."""
    name = bare_name(rule.label.name)
    folder = bare_name(rule.label.package.rpartition("/")[2] or rule.label.repo)
    long = [word for word in words if len(word) >= _SHORTEST]
    if name in words:
        return 0
    if folder in long:
        return 1
    return 2 if any(word in name for word in long) else None
