"""What Go packages get of C: dependencies in order, flags that stay, and on which platforms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bazel_xc.bazel.select import Conditions
from bazel_xc.bazel.wiring import Wiring, WiringInput, spread, wire
from bazel_xc.buildfile.workspace import read_workspace
from bazel_xc.cgo.flags import NO_FLAGS
from bazel_xc.cgo.survey import survey
from bazel_xc.clibs.index import build_c_index
from bazel_xc.clibs.registry import system_from
from bazel_xc.clibs.resolution import Providers
from bazel_xc.clibs.resolve import resolve
from bazel_xc.config import Resolve
from bazel_xc.golang.constraints import KNOWN_PLATFORMS
from bazel_xc.golang.package import FileKind, GoPackage, GoView, PackageFile
from bazel_xc.golang.source import scan_go
from bazel_xc.golang.sources import Sources
from bazel_xc.model import ByCgo, Platform

LINUX, ARM = Platform("linux", "amd64", cgo=True), Platform("linux", "arm64", cgo=True)
DARWIN, WINDOWS_OFF = Platform("darwin", "arm64", cgo=True), Platform("windows", "arm64")
SYSTEMS = system_from('[os.linux]\nlibs = ["m", "dl"]\n')
KINDS = {".go": FileKind.GO, ".h": FileKind.HEADER, ".c": FileKind.C}


def _package(root: Path, directory: str, platforms: Iterable[Platform]) -> GoPackage:
    """The files of a directory that are Go or C, all of them for every platform."""
    active = frozenset(platform.name for platform in platforms if platform.cgo)
    files = [path for path in sorted((root / directory).iterdir()) if path.suffix in KINDS]
    return GoPackage(
        directory=directory,
        import_path=f"example.com/{directory}",
        name=directory,
        files=tuple(
            PackageFile(
                name=path.name,
                kind=KINDS[path.suffix],
                source=scan_go(path.name, path.read_bytes() if path.suffix == ".go" else b"package p\n"),
                may=KNOWN_PLATFORMS,
                active=active,
                by_cgo=ByCgo.both(KNOWN_PLATFORMS),
            )
            for path in files
        ),
    )


def _wired(
    root: Path,
    files: Mapping[str, str],
    platforms: tuple[Platform, ...] = (LINUX, ARM),
    resolves: tuple[Resolve, ...] = (),
) -> Wiring:
    """Wires the package ``p``, with the rules that BUILD files have."""
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    workspace = read_workspace(root)
    packages = {"p": _package(root, "p", platforms)}
    found = survey(
        workspace, packages, {}, GoView(platforms=platforms, release=(1, 21)), Sources(workspace.tree)
    )
    index = build_c_index(workspace)
    providers = Providers(index=index, resolves=resolves, systems=SYSTEMS)
    outcomes = resolve(found.needs.get("example.com/p", ()), providers, "p", "example.com/p")
    ground = WiringInput(
        workspace=workspace,
        packages=packages,
        platforms=platforms,
        built=frozenset(
            path for path, each in workspace.directories.items() if each.build_file or path == "p"
        ),
        wired=frozenset({"p"}),
        taken={},
        index=index,
        root_name="root",
        conditions=Conditions("rules_go", KNOWN_PLATFORMS),
    )
    return wire(found, {"p": outcomes}, ground)


def _go(*lines: str) -> str:
    return "package p\n\n" + "".join(f"// {line}\n" for line in lines) + 'import "C"\n'


def _cdeps(wiring: Wiring, platform: str = "linux_amd64") -> list[str]:
    return [str(label) for label in wiring.cdeps["p"].on(platform)]


def _links(wiring: Wiring, platform: str = "linux_amd64") -> str:
    return " ".join(wiring.flags["p"].get("LDFLAGS", NO_FLAGS).on(platform))


PUBLIC = 'visibility = ["//visibility:public"]'


def test_dependencies_stand_in_link_order(tmp_path: Path) -> None:
    """Headers of the tree, what has them, its libraries, then everything else as the lines ask for it."""
    wiring = _wired(
        tmp_path,
        {
            "BUILD": "",
            "inc/own.h": "",
            "have/BUILD": f'cc_library(name = "have", hdrs = ["h.h"], {PUBLIC})',
            "have/h.h": "",
            "lib/BUILD": f'[cc_library(name = n, srcs = [n + ".c"], {PUBLIC}) for n in ("a", "z")]',
            "p/libin.a": "!<arch>\n",
            "p/p.go": _go(
                "#cgo CFLAGS: -I${SRCDIR}/../inc -I${SRCDIR}/../have",
                "#cgo LDFLAGS: -lz -lm ${SRCDIR}/libin.a -la -ldl",
                '#include "own.h"',
                '#include "h.h"',
            ),
        },
    )

    assert _cdeps(wiring) == [
        "//:p_cgo",
        "//have:p_cgo",
        "//have:have",
        "//p:libin_cgo",
        "//lib:z",
        "//lib:a",
    ]
    assert _links(wiring) == "-lm -ldl"
    assert wiring.diagnostics == ()


def test_what_nobody_provides_stays_a_flag(tmp_path: Path) -> None:
    wiring = _wired(tmp_path, {"p/p.go": _go("#cgo LDFLAGS: -lnobody -l m -Wl,-z,now -Lp/none")})

    assert (_cdeps(wiring), _links(wiring)) == ([], "-lnobody -l m -Wl,-z,now")


def test_a_label_for_one_platform_takes_the_flag_there_only(tmp_path: Path) -> None:
    resolves = (Resolve("lib", "x", ("@x//:arm",), ("linux_arm64",)),)

    wiring = _wired(tmp_path, {"p/p.go": _go("#cgo LDFLAGS: -lx")}, resolves=resolves)

    assert {name: _links(wiring, name) for name in ("linux_amd64", "linux_arm64")} == {
        "linux_amd64": "-lx",
        "linux_arm64": "",
    }
    assert wiring.cdeps["p"].platforms == {"linux_arm64"}


def test_flags_of_pkg_config_names_that_systems_have_follow(tmp_path: Path) -> None:
    files = {"p/p.go": _go("#cgo pkg-config: libdl", "#cgo LDFLAGS: -lfirst")}
    resolves = (Resolve("pkg_config", "libdl", ("//dl",)),)

    assert _cdeps(_wired(tmp_path, files, resolves=resolves)) == ["//dl:dl"]
    assert _links(_wired(tmp_path, files, resolves=resolves)) == "-lfirst"


def test_dependencies_are_those_with_cgo_where_it_is_off_too(tmp_path: Path) -> None:
    """The key for cgo in front of them is the planner's."""
    files = {"inc/a.h": "", "p/p.go": _go("#cgo CFLAGS: -I${SRCDIR}/../inc", '#include "a.h"')}

    wiring = _wired(tmp_path, files, (LINUX, WINDOWS_OFF))

    assert _cdeps(wiring) == ["//inc:p_cgo"]
    assert _cdeps(wiring, "windows_arm64") == ["//inc:p_cgo"]


