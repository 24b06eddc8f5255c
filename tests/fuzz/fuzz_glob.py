"""Patterns of paths: ``ValueError`` for what is none, and a match that comes to an end."""

from __future__ import annotations

from collections.abc import Iterator

from bazel_xc.buildfile.patterns import glob_pattern

_MOST = 200  # characters of a pattern and of a path


def target(data: bytes) -> None:
    """Matches the first line as a pattern with the others, and with paths that many patterns match."""
    pattern, *paths = data[:_MOST].decode("utf-8", "replace").split("\n")
    glob_pattern.cache_clear()
    try:
        compiled = glob_pattern(pattern)
    except ValueError as e:
        assert "pattern" in str(e)
        return
    for path in (*paths, "a/b/c/d.go", "/".join("a" * 20), "a" * 60):
        compiled.fullmatch(path)
    if not set("*?[]{},\\") & set(pattern):
        assert compiled.fullmatch(pattern)


def seeds() -> Iterator[bytes]:
    """Patterns of each form."""
    yield from (b"**/*.go\na/b.go", b"a/**\na", b"[a-z]?{x,y/**}*\nab", b"[!a]b\ncb", b"{a,{b,c}}")
