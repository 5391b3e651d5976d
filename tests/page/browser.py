"""A real browser for the tests that look at pages: Chromium as the system installed it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox", "--disable-gpu",
    "--disable-dev-shm-usage",  # a container's /dev/shm is too small for a page with a frame
    "--disable-features=IsolateSandboxedIframes",  # one process fewer
]  # fmt: skip
needs_browser = pytest.mark.skipif(
    CHROMIUM is None or find_spec("playwright") is None,
    reason="Chromium is not here: install it (Debian: apt-get install chromium) and `.[test]`",
)


@dataclass
class Watched:
    """A page, what its console said, and what it asked for beyond its own file."""

    page: Any
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def axe(self) -> list[str]:
        """Return what axe-core finds serious or critical on the page as it stands."""
        from axe_playwright_python.sync_playwright import Axe

        found = (
            Axe().run(self.page, options={"iframes": False}).response["violations"]
        )  # each frame is a page of its own
        return [f"{v['id']}: {v['help']}" for v in found if v["impact"] in ("serious", "critical")]


@contextmanager
def opened(url: str, width: int = 1280, height: int = 800) -> Iterator[Watched]:
    """Open a page in a browser of its own."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        watched = Watched(browser.new_page(viewport={"width": width, "height": height}))
        watched.page.set_default_timeout(180_000)  # a worker on a busy machine
        watched.page.on("console", lambda m: watched.said.append(m.text))
        watched.page.on("pageerror", lambda e: watched.said.append(str(e)))
        watched.page.on("request", lambda r: watched.asked.append(r.url))
        watched.page.goto(url)
        try:
            yield watched
        finally:
            browser.close()
