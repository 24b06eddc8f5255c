"""The values that every stage shares: platforms, labels, strings per platform, diagnostics.

Comes in: plain values. Goes out: frozen classes that compare and sort by value. Nothing here reads
files, runs programs or knows the syntax of BUILD files.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Generic, TypeVar

from attrs import evolve, field, frozen

Progress = Callable[[str], None]
"""Takes what a run is at, for a user who waits: ``listing linux_arm64 (3 of 5)``."""


def silent(_: str) -> None:
    """The progress that nobody sees."""


T = TypeVar("T")
U = TypeVar("U")
_NOBODY: frozenset[str] = frozenset()


@frozen(order=True)
class Platform:
    """A target that the workspace is configured for, with cgo on or off."""

    goos: str
    goarch: str
    cgo: bool = False
    constraints: tuple[str, ...] = field(default=(), kw_only=True)
    runner: str = field(default="", kw_only=True)  # label of a CI machine that builds for it

    @property
    def name(self) -> str:
        """``<goos>_<goarch>``, the platform's name in files, flags and reports."""
        return f"{self.goos}_{self.goarch}"


class Severity(enum.StrEnum):
    """The severity of a diagnostic; an error makes the command exit with 1."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


LOAD = "load"  # an error of go about one package, or about all of one module
# Codes of diagnostics for facts that could not be found out; answers that depend on them are incomplete.
MISSING_MODULE, NOT_LISTED, NOT_PROVIDED = "missing-module", "not-listed", "not-provided"
BROKEN_PACKAGE = "broken-package"
UNKNOWN_CODES = frozenset({BROKEN_PACKAGE, MISSING_MODULE, NOT_LISTED, NOT_PROVIDED})
# Codes of C needs without a provider, whose severity ``policy.unresolved`` decides.
OPEN_CODES = frozenset({"c-ambiguous", "c-unresolved"})


@frozen(order=True, kw_only=True)
class Diagnostic:
    """A message for the user that did not stop the run.

    ``path`` is relative to the workspace root; ``line`` and ``column`` count from 1 and are 0 if unknown.
    ``message`` is one line; ``remedy`` is an instruction and may be empty; ``paste`` are lines for the
    configuration that might be right.
    """

    path: str = ""
    line: int = 0
    column: int = 0
    severity: Severity = Severity.WARNING
    code: str
    message: str
    remedy: str = ""
    paste: str = field(default="", metadata={"optional": True})

    @property
    def is_unknown(self) -> bool:
        """Whether it reports that a fact could not be found out."""
        return self.code in UNKNOWN_CODES

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.path, self.line, self.column) if part)
        head = f"{place}: " if place else ""
        brackets = "; {}" if self.message.endswith(")") else " ({})"
        tail = brackets.format(self.remedy) if self.remedy else ""
        return f"{head}{self.severity}: {self.message}{tail}"


# The files that mark a workspace without bzlmod; the first one that exists counts.
WORKSPACE_NAMES = ("WORKSPACE.bazel", "WORKSPACE")

# The names of the main repository within another one: under bzlmod, and in a WORKSPACE.
MAIN_OF_MODULES, MAIN_OF_WORKSPACE = "@@", "@"


# From Bazel's LabelValidator: most printable characters are allowed in a name.
_NOT_IN_NAME = re.compile(r"[\x00-\x1f\x7f:\\]")
_NOT_IN_REPO = re.compile(r"[\s@:/\\]")


def is_package(text: str) -> bool:
    """Whether Bazel accepts a path as the path of a package."""
    return not text or not (_NOT_IN_NAME.search(text) or any(not part.strip(".") for part in text.split("/")))


def is_inside(path: str, other: str) -> bool:
    """Whether a directory is another one or below it; both are relative to one root, which is empty."""
    return not other or path == other or path.startswith(other + "/")


def _is_name(text: str) -> bool:
    parts = text.split("/")
    return bool(text) and not _NOT_IN_NAME.search(text) and (text == "." or not {"", ".", ".."} & set(parts))


@frozen(order=True)
class Label:
    """A Bazel label in absolute form.

    ``repo`` is empty for the current repository, which is the main one unless stated otherwise. It is
    ``MAIN_OF_MODULES`` or ``MAIN_OF_WORKSPACE`` for the main repository as seen from another.
    """

    repo: str
    package: str
    name: str

    @classmethod
    def parse(cls, text: str, package: str = "") -> Label:
        """Parses ``@repo//pkg:name``, ``//pkg``, ``:name`` or ``name``, the last two within ``package``.

        Raises ValueError if Bazel would refuse the text as a label. Names may have spaces.
        """
        return _parsed(text, "" if text.startswith(("@", "//")) else package)

    @property
    def path(self) -> str:
        """The path of the file of this name, from the root of the repository."""
        return f"{self.package}/{self.name}".lstrip("/")

    def relative_to(self, package: str) -> str:
        """The shortest spelling in a BUILD file of ``package`` in the same repository."""
        if not self.repo and self.package == package:
            return f":{self.name}"
        if self.repo and not self.package and self.name == self.repo:
            return f"@{self.repo}"
        repo = self._at()
        short = self.package.rpartition("/")[2] == self.name
        return f"{repo}//{self.package}" + ("" if short else f":{self.name}")

    def __str__(self) -> str:
        return f"{self._at()}//{self.package}:{self.name}"

    def _at(self) -> str:
        if self.repo in (MAIN_OF_MODULES, MAIN_OF_WORKSPACE):
            return self.repo
        return f"@{self.repo}" if self.repo else ""


@lru_cache(maxsize=1 << 16)
def _parsed(text: str, package: str) -> Label:
    """See ``Label.parse``; the files of a workspace repeat the same few thousand labels."""
    repo, rest = "", text
    if text.startswith("@"):
        repo, slashes, rest = text.removeprefix("@").removeprefix("@").partition("//")
        rest = "//" + rest if slashes else f"//:{repo}"
        if _NOT_IN_REPO.search(repo) or not (repo or slashes):
            raise ValueError(f"not a label: {text!r}")
    if rest.startswith("//"):
        package, colon, name = rest[2:].partition(":")
        name = name if colon else package.rpartition("/")[2] or repo
    else:
        name = rest.removeprefix(":")
    if not (is_package(package) and _is_name(name)):
        raise ValueError(f"not a label: {text!r}")
    return Label(repo, package, name)


def parsed_label(text: str, package: str = "", own_names: Collection[str] = ()) -> Label | None:
    """The label of any spelling in a BUILD file of ``package``, in one form; None if the text is not a label.
    ``own_names`` are the names of the main repository for itself.
    """
    try:
        found = Label.parse(text.lstrip("@") if text.lstrip("@").startswith("//") else text, package)
    except ValueError:
        return None
    return evolve(found, repo="") if found.repo in own_names else found


@frozen(order=True)
class FileChange:
    """A file as it was read and as it should be; None if it does not, or should not, exist.

    ``objection`` is the reason why the new bytes must not be written, and empty without one.
    """

    path: str
    old: bytes | None
    new: bytes | None
    objection: str = field(default="", eq=False, order=False, kw_only=True)

    @property
    def text(self) -> bytes:
        """The new bytes; empty for a file to delete."""
        return self.new or b""

    @property
    def is_change(self) -> bool:
        """Whether there is anything to write."""
        return self.old != self.new


@frozen
class ByPlatform(Generic[T]):
    """Ordered values that differ by platform: groups of platforms, by name, with the same values.

    A platform is in one group at most; one without values is in none. Equal meanings compare equal.
    """

    groups: tuple[tuple[frozenset[str], tuple[T, ...]], ...] = ()

    @classmethod
    def fold(cls, lists: Mapping[str, Iterable[T]]) -> ByPlatform[T]:
        """Makes it from the values of each platform."""
        found: dict[tuple[T, ...], list[str]] = {}
        for name, values in lists.items():
            found.setdefault(tuple(values), []).append(name)
        return cls._ordered((frozenset(names), values) for values, names in found.items())

    @classmethod
    def held(cls, where: Mapping[T, frozenset[str]]) -> ByPlatform[T]:
        """Makes it from the platforms of each value; the values keep their order."""
        alike: dict[frozenset[str], list[int]] = {}
        for at, names in enumerate(where.values()):
            alike.setdefault(names, []).append(at)
        groups: list[tuple[frozenset[str], list[int]]] = [(_NOBODY.union(*alike), [])]
        for names, places in alike.items():
            groups = [
                part
                for group, held in groups
                for part in ((group & names, held + places), (group - names, held))
                if part[0]
            ]
        values = tuple(where)
        return cls._ordered((group, tuple(values[at] for at in sorted(held))) for group, held in groups)

    @classmethod
    def _ordered(cls, groups: Iterable[tuple[frozenset[str], tuple[T, ...]]]) -> ByPlatform[T]:
        return cls(tuple(sorted((each for each in groups if all(each)), key=lambda each: min(each[0]))))

    @property
    def platforms(self) -> frozenset[str]:
        """The platforms that have values."""
        return _NOBODY.union(*(names for names, _ in self.groups))

    @property
    def where(self) -> dict[T, frozenset[str]]:
        """The platforms of each value."""
        found: dict[T, frozenset[str]] = {}
        for names, values in self.groups:
            for value in values:
                found[value] = found.get(value, _NOBODY) | names
        return found

    def on(self, platform: str) -> tuple[T, ...]:
        """The values of a platform."""
        return next((values for names, values in self.groups if platform in names), ())

    def map(self, change: Callable[[str, tuple[T, ...]], Iterable[U]]) -> ByPlatform[U]:
        """The values that ``change`` returns for a platform's name and its values."""
        return ByPlatform.fold({name: change(name, self.on(name)) for name in sorted(self.platforms)})

    def merge(self, other: ByPlatform[T]) -> ByPlatform[T]:
        """The values of this one, and after them the other's values that are not among them."""
        return ByPlatform.fold(
            {
                name: (*own, *(value for value in other.on(name) if value not in own))
                for name in sorted(self.platforms | other.platforms)
                for own in (self.on(name),)
            }
        )

    def __bool__(self) -> bool:
        return bool(self.groups)


