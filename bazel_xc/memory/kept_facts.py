"""Facts about single files that later runs use instead of reading the file.

Comes in: facts with the state of the file they were found in. Goes out: the same facts while the file is in
that state. Those of a module in the module cache are kept together for all workspaces, those of other files
for one workspace. A group is read when its first file is asked for, and written again if enough of it is new.
"""

from __future__ import annotations

import os
import re
import time
import zlib
from typing import Any

from attrs import define, field

from bazel_xc.memory import store
from bazel_xc.memory.watch import State, may_change_unseen

_Group = dict[str, dict[str, tuple[State, Any]]]  # by kind and path

# A module in the module cache: up to its version, and the directory after a capital letter's mark.
_MODULE = re.compile(r"/.*?@[^/]*")
# Fewer new facts than this part of a group are not worth a new file.
_PART = 16


@define
class KeptFacts:
    """The facts in a folder.

    ``program`` is whatever the facts depend on besides the bytes of a file. ``start`` is the time at which
    the run began: files that were changed after it are not kept.
    """

    folder: str
    program: object
    workspace: str = field(factory=os.getcwd)
    start: int = field(factory=time.time_ns)
    _groups: dict[str, _Group] = field(factory=dict, init=False)
    _new: dict[str, int] = field(factory=dict, init=False)

    def get(self, path: str, kind: str, state: State) -> object | None:
        """The fact of a file in this state, None if it is not known."""
        name = self._group_of(path)
        group = self._groups.get(name)
        if group is None:
            group = self._groups[name] = self._read(name)
        found = group.get(kind, {}).get(path)
        if found is None or found[0] != state:
            return None
        fact: object = found[1]
        return fact

    def put(self, path: str, kind: str, state: State, fact: object) -> None:
        """Keeps a fact, unless the file may change without a new state."""
        if may_change_unseen(state, self.start):
            return
        name = self._group_of(path)
        if name not in self._groups:
            self._groups[name] = self._read(name)
        self._groups[name].setdefault(kind, {})[path] = state, fact
        self._new[name] = self._new.get(name, 0) + 1

    def save(self) -> None:
        """Writes the groups with enough new facts, without those of files that are gone."""
        import pickle  # noqa: PLC0415 - a run that repeats its result needs nothing of it

        for name, new in self._new.items():
            group = self._groups[name]
            if new * _PART >= sum(map(len, group.values())):
                there = {path for facts in group.values() for path in facts if os.path.exists(path)}  # noqa: PTH110
                kept = {
                    kind: {path: each for path, each in facts.items() if path in there}
                    for kind, facts in group.items()
                }
                data = pickle.dumps((self._key(name), kept), pickle.HIGHEST_PROTOCOL)
                store.put(self.folder, self._file(name), data, alone=False)
        if self._new:
            store.trim(self.folder)
        self._new.clear()

    def _group_of(self, path: str) -> str:
        found = _MODULE.match(path) if "@" in path else None
        return found[0] if found else self.workspace

    def _read(self, name: str) -> _Group:
        import pickle  # noqa: PLC0415 - as above

        data = store.get(self.folder, self._file(name))
        if data is None:
            return {}
        try:
            key, group = pickle.loads(data)  # noqa: S301 - written by this user and this program only
        except Exception:
            return {}
        return group if key == self._key(name) else {}

    def _key(self, name: str) -> object:
        return name, self.program

    def _file(self, name: str) -> str:
        return f"facts-{zlib.crc32(name.encode('utf-8', 'surrogateescape')):08x}"
