"""What is said of a binary on a platform, and what of it is a failure."""

from __future__ import annotations

import pytest
from attrs import evolve

from bazel_xc.artifact.check import Check, CheckStatus
from bazel_xc.artifact.expect import PROPERTIES, Wanted, verify
from bazel_xc.artifact.facts import BinaryFacts, BinaryKind, GoInfo, Image, Relro, SymbolVersion
from bazel_xc.artifact.systems import load_systems
from bazel_xc.machine import Container, Machine, Part
from bazel_xc.model import Platform

LINUX_PURE = Wanted(platform=Platform("linux", "arm64", cgo=False))
LINUX_CGO = Wanted(platform=Platform("linux", "arm64", cgo=True))
WINDOWS = Wanted(platform=Platform("windows", "arm64", cgo=False))
DARWIN = Wanted(platform=Platform("darwin", "arm64", cgo=True))
STATIC = Image(kind=BinaryKind.EXECUTABLE, machine="e_machine 183", bits=64, entry=64, entry_in_code=True)
DYNAMIC = evolve(
    STATIC,
    dynamic=True,
    interpreter="/lib/ld-linux-aarch64.so.1",
    needed=("libc.so.6",),
    versions=(SymbolVersion("libc.so.6", "GLIBC_2.9"), SymbolVersion("libc.so.6", "GLIBC_2.34")),
)


def facts(image: Image | None = STATIC, container: Container = Container.ELF, **settings: str) -> BinaryFacts:
    goos = {Container.ELF: "linux", Container.COFF: "windows", Container.MACH_O: "darwin"}[container]
    return BinaryFacts(
        path="app",
        size=1000,
        sha256="00",
        machine=Machine(frozenset({Part(container, "arm64")})),
        kind=image.kind if image else BinaryKind.ARCHIVE,
        image=image,
        go=GoInfo(
            version="go1.26.0", settings={"GOOS": goos, "GOARCH": "arm64", "CGO_ENABLED": "0", **settings}
        ),
    )


def told(found: BinaryFacts, wanted: Wanted) -> dict[str, Check]:
    return {each.name: each for each in verify(found, wanted, load_systems())}


def bad(found: BinaryFacts, wanted: Wanted) -> dict[str, tuple[str, str]]:
    """The names of warnings and failures with their status and what was found."""
    checks = told(found, wanted).items()
    return {
        name: (str(each.status), each.found)
        for name, each in checks
        if each.status in (CheckStatus.WARNING, CheckStatus.FAILURE)
    }


def test_every_check_in_order() -> None:
    assert [(each.name, each.status, each.found) for each in verify(facts(), LINUX_PURE, load_systems())] == [
        ("machine", CheckStatus.OK, "executable: ELF arm64, e_machine 183"),
        ("format", CheckStatus.INFO, "64 bit, little-endian"),
        ("entry point", CheckStatus.OK, "0x40"),
        ("linkage", CheckStatus.OK, "static"),
        ("stripped", CheckStatus.INFO, "yes"),
        ("go", CheckStatus.INFO, "go1.26.0"),
        ("go platform", CheckStatus.OK, "linux_arm64"),
        ("cgo", CheckStatus.OK, "off"),
        ("size", CheckStatus.INFO, "1000 bytes"),
        ("sha256", CheckStatus.INFO, "00"),
    ]


