"""What .bazelrc and the files that it imports say."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from bazel_xc.buildfile.bazelrc import Bazelrc, read_bazelrc


def _read(files: Mapping[str, str], without: str = "") -> Bazelrc:
    return read_bazelrc(lambda path: files[path].encode() if path in files else None, without)


def test_no_file() -> None:
    assert _read({}) == Bazelrc()


def test_imports_are_followed_in_their_place() -> None:
    found = _read(
        {
            ".bazelrc": "build --a\nimport %workspace%/tools/x.bazelrc\ntry-import none.bazelrc\nrun --c\n",
            "tools/x.bazelrc": "# nothing\n\nbuild:linux_arm64 --b\nimport %workspace%/.bazelrc\n",
        }
    )
    assert [(each.path, each.line, each.command, each.config) for each in found.lines] == [
        (".bazelrc", 1, "build", ""),
        ("tools/x.bazelrc", 3, "build", "linux_arm64"),
        (".bazelrc", 4, "run", ""),
    ]
    assert found.imported == {"tools/x.bazelrc", "none.bazelrc", ".bazelrc"}
    assert found.defining("linux_arm64") == found.lines[1:2]


def test_what_lies_outside_and_what_is_left_out_is_not_read() -> None:
    files = {
        ".bazelrc": "import /etc/x\nimport ../y\ntry-import %home%/z\nimport %workspace%/own.bazelrc\n",
        "own.bazelrc": "build --a\n",
        "/etc/x": "build --b\n",
        "../y": "build --c\n",
    }
    assert _read(files, without="own.bazelrc") == Bazelrc((), frozenset({"own.bazelrc"}))


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        pytest.param("build --@rules_go//go/config:tags=a,b", ("a", "b"), id="build"),
        pytest.param("common --@io_bazel_rules_go//go/config:tags=a", ("a",), id="common"),
        pytest.param("build --@rules_go//go/config:tags=a\nbuild --x", ("a",), id="other_line"),
        pytest.param("build --@r//go/config:tags=a\nbuild --@r//go/config:tags=c", ("c",), id="last_line"),
        pytest.param("build --@r//go/config:tags=a --@r//go/config:tags=b,", ("b",), id="last_option"),
        pytest.param("build:race --@rules_go//go/config:tags=a", (), id="config"),
        pytest.param("test --@rules_go//go/config:tags=a", (), id="tests"),
        pytest.param("build --@rules_go//go/config:race", (), id="other_setting"),
    ],
)
def test_tags_of_every_build(text: str, tags: tuple[str, ...]) -> None:
    assert _read({".bazelrc": text}).go_tags == tags


@pytest.mark.parametrize(
    ("line", "values"),
    [
        pytest.param("build --platforms=//p:a", ["//p:a"], id="equals"),
        pytest.param("build --platforms //p:a --x", ["//p:a"], id="two words"),
        pytest.param("build --platforms=//p:a,//p:b", ["//p:a", "//p:b"], id="list"),
        pytest.param("build --x \\\n    --platforms=//p:a", ["//p:a"], id="joined lines"),
        pytest.param('build "--platforms=//p:a" # why', ["//p:a"], id="quoted"),
        pytest.param("build --x=don't --platforms=//p:a # why", ["//p:a"], id="open quote"),
        pytest.param("build # --platforms=//p:a", [], id="comment"),
        pytest.param("build --host_platforms=//p:a --platforms", [], id="another option"),
    ],
)
def test_values(line: str, values: list[str]) -> None:
    (found,) = _read({".bazelrc": line}).lines
    assert list(found.values("platforms")) == values
