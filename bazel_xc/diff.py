"""Changes of files as a unified diff.

Comes in: old and new bytes by path. Goes out: text that patch(1) and Bazel apply. Nothing is read or written.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from bazel_xc.model import FileChange


def unified_diff(changes: Iterable[FileChange], *, git: bool = False, strip: int = 1) -> str:
    """The changes as one unified diff.

    With ``git`` headers, Bazel's own patch also finds the borders between new files. ``strip`` is the number
    of components before each path, as in ``patch -p``.
    """
    before, after = "a/" * strip, "b/" * strip
    out: list[str] = []
    for change in sorted(changes):
        if not change.is_change:
            continue
        old = (change.old or b"").decode("utf-8", "replace").splitlines(keepends=True)
        new = change.text.decode("utf-8", "replace").splitlines(keepends=True)
        source = "/dev/null" if change.old is None else f"{before}{change.path}"
        target = "/dev/null" if change.new is None else f"{after}{change.path}"
        if git:
            mode = "new file mode 100644\n" if change.old is None else ""
            out.append(f"diff --git {before}{change.path} {after}{change.path}\n{mode}")
        for line in difflib.unified_diff(old, new, source, target):
            out.append(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n")
    return "".join(out)
