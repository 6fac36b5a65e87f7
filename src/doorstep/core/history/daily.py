"""Recovery where sales and flags are by day: less is known, so the bands are wider."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc

from doorstep.core.history.codes import cells_of
from doorstep.core.history.prior import Spread, prior
from doorstep.core.history.recover_params import RecoverParams
from doorstep.core.history.spread import shapes
from doorstep.model.demand import OPEN_HOURS, Panel

Floats = NDArray[np.float32]
Table = NDArray[np.float64]
WHEN_SD = 0.3  # hours out of stock may weigh a third more or less than their number: when they were is not known


def recover_days(panel: Panel, params: RecoverParams) -> tuple[Floats, Floats, Floats]:
    """
    Recover demand from daily sales.

    Parameters
    ----------
    panel
        `out_hours` says how many open hours were out of stock; or, where it never exceeds 1, whether any was; -1 means
        that nobody knows, and then sales are taken for demand.

    Returns
    -------
    Exposure, mean and standard deviation, `[n, d]` each; anything where there is no row.

    Notes
    -----
    Where only a flag is known, demand was at least the sales: the mean is that of a negative binomial cut there, and
    the levels are fitted to those means in turn (expectation and maximisation).
    """
    there = panel.there
    sales = np.where(there, panel.sales, 0).astype(np.float32)
    if panel.n == 0:
        return sales, sales, sales
    cells = cells_of(panel)
    out = np.where(there, panel.out_hours, 0)
    counted = bool((out > 1).any())
    cut = (out > 0) & ~np.bool_(counted)
    share = np.where(out > 0, np.float32(1) - out / np.float32(len(OPEN_HOURS)), 1).astype(np.float32)
    share = np.clip(np.where(cut, 1, share), 0, 1).astype(np.float32)
    mean, sd = sales, np.zeros_like(sales)
    level, spread = sales, Spread(scale=1.0)
    for _ in range(params.passes):
        evidence = np.where(there & (share > 0), share, 0).astype(np.float32)
        known = np.where(cut, mean, sales).astype(np.float32)
        level = prior(np.where(evidence > 0, known, 0).astype(np.float32), evidence, cells, spread, params)
        clear = np.where(cut, 0, evidence).astype(np.float32)
        spread = shapes(sales, clear, level, scale=1.0, params=params)
        mean, sd = _at_least(sales, level, spread)
    if counted:
        shape = spread.shape(level)
        below = shape / np.maximum(level, np.float32(1e-6)) + share
        rate, lost = (shape + sales) / below, 1 - share
        mean = (sales + lost * rate).astype(np.float32)
        variance = lost * rate + np.square(lost) * rate / below + np.square(WHEN_SD * lost * rate)
        sd = np.sqrt(variance).astype(np.float32)
        return share, np.where(out > 0, mean, sales).astype(np.float32), np.where(out > 0, sd, 0).astype(np.float32)
    seen = np.where(cut, sales / np.maximum(mean, np.float32(1e-6)), 1).astype(np.float32)
    return np.minimum(seen, np.where(cut, np.float32(0.99), 1)), np.where(cut, mean, sales), np.where(cut, sd, 0)


def _at_least(sales: Floats, level: Floats, spread: Spread) -> tuple[Floats, Floats]:
    """Return mean and standard deviation of negative binomial demand that is no less than the sales."""
    shape = spread.shape(level).astype(np.float64)
    mean = np.maximum(level.astype(np.float64), 1e-6)
    count = np.ceil(sales.astype(np.float64))
    chance = mean / (shape + mean)
    whole = np.maximum(_tail(count, shape, chance), 1e-12)
    first = mean * _tail(count - 1, shape + 1, chance) / whole
    second = mean**2 * (1 + 1 / shape) * _tail(count - 2, shape + 2, chance) / whole
    first = np.maximum(first, count)
    variance = np.maximum(second + first - first**2, first - count + 1e-6)
    # Far out in the tail the three are too small for a ratio: there demand ends soon after what was sold.
    far = whole <= 1e-10
    found = np.where(far, count + 1, first)
    return found.astype(np.float32), np.sqrt(np.where(far, 1.0 + found, variance)).astype(np.float32)


def _tail(count: Table, shape: Table, chance: Table) -> Table:
    """Return the chance that a negative binomial is at least `count`."""
    return np.where(count <= 0, 1.0, betainc(np.maximum(count, 1e-9), shape, chance))
