"""Takes the pictures of the HTML report in docs/images: ``make screenshots``.

Comes in: the bundled example, go, Chromium. Goes out: one PNG per view of its report. Pictures differ with
fonts and versions of Chromium, so no test compares pixels: a test takes them anew and looks whether they are
blank.
"""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from documents import DOCS, REPOSITORY
from playwright.sync_api import sync_playwright

IMAGES = DOCS / "images"
VIEWS = {
    "report-overview.png": "#/overview",
    "report-target.png": "#target=//cmd/greet:greet",
}
SIZE = {"width": 1100, "height": 620}


def take(folder: Path, chromium: str) -> None:
    """Writes all pictures into a folder."""
    with tempfile.TemporaryDirectory() as temporary, sync_playwright() as play:
        page_file = _report(Path(temporary))
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for name, address in VIEWS.items():
            page = browser.new_page(viewport=SIZE)  # type: ignore[arg-type]
            page.goto(page_file.as_uri() + address)
            page.wait_for_selector("html[data-ready=yes]")
            page.screenshot(path=folder / name)
            page.close()
        browser.close()


def _report(folder: Path) -> Path:
    workspace, made = folder / "greet", folder / "report.html"
    shutil.copytree(REPOSITORY / "testdata" / "example", workspace)
    command = [sys.executable, "-m", "bazel_xc", "report", "-C", str(workspace), "-o", str(made), "-q"]
    path = os.pathsep.join(filter(None, (os.environ.get("PYTHONPATH"), str(REPOSITORY))))
    subprocess.run(command, check=True, env=os.environ | {"GOFLAGS": "", "PYTHONPATH": path})
    return made


def size(picture: bytes) -> tuple[int, int]:
    """Width and height of a PNG."""
    width, height = struct.unpack(">II", picture[16:24])
    return width, height


def lines(picture: bytes) -> int:
    """The number of different lines of pixels in a PNG; a blank page has very few."""
    width, height = size(picture)
    data = zlib.decompress(b"".join(_chunks(picture)))
    length = len(data) // height
    return len({data[at * length + 1 : (at + 1) * length] for at in range(height)}) if width else 0


def _chunks(picture: bytes) -> Iterator[bytes]:
    at = 8
    while at < len(picture):
        (length,) = struct.unpack(">I", picture[at : at + 4])
        if picture[at + 4 : at + 8] == b"IDAT":
            yield picture[at + 8 : at + 8 + length]
        at += length + 12


def main() -> int:
    """Writes the pictures of the documentation."""
    program = shutil.which("chromium")
    if not program:
        print("chromium is not on PATH", file=sys.stderr)
        return 1
    IMAGES.mkdir(exist_ok=True)
    take(IMAGES, program)
    for name in VIEWS:
        print(f"wrote docs/images/{name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
