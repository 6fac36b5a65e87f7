"""A day made of sales: the same seed the same day, its shelf empty when the record's is, its books the world's."""

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from doorstep.base.errors import BadInput
from doorstep.base.units import HOUR_S
from doorstep.intake.dayfolder import read_day, write_day
from doorstep.intake.freshretailnet import Sales, disagreements
from doorstep.intake.freshretailnet.goods import EARLY_S
from doorstep.intake.freshretailnet.sales import HOURS
from doorstep.wire.days import live_day, live_given
from tests.intake.freshretailnet.made import (
    DATE,
    DATES,
    STORE,
    made_day,
    places,
    row,
    typed,
    write_csv,
    write_parquet,
    write_places,
)


@pytest.fixture
def sales(tmp_path: Path) -> Sales:
    return Sales(write_parquet(tmp_path / "sales.parquet"))


@pytest.mark.parametrize("date", DATES)
@pytest.mark.parametrize("scale", [1.0, 1.5, 4.0])
def test_the_lines_are_the_sales_where_the_shelf_was_in_stock(sales: Sales, date: str, scale: float) -> None:
    """On every date, at any scale; and whoever changes a line is found out."""
    real = made_day(sales, date=date, scale=scale)
    series = sales.series(STORE)
    assert () == disagreements(real.given.day, series, scale=scale)
    day = real.given.day
    assert len(disagreements(msgspec.structs.replace(day, visits=day.visits[1:]), series, scale=scale)) >= 1
    twice = msgspec.structs.replace(day, visits=(*day.visits, day.visits[-1]))
    assert len(disagreements(twice, series, scale=scale)) >= 1


def test_shoppers_live_where_the_site_is_the_nearest(sales: Sales) -> None:
    """Each site has its own six points; all of them are used, and the day differs in place only by its draws."""
    for n, site in enumerate(("A001", "A002")):
        there = {x.place for x in places().points[6 * n : 6 * n + 6]}
        assert there == {x.basket.at for x in made_day(sales, site=site).given.day.visits}


def test_a_site_without_points_is_refused(sales: Sales) -> None:
    """The sentence says why, and nothing is made up."""
    with pytest.raises(BadInput, match="every delivery point is nearer to another site than to A003"):
        made_day(sales, site="A003")


@pytest.mark.parametrize("scale", [0.0, 0.5, -1.0, 1e9, float("nan"), float("inf")])
def test_a_scale_that_is_none_is_refused(sales: Sales, scale: float) -> None:
    """Demand is multiplied by one or more."""
    with pytest.raises(BadInput, match="--scale"):
        made_day(sales, scale=scale)


def test_a_date_without_sales_is_refused(sales: Sales) -> None:
    """The sentence says which dates there are."""
    with pytest.raises(BadInput, match="it has 8 from 2024-04-01 to 2024-04-08"):
        made_day(sales, date="2024-05-01")


def test_the_site_is_open_whenever_something_was_sold(sales: Sales) -> None:
    """The day has sales at 3 and at 23, so it opens at 3 or before and closes at midnight."""
    site = made_day(sales).given.day.site
    midnight = (site.closes_at_s + 8 * HOUR_S) % (24 * HOUR_S)
    assert 0 == midnight
    assert site.closes_at_s - site.opens_at_s >= 21 * HOUR_S


def test_the_shelf_runs_empty_when_the_record_does(sales: Sales) -> None:
    """A stock-out from noon to four is two lots; what is there until noon is what is asked for and sold until then."""
    real = made_day(sales)
    asked, day = real.asked, real.given.day
    lots = [x for x in day.lots if x.sku == "2"]
    start = day.site.closes_at_s - 24 * HOUR_S
    assert [day.site.opens_at_s - EARLY_S, start + 16 * HOUR_S] == [x.arrives_at_s for x in lots]
    hours = asked.asked[lots[0].sku]
    assert sum(hours[:12]) + 1 == lots[0].amount
    assert sum(hours[16:]) < lots[1].amount
    assert [(start + 10 * HOUR_S, 1)] == [(x.arrives_at_s, x.amount) for x in day.lots if x.sku == "4"]


def test_prices_follow_the_discount(sales: Sales) -> None:
    """Even skus are a fifth cheaper from before the opening; a discount of nothing costs a tenth, not nothing."""
    day = made_day(sales).given.day
    usual = {x.sku: x.price_fen for x in day.skus}
    cheaper = {x.subject: x.value for x in day.events}
    assert {x: max(1, round(usual[x] * 0.8)) for x in usual if int(x) % 2 == 0} == {
        x: fen for x, fen in cheaper.items() if int(x) % 2 == 0
    }
    assert max(1, round(0.1 * {str(x): fen for x, fen in usual.items()}["5"])) == cheaper["5"]
    assert {"price"} == {x.kind for x in day.events}
    assert all(x.at_s < day.site.opens_at_s for x in day.events)


def test_a_sku_is_the_same_on_every_date(sales: Sales) -> None:
    """Price, life, zone and names do not change overnight, and ids are those of the file."""
    first, *others = (made_day(sales, date=x).given.day.skus for x in DATES)
    assert ["1", "2", "3", "4", "5", "6"] == [x.sku for x in first]
    assert [first] * len(others) == others
    assert ("品类 2-12 商品 2", "Category 2-12 product 2") == (first[1].name_zh, first[1].name_en)


