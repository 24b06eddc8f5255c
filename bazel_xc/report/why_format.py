"""The answer of ``why`` as text and as JSON.

Comes in: ``Material``, for verdicts and places of imports, and the ways on each platform. Goes out: text in
which the ways are a tree, so that what they have in common is there once. Platforms with the same answer
share a paragraph. It finds no ways itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from attrs import evolve, field, frozen

from bazel_xc.graph.dependency import NodeKind, Verdict
from bazel_xc.graph.ways import Ways
from bazel_xc.report.build import Material
from bazel_xc.report.page import BOLD, Page
from bazel_xc.report.summary import undefined_names
from bazel_xc.report.words import COLORS, VERDICTS, Names, plural, without_platforms

SCHEMA = 1
_MOST = 10  # ends that are shown with their own shortest chain
_DEEPEST = 40  # columns of indentation
_PAGE = Page()
_ENDED: Mapping[str, str] = {
    Verdict.BLOCKED: "would let it build",
    Verdict.UNKNOWN: "would leave nothing unknown",
}


def render_text(found: Iterable[Ways], material: Material, page: Page = _PAGE) -> str:
    """The answer as lines, each with its line end."""
    answers = _Answers.of(material, page)
    lines = (line for names, each in answers.alike(found) for line in answers.paragraph(names, each))
    return "".join(f"{line}\n" for line in lines).removeprefix("\n")


def render_json(found: Iterable[Ways], material: Material) -> str:
    """The answer as an indented JSON document with a final line end."""
    found = tuple(found)
    platforms = [
        {
            "platform": each.platform,
            "verdict": str(_judged(each, material)[0]),
            "ends": list(each.ends),
            "shortest": [list(chain) for chain in each.shortest],
            "chains": [list(chain) for chain in each.chains],
            "more": each.more,
            "gates": list(each.gates),
            "cut": None if each.cut is None else [_cut(pair, material.places) for pair in each.cut],
        }
        for each in found
    ]
    document = {"schema": SCHEMA, "node": found[0].node if found else "", "platforms": platforms}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _judged(each: Ways, material: Material) -> tuple[Verdict, str]:
    return material.verdict(each.node, each.platform, material.below(each.node, each.platform))


def _cut(pair: tuple[str, str], places: Mapping[tuple[str, str], tuple[str, int]]) -> dict[str, Any]:
    path, line = places.get(pair, ("", 0))
    return {"importer": pair[0], "imported": pair[1], "path": path, "line": line}


_Tree = dict[str, "_Tree"]


@frozen
class _Answers:
    """The short names, the reasons why packages cannot be built, and the page."""

    material: Material
    names: Names
    page: Page
    undefined: Mapping[str, tuple[str, str, int]] = field(repr=False)

    @classmethod
    def of(cls, material: Material, page: Page) -> _Answers:
        """The names and reasons in some material."""
        root = f"{material.run.module}/"
        own = {
            name
            for name, each in material.graph.nodes.items()
            if each.kind is NodeKind.PACKAGE
            and (each.first_party or (name.startswith(root) and not _is_foreign(name, material)))
        }
        names = Names(material.run.module, material.run.names, own)
        return cls(material, names, page, undefined_names(material.findings))

    def alike(self, found: Iterable[Ways]) -> Iterator[tuple[list[str], Ways]]:
        """The platforms with the same answer together."""
        groups: dict[tuple[Ways, str, tuple[str, ...]], list[str]] = {}
        for each in found:
            ends = tuple(self._end(end, each) for end in each.ends)
            groups.setdefault((evolve(each, platform=""), self._verdict(each), ends), []).append(
                each.platform
            )
        for (each, _, _), names in groups.items():
            yield names, evolve(each, platform=names[0])

    def _verdict(self, each: Ways) -> Verdict:
        return _judged(each, self.material)[0]

    def paragraph(self, platforms: list[str], each: Ways) -> Iterator[str]:
        """The answer for platforms that share it, after an empty line."""
        verdict, why = _judged(each, self.material)
        yield ""
        head = f"{VERDICTS[verdict]} {self.names.on(platforms)}"
        yield from self.page.item(
            "", f": {why or self._reason(each, verdict)}", head=head, code=COLORS[verdict]
        )
        if not each.ends or each.ends == (each.node,):
            return
        yield from self._lines(each)
        if len(each.ends) > _MOST:
            rest = f"and {len(each.ends) - _MOST} more, such as {self.names.short(each.ends[_MOST])}"
            yield from self.page.item("  ", rest)
        if each.more:
            yield from self.page.item("  ", "and more ways: --limit")
        passed = [gate for gate in each.gates if gate not in each.ends and gate not in each.shortest[0][:2]]
        if passed:
            yield from self.page.item("  ", f"every way passes {', '.join(map(self.names.short, passed))}")
        yield from self._removal(each, verdict)

    def _reason(self, each: Ways, verdict: Verdict) -> str:
        """What follows the verdict in the first line."""
        if not each.ends:
            return f'no package below {self.names.short(each.node)} imports "C"'
        if each.ends == (each.node,):
            return self._end(each.node, each)
        count = plural(len(each.ends), "package")
        node = self.names.short(each.node)
        some = len(each.ends) == 1
        if verdict is Verdict.BLOCKED:
            return f"{count} below {node} cannot be built"
        if verdict is Verdict.UNKNOWN:
            return f"{count} below {node} could not be loaded"
        return f'{count} below {node} import{"s" if some else ""} "C"'

    def _end(self, end: str, each: Ways) -> str:
        """The reason why a chain ends with a package."""
        below = self.material.below(each.node, each.platform)
        if not below.blockers:
            return "could not be loaded" if below.unknown else 'imports "C"'
        own = {target.label: target.why for target in self.material.targets}.get(end, {})
        if end.startswith("//"):
            return own.get(each.platform) or "it has no files to compile there"
        for outcome in self.material.outcomes.get(end, ()):
            if outcome.lack and each.platform in outcome.platforms:
                return f"{outcome.need.name}: {outcome.lack}"
        directory = self.names.short(end).removeprefix("./")
        message, path, line = self.undefined.get(directory, ("", "", 0))
        if message:
            return f"{path.rpartition('/')[2]}:{line}: {without_platforms(message)}"
        return "no file of it compiles there"

    def _lines(self, each: Ways) -> Iterator[str]:
        """The tree, a package per line, each with the file of the package above it that imports it."""
        seen: set[str] = set()
        for depth, above, name, is_leaf in _nodes(_tree(each), each.node):
            path, line = self.material.places.get((above, name), ("", 0))
            text = f"  ({path.rpartition('/')[2]}:{line})" if path else ""
            is_end = name in each.ends and name not in seen
            if is_end:
                text += f": {self._end(name, each)}"
            elif is_leaf:
                text += "  as above" if name in seen else "  as below"
            code = COLORS[self._verdict(each)] if is_end else ""
            seen |= {name} if is_end or not is_leaf else set()
            indent = " " * min(2 + 2 * depth, _DEEPEST)
            yield from self.page.item(indent, text, head=self.names.short(name), code=code, hang=4)

    def _removal(self, each: Ways, verdict: Verdict) -> Iterator[str]:
        """The imports to remove."""
        ended = _ENDED.get(verdict, "would make it pure")
        if each.cut is None:
            yield from self.page.item("  ", "No import of your own code can be removed to end this.")
            return
        count = "this import" if len(each.cut) == 1 else f"these {len(each.cut)} imports"
        yield from self.page.item("  ", "", head=f"Removing {count} {ended}:", code=BOLD)
        for importer, imported in each.cut:
            place = self.material.places.get((importer, imported))
            where = f"{place[0]}:{place[1]}" if place else self.names.short(importer)
            yield from self.page.item("    ", f"{where} imports {self.names.short(imported)}")


def _is_foreign(name: str, material: Material) -> bool:
    """Whether a package is of another module; an own one without any files may be of none."""
    modules = (each for each in material.graph.edges.get(name, ()) if each.startswith("module:"))
    return any(each != f"module:{material.run.module}" for each in modules)


def _nodes(tree: _Tree, root: str) -> Iterator[tuple[int, str, str, bool]]:
    """Depth, the node above, the node, and whether nothing is below it; in order."""
    pending = [(0, root, name, below) for name, below in reversed(tree.items())]
    while pending:  # a chain may be longer than Python's stack
        depth, above, name, below = pending.pop()
        yield depth, above, name, not below
        pending += [(depth + 1, name, each, under) for each, under in reversed(below.items())]


def _tree(each: Ways) -> _Tree:
    """The chains as a tree: the shortest to every end, then the others up to a node that is there."""
    tree: _Tree = {}
    seen: set[str] = set()
    for chain in each.shortest[:_MOST]:
        at = tree
        for name in chain[1:]:
            at = at.setdefault(name, {})
        seen.update(chain)
    for chain in each.chains:
        at = tree
        for name in chain[1:]:
            is_new = name not in at
            at = at.setdefault(name, {})
            if not at and name not in each.ends and (not is_new or name in seen):
                break  # the rest of the way is there
            seen.add(name)
    return tree
