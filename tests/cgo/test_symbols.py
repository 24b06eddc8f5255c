"""Functions that a package declares and calls, and nothing in it defines."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from bazel_xc.cgo.flags import CgoSource
from bazel_xc.cgo.includes import Reached, ReachedFile
from bazel_xc.cgo.macros import Language
from bazel_xc.cgo.preamble import cgo_lines
from bazel_xc.cgo.reach import CFile, CSide
from bazel_xc.cgo.symbols import Bodies, of_system, open_symbols
from bazel_xc.golang.source import Preamble
from bazel_xc.golang.sources import Sources
from bazel_xc.model import Platform
from bazel_xc.tree import MemoryTree

LINUX = Platform("linux", "amd64", cgo=True)
HERE = frozenset({"linux_amd64"})


def _open(preamble: str, body: str, files: Mapping[str, str], *reached: str) -> list[str]:
    """The open symbols of p/a.go with a preamble and a body, and files of the tree beside it."""
    go = f'package p\n\nimport "C"\n\n{body}\n'
    tree = {"p/a.go": go, **files}
    text = Preamble(preamble, 3)
    source = CgoSource(path="p/a.go", lines=cgo_lines(text), preambles=(text,), may=HERE, active=HERE)
    c = [path for path in files if path.endswith(".c") and path not in reached]
    side = CSide(
        directory="p",
        sources=(source,),
        files=tuple(CFile(path=path, language=Language.C, may=HERE, active=HERE) for path in c),
        others={path: HERE for path in files if path.endswith((".s", ".syso"))},
    )

    def read(path: str) -> bytes | None:
        return tree[path].encode() if path in tree else None

    sources = Sources(MemoryTree({path: text.encode() for path, text in tree.items()}))
    found = Reached(files=tuple(ReachedFile(path=path) for path in reached))
    return [f"{each.name}:{each.line}" for each in open_symbols(side, LINUX, found, Bodies(sources, read))]


CALL = "func f() { C.run() }"


@pytest.mark.parametrize(
    ("preamble", "body", "files", "reached", "expected"),
    [
        pytest.param("\nint run(void);", CALL, {}, (), ["run:4"], id="prototype"),
        pytest.param("extern int run;", "var x = C.run", {}, (), ["run:3"], id="variable"),
        pytest.param("int run(void);", "func f() {}", {}, (), [], id="not_called"),
        pytest.param("int run(void);", "// C.run()", {}, (), [], id="in_a_comment"),
        pytest.param("static int run(void) { return 1; }", CALL, {}, (), [], id="defined_in_the_preamble"),
        pytest.param("int run(void);", CALL, {"p/b.c": "int run(void) { return 1; }"}, (), [], id="c_file"),
        pytest.param(
            '#include "a.h"', CALL, {"p/a.h": "int run(void);"}, ("p/a.h",), ["run:0"], id="own_header"
        ),
        pytest.param(
            '#include "a.h"',
            CALL,
            {"p/a.h": "static inline int run(void) { return 1; }"},
            ("p/a.h",),
            [],
            id="inline",
        ),
        pytest.param("int run(void);", CALL, {"lib/a.h": ""}, ("lib/a.h",), [], id="c_from_elsewhere"),
        pytest.param("int run(void);", CALL, {"p/sub/a.h": ""}, ("p/sub/a.h",), [], id="c_below"),
        pytest.param("int run(void);", CALL, {"p/x.s": "TEXT run(SB)"}, (), [], id="assembly"),
        pytest.param("int run(void);", CALL, {"p/x.syso": ""}, (), [], id="object"),
        pytest.param(
            "void run(int);", f"//export run\nfunc run(x int) {{}}\n{CALL}", {}, (), [], id="exported"
        ),
        pytest.param(
            "void run(int);", f"//export run\nfunc goRun() {{}}\n{CALL}", {}, (), [], id="other_name"
        ),
        pytest.param("int setns(int, int);", "func f() { C.setns(1, 2) }", {}, (), [], id="of_the_system"),
        pytest.param(
            "#cgo LDFLAGS: -Wl,--unresolved-symbols=ignore-all\nint run(void);", CALL, {}, (), [], id="later"
        ),
    ],
)
def test_open_symbols(
    preamble: str, body: str, files: Mapping[str, str], reached: tuple[str, ...], expected: list[str]
) -> None:
    assert _open(preamble, body, files, *reached) == expected


@pytest.mark.parametrize(
    ("name", "goos", "expected"),
    [
        pytest.param("printf", "linux", True, id="libc"),
        pytest.param("pthread_create", "freebsd", True, id="prefix"),
        pytest.param("dispatch_async_f", "darwin", True, id="apple"),
        pytest.param("dispatch_async_f", "linux", False, id="apple_only"),
        pytest.param("CreateFileW", "windows", True, id="win32"),
        pytest.param("CreateFileW", "linux", False, id="win32_only"),
        pytest.param("_exit", "linux", True, id="reserved"),
        pytest.param("engine_run", "linux", False, id="own"),
    ],
)
def test_of_system(name: str, goos: str, expected: bool) -> None:
    assert of_system(name, goos) is expected
