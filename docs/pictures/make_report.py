"""
Make `report.png` anew, the picture of the page: ``.venv/bin/python docs/pictures/make_report.py``.

It lives the built-in day of seed 1, opens its page in Debian's Chromium (``apt-get install chromium
fonts-noto-cjk``), lets it draw, and keeps the top of it as a person sees it on a desk.
"""

# ruff: noqa: INP001 a script, no package
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import sync_playwright

from doorstep.twin.worlds import neighbourhood
from doorstep.wire.days import live_day
from doorstep.wire.files import REPORT

CHROMIUM = "/usr/bin/chromium"
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""No look for updates, no call to anybody: the page itself needs no network either."""
SIZE = (1280, 1310)


def shoot(page: Path, picture: Path, *, language: str = "en") -> None:
    """Open a page of a day and keep what shows first."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        tab = browser.new_page(viewport={"width": SIZE[0], "height": SIZE[1]}, color_scheme="light")
        tab.goto(f"{page.as_uri()}#{language}")
        tab.wait_for_selector("html[data-ready=yes]")
        tab.screenshot(path=picture)
        browser.close()


if __name__ == "__main__":
    with TemporaryDirectory() as scratch:
        live_day(neighbourhood(1), Path(scratch), report=True)
        shoot(Path(scratch, REPORT), Path(__file__).resolve().parent / "report.png")
