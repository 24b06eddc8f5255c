"""Modules of other people under bzlmod: go_deps fetches them, Gazelle writes, the overrides are applied.

The network is a file: what go keeps of downloaded modules is laid out as a module proxy is. The folder of
``BAZEL_XC_MODULES`` has to hold Gazelle and package_metadata, which Gazelle asks for.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from bazel_workspace import (
    MODULE,
    REPOSITORY,
    Session,
    Workspace,
    bazel,
    close,
    make_workspace,
    open_modules_session,
)
from requirements import require, unavailable

EXAMPLE = REPOSITORY / "testdata" / "third_party_example"
CONFIG = "[platforms.linux_amd64]\ncgo = true\n\n[platforms.windows_arm64]\ncgo = false\n"
EXTENSION = """
bazel_dep(name = "gazelle", version = "0.51.3")

go_deps = use_extension("@gazelle//:extensions.bzl", "go_deps")
go_deps.config(
    go_env = {{
        "GONOSUMDB": "*",
        "GOPROXY": "file://{cache}/cache/download",
    }},
)
go_deps.from_file(go_mod = "//:go.mod")
"""
_REQUIRED = re.compile(r"^\s*(?:require )?([a-z][\w.-]*\.[a-z]+/\S+) (v\S+)", re.MULTILINE)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    require("go")
    session = open_modules_session(tmp_path_factory.mktemp("modules"))
    assert session.modules
    for name in ("gazelle", "package_metadata"):
        if not (session.modules / name).is_dir():
            unavailable("bazel7", f"{session.modules} has no module {name}")
    cache = session.folder / "cache"
    made = _workspace(session, cache, os.environ | {"GOFLAGS": "", "GOMODCACHE": str(cache)})
    yield made
    for folder, _, _ in os.walk(cache):
        Path(folder).chmod(stat.S_IRWXU)
    close(session, [made])


def test_the_program_is_built_and_run(workspace: Workspace) -> None:
    said = bazel(workspace, "run", "//cmd/all").stdout
    assert said.splitlines() == [
        "go-sqlite3: 42",
        "webp: RIFF",
        "go-ethereum: 65",
        "bls-eth-go-binary: ready",
        "hid: true",
        "gozstd: true",
    ]


def test_it_is_skipped_where_archives_are_missing(workspace: Workspace) -> None:
    done = bazel(workspace, "build", "//...", "--config=windows_arm64")
    assert "//cmd/all:all" not in done.stderr.partition("up-to-date")[0]


def _workspace(session: Session, cache: Path, environment: dict[str, str]) -> Workspace:
    source = session.folder / "source"
    shutil.copytree(EXAMPLE, source)
    (source / "BUILD.bazel").touch()
    (source / "bazel_xc.toml").write_text(CONFIG)
    (source / "MODULE.bazel").write_text(MODULE + EXTENSION.format(cache=cache))
    _download(session, source, environment)
    path = os.pathsep.join(filter(None, (os.environ.get("PYTHONPATH"), str(REPOSITORY))))
    command = [sys.executable, "-m", "bazel_xc", "modules", "-C", str(source)]
    subprocess.run(command, env=environment | {"PYTHONPATH": path}, check=True)
    text = (source / "MODULE.bazel").read_text()
    assert "go_deps.module_override(" in text
    assert text.startswith(MODULE)
    return make_workspace(session, "sixfold", example=source, extra=text.removeprefix(MODULE), config=CONFIG)


def _download(session: Session, source: Path, environment: dict[str, str]) -> None:
    """The modules of the example, and those that rules_go and Gazelle ask for in newer versions."""
    texts = [(folder / "go.mod").read_text() for folder in _folders(session)]
    wanted = sorted({f"{path}@{version}" for text in texts for path, version in _REQUIRED.findall(text)})
    for command in (["go", "mod", "download"], ["go", "mod", "download", *wanted]):
        if subprocess.run(command, cwd=source, env=environment, check=False).returncode:
            unavailable("modules", "go mod download does not bring the modules of the example")


def _folders(session: Session) -> tuple[Path, ...]:
    assert session.modules
    return session.modules / "rules_go", session.modules / "gazelle"
