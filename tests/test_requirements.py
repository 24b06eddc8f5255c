"""A tool that is there and cannot do its work counts as missing; a script is found where npm puts it."""

from __future__ import annotations

from pathlib import Path

import pytest
from requirements import require_compiler, require_script

COMPILER = "some-gcc"


@pytest.fixture(autouse=True)
def compiler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A compiler on PATH that has no C library."""
    program = tmp_path / COMPILER
    said = "try.c:1:10: fatal error: stdio.h: No such file or directory"
    program.write_text(f"#!/bin/sh\necho '{said}' >&2\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.delenv("BAZEL_XC_REQUIRE", raising=False)
    return program


def test_a_compiler_without_a_c_library_skips() -> None:
    with pytest.raises(pytest.skip.Exception, match=r"includes <stdio\.h> \(.*No such file or directory\)"):
        require_compiler(COMPILER)


def test_a_compiler_without_a_c_library_fails_where_it_is_required(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAZEL_XC_REQUIRE", f"go,{COMPILER}")
    with pytest.raises(pytest.fail.Exception, match=f"BAZEL_XC_REQUIRE names {COMPILER}"):
        require_compiler(COMPILER)


def test_a_compiler_that_works_is_given(compiler: Path) -> None:
    compiler.write_text("#!/bin/sh\nexit 0\n")
    assert require_compiler(COMPILER) == str(compiler)


def test_a_script_of_npm_is_found_in_its_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("requirements._npm_folders", lambda: ("/nowhere", str(tmp_path)))
    with pytest.raises(pytest.skip.Exception, match="npm install --global some-checker"):
        require_script("some-checker", "check.js")
    (tmp_path / "some-checker").mkdir()
    (tmp_path / "some-checker" / "check.js").touch()
    assert require_script("some-checker", "check.js") == str(tmp_path / "some-checker" / "check.js")
