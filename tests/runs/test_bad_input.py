"""Bad input: one clear line that says where and what to do, every file whole, and the rest goes on."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest
from attrs import frozen
from goldens import without_count
from requirements import require

from bazel_xc.cli import main

GO_MOD = "module example.com/m\n\ngo 1.21\n"
GOOD = {"good/good.go": "package good\n"}
GOOD_RULE = dedent(
    """\
    load("@rules_go//go:def.bzl", "go_library")

    go_library(
        name = "good",
        srcs = ["good.go"],
        importpath = "example.com/m/good",
        visibility = ["//visibility:public"],
    )
    """
)
OLD_RULE = dedent(
    """\
    go_library(
        name = "a",
        srcs = ["old.go"],
        importpath = "example.com/m/a",
    )
    """
)


@frozen
class Outcome:
    """What a run left: exit code, standard error without its last line, and the bytes of all files."""

    code: int
    stderr: str
    files: dict[str, bytes]


@pytest.fixture
def generate(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    """Writes files into a workspace and runs generate on it."""
    require("go")

    def run(files: dict[str, str | bytes], go_mod: str = GO_MOD, *arguments: str) -> Outcome:
        for path, text in {"go.mod": go_mod, **files}.items():
            if text or path != "go.mod":
                target = tmp_path / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(text if isinstance(text, bytes) else text.encode())
        code = main(["generate", "-C", str(tmp_path), *arguments])
        return Outcome(code, without_count(capfd.readouterr().err), read_all(tmp_path))

    return run


def read_all(root: Path) -> dict[str, bytes]:
    """Every regular file below a folder, the platforms package left out."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and not path.is_symlink() and "platforms" not in path.parts
    }


def assert_rest_went_on(outcome: Outcome) -> None:
    """The package that is in order got its rules."""
    assert outcome.files["good/BUILD.bazel"].decode() == GOOD_RULE


def test_no_go_mod(generate: Callable[..., Outcome], tmp_path: Path) -> None:
    outcome = generate(GOOD, "")

    assert outcome.code == 2
    assert outcome.stderr == (
        f"bazel-xc: {tmp_path}: no go.mod in this directory or below; run: go mod init MODULE\n"
    )
    assert outcome.files.keys() == GOOD.keys()


def test_broken_go_mod(generate: Callable[..., Outcome]) -> None:
    outcome = generate(GOOD, "module example.com/m\n\nrequire (\n    foo\n")

    assert outcome.code == 2
    assert outcome.stderr.startswith("bazel-xc: go.mod:")
    assert outcome.stderr.count("\n") == 1
    assert "fix it" in outcome.stderr


def test_go_mod_without_module(generate: Callable[..., Outcome]) -> None:
    outcome = generate(GOOD, "go 1.21\n")

    assert outcome.code == 2
    assert outcome.stderr == "bazel-xc: go.mod: has no module line; add: module example.com/name\n"


def test_go_mod_that_asks_for_a_newer_go(generate: Callable[..., Outcome]) -> None:
    outcome = generate(GOOD, "module example.com/m\n\ngo 1.999\n")

    assert outcome.code == 2
    assert "requires go >= 1.999" in outcome.stderr
    assert "BAZEL_XC_GO" in outcome.stderr
    assert outcome.stderr.count("\n") == 1


def test_inconsistent_vendor_tree(generate: Callable[..., Outcome]) -> None:
    outcome = generate(
        {"m.go": "package m\n", "vendor/modules.txt": "# example.com/z v1.0.0\n## explicit\n"},
        GO_MOD + "\nrequire example.com/y v1.0.0\n",
    )

    assert outcome.code == 2
    assert "run: go mod vendor" in outcome.stderr


def test_nested_module_that_go_cannot_list(generate: Callable[..., Outcome]) -> None:
    """The rest is written, and what stands in that module stays."""
    rule = 'go_library(name = "n", srcs = ["gone.go"])\n'
    nested = {"n/go.mod": "module example.com/n\n\ngo 1.999\n", "n/n.go": "package n\n"}
    outcome = generate({**GOOD, **nested, "n/BUILD.bazel": rule})

    assert outcome.code == 1
    assert outcome.stderr.startswith("n/go.mod: error: ")
    assert "requires go >= 1.999" in outcome.stderr
    assert outcome.stderr.count("\n") == 1
    assert outcome.files["n/BUILD.bazel"].decode() == rule
    assert_rest_went_on(outcome)


@pytest.mark.parametrize(
    ("files", "said"),
    [
        pytest.param(
            {"a/a.go": "package a\n\nimport (\n"},
            "a/a.go:3:10: error: expected ')', found 'EOF' (its rules are left unchanged)\n",
            id="syntax_error",
        ),
        pytest.param(
            {"a/a.go": "package a\n", "a/b.go": "package b\n"},
            "a: error: found packages a (a.go) and b (b.go) in a (its rules are left unchanged)\n",
            id="two_package_names",
        ),
        pytest.param(
            {
                "a/a.go": 'package a\n\nimport _ "example.com/m/b"\n',
                "b/b.go": 'package b\n\nimport _ "example.com/m/a"\n',
            },
            "a: error: import cycle not allowed: example.com/m/a -> example.com/m/b -> example.com/m/a"
            " (its rules are left unchanged)\n",
            id="import_cycle",
        ),
    ],
)
def test_package_that_does_not_load(
    generate: Callable[..., Outcome], files: dict[str, str], said: str
) -> None:
    outcome = generate({**files, **GOOD, "a/BUILD.bazel": OLD_RULE})

    assert outcome.code == 1
    assert said in outcome.stderr
    assert outcome.files["a/BUILD.bazel"].decode() == OLD_RULE
    assert_rest_went_on(outcome)


