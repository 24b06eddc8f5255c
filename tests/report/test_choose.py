"""The targets that a pattern means, as people write it."""

from __future__ import annotations

import pytest

from bazel_xc.errors import ReportError
from bazel_xc.report.choose import chosen
from bazel_xc.report.model import Origin, Report, ReportGraph, TargetEntry

LABELS = (
    "//:app",
    "//cmd/dockerd:dockerd",
    "//cmd/dockerd:dockerd_test",
    "//cmd/proxy:proxy",
    "//daemon:daemon_test",
    "//tools/cmd/lint:lint",
)


def _package(label: str) -> str:
    return f"example.com/app/{label[2:].partition(':')[0]}".rstrip("/")


REPORT = Report(
    run=Origin(module="example.com/app", go="go1", bazel_xc="1", platforms=()),
    packages=(),
    targets=tuple(
        TargetEntry(label=each, kind="go_binary", package=_package(each), platforms={}) for each in LABELS
    ),
    imports=(),
    findings=(),
    graph=ReportGraph((), ()),
)
DOCKERD = {"//cmd/dockerd:dockerd", "//cmd/dockerd:dockerd_test"}
CMD = {*DOCKERD, "//cmd/proxy:proxy"}


@pytest.mark.parametrize(
    ("pattern", "here", "want"),
    [
        pytest.param("//cmd/dockerd:dockerd", "", {"//cmd/dockerd:dockerd"}, id="label"),
        pytest.param("//cmd/dockerd", "", DOCKERD, id="label_of_a_directory"),
        pytest.param("//cmd/dockerd/", "", DOCKERD, id="slash_at_the_end"),
        pytest.param("//cmd/...", "", CMD, id="below"),
        pytest.param("//cmd/...", "daemon", CMD, id="labels_are_absolute"),
        pytest.param("//...", "", set(LABELS), id="everything"),
        pytest.param("cmd/dockerd", "", DOCKERD, id="directory"),
        pytest.param("cmd/dockerd:dockerd", "", {"//cmd/dockerd:dockerd"}, id="directory_and_name"),
        pytest.param("cmd/...", "", CMD, id="below_without_slashes"),
        pytest.param("cmd/dockerd", "daemon", DOCKERD, id="directory_of_the_root"),
        pytest.param("cmd/lint", "tools", {"//tools/cmd/lint:lint"}, id="directory_from_here"),
        pytest.param("./cmd/dockerd", "", DOCKERD, id="path"),
        pytest.param("./dockerd", "cmd", DOCKERD, id="path_from_here"),
        pytest.param("../daemon", "cmd", {"//daemon:daemon_test"}, id="path_above"),
        pytest.param("./...", "cmd", CMD, id="below_here"),
        pytest.param(".", "", {"//:app"}, id="root"),
        pytest.param(":dockerd", "cmd/dockerd", {"//cmd/dockerd:dockerd"}, id="name_here"),
        pytest.param("dockerd", "", DOCKERD, id="last_part_of_a_directory"),
        pytest.param("dockerd_test", "", {"//cmd/dockerd:dockerd_test"}, id="name"),
        pytest.param("example.com/app/cmd/proxy", "", {"//cmd/proxy:proxy"}, id="import_path"),
        pytest.param("*_test", "", {"//cmd/dockerd:dockerd_test", "//daemon:daemon_test"}, id="glob"),
        pytest.param("cmd/*", "", CMD, id="glob_of_directories"),
    ],
)
def test_chosen(pattern: str, here: str, want: set[str]) -> None:
    assert chosen(REPORT, pattern, here) == want


@pytest.mark.parametrize(
    ("pattern", "hint"),
    [
        pytest.param("//cmd/dockrd", "did you mean //cmd/dockerd", id="misspelt"),
        pytest.param("proxi", "did you mean //cmd/proxy?", id="misspelt_name"),
        pytest.param("ocker", "did you mean //cmd/dockerd or //cmd/dockerd:dockerd_test?", id="part"),
        pytest.param("zzzzzz", "write //dir:name, dir/... or a name", id="nothing_alike"),
    ],
)
def test_nothing_is_an_error_with_similar_names(pattern: str, hint: str) -> None:
    with pytest.raises(ReportError) as caught:
        chosen(REPORT, pattern)

    assert f"--target {pattern}: no target matches; " in str(caught.value)
    assert hint in str(caught.value)
