"""The command as its users meet it: options, exit codes, both formats."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from binaries import build, elf, pe
from requirements import require, unavailable

from bazel_xc.artifact.machines import host
from bazel_xc.cli import main

CONFIG = "[platforms.linux_arm64]\ncgo = {}\n"
Verify = Callable[..., tuple[int, str, str]]


@pytest.fixture
def verify(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Verify:
    """Runs the command in an empty folder; gives exit code and both outputs."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> tuple[int, str, str]:
        code = main(["verify", *arguments])
        out, err = capsys.readouterr()
        return code, out, err

    return call


def test_text(verify: Verify) -> None:
    Path("app").write_bytes(elf())
    assert verify("app", "--platform", "linux_arm64", "--cgo", "off") == (
        0,
        (
            "app (linux_arm64)\n"
            "  ok       machine      executable: ELF arm64, e_machine 183\n"
            "  info     format       64 bit, little-endian\n"
            "  ok       entry point  0x400100\n"
            "  ok       linkage      static\n"
            "  info     pie          no\n"
            "  info     relro        none\n"
            "  ok       nx           yes\n"
            "  info     stripped     yes\n"
            "  info     sections     .text 128, .shstrtab 17\n"
            "  info     go           no Go build information\n"
            "  info     size         1233 bytes\n"
            f"  info     sha256       {hashlib.sha256(elf()).hexdigest()}\n"
        ),
        "",
    )


def test_failures_only(verify: Verify) -> None:
    Path("app.exe").write_bytes(pe(dlls=("libstdc++-6.dll",)))
    Path("empty").write_bytes(b"")
    assert verify("-q", "app.exe", "empty", "--platform", "windows_arm64") == (
        1,
        (
            "app.exe (windows_arm64)\n"
            "  failure  libraries  libstdc++-6.dll\n"
            "                      do: not part of windows: libstdc++-6.dll; link it statically"
            " or ship it with the binary\n"
            "\n"
            "empty (windows_arm64)\n"
            "  failure  file  the file is empty\n"
            "                 do: it was truncated or copied as text; build it again\n"
        ),
        "",
    )


def test_json(verify: Verify) -> None:
    Path("app").write_bytes(elf(machine=62))
    code, out, err = verify("app", "--platform", "linux_arm64", "--format", "json")
    raw = json.loads(out)
    (file,) = raw["files"]
    assert (code, err, raw["platform"]) == (1, "", {"name": "linux_arm64", "cgo": True})
    assert (file["path"], file["failed"], file["figures"]["size"]) == ("app", True, 1233)
    assert file["image"]["interpreter"] == ""
    assert file["checks"][0] == {
        "name": "machine",
        "status": "failure",
        "found": "executable: ELF amd64, e_machine 62",
        "command": "",
        "remedy": "built for another processor; build it with GOOS=linux GOARCH=arm64, and CC for it where"
        " cgo is on",
    }


@pytest.mark.parametrize(("cgo", "code"), [("false", 1), ("true", 0)])
def test_configuration_decides(cgo: str, code: int, verify: Verify) -> None:
    Path("bazel_xc.toml").write_text(CONFIG.format(cgo), encoding="utf-8")
    Path("app").write_bytes(elf(interpreter="/lib/ld-linux-aarch64.so.1"))
    assert verify("app", "--platform", "linux_arm64")[0] == code


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(
            ["app"],
            "--platform: name the one platform that the files are for, such as linux_arm64",
            id="none",
        ),
        pytest.param(
            ["app", "--platform", "linux_arm65"],
            "--platform: 'linux_arm65' is not a platform of Go such as linux_arm64",
            id="unknown platform",
        ),
        pytest.param(["gone"], "gone: cannot be read: No such file or directory", id="no file"),
        pytest.param(["app", "app", "--compare", "app"], "--compare: takes one FILE", id="two to compare"),
        pytest.param(
            ["app", "--baseline", "gone"],
            "gone: cannot be read: No such file or directory; make it with --save-baseline gone",
            id="no baseline",
        ),
        pytest.param(["app", "--run=a 'b"], '--run: "a \'b": No closing quotation', id="arguments"),
    ],
)
def test_what_cannot_be_done(arguments: list[str], said: str, verify: Verify) -> None:
    Path("app").write_bytes(elf())
    platform = [] if "none" in said or "--platform" in said else ["--platform", "linux_arm64"]
    assert verify(*arguments, *platform) == (2, "", f"bazel-xc: {said}\n")


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"schema": 2}', '{"schema": 1, "files": {"app": {"size": "x"}}}']
)
def test_baseline_of_nonsense(text: str, verify: Verify) -> None:
    Path("app").write_bytes(elf())
    Path("base").write_text(text, encoding="utf-8")
    code, out, err = verify("app", "--platform", "linux_arm64", "--baseline", "base")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.endswith("make it again with --save-baseline\n")


