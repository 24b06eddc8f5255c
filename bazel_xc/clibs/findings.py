"""The findings about C needs that nobody provides, or whose headers are in an unknown place.

Comes in: outcomes and the policy of the configuration. Goes out: diagnostics with the place of the need, the
platforms, the attempts and the remedy. Needs with a provider are only in reports.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from attrs import frozen

from bazel_xc.cgo.archives import Archives, MissingArchive
from bazel_xc.cgo.needs import CNeed, NeedKind
from bazel_xc.clibs.include_directories import VARYING, include_flags
from bazel_xc.clibs.registry_module import advice
from bazel_xc.clibs.resolution import Answer, Outcome, Status
from bazel_xc.model import Diagnostic, Severity, some_of

_SEVERITIES = {"error": Severity.ERROR, "warn": Severity.WARNING, "ignore": Severity.NOTE}
_NAMED = 3  # symbols in one message, at most
_KINDS = {
    NeedKind.ARCHIVE: "archive",
    NeedKind.FRAMEWORK: "framework",
    NeedKind.HEADER: "header",
    NeedKind.LIB: "library",
    NeedKind.PKG_CONFIG: "pkg-config package",
    NeedKind.SYMBOL: "symbol",
}


def findings(outcomes: Iterable[Outcome], policy: str, order: Sequence[str] = ()) -> Iterator[Diagnostic]:
    """One diagnostic per need without provider. ``policy`` is ``policy.unresolved``. Messages name platforms
    in the given ``order``.

    An inclusion in a branch that may never be taken is a note, whatever the policy, and so is a header whose
    library is provided.
    """
    some = tuple(outcomes)
    yield from _symbols((each for each in some if each.need.kind is NeedKind.SYMBOL), policy, order)
    for each in some:
        if each.need.kind in (NeedKind.SYMBOL, NeedKind.ARCHIVE):
            continue  # said above, or by ``archive_findings``
        if each.status in (Status.AMBIGUOUS, Status.UNRESOLVED):
            severity = _SEVERITIES[policy] if each.need.certain and not each.minor else Severity.NOTE
            yield Diagnostic(
                path=each.need.path,
                line=each.need.line,
                severity=severity,
                code=f"c-{each.status}",
                message=f"{spelt(each.need)} {_problem(each)} [{in_order(each.platforms, order)}]",
                remedy=each.remedy,
                paste=each.offer.text if each.offer and severity is not Severity.NOTE else "",
            )
        elif each.status is Status.RESOLVED and each.candidates:
            yield Diagnostic(
                path=each.need.path,
                line=each.need.line,
                severity=Severity.NOTE if policy == "ignore" else Severity.WARNING,
                code="c-sources",
                message=f"{spelt(each.need)} comes from {each.labels[0]}, which has no sources: they may be"
                f" in {' or '.join(each.candidates)} [{in_order(each.platforms, order)}]",
                remedy=advice(each.need),
            )
        elif each.includes or each.has_unknown_includes:
            yield from _include_finding(each, policy, order)


def _include_finding(outcome: Outcome, policy: str, order: Sequence[str]) -> Iterator[Diagnostic]:
    """A library of the system with headers in a directory that is not known; a note if it may need none."""
    need, where = outcome.need, sorted(outcome.platforms)
    why = "is not known"
    if VARYING in outcome.includes:
        why = "has a version in its name"
    elif outcome.includes:
        where = [name for name in where if not include_flags(outcome.includes, name)]
        why = "is known for Linux only"
    if where:
        yield Diagnostic(
            path=need.path,
            line=need.line,
            severity=_SEVERITIES[policy] if outcome.includes else Severity.NOTE,
            code="c-include",
            message=f"{spelt(need)} comes with the system, but the directory of its headers {why}"
            f" [{in_order(where, order)}]",
            remedy="if they are not found, name it: # gazelle:go_cppopts -I=/usr/include/...",
        )


def _symbols(outcomes: Iterable[Outcome], policy: str, order: Sequence[str]) -> Iterator[Diagnostic]:
    """One diagnostic for all symbols of a file that nobody provides."""
    found: dict[tuple[str, frozenset[str]], list[Outcome]] = {}
    for each in outcomes:
        if each.status is Status.UNRESOLVED:
            found.setdefault((each.need.path, each.platforms), []).append(each)
    for (path, platforms), some in found.items():
        first = min(some, key=lambda each: (each.need.line, each.need.name))
        names = sorted(each.need.name for each in some)
        yield Diagnostic(
            path=path,
            line=first.need.line,
            severity=_SEVERITIES[policy],
            code="c-unresolved",
            message=f"{some_of(names, _NAMED)}: declared and called, but nothing in the package or"
            f" its C defines {'them' if len(names) > 1 else 'it'} [{in_order(platforms, order)}]",
            remedy=first.remedy,
            paste=first.offer.text if first.offer else "",
        )


def archive_findings(
    needs: Iterable[CNeed], archives: Archives, platforms: Sequence[str], directory: str
) -> Iterator[Diagnostic]:
    """One warning per library of the tree that is not there for configured ``platforms``, in their order."""
    for each in _lacking(needs, archives, frozenset(platforms), directory):
        yield Diagnostic(
            path=each.need.path,
            line=each.need.line,
            code="c-archive",
            message=f"{each.sentence} [{in_order(each.need.platforms, platforms)}]",
            remedy="the package is marked incompatible there",
        )


def archive_outcomes(
    needs: Iterable[CNeed], archives: Archives, platforms: frozenset[str], directory: str
) -> Iterator[Outcome]:
    """The same for reports: an archive that nobody provides, with the reason."""
    for each in _lacking(needs, archives, platforms, directory):
        answer = Answer(status=Status.UNRESOLVED, tried=(each.reason,))
        yield Outcome.from_answer(each.need, each.need.platforms, answer)


@frozen
class _Lack:
    """A library of the tree that cannot be linked on some platforms."""

    need: CNeed
    sentence: str
    reason: str


def _lacking(
    needs: Iterable[CNeed], archives: Archives, platforms: frozenset[str], directory: str
) -> Iterator[_Lack]:
    places = {f"-l{need.name}" if need.kind is NeedKind.LIB else need.name: need for need in needs}

    def lack(words: Iterable[str], name: str, where: frozenset[str], sentence: str, reason: str) -> _Lack:
        need = next((places[word] for word in words if word in places), None)
        path, line = (need.path, need.line) if need else (directory or ".", 0)
        return _Lack(CNeed(NeedKind.ARCHIVE, name, where, path, line), sentence, reason)

    for missing in archives.missing:
        where = missing.platforms & platforms
        if where:
            reason = f"there is no such file{_folders(missing)}"
            sentence = f"{missing.word} is linked from the tree, but {reason}"
            if missing.symbols:
                verb = "are" if len(missing.symbols) > 1 else "is"
                reason = f"no flag asks for it there, but {some_of(missing.symbols, _NAMED)} {verb} called"
                sentence = f"{missing.word} is linked from the tree on other platforms; {reason}"
            yield lack((missing.word, *missing.symbols), missing.word, where, sentence, reason)
    for archive in archives.archives:
        where = archive.unfit & platforms
        if where and archive.machine:
            reason = f"is for {archive.machine}"
            yield lack(archive.words, archive.path, where, f"{archive.path} {reason}", reason)


def _folders(missing: MissingArchive) -> str:
    return f" in {', '.join(missing.directories)}" if missing.directories else ""


def in_order(platforms: Iterable[str], order: Sequence[str]) -> str:
    """Names of platforms in a given order, the others behind them."""
    known = {name: at for at, name in enumerate(order)}
    return ", ".join(sorted(platforms, key=lambda name: (known.get(name, len(known)), name)))


def spelt(need: CNeed) -> str:
    """A need in the form that people write."""
    return f"{_KINDS[need.kind]} {need.name}"


def _problem(outcome: Outcome) -> str:
    if outcome.status is Status.AMBIGUOUS:
        return f"could come from {' or '.join(outcome.candidates)}"
    return f"has no provider: {'; '.join(outcome.tried)}" if outcome.tried else "has no provider"