def test_missing_module_without_network(generate: Callable[..., Outcome]) -> None:
    outcome = generate(
        {"a/a.go": 'package a\n\nimport _ "github.com/nobody/nothing/x"\n'},
        GO_MOD + "\nrequire github.com/nobody/nothing v1.0.0\n",
    )

    assert outcome.code == 0
    assert outcome.stderr == (
        "go.mod: warning: 1 package could not be loaded because go.sum does not have its module"
        " (first: github.com/nobody/nothing/x); run: go mod tidy\n"
    )
    assert b'"@com_github_nobody_nothing//x"' in outcome.files["a/BUILD.bazel"]


def test_build_file_that_is_not_utf8(generate: Callable[..., Outcome]) -> None:
    latin1 = "# café\n".encode("latin-1") + OLD_RULE.encode()
    outcome = generate({"a/a.go": "package a\n", "a/BUILD.bazel": latin1, **GOOD})

    assert outcome.code == 1
    assert outcome.stderr == "a/BUILD.bazel:1:6: error: not UTF-8 (fix it; the file is left unchanged)\n"
    assert outcome.files["a/BUILD.bazel"] == latin1
    assert_rest_went_on(outcome)


def test_build_file_with_a_syntax_error(generate: Callable[..., Outcome]) -> None:
    broken = 'go_library(\n    name = "a",\n    srcs = [\n)\n'
    outcome = generate({"a/a.go": "package a\n", "a/BUILD.bazel": broken, **GOOD})

    assert outcome.code == 1
    assert outcome.stderr.startswith("a/BUILD.bazel:4:1: error: ")
    assert outcome.files["a/BUILD.bazel"].decode() == broken
    assert_rest_went_on(outcome)


def test_symlink_loops(generate: Callable[..., Outcome], tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "up").symlink_to("..")
    (tmp_path / "a" / "loop.txt").symlink_to("loop.txt")
    outcome = generate({"a/a.go": "package a\n", **GOOD})

    assert outcome.code == 0
    assert outcome.stderr == ""
    assert_rest_went_on(outcome)
    assert b'srcs = ["a.go"]' in outcome.files["a/BUILD.bazel"]


def test_file_names_with_quotes_blanks_and_unicode(generate: Callable[..., Outcome]) -> None:
    go = 'package a\n\nimport _ "embed"\n\n//go:embed data\nvar s string\n'
    outcome = generate({
        "a/a.go": go,
        "a/ä b.go": "package a\n",
        "a/data/it is.txt": "",
        "a/data/ünï.txt": "",
        'with "quotes"/x.txt': "",
    })  # fmt: skip

    assert outcome.stderr == ""
    text = outcome.files["a/BUILD.bazel"].decode()
    assert '"ä b.go"' in text
    assert '"data/it is.txt"' in text
    assert '"data/ünï.txt"' in text


def test_directory_named_build(generate: Callable[..., Outcome]) -> None:
    outcome = generate({
        "a/a.go": "package a\n",
        "a/BUILD/x.txt": "",
        "b/b.go": "package b\n",
        "b/BUILD.bazel/x.txt": "",
    })  # fmt: skip

    assert outcome.code == 0
    assert "a/BUILD.bazel" in outcome.files
    assert "b/BUILD" in outcome.files


def test_crlf_line_ends(generate: Callable[..., Outcome]) -> None:
    old = OLD_RULE.replace("\n", "\r\n")
    outcome = generate({"a/a.go": "package a\r\n", "a/BUILD.bazel": old})

    new = outcome.files["a/BUILD.bazel"]
    assert b'srcs = ["a.go"]' in new
    assert new.count(b"\n") == new.count(b"\r\n")


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may read and write everything")
def test_unreadable_file_and_read_only_tree(generate: Callable[..., Outcome], tmp_path: Path) -> None:
    first = generate({"a/a.go": "package a\n", **GOOD}, GO_MOD, "--check")
    (tmp_path / "a" / "a.go").chmod(0)
    outcome = generate({}, GO_MOD, "--check")
    (tmp_path / "a" / "a.go").chmod(stat.S_IRUSR | stat.S_IWUSR)

    assert first.stderr == ""
    assert "a/a.go: error: cannot be read: Permission denied" in outcome.stderr


