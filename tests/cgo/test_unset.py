"""Macros that nothing defines, and those that a header outside of the tree may define."""

from __future__ import annotations

import pytest

from bazel_xc.cgo.conditions import Macros
from bazel_xc.cgo.preprocess import scan
from bazel_xc.cgo.unset import TextNames, unset_macros


def _unset(text: str, *headers: str, macros: Macros | None = None, flags: tuple[str, ...] = ()) -> list[str]:
    names = TextNames.of(scan(text.encode()))
    return sorted(unset_macros([names], macros or {}, headers, frozenset(flags)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("#ifdef USE_X\n#endif", ["USE_X"], id="ifdef"),
        pytest.param("#if defined(A) || B > 2\n#elif !C\n#endif", ["A", "B", "C"], id="expressions"),
        pytest.param("#define USE_X\n#ifdef USE_X\n#endif", [], id="defined_in_a_text"),
        pytest.param("#ifdef A\n#define B\n#endif\n#if B\n#endif", ["A"], id="defined_in_some_branch"),
        pytest.param("#ifdef _WIDE\n#endif\n#ifdef __x\n#endif", [], id="reserved"),
        pytest.param("#ifdef strlcpy\n#endif", [], id="lower_case"),
        pytest.param("#if TARGET_OS_MAC && ENOTSUP && O_CLOEXEC\n#endif", [], id="of_systems"),
        pytest.param("#if OPENSSL_VERSION_NUMBER > 2\n#endif", [], id="version"),
        pytest.param("#if F(2)\n#endif", [], id="call"),
    ],
)
def test_names(text: str, expected: list[str]) -> None:
    assert _unset(text) == expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        pytest.param("png.h", ["USE_PNG"], id="beginning_of_its_name"),
        pytest.param("lib/png16/pngconf.h", ["USE_PNG"], id="folder"),
        pytest.param("curl/curl.h", ["PNG_STATIC", "USE_PNG"], id="another_library"),
        pytest.param("config.h", [], id="may_define_anything"),
        pytest.param("x_config.h", [], id="of_a_build"),
    ],
)
def test_headers_outside_of_the_tree_may_define_names_like_theirs(header: str, expected: list[str]) -> None:
    text = "#if PNG_STATIC || USE_PNG || LIBCURL_STATIC\n#endif"

    assert [name for name in _unset(text, header) if name != "LIBCURL_STATIC"] == expected


def test_known_macros_and_flags_elsewhere_are_left_out() -> None:
    assert _unset("#if A || B || C\n#endif", macros={"A": None}, flags=("B",)) == ["C"]
