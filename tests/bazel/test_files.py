"""The last look at changed files before they are written."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from bazel_xc.bazel import files
from bazel_xc.bazel.cgo_settings import GUARD_FILE
from bazel_xc.bazel.files import checked
from bazel_xc.bazel.platforms import BAZELRC_NAME
from bazel_xc.model import Diagnostic, FileChange, Severity


def test_file_with_an_objection_is_left_and_said() -> None:
    good = FileChange("q/BUILD.bazel", b"f()\n", b"f()\ng()\n")
    bad = FileChange("p/BUILD.bazel", b"f()\n", b"", objection="the statement of line 1 is lost")

    assert checked([bad, good]) == (
        (good,),
        (
            Diagnostic(
                path="p/BUILD.bazel",
                severity=Severity.ERROR,
                code="internal",
                message="its new text is refused: the statement of line 1 is lost",
                remedy="the file is left as it was; please report it",
            ),
        ),
    )


def test_text_that_is_no_starlark_is_left_and_said() -> None:
    bad = FileChange("p/BUILD.bazel", b"f()\n", b"f(class = 1)\n")

    changes, said = checked([bad])

    assert changes == ()
    assert [each.message.partition(": ")[0] for each in said] == ["the new text is not Starlark"]


def test_nothing_is_said_of_a_file_that_did_not_run_before() -> None:
    change = FileChange("p/BUILD.bazel", b'fail("no")\n', b'fail("no")\nf()\n')

    assert checked([change]) == ((change,), ())


def test_only_build_files_are_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that does not run alone makes all of them run one by one, which takes long."""
    seen: list[str] = []

    def check_new(texts: Mapping[str, bytes]) -> Mapping[str, str]:
        seen.extend(texts)
        return {}

    monkeypatch.setattr(files, "check_new", check_new)
    paths = ["p/BUILD.bazel", f"platforms/{GUARD_FILE}", f"platforms/{BAZELRC_NAME}"]

    good, said = checked([FileChange(path, None, b"text") for path in paths])

    assert ([each.path for each in good], said, seen) == (paths, (), ["p/BUILD.bazel"])
