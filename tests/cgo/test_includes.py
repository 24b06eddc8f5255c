"""The closure of #include inside the workspace: what is reached, how, and what is missing."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bazel_xc.cgo.includes import (
    C_STANDARD_HEADERS,
    Missing,
    Reached,
    ReachedFile,
    Root,
    Scans,
    Search,
    closure,
    stays_inside,
)
from bazel_xc.cgo.macros import Language, platform_macros
from bazel_xc.cgo.preprocess import scan
from bazel_xc.tree import MemoryTree

LINUX = platform_macros("linux_amd64", Language.C)


def _scans(tree: Mapping[str, str]) -> Scans:
    return Scans(MemoryTree({path: text.encode() for path, text in tree.items()}))


def _reached(tree: Mapping[str, str], *words: str, root: str = "p/a.c") -> Reached:
    return closure([Root(root)], Search.of_package("p", words), LINUX, _scans(tree))


def _how(reached: Reached) -> list[str]:
    """Each file with the ways it was found; ``.`` is the directory of the including file, ``//`` the root."""
    found = []
    for file in reached.files:
        ways = (*["."] * file.relative, *(each or "//" for each in file.directories))
        found.append(f"{file.path} < {' '.join(ways)}{'' if file.certain else ' ?'}")
    return found


def test_search_directories_in_the_order_of_compilers() -> None:
    words = [
        "-Ix",
        "-isystem",
        "s",
        "-iquoteq",
        "-I",
        "y",
        "-I/usr/include",
        "-I../up",
        "-Ix",
        "-I.",
        "-include",
        "f.h",
    ]
    found = Search.of_package("p", [*words, "-O2", "-I"])

    assert found == Search(quote=("q",), plain=("p", "x", "y", ""), system=("s",), forced=("f.h",))
    assert found.directories == ("q", "p", "x", "y", "", "s")


@pytest.mark.parametrize(
    ("tree", "words", "expected"),
    [
        pytest.param({"p/a.c": '#include "a.h"', "p/a.h": "", "p/b.h": ""}, [], ["p/a.h < ."], id="beside"),
        pytest.param({"p/a.c": "#include <a.h>", "p/a.h": ""}, [], ["p/a.h < p"], id="package_directory"),
        pytest.param(
            {"p/a.c": "#include <x.h>", "i/x.h": '#include "y.h"', "i/y.h": "", "y.h": ""},
            ["-Ii", "-I."],
            ["i/x.h < i", "i/y.h < ."],
            id="beside_the_including_file_first",
        ),
        pytest.param(
            {"p/a.c": '#include "x.h"\n#include <x.h>', "q/x.h": "", "i/x.h": ""},
            ["-Ii", "-iquoteq"],
            ["i/x.h < i", "q/x.h < q"],
            id="quoted_only",
        ),
        pytest.param(
            {"p/a.c": "#include <x.h>", "s/x.h": "", "i/x.h": ""},
            ["-isystem", "s", "-Ii"],
            ["i/x.h < i"],
            id="system_last",
        ),
        pytest.param(
            {"p/a.c": '#include "../lib/./b.c"', "lib/b.c": ""}, [], ["lib/b.c < ."], id="c_file_above"
        ),
        pytest.param(
            {"p/a.c": '#include "b.h"', "p/b.h": '#include "c.h"', "p/c.h": '#include "b.h"\n#include "a.c"'},
            [],
            ["p/a.c < .", "p/b.h < .", "p/c.h < ."],
            id="cycle",
        ),
        pytest.param(
            {"p/a.c": '#include "b.h"\n#include <p/b.h>', "p/b.h": ""},
            ["-I."],
            ["p/b.h < . //"],
            id="both_ways",
        ),
        pytest.param(
            {"p/a.c": "#ifdef _X\n#include <b.h>\n#endif", "p/b.h": "#include <c.h>", "p/c.h": ""},
            [],
            ["p/b.h < p ?", "p/c.h < p ?"],
            id="uncertain",
        ),
        pytest.param(
            {
                "p/a.c": "#ifdef _X\n#include <b.h>\n#endif\n#include <d.h>",
                "p/b.h": "#include <c.h>",
                "p/c.h": "",
                "p/d.h": "#include <b.h>",
            },
            [],
            ["p/b.h < p", "p/c.h < p", "p/d.h < p"],
            id="certain_after_all",
        ),
        pytest.param(
            {"p/a.c": "#include <x.h>", "i/x.h": "#include_next <x.h>", "j/x.h": "", "p/y.h": ""},
            ["-Ii", "-Ij"],
            ["i/x.h < i", "j/x.h < j"],
            id="next",
        ),
        pytest.param(
            {"p/a.c": "", "f.h": "#include <g.h>", "p/g.h": ""},
            ["-include", "f.h", "-I."],
            ["f.h < //", "p/g.h < p"],
            id="forced",
        ),
        pytest.param(
            {"p/a.c": "#include <ft.h>\n#include FT_X", "p/ft.h": "#define FT_X <x.h>", "p/x.h": ""},
            [],
            ["p/ft.h < p", "p/x.h < p ?"],
            id="macro_of_a_header",
        ),
        pytest.param(
            {"p/a.c": "#include <string.h>", "i/string.h": ""}, ["-Ii"], ["i/string.h < i"], id="own_iso_c"
        ),
        pytest.param(
            {"p/a.c": "#ifdef _WIN32\n#include <b.h>\n#endif", "p/b.h": ""}, [], [], id="other_platform"
        ),
    ],
)
def test_files(tree: Mapping[str, str], words: list[str], expected: list[str]) -> None:
    assert expected == _how(_reached(tree, *words))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("\n#include <b.h>", [Missing("p/a.c", 2, "b.h", True)], id="system"),
        pytest.param('#include "b.h"', [Missing("p/a.c", 1, "b.h", False)], id="quoted"),
        pytest.param(
            "#if _X\n#include <b.h>\n#endif", [Missing("p/a.c", 2, "b.h", True, False)], id="uncertain"
        ),
        pytest.param("#include <stdio.h>\n#include <threads.h>", [], id="iso_c"),
        pytest.param('#include "_cgo_export.h"', [], id="made_by_cgo"),
        pytest.param('#include "../../x.h"', [Missing("p/a.c", 1, "../../x.h", False)], id="outside"),
        pytest.param("#include </x.h>", [Missing("p/a.c", 1, "/x.h", True)], id="absolute"),
        pytest.param("#include <a\0b>", [Missing("p/a.c", 1, "a\0b", True)], id="no_file_name"),
    ],
)
def test_missing(text: str, expected: list[Missing]) -> None:
    tree = {"p/a.c": text, "../x.h": "", "/x.h": "", "a\0b": ""}

    assert expected == list(_reached(tree).missing)


