"""The exceptions of bazel-xc, which stop a run, and the words for mistyped names.

Comes in: the failure. Goes out: one base class, so that the command line turns every exception into one line
and exit code 2. A failure that a run survives is a ``Diagnostic`` (see ``model``), never an exception.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def did_you_mean(word: str, known: Iterable[str], cutoff: float = 0.5) -> str:
    """A question with the known word that is most like a mistyped one, empty if none is like it.

    ``cutoff`` is how alike they are at least, from 0 to 1.
    """
    near = difflib.get_close_matches(word, sorted(known), n=1, cutoff=cutoff)
    return f"did you mean {near[0]!r}?" if near else ""


class BazelXcError(Exception):
    """A run cannot go on. The message is one line: what, where, and what to do about it."""


class ConfigError(BazelXcError):
    """bazel_xc.toml has mistakes; the message lists all of them, one line each, with key paths."""


class GoError(BazelXcError):
    """The go command is missing, too old for the workspace, hung, or refused to list at all."""


class WorkspaceError(BazelXcError):
    """The workspace has no Go module, or a file that everything depends on cannot be read."""


class ReadError(BazelXcError):
    """A file that the command line names cannot be read."""


class ReportError(BazelXcError):
    """A saved report does not have the right form, or a revision to report on does not exist."""


class WriteError(BazelXcError):
    """Files could not be written; the message names what could not be put back, if there is anything."""


class ArtifactError(BazelXcError):
    """A built file cannot be read, or saved figures do not have the right form."""


class InterruptedRunError(BazelXcError):
    """A signal, ``number``, came while files were written; the message says what is changed."""

    def __init__(self, message: str, number: int) -> None:
        super().__init__(message)
        self.number = number
