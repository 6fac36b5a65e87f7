"""The series that went worst: whose errors exceed most what the forecast itself expected."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from msgspec import Struct

from doorstep.bench.backtest.days import clean, rows_in
from doorstep.bench.backtest.rows import QUANTILES, Reals, Rows, Told, Whole
from doorstep.model.demand import KEYS, Panel

WORST: Final = 20
BEFORE: Final = 42
"""Days of history that a plot shows before the first target day."""
DIGITS: Final = 2


class Traced(Struct, frozen=True, kw_only=True, eq=False):
    """One origin of ours: the past, the rows, what was told of them."""

    past: Panel
    rows: Rows
    told: Told


class Curve(Struct, frozen=True, kw_only=True):
    """
    One series, to be drawn.

    Parameters
    ----------
    site, sku
        As the files have them.
    error, expected
        Sum of absolute errors over the target days, and what the forecast's own quantiles expected of it.
    days
        Dates, the last of the history and the target days.
    sold, short
        Of each day: recorded sales (None: no row), and whether there was a stock-out.
    wanted, mean, low, high
        Of each day: demand, the forecast's mean, its .1 and .9 quantiles; None where there is none.
    """

    site: str
    sku: str
    error: float
    expected: float
    days: tuple[str, ...]
    sold: tuple[float | None, ...]
    short: tuple[bool, ...]
    wanted: tuple[float | None, ...]
    mean: tuple[float | None, ...]
    low: tuple[float | None, ...]
    high: tuple[float | None, ...]


def worst(origins: Sequence[Traced], *, count: int = WORST) -> tuple[Curve, ...]:
    """
    Find the series whose absolute errors exceed most what was expected, in units, over all origins.

    Returns
    -------
    At most `count`, the worst first; ties by key.

    Notes
    -----
    Sorting by error alone would name the series that sell most; by its ratio, those that sell nothing.
    """
    keys = np.concatenate([np.stack([x.rows.city, x.rows.site, x.rows.sku], axis=1) for x in origins])
    demand = np.concatenate([x.rows.demand for x in origins])
    told = Told.joined([x.told for x in origins])
    known = ~np.isnan(demand) & ~np.isnan(told.mean) & ~np.isnan(told.quantiles).any(axis=1)
    if not known.any():
        return ()
    different, series = np.unique(keys[known], axis=0, return_inverse=True)
    series = series.reshape(-1)
    error = np.bincount(series, np.abs(demand - told.mean)[known])
    expected = np.bincount(series, expected_error(told)[known])
    order = np.lexsort((np.arange(len(different)), -(error - expected)))[:count]
    return tuple(_curve(origins, different[x], float(error[x]), float(expected[x])) for x in order)


def expected_error(told: Told) -> Reals:
    """Expect the absolute error of the mean, `[r]`: the quantiles are taken for the middles of slices of chance."""
    levels = np.array(QUANTILES)
    edges = np.concatenate([[0.0], (levels[1:] + levels[:-1]) / 2, [1.0]])
    found: Reals = (np.abs(told.quantiles - told.mean[:, None]) * np.diff(edges)).sum(axis=1)
    return found


def _curve(origins: Sequence[Traced], key: Whole, error: float, expected: float) -> Curve:
    """Lay history and target days of one series behind each other."""
    last = origins[-1].past
    row = int(rows_in(last.keys, key[None, :])[0])
    targets: dict[int, tuple[float, bool, float, float, float, float]] = {}
    for x in origins:
        here = (x.rows.city == key[0]) & (x.rows.site == key[1]) & (x.rows.sku == key[2])
        for at in np.flatnonzero(here):
            quantiles = x.told.quantiles[at]
            low, high = quantiles[QUANTILES.index(0.10)], quantiles[QUANTILES.index(0.90)]
            numbers = (float(x.rows.demand[at]), float(x.told.mean[at]), float(low), float(high))
            targets[int(x.rows.day[at])] = (float(x.rows.sale[at]), not bool(x.rows.clean[at]), *numbers)
    first = min(targets) - BEFORE
    days = range(max(first, last.first_day), max(targets) + 1)
    past = {}
    if row >= 0:
        part = last.series(np.array([row]))
        free = clean(part)[0]
        past = {last.first_day + x: (float(part.sales[0, x]), not bool(free[x])) for x in range(last.d)}
    nothing = (float("nan"),) * 4
    shown = [targets.get(x) or (*past.get(x, (float("nan"), False)), *nothing) for x in days]
    sold, short, wanted, mean, low_day, high_day = zip(*shown, strict=True)
    return Curve(
        site=_name(last, 1, key),
        sku=_name(last, 2, key),
        error=round(error, DIGITS),
        expected=round(expected, DIGITS),
        days=tuple(str(np.datetime64(x, "D")) for x in days),
        sold=_drawn(sold),
        short=tuple(bool(x) and not np.isnan(y) for x, y in zip(short, sold, strict=True)),
        wanted=_drawn(wanted),
        mean=_drawn(mean),
        low=_drawn(low_day),
        high=_drawn(high_day),
    )


def _drawn(values: Sequence[float]) -> tuple[float | None, ...]:
    return tuple(None if np.isnan(x) else round(x, DIGITS) for x in values)


def _name(panel: Panel, column: int, key: Whole) -> str:
    number = int(key[column])
    names = panel.names.get(KEYS[column])
    return names[number] if names else str(number)
