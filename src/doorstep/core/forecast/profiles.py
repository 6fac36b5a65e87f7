"""How a day's demand spreads over its hours: one profile a category, for workdays and weekends."""

from typing import Any, Final

import numpy as np

from doorstep.model.demand import Panel

HOURS: Final = 24
FEW: Final = 200.0
"""Packs that a city's profile stands for where a category has few of its own."""
HALF_LIFE: Final = 7.0
"""Days after which a day tells half as much: habits wander (test cities whose hours do not, lost nothing by it)."""
CHUNK: Final = 2_000
"""Series whose hours are looked at together: bounds what memory they take."""


def profiles_of(panel: Panel, demand: Any) -> tuple[dict[str, Any], ...]:  # noqa: ANN401 an array
    """
    Estimate profiles from the hours in stock.

    Parameters
    ----------
    demand
        `[n, d]`: demand of each day as it was recovered, in the history's unit; NaN where there is no row.

    Returns
    -------
    One document a city and category (all four ids): ``city, groups, shares``, the shares `[2][24]`, workdays then
    weekends, each summing to 1; none where the history is daily.

    Notes
    -----
    What an hour sold while in stock, over the demand of the days on which it was: hours that are often sold out are
    not taken for slow, and neither are late hours, which are in stock on slow days most of all.
    """
    if panel.hours is None:
        return ()
    ids = np.column_stack([panel.keys[:, 0], panel.groups])
    each, code = np.unique(ids, axis=0, return_inverse=True)
    code = code.ravel()
    weekend = (panel.first_day + 3 + np.arange(panel.d)) % 7 >= 5
    sold, stood = np.zeros((len(each), 2, HOURS)), np.zeros((len(each), 2, HOURS))
    bits = np.arange(HOURS, dtype=np.uint32)
    lately = 0.5 ** ((panel.d - 1 - np.arange(panel.d)) / HALF_LIFE)
    for start in range(0, panel.n, CHUNK):
        rows = slice(start, start + CHUNK)
        there = panel.there[rows] & panel.out_known[rows]
        stocked = ((panel.out[rows, :, None] >> bits) & 1 == 0) & there[:, :, None]
        came = np.where(stocked, panel.hours[rows], 0)
        for kind in range(2):
            days = weekend == bool(kind)
            weight = lately[days]
            np.add.at(sold[:, kind], code[rows], np.einsum("ndh,d->nh", came[:, days], weight))
            wanted = np.where(there, np.nan_to_num(demand[rows]), 0.0)[:, days] * weight
            np.add.at(stood[:, kind], code[rows], np.einsum("nd,ndh->nh", wanted, stocked[:, days]))
    whole = _shares(sold.sum(axis=0), stood.sum(axis=0))
    shares = _shares(sold + FEW * whole, stood + FEW)
    return tuple(
        {"city": int(x[0]), "groups": x[1:].tolist(), "shares": np.round(shares[i], 5).tolist()}
        for i, x in enumerate(each)
    )


def _shares(sold: Any, stood: Any) -> Any:  # noqa: ANN401 arrays of any shape
    rate = sold / np.maximum(stood, 1e-9)
    total = rate.sum(axis=-1, keepdims=True)
    return np.where(total > 0, rate / np.maximum(total, 1e-300), 1.0 / HOURS)
