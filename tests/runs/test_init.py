"""``init`` in workspaces that have something already: it defines nothing anew and edits no rule of others."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest
from binaries import elf
from requirements import require

from bazel_xc.artifact.machines import host
from bazel_xc.bazel.setup import bazel_module_name
from bazel_xc.cli import main

GO_MOD = {"go.mod": "module example.com/mine\n\ngo 1.21\n", "mine.go": "package mine\n"}
CROSS = """\
# Cross builds
build:cross --extra_toolchains=@tools//:all

build:linux_arm64 --config=cross
build:linux_arm64 --platforms=@io_bazel_rules_go//go/toolchain:linux_arm64_cgo
build:windows_amd64 --platforms=@io_bazel_rules_go//go/toolchain:windows_amd64_cgo
build:darwin_plain --platforms=@io_bazel_rules_go//go/toolchain:darwin_arm64
"""


_COMPILER = """\
#!/bin/sh
case "$*" in
    *" -c "*|"-c "*) cat {object} > probe.o ;;
    *-dM*) echo '#define __GLIBC__ 2' ;;
    *) echo 'cc 12.2.0' ;;
esac
"""


@pytest.fixture
def programs(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder on PATH, with go and what a compiler's script needs, if there are any."""
    folder = tmp_path_factory.mktemp("programs")
    for name in ("go", "cat", "git"):
        if found := shutil.which(name):
            (folder / name).symlink_to(found)
    monkeypatch.setenv("PATH", str(folder))
    for name in ("CC", "CC_FOR_linux_arm64", "BAZEL_XC_GO"):
        monkeypatch.delenv(name, raising=False)
    return folder


@pytest.fixture(autouse=True)
def _machine_without_compilers(programs: Path) -> None:
    """Every test begins on a machine without C compilers and Bazel."""


def add_program(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text)
    (folder / name).chmod(0o755)


def add_compiler(folder: Path, name: str, machine: int) -> None:
    made = folder / f"{name}.object"
    made.write_bytes(elf(machine=machine))
    add_program(folder, name, _COMPILER.format(object=made))


def lay_out(root: Path, files: Mapping[str, str]) -> None:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)


