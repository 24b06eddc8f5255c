"""Failures that are found in logs: real ones, made-up ones, and a thousand mutations of both."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bazel_xc.artifact.log_format import FORMATS, Known
from bazel_xc.artifact.patterns import Pattern, load_patterns
from bazel_xc.artifact.scan import Finding, Scan, scan
from bazel_xc.linear import Expression

LOGS = Path(__file__).parent.parent.parent / "testdata" / "logs"
PATTERNS = load_patterns()
EXAMPLES = int(os.environ.get("BAZEL_XC_EXAMPLES", "150"))
HEADER = b"a.c:1:10: fatal error: png.h: No such file or directory\n"


def scanned(text: bytes, block: int = 1 << 20) -> Scan:
    return scan(io.BytesIO(text), PATTERNS, block)


def ids(found: Scan) -> str:
    return " ".join(f"{each.pattern.id}:{each.count}" for each in found.findings)


@pytest.mark.parametrize(
    ("pattern", "sample"),
    [
        pytest.param(pattern, sample, id=f"{pattern.id}-{at}")
        for pattern in PATTERNS.patterns
        for at, sample in enumerate(pattern.samples)
    ],
)
def test_every_sample_is_found_by_its_pattern(pattern: Pattern, sample: str) -> None:
    (found,) = scanned(sample.encode()).findings
    assert found.pattern.id == pattern.id
    assert "{" not in found.cause + found.remedy


def test_patterns_are_whole() -> None:
    assert len({each.id for each in PATTERNS.patterns}) == len(PATTERNS.patterns)
    assert [each.id for each in PATTERNS.patterns if not (each.samples and each.source and each.remedy)] == []


@pytest.mark.parametrize(
    ("log", "want"),
    [
        ("bazel7_good", ""),
        ("bazel7_no_toolchain", "bazel-no-toolchain:1"),
        ("bazel_good", ""),
        ("bazel_incompatible", "bazel-incompatible:1"),
        ("bazel_missing_header", "missing-header:1"),
        ("bazel_no_package", "bazel-no-package:1"),
        ("bazel_no_toolchain", "bazel-no-toolchain:1"),
        ("bazel_test_fails", ""),
        ("gcc_archive_of_other_machine", "library-of-other-machine:1 missing-library:1"),
        ("gcc_duplicate_symbol", "duplicate-symbol:1"),
        ("gcc_missing_header", "missing-header:1"),
        ("gcc_missing_library", "missing-library:1"),
        ("gcc_object_of_other_machine", "object-of-other-machine:2"),
        ("gcc_thread_local", "tls-relocation:1"),
        ("gcc_undefined_symbol", "undefined-symbol:1"),
        ("gcc_without_cxx_library", "cxx-runtime:4"),
        ("glibc_too_new", "glibc-too-new:1"),
        ("go_blank_line_before_import", "cgo-name-unknown:1"),
        ("go_cgo_off", "no-go-files:1"),
        ("go_compiler_not_found", "compiler-not-found:1"),
        ("go_flag_refused", "cgo-flag-refused:1"),
        ("go_good", ""),
        ("go_good_verbose", ""),
        ("go_host_compiler", "compiler-for-other-platform:18"),
        ("go_host_compiler_for_windows", "compiler-for-other-platform:8"),
        ("go_test_of_other_machine", "exec-format:1"),
        ("go_unsupported_pair", "unsupported-platform:1"),
        ("qemu_without_sysroot", "missing-interpreter:1 exec-format:1"),
        ("rules_go_good", ""),
        ("rules_go_import_without_dep", "bazel-import-without-dep:1"),
        ("rules_go_missing_header", "missing-header:1"),
        ("rules_go_pure_without_toolchain", "bazel-pure-without-toolchain:1"),
        ("rules_go_undefined_symbol", "undefined-symbol:1"),
        ("zig_flag_rejected", "compiler-flag-rejected:1"),
        ("zig_missing_framework", "missing-framework:1"),
        ("zig_missing_header", "missing-header:1"),
        ("zig_missing_library", "missing-library:1"),
        ("zig_object_of_other_machine", "object-of-other-machine:1"),
    ],
)
def test_logs_of_real_runs(log: str, want: str) -> None:
    assert ids(scanned((LOGS / f"{log}.log").read_bytes())) == want


def test_there_is_a_case_for_every_log() -> None:
    assert len(list(LOGS.glob("*.log"))) == 38


@pytest.mark.parametrize("log", ["bazel_good", "rules_go_undefined_symbol", "go_host_compiler"])
@pytest.mark.parametrize("block", [97, 4096])
def test_blocks_make_no_difference(log: str, block: int) -> None:
    text = (LOGS / f"{log}.log").read_bytes()
    whole, parts = scanned(text), scanned(text, block)
    assert (ids(parts), parts.lines) == (ids(whole), whole.lines)
    assert [each.line for each in parts.findings] == [each.line for each in whole.findings]


def test_a_finding() -> None:
    text = b"# example.com/m/p\none\n" + HEADER + b"two\nthree\nfour\n"
    (found,) = scanned(text).findings
    assert found == Finding(
        pattern=found.pattern,
        names={"file": "a.c", "line": "1", "header": "png.h"},
        line=3,
        text="a.c:1:10: fatal error: png.h: No such file or directory",
        heading="example.com/m/p",
        context=(
            "# example.com/m/p",
            "one",
            "a.c:1:10: fatal error: png.h: No such file or directory",
            "two",
            "three",
        ),
    )
    assert found.cause == "the C compiler finds no png.h in its folders"


def test_repeats_are_one_finding_per_heading() -> None:
    text = b"# a.b/one\n" + HEADER * 3 + b"# a.b/two\n" + HEADER
    assert [(each.heading, each.count, each.line) for each in scanned(text).findings] == [
        ("a.b/one", 3, 2),
        ("a.b/two", 1, 6),
    ]


@pytest.mark.parametrize(
    ("above", "heading"),
    [
        pytest.param(
            b"# example.com/m/p [example.com/m/p.test]\n", "example.com/m/p", id="test variant of go"
        ),
        pytest.param(b"# not a heading\n", "", id="comment"),
        pytest.param(b"ERROR: /ws/a/BUILD.bazel:3:1: Compiling x.c failed: (Exit 1)\n", "/ws/a", id="Bazel"),
        pytest.param(
            b"ERROR: /ws/a/BUILD:3:1: in cgo attribute of go_library rule //a:lib: no\n",
            "//a:lib",
            id="label",
        ),
        pytest.param(b"# a.b/c\nERROR: /ws/d/BUILD:3:1: Linking x failed\n", "/ws/d", id="the last one"),
        pytest.param(b"# a.b/c\n" + b"x\n" * 50_000, "", id="too far above"),
    ],
)
def test_heading(above: bytes, heading: str) -> None:
    (found,) = scanned(above + HEADER).findings
    assert found.heading == heading


def test_colours_and_progress() -> None:
    drawn = b"\x1b[32m[1 / 2]\x1b[0m a\r\x1b[1A\x1b[Kb\r\n"
    text = drawn + b"a.c:1:10: \x1b[31mfatal error:\x1b[0m png.h: No such file or directory"
    (found,) = scanned(text).findings
    assert (found.pattern.id, found.line, found.names["header"]) == ("missing-header", 3, "png.h")


def test_lines_without_end_are_cut() -> None:
    text = b"x" * 10_000 + HEADER
    assert ids(scanned(text, 256)) == "missing-header:1"
    assert scanned(b"x" * 100_000, 64).lines <= 100_000 // 64


def test_findings_that_are_too_many() -> None:
    text = b"".join(b"a.c:1:1: fatal error: h%d.h: No such file or directory\n" % at for at in range(2_100))
    found = scanned(text)
    assert (len(found.findings), found.dropped) == (2_000, 100)


@pytest.mark.parametrize(
    ("symbol", "library"),
    [
        ("deflateInit_", "z"),
        ("sqlite3_open_v2", "sqlite3"),
        ("g_free", "glib-2.0"),
        ("git_clone", "git2"),
        ("own", ""),
    ],
)
def test_library_of(symbol: str, library: str) -> None:
    assert PATTERNS.library_of(symbol) == library


@given(
    st.sampled_from(sorted(LOGS.glob("*.log"))),
    st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=40), st.integers(0, 200)), max_size=8),
    st.integers(16, 5000),
)
@settings(max_examples=EXAMPLES)
def test_mutated_logs(path: Path, changes: list[tuple[float, bytes, int]], block: int) -> None:
    text = bytearray(path.read_bytes())
    for where, new, gone in changes:
        at = int(where * len(text))
        text[at : at + gone] = new
    found = scanned(bytes(text), block)
    for render in FORMATS.values():
        assert list(render(found, Known())) or not found.findings


@given(st.binary(max_size=500), st.sampled_from([s for each in PATTERNS.patterns for s in each.samples]))
@settings(max_examples=EXAMPLES)
def test_noise_around_samples(noise: bytes, sample: str) -> None:
    found = scanned(noise + b"\n" + sample.encode() + b"\n" + noise, 64)
    assert found.lines >= 2


_FILLERS = ("/", "//", "a", " ", "\t", ":", "'", '"', "a:", "a/", "/a:", "x 1:", ": ", "@@//", "a.b-c ")
_LONG = """
import io
from bazel_xc.artifact.patterns import load_patterns
from bazel_xc.artifact.scan import scan

