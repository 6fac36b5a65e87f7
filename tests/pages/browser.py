"""A real browser for tests: Debian's Chromium, driven by Playwright, off every network."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.conftest import missing

CHROMIUM = Path("/usr/bin/chromium")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the browser; skip on a machine without it."""
    if not CHROMIUM.exists():
        missing(str(CHROMIUM), "install it with `apt-get install chromium fonts-noto-cjk`")
    assert find_spec("playwright"), "playwright is a dependency of the tests"
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        try:
            yield browser
        finally:
            browser.close()
