"""What go does not tell is unknown: no rule goes, nothing becomes incompatible, and it is said."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from textwrap import dedent

import pytest
from attrs import frozen
from goldens import without_count
from requirements import require

from bazel_xc.cli import main

GO_MOD = "module example.com/m\n\ngo 1.21\n"
CONFIG = "[platforms.linux_arm64]\ncgo = true\n\n[platforms.windows_arm64]\ncgo = false\n"
MODULE = 'bazel_dep(name = "rules_go", version = "0.62.0")\n'
GONE = {
    "go.mod": GO_MOD + "\nrequire github.com/nobody/gone v1.0.0\n",
    "go.sum": "github.com/nobody/gone v1.0.0 h1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
    "github.com/nobody/gone v1.0.0/go.mod h1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
    "bazel_xc.toml": CONFIG,
    "MODULE.bazel": MODULE,
    "cmd/main.go": 'package main\n\nimport _ "github.com/nobody/gone/x"\n\nfunc main() {}\n',
    "tool/main.go": "package main\n\nfunc main() {}\n",
}
NOT_LOADED = (
    "1 package could not be loaded because its module is not in the module cache"
    " (first: github.com/nobody/gone/x); run: go mod download\n"
)


@frozen
class Outcome:
    """What a run left: exit code, both streams, and the BUILD files."""

    code: int
    stdout: str
    stderr: str
    builds: Mapping[str, str]


Run = Callable[..., Outcome]


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    require("go")
    for name in ("GOFLAGS", "GOWORK", "BAZEL_XC_GO"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GOENV", "off")
    monkeypatch.setenv("GOMODCACHE", str(tmp_path_factory.mktemp("modules")))


@pytest.fixture
def run(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Run:
    """Writes files, if any, and runs a command in the workspace."""

    def go(files: Mapping[str, str], *arguments: str, root: Path | None = None) -> Outcome:
        write(tmp_path, files)
        command, *rest = arguments
        code = main([command, "-C", str(root or tmp_path), *rest])
        out, err = capfd.readouterr()
        return Outcome(code, out, without_count(err), builds(tmp_path))

    return go


def write(root: Path, files: Mapping[str, str]) -> None:
    for path, text in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)


def builds(root: Path) -> Mapping[str, str]:
    found = (path for path in sorted(root.rglob("BUILD*")) if path.is_file())
    return {path.relative_to(root).as_posix(): path.read_text() for path in found}


def verdicts(report: str) -> Mapping[str, Mapping[str, str]]:
    return {
        each["label"]: {name: on["verdict"] for name, on in each["platforms"].items()}
        for each in json.loads(report)["targets"]
    }


# A package of another module that go cannot load

BROKEN = {
    "go.mod": GO_MOD + "\nrequire example.com/t v1.0.0\n\nreplace example.com/t => ../t\n",
    "../t/go.mod": "module example.com/t\n\ngo 1.21\n",
    "../t/bad/bad.go": "package bad\n\nimport (\n",
    "../t/worse/other_windows.go": "package other\n",
    "../t/worse/worse.go": "package worse\n",
    "MODULE.bazel": MODULE + 'go_deps.from_file(go_mod = "//:go.mod")\nuse_repo(go_deps, "com_example_t")\n',
    "bazel_xc.toml": CONFIG,
    "cmd/main.go": 'package main\n\nimport _ "example.com/t/bad"\n\nfunc main() {}\n',
    "tool/main.go": "package main\n\nfunc main() {}\n",
}


@pytest.mark.parametrize(
    ("package", "expected"),
    [
        pytest.param(
            "bad", "go cannot load example.com/t/bad: bad.go:3:10: expected ')', found 'EOF'", id="everywhere"
        ),
        pytest.param(
            "worse",
            "go cannot load example.com/t/worse on windows_arm64:"
            " found packages other (other_windows.go) and worse (worse.go)",
            id="on_one_platform",
        ),
    ],
)
def test_reason_is_that_of_go(package: str, expected: str, run: Run) -> None:
    files = {
        path: text.replace("t/bad", f"t/{package}") if path == "cmd/main.go" else text
        for path, text in BROKEN.items()
    }
    remedy = f"to see all of it, run: go build example.com/t/{package}"

    outcome = run(files, "generate")
    assert outcome.code == 0
    assert outcome.stderr.startswith(f"go.mod: warning: {expected}")
    assert remedy in outcome.stderr

    report = run({}, "report", "--format", "json")
    assert report.code == 1
    assert report.stderr.startswith(f"go.mod: error: {expected}")
    assert verdicts(report.stdout)["//cmd:cmd"]["windows_arm64"] == "unknown"
    assert verdicts(report.stdout)["//tool:tool"]["windows_arm64"] == "pure"


# A module that is not downloaded


def test_generate_writes_what_it_knows_and_warns(run: Run) -> None:
    outcome = run(GONE, "generate")

    assert outcome.code == 0
    assert outcome.stderr == f"go.mod: warning: {NOT_LOADED}"
    assert "@com_github_nobody_gone//x" in outcome.builds["cmd/BUILD.bazel"]
    assert not any("target_compatible_with" in text for text in outcome.builds.values())


def test_what_an_earlier_run_knew_stays(run: Run) -> None:
    """With the module at hand the binary had C below it and could not be built somewhere."""
    library = """\
