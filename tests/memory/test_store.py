"""Bytes under names: what comes back, what does not, and that the folder stays small."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bazel_xc.memory import store

HOUR_NS = 3600 * 10**9
WRITER = """
import sys
from bazel_xc.memory import store
folder, letter = sys.argv[1:]
for _ in range(300):
    store.put(folder, "name", letter.encode() * 50_000)
"""


def _kept(tmp_path: Path, data: bytes = b"data") -> tuple[str, Path]:
    """A folder with one name in it, and its file."""
    folder = tmp_path / "cache"
    assert store.put(str(folder), "name", data)
    (file,) = folder.iterdir()
    return str(folder), file


def test_bytes_come_back(tmp_path: Path) -> None:
    folder, _ = _kept(tmp_path, b"\0one")

    assert store.get(folder, "name") == b"\0one"
    assert store.get(folder, "other") is None
    assert store.put(folder, "name", b"")
    assert store.get(folder, "name") == b""


def test_nothing_is_there_before(tmp_path: Path) -> None:
    folder = str(tmp_path / "none")

    assert store.get(folder, "name") is None
    assert store.size(folder) == store.clear(folder) == (0, 0)
    assert not store.put("", "name", b"data")


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda data: data[:-1], id="cut"),
        pytest.param(lambda data: data[:5], id="cut_in_the_first_line"),
        pytest.param(lambda data: data[:20], id="cut_in_the_checksum"),
        pytest.param(lambda _: b"", id="empty"),
        pytest.param(lambda data: data + b"x", id="longer"),
        pytest.param(lambda data: data[:-1] + b"x", id="another_byte"),
        pytest.param(lambda data: data.replace(b"memory 1", b"memory 2"), id="another_version"),
        pytest.param(lambda _: b"written by something else\n" * 9, id="foreign"),
    ],
)
def test_damaged_file_is_none(damage: Callable[[bytes], bytes], tmp_path: Path) -> None:
    folder, file = _kept(tmp_path)
    file.write_bytes(damage(file.read_bytes()))

    assert store.get(folder, "name") is None
    assert store.put(folder, "name", b"new")
    assert store.get(folder, "name") == b"new"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
@pytest.mark.parametrize("mode", [0o666, 0o620, 0o602])
def test_file_that_others_may_write_is_none(mode: int, tmp_path: Path) -> None:
    folder, file = _kept(tmp_path)
    file.chmod(mode)

    assert store.get(folder, "name") is None


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such owners")
def test_file_of_another_user_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, _ = _kept(tmp_path)
    other = os.geteuid() + 1
    monkeypatch.setattr(os, "geteuid", lambda: other)

    assert store.get(folder, "name") is None
    assert not store.put(folder, "other", b"data")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_folder_that_others_may_write_is_not_used(tmp_path: Path) -> None:
    tmp_path.chmod(0o777)

    assert not store.put(str(tmp_path), "name", b"data")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_only_the_user_may_read_what_is_kept(tmp_path: Path) -> None:
    folder, file = _kept(tmp_path)

    assert (Path(folder).stat().st_mode & 0o777, file.stat().st_mode & 0o777) == (0o700, 0o600)


def test_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine\n")
    folder = str(tmp_path / "file")

    assert not store.put(folder, "name", b"data")
    assert store.get(folder, "name") is None
    assert store.size(folder) == store.clear(folder) == (0, 0)
    assert (tmp_path / "file").read_text() == "mine\n"


def test_disk_that_refuses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a folder that is read-only, or on a full disk; root may write everywhere."""
    folder, _ = _kept(tmp_path)

    def refuse(*_: object) -> None:
        raise PermissionError

    for name in ("open", "replace"):
        with monkeypatch.context() as patch:
            patch.setattr(os, name, refuse)
            assert not store.put(folder, "name", b"new")
        assert store.get(folder, "name") == b"data"
        assert store.size(folder)[0] == 1


def test_name_that_is_a_folder(tmp_path: Path) -> None:
    folder, file = _kept(tmp_path)
    file.unlink()
    file.mkdir()

    assert store.get(folder, "name") is None
    assert not store.put(folder, "name", b"data")
    assert store.size(folder) == (0, 0)


