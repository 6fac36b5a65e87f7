"""Series that a person should look at: what is odd about their history, told beside the forecast."""

from typing import Any, Final

import numpy as np
import numpy.typing as npt
from msgspec.structs import replace

from doorstep.model.demand import METHODS, Forecast, Panel

FLAGS: Final = {
    "new": "have no history",
    "short": "have fewer than 14 days of history",
    "gaps": "have days without a row in between",
    "ended": "have no row on the last 7 days",
    "zero": "never sold anything, though there was something to sell",
    "out": "were out of stock on every open hour of their last 14 days",
}
"""Each flag with what it says of a series."""
SHORT_DAYS: Final = 14
ENDED_DAYS: Final = 7
OUT_DAYS: Final = 14
OPEN: Final = 16
"""Hours that FreshRetailNet counts: 6 to 21."""


def flags_of(panel: Panel, keys: npt.NDArray[np.int64]) -> tuple[str, ...]:
    """
    Flag the series of a forecast by their history.

    Parameters
    ----------
    keys
        `[m, 3]`: the series to flag; some may have no history.

    Returns
    -------
    Of each series its flags, joined by ``;``, none of them an empty text.
    """
    there = panel.there
    days = np.arange(panel.d)
    any_row = np.asarray(there.any(axis=1))
    first = np.where(any_row, there.argmax(axis=1), panel.d)
    last = np.where(any_row, panel.d - 1 - there[:, ::-1].argmax(axis=1), -1)
    within = (days >= first[:, None]) & (days <= last[:, None])
    recent = there & (days > last[:, None] - OUT_DAYS)
    out = (panel.out_hours >= OPEN) & recent
    empty = any_row & (out.sum(axis=1) == recent.sum(axis=1))
    marks: dict[str, Any] = {
        "short": any_row & (last - first + 1 < SHORT_DAYS),
        "gaps": (within & ~there).any(axis=1),
        "ended": any_row & (last < panel.d - ENDED_DAYS),
        "zero": any_row & ~empty & (np.nansum(panel.sales, axis=1) == 0),
        "out": empty,
    }
    marked = {name: marks[name].tolist() for name in FLAGS if name in marks}
    told = [";".join(name for name, x in marked.items() if x[row]) for row in range(panel.n)]
    at = {tuple(key): x for x, key in enumerate(panel.keys.tolist())}
    rows = [at.get(tuple(key), -1) for key in keys.tolist()]
    begun = any_row.tolist()
    return tuple(told[x] if x >= 0 and begun[x] else "new" for x in rows)


def with_ended(forecast: Forecast, panel: Panel) -> Forecast:
    """
    Answer the series of a history that a forecast left out because they have ended: nothing is wanted of them.

    Parameters
    ----------
    forecast
        Made without a known future, so nobody says that they are still on sale.

    Returns
    -------
    Every series of the panel, sorted by keys; the added ones with a mean of 0, by `fallback`.
    """
    at = {tuple(key) for key in forecast.keys.tolist()}
    missing = np.array([x for x, key in enumerate(panel.keys.tolist()) if tuple(key) not in at], np.int64)
    if not len(missing):
        return forecast
    keys = np.concatenate([forecast.keys, panel.keys[missing]])
    order = np.lexsort(keys.T[::-1])

    def longer(values: npt.NDArray[Any], fill: float) -> npt.NDArray[Any]:
        more = np.full((len(missing), *values.shape[1:]), fill, values.dtype)
        found: npt.NDArray[Any] = np.concatenate([values, more])[order]
        return found

    return replace(
        forecast,
        keys=keys[order],
        groups=np.concatenate([forecast.groups, panel.groups[missing]])[order],
        on_sale=longer(forecast.on_sale, fill=True),
        mean=longer(forecast.mean, 0.0),
        sd=longer(forecast.sd, 0.0),
        in_stock_sales=longer(forecast.in_stock_sales, 0.0),
        quantiles=longer(forecast.quantiles, 0.0),
        spread=longer(forecast.spread, 1.0),
        method=longer(forecast.method, METHODS.index("fallback")),
    )
