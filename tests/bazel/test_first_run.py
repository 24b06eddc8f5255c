"""A Go module that has never seen Bazel: ``init``, ``generate``, and a real Bazel builds every target.

With Bazel 7 and modules where ``BAZEL_XC_BAZEL7`` and ``BAZEL_XC_MODULES`` name them; with Bazel 4 beside a
WORKSPACE that declares the rules_go of ``BAZEL_XC_RULES_GO``.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from bazel_workspace import (
    REPOSITORY,
    Session,
    Workspace,
    bazel,
    close,
    go_sdk,
    open_modules_session,
    open_session,
    repository_lines,
    rules_go,
    sdk_text,
    workspace_bazelrc,
)
from requirements import require

FILES = {
    "go.mod": "module example.com/fresh\n\ngo 1.18\n",
    "cmd/app/main.go": """\
package main

import (
	"fmt"

	"example.com/fresh/sum"
)

func main() { fmt.Println(sum.Of(40, 2)) }
""",
    "cmd/plain/main.go": 'package main\n\nfunc main() { println("plain") }\n',
    "sum/sum.go": """\
package sum

// #include "sum.h"
import "C"

// Of adds two numbers in C.
func Of(a, b int) int { return int(C.sum(C.int(a), C.int(b))) }
""",
    "sum/sum.c": '#include "sum.h"\n\nint sum(int a, int b) { return a + b; }\n',
    "sum/sum.h": "int sum(int a, int b);\n",
    "sum/sum_test.go": """\
package sum

import "testing"

func TestOf(t *testing.T) {
	if Of(1, 2) != 3 {
		t.Fatal("wrong sum")
	}
}
""",
    ".git/HEAD": "ref: refs/heads/main\n",
}
# What a compiler of this machine consists of; there is none for another platform among them.
PROGRAMS = ("go", "gcc", "as", "ld", "cat", "sh")


@pytest.fixture(scope="module", params=[4, 7], ids=["bazel4", "bazel7"])
def fresh(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """The module after ``init`` and ``generate``."""
    require("go")
    require("gcc")
    folder = tmp_path_factory.mktemp("fresh")
    session = open_session(folder) if request.param == 4 else open_modules_session(folder)
    root = folder / "fresh"
    for path, text in FILES.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    if session.modules is None:
        declared = repository_lines([*session.repositories, ("io_bazel_rules_go", rules_go())])
        (root / "WORKSPACE").write_text(f'workspace(name = "fresh")\n{declared}{sdk_text(go_sdk())}')
    said = _bazel_xc(session, root, "init")
    assert "cgo is on for linux_amd64 (gcc); off for linux_arm64" in said
    _bazel_xc(session, root, "generate")
    _adapt(session, root)
    workspace = Workspace(session=session, root=root)
    yield workspace
    close(session, [workspace])


def _bazel_xc(session: Session, root: Path, *arguments: str, expect: int = 0) -> str:
    programs = session.folder / "programs"
    if not programs.exists():
        programs.mkdir()
        for name in PROGRAMS:
            if found := shutil.which(name):
                (programs / name).symlink_to(found)
        (programs / "bazel").symlink_to(session.bazel)
    environment = {
        **{name: value for name, value in os.environ.items() if name not in ("CC", "BAZEL_XC_GO")},
        "PATH": str(programs),
        "PYTHONPATH": str(REPOSITORY),
        "GOFLAGS": "",
        "GOTOOLCHAIN": "local",
    }
    command = [sys.executable, "-m", "bazel_xc", *arguments]
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == expect, done.stdout + done.stderr
    return done.stdout


def _adapt(session: Session, root: Path) -> None:
    """This machine's SDK and modules, because the tests run without a network; nothing else is edited."""
    with (root / ".bazelrc").open("a") as file:
        file.write(workspace_bazelrc(session))
    if session.modules:
        path = root / "MODULE.bazel"
        text = path.read_text()
        assert 'go_sdk.from_file(go_mod = "//:go.mod")' in text
        path.write_text(text.replace('go_sdk.from_file(go_mod = "//:go.mod")', "go_sdk.host()"))
        (root / ".bazelversion").unlink()  # Debian's Bazel has no version


def test_every_target_builds_and_tests_pass(fresh: Workspace) -> None:
    """On this machine, C included."""
    bazel(fresh, "build", "//...")
    tested = bazel(fresh, "test", "//...").stdout
    assert "//sum:sum_test" in tested
    assert bazel(fresh, "run", "//cmd/app").stdout == "42\n"


@pytest.mark.parametrize("platform", ["linux_arm64", "windows_arm64"])
def test_a_platform_without_a_compiler_is_no_broken_state(platform: str, fresh: Workspace) -> None:
    """cgo is off there: programs without C build, the others are skipped."""
    said = bazel(fresh, "build", "//...", f"--config={platform}", "--show_result=100").stderr
    assert "Target //cmd/app:app was skipped" in said
    assert "Target //cmd/plain:plain up-to-date" in said


def test_a_second_run_changes_nothing(fresh: Workspace) -> None:
    """``generate --check`` after the build, beside the links of Bazel, which git ignores."""
    _bazel_xc(fresh.session, fresh.root, "generate", "--check")
    assert "/bazel-*" in (fresh.root / ".gitignore").read_text().splitlines()