@frozen
class ByCgo:
    """The names of platforms where something is true: ``on`` with cgo, ``off`` without it."""

    on: frozenset[str] = _NOBODY
    off: frozenset[str] = _NOBODY

    @classmethod
    def both(cls, names: frozenset[str]) -> ByCgo:
        """Where cgo makes no difference."""
        return cls(names, names)

    def __or__(self, other: ByCgo) -> ByCgo:
        return ByCgo(self.on | other.on, self.off | other.off)

    def __bool__(self) -> bool:
        return bool(self.on or self.off)


@frozen(kw_only=True)
class Result:
    """The result of a command: the changes to write, all diagnostics, and advice for the user.

    It is ``refused`` if ``policy.unresolved`` forbids writing. ``summary`` says in one line what changes.
    """

    changes: tuple[FileChange, ...]
    diagnostics: tuple[Diagnostic, ...]
    advice: tuple[str, ...] = ()
    refused: bool = False
    summary: str = ""


def some_of(names: Sequence[str], most: int | None = None, length: int = 0) -> str:
    """The first ``most`` names for people, all of them by default, and how many there are besides.

    ``length`` is that of the whole list if ``names`` are its beginning.
    """
    shown = names[:most]
    rest = max(length, len(names)) - len(shown)
    return f"{', '.join(shown)} and {rest} more" if rest else ", ".join(shown)


def unique(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Each diagnostic once, in order."""
    return tuple(sorted(set(diagnostics)))
