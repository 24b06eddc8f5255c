"""The report: its model, both renderers, the schema, and that order of input does not matter."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from attrs import evolve
from requirements import require

import bazel_xc
from bazel_xc.cli import main
from bazel_xc.commands.material import material_of
from bazel_xc.commands.options import Options
from bazel_xc.commands.snapshot import take_snapshot
from bazel_xc.golang.listing import Listing
from bazel_xc.golang.universe import Universe
from bazel_xc.graph.dependency import Verdict
from bazel_xc.report import json_format, text_format
from bazel_xc.report.build import build_report
from bazel_xc.report.model import Report

EXAMPLE = Path(__file__).parents[2] / "testdata" / "example"
SCHEMA: dict[str, Any] = json.loads(
    (Path(bazel_xc.__file__).parent / "data" / "report.schema.json").read_text(encoding="utf-8")
)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """The report on the bundled example."""
    require("go")
    root = tmp_path_factory.mktemp("report") / "example"
    shutil.copytree(EXAMPLE, root)
    return build_report(material_of(take_snapshot(Options(root=root), both=True)))


def verdicts(report: Report, label: str) -> dict[str, Verdict]:
    found = next(each for each in report.targets if each.label == label)
    return {platform: on.verdict for platform, on in found.platforms.items()}


def test_verdicts_of_the_example(report: Report) -> None:
    assert verdicts(report, "//banner:banner_test") == dict.fromkeys(
        ("darwin_arm64", "linux_amd64", "linux_arm64", "windows_amd64", "windows_arm64"), Verdict.PURE
    )
    host = verdicts(report, "//cmd/host:host")
    assert host["windows_arm64"] is Verdict.BLOCKED
    assert host["linux_arm64"] is Verdict.C_TOOLCHAIN
    assert verdicts(report, "//cmd/greet:greet")["windows_arm64"] is Verdict.PURE


def test_chain_says_through_whom(report: Report) -> None:
    host = next(each for each in report.targets if each.label == "//cmd/host:host")
    chain = host.platforms["windows_arm64"].chain

    assert chain == ("//cmd/host:host", "example.com/greet/cmd/host", "example.com/greet/sysinfo")


def test_json_fits_the_schema(report: Report) -> None:
    text = json_format.render(report)

    jsonschema.validate(json.loads(text), SCHEMA)
    assert str(EXAMPLE.parent) not in text


def test_text_has_short_plain_lines(report: Report) -> None:
    text = text_format.render(report)

    assert "\x1b" not in text
    assert all(line == line.rstrip() for line in text.split("\n"))
    assert max(map(len, text.splitlines())) <= 80
    assert "cannot build on darwin_arm64, windows: ./sysinfo" in text


def test_targets_can_be_chosen(report: Report) -> None:
    some = report.only({"//cmd/host:host"})

    assert [each.label for each in some.targets] == ["//cmd/host:host"]
    assert "example.com/greet/checksum" not in {each.import_path for each in some.packages}
    assert not any(each.is_pure for each in report.only(cgo_only=True).targets)


def test_shuffled_input_gives_the_same_bytes(tmp_path: Path) -> None:
    require("go")
    root = tmp_path / "example"
    shutil.copytree(EXAMPLE, root)
    snapshot = take_snapshot(Options(root=root), both=True)
    dice = random.Random(7)

    def shuffled(listing: Listing) -> Listing:
        items = list(listing.packages.items())
        dice.shuffle(items)
        return Listing(listing.platform, dict(items))

    def universe(whole: Universe) -> Universe:
        return Universe.of(
            whole.platforms, tuple(map(shuffled, whole.listings)), whole.own, undefined=whole.undefined
        )

    texts = set()
    for _ in range(3):
        loaded = evolve(snapshot.loaded, universe=universe(snapshot.universe))
        material = material_of(evolve(snapshot, loaded=loaded))
        targets = tuple(dice.sample(material.targets, len(material.targets)))
        texts.add(json_format.render(build_report(evolve(material, targets=targets))))

    assert len(texts) == 1


def test_command_writes_to_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    require("go")
    shutil.copytree(EXAMPLE, tmp_path / "w")
    out = tmp_path / "report.json"

    code = main(["report", "-C", str(tmp_path / "w"), "--format", "json", "-o", str(out), "--cgo-only"])

    assert code == 0
    assert capsys.readouterr().out == ""
    jsonschema.validate(json.loads(out.read_text(encoding="utf-8")), SCHEMA)
