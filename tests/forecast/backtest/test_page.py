"""The page of a backtest, in a real browser: both languages, desk and phone, off every network."""

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # it ships no types
from msgspec.structs import replace
from playwright.sync_api import Browser, Page

from doorstep.bench.backtest.origins import origins
from doorstep.bench.backtest.page import Backtest, Model, render
from doorstep.bench.backtest.peers import in_stock_mean, peers
from doorstep.bench.backtest.run import BEST, MEAN, OURS, Result, backtest
from doorstep.bench.backtest.spread import quantiles_of
from doorstep.model.demand import Ahead, Forecast, Panel
from tests.forecast.backtest.made import panel, recovered
from tests.pages.browser import chromium

DESK, PHONE = (1280, 900), (390, 844)
HOSTILE = "</script><script>alert(1)</script>"
Open = Callable[..., Page]


def ours(past: Panel, ahead: Ahead) -> Forecast:
    """A forecast of some kind: what is drawn does not depend on how good it is."""
    mean = 1.1 * in_stock_mean(past, ahead, days=28)
    quantiles = quantiles_of(mean.reshape(-1), np.full(7, 0.2), step=1.0).reshape(*mean.shape, 8)
    return Forecast(
        keys=ahead.keys,
        groups=ahead.groups,
        first_day=ahead.first_day,
        on_sale=ahead.on_sale,
        mean=mean.astype(np.float32),
        sd=mean.astype(np.float32),
        in_stock_sales=(0.9 * mean).astype(np.float32),
        quantiles=quantiles.astype(np.float32),
        spread=np.ones((*mean.shape, 3), np.float32),
        method=np.zeros(mean.shape, np.int8),
        about={},
    )


def result(city: str = "7", *, weeks: int = 2, made: Panel | None = None) -> Result:
    made = panel() if made is None else made
    asked = [x for x in peers() if not x.needs]
    turns = origins(made, recovered(made), weeks=weeks)
    return backtest(turns, ours, asked, city=city, cpu_s=time.process_time, said=lambda _date, _model: None)


def shown(*results: Result, files: tuple[str, ...] = ("history.parquet",)) -> Backtest:
    names = (OURS, *(x.name for x in peers() if not x.needs), BEST, MEAN)
    return Backtest(
        cities=results,
        models=tuple(Model(name=x, why="") for x in names),
        absent=("mlforecast",),
        files=files,
        weeks=2,
    )


def test_the_same_results_give_the_same_page() -> None:
    """Byte for byte, whenever it is made; and it names no address to fetch from."""
    made = replace(result(), cpu_s={})
    page = render(shown(made))
    assert page == render(shown(replace(result(), cpu_s={})))
    outside = re.sub(rb"<script>.*?</script>", b"", page, flags=re.DOTALL)
    assert not re.findall(rb"(?:src|href)\s*=", outside)
    assert b"default-src 'none'" in page


def test_a_hostile_name_cannot_end_its_block() -> None:
    """Names of files and cities travel as JSON that holds no markup."""
    page = render(shown(result(HOSTILE), files=(HOSTILE,)))
    assert HOSTILE.encode() not in page


def test_the_worst_series_are_those_off_by_more_than_they_said() -> None:
    """At most twenty, sorted by the excess, and one that was made absurd on purpose is first."""
    made = panel(n=30)
    sales = made.sales.copy()
    sales[4, -7:] += 200
    found = result(made=replace(made, sales=sales)).worst
    excess = [x.error - x.expected for x in found]
    assert (20, sorted(excess, reverse=True)) == (len(found), excess)
    assert ("101", "2") == (found[0].site, found[0].sku)
    assert 42 + 14 == len(found[0].days) == len(found[0].mean)
    assert (None, True) == (found[0].mean[0], found[0].mean[-1] is not None)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture
