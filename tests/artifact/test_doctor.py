"""What the doctor says of machines that have this and lack that.

``testdata/doctor`` holds the whole answer per machine, with versions replaced; ``BAZEL_XC_UPDATE_GOLDEN=1``
writes it.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path

import pytest
from attrs import evolve, frozen
from requirements import require, unavailable

from bazel_xc.artifact.check import Check, CheckStatus
from bazel_xc.artifact.doctor import examine
from bazel_xc.artifact.gocache import compiled_packages
from bazel_xc.artifact.machines import host
from bazel_xc.artifact.running import Done, run
from bazel_xc.artifact.surroundings import Surroundings
from bazel_xc.cli import main
from bazel_xc.cli.checks import show_checks
from bazel_xc.model import Platform

GOLDEN = Path(__file__).parent.parent.parent / "testdata" / "doctor"
CONFIG = "[platforms.linux_amd64]\n[platforms.linux_arm64]\n[platforms.windows_arm64]\ncgo = {}\n"
BAZEL = "#!/bin/sh\necho 'bazel 7.4.1'\n"
MODULE = 'module(name = "m")\n\nbazel_dep(name = "rules_go", version = "0.{}.0")\n'


REGISTERED = """
cc = use_extension("@bazel_xc//rules/cc:extensions.bzl", "cc_toolchains")
cc.prefixed(
    name = "gcc_linux_arm64",
    platform = "linux_arm64",
    prefix = "aarch64-linux-gnu-",
)
use_repo(cc, "gcc_linux_arm64")

register_toolchains("@gcc_linux_arm64//:toolchain")
"""
OWN_TOOLCHAIN = """\
load("@bazel_tools//tools/cpp:unix_cc_toolchain_config.bzl", "cc_toolchain_config")

cc_toolchain_config(
    name = "config",
    tool_paths = {"gcc": "/nowhere/bin/gcc", "ld": "/nowhere/bin/ld"},
)

