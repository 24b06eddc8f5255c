"""``incompatible.bzl`` in the platforms package: the programs that cannot be built on some platforms.

Comes in: labels of binaries with the platforms they lack, and the file as it is. Goes out: its new text. A
rule cannot see that a dependency is incompatible; it only becomes incompatible itself. Therefore
``xc_binary`` needs this list. Only a workspace that has the file, empty at first, gets it; a file with other
contents is left alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bazel_xc.buildfile.printer import quote
from bazel_xc.model import Label, Platform

FILE_NAME = "incompatible.bzl"
_HEAD = '"""Written by bazel-xc generate: programs, and the platforms on which they cannot be built."""\n'


def incompatible_list(
    old: bytes | None, absent: Mapping[Label, frozenset[str]], platforms: Iterable[Platform]
) -> bytes | None:
    """The text of the file; None if there is none, or one of somebody else."""
    if old is None or (old.strip() and not old.startswith(_HEAD.encode())):
        return None
    configured = {platform.name for platform in platforms}
    held = {label: sorted(names & configured) for label, names in sorted(absent.items())}
    lines = [
        f"    {quote(str(label))}: [{', '.join(map(quote, names))}],\n"
        for label, names in held.items()
        if names
    ]
    table = "{\n" + "".join(lines) + "}" if lines else "{}"
    return f"{_HEAD}\nINCOMPATIBLE = {table}\n".encode()
