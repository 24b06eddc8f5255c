"""Makes a workspace that a real Bazel can build without a network, and runs Bazel in it.

Comes in: an example's folder, rules_go or its double, and what Debian installs beside its Bazel 4.2.3.
Goes out: a copy of the example with generated BUILD files and, around it, the repositories that Bazel
and rules_go ask for. Everything lies in one temporary folder; ``close`` ends the servers and removes it.
``BAZEL_XC_DISK_CACHE`` names a folder for Bazel's disk cache that outlives the run, so that Go's standard
library need not be compiled again.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
import struct
import subprocess
import sys
import textwrap
from collections.abc import Iterable, Mapping
from pathlib import Path

from attrs import evolve, field, frozen
from requirements import require, require_compiler, unavailable

REPOSITORY = Path(__file__).parents[2]
EXAMPLE = REPOSITORY / "testdata" / "example"
DOUBLE = REPOSITORY / "testdata" / "rules_go_double"

# Bazel's name of a repository -> the Debian package that ships it.
DEBIAN = {
    "bazel_skylib": "bazel-skylib",
    "platforms": "bazel-platforms",
    "rules_java": "bazel-rules-java",
    "rules_proto": "bazel-rules-proto",
}

TIMEOUT = 1500

CROSS_GCC = "aarch64-linux-gnu-gcc"

CACHED = {"disk cache hit", "remote cache hit"}  # Bazel 7 says the first, Bazel 4 the second

ELF_MACHINES = {62: "amd64", 183: "arm64"}
PE_MACHINES = {0x8664: "amd64", 0xAA64: "arm64"}

WORKSPACE_FLAGS = ("build --nosandbox_debug", "build --incompatible_enable_cc_toolchain_resolution")

GO_OF_HOST = """
go_sdk = use_extension("@io_bazel_rules_go//go:extensions.bzl", "go_sdk")
go_sdk.host()
"""

MODULE = (
    """\
module(name = "greet")

bazel_dep(name = "bazel_xc", version = "0.1.0")
bazel_dep(name = "platforms", version = "0.0.10")
bazel_dep(name = "rules_go", version = "0.62.0", repo_name = "io_bazel_rules_go")
"""
    + GO_OF_HOST
)

# Only with these can targets of rules_python be built. Every build of a workspace that has rules_python among
# its modules looks for its toolchains, so a module that has none is in its place where no test needs it.
OF_PYTHON = ("rules_python", "stardoc")

PYTHON_SHIM = {
    "MODULE.bazel": 'module(name = "rules_python", version = "99")\n',
    "python/BUILD.bazel": "",
    "python/defs.bzl": textwrap.dedent("""\
        py_binary = native.py_binary
        py_library = native.py_library
        py_runtime = native.py_runtime
        py_test = native.py_test

        def py_runtime_pair(**kwargs):
            fail("no Python here")
        """),
}

LOCAL_PYTHON = """
bazel_dep(name = "rules_python", version = "1.4.0")

local_runtime_repo = use_repo_rule(
    "@rules_python//python/private:local_runtime_repo.bzl",
    "local_runtime_repo",
)

local_runtime_repo(
    name = "local_python",
    interpreter_path = "{python}",
    on_failure = "fail",
)

local_runtime_toolchains_repo = use_repo_rule(
    "@rules_python//python/private:local_runtime_toolchains_repo.bzl",
    "local_runtime_toolchains_repo",
)

local_runtime_toolchains_repo(
    name = "local_pythons",
    runtimes = ["local_python"],
)