def test_an_inclusion_by_an_unknown_macro_is_said() -> None:
    found = _reached({"p/a.c": "#include CONFIG"})

    assert found == Reached(unfollowed=(Missing("p/a.c", 1, "CONFIG", False),))


def test_a_preamble_has_no_directory_of_its_own() -> None:
    tree = {"p/x.h": "", "q/x.h": ""}
    root = Root("p/a.go", scan(b'#include "x.h"\n#include <y.h>', 5))
    found = closure([root], Search.of_package("p", ["-iquoteq"]), LINUX, _scans(tree))

    assert found == Reached(
        files=(ReachedFile(path="q/x.h", directories=("q",)),), missing=(Missing("p/a.go", 6, "y.h", True),)
    )


def test_directories_of_brackets_are_told_apart() -> None:
    tree = {"p/a.c": '#include "x.h"\n#include <y.h>\n', "x.h": "", "y.h": ""}
    found = closure([Root("p/a.c")], Search.of_package("p", ["-I."]), LINUX, _scans(tree))

    assert found.files == (
        ReachedFile(path="x.h", directories=("",)),
        ReachedFile(path="y.h", directories=("",), bracketed=("",)),
    )


def test_results_of_several_runs_are_merged() -> None:
    one = Reached(
        files=(ReachedFile(path="b.h", directories=("x",), certain=False),),
        missing=(Missing("a.c", 1, "z.h", True, False),),
    )
    other = Reached(
        files=(ReachedFile(path="a.h"), ReachedFile(path="b.h", relative=True, directories=("w",))),
        missing=(Missing("a.c", 1, "z.h", True),),
        unfollowed=(Missing("a.c", 2, "X", False),),
    )

    assert Reached.merged([one, other]) == Reached(
        files=(ReachedFile(path="a.h"), ReachedFile(path="b.h", relative=True, directories=("w", "x"))),
        missing=(Missing("a.c", 1, "z.h", True),),
        unfollowed=(Missing("a.c", 2, "X", False),),
    )


def test_each_file_is_read_once() -> None:
    asked: list[str] = []

    class Counting(MemoryTree):
        def read(self, path: str) -> bytes:
            asked.append(path)
            return super().read(path)

    scans = Scans(Counting({"p/a.c": b'#include "a.h"\n#include "a.h"', "p/a.h": b'#include "a.h"'}))
    for _ in range(2):
        closure([Root("p/a.c")], Search.of_package("p", []), LINUX, scans)

    assert asked == ["p/a.c", "p/a.h"]


def test_a_root_that_is_not_there_reaches_nothing() -> None:
    assert _reached({}) == Reached()


@pytest.mark.parametrize("path", ["..", "../a", "/a", "a\0"])
def test_stays_inside(path: str) -> None:
    assert not stays_inside(path)


def test_standard_headers_are_those_of_c17() -> None:
    assert len(C_STANDARD_HEADERS) == 29


_LINE = st.sampled_from(
    [
        '#include "a.h"',
        "#include <b.h>",
        '#include "../p/c.h"',
        "#include_next <b.h>",
        "#include X",
        "#define X <c.h>",
        "#ifdef X",
        "#if 0",
        "#else",
        "#endif",
        "#include <none.h>",
    ]
)
_FILE = st.lists(_LINE, max_size=6).map("\n".join)
_TREE = st.fixed_dictionaries(
    {"p/a.c": _FILE, "p/a.h": _FILE, "i/b.h": _FILE, "p/c.h": _FILE, "p/b.h": _FILE}
)


@given(_TREE)
def test_what_is_reached_is_in_the_tree_and_more_is_reached_anywhere(tree: Mapping[str, str]) -> None:
    here = _reached(tree, "-Ii")
    anywhere = closure(
        [Root("p/a.c")], Search.of_package("p", ["-Ii"]), platform_macros("", Language.C), _scans(tree)
    )
    paths = [file.path for file in here.files]

    assert paths == sorted(set(paths) & tree.keys())
    assert set(paths) <= {file.path for file in anywhere.files}
