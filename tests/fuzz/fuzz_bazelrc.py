"""The reader of .bazelrc: lines of words for any bytes, imports of itself included."""

from __future__ import annotations

from collections.abc import Iterator

from fuzz_inputs import files

from bazel_xc.buildfile.bazelrc import NAME, read_bazelrc


def target(data: bytes) -> None:
    """Reads the bytes as .bazelrc and as two files that it may import."""
    texts = {NAME: data, "a": data[::2], "b/c.bazelrc": b"import %workspace%/a\n" + data}
    found = read_bazelrc(texts.get)
    for line in found.lines:
        assert line.path in texts
        assert line.line >= 1
        assert line.values("platforms") == tuple(each for each in line.values("platforms") if each)
    assert not any(path.startswith(("/", "../")) for path in found.imported)


def seeds() -> Iterator[bytes]:
    """.bazelrc files of the golden cases, and one with all that has a meaning."""
    yield from files(".bazelrc", "*.bazelrc")
    yield b"build:x --platforms=//a,//b \\\n  --config y # c\n"
    yield b"import %workspace%/a\ntry-import b/c.bazelrc\n'\n"
