"""Golden folders in which a real Bazel has the last word: C in the root package, and build tags.

Their tests are built and run for this machine, in a sandbox: with Bazel 4 and rules_go 0.34 where
``BAZEL_XC_RULES_GO`` names that, with Bazel 7 where ``BAZEL_XC_BAZEL7`` and ``BAZEL_XC_MODULES`` name it and
its modules.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from bazel_workspace import (
    REPOSITORY,
    Session,
    bazel,
    close,
    go_sdk,
    make_workspace,
    open_modules_session,
    open_session,
    rules_go,
    sdk_text,
)

GOLDEN = REPOSITORY / "testdata" / "golden"

HOST = "--config=linux_amd64"

TESTS = {
    "cgo_assembly_in_the_root_package": {"//:repo_test"},
    "cgo_flags_of_tags": {"//ring:ring_test"},
    "cgo_include_by_the_root": {"//brackets:brackets_test", "//quoted:quoted_test"},
    "cgo_root_package_with_brackets": {"//:repo_test"},
    "cgo_root_package_with_c_below": {"//:repo_test"},
}


@pytest.fixture(scope="module", params=["workspace", "modules"])
def session(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    folder = tmp_path_factory.mktemp("goldens")
    opened = open_session(folder) if request.param == "workspace" else open_modules_session(folder)
    yield opened
    close(opened, ())


@pytest.mark.parametrize("case", TESTS)
def test_its_tests_pass(session: Session, case: str) -> None:
    example = session.folder / f"{case}_input"
    shutil.copytree(GOLDEN / case / "input", example)
    (example / "WORKSPACE").write_text("")  # the case's own names archives on the network
    workspace = make_workspace(
        session,
        case,
        example=example,
        rules_go=Path() if session.modules else rules_go(),
        extra="" if session.modules else sdk_text(go_sdk()),
    )

    said = bazel(workspace, "test", "//...", HOST).stdout
    bazel(workspace, "shutdown")

    assert set(re.findall(r"^(//\S+) .*PASSED", said, re.MULTILINE)) == TESTS[case]
