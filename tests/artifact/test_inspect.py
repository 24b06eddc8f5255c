"""What files say of themselves: small ones written here, and what go builds."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path

import pytest
from attrs import evolve
from binaries import archive, build, elf, macho, pe
from requirements import require

from bazel_xc.artifact.facts import BinaryFacts, BinaryKind, Image, Relro, Section
from bazel_xc.artifact.inspect import inspect
from bazel_xc.errors import ArtifactError


def _inspect(folder: Path, data: bytes, goarch: str = "") -> BinaryFacts:
    path = folder / "file"
    path.write_bytes(data)
    return inspect(path, "file", goarch)


def _image(folder: Path, data: bytes) -> Image:
    image = _inspect(folder, data).image
    assert image is not None
    return image


STATIC = Image(
    kind=BinaryKind.EXECUTABLE,
    machine="e_machine 183",
    bits=64,
    entry=0x400100,
    entry_in_code=True,
    pie=False,
    relro=Relro.NONE,
    nx=True,
    sections=(Section(".text", 0x100, 0x80), Section(".shstrtab", 0x400, 17)),
)


def test_elf(tmp_path: Path) -> None:
    assert _image(tmp_path, elf()) == STATIC


@pytest.mark.parametrize(
    ("data", "want"),
    [
        pytest.param(elf(flags=7), evolve(STATIC, writable_code=("segment 0",)), id="writable code"),
        pytest.param(elf(stack=7), evolve(STATIC, nx=False), id="executable stack"),
        pytest.param(elf(stack=None), evolve(STATIC, nx=None), id="says nothing of the stack"),
        pytest.param(
            elf(entry=0x10), evolve(STATIC, entry=0x10, entry_in_code=False), id="entry outside of the code"
        ),
        pytest.param(
            elf(interpreter="/lib/ld-linux-aarch64.so.1"),
            evolve(STATIC, interpreter="/lib/ld-linux-aarch64.so.1", dynamic=True),
            id="interpreter",
        ),
    ],
)
def test_elf_properties(data: bytes, want: Image, tmp_path: Path) -> None:
    assert _image(tmp_path, data) == want


def test_pe(tmp_path: Path) -> None:
    assert _image(tmp_path, pe(dlls=("KERNEL32.dll", "own.dll"))) == Image(
        kind=BinaryKind.EXECUTABLE,
        machine="machine 0xaa64",
        bits=64,
        entry=0x1000,
        entry_in_code=True,
        dynamic=True,
        needed=("KERNEL32.dll", "own.dll"),
        pie=True,
        nx=True,
        signed=False,
        system="Windows 6.1, console",
        sections=(Section(".text", 0x200, 0x400),),
    )


def test_macho(tmp_path: Path) -> None:
    assert _image(tmp_path, macho()) == Image(
        kind=BinaryKind.EXECUTABLE,
        machine="cputype 0x100000c",
        bits=64,
        entry=0x300,
        entry_in_code=True,
        dynamic=True,
        interpreter="/usr/lib/dyld",
        needed=("/usr/lib/libSystem.B.dylib",),
        pie=True,
        signed=True,
    )


def test_part_of_a_fat_file(tmp_path: Path) -> None:
    arm, intel = macho(), macho(cpu=0x01000007)
    head = b"\xca\xfe\xba\xbe" + (2).to_bytes(4, "big")
    for cpu, at in ((0x01000007, 0x1000), (0x0100000C, 0x2000)):
        head += b"".join(each.to_bytes(4, "big") for each in (cpu, 0, at, 0x400, 12))
    data = head.ljust(0x1000, b"\0") + intel.ljust(0x1000, b"\0") + arm
    images = [_inspect(tmp_path, data, goarch).image for goarch in ("amd64", "arm64")]
    assert [each and each.machine for each in images] == ["cputype 0x1000007", "cputype 0x100000c"]


def test_archive(tmp_path: Path) -> None:
    found = _inspect(tmp_path, archive(elf(), elf(machine=62)))
    assert (found.kind, str(found.machine), found.image) == (BinaryKind.ARCHIVE, "ELF amd64, ELF arm64", None)


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        pytest.param(b"", "the file is empty", id="empty"),
        pytest.param(b"#!/bin/sh\n", "neither ELF, PE, Mach-O or an archive", id="script"),
        pytest.param(elf()[:10], "the file ends within its header", id="ELF cut off in its header"),
        pytest.param(b"MZ" + bytes(80), "a DOS program without a PE header", id="DOS"),
        pytest.param(pe()[:80], "broken: 'File Header missing'", id="PE cut off"),
        pytest.param(macho()[:20], "broken: the file ends within its header", id="Mach-O cut off"),
        pytest.param(b"!<arch>\n" + b"x" * 70, "no member of an archive at byte 8", id="archive of nothing"),
    ],
)  # fmt: skip
def test_broken_files_have_a_problem(data: bytes, problem: str, tmp_path: Path) -> None:
    found = _inspect(tmp_path, data)
    assert (found.problem, found.image, found.sha256) == (problem, None, hashlib.sha256(data).hexdigest())


@pytest.mark.parametrize(
    ("data", "damage"),
    [
        pytest.param(elf()[:0x300], "the file ends before its section headers do", id="ELF"),
        pytest.param(pe()[:0x300], "section .text ends beyond the end of the file", id="PE"),
        pytest.param(macho()[:0x200], "segment __TEXT ends beyond the end of the file", id="Mach-O"),
    ],
)
def test_cut_off_files_are_damaged(data: bytes, damage: str, tmp_path: Path) -> None:
    assert _image(tmp_path, data).damage[0] == damage


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match=r"^gone: cannot be read: No such file or directory$"):
        inspect(tmp_path / "gone", "gone")
    with pytest.raises(ArtifactError, match=r"^folder: cannot be read: Is a directory$"):
        inspect(tmp_path, "folder")


@pytest.mark.parametrize("platform", ["linux_arm64", "windows_arm64", "darwin_arm64"])
def test_what_go_says_of_its_own_binaries(platform: str, tmp_path: Path) -> None:
    goos, _, goarch = platform.partition("_")
    found = inspect(build(tmp_path, goos, goarch), "hello")
    assert found.go is not None
    told = subprocess.run([require("go"), "version", "-m", str(tmp_path / f"hello_{platform}")],
                          capture_output=True, text=True, check=True).stdout  # fmt: skip
    settings = [line.split("\t", 2)[2] for line in told.split("\n") if line.startswith("\tbuild\t")]
    assert dict(each.split("=", 1) for each in settings) == dict(found.go.settings)
    assert found.go.version == told.split("\n")[0].rpartition(": ")[2]
    assert (found.go.path, found.go.settings["CGO_ENABLED"]) == ("example.com/hello", "0")
    assert found.image is not None
    assert (found.image.entry_in_code, found.image.symbols, found.image.damage) == (True, True, ())


def test_modules_in_the_build_information(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other/other.go").write_text("package other\n\nconst Word = 1\n", encoding="utf-8")
    (tmp_path / "other/go.mod").write_text("module example.com/other\n\ngo 1.21\n", encoding="utf-8")
    path = build(tmp_path, "linux", "amd64")
    (tmp_path / "go.mod").write_text(
        "module example.com/hello\n\ngo 1.21\n\nrequire example.com/other v1.0.0\n\n"
        "replace example.com/other v1.0.0 => ./other\n",
        encoding="utf-8",
    )
    program = 'package main\n\nimport "example.com/other"\n\nfunc main() { println(other.Word) }\n'
    (tmp_path / "main.go").write_text(program, encoding="utf-8")
    subprocess.run([require("go"), "build", "-o", str(path), "."], cwd=tmp_path, check=True)
    found = inspect(path, "hello").go
    assert found is not None
    assert [(each.path, each.version, each.replaced) for each in found.modules] == [
        ("example.com/other", "v1.0.0", "./other@(devel)")
    ]


def test_against_readelf(tmp_path: Path) -> None:
    """Needed libraries and versions of a program of this machine are those that readelf lists."""
    program = Path(shutil.which("ls") or "")
    command = [require("readelf"), "-W", "-d", "-V", str(program)]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = inspect(program, "ls").image
    assert found is not None
    lines = told.split("\n")
    needed = [line.partition("[")[2].partition("]")[0] for line in lines if "(NEEDED)" in line]
    versions = {
        line.split("Name: ")[1].split()[0] for line in lines if "  Name: " in line and "Flags: " in line
    }
    assert (list(found.needed), {each.version for each in found.versions}) == (needed, versions)