cc_toolchain(
    name = "cc",
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
# A cross compiler without its C++ part.
ONLY_C = """\
#!/bin/sh
case "$*" in
    *.cc*) echo "gcc: fatal error: cannot execute 'cc1plus': No such file or directory" >&2; exit 1 ;;
esac
exec {} "$@"
"""
C_PACKAGE = {"c/c.go": 'package c\n\n// int x;\nimport "C"\n'}
CXX_PACKAGE = {**C_PACKAGE, "c/more_linux_arm64.cc": "int more() { return 1; }\n"}


@frozen(kw_only=True)
class Machine:
    """The programs on PATH, and what is special; ``module`` is more text for MODULE.bazel, None for none."""

    tools: str = "go gcc as ld"
    bazel: bool = True
    windows_cgo: bool = False
    environment: Mapping[str, str] = {}
    rules_go: int = 90
    module: str | None = None
    files: Mapping[str, str] = {}
    only_c: bool = False


MACHINES = {
    "without_cross_compiler": Machine(),
    "with_cross_compiler": Machine(tools="go gcc as ld aarch64-linux-gnu-gcc"),
    "with_zig": Machine(tools="go gcc as ld zig", windows_cgo=True),
    "without_go": Machine(tools="gcc as ld", environment={"BAZEL_XC_GO": "/nowhere/go"}),
    "without_bazel": Machine(bazel=False, module=""),
    "cc_of_this_machine": Machine(environment={"CC_FOR_linux_arm64": "gcc"}),
    "old_rules_go": Machine(rules_go=34, module=""),
    "bazel_has_a_cross_compiler": Machine(
        tools="go gcc as ld aarch64-linux-gnu-gcc", module=REGISTERED, files=C_PACKAGE
    ),
    "bazel_lacks_the_compiler": Machine(module=REGISTERED, files=C_PACKAGE),
    "bazel_has_a_compiler_without_cxx": Machine(module=REGISTERED, files=CXX_PACKAGE, only_c=True),
    "bazel_has_no_toolchain": Machine(tools="go gcc as ld aarch64-linux-gnu-gcc", module="", files=C_PACKAGE),
    "bazel_needs_no_toolchain": Machine(module=""),
    "bazel_downloads_a_toolchain": Machine(
        module="",
        files={
            **C_PACKAGE,
            ".bazelrc": "build:linux_arm64 --extra_toolchains=@zig_sdk//toolchain:linux_arm64_gnu.2.28\n"
            "build --repo_env=BAZEL_DO_NOT_DETECT_CPP_TOOLCHAIN=1\n",
        },
    ),
    "bazel_has_a_toolchain_of_the_workspace": Machine(
        module='register_toolchains("//toolchains:all", "@some//:toolchain")\n',
        files={**C_PACKAGE, "toolchains/BUILD.bazel": OWN_TOOLCHAIN},
    ),
    "below_a_go_work": Machine(
        files={
            "../go.work": "go 1.21\n",
            "go.mod": "module example.com/m\n\ngo 1.21\n\nrequire example.com/none v1.0.0\n",
            "m.go": 'package m\n\nimport _ "example.com/none"\n',
        },
        environment={"GOPROXY": "off", "GOFLAGS": "-mod=mod"},
    ),
}


@pytest.mark.parametrize("name", sorted(MACHINES))
def test_doctor(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    if host() != ("linux", "amd64"):
        unavailable("linux_amd64", "the answers are those of a machine of linux_amd64")
    machine = MACHINES[name]
    root = _workspace(tmp_path / "workspace", machine)
    _path(tmp_path / "bin", machine, monkeypatch)
    for variable in ("CC", "CC_FOR_linux_arm64", "BAZEL_XC_GO"):
        monkeypatch.delenv(variable, raising=False)
    (tmp_path / "cache").mkdir()
    monkeypatch.setenv("GOCACHE", str(tmp_path / "cache"))
    for variable, value in machine.environment.items():
        monkeypatch.setenv(variable, value)
    code = main(["doctor", "-C", str(root)])
    out, err = capsys.readouterr()
    text = f"{_plain(out, tmp_path)}exit code {code}\n"
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("BAZEL_XC_UPDATE_GOLDEN"):
        path.write_text(text, encoding="utf-8")
    assert (text, err) == (path.read_text(encoding="utf-8"), "")


def _workspace(root: Path, machine: Machine) -> Path:
    root.mkdir()
    files = {
        "go.mod": "module example.com/m\n\ngo 1.21\n",
        "m.go": "package m\n",
        "bazel_xc.toml": CONFIG.format(str(machine.windows_cgo).lower()),
        ".bazelversion": "7.4.1\n",
        **machine.files,
    }
    if machine.module is not None:
        files["MODULE.bazel"] = MODULE.format(machine.rules_go) + machine.module
    for path, text in files.items():
        (root / path).parent.mkdir(exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return root


def _path(folder: Path, machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with the machine's programs and nothing else becomes PATH."""
    folder.mkdir()
    for tool in machine.tools.split():
        (folder / tool).symlink_to(require(tool))
    if machine.only_c:
        (folder / "aarch64-linux-gnu-gcc").write_text(ONLY_C.format(require("aarch64-linux-gnu-gcc")))
        (folder / "aarch64-linux-gnu-gcc").chmod(0o755)
    if machine.bazel:
        (folder / "bazel").write_text(BAZEL, encoding="utf-8")
        (folder / "bazel").chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))


def _plain(text: str, folder: Path) -> str:
    text = re.sub(r"\bgo1\.[\w.]+, \S+", "$GO", text.replace(str(folder), "$DIR"))
    text = re.sub(r"\bgo1\.\d+\S*", "$GO", text)
    text = re.sub(r"older than Go [\d.]+", "older than Go $VERSION", text)
    text = re.sub(r"use rules_go [\d.]+", "use rules_go $VERSION", text)
    return re.sub(r"\b(gcc|glibc|macos|gnu) \d+(?:\.\d+)+", r"\1 $VERSION", text)


# The parts, by values


def answer(*words: str) -> Done:
    return Done(code=0, stdout=" ".join(words) + "\n")


def surroundings(tmp_path: Path, answers: Mapping[str, Done]) -> Surroundings:
    """A machine on which commands give what is said by their first words, and fail otherwise."""

    def start(command: tuple[str, ...], folder: Path, variables: Mapping[str, str]) -> Done:
        text = " ".join(command)
        found = [each for start, each in answers.items() if text.startswith(start)]
        return found[0] if found else Done(code=1, stderr="no")

    return Surroundings(
        platforms=(),
        certain=True,
        root=tmp_path,
        environment={"PATH": ""},
        run=start,
        go="go",
        go_version="go1.26.0",
    )


def found(checks: Mapping[str, tuple[Check, ...]], subject: str) -> list[tuple[str, str, str]]:
    return [(each.name, str(each.status), each.found) for each in checks[subject]]


def test_go_mod_that_asks_for_more(tmp_path: Path) -> None:
    here = evolve(surroundings(tmp_path, {"go list": answer()}), go_mod="1.27")
    assert found(examine(here), "go") == [
        ("go", "ok", "go1.26.0, go"),
        ("go.mod", "failure", "asks for Go 1.27"),
        ("modules", "ok", "every imported package is available"),
    ]


@pytest.mark.parametrize(
    ("done", "want"),
    [
        pytest.param(
            answer("cannot find module providing package a.b/c: module lookup disabled by GOPROXY=off"),
            "1 package is in no downloaded module: cannot find module providing package a.b/c:"
            " module lookup disabled by GOPROXY=off",
            id="missing",
        ),
        pytest.param(
            Done(code=1, stderr="go: errors parsing go.mod\nmore"), "go: errors parsing go.mod", id="broken"
        ),
        pytest.param(Done(problem="did not end within 1 s"), "did not end within 1 s", id="slow"),
    ],
)
def test_modules(done: Done, want: str, tmp_path: Path) -> None:
    here = evolve(surroundings(tmp_path, {"go list": done}), go_mod="1.21")
    assert found(examine(here), "go")[-1] == ("modules", "warning", want)


@pytest.mark.parametrize(
    ("answers", "want"),
    [
        pytest.param("[]", ("go", "failure", "go1.26.0 does not know it"), id="unknown"),
        pytest.param(
            '[{"GOOS": "linux", "GOARCH": "arm64", "CgoSupported": false}]',
            ("go", "failure", "has no cgo there"),
            id="no cgo",
        ),
        pytest.param(
            '[{"GOOS": "linux", "GOARCH": "arm64", "CgoSupported": true}]',
            ("go", "ok", "supports it with cgo"),
            id="known",
        ),
        pytest.param("no JSON", ("C compiler", "failure", "none makes objects for it"), id="broken"),
    ],
)
def test_platform_of_go(answers: str, want: tuple[str, str, str], tmp_path: Path) -> None:
    here = surroundings(tmp_path, {"go tool dist": answer(answers)})
    here = evolve(here, platforms=(Platform("linux", "arm64", cgo=True),))
    assert found(examine(here), "linux_arm64 (cgo on)")[0] == want


@pytest.mark.parametrize(
    ("version", "modules", "status"),
    [
        pytest.param("bazel 7.7.1", True, "ok", id="modules"),
        pytest.param("bazel 6.5.0", True, "warning", id="by a flag"),
        pytest.param("bazel 5.4.0", True, "failure", id="too old"),
        pytest.param("bazel no_version", True, "failure", id="unknown"),
        pytest.param("bazel no_version", False, "ok", id="WORKSPACE"),
    ],
)
def test_bazel_that_may_not_know_modules(
    version: str, modules: bool, status: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bazel").write_text("")
    (tmp_path / "bazel").chmod(0o755)
    here = surroundings(tmp_path, {"bazel --version": answer(version)})
    here = evolve(here, environment={"PATH": str(tmp_path)}, uses_bazel=True, uses_modules=modules)
    (check, *_) = examine(here)["bazel"]
    assert (check.name, str(check.status)) == ("bazel", status)


def test_defaults_only_warn(tmp_path: Path) -> None:
    here = evolve(
        surroundings(tmp_path, {}), platforms=(Platform("linux", "riscv64", cgo=True),), certain=False
    )
    statuses = {each.status for each in examine(here)["linux_riscv64 (cgo on)"]}
    assert CheckStatus.FAILURE not in statuses


def test_cache(tmp_path: Path) -> None:
    for at, text in enumerate(
        (b"go object linux arm64 go1.26.0 X:", b"go object linux amd64 go1.26.0 X:", b"text")
    ):
        folder = tmp_path / f"{at:02x}"
        folder.mkdir()
        (folder / f"{at}-d").write_bytes(b"!<arch>\n__.PKGDEF 0 `\n" + text)
        (folder / f"{at}-a").write_bytes(text)
    assert dict(compiled_packages(tmp_path)) == {
        ("linux_arm64", "go1.26.0"): 1,
        ("linux_amd64", "go1.26.0"): 1,
    }


def test_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    require("go")
    (tmp_path / "bazel_xc.toml").write_text("[platforms.windows_arm64]\n", encoding="utf-8")
    code = main(["doctor", "-C", str(tmp_path), "--format", "json"])
    raw = json.loads(capsys.readouterr().out)
    assert raw["failed"] == (code == 1)
    assert [each["name"] for each in raw["subjects"]] == ["go", "bazel", "windows_arm64 (cgo off)"]
    assert raw["subjects"][0]["checks"][0]["status"] == "ok"


@pytest.mark.parametrize(
    ("command", "want"),
    [
        pytest.param(("-c", "print(1)"), Done(code=0, stdout="1\n"), id="good"),
        pytest.param(("-c", "import sys; sys.exit('bad')"), Done(code=1, stderr="bad\n"), id="bad"),
        pytest.param(
            ("-c", "import time; time.sleep(60)"), Done(problem="did not end within 0.5 s"), id="too slow"
        ),
    ],
)
def test_run(command: tuple[str, ...], want: Done) -> None:
    done = run((sys.executable, *command), os.environ, 0.5 if want.problem else 60)
    assert evolve(done, seconds=0.0, peak=0) == want


def test_run_nothing() -> None:
    assert run((shutil.which("nowhere") or "/nowhere",), {}, 1) == Done(
        problem="cannot be started: No such file or directory"
    )


def test_long_texts_are_wrapped_under_their_column_on_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "50")
    options = Namespace(color="never", quiet=False, verbose=False)
    check = Check(
        name="cc", status=CheckStatus.WARNING, found="one two three four five six seven", remedy="a b"
    )
    show_checks({"subject": [check]}, options)

    assert capsys.readouterr().out == (
        "subject\n  warning  cc  one two three four five six seven\n               do: a b\n"
    )
    monkeypatch.setenv("COLUMNS", "40")
    show_checks({"subject": [check]}, options)
    assert capsys.readouterr().out == (
        "subject\n  warning  cc  one two three four five\n               six seven\n               do: a b\n"
    )
