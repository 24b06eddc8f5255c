"""Which platforms ``xc_binary`` leaves out. The Starlark of the macro is Python, too, and is run as such."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

FILE = Path(__file__).parents[2] / "rules" / "private" / "binary.bzl"
INCOMPATIBLE = {"//x:y": ["windows_arm64"], "//x:x": ["windows_arm64"], "//pkg:tool": ["windows_arm64"]}
PLATFORMS = ["//platforms:linux_arm64", "//platforms:windows_arm64"]


def canonical(text: object) -> str:
    """A label as Bazel 6 and later write it for a BUILD file in ``pkg`` of the main repository, ``mine``."""
    label = str(text)
    if label.startswith("//"):
        label = f"@{label}"
    elif not label.startswith("@"):
        label = f"@//pkg:{label.removeprefix(':')}"
    repository, _, path = label.partition("//")
    name = repository.strip("@").removeprefix("mine")
    package, colon, target = path.partition(":")
    return f"@@{name}//{package}:{target if colon else package.rpartition('/')[2] or name}"


def built(binary: object, *, old: bool) -> list[str]:
    """The platforms that one call of the macro builds for."""
    made: list[str] = []

    def anything(*_: object, **__: object) -> object:
        return {}

    def rule(*_: object, **__: object) -> object:
        return lambda **attributes: made.append(str(attributes["platform"]).rpartition(":")[2])

    native = SimpleNamespace(package_name=lambda: "pkg", filegroup=anything)
    if not old:
        native.package_relative_label = canonical
    scope: dict[str, Any] = {
        "transition": anything,
        "rule": rule,
        "native": native,
        "attr": SimpleNamespace(label=anything, string=anything),
        "print": anything,
    }
    exec(compile(FILE.read_text(encoding="utf-8"), str(FILE), "exec"), scope)
    scope["xc_binary"](name="n", binary=binary, platforms=PLATFORMS, incompatible=INCOMPATIBLE)
    return made


@pytest.mark.parametrize("old", [pytest.param(True, id="Bazel 4"), pytest.param(False, id="Bazel 6")])
@pytest.mark.parametrize("binary", ["//x:y", "//x", "@//x:y", "@@//x:y", "@//x", ":tool", "tool"])
def test_platforms_of_a_program_of_the_main_repository(binary: str, old: bool) -> None:
    assert built(binary, old=old) == ["linux_arm64"]


@pytest.mark.parametrize("old", [pytest.param(True, id="Bazel 4"), pytest.param(False, id="Bazel 6")])
@pytest.mark.parametrize("binary", ["@foo//x:y", "@foo//x", "@@foo+//x:y", "@foo"])
def test_a_program_of_another_repository_is_another_program(binary: str, old: bool) -> None:
    assert built(binary, old=old) == ["linux_arm64", "windows_arm64"]


def test_the_main_repository_by_its_own_name() -> None:
    assert built("@mine//x:y", old=False) == ["linux_arm64"]
