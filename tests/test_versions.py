"""Versions as numbers."""

from __future__ import annotations

import pytest

from bazel_xc.versions import dotted_numbers, version_numbers


@pytest.mark.parametrize(
    ("text", "numbers", "dotted"),
    [
        pytest.param("2.31", (2, 31), (2, 31), id="dotted"),
        pytest.param("go1.26.1", (1, 26, 1), (), id="go"),
        pytest.param("1.26rc1", (1, 26, 1), (), id="pre-release"),
        pytest.param("v0.50.1", (0, 50, 1), (), id="tag"),
        pytest.param("ABI_GNU2_TLS", (2,), (), id="a number in a word"),
        pytest.param("2.", (2,), (), id="ends in a dot"),
        pytest.param("PRIVATE", (), (), id="none"),
        pytest.param("", (), (), id="empty"),
    ],
)
def test_numbers(text: str, numbers: tuple[int, ...], dotted: tuple[int, ...]) -> None:
    assert (version_numbers(text), dotted_numbers(text)) == (numbers, dotted)
