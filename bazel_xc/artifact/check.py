"""One line of an answer: a subject, what was found, and a status.

Comes in: nothing. Goes out: frozen values that ``doctor`` and ``verify`` fill and that ``cli`` shows
unchanged.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable

from attrs import frozen


class CheckStatus(enum.StrEnum):
    """The result of a check. INFO: there is no expectation."""

    OK = "ok"
    INFO = "info"
    WARNING = "warning"
    FAILURE = "failure"


@frozen(kw_only=True)
class Check:
    """``command`` is the command that was run, ``remedy`` is advice; both may be empty. Each field is one
    line.
    """

    name: str
    status: CheckStatus
    found: str
    command: str = ""
    remedy: str = ""


def failed(checks: Iterable[Check]) -> bool:
    """Whether any check is a failure."""
    return any(each.status is CheckStatus.FAILURE for each in checks)