register_toolchains("@local_pythons//:all")
"""

INCOMPATIBLE = (
    '"{}//{}:{}".format("", target.label.package, target.label.name) '
    'if "IncompatiblePlatformProvider" in providers(target) else ""'
)


@frozen
class Session:
    """A folder for everything that the tests of one run leave behind, and the Bazel they use.

    Either there are ``repositories`` for a WORKSPACE, or ``modules`` is a folder with a folder per module.
    ``python`` is an interpreter for rules_python; without it, rules_python is a shim.
    """

    folder: Path
    bazel: str
    repositories: tuple[tuple[str, Path], ...]
    modules: Path | None = None
    python: Path | None = None


@frozen(kw_only=True)
class Workspace:
    """A copy of an example, ready to be built."""

    session: Session
    root: Path
    generated: tuple[Path, ...] = field(factory=tuple)


def open_session(folder: Path) -> Session:
    """Finds Bazel and its repositories; skips or fails the test where one is missing."""
    bazel = require("bazel")
    repositories = [(name, _debian_folder(package)) for name, package in DEBIAN.items()]
    repositories += [(name, _write_shim(folder / "shims" / name, files)) for name, files in SHIMS.items()]
    return Session(folder, bazel, tuple(repositories))


def open_modules_session(folder: Path) -> Session:
    """The Bazel 7 that ``BAZEL_XC_BAZEL7`` names, with modules from the folder of ``BAZEL_XC_MODULES``.

    That folder holds a folder per module, which overrides the module of its name, and ``registry``, a copy of
    what the Bazel Central Registry says of all modules.
    """
    program, modules = os.environ.get("BAZEL_XC_BAZEL7", ""), os.environ.get("BAZEL_XC_MODULES", "")
    if not program or not modules:
        unavailable("bazel7", "BAZEL_XC_BAZEL7 and BAZEL_XC_MODULES do not name a Bazel 7 and its modules")
    return Session(folder, program, (), Path(modules))


def open_python_session(folder: Path) -> Session:
    """A session with modules in which rules_python works, with a Python of this machine.

    The wheels of the tool come from the network.
    """
    session = open_modules_session(folder)
    assert session.modules
    if not (session.modules / "rules_python").is_dir():
        unavailable("rules_python", f"{session.modules} has no module rules_python")
    python = Path(sys.base_prefix) / "bin" / "python3.11"
    if not python.is_file():
        unavailable("python3.11", f"{python} is not there, and the module's tool is for Python 3.11")
    host = _write_shim(folder / "shims" / "python_host", {"BUILD.bazel": 'exports_files(["python"])\n'})
    (host / "python").symlink_to(python)
    return evolve(session, python=python)


def make_workspace(
    session: Session,
    name: str,
    *,
    example: Path = EXAMPLE,
    rules_go: Path = DOUBLE,
    extra: str = "",
    config: str | None = None,
    files: Mapping[str, str] | None = None,
) -> Workspace:
    """Copies an example, gives it what Bazel wants and lets bazel-xc write its BUILD files.

    ``extra`` is appended to WORKSPACE or MODULE.bazel, ``config`` becomes bazel_xc.toml, ``files`` are texts
    by path. With modules, ``rules_go`` is not looked at: it is one of them.
    """
    root = session.folder / name
    shutil.copytree(example, root)
    if session.modules:
        (root / "WORKSPACE").unlink()
        python = LOCAL_PYTHON.format(python=session.python) if session.python else ""
        (root / "MODULE.bazel").write_text(MODULE + python + extra)
    else:
        with (root / "WORKSPACE").open("a") as workspace:
            repositories = [*session.repositories, ("io_bazel_rules_go", rules_go), ("bazel_xc", REPOSITORY)]
            workspace.write(repository_lines(repositories) + extra)
    written = dict(files or {}) | ({"bazel_xc.toml": config} if config is not None else {})
    for path, text in written.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    lines = [*_lines_for_our_module(session), "try-import %workspace%/platforms/platforms.bazelrc", ""]
    (root / ".bazelrc").write_text(workspace_bazelrc(session) + "\n".join(lines))
    before = build_files(root)
    generate(root)
    return Workspace(
        session=session, root=root, generated=tuple(sorted(set(build_files(root)) - set(before)))
    )


def complete_workspace(session: Session, root: Path) -> Workspace:
    """Adds the modules of a session, but for bazel_xc, and the Go of this machine to a workspace."""
    assert session.modules
    python = LOCAL_PYTHON.format(python=session.python) if session.python else ""
    with (root / "MODULE.bazel").open("a") as text:
        text.write(GO_OF_HOST + python)
    with (root / ".bazelrc").open("a") as text:
        text.write(workspace_bazelrc(session) + "\n".join([*_lines_for_python(session), ""]))
    return Workspace(session=session, root=root)


def generate(root: Path) -> str:
    """Runs ``bazel-xc generate`` and gives what it printed."""
    command = [sys.executable, "-m", "bazel_xc", "generate", "-C", str(root)]
    path = os.pathsep.join(filter(None, (os.environ.get("PYTHONPATH"), str(REPOSITORY))))
    env = os.environ | {"GOFLAGS": "", "GOTOOLCHAIN": "local", "PYTHONPATH": path}
    return _run(command, cwd=root, env=env).stdout


def build_files(root: Path) -> tuple[Path, ...]:
    """The BUILD files below a folder, without those behind Bazel's own links."""
    return tuple(
        path
        for path in sorted(root.rglob("BUILD*"))
        if path.name in ("BUILD", "BUILD.bazel") and not path.relative_to(root).parts[0].startswith("bazel-")
    )


