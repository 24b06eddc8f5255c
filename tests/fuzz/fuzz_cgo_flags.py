"""``#cgo`` lines and flags: a value or an error in the line itself for whatever stands there."""

from __future__ import annotations

from collections.abc import Iterator

from fuzz_inputs import files

from bazel_xc.cgo.flags import CgoSource, bazel_flag, flags_by_platform, resolved_words, without_paths
from bazel_xc.cgo.preamble import c_directives, cgo_lines, split_quoted
from bazel_xc.golang.source import Preamble, scan_go

_PLATFORMS = frozenset({"linux_amd64", "windows_arm64", "darwin_arm64"})


def target(data: bytes) -> None:
    """Reads the text as a preamble, and as a Go file that may have one."""
    text = data.decode("utf-8", "replace")
    preambles = (Preamble(text, 1), *scan_go("a.go", data).preambles)
    c_directives(preambles)
    lines = tuple(line for preamble in preambles for line in cgo_lines(preamble))
    assert all(1 <= line.line <= text.count("\n") + 1 for line in lines[: text.count("\n") + 1])
    source = CgoSource(path="a.go", lines=lines, may=_PLATFORMS, active=_PLATFORMS)
    flags = flags_by_platform([source], "p/q", _PLATFORMS, frozenset({"x"}))
    without_paths(flags, {name: frozenset({"p/q"}) for name in _PLATFORMS})
    for verb in flags.values():
        for word in verb.where:
            assert isinstance(bazel_flag(word), str)
    try:
        words = split_quoted(text)
    except ValueError:
        return
    assert "".join(words) == "" or text.strip()
    resolved_words(words, "p")


def seeds() -> Iterator[bytes]:
    """Go files of the golden cases, and lines of their own."""
    yield from files("*.go")
    yield from (
        b"#cgo linux,!arm64 windows CFLAGS: -DX=\"a b\" -I${SRCDIR}/inc 'q'\n",
        b"#cgo LDFLAGS: -lz -L${SRCDIR}/../x\n",
        b"#cgo pkg-config: a b --static\n#cgo noescape f\n#cgo CXXFLAGS: -std=c++17 \\\n -I .. -isystem y\n",
        b'#cgo CFLAGS: $(X) `y` \\"z\n#cgo FOO: x\n#cgo CFLAGS\n',
    )
