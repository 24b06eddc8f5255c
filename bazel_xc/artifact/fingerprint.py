"""A key for caches: it stays the same while builds give equal results, and changes with a tool or a setting.

Comes in: a ``Surroundings``, as for the doctor. Goes out: a ``Fingerprint``: named parts, and SHA-256 over
them. A tool is the contents of the file that really runs and what it says of its version; where it lies makes
no difference, nor do PATH, HOME and the folder of the workspace. Sysroots are not looked at.
"""

from __future__ import annotations

import fnmatch
import hashlib
import json
import os
import posixpath
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

from attrs import frozen

from bazel_xc.artifact.compilers import Candidate, candidates, prove
from bazel_xc.artifact.machines import load_machines
from bazel_xc.artifact.running import Done, find
from bazel_xc.artifact.surroundings import Surroundings
from bazel_xc.errors import ArtifactError
from bazel_xc.json_values import read_saved
from bazel_xc.model import Platform
from bazel_xc.tables import table

SCHEMA = 1
_BLOCK = 1 << 20
_COMPILERS = re.compile(r"^(?:CC|CXX|FC|AR|PKG_CONFIG)(?:_FOR_.*)?$")
_LISTS = frozenset(
    "COMPILER_PATH CPATH CPLUS_INCLUDE_PATH C_INCLUDE_PATH LIBRARY_PATH PKG_CONFIG_LIBDIR"
    " PKG_CONFIG_PATH".split()
)
_SINGLE = frozenset("PKG_CONFIG_SYSROOT_DIR SDKROOT".split())


@frozen
class _SavedFingerprint:
    parts: Mapping[str, str]


@frozen
class Fingerprint:
    """Named parts in order; the names are unique."""

    parts: tuple[tuple[str, str], ...]

    @property
    def key(self) -> str:
        """The SHA-256 of the parts, in hex."""
        text = json.dumps([SCHEMA, self.parts], ensure_ascii=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def to_text(self) -> str:
        """The fingerprint as JSON, for later comparisons."""
        raw = {"schema": SCHEMA, "key": self.key, "parts": dict(self.parts)}
        return json.dumps(raw, indent=2) + "\n"

    @classmethod
    def from_text(cls, text: str, name: str) -> Fingerprint:
        """The fingerprint in a text; ``name`` is the file's, for messages. Raises ``ArtifactError``."""
        try:
            return cls(tuple(read_saved(text, _SavedFingerprint, SCHEMA).parts.items()))
        except ValueError as e:
            raise ArtifactError(f"{name}: not a fingerprint: {e}; make it again with --format json") from None


@frozen
class Change:
    """A part that changed; None for a value that is missing before or after."""

    name: str
    old: str | None
    new: str | None


def changes(old: Fingerprint, new: Fingerprint) -> tuple[Change, ...]:
    """The changed parts, in the order of the new fingerprint; removed parts come last."""
    before, after = dict(old.parts), dict(new.parts)
    names = (*after, *(name for name in before if name not in after))
    return tuple(
        Change(name, before.get(name), after.get(name))
        for name in names
        if before.get(name) != after.get(name)
    )


def fingerprint(here: Surroundings) -> Fingerprint:
    """The fingerprint for all platforms. Raises ``ArtifactError`` if there is no go."""
    if not here.go:
        raise ArtifactError(here.go_problem)
    found = [("go version", here.go_version)]
    found += _environment(here)
    found += _sums(here)
    digests: dict[Path, str] = {}
    for platform in here.platforms:
        found += _platform(platform, here, digests)
    return Fingerprint(tuple(found))


def _platform(platform: Platform, here: Surroundings, digests: dict[Path, str]) -> Iterator[tuple[str, str]]:
    arch = load_machines().get(platform.goarch)
    triple = f"{arch.zig if arch else platform.goarch}-{platform.goos}"
    yield f"{platform.name} target", f"{triple}, cgo {'on' if platform.cgo else 'off'}"
    if not platform.cgo:
        return

    def run(command: tuple[str, ...], folder: Path) -> Done:
        return here.run(command, folder, {})

    proofs = (prove(each, platform, run) for each in candidates(platform, here.environment))
    chosen = next((each for each in proofs if not each.problem), None)
    if chosen is None:
        yield f"{platform.name} compiler", "none"
        return
    for name, program, words in _tools(chosen.candidate, here):
        path = Path(program).resolve()
        if path not in digests:
            digests[path] = _digest(path)
        yield (
            f"{platform.name} {name}",
            f"{digests[path]} {_version((program, *words), here)}".strip(),
        )


def _tools(candidate: Candidate, here: Surroundings) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """The compiler and the programs that it names: its own parts, assembler, linker, archiver."""
    program = find(candidate.words[0], here.environment) or candidate.words[0]
    yield "compiler", program, candidate.words[1:]
    for name, asked in (("cc1", "cc1"), ("assembler", "as"), ("linker", "ld"), ("archiver", "ar")):
        own = here.environment.get("AR", "") if asked == "ar" else ""
        said = own or here.run((*candidate.words, f"-print-prog-name={asked}"), here.root, {}).stdout.strip()
        found = find(said, here.environment) if said and "\n" not in said else ""
        if found:
            yield name, found, ()


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                digest.update(block)
    except OSError as e:
        raise ArtifactError(f"{path}: cannot be read: {e.strerror}") from None
    return digest.hexdigest()


def _version(command: tuple[str, ...], here: Surroundings) -> str:
    """The first line of a tool's version; empty for gcc's cc1, which has no such option."""
    if Path(command[0]).name.startswith("cc1"):
        return ""
    done = here.run((*command, "--version"), here.root, {})
    return done.stdout.strip().partition("\n")[0] if done.good else ""


@cache
def _table() -> tuple[tuple[str, ...], tuple[str, ...]]:
    raw = table("fingerprint.toml")
    return tuple(raw["variables"]), tuple(sorted(raw["paths"], key=len, reverse=True))


def _environment(here: Surroundings) -> Iterator[tuple[str, str]]:
    """The relevant variables by name, normalised; empty ones are left out."""
    patterns, _ = _table()
    folders = {
        str(here.root.resolve()): "$ROOT",
        here.environment.get("HOME", "") or "\0": "$HOME",
    }
    for name in sorted(here.environment):
        if any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns):
            value = normalised(name, here.environment[name], folders)
            if value:
                yield f"environment {name}", value