def test_baseline(verify: Verify) -> None:
    here = ("app", "--platform", "linux_arm64")
    Path("app").write_bytes(elf())
    assert verify(*here, "--save-baseline", "base")[0] == 0
    assert verify(*here, "--baseline", "base")[0] == 0
    Path("app").write_bytes(elf() + bytes(400))
    code, out, _ = verify(*here, "--baseline", "base", "-q")
    assert (code, out) == (
        1,
        (
            "app (linux_arm64)\n"
            "  failure  baseline size  1633 bytes, was 1233 (+32.4 %)\n"
            "                          do: more than 10 % worse; look for what came in,"
            " or save a new baseline\n"
        ),
    )
    assert verify(*here, "--baseline", "base", "--tolerance", "40")[0] == 0


def test_compare(verify: Verify) -> None:
    here = ("app", "--platform", "linux_arm64", "-q", "--compare")
    Path("app").write_bytes(elf())
    Path("same").write_bytes(elf())
    Path("other").write_bytes(elf()[:0x120] + b"!" + elf()[0x121:])
    assert verify(*here, "same") == (0, "", "")
    code, out, _ = verify(*here, "other")
    assert (code, out.split("\n")[1]) == (
        1,
        "  failure  compare  differs from other first at byte 288, in .text",
    )


def test_compare_tells_what_go_was_told(verify: Verify, tmp_path: Path) -> None:
    build(tmp_path, "linux", "arm64").rename("one")
    build(tmp_path, "linux", "arm64", "-tags=other").rename("two")
    code, out, _ = verify("one", "--platform", "linux_arm64", "--cgo", "off", "--compare", "two")
    assert code == 1
    assert "  info     go differs       -tags: 'none' here, 'other' there\n" in out


def test_run(verify: Verify, tmp_path: Path) -> None:
    goos, goarch = host()
    build(tmp_path, goos, goarch).rename("app")
    code, out, _ = verify("app", "--platform", f"{goos}_{goarch}", "--cgo=off", "--run", "--format=json")
    (file,) = json.loads(out)["files"]
    checks = {each["name"]: each["found"] for each in file["checks"]}
    assert (code, checks["run"]) == (0, "exit code 0, 5 times")
    assert file["figures"]["seconds"] > 0


def test_run_that_fails(verify: Verify) -> None:
    goos, goarch = host()
    if goos != "linux" or goarch not in {"amd64", "arm64"}:
        unavailable("linux", f"no program for {sys.platform} is written by hand here")
    Path("app").write_bytes(elf(machine=62 if goarch == "amd64" else 183))
    Path("app").chmod(0o755)
    code, out, _ = verify("app", "--platform", f"{goos}_{goarch}", "--cgo=off", "--run=now")
    assert code == 1
    assert "  failure  run          exit code -11\n" in out


def test_run_under_an_emulator(verify: Verify, tmp_path: Path) -> None:
    if host() == ("linux", "arm64"):
        unavailable("qemu-aarch64-static", "linux_arm64 is no foreign platform here")
    require("qemu-aarch64-static")
    build(tmp_path, "linux", "arm64").rename("app")
    code, out, _ = verify("app", "--platform", "linux_arm64", "--cgo=off", "--run", "-v", "--format=json")
    checks = {each["name"]: each for each in json.loads(out)["files"][0]["checks"]}
    assert (code, checks["run"]["found"]) == (0, "exit code 0, 5 times")
    assert "qemu-aarch64-static" in checks["run"]["command"]


def test_nothing_runs_it(verify: Verify, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    Path("app.exe").write_bytes(pe())
    code, out, _ = verify("app.exe", "--platform", "windows_arm64", "--run")
    assert (code, out.split("\n")[-3:-1]) == (
        0,
        [
            "  warning  run          not run",
            "                        do: there is no Wine to run windows_arm64; run it on Windows",
        ],
    )


def test_names_cannot_write_to_the_terminal(verify: Verify) -> None:
    Path("app").write_bytes(elf(interpreter="/\x1b[2J"))
    _, out, _ = verify("app", "--platform", "linux_arm64")
    assert "\x1b" not in out
    assert "/\\u001b[2J\n" in out


def test_table_in_color(verify: Verify) -> None:
    Path("app").write_bytes(elf())
    _, out, _ = verify("app", "--platform", "linux_arm64", "--color", "always", "-q", "--expect", "dynamic")
    assert "\x1b[31mfailure\x1b[0m" in out.replace("\x1b[31mfailure \x1b[0m", "\x1b[31mfailure\x1b[0m")
