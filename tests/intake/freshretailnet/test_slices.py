"""The real files, where they are: every store, date and site; days that are lived; the command that lives many."""

from pathlib import Path

import msgspec
import pytest

from doorstep.base.chance import Chance
from doorstep.intake.points import read_points, read_sites
from tests.intake.freshretailnet.made import (
    Places,
    Sales,
    Source,
    listed,
    pl,
    real_day,
    shared,
    typed,
    write_parquet,
    write_places,
)

FILES = tuple(f"hourly_city{x}_20240328_20240618.parquet" for x in ("00", "06", "11"))


def shanghai() -> Places:
    folder = shared("tianchi-last-mile-rush")
    return Places(
        points=read_points(folder / "Delivery_points.csv"), sites=read_sites(folder / "Distribution_points.csv")
    )


@pytest.mark.check
@pytest.mark.parametrize("name", FILES)
def test_real_lines_are_the_real_sales(name: str) -> None:
    """For stores and dates drawn from each slice: lines counted by hour are round(10 × hours_sale) where in stock."""
    sales, places = Sales(shared("freshretailnet", name)), shanghai()
    frame = pl.scan_parquet(sales.path)
    for turn in range(4):
        draw = Chance(20).child(name, turn)
        store, date = sales.pairs[draw.below(len(sales.pairs))]
        site = places.sites[draw.below(len(places.sites))].name
        day = real_day(sales, places, listed(), source=Source(sales=name, store=store, date=date, site=site)).given.day
        asked: dict[tuple[str, int], int] = {}
        for visit in day.visits:
            hour = (visit.at_s + 8 * 3_600) % 86_400 // 3_600  # Shanghai has no summer time
            for x in visit.basket.lines:
                asked[x.sku, hour] = asked.get((x.sku, hour), 0) + x.amount
        found = frame.filter((pl.col("store_id") == int(store)) & (pl.col("dt") == date)).collect()
        assert found.height == len(day.skus)
        for row in found.iter_rows(named=True):
            for hour, (sold, empty) in enumerate(zip(row["hours_sale"], row["hours_stock_status"], strict=True)):
                there = asked.pop((str(row["product_id"]), hour), 0)
                assert there >= round(10 * sold)
                assert empty or there == round(10 * sold)
        assert {} == asked


@pytest.mark.check
def test_each_of_the_sites_has_a_day() -> None:
    """All 124 sites have points of their own, and one store's sales can be lived around each."""
    sales, places = Sales(shared("freshretailnet", "sample_3stores_city06.csv.gz")), shanghai()
    store, date = sales.pairs[0]
    series = sales.series(store)
    points = 0
    for site in places.sites:
        real = real_day(
            sales,
            places,
            listed(),
            source=Source(sales="sample", store=store, date=date, site=site.name),
            series=series,
        )
        points += real.points
        assert real.points >= 1
        assert sum(len(x.basket.lines) for x in real.given.day.visits) >= 1
    assert (124, len(places.points)) == (len(places.sites), points)


@pytest.mark.check
def test_real_days_close(capsys: pytest.CaptureFixture[str]) -> None:
    """The small form of the measure: pairs from all three slices at two sites each, every law strict."""
    folder = shared("tianchi-last-mile-rush")
    files = [y for x in FILES for y in ("--sales", shared("freshretailnet", x))]
    code, said, _ = typed(
        capsys,
        *("real-days", *files, "--points", folder / "Delivery_points.csv"),
        *("--sites", folder / "Distribution_points.csv", "--days", "6", "--sites-each", "2", "--json"),
    )
    rows = msgspec.json.decode(said)
    assert (0, 12, {"ok"}) == (code, len(rows), {x["checks"] for x in rows})
    assert 6 == len({(x["sales"], x["store"], x["date"]) for x in rows})


@pytest.mark.soak
def test_sixty_real_days_close(capsys: pytest.CaptureFixture[str]) -> None:
    """The full form: 60 pairs of store and date at three sites each."""
    folder = shared("tianchi-last-mile-rush")
    files = [y for x in FILES for y in ("--sales", shared("freshretailnet", x))]
    places = ("--points", folder / "Delivery_points.csv", "--sites", folder / "Distribution_points.csv")
    code, said, _ = typed(capsys, "real-days", *files, *places, "--json")
    assert (0, 180) == (code, len(msgspec.json.decode(said)))


def test_the_command_lives_made_days(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A table on stdout, progress on stderr; a file of two stores is drawn from evenly."""
    points, sites = write_places(tmp_path)
    sites.write_text("\n".join(sites.read_text().splitlines()[:3]) + "\n")
    words = ("real-days", "--sales", write_parquet(tmp_path / "sales.parquet"), "--points", points, "--sites", sites)
    code, said, told = typed(capsys, *words, "--days", "2", "--sites-each", "2")
    assert 0 == code
    assert "4 real days, 0 of them not ok" in said
    assert 4 == told.count(": ok")


def test_a_day_that_fails_is_told_and_the_exit_code_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever breaks, the others are lived all the same."""
    import doorstep.intake.freshretailnet as room  # noqa: PLC0415 one name in it is replaced

    monkeypatch.setattr(room, "disagreements", lambda *_, **__: ("a pack is missing",))
    words = ("real-days", "--sales", write_parquet(tmp_path / "sales.parquet"))
    points, sites = write_places(tmp_path)
    sites.write_text("\n".join(sites.read_text().splitlines()[:3]) + "\n")
    code, said, _ = typed(
        capsys, *words, "--points", points, "--sites", sites, "--days", "1", "--sites-each", "2", "--json"
    )
    assert (1, ["a pack is missing"] * 2) == (code, [x["checks"] for x in msgspec.json.decode(said)])