load("@rules_go//go:def.bzl", "go_binary", "go_library")

go_library(
    name = "cmd_lib",
    srcs = ["main.go"],
    importpath = "example.com/m/cmd",
    target_compatible_with = select({
        "@rules_go//go/platform:windows_arm64": ["//platforms:incompatible"],
        "//conditions:default": [],
    }),
    visibility = ["//visibility:private"],
    deps = ["@com_github_nobody_gone//x"],
)

go_binary(
    name = "cmd",
    embed = [":cmd_lib"],
    pure = select({
        "@rules_go//go/platform:linux_arm64": "off",
        "//conditions:default": "auto",
    }),
    target_compatible_with = select({
        "@rules_go//go/platform:windows_arm64": ["//platforms:incompatible"],
        "//conditions:default": [],
    }),
    visibility = ["//visibility:public"],
)
"""
    outcome = run({**GONE, "cmd/BUILD.bazel": library}, "generate")

    assert outcome.builds["cmd/BUILD.bazel"] == library


def test_dep_stays_where_its_import_leads_nowhere(run: Run) -> None:
    files = {**GONE, "go.mod": GO_MOD, "go.sum": ""}
    rule = RULES.replace('"a"', '"tool"').replace('"a.go"', '"main.go"').replace("sub/a", "tool")
    files["tool/main.go"] = 'package tool\n\nimport _ "github.com/nobody/gone/x"\n'
    files["tool/BUILD.bazel"] = rule.replace("\n)", '\n    deps = ["@gone//x:mine"],\n)')
    outcome = run(files, "generate")

    assert "no required module provides import 'github.com/nobody/gone/x'" in outcome.stderr
    assert '    deps = ["@gone//x:mine"],\n' in outcome.builds["tool/BUILD.bazel"]


def test_generate_says_it_even_where_it_is_to_be_quiet(run: Run) -> None:
    assert NOT_LOADED in run(GONE, "generate", "-q").stderr


def test_report_has_a_verdict_of_its_own_and_fails(run: Run) -> None:
    outcome = run(GONE, "report", "--format", "json", "-q")

    assert outcome.code == 1
    assert outcome.stderr == f"go.mod: error: {NOT_LOADED}"
    assert verdicts(outcome.stdout) == {
        "//cmd:cmd": {"linux_arm64": "unknown", "windows_arm64": "unknown"},
        "//tool:tool": {"linux_arm64": "pure", "windows_arm64": "pure"},
    }


def test_report_shows_it_first(run: Run) -> None:
    lines = run(GONE, "report").stdout.split("\n")
    message, _, remedy = NOT_LOADED.rstrip().rpartition("; ")
    end = lines.index("  1  everywhere  github.com/nobody/gone/x")

    assert lines[3] == "Unknown: 1 of 2 targets"
    assert " ".join(each.strip() for each in lines[4:end]) == f"{message} {remedy}"


def test_incomplete_reports_are_allowed_on_demand(run: Run) -> None:
    outcome = run(GONE, "report", "--allow-incomplete", "-q")

    assert outcome.code == 0
    assert outcome.stderr == f"go.mod: warning: {NOT_LOADED}"


def test_why_leads_to_what_could_not_be_loaded(run: Run) -> None:
    outcome = run(GONE, "why", "//cmd")

    assert outcome.stdout.startswith("unknown everywhere: 1 package below //cmd could not be loaded\n")
    assert "    github.com/nobody/gone/x  (main.go:3): could not be loaded\n" in outcome.stdout
    assert NOT_LOADED in outcome.stderr


def test_matrix_leaves_no_unknown_target_out_and_fails(run: Run) -> None:
    outcome = run(GONE, "matrix", "-q")

    assert outcome.code == 1
    assert outcome.stderr == f"go.mod: error: {NOT_LOADED}"
    assert "//cmd:cmd" in outcome.stdout
    assert run(GONE, "matrix", "-q", "--allow-incomplete").code == 0


def test_matrix_of_a_saved_report_fails_too(run: Run, tmp_path: Path) -> None:
    run(GONE, "report", "--format", "json", "-o", str(tmp_path / "saved.json"))

    outcome = run({}, "matrix", "-q", "--report", str(tmp_path / "saved.json"))

    assert (outcome.code, outcome.stderr) == (1, f"go.mod: error: {NOT_LOADED}")


def test_compare_fails_and_names_the_side(run: Run, tmp_path: Path) -> None:
    run(GONE, "report", "--format", "json", "-o", str(tmp_path / "saved.json"))

    outcome = run({}, "compare", str(tmp_path / "saved.json"), "--fail-on", "worse-verdict")

    assert outcome.code == 1
    assert f"{tmp_path}/saved.json:go.mod: error: {NOT_LOADED}" in outcome.stderr
    assert f"\ngo.mod: error: {NOT_LOADED}" in f"\n{outcome.stderr}"
    allowed = run({}, "compare", str(tmp_path / "saved.json"), "--allow-incomplete")
    assert allowed.code == 0


def test_import_in_no_module_that_no_rule_makes_is_unknown(run: Run) -> None:
    files = {**GONE, "go.mod": GO_MOD, "go.sum": ""}
    outcome = run(files, "report", "--format", "json", "-q")

    assert verdicts(outcome.stdout)["//cmd:cmd"]["linux_arm64"] == "unknown"
    assert outcome.stderr == (
        "cmd/main.go:3:8: error: 1 imported package is in no required module, and no rule has that importpath"
        " (first: github.com/nobody/gone/x); run: go mod tidy\n"
    )


def test_import_that_a_rule_makes_is_no_secret(run: Run) -> None:
    made = 'go_proto_library(\n    name = "x_go_proto",\n    importpath = "github.com/nobody/gone/x",\n)\n'
    outcome = run({**GONE, "go.mod": GO_MOD, "go.sum": "", "proto/BUILD.bazel": made}, "report")

    assert outcome.code == 0
    assert "unknown" not in outcome.stdout


def test_package_of_the_workspace_that_a_rule_makes_is_not_of_a_missing_module(run: Run) -> None:
    made = 'go_proto_library(\n    name = "api_go_proto",\n    importpath = "example.com/m/api/proto",\n)\n'
    main = 'package main\n\nimport _ "example.com/m/api/proto"\n\nfunc main() {}\n'
    files = {**GONE, "cmd/main.go": main, "api/proto/BUILD.bazel": made, "go.sum": ""}
    outcome = run(files, "report", "-q")

    assert (outcome.code, outcome.stderr) == (0, "")


def test_package_of_the_workspace_that_nobody_makes_is_told_apart(run: Run) -> None:
    main = 'package main\n\nimport _ "example.com/m/api/proto"\n\nfunc main() {}\n'
    outcome = run({**GONE, "cmd/main.go": main, "go.sum": ""}, "report", "-q")

    assert outcome.stderr == (
        "cmd/main.go:3:8: error: 1 imported package is in no required module, and no rule has that importpath"
        " (first: example.com/m/api/proto); add the package, or a rule with that importpath\n"
    )


def test_relative_import_is_an_error_of_its_importer(run: Run) -> None:
    """go.sum has nothing to do with it."""
    main = 'package main\n\nimport _ "./lib"\n\nfunc main() {}\n'
    files = {**GONE, "cmd/main.go": main, "cmd/lib/lib.go": "package lib\n", "go.sum": ""}
    outcome = run(files, "report", "-q")

    assert outcome.stderr == (
        'cmd/main.go:3:8: error: local import "./lib" in non-local package (its rules are left unchanged)\n'
    )


# Packages that do not load


RULES = dedent(
    """\
    go_library(
        name = "a",
        srcs = ["a.go"],
        importpath = "example.com/m/sub/a",
    )
    """
)


@pytest.mark.parametrize("work", [False, True], ids=["nested", "go_work"])
def test_load_error_in_another_module_keeps_its_rules(run: Run, work: bool) -> None:
    files = {
        "go.mod": GO_MOD,
        "MODULE.bazel": MODULE,
        "b/b.go": "package b\n",
        "sub/go.mod": "module example.com/m/sub\n\ngo 1.21\n",
        "sub/a/a.go": "package a\n\nimport (\n",
        "sub/a/BUILD.bazel": RULES,
        **({"go.work": "go 1.21\n\nuse (\n    .\n    ./sub\n)\n"} if work else {}),
    }
    outcome = run(files, "generate")

    assert outcome.code == 1
    expected = "sub/a/a.go:3:10: error: expected ')', found 'EOF' (its rules are left unchanged)\n"
    assert expected in outcome.stderr
    assert outcome.builds["sub/a/BUILD.bazel"] == RULES


def test_broken_child_does_not_freeze_its_parent(run: Run) -> None:
    stale = 'go_library(\n    name = "a",\n    srcs = ["gone.go"],\n    importpath = "example.com/m/a",\n)\n'
    broken = {"a/BUILD.bazel": stale, "a/b/b.go": "package b\n\nimport (\n", "a/b/BUILD.bazel": RULES}
    outcome = run({"go.mod": GO_MOD, "MODULE.bazel": MODULE, "c/c.go": "package c\n", **broken}, "generate")

    assert outcome.builds["a/BUILD.bazel"] == ""
    assert outcome.builds["a/b/BUILD.bazel"] == RULES


def test_binaries_of_a_package_that_does_not_load_are_unknown(run: Run) -> None:
    rules = 'go_binary(\n    name = "cmd",\n    embed = [":cmd_lib"],\n)\n'
    files = {"cmd/main.go": "package main\n\nimport (\n", "cmd/BUILD.bazel": rules, "a/a.go": "package a\n"}
    outcome = run({"go.mod": GO_MOD, "bazel_xc.toml": CONFIG, **files}, "report", "--format", "json")

    assert outcome.code == 1
    assert "cmd/main.go:3:10: error: " in outcome.stderr
    assert verdicts(outcome.stdout) == {"//cmd:cmd": {"linux_arm64": "unknown", "windows_arm64": "unknown"}}


# Directories that go is told to ignore


def test_ignored_directories_are_left_alone(run: Run) -> None:
    rules = RULES.replace('"a"', '"tools"')
    files = {
        "go.mod": "module example.com/m\n\ngo 1.25\n\nignore (\n    ./tools\n    static\n)\n",
        "MODULE.bazel": MODULE,
        "a/a.go": "package a\n",
        "a/static/s.go": "package static\n",
        "tools/t.go": "package tools\n",
        "tools/BUILD.bazel": rules,
    }
    outcome = run(files, "generate")

    assert (outcome.code, outcome.stderr) == (0, "")
    assert outcome.builds["tools/BUILD.bazel"] == rules
    assert sorted(outcome.builds) == ["a/BUILD.bazel", "platforms/BUILD.bazel", "tools/BUILD.bazel"]


# A go that says too little


def fake_go(folder: Path, lines: Iterable[str]) -> Path:
    """A go that does ``lines`` of shell before it hands over to the real one."""
    path = folder / "bin" / "go"
    path.parent.mkdir()
    path.write_text("\n".join(["#!/bin/sh", *lines, f'exec {require("go")} "$@"', ""]))
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def test_go_that_lists_nothing_is_an_error(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    goroot = fake_goroot(tmp_path_factory.mktemp("go"), ['case "$*" in *-json*-deps*|*-deps*) exit 0;; esac'])
    monkeypatch.setenv("BAZEL_XC_GO", str(goroot))
    outcome = run({"go.mod": GO_MOD, "a/a.go": "package a\n", "a/BUILD.bazel": RULES}, "generate")

    assert outcome.code == 2
    assert outcome.stderr == (
        f"bazel-xc: {tmp_path}: go lists no package here, although there are Go files (first: a);"
        " run there: go list ./...\n"
    )
    assert outcome.builds == {"a/BUILD.bazel": RULES}


def fake_goroot(folder: Path, lines: Iterable[str]) -> Path:
    """A go of its own GOROOT, which bazel-xc asks for and calls from then on."""
    go = fake_go(folder, lines)
    text = go.read_text()
    go.write_text(
        text.replace(
            "#!/bin/sh\n",
            f'#!/bin/sh\n[ "$1" = env ] && {require("go")} "$@" | sed "1s|.*|{folder}|" && exit\n',
        )
    )
    return go


def test_directory_that_go_leaves_out_keeps_its_platforms(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Its own files decide, and a warning says so."""
    only_b = 'case "$*" in *"-- ./..."*) set -- $(echo "$*" | sed "s|-- ./...|-- ./b|");; esac'
    goroot = fake_goroot(tmp_path_factory.mktemp("go"), [only_b])
    monkeypatch.setenv("BAZEL_XC_GO", str(goroot))
    files = {"a/a.go": "package a\n", "b/b.go": "package b\n", "bazel_xc.toml": CONFIG}
    outcome = run({"go.mod": GO_MOD, "MODULE.bazel": MODULE, **files}, "generate")

    assert outcome.stderr == (
        "a: warning: go does not list this directory on linux_arm64, windows_arm64, although the constraints"
        " of its files include them (the constraints are used; run: go list ./a)\n"
    )
    assert 'srcs = ["a.go"]' in outcome.builds["a/BUILD.bazel"]
    assert "target_compatible_with" not in outcome.builds["a/BUILD.bazel"]


