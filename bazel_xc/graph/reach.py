"""What every node of a graph reaches, worked out for all nodes in one walk.

Comes in: the successors of each node, and the nodes that matter. Goes out: a ``Reach``, with one bit mask per
node, or distances to the nearest of some nodes. Cycles are allowed: a workspace that does not load has some.
Nothing here knows what a node is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

import networkx as nx
from attrs import frozen

Successors = Mapping[str, Collection[str]]


@frozen
class Reach:
    """The nodes that matter, sorted, and by node a mask with a bit for each of them that it reaches.

    A node reaches itself.
    """

    marked: tuple[str, ...]
    masks: Mapping[str, int]

    @classmethod
    def of(cls, successors: Successors, marked: Iterable[str]) -> Reach:
        """One walk over the strongly connected components, those without successors first."""
        names = tuple(sorted(marked))
        bits = {name: 1 << at for at, name in enumerate(names)}
        masks: dict[str, int] = {}
        graph: nx.DiGraph[str] = nx.DiGraph(successors)
        # networkx does not promise its order, which the algorithm gives: each after all that it reaches.
        for component in nx.strongly_connected_components(graph):
            mask = 0
            for node in component:
                mask |= bits.get(node, 0)
                for each in successors.get(node, ()):
                    mask |= masks.get(each, 0)
            for node in component:
                masks[node] = mask
        return cls(names, masks)

    def mask_of(self, nodes: Collection[str]) -> int:
        """The mask of those nodes that matter among some."""
        return sum(1 << at for at, name in enumerate(self.marked) if name in nodes)

    def names(self, mask: int) -> tuple[str, ...]:
        """The nodes of a mask, sorted."""
        return tuple(self._names(mask))

    def _names(self, mask: int) -> Iterator[str]:
        while mask:
            lowest = mask & -mask
            yield self.marked[lowest.bit_length() - 1]
            mask ^= lowest


def distances(predecessors: Successors, ends: Iterable[str]) -> dict[str, int]:
    """How many edges away the nearest of some nodes is, for every node from which one is reached."""
    found = dict.fromkeys(ends, 0)
    layer, away = list(found), 0
    while layer:
        away += 1
        following: list[str] = []
        for node in layer:
            for each in predecessors.get(node, ()):
                if each not in found:
                    found[each] = away
                    following.append(each)
        layer = following
    return found


def shortest(source: str, successors: Successors, away: Mapping[str, int]) -> tuple[str, ...]:
    """The shortest chain from a node to the nearest end; names settle ties. Empty where none is reached.

    ``away`` are the distances to these ends.
    """
    if source not in away:
        return ()
    layers = [[source]]
    for left in range(away[source] - 1, -1, -1):
        found = {each for node in layers[-1] for each in successors.get(node, ()) if away.get(each) == left}
        layers.append(sorted(found))
    path = [layers[-1][0]]
    for layer in reversed(layers[:-1]):
        path.append(next(node for node in layer if path[-1] in successors.get(node, ())))
    return tuple(reversed(path))
