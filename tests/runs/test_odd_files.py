"""Pipes, devices and endless files where a file should be: one line with the remedy, and no run waits."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from goldens import without_count
from requirements import require

from bazel_xc import tree
from bazel_xc.cli import main
from bazel_xc.errors import WorkspaceError
from bazel_xc.tree import DiskTree, NotReadError, find, read_file

resource = pytest.importorskip("resource")
pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")

# Far more than a run takes, so that only one that waits for ever reaches it; and of memory.
PATIENCE, MEMORY = 120, 8 << 30
FILES = {
    "go.mod": "module example.com/m\n\ngo 1.21\n",
    "MODULE.bazel": 'bazel_dep(name = "rules_go", version = "0.50.1")\n',
    "good/good.go": "package good\n",
    "p/p.go": "package p\n",
}
READ_BY_GO = "not a regular file, go might wait for it forever; move it out of the way"
NOT_READ = "cannot be read: not a regular file; move it out of the way"
LEFT = "error: cannot be read: not a regular file (move it out of the way; it is left unchanged)"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    require("go")
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
    return tmp_path


def generate(root: Path) -> subprocess.CompletedProcess[str]:
    """A run in a process of its own, which can be ended if it waits or eats memory."""
    done = subprocess.run(
        [sys.executable, "-m", "bazel_xc", "generate", "-C", str(root)],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY)),
        timeout=PATIENCE,
        capture_output=True,
        text=True,
        check=False,
    )
    done.stderr = without_count(done.stderr)
    return done


def make_pipe(path: Path) -> None:
    path.unlink(missing_ok=True)
    os.mkfifo(path)


def make_device(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.symlink_to("/dev/zero")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("bazel_xc.toml", NOT_READ),
        ("MODULE.bazel", NOT_READ),
        ("WORKSPACE", NOT_READ),
        ("REPO.bazel", NOT_READ),
        (".bazelrc", NOT_READ),
        (".bazelignore", NOT_READ),
        ("go.mod", READ_BY_GO),
        ("go.work", READ_BY_GO),
    ],
)
@pytest.mark.parametrize("make", [make_pipe, make_device])
def test_what_the_whole_run_rests_on(root: Path, name: str, said: str, make: Callable[[Path], None]) -> None:
    make(root / name)

    done = generate(root)

    assert done.returncode == 2
    assert done.stderr.endswith(f"{name}: {said}\n")
    assert done.stderr.count("\n") == 1
    assert not list(root.rglob("BUILD.bazel"))


@pytest.mark.parametrize("name", ["p/p.go", "p/x.h", "p/go.mod", "vendor/modules.txt"])
def test_a_pipe_that_go_would_read(root: Path, name: str) -> None:
    (root / name).parent.mkdir(exist_ok=True)
    make_pipe(root / name)

    done = generate(root)

    assert (done.returncode, done.stderr) == (2, f"bazel-xc: {name}: {READ_BY_GO}\n")


@pytest.mark.parametrize("make", [make_pipe, make_device])
def test_a_build_file_is_left_and_the_rest_goes_on(root: Path, make: Callable[[Path], None]) -> None:
    make(root / "p/BUILD.bazel")

    done = generate(root)

    assert (done.returncode, done.stderr) == (1, f"p/BUILD.bazel: {LEFT}\n")
    assert (root / "good/BUILD.bazel").is_file()
    assert not (root / "p/BUILD.bazel").is_file()


def test_a_build_file_that_never_ends_is_said_and_the_rest_goes_on(root: Path) -> None:
    (root / "p" / "BUILD.bazel").write_text("[rule(name = str(i)) for i in range(100000000)]\n")

    done = generate(root)

    assert done.returncode == 0
    assert done.stderr.startswith(
        "p/BUILD.bazel: warning: cannot be run to see which rules it makes: it needs too much time or memory"
    )
    assert done.stderr.count("\n") == 1
    assert (root / "good" / "BUILD.bazel").exists()


def test_a_go_file_without_end_is_left_out(root: Path) -> None:
    make_device(root / "p/p.go")

    done = generate(root)

    assert done.returncode == 1
    assert "p/p.go: error: not a regular file (move it out of the way; it is left out)\n" in done.stderr
    assert (root / "good/BUILD.bazel").is_file()


@pytest.mark.parametrize("make", [make_pipe, make_device])
def test_files_that_others_name(root: Path, make: Callable[[Path], None]) -> None:
    (root / "BUILD.bazel").write_text("# gazelle:directive_file more\n")
    make(root / "more")

    done = generate(root)

    assert done.returncode == 0
    assert "BUILD.bazel:1: warning: cannot read directive file 'more'" in done.stderr


@pytest.mark.parametrize("make", [make_pipe, make_device])
def test_an_imported_bazelrc(root: Path, make: Callable[[Path], None]) -> None:
    (root / ".bazelrc").write_text("try-import %workspace%/more\n")
    make(root / "more")

    done = generate(root)

    assert (done.returncode, done.stderr) == (2, f"bazel-xc: more: {NOT_READ}\n")


def test_an_included_device_is_a_header_that_nobody_has(root: Path) -> None:
    (root / "p/p.go").write_text('package p\n\n// #include "x.h"\nimport "C"\n')
    make_device(root / "p/x.h")

    assert generate(root).returncode in (0, 1)


def test_a_configuration_that_is_named_may_be_a_pipe(root: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bazel_xc", "generate", "--check", "-C", str(root), "--config", "/dev/stdin"],
        input="nonsense = 1\n",
        timeout=PATIENCE,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stderr.startswith("bazel-xc: stdin: nonsense: unknown key")


@pytest.mark.parametrize("root", ["a/" * 3000, "a" * 3000])
def test_a_root_that_no_system_takes_is_one_line(root: str, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["generate", "-C", root])

    said = capsys.readouterr().err
    assert code == 2
    assert said.count("\n") == 1
    assert said.endswith(": File name too long\n")


def test_the_size_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tree, "LIMIT", 1 << 20)
    small, large = tmp_path / "small", tmp_path / "large"
    small.write_bytes(b"x" * (1 << 20))
    large.write_bytes(b"x" * ((1 << 20) + 1))

    assert len(read_file(small)) == 1 << 20
    with pytest.raises(NotReadError, match="larger than 1 MB"):
        read_file(large)


def test_files_that_are_not_there_and_directories(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")

    assert [find(DiskTree(tmp_path), name) for name in (".", "gone", "gone/x", "loop", "n\0l")] == [None] * 5


@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root reads everything")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    (tmp_path / "f").touch(0)

    with pytest.raises(WorkspaceError, match=r"^f: cannot be read: Permission denied; let it be read$"):
        find(DiskTree(tmp_path), "f")