# Build tags that only go's own settings know


TAGGED = {
    "go.mod": GO_MOD,
    "MODULE.bazel": MODULE,
    "a/a.go": "package a\n",
    "a/on.go": "//go:build foo\n\npackage a\n",
    "a/off.go": "//go:build !foo\n\npackage a\n",
}


def test_tags_of_goflags_count(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOFLAGS", "-mod=mod -tags=foo,bar")
    outcome = run(TAGGED, "generate")

    assert (outcome.code, outcome.stderr) == (0, "")
    assert '"on.go"' in outcome.builds["a/BUILD.bazel"]


def test_tags_of_go_env_count(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    settings = tmp_path_factory.mktemp("home") / "env"
    settings.write_text("GOFLAGS=-tags=foo\nGO111MODULE=off\nGOPROXY=direct\n")
    monkeypatch.setenv("GOENV", str(settings))
    outcome = run(TAGGED, "generate")

    assert (outcome.code, outcome.stderr) == (0, "")
    assert '"on.go"' in outcome.builds["a/BUILD.bazel"]


def test_tags_that_go_sets_differ_by_architecture(run: Run) -> None:
    files = {
        "go.mod": GO_MOD,
        "bazel_xc.toml": "[platforms.linux_amd64]\n\n[platforms.linux_arm64]\n",
        "a/a.go": "package a\n",
        "a/v1.go": "//go:build amd64.v1\n\npackage a\n",
        "a/v8.go": "//go:build arm64.v8.0\n\npackage a\n",
    }
    outcome = run(files, "generate")

    assert (outcome.code, outcome.stderr) == (0, "")


def test_remedy_works_where_the_module_is(run: Run) -> None:
    """A go.work that does not use a module gets in the way of go's own commands there."""
    module = {f"in/{path}": text for path, text in GONE.items() if path.startswith(("go", "cmd"))}
    files = {
        "go.work": "go 1.21\n\nuse .\n",
        "go.mod": GO_MOD,
        "a.go": "package m\n",
        "bazel_xc.toml": CONFIG,
        "MODULE.bazel": MODULE,
        **module,
        "in/go.mod": GONE["go.mod"].replace("example.com/m", "example.com/in"),
    }
    found = run(files, "generate")
    assert "in/go.mod: warning: 1 package could not be loaded" in found.stderr
    assert "run in in: GOWORK=off go mod download\n" in found.stderr
