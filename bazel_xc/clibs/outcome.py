"""The words of resolution: who may provide C, and how a need ends.

Comes in: plain values. Goes out: frozen classes. Nothing is decided here.
"""

from __future__ import annotations

import enum

from attrs import field, frozen

from bazel_xc.buildfile.directives import CResolve
from bazel_xc.buildfile.repositories import Repositories
from bazel_xc.cgo.needs import CNeed
from bazel_xc.clibs.index import CIndex
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
    """All who may provide something. ``directives`` are those that hold in the package, nearest first;
    ``system`` are the names of ``policy.system``.
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

    ``labels`` go to ``cdeps``; ``flags`` are linker flags that stand for a pkg-config name which the system
    provides; ``how`` says who decided. ``candidates`` are labels or libraries to choose from, ``tried`` says
    what did not help, ``remedy`` is one line for the user, empty where there is nothing to do. ``libraries``
    are those of the table that it speaks of, ``module`` is the registry module it comes from, ``missing``
    name and version of one that would provide it and is not declared. It ``vouches`` where more headers may
    come with it than are known.
    """

    status: Status
    labels: tuple[Label, ...] = ()
    flags: tuple[str, ...] = ()
    how: str = ""
    candidates: tuple[str, ...] = ()
    tried: tuple[str, ...] = ()
    remedy: str = ""
    libraries: tuple[str, ...] = ()
    module: str = ""
    missing: tuple[str, str] | None = None
    vouches: bool = False

    @property
    def is_settled(self) -> bool:
        """Whether somebody provides what is needed."""
        return self.status in (Status.RESOLVED, Status.SYSTEM, Status.BUNDLED)


@frozen(kw_only=True)
class Outcome:
    """How one need ends on some platforms; the fields are those of ``Answer``."""

    need: CNeed
    platforms: frozenset[str]
    status: Status
    labels: tuple[Label, ...] = ()
    flags: tuple[str, ...] = ()
    how: str = ""
    candidates: tuple[str, ...] = ()
    tried: tuple[str, ...] = ()
    remedy: str = ""
    missing: tuple[str, str] | None = None

    @classmethod
    def from_answer(cls, need: CNeed, platforms: frozenset[str], answer: Answer) -> Outcome:
        """The outcome of a need that is answered alike on some platforms."""
        return cls(
            need=need,
            platforms=platforms,
            status=answer.status,
            labels=answer.labels,
            flags=answer.flags,
            how=answer.how,
            candidates=answer.candidates,
            tried=answer.tried,
            remedy=answer.remedy,
            missing=answer.missing,
        )