patterns = load_patterns()
count = 0
for filler in {fillers!r}:
    long = (filler * 20000)[:20000]
    lines = []
    for pattern in patterns.patterns:
        for needle in pattern.find:
            line = f"{{long}} {{needle.decode()}} {{long}}"
            lines.append(line)
            for expression in pattern.match:
                expression.search(line)
                count += 1
    scan(io.BytesIO("\\n".join(lines).encode()), patterns)
print(count > 15 * len(patterns.patterns))
"""


def test_no_line_takes_long() -> None:
    """Every expression is one of the linear engine. The time limit is for an engine that hangs."""
    program = _LONG.format(fillers=_FILLERS)
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=600, check=True
    )

    assert done.stdout == "True\n"
    assert all(isinstance(each, Expression) for pattern in PATTERNS.patterns for each in pattern.match)


def test_long_line_is_looked_at_around_the_text_that_is_known() -> None:
    long = b"x" * 50_000

    (found,) = scanned(long + b" " + HEADER.rstrip() + b" " + long + b"\n").findings

    assert (found.pattern.id, found.names["header"]) == ("missing-header", "png.h")


def test_line_that_begins_with_a_warning_is_no_failed_download() -> None:
    line = b"Error downloading [https://x.example/a.tar.gz] to /tmp/a: GET returned 404\n"

    assert ids(scanned(b"ERROR: " + line)) == "bazel-fetch:1"
    assert ids(scanned(b"WARNING: " + line)) == ""
    assert ids(scanned(b"WARNING: " + b"x" * 10_000 + line)) == ""
