"""A run after a change of imports, by the plan of an earlier run, does the same as a whole run.

Both runs see the same random edits, each in a workspace of its own. Most edits are of the kind that one
directory decides; the others must lead to a whole run, or to the same result.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import pytest
from requirements import require

from bazel_xc.cli import main, remembering

Edit = Callable[[str], str | None]
STEPS = int(os.environ.get("BAZEL_XC_REPLAN_STEPS", "40"))
CONFIG = "[platforms]\nlinux_amd64 = { cgo = true }\nwindows_arm64 = { cgo = false }\n"
CGO = 'package native\n\n// #cgo LDFLAGS: -lm\n// double cos(double);\nimport "C"\n\nfunc Cos() {}\n'
TEST = """\
package a

import (
	"testing"

	"example.com/w/b"
)

var _ = b.B

func Test(*testing.T) {}
"""
# Directory -> the rest of a package's only file; what it imports is drawn.
PLAIN = {
    "a": "package a\n%s\nfunc A() {}\n",
    "b": "package b\n%s\nfunc B() {}\n",
    "c": "package c\n%s\ntype C struct{}\n",
    "deep/d": "package d\n%s\nfunc D() {}\n",
    "internal/e": "package e\n%s\nfunc E() {}\n",
    "cmd/tool": "package main\n%s\nfunc main() {}\n",
    "mixed": "package mixed\n%s\nfunc Mixed() { only() }\n",
    "split": "package split\n%s\nfunc Split() { half() }\n",
    "above": "package above\n%s\nfunc Above() {}\n",
}
HALF = "example.com/w/half"  # lacks a function on one platform
FIXED = {
    "go.mod": "module example.com/w\n\ngo 1.21\n",
    "MODULE.bazel": 'bazel_dep(name = "rules_go", version = "0.50.1")\n',
    "bazel_xc.toml": CONFIG,
    "native/native.go": CGO,
    "mixed/only_linux.go": "package mixed\n\nfunc only() {}\n",
    "split/half_linux.go": "package split\n\nfunc half() {}\n",
    "split/third_linux.go": "package split\n\nfunc third() {}\n",
    "split/half_windows.go": "package split\n\nfunc half() {}\n",
    "half/half.go": "package half\n\nfunc Half() {}\n",
    "half/extra_linux.go": "package half\n\nfunc Extra() {}\n",
    "posix/posix_linux.go": "package posix\n\nfunc Posix() {}\n",
    "a/a_test.go": TEST,
    "other/internal/f/f.go": "package f\n\nfunc F() {}\n",
}
# A module beside the workspace that imports one of its packages.
BESIDE = {
    "../t/go.mod": "module example.com/t\n\ngo 1.21\n",
    "../t/t.go": 'package t\n\nimport _ "example.com/t/in"\n',
    "../t/in/in.go": 'package in\n\nimport _ "example.com/w/deep/d"\n',
    "go.mod": f"{FIXED['go.mod']}\nrequire example.com/t v1.0.0\n\nreplace example.com/t => ../t\n",
    "uses_t/uses_t.go": 'package uses_t\n\nimport _ "example.com/t"\n',
}
HALVES = ("var _ = half.Half\n", "var _ = half.Extra\n")
BROKEN = {
    "two/one.go": "package one\n",
    "two/two.go": "package two\n",
    "uses/uses.go": 'package uses\n\nimport _ "example.com/w/two"\n',
}
IMPORTS = (
    HALF,
    *(
        "example.com/w/a",
        "example.com/w/b",
        "example.com/w/c",
        "example.com/w/deep/d",
        "example.com/w/internal/e",
    ),
    *("example.com/w/native", "example.com/w/mixed", "example.com/w/posix", "example.com/w/above"),
    *(
        "example.com/w/cmd/tool",
        "example.com/w/other/internal/f",
        "example.com/missing/x",
        "example.com/w/two",
        "example.com/w/uses",
        "example.com/t",
    ),
    *("fmt", "strings", "net", "os/user", "log/syslog", "internal/abi", "embed", "unsafe"),
)


def source(directory: str, imports: Sequence[str], note: str = "") -> str:
    lines = "".join(f'\t"{each}"\n' if each == HALF else f'\t_ "{each}"\n' for each in imports)
    return PLAIN[directory] % (f"\nimport (\n{lines})\n{note}" if lines else f"\n{note}")


def write_package(root: Path, directory: str, *imports: str) -> None:
    """The only file of a plain package, with imports of the workspace."""
    text = source(directory, [f"example.com/w/{each}" for each in imports])
    write(root, f"{directory}/{directory.rpartition('/')[2]}.go", text)


def write(root: Path, path: str, text: str) -> None:
    """As an editor does: a new file in the place of the old one."""
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    made = target.with_name(f"{target.name}.new")
    made.write_text(text)
    made.rename(target)


def apply(root: Path, path: str, edit: Edit) -> None:
    target = root / path
    text = edit(target.read_text() if target.exists() else "")
    if text is None:
        target.unlink(missing_ok=True)
    else:
        write(root, path, text)


def builds(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("BUILD.bazel"))}


def edits(dice: random.Random) -> Iterator[dict[str, Edit]]:
    """What each step does to files: new text from the old one, None for a file that goes."""
    now = {each: ["fmt"] for each in PLAIN}
    easy = [
        each
        for each in IMPORTS
        if each.rpartition("/")[2] in ("a", "b", "c", "d", "fmt", "half", "strings", "net", "t")
    ]
    while True:
        changed: dict[str, Edit] = {}
        for each in dice.sample(sorted(PLAIN), dice.choice((1, 1, 1, 2))):
            drawn = dice.choice((*[easy] * 7, IMPORTS))
            match dice.choice(("imports", "imports", "imports", "file", "gone", "build", "named")):
                case "imports":
                    there = [name for name in now[each] if dice.random() < (0.7 if name in easy else 0.2)]
                    now[each] = sorted({*there, *dice.sample(drawn, dice.choice((0, 1, 1, 2)))})
                    used = ("var _ = third\n",) if each == "split" else ("// A third.\n",)
                    note = dice.choice(("// Note.\n", "// Another.\n", *HALVES, *used, *used))
                    text = source(each, now[each], note)
                    changed[f"{each}/{each.rpartition('/')[2]}.go"] = partial(replaced, text)
                case "file":
                    text = more(each, dice.sample(drawn, dice.choice((0, 1))))
                    if each == "split":
                        text += dice.choice(("", "", "", "var _ = third\n", "func third() {}\n"))
                    changed[f"{each}/more{dice.randrange(2)}.go"] = partial(replaced, text)
                case "gone":
                    changed[f"{each}/more{dice.randrange(2)}.go"] = gone
                case "named":  # names that mean something to go
                    name = dice.choice(("more_test.go", "more_windows.go", "notes.txt", "_more.go"))
                    is_made = dice.random() < 0.5
                    changed[f"{each}/{name}"] = partial(replaced, more(each, [])) if is_made else gone
                case "build":
                    changed[f"{each}/BUILD.bazel"] = dice.choice((without_deps, noted, kept_dep, renamed))
        yield changed


def more(directory: str, imports: Sequence[str]) -> str:
    return source(directory, imports).replace("func ", "func more").replace("type ", "type more")


def replaced(text: str, _: str) -> str:
    return text


def gone(_: str) -> None:
    return None


def without_deps(text: str) -> str:
    return re.sub(r"    deps = \[.*?\],\n", "", text, flags=re.DOTALL)


def noted(text: str) -> str:
    return f"{text}\n# A note.\n"


def kept_dep(text: str) -> str:
    return text.replace("deps = [\n", 'deps = [\n        "//far:away",  # keep\n')


def renamed(text: str) -> str:
    return text.replace('name = "a"', 'name = "other"')


def answers_of(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Grows by one for each run with changed files: whether the kept plan was enough."""
    answers: list[bool] = []
    answer = remembering.Memory.again

    def counted(self: remembering.Memory, root: str) -> object:
        found = answer(self, root)
        answers.append(found is not None)
        return found

    monkeypatch.setattr(remembering.Memory, "again", counted)
    return answers


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with the files at the root of a workspace."""
    require("go")
    monkeypatch.setenv("GOFLAGS", "")
    root = tmp_path / "w"
    for path in ("go.mod", "MODULE.bazel", "bazel_xc.toml"):
        write(root, path, FIXED[path])
    monkeypatch.chdir(root)
    return root


def generated() -> list[int]:
    """The exit codes of two runs: the second finds nothing to do and keeps it."""
    codes: list[int] = []
    for _ in range(2):
        time.sleep(0.03)  # see ``test_same_files_and_output``
        codes.append(main(["generate"]))
    return codes


def test_errors_of_other_packages_are_found_anew(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program that is imported, in a cycle: go reports the one or the other."""
    require("go")
    monkeypatch.setenv("GOFLAGS", "")
    monkeypatch.chdir(tmp_path)
    files = {
        "cmd/tool/tool.go": source("cmd/tool", ["example.com/w/b"]),
        "b/b.go": source("b", ["example.com/w/c"]),
        "c/c.go": source("c", ["example.com/w/cmd/tool", "example.com/w/deep/d"]),
        "deep/d/d.go": source("deep/d", ["example.com/w/deep/d"]),
    }
    write(tmp_path, "go.mod", FIXED["go.mod"])
    for plain in (True, False):
        for path, text in files.items():
            write(tmp_path, path, source(path.rpartition("/")[0], []) if plain else text)
        for _ in range(3):
            time.sleep(0.03)
            main(["generate"])
    write(tmp_path, "cmd/tool/tool.go", source("cmd/tool", []))
    time.sleep(0.03)
    capsys.readouterr()
    main(["generate"])

    assert "is a program" in capsys.readouterr().err


