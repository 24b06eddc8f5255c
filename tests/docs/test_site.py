"""The site that ``make docs`` builds: it has no broken link, and pages load nothing from other hosts."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from documents import REPOSITORY
from requirements import require, unavailable


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, ANN401 - as it is overridden
        pass


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if find_spec("material") is None:
        unavailable("mkdocs", "mkdocs-material is not installed (pip install bazel-xc[docs])")
    folder = tmp_path_factory.mktemp("site")
    # With --quiet, --strict has no effect.
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_pages_load_nothing_from_other_hosts(site: Path) -> None:
    program = require("chromium")
    sync_api = pytest.importorskip("playwright.sync_api")
    asked: list[str] = []
    with _served(site) as address, sync_api.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=program, args=["--no-sandbox"])
        page = browser.new_page()
        page.on("request", lambda request: asked.append(request.url))
        for each in sorted(site.rglob("*.html")):
            page.goto(address + each.relative_to(site).as_posix(), wait_until="networkidle")
        page.locator("input[placeholder=Search]").first.fill("cgo")
        page.locator(".md-search-result__item").first.wait_for(timeout=120_000)  # a worker indexes first
        browser.close()

    assert asked
    assert [each for each in asked if not each.startswith((address, "data:", "blob:"))] == []
