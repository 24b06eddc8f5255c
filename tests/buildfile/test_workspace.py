"""Walking the workspace: which directories and files there are, and what cannot be read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bazel_xc.buildfile.workspace import Directory, Workspace, read_workspace


def _write(root: Path, *names: str, **texts: str) -> None:
    for name, text in {**dict.fromkeys(names, ""), **texts}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _read(root: Path) -> Workspace:
    workspace = read_workspace(root)
    assert workspace.diagnostics == ()
    return workspace


def _only(root: Path, path: str) -> Directory:
    return _read(root).directories[path]


def test_directories_in_walking_order(tmp_path: Path) -> None:
    _write(tmp_path, "b/x.go", "a/c/y.go", "a/z.go", "top.go")
    workspace = _read(tmp_path)
    assert list(workspace.directories) == ["", "a", "a/c", "b"]
    assert [each.files for each in workspace.directories.values()] == [
        ("top.go",),
        ("z.go",),
        ("y.go",),
        ("x.go",),
    ]
    assert workspace.directories[""].subdirectories == ("a", "b")


@pytest.mark.parametrize("name", [".git", ".hg", ".svn", ".jj", "bazel-bin", "bazel-out"])
def test_directories_that_are_nobodys(tmp_path: Path, name: str) -> None:
    _write(tmp_path, f"{name}/x.go")
    assert list(_read(tmp_path).directories) == [""]


def test_bazel_links_are_those_of_the_root(tmp_path: Path) -> None:
    _write(tmp_path, "tools/bazel-wrapper/x.go")
    assert "tools/bazel-wrapper" in _read(tmp_path).directories


def test_names_that_bazel_does_not_mind(tmp_path: Path) -> None:
    names = ["_x", ".x", "testdata", "with space", "ünï", "quo'te"]
    _write(tmp_path, *(f"{name}/{name}.go" for name in names))
    workspace = _read(tmp_path)
    assert sorted(workspace.directories) == sorted(["", *names])
    assert workspace.directories["with space"].files == ("with space.go",)


def test_bazelignore(tmp_path: Path) -> None:
    _write(tmp_path, "a/b/x.go", "a/c/x.go", "d/x.go", "ab/x.go")
    (tmp_path / ".bazelignore").write_text("# comment\na/b\n\nd/\na\\b\n", encoding="utf-8")
    assert list(_read(tmp_path).directories) == ["", "a", "a/c", "ab"]


@pytest.mark.parametrize(
    ("text", "directories"),
    [
        ('ignore_directories(["a/b", "**/d"])\n', ["", "a", "a/c"]),
        ('repo(default_visibility = [])\n\nignore_directories(["a/*"])\n', ["", "a", "d"]),
        ("broken(\n", ["", "a", "a/b", "a/c", "a/c/d", "d"]),
    ],
)
def test_ignore_directories_of_repo_bazel(tmp_path: Path, text: str, directories: list[str]) -> None:
    _write(tmp_path, "a/b/x.go", "a/c/d/x.go", "d/x.go", **{"REPO.bazel": text})
    assert list(_read(tmp_path).directories) == directories


@pytest.mark.parametrize(
    ("pattern", "hidden", "directories"),
    [
        pytest.param("x.go", {"x.go"}, ["", "a", "a/b"], id="file_here"),
        pytest.param("*.go", {"x.go", "y.go"}, ["", "a", "a/b"], id="wildcard_in_one_directory"),
        pytest.param("a", set(), [""], id="directory"),
        pytest.param("a/b", set(), ["", "a"], id="directory_below"),
        pytest.param("a/**", set(), [""], id="everything_below"),
        pytest.param("**/b", set(), ["", "a"], id="any_depth"),
        pytest.param("{x,y}.go", {"x.go", "y.go"}, ["", "a", "a/b"], id="alternatives"),
        pytest.param("[xz].go", {"x.go"}, ["", "a", "a/b"], id="set"),
    ],
)
def test_exclude(tmp_path: Path, pattern: str, hidden: set[str], directories: list[str]) -> None:
    _write(
        tmp_path, "x.go", "y.go", "a/x.go", "a/b/x.go", **{"BUILD.bazel": f"# gazelle:exclude {pattern}\n"}
    )
    workspace = _read(tmp_path)
    assert workspace.directories[""].hidden == hidden
    assert list(workspace.directories) == directories


def test_exclude_is_relative_to_where_it_stands(tmp_path: Path) -> None:
    _write(tmp_path, "x.go", "a/x.go", "a/b/x.go", **{"a/BUILD": "# gazelle:exclude x.go\n"})
    hidden = {path: each.hidden for path, each in _read(tmp_path).directories.items()}
    assert hidden == {"": frozenset(), "a": {"x.go"}, "a/b": frozenset()}


def test_files_that_are_not_there_can_be_hidden(tmp_path: Path) -> None:
    _write(tmp_path, **{"a/BUILD": "# gazelle:exclude *.pb.go\n"})
    directory = _only(tmp_path, "a")
    assert directory.hides("x.pb.go")
    assert not directory.hides("x.go")


@pytest.mark.parametrize(
    ("names", "path"),
    [
        pytest.param(["x.go"], "a/BUILD.bazel", id="none"),
        pytest.param(["BUILD"], "a/BUILD", id="old_name"),
        pytest.param(["BUILD", "BUILD.bazel"], "a/BUILD.bazel", id="both"),
        pytest.param(["BUILD/x.go"], "a/BUILD.bazel", id="directory"),
        pytest.param(["BUILD.bazel/x.go"], "a/BUILD", id="directory_with_the_first_name"),
        pytest.param(["BUILD", "BUILD.bazel/x.go"], "a/BUILD", id="file_beside_a_directory"),
    ],
)
def test_build_path(tmp_path: Path, names: list[str], path: str) -> None:
    _write(tmp_path, *(f"a/{name}" for name in names))
    directory = _only(tmp_path, "a")
    assert directory.build_path == path
    assert (directory.build_file is not None) is (tmp_path / path).is_file()


def test_build_file_name_directive_is_for_new_files(tmp_path: Path) -> None:
    _write(tmp_path, "a/x.go", "b/BUILD", **{"BUILD.bazel": "# gazelle:build_file_name BUILD.new,BUILD\n"})
    directories = _read(tmp_path).directories
    assert [each.build_path for each in directories.values()] == ["BUILD.bazel", "a/BUILD.new", "b/BUILD"]


def test_links(tmp_path: Path) -> None:
    _write(tmp_path, "a/x.go", "real.txt")
    (tmp_path / "a" / "loop").symlink_to(tmp_path / "a")
    (tmp_path / "a" / "file.txt").symlink_to(tmp_path / "real.txt")
    (tmp_path / "a" / "dangling.txt").symlink_to(tmp_path / "nowhere")
    (tmp_path / "a" / "itself").symlink_to(tmp_path / "a" / "itself")
    workspace = _read(tmp_path)
    assert list(workspace.directories) == ["", "a"]
    assert workspace.directories["a"].files == ("file.txt", "x.go")


def test_special_files_are_left_out(tmp_path: Path) -> None:
    _write(tmp_path, "x.go")
    os.mkfifo(tmp_path / "pipe.go")
    assert _only(tmp_path, "").files == ("x.go",)


def test_name_that_is_not_utf8_is_said(tmp_path: Path) -> None:
    try:
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.go")).touch()
    except OSError:
        pytest.skip("this file system takes no such name")
    workspace = read_workspace(tmp_path)
    assert [each.code for each in workspace.diagnostics] == ["file-name"]
    assert workspace.directories[""].files == ()


def test_broken_build_file_is_said_and_not_written(tmp_path: Path) -> None:
    _write(tmp_path, **{"a/BUILD": "x(\n  y z\n)\n", "b/BUILD": "# gazelle:unheard of\n"})
    workspace = read_workspace(tmp_path)
    broken = workspace.directories["a"]
    assert (broken.build_file, broken.broken, broken.writable) == (None, True, False)
    assert [(each.path, each.line, each.severity) for each in workspace.diagnostics] == [
        ("a/BUILD", 2, "error"),
        ("b/BUILD", 1, "warning"),
    ]


def test_unreadable_files_and_directories_are_said(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may read everything")
    _write(tmp_path, "a/BUILD", "b/x.go")
    (tmp_path / "a" / "BUILD").chmod(0)
    (tmp_path / "b").chmod(0)
    workspace = read_workspace(tmp_path)
    (tmp_path / "b").chmod(0o700)
    assert [(each.path, each.code) for each in workspace.diagnostics] == [
        ("a/BUILD", "unreadable"),
        ("b", "unreadable"),
    ]


def test_ignored_directory_is_not_writable(tmp_path: Path) -> None:
    _write(tmp_path, "a/b/x.go", **{"a/BUILD": "# gazelle:ignore\n"})
    directories = _read(tmp_path).directories
    assert [each.writable for each in directories.values()] == [True, False, True]
