"""Reports and BUILD files agree: a target or package is blocked where Bazel finds its rule incompatible.

Each golden case and example is reported on as it is after the run: ``input`` with the files that
``test_golden`` finds written, or after a ``generate`` if the case writes only a part.
``target_compatible_with`` on each platform, with its setting of cgo, is worked out here from the written
files alone. It follows ``deps`` and ``embed``, and the aliases and conditions of the platforms package, as
Bazel does. A rule that sets its own platform is compared on that alone. A BUILD file that cannot be parsed
has no rules to compare.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen
from goldens import CASES, GOLDEN, TESTDATA, isolate, lay_out, wanted_files, writes_everything
from requirements import require

from bazel_xc.bazel.selected import project
from bazel_xc.buildfile.parser import parse
from bazel_xc.buildfile.printer import DEFAULT
from bazel_xc.buildfile.syntax import BuildSyntaxError, Call, Select, String
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
    trees = [_Tree(rules, each["name"], cgo=each["cgo"]) for each in report["run"]["platforms"]]
    told = {**_targets(report), **_libraries(report, rules, [tree.platform for tree in trees])}
    written = {
        label: {tree.platform for tree in trees if tree.builds(label) and tree.is_incompatible(label)}
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


@frozen
class _Tree:
    """The rules of a tree as Bazel has them for a platform, with cgo or without."""

    rules: Mapping[str, Call]
    platform: str
    cgo: bool

    def builds(self, label: str) -> bool:
        """Whether a rule is built for this platform, with this setting of cgo."""
        call = self.rules[label]
        own = [call.get(name) for name in ("goos", "goarch")]
        pure = call.get("pure")
        named = "_".join(each.value.value for each in own if each and isinstance(each.value, String))
        cgo = pure is not None and pure.value == String("off")
        return not named or (named == self.platform and cgo == self.cgo)

    def is_incompatible(self, label: str, above: frozenset[str] = frozenset()) -> bool:
        call = self.rules.get(label)
        if call is None or label in above:
            return False
        if not all(map(self._is_met, self._labels(label, "target_compatible_with"))):
            return True
        below = [each for name in ("deps", "embed", "actual") for each in self._labels(label, name)]
        return any(self.is_incompatible(each, above | {label}) for each in below)

    def _is_met(self, label: str) -> bool:
        """Whether the platform has a constraint value: none that is written here, unless it is the default
        of its setting.
        """
        end = self._end(label)
        return any(end in self._labels(setting, "default_constraint_value") for setting in self.rules)

    def _end(self, label: str) -> str:
        """The label that an alias leads to, or a constraint that asks for a toolchain; a select of it has
        conditions of the platforms package.
        """
        call = self.rules.get(label)
        name = {"alias": "actual", "with_c_toolchain": "constraint"}.get(call.kind, "") if call else ""
        further = call.get(name) if call else None
        if further is None:
            return label
        package = Label.parse(label).package
        value = further.value
        if isinstance(value, Select):
            keys = [branch.key for branch in value.branches if branch.key != DEFAULT]
            key = next((key for key in keys if self._is_true(_absolute(key, package))), DEFAULT)
            value = next(branch.value for branch in value.branches if branch.key == key)
        assert isinstance(value, String)
        return self._end(_absolute(value.value, package))

    def _is_true(self, condition: str) -> bool:
        """Whether a condition holds: no flag is set, and constraint values besides that for cgo are unmet."""
        end = self._end(condition)
        call = self.rules[end]
        values = self._labels(end, "constraint_values")
        return call.get("flag_values") is None and all(
            not self.cgo if each.endswith("//go/toolchain:cgo_off") else self._is_met(each) for each in values
        )

    def _labels(self, label: str, name: str) -> list[str]:
        """The labels in an attribute on the platform."""
        attribute = self.rules[label].get(name)
        texts = project(attribute.value, self.platform, cgo=self.cgo) if attribute else ()
        return [_absolute(text, Label.parse(label).package) for text in texts or ()]


def _absolute(text: str, package: str) -> str:
    return str(Label.parse(text, package))
