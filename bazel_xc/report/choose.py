"""The targets that a pattern means, as people write it: ``cmd/app``, ``./cmd/...``, ``app``, ``//cmd:*``.

Comes in: a ``Report``, a pattern, and the directory in which it was written. Goes out: the labels, or an
exception that names similar ones. Of several meanings the first that has a target counts: a label, a
directory, a glob, a name.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from difflib import get_close_matches

from bazel_xc.errors import ReportError
from bazel_xc.report.model import Report, matches
from bazel_xc.report.summary import short_label

_NEAR = 3


def chosen(report: Report, pattern: str, here: str = "") -> frozenset[str]:
    """The labels that a pattern means; ``here`` is the current directory, relative to the root.

    Raises ``ReportError`` if there are none.
    """
    labels = {each.label: each.package for each in report.targets}
    for meaning in _meanings(pattern.strip(), here):
        if found := frozenset(each for each in labels if matches(each, meaning)):
            return found
    name = pattern.strip().strip("/")
    found = frozenset(
        label for label, package in labels.items() if name and name in (*_names(label), package)
    )
    if not found:
        near = _near(pattern, tuple(labels))
        hint = f"did you mean {' or '.join(near)}?" if near else "write //dir:name, dir/... or a name"
        raise ReportError(f"--target {pattern}: no target matches; {hint}")
    return found


def _meanings(pattern: str, here: str) -> Iterator[str]:
    """Patterns of labels, the likeliest first."""
    if pattern.startswith("//"):
        yield pattern
        yield pattern.rstrip("/")
        return
    if pattern.startswith(":"):
        yield f"//{here}{pattern}"
        return
    directory, colon, name = pattern.partition(":")
    bases = [here] if directory.startswith(".") else dict.fromkeys((here, ""))
    for base in bases:
        whole = posixpath.normpath(posixpath.join("/", base, directory)).lstrip("/")
        yield f"//{whole}{colon}{name}"
    yield pattern


def _names(label: str) -> tuple[str, str]:
    """The name of a target, and the last part of its directory."""
    directory, _, name = label.partition(":")
    return name, directory.rpartition("/")[2]


def _near(pattern: str, labels: tuple[str, ...]) -> list[str]:
    """Short labels that look like a pattern, or contain it."""
    text = pattern.strip("/.").removesuffix("/")
    short = {short_label(each): None for each in labels}
    if holding := [each for each in short if text and text in each][:_NEAR]:
        return holding
    by_name: dict[str, str] = {}
    for each in short:
        by_name.setdefault(each.strip("/"), each)
    for each in short:
        by_name.setdefault(each.rpartition("/")[2], each)
    last = text.rpartition("/")[2]
    found = (*get_close_matches(text, by_name, _NEAR), *get_close_matches(last, by_name, _NEAR))
    return list(dict.fromkeys(by_name[name] for name in found))[:_NEAR]
