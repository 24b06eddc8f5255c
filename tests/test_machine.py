"""For which machines objects, libraries and archives are, told by a few headers written here."""

from __future__ import annotations

import io
import re
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bazel_xc.machine import Container, Machine, Part, fits, machine_of

ELF, COFF, MACH_O = Container.ELF, Container.COFF, Container.MACH_O


def elf(machine: int, bits: int = 2, order: int = 1) -> bytes:
    return (
        b"\x7fELF"
        + bytes([bits, order, 1])
        + bytes(9)
        + struct.pack("<>"[order - 1] + "HH", 1, machine)
        + bytes(44)
    )


def coff(machine: int, optional: int = 0) -> bytes:
    return struct.pack("<HHIIIHH", machine, 3, 0, 0, 0, optional, 0) + bytes(60)


def coff_import(machine: int) -> bytes:
    return struct.pack("<HHHHIIHH", 0, 0xFFFF, 0, machine, 0, 12, 0, 4) + b"f\0x.dll\0"


def mach_o(cpu: int, order: str = "<") -> bytes:
    return struct.pack(order + "III", 0xFEEDFACF, cpu, 0) + bytes(40)


def fat(*cpus: int) -> bytes:
    return struct.pack(">II", 0xCAFEBABE, len(cpus)) + b"".join(
        struct.pack(">IIIII", c, 0, 0, 0, 0) for c in cpus
    )


def dll(machine: int, start: int = 128) -> bytes:
    return b"MZ" + bytes(58) + struct.pack("<I", start) + bytes(64) + b"PE\0\0" + struct.pack("<H", machine)


def ar(*members: tuple[bytes, bytes], magic: bytes = b"!<arch>\n") -> bytes:
    return magic + b"".join(
        b"%-16s%-12s%-6s%-6s%-8s%-10d`\n" % (name, b"0", b"0", b"0", b"644", len(data))
        + data
        + b"\n" * (len(data) % 2)
        for name, data in members
    )


def _of(data: bytes) -> Machine:
    return machine_of(io.BytesIO(data))


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(elf(62), [Part(ELF, "amd64")], id="elf"),
        pytest.param(elf(183), [Part(ELF, "arm64")], id="elf_arm64"),
        pytest.param(elf(40, bits=1), [Part(ELF, "arm")], id="elf_of_32_bits"),
        pytest.param(elf(22, order=2), [Part(ELF, "s390x")], id="elf_big_end_first"),
        pytest.param(elf(21, order=1), [Part(ELF, "ppc64le")], id="elf_little_end_first"),
        pytest.param(elf(9999), [Part(ELF, "9999")], id="elf_of_another_processor"),
        pytest.param(coff(0x8664), [Part(COFF, "amd64")], id="coff"),
        pytest.param(coff(0xA641), [Part(COFF, "0xa641")], id="coff_of_another_processor"),
        pytest.param(coff(0x8664, 240), [], id="no_object"),
        pytest.param(mach_o(0x0100000C), [Part(MACH_O, "arm64")], id="mach_o"),
        pytest.param(mach_o(0x01000007, ">"), [Part(MACH_O, "amd64")], id="mach_o_big_end_first"),
        pytest.param(fat(0x0100000C, 0x01000007), [Part(MACH_O, "amd64"), Part(MACH_O, "arm64")], id="fat"),
        pytest.param(dll(0xAA64), [Part(COFF, "arm64")], id="dll"),
        pytest.param(ar((b"a.o/", elf(62)), (b"b.o/", elf(62))), [Part(ELF, "amd64")], id="ar"),
        pytest.param(
            ar((b"/", bytes(7)), (b"//", b"long.o/\n"), (b"/0", elf(183)), (b"c/", coff(0x14C))),
            [Part(ELF, "arm64"), Part(COFF, "386")],
            id="ar_with_tables",
        ),
        pytest.param(
            ar((b"#1/20", b"__.SYMDEF SORTED\0\0\0\0" + coff(0x14C)), (b"#1/8", b"long.o\0\0" + mach_o(12))),
            [Part(MACH_O, "arm")],
            id="ar_of_bsd",
        ),
        pytest.param(
            ar((b"/", bytes(4)), (b"/", bytes(6)), (b"x.dll/", coff_import(0xAA64))),
            [Part(COFF, "arm64")],
            id="imports",
        ),
        pytest.param(ar((b"a.o/", b"BC\xc0\xde" + bytes(40))), [], id="bitcode"),
        pytest.param(ar(), [], id="empty_archive"),
        pytest.param(ar((b"a.o/", elf(62) + b"x"))[:-1], [Part(ELF, "amd64")], id="last_padding_left_out"),
        pytest.param(b"INPUT(libx.so.1)\n" + bytes(20), [], id="linker_script"),
        pytest.param(b"\xca\xfe\xba\xbe\0\0\0\x34" + bytes(60), [], id="java_class"),
        pytest.param(b"", [], id="empty"),
    ],
)
def test_machine_of(data: bytes, expected: list[Part]) -> None:
    assert _of(data) == Machine(frozenset(expected))


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(ar(magic=b"!<thin>\n"), "a thin archive, whose members are other files", id="thin"),
        pytest.param(elf(62)[:19], "the file ends within its header", id="elf"),
        pytest.param(b"\x7fELF", "an ELF header without class or byte order", id="elf_magic_only"),
        pytest.param(mach_o(12)[:6], "the file ends within its header", id="mach_o"),
        pytest.param(fat(12, 7)[:-18], "the file ends within its header", id="fat"),
        pytest.param(dll(0x8664)[:-1], "the file ends within its header", id="dll"),
        pytest.param(dll(0x8664, 1 << 31), "a DOS program without a PE header", id="dll_header_far_away"),
        pytest.param(b"MZ", "the file ends within its header", id="mz_only"),
        pytest.param(ar((b"a.o/", elf(62)))[:-8], "no member of an archive at byte 124", id="member_cut_off"),
        pytest.param(
            ar((b"a.o/", b"")) + b"x", "no member of an archive at byte 68", id="more_after_the_last"
        ),
        pytest.param(ar((b"a.o/", elf(62)[:17] + b"\n")), "the file ends within its header", id="member"),
    ],
)
def test_broken_files_say_why(data: bytes, expected: str) -> None:
    assert _of(data) == Machine(unreadable=expected)


