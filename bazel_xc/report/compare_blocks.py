"""The changes of verdicts by their cause, for people.

Comes in: a ``Comparison``. Goes out: one ``Block`` per cause: the imports to remove if targets got worse,
else the package at the end of the chain. Worse ones come first, those with most targets before others.
"""

from __future__ import annotations

from attrs import frozen

from bazel_xc.report.compare import Comparison, VerdictChange
from bazel_xc.report.model import ImportPlace
from bazel_xc.report.words import VERDICTS, Names, plural

WORSE, NEW, BETTER, CHANGED = "worse", "new", "better", "changed"


@frozen(kw_only=True)
class Move:
    """Targets with the same change of verdict on the same platforms."""

    labels: tuple[str, ...]
    platforms: tuple[str, ...]
    before: str
    after: str

    def text(self, names: Names) -> str:
        """The change in words, such as ``pure → cannot build on windows``."""
        before = f"{VERDICTS[self.before]} → " if self.before else "new, "
        return f"{before}{VERDICTS[self.after]} {names.on(self.platforms)}"


@frozen(kw_only=True)
class Block:
    """Changes with one cause. ``imports`` are to be removed to undo them; ``chain`` is one of the ways.

    ``kind`` is worse, new (targets that are not pure), better or changed (from or to unknown).
    """

    kind: str
    imports: tuple[ImportPlace, ...]
    chain: tuple[str, ...]
    moves: tuple[Move, ...]

    @property
    def labels(self) -> tuple[str, ...]:
        """All targets, each once."""
        return tuple(dict.fromkeys(label for move in self.moves for label in move.labels))


def blocks(found: Comparison) -> tuple[Block, ...]:
    """The changes of verdicts by cause."""
    grouped: dict[tuple[object, ...], list[VerdictChange]] = {}
    for each in found.verdicts:
        kind = _kind(each)
        # One side does not know the cause of a change from or to unknown.
        end = () if kind == CHANGED else each.cut or each.chain[-1:] or "own files"
        grouped.setdefault((kind, end), []).append(each)
    order = (WORSE, NEW, CHANGED, BETTER)
    made = (_block(changes) for changes in grouped.values())
    return tuple(sorted(made, key=lambda each: (order.index(each.kind), -len(each.labels), each.labels)))


def headline(found: Comparison, some: tuple[Block, ...]) -> str:
    """How many targets got worse and better."""
    counts = {
        kind: len({label for each in some if each.kind == kind for label in each.labels})
        for kind in (WORSE, NEW, CHANGED, BETTER)
    }
    words = {
        WORSE: f"{plural(counts[WORSE], 'target')} got worse",
        NEW: f"{plural(counts[NEW], 'new target')} not pure",
        CHANGED: f"{plural(counts[CHANGED], 'target')} changed from or to unknown",
        BETTER: f"{plural(counts[BETTER], 'target')} got better",
    }
    said = [words[kind] for kind, count in counts.items() if count]
    if said:
        return ", ".join(said)
    return "nothing changed in the use of C" if found.is_empty else "no target has another verdict"


def _kind(each: VerdictChange) -> str:
    if each.is_worse:
        return WORSE
    if not each.before:
        return NEW
    return CHANGED if "unknown" in (each.before, each.after) else BETTER


def _block(changes: list[VerdictChange]) -> Block:
    moves: dict[tuple[str, str, tuple[str, ...]], list[str]] = {}
    for each in changes:
        moves.setdefault((each.before, each.after, each.platforms), []).append(each.label)
    first = min(changes, key=lambda each: (len(each.chain), each.label))
    return Block(
        kind=_kind(first),
        imports=first.cut or (),
        chain=() if _kind(first) == CHANGED else first.chain,
        moves=tuple(
            Move(labels=tuple(labels), platforms=platforms, before=before, after=after)
            for (before, after, platforms), labels in moves.items()
        ),
    )
