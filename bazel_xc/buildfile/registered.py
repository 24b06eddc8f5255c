"""The C toolchains that the workspace registers, as far as they can be known without Bazel.

Comes in: MODULE.bazel with its inclusions, WORKSPACE with its macros, .bazelrc, and BUILD files that declare
toolchains, through a ``read`` function. Goes out: one ``CToolchains``: every registered label with the
platforms it is for and the compiler behind it. The rules of our own ``rules/cc`` and ``toolchain()`` rules of
the workspace are read; of another repository's label only the words are known, from
``toolchain_labels.toml``. Nothing is evaluated or started.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache

from attrs import evolve, field, frozen

from bazel_xc.buildfile.bazelrc import Bazelrc, RcLine, read_bazelrc
from bazel_xc.buildfile.declarations import Declaration, calls_in, workspace_calls
from bazel_xc.buildfile.module_file import read_module_files
from bazel_xc.buildfile.workspace import BUILD_FILE_NAMES
from bazel_xc.model import WORKSPACE_NAMES, Label, Platform, parsed_label
from bazel_xc.tables import table

Read = Callable[[str], bytes | None]
_C_TYPE = "tools/cpp:toolchain_type"
_OUR_EXTENSION = ("rules/cc:extensions.bzl", "cc_toolchains")
_OUR_RULES = {"prefixed_cc_toolchain": "prefixed", "zig_cc_toolchain": "zig"}
_ENVIRONMENT = ("repo_env", "action_env")
_DETECTED = "local_config_cc"
_UNDETECTED = "BAZEL_DO_NOT_DETECT_CPP_TOOLCHAIN"
_OS_OR_CPU = re.compile(r"//(?:os|cpu):")


@frozen(kw_only=True)
class RegisteredToolchain:
    """A label of ``register_toolchains`` or ``--extra_toolchains``, and its place.

    ``systems`` and ``processors`` are those of Go that it may be for; an empty set means that nothing is
    known. ``constraints`` are further values that a platform must have. ``commands`` are the possible
    compilers, the first one on the machine is used; with none, only Bazel knows the compiler. ``complete``
    means that the commands have every flag that they need.
    """

    label: str
    path: str
    line: int
    config: str = ""
    systems: frozenset[str] = frozenset()
    processors: frozenset[str] = frozenset()
    constraints: tuple[Label, ...] = ()
    commands: tuple[tuple[str, ...], ...] = ()
    complete: bool = False

    @property
    def place(self) -> str:
        """The place for people."""
        return f"{self.path}:{self.line}"

    def fits(self, platform: Platform) -> bool | None:
        """Whether it is for a platform; None if nothing is known about it."""
        if not self.systems and not self.processors:
            return None
        has = {parsed_label(each) for each in platform.constraints}
        return (
            (not self.systems or platform.goos in self.systems)
            and (not self.processors or platform.goarch in self.processors)
            and all(each in has for each in self.constraints)
        )


@frozen
class CToolchains:
    """Every registered C toolchain, in the order of registration, and the options of .bazelrc."""

    registered: tuple[RegisteredToolchain, ...] = ()
    rc: Bazelrc = field(factory=Bazelrc)

    def for_platform(self, platform: Platform) -> tuple[RegisteredToolchain, ...]:
        """The toolchains for a platform, and after them the ones that may be for it."""
        configs = _configs(self.rc, platform)
        there = [each for each in self.registered if not each.config or each.config in configs]
        known = [each for each in there if each.fits(platform)]
        return (*known, *(each for each in there if each.fits(platform) is None))

    def compiler(self, platform: Platform) -> str:
        """The CC of .bazelrc, with which Bazel detects this machine's own toolchain."""
        return self._variable("CC", platform)

    def is_detecting(self, platform: Platform) -> bool:
        """Whether Bazel looks for this machine's own toolchain."""
        return self._variable(_UNDETECTED, platform) != "1"

    def _variable(self, name: str, platform: Platform) -> str:
        lines = _lines(self.rc, _configs(self.rc, platform))
        settings = (text for line in lines for option in _ENVIRONMENT for text in line.values(option))
        found = [value for text in settings for key, _, value in [text.partition("=")] if key == name]
        return found[-1] if found else ""


