"""The C preprocessor: directives and inclusions of any text, with and without macros."""

from __future__ import annotations

from collections.abc import Iterator

from fuzz_inputs import files

from bazel_xc.cgo.conditions import evaluate, parse_condition
from bazel_xc.cgo.deciding import Deciding, names_of
from bazel_xc.cgo.macros import Language, definitions_in, platform_macros
from bazel_xc.cgo.preprocess import header_macros, inclusions, named_header, scan

_LANGUAGE = next(iter(Language))
_MACROS = (
    platform_macros("", _LANGUAGE),
    platform_macros("linux_amd64", _LANGUAGE),
    platform_macros("windows_arm64", _LANGUAGE, definitions_in(["-DX=Y", "-DY=X", "-Ulinux", "-D", "Z=(X)"])),
)


def target(data: bytes) -> None:
    """Reads the bytes as a header, also without what does not matter to inclusions, and as one condition."""
    directives = scan(data)
    lines = data.count(b"\n") + data.count(b"\r") + 1
    assert all(1 <= each.line <= lines for each in directives)
    text = data.decode("latin-1")
    condition = parse_condition(text)
    deciding = Deciding.of(directives)
    for macros in _MACROS:
        found = inclusions(directives, macros)
        assert all(1 <= each.line <= lines for each in found)
        outside = frozenset(name for value in macros.values() for name in names_of(value))
        assert inclusions(deciding.given(outside), macros) == found
        assert evaluate(condition, macros) in (True, False, None)
    tuple(header_macros(directives))
    named_header(text)


def seeds() -> Iterator[bytes]:
    """Headers and C files of the golden cases, and conditions."""
    yield from files("*.h", "*.c")
    yield from (
        b"#if defined(__linux__) && !defined X || (__SIZEOF_POINTER__ > 4 ? 1 : 0)\n#include <a.h>\n#endif\n",
        b'#ifndef G\n#define G\n#define H <x.h>\n#include H\n#elif __has_include("b.h")\n#endif /* G */\n',
        b"(1 << 3) / 0 + 'a' - 0x1fUL % -2",
    )
