"""A random walk over versions of a small workspace: the memory never changes an answer.

Each step changes something, runs a command, and compares exit code, output and errors with those of a run
without the memory. Runs without it are remembered by everything that they could depend on, and so is what go
says, so that a walk which often goes back takes a third of the time. ``make memory STEPS=100000`` walks far;
``BAZEL_XC_MEMORY_SEED`` repeats a walk.
"""

from __future__ import annotations

import io
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, redirect_stderr, redirect_stdout
from pathlib import Path

import pytest
from attrs import define, field
from memory_workspace import (
    ARGUMENTS,
    ENVIRONMENT,
    GO,
    VERSIONS,
    State,
    digest,
    lay_out,
    lay_out_go,
    restore,
    state_of,
    write,
)
from requirements import require

from bazel_xc.cli import main
from bazel_xc.commands import ahead, inputs, snapshot
from bazel_xc.commands.inputs import inputs_of
from bazel_xc.golang import toolchain
from bazel_xc.golang.loading import load
from bazel_xc.golang.toolchain import Run, find_go, run_go
from bazel_xc.memory import replay

STEPS, SEED = "BAZEL_XC_MEMORY_STEPS", "BAZEL_XC_MEMORY_SEED"
# More than the time of change that the memory trusts.
_SETTLED_SECONDS = 0.07
_DEEP = 4

Answer = tuple[int, str, str]


@define
class Go:
    """Runs go, or repeats what it said to the same question about the same ``files``, empty if unknown."""

    files: bytes = b""
    known: dict[object, Run] = field(factory=dict)

    def __call__(
        self,
        command: str,
        arguments: list[str],
        directory: Path,
        environment: Mapping[str, str],
        timeout: float = toolchain.TIMEOUT_SECONDS,
    ) -> Run:
        """See ``run_go``."""
        if not self.files:
            return run_go(command, arguments, directory, environment, timeout)
        key = (self.files, directory, tuple(sorted(environment.items())), tuple(arguments))
        if key not in self.known:
            self.known[key] = run_go(command, arguments, directory, environment, timeout)
        return self.known[key]


@define
class Walk:
    """A walk at its present place; ``steps`` are those so far, for the message of a failure."""

    base: Path
    dice: random.Random
    environment: dict[str, str | None]
    patch: pytest.MonkeyPatch
    go: Go = field(factory=Go)
    steps: list[str] = field(factory=list)
    known: dict[object, Answer] = field(factory=dict)
    before: list[tuple[State, dict[str, str | None]]] = field(factory=list)
    counts: Counter[str] = field(factory=Counter)

    def step(self) -> None:
        """Changes something, and asks once or twice."""
        self.change()
        if self.dice.random() < 0.75:
            self.wait()
        arguments = self.dice.choice(ARGUMENTS[: self.dice.choice((1, 1, 3, 4, len(ARGUMENTS)))])
        if self.dice.random() < 0.1:
            self.disturbed(arguments)
        self.compare(arguments)
        if self.dice.random() < 0.4:
            self.compare(arguments)

    def wait(self) -> None:
        self.note("wait")
        time.sleep(_SETTLED_SECONDS)

    def note(self, text: str) -> None:
        self.steps.append(text)

    def change(self) -> None:
        """Takes a change back, or makes another one."""
        if len(self.before) >= _DEEP or (self.before and self.dice.random() < 0.45):
            self.note("undo")
            files, environment = self.before.pop()
            restore(self.base, files)
            self.environment = environment
            return
        self.before.append((state_of(self.base), dict(self.environment)))
        for _ in range(self.dice.choice((1, 1, 1, 2))):
            chosen: Callable[[], None] = self.dice.choice(
                (*(self.edit,) * 12, self.edit_quietly, self.touch, self.mode, self.rename, self.set_variable)
            )
            chosen()

    def edit(self) -> None:
        """Gives a path another version."""
        path = self.dice.choice(list(VERSIONS))
        at = self.dice.randrange(len(VERSIONS[path]))
        self.note(f"edit {path} {at}")
        write(self.base, path, VERSIONS[path][at])

    def edit_quietly(self) -> None:
        """Edits a file, and leaves the time of its last modification as it was."""
        path = self.dice.choice([each for each, versions in VERSIONS.items() if isinstance(versions[0], str)])
        place = self.base / path
        text = self.dice.choice([each for each in VERSIONS[path] if isinstance(each, str)])
        if place.is_file() and not place.is_symlink():
            self.note(f"edit quietly {path}")
            old = place.stat()
            text = text.ljust(old.st_size)[: old.st_size] if self.dice.random() < 0.5 else text
            if self.dice.random() < 0.5:
                (self.base / "made").write_text(text)
                (self.base / "made").replace(place)
            else:
                place.write_text(text)
            os.utime(place, ns=(old.st_atime_ns, old.st_mtime_ns))

    def touch(self) -> None:
        path = self._file()
        self.note(f"touch {path}")
        os.utime(self.base / path)

    def mode(self) -> None:
        path = self._file()
        self.note(f"chmod {path}")
        (self.base / path).chmod(self.dice.choice((0o600, 0o644, 0o755)))

    def rename(self) -> None:
        one, other = self._file(), self._file()
        self.note(f"rename {one} {other}")
        (self.base / one).replace(self.base / other)

    def set_variable(self) -> None:
        name = self.dice.choice(list(ENVIRONMENT))
        self.environment[name] = self.dice.choice(ENVIRONMENT[name])
        self.note(f"set {name} {self.environment[name]}")

    def _file(self) -> str:
        return self.dice.choice(
            [path for path, (kind, _, _) in state_of(self.base).items() if kind == "file" and path[0] != "c"]
        )

    def disturbed(self, arguments: Sequence[str]) -> None:
        """Runs a command during which a file changes; its answer is not judged."""
        before, after = self.dice.choice(((self.edit, _nothing), (_nothing, self.edit)))
        self.note("during a run:")
        with self.patch.context() as patch:
            disturb(patch, before, after)
            files = state_of(self.base)
            self.go.files = b""
            self.ask(arguments)
            self.before.append((files, dict(self.environment)))

    def compare(self, arguments: Sequence[str]) -> None:
        """Asks with and without the memory."""
        self.note(" ".join(arguments))
        files = state_of(self.base)
        hits = self.counts["hits"]
        self.go.files = digest(files)
        found = self.ask(arguments)
        hit = self.counts["hits"] > hits
        key = (self.go.files, tuple(self.environment.items()), tuple(arguments))
        if found != self.known.get(key):
            restore(self.base, files)
            self.known[key] = self.ask([*arguments, "--no-cache"])
        self.counts["answers"] += 1
        said = f"{'a repeated' if hit else 'a new'} answer differs after: {'; '.join(self.steps[-12:])}"
        assert found == self.known[key], said
        restore(self.base, files)

    def ask(self, arguments: Sequence[str]) -> Answer:
        """Runs a command in this process."""
        output, errors = io.StringIO(), io.StringIO()
        with self.patch.context() as patch, ExitStack() as stack:
            for name, value in self.environment.items():
                if value is None:
                    patch.delenv(name, raising=False)
                else:
                    patch.setenv(name, value.replace("$BASE", str(self.base)))
            patch.chdir(self.base / "w")
            stack.enter_context(redirect_stdout(output))
            stack.enter_context(redirect_stderr(errors))
            try:
                code = main(arguments)
            except SystemExit as e:
                code = int(e.code or 0)
        return code, output.getvalue(), errors.getvalue()