def test_import_beside_files_of_some_platforms_needs_no_whole_run(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the names that a platform may lack are asked about, not all words of the file."""
    split = {path: text for path, text in FIXED.items() if path.startswith("split/")}
    for path, text in {**split, "b/b.go": source("b", [])}.items():
        write(root, path, text)
    answers = answers_of(monkeypatch)
    for imports, note in (
        ([], ""),
        ([], ""),
        (["example.com/w/b"], "// Another word.\n"),
        ([], "var _ = third\n"),
    ):
        write(root, "split/split.go", source("split", imports, note))
        generated()

    assert answers == [False, False, True, False, False]
    assert "third is declared only in third_linux.go" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("rest", "is_plain"),
    [
        pytest.param("", True, id="new_file"),
        pytest.param("var _ = third\n", False, id="with_a_name_that_a_platform_lacks"),
        pytest.param("func third() {}\n", False, id="that_declares_such_a_name"),
        pytest.param("func (c C) third() {}\n", False, id="that_has_such_a_word"),
    ],
)
def test_file_beside_files_of_some_platforms(
    rest: str,
    is_plain: bool,
    root: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for path in (each for each in FIXED if each.startswith("split/")):
        write(root, path, FIXED[path])
    answers = answers_of(monkeypatch)
    write(root, "split/split.go", source("split", []))
    for text in (None, "package split\n\ntype C int\n" + rest, "package split\n\nvar _ = third\n"):
        if text:
            write(root, "split/more.go", text)
        generated()

    assert answers[2] == is_plain
    assert not any(answers[3:]), "a later use is found by whole runs"
    assert "third is declared only in third_linux.go" in capsys.readouterr().err
    assert "more.go" in builds(root)["split/BUILD.bazel"].decode()


def test_import_of_a_package_that_lacks_a_name_somewhere_needs_no_whole_run(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unless a file uses the name, at once or later."""
    for path in ("half/half.go", "half/extra_linux.go"):
        write(root, path, FIXED[path])
    write(root, "a/other.go", "package a\n")
    answers = answers_of(monkeypatch)
    for imports, note in (
        ([], ""),
        ([], ""),
        ([HALF], "var _ = half.Half\n"),
        ([HALF], "var _ = half.Half\n\n// Another body.\n"),
        ([HALF], "var _ = half.Extra\n"),
        ([], ""),
        ([HALF], "var _ = half.Extra\n"),
    ):
        write(root, "a/a.go", source("a", imports, note))
        capsys.readouterr()
        generated()
        found = "half.Extra is declared only in extra_linux.go" in capsys.readouterr().err
        assert found == ("Extra" in note), (imports, note)

    assert answers[:3] == [False, False, True]
    assert not any(answers[3:]), "the use is found by whole runs, which write the platforms"


def test_errors_of_go_about_other_packages_need_no_whole_run(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only above a package that does not load may an import change what go says about it."""
    for path, text in BROKEN.items():
        write(root, path, text)
    for each in ("a", "b", "c"):
        write(root, f"{each}/{each}.go", source(each, []))
    answers = answers_of(monkeypatch)
    for imports in ([], [], ["example.com/w/b"], ["example.com/w/uses"]):
        write(root, "a/a.go", source("a", imports))
        assert generated() == [1, 1]
        told = "two: error: found packages one (one.go) and two (two.go)"
        assert capsys.readouterr().err.count(told) == 2, "once in each run"

    assert answers == [False, False, True, False, False]


def test_import_that_reaches_a_package_in_a_cycle_needs_a_whole_run(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """``b`` has rules, and an error of go since it imports itself; ``c`` closes a second cycle through it."""
    for path, imports in {"a": ["b"], "b": ["deep/d"], "c": [], "deep/d": ["c"]}.items():
        write_package(root, path, *imports)
    answers = answers_of(monkeypatch)
    for path, imports in (("c", []), ("b", ["b", "deep/d"]), ("c", ["a"])):
        write_package(root, path, *imports)
        capsys.readouterr()
        generated()

    told = capsys.readouterr().err
    assert all(told.count(f"{each}: error: import cycle not allowed") == 2 for each in "ab")
    assert not any(answers)


def test_cycle_through_another_module_needs_a_whole_run(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for path, text in BESIDE.items():
        write(root, path, text)
    for path, imports in {"b": [], "c": [], "deep/d": ["c"]}.items():
        write_package(root, path, *imports)
    answers = answers_of(monkeypatch)
    generated()
    for path in ("b", "c"):
        write(root, f"{path}/{path}.go", source(path, ["example.com/t"]))
        generated()

    assert answers == [False, False, True, False, False]


@pytest.mark.parametrize("broken", [False, True])
@pytest.mark.parametrize("seed", range(2))
def test_same_files_and_output(
    seed: int,
    broken: bool,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With ``broken``, go reports errors about some packages in every run."""
    require("go")
    monkeypatch.setenv("GOFLAGS", "")
    monkeypatch.setenv("GOMODCACHE", str(tmp_path / "modules"))
    again = answers_of(monkeypatch)
    kept, whole = tmp_path / "kept" / "w", tmp_path / "whole" / "w"
    first = {f"{each}/{each.rpartition('/')[2]}.go": source(each, ["fmt"]) for each in PLAIN}
    for path, text in {**FIXED, **BESIDE, **first, **(BROKEN if broken else {})}.items():
        write(kept, path, text)
    shutil.copytree(kept.parent, whole.parent)

    def run(root: Path, *arguments: str) -> tuple[int, str, str]:
        monkeypatch.chdir(root)
        code = main(["generate", *arguments])
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    for root in (kept, whole):
        assert run(root)[0] == broken
    for step, files in enumerate(edits(random.Random(seed))):
        if step == STEPS:
            break
        time.sleep(0.03)  # a run that begins in the tick of the clock in which a file changed keeps nothing
        run(kept)
        for root in (kept, whole):
            for path, edit in files.items():
                apply(root, path, edit)
        time.sleep(0.03)
        assert run(kept) == run(whole, "--no-cache"), (seed, step, files)
        assert builds(kept) == builds(whole), (seed, step, files)

    assert any(again), "no run used the kept plan"
