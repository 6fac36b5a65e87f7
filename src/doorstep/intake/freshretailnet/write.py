"""Write demand in FreshRetailNet's columns."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import polars as pl
from msgspec import Struct

from doorstep.base.errors import StoreUnavailable
from doorstep.core.history import DemandDay
from doorstep.intake.freshretailnet.real import RAIN_HOURS
from doorstep.model.day import Weather


class NeutralWeather(Struct, frozen=True, kw_only=True):
    """
    What stands where the weather of a day is not known: the means of the public slices, so that it says nothing.

    Parameters
    ----------
    rain_mm, temp_c, humidity, wind
        Millimetres a day, degrees Celsius, percent, and the level of the wind.
    """

    rain_mm: float = 2.5
    temp_c: float = 21.0
    humidity: float = 75.0
    wind: float = 1.6


class Remembered(Struct, frozen=True, kw_only=True):
    """One site's day: its rows, the digest of its journal, its weather where that is known."""

    rows: tuple[DemandDay, ...]
    digest: str
    weather: tuple[Weather, ...] = ()


def write_history(days: Sequence[Remembered], path: Path, *, city: str) -> int:
    """
    Write history as parquet, sorted by store, product and day.

    Parameters
    ----------
    city
        What stands in `city_id`.

    Returns
    -------
    How many rows.

    Raises
    ------
    StoreUnavailable
        The disk did not do its part; nothing is left behind.

    Notes
    -----
    Ids are text. `hours_sale` is in packs or grams, not normalised; the file's metadata, key ``doorstep``, says so
    (``units_a_sale`` = 1) and names the digests that it was made of. `holiday_flag` is 1 on Saturdays and Sundays,
    `activity_flag` where the price was below the list for a part of the day. Humidity and wind are in no journal.
    """
    rows = [x for day in days for x in _rows(day, city)]
    frame = pl.DataFrame(rows, schema=SCHEMA, orient="row").sort("city_id", "store_id", "product_id", "dt")
    weekday = pl.col("dt").str.to_date().dt.weekday()
    frame = frame.with_columns((weekday >= 6).cast(pl.Int8).alias("holiday_flag"))
    made_of = sorted((x.rows[0].site, x.rows[0].date, x.digest) for x in days if x.rows)
    told = {
        "format": 1,
        "units_a_sale": 1,
        "days": [{"site": site, "date": date, "digest": digest} for site, date, digest in made_of],
    }
    scratch = path.with_name(f".{path.name}.part")
    try:
        try:
            frame.write_parquet(scratch, compression="zstd", metadata={"doorstep": json.dumps(told)})
            scratch.replace(path)
        finally:
            scratch.unlink(missing_ok=True)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise StoreUnavailable(f"{path}: cannot be written ({error})") from error
    return frame.height


SCHEMA: Final[dict[str, type[pl.DataType] | pl.DataType]] = {
    "city_id": pl.String,
    "store_id": pl.String,
    "first_category_id": pl.String,
    "second_category_id": pl.String,
    "product_id": pl.String,
    "dt": pl.String,
    "sale_amount": pl.Float64,
    "hours_sale": pl.List(pl.Float64),
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


def _rows(day: Remembered, city: str) -> list[tuple[object, ...]]:
    neutral = NeutralWeather()
    rain_mm, temp_c = neutral.rain_mm, neutral.temp_c
    if day.weather:
        rain_mm = RAIN_HOURS * sum(x.rain_mm_h for x in day.weather) / len(day.weather)
        temp_c = sum(x.temp_c10 for x in day.weather) / len(day.weather) / 10
    return [
        (
            city,
            x.site,
            x.category,
            x.group,
            x.sku,
            x.date,
            float(sum(x.sold)),
            [float(units) for units in x.sold],
            sum(x.empty[6:22]),
            [int(flag) for flag in x.empty],
            x.discount_e3 / 1000,
            0,
            int(x.cheaper),
            rain_mm,
            temp_c,
            neutral.humidity,
            neutral.wind,
        )
        for x in day.rows
    ]
