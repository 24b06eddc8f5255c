"""Modules of other people, built by a real Bazel with the rules that bazel-xc made for them.

In place of go_repository, which wants a network, each module is copied from the module cache, Gazelle writes
its BUILD files as the macro says, and its patches are applied: for Bazel they are local repositories.
``BAZEL_XC_GAZELLE`` names a Gazelle that fits the rules_go of ``BAZEL_XC_RULES_GO``: 0.26 for 0.34.
"""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bazel_workspace import (
    REPOSITORY,
    Session,
    Workspace,
    bazel,
    close,
    cross_toolchain_text,
    go_sdk,
    machine,
    make_workspace,
    open_session,
    rules_go,
    sdk_text,
)
from requirements import require, unavailable

from bazel_xc.golang.build_list import escaped

EXAMPLE = REPOSITORY / "testdata" / "third_party_example"
CONFIG = """\
[platforms.linux_amd64]
cgo = true

[platforms.linux_arm64]
cgo = true

[platforms.windows_arm64]
cgo = false
"""
OTHER_HID = "github.com/karalabe/hid@v1.0.1-0.20240306101548-573246063e52"
SAID = """\
go-sqlite3: 42
webp: RIFF
go-ethereum: 65
bls-eth-go-binary: ready
hid: true
gozstd: true
"""


def gazelle() -> str:
    """The Gazelle that stands in for the one that go_repository builds."""
    return os.environ.get("BAZEL_XC_GAZELLE") or unavailable("gazelle", "BAZEL_XC_GAZELLE names no Gazelle")


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    rules_go()
    gazelle()
    opened = open_session(tmp_path_factory.mktemp("bazel"))
    yield opened
    close(opened, ())


@pytest.fixture(scope="module")
def source(session: Session) -> Path:
    """The example with what ``modules`` writes."""
    root = session.folder / "source"
    shutil.copytree(EXAMPLE, root)
    (root / "bazel_xc.toml").write_text(CONFIG)
    environment = _go_environment(go_sdk())
    if subprocess.run(["go", "mod", "download"], cwd=root, env=environment, check=False).returncode:
        unavailable("modules", "go mod download does not bring the modules of the example")
    _run_tool(root, "modules")
    return root


@pytest.fixture(scope="module")
def workspace(session: Session, source: Path) -> Iterator[Workspace]:
    made = _workspace(session, source, "sixfold")
    yield made
    bazel(made, "shutdown")


def test_it_is_built_and_run_for_the_host(workspace: Workspace) -> None:
    bazel(workspace, "build", "//...")
    assert _said_by(workspace) == SAID


def test_it_is_built_for_arm64(workspace: Workspace) -> None:
    emulator = require("qemu-aarch64-static")
    bazel(workspace, "build", "//...", "--config=linux_arm64")
    program = workspace.root / "bazel-bin" / "cmd" / "all" / "all_" / "all"
    assert machine(program) == "elf arm64"
    command = [emulator, "-L", "/usr/aarch64-linux-gnu", str(program)]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == SAID


def test_it_is_skipped_where_archives_are_missing(workspace: Workspace) -> None:
    done = bazel(workspace, "build", "//...", "--config=windows_arm64")
    assert "//cmd/all:all" not in done.stderr.partition("up-to-date")[0]


def test_another_version_makes_its_override_stale(session: Session, source: Path) -> None:
    changed = session.folder / "changed"
    shutil.copytree(source, changed)
    command = ["go", "get", OTHER_HID]
    if subprocess.run(command, cwd=changed, env=_go_environment(go_sdk()), check=False).returncode:
        unavailable("modules", f"go get does not bring {OTHER_HID}")
    check = _run_tool(changed, "modules", "--check", expect=1)
    assert "com_github_karalabe_hid/build.patch: warning: this override was made for v1.0.0" in check.stderr
    assert check.stdout.splitlines() == [
        "stale: go_repositories.bzl",
        "stale: third_party/bazel_xc/com_github_karalabe_hid/build.patch",
    ]
    _run_tool(changed, "modules")
    _run_tool(changed, "modules", "--check")
    made = _workspace(session, changed, "another")
    bazel(made, "build", "//...")
    assert _said_by(made) == SAID
    bazel(made, "shutdown")