@pytest.mark.skipif(os.name == "nt", reason="Windows needs a privilege for links")
def test_link_in_place_of_the_new_file_is_not_followed(tmp_path: Path) -> None:
    folder, file = _kept(tmp_path)
    (tmp_path / "mine").write_text("mine\n")
    Path(f"{file}.{os.getpid()}").symlink_to(tmp_path / "mine")

    assert not store.put(folder, "name", b"data")
    assert (tmp_path / "mine").read_text() == "mine\n"


def test_writers_at_the_same_time(tmp_path: Path) -> None:
    """A reader gets all bytes of one writer, and no file is left over."""
    folder = str(tmp_path / "cache")
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, folder, letter]) for letter in "ab"]
    found: set[bytes | None] = set()
    while any(each.poll() is None for each in writers):
        found.add(store.get(folder, "name"))
    found.add(store.get(folder, "name"))

    assert [each.returncode for each in writers] == [0, 0]
    assert found <= {None, b"a" * 50_000, b"b" * 50_000}
    assert found > {None} or None not in found
    assert [each.name for each in Path(folder).iterdir()] == ["name.kept"]


def _put_at(folder: Path, name: str, age_ns: int) -> None:
    """Keeps 200 bytes that were last used some time ago."""
    store.put(str(folder), name, name.encode() * 200)
    file = folder / f"{name}.kept"
    then = file.stat().st_mtime_ns - age_ns
    os.utime(file, ns=(then, then))


def test_the_least_used_is_removed(tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    for name, hours in (("a", 4), ("b", 3), ("c", 2)):
        _put_at(folder, name, hours * HOUR_NS)
    assert store.get(str(folder), "a") == b"a" * 200

    assert store.put(str(folder), "d", b"d" * 200, limit=800)

    assert {each.name for each in folder.iterdir()} == {"a.kept", "c.kept", "d.kept"}


def test_use_within_an_hour_writes_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    _put_at(folder, "a", HOUR_NS // 2)
    before = (folder / "a.kept").stat()

    store.get(str(folder), "a")

    assert (folder / "a.kept").stat().st_mtime_ns == before.st_mtime_ns


def test_too_much_for_the_limit_is_refused(tmp_path: Path) -> None:
    folder, _ = _kept(tmp_path)

    assert not store.put(folder, "name", b"x" * 101, limit=400)
    assert store.get(folder, "name") == b"data"


def test_what_a_dead_run_left_goes_first(tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    _put_at(folder, "a", 0)
    left = folder / "b.kept.123"
    left.write_bytes(b"x" * 400)
    os.utime(left, ns=(1, 1))

    assert store.put(str(folder), "c", b"c" * 200, limit=800)

    assert {each.name for each in folder.iterdir()} == {"a.kept", "c.kept"}


def test_clear_leaves_other_files(tmp_path: Path) -> None:
    folder, file = _kept(tmp_path)
    others = {"notes.txt", "x.kept.txt", "old.kept-by-me", "below.kept"}
    for name in others - {"below.kept"}:
        (Path(folder) / name).write_text("mine\n")
    (Path(folder) / "below.kept").mkdir()
    Path(f"{file}.99").write_bytes(b"left by a dead run")
    count, size = 2, file.stat().st_size + 18

    assert store.size(folder) == (count, size)
    assert store.clear(folder) == (count, size)
    assert {each.name for each in Path(folder).iterdir()} == others
    assert store.clear(folder) == (0, 0)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have other folders")
@pytest.mark.parametrize(
    ("environment", "folder"),
    [
        pytest.param({"BAZEL_XC_CACHE": "here", "HOME": "/h"}, "here", id="chosen"),
        pytest.param({"XDG_CACHE_HOME": "/c", "HOME": "/h"}, "/c/bazel-xc", id="cache_directory"),
        pytest.param({"HOME": "/h"}, "/h/.cache/bazel-xc", id="home"),
        pytest.param({"XDG_CACHE_HOME": "c", "HOME": "/h"}, "", id="relative"),
        pytest.param({}, "", id="none"),
    ],
)
def test_default_folder(environment: dict[str, str], folder: str) -> None:
    assert store.default_folder(environment) == folder
