"""The report as JSON: the schema is that of the model, and other files are refused in one line."""

from __future__ import annotations

import json
from typing import Any

import pytest
import report_schema

from bazel_xc.errors import ReportError
from bazel_xc.report.json_format import load, render


def raw_report() -> dict[str, Any]:
    """A small report with every kind of entry, as JSON's values."""
    on = {
        "verdict": "c-libraries",
        "chain": ["//a:a", "e/a"],
        "cgo_packages": ["e/a"],
        "standard_cgo_packages": [],
        "needs": ["lib z"],
        "blockers": [],
        "fallbacks": [],
        "without_cgo": None,
    }
    need = {
        "kind": "lib",
        "name": "z",
        "platforms": ["linux_amd64"],
        "path": "a.go",
        "line": 3,
        "certain": True,
        "status": "resolved",
        "labels": ["@zlib//:zlib"],
        "how": "",
        "candidates": [],
        "tried": [],
        "remedy": "",
    }
    package = {
        "import_path": "e/a",
        "module": "e",
        "first_party": True,
        "states": {"linux_amd64": "cgo"},
        "needs": [need],
    }
    setting = {"name": "linux_amd64", "cgo": True}
    return {
        "schema": 1,
        "run": {"module": "e", "revision": "", "go": "go1.26", "bazel_xc": "0.1", "platforms": [setting]},
        "packages": [package],
        "targets": [
            {"label": "//a:a", "kind": "go_binary", "package": "e/a", "platforms": {"linux_amd64": on}}
        ],
        "imports": [],
        "findings": [{"severity": "note", "code": "x", "message": "m"}],
        "graph": {"nodes": [], "edges": []},
    }


def changed(path: str, value: object) -> str:
    """The text of that report with another value at a key path; None takes the key away."""
    *keys, last = path.split("/")
    raw = raw_report()
    inner: Any = raw
    for key in keys:
        inner = inner[int(key) if key.isdigit() else key]
    inner[last] = value
    if value is None:
        del inner[last]
    return json.dumps(raw)


@pytest.mark.parametrize("command", sorted(report_schema.SCHEMAS))
def test_shipped_schema_is_that_of_the_classes(command: str) -> None:
    """Made with ``python tests/report/report_schema.py``."""
    shipped = report_schema.path(command).read_text(encoding="utf-8")

    assert shipped == report_schema.text(command)


def test_whole_report_is_read_and_new_keys_are_ignored() -> None:
    report = load(changed("run/later", 1), "r.json")

    assert report.targets[0].platforms["linux_amd64"].unknown == ()  # older reports lack the key
    assert report.packages[0].needs[0].labels == ("@zlib//:zlib",)


def test_lengths_of_shortened_lists_are_written_only_if_there_are_any() -> None:
    whole = load(json.dumps(raw_report()), "r.json")
    cut = load(changed("targets/0/platforms/linux_amd64/lengths", {"cgo_packages": 70}), "r.json")

    assert '"lengths"' not in render(whole)
    assert load(render(cut), "r.json") == cut
    assert cut.targets[0].platforms["linux_amd64"].lengths == {"cgo_packages": 70}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("{", "not JSON", id="no_json"),
        pytest.param("[]", "no schema", id="other_document"),
        pytest.param('{"schema": 99}', "schema 99", id="other_version"),
        pytest.param('{"schema": 1}', "run: is missing", id="torn"),
        pytest.param('{"schema": 1, "run": 3}', "run: needs to be an object, is 3", id="other_types"),
        pytest.param(changed("packages", None), "packages: is missing", id="list_missing"),
        pytest.param(changed("packages", "x"), "packages: needs to be a list, is 'x'", id="text_for_list"),
        pytest.param(changed("run/module", 3), "run.module: needs to be a string, is 3", id="number"),
        pytest.param(
            changed("packages/0/needs/0/line", True),
            "packages[0].needs[0].line: needs to be a whole number, is True",
            id="truth_for_number",
        ),
        pytest.param(
            changed("packages/0/needs/0/labels", ["x", []]),
            "packages[0].needs[0].labels[1]: needs to be a string, is a list",
            id="within_strings",
        ),
        pytest.param(
            changed("packages/0/states", {"p": "odd"}),
            "packages[0].states.p: needs to be one of pure, cgo, cgo-with-fallback, broken-without-cgo,"
            " unknown, absent, is 'odd'",
            id="enumeration",
        ),
        pytest.param(
            changed("targets/0/platforms/linux_amd64/verdict", []),
            "targets[0].platforms.linux_amd64.verdict: needs to be one of pure, c-toolchain, c-libraries,"
            " blocked, unknown, is a list",
            id="no_text_for_enumeration",
        ),
        pytest.param(changed("packages/0/states", {"a\nb": 1}), r"states.'a\nb': needs", id="key"),
        pytest.param(changed("findings/0/code", None), "findings[0].code: is missing", id="finding"),
    ],
)
def test_files_that_are_no_reports(text: str, said: str) -> None:
    with pytest.raises(ReportError) as caught:
        load(text, "r.json")

    assert str(caught.value).startswith("r.json: ")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
