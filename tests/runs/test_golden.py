"""Whole runs on small workspaces: every folder of ``testdata/golden`` shows one thing.

A folder holds ``README.md`` (what to look at), ``input/`` (the workspace), ``want/`` (the files that the run
creates or changes, complete), and where it differs from the ordinary ``args`` (one argument per line, else
``generate``), ``want.stdout`` (without the names of written files, which are checked against the tree),
``want.stderr`` and ``want.code``. What lies in ``modules/PATH@VERSION`` is in the module cache.

A ``generate`` of the whole workspace also writes the platforms package, unless it reports that nothing is
written. ``testdata/platforms_package`` has the ordinary packages; the input decides which of them applies.
The name of the folder is the platforms that ``bazel_xc.toml`` declares (``default`` if it declares none). If
``MODULE.bazel`` depends on ``platforms``, ``with_platforms_module`` follows; if there is a ``WORKSPACE``,
``in_a_workspace``. A package that differs, or has no such folder, is in the ``want`` of its case, complete.

``BAZEL_XC_UPDATE_GOLDEN=1`` writes what came out; read the difference before it is committed.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import starlark_go
from attrs import frozen
from goldens import (
    CASES,
    GOLDEN,
    PLATFORMS,
    TESTDATA,
    Tree,
    arguments,
    isolate,
    lay_out,
    ordinary_platforms,
    read_tree,
    text_of,
    wanted_files,
    without_count,
)

from bazel_xc import __version__
from bazel_xc.buildfile.parser import parse
from bazel_xc.cli import main

UPDATE = "BAZEL_XC_UPDATE_GOLDEN"
# Cases whose BUILD files are laid out by hand in a way that bazel-xc has to leave alone.
HAND_LAYOUT = frozenset({"crlf_kept", "odd_layout_kept", "several_statements_on_a_line", "text_is_utf_8"})


@frozen
class Outcome:
    """What a run said and changed; ``files`` are those that are new or other than before."""

    code: int
    stdout: str
    stderr: str
    files: Tree


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    isolate(monkeypatch, tmp_path_factory.mktemp("modules"))


def test_there_are_cases() -> None:
    assert CASES, f"no case in {GOLDEN}"
    assert [name for name in CASES if not (GOLDEN / name / "README.md").read_text().strip()] == []
    assert set(CASES) >= HAND_LAYOUT


@pytest.mark.parametrize("name", CASES)
def test_golden(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case, root = GOLDEN / name, tmp_path / "workspace"
    lay_out(case, root)
    outcome = _run(case, root, capsys)
    if os.environ.get(UPDATE):
        _update(case, outcome)
    command = f"{UPDATE}=1 python -m pytest tests/runs/test_golden.py -k '{name}'"
    assert outcome == _wanted(case), f"if this is right, run: {command}"
    again = _run(case, root, capsys)
    assert again.files == {}, "a second run changes what the first one wrote"
    assert again.code == outcome.code
    told, before = (each.stderr.count("\n") for each in (again, outcome))
    assert told <= before, f"a second run says more than the first:\n{again.stderr}"


def test_buildifier_changes_nothing(require: Callable[[str], str], tmp_path: Path) -> None:
    command = [require("buildifier"), "-mode=check", "-type=build"]
    copies: dict[str, str] = {}
    for path in _wanted_build_files():
        if path.relative_to(TESTDATA).parts[1] not in HAND_LAYOUT:
            copy = tmp_path / f"{len(copies)}.bazel"
            shutil.copy(path, copy)
            copies[str(copy)] = str(path.relative_to(TESTDATA))
    done = subprocess.run([*command, *copies], capture_output=True, text=True, check=False)
    said = done.stdout + done.stderr
    for copied, original in copies.items():
        said = said.replace(copied, original)
    assert (done.returncode, said) == (0, "")


def test_bazel_could_load_them() -> None:
    """The wanted files evaluate, no rule bears a name twice, no list names a label twice."""
    problems: dict[str, list[str]] = {}
    for path in _wanted_build_files():
        found = list(_load_problems(path))
        if found:
            problems[str(path.relative_to(TESTDATA))] = found
    assert problems == {}


# Running a case


def _run(case: Path, root: Path, capsys: pytest.CaptureFixture[str]) -> Outcome:
    before = read_tree(root)
    command, *rest = arguments(case)
    code = main([command, "-C", str(root), *rest])
    out, err = capsys.readouterr()
    after = read_tree(root)
    assert before.keys() <= after.keys(), "files were deleted"
    changed = {path: data for path, data in after.items() if before.get(path) != data}
    lines = out.splitlines(keepends=True)
    if changed:
        assert [line.rstrip() for line in lines if line.rstrip() in changed] == sorted(changed)
    return Outcome(
        code=code,
        stdout=_without_root("".join(line for line in lines if line.rstrip() not in changed), root),
        stderr=_without_root(without_count(err), root),
        files=changed,
    )


def _without_root(text: str, root: Path) -> str:
    """The parts that are the same on every machine and with every version of Go and of bazel-xc."""
    text = text.replace(str(root), "$ROOT").replace(__version__, "$VERSION")
    return re.sub(r"\bgo1\.\d+(?:\.\d+|rc\d+)?\b", "$GO", text)


# What is wanted


def _wanted(case: Path) -> Outcome:
    return Outcome(
        code=int(text_of(case / "want.code") or "0"),
        stdout=text_of(case / "want.stdout"),
        stderr=text_of(case / "want.stderr"),
        files=wanted_files(case),
    )


def _update(case: Path, outcome: Outcome) -> None:
    shutil.rmtree(case / "want", ignore_errors=True)
    for path, data in outcome.files.items():
        target = case / "want" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    package = {path: data for path, data in outcome.files.items() if path.startswith("platforms/")}
    if package and package == ordinary_platforms(case):
        shutil.rmtree(case / "want" / "platforms")
    said = {"stdout": outcome.stdout, "stderr": outcome.stderr, "code": f"{outcome.code or ''}"}
    for name, text in said.items():
        file = case / f"want.{name}"
        if text:
            file.write_text(text.removesuffix("\n") + "\n", encoding="utf-8")
        else:
            file.unlink(missing_ok=True)


def _wanted_build_files() -> list[Path]:
    folders = (*GOLDEN.glob("*/want"), PLATFORMS)
    paths = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    return sorted(path for path in paths if path.name.startswith("BUILD") or _is_build_file(path))


def _is_build_file(path: Path) -> bool:
    return path.suffix in ("", ".in") and b"go_library(" in path.read_bytes()


# Evaluating BUILD files

_PRELUDE = """
_rules = []
def select(branches):
    return [branches]
