"""Heads of files: what go/build would learn from them."""

from __future__ import annotations

from textwrap import dedent

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from bazel_xc.golang.constraints import NEVER, And, Expr, Not, Or, Tag, all_of
from bazel_xc.golang.source import Embed, Import, Preamble, SourceFile, scan_go, scan_other

LINUX, WINDOWS, CGO = Tag("linux"), Tag("windows"), Tag("cgo")


def _go(text: str, name: str = "x.go") -> SourceFile:
    return scan_go(name, dedent(text).encode())


def _paths(text: str) -> tuple[str, ...]:
    source = _go(text)
    assert not source.error
    return tuple(found.path for found in source.imports)


def test_an_ordinary_file() -> None:
    source = _go(
        """\
        // Copyright.

        //go:build linux

        // Package x is.
        package x

        import (
        \t"fmt"

        \tname "example.com/a.b/c-d" // why
        )

        import . "os"

        func f() { import_ := "import" }
        """,
        "x_arm64.go",
    )

    expected = SourceFile(
        name="x_arm64.go",
        package="x",
        imports=(Import("fmt", 9), Import("example.com/a.b/c-d", 11), Import("os", 14)),
        constraint=And((Tag("arm64"), LINUX)),
        header=LINUX,
    )
    assert expected == source


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("package x", (), id="nothing_behind_the_clause"),
        pytest.param('package x; import "a"; import ("b"; "c"); var x = 1', ("a", "b", "c"), id="semicolons"),
        pytest.param("package x\nimport `a`\n", ("a",), id="raw_path"),
        pytest.param('package x\nimport "a\\x62\\u0063\\143"\n', ("abcc",), id="escaped_path"),
        pytest.param('package x\nimport _"a"\nimport é "b"\n', ("a", "b"), id="names"),
        pytest.param(
            'package x\nimport (\n/* c */ "a" // "b"\n/* "c"\n*/\n)\n', ("a",), id="comments_inside"
        ),
        pytest.param(
            '/* package y\nimport "b" */ package /* z */ x\nimport/**/"a"', ("a",), id="comments_around"
        ),
        pytest.param('// package y\npackage x\n// import "b"\nimport "a"\n', ("a",), id="line_comments"),
        pytest.param('package x\nimport ()\nimport "a"\n', ("a",), id="empty_group"),
        pytest.param('package x\nvar a = `\nimport "b"\n`\n', (), id="stops_at_declaration"),
        pytest.param('package x\nimportant "b"\n', (), id="keyword_is_a_whole_word"),
        pytest.param('\ufeffpackage x\r\nimport (\r\n\t"a"\r\n)\r\n', ("a",), id="bom_and_crlf"),
        pytest.param("package x var y = 1", (), id="what_is_behind_the_clause_does_not_matter"),
        pytest.param('package x\nimport "a" "b"\n', ("a",), id="nor_what_is_behind_an_import"),
        pytest.param('package x\nimport "a"\n;import "b"\n', ("a",), id="empty_statement"),
        pytest.param(
            'package x\nimport "a" /* ; */; import "b"\n', ("a", "b"), id="comment_before_semicolon"
        ),
        pytest.param('package x\nimport "a"\nconst s = "/*"', ("a",), id="rest_is_not_read"),
    ],
)
def test_imports(text: str, expected: tuple[str, ...]) -> None:
    assert expected == _paths(text)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        pytest.param("", "expected 'package'", id="empty"),
        pytest.param("// only\n", "expected 'package'", id="only_comments"),
        pytest.param("/* open\npackage x\n", "expected 'package'", id="open_comment"),
        pytest.param("packagex\n", "expected 'package'", id="run_together"),
        pytest.param('package x import "a"\n', "expected ';' or a new line", id="two_on_a_line"),
        pytest.param('package x\n\nimport ("a" "b")\n', "expected ';' or a new line", id="two_paths"),
        pytest.param("package x\nimport a\n", "expected an import path", id="no_path"),
        pytest.param("package x\nimport (\n", "expected an import path", id="open_group"),
        pytest.param('package x\nimport "a\n"\n', "expected an import path", id="open_string"),
        pytest.param('package x\nimport "a b"\n', "invalid import path: a b", id="blank_in_path"),
        pytest.param('package x\nimport "\\q"\n', "invalid import path: ", id="unknown_escape"),
        pytest.param("package x\nimport `a\nb`\n", r"invalid import path: 'a\nb'", id="path_of_two_lines"),
        pytest.param('package x\nimport ""\n', "invalid import path: ", id="empty_path"),
        pytest.param("package x\n/* open\n", "comment not terminated", id="open_comment_behind"),
        pytest.param(";package x\n", "expected 'package'", id="semicolon_before"),
        pytest.param('package x\nimport ("a";;"b")', "expected an import path", id="semicolon_too_many"),
        pytest.param("package x\n\0", "illegal character NUL", id="nul_behind"),
        pytest.param("package x // \0\n", "illegal character NUL", id="nul"),
        pytest.param("package x\n// \ufeff\n", "illegal byte order mark", id="late_bom"),
    ],
)
def test_syntax_errors(text: str, error: str) -> None:
    source = _go(text)

    assert (error, ()) == (source.error, source.imports)


