"""What the trees see of each series and day to come: from the days before the origin and what is known ahead."""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from doorstep.core.forecast.design import Design
from doorstep.core.forecast.rates import Rates
from doorstep.model.demand import Ahead, Panel

Array = npt.NDArray[Any]

WINDOWS: Final = (3, 7, 14, 28)
FLOOR: Final = 0.05
"""Packs a day: below it a ratio of sales says nothing."""


def features(
    panel: Panel, ahead: Ahead, rows: Array, design: Design, fits: tuple[Rates, Rates], demand: Array
) -> Array:
    """
    Describe each series and day to come, float32 `[n, h, features]`.

    Parameters
    ----------
    panel, ahead, rows, design
        As of `make_design`, cut at the origin.
    fits
        Rates of true demand, and of what days free of stock-outs sell; in packs.
    demand
        `[n, d]` sales in packs, 0 where there is no row.

    Notes
    -----
    Of the days to come nothing is used but what `ahead` tells: no sales, no stock.
    """
    view = _View(panel, design, fits, demand, ahead.on_sale.shape[1])
    columns = [*_expected(view), *_lately(view), *_known(view, ahead, rows)]
    shape = (len(demand), view.h)
    # A column of one number a series, `[n, 1]`, holds for all its days; one a day, `[1, h]`, for all series.
    return np.stack([np.broadcast_to(x, shape).astype(np.float32) for x in columns], axis=-1)


class _View:
    """What all columns are made from."""

    def __init__(self, panel: Panel, design: Design, fits: tuple[Rates, Rates], demand: Array, h: int) -> None:
        self.panel, self.design, self.demand, self.h = panel, design, demand, h
        self.true, self.clear_fit = fits
        self.d = demand.shape[1]
        self.there = panel.there
        self.clear = self.there & (panel.out_hours == 0)
        self.due = np.exp(self.clear_fit.eta[:, : self.d])
        self.due_true = np.exp(self.true.eta[:, : self.d])


def _expected(view: _View) -> Iterator[Array]:
    """Yield the rates' own forecasts, and how the last days compared with them, by series and larger groups."""
    log_true = view.true.eta[:, view.d :] + view.true.risk / 2
    log_clear = view.clear_fit.eta[:, view.d :] + view.clear_fit.risk / 2
    yield from (log_true, log_clear, log_true - log_clear, view.clear_fit.risk)
    yield from (np.log(x.shape)[:, None] for x in (view.clear_fit, view.true))
    for group in ("series", "sku", "store", "third"):
        code = view.design.groups[group]
        for window in WINDOWS if group == "series" else WINDOWS[:3]:
            near = view.clear[:, -window:]
            sold = np.bincount(code, (view.demand[:, -window:] * near).sum(axis=1))
            wanted = np.bincount(code, (view.due[:, -window:] * near).sum(axis=1))
            yield ((sold + 1.0) / (wanted + 1.0))[code][:, None]


def _lately(view: _View) -> Iterator[Array]:
    """Yield what the last days were like: how often out of stock, how much, how noisy; the same weekday last week."""
    there, clear, demand, out_hours = view.there, view.clear, view.demand, view.panel.out_hours
    for window in (7, 28):
        near, sold = there[:, -window:], demand[:, -window:]
        days = np.maximum(near.sum(axis=1), 1)
        yield (clear[:, -window:].sum(axis=1) / days)[:, None]
        yield (np.where(near, np.maximum(out_hours[:, -window:], 0), 0).sum(axis=1) / days)[:, None]
        due = np.where(near, view.due_true[:, -window:], 0).sum(axis=1)
        yield np.log((sold.sum(axis=1) + 1) / (due + 1))[:, None]
        yield np.log(sold.sum(axis=1) / days + FLOOR)[:, None]
        yield ((near & (sold <= 0)).sum(axis=1) / days)[:, None]
    month = slice(-28, None)
    square = np.where(clear[:, month], (demand[:, month] - view.due[:, month]) ** 2, 0).sum(axis=1)
    noise = np.sqrt(square / np.maximum(clear[:, month].sum(axis=1), 1))
    yield (noise / np.sqrt(np.mean(view.due[:, month], axis=1) + 0.1))[:, None]
    yield np.log((demand[:, -1:] + 0.5) / (view.due[:, -1:] + 0.5))
    yield np.where(there[:, -1:], out_hours[:, -1:], -1)
    days_ahead = np.arange(view.h)
    back = np.maximum(view.d + days_ahead - 7 * (days_ahead // 7 + 1), 0)
    yield np.log((demand[:, back] + 0.5) / (view.due[:, back] + 0.5))
    yield np.where(there[:, back], out_hours[:, back], -1)
    yield there.sum(axis=1)[:, None]


def _known(view: _View, ahead: Ahead, rows: Array) -> Iterator[Array]:
    """Yield what is known of the days to come, and who the series is."""
    d = view.d
    yield np.arange(1, view.h + 1)[None, :]
    yield (ahead.first_day + 3 + np.arange(view.h))[None, :] % 7
    price = -view.design.columns["depth"]
    yield price[:, d:]
    yield price[:, d:] - price[:, max(0, d - 28) : d].mean(axis=1, keepdims=True)
    yield price[:, d:] - price[:, d - 1 : d]
    some = (rows >= 0)[:, None]
    for flag in (ahead.holiday, ahead.activity):
        yield np.where(some, flag[rows], 0)
    yield view.design.columns["rain"][:, d:]
    yield view.design.columns["heat"][:, d:]
    for column in (2, 3):
        yield np.where(some, ahead.weather[rows, :, column], np.nan)
    for ids in (*view.panel.groups.T, view.panel.keys[:, 2], view.panel.keys[:, 1]):
        yield ids[:, None]
