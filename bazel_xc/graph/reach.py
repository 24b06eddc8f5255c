"""The marked nodes that every node of a graph reaches, and the shortest chains to them.

Comes in: successors by node, and the marked nodes. Goes out: one mask per node, chains from every node to the
nearest marked one, and from one node to all others. The cost of each table grows with the number of edges; a
mask has a bit per marked node. Nodes are names without a meaning. Cycles are allowed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from attrs import frozen

Successors = Mapping[str, Collection[str]]


@frozen
class Reach:
    """The nodes that matter, sorted, and for each node a mask with a bit for every one of them that it
    reaches.

    A node reaches itself.
    """

    marked: tuple[str, ...]
    masks: Mapping[str, int]

    @classmethod
    def of(cls, successors: Successors, marked: Iterable[str]) -> Reach:
        """One walk that visits every node after all that it reaches; nodes of a cycle have the same mask."""
        names = tuple(sorted(marked))
        masks = {name: 1 << at for at, name in enumerate(names)}
        for component in _components(successors):
            mask = 0
            for node in component:
                mask |= masks.get(node, 0)
                for each in successors.get(node, ()):
                    mask |= masks.get(each, 0)
            masks |= dict.fromkeys(component, mask)
        return cls(names, masks)

    def mask_of(self, nodes: Collection[str]) -> int:
        """The mask of those of ``nodes`` that matter."""
        bits = "".join("1" if name in nodes else "0" for name in reversed(self.marked))
        return int(bits or "0", 2)

    def names(self, mask: int, most: int | None = None) -> tuple[str, ...]:
        """The nodes of a mask, sorted; the first ``most`` of them, if it is given."""
        return tuple(self._names(mask, mask.bit_count() if most is None else most))

    def _names(self, mask: int, most: int) -> Iterator[str]:
        while mask and most:
            lowest = mask & -mask
            yield self.marked[lowest.bit_length() - 1]
            mask ^= lowest
            most -= 1


def _components(successors: Successors) -> Iterator[list[str]]:
    """The strongly connected components, each after all that it leads to (R. Tarjan, 1972)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}  # of the nodes whose component is not known yet
    waiting: list[str] = []
    for start in successors:
        stack = [] if start in index else [(start, iter(successors[start]))]
        while stack:
            node, rest = stack[-1]
            if node not in index:
                index[node] = low[node] = len(index)
                waiting.append(node)
            following = next((each for each in rest if each not in index or each in low), None)
            if following is None:
                stack.pop()
                if stack:
                    above = stack[-1][0]
                    low[above] = min(low[above], low[node])
                if low[node] == index[node]:
                    component: list[str] = []
                    while node in low:
                        component.append(waiting.pop())
                        del low[component[-1]]
                    yield component
            elif following in index:
                low[node] = min(low[node], index[following])
            else:
                stack.append((following, iter(successors.get(following, ()))))


def walked(starts: Iterable[str], edges: Successors) -> frozenset[str]:
    """All nodes that some nodes lead to, themselves included."""
    seen = set(starts)
    pending = list(seen)
    while pending:
        for each in edges.get(pending.pop(), ()):
            if each not in seen:
                seen.add(each)
                pending.append(each)
    return frozenset(seen)


@frozen
class Nearest:
    """The shortest chain from every node to the nearest of some ends.

    ``following`` maps a node to the next one of its chain; an end has none.
    """

    following: Mapping[str, str]
    ends: frozenset[str]

    @classmethod
    def of(cls, predecessors: Successors, ends: Iterable[str]) -> Nearest:
        """One walk from the ends, a layer per step.

        Of several shortest chains, it is the first in the order of names that are compared from the end on.
        Therefore each layer is in this order: a node comes after all whose chains precede its own.
        """
        layer = sorted(ends)
        found = frozenset(layer)
        following: dict[str, str] = {}
        while layer:
            above: list[str] = []
            for node in layer:
                for each in sorted(predecessors.get(node, ())):
                    if each not in found and each not in following:
                        following[each] = node
                        above.append(each)
            layer = above
        return cls(following, found)

    def chain(self, source: str) -> tuple[str, ...]:
        """The chain from a node to its end, both included; empty if no end is reached."""
        if source not in self.following and source not in self.ends:
            return ()
        path = [source]
        while path[-1] not in self.ends:
            path.append(self.following[path[-1]])
        return tuple(path)


def chains(source: str, successors: Successors, ends: Collection[str]) -> dict[str, tuple[str, ...]]:
    """The shortest chain from a node to each of ``ends`` that it reaches, nearest first and then by name.

    Of several shortest chains, it is the same as that of ``Nearest``.
    """
    before = {source: source}
    reached = [source] if source in ends else []
    layer = [source]
    while layer and len(reached) < len(ends):
        found = []
        for node in layer:
            for each in successors.get(node, ()):
                if each not in before:
                    before[each] = node
                    found.append(each)
        layer = sorted(found)
        reached += (each for each in layer if each in ends)
    return {end: tuple(reversed(tuple(_back(end, before)))) for end in reached}


def _back(end: str, before: Mapping[str, str]) -> Iterator[str]:
    at = end
    yield at
    while before[at] != at:
        at = before[at]
        yield at