def test_text_that_is_not_utf8_is_an_error_in_the_head_only() -> None:
    head = scan_go("x.go", b"package x\n// caf\xe9\n")
    behind = scan_go("x.go", b"package x\nvar s = 1 // caf\xe9\n")

    expected = SourceFile(name="x.go", package="x", error="illegal UTF-8 encoding")
    assert expected == head
    assert not behind.error


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        pytest.param("//go:build linux\npackage x\n", LINUX, id="no_blank_line_needed"),
        pytest.param("\n\n  //go:build linux  \r\n\npackage x\n", LINUX, id="indented_crlf"),
        pytest.param(
            "/* a\n//go:build windows\n*/\n//go:build linux\npackage x\n", LINUX, id="block_comment"
        ),
        pytest.param("/* a */ //go:build linux\npackage x\n", None, id="behind_a_block_comment"),
        pytest.param("//go:build linux\n// +build windows\n\npackage x\n", LINUX, id="go_build_wins"),
        pytest.param("// +build linux cgo\n\npackage x\n", Or((LINUX, CGO)), id="plus_build"),
        pytest.param(
            "//+build linux\n//\t+build !cgo\n\npackage x\n", And((LINUX, Not(CGO))), id="two_lines"
        ),
        pytest.param("// +build linux\npackage x\n", None, id="plus_build_needs_blank_line"),
        pytest.param("// +build linux\n  package x\n", None, id="indent_is_no_blank_line"),
        pytest.param("/* a */\n// +build linux\n\npackage x\n", None, id="plus_build_behind_block_comment"),
        pytest.param(
            "// +build linux\n\n/* a */\n\npackage x\n", LINUX, id="plus_build_before_block_comment"
        ),
        pytest.param("//go:buildx linux\n//  go:build linux\npackage x\n", None, id="other_comments"),
        pytest.param("// +builder linux\n\npackage x\n", None, id="other_word"),
        pytest.param("package x\n//go:build linux\n\n", None, id="behind_the_clause"),
        pytest.param("package x // a\nvar s = `\n//go:build linux\n`", None, id="in_a_string"),
    ],
)
def test_constraints(header: str, expected: Expr | None) -> None:
    assert expected == _go(header).constraint


