"""The first files of a workspace, and the lines that Bazel's own files need.

Comes in: the contents of bazel_xc.toml, MODULE.bazel and .bazelrc, and the declarations of the workspace.
Goes out: new texts for them, and advice for the rest. Existing text is not changed: lines are only added
behind it. The versions are those that these rules were tried with; Bazel takes a newer one if some module
asks for it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from fnmatch import fnmatch

from attrs import field, frozen

from bazel_xc import HOME
from bazel_xc.bazel.cc_toolchains import CcToolchain, module_lines, toolchain_advice
from bazel_xc.bazel.platforms import BAZELRC_NAME, go_platform
from bazel_xc.buildfile.bazelrc import Bazelrc, RcLine
from bazel_xc.buildfile.repositories import Repositories
from bazel_xc.config import FILE_NAME, Config
from bazel_xc.golang.go_mod import module_path
from bazel_xc.model import Diagnostic, Platform

GAZELLE = ("gazelle", "0.51.3")
BAZEL = "7.7.1"
_LINKS = "/bazel-*"
_MAJOR = re.compile(r"(?<=.)[/.]v[0-9]+$|^/v[0-9]+$")  # as in github.com/x/y/v2 and gopkg.in/y.v2
_BAZEL_DEPS = (("rules_go", "0.62.0"), GAZELLE, ("platforms", "1.0.0"))
_NEEDED = ("rules_go", "platforms")
_GO_SDK = """
go_sdk = use_extension("@rules_go//go:extensions.bzl", "go_sdk")
go_sdk.from_file(go_mod = "{go_mod}")
"""
_GO_DEPS = """
go_deps = use_extension("@gazelle//:extensions.bzl", "go_deps")
go_deps.from_file({attribute} = "{label}")
"""
_WORKSPACE_ADVICE = (
    "WORKSPACE: declare io_bazel_rules_go with http_archive, as its release notes show, then call",
    "    go_rules_dependencies() and go_register_toolchains(version = ...)",
)
_NO_COMPILER = "cgo = false                     # true if there is a C compiler for it; init found none"
_DEFAULTS = "Every line is optional; cgo is on where init found a C compiler."
_AS_FOUND = "Every line is optional; the platforms are those of .bazelrc and of the platforms package."
_SCHEMA = f"{HOME}/raw/main/bazel_xc/data/config.schema.json"
_CONFIG_HEAD = """\
#:schema {schema}
# What bazel-xc should know of this workspace. {origin}

[go]
# tags = ["netgo"]              # build tags for every listing

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


@frozen(kw_only=True)
class InitialState:
    """The workspace before the first files are written.

    ``look`` gives a file of the workspace; ``rc`` is .bazelrc with its imports, without our fragment;
    ``found`` are the platforms that it and the platforms package name; ``go_mods`` are the directories of
    go.mod files; ``root_name`` is the name of the workspace's directory. ``bazel`` is
    the version of an installed Bazel, empty without one; ``packages_of_others`` are folders of the root with
    installed packages of npm or Python.
    """

    look: Callable[[str], bytes | None] = field(eq=False)
    repositories: Repositories
    rc: Bazelrc
    found: tuple[Platform, ...] = ()
    go_mods: tuple[str, ...]
    root_name: str
    bazel: str = ""
    is_in_git: bool = False
    packages_of_others: tuple[str, ...] = ()


def found_platforms(rc: Bazelrc, rules: Iterable[Platform], known: Collection[str]) -> tuple[Platform, ...]:
    """The platforms of ``--platforms`` in .bazelrc and of existing rules, with cgo if any has it."""
    labels = (label for line in rc.lines for label in line.values("platforms"))
    named = (found for label in labels if (found := go_platform(label, known)))
    by_name: dict[str, Platform] = {}
    for each in (*rules, *named):
        if each.cgo or each.name not in by_name:
            by_name[each.name] = each
    return tuple(sorted(by_name.values()))


def first_files(
    ground: InitialState,
    config: Config,
    toolchain: CcToolchain | None = None,
    without_compiler: Collection[str] = (),
) -> dict[str, bytes]:
    """The files of the workspace's root. With a ``toolchain``, MODULE.bazel has its lines, too.

    ``without_compiler`` are platforms that have cgo off because no C compiler was found.
    """
    look, repositories = ground.look, ground.repositories
    old = {path: look(path) for path in (FILE_NAME, "MODULE.bazel", ".bazelrc")}
    before = {path: _decoded(data) for path, data in old.items() if data is not None}
    module = module_text(before.get("MODULE.bazel"), ground)
    after = {
        FILE_NAME: before.get(FILE_NAME)
        or config_text(config.platforms, without_compiler, as_found=bool(ground.found)),
        "MODULE.bazel": _with_toolchain(module, toolchain, repositories, config),
        ".bazelrc": bazelrc_text(before.get(".bazelrc"), config.platforms_package, ground.rc),
    }
    in_root = '"//:go.' in (module or "")  # that file is a label of the root's package
    if in_root and look("BUILD.bazel") is None and look("BUILD") is None:
        after["BUILD.bazel"] = ""
    after |= _beside(ground, fresh=module is not None and "MODULE.bazel" not in before)
    return {path: text.encode("utf-8", "surrogateescape") for path, text in after.items() if text is not None}


