"""The answer of ``why`` as text and as JSON.

Comes in: ``Material``, for verdicts and places of imports, and the ways on each platform. Goes out: text.
Platforms with the same answer share a paragraph. It finds no ways itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from attrs import evolve

from bazel_xc.graph.dependency import Below
from bazel_xc.graph.ways import Ways
from bazel_xc.report.build import Material
from bazel_xc.report.plain import plain

_MOST = 10  # ends that are shown with their own shortest chain


def render_text(found: Iterable[Ways], material: Material) -> str:
    """The answer as lines, each with its line end."""
    return "".join(f"{plain(line)}\n" for line in _lines(tuple(found), material))


def render_json(found: Iterable[Ways], material: Material) -> str:
    """The answer as an indented JSON document with a final line end."""
    document = [
        {
            "node": each.node,
            "platform": each.platform,
            "verdict": str(material.graph.below(each.node, each.platform).verdict),
            "ends": list(each.ends),
            "shortest": [list(chain) for chain in each.shortest],
            "chains": [list(chain) for chain in each.chains],
            "more": each.more,
            "gates": list(each.gates),
            "cut": None if each.cut is None else [_cut(pair, material.places) for pair in each.cut],
        }
        for each in found
    ]
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _cut(pair: tuple[str, str], places: Mapping[tuple[str, str], tuple[str, int]]) -> dict[str, str | int]:
    path, line = places.get(pair, ("", 0))
    return {"importer": pair[0], "imported": pair[1], "path": path, "line": line}


def _lines(found: tuple[Ways, ...], material: Material) -> Iterator[str]:
    for names, each in _alike(found, material):
        verdict = material.graph.below(each.node, each.platform).verdict
        yield f"{each.node} on {', '.join(names)}: {verdict}"
        yield from (f"  {line}" for line in _answer(each, material))


def _alike(found: tuple[Ways, ...], material: Material) -> Iterator[tuple[list[str], Ways]]:
    groups: dict[tuple[Ways, str, tuple[str, ...]], list[str]] = {}
    for each in found:
        verdict = material.graph.below(each.node, each.platform).verdict
        key = evolve(each, platform=""), verdict, _lacks(each, material)
        groups.setdefault(key, []).append(each.platform)
    for (each, _, _), names in groups.items():
        yield names, evolve(each, platform=names[0])


def _answer(each: Ways, material: Material) -> Iterator[str]:
    if not each.ends:
        yield 'no package below it, outside the standard library, imports "C"'
        return
    if each.ends == (each.node,):
        below = material.graph.below(each.node, each.platform)
        own = {target.label: target.why for target in material.targets}.get(each.node, {})
        nothing = own.get(each.platform, "has nothing to compile there")
        lacks = _lacks(each, material)
        yield from lacks
        if not lacks:
            yield nothing if below.blockers else _itself(below)
        return
    for chain in each.shortest[:_MOST]:
        yield from _chain(chain, material.places)
    yield from _lacks(each, material)
    if len(each.ends) > _MOST:
        yield f"and {len(each.ends) - _MOST} more packages, such as {each.ends[_MOST]}"
    others = [chain for chain in each.chains if chain not in each.shortest]
    if others:
        yield f"{len(others)}{' or more' if each.more else ''} longer ways:"
        for other in others:
            yield f"  {' -> '.join(other)}"
    if each.gates:
        yield f"every way passes {', '.join(each.gates)}"
    yield from _removal(each, material.places)


def _lacks(each: Ways, material: Material) -> tuple[str, ...]:
    """The libraries of the tree that keep the ends from being built."""
    return tuple(
        f"{end} cannot be built there: {outcome.need.name}: {outcome.lack}"
        for end in each.ends[:_MOST]
        for outcome in material.outcomes.get(end, ())
        if outcome.lack and each.platform in outcome.platforms
    )


def _itself(below: Below) -> str:
    return "could not be loaded" if below.unknown else 'imports "C" itself'


def _chain(chain: tuple[str, ...], places: Mapping[tuple[str, str], tuple[str, int]]) -> Iterator[str]:
    yield chain[0]
    for importer, imported in pairwise(chain):
        place = places.get((importer, imported))
        yield f"  -> {imported}" + (f"  ({place[0]}:{place[1]})" if place else "")


def _removal(each: Ways, places: Mapping[tuple[str, str], tuple[str, int]]) -> Iterator[str]:
    if each.cut is None:
        yield "none of the imports of your own code can be removed to end this"
        return
    count = "this import" if len(each.cut) == 1 else f"these {len(each.cut)} imports"
    yield f"without {count} there would be no way:"
    for importer, imported in each.cut:
        place = places.get((importer, imported))
        yield f"  {importer} imports {imported}" + (f"  ({place[0]}:{place[1]})" if place else "")