@pytest.mark.parametrize(
    ("files", "cdeps", "rules"),
    [
        pytest.param(
            {"p/sub/a.h": "", "p/p.go": _go('#include "sub/a.h"')},
            ["//p:p_cgo"],
            {"p": ["p_cgo"]},
            id="own_directory_is_not_searched_without_a_header",
        ),
        pytest.param({"p/p.h": "", "p/p.go": _go('#include "p.h"')}, [], {}, id="own_header_needs_no_rule"),
        pytest.param(
            {
                "p/sub/BUILD": f'cc_library(name = "a", hdrs = ["a.h"], {PUBLIC})',
                "p/sub/a.h": "",
                "p/p.go": _go('#include "sub/a.h"'),
            },
            ["//p:p_cgo", "//p/sub:a"],
            {"p": ["p_cgo"]},
            id="search_directory_for_somebodys_header",
        ),
        pytest.param(
            {
                "inc/BUILD": f'cc_library(name = "a", hdrs = ["a.h"], includes = ["."], {PUBLIC})',
                "inc/a.h": "",
                "p/p.go": _go("#cgo CFLAGS: -I${SRCDIR}/../inc", '#include "a.h"'),
            },
            ["//inc:a"],
            {},
            id="somebodys_rule_hands_its_directory_on",
        ),
        pytest.param(
            {
                "inc/BUILD": 'cc_library(name = "a", hdrs = ["a.h"], includes = ["."])',
                "inc/a.h": "",
                "p/p.go": _go("#cgo CFLAGS: -I${SRCDIR}/../inc", '#include "a.h"'),
            },
            ["//inc:p_cgo"],
            {"inc": ["p_cgo"]},
            id="rule_that_is_not_visible",
        ),
    ],
)
def test_headers(
    tmp_path: Path, files: dict[str, str], cdeps: list[str], rules: dict[str, list[str]]
) -> None:
    wiring = _wired(tmp_path, files)

    found = {path: [rule.slot.name for rule in wanted] for path, wanted in wiring.rules.rules.items()}
    assert (_cdeps(wiring), found) == (cdeps, rules)


def test_a_platform_without_its_library_is_absent(tmp_path: Path) -> None:
    lines = [f"#cgo linux,{arch} LDFLAGS: -L${{SRCDIR}}/{arch} -lone" for arch in ("amd64", "arm64")]

    wiring = _wired(tmp_path, {"p/amd64/libone.a": "!<arch>\n", "p/p.go": _go(*lines)})

    assert _cdeps(wiring) == ["//p:amd64_libone_cgo"]
    assert wiring.absent == {"p": frozenset({"linux_arm64", "android_arm64"})}


@pytest.mark.parametrize(
    ("held", "platforms", "on", "off"),
    [
        pytest.param(
            {"linux_amd64", "linux_arm64"},
            (LINUX, ARM),
            {"linux_386", "darwin_arm64", "windows_amd64"},
            {"none"},
            id="everywhere",
        ),
        pytest.param(
            {"linux_amd64"}, (LINUX, ARM), {"linux_amd64"}, {"linux_386", "darwin_arm64"}, id="disagreement"
        ),
        pytest.param(
            {"linux_amd64", "linux_arm64"},
            (LINUX, ARM, DARWIN),
            {"linux_riscv64"},
            {"darwin_arm64", "darwin_amd64", "freebsd_amd64"},
            id="one_system",
        ),
        pytest.param(
            {"linux_amd64"},
            (LINUX, WINDOWS_OFF),
            {"linux_386", "freebsd_amd64", "windows_arm64", "windows_amd64"},
            set(),
            id="cgo_off",
        ),
    ],
)
def test_spread(held: set[str], platforms: tuple[Platform, ...], on: set[str], off: set[str]) -> None:
    found = spread(frozenset(held), platforms)

    assert found >= on
    assert not found & off


@given(st.sets(st.sampled_from(["linux_amd64", "linux_arm64", "darwin_arm64", "windows_arm64"])))
def test_spread_leaves_platforms_with_cgo_as_they_are(held: set[str]) -> None:
    platforms = (LINUX, ARM, DARWIN, WINDOWS_OFF)

    found = spread(frozenset(held), platforms)

    assert found & {platform.name for platform in platforms if platform.cgo} == held - {"windows_arm64"}
    assert found <= KNOWN_PLATFORMS
