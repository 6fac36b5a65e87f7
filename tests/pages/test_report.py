"""The page of a day in a real browser: what a manager sees, at a desk and on a phone, in both languages."""

import base64
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # it ships no types
from msgspec.structs import replace
from playwright.sync_api import Browser, Page, Request

from doorstep.model.day import Assumption
from doorstep.twin.worlds import neighbourhood
from doorstep.wire.days import live_day
from doorstep.wire.files import REPORT
from tests.pages.browser import chromium
from tests.pages.test_report_file import HOSTILE
from tests.twin.days import small_day

pytestmark = pytest.mark.check

DESK, PHONE = (1280, 900), (390, 844)
SERIOUS = {"serious", "critical"}
Open = Callable[..., Page]
UNTIL = """new Promise((done) => {
  const look = () => (document.getElementById("clock").textContent > "08:03" ? done() : requestAnimationFrame(look));
  look();
})"""
PICTURE = "document.getElementById('map').toDataURL()"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of the built-in day."""
    folder = tmp_path_factory.mktemp("day")
    live_day(neighbourhood(1), folder, report=True)
    return folder / REPORT


@pytest.fixture
def open_page(browser: Browser, report: Path) -> Iterator[Open]:
    """Open a page; at the end nothing may have gone wrong in it, and nothing may have been asked of a network."""
    said: list[str] = []
    asked: list[str] = []
    contexts = []

    def note(request: Request) -> None:
        if not request.url.startswith("file:"):
            asked.append(request.url)

    def begin(
        *, size: tuple[int, int] = DESK, language: str = "en", scheme: str = "light", path: Path = report
    ) -> Page:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if scheme == "dark" else "light",
            locale="en-GB",
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda x: said.append(x.text))
        page.on("pageerror", lambda x: said.append(str(x)))
        page.on("request", note)
        page.goto(f"{path.as_uri()}{f'#{language}' if language else ''}")
        page.wait_for_selector("html[data-ready=yes]")
        return page

    yield begin
    for context in contexts:
        context.close()
    assert [] == said
    assert [] == asked


def heading(page: Page) -> str:
    return page.inner_text("h1")


@pytest.mark.parametrize(("size", "language"), [(DESK, "zh"), (DESK, "en"), (PHONE, "zh"), (PHONE, "en")])
def test_the_page_draws_itself_whole(open_page: Open, size: tuple[int, int], language: str) -> None:
    """Six charts, ten moments, nothing wider than the screen; no word is missing in either language."""
    page = open_page(size=size, language=language)
    assert {"zh": "2020年4月8日星期三", "en": "Wednesday, 8 April 2020"}[language] == heading(page)
    assert 5 == page.locator(".plot canvas").count()
    assert 12 == page.locator(".categories .name").count()
    assert 10 == page.locator("#moments li").count()
    assert size[0] == page.evaluate("document.documentElement.scrollWidth")
    text = page.inner_text("body")
    assert [] == re.findall(r"undefined|NaN|[{}]|\b(?:why|what|kind|law|account|category|i|d)\.[a-z]", text)
    assert ("准时率" in text) == (language == "zh")


def test_the_slider_moves_the_clock_the_couriers_and_the_counts(open_page: Open) -> None:
    """Pulled to another hour, map and clock show that hour; by its end everything is where it went."""
    page = open_page()
    first, clock = page.evaluate(PICTURE), page.inner_text("#clock")
    page.fill("#slider", str(9 * 3_600))
    assert "09:00" == page.inner_text("#clock")
    assert clock != "09:00"
    assert first != page.evaluate(PICTURE)
    page.focus("#slider")
    page.keyboard.press("ArrowRight")
    assert "09:00" == page.inner_text("#clock")
    assert "32415" == page.input_value("#slider")
    page.keyboard.press("End")
    counts = page.locator("#counts b").all_inner_texts()
    tile = page.locator("#tiles dd").first.inner_text()
    assert ["0", "0"] == counts[:2]
    assert int(tile.replace(",", "")) == sum(int(x.replace(",", "")) for x in counts[2:4])


def test_play_runs_and_stops(open_page: Open) -> None:
    """The clock goes while it plays, and stands while it does not."""
    page = open_page()
    page.fill("#slider", str(8 * 3_600))
    page.click("#play")
    page.evaluate(UNTIL)
    page.click("#play")
    stood = page.inner_text("#clock"), page.evaluate(PICTURE)
    page.evaluate("new Promise((x) => requestAnimationFrame(() => requestAnimationFrame(x)))")
    assert stood == (page.inner_text("#clock"), page.evaluate(PICTURE))
    assert "Play" in page.inner_text("#play")


def test_a_door_tells_its_order(open_page: Open) -> None:
    """A tap on a door names the order to explain."""
    page = open_page(size=PHONE)
    page.fill("#slider", str(20 * 3_600))
    spot = page.evaluate("view.at(doors[100])")
    page.locator("#map").click(position={"x": spot[0], "y": spot[1]})
    assert page.inner_text("#door").startswith("O")


def test_a_bar_tells_its_numbers(open_page: Open) -> None:
    """The pointer over an hour shows what became of its baskets; beside the chart it shows nothing."""
    page = open_page()
    chart = page.locator("[data-chart=hours] .u-over")
    chart.scroll_into_view_if_needed()
    chart.hover()
    assert re.fullmatch(
        r"1[34]:00\s+delivered in time \d+\s+delivered late \d+\s+lost \d+", chart.inner_text().strip()
    )
    page.mouse.move(2, 2)
    assert chart.locator(".tip").is_hidden()


def test_the_language_is_switched_and_kept(open_page: Open) -> None:
    """The switch changes every word at once; the address remembers it."""
    page = open_page(language="")
    assert "en" == page.get_attribute("html", "lang")
    page.click("button[data-language=zh]")
    assert "zh-CN" == page.get_attribute("html", "lang")
    assert page.url.endswith("#zh")
    page.reload()
    page.wait_for_selector("html[data-ready=yes]")
    assert "2020年4月8日星期三" == heading(page)
    assert "true" == page.get_attribute("button[data-language=zh]", "aria-pressed")


@pytest.mark.parametrize(
    ("size", "language", "scheme"), [(DESK, "en", "light"), (DESK, "zh", "dark"), (PHONE, "zh", "light")]
)
def test_everybody_can_read_it(open_page: Open, size: tuple[int, int], language: str, scheme: str) -> None:
    """Axe, the checker, finds nothing serious: names, contrast, order of headings, labels."""
    page = open_page(size=size, language=language, scheme=scheme)
    found = Axe().run(page).response["violations"]
    assert [] == [f"{x['id']}: {node['html']}" for x in found if x["impact"] in SERIOUS for node in x["nodes"]]


def test_it_prints(open_page: Open) -> None:
    """On paper nothing is lost: a PDF of a few pages, the charts in it."""
    page = open_page()
    data = page.pdf(format="A4")
    assert 3 <= data.count(b"/Type /Page\n") <= 12
    assert data.startswith(b"%PDF")
    assert len(base64.b64encode(data)) > 60_000


def test_a_day_without_visits_is_shown(open_page: Open, tmp_path: Path) -> None:
    """Nothing happened, nothing breaks: the page says so."""
    live_day(replace(small_day(), visits=()), tmp_path / "day", report=True)
    page = open_page(path=tmp_path / "day" / REPORT)
    assert "Nobody asked for anything" in page.inner_text("#lead")
    assert "Nothing to show" in page.inner_text("[data-chart=hours]")


def test_what_was_assumed_is_shown_where_there_is_something(open_page: Open, tmp_path: Path) -> None:
    """A day that was given with assumptions lists them; another day has no such part."""
    live_day(replace(small_day(visits=3), assumptions=()), tmp_path / "plain", report=True)
    assert open_page(path=tmp_path / "plain" / REPORT).locator("#assumed").is_hidden()
    told = (Assumption(name="life of a lot", value="2 days", why="nobody wrote it down"),)
    live_day(replace(small_day(visits=3), assumptions=told), tmp_path / "day", report=True)
    page = open_page(path=tmp_path / "day" / REPORT)
    assert ["life of a lot", "2 days", "nobody wrote it down"] == page.locator(
        "#assumptions tbody th, #assumptions tbody td"
    ).all_text_contents()


def test_hostile_names_do_nothing(open_page: Open, tmp_path: Path) -> None:
    """A name that is a script is shown as it is written."""
    day = small_day(visits=120, rush=True)
    named = replace(day, skus=tuple(replace(x, name_en=HOSTILE, name_zh=HOSTILE, category=HOSTILE) for x in day.skus))
    live_day(named, tmp_path / "day", report=True)
    page = open_page(path=tmp_path / "day" / REPORT)
    assert 0 == page.locator("main img, main script").count()
    assert "<script>alert(1)</script>" in page.inner_text("#moments")
