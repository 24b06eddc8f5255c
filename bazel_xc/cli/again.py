"""A run of ``generate`` for a few changed Go files, by the plan of an earlier run.

Comes in: the kept plan and the changed files. Goes out: the result, and after the files are written, a memory
of the new state. The new state is kept only if a second look at the changed directories finds nothing to do.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import frozen

from bazel_xc.commands.kept_plan import KeptPlan
from bazel_xc.commands.replan import Replanned, replan
from bazel_xc.commands.summary import summary
from bazel_xc.golang.facts import also_asked, has_names, whole
from bazel_xc.golang.source import scan_go
from bazel_xc.memory import replay
from bazel_xc.memory.watch import TICK_NS, Watch, differing, may_change_unseen, names_in, state
from bazel_xc.model import Result
from bazel_xc.tree import glance, read_file

if TYPE_CHECKING:
    from bazel_xc.cli.remembering import Memory

_NO_NAMES = (b"", b"", b"", False, ())  # of ``FileFacts``


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
        tree, plan = self.made.tree, self.made.plan
        new = {f"{self.root}/{path}": path for path in plan.imports.keys() - self.plan.imports.keys()}
        gone = {f"{self.root}/{path}" for path in self.plan.imports.keys() - plan.imports.keys()}
        now: Watch = {path: each for path, each in watched.items() if path not in gone}
        read = {path: name for path, name in {**self.names, **new}.items() if name not in plan.own}
        replaced = {f"{self.root}/{name}" for name in written}
        for path in read.keys() - gone - replaced:
            found = tree.record.opened.get(path)
            if found is None or found != state(path) or may_change_unseen(found, memory.start):
                return
            if any(facts.get(path, ())[4:]) and not has_names(path, tree.read(read[path]), facts[path]):
                return  # it changed once more before it was planned
            now[path] = found
        now |= {path: state(path) for path in replaced}
        fresh = {path: each for path, each in facts.items() if path not in gone} | self._facts(
            read, replaced, facts
        )
        for path in differing(now, len(now)) or ():
            names = names_in(path)
            expected = plan.names.get(self.names.get(path, ""))
            if names is None or (names != facts.get(path) and expected != frozenset(os.listdir(path))):  # noqa: PTH208
                return
            now[path], fresh[path] = state(path), names
        again = (now, fresh, outcome, time.time_ns())
        replay.keep_plan(memory.folder, memory.key, again, plan)
        replay.keep(memory.folder, memory.key, again)

    def _facts(
        self, read: Mapping[str, str], replaced: Iterable[str], before: Mapping[str, Any]
    ) -> dict[str, object]:
        """The facts of files that changed. The names in Go files on which something depended are the same."""
        tree = self.made.tree
        found: dict[str, Any] = {}
        for path, name in read.items():
            if not name.endswith(".go"):
                found[path] = whole(tree.read(name))
            elif (data := glance(tree, name)) and (head := scan_go(os.path.basename(path), data).head):  # noqa: PTH119
                names = before[path][4:] if path in before else _NO_NAMES
                found[path] = (head.end, head.digest, head.alone, head.rest, *names)
        for path in replaced:
            found[path] = whole(read_file(path))
        for name, words in self.made.asked.items():
            path = f"{self.root}/{name}"
            facts = found.get(path) or before.get(path)
            if facts and len(facts) > 1:
                found[path] = also_asked(facts, words)
        return found
