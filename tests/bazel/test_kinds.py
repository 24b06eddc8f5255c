"""The policy of kinds: what holds for the table as a whole."""

from __future__ import annotations

import pytest

from bazel_xc.bazel.kinds import CC_RULE_KINDS, KINDS, PROTO_LIBRARY_KINDS
from bazel_xc.buildfile.rules import GO_RULE_KINDS, LIBRARY_KINDS

SET_ONCE = {"cdeps", "data", "name", "pure", "tags", "target_compatible_with", "visibility", "x_defs"}


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_what_people_write_is_not_owned(kind: str) -> None:
    assert KINDS[kind].owned.isdisjoint(SET_ONCE)


@pytest.mark.parametrize("kind", sorted(GO_RULE_KINDS))
def test_what_keeps_a_rule_of_go_alive_is_owned(kind: str) -> None:
    assert KINDS[kind].substance <= KINDS[kind].owned


@pytest.mark.parametrize("kind", sorted(KINDS.keys() - GO_RULE_KINDS - CC_RULE_KINDS))
def test_rules_of_the_platforms_package_stay(kind: str) -> None:
    assert KINDS[kind].substance == {"name"}
    assert KINDS[kind].load == ""


def test_owned_attributes() -> None:
    compiled = frozenset("cgo clinkopts copts cppopts cxxopts deps embed embedsrcs gc_goopts srcs".split())
    assert KINDS["go_library"].owned == compiled | {"importmap", "importpath"}
    assert KINDS["go_binary"].owned == compiled | {"gc_linkopts", "pgoprofile"}
    assert KINDS["go_test"].owned == compiled | {"gc_linkopts"}
    assert KINDS["alias"].owned == {"actual"}


def test_libraries() -> None:
    assert PROTO_LIBRARY_KINDS < LIBRARY_KINDS
    assert "go_library" in LIBRARY_KINDS
