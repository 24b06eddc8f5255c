"""C toolchains that ``init --toolchain`` brings in: what is added, what is there already, what is advised."""

from __future__ import annotations

from pathlib import Path

import pytest

from bazel_xc.bazel.cc_toolchains import cc_toolchains, module_lines, toolchain_advice
from bazel_xc.buildfile.repositories import read_repositories
from bazel_xc.commands.init import initialise
from bazel_xc.commands.options import Options
from bazel_xc.model import Platform

HERMETIC = cc_toolchains()["hermetic_cc_toolchain"]

PLATFORMS = (
    Platform("linux", "amd64", cgo=True),
    Platform("linux", "arm64", cgo=True),
    Platform("darwin", "arm64", cgo=True),
    Platform("windows", "arm64", cgo=False),
)

DEP = 'bazel_dep(name = "hermetic_cc_toolchain", version = "4.3.0")'
EXTENSION = (
    "hermetic_cc_toolchains = use_extension("
    '"@hermetic_cc_toolchain//toolchain:ext.bzl", "toolchains")\n'
    'use_repo(hermetic_cc_toolchains, "zig_sdk")\n'
)
REGISTER = """\
register_toolchains(
    "@zig_sdk//toolchain:linux_amd64_gnu.2.28",
    "@zig_sdk//toolchain:linux_arm64_gnu.2.28",
)
"""


def added(text: str) -> str:
    """What is added to a MODULE.bazel of this text."""
    repositories, _ = read_repositories({"MODULE.bazel": text.encode()}.get)
    return "".join(line + "\n" for line in module_lines(HERMETIC, text, repositories, PLATFORMS))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("", f"\n{DEP}\n\n{EXTENSION}\n{REGISTER}", id="nothing_there"),
        pytest.param(f"{DEP}\n", f"\n{EXTENSION}\n{REGISTER}", id="dependency_there"),
        pytest.param(
            f'{DEP[:-1]}, repo_name = "zig")\n',
            "\n" + EXTENSION.replace("@hermetic_cc_toolchain//", "@zig//") + "\n" + REGISTER,
            id="dependency_of_another_name",
        ),
        pytest.param(
            f'{DEP}\n{EXTENSION}register_toolchains("@zig_sdk//toolchain:linux_amd64_gnu.2.28")\n',
            '\nregister_toolchains(\n    "@zig_sdk//toolchain:linux_arm64_gnu.2.28",\n)\n',
            id="one_platform_there",
        ),
        pytest.param(f"{DEP}\n{EXTENSION}{REGISTER}", "", id="all_there"),
    ],
)
def test_what_is_missing_is_added(old: str, new: str) -> None:
    assert added(old) == new


def test_advice_names_platforms_without_toolchain() -> None:
    repositories, _ = read_repositories({"MODULE.bazel": b""}.get)

    assert toolchain_advice(HERMETIC, repositories, PLATFORMS)[-1] == (
        "hermetic_cc_toolchain: no toolchain for darwin_arm64, which need another one"
    )


def test_a_workspace_is_told_what_to_register() -> None:
    repositories, _ = read_repositories({"WORKSPACE": b""}.get)

    lines = toolchain_advice(HERMETIC, repositories, PLATFORMS[:2])

    assert lines[-2:] == (
        "    @zig_sdk//toolchain:linux_amd64_gnu.2.28",
        "    @zig_sdk//toolchain:linux_arm64_gnu.2.28",
    )


def test_init_brings_it_in_once(tmp_path: Path) -> None:
    (tmp_path / "go.mod").write_text("module example.com/app\n\ngo 1.21\n")
    (tmp_path / "bazel_xc.toml").write_text("[platforms.linux_amd64]\n[platforms.linux_arm64]\n")

    first = initialise(Options(root=tmp_path), "hermetic_cc_toolchain")
    (module,) = [change.text.decode() for change in first.changes if change.path == "MODULE.bazel"]
    (tmp_path / "MODULE.bazel").write_text(module)
    second = initialise(Options(root=tmp_path), "hermetic_cc_toolchain")

    assert module.endswith(f"\n{DEP}\n\n{EXTENSION}\n{REGISTER}")
    assert "MODULE.bazel" not in {change.path for change in second.changes}
    assert first.advice == second.advice
