"""One line of an answer: what was looked at, what was found, how that is judged.

Comes in: nothing. Goes out: frozen values that ``doctor`` and ``verify`` fill and that are shown as they are.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable

from attrs import frozen


class CheckStatus(enum.StrEnum):
    """How a thing is judged; information is what nobody asked to be one way or the other."""

    OK = "ok"
    INFO = "info"
    WARNING = "warning"
    FAILURE = "failure"


@frozen(kw_only=True)
class Check:
    """``command`` is what was run, ``remedy`` what to do; both may be empty. All are one line."""

    name: str
    status: CheckStatus
    found: str
    command: str = ""
    remedy: str = ""


def failed(checks: Iterable[Check]) -> bool:
    """Whether any of them is a failure."""
    return any(each.status is CheckStatus.FAILURE for each in checks)
