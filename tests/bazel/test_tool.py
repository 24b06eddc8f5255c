"""The tool as a target of the Bazel module: its lock, and what a workspace with one ``bazel_dep`` can do.

The lock is compared with pyproject.toml always. The rest needs Bazel 7 with rules_python among the modules of
``BAZEL_XC_MODULES``, a Python 3.11, and wheels from the network.
"""

from __future__ import annotations

import io
import re
import sys
import tarfile
import tomllib
from collections.abc import Iterator

import pytest
from bazel_workspace import (
    REPOSITORY,
    Session,
    Workspace,
    bazel,
    close,
    complete_workspace,
    machine,
    make_workspace,
    open_python_session,
)

sys.path.insert(0, str(REPOSITORY / "release"))

import make_release

TOOL = REPOSITORY / "rules" / "tool"

ROOT = """\
load("@bazel_xc//rules:defs.bzl", "bazel_xc", "bazel_xc_test")

# gazelle:prefix example.com/greet

exports_files(["go.mod"])

bazel_xc(name = "bazel_xc")

bazel_xc_test(name = "bazel_xc_test")
"""


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Session:
    return open_python_session(tmp_path_factory.mktemp("tool"))


@pytest.fixture(scope="module")
def workspace(session: Session) -> Iterator[Workspace]:
    """The example, which names neither an installed bazel-xc nor a Python."""
    made = make_workspace(session, "w", files={"BUILD.bazel": ROOT})
    yield made
    close(session, [made])


@pytest.fixture(scope="module")
def smoke(session: Session) -> Iterator[Workspace]:
    """The workspace that the registry builds, beside the files of the archive that a release has."""
    folder = session.folder / "unpacked"
    with tarfile.open(fileobj=io.BytesIO(make_release.module_archive())) as archive:
        archive.extractall(folder, filter="data")
    (module,) = folder.iterdir()
    made = complete_workspace(session, module / "e2e" / "smoke")
    yield made
    bazel(made, "shutdown")


def test_the_lock_has_all_packages_with_their_hashes() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    wanted = {re.split(r"[<>=;]", each)[0] for each in project["dependencies"]}
    entries = re.split(r"\n(?=\w)", _lock())[1:]

    assert {entry.partition("==")[0] for entry in entries} == wanted
    assert all("--hash=sha256:" in entry for entry in entries)
    assert "://" not in _lock()


def test_the_library_depends_on_all_locked_packages() -> None:
    build = (TOOL / "BUILD.bazel").read_text()
    named = {each.replace("_", "-") for each in re.findall(r'"@bazel_xc_pypi//(\w+)"', build)}

    assert named == set(re.findall(r"^([\w-]+)==", _lock(), re.MULTILINE))


def test_one_python_is_named_everywhere() -> None:
    texts = [(TOOL / "BUILD.bazel").read_text(), (REPOSITORY / "MODULE.bazel").read_text()]

    assert {each for text in texts for each in re.findall(r'python_version = "(.*)"', text)} == {"3.11"}


def test_the_tool_runs_where_it_is_called(workspace: Workspace) -> None:
    """With the Go of the toolchain, in a folder below the root too."""
    report = ("report", "--target", "greet")
    said = bazel(workspace, "run", "@bazel_xc//:bazel_xc", "--", *report, below="cmd").stdout

    assert "//cmd/greet" in said


def test_the_tool_writes_build_files(workspace: Workspace) -> None:
    """A BUILD file with a loop is evaluated, too: starlark-go is among the packages."""
    folder = workspace.root / "looped"
    folder.mkdir()
    (folder / "looped.go").write_text("package looped\n")
    (folder / "BUILD.bazel").write_text('[filegroup(name = "x%d" % i) for i in range(2)]\n')
    said = bazel(workspace, "run", "@bazel_xc//:bazel_xc", "--", "generate").stdout

    assert "looped/BUILD.bazel" in said
    assert 'name = "looped"' in (folder / "BUILD.bazel").read_text()


def test_the_rules_use_the_tool_of_the_module(workspace: Workspace) -> None:
    bazel(workspace, "run", "//:bazel_xc")
    fresh = bazel(workspace, "test", "//:bazel_xc_test").stdout
    (workspace.root / "banner" / "more.go").write_text("package banner\n")
    stale = bazel(workspace, "test", "//:bazel_xc_test", expect=3).stdout
    bazel(workspace, "run", "//:bazel_xc")
    mended = bazel(workspace, "test", "//:bazel_xc_test").stdout

    assert "PASSED" in fresh
    assert '+        "more.go",' in stale
    assert "PASSED" in mended


def test_the_workspace_of_the_registry_builds(smoke: Workspace) -> None:
    """With the targets of the registry's presubmit: programs for three platforms, tests, bzl_library."""
    bazel(smoke, "build", "//...", "@bazel_xc//:bazel_xc", "@bazel_xc//rules/bzl:all")
    tested = bazel(smoke, "test", "//...").stdout

    folder = smoke.root / "bazel-bin" / "release"
    programs = [path for path in sorted(folder.iterdir()) if path.name != "SHA256SUMS"]
    assert [machine(path) for path in programs] == ["elf amd64", "elf arm64", "pe amd64"]
    assert "2 tests pass" in tested


def _lock() -> str:
    return (TOOL / "requirements.txt").read_text()
