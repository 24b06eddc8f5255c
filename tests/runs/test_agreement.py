"""Reports and BUILD files agree: a target or package is blocked where Bazel finds its rule incompatible.

Each golden case and example is reported on as it is after the run: ``input`` with the files that
``test_golden`` finds written, or after a ``generate`` if the case writes only a part.
``target_compatible_with`` on each platform is worked out here from the written files alone, and follows
``deps`` and ``embed`` as Bazel does. A BUILD file that cannot be parsed has no rules to compare.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from goldens import CASES, GOLDEN, TESTDATA, isolate, lay_out, wanted_files, writes_everything
from requirements import require

from bazel_xc.bazel.select import project
from bazel_xc.buildfile.parser import parse
from bazel_xc.buildfile.syntax import BuildSyntaxError, Call, String
from bazel_xc.cli import main
from bazel_xc.model import Label

# Mode cgo makes no rules: a test that Gazelle has not seen yet has a verdict and no rule.
WITHOUT_RULE = {"mode_cgo_beside_gazelle": ["//p:p_test"]}
Verdicts = Mapping[str, set[str]]
Report = Mapping[str, Any]


@pytest.fixture
def report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Callable[[Path], Report]:
    """Gives the JSON report on a workspace."""
    require("go")
    isolate(monkeypatch, tmp_path / "modules")

    def run(root: Path) -> Report:
        capfd.readouterr()
        main(["report", "-C", str(root), "--format", "json", "--allow-incomplete"])
        told: Report = json.loads(capfd.readouterr().out)
        return told

    return run


@pytest.mark.parametrize("name", CASES)
def test_goldens(name: str, report: Callable[[Path], Report], tmp_path: Path) -> None:
    case, root = GOLDEN / name, tmp_path / "workspace"
    lay_out(case, root)
    if writes_everything(case):
        for path, data in wanted_files(case).items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(data)
    else:
        main(["generate", "-C", str(root)])
    _check(report(root), root, WITHOUT_RULE.get(name, []))


@pytest.mark.parametrize("name", ["example", "cgo_example"])
def test_examples(name: str, report: Callable[[Path], Report], tmp_path: Path) -> None:
    root = tmp_path / "workspace"
    shutil.copytree(TESTDATA / name, root, symlinks=True)
    main(["generate", "-C", str(root)])
    _check(report(root), root, [])


def _check(report: Report, root: Path, without_rule: list[str]) -> None:
    rules = dict(_rules(root))
    platforms = [each["name"] for each in report["run"]["platforms"]]
    told = {**_targets(report), **_libraries(report, rules, platforms)}
    written = {
        label: {name for name in platforms if _is_incompatible(label, rules, name, frozenset())}
        for label in told.keys() & rules.keys()
    }
    assert sorted(told.keys() - rules.keys()) == without_rule
    assert {label: told[label] for label in written} == written


def _targets(report: Report) -> Verdicts:
    """The platforms on which the report calls a target blocked, by label."""
    return {
        each["label"]: {name for name, on in each["platforms"].items() if on["verdict"] == "blocked"}
        for each in report["targets"]
    }


def _libraries(report: Report, rules: Mapping[str, Call], platforms: list[str]) -> Verdicts:
    """The platforms on which a library's package is blocked or imports one that is, by label."""
    blocked = {each["name"]: frozenset(each["blocked"]) for each in report["graph"]["nodes"]}
    imports: dict[tuple[str, str], list[str]] = {}
    for edge in report["graph"]["edges"]:
        for name in edge["platforms"]:
            imports.setdefault((edge["source"], name), []).append(edge["target"])

    def is_blocked(package: str, platform: str, above: frozenset[str]) -> bool:
        return platform in blocked.get(package, ()) or any(
            is_blocked(each, platform, above | {package})
            for each in imports.get((package, platform), ())
            if each not in above
        )

    paths = {label: call.get("importpath") for label, call in rules.items() if call.kind == "go_library"}
    return {
        label: {name for name in platforms if is_blocked(path.value.value, name, frozenset())}
        for label, path in paths.items()
        if path and isinstance(path.value, String)
    }


def _rules(root: Path) -> Iterator[tuple[str, Call]]:
    for path in root.rglob("BUILD*"):
        if path.is_file():
            package = path.parent.relative_to(root).as_posix().removeprefix(".")
            with suppress(BuildSyntaxError):
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
