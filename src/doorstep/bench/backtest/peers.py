"""What a forecast is held against: plain rules of our own, and libraries where they are installed."""

from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from typing import Final

import numpy as np
from msgspec import Struct

from doorstep.bench.backtest.days import clean, rows_in
from doorstep.bench.backtest.rows import QUANTILES, Masks, Reals, Told
from doorstep.bench.backtest.spread import quantiles_of, shapes, step_of
from doorstep.model.demand import Ahead, Panel

WEEK: Final = 7
Means = Callable[[Panel, Ahead], Reals]


class Peer(Struct, frozen=True, kw_only=True):
    """
    Somebody else's forecast.

    Parameters
    ----------
    name
        What stands in the table.
    means
        From history and what is known ahead to means, `[m, h]`; NaN where it has no answer.
    needs
        The libraries it takes; it is left out where one is not installed.
    why
        What it is, for the page.
    """

    name: str
    means: Means
    needs: tuple[str, ...] = ()
    why: str

    @property
    def here(self) -> bool:
        """Whether its libraries are installed."""
        return all(find_spec(x) for x in self.needs)


def peers() -> tuple[Peer, ...]:
    """Name every peer there is; those with libraries import them when they are asked."""
    library = ("mlforecast", "lightgbm")
    return (
        Peer(name="seasonal_naive", means=seasonal_naive, why="recorded sales of the same weekday last week"),
        Peer(
            name="in_stock_mean_14",
            means=partial(in_stock_mean, days=14),
            why="mean of the last 14 days that are free of stock-outs",
        ),
        Peer(
            name="in_stock_mean_28",
            means=partial(in_stock_mean, days=28),
            why="mean of the last 28 days that are free of stock-outs",
        ),
        Peer(
            name="mlforecast",
            means=partial(_mlforecast, weighted=False),
            needs=library,
            why="mlforecast with LightGBM as commonly used, on recorded sales",
        ),
        Peer(
            name="mlforecast_in_stock",
            means=partial(_mlforecast, weighted=True),
            needs=library,
            why="the same, rows with a stock-out weighted 0",
        ),
    )


def told_by(peer: Peer, past: Panel, ahead: Ahead, *, spread: bool = True) -> Told:
    """
    Ask a peer, and give it a spread fitted on its own forecast of the last week of the history.

    Parameters
    ----------
    past
        Up to the origin.
    ahead
        m series over h days.
    spread
        Whether quantiles are wanted: they cost a second forecast.

    Returns
    -------
    r = m × h rows, series by series.
    """
    means = np.maximum(peer.means(past, ahead), 0)
    flat = means.reshape(-1)
    if not spread or past.d <= WEEK:
        return Told(mean=flat, quantiles=np.full((len(flat), len(QUANTILES)), np.nan))
    before = past.days(0, past.d - WEEK)
    last = past.days(past.d - WEEK, past.d)
    rows = np.flatnonzero(last.there.any(axis=1))
    week = Ahead(
        keys=last.keys[rows],
        groups=last.groups[rows],
        first_day=last.first_day,
        on_sale=last.there[rows],
        discount=last.discount[rows],
        holiday=last.holiday[rows],
        activity=last.activity[rows],
        weather=last.weather[rows],
        names=past.names,
    )
    sold = last.sales[rows].astype(np.float64).reshape(-1)
    step = step_of(past.sales.astype(np.float64))
    shape = shapes(np.maximum(peer.means(before, week), 0).reshape(-1), sold, step=step)
    return Told(mean=flat, quantiles=quantiles_of(flat, shape, step=step))


def seasonal_naive(past: Panel, ahead: Ahead) -> Reals:
    """Take the recorded sales of the same weekday last week; where that day has no row, of a week before."""
    rows = rows_in(past.keys, ahead.keys)
    sales = past.sales.astype(np.float64)
    days = ahead.on_sale.shape[1]
    found = np.full((len(rows), days), np.nan)
    for x in range(days):
        for back in range(past.d - WEEK + x % WEEK, -1, -WEEK):
            told = np.where(rows >= 0, sales[rows, back], np.nan)
            found[:, x] = np.where(np.isnan(found[:, x]), told, found[:, x])
    return found


def in_stock_mean(past: Panel, ahead: Ahead, *, days: int) -> Reals:
    """Take the mean of the last days that are recorded free of stock-outs; without any, of all recorded days."""
    last = past.days(max(0, past.d - days), past.d)
    sales = last.sales.astype(np.float64)
    usual = _mean(sales, last.there & clean(last))
    any_day = _mean(sales, last.there)
    mean = np.where(np.isnan(usual), any_day, usual)
    rows = rows_in(past.keys, ahead.keys)
    told = np.where(rows >= 0, mean[rows], np.nan)
    return np.repeat(told[:, None], ahead.on_sale.shape[1], axis=1)


def _mean(sales: Reals, where: Masks) -> Reals:
    count = where.sum(axis=1)
    total = np.where(where, sales, 0.0).sum(axis=1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _mlforecast(past: Panel, ahead: Ahead, *, weighted: bool) -> Reals:
    # A peer is imported where it is asked for: most machines do not have it.
    from doorstep.bench.backtest.library import means  # noqa: PLC0415

    return means(past, ahead, weighted=weighted)
