"""Writing: atomic, all or nothing, only what differs; diffs."""

from __future__ import annotations

from pathlib import Path

import pytest

from bazel_xc.diff import unified_diff
from bazel_xc.errors import WriteError
from bazel_xc.model import FileChange
from bazel_xc.write import write_files


def test_writes_new_and_changed_files_with_their_directories(tmp_path: Path) -> None:
    (tmp_path / "old").write_bytes(b"1\n")

    written = write_files(
        tmp_path,
        [
            FileChange("x/y/new", None, b"2\n"),
            FileChange("old", b"1\n", b"3\n"),
            FileChange("same", b"4\n", b"4\n"),
        ],
    )

    assert written == ("old", "x/y/new")
    assert (tmp_path / "x/y/new").read_bytes() == b"2\n"
    assert (tmp_path / "old").read_bytes() == b"3\n"
    assert not (tmp_path / "same").exists()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["old", "x"]


def test_keeps_the_mode_and_writes_through_links(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"1\n")
    (tmp_path / "real").chmod(0o640)
    (tmp_path / "link").symlink_to("real")

    write_files(tmp_path, [FileChange("link", b"1\n", b"2\n")])

    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"2\n"
    assert (tmp_path / "real").stat().st_mode & 0o777 == 0o640


def test_nothing_is_changed_where_one_file_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"1\n")
    (tmp_path / "dir").write_bytes(b"a file, so nothing can be made below it\n")

    with pytest.raises(WriteError, match="dir/b: cannot be written"):
        write_files(tmp_path, [FileChange("a", b"1\n", b"2\n"), FileChange("dir/b", None, b"3\n")])

    assert (tmp_path / "a").read_bytes() == b"1\n"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a", "dir"]


def test_diff_is_sorted_and_names_new_files() -> None:
    text = unified_diff(
        [FileChange("b", b"1\n", b"2"), FileChange("a", None, b"x\n"), FileChange("c", b"", b"")]
    )

    assert text == (
        "--- /dev/null\n+++ b/a\n@@ -0,0 +1 @@\n+x\n"
        "--- a/b\n+++ b/b\n@@ -1 +1 @@\n-1\n+2\n\\ No newline at end of file\n"
    )


def test_deletes_what_should_not_be_there(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "a.patch").write_bytes(b"x")
    change = FileChange("old/a.patch", b"x", None)
    assert (
        unified_diff([change])
        == "--- a/old/a.patch\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n\\ No newline at end of file\n"
    )
    assert write_files(tmp_path, [change]) == ("old/a.patch",)
    assert not (tmp_path / "old" / "a.patch").exists()


def test_what_was_deleted_is_put_back_where_another_file_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x")
    (tmp_path / "b").mkdir()
    with pytest.raises(WriteError):
        write_files(tmp_path, [FileChange("a", b"x", None), FileChange("b", None, b"new")])
    assert (tmp_path / "a").read_bytes() == b"x"