def normalised(name: str, value: str, folders: Mapping[str, str]) -> str:
    """The value of a variable without differences in white space, spelling of paths and folders of tools.

    ``folders`` maps absolute paths to the names that replace them; relative paths are relative to the first.
    """
    if name in _LISTS or name in _SINGLE:
        parts = value.split(":") if name in _LISTS else [value]
        return ":".join(_path(each, folders) for each in parts if each)
    try:
        words = shlex.split(value)
    except ValueError:
        words = value.split()
    if _COMPILERS.match(name) and words:
        words[0] = words[0].replace("\\", "/").rpartition("/")[2]
    return shlex.join(_words(words, folders))


def _words(words: Iterable[str], folders: Mapping[str, str]) -> Iterator[str]:
    _, flags = _table()
    path_follows = False
    for word in words:
        flag = next((each for each in flags if word.startswith(each)), "")
        rest = word[len(flag) :]
        if path_follows:
            yield _path(word, folders)
        elif word.startswith(("-tags=", "--tags=")):
            tags = word.partition("=")[2]
            yield f"-tags={','.join(sorted(set(tags.split(','))))}"
        elif flag and rest.startswith("="):
            yield f"{flag}={_path(rest[1:], folders)}"
        elif flag and rest:
            yield f"{flag}{_path(rest, folders)}"
        else:
            yield word
        path_follows = bool(flag) and not rest and not path_follows


def _path(path: str, folders: Mapping[str, str]) -> str:
    root = next(iter(folders))
    full = posixpath.normpath(path if path.startswith("/") else posixpath.join(root, path))
    for folder, name in folders.items():
        if full == folder or full.startswith(f"{folder}/"):
            return name + full[len(folder) :]
    return full


def _sums(here: Surroundings) -> Iterator[tuple[str, str]]:
    """The go.sum files of the root and of the directories that its go.work uses, each as a set of lines."""
    folders: list[str] = []
    if (here.root / "go.work").is_file():
        yield from _sum(here.root, "go.work.sum")
        folders = sorted({_from_root(each, here.root) for each in _used(here)} - {"."})
    for folder in ("", *folders):
        yield from _sum(here.root, posixpath.join(folder, "go.sum"))


def _used(here: Surroundings) -> Iterator[str]:
    """The directories that go.work uses, as go reads it. Raises ``ArtifactError`` if go cannot read it."""
    done = here.run((here.go, "work", "edit", "-json", "go.work"), here.root, {})
    try:
        for each in json.loads(done.stdout).get("Use") or ():
            yield str(each["DiskPath"])
    except (ValueError, KeyError, TypeError, AttributeError):
        lines = done.stderr.strip().split("\n")
        said = done.problem or next(
            (line for line in lines if re.match(r"\S*go\.work:[0-9]", line)), lines[0]
        )
        raise ArtifactError(f"go.work: cannot be read by go ({said}); correct it and run again") from None


def _from_root(folder: str, root: Path) -> str:
    """The normal path of a directory, relative to the root."""
    if posixpath.isabs(folder):
        folder = os.path.relpath(folder, root.resolve())
    return posixpath.normpath(folder)


def _sum(root: Path, name: str) -> Iterator[tuple[str, str]]:
    text = _text(root / name)
    if text is not None:
        lines = sorted({line.strip() for line in text.split("\n") if line.strip()})
        yield name, hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
