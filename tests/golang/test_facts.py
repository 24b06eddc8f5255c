"""Facts of Go files: edits that keep them, edits that do not, and that equal facts mean equal sources."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bazel_xc import tree
from bazel_xc.golang.facts import FileFacts, facts_of, has_facts
from bazel_xc.golang.source import scan_go
from bazel_xc.golang.sources import Sources
from bazel_xc.golang.undefined import Undefined
from bazel_xc.tree import DiskTree, MemoryTree

# The first seven bytes of code belong to the head: they tell that no import follows.
PLAIN = 'package a\n\nimport "fmt"\n\nfunc (T) A() { fmt.Println(B) }\n'
CGO = 'package a\n\n// #cgo LDFLAGS: -lm\n// int f(void);\nimport "C"\n\nfunc A() { C.f() }\n'
MAIN = "package main\n\nfunc main() { run() }\n"
WORDS = frozenset({b"A", b"B", b"Gone"})
EMBED = 'package a\n\nimport _ "embed"\n\n//go:embed a.txt\nvar A string\n'


def _facts(path: Path, text: str, *asked: str, line: bool = False) -> FileFacts:
    """The facts of a file that is written; ``asked`` are the kinds of names that the run asked for."""
    path.write_text(text, encoding="utf-8")
    sources = Sources(DiskTree(Path("/")))
    for kind in asked:
        if kind == "words":
            sources.mentioned(str(path), WORDS)
        else:
            getattr(sources, kind)(str(path))
    head = scan_go(path.name, text.encode()).head
    assert head is not None
    use = Undefined(import_path="a", file=str(path), line=1, name="B", declared_in=("b",))
    return facts_of({str(path): head}, sources, [use] if line else [])[str(path)]


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        pytest.param(PLAIN, "fmt.Println(B)", "fmt.Println(C)", id="body"),
        pytest.param(PLAIN, "A()", "X()", id="declaration"),
        pytest.param(PLAIN, " A() { fmt.Println(B) }\n", "", id="less_code"),
        pytest.param(PLAIN, "A()", "A(", id="syntax_error_in_code"),
        pytest.param(PLAIN, "A()", '/* import "os" */ A()', id="comment"),
        pytest.param(CGO, "C.f()", "C.g()", id="other_use_of_c"),
        pytest.param(MAIN, "run()", "other()", id="body_of_main"),
        pytest.param(MAIN, "}\n", "}\n\nfunc other() {}\n", id="more_beside_main"),
        pytest.param(EMBED, "tring\n", "tring\n\nfunc f() {}\n", id="more_beside_the_pattern"),
    ],
)
def test_edit_that_keeps_facts(text: str, old: str, new: str, tmp_path: Path) -> None:
    file = tmp_path / "a.go"
    facts = _facts(file, text)
    assert has_facts(str(file), facts)

    file.write_text(text.replace(old, new))

    assert old in text
    assert has_facts(str(file), facts)


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        pytest.param(PLAIN, "package a", "package b", id="package"),
        pytest.param(PLAIN, '"fmt"', '"log"', id="import"),
        pytest.param(PLAIN, 'import "fmt"', 'import "fmt"; import "log"', id="second_import"),
        pytest.param(PLAIN, "\nfunc", '\nimport "os"\n\nfunc', id="import_after_the_others"),
        pytest.param(PLAIN, '\nimport "fmt"\n', "", id="no_import"),
        pytest.param(PLAIN, '\nimport "fmt"\n', '\n/*\nimport "fmt"\n*/\n', id="import_in_a_comment"),
        pytest.param(PLAIN, "package a", "//go:build linux\n\npackage a", id="new_constraint"),
        pytest.param(PLAIN, "package a", "\npackage a", id="line_of_the_import"),
        pytest.param(PLAIN, PLAIN, PLAIN[:12], id="cut_in_the_head"),
        pytest.param(PLAIN, PLAIN, "", id="empty"),
        pytest.param(PLAIN, "\nfunc", "\n/* open\nfunc", id="open_comment"),
        pytest.param("//go:build linux\n\n" + PLAIN, "linux", "windows", id="constraint"),
        pytest.param(CGO, "-lm", "-ldl", id="cgo_line"),
        pytest.param(CGO, "int f", "int g", id="preamble"),
        pytest.param(CGO, '\nimport "C"', '\n\nimport "C"', id="preamble_apart"),
        pytest.param(MAIN, "func main", "func Main", id="no_main"),
        pytest.param(MAIN, "func main() { run() }", "/* func main() {} */", id="main_in_a_comment"),
        pytest.param(MAIN.replace("func main", "func x"), "func x", "func main", id="new_main"),
        pytest.param(EMBED, "a.txt", "b.txt", id="pattern"),
        pytest.param(EMBED, "//go", "// go", id="no_pattern"),
        pytest.param(EMBED, "//go", "\n//go", id="line_of_the_pattern"),
        pytest.param(EMBED, "var A", "var A\n\n//go:embed more\nvar B", id="second_pattern"),
        pytest.param(EMBED.replace("//go", "// go"), "// go", "//go", id="new_pattern"),
    ],
)
def test_edit_that_changes_facts(text: str, old: str, new: str, tmp_path: Path) -> None:
    file = tmp_path / "a.go"
    facts = _facts(file, text)

    file.write_text(text.replace(old, new, 1))

    assert old in text
    assert not has_facts(str(file), facts)


@pytest.mark.parametrize(
    ("asked", "new", "kept"),
    [
        pytest.param("words", PLAIN.replace("B", "A"), False, id="word_is_gone"),
        pytest.param("words", PLAIN + "// Gone\n", False, id="new_word"),
        pytest.param("words", PLAIN + "// more\n", True, id="word_that_nobody_asked_for"),
        pytest.param("words", PLAIN + "\n//  A fmt\n", True, id="the_same_words"),
        pytest.param("declared", PLAIN.replace("Println(B)", "Print()"), True, id="declarations_stay"),
        pytest.param("declared", PLAIN.replace("A()", "X()"), False, id="other_declaration"),
        pytest.param("declared", PLAIN + "\ntype T struct{ F int }\n", False, id="new_member"),
        pytest.param("declared", PLAIN.replace("{ fmt", "{ ( fmt"), False, id="no_longer_parsed"),
        pytest.param("used", PLAIN.replace("B", "(B)"), True, id="uses_stay"),
        pytest.param("used", PLAIN.replace("B", "X"), False, id="other_use"),
        pytest.param("used", PLAIN.replace("Println", "Print"), False, id="other_use_of_a_package"),
        pytest.param("used", PLAIN.replace("fmt.", "\nfmt."), True, id="lines_do_not_count"),
    ],
)
def test_names_count_if_the_run_asked_for_them(asked: str, new: str, kept: bool, tmp_path: Path) -> None:
    file = tmp_path / "a.go"
    not_asked, facts = _facts(file, PLAIN), _facts(file, PLAIN, asked)

    file.write_text(new)

    assert has_facts(str(file), not_asked)
    assert has_facts(str(file), facts) is kept


def test_lines_of_uses_count_in_a_file_with_a_finding(tmp_path: Path) -> None:
    file = tmp_path / "a.go"
    facts = _facts(file, PLAIN, "words", "declared", "used", line=True)
    assert has_facts(str(file), facts)

    file.write_text(PLAIN.replace("fmt.", "\nfmt."))

    assert not has_facts(str(file), facts)


def test_facts_are_of_any_file_with_that_text(tmp_path: Path) -> None:
    """The names that the facts have digests of are read in another run, by another path."""
    facts = _facts(tmp_path / "a.go", PLAIN, "words", "declared", "used")
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "a.go").write_text(PLAIN)

    assert has_facts(str(tmp_path / "below" / "a.go"), facts)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pipes in directories")
def test_pipe_in_place_of_the_file_does_not_hang(tmp_path: Path) -> None:
    facts = _facts(tmp_path / "a.go", PLAIN)
    (tmp_path / "a.go").unlink()
    os.mkfifo(tmp_path / "a.go")

    assert not has_facts(str(tmp_path / "a.go"), facts)


def test_no_file_has_no_facts(tmp_path: Path) -> None:
    facts = _facts(tmp_path / "a.go", PLAIN)
    (tmp_path / "a.go").unlink()
    (tmp_path / "b.go").mkdir()

    assert not any(has_facts(str(path), facts) for path in (tmp_path / "a.go", tmp_path / "b.go", "a\0b"))


def test_file_that_is_too_large_to_be_read_has_no_facts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run would not read it, but report it."""
    facts = _facts(tmp_path / "a.go", PLAIN)
    monkeypatch.setattr(tree, "LIMIT", 2 << 20)
    for size, kept in ((2 << 20, True), ((2 << 20) + 1, False)):
        (tmp_path / "a.go").write_text(PLAIN.ljust(size))
        assert has_facts(str(tmp_path / "a.go"), facts) is kept


