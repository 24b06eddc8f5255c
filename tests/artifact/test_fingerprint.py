"""Keys for caches: equal where nothing that matters differs, another where something does."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from requirements import require

from bazel_xc.artifact.fingerprint import Change, Fingerprint, changes, normalised
from bazel_xc.artifact.machines import host
from bazel_xc.cli import main

FOLDERS = {"/ws": "$ROOT", "/home/me": "$HOME"}
HOST = "_".join(host())
Key = Callable[..., str]


@pytest.mark.parametrize(
    ("name", "value", "want"),
    [
        pytest.param("CC", "/usr/bin/gcc", "gcc", id="folder of a tool"),
        pytest.param(
            "CC_FOR_linux_arm64", "/opt/zig  cc -target x", "zig cc -target x", id="tool with words"
        ),
        pytest.param("CGO_CFLAGS", "  -O2   -g ", "-O2 -g", id="white space"),
        pytest.param("CGO_CFLAGS", "-g -O2", "-g -O2", id="order of flags stays"),
        pytest.param(
            "CGO_CFLAGS", "-I/ws/a -I./a -I a/../a", "'-I$ROOT/a' '-I$ROOT/a' -I '$ROOT/a'", id="spelling"
        ),
        pytest.param("CGO_CFLAGS", "--sysroot=/home/me/sys", "'--sysroot=$HOME/sys'", id="home"),
        pytest.param("CGO_CFLAGS", "-isystem /usr/include", "-isystem /usr/include", id="system"),
        pytest.param("CGO_CFLAGS", "-DA='b c'", "'-DA=b c'", id="quotes"),
        pytest.param("CGO_CFLAGS", "-DA='b", "'-DA='\"'\"'b'", id="quotes that do not end"),
        pytest.param("CGO_LDFLAGS", "-L/wsx -lz", "-L/wsx -lz", id="folder that begins alike"),
        pytest.param("GOFLAGS", "-tags=b,a,b -mod=vendor", "-tags=a,b -mod=vendor", id="tags"),
        pytest.param("PKG_CONFIG_PATH", "/ws/p::/x/../y", "$ROOT/p:/y", id="list of folders"),
        pytest.param("SDKROOT", "/ws/with space", "$ROOT/with space", id="one folder"),
        pytest.param("GOARM64", "v8.0", "v8.0", id="word"),
    ],
)
def test_normalised(name: str, value: str, want: str) -> None:
    assert normalised(name, value, FOLDERS) == want


@given(st.sampled_from(["CC", "CGO_CFLAGS", "GOFLAGS", "CPATH"]), st.text(max_size=40))
def test_any_value_is_taken_and_white_space_around_it_is_none(name: str, value: str) -> None:
    padded = value if name == "CPATH" else f"  {value}\n"
    assert normalised(name, padded, FOLDERS) == normalised(name, value, FOLDERS)


def test_changes() -> None:
    old = Fingerprint((("a", "1"), ("gone", "2"), ("same", "3")))
    new = Fingerprint((("a", "4"), ("same", "3"), ("new", "5")))
    assert changes(old, new) == (Change("a", "1", "4"), Change("new", None, "5"), Change("gone", "2", None))
    assert old.key != new.key
    assert Fingerprint.from_text(new.to_text(), "x") == new


@pytest.fixture
def key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Key:
    """Writes a workspace into a folder and gives what the command prints there."""
    require("go")
    require("gcc")
    for name in ("CC", "CXX", "AR", "GOFLAGS", "GOEXPERIMENT", f"CC_FOR_{HOST}", "CGO_CFLAGS"):
        monkeypatch.delenv(name, raising=False)

    def call(
        folder: str = "ws",
        *arguments: str,
        environment: Mapping[str, str] | None = None,
        go_sum: str = "a v1 h1:x\nb v1 h1:y\n",
    ) -> str:
        root = tmp_path / folder
        root.mkdir(exist_ok=True)
        (root / "go.mod").write_text("module example.com/m\n\ngo 1.21\n", encoding="utf-8")
        (root / "go.sum").write_text(go_sum, encoding="utf-8")
        (root / "bazel_xc.toml").write_text(f"[platforms.{HOST}]\ncgo = true\n", encoding="utf-8")
        with monkeypatch.context() as patch:
            for name, value in (environment or {}).items():
                patch.setenv(name, value)
            main(["fingerprint", "-C", str(root), *arguments])
        return capsys.readouterr().out

    return call


def test_two_checkouts_have_the_same_key(key: Key, tmp_path: Path) -> None:
    one = {"CGO_CFLAGS": f"-I{tmp_path}/one/inc", "TMPDIR": "/nowhere", "LC_ALL": "C"}
    other = {"CGO_CFLAGS": " -I./inc "}
    assert key("one", environment=one) == key("other", environment=other)
    assert len(key().strip()) == 64


def test_what_makes_another_key(key: Key, tmp_path: Path) -> None:
    wrapper = tmp_path / "gcc"
    wrapper.write_text(f'#!/bin/sh\nexec {require("gcc")} "$@"\n', encoding="utf-8")
    wrapper.chmod(0o755)
    keys = [
        key(),
        key(environment={"CC": str(wrapper)}),
        key(environment={"CGO_CFLAGS": "-O3"}),
        key(environment={"GOEXPERIMENT": "nogreenteagc"}),
        key(go_sum="a v2 h1:x\n"),
    ]
    assert len(set(keys)) == len(keys)


def test_what_makes_no_other_key(key: Key, tmp_path: Path) -> None:
    linked = tmp_path / "bin"
    linked.mkdir()
    (linked / "gcc").symlink_to(require("gcc"))
    first = key()
    assert key(go_sum="b v1 h1:y\r\na v1 h1:x\r\n") == first
    assert key(environment={"GOFLAGS": ""}) == first
    assert key(environment={"CC": str(linked / "gcc")}) == key(environment={"CC": require("gcc")})


def test_explained_and_compared(key: Key, tmp_path: Path) -> None:
    (tmp_path / "old.json").write_text(key("ws", "--format", "json"), encoding="utf-8")
    explained = key("ws", "--explain")
    names = [line.split("  ")[1] for line in explained.split("\n")[1:-1]]
    assert names[:2] == ["go version", "go.sum"]
    assert f"{HOST} compiler" in names
    same = key("ws", "--compare", str(tmp_path / "old.json"))
    assert same == explained.split("\n")[0] + "\n"
    changed = key("ws", "--compare", str(tmp_path / "old.json"), environment={"CGO_CFLAGS": "-O3"})
    assert changed.split("\n")[1:] == ["environment CGO_CFLAGS: was missing, is -O3", ""]


def test_exit_code_of_a_difference(key: Key, tmp_path: Path) -> None:
    raw = json.loads(key("ws", "--format", "json"))
    raw["parts"]["go version"] = "go1.0"
    saved = tmp_path / "old.json"
    saved.write_text(json.dumps(raw), encoding="utf-8")
    assert main(["fingerprint", "-C", str(tmp_path / "ws"), "--compare", str(saved)]) == 1


@pytest.mark.parametrize(
    "use",
    [
        pytest.param("use ./x", id="dotted"),
        pytest.param("use x", id="plain"),
        pytest.param('use (\n\t"x" // quoted\n)', id="block"),
        pytest.param("use {root}/x", id="absolute"),
    ],
)
def test_go_sum_of_a_module_that_go_work_uses(key: Key, tmp_path: Path, use: str) -> None:
    def with_sum(folder: str, go_sum: str) -> str:
        root = tmp_path / folder
        (root / "x").mkdir(parents=True, exist_ok=True)
        (root / "x/go.mod").write_text("module example.com/x\n\ngo 1.21\n", encoding="utf-8")
        (root / "x/go.sum").write_text(go_sum, encoding="utf-8")
        (root / "go.work").write_text(f"go 1.21\n\n{use.format(root=root)}\n", encoding="utf-8")
        return key(folder)

    assert with_sum("one", "a v1 h1:x\n") == with_sum("other", "a v1 h1:x\n")
    assert with_sum("one", "a v2 h1:z\n") != with_sum("other", "a v1 h1:x\n")


def test_go_work_that_go_cannot_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    require("go")
    (tmp_path / "go.mod").write_text("module example.com/m\n\ngo 1.21\n", encoding="utf-8")
    (tmp_path / "go.work").write_text("use (\n", encoding="utf-8")
    assert main(["fingerprint", "-C", str(tmp_path)]) == 2
    assert capsys.readouterr().err.startswith("bazel-xc: go.work: cannot be read by go (go.work:")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not a fingerprint: not JSON: Expecting value"),
        ("{}", "not a fingerprint: no schema, needs to be 1; make it again with --format json"),
        ('{"schema": 9}', "not a fingerprint: schema 9, needs to be 1; make it again with --format json"),
        (
            '{"schema": 1, "parts": {"a": 1}}',
            "not a fingerprint: parts.a: needs to be a string, is 1; make it",
        ),
        ("[1]", "not a fingerprint: no schema, needs to be 1"),
    ],
)
def test_saved_nonsense(
    text: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("go.mod").touch()
    Path("old.json").write_text(text, encoding="utf-8")
    assert main(["fingerprint", "--compare", "old.json"]) == 2
    assert capsys.readouterr().err.startswith(f"bazel-xc: old.json: {said}")


def test_without_go(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BAZEL_XC_GO", "/nowhere/go")
    assert main(["fingerprint", "-C", str(tmp_path)]) == 2
    assert capsys.readouterr().err == "bazel-xc: /nowhere/go: cannot be started: No such file or directory\n"