def run(root: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main([*(arguments or ("init",)), "-C", str(root), "--color", "never"])
    out, err = capsys.readouterr()
    return code, out, err


def tree(root: Path) -> dict[str, str]:
    return {str(p.relative_to(root)): p.read_text() for p in sorted(root.rglob("*")) if p.is_file()}


def test_what_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lay_out(tmp_path, {**GO_MOD, ".bazelrc": "build --jobs=2\n"})
    code, out, err = run(tmp_path, capsys)
    assert (code, err) == (0, "")
    assert out == (
        "created .bazelversion, BUILD.bazel, MODULE.bazel, bazel_xc.toml, platforms/BUILD.bazel, "
        "platforms/platforms.bazelrc; added 1 line to .bazelrc\n"
        "cgo is off for linux_amd64, linux_arm64, darwin_arm64, windows_amd64, windows_arm64\n"
        "no C compiler was found for linux_amd64, linux_arm64; to add one: "
        "bazel-xc init --toolchain hermetic_cc_toolchain and set cgo = true in bazel_xc.toml\n"
        "no C compiler was found for darwin_arm64\n"
        "next: bazel-xc generate\n"
    )
    assert run(tmp_path, capsys) == (0, "everything is there already\n", "")


def cgo_of(root: Path) -> dict[str, str]:
    """The lines below the tables of platforms in bazel_xc.toml, by platform."""
    lines = (root / "bazel_xc.toml").read_text().splitlines()
    names = [line[len("[platforms.") : -1] if line.startswith("[platforms.") else "" for line in lines]
    return {name: lines[at + 1] for at, name in enumerate(names) if name}


AARCH64 = 183
OFF = "off for darwin_arm64, windows_amd64, windows_arm64"
OFFER = "Bazel has no C toolchain for {}; to add one: bazel-xc init --toolchain hermetic_cc_toolchain"


@pytest.mark.skipif(host() != ("linux", "amd64"), reason="the compilers are those of linux_amd64")
def test_cgo_is_on_where_there_is_a_compiler(
    tmp_path: Path, programs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add_compiler(programs, "gcc", 62)
    add_compiler(programs, "aarch64-linux-gnu-gcc", AARCH64)
    lay_out(tmp_path, GO_MOD)
    _, out, _ = run(tmp_path, capsys)
    missing = "cgo = false                     # true if there is a C compiler for it; init found none"
    assert cgo_of(tmp_path) == {
        "linux_amd64": "cgo = true",
        "linux_arm64": "cgo = true",
        "darwin_arm64": missing,
        "windows_amd64": "cgo = false",
        "windows_arm64": "cgo = false",
    }
    assert out.splitlines()[1:] == [
        f"cgo is on for linux_amd64 (gcc), linux_arm64 (aarch64-linux-gnu-gcc); {OFF}",
        OFFER.format("linux_arm64"),
        "no C compiler was found for darwin_arm64",
        "next: bazel-xc generate",
    ]


def test_a_compiler_that_makes_other_objects_does_not_count(
    tmp_path: Path, programs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add_compiler(programs, "aarch64-linux-gnu-gcc", 62)
    lay_out(tmp_path, GO_MOD)
    run(tmp_path, capsys)
    assert cgo_of(tmp_path)["linux_arm64"].startswith("cgo = false")


def test_a_chosen_toolchain_turns_cgo_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lay_out(tmp_path, GO_MOD)
    _, out, _ = run(tmp_path, capsys, "init", "--toolchain", "hermetic_cc_toolchain")
    served = ("linux_amd64", "linux_arm64", "windows_amd64", "windows_arm64")
    assert {name for name, line in cgo_of(tmp_path).items() if line == "cgo = true"} == set(served)
    module = (tmp_path / "MODULE.bazel").read_text()
    assert all(f"toolchain:{name}" in module for name in served)
    assert "to add one" not in out


def test_a_registered_toolchain_turns_cgo_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    module = 'module(name = "m")\n\nregister_toolchains("@llvm//:cc-toolchain-aarch64-linux")\n'
    lay_out(tmp_path, {**GO_MOD, "MODULE.bazel": module})
    _, out, _ = run(tmp_path, capsys)
    assert cgo_of(tmp_path)["linux_arm64"] == "cgo = true"
    assert "linux_arm64 (@llvm//:cc-toolchain-aarch64-linux)" in out


def test_a_toolchain_for_a_platform_without_cgo_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    toml = "[platforms.linux_amd64]\ncgo = true\n[platforms.linux_arm64]\ncgo = false\n"
    lay_out(tmp_path, {**GO_MOD, "bazel_xc.toml": toml})
    _, out, _ = run(tmp_path, capsys, "init", "--toolchain", "hermetic_cc_toolchain")
    assert (
        "hermetic_cc_toolchain is not registered for linux_arm64: cgo is off there; "
        "set cgo = true in bazel_xc.toml and run this again\n"
    ) in out
    assert (tmp_path / "bazel_xc.toml").read_text() == toml


@pytest.mark.parametrize(
    ("bazel", "version"),
    [
        pytest.param("", "7.7.1", id="none"),
        pytest.param("#!/bin/sh\necho 'bazel 8.1.0'\n", "8.1.0", id="installed"),
        pytest.param("#!/bin/sh\necho 'bazel 6.5.0'\n", "7.7.1", id="too old"),
        pytest.param("#!/bin/sh\necho 'bazel no_version'\n", "7.7.1", id="unknown"),
        pytest.param("#!/bin/sh\nexit 1\n", "7.7.1", id="broken"),
    ],
)
def test_the_version_of_bazel(
    bazel: str, version: str, tmp_path: Path, programs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if bazel:
        add_program(programs, "bazel", bazel)
    lay_out(tmp_path, GO_MOD)
    run(tmp_path, capsys)
    assert (tmp_path / ".bazelversion").read_text() == f"{version}\n"


def test_bazelisk_is_not_started(tmp_path: Path, programs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    add_program(programs, "bazelisk", f"#!/bin/sh\ntouch {tmp_path}/started\n")
    (programs / "bazel").symlink_to(programs / "bazelisk")
    lay_out(tmp_path, GO_MOD)
    run(tmp_path, capsys)
    assert not (tmp_path / "started").exists()


def test_an_existing_module_keeps_its_version(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lay_out(tmp_path, {**GO_MOD, "MODULE.bazel": 'module(name = "m")\n'})
    run(tmp_path, capsys)
    assert not (tmp_path / ".bazelversion").exists()
    lay_out(tmp_path, {".bazelversion": "8.0.0\n"})
    (tmp_path / "MODULE.bazel").unlink()
    run(tmp_path, capsys)
    assert (tmp_path / ".bazelversion").read_text() == "8.0.0\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("*.o", "*.o\n/bazel-*\n", id="other lines"),
        pytest.param("", "/bazel-*\n", id="empty"),
        pytest.param("bazel-*\n", "bazel-*\n", id="everywhere"),
        pytest.param("/bazel-bin\n/bazel-out\n", "/bazel-bin\n/bazel-out\n", id="each"),
        pytest.param("**/bazel-bin/\n", "**/bazel-bin/\n", id="folders"),
        pytest.param("# bazel-*\n!bazel-bin\n", "# bazel-*\n!bazel-bin\n/bazel-*\n", id="comment"),
    ],
)
def test_git_ignores_the_links_of_bazel(
    before: str, after: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lay_out(tmp_path, {**GO_MOD, ".gitignore": before})
    run(tmp_path, capsys)
    run(tmp_path, capsys)
    assert (tmp_path / ".gitignore").read_text() == after


def test_without_git_nothing_is_ignored(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lay_out(tmp_path, GO_MOD)
    run(tmp_path, capsys)
    assert not (tmp_path / ".gitignore").exists()
    assert not (tmp_path / ".bazelignore").exists()


def test_bazel_ignores_installed_packages(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lay_out(tmp_path, {**GO_MOD, ".venv/pyvenv.cfg": "", "node_modules/x/BUILD": "", "venv/x.py": ""})
    run(tmp_path, capsys)
    assert (tmp_path / ".bazelignore").read_text() == ".venv\nnode_modules\n"


OTHER = {"go.mod": "module example.com/other\n\ngo 1.21\n", "o.go": "package other\n"}
NEEDS = {
    "go.mod": "module example.com/mine\n\ngo 1.21\n\nrequire example.com/other v1.0.0\n",
    "mine.go": 'package mine\n\nimport _ "example.com/other"\n',
    "vendor.go": "package mine\n",
}


def test_the_modules_of_go_mod_are_brought_in(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """``init`` and ``generate`` alone are enough for ``bazel build``."""
    require("go")
    root = tmp_path / "mine"
    replaced = NEEDS["go.mod"] + "\nreplace example.com/other => ../other\n"
    lay_out(
        tmp_path / "other", {"go.mod": "module example.com/other\n\ngo 1.21\n", "o.go": "package other\n"}
    )
    lay_out(root, {**NEEDS, "go.mod": replaced})
    code, out, _ = run(root, capsys)
    assert code == 0
    assert '    "com_example_other",\n' in (root / "MODULE.bazel").read_text()
    assert "for the modules of go.mod" in out


def test_warnings_about_modules_are_left_to_their_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    require("go")
    files = {
        **NEEDS,
        "go.mod": NEEDS["go.mod"] + "\nreplace example.com/other => ../other\n",
        "c/c.go": "package c\n\nvar X = y\n",
        "c/y_linux.go": "package c\n\nconst y = 1\n",
    }
    lay_out(tmp_path / "other", OTHER)
    lay_out(tmp_path / "mine", files)
    code, out, _ = run(tmp_path / "mine", capsys)
    assert code == 0
    assert '    "com_example_other",\n' in (tmp_path / "mine" / "MODULE.bazel").read_text()
    assert out.splitlines()[-1] == "next: bazel-xc modules && bazel-xc generate"
    assert "declared only in y_linux.go" in run(tmp_path / "mine", capsys, "modules")[2]


def test_without_go_modules_are_left_to_their_command(
    tmp_path: Path, programs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (programs / "go").unlink(missing_ok=True)
    lay_out(tmp_path, NEEDS)
    code, out, _ = run(tmp_path, capsys)
    assert (code, out.splitlines()[-1]) == (0, "next: bazel-xc modules && bazel-xc generate")


def test_generate_names_modules_that_bazel_does_not_have(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    require("go")
    root = tmp_path / "mine"
    lay_out(
        tmp_path / "other", {"go.mod": "module example.com/other\n\ngo 1.21\n", "o.go": "package other\n"}
    )
    module = 'module(name = "m")\nbazel_dep(name = "rules_go", version = "0.62.0")\n'
    replaced = NEEDS["go.mod"] + "\nreplace example.com/other => ../other\n"
    lay_out(root, {**NEEDS, "go.mod": replaced, "MODULE.bazel": module})
    lacks = (
        "MODULE.bazel: warning: use_repo lacks com_example_other, which BUILD files name "
        "(run: bazel-xc modules)\n"
    )
    assert run(root, capsys, "generate")[2].startswith(lacks)
    assert run(root, capsys, "generate")[2].startswith(lacks)
    run(root, capsys, "modules")
    assert "use_repo" not in run(root, capsys, "generate")[2]


def test_a_config_that_is_there_keeps_its_meaning(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = {".bazelrc": "import %workspace%/build/cross.bazelrc\n", "build/cross.bazelrc": CROSS}
    lay_out(tmp_path, {**GO_MOD, **files})
    code, _, err = run(tmp_path, capsys)
    assert code == 0
    assert err.splitlines() == [
        f"build/cross.bazelrc:{line}: warning: .bazelrc already defines --config={name} "
        f"(use --config=xc_{name} for the platform of bazel_xc.toml)"
        for line, name in ((4, "linux_arm64"), (6, "windows_amd64"))
    ]
    fragment = (tmp_path / "platforms/platforms.bazelrc").read_text()
    assert fragment.splitlines()[-3:] == [
        "build:darwin_arm64 --platforms=//platforms:darwin_arm64",
        "build:xc_linux_arm64 --platforms=//platforms:linux_arm64",
        "build:xc_windows_amd64 --platforms=//platforms:windows_amd64",
    ]
    assert (tmp_path / ".bazelrc").read_text() == (
        files[".bazelrc"] + "try-import %workspace%/platforms/platforms.bazelrc\n"
    )
    before = tree(tmp_path)
    assert run(tmp_path, capsys, "generate")[0] == 0
    code, out, _ = run(tmp_path, capsys)
    assert (code, out.splitlines()) == (
        0,
        [
            "everything is there already",
            OFFER.format("windows_amd64"),  # cross.bazelrc has cgo on there
        ],
    )
    after = tree(tmp_path)
    assert {path for path in after if after[path] != before.get(path)} == {"BUILD.bazel"}


def test_the_platforms_that_are_there_begin_the_configuration(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = """\
platform(
    name = "pi",
    constraint_values = ["@platforms//os:linux", "@platforms//cpu:arm64", "@rules_go//go/toolchain:cgo_off"],
)
platform(name = "server", parents = ["@rules_go//go/toolchain:linux_amd64_cgo"])
platform(name = "windows_arm64", constraint_values = CONSTRAINTS)
platform(name = "phone", constraint_values = ["//my:phone"])
"""
    rc = "build:mac --platforms=@rules_go//go/toolchain:darwin_arm64\nrun --platforms //platforms:pi\n"
    lay_out(tmp_path, {**GO_MOD, "platforms/BUILD.bazel": own, ".bazelrc": rc})
    run(tmp_path, capsys)
    text = (tmp_path / "bazel_xc.toml").read_text()
    assert text.splitlines()[1].endswith(
        "Every line is optional; the platforms are those of .bazelrc and of the platforms package."
    )
    assert [line for line in text.splitlines() if line.startswith(("[platforms", "cgo"))] == [
        "[platforms.darwin_arm64]",
        "cgo = false",
        "[platforms.linux_amd64]",
        "cgo = true",
        "[platforms.linux_arm64]",
        "cgo = false",
        "[platforms.windows_arm64]",
        "cgo = true",
    ]


def test_without_platforms_the_defaults_begin_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lay_out(tmp_path, {**GO_MOD, ".bazelrc": "build:x --platforms=//my:own --config=y\n"})
    run(tmp_path, capsys)
    text = (tmp_path / "bazel_xc.toml").read_text()
    assert "cgo is on where init found a C compiler" in text
    assert text.count("[platforms.") == 5


@pytest.mark.parametrize(
    ("line", "name"),
    [
        pytest.param("build:linux_arm64 --copt=-O3", "xc_linux_arm64", id="flags"),
        pytest.param("common:linux_arm64 --jobs=2", "xc_linux_arm64", id="common"),
        pytest.param("test:linux_arm64 --test_output=errors", "xc_linux_arm64", id="test"),
        pytest.param("build:linux_arm64\nbuild:xc_linux_arm64 -s", "bazel_xc_linux_arm64", id="both"),
        pytest.param("build:linux --config=linux_arm64", "linux_arm64", id="used only"),
        pytest.param("# build:linux_arm64 --copt=-O3", "linux_arm64", id="comment"),
    ],
)
def test_names_of_configs(line: str, name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    toml = "[platforms.linux_arm64]\n"
    lay_out(tmp_path, {**GO_MOD, ".bazelrc": f"{line}\n", "bazel_xc.toml": toml})
    for command in ("init", "generate", "init"):
        run(tmp_path, capsys, command)
        fragment = (tmp_path / "platforms/platforms.bazelrc").read_text()
        assert fragment.splitlines()[-1] == f"build:{name} --platforms=//platforms:linux_arm64"


def test_flags_added_to_our_config_leave_it_ours(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """People may build upon ``--config=linux_arm64`` once it is there, unless they choose a platform."""
    lay_out(tmp_path, {**GO_MOD, "bazel_xc.toml": "[platforms.linux_arm64]\n"})
    run(tmp_path, capsys)
    fragment = (tmp_path / "platforms/platforms.bazelrc").read_text()
    assert "build:linux_arm64 " in fragment
    with (tmp_path / ".bazelrc").open("a") as file:
        file.write("build:linux_arm64 --copt=-O3\n")
    run(tmp_path, capsys, "generate")
    assert (tmp_path / "platforms/platforms.bazelrc").read_text() == fragment
    with (tmp_path / ".bazelrc").open("a") as file:
        file.write("build:linux_arm64 --platforms=//my:own\n")
    run(tmp_path, capsys, "generate")
    assert "build:xc_linux_arm64 " in (tmp_path / "platforms/platforms.bazelrc").read_text()


def test_build_tags_of_bazel_are_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rc = """\
build --define gotags=netgo,osusergo
build:debug --define gotags=debug
common --@rules_go//go/config:tags=netgo,mine
build --define=gotags=known --define=other=x
"""
    lay_out(tmp_path, {**GO_MOD, ".bazelrc": rc, "bazel_xc.toml": '[go]\ntags = ["known"]\n'})
    said = "Bazel builds with tags that bazel-xc does not know"
    assert run(tmp_path, capsys)[2].splitlines() == [
        f".bazelrc:{line}: warning: {said}: {tags} (add them to tags in [go] of bazel_xc.toml)"
        for line, tags in ((1, '"netgo", "osusergo"'), (3, '"mine"'))
    ]


OWN = """\
# By hand.
platform(
  name = "linux_arm64",
  constraint_values = ["@platforms//os:linux", "@platforms//cpu:aarch64"]
)
"""


@pytest.mark.parametrize(
    ("own", "lacks"),
    [
        pytest.param(OWN, "@rules_go//go/toolchain:cgo_on", id="no cgo"),
        pytest.param(
            OWN.replace("cpu:aarch64", 'cpu:aarch64", "@rules_go//go/toolchain:cgo_off'),
            "@rules_go//go/toolchain:cgo_on",
            id="no visibility",
        ),
        pytest.param(
            OWN.replace("cpu:aarch64", 'cpu:aarch64", "@go//go/toolchain:cgo_on", "//my:glibc'),
            "",
            id="more",
        ),
        pytest.param('platform(name = "linux_arm64", parents = [":pi"])\n', "", id="parents"),
        pytest.param(
            '[platform(name = "linux_" + cpu, parents = [":pi"]) for cpu in ["arm64"]]\n', "", id="made"
        ),
    ],
)
def test_a_platform_of_others_stays_byte_for_byte(
    own: str, lacks: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    toml = "[platforms.linux_amd64]\n[platforms.linux_arm64]\n"
    lay_out(tmp_path, {**GO_MOD, "platforms/BUILD.bazel": own, "bazel_xc.toml": toml})
    code, _, err = run(tmp_path, capsys)
    text = (tmp_path / "platforms/BUILD.bazel").read_text()
    assert (code, text[: len(own)]) == (0, own)
    assert text.count("linux_arm64") == own.count("linux_arm64")
    assert 'name = "linux_amd64"' in text
    line = own.count("\n", 0, own.index("platform(")) + 1
    said = (
        f"platforms/BUILD.bazel:{line}: warning: platform linux_arm64 is your own and stays, but it lacks "
        f"{lacks} (change its constraint_values or bazel_xc.toml)\n"
    )
    assert err == (said if lacks else "")
    run(tmp_path, capsys, "generate")
    assert (tmp_path / "platforms/BUILD.bazel").read_text() == text


def test_a_platform_of_ours_follows_the_configuration(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lay_out(tmp_path, {**GO_MOD, "bazel_xc.toml": "[platforms.linux_arm64]\n"})
    run(tmp_path, capsys)
    before = (tmp_path / "platforms/BUILD.bazel").read_text()
    lay_out(
        tmp_path, {"bazel_xc.toml": '[platforms.linux_arm64]\ncgo = false\nconstraints = ["//my:glibc"]\n'}
    )
    run(tmp_path, capsys, "generate")
    after = (tmp_path / "platforms/BUILD.bazel").read_text()
    cgo = '        "@rules_go//go/toolchain:cgo_'
    assert after == before.replace(f'{cgo}on"', f'        "//my:glibc",\n{cgo}off"')


def test_a_platforms_package_that_cannot_be_read_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lay_out(tmp_path, {**GO_MOD, "platforms/BUILD.bazel": "x(\n"})

    code, _, err = run(tmp_path, capsys)

    assert (code, err) == (
        1,
        "platforms/BUILD.bazel:1:2: error: '(' was never closed (fix it; the file is left unchanged)\n",
    )
    assert (tmp_path / "platforms" / "BUILD.bazel").read_text() == "x(\n"


def test_a_directory_without_go_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lay_out(tmp_path, {"README.md": "", "vendor/x/go.mod": "module x\n"})
    assert run(tmp_path, capsys) == (
        2,
        "",
        f"bazel-xc: {tmp_path}: no go.mod in this directory or below; run: go mod init MODULE\n",
    )
    assert set(tree(tmp_path)) == {"README.md", "vendor/x/go.mod"}


@pytest.mark.parametrize(
    ("files", "lines"),
    [
        pytest.param(
            ["go.mod"],
            ['go_sdk.from_file(go_mod = "//:go.mod")', 'go_deps.from_file(go_mod = "//:go.mod")'],
            id="in the root",
        ),
        pytest.param(
            ["src/go.mod"],
            ['go_sdk.from_file(go_mod = "//src:go.mod")', 'go_deps.from_file(go_mod = "//src:go.mod")'],
            id="below",
        ),
        pytest.param(
            ["go.work", "b/go.mod", "a/go.mod"],
            ['go_sdk.from_file(go_mod = "//a:go.mod")', 'go_deps.from_file(go_work = "//:go.work")'],
            id="go.work",
        ),
        pytest.param(
            ["b/go.mod", "a/go.mod"], ['go_sdk.from_file(go_mod = "//a:go.mod")'], id="several apart"
        ),
    ],
)
def test_module_file_names_what_is_there(
    files: list[str], lines: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lay_out(tmp_path, dict.fromkeys(files, "go 1.21\n"))
    run(tmp_path, capsys)
    text = (tmp_path / "MODULE.bazel").read_text()
    assert [line for line in text.splitlines() if "from_file" in line] == lines
    assert (tmp_path / "BUILD.bazel").exists() == ("//:go." in text)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("github.com/moby/moby/v2", "moby"),
        ("gopkg.in/yaml.v3", "yaml"),
        ("example.com/My-App", "my-app"),
        ("example.com/v2", "example.com"),
        ("v2", "go_v2"),
        ("example.com/2048", "go_2048"),
        ("example.com/x_v2", "x_v2"),
        ("example.com/café", "caf"),
        ("example.com", "example.com"),
    ],
)
def test_module_names(path: str, name: str) -> None:
    assert bazel_module_name(path) == name