_WORDS = (
    "package a|package main|package |import |import|i|( |) |;|\n|\n\n| |\t|\r\n|/*|*/|//|// |/|`|'|\"|\\|"
    '"C"|`C`|"fmt"|"embed"|`embed`|"\\x65mbed"|_ |. |x "y"|//go:embed a.txt\n|//go:embed "a b" c\n|'
    "/*go:embed x*/|//go:build linux\n|//go:build cgo\n\n|// +build x\n\n|#cgo LDFLAGS: -lm\n|int f(void);\n|"
    "func main()|func main |func|main|func Main() {}|{|}|var a = 1|\0|\ufeff|é|'\"'|'`'"
).split("|")
_PARTS = st.lists(
    st.one_of(st.sampled_from(_WORDS).map(str.encode), st.sampled_from((b"|", b"\xff"))), max_size=30
).map(b"".join)
_STARTS = st.sampled_from(
    (
        b"",
        b"package a\n",
        b'package a\n\nimport "fmt"\n\n',
        b'package a\n\nimport (\n\t"embed"\n\t"C"\n)\n',
        b"// Package main\npackage main\n\n",
        b'package main; import "embed"\n',
        b"//go:build x\n\npackage a\n",
    )
)


@given(start=_STARTS, one=_PARTS, other=_PARTS)
@settings(max_examples=500)
def test_equal_heads_mean_equal_sources(start: bytes, one: bytes, other: bytes) -> None:
    """The second text has the first one's head, and then goes on in its own way."""
    text = start + one
    known = scan_go("a.go", text)
    assume(known.head is not None)
    assert known.head is not None
    end = known.head.end
    for cut in (end, end - 1, end - 7, len(start)):
        found = scan_go("a.go", text[: max(cut, 0)] + other)
        if found.head == known.head:
            assert found == known
        elif found.head is not None and cut >= end and known.head.alone:
            assert (found.head.end, found.head.digest, found.head.alone) != (end, known.head.digest, True)


@given(start=_STARTS, one=_PARTS, other=_PARTS)
@settings(max_examples=300)
def test_whoever_has_the_facts_has_the_source(
    start: bytes, one: bytes, other: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    text = start + one
    known = scan_go("a.go", text)
    assume(known.head is not None)
    assert known.head is not None
    file = tmp_path_factory.getbasetemp() / "a.go"
    sources = Sources(MemoryTree({str(file): text}))
    facts = facts_of({str(file): known.head}, sources, [])[str(file)]
    file.write_bytes(text)
    assert has_facts(str(file), facts)
    for more in (text + other, text[: known.head.end] + other):
        file.write_bytes(more)
        if has_facts(str(file), facts):
            assert evolve(scan_go("a.go", more), head=None) == evolve(known, head=None)


@pytest.mark.parametrize("text", [PLAIN, CGO, MAIN, EMBED])
def test_every_byte_of_the_head_counts(text: str, tmp_path: Path) -> None:
    facts = _facts(tmp_path / "a.go", text)
    for at in range(facts[0]):
        changed = text[:at] + ("x" if text[at] != "x" else "y") + text[at + 1 :]
        (tmp_path / "a.go").write_text(changed)
        assert not has_facts(str(tmp_path / "a.go"), facts)
