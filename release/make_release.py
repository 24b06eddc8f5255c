"""Makes the files of a release in dist/: ``make release``.

Comes in: this tree. Goes out: sdist and wheel, the archive of the Bazel module with the source.json of the
registry, the version's part of the changelog as release notes, and SHA256SUMS of all. The same tree gives the
same bytes. Nothing is tagged or uploaded.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import os
import re
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

from bazel_xc import HOME, __version__

ROOT = Path(__file__).parents[1]
NOTES = "RELEASE_NOTES.md"
SUMS = "SHA256SUMS"

# The files that a workspace with the module may load, and the folder that the registry builds.
_OF_MODULE = (
    ".bazelignore",
    "BUILD.bazel",
    "CHANGELOG.md",
    "LICENSE",
    "MODULE.bazel",
    "README.md",
    "WORKSPACE",
    "bazel_xc",
    "e2e",
    "rules",
)
_EPOCH = 1_580_601_600  # 2 February 2020, hatchling's time of files if none is set


def release(dist: Path) -> tuple[str, ...]:
    """Writes all files into an empty folder, or one of an earlier release; returns their names.

    Raises ``ValueError`` if places disagree about the version, and ``subprocess.CalledProcessError`` if
    hatchling fails.
    """
    notes = release_notes(__version__)
    check_versions()
    dist.mkdir(parents=True, exist_ok=True)
    for old in (*dist.glob("bazel_xc-*"), *dist.glob("source.json")):
        old.unlink()
    build = [sys.executable, "-m", "hatchling", "build", "-d", str(dist.resolve())]
    subprocess.run(build, cwd=ROOT, check=True, env=os.environ | {"SOURCE_DATE_EPOCH": str(_EPOCH)})
    archive = module_archive()
    (dist / archive_name()).write_bytes(archive)
    (dist / "source.json").write_text(source_json(archive))
    (dist / NOTES).write_text(notes)
    names = sorted([*(path.name for path in dist.glob("bazel_xc-*")), NOTES, "source.json"])
    sums = (f"{hashlib.sha256((dist / name).read_bytes()).hexdigest()}  {name}\n" for name in names)
    (dist / SUMS).write_text("".join(sums))
    return (*names, SUMS)


def archive_name() -> str:
    """The name of the module's archive; an sdist has the name without ``module``."""
    return f"bazel_xc-module-{__version__}.tar.gz"


def module_archive() -> bytes:
    """The module as a gzipped tar, below one folder; owner, time and order do not depend on this machine."""
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for path in sorted(module_files()):
            data = path.read_bytes()
            entry = tarfile.TarInfo(f"bazel_xc-{__version__}/{path.relative_to(ROOT).as_posix()}")
            entry.size, entry.mtime, entry.mode = len(data), _EPOCH, 0o644
            archive.addfile(entry, io.BytesIO(data))
    return gzip.compress(tar.getvalue(), compresslevel=9, mtime=0)


def module_files() -> Iterator[Path]:
    """The files of the module, without links, such as Bazel's, and compiled Python."""
    for name in _OF_MODULE:
        top = ROOT / name
        for folder, folders, files in os.walk(top):
            folders[:] = [
                each for each in folders if each != "__pycache__" and not Path(folder, each).is_symlink()
            ]
            yield from (Path(folder, each) for each in files if not Path(folder, each).is_symlink())
        if top.is_file():
            yield top


def source_json(archive: bytes) -> str:
    """The registry's source.json, from its template, for this archive."""
    template = json.loads((ROOT / ".bcr" / "source.template.json").read_text())
    owner, repository = HOME.rpartition("//")[2].split("/")[1:]
    words = {"{OWNER}": owner, "{REPO}": repository, "{TAG}": f"v{__version__}", "{VERSION}": __version__}
    for key in ("strip_prefix", "url"):
        for word, text in words.items():
            template[key] = template[key].replace(word, text)
    template["integrity"] = "sha256-" + base64.b64encode(hashlib.sha256(archive).digest()).decode()
    return json.dumps(template, indent=2) + "\n"


def release_notes(version: str) -> str:
    """The changelog's section of a version, without its heading. Raises ``ValueError`` without one."""
    sections = re.split(r"^## ", (ROOT / "CHANGELOG.md").read_text(), flags=re.MULTILINE)
    for section in sections[1:]:
        heading, _, text = section.partition("\n")
        if heading.split()[0].strip("[]") == version:
            return text.strip() + "\n"
    raise ValueError(f"CHANGELOG.md has no section for {version}")


def check_versions() -> None:
    """Raises ``ValueError`` if MODULE.bazel has another version than the package."""
    found = re.search(r'^ +version = "(.*)",$', (ROOT / "MODULE.bazel").read_text(), re.MULTILINE)
    if not found or found[1] != __version__:
        raise ValueError(f"MODULE.bazel has version {found and found[1]}, the package {__version__}")


if __name__ == "__main__":
    for written in release(ROOT / "dist"):
        sys.stdout.write(f"dist/{written}\n")
