"""The edits of a Go tree between two runs.

Comes in: a tree. Goes out: the edited tree. The places are chosen by their names, so that every copy of a
tree is edited alike: plain Go files of the module itself, with an import in parentheses.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from measuring import BUILD_NAMES

_SKIPPED = re.compile(r"(?:^|/)(?:vendor|testdata|third_party|node_modules|[_.][^/]*)(?:/|$)")
_IMPORTS = re.compile(r"^import \(\n(.*?)^\)", re.MULTILINE | re.DOTALL)
_PATH = re.compile(r'^\t(?:[\w.]+ )?"([^"]+)"', re.MULTILINE)
_UNUSUAL = ('import "C"', "//go:build", "//go:embed", "package main", "DO NOT EDIT")
_MANY = 100
_WITH_IMPORTS = 10


@dataclass(frozen=True)
class Places:
    """The Go files to edit, by path, and the import that most of them have."""

    root: Path
    files: tuple[Path, ...]
    common: str

    @classmethod
    def of(cls, root: Path) -> Places:
        """Finds them."""
        files: list[Path] = []
        counts: Counter[str] = Counter()
        for path in sorted(root.rglob("*.go")):
            relative = path.relative_to(root).as_posix()
            if _SKIPPED.search(relative) or "_" in path.stem or len(path.relative_to(root).parts) < 3:
                continue
            text = path.read_text(errors="replace")
            found = _IMPORTS.search(text)
            if found and not any(word in text for word in _UNUSUAL):
                files.append(path)
                counts.update(each for each in _PATH.findall(found[1]) if "." in each.partition("/")[0])
        return cls(root, tuple(files), counts.most_common(1)[0][0])

    def middle(self) -> Path:
        """One file, in the middle of the tree."""
        return self.files[len(self.files) // 2]

    def without_common(self) -> list[Path]:
        """The files whose directory does not import the common package yet."""
        there = {each.parent for each in self.files if f'"{self.common}"' in _all_text(each.parent)}
        return [each for each in self.files if each.parent not in there]


Edit = Callable[[Places], None]


def body(places: Places) -> None:
    """A function is added at the end of a file."""
    _add_function(places.middle())


def import_added(places: Places) -> None:
    """A file imports a package that others import already."""
    without = places.without_common()
    _add_import(without[len(without) // 2], places.common)


def file_added(places: Places) -> None:
    """A directory gets a Go file."""
    beside = places.middle()
    package = re.search(r"^package (\w+)", beside.read_text(), re.MULTILINE)
    assert package
    (beside.parent / "zbench.go").write_text(f"package {package[1]}\n\nfunc zBench() {{}}\n")


def build_file(places: Places) -> None:
    """A comment is added at the end of a BUILD file."""
    folders = [each.parent for each in places.files[len(places.files) // 2 :]]
    found = (folder / name for folder in folders for name in reversed(BUILD_NAMES))
    path = next(each for each in found if each.is_file())
    path.write_text(path.read_text() + "\n# A note.\n")


def branch(places: Places) -> None:
    """Another branch is checked out: other bodies in many files, other imports in some."""
    step = max(1, len(places.files) // _MANY)
    for each in places.files[::step][:_MANY]:
        _add_function(each)
    for each in places.without_common()[:_WITH_IMPORTS]:
        _add_import(each, places.common)


EDITS: Mapping[str, Edit] = {
    "body of one file edited": body,
    "one import added": import_added,
    "one file added": file_added,
    "one BUILD file edited": build_file,
    f"branch switched ({_MANY} files)": branch,
}


def _add_function(path: Path) -> None:
    text = path.read_text()
    path.write_text(f"{text}\nfunc zBench{len(text)}() int {{\n\treturn {len(text)}\n}}\n")


def _add_import(path: Path, name: str) -> None:
    path.write_text(path.read_text().replace("import (\n", f'import (\n\t_ "{name}"\n', 1))


def _all_text(folder: Path) -> str:
    return "".join(each.read_text(errors="replace") for each in folder.glob("*.go"))
