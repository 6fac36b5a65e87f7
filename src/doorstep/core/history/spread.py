"""How far a day's demand strays from what was expected of it, read from sales that empty shelves cut short."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from doorstep.base.compiled import compiled
from doorstep.core.history.prior import Spread
from doorstep.core.history.recover_params import RecoverParams

Floats = NDArray[np.float32]
CELLS = 40_000  # of a band, taken in even steps: enough for a shape within a few per cent


def hour_scale(hours: Floats, stock: NDArray[np.uint8], profile: Floats, kind: NDArray[np.int8]) -> float:
    """
    Return the variance of an hour's sales over their mean, given the day's.

    Parameters
    ----------
    hours, stock
        `[n, d, 24]`: sales, shares in stock of 250.
    profile
        `[n, kinds, 24]`.
    kind
        `[n, d]`.

    Returns
    -------
    0.1 to 20; 1 where hours say nothing.
    """
    sums = np.zeros(2)
    step = max(1, hours.shape[0] // 4000)
    _scale(hours[::step], stock[::step], profile[::step], kind[::step], sums)
    return float(np.clip(sums[0] / sums[1], 0.1, 20.0)) if sums[1] > 100 else 1.0


@compiled
def _scale(
    hours: Floats, stock: NDArray[np.uint8], profile: Floats, kind: NDArray[np.int8], sums: NDArray[np.float64]
) -> None:
    """Add Pearson's squares over hours and their degrees of freedom, on days wholly in stock with sales enough."""
    n, d, _ = hours.shape
    for i in range(n):
        for t in range(d):
            total = 0.0
            whole = True
            for h in range(24):
                total += hours[i, t, h]
                whole = whole and (stock[i, t, h] == 250 or profile[i, kind[i, t], h] < 1e-4)
            if not whole or total < 5.0:
                continue
            square = 0.0
            free = -1.0
            for h in range(24):
                p = profile[i, kind[i, t], h]
                if p * total > 0.1:
                    square += min((hours[i, t, h] - p * total) ** 2 / (p * total), 25.0)
                    free += 1.0 - p
            if free > 3.0:
                sums[0] += square
                sums[1] += free


def shapes(sold: Floats, exposed: Floats, mean: Floats, *, scale: float, params: RecoverParams) -> Spread:
    """
    Find the shape of the day's rate by volume, by likelihood.

    Parameters
    ----------
    sold, exposed, mean
        `[n, d]`: sales, share of the day seen (0: not), expected demand.
    scale
        As `hour_scale` gives it.

    Notes
    -----
    A shelf that empties ends a day by what was sold, so squared errors of such days are too small; their likelihood is
    not touched by it (a stopping time), whatever the stock was.
    """
    seen = np.flatnonzero((exposed > 0.05).ravel())
    n, e, m = sold.ravel()[seen] / scale, exposed.ravel()[seen], mean.ravel()[seen]
    band = np.searchsorted(np.asarray(params.bands), m)
    means, found = [], []
    for x in range(len(params.bands) + 1):
        rows = np.flatnonzero(band == x)
        if rows.size < 200:
            continue
        rows = rows[:: max(1, rows.size // CELLS)]
        means.append(float(np.exp(np.log(np.maximum(m[rows], 1e-3)).mean())))
        found.append(_shape(n[rows].astype(np.float64), (m[rows] * e[rows] / scale).astype(np.float64)))
    if not means:
        return Spread(scale=scale)
    return Spread(scale=scale, means=tuple(means), shapes=tuple(found))


def _shape(count: NDArray[np.float64], due: NDArray[np.float64]) -> float:
    """Return the likeliest shape, 0.1 to 400, by golden section over its logarithm."""

    def fit(log: float) -> float:
        a = np.exp(log)
        return float((gammaln(a + count) - gammaln(a) + a * log - (a + count) * np.log(a + due)).sum())

    low, high = np.log(0.1), np.log(400.0)
    golden = (np.sqrt(5.0) - 1.0) / 2.0
    left, right = high - golden * (high - low), low + golden * (high - low)
    at_left, at_right = fit(left), fit(right)
    for _ in range(14):
        if at_left > at_right:
            high, right, at_right = right, left, at_left
            left = high - golden * (high - low)
            at_left = fit(left)
        else:
            low, left, at_left = left, right, at_right
            right = low + golden * (high - low)
            at_right = fit(right)
    return float(np.exp((low + high) / 2.0))