def read_toolchains(read: Read) -> CToolchains:
    """Reads the workspace; files that cannot be read are left out."""
    modules = read_module_files(read, lambda _path, _error: None)
    own = {
        use.variable
        for each in modules
        for use in each.extensions
        if use.file.endswith(_OUR_EXTENSION[0]) and use.extension == _OUR_EXTENSION[1]
    }
    calls = [call for each in modules for call in calls_in(each.path, each.file.data, [])]
    for name in WORKSPACE_NAMES:
        calls += workspace_calls(name, read, [])
    made = {call.keywords["name"]: each for call in calls if (each := _own_repository(call, own))}
    rc = read_bazelrc(read)
    found = (
        evolve(each, label=label, path=path, line=line, config=config)
        for label, path, line, config in (*_of_options(rc), *_of_calls(calls))
        for each in _toolchains(label, made, read)
    )
    return CToolchains(tuple(found), rc)


def _of_calls(calls: Iterable[Declaration]) -> Iterator[tuple[str, str, int, str]]:
    for call in calls:
        if call.kind.rpartition(".")[2] == "register_toolchains":
            for label in call.args:
                yield label, call.path, call.line, ""


def _of_options(rc: Bazelrc) -> Iterator[tuple[str, str, int, str]]:
    for line in rc.lines:
        if line.counts_for_builds:
            for label in line.values("extra_toolchains"):
                yield label, line.path, line.line, line.config


def _configs(rc: Bazelrc, platform: Platform) -> frozenset[str]:
    """The ``--config`` names that select a platform, with the names that their lines add."""
    names = (f":{platform.name}", f":{platform.name}_cgo")
    found = {
        line.config for line in rc.lines if any(each.endswith(names) for each in line.values("platforms"))
    }
    pending = [*found, platform.name]
    while pending:
        name = pending.pop()
        found.add(name)
        more = (each for line in rc.defining(name) for each in line.values("config"))
        pending += [each for each in more if each not in found]
    return frozenset(found - {""})


def _lines(rc: Bazelrc, configs: frozenset[str]) -> Iterator[RcLine]:
    for line in rc.lines:
        if line.counts_for_builds and (not line.config or line.config in configs):
            yield line


def _nothing() -> RegisteredToolchain:
    """A toolchain of which only the place will be known."""
    return RegisteredToolchain(label="", path="", line=0)


def _own_repository(call: Declaration, variables: Iterable[str]) -> RegisteredToolchain | None:
    """A repository of ``rules/cc``, by its rule in a WORKSPACE or its tag in MODULE.bazel."""
    variable, _, tag = call.kind.rpartition(".")
    kind = tag if variable in variables else _OUR_RULES.get(call.kind, "")
    goos, _, goarch = call.keywords.get("platform", "").partition("_")
    if kind not in _OUR_RULES.values() or not goarch or not call.keywords.get("name"):
        return None
    labels = (parsed_label(each) for each in call.lists.get("constraints", ()))
    return evolve(
        _nothing(),
        systems=frozenset({goos}),
        processors=frozenset({goarch}),
        constraints=tuple(each for each in labels if each),
        commands=_zig(call, goos, goarch) if kind == "zig" else _prefixed(call.keywords.get("prefix", "")),
        complete=True,
    )


def _prefixed(prefix: str) -> tuple[tuple[str, ...], ...]:
    return (f"{prefix}gcc",), (f"{prefix}clang",)


def _zig(call: Declaration, goos: str, goarch: str) -> tuple[tuple[str, ...], ...]:
    cpu = {"amd64": "x86_64", "arm64": "aarch64"}.get(goarch, goarch)
    libc = "gnu" if goos == "windows" else call.keywords.get("libc", "gnu.2.28")
    options = ("cc", "-target", f"{cpu}-{goos}-{libc}", "-fno-sanitize=undefined")
    named = call.keywords.get("zig", "")
    return ((named, *options),) if named else (("$BAZEL_XC_ZIG", *options), ("zig", *options))


