"""The parser of build constraints: ``ValueError`` only, and an expression reads its own text as itself."""

from __future__ import annotations

from collections.abc import Iterator

from bazel_xc.golang.constraints import (
    KNOWN_PLATFORMS,
    Expr,
    file_name_constraint,
    holds,
    may_hold,
    parse_go_build,
    parse_plus_build,
)
from bazel_xc.model import Platform

# How an expression without any tag is shown; Go has no words for them.
_CONSTANTS = ("true", "false")
_SOME = tuple(Platform(*name.partition("_")[::2]) for name in sorted(KNOWN_PLATFORMS)[::9])


def target(data: bytes) -> None:
    """Reads the text in both forms, and as a file's name."""
    text = data.decode("utf-8", "replace")
    for read in (parse_go_build, lambda text: parse_plus_build(text.split("\n"))):
        try:
            found = read(text)
        except ValueError as e:
            assert "\n" not in str(e) or "\n" in text
            continue
        _check(found)
    name = file_name_constraint(text)
    if name is not None:
        _check(name)


def _check(found: Expr) -> None:
    again = parse_go_build(str(found).replace("!!", ""))  # which Go writes and does not read
    where = may_hold(found)
    for platform in _SOME:
        held = holds(found, platform)
        assert str(found) in _CONSTANTS or held == holds(again, platform), str(found)
        assert not held or platform.name in where, (str(found), platform.name)


def seeds() -> Iterator[bytes]:
    """Expressions of all forms."""
    yield from (
        b"linux && (amd64 || !cgo)",
        b"!windows,!darwin linux,arm64",
        b"go1.21 && !race || unix",
        b"a.b_c && ((!x))",
        b"x_linux_arm64_test.go",
        b"linux\n!cgo",
    )
