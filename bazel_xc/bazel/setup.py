"""The first files of a workspace, and the lines that Bazel's own files want.

Comes in: what stands in bazel_xc.toml, MODULE.bazel and .bazelrc, and what the workspace declares. Goes out:
new texts for them, and advice for what a tool should not write. Nothing that is there is changed: lines are
only added behind it. The versions are ones these rules were tried with; Bazel takes a newer one where asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from bazel_xc.bazel.cc_toolchains import CcToolchain, module_lines, toolchain_advice
from bazel_xc.bazel.platforms import BAZELRC_NAME
from bazel_xc.buildfile.repositories import Repositories
from bazel_xc.config import FILE_NAME, Config
from bazel_xc.model import Platform

GAZELLE = ("gazelle", "0.51.3")
_BAZEL_DEPS = (("rules_go", "0.62.0"), GAZELLE, ("platforms", "1.0.0"))
_NEEDED = ("rules_go", "platforms")
_GO_EXTENSIONS = """
go_sdk = use_extension("@rules_go//go:extensions.bzl", "go_sdk")
go_sdk.from_file(go_mod = "//:go.mod")

go_deps = use_extension("@gazelle//:extensions.bzl", "go_deps")
go_deps.from_file(go_mod = "//:go.mod")
"""
_WORKSPACE_ADVICE = (
    "WORKSPACE: declare io_bazel_rules_go with http_archive, as its release notes say, then call",
    "    go_rules_dependencies() and go_register_toolchains(version = ...)",
)
_CONFIG_HEAD = """\
# What bazel-xc should know of this workspace. Every line is optional; these are the defaults.

[go]
# tags = ["netgo"]              # build tags that hold everywhere

"""
_CONFIG_TAIL = """\
[build]
# mode = "full"                 # or "cgo": beside Gazelle, only cgo and platform attributes
# naming = "import"             # or "import_alias", "go_default_library"; default: as found
# platforms_package = "platforms"
# external = "module"           # or "vendored"; default: vendored where vendor/modules.txt is used

[policy]
# unresolved = "warn"           # or "error", "ignore": C needs that nothing provides
# system = ["pcap"]             # C libraries that the toolchain's sysroot has

# [[resolve]]                   # what provides a C library; always wins
# pkg_config = "libnbd"         # or header = "...", lib = "...", import = "..."
# label = "//third_party:libnbd"
"""


def first_files(
    look: Callable[[str], bytes | None],
    config: Config,
    repositories: Repositories,
    root_name: str,
    toolchain: CcToolchain | None = None,
) -> dict[str, bytes]:
    """The files of the workspace's root as they should be; ``look`` gives what stands there.

    With a ``toolchain``, MODULE.bazel brings that in, too.
    """
    old = {path: look(path) for path in (FILE_NAME, "MODULE.bazel", ".bazelrc")}
    before = {path: _decoded(data) for path, data in old.items() if data is not None}
    name = bazel_module_name(_module_path(look("go.mod") or b"") or root_name)
    after = {
        FILE_NAME: before.get(FILE_NAME) or config_text(config.platforms),
        "MODULE.bazel": _with_toolchain(
            module_text(before.get("MODULE.bazel"), repositories, name), toolchain, repositories, config
        ),
        ".bazelrc": bazelrc_text(before.get(".bazelrc"), config.platforms_package),
    }
    if repositories.bzlmod and look("BUILD.bazel") is None and look("BUILD") is None:
        after["BUILD.bazel"] = ""  # //:go.mod, which MODULE.bazel names, is a label of the root's package
    return {path: text.encode("utf-8", "surrogateescape") for path, text in after.items() if text is not None}


def config_text(platforms: Iterable[Platform]) -> str:
    """A commented bazel_xc.toml that says what holds without it."""
    tables = [
        f"[platforms.{platform.name}]\ncgo = {'true' if platform.cgo else 'false'}\n"
        for platform in platforms
    ]
    return _CONFIG_HEAD + "\n".join(tables) + "\n" + _CONFIG_TAIL


def module_text(old: str | None, repositories: Repositories, name: str) -> str | None:
    """MODULE.bazel with what is missing added; None for a WORKSPACE, which has no such file."""
    if not repositories.bzlmod:
        return None
    if old is None:
        lines = [f'module(name = "{name}")\n']
        lines += [f'bazel_dep(name = "{dep}", version = "{version}")' for dep, version in _BAZEL_DEPS]
        return "\n".join(lines) + "\n" + _GO_EXTENSIONS
    missing = [
        f'bazel_dep(name = "{dep}", version = "{version}")'
        for dep, version in _BAZEL_DEPS
        if dep in _NEEDED and not repositories.bazel_dep(dep)
    ]
    return _with_lines(old, missing)


def bazelrc_text(old: str | None, package: str) -> str:
    """.bazelrc with a line that brings in the platforms' configurations."""
    line = f"try-import %workspace%/{package}/{BAZELRC_NAME}"
    return _with_lines(old or "", [] if line in (old or "").splitlines() else [line])


def advice(
    repositories: Repositories, config: Config, toolchain: CcToolchain | None = None
) -> tuple[str, ...]:
    """What the user has to do by hand."""
    lines = () if repositories.bzlmod or repositories.declared else _WORKSPACE_ADVICE
    more = toolchain_advice(toolchain, repositories, config.platforms) if toolchain else ()
    return (*lines, *more)


def bazel_module_name(module_path: str) -> str:
    """A name for MODULE.bazel out of a Go module's path."""
    last = module_path.rstrip("/").rpartition("/")[2].lower()
    name = "".join(char if char.isalnum() or char in "._-" else "_" for char in last).strip("._-")
    return name if name[:1].isalpha() else f"go_{name}"


def _decoded(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def _module_path(go_mod: bytes) -> str:
    words = (line.split() for line in _decoded(go_mod).splitlines())
    return next((each[1].strip('"') for each in words if len(each) > 1 and each[0] == "module"), "")


def _with_toolchain(
    text: str | None, toolchain: CcToolchain | None, repositories: Repositories, config: Config
) -> str | None:
    if text is None or toolchain is None:
        return text
    return _with_lines(text, list(module_lines(toolchain, text, repositories, config.platforms)))


def _with_lines(old: str, lines: list[str]) -> str:
    if not lines:
        return old
    separator = "" if not old or old.endswith("\n") else "\n"
    newline = "\r\n" if "\r\n" in old else "\n"
    return old + separator + "".join(line + newline for line in lines)
