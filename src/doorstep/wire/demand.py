"""What a day expects to be asked for: a forecast from a file, and the built-in neighbourhood's past as files."""

import json
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl
from msgspec import Struct

from doorstep.base.errors import BadFile
from doorstep.intake.freshretailnet.forecasts import read_forecast
from doorstep.model.demand import WEATHER, Forecast, Panel
from doorstep.twin.worlds.expected import Expected, expected_of, on_shelf
from doorstep.twin.worlds.neighbourhood import SITE, before, first_day
from doorstep.twin.worlds.shelf import catalogue
from doorstep.wire.files import write_into

PAST, KNOWN = "past.parquet", "known.parquet"
CITY: Final = 0
COLUMNS: Final = ("sale_amount", "hours_sale", "stock_hour6_22_cnt", "hours_stock_status")


class Written(Struct, frozen=True, kw_only=True):
    """How many rows of history and of the known future were written."""

    past: int
    known: int


def expected_in(path: Path) -> Expected:
    """
    Take the demand that a forecast file holds for the built-in day.

    Raises
    ------
    BadFile
        It is no forecast, not of that site or day, was made of that day's own records, or lacks a sku.
    """
    made = read_forecast(path)
    day = first_day() - made.first_day
    today = str(np.datetime64(first_day(), "D"))
    last = made.first_day + made.mean.shape[1] - 1
    if not 0 <= day < made.mean.shape[1]:
        begins, ends = (str(np.datetime64(x, "D")) for x in (made.first_day, last))
        what = f"the built-in day is not among its days, {begins} to {ends}; forecast it with `doorstep forecast run`"
        raise BadFile(str(path), column="dt", value=today, what=what)
    refuse_hindsight(path, made, today)
    listed = catalogue()
    rows = rows_of(path, made, str(SITE), [str(x.sku.sku) for x in listed], day=day)
    wrong = ~np.isfinite(made.mean[rows, day]) | (made.mean[rows, day] < 0)
    if wrong.any():
        sku = listed[int(np.argmax(wrong))].sku.sku
        raise BadFile(str(path), column="mean", value=sku, what="its demand is no number from 0 on; forecast again")
    named = made.about.get("run_id") or path.name
    source = f"a forecast that was given ({named}), of records up to {made.about['data_cutoff']}"
    return expected_of(made, listed, day=day, left=on_shelf(before(listed), listed), source=source, rows=rows)


def refuse_hindsight(path: Path, made: Forecast, date: str) -> None:
    """
    Refuse a forecast that was made when the day was over.

    Raises
    ------
    BadFile
        Its records reach up to the day or beyond, or it does not say how far they reach.
    """
    cutoff = made.about.get("data_cutoff")
    if not isinstance(cutoff, str) or cutoff >= date:
        what = f"it was made of records up to there, so it has seen {date}; forecast from the days before it"
        raise BadFile(str(path), column="data_cutoff", value=str(cutoff), what=what)


def write_past(out: Path, *, force: bool = False) -> Written:
    """
    Write the built-in neighbourhood's past and what is known of its day, in FreshRetailNet's columns.

    Returns
    -------
    How many rows; `doorstep forecast run past.parquet --known-future known.parquet --days 1` forecasts the day.

    Notes
    -----
    Packs, and pieces of the customary jin (500 g) of what is weighed; the files' metadata say so.

    Raises
    ------
    BadInput
        `out` may not be written into.
    """
    known = before(catalogue())
    future = known.ahead

    def work(scratch: Path) -> Written:
        frames = {PAST: _frame(known.panel, sold=True), KNOWN: _frame(future, sold=False)}
        for name, frame in frames.items():
            data = BytesIO()
            frame.write_parquet(data, compression="zstd", metadata={"doorstep": json.dumps({"units_a_sale": 1})})
            (scratch / name).write_bytes(data.getvalue())
        return Written(past=frames[PAST].height, known=frames[KNOWN].height)

    return write_into(out, work, force=force)


def rows_of(path: Path, made: Forecast, site: str, skus: list[str], *, day: int) -> list[int]:
    """
    Find the series of each sku of a site.

    Raises
    ------
    BadFile
        The file has no such site, or lacks a sku on that day.
    """
    stores, wares = made.names.get("store_id"), made.names.get("product_id")
    store = [stores[x] if stores else str(x) for x in made.keys[:, 1].tolist()]
    here = np.array([x == site for x in store], np.bool_)
    if not here.any():
        what = f"it has no such site; it has {', '.join(sorted(set(store))[:5])}; forecast this one"
        raise BadFile(str(path), column="store_id", value=site, what=what)
    at = {
        wares[number] if wares else str(number): row
        for row, number in zip(np.flatnonzero(here).tolist(), made.keys[here, 2].tolist(), strict=True)
        if made.on_sale[row, day]
    }
    missing = [x for x in skus if x not in at]
    if missing:
        what = f"{len(missing)} of {len(skus)} skus of {site} have no row that day; forecast them all"
        raise BadFile(str(path), column="product_id", value=missing[0], what=what)
    return [at[x] for x in skus]


def _frame(part: Any, *, sold: bool) -> pl.DataFrame:  # noqa: ANN401 a panel or what is known ahead
    """Lay series and days out as rows, sorted by sku and day."""
    n, days = part.discount.shape
    each = np.repeat(np.arange(n), days)
    dates = (part.first_day + np.arange(days)).astype("datetime64[D]").astype(str)
    columns: dict[str, Any] = {
        "city_id": np.full(n * days, str(CITY)),
        "store_id": np.full(n * days, str(SITE)),
        "product_id": np.array(part.names["product_id"])[part.keys[each, 2]],
        "first_category_id": part.groups[each, 1],
        "second_category_id": part.groups[each, 2],
        "dt": np.tile(dates, n),
    }
    if sold:
        assert isinstance(part, Panel), "what was sold is in the past"
        assert part.hours is not None, "the past is by the hour"
        flags = (part.out[:, :, None] >> np.arange(24, dtype=np.uint32)) & 1
        columns["sale_amount"] = part.sales.ravel().astype(float)
        columns["hours_sale"] = part.hours.reshape(-1, 24).astype(float)
        columns["stock_hour6_22_cnt"] = part.out_hours.ravel().astype(np.int32)
        columns["hours_stock_status"] = flags.reshape(-1, 24).astype(np.int8)
    columns |= {"discount": part.discount.ravel().astype(float).round(3), "holiday_flag": part.holiday.ravel()}
    columns["activity_flag"] = part.activity.ravel()
    columns |= {name: part.weather[:, :, i].ravel().astype(float) for i, name in enumerate(WEATHER)}
    lists = {x: pl.List(pl.Float64 if x == "hours_sale" else pl.Int8) for x in COLUMNS if x.startswith("hours_")}
    return pl.DataFrame(columns).with_columns(pl.col(x).cast(kind) for x, kind in lists.items() if x in columns)
