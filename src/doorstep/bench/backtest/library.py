"""mlforecast with LightGBM as it is commonly used on such data; imported only where it is installed."""

from typing import Any, Final

import lightgbm
import numpy as np
import numpy.typing as npt
import polars as pl
from mlforecast import MLForecast
from mlforecast.lag_transforms import RollingMean, SeasonalRollingMean

from doorstep.bench.backtest.days import clean, rows_in
from doorstep.bench.backtest.rows import Reals
from doorstep.model.demand import GROUPS, KEYS, Ahead, Panel

Array = npt.NDArray[Any]
LAGS: Final = (1, 7, 14, 21, 28)
TREES, LEAVES, SEED = 150, 63, 1
WEATHER: Final = ("rain", "warmth", "damp", "wind")
KNOWN: Final = ("discount", "holiday", "activity", *WEATHER)
STATIC: Final = (*KEYS, *GROUPS)


def means(past: Panel, ahead: Ahead, *, weighted: bool) -> Reals:
    """
    Fit on recorded sales and forecast recursively.

    Parameters
    ----------
    past, ahead
        As peers take them. Lost days are filled from a week before; products that start late are kept.
    weighted
        Weigh rows with a stock-out 0.

    Returns
    -------
    `[m, h]`; NaN for series without history.
    """
    frame = _long(past, weighted=weighted)
    model = lightgbm.LGBMRegressor(
        objective="poisson",
        n_estimators=TREES,
        num_leaves=LEAVES,
        learning_rate=0.1,
        random_state=SEED,
        n_jobs=1,
        deterministic=True,
        force_row_wise=True,
        verbose=-1,
    )
    forecaster = MLForecast(
        models={"mean": model},
        freq="1d",
        lags=list(LAGS),
        lag_transforms={
            1: [RollingMean(7, min_samples=1), RollingMean(28, min_samples=1)],
            # The mean of the same weekday over four weeks.
            7: [SeasonalRollingMean(season_length=7, window_size=4, min_samples=1)],
        },
        date_features=["weekday"],
        num_threads=1,
    )
    more: dict[str, Any] = {"weight_col": "weight"} if weighted else {}
    forecaster.fit(
        frame,
        id_col="unique_id",
        time_col="ds",
        target_col="y",
        static_features=list(STATIC),
        dropna=False,
        **more,
    )
    days = ahead.on_sale.shape[1]
    known = _known(past, ahead)
    told = forecaster.predict(h=days, X_df=known).sort("unique_id", "ds")
    by_row = np.full((past.n, days), np.nan)
    by_row[told["unique_id"].unique(maintain_order=True).to_numpy()] = told["mean"].to_numpy().reshape(-1, days)
    rows = rows_in(past.keys, ahead.keys)
    return np.where(rows[:, None] >= 0, by_row[rows], np.nan)


def _long(past: Panel, *, weighted: bool) -> pl.DataFrame:
    """Lay the history out as the library wants it: no gaps, no missing targets, from each series' first row on."""
    sales = past.sales.astype(np.float64)
    weight = clean(past).astype(np.float64) if weighted else np.ones(sales.shape)
    weight[np.isnan(sales)] = 0.0 if weighted else 1.0
    begun = np.maximum.accumulate(~np.isnan(sales), axis=1)
    for x in range(sales.shape[1]):
        back = sales[:, x - 7] if x >= 7 else np.zeros(len(sales))
        sales[:, x] = np.where(np.isnan(sales[:, x]), np.nan_to_num(back), sales[:, x])
    series, day = np.nonzero(begun)
    columns: dict[str, Any] = {
        "unique_id": series,
        "ds": np.asarray(day + past.first_day, dtype="datetime64[D]"),
        "y": sales[series, day],
        **{name: past.keys[series, x] for x, name in enumerate(KEYS)},
        **{name: past.groups[series, x] for x, name in enumerate(GROUPS)},
        "discount": past.discount[series, day],
        "holiday": past.holiday[series, day],
        "activity": past.activity[series, day],
        **{name: past.weather[series, day, x] for x, name in enumerate(WEATHER)},
    }
    if weighted:
        columns["weight"] = weight[series, day]
    return pl.DataFrame(columns)


def _known(past: Panel, ahead: Ahead) -> pl.DataFrame:
    """Tell what is known of every series with a history on every day to come; a day off sale repeats the last."""
    days = ahead.on_sale.shape[1]
    begun = np.flatnonzero(past.there.any(axis=1))
    rows = rows_in(past.keys, ahead.keys)
    place = np.full(past.n, -1)
    place[rows[rows >= 0]] = np.flatnonzero(rows >= 0)
    at = place[begun]

    def daily(told: Array, last: Array) -> Array:
        return np.where((at >= 0)[:, None], told[at], last[begun, -1:].repeat(days, axis=1)).reshape(-1)

    return pl.DataFrame(
        {
            "unique_id": np.repeat(begun, days),
            "ds": np.asarray(np.tile(np.arange(days) + ahead.first_day, len(begun)), dtype="datetime64[D]"),
            "discount": daily(ahead.discount, past.discount),
            "holiday": daily(ahead.holiday, past.holiday),
            "activity": daily(ahead.activity, past.activity),
            **{name: daily(ahead.weather[:, :, x], past.weather[:, :, x]) for x, name in enumerate(WEATHER)},
        }
    )