@pytest.mark.parametrize(
    ("data", "platform", "expected"),
    [
        pytest.param(elf(62), "linux_amd64", True, id="fits"),
        pytest.param(elf(62), "linux_arm64", False, id="other_processor"),
        pytest.param(elf(62), "windows_amd64", False, id="other_system"),
        pytest.param(elf(62), "freebsd_amd64", True, id="elf_of_any_system"),
        pytest.param(fat(0x0100000C, 0x01000007), "ios_arm64", True, id="one_of_several"),
        pytest.param(dll(0xAA64), "windows_arm64", True, id="windows"),
        pytest.param(b"", "linux_amd64", None, id="unknown"),
        pytest.param(b"MZ", "windows_amd64", None, id="unreadable"),
    ],
)
def test_fits(data: bytes, platform: str, expected: bool | None) -> None:
    assert fits(_of(data), platform) is expected


def test_machines_as_text() -> None:
    assert str(_of(ar((b"a/", elf(183)), (b"b/", coff(0xAA64))))) == "COFF arm64, ELF arm64"
    assert str(_of(b"MZ")) == "unreadable: the file ends within its header"
    assert str(_of(b"text")) == "unknown"


_BEGINNINGS = st.sampled_from(
    [b"", b"!<arch>\n", b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"\0\0\xff\xff"]
)


@given(_BEGINNINGS, st.binary(max_size=200))
def test_no_file_raises(beginning: bytes, rest: bytes) -> None:
    found = _of(beginning + rest)
    assert not (found.parts and found.unreadable)
    assert not found.unreadable.endswith(".")
    if beginning.startswith((b"MZ", b"\x7fELF")):
        assert found.parts or found.unreadable


@given(st.data())
def test_no_archive_with_wrong_bytes_raises(data: st.DataObject) -> None:
    whole = bytearray(ar((b"/", bytes(6)), (b"#1/4", b"a.o\0" + elf(62)), (b"b.o/", mach_o(12))))
    for _ in range(3):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))

    found = _of(bytes(whole))
    assert not (found.parts and found.unreadable)
    assert len(found.parts) <= 3 or whole[:8] != b"!<arch>\n"


TEMPLATE = Path(__file__).parents[1] / "rules" / "private" / "verify_test.sh.tpl"
CASES = re.findall(
    r'"?([0-9a-f ]{4,8})"?\) echo "(elf|pe|macho) (\w+)"', TEMPLATE.read_text(encoding="utf-8")
)


@pytest.mark.parametrize(("number", "form", "goarch"), CASES)
def test_launcher_of_tests_knows_the_same_machines(number: str, form: str, goarch: str) -> None:
    """The shell of a test that Bazel runs has no Python, so that it needs a table of its own."""
    *bits, machine = (int(part, 16) for part in number.split())
    heads = {"elf": lambda: elf(machine, bits[0], 2 if goarch == "s390x" else 1), "pe": lambda: coff(machine)}
    containers = {"elf": ELF, "pe": COFF, "macho": MACH_O}

    found = _of(heads[form]() if form in heads else mach_o(machine))
    assert found.parts == {Part(containers[form], goarch)}


def test_launcher_of_tests_has_a_table() -> None:
    assert len(CASES) == 12
