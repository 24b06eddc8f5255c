"""The cases of ``testdata/golden`` for tests that run them; ``test_golden`` says what a case consists of."""

from __future__ import annotations

import os
import shutil
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest

TESTDATA = Path(__file__).parents[2] / "testdata"
GOLDEN, PLATFORMS = TESTDATA / "golden", TESTDATA / "platforms_package"
CASES = sorted(path.name for path in GOLDEN.iterdir() if path.is_dir())
# The arguments of a run that writes every file: no directories, and nothing that only looks.
_WHOLE = frozenset({"generate", "--mode", "cgo", "-v"})
_SETTINGS = (
    "BAZEL_XC_GO",
    "CGO_CFLAGS",
    "CGO_CPPFLAGS",
    "CGO_CXXFLAGS",
    "CGO_LDFLAGS",
    "GOWORK",
    "GOEXPERIMENT",
)

Tree = Mapping[str, bytes]


def isolate(monkeypatch: pytest.MonkeyPatch, module_cache: Path) -> None:
    """Sets the environment: no modules but those of a case, and nothing of the machine's Go settings."""
    for name in _SETTINGS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GOFLAGS", "")
    monkeypatch.setenv("GOENV", "off")
    monkeypatch.setenv("GOMODCACHE", str(module_cache))
    monkeypatch.setenv("NO_COLOR", "1")


def lay_out(case: Path, root: Path) -> None:
    """Copies the input of a case to ``root`` and its modules to where go has what it downloaded."""
    shutil.copytree(case / "input", root, symlinks=True)
    folder, cache = case / "modules", Path(os.environ["GOMODCACHE"])
    lines = text_of(root / "go.sum").splitlines() if folder.is_dir() else []
    for path, version, checksum in (line.split() for line in lines):  # go.sum vouches for them
        if not version.endswith("/go.mod"):
            target, cached = cache / f"{path}@{version}", cache / "cache" / "download" / path / "@v"
            shutil.copytree(folder / f"{path}@{version}", target, dirs_exist_ok=True)
            cached.mkdir(parents=True, exist_ok=True)
            shutil.copy(target / "go.mod", cached / f"{version}.mod")
            (cached / f"{version}.ziphash").write_text(checksum)
            (cached / f"{version}.info").write_text(f'{{"Version": "{version}"}}')


def arguments(case: Path) -> list[str]:
    """The command of a case and its options."""
    return text_of(case / "args").splitlines() or ["generate"]


def writes_everything(case: Path) -> bool:
    """Whether the run of a case writes the files of the whole workspace."""
    return _WHOLE.issuperset(arguments(case))


def wanted_files(case: Path) -> Tree:
    """The files that a run creates or changes, the platforms package among them."""
    own = (case / "want" / "platforms").is_dir() or "nothing is written" in text_of(case / "want.stderr")
    return {**read_tree(case / "want"), **({} if own else ordinary_platforms(case))}


def ordinary_platforms(case: Path) -> Tree:
    """The ordinary platforms package that applies to the input of a case; empty if the run writes none."""
    root = case / "input"
    names = sorted(tomllib.loads(text_of(root / "bazel_xc.toml")).get("platforms", ["default"]))
    if 'name = "platforms"' in text_of(root / "MODULE.bazel"):
        names.append("with_platforms_module")
    if (root / "WORKSPACE").exists():
        names.append("in_a_workspace")
    names += [name for name in ("requires_cgo", "cgo_is_off") if f":{name}" in _text_of_rules(case)][:1]
    files = read_tree(PLATFORMS / "_".join(names)) if writes_everything(case) else {}
    return {f"platforms/{path}": data for path, data in files.items()}


def _text_of_rules(case: Path) -> str:
    """The BUILD files of a case, apart from its platforms package."""
    paths = (path for folder in ("input", "want") for path in (case / folder).rglob("BUILD*"))
    return "".join(text_of(path) for path in paths if path.is_file() and path.parent.name != "platforms")


def read_tree(root: Path) -> Tree:
    """All files by path; a link counts as a file that holds its target."""
    found: dict[str, bytes] = {}
    for folder, folders, names in os.walk(root):
        links = [each for each in folders if Path(folder, each).is_symlink()]
        for name in (*names, *links):
            path = Path(folder, name)
            data = str(path.readlink()).encode() if path.is_symlink() else path.read_bytes()
            found[path.relative_to(root).as_posix()] = data
    return found


def without_count(text: str) -> str:
    """Standard error without the line that counts what ``generate`` wrote, which has tests of its own."""
    return "".join(line for line in text.splitlines(keepends=True) if not line.startswith("wrote "))


def text_of(path: Path) -> str:
    """The text of a file, empty where there is none."""
    return path.read_text(encoding="utf-8") if path.exists() else ""
