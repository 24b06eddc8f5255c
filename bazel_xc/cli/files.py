"""Files that an option or an argument names.

Comes in: a path as the user wrote it. Goes out: its text, a written file, or an exception with one line. It
does not read or write files of the workspace.
"""

from __future__ import annotations

from pathlib import Path

from bazel_xc.errors import ReadError, WriteError


def text_of(path: str | Path, remedy: str = "") -> str:
    """The text of a file, which may be a pipe. Raises ``ReadError``, with ``remedy`` at its end."""
    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as e:
        raise unreadable(path, e, remedy) from None


def unreadable(path: str | Path, error: OSError | UnicodeDecodeError, remedy: str = "") -> ReadError:
    """The exception for a file that cannot be read."""
    reason = error.strerror if isinstance(error, OSError) else "it is not in UTF-8"
    return ReadError(f"{path}: cannot be read: {reason or error}{f'; {remedy}' if remedy else ''}")


def write_text(path: Path, text: str) -> None:
    """Writes a file. Raises ``WriteError``."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as e:
        raise WriteError(f"{path}: cannot be written: {e.strerror}") from None
