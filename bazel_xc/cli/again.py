"""A run of ``generate`` for a few changed Go files, by the plan of an earlier run.

Comes in: the kept plan and the changed files. Goes out: the result, and after the files are written, a memory
of the new state. The new state is kept only if a second look at the changed directories finds nothing to do.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import frozen

from bazel_xc.commands.kept_plan import KeptPlan
from bazel_xc.commands.replan import Replanned, replan
from bazel_xc.commands.summary import summary
from bazel_xc.golang.facts import FileFacts
from bazel_xc.golang.source import scan_go
from bazel_xc.memory import replay
from bazel_xc.memory.watch import TICK_NS, Watch, differing, may_change_unseen, names_in, state
from bazel_xc.model import Result

if TYPE_CHECKING:
    from bazel_xc.cli.remembering import Memory


@frozen(kw_only=True)
class Again:
    """Changed directories, planned again. ``names`` maps changed files, as the memory spells them, to paths
    from the root.
    """

    plan: KeptPlan
    memory: Memory
    root: str
    names: Mapping[str, str]
    made: Replanned

    @classmethod
    def of(cls, plan: KeptPlan, memory: Memory, root: str, names: Mapping[str, str]) -> Again | None:
        """Plans the directories; None if a whole run has to answer."""
        made = replan(plan, Path(root), names.values())
        return cls(plan=plan, memory=memory, root=root, names=names, made=made) if made else None

    @property
    def result(self) -> Result:
        """The result of the run."""
        changes = self.made.changes
        left = self.plan.build_files - len(changes)
        return Result(
            changes=changes, diagnostics=self.plan.diagnostics, summary=summary(changes, left, None)
        )

    def keep(self, written: tuple[str, ...]) -> None:
        """Keeps the state of the workspace, if nothing is left to do and nothing else changed."""
        memory, kept = self.memory, self.memory.kept
        assert kept is not None
        if written:
            time.sleep(TICK_NS / 1e9)  # later changes of these files get another time
            second = replan(self.plan, Path(self.root), self.names.values())
            if second is None or second.changes:
                return
        watched, facts, outcome, _ = kept
        now: Watch = {**watched}
        for path in self.names:
            found = self.made.tree.record.opened.get(path)
            if found is None or found != state(path) or may_change_unseen(found, memory.start):
                return
            now[path] = found
        for name in written:
            now[f"{self.root}/{name}"] = state(f"{self.root}/{name}")
        for path in differing(now, len(now)) or ():
            if names_in(path) != facts.get(path):
                return
            now[path] = state(path)
        again = (now, {**facts, **self._facts()}, outcome, time.time_ns())
        replay.keep_plan(memory.folder, memory.key, again, self.made.plan)
        replay.keep(memory.folder, memory.key, again)

    def _facts(self) -> dict[str, FileFacts]:
        """The facts of the changed files; nothing depended on the names in them."""
        found: dict[str, FileFacts] = {}
        for path in self.names:
            head = scan_go(os.path.basename(path), self.made.tree.read(self.names[path])).head  # noqa: PTH119
            if head:
                found[path] = (head.end, head.digest, head.alone, head.rest, b"", b"", b"", False)
        return found