def _workspace(session: Session, source: Path, name: str) -> Workspace:
    repositories = _repositories(source, session.folder / f"{name}_modules", _go_environment(go_sdk()))
    return make_workspace(
        session,
        name,
        example=source,
        rules_go=rules_go(),
        extra=sdk_text(go_sdk()) + cross_toolchain_text(session) + repositories,
        config=CONFIG,
    )


def _said_by(workspace: Workspace) -> str:
    program = workspace.root / "bazel-bin" / "cmd" / "all" / "all_" / "all"
    return subprocess.run([program], capture_output=True, text=True, check=True).stdout


def _go_environment(sdk: Path) -> dict[str, str]:
    settings = {"GOFLAGS": "", "GOTOOLCHAIN": "local", "PATH": f"{sdk / 'bin'}:{os.environ['PATH']}"}
    return os.environ | settings


def _run_tool(root: Path, *arguments: str, expect: int = 0) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join(filter(None, (os.environ.get("PYTHONPATH"), str(REPOSITORY))))
    settings = _go_environment(go_sdk()) | {"PYTHONPATH": path, "BAZEL_XC_GO": str(go_sdk() / "bin" / "go")}
    command = [sys.executable, "-m", "bazel_xc", *arguments, "-C", str(root)]
    done = subprocess.run(command, env=settings, capture_output=True, text=True, check=False)
    assert done.returncode == expect, done.stdout + done.stderr
    return done


def _repositories(root: Path, folder: Path, environment: dict[str, str]) -> str:
    """Makes every module of the macro a repository on disk; gives the lines of WORKSPACE."""
    found = _go_repositories(root / "go_repositories.bzl")
    folder.mkdir()
    known = folder / "WORKSPACE"
    known.write_text(
        "".join(f'go_repository(name = "{x["name"]}", importpath = "{x["importpath"]}")\n' for x in found)
    )
    cache = _go(root, environment, "env", "GOMODCACHE")[0]
    # Fallbacks without cgo are dependencies, too: Bazel knows platforms, but not whether cgo is on.
    listing = ("list", "-deps", "-f", "{{with .Module}}{{.Path}}{{end}}", "./...")
    used = {path for cgo in "01" for path in _go(root, environment | {"CGO_ENABLED": cgo}, *listing)}
    lines: list[str] = []
    for each in found:
        source = Path(cache) / f"{escaped(each['importpath'])}@{escaped(each['version'])}"
        if each["importpath"] in used:
            _repository(each, source, folder / each["name"], known, root)
            lines.append(f'local_repository(name = "{each["name"]}", path = "{folder / each["name"]}")\n')
    return "".join(lines)


def _go(root: Path, environment: dict[str, str], *arguments: str) -> list[str]:
    command = ["go", *arguments]
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=True)
    return done.stdout.split()


def _go_repositories(macro: Path) -> list[dict[str, Any]]:
    """The calls of the macro; what Starlark it uses is Python, too."""
    found: list[dict[str, Any]] = []
    scope: dict[str, Any] = {
        "load": lambda *_: None,
        "go_repository": lambda **attributes: found.append(attributes),
    }
    exec(macro.read_text(), scope)
    scope["go_repositories"]()
    return found


def _repository(rule: dict[str, Any], source: Path, target: Path, known: Path, root: Path) -> None:
    """As go_repository does it: fetch, let Gazelle write, apply patches."""
    shutil.copytree(source, target)
    for folder, _, names in os.walk(target):
        for path in (Path(folder), *(Path(folder, name) for name in names)):
            path.chmod(path.stat().st_mode | stat.S_IWUSR)
    (target / "WORKSPACE").touch()
    if rule.get("build_file_generation") != "off":
        build = target / "BUILD.bazel"
        old = build.read_text() if build.exists() else ""
        build.write_text("".join(f"# {line}\n" for line in rule.get("build_directives", ())) + "\n" + old)
        command = [gazelle(), "-go_repository_mode", "-go_prefix", rule["importpath"], "-mode", "fix"]
        command += ["-repo_root", str(target), "-go_naming_convention", "import_alias"]
        command += ["-repo_config", str(known), "-proto", "disable_global"]
        command += ["-external", "static", str(target)]
        subprocess.run(command, cwd=target, check=True, capture_output=True)
    for label in rule.get("patches", ()):
        patch = root / label.removeprefix("//").replace(":", "/")
        subprocess.run(["patch", "-p1", "-s", "-i", str(patch)], cwd=target, check=True)
