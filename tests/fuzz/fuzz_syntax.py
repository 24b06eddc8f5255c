"""The reader of BUILD files: its own exception only, and spans that lead to what they name."""

from __future__ import annotations

from collections.abc import Iterator

from fuzz_inputs import files

from bazel_xc.buildfile.parser import parse
from bazel_xc.buildfile.syntax import BuildFile, BuildSyntaxError


def target(data: bytes) -> None:
    """Reads a file and looks at every span."""
    try:
        file = parse("p/BUILD.bazel", data)
    except BuildSyntaxError as e:
        assert e.line >= 1
        assert str(e)
        return
    _check_calls(file)
    for comment in file.comments:
        assert data[comment.span.start : comment.span.end].decode() == comment.text
        assert comment.text.startswith("#")


def _check_calls(file: BuildFile) -> None:
    end = 0
    for call in file.calls:
        text = file.data[call.span.start : call.span.end]
        assert call.span.start >= end
        assert text.startswith((call.kind.encode(), b"(", b'"', b"'", b"[", b"{")), text  # (f)(), "x"()
        assert text.endswith(b")")
        end = call.span.end
        for each in call.attributes:
            assert call.span.start < each.span.start <= each.value_span.start < each.value_span.end
            assert each.value_span.end <= call.span.end
            assert file.data[each.span.start : each.value_span.start].decode().startswith(each.name)


def seeds() -> Iterator[bytes]:
    """BUILD files of the golden cases."""
    yield from files("BUILD", "BUILD.bazel", "*.bzl")
