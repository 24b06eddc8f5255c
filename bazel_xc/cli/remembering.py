"""Results of commands that are repeated while nothing that they depend on changes.

Comes in: arguments, and the snapshot that a command leaves in its options. Goes out: the exit code of an
earlier run, with its output. It starts before everything else and imports next to nothing.
"""

from __future__ import annotations

import io
import os
import sys
import time
from typing import TYPE_CHECKING, TextIO

from bazel_xc.cli.terminal import columns
from bazel_xc.memory import replay, store

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from bazel_xc.cli.again import Again
    from bazel_xc.golang.facts import FileFacts
    from bazel_xc.memory.kept_facts import KeptFacts

# The commands whose result is a function of files and settings; ``modules`` is never repeated, but like the
# others it uses facts about files. A run that wrote a file is not kept.
_COMMANDS = frozenset({"generate", "report", "why", "matrix", "modules"})


class Memory:
    """What is kept for one command line. ``start`` is the time at which its run began, and ``unseen`` are
    files outside of the workspace that were missing then.
    """

    def __init__(self, folder: str, arguments: Sequence[str]) -> None:
        self.folder = folder
        self.start = time.time_ns()
        self.key = replay.key_of(arguments, os.environ, columns(sys.stdout))
        self.kept: replay.Kept | None = None
        self.changed: list[str] | None = None
        self.facts: KeptFacts | None = None
        self.unseen: frozenset[str] = frozenset()

    @classmethod
    def of(cls, arguments: Sequence[str]) -> Memory | None:
        """The memory that the arguments and the environment choose, None without one."""
        if "--no-cache" in arguments or _COMMANDS.isdisjoint(arguments):
            return None
        folder = _chosen(arguments) or store.default_folder(os.environ)
        try:
            return cls(folder, arguments) if folder else None
        except OSError:  # such as a working directory that is gone
            return None

    def repeat(self) -> int | None:
        """Prints the kept output of an unchanged run and returns its exit code, None if it has to run."""
        self.kept = replay.recall(self.folder, self.key)
        self.changed = replay.changed(self.kept, _has_facts) if self.kept else None
        if self.kept is None or self.changed != []:
            return None
        code, output, errors = self.kept[2]
        sys.stderr.write(errors)
        sys.stderr.flush()
        try:
            sys.stdout.write(output)
            sys.stdout.flush()
        except OSError:
            return None  # the run itself reports it
        return code

    def keep(self, options: argparse.Namespace, outcome: replay.Outcome) -> None:
        """Keeps an outcome if all inputs are known and none changed meanwhile."""
        from bazel_xc.commands.inputs import inputs_of  # noqa: PLC0415 - see above

        # The states come last: whatever changed since the start shows in them.
        plan = options.plan() if getattr(options, "plan", None) else None
        inputs = inputs_of(options.snapshot, options.config)
        if inputs is None:
            return
        kept = replay.remember(
            self.folder,
            self.key,
            inputs.paths,
            inputs.read,
            inputs.facts,
            outcome,
            start=self.start,
            unseen=self.unseen | inputs.downloads,
        )
        if kept and plan:
            replay.keep_plan(self.folder, self.key, kept, plan)

    def look_around(self, root: str) -> None:
        """Notes what is missing outside of the workspace, in directories such as the user's own.

        Their times say nothing about the few files that matter, because much else is written there.
        """
        from bazel_xc.commands.outside import outside  # noqa: PLC0415 - see above
        from bazel_xc.memory.watch import absent  # noqa: PLC0415 - see above

        self.unseen = absent(outside(root, os.environ))

    def learn(self) -> KeptFacts:
        """The facts about files that earlier runs found."""
        from bazel_xc.memory.kept_facts import KeptFacts  # noqa: PLC0415 - see above

        self.facts = KeptFacts(self.folder, self.key[-2:], start=self.start)
        return self.facts

    def again(self, root: str) -> Again | None:
        """The directories of the changed files, planned again; None if a whole run has to answer."""
        if not self.kept or not self.changed:
            return None
        names = {path: path[len(root) :].lstrip("/") for path in self.changed if path.startswith(f"{root}/")}
        facts = self.kept[1]
        asked = (path for path in names if not isinstance(facts[path], bytes) and any(facts[path][4:]))
        if len(names) != len(self.changed) or not all(_has_names(path, facts[path]) for path in asked):
            return None
        plan = replay.plan_of(self.folder, self.key, self.kept)
        if plan is None:
            return None
        from bazel_xc.cli.again import Again  # noqa: PLC0415 - see above

        return Again.of(plan, self, root, names)


def run(options: argparse.Namespace, memory: Memory) -> int:
    """Runs a command, and keeps its outcome if the command left its snapshot in the options."""
    kept_streams = sys.stdout, sys.stderr
    output, errors = _Copy(sys.stdout), _Copy(sys.stderr)
    sys.stdout, sys.stderr = output, errors
    options.memory = None if options.no_cache else memory
    options.facts = None if options.no_cache else memory.learn()
    if options.memory:
        memory.look_around(str(options.root))
    try:
        code = int(options.run(options))
        sys.stdout.flush()
    finally:
        sys.stdout, sys.stderr = kept_streams
    if options.memory:
        try:
            if memory.facts:
                memory.facts.save()
            if getattr(options, "snapshot", None):
                memory.keep(options, (code, output.text(), errors.text()))
        except Exception:
            if options.verbose:
                raise
    return code


def _chosen(arguments: Sequence[str]) -> str:
    """The argument of ``--cache-dir``, found without a parser, which also accepts the start of the word."""
    for at, each in enumerate(arguments):
        option, equals, value = each.partition("=")
        if len(option) >= len("--ca") and "--cache-dir".startswith(option):
            return value if equals else "".join(arguments[at + 1 : at + 2])
    return ""


def _has_facts(path: str, facts: FileFacts | tuple[bytes]) -> bool:
    from bazel_xc.golang.facts import has_facts  # noqa: PLC0415 - see above

    return has_facts(path, facts)


def _has_names(path: str, facts: FileFacts) -> bool:
    from bazel_xc.golang.facts import has_names  # noqa: PLC0415 - see above
    from bazel_xc.tree import read_file  # noqa: PLC0415 - see above

    try:
        return has_names(path, read_file(path), facts)
    except OSError:
        return False


class _Copy(io.TextIOBase):
    """A stream that keeps what is written to it."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__()
        self._stream = stream
        self._parts: list[str] = []

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self._stream.encoding

    def text(self) -> str:
        return "".join(self._parts)

    def write(self, text: str) -> int:
        self._parts.append(text)
        return self._stream.write(text)

    def flush(self) -> None:
        """Flushes the stream, unless it is closed: the end of this object flushes it once more."""
        if not self._stream.closed:
            self._stream.flush()

    def isatty(self) -> bool:
        return self._stream.isatty()

    def fileno(self) -> int:
        return self._stream.fileno()

    def writable(self) -> bool:
        return True
