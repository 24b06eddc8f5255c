"""The exceptions of bazel-xc: what stops a run.

Comes in: what went wrong. Goes out: one base class, so that the command line turns every one of them
into one line and exit code 2. A failure that a run survives is a ``Diagnostic`` (see ``model``), never
an exception.
"""

from __future__ import annotations


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