def test_the_seed_is_the_day(sales: Sales, tmp_path: Path) -> None:
    """The same seed makes the same day from parquet and from text; another makes another."""
    text = Sales(write_csv(tmp_path / "sales.csv.gz"))
    assert made_day(sales).given == made_day(sales).given == made_day(text).given
    assert made_day(sales).given.day.visits != made_day(sales, seed=2).given.day.visits


def test_all_that_was_assumed_is_told(sales: Sales) -> None:
    """The document names the source, each assumption, and every hour that was filled."""
    real = made_day(sales)
    told = msgspec.json.decode(real.document())
    assert {"sales.parquet", STORE, DATE, "A001"} <= set(told["source"].values())
    assert len(real.assumptions) == len({x["name"] for x in told["assumptions"]}) >= 12
    assert 4 + HOURS == len(told["filled"])
    assert [x["sold"] for x in told["filled"] if x["sku"] == "4" and x["hour"] == 10] == [1]


@pytest.mark.parametrize("site", ["A001", "A002"])
def test_a_real_day_is_lived_and_its_books_are_the_world(sales: Sales, tmp_path: Path, site: str) -> None:
    """Every law strict; written as a folder and read back it has the same digest."""
    real = made_day(sales, site=site)
    closing = live_day(real.given.day, tmp_path / "out", params=real.given.params, strict=True)
    assert {"ok"} == set(closing.checks.values())
    (tmp_path / "folder").mkdir()
    write_day(real.given, tmp_path / "folder")
    assert closing.digest == live_given(read_day(tmp_path / "folder"), tmp_path / "again").digest


def test_far_doors_are_served_by_vans(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where a tenth lives beyond forty minutes by e-bike; promises then may be longer."""
    sales = Sales(write_parquet(tmp_path / "sales.parquet", [row(1, x, {9: 8}) for x in DATES]))
    near = made_day(sales).given
    assert {"ebike"} == {x.kind for x in near.day.couriers}
    points, sites = write_places(tmp_path)
    points.write_text("spot_id,lng,lat\nB1,121.40,31.40\n")
    assert 0 == typed(capsys, *words(sales, points, sites), "--export", tmp_path / "folder", "--json")[0]
    far = read_day(tmp_path / "folder")
    assert {"van"} == {x.kind for x in far.day.couriers}
    assert far.params.promise.ladder_s[-1] > near.params.promise.ladder_s[-1]


def words(sales: Sales, points: Path, sites: Path) -> list[str | Path]:
    return [
        *("day", "--sales", sales.path, "--store", STORE, "--date", DATE),
        *("--points", points, "--sites", sites, "--site", "A001"),
    ]


def test_the_command_keeps_what_was_assumed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Beside the journal and beside the folder; the folder has the same digest; the table goes to stderr."""
    sales = Sales(write_parquet(tmp_path / "sales.parquet"))
    out, folder = tmp_path / "out", tmp_path / "folder"
    code, said, told = typed(capsys, *words(sales, *write_places(tmp_path)), "--out", out, "--export", folder)
    assert 0 == code
    assert "Every law holds" in said
    assert "demand in empty hours" in told
    assert (out / "assumptions.json").read_bytes() == (folder / "assumptions.json").read_bytes()
    digest = msgspec.json.decode((out / "closing.json").read_bytes())["digest"]
    assert 0 == typed(capsys, "verify", out, "--digest", digest)[0]
    code, said, _ = typed(capsys, "day", "--from", folder, "--json")
    assert (0, digest) == (code, msgspec.json.decode(said)["digest"])


@pytest.mark.parametrize(
    ("left", "more", "what"),
    [
        (5, [], "--date, --points, --sites, --site"),
        (0, ["--scale", "2"], "--sales, --store"),
        (13, ["--from", "somewhere"], "--from and --sales"),
        (13, ["--scale", "0.5"], "--scale 0.5"),
        (11, ["--site", "A009"], "no site 'A009'"),
        (3, ["--store", "9", "--date", DATE, "--points", "P", "--sites", "S", "--site", "A001"], "no store '9'"),
    ],
)
def test_options_that_do_not_fit_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], left: int, more: list[str], what: str
) -> None:
    """Exit code 2, one line that says what is missing, nothing written."""
    points, sites = write_places(tmp_path)
    begin = words(Sales(write_parquet(tmp_path / "sales.parquet")), points, sites)
    named = {"P": points, "S": sites}
    said = ["day", *begin[1:left], *(named.get(x, x) for x in more)]
    code, out, error = typed(capsys, *said, "--out", tmp_path / "out")
    assert (2, "") == (code, out)
    assert what in error
    assert 1 == len(error.strip().splitlines())
    assert not (tmp_path / "out").exists()


def test_polars_is_not_let_in_before_it_is_needed() -> None:
    """The command line starts, and the built-in day is made, without it."""
    code = "import sys, doorstep.cli, doorstep.wire.days; assert 'polars' not in sys.modules"
    assert 0 == subprocess.run([sys.executable, "-c", code], check=False).returncode
