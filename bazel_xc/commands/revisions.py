"""Trees of git revisions, for comparing them.

Comes in: the workspace root and the name of a revision. Goes out: a folder with the tree of that revision,
for as long as it is needed. The user's checkout is not touched; the temporary worktree is removed again.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bazel_xc.errors import ReportError

_TIMEOUT_SECONDS = 600


def revision_of(root: Path, name: str) -> str:
    """The commit of a revision. Raises ``ReportError`` if git does not know it."""
    return _git(root, f"{name}: no such revision", "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")


def tree_of(root: Path, commit: str) -> tuple[str, str]:
    """The hash of a commit's tree, and the folder of the workspace in it."""
    prefix = _git(root, f"{root} is not in a git repository", "rev-parse", "--show-prefix")
    return _git(root, f"{commit}: no tree", "rev-parse", f"{commit}^{{tree}}"), prefix


def last_changes(root: Path, base: str, head: str, paths: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """Path, short hash and subject of the last commit after ``base`` that changed a file, where there is one.

    Both are empty for a change that is not committed. ``head`` is empty for the workspace.
    """
    for path in paths:
        if not head and _git(root, "no status", "status", "--porcelain", "--", path):
            yield path, "", ""
            continue
        span = f"{base}..{head or 'HEAD'}"
        found = _git(root, "no log", "log", "-1", "--format=%h%x00%s", span, "--", path)
        if found:
            commit, _, subject = found.partition("\0")
            yield path, commit, subject


@contextmanager
def checked_out(root: Path, commit: str) -> Iterator[Path]:
    """The workspace as it was at a commit, in a temporary folder."""
    prefix = _git(root, f"{root} is not in a git repository", "rev-parse", "--show-prefix")
    with tempfile.TemporaryDirectory(prefix="bazel-xc-") as folder:
        tree = Path(folder) / "tree"
        _git(
            root,
            f"{commit} cannot be checked out",
            "worktree",
            "add",
            "--detach",
            "--quiet",
            str(tree),
            commit,
        )
        try:
            place = tree / prefix
            if not place.is_dir():
                raise ReportError(f"{prefix} is not in commit {commit[:12]}")
            yield place
        finally:
            shutil.rmtree(tree, ignore_errors=True)
            _git(root, "the temporary worktree cannot be pruned", "worktree", "prune")


def _git(root: Path, problem: str, *arguments: str) -> str:
    command = ["git", "-C", str(root), *arguments]
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_SECONDS,
            check=False,
        )
    except FileNotFoundError:
        raise ReportError("git: not found; install git, or compare saved reports") from None
    except subprocess.TimeoutExpired:
        raise ReportError(f"git {arguments[0]}: no answer within {_TIMEOUT_SECONDS} s") from None
    if done.returncode:
        reason = done.stderr.strip().split("\n")[-1]
        raise ReportError(f"{problem}{f': {reason}' if reason else ''}")
    return done.stdout.strip()
