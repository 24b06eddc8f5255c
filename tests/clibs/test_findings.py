"""What is said of C that nobody provides, and with what weight."""

from __future__ import annotations

import pytest

from bazel_xc.cgo.archives import Archive, Archives, MissingArchive
from bazel_xc.cgo.needs import CNeed, NeedKind
from bazel_xc.clibs.findings import archive_findings, findings
from bazel_xc.clibs.resolution import Outcome, Status
from bazel_xc.machine import Container, Machine, Part
from bazel_xc.model import OPEN_CODES, Diagnostic, Severity

LINUX, ARM, WINDOWS = "linux_amd64", "linux_arm64", "windows_arm64"
BOTH = frozenset({LINUX, ARM})
AMD64 = Machine(frozenset({Part(Container.ELF, "amd64")}))


def _need(kind: NeedKind = NeedKind.LIB, name: str = "x", *, certain: bool = True) -> CNeed:
    return CNeed(kind, name, BOTH, "p/p.go", 7, certain)


def _outcome(
    need: CNeed, status: Status, candidates: tuple[str, ...] = (), tried: tuple[str, ...] = ()
) -> Outcome:
    return Outcome(
        need=need, platforms=BOTH, status=status, candidates=candidates, tried=tried, remedy="do it"
    )


@pytest.mark.parametrize("status", [Status.RESOLVED, Status.SYSTEM, Status.BUNDLED])
def test_nothing_is_said_of_what_is_provided(status: Status) -> None:
    assert list(findings([_outcome(_need(), status)], "error")) == []


@pytest.mark.parametrize(
    ("outcome", "text"),
    [
        pytest.param(
            _outcome(_need(), Status.UNRESOLVED),
            "library x has no provider [linux_amd64, linux_arm64]",
            id="nothing_tried",
        ),
        pytest.param(
            _outcome(_need(NeedKind.PKG_CONFIG, "libx"), Status.UNRESOLVED, tried=("one", "two")),
            "pkg-config package libx has no provider: one; two [linux_amd64, linux_arm64]",
            id="tried",
        ),
        pytest.param(
            _outcome(_need(NeedKind.HEADER, "x.h"), Status.AMBIGUOUS, candidates=("//a", "//b")),
            "header x.h could come from //a or //b [linux_amd64, linux_arm64]",
            id="ambiguous",
        ),
        pytest.param(
            _outcome(_need(NeedKind.FRAMEWORK, "Metal"), Status.UNRESOLVED),
            "framework Metal has no provider [linux_amd64, linux_arm64]",
            id="framework",
        ),
    ],
)
def test_message(outcome: Outcome, text: str) -> None:
    code = f"c-{outcome.status}"

    assert list(findings([outcome], "warn")) == [
        Diagnostic(path="p/p.go", line=7, code=code, message=text, remedy="do it")
    ]
    assert code in OPEN_CODES


@pytest.mark.parametrize(
    ("policy", "certain", "severity"),
    [
        ("error", True, Severity.ERROR),
        ("warn", True, Severity.WARNING),
        ("ignore", True, Severity.NOTE),
        ("error", False, Severity.NOTE),
        ("warn", False, Severity.NOTE),
    ],
)
def test_severity(policy: str, certain: bool, severity: Severity) -> None:
    outcome = _outcome(_need(certain=certain), Status.UNRESOLVED)

    assert [each.severity for each in findings([outcome], policy)] == [severity]


@pytest.mark.parametrize(
    ("archives", "texts"),
    [
        pytest.param(
            Archives(missing=(MissingArchive(word="-lx", platforms=BOTH, directories=("p/a", "p/b")),)),
            [
                (
                    "p/p.go:7: warning: -lx is linked from the tree, but there is no such file in p/a, p/b"
                    " [linux_amd64, linux_arm64] (the package is marked incompatible there)"
                )
            ],
            id="missing_by_name",
        ),
        pytest.param(
            Archives(missing=(MissingArchive(word="p/y.a", platforms=frozenset({ARM, "aix_ppc64"})),)),
            [
                (
                    "p: warning: p/y.a is linked from the tree, but there is no such file [linux_arm64]"
                    " (the package is marked incompatible there)"
                )
            ],
            id="missing_by_path_and_asked_by_none",
        ),
        pytest.param(
            Archives(archives=(Archive(path="p/libx.a", platforms=BOTH, words=("-lx",), machine=AMD64),)),
            [
                (
                    "p/p.go:7: warning: p/libx.a is for ELF amd64 [linux_arm64]"
                    " (the package is marked incompatible there)"
                )
            ],
            id="wrong_machine",
        ),
        pytest.param(
            Archives(missing=(MissingArchive(word="-lx", platforms=frozenset({"aix_ppc64"})),)),
            [],
            id="on_no_configured_platform",
        ),
        pytest.param(
            Archives(
                archives=(
                    Archive(path="p/libx.a", platforms=BOTH, words=("-lx",), machine=Machine()),
                    Archive(path="p/libz.a", platforms=BOTH, words=("-lz",), machine=None),
                )
            ),
            [],
            id="machine_not_known",
        ),
    ],
)
def test_archives(archives: Archives, texts: list[str]) -> None:
    found = archive_findings([_need()], archives, (LINUX, ARM, WINDOWS), "p")

    assert [str(each) for each in found] == texts