def _toolchains(
    text: str, made: Mapping[str, RegisteredToolchain], read: Read
) -> Iterator[RegisteredToolchain]:
    """The toolchains of one label or pattern; none for one of another language."""
    external = text.lstrip("@").partition("//")[0]
    if text.startswith("@") and external:
        if external in made:
            yield made[external]
        elif not external.startswith(_DETECTED):
            yield from _by_words(text)
        return
    package, _, name = text.lstrip("@").removeprefix("//").partition(":")
    whole = name in ("all", "*", "all-targets") or package.endswith("...")
    package = package.removesuffix("...").rstrip("/")
    name = name or package.rpartition("/")[2]
    calls = _package(package, read)
    of_c = [each for each in calls if each.kind == "toolchain" and _is_c(each)]
    others = {each.keywords.get("name") for each in calls if each.kind == "toolchain" and not _is_c(each)}
    found = [each for each in of_c if whole or each.keywords.get("name") == name]
    for each in found:
        yield _of_rule(each, calls, package, read)
    if not found and name not in others and not (whole and others):
        yield from _by_words(text)


def _package(package: str, read: Read) -> list[Declaration]:
    """The calls of a package's BUILD file."""
    for name in BUILD_FILE_NAMES:
        path = f"{package}/{name}" if package else name
        data = read(path)
        if data is not None:
            return list(calls_in(path, data, []))
    return []


def _is_c(rule: Declaration) -> bool:
    return rule.keywords.get("toolchain_type", "").endswith(_C_TYPE)


def _of_rule(
    rule: Declaration, calls: Iterable[Declaration], package: str, read: Read
) -> RegisteredToolchain:
    """A ``toolchain()`` rule of the workspace."""
    values = rule.lists.get("target_compatible_with", ())
    words = [word for each in values if _OS_OR_CPU.search(each) for word in _words(each.rpartition(":")[2])]
    labels = (parsed_label(each, package) for each in values if not _OS_OR_CPU.search(each))
    compiler = _compiler(rule, list(calls), package, read)
    return evolve(
        _nothing(),
        systems=_named(words, "systems"),
        processors=_named(words, "processors"),
        constraints=tuple(each for each in labels if each and "//go/" not in str(each)),
        commands=((compiler,),) if compiler else (),
    )


def _compiler(rule: Declaration, calls: list[Declaration], package: str, read: Read) -> str:
    """The absolute path of the compiler of a ``toolchain()``; empty if its configuration does not show it."""
    named = {each.keywords["name"]: each for each in calls if "name" in each.keywords}

    def follow(of: Declaration | None, attribute: str) -> Declaration | None:
        label = parsed_label(of.keywords.get(attribute, ""), package) if of else None
        return named.get(label.name) if label and label.package == package else None

    config = follow(follow(rule, "toolchain"), "toolchain_config")
    if not config:
        return ""
    paths = {config.dicts.get("tool_paths", {}).get("gcc", "")}
    for load in calls:
        if load.kind == "load" and config.kind in load.args[1:]:
            label = parsed_label(load.args[0], package)
            data = read(label.path) if label and not label.repo else None
            inner = calls_in(label.path, data, []) if label and data else ()
            paths |= {
                each.keywords.get("path", "")
                for each in inner
                if each.kind == "tool_path" and each.keywords.get("name") == "gcc"
            }
    absolute = {each for each in paths if each.startswith("/")}
    return absolute.pop() if len(absolute) == 1 else ""


def _by_words(text: str) -> Iterator[RegisteredToolchain]:
    words = _words(text)
    if not _kinds("not_c").intersection(words) or _kinds("c").intersection(words):
        yield evolve(_nothing(), systems=_named(words, "systems"), processors=_named(words, "processors"))


def _words(text: str) -> tuple[str, ...]:
    whole = text.lower().replace("x86_64", "x86-64").replace("x86-64", "x8664")
    return tuple(word.replace("x8664", "x86_64") for word in re.split(r"[^a-z0-9]+", whole) if word)


@cache
def _spellings(kind: str) -> Mapping[str, str]:
    found: Mapping[str, list[str]] = table("toolchain_labels.toml")[kind]
    return {word: name for name, words in found.items() for word in words}


@cache
def _kinds(name: str) -> frozenset[str]:
    return frozenset(table("toolchain_labels.toml")[name])


def _named(words: Iterable[str], kind: str) -> frozenset[str]:
    return frozenset(name for word in words if (name := _spellings(kind).get(word)))
