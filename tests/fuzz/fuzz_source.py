"""The scanner of Go files: a ``SourceFile`` for whatever the bytes are, with places within the file."""

from __future__ import annotations

from collections.abc import Iterator

from fuzz_inputs import files

from bazel_xc.golang.source import scan_go, scan_other


def target(data: bytes) -> None:
    """Reads the bytes as Go, as a test for one platform, and as C."""
    for name in ("a.go", "b_linux_test.go"):
        found = scan_go(name, data)
        assert found.name == name
        lines = data.count(b"\n") + 1
        places = [each.line for each in found.imports] + [each.line for each in found.embeds]
        assert all(1 <= line <= lines for line in places)
        assert all(1 <= each.line <= lines for each in found.preambles)
        if found.error:
            assert not (found.imports or found.preambles or found.embeds)
            assert "\n" not in found.error
    scan_other("c_windows.c", data)


def seeds() -> Iterator[bytes]:
    """Go files and C files of the golden cases."""
    yield from files("*.go", "*.c", "*.s")