@pytest.mark.parametrize(
    ("header", "error"),
    [
        pytest.param("\n//go:build a b\npackage x\n", "column 2 of 'a b': unexpected b", id="malformed"),
        pytest.param("//go:build\npackage x\n", "column 1 of '': unexpected end", id="empty"),
        pytest.param("//go:build a\n//go:build a\npackage x\n", "multiple //go:build comments", id="two"),
    ],
)
def test_a_constraint_that_go_cannot_read_leaves_that_of_the_name(header: str, error: str) -> None:
    expected = SourceFile(name="x_linux.go", constraint=LINUX, error=error)

    assert expected == _go(header, "x_linux.go")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            """\
            package x

            /*
            #cgo LDFLAGS: -lm
            #include <a.h>
            */
            import "C"
            """,
            (Preamble("\n#cgo LDFLAGS: -lm\n#include <a.h>\n", 3),),
            id="block_comment",
        ),
        pytest.param(
            """\
            package x

            // int x;
            //
            //#include <a.h>
            import "C"
            """,
            (Preamble(" int x;\n\n#include <a.h>", 3),),
            id="line_comments",
        ),
        pytest.param(
            """\
            package x

            // int x;

            import "C"
            """,
            (),
            id="blank_line_between",
        ),
        pytest.param('package x // a\nimport "C"\n', (), id="comment_beside_the_clause"),
        pytest.param('package x\n/* a */ import "C"\n', (), id="comment_on_the_same_line"),
        pytest.param(
            'package x /* a\n*/ // b\nimport "C"\n', (Preamble(" b", 2),), id="statement_ends_in_comment"
        ),
        pytest.param('package x; /* a\n*/ // b\nimport "C"\n', (), id="statement_ended_before_comment"),
        pytest.param(
            """\
            package x

            // far

            // near
            /* one */ /* two */
            // three
            import "C"
            """,
            (Preamble(" near\n one \n two \n three", 5),),
            id="last_group_with_comments_of_both_kinds",
        ),
        pytest.param(
            """\
            package x

            // first
            import "C"
            import "fmt"
            // second
            import "C"
            """,
            (Preamble(" first", 3), Preamble(" second", 6)),
            id="two_imports",
        ),
        pytest.param('package x\n// a\nimport (\n"C"\n)\n', (Preamble(" a", 2),), id="group_of_one"),
        pytest.param(
            'package x\n// a\nimport (\n// b\n"C"\n)\n', (Preamble(" b", 4),), id="spec_before_group"
        ),
        pytest.param('package x\n// a\nimport (\n"C"\n"fmt"\n)\n', (), id="group_of_two"),
        pytest.param(
            'package x\nimport (\n"fmt" // a\n// b\n"C"\n)\n', (Preamble(" b", 4),), id="in_group_of_two"
        ),
        pytest.param('package x\n// a\nimport "c"\n', (), id="other_import"),
        pytest.param('package x\r\n/*\r\na\r\n*/\r\nimport "C"\r\n', (Preamble("\na\n", 2),), id="crlf"),
    ],
)
def test_preambles(text: str, expected: tuple[Preamble, ...]) -> None:
    assert expected == _go(text).preambles


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("//go:embed a b/*.txt", (Embed("a", 4), Embed("b/*.txt", 4)), id="several"),
        pytest.param(
            '//go:embed "a b" `c d`\te', (Embed("a b", 4), Embed("c d", 4), Embed("e", 4)), id="quoted"
        ),
        pytest.param("//go:embed all:a\n//go:embed c", (Embed("all:a", 4), Embed("c", 5)), id="all"),
        pytest.param("\tvar x string //go:embed a\r", (Embed("a", 4),), id="behind_code"),
        pytest.param('const s = "//go:embed a"\nconst r = `\n//go:embed b\n`', (), id="in_strings"),
        pytest.param("/*\n//go:embed a\n*/", (), id="in_a_block_comment"),
        pytest.param("const q = '\"' //go:embed a", (Embed("a", 4),), id="quote_in_a_rune"),
        pytest.param("//go:embedded a\n// go:embed b", (), id="other_comments"),
        pytest.param('//go:embed a "b', (), id="open_quote"),
        pytest.param('//go:embed "a"b', (), id="text_behind_quote"),
        pytest.param('//go:embed "\\ud800"', (), id="no_character"),
    ],
)
def test_embeds(text: str, expected: tuple[Embed, ...]) -> None:
    assert expected == _go(f'package x\nimport _ "embed"\n\n{text}\n').embeds


