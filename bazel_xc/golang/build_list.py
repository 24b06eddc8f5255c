"""The modules of a build and their checksums, without a network.

Comes in: a directory with go.mod or go.work, and a go command. Goes out: a ``BuildModule`` for every module
that ``go list -m all`` prints, or, if go cannot list all of them offline, that go.mod requires. Checksums
come from go.sum, go.work.sum and the module cache; nothing is downloaded. Main modules are left out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from attrs import evolve, frozen

from bazel_xc.golang.modules import Module
from bazel_xc.golang.toolchain import RunGo, Toolchain, understood
from bazel_xc.tree import read_file

_UPPER = re.compile("[A-Z]")
_SUM_FILES = ("go.sum", "go.work.sum")


@frozen(kw_only=True)
class BuildModule:
    """A module in the version that is built, as it is required and as it is replaced.

    ``sum`` is the checksum of the source that is downloaded, of the replacement if there is one; it is empty
    if neither go.sum nor the cache has it. ``local`` is the directory that replaces it, as go.mod spells it.
    """

    path: str
    version: str
    indirect: bool = False
    replace_path: str = ""
    replace_version: str = ""
    local: str = ""
    sum: str = ""

    @property
    def source(self) -> tuple[str, str]:
        """Path and version of the source that is downloaded."""
        return self.replace_path or self.path, self.replace_version or self.version


@frozen
class BuildList:
    """The modules of a build, sorted by path.

    It is ``whole`` if go listed all of them. Otherwise it has the requirements of go.mod, enough for a build.
    """

    modules: tuple[BuildModule, ...]
    whole: bool


def read_build_list(root: Path, modules: Iterable[Module], toolchain: Toolchain, run: RunGo) -> BuildList:
    """The build list of the modules that are built from ``root``."""
    modules = tuple(modules)
    own = {module.path for module in modules}
    done = run(["list", "-m", "-mod=readonly", "-e", "-json", "all"], root, toolchain.environment)
    with understood("list -m -json"):
        listed = tuple(_objects(done.stdout)) if done.code == 0 else ()
        # A module with an error and without its go.mod: its requirements are not known.
        whole = bool(listed) and not any("Error" in raw and "GoMod" not in raw for raw in listed)
        found = tuple(_from_json(raw) for raw in listed if not raw.get("Main"))
    if not whole:
        found = tuple(_required(modules))
    sums = _sums(root, modules, _cache(root, toolchain, run))
    with_sums = (_with_sum(each, sums) for each in found if each.path not in own)
    return BuildList(tuple(sorted(with_sums, key=lambda each: each.path)), whole)


def _objects(text: bytes) -> Iterator[Mapping[str, Any]]:
    """The concatenated objects of ``go list -m -json``."""
    decoder, rest, at = json.JSONDecoder(), text.decode("utf-8", "replace"), 0
    while at < len(rest):
        raw, at = decoder.raw_decode(rest, at)
        at = len(rest) - len(rest[at:].lstrip())
        yield raw


def _from_json(raw: Mapping[str, Any]) -> BuildModule:
    replace = raw.get("Replace") or {}
    path, version = replace.get("Path", ""), replace.get("Version", "")
    local = path if path and not version else ""
    return BuildModule(
        path=raw["Path"],
        version=raw.get("Version", ""),
        indirect=raw.get("Indirect", False),
        replace_path="" if local else path,
        replace_version=version,
        local=local,
    )


def _required(modules: Iterable[Module]) -> Iterator[BuildModule]:
    """The requirements of go.mod files; since Go 1.17 they name every module that a build needs."""
    seen: dict[str, BuildModule] = {}
    for module in modules:
        replaced = dict(module.replaced)
        for each in module.requires:
            target = replaced.get(each.path, "")
            local = target if target.startswith((".", "/")) else ""
            seen[each.path] = BuildModule(
                path=each.path,
                version=each.version,
                indirect=each.indirect,
                replace_path="" if local else target,
                replace_version=module.replaced_version(each.path),
                local=local,
            )
    yield from seen.values()


@frozen
class _Sums:
    """Checksums by path and version; ``cache`` is the module cache, which has more of them."""

    known: Mapping[tuple[str, str], str]
    cache: Path | None

    def of(self, path: str, version: str) -> str:
        """The checksum, empty if it is not known."""
        if (path, version) in self.known or self.cache is None:
            return self.known.get((path, version), "")
        file = self.cache / "cache" / "download" / escaped(path) / "@v" / f"{escaped(version)}.ziphash"
        try:
            return read_file(file).decode().strip()
        except (OSError, UnicodeDecodeError):
            return ""


def _with_sum(module: BuildModule, sums: _Sums) -> BuildModule:
    found = "" if module.local else sums.of(*module.source)
    return evolve(module, sum=found)


def _sums(root: Path, modules: Iterable[Module], cache: Path | None) -> _Sums:
    known: dict[tuple[str, str], str] = {}
    for directory in dict.fromkeys((root, *(root / module.directory for module in modules))):
        for name in _SUM_FILES:
            known |= dict(_sum_lines(directory / name))
    return _Sums(known, cache)


def _sum_lines(file: Path) -> Iterator[tuple[tuple[str, str], str]]:
    """The checksums of modules, without those of go.mod files alone, which Bazel does not use."""
    try:
        lines = read_file(file).decode().splitlines()
    except (OSError, UnicodeDecodeError):
        return
    for words in map(str.split, lines):
        if len(words) == 3 and not words[1].endswith("/go.mod"):
            yield (words[0], words[1]), words[2]


def _cache(root: Path, toolchain: Toolchain, run: RunGo) -> Path | None:
    done = run(["env", "GOMODCACHE"], root, toolchain.environment)
    text = done.stdout.decode("utf-8", "replace").strip()
    return Path(text) if done.code == 0 and text else None


def escaped(text: str) -> str:
    """A module's path or version in the module cache's spelling: ``!`` and the small letter for a capital.

    Source: ``golang.org/x/mod/module.EscapePath``.
    """
    return _UPPER.sub(lambda found: f"!{found.group().lower()}", text)
