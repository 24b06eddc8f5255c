"""What ``generate`` starts, reads, writes and connects to, as the system sees it; see docs/safety.md."""

from __future__ import annotations

import marshal
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from attrs import frozen
from requirements import require

from bazel_xc.buildfile.workspace import SCRATCH
from bazel_xc.golang.toolchain import find_go
from bazel_xc.memory import store

_CALLS = (
    "open,openat,creat,rename,renameat,renameat2,unlink,unlinkat,rmdir,link,linkat,symlink,symlinkat,mkdir,"
    "mkdirat,truncate,chmod,fchmodat,chown,execve,socket,connect"
)
_LINE = re.compile(r"^(?:\d+ +)?(?P<call>\w+)\((?P<arguments>.*?)\) += (?P<result>-?\d+)", re.MULTILINE)
_PARTS = re.compile(r"^\d+ +<\.\.\. \w+ resumed>", re.MULTILINE)
_TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"')
_WRITES = re.compile(r"O_WRONLY|O_RDWR|O_CREAT|O_TRUNC")
# The system's own devices, which keep nothing.
_DEVICES = ("/dev/null", "/dev/tty", "/proc/self/")


@frozen
class Traced:
    """What a run did: programs started, paths changed, families of sockets."""

    programs: frozenset[str]
    changed: frozenset[str]
    sockets: frozenset[str]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Traced]:
    """A traced run of generate on a workspace with each sort of file: the root, go's folders, the trace."""
    strace = require("strace")
    require("go")
    base = tmp_path_factory.mktemp("traced").resolve()
    root, home = base / "w", base / "home"
    home.mkdir()
    files = {
        "go.mod": "module example.com/m\n\ngo 1.21\n",
        "MODULE.bazel": 'bazel_dep(name = "rules_go", version = "0.50.1")\n',
        "new/a.go": 'package a\n\n// #include "x.h"\nimport "C"\n',
        "new/x.h": "",
        "old/b.go": "package b\n",
        "old/BUILD.bazel": 'go_library(\n    name = "old",\n    srcs = ["gone.go"],\n)\n',
        "loop/c.go": "package c\n",
        "embed/d.go": 'package d\n\nimport _ "embed"\n\n//go:embed *.txt\nvar D string\n',
        "embed/d.txt": "d\n",
        "embed/d_test.go": "package d\n",
        "testdata/t.go": "package t\n",
        ".bazelrc": "build --jobs=2\n",
        "bazel_xc.toml": "[platforms]\nlinux_amd64 = { cgo = true }\nwindows_amd64 = { cgo = false }\n",
        "loop/BUILD.bazel": '[filegroup(name = n) for n in ["a", "b"]]\n',
    }
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    done, text = _traced(strace, base, "generate", "-C", str(root))
    assert done.returncode == 0, done.stderr
    return root, home, _read(text, root)


def _traced(strace: str, base: Path, *arguments: str) -> tuple[subprocess.CompletedProcess[str], str]:
    """A run with its own home folder, and the trace of its system calls."""
    home, trace = base / "home", base / "trace"
    environment = {
        **os.environ,
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / "config"),
        "GOCACHE": str(home / "cache"),
        "BAZEL_XC_CACHE": str(home / "kept"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    command = [strace, "-f", "-qq", "-s", "4096", "-e", f"trace={_CALLS}", "-o", str(trace)]
    done = subprocess.run(
        [*command, sys.executable, "-m", "bazel_xc", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if "ptrace" in done.stderr.lower() or not trace.is_file():
        pytest.skip("this system lets no process be traced")
    return done, trace.read_text("utf-8", "replace")


def _read(text: str, root: Path) -> Traced:
    programs: set[str] = set()
    changed: set[str] = set()
    sockets: set[str] = set()
    for each in _LINE.finditer(_joined(text)):
        call, arguments = each["call"], each["arguments"]
        if int(each["result"]) < 0:
            continue
        paths = _TEXT.findall(arguments)
        if call == "execve":
            programs.add(os.path.realpath(paths[0]))
        elif call in ("socket", "connect"):
            sockets.add(arguments.partition(",")[0])
        elif not call.startswith("open") or _WRITES.search(arguments):
            changed.update(os.path.normpath(root / path) for path in paths[:2])
    return Traced(frozenset(programs), frozenset(changed), frozenset(sockets))


def _joined(text: str) -> str:
    """Calls that another one interrupted, put together again."""
    begun: dict[str, str] = {}
    lines: list[str] = []
    for line in text.splitlines():
        pid = line.partition(" ")[0]
        if line.endswith("<unfinished ...>"):
            begun[pid] = line.removesuffix("<unfinished ...>").rstrip()
        elif _PARTS.match(line):
            lines.append(begun.pop(pid, "") + _PARTS.sub("", line))
        else:
            lines.append(line)
    return "\n".join(lines)


def test_it_starts_go_and_python_alone(run: tuple[Path, Path, Traced]) -> None:
    go = Path(find_go(os.environ, run[0]).goroot)
    python = os.path.realpath(sys.executable)

    others = {path for path in run[2].programs if path != python and not Path(path).is_relative_to(go)}

    assert python in run[2].programs
    assert {path for path in others if Path(path).name != "go"} == set()


def test_it_changes_only_what_it_says(run: tuple[Path, Path, Traced]) -> None:
    root, home, traced = run
    wanted = {
        *("new/BUILD.bazel", "old/BUILD.bazel", "loop/BUILD.bazel", "embed/BUILD.bazel"),
        "testdata/BUILD.bazel",
        *("platforms", "platforms/BUILD.bazel", "platforms/platforms.bazelrc"),
        "platforms/requires_cgo.bzl",
    }
    others = {path for path in traced.changed if not path.startswith((str(home), *_DEVICES))}

    assert {path for path in others if not Path(path).is_relative_to(root)} == set()
    inside = {str(Path(path).relative_to(root)) for path in others}
    assert {path for path in inside if not path.startswith(SCRATCH)} == wanted
    assert not [path.name for path in root.iterdir() if path.name.startswith(SCRATCH)]


def test_it_connects_to_nothing(run: tuple[Path, Path, Traced]) -> None:
    assert run[2].sockets <= {"AF_UNIX"}


def test_it_remembers_whatever_it_reads(run: tuple[Path, Path, Traced]) -> None:
    """Every file of the workspace that go, or Python, opened is compared before a result is repeated."""
    root, home, _ = run
    time.sleep(0.1)  # the run before has written files
    done, text = _traced(require("strace"), root.parent, "generate", "--check", "-C", str(root))
    assert (done.returncode, done.stderr) == (0, "")
    (kept,) = (home / "kept").glob("run-*")
    _, watched, *_ = marshal.loads(store.get(str(kept.parent), kept.stem) or b"")
    opened: set[str] = set()
    for each in _LINE.finditer(_joined(text)):
        if each["call"].startswith("open") and int(each["result"]) >= 0:
            opened.update(os.path.normpath(root / path) for path in _TEXT.findall(each["arguments"])[:1])

    inside = {path for path in opened if Path(path).is_relative_to(root)}
    assert {str(root / name) for name in ("new/a.go", "embed/d.go", "go.mod", "embed")} <= inside
    assert inside - {os.path.normpath(path) for path in watched} == set()