def test_embed_comments_mean_nothing_without_the_import() -> None:
    assert not _go("package x\n\n//go:embed a\nvar a string\n").embeds


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("func main() {}", True, id="plain"),
        pytest.param("func f() { if x { } }\n\nfunc\tmain (", True, id="behind_other_code"),
        pytest.param("func /* the */ main() {}", True, id="comment_between"),
        pytest.param("func mainly() {}\nfunc Main() {}", False, id="other_names"),
        pytest.param("func (t T) main() {}", False, id="method"),
        pytest.param("// func main() {}\n/*\nfunc main() {}\n*/", False, id="in_comments"),
        pytest.param('const a, b = "func main()", `\nfunc main() {}\n`', False, id="in_strings"),
        pytest.param("var r = '`'\nfunc main() {}\nvar s = '`'", True, id="quote_in_a_rune"),
        pytest.param("/* a */ const s = `a`\n\nfunc main() {}", True, id="behind_comments_and_strings"),
        pytest.param('const s = "`"\nfunc main() {}\n', True, id="backquote_in_a_string"),
    ],
)
def test_has_main(text: str, expected: bool) -> None:
    assert expected is _go(f'package main\n\nimport "fmt"\n\n{text}\n').has_main


def test_only_package_main_has_a_main() -> None:
    assert not _go("package x\n\nfunc main() {}\n").has_main


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        pytest.param("x.c", "#include <a.h>\n//go:build linux\n", (None, None), id="behind_code"),
        pytest.param("x.c", "/* a */\n//go:build linux\n#define X\n", (None, LINUX), id="go_build"),
        pytest.param("x_windows.c", "// +build cgo\n\nint x;\n", (WINDOWS, CGO), id="name_and_plus_build"),
        pytest.param("x.S", "// +build cgo\n#define X\n", (None, None), id="plus_build_needs_blank_line"),
        pytest.param("x_linux.syso", "//go:build cgo\n", (LINUX, None), id="syso_has_no_header"),
        pytest.param("x.h", "//go:build linux\n/* open", (None, None), id="open_comment_says_nothing"),
        pytest.param("x.s", "", (None, None), id="empty"),
    ],
)
def test_scan_other(name: str, text: str, expected: tuple[Expr | None, Expr | None]) -> None:
    """``expected`` are the constraints of the name and of the header."""
    constraint, header = all_of(*expected), expected[1]

    assert SourceFile(name=name, constraint=constraint, header=header) == scan_other(name, text.encode())


def test_scan_other_reports_a_malformed_constraint_and_never_takes_the_file() -> None:
    error = "column 5 of 'a ||': unexpected end"
    expected = SourceFile(name="x.c", constraint=NEVER, header=NEVER, error=error)

    assert expected == scan_other("x.c", b"\n//go:build a ||\nint x;\n")


_PIECES = st.sampled_from(
    'package x\n|package main|import |import (|)|"C"|"embed"|"a"|`|"|\'|\n|\r\n|;|//|/*|*/|//go:build '
    "|// +build |linux|&&|!|(|func main()|//go:embed |\\|{|}|\ufeff|\0| |\t".split("|")
)
_FILES = st.one_of(
    st.binary(max_size=200),
    st.lists(_PIECES, max_size=30).map(lambda pieces: "".join(pieces).encode()),
    st.binary(max_size=60).map(b'package main\nimport ("C"; "embed")\n//go:embed '.__add__),
)


@given(_FILES)
def test_scanning_never_raises(data: bytes) -> None:
    source = scan_go("x_linux.go", data)

    assert not (source.error and (source.imports or source.preambles or source.embeds))
    scan_other("x_test.c", data)


@given(_FILES, st.binary(max_size=60))
def test_code_behind_a_declaration_changes_no_head(data: bytes, more: bytes) -> None:
    head = b'package x\n\n// a\nimport "C"\n\nvar x = 1\n'

    assert scan_go("x.go", head) == evolve(scan_go("x.go", head + data + more), embeds=())
