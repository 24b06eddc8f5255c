"""The files that one run of ``report`` or ``compare`` writes, and their formats.

Comes in: ``--format`` and ``--output`` as the user wrote them. Goes out: pairs of a format and a file, in
their order. It renders and writes nothing.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from types import MappingProxyType

from attrs import frozen

from bazel_xc.errors import ReportError

STANDARD_OUTPUT = "-"
_ENDINGS: Mapping[str, str] = MappingProxyType(
    {
        "": "text",
        ".dot": "dot",
        ".graphml": "graphml",
        ".gv": "dot",
        ".htm": "html",
        ".html": "html",
        ".json": "json",
        ".markdown": "markdown",
        ".md": "markdown",
        ".mermaid": "mermaid",
        ".mmd": "mermaid",
        ".sarif": "sarif",
        ".txt": "text",
    }
)


@frozen
class Output:
    """A format, and the file for it; ``-`` is standard output."""

    format: str
    path: str = STANDARD_OUTPUT


def add_output_options(parser: argparse.ArgumentParser, formats: Sequence[str]) -> None:
    """Adds ``--format`` and ``--output``."""
    parser.add_argument(
        "--format",
        action="append",
        choices=sorted(formats),
        default=[],
        help="the format; default: by the ending of -o FILE, else text; repeatable, one for each -o",
    )
    parser.add_argument(
        "-o",
        "--output",
        action="append",
        default=[],
        metavar="FILE",
        help="write to FILE instead of standard output (-); repeatable, also as a.html,b.sarif",
    )


def outputs(options: argparse.Namespace, formats: Sequence[str]) -> tuple[Output, ...]:
    """The outputs of a run. Raises ``ReportError`` if formats and files do not go together."""
    asked: list[str] = options.format
    files = [path for text in options.output for path in _split(text)]
    if not files and len(asked) > 1:
        raise ReportError(f"--format: {len(asked)} formats need as many -o FILE")
    if not files:
        return (Output(asked[0] if asked else "text"),)
    if not asked:
        asked = [_by_ending(path, formats) for path in files]
    if len(asked) != len(files):
        raise ReportError(
            f"--format: {len(asked)} for {len(files)} files; give one for each -o, in the same order, or none"
        )
    twice = sorted({path for path in files if files.count(path) > 1})
    if twice:
        raise ReportError(f"--output: {twice[0]} is named twice")
    return tuple(Output(kind, path) for kind, path in zip(asked, files, strict=True))


def _split(text: str) -> list[str]:
    """The files of one ``-o``: several if all parts between commas have an ending with a meaning."""
    parts = text.split(",")
    return parts if all(PurePath(each).suffix in _ENDINGS.keys() - {""} for each in parts) else [text]


def _by_ending(path: str, formats: Sequence[str]) -> str:
    found = _ENDINGS.get(PurePath(path).suffix.lower(), "")
    if found not in formats:
        raise ReportError(f"--output {path}: no format has this ending; name one with --format")
    return found
