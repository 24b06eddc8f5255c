"""Which bazel-xc the rules run if a workspace names none. The macros are Starlark and Python at once."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from bazel_workspace import REPOSITORY

FILE = REPOSITORY / "rules" / "private" / "generate.bzl"


def attributes(repository: str, **named: object) -> dict[str, object]:
    """The attributes of the rule behind ``bazel_xc`` where labels of this repository begin as given."""
    made: dict[str, object] = {}

    def anything(*_: object, **__: object) -> object:
        return {}

    def rule(*_: object, **__: object) -> object:
        return made.update

    names: dict[str, object] = {
        "Label": lambda text: repository + text,
        "attr": SimpleNamespace(bool=anything, label=anything, string=anything, string_dict=anything),
        "load": anything,
        "rule": rule,
    }
    exec(compile(FILE.read_text(), FILE, "exec"), names)
    macro = names["bazel_xc"]
    assert callable(macro)
    macro(name="bazel_xc", **named)
    return made


@pytest.mark.parametrize(
    "repository",
    [
        pytest.param("@@bazel_xc~", id="bazel_7"),
        pytest.param("@@bazel_xc~0.1.0", id="bazel_7_several_versions"),
        pytest.param("@@bazel_xc+", id="bazel_8"),
    ],
)
def test_a_module_brings_its_tool(repository: str) -> None:
    assert attributes(repository)["tool"] == f"{repository}//rules/tool:program"


@pytest.mark.parametrize(
    "repository",
    [
        pytest.param("@bazel_xc", id="bazel_4"),
        pytest.param("@@bazel_xc", id="bazel_7"),
        pytest.param("", id="the_main_repository"),
    ],
)
def test_a_workspace_does_not(repository: str) -> None:
    assert "tool" not in attributes(repository)


@pytest.mark.parametrize(
    "named",
    [
        pytest.param({"command": "bazel-xc"}, id="command"),
        pytest.param({"python": "python3"}, id="python"),
        pytest.param({"tool": "//:mine"}, id="tool"),
    ],
)
def test_what_is_named_is_taken(named: dict[str, object]) -> None:
    made = attributes("@@bazel_xc~", **named)

    assert {name: made[name] for name in ("command", "python", "tool") if name in made} == named
