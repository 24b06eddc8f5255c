"""Reports of git revisions, kept between runs: the tree of a commit never changes.

Comes in: the folder of kept results, the tree of a commit, the configuration and the go command. Goes out:
the report that an earlier run made, or None. A report with unknown parts is not kept: a module may arrive
later. The folder is bounded as a whole, see ``memory.store``.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Mapping

from attrs import frozen

from bazel_xc.commands.options import Options, timeout_of
from bazel_xc.errors import BazelXcError
from bazel_xc.golang.toolchain import find_go
from bazel_xc.memory import replay, store
from bazel_xc.report.json_format import load, render
from bazel_xc.report.model import Report
from bazel_xc.tree import read_file

_FOREIGN = ("-modfile", "-overlay")  # flags of go that name files outside of the tree


@frozen
class KeptReport:
    """The place of one report: a folder and the name under it."""

    folder: str
    name: str

    @classmethod
    def of(cls, folder: str, tree: tuple[str, str], options: Options) -> KeptReport | None:
        """The place for a tree of git and the folder in it, with some options; None if nothing is kept."""
        if not folder or any(each in options.environment.get("GOFLAGS", "") for each in _FOREIGN):
            return None
        try:
            go = find_go(options.environment, options.root, timeout_of(options))
            config = read_file(options.config_file) if options.config_file else b""
        except (BazelXcError, OSError):
            return None
        settings = (go.version, go.goroot, sorted(_of_go(go.environment).items()))
        chosen = (options.platforms, options.verify_listing)
        key = (tree, config, chosen, settings, replay.settings_of(options.environment), replay.program())
        digest = hashlib.sha256(repr(key).encode("utf-8", "surrogateescape")).hexdigest()
        return cls(folder, f"revision-{digest[:32]}")

    def get(self) -> Report | None:
        """The report that was kept."""
        data = store.get(self.folder, self.name)
        try:
            return load(zlib.decompress(data).decode("utf-8"), self.name) if data else None
        except (BazelXcError, ValueError, zlib.error):
            return None

    def put(self, report: Report) -> None:
        """Keeps a report without unknown parts."""
        if report.is_whole:
            text = render(report).encode("utf-8", "surrogatepass")
            store.put(self.folder, self.name, zlib.compress(text, 3))


def _of_go(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if name.startswith(("GO", "CGO_"))}
