"""Reads bazel_xc.toml into a ``Config``.

Comes in: the text of the file, or nothing. Goes out: one frozen ``Config``, or one ``ConfigError`` that
lists every mistake of the file with its key path and, for a misspelt key, the nearest valid one. It does
not look at the workspace: later stages find out which directories or labels exist.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import tomli
from attrs import field, frozen

from bazel_xc.errors import ConfigError, did_you_mean
from bazel_xc.model import Label, Platform

FILE_NAME = "bazel_xc.toml"
DEFAULT_PLATFORMS = (
    Platform("linux", "amd64", cgo=True),
    Platform("linux", "arm64", cgo=True),
    Platform("darwin", "arm64", cgo=True),
    Platform("windows", "amd64", cgo=False),
    Platform("windows", "arm64", cgo=False),
)
MODES = ("full", "cgo")
REQUIRE_CGO = ("needed", "always", "never")
NAMINGS = ("import", "import_alias", "go_default_library")
EXTERNALS = ("module", "vendored")
POLICIES = ("error", "warn", "ignore")
RESOLVE_KINDS = ("pkg_config", "header", "lib", "library", "import")


@frozen
class Resolve:
    """One ``[[resolve]]`` table: a C need, a known library or a package, and the labels that provide it."""

    kind: str
    name: str
    labels: tuple[str, ...]
    platforms: tuple[str, ...] = ()


@frozen(kw_only=True)
class Config:
    """The whole configuration; every field has the default of a workspace without the file."""

    tags: tuple[str, ...] = ()
    platforms: tuple[Platform, ...] = field(default=DEFAULT_PLATFORMS)
    mode: str = "full"
    naming: str = ""
    platforms_package: str = "platforms"
    require_cgo: str = "needed"
    external: str = ""
    unresolved: str = "warn"
    system: tuple[str, ...] = ()
    resolves: tuple[Resolve, ...] = ()


def load_config(text: str, known_platforms: frozenset[str], path: str = FILE_NAME) -> Config:
    """Reads the text of a bazel_xc.toml; ``known_platforms`` are all valid ``<goos>_<goarch>`` names.

    Raises ``ConfigError``, which lists every mistake.
    """
    try:
        raw = tomli.loads(text)
    except tomli.TOMLDecodeError as e:
        raise ConfigError(f"{path}: {e}") from None
    except RecursionError:
        raise ConfigError(f"{path}: values are nested too deeply") from None
    reader = _ConfigReader(known_platforms)
    config = reader.config(raw)
    if reader.mistakes:
        raise ConfigError("\n".join(f"{path}: {mistake}" for mistake in reader.mistakes))
    return config


class _ConfigReader:
    """Reads typed values from raw TOML and collects mistakes, each with its key path."""

    def __init__(self, known_platforms: frozenset[str]) -> None:
        self.known_platforms = known_platforms
        self.mistakes: list[str] = []

    def config(self, raw: Mapping[str, Any]) -> Config:
        self._keys(raw, ("go", "platforms", "build", "policy", "resolve"), "")
        go = self._table(raw, "go", ("tags",))
        build = self._table(raw, "build", ("mode", "naming", "platforms_package", "require_cgo", "external"))
        policy = self._table(raw, "policy", ("unresolved", "system"))
        platforms = self._platforms(raw.get("platforms"))
        return Config(
            tags=self._strings(go, "go.tags"),
            platforms=platforms,
            mode=self._choice(build, "build.mode", MODES) or "full",
            naming=self._choice(build, "build.naming", NAMINGS),
            platforms_package=self._package(build),
            require_cgo=self._choice(build, "build.require_cgo", REQUIRE_CGO) or "needed",
            external=self._choice(build, "build.external", EXTERNALS),
            unresolved=self._choice(policy, "policy.unresolved", POLICIES) or "warn",
            system=self._strings(policy, "policy.system"),
            resolves=self._resolves(raw.get("resolve"), platforms),
        )

    def _report(self, path: str, problem: str) -> None:
        self.mistakes.append(f"{path}: {problem}")

    def _keys(self, raw: Mapping[str, Any], valid: tuple[str, ...], path: str) -> None:
        for key in raw:
            if key not in valid:
                hint = did_you_mean(key, valid) or f"valid keys are {', '.join(valid)}"
                self._report(f"{path}.{key}" if path else key, f"unknown key; {hint}")

    def _table(self, raw: Mapping[str, Any], key: str, valid: tuple[str, ...]) -> Mapping[str, Any]:
        value = raw.get(key, {})
        if not isinstance(value, dict):
            self._report(key, f"expected a table [{key}], got {_type_name(value)}")
            return {}
        self._keys(value, valid, key)
        return value

    def _get(self, raw: Mapping[str, Any], path: str, kind: type, word: str) -> Any:
        value = raw.get(path.rpartition(".")[2])
        if value is not None and not isinstance(value, kind):
            self._report(path, f"expected {word}, got {_type_name(value)}")
            return None
        return value

    def _strings(self, raw: Mapping[str, Any], path: str) -> tuple[str, ...]:
        values = self._get(raw, path, list, "a list of strings") or []
        for at, value in enumerate(values):
            if not isinstance(value, str) or not value:
                self._report(f"{path}[{at}]", f"expected a string, got {_type_name(value)}")
        return tuple(value for value in values if isinstance(value, str))

    def _choice(self, raw: Mapping[str, Any], path: str, choices: tuple[str, ...]) -> str:
        value = self._get(raw, path, str, "a string")
        if value is not None and value not in choices:
            self._report(path, f"{value!r} is not one of {', '.join(choices)}")
        return value or ""

    def _package(self, raw: Mapping[str, Any]) -> str:
        value = self._get(raw, "build.platforms_package", str, "a string")
        if value is None:
            return "platforms"
        if not value or value != value.strip("/") or ":" in value or ".." in value.split("/"):
            self._report(
                "build.platforms_package", f"{value!r} is not a package path, as in 'build/platforms'"
            )
        return str(value)

    def _platforms(self, raw: Any) -> tuple[Platform, ...]:
        if raw is None:
            return DEFAULT_PLATFORMS
        if not isinstance(raw, dict):
            self._report("platforms", f"expected tables [platforms.<goos>_<goarch>], got {_type_name(raw)}")
            return DEFAULT_PLATFORMS
        defaults = {platform.name: platform.cgo for platform in DEFAULT_PLATFORMS}
        found = [self._platform(name, table, defaults.get(name, False)) for name, table in raw.items()]
        return tuple(platform for platform in found if platform) or DEFAULT_PLATFORMS

    def _platform(self, name: str, raw: Any, cgo: bool) -> Platform | None:
        path = f"platforms.{name}"
        if name not in self.known_platforms:
            hint = did_you_mean(name, self.known_platforms) or "names are <goos>_<goarch>"
            self._report(path, f"unknown platform; {hint}")
            return None
        if not isinstance(raw, dict):
            self._report(path, f"expected a table, got {_type_name(raw)}")
            return None
        self._keys(raw, ("cgo", "constraints", "runner"), path)
        value = self._get(raw, f"{path}.cgo", bool, "true or false")
        constraints = self._strings(raw, f"{path}.constraints")
        self._labels(constraints, f"{path}.constraints")
        runner = self._get(raw, f"{path}.runner", str, "a string") or ""
        goos, _, goarch = name.partition("_")
        cgo = cgo if value is None else value
        return Platform(goos, goarch, cgo, constraints=constraints, runner=runner)

    def _labels(self, values: tuple[str, ...], path: str) -> None:
        for at, value in enumerate(values):
            if not _is_label(value):
                self._report(f"{path}[{at}]", f"{value!r} is not a label such as '//third_party:zlib'")

    def _resolves(self, raw: Any, platforms: tuple[Platform, ...]) -> tuple[Resolve, ...]:
        if raw is None:
            return ()
        if not isinstance(raw, list) or not all(isinstance(table, dict) for table in raw):
            self._report("resolve", "expected tables [[resolve]]")
            return ()
        found = [self._resolve(table, f"resolve[{at}]", platforms) for at, table in enumerate(raw)]
        return tuple(resolve for resolve in found if resolve)

    def _resolve(self, raw: Mapping[str, Any], path: str, platforms: tuple[Platform, ...]) -> Resolve | None:
        self._keys(raw, (*RESOLVE_KINDS, "label", "labels", "platforms"), path)
        kinds = [kind for kind in RESOLVE_KINDS if kind in raw]
        if len(kinds) != 1:
            self._report(path, f"needs exactly one of {', '.join(RESOLVE_KINDS)}")
            return None
        name = self._get(raw, f"{path}.{kinds[0]}", str, "a string")
        label = self._get(raw, f"{path}.label", str, "a string")
        labels = (label,) if label else self._strings(raw, f"{path}.labels")
        if not labels:
            self._report(path, "needs label or labels")
        self._labels(labels, f"{path}.labels")
        names = self._strings(raw, f"{path}.platforms")
        configured = {platform.name for platform in platforms}
        for at, each in enumerate(names):
            if each not in configured:
                self._report(f"{path}.platforms[{at}]", f"{each!r} is not a configured platform")
        return Resolve(kinds[0], name, labels, names) if name else None


def _is_label(text: str) -> bool:
    """Whether a text is a label; a bare name with spaces is one to Bazel, but hardly intended as one here."""
    try:
        Label.parse(text)
    except ValueError:
        return False
    return text.startswith(("//", "@", ":")) or not re.search(r"\s", text)


_TYPE_NAMES: Mapping[type, str] = {
    bool: "true or false", int: "a number", float: "a number",
    str: "a string", list: "a list", dict: "a table",
}  # fmt: skip


def _type_name(value: object) -> str:
    return _TYPE_NAMES.get(type(value), type(value).__name__)


def select_platforms(config: Config, names: tuple[str, ...]) -> tuple[Platform, ...]:
    """The configured platforms with these names, in the configured order; all without names.

    Raises ``ConfigError`` for an unknown name.
    """
    configured = {platform.name: platform for platform in config.platforms}
    unknown = [name for name in names if name not in configured]
    if unknown:
        known = ", ".join(configured)
        raise ConfigError(f"--platform: {unknown[0]!r} is not configured; there are {known}")
    return tuple(each for each in config.platforms if each.name in names) or config.platforms