def _beside(ground: InitialState, *, fresh: bool) -> dict[str, str]:
    """Files of a workspace that is new to Bazel: the version of Bazel, and what Bazel and git should ignore.

    The version is the installed one, or the newest that these rules were tried with.
    """
    found: dict[str, str] = {}
    if fresh and ground.look(".bazelversion") is None:
        found[".bazelversion"] = f"{ground.bazel or BAZEL}\n"
    others = _decoded(ground.look(".bazelignore") or b"")
    missing = [each for each in ground.packages_of_others if each not in others.splitlines()]
    if fresh and missing:
        found[".bazelignore"] = _with_lines(others, missing)
    ignored = ground.look(".gitignore")
    text = _decoded(ignored or b"")
    if (ground.is_in_git or ignored is not None) and not any(map(_is_about_links, text.splitlines())):
        found[".gitignore"] = _with_lines(text, [_LINKS])
    return found


def _is_about_links(line: str) -> bool:
    """Whether a line of .gitignore matches the links that Bazel makes in the root."""
    pattern = line.strip().removeprefix("**").strip("/")
    return not line.startswith(("#", "!")) and fnmatch("bazel-bin", pattern)


def config_text(
    platforms: Iterable[Platform], without_compiler: Collection[str] = (), *, as_found: bool = False
) -> str:
    """A bazel_xc.toml whose comments show the defaults, with the platforms to begin with."""
    tables = [
        f"[platforms.{each.name}]\n"
        + ("cgo = true" if each.cgo else _NO_COMPILER if each.name in without_compiler else "cgo = false")
        + "\n"
        for each in platforms
    ]
    head = _CONFIG_HEAD.format(schema=_SCHEMA, origin=_AS_FOUND if as_found else _DEFAULTS)
    return head + "\n".join(tables) + "\n" + _CONFIG_TAIL


def module_text(old: str | None, ground: InitialState) -> str | None:
    """MODULE.bazel with the missing lines added; None for a WORKSPACE, which has no such file."""
    repositories = ground.repositories
    if not repositories.bzlmod:
        return None
    if old is None:
        name = bazel_module_name(module_path(_decoded(ground.look("go.mod") or b"")) or ground.root_name)
        lines = [f'module(name = "{name}")\n']
        lines += [f'bazel_dep(name = "{dep}", version = "{version}")' for dep, version in _BAZEL_DEPS]
        return "\n".join(lines) + "\n" + _extensions(ground)
    missing = [
        f'bazel_dep(name = "{dep}", version = "{version}")'
        for dep, version in _BAZEL_DEPS
        if dep in _NEEDED and not repositories.bazel_dep(dep)
    ]
    return _with_lines(old, missing)


def _extensions(ground: InitialState) -> str:
    """Go's SDK and its modules: by go.work and go.mod of the root, or by the first go.mod below it."""
    if not ground.go_mods:
        return ""
    go_mod = f"//{min(ground.go_mods)}:go.mod"
    attribute, label = ("go_mod", go_mod)
    if ground.look("go.work") is not None:
        attribute, label = ("go_work", "//:go.work")
    elif "" not in ground.go_mods and len(ground.go_mods) > 1:
        return _GO_SDK.format(go_mod=go_mod)  # the user has to choose one of them
    return _GO_SDK.format(go_mod=go_mod) + _GO_DEPS.format(attribute=attribute, label=label)


def bazelrc_text(old: str | None, package: str, rc: Bazelrc) -> str:
    """.bazelrc with a line that imports the configurations of the platforms."""
    path = f"{package}/{BAZELRC_NAME}"
    return _with_lines(old or "", [] if path in rc.imported else [f"try-import %workspace%/{path}"])


def advice(
    repositories: Repositories, config: Config, toolchain: CcToolchain | None = None
) -> tuple[str, ...]:
    """The steps that are left to the user."""
    lines = () if repositories.bzlmod or repositories.declared else _WORKSPACE_ADVICE
    more = toolchain_advice(toolchain, repositories, config.platforms) if toolchain else ()
    return (*lines, *more)


def tag_findings(rc: Bazelrc, tags: Iterable[str]) -> tuple[Diagnostic, ...]:
    """Build tags that .bazelrc sets for every build and that the configuration does not have."""
    known = set(tags)
    found: list[Diagnostic] = []
    for line in rc.lines:
        new = [tag for tag in _tags_of(line) if tag not in known] if not line.config else []
        known.update(new)
        if new:
            found.append(_unknown_tags(line, new))
    return tuple(found)


def _tags_of(line: RcLine) -> Iterator[str]:
    """The tags of a line, by rules_go's setting or the older ``--define gotags=…``."""
    for word in line.options:
        option, _, value = word.removeprefix("--define=").removeprefix("--").partition("=")
        if option == "gotags" or option.endswith("//go/config:tags"):
            yield from (tag for tag in value.split(",") if tag)


def _unknown_tags(line: RcLine, tags: Iterable[str]) -> Diagnostic:
    said = ", ".join(f'"{tag}"' for tag in tags)
    return Diagnostic(
        path=line.path,
        line=line.line,
        code="build-tags",
        message=f"Bazel builds with tags that bazel-xc does not know: {said}",
        remedy=f"add them to tags in [go] of {FILE_NAME}",
    )


def bazel_module_name(module_path: str) -> str:
    """A name for MODULE.bazel from a Go module's path, without the major version."""
    path = _MAJOR.sub("", module_path.rstrip("/").lower())
    name = re.sub(r"[^a-z0-9._-]", "_", path.rpartition("/")[2]).strip("._-")
    return name if name[:1].isalpha() and not _MAJOR.fullmatch(f"/{name}") else f"go_{name}"


def _decoded(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


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