def test_unreadable_go_file(
    generate: Callable[..., Outcome], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As above, for root, whom the system lets read everything."""
    real = os.open

    def refuse(path: str, *args: int, **kwargs: int) -> int:
        if str(path).endswith("a.go"):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path, *args, **kwargs)

    monkeypatch.setattr("os.open", refuse)
    outcome = generate({"a/a.go": "package a\n", "a/BUILD.bazel": OLD_RULE, **GOOD})

    assert outcome.code == 1
    assert outcome.stderr == (
        "a/a.go: error: cannot be read: Permission denied (the directory's rules are left unchanged)\n"
    )
    assert outcome.files["a/BUILD.bazel"].decode() == OLD_RULE
    assert_rest_went_on(outcome)


def test_read_only_tree(
    generate: Callable[..., Outcome], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All or nothing: the second file cannot be written, so the first one is not either."""
    real = os.link

    def refuse(source: str | Path, target: str | Path) -> None:
        if Path(target).parent.name == "good":
            raise OSError(30, "Read-only file system", str(target))
        real(source, target)

    monkeypatch.setattr(os, "link", refuse)
    before = {"a/a.go": "package a\n", "a/BUILD.bazel": OLD_RULE, **GOOD}
    outcome = generate(before)

    assert outcome.code == 2
    assert "cannot be written (Read-only file system); nothing was changed" in outcome.stderr
    assert outcome.files == {path: text.encode() for path, text in {"go.mod": GO_MOD, **before}.items()}
    assert not (tmp_path / "platforms").exists()


def test_file_changed_while_running(tmp_path: Path) -> None:
    """What somebody else wrote meanwhile is not overwritten."""
    from bazel_xc.errors import WriteError  # noqa: PLC0415
    from bazel_xc.model import FileChange  # noqa: PLC0415
    from bazel_xc.write import write_files  # noqa: PLC0415

    (tmp_path / "BUILD").write_bytes(b"theirs\n")
    changes = [FileChange("A", None, b"a\n"), FileChange("BUILD", b"old\n", b"new\n")]

    with pytest.raises(WriteError, match="BUILD: changed while bazel-xc ran"):
        write_files(tmp_path, changes)

    assert sorted(path.name for path in tmp_path.iterdir()) == ["BUILD"]
    assert (tmp_path / "BUILD").read_bytes() == b"theirs\n"


def test_go_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "go.mod").write_text(GO_MOD)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("BAZEL_XC_GO", raising=False)
    monkeypatch.setattr("bazel_xc.golang.toolchain._beside_python", lambda: None)

    assert main(["generate", "-C", str(tmp_path)]) == 2
    assert capsys.readouterr().err.startswith("bazel-xc: go: not found; install Go")


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a shell script")
def test_go_hangs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "go.mod").write_text(GO_MOD)
    slow = tmp_path / "go"
    slow.write_text("#!/bin/sh\nexec sleep 60\n")
    slow.chmod(0o755)
    monkeypatch.setenv("BAZEL_XC_GO", str(slow))
    monkeypatch.setenv("BAZEL_XC_TIMEOUT", "0.2")

    assert main(["generate", "-C", str(tmp_path)]) == 2
    assert "no answer within 0.2 s; set BAZEL_XC_TIMEOUT" in capsys.readouterr().err


def test_root_that_does_not_exist(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["generate", "-C", str(tmp_path / "nowhere")]) == 2
    assert capsys.readouterr().err.startswith("bazel-xc: ")


def test_mistakes_of_the_configuration_are_all_said(
    generate: Callable[..., Outcome],
) -> None:
    toml = """\
        [platforms.linux_amd46]
        [platforms.linux_arm64]
        cgo = "on"
        [build]
        namin = "import"
        mode = "fast"
        """
    outcome = generate({**GOOD, "bazel_xc.toml": dedent(toml)})

    assert outcome.code == 2
    assert outcome.stderr.splitlines() == [
        "bazel-xc: bazel_xc.toml: build.namin: unknown key; did you mean 'naming'?",
        "bazel-xc: bazel_xc.toml: platforms.linux_amd46: unknown platform; did you mean 'linux_amd64'?",
        "bazel-xc: bazel_xc.toml: platforms.linux_arm64.cgo: expected true or false, got a string",
        "bazel-xc: bazel_xc.toml: build.mode: 'fast' is not one of full, cgo",
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="such names cannot be made there")
def test_directories_that_no_label_can_name(generate: Callable[..., Outcome]) -> None:
    main_with_c = 'package main\n\nimport "C"\n\nfunc main() {}\n'
    names = ("...", "_c\\d", "e f", "testdata/a:b")

    outcome = generate({**GOOD, **{f"{name}/m.go": main_with_c for name in names}})

    assert "Traceback" not in outcome.stderr
    assert sorted(line.partition(": ")[0] for line in outcome.stderr.splitlines() if "error" in line) == [
        "...",
        "_c\\d",
        "testdata/a:b",
    ]
    assert (
        "testdata/a:b: error: Bazel allows no package of the name 'a:b'"
        " (rename the directory; it and all below are left out)" in outcome.stderr
    )
    assert {path for path in outcome.files if path.endswith("BUILD.bazel")} == {
        "e f/BUILD.bazel",
        "good/BUILD.bazel",
    }
    assert_rest_went_on(outcome)
