"""A negative binomial spread around the mean of a peer that tells only means."""

from typing import Final

import numpy as np
from scipy.stats import nbinom, poisson

from doorstep.bench.backtest.rows import QUANTILES, Reals

EDGES: Final = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
"""Bands of the forecast mean, in units; each has one shape."""
FEW: Final = 50
"""A band with fewer rows takes the shape of all rows."""
LEAST: Final = 1e-4
"""Shapes below this are a Poisson spread."""
STEP: Final = 0.1
"""FreshRetailNet's sales are normalised; their smallest step is taken for one unit."""


def step_of(sales: Reals) -> float:
    """Tell what one unit is in a file's sales: 1 where all are whole, else FreshRetailNet's 0.1."""
    known = sales[~np.isnan(sales)]
    return 1.0 if (known == np.rint(known)).all() else STEP


def shapes(mean: Reals, y: Reals, *, step: float) -> Reals:
    """
    Fit var = mean + shape × mean² by moments, one shape a band of the mean.

    Parameters
    ----------
    mean, y
        `[r]`: forecasts and what came; rows where either is NaN are left out.
    step
        One unit.

    Returns
    -------
    `[7]`, at least 0.
    """
    known = ~np.isnan(mean) & ~np.isnan(y)
    m, units = mean[known] / step, y[known] / step
    band = np.digitize(m, EDGES)
    everything = _shape(m, units)
    counts = np.bincount(band, minlength=len(EDGES) + 1)
    return np.array(
        [_shape(m[band == x], units[band == x]) if counts[x] >= FEW else everything for x in range(len(EDGES) + 1)]
    )


def quantiles_of(mean: Reals, shape: Reals, *, step: float) -> Reals:
    """
    Read quantiles off the negative binomial distribution, `[r, 8]`; NaN where the mean is.

    Parameters
    ----------
    mean
        `[r]`, at least 0.
    shape
        `[7]` of `shapes`.
    """
    m = np.maximum(mean / step, 1e-9)
    wide = shape[np.digitize(m, EDGES)]
    found = np.empty((len(m), len(QUANTILES)))
    counts = wide < LEAST
    for place, q in enumerate(QUANTILES):
        found[counts, place] = poisson.ppf(q, m[counts])
        size = 1 / wide[~counts]
        found[~counts, place] = nbinom.ppf(q, size, size / (size + m[~counts]))
    return np.where(np.isnan(mean)[:, None], np.nan, np.maximum(found, 0) * step)


def _shape(m: Reals, y: Reals) -> float:
    total = float((m * m).sum())
    return max(0.0, float(((y - m) ** 2 - m).sum()) / total) if total > 0 else 0.0
