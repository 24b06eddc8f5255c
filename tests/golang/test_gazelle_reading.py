"""Names and constraints as Gazelle reads them."""

from __future__ import annotations

import pytest

from bazel_xc.golang.constraints import GAZELLE_PLATFORMS, KNOWN_PLATFORMS, parse_go_build
from bazel_xc.golang.gazelle import NOWHERE, Family, Reading, read_constraints

EVERYWHERE = Reading()


def _on(*parts: str) -> frozenset[str]:
    return frozenset(name for name in GAZELLE_PLATFORMS if {name, *name.split("_")} & set(parts))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("x.go", EVERYWHERE, id="plain"),
        pytest.param("linux.go", EVERYWHERE, id="no_underscore"),
        pytest.param("x_zos.go", EVERYWHERE, id="zos"),
        pytest.param("x_loong64.go", EVERYWHERE, id="loong64"),
        pytest.param("x_wasip1.go", EVERYWHERE, id="wasip1"),
        pytest.param("x_amd64p32.go", EVERYWHERE, id="amd64p32"),
        pytest.param("x_linux_ppc.go", EVERYWHERE, id="known_system_and_unknown_processor"),
        pytest.param("x_zos_arm64.go", Reading(Family.ARCH, _on("arm64")), id="unknown_system"),
        pytest.param("x_linux.pb.go", EVERYWHERE, id="only_the_last_dot_counts"),
        pytest.param("x_linux.go", Reading(Family.OS, _on("linux", "android")), id="system"),
        pytest.param("x_windows_test.go", Reading(Family.OS, _on("windows")), id="test"),
        pytest.param("x_arm64.s", Reading(Family.ARCH, _on("arm64")), id="processor"),
        pytest.param("linux_arm64.go", Reading(Family.ARCH, _on("arm64")), id="first_part_never_counts"),
        pytest.param(
            "x_linux_arm64.go", Reading(Family.PAIR, _on("linux_arm64", "android_arm64")), id="pair"
        ),
        pytest.param("x_qnx.go", Reading(Family.OS, _on("qnx")), id="qnx"),
    ],
)
def test_names(name: str, expected: Reading) -> None:
    assert expected == read_constraints(name, None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("!go1.9", EVERYWHERE, id="release"),
        pytest.param("!loong64 && !wasip1 && !zos", EVERYWHERE, id="not_an_unknown_platform"),
        pytest.param("loong64", NOWHERE, id="unknown_processor"),
        pytest.param("wasip1", NOWHERE, id="unknown_system"),
        pytest.param("asan", NOWHERE, id="asan"),
        pytest.param("mine && !mine", EVERYWHERE, id="build_tags"),
        pytest.param("linux || !linux", Reading(Family.OS, GAZELLE_PLATFORMS), id="keys_although_everywhere"),
        pytest.param("darwin || cgo", Reading(Family.OS, GAZELLE_PLATFORMS), id="open_beside_a_system"),
        pytest.param(
            "linux && amd64 || linux", Reading(Family.PAIR, _on("linux", "android")), id="pairs_of_a_system"
        ),
    ],
)
def test_headers(text: str, expected: Reading) -> None:
    assert expected == read_constraints("x.go", parse_go_build(text), frozenset({"mine"}))


@pytest.mark.parametrize(
    ("one", "other", "family"),
    [
        pytest.param(Family.OS, Family.OS, Family.OS, id="alike"),
        pytest.param(Family.OS, Family.ARCH, Family.PAIR, id="mixed"),
        pytest.param(Family.ARCH, Family.PAIR, Family.PAIR, id="pairs_stay"),
        pytest.param(Family.OS, Family.EVERYWHERE, Family.EVERYWHERE, id="everywhere_has_no_keys"),
    ],
)
def test_two_files(one: Family, other: Family, family: Family) -> None:
    first, second = Reading(one, frozenset({"linux_amd64"})), Reading(other, frozenset({"linux_arm64"}))

    assert first | second == second | first == Reading(family, first.platforms | second.platforms)
    assert first | NOWHERE == first


def test_what_is_tied_to_nothing_is_known_everywhere() -> None:
    assert read_constraints("x.go", None).platforms is KNOWN_PLATFORMS