def glob(*patterns, **options):
    return [str((patterns, options))]
def _rule(*arguments, **attributes):
    _rules.append(attributes)
"""


def _load_problems(path: Path) -> Iterator[str]:
    data = path.read_bytes()
    file = parse(path.name, data)
    loads = [call for call in file.calls if call.kind == "load"]
    for call in reversed(loads):
        data = data[: call.span.start] + b"None" + data[call.span.end :]
    interpreter = starlark_go.Starlark()
    try:
        interpreter.exec(_PRELUDE + _definitions(data) + data.decode())
    except starlark_go.StarlarkError as e:
        yield str(e)
        return
    rules: list[dict[str, Any]] = interpreter.eval("_rules")
    names = [rule["name"] for rule in rules if rule.get("name")]
    yield from (f"{name} is there twice" for name in sorted(set(names)) if names.count(name) > 1)
    for rule in rules:
        for attribute, value in rule.items():
            if isinstance(value, list):
                yield from (f"{rule.get('name')}.{attribute}: {text} twice" for text in _twice(value))


def _definitions(data: bytes) -> str:
    """Every called name as a rule that only notes what it is given."""
    called = set(re.findall(r"(?<![\w.])([A-Za-z_]\w*)\(", data.decode()))
    return "".join(f"{kind} = _rule\n" for kind in sorted(called - {"glob", "load", "select"}))


def _twice(value: list[Any]) -> list[str]:
    """Labels that Bazel would find twice: in one list, or in a list and a select beside it."""
    common = [each for each in value if isinstance(each, str)]
    seen = set(common)
    found = {text for text in common if common.count(text) > 1}
    for choice in (each for each in value if isinstance(each, dict)):
        branches = [set(texts) for texts in choice.values()]
        found.update(text for branch in branches for text in branch & seen)
        seen |= set().union(*branches)
    return sorted(found)
