"""The page that text is laid out on: its width, and whether it has colours.

Comes in: text of one line. Goes out: lines that fit, broken at spaces only, so that a path or a label can
always be copied whole. Characters that a terminal would obey are replaced. It knows nothing of reports.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from attrs import frozen

from bazel_xc.report.plain import plain

BOLD, DIM, RED, GREEN, YELLOW, MAGENTA = "1", "2", "31", "32", "33", "35"
_NARROWEST = 40  # columns; a terminal with fewer breaks the lines itself


@frozen
class Page:
    """A width in columns, 0 for no limit, and whether there are colours.

    The width is the same wherever there is no terminal, so that equal sources give equal bytes.
    """

    width: int = 80
    color: bool = False

    def style(self, text: str, code: str) -> str:
        """The text in a colour; ``code`` is a parameter of ANSI's SGR, empty for none."""
        return f"\033[{code}m{text}\033[0m" if self.color and code and text else text

    def heading(self, text: str) -> Iterator[str]:
        """A heading, after an empty line."""
        yield ""
        for line in self.item("", text):
            yield self.style(line, BOLD)

    def item(self, indent: str, text: str, *, head: str = "", code: str = "", hang: int = 2) -> Iterator[str]:
        """``head`` in a colour and then the text, in as many lines as needed; the later ones hang by ``hang``
        spaces.
        """
        head, text = plain(head), plain(text)
        lines = self._wrapped(f"{head}{text}", indent, hang)
        first = lines[0]
        if head and first.startswith(f"{indent}{head}"):
            first = f"{indent}{self.style(head, code)}{first[len(indent) + len(head) :]}"
        yield first
        yield from lines[1:]

    def _wrapped(self, text: str, indent: str, hang: int) -> list[str]:
        if not self.width or len(indent) + len(text) <= self.width:
            return [f"{indent}{text}".rstrip()]
        return textwrap.wrap(
            text,
            max(self.width, _NARROWEST),
            initial_indent=indent,
            subsequent_indent=indent + " " * hang,
            break_long_words=False,
            break_on_hyphens=False,
        )

    def columns(self, rows: Sequence[Sequence[str]], indent: str = "  ") -> Iterator[tuple[str, ...]]:
        """The lines of each row; rows of equal length are in columns, with numbers on the right. Only the
        last cell may be long: it hangs under its column.
        """
        rows = [[plain(cell) for cell in row] for row in rows]
        widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]) - 1)] if rows else []
        for row in rows:
            cells = (
                cell.rjust(width) if cell[:1].isdigit() else cell.ljust(width)
                for cell, width in zip(row[:-1], widths, strict=True)
            )
            head = "".join(f"{cell}  " for cell in cells)
            yield tuple(self.item(indent, row[-1], head=head, hang=len(head)))
