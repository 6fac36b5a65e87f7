"""Tiny files of sales, points and sites, made for the tests."""

import gzip
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from doorstep.cli import main
from doorstep.intake.freshretailnet import Places, RealDay, Sales, Source, real_day
from doorstep.intake.points import Spot
from doorstep.model.people import Place
from doorstep.twin.worlds import catalogue
from tests.conftest import ROOT

__all__ = ["Places", "Sales", "Source", "pl", "real_day"]  # tests take them from here

DATA = ROOT.parent / "shared" / "data"
DATES = tuple(f"2024-04-{x:02d}" for x in range(1, 9))
DATE = DATES[3]
STORE = "7"
SCHEMA: dict[str, Any] = {
    "city_id": pl.Int32,
    "store_id": pl.Int32,
    "management_group_id": pl.Int32,
    "first_category_id": pl.Int32,
    "second_category_id": pl.Int32,
    "third_category_id": pl.Int32,
    "product_id": pl.Int32,
    "dt": pl.String,
    "sale_amount": pl.Float64,
    "hours_sale": pl.List(pl.Float32),
    "stock_hour6_22_cnt": pl.Int32,
    "hours_stock_status": pl.List(pl.Int8),
    "discount": pl.Float64,
    "holiday_flag": pl.Int8,
    "activity_flag": pl.Int8,
    "precpt": pl.Float64,
    "avg_temperature": pl.Float64,
    "avg_humidity": pl.Float64,
    "avg_wind_level": pl.Float64,
}


def row(sku: int, date: str, sold: Mapping[int, float], empty: Sequence[int] = (), **other: Any) -> dict[str, Any]:
    """One row of the file: `sold` by hour in packs, the hours flagged empty."""
    hours = [sold.get(x, 0) / 10 for x in range(24)]
    return {
        "city_id": 6,
        "store_id": int(STORE),
        "management_group_id": 0,
        "first_category_id": sku % 3,
        "second_category_id": 10 + sku,
        "third_category_id": 100,
        "product_id": sku,
        "dt": date,
        "sale_amount": sum(hours),
        "hours_sale": hours,
        "stock_hour6_22_cnt": len([x for x in empty if 6 <= x < 22]),
        "hours_stock_status": [int(x in empty) for x in range(24)],
        "discount": 1.0 if sku % 2 else 0.8,
        "holiday_flag": 0,
        "activity_flag": 0,
        "precpt": 2.0,
        "avg_temperature": 18.5,
        "avg_humidity": 70.0,
        "avg_wind_level": 1.5,
        **other,
    }


def usual(sku: int, day: int) -> dict[int, float]:
    """What a sku sells on a usual day: a morning and an evening."""
    return {8: 3 + (sku + day) % 3, 9: 4, 12: sku % 2, 17: 2 + day % 2, 18: 3, 21: (sku * day) % 2}


def rows() -> list[dict[str, Any]]:
    """Six skus over eight days; on `DATE` one is empty from noon to four, one all day, one sells at night."""
    found = [row(sku, date, usual(sku, day)) for sku in range(1, 7) for day, date in enumerate(DATES)]
    for n, x in enumerate(found):
        if x["dt"] == DATE and x["product_id"] == 2:
            found[n] = row(2, DATE, {8: 5, 9: 4, 12: 1, 17: 3}, empty=[12, 13, 14, 15])
        elif x["dt"] == DATE and x["product_id"] == 4:
            found[n] = row(4, DATE, {10: 1}, empty=range(24))
        elif x["dt"] == DATE and x["product_id"] == 5:
            found[n] = row(5, DATE, {3: 1, 8: 2, 23: 1}, discount=0.0)
    return found


def write_parquet(path: Path, found: Sequence[Mapping[str, Any]] | None = None) -> Path:
    pl.DataFrame(rows() if found is None else list(found), schema=SCHEMA, strict=False).write_parquet(path)
    return path


def write_csv(path: Path, found: Sequence[Mapping[str, Any]] | None = None) -> Path:
    """The same as text, as in the sample of the shared data."""
    lines = [",".join(SCHEMA)]
    for x in rows() if found is None else found:
        told = {
            **x,
            "hours_sale": ";".join(f"{y:g}" for y in x["hours_sale"]),
            "hours_stock_status": "".join(str(y) for y in x["hours_stock_status"]),
        }
        lines.append(",".join(str(told[y]) for y in SCHEMA))
    text = ("\n".join(lines) + "\n").encode()
    path.write_bytes(gzip.compress(text) if path.suffix == ".gz" else text)
    return path


def spot(name: str, lat: float, lng: float) -> Spot:
    return Spot(name=name, place=Place(round(lat * 1e6), round(lng * 1e6)))


def places() -> Places:
    """Two sites 6 km apart with six points each, and a third where nobody lives."""
    sites = (spot("A001", 31.20, 121.40), spot("A002", 31.20, 121.46), spot("A003", 30.70, 121.00))
    points = tuple(
        spot(f"B{10 * n + x}", 31.20 + 0.004 * (x - 3), 121.40 + 0.06 * n + 0.002 * x)
        for n in range(2)
        for x in range(6)
    )
    return Places(points=points, sites=sites)


def write_places(folder: Path) -> tuple[Path, Path]:
    """The same as files: points, sites."""
    found = places()
    for name, key, spots in (("points.csv", "spot_id", found.points), ("sites.csv", "site_id", found.sites)):
        lines = [f"{x.name},{x.place.lng_e6 / 1e6},{x.place.lat_e6 / 1e6}" for x in spots]
        (folder / name).write_text("\n".join([f"{key},lng,lat", *lines]) + "\n")
    return folder / "points.csv", folder / "sites.csv"


def listed() -> list[tuple[Any, int]]:
    return [(x.sku, x.popularity) for x in catalogue()]


def made_day(sales: Sales, *, site: str = "A001", date: str = DATE, scale: float = 1.0, seed: int = 1) -> RealDay:
    source = Source(sales=sales.path.name, store=STORE, date=date, site=site, scale=scale, seed=seed)
    return real_day(sales, places(), listed(), source=source)


def typed(capsys: pytest.CaptureFixture[str], *words: str | Path) -> tuple[int, str, str]:
    """Type `doorstep …`; return its exit code and what it printed on stdout and stderr."""
    before = sys.argv
    sys.argv = ["doorstep", *map(str, words)]
    try:
        main()
        code = 0
    except SystemExit as done:
        code = int(done.code or 0)
    finally:
        sys.argv = before
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def shared(*parts: str) -> Path:
    """Name a real file; skip where it is not here: its terms forbid to ship it, so no machine has to have it."""
    path = DATA.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"shared/data/{'/'.join(parts)} is not beside the repository; its terms forbid to ship it")
    return path
