"""What a Go file declares and uses."""

from __future__ import annotations

import pytest

from bazel_xc.golang.names import Use, read_declared, read_used


@pytest.mark.parametrize(
    ("code", "declared", "members"),
    [
        pytest.param("const A, b = 1, 2", {"A", "b"}, set(), id="constants"),
        pytest.param("var (\n\tV int\n\tW, X string\n)", {"V", "W", "X"}, set(), id="variables"),
        pytest.param("var V = func() { var local int; _ = local }", {"V"}, set(), id="locals stay inside"),
        pytest.param("func F() {}\nfunc init() {}\nfunc _() {}", {"F"}, set(), id="functions"),
        pytest.param("func (t *T) m() {}", set(), {"m"}, id="method"),
        pytest.param(
            "type T struct {\n\ta, B int\n\t*Emb\n\tq.Other\n}",
            {"T"},
            {"a", "B", "Emb", "Other"},
            id="struct",
        ),
        pytest.param("type I interface {\n\tm()\n\tE\n}", {"I"}, {"m"}, id="interface"),
        pytest.param("type A = B", {"A"}, set(), id="alias"),
    ],
)
def test_declarations(code: str, declared: set[str], members: set[str]) -> None:
    found = read_declared(f"package p\n\n{code}\n".encode())
    assert found.whole
    assert (set(found.names), set(found.members)) == (declared, members)


@pytest.mark.parametrize(
    ("code", "used"),
    [
        pytest.param("func f() { G() }", {"G"}, id="call"),
        pytest.param("func f(k Key) Sig { return none }", {"Key", "Sig", "none"}, id="types"),
        pytest.param("func f() { G := 1; _ = G }", set(), id="bound by :="),
        pytest.param("func f(G int) { _ = G }", {"int"}, id="parameter"),
        pytest.param("func f[G any]() { var _ G }", {"any"}, id="type parameter"),
        pytest.param("func f() { for G := range x { _ = G } }", {"x"}, id="range"),
        pytest.param("func f() { var G int; _ = G }", {"int"}, id="local variable"),
        pytest.param("func f() { type G int; var _ G }", {"int"}, id="local type"),
        pytest.param("func f() { switch G := v.(type) { case T: _ = G } }", {"T", "v"}, id="type switch"),
        pytest.param("var _ = T{G: g}", {"T", "g"}, id="key of a literal"),
        pytest.param("var _ q.Type", set(), id="type of another package"),
        pytest.param('// G\nvar _ = `G` + "G"', set(), id="comments and strings"),
    ],
)
def test_names_that_stand_alone(code: str, used: set[str]) -> None:
    data = f"package p\n\n{code}\n".encode()
    assert {each.name for each in read_used(data).alone} - read_declared(data).names - {"f", "_"} == used


def test_names_behind_dots() -> None:
    code = """\
package p

import (
	"fmt"
	x "example.com/a/b"
)

func f(t T) x.Type {
	fmt.Println(x.Const, t.field)
	fmt := other{}
	fmt.call()
	return t.inner.deep
}
"""
    names = read_used(code.encode())
    assert read_declared(code.encode()).imports == {"fmt": "", "example.com/a/b": "x"}
    assert names.qualified == (Use("Type", 8, "x"), Use("Const", 9, "x"))
    assert {each.name for each in names.selected} == {"field", "call", "inner", "deep"}


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"package p\nfunc f( {", id="broken"),
        pytest.param(b"\xff\xfe\x00", id="no text"),
    ],
)
def test_what_cannot_be_parsed_is_said(data: bytes) -> None:
    assert not read_declared(data).whole
    read_used(data)


def test_names_are_in_the_order_of_the_text() -> None:
    """Also if the parser finds them in another order; of two imports of a package the last one counts."""
    code = b'package p\n\nimport (\n\ta "x"\n\tb "x"\n)\n\nfunc f() { G(H, I, J, a.K(L, M.n)) }\n'
    for _ in range(9):
        used = read_used(code)
        assert [each.name for each in used.alone] == ["f", "G", "H", "I", "J", "a", "L", "M"]
        assert [(each.package, each.name) for each in used.qualified] == [("a", "K"), ("M", "n")]
        assert read_declared(code).imports == {"x": "b"}