def open_page(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    """Open a page; at the end nothing may have gone wrong in it, and nothing may have been asked of a network."""
    said: list[str] = []
    contexts = []

    def begin(data: bytes, *, size: tuple[int, int] = DESK, language: str = "en", scheme: str = "light") -> Page:
        path = tmp_path / "report.html"
        path.write_bytes(data)
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if scheme == "dark" else "light",
            locale="en-GB",
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda x: said.append(x.text))
        page.on("pageerror", lambda x: said.append(str(x)))
        page.on("request", lambda x: None if x.url.startswith("file:") else said.append(x.url))
        page.goto(f"{path.as_uri()}#{language}")
        page.wait_for_selector("html[data-ready=yes]")
        return page

    yield begin
    for context in contexts:
        context.close()
    assert [] == said


@pytest.mark.check
@pytest.mark.parametrize(("size", "language"), [(DESK, "zh"), (DESK, "en"), (PHONE, "zh"), (PHONE, "en")])
def test_the_page_draws_itself_whole(open_page: Open, size: tuple[int, int], language: str) -> None:
    """Seven charts and the worst series drawn, nothing wider than the screen, no word missing."""
    page = open_page(render(shown(result())), size=size, language=language)
    assert 7 == page.locator("[data-chart] canvas").count()
    assert 6 == page.locator("#worst canvas").count()
    assert size[0] == page.evaluate("document.documentElement.scrollWidth")
    text = page.inner_text("body")
    assert [] == re.findall(r"undefined|NaN|[{}]|\b(?:model|level|axis|term|means|why|target|days|worst)\.[a-z]", text)
    assert ("需求" in text) == (language == "zh")


@pytest.mark.check
def test_the_table_shows_what_the_lines_say(open_page: Open) -> None:
    """Our row, cell by cell, is the line of all origins; the library that is not there is named."""
    made = result()
    page = open_page(render(shown(made)))
    (line,) = [
        x
        for x in made.lines
        if (x.model, x.origin, x.protocol, x.horizon, x.level) == (OURS, "all", "truth", 0, "series")
        and (x.band, x.promo) == ("all", "all")
    ]
    assert line.wape is not None
    cells = page.locator("#table tr.ours td").all_inner_texts()
    assert f"{100 * line.wape:.1f}%" == cells[0]
    assert f"{sum(line.pinball.values()) / 8:.4f}" == cells[2]
    assert "mlforecast" in page.inner_text("#absent")


@pytest.mark.check
def test_cities_and_languages_are_switched(open_page: Open) -> None:
    """The second city's numbers take the place of the first's."""
    page = open_page(render(shown(result("7"), result("8", made=panel(seed=2)))))
    first = page.inner_text("#lead")
    page.click("button[data-city='8']")
    assert "8" in page.inner_text("h1")
    assert first != page.inner_text("#lead")
    page.click("button[data-language=zh]")
    assert "城市 8" in page.inner_text("h1")


@pytest.mark.check
def test_a_chart_tells_its_numbers(open_page: Open) -> None:
    """The pointer over a horizon shows every model's error there."""
    page = open_page(render(shown(result())))
    chart = page.locator("[data-chart=horizon] .u-over")
    chart.scroll_into_view_if_needed()
    chart.hover()
    assert re.search(r"Doorstep \d+\.\d%", chart.inner_text())


@pytest.mark.check
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_read_it(open_page: Open, scheme: str) -> None:
    """Axe, the checker, finds nothing serious: names, contrast, order of headings, labels."""
    page = open_page(render(shown(result("7"), result("8"))), scheme=scheme)
    found = Axe().run(page).response["violations"]
    serious = [x for x in found if x["impact"] in {"serious", "critical"}]
    assert [] == [f"{x['id']}: {node['html']}" for x in serious for node in x["nodes"]]


@pytest.mark.check
def test_a_week_in_which_nothing_happened_is_shown(open_page: Open) -> None:
    """No sale, no demand: the page says so and breaks nowhere."""
    made = panel()
    page = open_page(render(shown(result(made=replace(made, sales=np.zeros_like(made.sales))))))
    assert "nothing to compare" in page.inner_text("#lead")
