"""`doorstep history`: folders in, FreshRetailNet's columns out."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from doorstep.core.history import History, HistoryParams
from doorstep.wire.days import live_day
from tests.intake.freshretailnet.made import DATE, DATES, STORE, Sales, made_day, pl, typed, write_parquet
from tests.twin.days import entries, small_day

COLUMNS = [
    "city_id",
    "store_id",
    "first_category_id",
    "second_category_id",
    "product_id",
    "dt",
    "sale_amount",
    "hours_sale",
    "stock_hour6_22_cnt",
    "hours_stock_status",
    "discount",
    "holiday_flag",
    "activity_flag",
    "precpt",
    "avg_temperature",
    "avg_humidity",
    "avg_wind_level",
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    live_day(small_day(1), tmp_path / "monday", strict=True)
    return tmp_path / "monday"


def test_the_file_holds_what_the_journal_says(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every row is the fold's, in order of store, product and day; the metadata names digest and unit."""
    tuesday = replace(small_day(2), date="2020-04-09", site=replace(small_day(2).site, site="another"))
    people = {"pickers": (), "couriers": (), "lots": (), "visits": (), "events": ()}
    live_day(replace(tuesday, **people), tmp_path / "tuesday", strict=True)
    out = tmp_path / "h.parquet"
    assert 0 == typed(capsys, "history", folder, tmp_path / "tuesday", "--out", out, "--city", "31")[0]
    found = pl.read_parquet(out)
    assert COLUMNS == found.columns
    keys = list(found.select("city_id", "store_id", "product_id", "dt").iter_rows())
    assert sorted(set(keys)) == keys
    assert {"31"} == {x[0] for x in keys}
    assert '"units_a_sale": 1' in pl.read_parquet_metadata(out)["doorstep"]
    fold = History(small_day(1).site.site, HistoryParams())
    for x in entries(folder):
        fold.apply(x.fact, x.transfers, at_s=x.at_s)
    here = {x["product_id"]: x for x in found.filter(pl.col("store_id") == fold.site).iter_rows(named=True)}
    for row in fold.rows():
        told = here.pop(row.sku)
        assert [float(x) for x in row.sold] == told["hours_sale"]
        assert float(sum(row.sold)) == told["sale_amount"]
        assert [int(x) for x in row.empty] == told["hours_stock_status"]
        assert sum(row.empty[6:22]) == told["stock_hour6_22_cnt"]
        assert (row.discount_e3 / 1000, int(row.cheaper), 0) == (
            told["discount"],
            told["activity_flag"],
            told["holiday_flag"],
        )
    assert {} == here


def test_the_order_of_folders_does_not_matter(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same days give the same bytes, and a second write needs --force."""
    live_day(replace(small_day(1), date="2020-04-11"), tmp_path / "saturday", strict=True)
    one, two = tmp_path / "one.parquet", tmp_path / "two.parquet"
    assert 0 == typed(capsys, "history", folder, tmp_path / "saturday", "--out", one)[0]
    assert 0 == typed(capsys, "history", tmp_path / "saturday", folder, "--out", two)[0]
    assert one.read_bytes() == two.read_bytes()
    flags = pl.read_parquet(one).select("dt", "holiday_flag").unique().sort("dt").rows()
    assert [("2020-04-08", 0), ("2020-04-11", 1)] == flags
    code, _, error = typed(capsys, "history", folder, "--out", one)
    assert (2, True) == (code, "--force" in error)
    assert one.read_bytes() == two.read_bytes()
    assert 0 == typed(capsys, "history", folder, "--out", one, "--force")[0]


def test_a_folder_that_is_no_day_is_refused(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No journal, one twice, one cut short, one that was changed: nothing is written."""
    out = tmp_path / "h.parquet"
    (tmp_path / "empty").mkdir()
    whole = (folder / "journal.ndjson").read_bytes()
    for name, journal in (
        ("cut", whole[: whole.rfind(b"\n", 0, len(whole) - 1) + 1]),
        ("changed", whole.replace(b'"amount":1', b'"amount":2', 1)),
        ("nothing", b""),
    ):
        (tmp_path / name).mkdir()
        (tmp_path / name / "journal.ndjson").write_bytes(journal)
    for bad, expected in (("empty", 2), ("absent", 2), ("cut", 2), ("changed", 1), ("nothing", 2), ("monday", 2)):
        code, said, error = typed(capsys, "history", folder, tmp_path / bad, "--out", out)
        assert (expected, "") == (code, said), (bad, error)
        assert not out.exists()
    for bad_out in (tmp_path, tmp_path / "no" / "h.parquet"):
        assert 2 == typed(capsys, "history", folder, "--out", bad_out)[0]


def test_the_weather_beside_the_journal_is_remembered(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Known where a weather.csv stands, else the slices' means; a bad one is refused."""
    out = tmp_path / "h.parquet"
    assert 0 == typed(capsys, "history", folder, "--out", out)[0]
    assert [(2.5, 21.0)] == pl.read_parquet(out).select("precpt", "avg_temperature").unique().rows()
    noon = small_day(1).site.opens_at_s + 6 * 3_600
    (folder / "weather.csv").write_text(f"at_s,rain_mm_h,temp_c10\n{noon},6,140\n")
    assert 0 == typed(capsys, "history", folder, "--out", out, "--force")[0]
    assert [(30.0, 14.0)] == pl.read_parquet(out).select("precpt", "avg_temperature").unique().rows()
    (folder / "weather.csv").write_text(f"at_s,rain_mm_h,temp_c10\n{noon},wet,140\n")
    assert 2 == typed(capsys, "history", folder, "--out", out, "--force")[0]


def test_the_circle_closes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Sales make a day, the day makes history, and history reads as sales: the same packs in hours in stock."""
    sales = Sales(write_parquet(tmp_path / "sales.parquet"))
    folders = []
    for date in DATES[:2]:
        real = made_day(sales, date=date)
        live_day(real.given.day, tmp_path / date, params=real.given.params, strict=True)
        folders.append(tmp_path / date)
    out = tmp_path / "h.parquet"
    assert 0 == typed(capsys, "history", *folders, "--out", out)[0]
    again = Sales(out)
    assert (("A001", DATES[0]), ("A001", DATES[1])) == again.pairs
    frame = pl.read_parquet(out)
    for x, was in zip(again.series("A001"), sales.series(STORE), strict=True):
        assert x.sku == was.sku
        for date in DATES[:2]:
            assert round(was.days[date].discount, 2) == round(x.days[date].discount, 2)
            told = frame.filter((pl.col("product_id") == x.sku) & (pl.col("dt") == date)).row(0, named=True)
            assert tuple(told["hours_sale"]) == x.days[date].sold
    assert DATE not in {x for _, x in again.pairs}
