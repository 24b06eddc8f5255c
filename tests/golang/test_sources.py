"""What a run asks about the words of a Go file, and what a later one depends on."""

from __future__ import annotations

import pytest

from bazel_xc.golang.sources import Sources
from bazel_xc.tree import MemoryTree

MANY = frozenset(f"Name{at}".encode() for at in range(50))


@pytest.mark.parametrize(
    ("text", "plain", "behind"),
    [
        pytest.param("x.Name()", True, True, id="selector"),
        pytest.param("x.\n\tName()", True, True, id="on_the_next_line"),
        pytest.param("Name()", True, False, id="alone"),
        pytest.param("func f(a ...Name)", True, False, id="variadic"),
        pytest.param("x.Names", False, False, id="longer_name"),
        pytest.param("x.MyName", False, False, id="end_of_a_name"),
        pytest.param("Name y.Names", True, False, id="alone_and_a_longer_one_behind_a_dot"),
        pytest.param("x.Ñame; x.Name", True, True, id="beside_another_alphabet"),
    ],
)
@pytest.mark.parametrize("others", [frozenset(), MANY])
def test_word_behind_a_dot(text: str, others: frozenset[bytes], *, plain: bool, behind: bool) -> None:
    """Few words are looked for in another way than many."""
    sources = Sources(MemoryTree({"a.go": f"package a\n\n{text}\n".encode()}))

    found = sources.mentioned("a.go", frozenset({b"Name", b".Name"}) | others)

    assert found == {each for each, there in ((b"Name", plain), (b".Name", behind)) if there}


def test_name_of_another_alphabet() -> None:
    sources = Sources(MemoryTree({"a.go": "package a\n\nvar Ñame = x.Größe\n".encode()}))

    asked = frozenset({"Ñame".encode(), b"ame", ".Größe".encode(), b"e"})
    assert sources.mentioned("a.go", asked) == {"Ñame".encode(), ".Größe".encode()}
    assert sources.mentioned("a.go", asked | MANY) == {"Ñame".encode(), ".Größe".encode()}


def test_questions_are_known() -> None:
    sources = Sources(MemoryTree({"a.go": b"package a\n"}))

    sources.mentioned("a.go", frozenset({b"A"}))
    sources.present("a.go", frozenset({b"B"}))

    assert sources.questions("a.go") == {frozenset({b"A"})}
    assert sources.asked("a.go") == ("words",)
    assert sources.asked("b.go") == ()
