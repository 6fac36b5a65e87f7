"""
Goods by weight beside goods by the pack: a history in grams, told in pieces that people ask for.

What is learned across skus (how sales scatter, what a large order is) holds for goods that are counted. A hundred
packs are a hundred wishes; a hundred thousand grams of greens are two hundred.
"""

from typing import Final

import numpy as np
import numpy.typing as npt
from msgspec import structs

from doorstep.core.history.recover import Recovery
from doorstep.model.demand import Ahead, Forecast, Panel

Weighed = dict[int, float]
"""By the number of a weighed sku, how many grams a piece is."""
PORTION: Final = 500.0
"""A customary piece, grams: half a kilogram, one jin."""
WEIGHED_FROM: Final = 50.0
"""A sku whose usual hour (or day) with sales brings more than so many is weighed; packs do not sell like that."""


def portions(panel: Panel) -> Weighed:
    """
    Tell which skus of a panel are weighed: by their number, how many grams a piece is.

    Notes
    -----
    A sku is weighed where the median of its sales, over hours with sales if they are known, else over days, is
    above `WEIGHED_FROM` and all of them are whole numbers: normalised amounts are not.
    """
    amounts = panel.sales if panel.hours is None else panel.hours
    found: Weighed = {}
    high = np.nonzero(np.nan_to_num(amounts.reshape(panel.n, -1)).max(axis=1, initial=0.0) > WEIGHED_FROM)[0]
    for sku in np.unique(panel.keys[high, 2]).tolist():
        sold = amounts[panel.keys[:, 2] == sku]
        sold = sold[sold > 0]
        if np.median(sold) > WEIGHED_FROM and np.all(sold == np.rint(sold)):
            found[sku] = PORTION
    return found


def in_portions(panel: Panel, weighed: Weighed) -> Panel:
    """Give a panel with what is weighed in pieces."""
    by = 1.0 / _sizes(panel.keys, weighed)
    return structs.replace(
        panel,
        sales=_times(panel.sales, by),
        hours=None if panel.hours is None else _times(panel.hours, by),
        preorders=None if panel.preorders is None else _times(panel.preorders, by),
    )


def ahead_in_portions(ahead: Ahead | None, weighed: Weighed) -> Ahead | None:
    """Give what is known ahead with the weighed goods that were ordered early in pieces."""
    if ahead is None or ahead.preorders is None:
        return ahead
    return structs.replace(ahead, preorders=_times(ahead.preorders, 1.0 / _sizes(ahead.keys, weighed)))


def recovered_in_amounts(found: Recovery, panel: Panel, weighed: Weighed) -> Recovery:
    """Give recovered demand of a panel in the amounts of its history again."""
    by = _sizes(panel.keys, weighed)
    return structs.replace(found, sales=_times(found.sales, by), mean=_times(found.mean, by), sd=_times(found.sd, by))


def forecast_in_amounts(made: Forecast, weighed: Weighed) -> Forecast:
    """Give a forecast in the amounts of the history again; its paths then come in whole pieces."""
    by = _sizes(made.keys, weighed)
    spread = made.spread.copy()
    spread[..., 1] = _times(spread[..., 1], by)
    return structs.replace(
        made,
        mean=_times(made.mean, by),
        sd=_times(made.sd, by),
        in_stock_sales=_times(made.in_stock_sales, by),
        quantiles=_times(made.quantiles, by),
        spread=spread,
    )


def _sizes(keys: npt.NDArray[np.int64], weighed: Weighed) -> npt.NDArray[np.float64]:
    return np.array([weighed.get(x, 1.0) for x in keys[:, 2].tolist()])


def _times(values: npt.NDArray[np.float32], by: npt.NDArray[np.float64]) -> npt.NDArray[np.float32]:
    wide = by.reshape(-1, *([1] * (values.ndim - 1)))
    return (values * wide).astype(values.dtype)