def bazel(
    workspace: Workspace, *arguments: str, expect: int = 0, below: str = ""
) -> subprocess.CompletedProcess[str]:
    """Runs Bazel in a workspace, or in a folder ``below`` its root, and asserts its exit status."""
    startup = [
        "--nohome_rc",
        f"--output_user_root={workspace.session.folder / 'bazel'}",
        "--max_idle_secs=120",
        "--host_jvm_args=-Xmx2g",
    ]
    return _run([workspace.session.bazel, *startup, *arguments], cwd=workspace.root / below, expect=expect)


def checkout(workspace: Workspace, name: str) -> Workspace:
    """The same tree in another folder, of which Bazel knows nothing but the disk cache."""
    other = evolve(workspace, root=workspace.session.folder / "elsewhere" / name)
    shutil.copytree(workspace.root, other.root, symlinks=True, ignore=shutil.ignore_patterns("bazel-*"))
    return other


def spawned(said: str) -> dict[str, int]:
    """How many actions of a build were run or found, by how; those inside of Bazel are left out."""
    (summary,) = re.findall(r"^INFO: \d+ process(?:es)?: (.+)\.$", said, re.MULTILINE)
    kinds = [each.split(" ", 1) for each in summary.split(", ")]
    return {kind: int(number) for number, kind in kinds if kind != "internal"}


def incompatible(workspace: Workspace, *flags: str, pattern: str = "//...") -> tuple[str, ...]:
    """The labels of a query, of all targets, that Bazel would skip."""
    query = ["cquery", pattern, "--output=starlark", f"--starlark:expr={INCOMPATIBLE}", *flags]
    return tuple(sorted(set(bazel(workspace, *query).stdout.split())))


def go_sdk() -> Path:
    """A Go SDK that rules_go 0.34 can use: 1.19 or older, from ``BAZEL_XC_GO_SDK`` or Debian's folder."""
    folder = Path(os.environ.get("BAZEL_XC_GO_SDK", "/usr/lib/go-1.19"))
    go = folder / "bin" / "go"
    if not go.exists():
        unavailable("go-1.19", f"no Go SDK in {folder}; BAZEL_XC_GO_SDK names one")
    version = _run([str(go), "env", "GOVERSION"], env=os.environ | {"GOTOOLCHAIN": "local"}).stdout.strip()
    match = re.fullmatch(r"go1\.(\d+)(\..*)?", version)
    if not match or int(match[1]) > 19:
        unavailable("go-1.19", f"{folder} holds {version}, rules_go 0.34 wants Go 1.19 or older")
    return folder


def rules_go() -> Path:
    """The checkout of rules_go 0.34.0 that ``BAZEL_XC_RULES_GO`` names."""
    text = os.environ.get("BAZEL_XC_RULES_GO", "")
    if not (Path(text) / "go" / "def.bzl").is_file():
        unavailable("rules_go", "BAZEL_XC_RULES_GO names no checkout of rules_go 0.34.0")
    return Path(text)


def sdk_text(sdk: Path) -> str:
    """The lines of WORKSPACE that give rules_go its SDK."""
    return textwrap.dedent(f"""
        load("@io_bazel_rules_go//go:deps.bzl", "go_local_sdk")
        load("@io_bazel_rules_go//go:deps.bzl", "go_register_toolchains", "go_rules_dependencies")

        go_local_sdk(
            name = "go_sdk",
            path = "{sdk}",
        )

        go_rules_dependencies()

        go_register_toolchains()
        """)


