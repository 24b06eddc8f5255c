"""The names that C text declares and defines."""

from __future__ import annotations

import pytest

from bazel_xc.cgo.prototypes import Symbols


@pytest.mark.parametrize(
    ("text", "declared", "defined"),
    [
        pytest.param("int foo(int);", "foo", "", id="prototype"),
        pytest.param("extern const char *foo(void), *bar;", "foo", "", id="pointer"),
        pytest.param("int foo(int) { return bar(1); }", "", "foo", id="definition"),
        pytest.param("int foo(int);\nint foo(int a) { if (a) { b(); } return 1; }", "", "foo", id="both"),
        pytest.param("static int foo(int);", "", "foo", id="static_is_own"),
        pytest.param("static inline int foo(int a) { return a; }\nvoid b(void);", "b", "foo", id="inline"),
        pytest.param("typedef int (*cb)(int);\ntypedef int fn(int);", "", "", id="typedefs"),
        pytest.param("extern cb_t (*hook)(int);", "", "", id="pointer_to_function"),
        pytest.param("struct s { int (*f)(int); };\nstruct s *make(void);", "make", "", id="struct"),
        pytest.param("struct s make(void) { struct s x; return x; }", "", "make", id="returns_struct"),
        pytest.param('extern "C" {\nint foo(int);\n}\nint bar(int);', "bar foo", "", id="extern_c"),
        pytest.param('namespace n {\nextern "C" { int foo(int); }\nint x;\n}\nint bar(int);', "bar", "",
                     id="extern_c_in_a_namespace"),
        pytest.param("int foo(int);\n\u00a0int bar(int);", "bar foo", "", id="a_strange_space"),
        pytest.param('#ifdef __cplusplus\nextern "C" {\n#endif\nint foo(int);\n#ifdef __cplusplus\n}\n#endif',
                     "foo", "", id="extern_c_behind_a_condition"),
        pytest.param("#define foo(x) bar(x)\n// int a(int);\n/* int b(int); */", "", "", id="no_text"),
        pytest.param('__attribute__((visibility("default"))) int foo(int);', "foo", "", id="attribute"),
        pytest.param("API int foo(int) API_END;", "foo", "", id="macros_around"),
        pytest.param("DECLARE(foo);", "", "", id="macro_call"),
        pytest.param("extern int n;\nint total;\nextern int t[2];", "n t", "total", id="variables"),
        pytest.param("int x = f(2);\nint y[] = {1, 2};", "", "y", id="initial_values"),
        pytest.param("struct s;\nenum e { A, B };", "", "", id="types"),
        pytest.param("int foo(void", "", "", id="unfinished"),
        pytest.param("}}}} int foo(void);", "foo", "", id="too_many_braces"),
    ],
)  # fmt: skip
def test_symbols(text: str, declared: str, defined: str) -> None:
    found = Symbols.of(text.encode())

    assert (sorted(found.declared), sorted(found.defined)) == (declared.split(), defined.split())


def test_a_definition_elsewhere_counts() -> None:
    parts = (Symbols.of(b"int foo(int); int bar(int);"), Symbols.of(b"int foo(int a) { return a; }"))

    assert Symbols.merged(parts) == Symbols(frozenset({"bar"}), frozenset({"foo"}))
