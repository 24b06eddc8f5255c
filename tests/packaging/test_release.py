"""The files of a release: the archive of the module, its source.json, notes, sums, and the registry's files.

Sdist and wheel are built where hatchling is installed, and checked where twine and check-wheel-contents are.
"""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import io
import json
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
from requirements import unavailable
from ruamel.yaml import YAML

sys.path.insert(0, str(Path(__file__).parents[2] / "release"))

import make_release as made

from bazel_xc import HOME, __version__

BCR = made.ROOT / ".bcr"


def test_the_archive_is_the_same_each_time() -> None:
    assert made.module_archive() == made.module_archive()


def test_the_archive_has_the_module_below_one_folder() -> None:
    names = _names(made.module_archive())
    files = {name.removeprefix(f"bazel_xc-{__version__}/") for name in names}

    assert all(name.startswith(f"bazel_xc-{__version__}/") for name in names)
    assert {"MODULE.bazel", "BUILD.bazel", "LICENSE", "WORKSPACE", "rules/defs.bzl"} <= files
    assert {"bazel_xc/__main__.py", "bazel_xc/data/rules_go.toml", "rules/tool/requirements.txt"} <= files
    assert "e2e/smoke/MODULE.bazel" in files
    assert not [name for name in files if "__pycache__" in name or name.startswith(("tests", "dist", ".git"))]


def test_the_archive_has_all_loaded_files() -> None:
    """Each .bzl file, template and BUILD file below rules/."""
    names = _names(made.module_archive())
    wanted = {path.relative_to(made.ROOT).as_posix() for path in (made.ROOT / "rules").rglob("*.*")}

    assert {f"bazel_xc-{__version__}/{name}" for name in wanted if "__pycache__" not in name} <= names


def test_source_json_names_the_archive() -> None:
    source = json.loads(made.source_json(b"bytes"))
    digest = base64.b64encode(hashlib.sha256(b"bytes").digest()).decode()

    assert source == {
        "integrity": f"sha256-{digest}",
        "strip_prefix": f"bazel_xc-{__version__}",
        "url": f"{HOME}/releases/download/v{__version__}/{made.archive_name()}",
    }


def test_the_notes_are_the_section_of_the_version() -> None:
    notes = made.release_notes(__version__)

    assert notes.startswith("### ")
    assert "\n## " not in notes


def test_a_version_without_a_section_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"no section for 99\.0"):
        made.release_notes("99.0")


def test_the_module_has_the_version_of_the_package() -> None:
    made.check_versions()


def test_the_registry_has_its_files() -> None:
    metadata = json.loads((BCR / "metadata.template.json").read_text())
    presubmit = YAML(typ="safe").load(BCR / "presubmit.yml")

    assert metadata["homepage"] == HOME
    assert metadata["repository"] == [HOME.replace("https://github.com/", "github:")]
    assert metadata["maintainers"]
    assert metadata["versions"] == []
    assert (made.ROOT / presubmit["bcr_test_module"]["module_path"] / "MODULE.bazel").is_file()


def test_two_releases_are_the_same(tmp_path: Path) -> None:
    _require("hatchling")
    first, second = tmp_path / "first", tmp_path / "second"

    names = made.release(first)
    made.release(second)
    made.release(second)  # over the files of an earlier one

    assert [path.name for path in sorted(second.iterdir())] == sorted(names)
    assert [(first / name).read_bytes() for name in names] == [(second / name).read_bytes() for name in names]
    checked = subprocess.run(["sha256sum", "-c", made.SUMS], cwd=first, capture_output=True, check=False)
    assert checked.returncode == 0


def test_sdist_and_wheel_are_as_indexes_want_them(tmp_path: Path) -> None:
    _require("hatchling")
    made.release(tmp_path)
    wheel = tmp_path / f"bazel_xc-{__version__}-py3-none-any.whl"
    sdist = tmp_path / f"bazel_xc-{__version__}.tar.gz"

    _require("twine", "check_wheel_contents")
    python = [sys.executable, "-m"]
    subprocess.run([*python, "twine", "check", "--strict", str(sdist), str(wheel)], check=True)
    subprocess.run([*python, "check_wheel_contents", str(wheel)], check=True, cwd=made.ROOT)
    assert not [name for name in zipfile.ZipFile(wheel).namelist() if name.endswith("BUILD.bazel")]


def _names(archive: bytes) -> set[str]:
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        return set(tar.getnames())


def _require(*modules: str) -> None:
    for module in modules:
        if importlib.util.find_spec(module) is None:
            unavailable(module, f"{module} is not installed")
