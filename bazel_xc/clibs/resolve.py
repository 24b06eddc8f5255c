"""Who provides each C need of a package.

Comes in: all needs of one package and the ``Providers``: what the user says, the cc rules of the workspace,
the table of known libraries, the repositories that are declared, the systems. Goes out: one ``Outcome`` per
need and set of platforms, in the order of the needs. Nothing is read and no flag is changed here.

The order of attempts: ``[[resolve]]``, directives, ``policy.system``, earlier answers, cc rules of the
workspace, the system if it has the library, registry modules. pkg-config names come first, then ``-l``, then
headers, and symbols last. A library found by stronger evidence also answers weaker evidence for it. A header
of an already chosen label needs no further provider. Several equal candidates are reported as ambiguous.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from bazel_xc.cgo.needs import CNeed, NeedKind
from bazel_xc.clibs.provider_search import ProviderSearch
from bazel_xc.clibs.resolution import Answer, Outcome, Providers, Status

_STRENGTH = (
    NeedKind.PKG_CONFIG, NeedKind.LIB, NeedKind.HEADER, NeedKind.FRAMEWORK, NeedKind.ARCHIVE,
    NeedKind.SYMBOL,
)  # fmt: skip


def resolve(
    needs: Iterable[CNeed], providers: Providers, directory: str, import_path: str = ""
) -> tuple[Outcome, ...]:
    """Resolves all needs of the package in ``directory``; a need's outcomes have disjoint platforms."""
    ordered = tuple(needs)
    answers: dict[str, Mapping[CNeed, Answer]] = {}
    for platform in sorted({platform for need in ordered for platform in need.platforms}):
        here = [need for need in ordered if platform in need.platforms]
        answers[platform] = _answers(here, ProviderSearch(providers, directory, import_path, platform))
    return tuple(outcome for need in ordered for outcome in _outcomes(need, answers))


def _answers(needs: Iterable[CNeed], search: ProviderSearch) -> Mapping[CNeed, Answer]:
    """The answers on one platform; an open need is tried again after all others of its kind."""
    found: dict[CNeed, Answer] = {}
    ordered = sorted(needs, key=lambda need: _STRENGTH.index(need.kind))
    for kind in _STRENGTH:
        alike = [need for need in ordered if need.kind is kind]
        for need in alike:
            found[need] = search.answer(need)
        for need in alike:
            if not found[need].is_provided:
                found[need] = search.answer(need)
    return found


def _outcomes(need: CNeed, answers: Mapping[str, Mapping[CNeed, Answer]]) -> Iterator[Outcome]:
    """One outcome for all platforms with the same answer, in the order of their first platforms."""
    where: dict[Answer, list[str]] = {}
    for platform in sorted(need.platforms):
        where.setdefault(answers[platform][need], []).append(platform)
    for answer, names in where.items():
        if need.kind is NeedKind.SYMBOL and answer.status is Status.BUNDLED:
            continue  # nothing is known of it
        yield Outcome.from_answer(need, frozenset(names), answer)
