"""At what hours people buy: shares of the day by series, learned from hours in stock."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from doorstep.core.history.exposure import hour_sums
from doorstep.core.history.prior import Cells
from doorstep.core.history.recover_params import RecoverParams

Floats = NDArray[np.float32]
HOURS: Final = 24
KINDS_OF_DAY: Final = 2  # workdays; weekends and holidays


def flat(n: int, d: int, cells: Cells, params: RecoverParams) -> tuple[Floats, Floats]:
    """Return a profile and drift that know nothing yet."""
    blocks = -(-d // params.block_days)
    profile = np.full((n, KINDS_OF_DAY, HOURS), 1 / HOURS, dtype=np.float32)
    return profile, np.ones((int(cells.category.max()) + 1, blocks, HOURS), dtype=np.float32)


def profiles(
    hours: Floats, stock: NDArray[np.uint8], rate: Floats, cells: Cells, profile: Floats, params: RecoverParams
) -> tuple[Floats, Floats]:
    """
    Learn hourly shares: each series' pulled to its sku's, that to its category's, that to the panel's.

    Parameters
    ----------
    hours, stock
        `[n, d, 24]`: sales, shares in stock of 250.
    rate
        `[n, d]`: expected demand; 0 where there is no row.
    profile
        The shares of the round before, `[n, kinds of day, 24]`.

    Returns
    -------
    Shares by series and kind of day, each summing to 1; and by category, block of days and hour the ratio to them.
    """
    n, d, _ = hours.shape
    categories, skus = int(cells.category.max()) + 1, int(cells.sku.max()) + 1
    blocks = -(-d // params.block_days)
    sold, due = np.zeros((n, KINDS_OF_DAY, HOURS)), np.zeros((n, KINDS_OF_DAY, HOURS))
    block_sold, block_due = np.zeros((categories, blocks, HOURS)), np.zeros((categories, blocks, HOURS))
    hour_sums(
        hours, stock, rate, cells.kind, profile, cells.category, params.block_days, sold, due, block_sold, block_due
    )
    everywhere = _shares(sold.sum(0), due.sum(0), np.full((KINDS_OF_DAY, HOURS), 1 / HOURS), 1.0)
    of_category = _shares(
        _add(sold, cells.category, categories), _add(due, cells.category, categories), everywhere, 100.0
    )
    category_of = np.zeros(skus, dtype=np.int64)
    category_of[cells.sku] = cells.category
    of_sku = _shares(
        _add(sold, cells.sku, skus), _add(due, cells.sku, skus), of_category[category_of], params.sku_profile
    )
    of_series = _shares(sold, due, of_sku[cells.sku], params.series_profile)
    base = of_category[:, 0][:, None, :]
    pull = params.block_profile * base
    drift = np.where(base > 1e-9, (block_sold + pull) / (block_due + pull + 1e-9), 1.0)
    return of_series.astype(np.float32), drift.astype(np.float32)


def _shares(sold: NDArray[Any], due: NDArray[Any], parent: NDArray[Any], pull: float) -> NDArray[Any]:
    """Return shares of the day from hazards of hours in stock, pulled to the parent's."""
    hazard = (sold + pull * parent) / (due + pull)
    return np.asarray(hazard / np.maximum(hazard.sum(-1, keepdims=True), 1e-12))


def _add(value: NDArray[Any], code: NDArray[np.int64], size: int) -> NDArray[Any]:
    total = np.zeros((size, *value.shape[1:]))
    np.add.at(total, code, value)
    return total
