"""Real days: what was expected of a store's day before it began, by the forecast room."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from doorstep.base.errors import BadFile
from doorstep.base.ids import SkuId
from doorstep.intake.freshretailnet import Places, RealDay, Sales, Series, Source, real_day
from doorstep.intake.freshretailnet.fill import FillParams, Foreseen
from doorstep.model.demand import Ahead, Forecast, Ints, Panel
from doorstep.model.goods import Sku
from doorstep.twin.worlds.expected import hour_shares

SWEEPS: Final = 3
"""Rounds of the fit: one store is small, more change nothing that a day would show."""


def make_real_day(
    sales: Sales,
    places: Places,
    rows: Sequence[tuple[Sku, int]],
    *,
    source: Source,
    series: Sequence[Series] | None = None,
    demand: Path | None = None,
) -> RealDay:
    """
    Make a day of one store's sales on one date, its empty hours filled by a forecast of the days before.

    Parameters
    ----------
    sales, places, rows, source, series
        As of `real_day`.
    demand
        A forecast file of that store and day; None: the forecast room makes one.

    Raises
    ------
    BadInput
        As `real_day`; a `BadFile` where the forecast is not of that day, has seen it, or lacks a sku.
    """
    all_series = sales.series(source.store) if series is None else series
    foreseen = (
        foresee(all_series, source.date, seed=source.seed)
        if demand is None
        else _given(demand, all_series, source, units_a_sale=sales.units_a_sale)
    )
    return real_day(sales, places, rows, source=source, series=all_series, foreseen=foreseen)


def foresee(series: Sequence[Series], date: str, *, seed: int) -> Foreseen | None:
    """
    Forecast one store's day from the days before it.

    Parameters
    ----------
    series
        All skus of the store, by the order of their ids.
    date
        The day; of it and of later days nothing is looked at but its prices and its weather, which are known ahead.

    Returns
    -------
    Packs expected of each sku and hour; None where fewer days are on record before it than a forecast needs.
    """
    from doorstep.core.forecast import ForecastParams, forecast
    from doorstep.core.history.recover import recover

    before = sorted({x for row in series for x in row.days if x < date})
    today = [i for i, x in enumerate(series) if date in x.days]
    if len(before) < FillParams().least_days or not today:
        return None
    panel = _panel(series, before[0], date)
    params = ForecastParams(sweeps=SWEEPS, trees=0, origins=0)
    made = forecast(panel, recover(panel), _ahead(panel, series, today, date), days=1, params=params, seed=seed)
    source = f"the forecast room's, of {len(before)} days before, to {before[-1]}"
    return Foreseen(rates=_rates(made, list(range(len(today))), [series[i] for i in today], 0), source=source)


def _given(path: Path, series: Sequence[Series], source: Source, *, units_a_sale: int) -> Foreseen:
    """Take what a file expects of the day."""
    from doorstep.intake.freshretailnet.forecasts import read_forecast
    from doorstep.wire.demand import refuse_hindsight, rows_of

    made = read_forecast(path)
    today = [x for x in series if source.date in x.days]
    try:
        day = int(np.datetime64(source.date, "D").astype(np.int64)) - made.first_day
    except ValueError:
        return Foreseen(rates={}, source="")  # no date at all: the sales refuse it, and say which they have
    if not 0 <= day < made.mean.shape[1]:
        ends = made.first_day + made.mean.shape[1] - 1
        what = f"is not among its days, {np.datetime64(made.first_day, 'D')} to {np.datetime64(ends, 'D')}"
        raise BadFile(str(path), column="dt", value=source.date, what=f"{what}; forecast that day")
    refuse_hindsight(path, made, source.date)
    rows = rows_of(path, made, source.store, [str(x.sku) for x in today], day=day)
    told = f"a forecast that was given ({made.about.get('run_id') or path.name}), to {made.about['data_cutoff']}"
    return Foreseen(rates=_rates(made, rows, today, day, times=units_a_sale), source=told)


def _rates(
    made: Forecast, rows: Sequence[int], series: Sequence[Series], day: int, *, times: int = 1
) -> dict[SkuId, tuple[float, ...]]:
    """Spread each day over its hours."""
    hours = hour_shares(made, np.asarray(rows, np.int64), day)
    mean = made.mean[np.asarray(rows, np.int64), day].astype(float) * times
    return {x.sku: tuple((m * share).tolist()) for x, m, share in zip(series, mean, hours, strict=True)}


def _panel(series: Sequence[Series], first: str, date: str) -> Panel:
    """Lay the days before a date out as history; weekends are holidays, a lower price is an activity."""
    began = int(np.datetime64(first, "D").astype(np.int64))
    d, n = int(np.datetime64(date, "D").astype(np.int64)) - began, len(series)
    hours, sales = np.zeros((n, d, 24), np.float32), np.full((n, d), np.nan, np.float32)
    flags, discount = np.zeros((n, d, 24), np.bool_), np.ones((n, d), np.float32)
    weather = np.full((n, d, 4), np.nan, np.float32)
    for i, x in enumerate(series):
        for name, day in x.days.items():
            if name < date:
                at = int(np.datetime64(name, "D").astype(np.int64)) - began
                hours[i, at], flags[i, at] = day.sold, day.empty
                sales[i, at], discount[i, at] = sum(day.sold), day.discount
                weather[i, at, :2] = [np.nan if y is None else y for y in (day.rain_mm, day.temp_c)]
    there = ~np.isnan(sales)
    bits = (flags.astype(np.uint32) << np.arange(24, dtype=np.uint32)).sum(axis=2, dtype=np.uint32)
    weekend = (began + np.arange(d) + 3) % 7 >= 5
    return Panel(
        keys=np.stack([np.zeros(n), np.zeros(n), np.arange(n)], axis=1).astype(np.int64),
        groups=_groups(series),
        first_day=began,
        sales=sales,
        hours=hours,
        out=bits,
        out_known=there,
        out_hours=np.where(there, flags[:, :, 6:22].sum(axis=2), -1).astype(np.int8),
        discount=discount,
        holiday=(weekend & there).astype(np.int8),
        activity=((discount < 1) & there).astype(np.int8),
        weather=weather,
    )


def _ahead(panel: Panel, series: Sequence[Series], today: Sequence[int], date: str) -> Ahead:
    days = [series[i].days[date] for i in today]
    m, rows = len(today), np.asarray(today, np.int64)
    discount = np.array([[x.discount] for x in days], np.float32)
    weather = np.full((m, 1, 4), np.nan, np.float32)
    weather[:, 0, :2] = [[np.nan if y is None else y for y in (x.rain_mm, x.temp_c)] for x in days]
    first_day = panel.first_day + panel.d
    return Ahead(
        keys=panel.keys[rows],
        groups=panel.groups[rows],
        first_day=first_day,
        on_sale=np.ones((m, 1), np.bool_),
        discount=discount,
        holiday=np.full((m, 1), (first_day + 3) % 7 >= 5, np.int8),
        activity=(discount < 1).astype(np.int8),
        weather=weather,
    )


def _groups(series: Sequence[Series]) -> Ints:
    """Give each category a number; -1 where the file has none."""
    groups = np.full((len(series), 4), -1, np.int64)
    for column, names in ((1, [x.first for x in series]), (2, [x.second for x in series])):
        table = {x: i for i, x in enumerate(sorted(set(names)))}
        groups[:, column] = [table[x] if x else -1 for x in names]
    return groups
