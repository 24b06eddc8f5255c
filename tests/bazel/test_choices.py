"""What is built on which platform: Bazel's own answer, for each configured platform, from what was generated.

With Bazel 4 beside the double of rules_go always; with Bazel 7 and rules_go itself where ``BAZEL_XC_BAZEL7``
and ``BAZEL_XC_MODULES`` name them. Only analysed, so C compilers that say where their headers are will do.
"""

from __future__ import annotations

import json
import shutil
import struct
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TypeAlias

import pytest
from bazel_workspace import (
    REPOSITORY,
    Session,
    Workspace,
    bazel,
    build_files,
    close,
    generate,
    incompatible,
    make_workspace,
    open_modules_session,
    open_session,
)

EXAMPLE = REPOSITORY / "testdata" / "cgo_example"

CONFIG = """\
[platforms.linux_amd64]
cgo = true

[platforms.linux_arm64]
cgo = true

[platforms.windows_amd64]
cgo = false

[platforms.windows_arm64]
cgo = true
"""

PLATFORMS = ("linux_amd64", "linux_arm64", "windows_amd64", "windows_arm64")

TOOLCHAIN = """
{rule}(
    name = "fake_{platform}",
    platform = "{platform}",
    prefix = "{prefix}",
)
"""

IN_WORKSPACE = """
load("@bazel_xc//rules/cc:repositories.bzl", "prefixed_cc_toolchain")
"""

IN_MODULE = """
cc = use_extension("@bazel_xc//rules/cc:extensions.bzl", "cc_toolchains")
"""

COMPILER = """\
#!/bin/sh
echo '#include <...> search starts here:' >&2
echo ' /usr/include' >&2
echo 'End of search list.' >&2
"""

# The machines of the archives, as ELF headers number them. There is none for Windows.
ARCHIVES = {"linux_amd64": 62, "linux_arm64": 183}

LINUX = ("linux_amd64", "linux_arm64")
WINDOWS = ("windows_amd64", "windows_arm64")

# By target and attribute: the values that differ, by platform.
Choices: TypeAlias = Mapping[tuple[str, str], Mapping[tuple[str, ...], tuple[str, ...]]]

CHOICES: Choices = {
    ("//bundled:bundled", "cdeps"): {
        ("linux_amd64",): ("//bundled:bundled_cgo", "//bundled:lib_linux_amd64_libsum_cgo"),
        ("linux_arm64",): ("//bundled:bundled_cgo", "//bundled:lib_linux_arm64_libsum_cgo"),
        ("windows_amd64",): (),
        ("windows_arm64",): ("//bundled:bundled_cgo",),
    },
    ("//bundled:bundled_test", "pure"): {PLATFORMS: ("auto",)},  # incompatible instead
    ("//cmd/parts:parts", "pure"): {PLATFORMS: ("auto",)},  # incompatible instead
    ("//cmd/plain:plain", "pure"): {PLATFORMS: ("auto",)},
    ("//libc:libc", "clinkopts"): {LINUX: ("-lm",), WINDOWS: ()},
    ("//processes:processes", "srcs"): {
        LINUX: ("//processes:processes_linux.go", "//processes:self.c"),
        WINDOWS: ("//processes:processes_linux.go",),
    },
    ("//shapes:shapes", "cdeps"): {
        (*LINUX, "windows_arm64"): ("//third_party/shapes:shapes",),
        ("windows_amd64",): (),
    },
}

# rules_go before 0.44 would name tests of other platforms in the test's main program.
CHOICES_OF_OLD: Choices = {
    ("//kernel:kernel_test", "srcs"): {
        LINUX: ("//kernel:kernel_linux_test.go",),
        WINDOWS: ("//kernel:kernel_windows_test.go",),
    },
}

CROSSED = """\
load("@bazel_xc//rules:defs.bzl", "xc_binary", "xc_release", "xc_verify_test")
load("@io_bazel_rules_go//go:def.bzl", "go_cross_binary")

go_cross_binary(
    name = "linux",
    platform = "//platforms:linux_arm64",
    target = "//cmd/parts",
)

go_cross_binary(
    name = "windows",
    platform = "//platforms:windows_arm64",
    target = "//cmd/parts",
)

xc_binary(
    name = "wrapped",
    binary = ":windows",
    output = "parts",
    platforms = ["//platforms:windows_arm64"],
)

xc_release(
    name = "release",
    srcs = [
        ":linux",
        ":wrapped",
    ],
)

xc_verify_test(
    name = "linux_test",
    binary = ":linux",
    platform = "//platforms:linux_arm64",
)
"""

# Of cmd/parts only what it imports on Linux alone.
DEPENDENCIES = {LINUX: {"//bundled:bundled", "//processes:processes"}, WINDOWS: set[str]()}

WITHOUT_LIBRARY = ("//bundled:bundled", "//bundled:bundled_test")
FOR_AMD64 = ("//wrong:wrong", "//wrong:wrong_test")
LINUX_ALONE = ("//processes:processes", "//processes:processes_test")
C_ALONE = (
    *("//:parts", "//:parts_test", "//counted:counted_test"),
    *(
        f"//{name}:{target}"
        for name in ("callback", "clamp", "libc", "mirror", "product", "shapes")
        for target in (name, f"{name}_test")
    ),
)

SKIPPED = {
    "linux_amd64": (),
    "linux_arm64": FOR_AMD64,
    "windows_amd64": tuple(
        sorted(
            (
                *WITHOUT_LIBRARY,
                *LINUX_ALONE,
                *FOR_AMD64,
                *C_ALONE,
                "//cmd/parts:parts",
                "//cmd/parts:parts_lib",
            )
        )
    ),
    "windows_arm64": (*WITHOUT_LIBRARY, *LINUX_ALONE, *FOR_AMD64),
}


