"""The launchers of ``bazel_xc`` and ``bazel_xc_test`` beside Gazelle, by name on PATH, and for Windows hosts.

A real Bazel writes them. Gazelle is the program on PATH behind a target that calls it as Gazelle's own runner
does. The launchers for Windows are run by Wine where there is one, with a Bazel that is played here.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from bazel_workspace import (
    REPOSITORY,
    Session,
    Workspace,
    bazel,
    close,
    make_workspace,
    open_modules_session,
    open_session,
    write_python,
)
from requirements import require

from bazel_xc.buildfile.printer import quote

ROOT = """\
load("@bazel_xc//rules:defs.bzl", "bazel_xc", "bazel_xc_test")

# gazelle:prefix example.com/greet
# gazelle:exclude launchers

exports_files(["go.mod"])

bazel_xc(
    name = "bazel_xc",
    gazelle = "//launchers:gazelle",
    go = "path",
    python = {python},
)

bazel_xc_test(
    name = "bazel_xc_test",
    gazelle = "//launchers:gazelle",
    go = "path",
    python = {python},
)
"""

LAUNCHERS = """\
load("@bazel_xc//rules:defs.bzl", "bazel_xc", "bazel_xc_test")
load(":program.bzl", "program")

program(
    name = "gazelle",
    src = "gazelle.sh",
    visibility = ["//visibility:public"],
)

platform(
    name = "windows_amd64",
    constraint_values = ["@platforms//os:windows", "@platforms//cpu:x86_64"],
)

bazel_xc(
    name = "run",
    command = "bazel-xc",
    go = "path",
)

bazel_xc(
    name = "run_all",
    command = "bazel-xc",
    gazelle = ":gazelle",
    go = "path",
    modules = True,
    reports = {"docs/cgo report.json": "json"},
)

bazel_xc_test(
    name = "check",
    command = "bazel-xc",
    gazelle = ":gazelle",
    go = "path",
)
"""

# A script as a target; sh_binary needs Java and Python toolchains where the host is Windows.
PROGRAM = """\
def _program_impl(ctx):
    output = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.symlink(output = output, target_file = ctx.file.src, is_executable = True)
    return [DefaultInfo(executable = output, runfiles = ctx.runfiles(files = [output]))]

program = rule(
    _program_impl,
    attrs = {"src": attr.label(allow_single_file = True)},
    executable = True,
)
"""

# Arguments after those of the target, the tree by BUILD_WORKSPACE_DIRECTORY.
GAZELLE = """\
#!/bin/sh
cd "$BUILD_WORKSPACE_DIRECTORY" && exec {gazelle} update -mode fix "$@"
"""

BY_GAZELLE = """\
load("@io_bazel_rules_go//go:def.bzl", "go_library")

