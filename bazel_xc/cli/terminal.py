"""The terminal that output goes to: its width, and whether it has colours.

Comes in: a stream, the environment. Goes out: a number of columns, 0 where there is no terminal. It is asked
before a kept result is repeated, so it imports next to nothing.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    import argparse

    from bazel_xc.report.page import Page

_WIDTH = 80  # of a terminal that does not say, and of text that goes elsewhere


def columns(stream: TextIO | None) -> int:
    """The width of the terminal behind a stream, 0 if there is none. ``COLUMNS`` decides, as elsewhere."""
    if stream is None or not stream.isatty():
        return 0
    with suppress(ValueError):
        if (asked := int(os.environ.get("COLUMNS", ""))) > 0:
            return asked
    with suppress(OSError, ValueError):
        return os.get_terminal_size(stream.fileno()).columns or _WIDTH
    return _WIDTH


def has_colors(options: argparse.Namespace, stream: TextIO) -> bool:
    """Whether to use colours: by ``--color``, ``NO_COLOR`` and the terminal."""
    if options.color == "auto":
        dumb = os.environ.get("TERM") == "dumb" or os.environ.get("NO_COLOR")
        return stream.isatty() and not dumb
    return bool(options.color == "always")


def page_for(options: argparse.Namespace, stream: TextIO | None) -> Page:
    """The page for text on a stream, None for a file: as wide as the terminal, else 80 columns."""
    from bazel_xc.report.page import Page  # noqa: PLC0415 - see above

    if stream is None:
        return Page(_WIDTH, options.color == "always")
    return Page(columns(stream) or _WIDTH, has_colors(options, stream))
