"""
The marginal distribution of a day's demand, and its inverse: a negative binomial on a lattice, plus rare bulk orders.

Of the numbers of a cell (`Forecast.spread`): `shape` and `step` make the everyday part, ``step`` times a negative
binomial of mean ``everyday / step`` and that shape; `bulk` is the mean number of bulk orders, Poisson, and each of
them has a size drawn from a table that the forecast carries.
"""

import numpy as np
import numpy.typing as npt

from doorstep.base.compiled import compiled

Array32 = npt.NDArray[np.float32]
Array64 = npt.NDArray[np.float64]

LONGEST = 4_096
"""Cells of the table of one distribution; a wider one is laid on a coarser lattice."""


@compiled
def _everyday(mid: float, r: float, reach: int, one: Array64) -> None:
    """Fill a table with a negative binomial of mean `mid` and shape `r`."""
    share = mid / (mid + r)
    peak = int(mid * max(r - 1.0, 0.0) / r)  # begin at the mode: nothing underflows there
    peak = min(peak, reach - 1)
    one[peak] = 1.0
    for k in range(peak, 0, -1):
        one[k - 1] = one[k] * k / ((k - 1 + r) * share)
    for k in range(peak, reach):
        one[k + 1] = one[k] * (k + r) / (k + 1) * share
    total = 0.0
    for k in range(reach + 1):
        total += one[k]
    for k in range(reach + 1):
        one[k] /= total


@compiled
def _add_bulk(
    bulk: float, sizes: Array64, coarse: int, reach: int, one: Array64, two: Array64, table: Array64
) -> None:
    """Add to the everyday part none, one, two or three bulk orders; more are too rare to matter."""
    chance = np.exp(-bulk)
    for k in range(reach + 1):
        table[k] = one[k] * chance
    for times in range(1, 4):
        chance *= bulk / times
        two[: reach + 1] = 0.0
        for s in range(len(sizes)):
            if sizes[s] > 0.0:
                shift = s // coarse
                for k in range(shift, reach + 1):
                    two[k] += sizes[s] * one[k - shift]
        for k in range(reach + 1):
            one[k] = two[k]
            table[k] += chance * two[k]
        if chance < 1e-4:
            break


@compiled
def invert(mean: Array64, spread: Array32, sizes: Array64, levels: Array64, found: Array32) -> None:
    """
    Find quantiles: the least amount that is not exceeded with at least the probability asked for.

    Parameters
    ----------
    mean
        `[c]`: expected demand of each cell, bulk orders included.
    spread
        `[c, 3]`: shape, step, mean number of bulk orders.
    sizes
        `[s]`: chance of a bulk order of k steps; sums to 1, or is empty.
    levels
        `[c, q]`, each in (0, 1), rising along a row.
    found
        `[c, q]`, result.

    Notes
    -----
    The table of a cell reaches 12 standard deviations over the mean; where that is longer than `LONGEST` cells the
    lattice is made coarser (whole multiples of the step), which only large amounts see.
    """
    cells, wanted = levels.shape
    table, one, two = np.empty(LONGEST), np.empty(LONGEST), np.empty(LONGEST)
    size_mean, size_square = 0.0, 0.0
    for k in range(len(sizes)):
        size_mean += k * sizes[k]
        size_square += k * k * sizes[k]
    for c in range(cells):
        shape, step, bulk = float(spread[c, 0]), float(spread[c, 1]), float(spread[c, 2])
        if len(sizes) == 0:
            bulk = 0.0
        mid = mean[c] / step - bulk * size_mean
        mid = max(mid, 0.02 * mean[c] / step)
        if mean[c] <= 0.0:
            found[c, :] = 0.0
            continue
        wide = mid + mid * mid / shape + bulk * size_square
        top = mid + bulk * size_mean + 12.0 * np.sqrt(wide) + 20.0
        coarse = int(top / (LONGEST - 1)) + 1
        mid_c = mid / coarse
        reach = min(int(top / coarse) + 1, LONGEST - 1)
        # On a coarser lattice the everyday part keeps its variance as far as a shape can give it.
        flat = max((mid + mid * mid / shape) / (coarse * coarse) - mid_c, 1e-9) / (mid_c * mid_c)
        r = min(1.0 / flat, 1e7)
        _everyday(mid_c, r, reach, one)
        for k in range(reach + 1):
            table[k] = one[k]
        if bulk > 0.0:
            _add_bulk(bulk, sizes, coarse, reach, one, two, table)
        at, sum_ = 0, table[0]
        for q in range(wanted):
            while sum_ < levels[c, q] - 1e-12 and at < reach:
                at += 1
                sum_ += table[at]
            found[c, q] = at * coarse * step