go_library(
    name = "added",
    srcs = ["added_linux.go"],
    importpath = "example.com/greet/added",
    visibility = ["//visibility:public"],
)
"""

ON_WINDOWS = ("--extra_execution_platforms=//launchers:windows_amd64",)

# A bazel-xc for cmd.exe: it writes its arguments down, and a difference where the tree has a file `stale`.
PLAYED_TOOL = """\
@echo off
echo %*>>"{log}"
if exist "{root}\\stale" echo --- a/BUILD.bazel
if exist "{root}\\stale" exit /b 1
exit /b 0
"""

PLAYED_GAZELLE = """\
@echo off
echo gazelle %*>>"{log}"
"""


@pytest.fixture(scope="module", params=["workspace", "modules"])
def session(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Session:
    folder = tmp_path_factory.mktemp("launchers")
    return open_session(folder) if request.param == "workspace" else open_modules_session(folder)


@pytest.fixture(scope="module")
def workspace(session: Session) -> Iterator[Workspace]:
    """The example with the rules, and a target that is Gazelle."""
    gazelle = GAZELLE.format(gazelle=require("gazelle"))
    files = {
        "BUILD.bazel": ROOT.format(python=quote(str(write_python(session)))),
        "launchers/BUILD.bazel": LAUNCHERS,
        "launchers/gazelle.sh": gazelle,
        "launchers/program.bzl": PROGRAM,
    }
    made = make_workspace(session, "w", files=files)
    (made.root / "launchers" / "gazelle.sh").chmod(0o755)
    yield made
    close(session, [made])


def test_gazelle_and_bazel_xc_are_one_command(workspace: Workspace) -> None:
    """Gazelle writes rules, bazel-xc their attributes; the test names what each of them would change."""
    bazel(workspace, "run", "//:bazel_xc")
    fresh = bazel(workspace, "test", "//:bazel_xc_test").stdout
    (workspace.root / "added").mkdir()
    (workspace.root / "added" / "added_linux.go").write_text("package added\n")
    without_rules = bazel(workspace, "test", "//:bazel_xc_test", expect=3).stdout
    bazel(workspace, "run", "//:bazel_xc")
    written = (workspace.root / "added" / "BUILD.bazel").read_text()
    mended = bazel(workspace, "test", "//:bazel_xc_test").stdout
    (workspace.root / "added" / "BUILD.bazel").write_text(BY_GAZELLE)
    without_attributes = bazel(workspace, "test", "//:bazel_xc_test", expect=3).stdout

    assert "PASSED" in fresh
    assert "Gazelle would change these files. To update:\n\n    bazel run //:bazel_xc\n" in without_rules
    assert 'name = "added",' in written
    assert "target_compatible_with" in written
    assert "PASSED" in mended
    assert "Gazelle would change" not in without_attributes
    assert "these files are stale." in without_attributes


def test_options_run_generate_alone_beside_gazelle(workspace: Workspace) -> None:
    bazel(workspace, "run", "//:bazel_xc")
    (workspace.root / "unknown").mkdir()
    (workspace.root / "unknown" / "unknown.go").write_text("package unknown\n")

    bazel(workspace, "run", "//:bazel_xc", "--", "--check")

    assert not (workspace.root / "unknown" / "BUILD.bazel").exists()


def test_a_workspace_runs_the_program_on_path(workspace: Workspace) -> None:
    bazel(workspace, "build", "//launchers:run")

    assert "\n    'bazel-xc' \"$@\"" in (workspace.root / "bazel-bin/launchers/run.sh").read_text()


def test_what_a_workspace_loads_needs_no_python(workspace: Workspace) -> None:
    """The licence, the rules and the C toolchains, where there is no rules_python that has rules."""
    packages = ("@bazel_xc//:LICENSE", "@bazel_xc//rules:all", "@bazel_xc//rules/cc:all")
    bazel(workspace, "query", " + ".join([*packages, "@bazel_xc//rules/private:all"]))
    bazel(workspace, "build", "@bazel_xc//:LICENSE")


def test_the_launcher_is_for_the_host_whatever_the_target(workspace: Workspace) -> None:
    bazel(workspace, "build", "--platforms=//launchers:windows_amd64", "//launchers:run")

    assert (workspace.root / "bazel-bin" / "launchers" / "run.sh").is_file()


def test_a_windows_host_has_a_script_for_cmd(workspace: Workspace) -> None:
    text = _batch(workspace, "run_all").decode()

    assert text.count("\n") == text.count("\r\n")
    assert "%{" not in text
    assert 'call "bazel-xc" generate --mode cgo\r\n' in text
    assert 'call :report "docs/cgo report.json" "json"\r\n' in text


def test_cmd_runs_all_steps_or_one_command(workspace: Workspace, tmp_path: Path) -> None:
    wine = require("wine")
    run, run_all = _batch(workspace, "run"), _batch(workspace, "run_all")

    everything = _played(wine, tmp_path / "a b", run_all, "run_all")
    options = _played(wine, tmp_path / "c", run, "run", "--check")
    command = _played(wine, tmp_path / "d", run, "run", "report", "--format", "json")

    assert everything.splitlines() == [
        "gazelle",
        "modules",
        "generate --mode cgo",
        'report -q --format "json" -o "docs/cgo report.json"',
    ]
    assert options == "generate --check\n"
    assert command == "report --format json\n"


def test_cmd_compares_the_tree(workspace: Workspace, tmp_path: Path) -> None:
    wine = require("wine")
    check = _batch(workspace, "check")

    fresh = _played(wine, tmp_path / "fresh", check, "check")
    stale = _played(wine, tmp_path / "stale", check, "check", stale=True, expect=1)

    root = _windows(tmp_path / "fresh" / "tree")
    assert fresh.splitlines() == ["gazelle -mode=diff", f'generate --mode cgo -C "{root}" --check --diff']
    assert "//launchers:check: these files are stale. To update:" in stale


def test_cmd_starts_the_tool_where_the_caller_is(tmp_path: Path) -> None:
    """The template alone, since the target needs a Go toolchain for Windows."""
    wine = require("wine")
    (tmp_path / "below").mkdir()
    words = {
        "%{command}": 'call "%tool%"',
        "%{functions}": _functions(),
        "%{go}": "go_sdk/bin/go.exe",
        "%{label}": "//rules/tool:bazel_xc",
        "%{tool}": "_main/tool.bat",
    }
    text = (REPOSITORY / "rules" / "private" / "tool.bat.tpl").read_text()
    for word, value in words.items():
        text = text.replace(word, value)
    (tmp_path / "bazel_xc.bat").write_text(text, newline="\r\n")
    (tmp_path / "tool.bat").write_text("@echo %BAZEL_XC_GO% %CD% %*\n@exit /b 1\n", newline="\r\n")
    (tmp_path / "go.exe").write_text("")
    (tmp_path / "bazel_xc.bat.runfiles_manifest").write_text(
        f"_main/tool.bat {_windows(tmp_path)}/tool.bat\ngo_sdk/bin/go.exe {_windows(tmp_path)}/go.exe\n"
    )
    env = os.environ | {"BUILD_WORKING_DIRECTORY": _windows(tmp_path / "below")}
    env.pop("BAZEL_XC_GO", None)
    command = [wine, "cmd", "/c", _windows(tmp_path / "bazel_xc.bat"), "report", "a b"]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=300)

    here = _windows(tmp_path)
    assert done.stdout.split() == [f"{here}\\go.exe", f"{here}\\below", "report", '"a', 'b"']
    assert done.returncode == 1  # Wine's call makes each other code a 1


def _functions() -> str:
    """The end of all launchers for cmd.exe: a constant of launch.bzl, whose text is Python, too."""
    names: dict[str, object] = {}
    exec((REPOSITORY / "rules" / "private" / "launch.bzl").read_text(), names)
    return str(names["_BATCH_FUNCTIONS"])


def _batch(workspace: Workspace, name: str) -> bytes:
    """The launcher of a target for a host with Windows."""
    bazel(workspace, "build", *ON_WINDOWS, f"//launchers:{name}")
    return (workspace.root / "bazel-bin" / "launchers" / f"{name}.bat").read_bytes()


def _played(
    wine: str, folder: Path, script: bytes, name: str, *arguments: str, stale: bool = False, expect: int = 0
) -> str:
    """Runs a launcher as Bazel would on Windows; what the programs were called with, or what was printed."""
    root = folder / "tree"
    root.mkdir(parents=True)
    (root / "go.mod").write_text("module example.com/greet\n")
    if stale:
        (root / "stale").write_text("")
    log = folder / "log"
    words = {"log": _windows(log), "root": _windows(root)}
    for program, text in (("bazel-xc.bat", PLAYED_TOOL), ("gazelle.bat", PLAYED_GAZELLE)):
        (folder / program).write_text(text.format(**words), newline="\r\n")
    launcher = folder / f"{name}.bat"
    launcher.write_bytes(script)
    files = {"go.mod": root / "go.mod", "launchers/gazelle": folder / "gazelle.bat"}
    manifest = {f"{main}/{name}": path for main in ("greet", "_main") for name, path in files.items()}
    launcher.with_name(f"{name}.bat.runfiles_manifest").write_text(
        "".join(f"{key} {_windows(path).replace(chr(92), '/')}\n" for key, path in manifest.items())
    )
    env = os.environ | {
        "BUILD_WORKSPACE_DIRECTORY": _windows(root),
        "TEST_TMPDIR": _windows(folder).replace("\\", "/"),
        "WINEPATH": _windows(folder),
    }
    done = subprocess.run(
        [wine, "cmd", "/c", _windows(launcher), *arguments],
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == expect, f"{done.stdout}\n{done.stderr}"
    # Wine's cmd leaves a space behind the last argument.
    return done.stdout if stale else "".join(f"{line.rstrip()}\n" for line in log.read_text().splitlines())


def _windows(path: Path) -> str:
    """A path of this machine as Wine names it."""
    return "Z:" + str(path).replace("/", "\\")
