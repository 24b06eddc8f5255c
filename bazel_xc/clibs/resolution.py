"""The values of resolution: who may provide C, and how a need ends.

Comes in: plain values. Goes out: frozen classes. Nothing is decided here.
"""

from __future__ import annotations

import enum

from attrs import asdict, evolve, field, frozen

from bazel_xc.buildfile.repositories import Repositories
from bazel_xc.buildfile.settings import CResolve
from bazel_xc.cgo.needs import CNeed, NeedKind
from bazel_xc.clibs.index import CIndex
from bazel_xc.clibs.likely import Offer
from bazel_xc.clibs.registry import Registry, SystemTable
from bazel_xc.config import Resolve
from bazel_xc.model import Label


class Status(enum.StrEnum):
    """How a need ends."""

    RESOLVED = "resolved"
    SYSTEM = "system"
    BUNDLED = "bundled"
    AMBIGUOUS = "ambiguous"
    UNRESOLVED = "unresolved"


@frozen(kw_only=True)
class Providers:
    """Everything that may provide C. ``directives`` are those of the package, nearest first; ``system`` are
    the names of ``policy.system``.
    """

    resolves: tuple[Resolve, ...] = ()
    directives: tuple[CResolve, ...] = ()
    system: frozenset[str] = frozenset()
    index: CIndex = field(factory=CIndex)
    registry: Registry = field(factory=Registry)
    systems: SystemTable = field(factory=SystemTable)
    repositories: Repositories = field(factory=Repositories)


@frozen(kw_only=True)
class Answer:
    """How a need ends on one platform.

    ``labels`` are for ``cdeps``. ``flags`` are the linker flags of a pkg-config name that the system
    provides, ``includes`` the directories of its headers (see ``include_directories``); with
    ``has_unknown_includes`` nothing is known about these. ``how`` names who decided. ``candidates`` are
    labels or libraries to choose from, ``tried`` are the attempts that did not help, ``remedy`` is one line
    for the user, empty if there is nothing to do. ``libraries`` are its libraries of the table, ``module`` is
    the registry module it comes from, and ``missing`` are name and version of a module that would provide it
    and is not declared. With ``has_unknown_headers`` more headers may come with it than are known. ``table``
    is the user's table that decided, ``offer`` a table that might. It is ``minor`` if a header has no
    provider, but its library has one.
    """

    status: Status
    labels: tuple[Label, ...] = ()
    flags: tuple[str, ...] = ()
    includes: tuple[str, ...] = ()
    how: str = ""
    candidates: tuple[str, ...] = ()
    tried: tuple[str, ...] = ()
    remedy: str = ""
    libraries: tuple[str, ...] = ()
    module: str = ""
    missing: tuple[str, str] | None = None
    has_unknown_headers: bool = False
    table: Resolve | None = None
    offer: Offer | None = None
    has_unknown_includes: bool = False
    minor: bool = False

    @property
    def is_provided(self) -> bool:
        """Whether somebody provides the need."""
        return self.status in (Status.RESOLVED, Status.SYSTEM, Status.BUNDLED)


@frozen(kw_only=True)
class Outcome(Answer):
    """How one need ends on some platforms: an answer that holds on all of them."""

    need: CNeed
    platforms: frozenset[str]

    @property
    def lack(self) -> str:
        """The reason why a library of the tree cannot be linked there, empty for any other need."""
        open_end = self.need.kind is NeedKind.ARCHIVE and self.status is Status.UNRESOLVED
        return ", ".join(self.tried) if open_end else ""

    @classmethod
    def from_answer(cls, need: CNeed, platforms: frozenset[str], answer: Answer) -> Outcome:
        """The outcome of a need that has the same answer on some platforms."""
        kept = evolve(answer, libraries=(), module="", has_unknown_headers=False)  # of use while resolving
        if need.kind is not NeedKind.PKG_CONFIG:
            kept = evolve(kept, includes=(), has_unknown_includes=False)
        return cls(need=need, platforms=platforms, **asdict(kept, recurse=False))
