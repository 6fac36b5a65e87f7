"""Small cities in FreshRetailNet's columns, with odd series among them, made for the tests."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from tests.intake.freshretailnet.made import SCHEMA, typed

FIRST = date(2024, 3, 4)
KNOWN = [
    "city_id",
    "store_id",
    "product_id",
    "dt",
    "discount",
    "holiday_flag",
    "activity_flag",
    "precpt",
    "avg_temperature",
    "avg_humidity",
    "avg_wind_level",
]
ODD = {"gaps": 901, "zero": 902, "short": 903, "ended": 904, "out": 905}
"""A product for each flag, at the first store."""


def city(number: int = 7, *, days: int = 63, skus: int = 4, first: date = FIRST, odd: bool = False) -> pl.DataFrame:
    """Two stores; Poisson sales by hour, some evenings out of stock; the odd series of `ODD` where they are wanted."""
    rng = np.random.Generator(np.random.PCG64([number, days]))
    found: list[dict[str, Any]] = []
    for store in (10 * number, 10 * number + 1):
        for sku in range(1, skus + 1):
            found += [_row(rng, (number, store, sku), first + timedelta(x), rate=0.1 * sku) for x in range(days)]
    if odd:
        for name, sku in ODD.items():
            for x in range(days):
                if (
                    (name == "gaps" and x % 5 == 2)
                    or (name == "short" and x < days - 1)
                    or (name == "ended" and x >= 30)
                ):
                    continue
                rate = 0.0 if name == "zero" else 0.3
                out = range(24) if name == "out" else ()
                key = (number, 10 * number, sku)
                found.append(_row(rng, key, first + timedelta(x), rate=rate, out=tuple(out)))
    return pl.DataFrame(found, schema=SCHEMA)


def week(
    number: int = 7, *, days: int = 7, skus: int = 4, after: date = FIRST + timedelta(63), more: tuple[int, ...] = ()
) -> pl.DataFrame:
    """What is known of the days after; `more`: products on sale at the first store beside the usual ones."""
    rng = np.random.Generator(np.random.PCG64(number))
    keys = [(number, store, sku) for store in (10 * number, 10 * number + 1) for sku in range(1, skus + 1)]
    keys += [(number, 10 * number, sku) for sku in more]
    found = [_row(rng, key, after + timedelta(x), rate=0.2) for key in keys for x in range(days)]
    return pl.DataFrame(found, schema=SCHEMA).select(KNOWN)


def forecast(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    """Type `doorstep forecast …`; return its exit code, stdout and stderr."""
    return typed(capsys, "forecast", *map(str, words))


def write(frame: pl.DataFrame, path: Path) -> Path:
    """Write a frame as parquet; return its path."""
    frame.write_parquet(path)
    return path


def _row(
    rng: np.random.Generator, key: tuple[int, int, int], day: date, *, rate: float, out: tuple[int, ...] = ()
) -> dict[str, Any]:
    hours = [0.0] * 24
    gone = set(out)
    if not out and rng.random() < 0.25:
        gone = set(range(int(rng.integers(14, 22)), 24))
    for x in range(6, 22):
        hours[x] = 0.0 if x in gone else float(rng.poisson(rate))
    number, store, sku = key
    return {
        "city_id": number,
        "store_id": store,
        "management_group_id": 1,
        "first_category_id": sku % 2,
        "second_category_id": sku % 2,
        "third_category_id": sku % 3,
        "product_id": sku,
        "dt": day.isoformat(),
        "sale_amount": sum(hours),
        "hours_sale": hours,
        "stock_hour6_22_cnt": len([x for x in gone if 6 <= x < 22]),
        "hours_stock_status": [int(x in gone) for x in range(24)],
        "discount": 0.8 if rng.random() < 0.1 else 1.0,
        "holiday_flag": int(day.weekday() >= 5),
        "activity_flag": 0,
        "precpt": float(rng.gamma(1, 3)),
        "avg_temperature": 18.0,
        "avg_humidity": 70.0,
        "avg_wind_level": 1.5,
    }
