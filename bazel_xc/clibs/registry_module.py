"""The answer of one known library and its registry module to a need.

Comes in: a need, a platform, one library of the table and the repositories that the workspace declares. Goes
out: an ``Answer``: the module's labels by their apparent names, or why there are none and what to do. It does
not choose between libraries.
"""

from __future__ import annotations

from attrs import evolve, frozen

from bazel_xc.buildfile.repositories import Repositories
from bazel_xc.cgo.needs import CNeed, NeedKind
from bazel_xc.clibs.likely import Offer
from bazel_xc.clibs.registry import Library, bare_name
from bazel_xc.clibs.resolution import Answer, Status
from bazel_xc.config import FILE_NAME
from bazel_xc.model import Label

_WINDOWS_ARM64 = "windows_arm64"


@frozen
class _Repository:
    """A declared repository with a library's module: its apparent name, and how it was found."""

    name: str
    how: str


def from_module(
    need: CNeed, library: Library, platform: str, repositories: Repositories, chosen: frozenset[Label]
) -> Answer:
    """The answer by a library's module; labels that are already ``chosen`` are preferred."""
    if platform == _WINDOWS_ARM64 and library.windows_arm64 == "false":
        return _unresolved(
            library, f"{library.name} does not exist for {platform}", unavailable(library, platform)
        )
    if not library.module:
        return _unresolved(library, f"the registry has no module of {library.name}", advice(need, (library,)))
    picked = pick(need, library)
    if not picked and need.kind is not NeedKind.HEADER and not library.labels:
        text = f"registry module {library.module} has headers only"
        return _unresolved(library, text, advice(need, (library,)))
    repository = _repository(library, repositories)
    if repository is None:
        return _undeclared(need, library, picked, repositories)
    labels = tuple(evolve(label, repo=repository.name) for label in picked)
    if not labels:
        offered = tuple(evolve(label, repo=repository.name) for label in library.labels)
        labels = tuple(label for label in offered if label in chosen)
        if not labels:
            return _which_label(need, library, offered)
    return Answer(
        status=Status.RESOLVED,
        labels=labels,
        how=repository.how,
        libraries=(library.name,),
        module=library.module,
        has_unknown_headers=True,
    )


def pick(need: CNeed, library: Library) -> tuple[Label, ...]:
    """The labels of a library for a name: by the table, the only one, or the one of that name."""
    if need.name in library.picks:
        return library.picks[need.name]
    labels = library.labels
    if need.kind is NeedKind.HEADER and not labels:
        labels = library.header_labels
    if len(labels) == 1:
        return labels
    names = {need.name}
    if need.kind is NeedKind.HEADER:
        names = {need.name.partition("/")[0], need.name.rpartition("/")[2].partition(".")[0]}
    bare = {bare_name(name) for name in names}
    alike = tuple(label for label in labels if bare_name(label.name) in bare)
    return alike if len(alike) == 1 else ()


def is_declared(library: Library, repositories: Repositories) -> bool:
    """Whether the workspace has a library's module."""
    return bool(library.module) and _repository(library, repositories) is not None


def advice(need: CNeed, libraries: tuple[Library, ...] = (), offer: Offer | None = None) -> str:
    """The remedy for a need that nobody provides, in one line."""
    table = offer.line if offer else f'[[resolve]] {need.kind} = "{need.name}", label = "//..."'
    texts = [f"name its label in {FILE_NAME}: {table}"]
    if offer:
        texts = [f"perhaps {' or '.join(offer.labels)}", *texts]
    debian = sorted({each.debian for each in libraries if each.debian})
    msys2 = sorted({each.msys2 for each in libraries if each.msys2})
    texts += [f"Debian: {' '.join(debian)}"] if debian else []
    texts += [f"MSYS2: {' '.join(msys2)}"] if msys2 else []
    return "; ".join(texts)


def unavailable(library: Library, platform: str) -> str:
    """The remedy for a library that does not exist on a platform."""
    return f"exclude {platform} by a build constraint, or turn cgo off there, as it has no {library.name}"


def _repository(library: Library, repositories: Repositories) -> _Repository | None:
    dep = repositories.bazel_dep(library.module) if repositories.bzlmod else None
    if dep:
        version = dep.version or library.version
        return _Repository(dep.repository, f"registry module {library.module} {version}")
    if library.module in repositories.repository_names:
        return _Repository(library.module, f"repository @{library.module}")
    return None


def _undeclared(
    need: CNeed, library: Library, picked: tuple[Label, ...], repositories: Repositories
) -> Answer:
    missing: tuple[str, str] | None = None
    if repositories.bzlmod:
        line = f'bazel_dep(name = "{library.module}", version = "{library.version}")'
        remedy = f"add to MODULE.bazel: {line}"
        missing = (library.module, library.version) if picked else None
    else:
        remedy = f"declare a repository {library.module} in the WORKSPACE, or {advice(need, (library,))}"
    return Answer(
        status=Status.UNRESOLVED,
        candidates=tuple(map(str, picked or library.labels)),
        tried=(f"registry module {library.module} is not declared",),
        remedy=remedy,
        libraries=(library.name,),
        missing=missing,
    )


def _which_label(need: CNeed, library: Library, labels: tuple[Label, ...]) -> Answer:
    return Answer(
        status=Status.AMBIGUOUS,
        candidates=tuple(map(str, labels)),
        tried=(f"registry module {library.module} has no label for it",),
        remedy=advice(need),
        libraries=(library.name,),
    )


def _unresolved(library: Library, tried: str, remedy: str) -> Answer:
    return Answer(status=Status.UNRESOLVED, tried=(tried,), remedy=remedy, libraries=(library.name,))