def cross_toolchain_text(session: Session) -> str:
    """The lines of WORKSPACE that register Debian's gcc for linux_arm64, whose repository it writes."""
    gcc = require_compiler(CROSS_GCC)
    prefix = gcc.removesuffix("gcc")
    paths = {tool: prefix + tool for tool in ("ar", "cpp", "gcc", "gcov", "ld", "nm", "objdump", "strip")}
    paths["llvm-cov"] = "/bin/false"  # asked for whatever the compiler is
    build = CROSS_BUILD.format(includes=_include_directories(gcc), paths=paths)
    folder = _write_shim(session.folder / "shims" / "cross_gcc", {"BUILD.bazel": build})
    return _repository_text("cross_gcc", folder) + '\nregister_toolchains("@cross_gcc//:linux_arm64")\n'


def close(session: Session, workspaces: Iterable[Workspace]) -> None:
    """Ends the Bazel servers and removes the folder, which holds gigabytes and read-only directories."""
    for workspace in workspaces:
        bazel(workspace, "shutdown")
    for folder, _, _ in os.walk(session.folder):
        Path(folder).chmod(stat.S_IRWXU)
    shutil.rmtree(session.folder)


def write_python(session: Session) -> Path:
    """A program that is the interpreter of these tests with the package in it."""
    program = session.folder / "python"
    program.write_text(f'#!/bin/sh\nexec env PYTHONPATH={REPOSITORY}:$PYTHONPATH {sys.executable} "$@"\n')
    program.chmod(0o755)
    return program


def emulator() -> tuple[str, ...]:
    """The words that run programs for arm64; skips or fails the test where there are none."""
    found = find_emulator()
    if not found:
        unavailable("qemu", "qemu-aarch64-static and qemu-aarch64 are not on PATH")
    return found


def find_emulator() -> tuple[str, ...]:
    """The words that run programs for arm64 with Debian's C library for it, if there are any."""
    found = shutil.which("qemu-aarch64-static") or shutil.which("qemu-aarch64")
    return (found, "-L", "/usr/aarch64-linux-gnu") if found else ()


def zig() -> str:
    """The zig of ``BAZEL_XC_ZIG`` or on PATH."""
    return os.environ.get("BAZEL_XC_ZIG") or require("zig")


def machine(program: Path) -> str:
    """Container and machine of a program, as its headers say."""
    data = program.read_bytes()
    if data[:4] == b"\x7fELF":
        return "elf " + ELF_MACHINES[int(struct.unpack_from("<H", data, 18)[0])]
    assert data[:2] == b"MZ"
    (at,) = struct.unpack_from("<I", data, 0x3C)
    assert data[at : at + 4] == b"PE\0\0"
    return "pe " + PE_MACHINES[int(struct.unpack_from("<H", data, at + 4)[0])]


def workspace_bazelrc(session: Session) -> str:
    """The lines of .bazelrc with which a workspace is built without a network."""
    lines = [
        f"build --disk_cache={os.environ.get('BAZEL_XC_DISK_CACHE') or session.folder / 'disk_cache'}",
        "build --jobs=2 --color=no --curses=no --show_progress_rate_limit=60",
        "test --test_output=errors",
    ]
    if session.modules is None:
        return "\n".join([*lines, *WORKSPACE_FLAGS, ""])
    apart = {"registry"} if session.python else {"registry", *OF_PYTHON}
    folders = {path.name: path for path in sorted(session.modules.iterdir()) if path.name not in apart}
    lines += [f"common --override_module={name}={folder}" for name, folder in folders.items()]
    lines += ["common --lockfile_mode=off", f"common --registry=file://{session.modules / 'registry'}"]
    return "\n".join([*lines, ""])


def _lines_for_our_module(session: Session) -> list[str]:
    """The lines of .bazelrc for a workspace whose modules are ours and rules_python, which it needs."""
    ours = f"common --override_module=bazel_xc={REPOSITORY}"
    return [ours, *_lines_for_python(session)] if session.modules else []


