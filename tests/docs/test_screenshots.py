"""Pictures of the report: they can be taken, they are small, none is blank. Pixels are not compared."""

from __future__ import annotations

from pathlib import Path

import pytest
from documents import DOCS
from requirements import require, unavailable

try:
    import screenshots
except ImportError:
    screenshots = None  # type: ignore[assignment]
_BLANK = 40  # lines of pixels that a page without content may have
_MOST = 150_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if screenshots is None:
        unavailable("playwright", "the playwright package is not installed")
    require("go")
    made = tmp_path_factory.mktemp("images")
    screenshots.take(made, require("chromium"))
    return made


def test_the_report_is_not_blank(folder: Path) -> None:
    for name in screenshots.VIEWS:
        assert screenshots.lines((folder / name).read_bytes()) > _BLANK, name


def test_pictures_of_the_pages_are_small_and_not_blank() -> None:
    if screenshots is None:
        unavailable("playwright", "the playwright package is not installed")
    for name in screenshots.VIEWS:
        picture = (DOCS / "images" / name).read_bytes()
        assert screenshots.size(picture) == tuple(screenshots.SIZE.values()), name
        assert len(picture) < _MOST, name
        assert screenshots.lines(picture) > _BLANK, name