def _nothing() -> None:
    return


def disturb(patch: pytest.MonkeyPatch, before: Callable[[], object], after: Callable[[], object]) -> None:
    """Lets something happen in each run ``before`` the workspace is listed, and ``after`` that."""

    def loaded(*given: object, **named: object) -> object:
        before()
        found = load(*given, **named)  # type: ignore[arg-type]
        after()
        return found

    patch.setattr(snapshot, "load", loaded)


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Counts the answers that are repeated."""
    counts: Counter[str] = Counter()
    changed = replay.changed

    def counting(kept: replay.Kept, has_facts: replay.HasFacts) -> list[str] | None:
        found = changed(kept, has_facts)
        counts["hits"] += found == []
        return found

    monkeypatch.setattr(replay, "changed", counting)
    return counts


@pytest.mark.parametrize("gone", ["cache/example.com/dep@v1.0.0", "goenv", "go.work"])
def test_what_vanishes_during_a_run_is_not_taken_for_missing(
    gone: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, counted: Counter[str]
) -> None:
    """Outside of the workspace, where the directories themselves are not compared."""
    require("go")
    base = tmp_path.resolve()
    lay_out(base)
    write(base, "go.work", f"{GO}\nuse ./w\n")
    write(base, "goenv", "GOFLAGS=-tags=x\n")
    monkeypatch.setenv("GOMODCACHE", str(base / "cache"))
    monkeypatch.setenv("GOENV", str(base / "goenv"))
    monkeypatch.delenv("GOFLAGS", raising=False)
    monkeypatch.chdir(base / "w")
    time.sleep(_SETTLED_SECONDS)

    def at_the_end(*given: object) -> object:
        (base / gone).rename(base / "hidden")
        return inputs_of(*given)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(inputs, "inputs_of", at_the_end)
        assert main(["generate", "--check"]) == 1
    counted.clear()
    assert main(["generate", "--check"]) == 1

    assert counted["hits"] == 0


def test_module_that_vanishes_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    require("go")
    lay_out(tmp_path)
    cache = tmp_path.resolve() / "cache"
    monkeypatch.setenv("GOMODCACHE", str(cache))
    monkeypatch.chdir(tmp_path / "w")
    disturb(monkeypatch, _nothing, lambda: (cache / "example.com").rename(cache / "hidden"))

    assert main(["generate", "--check", "--no-cache"]) == 2
    said = f"bazel-xc: {cache}/example.com/dep@v1.0.0: removed during the run; run: go mod download\n"
    assert capsys.readouterr().err.endswith(said)


def test_the_memory_changes_no_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, counted: Counter[str]
) -> None:
    require("go")
    steps = int(os.environ.get(STEPS, "150"))
    seed = int(os.environ.get(SEED, "1"))
    base = tmp_path.resolve() / "base"
    base.mkdir()
    lay_out(base)
    goroot = tmp_path.resolve() / "go"
    lay_out_go(goroot, Path(find_go(os.environ, tmp_path).goroot))
    monkeypatch.setenv("GOROOT", str(goroot))
    monkeypatch.setenv("GOMODCACHE", str(base / "cache"))
    # go's own index trusts times and sizes, which "edit quietly" keeps: it would answer from older files.
    monkeypatch.setenv("GODEBUG", "goindex=0")
    environment: Mapping[str, str | None] = {name: versions[0] for name, versions in ENVIRONMENT.items()}
    walk = Walk(base, random.Random(seed), dict(environment), monkeypatch, counts=counted)
    for module in (ahead, toolchain):
        monkeypatch.setattr(module, "run_go", walk.go)

    for at in range(steps):
        try:
            walk.step()
        except AssertionError as e:
            e.add_note(f"seed {seed}, step {at} of {steps}")
            raise

    found = f"{counted['answers']} answers, {counted['hits']} of them repeated"
    sys.stdout.write(f"seed {seed}: {steps} steps, {found}\n")
    assert counted["hits"] > counted["answers"] // 10