def _lines_for_python(session: Session) -> list[str]:
    if session.python:
        host = session.folder / "shims" / "python_host"
        return [f"common --override_repository=rules_python~~python~python_3_11_host={host}"]
    shim = _write_shim(session.folder / "shims" / "rules_python", PYTHON_SHIM)
    return [f"common --override_module=rules_python={shim}"]


def _debian_folder(package: str) -> Path:
    """Where a Debian package keeps its repository: the folder of its topmost WORKSPACE file."""
    if shutil.which("dpkg-query") is None:
        unavailable("bazel", f"no dpkg-query to find {package} with")
    listed = subprocess.run(["dpkg-query", "-L", package], capture_output=True, text=True, check=False)
    roots = [Path(line).parent for line in listed.stdout.splitlines() if line.endswith("/WORKSPACE")]
    if not roots:
        unavailable("bazel", f"Debian's {package} is not installed")
    return min(roots, key=lambda folder: len(folder.parts))


def _write_shim(folder: Path, files: dict[str, str]) -> Path:
    for path, text in ({"WORKSPACE": "", "BUILD.bazel": ""} | files).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return folder


def repository_lines(repositories: Iterable[tuple[str, Path]]) -> str:
    """The lines of WORKSPACE that declare repositories from folders."""
    return "".join(_repository_text(name, folder) for name, folder in repositories)


def _repository_text(name: str, folder: Path) -> str:
    return f'\nlocal_repository(\n    name = "{name}",\n    path = "{folder}",\n)\n'


def _include_directories(gcc: str) -> list[str]:
    """Where a gcc looks for headers, from what it says about itself."""
    said = _run([gcc, "-E", "-v", "-xc", os.devnull]).stderr
    _, _, after = said.partition("#include <...> search starts here:")
    lines = after.partition("End of search list.")[0].split()
    return sorted({str(Path(line).resolve()) for line in lines} | {os.path.normpath(line) for line in lines})


def _run(
    command: list[str], *, cwd: Path | None = None, env: dict[str, str] | None = None, expect: int = 0
) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        command, cwd=cwd, env=env, capture_output=True, text=True, check=False, timeout=TIMEOUT
    )
    assert done.returncode == expect, (
        f"{' '.join(command)}\nexit {done.returncode}\n{done.stdout}\n{done.stderr}"
    )
    return done


CC_RULES = (
    "cc_binary",
    "cc_import",
    "cc_library",
    "cc_proto_library",
    "cc_test",
    "cc_toolchain",
    "cc_toolchain_suite",
    "objc_library",
)

# rules_cc of Debian is too new for its Bazel: its rules are native ones there. Any test rule asks for a
# report generator in remote_coverage_tools, which would be fetched.
SHIMS = {
    "rules_cc": {
        "cc/BUILD.bazel": "",
        "cc/defs.bzl": "".join(f"{rule} = native.{rule}\n" for rule in CC_RULES),
    },
    "remote_coverage_tools": {
        "BUILD.bazel": textwrap.dedent("""\
            filegroup(
                name = "coverage_report_generator",
                srcs = [],
                visibility = ["//visibility:public"],
            )
            """),
    },
}

CROSS_BUILD = """\
load("@bazel_tools//tools/cpp:unix_cc_toolchain_config.bzl", "cc_toolchain_config")

filegroup(name = "nothing")

cc_toolchain_config(
    name = "config",
    cpu = "aarch64",
    compiler = "gcc",
    toolchain_identifier = "cross_gcc",
    host_system_name = "local",
    target_system_name = "aarch64-linux-gnu",
    target_libc = "glibc",
    abi_version = "gcc",
    abi_libc_version = "glibc",
    cxx_builtin_include_directories = {includes},
    tool_paths = {paths},
)

cc_toolchain(
    name = "cc",
    all_files = ":nothing",
    compiler_files = ":nothing",
    dwp_files = ":nothing",
    linker_files = ":nothing",
    objcopy_files = ":nothing",
    strip_files = ":nothing",
    supports_param_files = 0,
    toolchain_config = ":config",
)

toolchain(
    name = "linux_arm64",
    target_compatible_with = [
        "@platforms//cpu:aarch64",
        "@platforms//os:linux",
    ],
    toolchain = ":cc",
    toolchain_type = "@bazel_tools//tools/cpp:toolchain_type",
)
"""
