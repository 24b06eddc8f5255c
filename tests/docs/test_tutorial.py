"""The tutorial, followed to the letter in an empty folder: its files, its commands, their output.

Commands up to the first build need go and C compilers. The builds need the Bazel 7 of
``BAZEL_XC_BAZEL7``; then three things differ from the page, because there is no network: modules are local
folders, the Go SDK is that of this machine, and third-party modules come from go's module cache.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from attrs import frozen
from documents import DOCS, REPOSITORY, Code, codes
from requirements import require, require_compiler, unavailable

PAGE = DOCS / "tutorial.md"
_AT_THE_END = " (at the end)"
START = "## Write a module"
UUID = "cache/download/github.com/google/uuid/@v/v1.6.0.zip"
MODULES = (
    "apple_support", "bazel_features", "bazel_skylib", "gazelle", "package_metadata", "platforms", "protobuf",
    "rules_cc", "rules_go", "rules_license", "rules_shell",
)  # fmt: skip


@frozen
class Step:
    """A file to write, or commands to run with the output that the page shows, if it shows one."""

    code: Code
    output: str = ""

    @property
    def title(self) -> str:
        """The path of the file; empty for commands."""
        found = re.search(r'title="([^"]+)"', self.code.language)
        return found[1].removesuffix(_AT_THE_END) if found else ""

    @property
    def adds(self) -> bool:
        """Whether the text is added to a file."""
        return f'{_AT_THE_END}"' in self.code.language

    @property
    def builds(self) -> bool:
        """Whether it needs Bazel."""
        return re.search(r"^bazelisk|hello-arm64", self.code.text, re.MULTILINE) is not None


def steps() -> Iterator[Step]:
    """The steps of the page, in order, without the installation."""
    start = PAGE.read_text(encoding="utf-8").split(START)[0].count("\n")
    found = [each for each in codes(PAGE) if each.line > start]
    for at, each in enumerate(found):
        if each.language == "text":
            continue
        following = found[at + 1] if at + 1 < len(found) else each
        yield Step(each, following.text if following.language == "text" else "")


def follow(step: Step, root: Path, env: dict[str, str]) -> None:
    """Does one step and compares its output; a line with … is any text there, and … alone any lines."""
    place = f"docs/tutorial.md:{step.code.line}"
    if step.title:
        path = root / step.title
        path.parent.mkdir(parents=True, exist_ok=True)
        before = path.read_text(encoding="utf-8") + "\n" if step.adds else ""
        path.write_text(before + step.code.text, encoding="utf-8")
        return
    command = ["bash", "-e", "-c", step.code.text]
    done = subprocess.run(
        command, cwd=root, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    assert done.returncode == 0, f"{place}:\n{done.stdout}"
    if step.output:
        assert re.fullmatch(_pattern(step.output), done.stdout), f"{place}:\n{done.stdout}"


def _pattern(shown: str) -> str:
    lines = [
        "(?:.*\n)*" if line == "…" else ".*".join(map(re.escape, line.split("…"))) + "\n"
        for line in shown.splitlines()
    ]
    return "".join(lines)


def _environment(folder: Path, bazel: str = "") -> dict[str, str]:
    """The environment, with ``bazel-xc``, and with ``bazelisk`` if there is a Bazel."""
    programs = folder / "bin"
    programs.mkdir()
    _program(programs / "bazel-xc", f'exec {shlex.quote(sys.executable)} -m bazel_xc "$@"')
    if bazel:
        _program(programs / "bazelisk", _bazelisk(folder, bazel))
    path = os.pathsep.join(filter(None, (os.environ.get("PYTHONPATH"), str(REPOSITORY))))
    return os.environ | {
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GOFLAGS": "",
        "GOTOOLCHAIN": "local",
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": path,
    }


def _program(path: Path, text: str) -> None:
    path.write_text(f"#!/bin/bash\n{text}\n")
    path.chmod(0o755)


def _bazelisk(folder: Path, bazel: str) -> str:
    """A script that gives Bazel what it would otherwise download."""
    modules = Path(os.environ["BAZEL_XC_MODULES"])
    startup = f"--nohome_rc --output_user_root={folder / 'bazel'} --max_idle_secs=60 --host_jvm_args=-Xmx2g"
    flags = [f"--override_module={name}={modules / name}" for name in MODULES]
    flags += [f"--override_module=rules_python={_without_python(folder)}"]
    flags += [f"--override_module=bazel_xc={REPOSITORY}", f"--registry=file://{modules / 'registry'}"]
    flags += ["--lockfile_mode=off", "--color=no", "--curses=no", "--jobs=2"]
    flags += [f"--disk_cache={os.environ.get('BAZEL_XC_DISK_CACHE') or folder / 'disk_cache'}"]
    flags += ["--spawn_strategy=processwrapper-sandbox,local"]
    flags += [f"--repo_env=GOPROXY=file://{_module_cache()}/cache/download"]
    flags += ["--repo_env=GONOSUMDB=*", "--repo_env=GOFLAGS="]
    words = " ".join(map(shlex.quote, flags))
    host = "sed -i 's/^go_sdk.from_file.*/go_sdk.host()/' MODULE.bazel"
    return f'{host}\ncommand=$1; shift\nexec {bazel} {startup} "$command" {words} "$@"'


def _without_python(folder: Path) -> Path:
    """A module in the place of rules_python: only the targets of bazel-xc itself need the real one."""
    made = folder / "rules_python"
    (made / "python").mkdir(parents=True)
    (made / "MODULE.bazel").write_text('module(name = "rules_python", version = "99")\n')
    (made / "python" / "BUILD.bazel").touch()
    rules = ("py_binary", "py_library", "py_runtime", "py_test")  # Bazel's own BUILD files load them
    texts = [f"{each} = native.{each}\n" for each in rules]
    runtimes = 'def py_runtime_pair(**kwargs):\n    fail("no Python here")\n'
    (made / "python" / "defs.bzl").write_text("".join([*texts, runtimes]))
    return made


def _module_cache() -> Path:
    done = subprocess.run(["go", "env", "GOMODCACHE"], capture_output=True, text=True, check=True)
    return Path(done.stdout.strip())


@pytest.fixture
def tools() -> None:
    require("go")
    require("git")
    require_compiler("gcc")
    require_compiler("aarch64-linux-gnu-gcc")
    if not (_module_cache() / UUID).is_file():
        unavailable("modules", "github.com/google/uuid v1.6.0 is not in the module cache")


def test_the_page_has_steps() -> None:
    found = tuple(steps())
    assert [each.title for each in found if each.title] == [
        "crc/crc_cgo.go",
        "crc/crc_pure.go",
        "cmd/hello/main.go",
        "cmd/load/main_linux.go",
        "bazel_xc.toml",
        "MODULE.bazel",
    ]
    assert sum(each.builds for each in found) == 4


@pytest.mark.usefixtures("tools")
def test_the_steps_without_bazel(tmp_path: Path) -> None:
    root = tmp_path / "hello"
    root.mkdir()
    env = _environment(tmp_path)
    for step in steps():
        if not step.builds:
            follow(step, root, env)


@pytest.mark.usefixtures("tools")
def test_all_steps(tmp_path: Path) -> None:
    bazel = os.environ.get("BAZEL_XC_BAZEL7", "")
    if not bazel or not os.environ.get("BAZEL_XC_MODULES"):
        unavailable("bazel7", "BAZEL_XC_BAZEL7 and BAZEL_XC_MODULES do not name a Bazel 7 and its modules")
    require("qemu-aarch64-static")
    root = tmp_path / "hello"
    root.mkdir()
    env = _environment(tmp_path, bazel)
    try:
        for step in steps():
            follow(step, root, env)
    finally:
        subprocess.run(["bazelisk", "shutdown"], cwd=root, env=env, check=False, capture_output=True)
