"""The C flags that Gazelle would write in another way.

Comes in: the Go files of a package. Goes out: per attribute the strings that Gazelle makes of ``#cgo`` lines,
one string for each line. It gives up at a line that Gazelle does not understand, as Gazelle does, and it does
not follow search directories, which Gazelle resolves in its own way: then the strings are never ours.

Source: ``saveCgo`` and ``options`` in ``language/go`` of bazel-gazelle, release 0.53.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from bazel_xc.cgo.flags import VERBS, bazel_flag
from bazel_xc.cgo.preamble import CgoLine, cgo_lines
from bazel_xc.golang.constraints import all_of
from bazel_xc.golang.gazelle import EVERYWHERE, NOWHERE, Reading, read_constraints
from bazel_xc.golang.package import PackageFile


def gazelle_flags(
    files: Iterable[PackageFile], more: Mapping[str, tuple[str, ...]], tags: frozenset[str]
) -> dict[str, dict[str, Reading]]:
    """The strings of each flag attribute; an attribute without strings is missing.

    ``more`` has the strings of directives by attribute, ``tags`` are the tags of ``build_tags``.
    """
    names = {verb: name for name, verb in VERBS.items()}
    found: dict[str, dict[str, Reading]] = {}
    for file, line in _lines(files):
        reading = read_constraints(file.name, all_of(file.source.header, line.condition), tags)
        text = " ".join(map(bazel_flag, line.args))
        if reading.platforms and text:
            strings = found.setdefault(names[line.verb], {})
            strings[text] = strings.get(text, NOWHERE) | reading
    for name in VERBS:
        for text in more.get(name, ()):
            found.setdefault(name, {})[text] = EVERYWHERE
    return found


def _lines(files: Iterable[PackageFile]) -> Iterator[tuple[PackageFile, CgoLine]]:
    """The lines that Gazelle reads; one that it does not know hides those below it."""
    for file in files:
        for preamble in file.source.preambles:
            for line in cgo_lines(preamble):
                if line.error or line.verb not in VERBS.values():
                    break
                yield file, line
