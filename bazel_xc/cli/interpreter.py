"""The Python that runs bazel-xc: whether its regular expressions can be trusted.

Python 3.11.0 to 3.11.4 do not go back to where the last round of a possessive group began, if that round
fails (gh-106052). Comments in Go and C would be read wrong. Some distributions have mended theirs, so that
the version alone does not tell.
"""

from __future__ import annotations

import re
import sys


def problem() -> str:
    """The reason why this Python cannot be used, with the remedy; empty if it can."""
    found = re.match(r"(?:ab?c)*+", "ab")
    if found and not found[0]:
        return ""
    return (
        f"{sys.executable} is a Python {sys.version.split()[0]} that matches possessive patterns wrong"
        " (gh-106052); install Python 3.11.5 or newer, or the security update of Debian 12:"
        " apt-get install --only-upgrade python3.11-minimal"
    )
