"""The exceptions of bazel-xc, which stop a run, and suggestions for mistyped names.

Comes in: the failure. Goes out: one base class, so that the command line turns every exception into one line
and exit code 2. A failure that does not stop the run is a ``Diagnostic`` (see ``model``), never an exception.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def did_you_mean(word: str, known: Iterable[str], cutoff: float = 0.5) -> str:
    """A question with the known word that is most similar to a mistyped one, empty if none is.

    ``cutoff`` is the minimal similarity, from 0 to 1.
    """
    near = difflib.get_close_matches(word, sorted(known), n=1, cutoff=cutoff)
    return f"did you mean {near[0]!r}?" if near else ""


class BazelXcError(Exception):
    """A run cannot continue. The message is one line: the problem, the place, and the remedy."""


class ConfigError(BazelXcError):
    """bazel_xc.toml has mistakes; the message lists all of them, one line each, with key paths."""


class GoError(BazelXcError):
    """The go command is missing, too old for the workspace, hangs, or refuses to list anything."""


class WorkspaceError(BazelXcError):
    """The workspace has no Go module, or a file that is needed for everything cannot be read."""


class ReadError(BazelXcError):
    """A file that the command line names cannot be read."""


class ReportError(BazelXcError):
    """A saved report has a wrong form, or a revision to report on does not exist."""


class WriteError(BazelXcError):
    """Files could not be written; the message names files that could not be restored."""


class ArtifactError(BazelXcError):
    """A built file cannot be read, or saved figures have a wrong form."""


class WorkerError(BazelXcError):
    """A process that does a part of the work was killed."""


class InterruptedRunError(BazelXcError):
    """A signal, ``number``, arrived while files were written; the message says which changes remain."""

    def __init__(self, message: str, number: int) -> None:
        super().__init__(message)
        self.number = number
