"""The report's verdicts and the BUILD files say the same: blocked is what Bazel finds incompatible.

The golden workspaces serve as input. What ``target_compatible_with`` comes to on each platform is worked out
here from the written files alone, and follows ``deps`` and ``embed`` as Bazel does.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from requirements import require

from bazel_xc.bazel.select import project
from bazel_xc.buildfile.parser import parse
from bazel_xc.buildfile.syntax import Call
from bazel_xc.cli import main
from bazel_xc.model import Label

TESTDATA = Path(__file__).parents[2] / "testdata"
WORKSPACES = sorted(
    path
    for path in [TESTDATA / "example", TESTDATA / "cgo_example", *TESTDATA.glob("golden/*/input")]
    if any(
        word in str(path) for word in ("example", "cgo", "incompat", "absent", "only", "deps_by", "tests_")
    )
    and not (path.parent / "args").exists()
    and not (path.parent / "want.code").exists()
    and not (path.parent / "modules").exists()
)


def test_there_are_workspaces() -> None:
    assert len(WORKSPACES) > 20


@pytest.mark.parametrize("source", [pytest.param(path, id=path.parent.name) for path in WORKSPACES])
def test_blocked_is_what_bazel_finds_incompatible(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    require("go")
    monkeypatch.setenv("GOFLAGS", "")
    monkeypatch.setenv("GOENV", "off")
    monkeypatch.setenv("GOMODCACHE", str(tmp_path / "modules"))
    root = tmp_path / "workspace"
    shutil.copytree(source, root, symlinks=True)
    main(["generate", "-C", str(root)])
    capfd.readouterr()
    main(["report", "-C", str(root), "--format", "json", "--allow-incomplete"])
    report = json.loads(capfd.readouterr().out)

    rules = dict(_rules(root))
    told = {
        (each["label"], platform)
        for each in report["targets"]
        for platform, on in each["platforms"].items()
        if on["verdict"] == "blocked"
    }
    names = [each["name"] for each in report["run"]["platforms"]]
    written = {
        (each["label"], platform)
        for each in report["targets"]
        for platform in names
        if _is_incompatible(each["label"], rules, platform, frozenset())
    }
    assert told == written


def _rules(root: Path) -> Iterator[tuple[str, Call]]:
    for path in root.rglob("BUILD*"):
        if path.is_file():
            package = path.parent.relative_to(root).as_posix().removeprefix(".")
            for call in parse(path.name, path.read_bytes()).calls:
                if call.name:
                    yield str(Label("", package, call.name)), call


def _is_incompatible(label: str, rules: Mapping[str, Call], platform: str, above: frozenset[str]) -> bool:
    call = rules.get(label)
    if call is None or label in above:
        return False
    if _texts(call, "target_compatible_with", platform):
        return True
    package = Label.parse(label).package
    below = [text for name in ("deps", "embed", "actual") for text in _texts(call, name, platform)]
    return any(
        _is_incompatible(str(Label.parse(text, package)), rules, platform, above | {label}) for text in below
    )


def _texts(call: Call, name: str, platform: str) -> tuple[str, ...]:
    attribute = call.get(name)
    return (project(attribute.value, platform) if attribute else ()) or ()
