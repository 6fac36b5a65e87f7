"""Kernels over days: a series' level around a day, that day left out; and sums over series by day."""

import numpy as np
from numpy.typing import NDArray

from doorstep.base.compiled import compiled

Floats = NDArray[np.float32]


@compiled
def smooth(sold: Floats, due: Floats, keep: float, mean: NDArray[np.float64], strength: float, level: Floats) -> None:
    """
    Estimate each day's level from the days around it, that day left out.

    Parameters
    ----------
    sold, due
        `[n, d]`: sales, and what they would be at level 1, both weighted by evidence; 0 where nothing was seen.
    keep
        What a day away leaves of its evidence, 0 to 1.
    mean
        `[n]`: the series' mean level.
    strength
        Evidence that the mean stands for.
    level
        `[n, d]`, filled.
    """
    n, d = sold.shape
    for i in range(n):
        a = 0.0
        b = 0.0
        for t in range(d):
            level[i, t] = a
            a = keep * (a + sold[i, t])
        # The first loop leaves what came before in `level`; the evidence of it is run again with what comes after.
        before = np.empty(d)
        for t in range(d):
            before[t] = b
            b = keep * (b + due[i, t])
        a = 0.0
        b = 0.0
        pull = strength / max(mean[i], 1e-9)
        for t in range(d - 1, -1, -1):
            level[i, t] = (level[i, t] + a + strength) / (before[t] + b + pull)
            a = keep * (a + sold[i, t])
            b = keep * (b + due[i, t])


@compiled
def day_sums(value: Floats, code: NDArray[np.int64], total: NDArray[np.float64]) -> None:
    """
    Add up series of one code, day by day.

    Parameters
    ----------
    value
        `[n, d]`.
    code
        `[n]`: row of `total`.
    total
        `[codes, d]`, added to.
    """
    n, d = value.shape
    for i in range(n):
        c = code[i]
        for t in range(d):
            total[c, t] += value[i, t]


@compiled
def cell_sums(value: Floats, code: NDArray[np.int64], day: NDArray[np.int16], total: NDArray[np.float64]) -> None:
    """
    Add up cells by the code of their series and a code of their own.

    Parameters
    ----------
    value
        `[n, d]`.
    code
        `[n]`: row of `total`.
    day
        `[n, d]`: column of `total`.
    total
        `[codes, columns]`, added to.
    """
    n, d = value.shape
    for i in range(n):
        c = code[i]
        for t in range(d):
            total[c, day[i, t]] += value[i, t]