@pytest.mark.parametrize(
    ("found", "wanted", "want"),
    [
        pytest.param(facts(), LINUX_PURE, {}, id="static without cgo"),
        pytest.param(facts(DYNAMIC, CGO_ENABLED="1"), LINUX_CGO, {}, id="dynamic with cgo"),
        pytest.param(
            facts(DYNAMIC), LINUX_PURE, {"linkage": ("failure", "dynamic")}, id="dynamic without cgo"
        ),
        pytest.param(
            facts(DYNAMIC),
            evolve(LINUX_PURE, certain=False),
            {"linkage": ("warning", "dynamic")},
            id="dynamic, cgo off by default",
        ),
        pytest.param(
            facts(),
            LINUX_CGO,
            {"cgo": ("failure", "off, but the configuration has cgo on for linux_arm64")},
            id="cgo silently off",
        ),
        pytest.param(
            facts(CGO_ENABLED="1"),
            LINUX_PURE,
            {"cgo": ("failure", "on, but the configuration has cgo off for linux_arm64")},
            id="cgo on where it is off",
        ),
        pytest.param(
            facts(evolve(DYNAMIC, interpreter="/lib64/ld-linux-x86-64.so.2"), CGO_ENABLED="1"),
            LINUX_CGO,
            {"interpreter": ("failure", "/lib64/ld-linux-x86-64.so.2")},
            id="interpreter of another machine",
        ),
        pytest.param(
            facts(evolve(DYNAMIC, interpreter="/lib/ld-musl-aarch64.so.1"), CGO_ENABLED="1"),
            LINUX_CGO,
            {},
            id="interpreter of musl",
        ),
        pytest.param(
            facts(GOARCH="amd64"), LINUX_PURE, {"go platform": ("failure", "linux_amd64")}, id="go's word"
        ),
        pytest.param(
            facts(evolve(STATIC, entry_in_code=False)),
            LINUX_PURE,
            {"entry point": ("failure", "0x40")},
            id="entry point",
        ),
        pytest.param(
            facts(evolve(STATIC, damage=("segment 1 ends beyond the end of the file",))),
            LINUX_PURE,
            {"whole": ("failure", "segment 1 ends beyond the end of the file")},
            id="cut off",
        ),
        pytest.param(
            facts(evolve(STATIC, nx=False, writable_code=("segment 2",), rpaths=("/home/me", "$ORIGIN"))),
            LINUX_PURE,
            {
                "nx": ("warning", "no"),
                "w^x": ("warning", "segment 2 writable and executable"),
                "rpath": ("warning", "/home/me, $ORIGIN"),
            },
            id="careless linking",
        ),
        pytest.param(
            facts(evolve(STATIC, needed=("KERNEL32.dll", "libwinpthread-1.dll")), Container.COFF),
            WINDOWS,
            {"libraries": ("failure", "KERNEL32.dll, libwinpthread-1.dll")},
            id="a DLL that Windows does not have",
        ),
        pytest.param(
            facts(evolve(STATIC, needed=("api-ms-win-crt-heap-l1-1-0.dll",)), Container.COFF),
            WINDOWS,
            {},
            id="the universal C runtime",
        ),
        pytest.param(
            facts(evolve(STATIC, signed=False), Container.MACH_O, CGO_ENABLED="1"),
            DARWIN,
            {"signature": ("failure", "none")},
            id="unsigned on ARM64",
        ),
        pytest.param(
            facts(evolve(STATIC, needed=("/opt/lib/libz.dylib",)), Container.MACH_O, CGO_ENABLED="1"),
            DARWIN,
            {"libraries": ("warning", "/opt/lib/libz.dylib")},
            id="library that macOS does not have",
        ),
        pytest.param(
            facts(DYNAMIC),
            WINDOWS,
            {
                "machine": ("failure", "executable: ELF arm64, e_machine 183"),
                "go platform": ("failure", "linux_arm64"),
            },
            id="of another system nothing more is asked",
        ),
    ],
)
def test_what_is_wrong(found: BinaryFacts, wanted: Wanted, want: dict[str, tuple[str, str]]) -> None:
    assert bad(found, wanted) == want


def test_archive_of_two_machines() -> None:
    parts = frozenset({Part(Container.ELF, "arm64"), Part(Container.ELF, "amd64")})
    check = told(evolve(facts(None), machine=Machine(parts), go=None), LINUX_CGO)["machine"]
    assert (check.status, check.found, check.remedy) == (
        CheckStatus.FAILURE,
        "archive: ELF amd64, ELF arm64",
        "one archive has objects of several machines; clean the cache that they come from",
    )


def test_a_problem_is_all_there_is() -> None:
    empty = BinaryFacts(path="app", size=0, sha256="00", machine=Machine(), problem="the file is empty")
    found = verify(empty, evolve(LINUX_PURE, properties=("static",)), load_systems())
    assert [(each.name, each.status) for each in found] == [
        ("file", CheckStatus.FAILURE),
        ("size", CheckStatus.INFO),
        ("expect static", CheckStatus.FAILURE),
        ("sha256", CheckStatus.INFO),
    ]


@pytest.mark.parametrize(
    ("limit", "status"),
    [
        ((2, 34), CheckStatus.OK),
        ((2, 33), CheckStatus.FAILURE),
        ((2, 4), CheckStatus.FAILURE),
        (None, CheckStatus.INFO),
    ],
)
def test_glibc(limit: tuple[int, ...] | None, status: CheckStatus) -> None:
    check = told(facts(DYNAMIC), evolve(LINUX_CGO, max_glibc=limit))["glibc"]
    assert (check.status, check.found) == (status, "GLIBC_2.34 (libc.so.6)")


@pytest.mark.parametrize(("limit", "status"), [(1000, CheckStatus.OK), (999, CheckStatus.FAILURE)])
def test_size(limit: int, status: CheckStatus) -> None:
    check = told(facts(), evolve(LINUX_PURE, max_size=limit))["size"]
    assert (check.status, check.found) == (status, f"1000 bytes of at most {limit}")


@pytest.mark.parametrize(
    ("image", "holds"),
    [
        pytest.param(STATIC, "executable go static stripped", id="static"),
        pytest.param(
            evolve(DYNAMIC, pie=True, nx=True, relro=Relro.FULL, symbols=True, build_id="ab"),
            "aslr build-id dynamic executable full-relro go nx pie relro symbols",
            id="dynamic",
        ),
        pytest.param(
            evolve(DYNAMIC, kind=BinaryKind.SHARED, relro=Relro.PARTIAL, debug_info=True),
            "aslr debug-info dynamic go relro shared-library",
            id="shared library",
        ),
    ],
)
def test_properties(image: Image, holds: str) -> None:
    asked = evolve(LINUX_CGO, properties=tuple(sorted(PROPERTIES)))
    checks = told(facts(image), asked)
    good = [name for name in sorted(PROPERTIES) if checks[f"expect {name}"].status is CheckStatus.OK]
    assert good == holds.split()


def test_properties_of_go() -> None:
    go = GoInfo(version="go1.26.0", settings={"-trimpath": "true", "vcs.revision": "abc"})
    found = evolve(facts(), go=go)
    assert PROPERTIES["trimpath"](found)
    assert PROPERTIES["vcs"](found)
    assert told(found, LINUX_PURE)["go settings"].found == "-trimpath=true, vcs.revision=abc"