@pytest.fixture(scope="module", params=["workspace", "modules", "modules_renamed"])
def workspace(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Workspace]:
    folder = tmp_path_factory.mktemp("choices")
    made = make(open_session(folder) if request.param == "workspace" else open_modules_session(folder))
    if request.param == "modules_renamed":
        _rename(made)
    yield made
    close(made.session, [made])


@pytest.mark.parametrize("platform", PLATFORMS)
def test_bazel_chooses_what_the_platform_wants(workspace: Workspace, platform: str) -> None:
    """Bazel resolves every ``select()``: sources, C libraries and flags are those of the platform."""
    chosen = _attributes(workspace, platform)
    choices = CHOICES if workspace.session.modules else {**CHOICES, **CHOICES_OF_OLD}

    assert {key: chosen.get(key, ()) for key in choices} == {
        key: next(value for names, value in by_platform.items() if platform in names)
        for key, by_platform in choices.items()
    }
    (wanted,) = [labels for names, labels in DEPENDENCIES.items() if platform in names]
    assert set(chosen["//cmd/parts:parts_lib", "deps"]) & {*WITHOUT_LIBRARY, *LINUX_ALONE} == wanted


@pytest.mark.parametrize("platform", PLATFORMS)
def test_bazel_skips_exactly_what_cannot_be_built(workspace: Workspace, platform: str) -> None:
    assert incompatible(workspace, f"--config={platform}") == SKIPPED[platform]


def test_the_rules_take_programs_of_rules_go(workspace: Workspace) -> None:
    """``go_cross_binary`` stands where any program does, and is released under a full name."""
    if not workspace.session.modules:
        pytest.skip("rules_go 0.34 has no go_cross_binary")
    folder = workspace.root / "crossed"
    folder.mkdir()
    old_name = "io_bazel_rules_go" in (workspace.root / "MODULE.bazel").read_text()
    text = CROSSED if old_name else CROSSED.replace("io_bazel_rules_go", "rules_go")
    (folder / "BUILD.bazel").write_text(text)
    bazel(workspace, "build", "--nobuild", "//crossed:all")
    files = bazel(workspace, "cquery", "//crossed:release", "--output=files").stdout.split()
    shutil.rmtree(folder)

    assert [path.partition("/bin/")[2] for path in files] == [
        "crossed/release/linux",
        "crossed/release/parts-windows_arm64.exe",
        "crossed/release/SHA256SUMS",
    ]


def make(session: Session) -> Workspace:
    """A copy of the example with its archives and C toolchains, none of which is more than it seems."""
    example = session.folder / "example"
    shutil.copytree(EXAMPLE, example)
    for platform, number in ARCHIVES.items():
        folder = example / "bundled" / "lib" / platform
        folder.mkdir()
        (folder / "libsum.a").write_bytes(_archive(number))
    (example / "wrong" / "lib" / "libminus.a").write_bytes(_archive(ARCHIVES["linux_amd64"]))
    return make_workspace(session, "choices", example=example, extra=_toolchains(session), config=CONFIG)


def _rename(workspace: Workspace) -> None:
    """Calls rules_go by its own name, as a new workspace would.

    Loads are the user's to change, the keys of selects follow by themselves.
    """
    module = workspace.root / "MODULE.bazel"
    text = module.read_text().replace(', repo_name = "io_bazel_rules_go"', "")
    module.write_text(text.replace("@io_bazel_rules_go//", "@rules_go//"))
    for path in build_files(workspace.root):
        path.write_text(path.read_text().replace('load("@io_bazel_rules_go//', 'load("@rules_go//'))
    generate(workspace.root)
    assert not any("io_bazel_rules_go" in path.read_text() for path in build_files(workspace.root))


def _attributes(workspace: Workspace, platform: str) -> dict[tuple[str, str], tuple[str, ...]]:
    """The values that Bazel has for a platform, by target and attribute."""
    said = bazel(workspace, "cquery", "//...", "--output=jsonproto", f"--config={platform}").stdout
    rules = [each["target"]["rule"] for each in json.loads(said)["results"] if "rule" in each["target"]]
    return {
        (rule["name"], each["name"]): tuple(each.get("stringListValue") or [each.get("stringValue", "")])
        for rule in rules
        for each in rule["attribute"]
        if each.get("stringListValue") or each.get("stringValue")
    }


def _archive(machine: int) -> bytes:
    """An archive of one ELF object that is a header and no more."""
    header = b"\x7fELF\2\1\1" + bytes(9) + struct.pack("<HH", 1, machine) + bytes(44)
    member = b"%-16s%-12d%-6d%-6d%-8s%-10d`\n" % (b"sum.o/", 0, 0, 0, b"644", len(header))
    return b"!<arch>\n" + member + header


def _toolchains(session: Session) -> str:
    prefix = session.folder / "compilers" / "fake-"
    prefix.parent.mkdir()
    compiler = Path(f"{prefix}gcc")
    compiler.write_text(COMPILER)
    compiler.chmod(0o755)
    rule = "cc.prefixed" if session.modules else "prefixed_cc_toolchain"
    calls = [TOOLCHAIN.format(rule=rule, platform=each, prefix=prefix) for each in PLATFORMS]
    names = ", ".join(f'"fake_{each}"' for each in PLATFORMS)
    used = f"\nuse_repo(cc, {names})\n" if session.modules else ""
    registered = [f'register_toolchains("@fake_{each}//:toolchain")\n' for each in PLATFORMS]
    return (IN_MODULE if session.modules else IN_WORKSPACE) + "".join(calls) + used + "".join(registered)
